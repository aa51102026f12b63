# %% [markdown]
# # Judge generated images
#
# **Part 4 of the deck: Generating medical images.** "It looks good" is not a result. Papers give one number, mostly FID, and it is often the wrong one for medical images. In this lesson you build each measure from a picture, find out what it sees and what it is blind to, and then judge four generators. Two of them cheat.
#
# **What you'll do.** Turn slices into features; build a distance between two clouds of features; spoil real slices on purpose and see which numbers notice; take a test of your own eyes, with an interval; and find out which of four generators memorised a patient.
#
# **What you'll learn.**
# - KID, the Frechet distance, precision and recall, MS-SSIM, spectra and measured anatomy: what each asks, and how each is fooled;
# - to calibrate a number before you believe it;
# - what twenty guesses can and cannot prove;
# - to look for copies of patients, with a positive control.
#
# **What you need.** Lesson 41. **Time:** 60 minutes. The code runs in about one.

# %%
import numpy as np
import pandas as pd
from scipy import stats

from gancourse import pretrained
from gancourse.metrics import corruptions, fidelity, memorisation, morphometry
from gancourse.project import project_root
from gancourse.quiet import import_tensorflow
from gancourse.teaching import figures
from gancourse.teaching.figures import gan_figures, evaluation_figures
from gancourse.teaching.material import memory_game
from gancourse.teaching.checks import lesson44 as checks

import_tensorflow()
results = project_root() / "data" / "results"

# %%
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.teaching.data import lesson_data, slices_folder

folder = lesson_data()
slices = make_slices(find_subjects(folder)[:48], slices_folder(folder))
t1 = np.asarray(slices.images[..., slices.modalities.index("t1")], np.float32)
patients = slices.table["patient"].to_numpy()
train = slices.select("train")
held = np.concatenate([slices.select("validation"), slices.select("test")])
for name, rows in {"train": train, "held out": held}.items():
    print(f"{name}: {len(set(patients[rows]))} patients, {len(rows)} slices")

# %% [markdown]
# ## 1. A distance between two sets
#
# ### From pixels to features
# Two slices of two healthy people differ in nearly every pixel. So pixels are a poor place to compare. We ask a network instead: each slice becomes 64 **features**, numbers that say how much of this texture and that edge there is. Papers take Inception, a network trained on photographs of dogs and cars. Ours learned from brain MR, and it was *tested* before it was chosen: it has to tell real slices from slightly blurred ones and from ones with a faint grid (`python experiments/features.py`).
#
# **Predict**: where will blurred slices lie, seen in two of the 64 dimensions? And mirrored ones?

# %% tags=["slow"]
embed = pretrained.load("features/brain-mr").embed
real, others = t1[held], t1[train]
to_real, to_others = embed(real), embed(others)
spoiled = {"blurred by half a pixel": corruptions.blurred(others, 0.5), "mirrored": others[:, :, ::-1]}
mean, axes = (
    to_others.mean(0),
    np.linalg.svd(embed(spoiled["blurred by half a pixel"]).mean(0)[None] - to_others.mean(0))[2],
)
axes = np.stack([axes[0], np.linalg.svd(to_others - to_others.mean(0), full_matrices=False)[2][0]])


def plane(features):
    """Features (N, 64) -> (N, 2): along the way from sharp to blurred, and along what varies most."""
    return ((features - mean) @ axes.T)[::3]


evaluation_figures.clouds(
    {name: {"held out": plane(to_real), name: plane(embed(images))}
     for name, images in {"other patients": others, **spoiled}.items()},
    "Features of slices, two of 64 dimensions: sideways from sharp to blurred, upwards what varies most.",
)  # fmt: skip

# %% tags=["slow"]
one = train[100]
figures.montage(
    {
        "as it is": t1[one], "blurred, 0.5 pixels": corruptions.blurred(t1[[one]], 0.5)[0],
        "blurred, 1 pixel": corruptions.blurred(t1[[one]], 1)[0], "noise 0.1": corruptions.noisy(t1[[one]], 0.1)[0],
        "checkerboard 0.1": corruptions.checkered(t1[[one]], 0.1)[0],
        "halves of two": corruptions.joined(t1[train[95:105]], 2)[5],
    },
    "One slice, spoiled in five ways.", width=1.6, limits=(-1, 1),
)  # fmt: skip

# %% [markdown]
# Slices of other patients and mirrored ones lie among the held-out ones. A blur that you hardly see moves the whole cloud.
#
# ### Exercise 1: the kernel distance
# How far apart are two clouds? Take a **kernel**, a number that says how alike two points are: $k(x, y) = (x \cdot y / d + 1)^3$ with $d$ features. If both clouds come from one distribution, two points of the same cloud are on average as alike as two points of different clouds:
#
# $$\text{KID} = \underset{\text{pairs in } a}{\text{mean}}\,k \;+\; \underset{\text{pairs in } b}{\text{mean}}\,k \;-\; 2\,\underset{\text{one of each}}{\text{mean}}\,k$$
#
# A pair is two *different* points. Write it.


# %% tags=["exercise"]
def kernel_distance(a, b):
    """Features (N, d) and (M, d) -> one number."""
    return ...


# %% tags=["check"]
checks.kernel_distance(kernel_distance)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def kernel_distance(a, b):
#     def kernel(x, y):
#         return (x @ y.T / x.shape[1] + 1) ** 3
#
#     def pairs(k):
#         return (k.sum() - np.trace(k)) / (len(k) * (len(k) - 1))
#
#     return pairs(kernel(a, a)) + pairs(kernel(b, b)) - 2 * kernel(a, b).mean()
# ```
#
# Leaving out the pairs of a point with itself makes it **unbiased**: for two sets of one distribution it is 0 on average, so single values may be a little below 0. That is no mistake.
# </details>

# %% [markdown]
# ### Slices come in patients
# Twelve slices of one patient are no twelve independent slices. `fidelity.kid` leaves out pairs of one patient, and its **standard error** counts patients. What happens if you forget that? **Predict**: real against real should be 0.

# %% tags=["slow"]
for name, groups in {
    "by patient": (patients[train], patients[held]),
    "as if slices were independent": (None, None),
}.items():
    value, error = fidelity.kid(to_others, to_real, *groups)
    print(
        f"real against real, {name:30} {value:.3f}, standard error {error:.3f}: {value / error:5.1f} errors from 0"
    )
for name, images in spoiled.items():
    value, error = fidelity.kid(embed(images), to_real, patients[train], patients[held])
    print(f"{name:49} {value:.3f}, standard error {error:.3f}")

# %% [markdown]
# Forgetting patients "finds" a difference between real and real. Most published KIDs and FIDs of medical images are computed like that.
#
# ### The Frechet distance
# FID is older and more popular. It lays one bell curve around each cloud and compares the two. (On our features we call it the Frechet distance: "FID" means Inception's features, and only such numbers may be compared with a paper's.) Here are both, by the number of images, from a larger cohort. **Predict**: what should the curve "real" do?

# %%
sizes = pd.read_csv(results / "sample_size.csv")
evaluation_figures.bias(
    sizes, ("kid", "frechet"),
    "Two halves of real patients, and a half against the other blurred by half a pixel, by the number of images; "
    "each dot a draw. (python experiments/calibration.py)",
)  # fmt: skip

# %% tags=["nbval-check-output"]
for count, rows in sizes[sizes["set"] == "real"].groupby("images"):
    kid, frechet = (rows[key].agg(["mean", "std"]) for key in ("kid", "frechet"))
    print(
        f"{count:5} images: KID {kid['mean']:6.3f} +- {kid['std']:.3f}   Frechet distance {frechet['mean']:5.1f} +- {frechet['std']:.1f}"
    )

# %% [markdown]
# The Frechet distance of real from real is large with few images and falls: a **bias**. With 50 real images it says what it says of a thousand blurred ones. Never compare it at two numbers of images. KID stays at 0.
#
# ## 2. Good images, or many kinds of images?
#
# One distance cannot tell "sharp, but always the same" from "varied, but foggy". **Precision and recall** can. Draw a circle around each real image, as far as its k-th nearest real neighbour. **Precision** is the share of generated images that lie in some circle: are they like anything real? **Recall** turns it round, with circles around the generated images: is everything real also made?

# %% tags=["slow"]
rng = np.random.default_rng(44)
ring = rng.normal(size=(40, 2))
toys = {"collapsed": rng.normal((0.8, 0.3), 0.15, (40, 2)), "foggy": 2.2 * rng.normal(size=(40, 2))}
reach = {
    "real": np.sort(memorisation.distances(ring, ring), 1)[:, 3] * np.sqrt(2)
}  # a root mean square, as in pixels
evaluation_figures.clouds(
    {name: {"real": ring, "generated": points} for name, points in toys.items()},
    "Two bad generators in a plane, and the circles around real points (third neighbour).", reach=reach,
)  # fmt: skip
for name, points in toys.items():
    print("{}: precision {:.2f}, recall {:.2f}".format(name, *fidelity.precision_recall(ring, points, 3)))

# %% [markdown]
# ### Exercise 2: precision
# `memorisation.distances(a, b)` gives all distances, (N, M).


# %% tags=["exercise"]
def precision(generated, real, k):
    """Points (N, d) and (M, d) -> the share of generated points no farther from some real point than that one's k-th neighbour."""
    return ...


# %% tags=["check"]
checks.precision(precision)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def precision(generated, real, k):
#     reach = np.sort(memorisation.distances(real, real), 1)[:, k]
#     return (memorisation.distances(generated, real) <= reach).any(1).mean()
# ```
#
# In each sorted row place 0 is the point itself, so place k is its k-th neighbour. For slices, neighbours of the same patient should not count either: they are too near. `fidelity.precision_recall` takes care of that.
# </details>

# %% [markdown]
# ## 3. What each number sees
#
# A metric is an instrument, and instruments are calibrated. Real slices of half the patients of the large cohort were spoiled in known ways and compared with the other half, three times with other halves. Besides the numbers so far:
# - **MS-SSIM**: how alike two images of *one* set are; higher than real: too little variety;
# - **spectrum**: difference of the power spectra in decibels, as in lesson 41;
# - **brain**, **ventricles**, **symmetry**: how far the distribution of what can be measured in slices moved, in standard deviations;
# - **copies**: share of images that are suspiciously close to a training image.
#
# **Predict** for each row who notices. Which numbers will see *halves of two*, left and right halves of two people? And which will see *memorised*, the training images themselves?

# %% tags=["slow"]
calibrated = pd.read_csv(results / "calibration.csv").query("modality == 't1' and size == 64")
columns = [
    "kid",
    "frechet",
    "precision",
    "recall",
    "ms_ssim",
    "spectrum_db",
    "brain",
    "ventricles",
    "symmetry",
    "copies",
]
draws = calibrated.groupby("set", sort=False)[columns]
table = draws.mean()
pooled = np.sqrt(draws.var().loc[["real", "memorised", "noise 0.05"]].mean())
table.attrs["spread"] = pooled
evaluation_figures.eyes(
    table, "real",
    "Means of three draws. Dark: far from the row 'real', in units of how much real sets scatter; bold: more than three.",
)  # fmt: skip

# %% [markdown]
# Read it by rows.
# - **Noise of 0.05** is seen by the spectrum alone; **a checkerboard** of 0.05 by KID and its relatives, and not by the spectrum.
# - **Halves of two** have perfect texture. Symmetry sees it best, and a radiologist would at once.
# - **Collapsed to 20** images: recall falls to 0, and precision stays nearly as good as real. KID minds it no more than a faint checkerboard.
# - **Memorised** is perfect by every number but *copies*. For KID and FID, *the best possible generator is a photocopier*.
#
# Read it by columns: none is dark everywhere. **No single number will do**, and none of them says whether an image is right for medicine.
#
# ## 4. Four generators
#
# Now we judge: the deck's recipe and a better one (lesson 41), and two cheats. One hands out training slices of 37 patients, half of them mirrored. The other does the same and blurs them by 0.7 pixels, as a careful smoother would. **Predict** the order by KID.

# %% tags=["slow"]
from gancourse.gans.latent import draw_latents

z = draw_latents(500, seed=44)
paint = {
    name: np.clip(pretrained.load(weights).predict(z, verbose=0)[..., 0], -1, 1)
    for name, weights in {"deck's recipe": "dcgan-t1-deck", "better recipe": "dcgan-t1"}.items()
}
copied = t1[rng.choice(train, 500)]
copied[::2] = copied[::2, :, ::-1]
paint["photocopier"] = copied
paint["smoother"] = corruptions.blurred(t1[rng.choice(train, 500)], 0.7)
gan_figures.grids({name: images[:8] for name, images in paint.items()}, "Eight images of each.", width=2.4)

# %% tags=["slow"]
measured = morphometry.by_threshold(real, "t1") | {"symmetry": morphometry.symmetry(real)}
rows = {}
for name, images in {"real, training": t1[train], **paint}.items():
    features, groups = embed(images), patients[train] if name.startswith("real") else None
    value, error = fidelity.kid(features, to_real, groups, patients[held])
    share = fidelity.precision_recall(to_real, features, 5, patients[held], groups)
    moved = morphometry.distribution_distance(
        morphometry.by_threshold(images, "t1") | {"symmetry": morphometry.symmetry(images)}, measured
    )
    copies = memorisation.find_copies(
        images,
        memorisation.with_mirrors(t1[train]),
        memorisation.with_mirrors(real),
        np.tile(patients[held], 2),
    )
    rows[name] = {"KID": value, "its error": error, "precision": share[0], "recall": share[1],
                  "MS-SSIM": fidelity.diversity_ms_ssim(images)[0]} | moved | {"copies": np.nan if groups is not None else copies.copied.mean()}  # fmt: skip
judged = pd.DataFrame(rows).T
judged.round(3)

# %% [markdown]
# By KID the photocopier comes first. The better recipe follows within the errors, and only *copies* tells which of the two is a thief. The smoother has real anatomy and every kind of brain, and by KID it is far worse than the better recipe, whose brains nobody has. The deck's recipe is worse by KID, precision, recall and symmetry; the sizes of its brains and ventricles are right.
#
# Read the first row, too: with 11 held-out patients, real anatomy lies 0.06 to 0.1 standard deviations from real anatomy, so the better recipe's values say little. On the model cards the same scores stand for 208 held-out patients.

# %% tags=["nbval-check-output"]
for name in ("dcgan-t1-deck", "dcgan-t1", "dcgan-flair"):
    scores = pretrained.card(name).scores
    print(f"{name:14} KID {scores['kid']:6.3f} (standard error {scores['kid_se']:.3f}; real {scores['real_kid']:.3f}), precision {scores['precision']:.2f} "
          f"(real {scores['real_precision']:.2f}), recall {scores['recall']:.2f} (real {scores['real_recall']:.2f})")  # fmt: skip

# %% [markdown]
# ## 5. The visual Turing test
#
# Ten of these twenty slices are real, ten are the better recipe's. Write down for each: `R`eal or `G`enerated.

# %% tags=["slow"]
twenty = np.concatenate([real[rng.choice(len(real), 10, replace=False)], paint["better recipe"][:10]])
order = np.random.default_rng(5).permutation(20)
truth = np.array(list("RG"))[(order >= 10).astype(int)]
figures.montage(
    {str(k + 1): twenty[j] for k, j in enumerate(order)}, "Twenty slices, ten of them generated.", columns=10, width=1.0, limits=(-1, 1),
)  # fmt: skip

# %% [markdown]
# Your answers go into the next cell, twenty letters. As long as it is empty, an automatic reader answers by a rule of thumb: "the ten with the least fine detail are generated".

# %% tags=["slow"]
from gancourse.metrics.statistics import radial_spectrum

answers = ""  # for example "RGGRR GRGRG RRGGR GRGRG"
detail = np.array([radial_spectrum(twenty[[j]])[9:].sum() for j in order])
reader = np.where(detail < np.median(detail), "G", "R")
given = np.array(list(answers.replace(" ", ""))) if answers else reader
right = int((given == truth).sum())
low, high = stats.binomtest(right, 20).proportion_ci(method="wilson")
print(
    f"{'you' if answers else 'the automatic reader'}: {right} of 20 right; the share of right answers lies between {low:.2f} and {high:.2f}"
)

# %% [markdown]
# ### Exercise 3: an interval
# A share $p$ of $n$ answers was right. How often would you be right in the long run? **Wilson's interval**, with $z = 1.96$ for 95 %:
#
# $$\frac{p + \frac{z^2}{2n}}{1 + \frac{z^2}{n}} \;\pm\; \frac{z}{1 + \frac{z^2}{n}} \sqrt{\frac{p (1 - p)}{n} + \frac{z^2}{4 n^2}}$$


# %% tags=["exercise"]
def wilson(right, n):
    """How many of n were right -> lower and upper end of the 95 % interval of the share."""
    return ...


# %% tags=["check"]
checks.wilson(wilson)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def wilson(right, n):
#     p, z = right / n, 1.96
#     centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
#     half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
#     return centre - half, centre + half
# ```
#
# The simpler $p \pm z \sqrt{p(1-p)/n}$ has no width at 20 of 20, as if twenty answers could make you infallible.
# </details>

# %% [markdown]
# **Predict**: a reader is right in 12 of 20. "The images cannot be told from real ones", says the paper. Does it follow?

# %% tags=["nbval-check-output"]
for n in (20, 100, 400):
    low, high = stats.binomtest(round(0.6 * n), n).proportion_ci(method="wilson")
    missed = stats.binom.cdf(stats.binom.ppf(0.95, n, 0.5), n, 0.6)
    print(
        f"60 % right of {n:3}: {low:.2f} to {high:.2f}. Who truly sees 60 % passes as a guesser in {missed:.0%} of tests"
    )

# %% [markdown]
# With 20 slices, somebody who truly tells six of ten goes unnoticed most of the time. **"Not significantly better than chance" is what a small test says of everything.** And "the reader was fooled" is a statement about a reader: another one may look longer.
#
# ## 6. Who memorised a patient?
#
# Four generators, P to S, a hundred images each. Three are honest. One has handed out a dozen slices of **one patient** from the training data, in disguise: mirrored or not, a little noisy, a little brighter or darker. If these were scans of real people, that would be a breach.

# %%
from gancourse.gans.latent import draw_latents

fresh = np.clip(pretrained.load("dcgan-t1").predict(draw_latents(400, seed=7), verbose=0)[..., 0], -1, 1)
game = memory_game.plant(
    {letter: fresh[100 * k : 100 * k + 100] for k, letter in enumerate("PQRS")},
    t1[train],
    patients[train],
    seed=44,
)

# %% tags=["slow"]
gan_figures.grids(
    {letter: images[:32] for letter, images in game.sets.items()},
    "The first 32 images of each.",
    columns=8,
    width=2.6,
)

# %% [markdown]
# Nobody can see it. So measure: the distance of each image to its nearest training slice, divided by the distance to its nearest held-out slice. An honest image has no reason to be closer to one than to the other. **The threshold** is set by real slices: only 1 % of held-out ones, which no generator has seen, fall below it.
#
# `find_copies` gives `copied` (which images), `source` (the index of the nearest training slice), `ratio` and `threshold`. Since mirrored copies are copies, we give it both.

# %% tags=["slow"]
both_ways = (
    memorisation.with_mirrors(t1[train]),
    memorisation.with_mirrors(t1[held]),
    np.tile(patients[held], 2),
)
found = {letter: memorisation.find_copies(images, *both_ways) for letter, images in game.sets.items()}
evaluation_figures.ratios(
    {letter: each.ratio for letter, each in found.items()}, found["P"].threshold,
    "Every image of the four sets. Crosses: below the threshold.",
)  # fmt: skip

# %% [markdown]
# ### Exercise 4: the culprit
# Which set, and whose slices? Honest sets have images below the threshold, too: with 37 training patients against 11 held out, something in the larger set is nearer by chance. (That is why you count.) The patient of a source is `patients[train][source % len(train)]`, because the mirrored slices come after the others.

# %% tags=["exercise"]
culprit = {"set": ..., "patient": ...}

# %% tags=["check"]
checks.culprit(culprit, game)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# whose = {}
# for letter, images in game.sets.items():
#     each = memorisation.find_copies(
#         images, memorisation.with_mirrors(t1[train]), memorisation.with_mirrors(t1[held]), np.tile(patients[held], 2)
#     )
#     whose[letter] = pd.Series(patients[train][each.source % len(train)])[each.copied].value_counts()
# letter = max(whose, key=lambda letter: whose[letter].max() if len(whose[letter]) else 0)
# culprit = {"set": letter, "patient": whose[letter].index[0]}
# ```
#
# Not only how many fall below the threshold counts, but that they all point to one patient.
# </details>

# %% tags=["slow"]
worst = {letter: each.ratio.argsort()[:6] for letter, each in found.items()}
for letter, index in worst.items():
    near = both_ways[0][found[letter].source[index]]
    gan_figures.neighbours(
        game.sets[letter][index], {"nearest training": (memorisation.distances(game.sets[letter][index], near).diagonal(), near)},
        f"Set {letter}: the six images with the lowest ratio, and the nearest training slice of each, mirrored where that is nearer.", title=f"set {letter}",
    )  # fmt: skip

# %% [markdown]
# In one set the pairs are the same slice. In the others they are two people with heads of a size.
#
# ### Could one tell who was in training?
# A weaker leak than a copy: given a patient's scan, can somebody with the generator tell **whether that patient was in the training data**? If it was a study of one disease, that is a diagnosis. The attack: a scan that lies close to something generated was probably in training. Its curve shows how many members it finds and how many others it wrongly accuses; the area under it is 0.5 for guessing. We attack the better recipe, and, as a **positive control**, the same with every tenth image replaced by a training slice.

# %% tags=["slow"]
leaky = fresh.copy()
leaky[::10] = corruptions.noisy(t1[rng.choice(train, 40)], 0.05)
attacks = {}
for name, images in {"better recipe": fresh, "one in ten copied": leaky}.items():
    scores = [-memorisation.nearest(t1[rows], memorisation.with_mirrors(images))[0] for rows in (train, held)]
    attacks[name] = memorisation.membership(*scores, patients[train], patients[held])
    print(f"{name:18} area {attacks[name].auc:.2f} ({attacks[name].low:.2f} to {attacks[name].high:.2f})")
evaluation_figures.roc(attacks, "Membership attacks by distance. Diagonal: guessing.")

# %% tags=["nbval-check-output"]
membership = pd.read_csv(results / "membership.csv")
for row in membership.itertuples():
    print(f"{row.generator:30} {row.attack:22} area {row.auc:.2f} ({row.low:.2f} to {row.high:.2f})")

# %% [markdown]
# The control stands out, the better recipe does not; but with your 48 patients the interval is wide. **An attack that fails is worth as much as its control.** The table is of all 720 patients (`python experiments/memorisation.py`). By distance the better recipe gives nobody away that could be seen. Its *discriminator* does, plainly: it has seen the training slices many times, and likes them better. So **ship the generator, never the discriminator**, and do not call a model private because one attack failed.
#
# ## In practice
# - **Report several numbers**, each with its spread and with what real images reach, and say which features, how many images, how many patients.
# - **Compare only like with like.** Our KID is not a paper's KID. `experiments/inception.py` computes it on Inception's features, under its own name, where the weights can be downloaded.
# - **Spoil something on purpose** before you trust a metric on new data: real against real, blurred, noisy, collapsed, copied.
# - **What KID misses**: noise of 0.05, and a third of the kinds of slices dropped; it loves copies.
# - **Precision and recall** depend on k and on the number of images; an outlier among the real ones has a huge circle.
# - **Anatomy by thresholds** knows no left from right, no lesion from artefact. What decides is the use: does a segmentation trained with these images get better? That is another lesson's question.
# - **The copy test sees what it was built for.** A copy that was turned, or mixed from two patients, may escape it; one that was moved by a pixel was found in four of five cases with the large cohort (`data/results/copies.csv`). Go further, 3, tries it with yours.
# - The lesson's phantoms are the first 48 of the 720 the generators learned from, in the same split.
#
# ### Go further
# 1. Draw 100 of the better recipe's images instead of 500. Which numbers of section 4 move, and by how much?
# 2. Fool KID: mix images of the better recipe with their mirror images, or scale their brightness. What is the best you can get without training anything?
# 3. Improve the disguise: move each copy by one pixel (`np.roll`). How many does the test still find? And if you compare features (`embed`) in place of pixels, or let the search try all nine positions?
# 4. Let three people take the Turing test and pool their answers. Are sixty answers by three people as good as sixty by one?
#
# ### References
# - Heusel et al., *GANs trained by a two time-scale update rule converge to a local Nash equilibrium*, NIPS 2017, arXiv 1706.08500: FID.
# - Bińkowski et al., *Demystifying MMD GANs*, ICLR 2018, arXiv 1801.01401: KID, and the bias of FID.
# - Kynkäänniemi et al., *Improved precision and recall metric for assessing generative models*, NeurIPS 2019, arXiv 1904.06991.
# - Wang, Simoncelli and Bovik, *Multiscale structural similarity for image quality assessment*, Asilomar 2003.
# - Odena, Olah and Shlens, *Conditional image synthesis with auxiliary classifier GANs*, ICML 2017, arXiv 1610.09585: MS-SSIM as a measure of variety.
# - Hayes et al., *LOGAN: membership inference attacks against generative models*, PoPETs 2019, arXiv 1705.07663.
# - Chen et al., *GAN-Leaks*, ACM CCS 2020, arXiv 1909.03935.
# - Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of the American Statistical Association 22 (1927).
