# %% [markdown]
# # A tour of GAN applications
#
# **Part 2 of the deck: Generative adversarial networks.** The deck lists eighteen things that GANs did with photographs, and one that they did for physicists. Each has a counterpart in medicine. In this lesson you look them up, climb the family tree, and then drive four of the deck's examples yourself, made small and trained on brain slices.
#
# **What you'll do.** Ask a generator for a grade and a height, in numbers and in words; enlarge a slice four times; make maps of contrast uptake that physicists would accept. Each time you *verify* what you got.
#
# **What you'll learn.**
# - what each application puts in and takes out, and where medicine used it;
# - how a generator is told what to paint, and how you check that it listens;
# - why the sharper image is not the truer one;
# - to judge by what can be measured when the eye cannot.
#
# **What you need.** Lesson 21. **Time:** 60 minutes. The code runs in about half a minute.

# %%
import numpy as np
import pandas as pd

from gancourse import pretrained
from gancourse.teaching.material import radiology_reports, small_gans
from gancourse.gans.conditional_gan import paint
from gancourse.gans.latent import draw_latents
from gancourse.quiet import import_tensorflow
from gancourse.teaching import figures
from gancourse.teaching.figures import application_figures
from gancourse.teaching.material import tour_tables as tables
from gancourse.teaching.checks import lesson22 as checks

_ = import_tensorflow()

# %% [markdown]
# ## 1. Eighteen applications, and one more
#
# **Predict** before you look: which of these could a hospital use? *Generate faces; text to image; emojis from photos; face aging; clothing translation; 3D objects.*

# %% tags=["nbval-check-output"]
applications = tables.applications()
pd.set_option("display.max_colwidth", 60)
applications[["application", "network", "input", "output", "medical"]]

# %% [markdown]
# All of them, more or less: **what changes is what goes in and what comes out**, and that is the way to read the list. A face that grows older is a brain that grows older. A garment taken off its wearer is a stain taken off its tissue.
#
# Every row has its sources. `search` finds rows with certain words; `link` makes an address of a source.

# %% tags=["nbval-check-output"]
for row in tables.search(applications, "brain").itertuples():
    print(f"{row.medical}: {tables.link(row.medical_source)}")
here = applications[applications["lesson"] != ""]
print("\nDone in this course:")
for row in here.itertuples():
    print(f"  lesson {row.lesson}: {row.application}")

# %% [markdown]
# ## 2. The family
#
# The GAN Zoo (a list on GitHub) counted more than five hundred named GANs by 2018. Nobody needs them all. Most are a known network with *one* thing changed, so they form a tree. Here are 49, each with its source and the one it builds on most.

# %%
family = tables.family()
application_figures.family_tree(
    family,
    f"{len(family)} GANs and what they come from. Bold: those that this course trains.",
    highlight=("DCGAN", "CGAN", "GAN-CLS", "pix2pix", "SRGAN", "StackGAN", "LAGAN"),
)

# %% tags=["nbval-check-output"]
print(" <- ".join(["StyleGAN2-ADA", *tables.ancestors(family, "StyleGAN2-ADA")]))
from_dcgan = [name for name in family.index if "DCGAN" in tables.ancestors(family, name)]
print(f"{len(from_dcgan)} of {len(family)} come from DCGAN")
print("about MR:", ", ".join(tables.search(family, "medical mr").index))

# %% [markdown]
# Two branches matter most. **DCGAN's** asks: how does it train at all, and at what size? (Lessons 41 and 42.) **CGAN's** asks: how do I get *what I want*? That is this lesson.
#
# ## 3. Ask for it: the conditional GAN
#
# A DCGAN gives you some brain. A **conditional GAN** takes a request as well: here a grade (healthy, low grade, high grade) and the slice's height in the brain. Generator *and* discriminator see the request. The discriminator gets three kinds of pairs:
#
# | image | request | should say |
# |---|---|---|
# | real | what it shows | real |
# | generated | what was asked for | fake |
# | real | what *another* shows | fake |
#
# **Predict**: what would the generator learn if the third row were missing, and the discriminator paid no attention to requests?

# %% tags=["slow"]
cgan = pretrained.load("tour/cgan")
heights = (0.48, 0.6, 0.72)
asked = [(grade, height) for grade in small_gans.GRADES for height in heights]
images = paint(cgan, small_gans.request(*zip(*asked, strict=True)), seed=22)
application_figures.pairs(
    images,
    [f"{grade}\n{height:.2f}" for grade, height in asked],
    "Nine requests: a grade, and the height as a fraction of the brain's. All are generated.",
)

# %% [markdown]
# It looks as if it listened. But did it? A **judge** network reads grade and height off an image. It learned from real slices of the training patients and never saw a generated one.
#
# ### Exercise 1: the table of requests
# For each grade asked for: how often was each grade read?


# %% tags=["exercise"]
def confusion(asked, read, names):
    """Grades asked for and read, (N,) each -> (k, k): row what was asked, column what was read, rows sum to 1."""
    return ...


# %% tags=["check"]
checks.confusion(confusion)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def confusion(asked, read, names):
#     return np.array([[np.mean(read[asked == row] == column) for column in names] for row in names])
# ```
# </details>

# %% tags=["slow"]
rng = np.random.default_rng(22)
wanted = np.repeat(small_gans.GRADES, 60)
high = rng.uniform(0.45, 0.8, len(wanted))
judge = pretrained.load("tour/judge-request")
read, read_height = small_gans.read_request(
    judge.measure(paint(cgan, small_gans.request(wanted, high), seed=1))
)
print(pd.crosstab(wanted, read, normalize="index", rownames=["asked"], colnames=["read"]).round(2))
print(f"height: off by {np.abs(read_height - high).mean():.3f} of the brain's height on average")

# %% [markdown]
# Is that good? A number needs a **ceiling** and a **floor**. The ceiling: what the judge reads off *real* slices of test patients. The floor: someone who does not listen. On the model card, from 900 requests:

# %% tags=["nbval-check-output"]
scores = pretrained.card("tour/cgan").scores
print(
    f"grade read as asked: {scores['grade']:.2f}; off real slices {scores['real_grade']:.2f}; by chance 0.33"
)
for grade in small_gans.GRADES:
    print(
        f"  {grade:8}{scores[f'grade_{grade}']:.2f}; real {scores[f'real_grade_{grade}']:.2f}. Second judge: a tumour in {scores[f'tumour_{grade}']:.2f}; real {scores[f'real_tumour_{grade}']:.2f}"
    )
print(
    f"height off by {scores['height_error']:.3f}; real {scores['real_height_error']:.3f}; always the middle {scores['blind_height_error']:.3f}"
)
print(f"KID: T1ce {scores['kid_t1ce']:.2f}, FLAIR {scores['kid_flair']:.2f}")

# %% [markdown]
# **Better than real?** By the first judge the generated images are *easier* to read than real ones. That is no triumph. The second column is of another judge, which measures tumours: in a quarter of the "LGG" images and a fifth of the "HGG" ones it sees none, while it sees one in nearly all real ones. So the first judge is content with some other sign of the grade, and the generator paints that sign and often leaves out the tumour itself. (Which sign? Go further, 5.) **A judge that agrees is not proof; ask a second one, who measures something else.**
#
# ## 4. Enlarge it: SRGAN
#
# **Super-resolution** promises a fine scan from a fast one. We make slices coarse, by averaging 4 x 4 pixels as larger voxels would, and let networks bring them back. One learned to be right on average (**L1**: small differences to the truth). The other, **SRGAN**, started from it and learned to pass for real, too. Bicubic interpolation is the baseline that needs no learning.
#
# **Predict** the order of the three: by eye, and by difference to the truth.

# %%
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices, split_of
from gancourse.networks.superresolution import enlarge
from gancourse.project import project_root
from gancourse.teaching.data import lesson_data

folder = lesson_data()
held_out = [s for s in find_subjects(folder)[:48] if split_of(s.patient) == "test"]
fine = make_slices(
    held_out,
    project_root() / "data" / f"slices128-{folder.name}-test",
    size=128,
    modalities=("t1",),
    step_mm=8,
)
truth = np.asarray(fine.images[..., 0], np.float32)
coarse = small_gans.shrink(truth)
print(
    f"{len(held_out)} held-out patients, {len(truth)} slices, {coarse.shape[1]} pixels a side to {truth.shape[1]}"
)

# %% tags=["slow"]
enlarged = {"bicubic": enlarge("bicubic")(coarse[..., None]).numpy()[..., 0]}
for name, weights in {"L1": "srresnet", "SRGAN": "srgan"}.items():
    enlarged[name] = pretrained.load(f"tour/{weights}")(coarse[..., None]).numpy()[..., 0]
one = len(truth) // 2
figures.montage(
    {"coarse": coarse[one].repeat(4, 0).repeat(4, 1), **{name: x[one] for name, x in enlarged.items()}, "truth": truth[one]},
    "One held-out slice, its coarse version, three enlargements.", columns=5, width=2.1, limits=(-1, 1),
)  # fmt: skip

# %% [markdown]
# ### Exercise 2: PSNR
# The **peak signal-to-noise ratio**, in decibels: ten times the logarithm (base 10) of the *squared* span of the images over the mean squared error. Our images span from -1 to 1.


# %% tags=["exercise"]
def psnr(truth, image):
    """Two images in [-1, 1] -> decibels."""
    return ...


# %% tags=["check"]
checks.psnr(psnr)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def psnr(truth, image):
#     return 10 * np.log10(2**2 / ((truth - image) ** 2).mean())
# ```
# </details>

# %% tags=["nbval-check-output"]
cards = {name: pretrained.card(f"tour/{name}").scores for name in ("srresnet", "srgan")}
rows = {
    "bicubic": {k.removeprefix("bicubic_"): v for k, v in cards["srgan"].items() if k.startswith("bicubic_")}
}
rows |= {"L1": cards["srresnet"], "SRGAN": cards["srgan"]}
columns = {
    "psnr": "PSNR, dB",
    "ssim": "SSIM",
    "spectrum": "spectrum, dB off",
    "amount": "detail added",
    "agreement": "of it right",
}
print(f"means over {cards['srgan']['patients']} held-out patients")
pd.DataFrame(rows).T[list(columns)].rename(columns=columns).round(3)

# %% [markdown]
# - **PSNR and SSIM** prefer L1, which paints the *average* of all fine slices that fit the coarse one: safe, and smooth.
# - **The spectrum** prefers SRGAN: its images have real texture.
# - **Detail added**: how much fine detail there is beyond the bicubic image, as a share of what is missing. **Of it right**: its correlation with what is missing, 1 for all of it. SRGAN adds more, and a smaller part of it is true. The rest is *invented*.

# %% tags=["slow"]
box = (slice(one, one + 1), slice(40, 88), slice(24, 104))
plain = enlarged["bicubic"]
figures.montage(
    {"missing": (truth - plain)[box][0], **{f"{n} adds": (enlarged[n] - plain)[box][0] for n in ("L1", "SRGAN")},
     "SRGAN, wrong": (enlarged["SRGAN"] - truth)[box][0]},
    "What is beyond the bicubic image, in the middle of that slice: in truth, and as added. Grey is nothing.", width=2.4, limits=(-0.6, 0.6), planes="axial",
)  # fmt: skip

# %% [markdown]
# In a holiday photograph invented detail is welcome. In a scan it may be a vessel that is not there, or a small lesion that is painted over because healthy slices are more common. **Use L1 (or the coarse image) for measuring and reading; keep SRGAN for demonstrations,** or show with readers that diagnoses get better.
#
# ## 5. Say it: StackGAN
#
# The deck's StackGAN paints birds from sentences. Ours paints slices from one-line **reports**. They are written from the phantoms' labels, in many wordings; a small network reads them, and what it has read is the request. **Stage one** sketches 32 x 32 pixels; **stage two** sees the sketch *and* the report again, and paints 64 x 64.

# %%
rng = np.random.default_rng(5)
example = {"size": "large", "uptake": "enhancing", "side": "left", "place": "frontal", "centre": "dark"}
for _ in range(4):
    print(radiology_reports.write(example, rng))
encoder = radiology_reports.TextEncoder(pretrained.load("tour/text-encoder"))
encoder.answers(["big contrast-enhancing mass, left anterior, with necrosis", "normal brain"])

# %% [markdown]
# ### Exercise 3: write a report
# Ask for a *small* tumour that does *not* enhance, in the patient's *right frontal* part.

# %% tags=["exercise"]
report = ...

# %% tags=["check"]
checks.report(report)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# report = "small non-enhancing tumour, right frontal"
# ```
#
# The patient's right is on the left of the image. Radiologists write sides as the patient has them.
# </details>

# %% tags=["slow"]
stackgan = pretrained.load("tour/stackgan")
texts = [
    "normal brain",
    "large enhancing tumour, left frontal, dark centre",
    "large enhancing tumour, right frontal, dark centre",
    "small enhancing tumour, left posterior, solid",
    "large non-enhancing mass, right central",
]
texts = texts + ([report] if isinstance(report, str) else [])
meant = encoder.embed(texts)
sketches = paint(stackgan.get_layer("stage_one"), meant, seed=3)
finished = paint(stackgan, meant, seed=3)
titles = [text.replace(", ", "\n") for text in texts]
application_figures.pairs(sketches, titles, "Stage one, 32 x 32 pixels.", width=1.75)
application_figures.pairs(
    finished, [""] * len(texts), "Stage two, 64 x 64 pixels, from the same latents.", width=1.75
)

# %% [markdown]
# **Predict**: which of the five findings (size, enhancement, side, place, centre) will the images get right most often? Which least? A second judge measures areas and places in the image, and the same rule that wrote the reports turns them into words.

# %% tags=["nbval-check-output"]
card, sketch = (pretrained.card(f"tour/{name}").scores for name in ("stackgan", "stack-one"))
rows = {
    q: {
        "stage one": sketch[q],
        "stage two": card[q],
        "real slices": card[f"real_{q}"],
        "another's report": card[f"shuffled_{q}"],
    }
    for q in radiology_reports.FINDINGS
}
print(f"share of {card['images']} reports whose finding is read off the image")
pd.DataFrame(rows).T.round(2)

# %% tags=["nbval-check-output"]
for name, scores in {"stage one, enlarged": sketch, "stage two": card}.items():
    print(
        f"{name:20} KID T1ce {scores['kid_t1ce']:6.2f}, FLAIR {scores['kid_flair']:6.2f}; recall {scores['recall_t1ce']:.2f}, {scores['recall_flair']:.2f}"
    )

# %% [markdown]
# What was asked for is there about as often as the judge finds it in *real* slices: the rest is mostly the judge's own error, at the border between medium and large, say. The sketch already obeys the report. Stage two brings the images nearer to real ones, and does not make them obey better.
#
# And it is not near enough. The conditional GAN of section 3 paints 64 x 64 pixels in *one* stage, took less long to train (23 minutes of one core against 30), and its KID is below 0.4. At this size the detour over a sketch does not pay; StackGAN was made for 256 x 256.
#
# **What it cannot do**: say what the reports never said. There is no word for a stroke; and a word it never read is an error, not a guess:

# %% tags=["nbval-check-output"]
from gancourse.errors import InputError

try:
    encoder.embed(["acute infarct, left central"])
except InputError as error:
    print(str(error)[:60], "...")

# %% [markdown]
# ## 6. Measure it: LAGAN
#
# Physicists simulate what a particle leaves in a detector: **sparse maps**, nearly all zero. Their eyes cannot judge such a map, so LAGAN was judged by **observables**: numbers that physics cares about. Ours is the **uptake of contrast agent**: zero all over but in the enhancing tumour.
#
# A **location-aware** generator differs from a DCGAN in two ways. Its layers have *weights of their own at every place* (a detector has a middle and an edge; tumours do not grow anywhere), and it ends with *ReLU*, so that zero is zero. Two changes at once prove nothing about either. So here are three generators: LAGAN with both, one with ReLU and ordinary convolutions, and a DCGAN with neither.
#
# **Predict**: which of the two changes matters more?

# %%
z = draw_latents(300, 64, seed=6)
kinds = {"LAGAN": "lagan", "ReLU": "lagan-relu", "DCGAN": "lagan-plain"}
labels = {
    "active": "active pixels",
    "total": "total uptake",
    "across": "centre, right to left, mm",
    "along": "centre, front to back, mm",
    "spread": "spread, mm",
    "peak": "brightest pixel",
}
uptake = {name: pretrained.load(f"tour/{weights}")(z).numpy()[..., 0] for name, weights in kinds.items()}
slices = make_slices(find_subjects(folder)[:48], project_root() / "data" / f"slices-{folder.name}")
bright = slices.select(None, f"et_mm2 >= {radiology_reports.ENHANCING}")
t1ce = np.asarray(slices.images[bright][..., slices.modalities.index("t1ce")], np.float32)
uptake["phantoms"] = small_gans.uptake_maps(t1ce, slices.tissue[bright], slices.seg[bright])

# %% tags=["slow"]
application_figures.maps(
    {name: images[:: len(images) // 10] for name, images in uptake.items()},
    "Maps of uptake, 32 x 32 pixels. White is exactly 0 or less.",
)
for name, images in uptake.items():
    print(f"{name:10} exactly zero: {np.mean(images == 0):.2f} of all pixels")

# %% [markdown]
# ### Exercise 4: an observable
# How far does uptake **spread**? The root mean square distance from its own centre, every pixel weighed with its uptake, in pixels.


# %% tags=["exercise"]
def spread(uptake):
    """A map (H, W), 0 or more -> pixels."""
    return ...


# %% tags=["check"]
checks.spread(spread)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def spread(uptake):
#     rows, columns = np.indices(uptake.shape)
#     y, x = (uptake * rows).sum() / uptake.sum(), (uptake * columns).sum() / uptake.sum()
#     return np.sqrt((uptake * ((rows - y) ** 2 + (columns - x) ** 2)).sum() / uptake.sum())
# ```
# </details>

# %% tags=["slow"]
observed = {name: small_gans.observables(images) for name, images in uptake.items()}
application_figures.spreads(
    observed, labels, "Six observables: 300 generated maps of each kind, and the phantoms'."
)

# %% tags=["nbval-check-output"]
found = {name: pretrained.card(f"tour/{weights}").scores for name, weights in kinds.items()}
rows = {
    name: {o: scores[o] for o in labels} | {"share of zeros": scores["zero"]}
    for name, scores in found.items()
}
rows["training patients"] = {o: found["LAGAN"][f"real_{o}"] for o in labels} | {
    "share of zeros": found["LAGAN"]["real_zero"]
}
print("distance from test patients' distribution, in standard deviations")
pd.DataFrame(rows).T.round(2)

# %% [markdown]
# **ReLU matters, places do not** (here). With convolutions and ReLU the maps are sparse, show rings, and each observable comes near to what other patients give. The DCGAN is never quite zero: a faint glow all over, which no eye sees in a grey picture, and which makes the uptake spread three standard deviations too far. The observable found it. The location-aware layers speckle: with weights of their own at every place they have to learn at each place anew what a tumour looks like, from some 3,000 maps. Physicists had hundreds of thousands, and a detector in which places really differ.
#
# ## 7. What each needed
#
# **Predict**: which of the four took longest to train? Which needs the most data?

# %% tags=["nbval-check-output"]
needed = {
    "cgan": "slices, grade, height",
    "stack-one": "slices, reports",
    "stackgan": "slices, reports, stage one",
    "srresnet": "fine slices",
    "srgan": "fine slices, the L1 network",
    "lagan": "T1ce and its labels",
    "lagan-relu": "T1ce and its labels",
    "lagan-plain": "T1ce and its labels",
}
rows = {}
for name, what in needed.items():
    card = pretrained.card(f"tour/{name}")
    size = (pretrained.WEIGHTS / f"tour/{name}.npz").stat().st_size / 1e6
    rows[name] = {
        "learned from": what,
        "rounds": card.about["rounds"],
        "minutes on one core": card.about["core_minutes"],
        "MB": round(size, 1),
    }
pd.DataFrame(rows).T

# %% [markdown]
# ## In practice
# - **What did not work**: the location-aware layers, of all.
# - **A judge can be fooled, too.** A network read the requests. It agrees with a second one that measures tumours, but both learned from the same phantoms. On real requests a radiologist reads.
# - **Conditions inherit their labels.** "LGG" in the phantoms is a rule of ours: mostly no enhancement. The generator learned the rule, not the disease. Today's definition of grade is partly molecular and not in the image at all.
# - **"Frontal", "central", "posterior"** are thirds of the slice, not lobes.
# - **The small networks of this lesson learned from phantoms of version 1.** The phantoms on your disk are of version 2, with other tumours and folds.
# - **Coarse slices here are clean averages.** Scanners' coarse images have other noise and blur, and how these networks do on them was not measured.
# - The four are minutes of training on one core. They show how the ideas work, not how well they can.
# - Some lines of the family tree could be drawn otherwise; a paper rarely has one parent.
#
# ### Go further
# 1. Ask the conditional GAN for one grade with one latent and let the height rise in ten steps. Does the same "patient" stay?
# 2. Walk between two reports: mix their embeddings. At which mixture does the tumour change sides, and what lies between?
# 3. Give SRGAN slices with a tumour and slices without. Where does it invent more?
# 4. Add a row to `gancourse/teaching/material/tables/gan_family.csv` with its source, and draw the tree again.
# 5. Find the first judge's sign: brighten or darken the FLAIR of a real healthy slice a little, inside the brain. Does the grade that it reads change?
#
# ### References
# - Mirza and Osindero, *Conditional generative adversarial nets*, 2014, arXiv 1411.1784.
# - Reed et al., *Generative adversarial text to image synthesis*, ICML 2016, arXiv 1605.05396: the third kind of pair.
# - Zhang et al., *StackGAN: text to photo-realistic image synthesis with stacked generative adversarial networks*, ICCV 2017, arXiv 1612.03242.
# - Ledig et al., *Photo-realistic single image super-resolution using a generative adversarial network*, CVPR 2017, arXiv 1609.04802.
# - Blau and Michaeli, *The perception-distortion tradeoff*, CVPR 2018, arXiv 1711.06077: nobody can have the lowest error and pass for real.
# - Cohen, Luck and Honari, *Distribution matching losses can hallucinate features in medical image translation*, MICCAI 2018, arXiv 1805.08841.
# - de Oliveira, Paganini and Nachman, *Learning particle physics by example: location-aware generative adversarial networks for physics synthesis*, Computing and Software for Big Science 2017, arXiv 1701.05927.
# - Hindupur, *The GAN Zoo*, github.com/hindupuravinash/the-gan-zoo.
