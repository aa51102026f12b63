# %% [markdown]
# # Augment with synthetic scans, and see whether it helps
#
# **Part 5 of the deck: Segmentation of Medical Images with GANs.** One of the deck's goals reads: "GANs can be used for data augmentation instead of other methods that involve image cropping, translation, etc." Shin and others (2018) report that synthetic scans improved their tumour segmentation. But a generator that was trained on ten patients has never seen an eleventh. Can its scans teach a network anything that the ten patients cannot?
#
# **What you'll do.** Bet on the answer. Then write classic augmentation, put one patient's tumour into another's brain, mix true and synthetic scans, and train on your mixture. Compare your bet with a study, and find out whom a colleague's generator has seen.
#
# **What you'll learn.**
# - how to mix true and synthetic scans so that the comparison is fair;
# - how to measure a small gain when patients differ a lot;
# - when synthetic scans help, what they cost, and whether the gain carries over to another hospital;
# - how test patients leak through a generator.
#
# **What you need.** Lessons 41 (GANs), 51 (pix2pix, U-Net, Dice) and 52 (bootstrap). **Time:** 65 minutes.

# %%
from pathlib import Path

import numpy as np

from gancourse.cohort.scheme import MODALITIES
from gancourse.images import halve
from gancourse.metrics.memorisation import distances, with_mirrors
from gancourse.quiet import import_tensorflow

import_tensorflow()
from gancourse.teaching import figures
from gancourse.teaching.checks import lesson54 as checks, use
from gancourse.teaching.figures import augmentation_figures
from gancourse.teaching.material import (
    augmentation_parts as course,
    augmentation_study,
    small_segmenter,
    synthetic_scans,
    two_hospitals,
)

FLAIR = MODALITIES.index("flair")
rng = np.random.default_rng(54)

# %% [markdown]
# Hospital A has ten patients. (They are phantoms, like every patient in this lesson.) One of the slices below belongs to one of them. One was **generated** by a GAN that was trained on these ten patients, together with its labels. One was **painted** by pix2pix from a label map that no patient ever had. **Which is which?** Write it down; section 2 has the answer.

# %% tags=["slow"]
hospitals = two_hospitals.open_hospitals()
print("Hospital A, to learn from:", hospitals.train)
figures.montage(
    synthetic_scans.riddle(hospitals.ten),
    "Three FLAIR slices with a tumour: a patient's, a generated and a painted one, in some order.",
    width=3.1,
)

# %% [markdown]
# **Your bet.**
#
# A small U-Net learns to find tumours from 5, 10 or 40 patients of hospital A. It always takes the same number of training steps, with 16 slices in each. The arms differ only in where these slices come from:
#
# | name | what the batches hold |
# |---|---|
# | plain | the 5, 10 or 40 patients |
# | augmented | the same, mirrored, turned, scaled, shifted, with other brightness and noise |
# | generated | half of them generated, by a GAN that was trained on the same 5, 10 or 40 patients |
# | painted | half of them painted, by pix2pix that was trained on the same patients |
# | all together | a quarter generated, a quarter painted, and everything augmented |
# | ceiling | 10 times as many patients, not augmented |
#
# These are the **arms** of a study whose results you read in section 4. The cell below prints the **Dice** of the plain arm in new patients of hospital A: the overlap with the true tumour, from 0 to 1. A **point** is a hundredth of that. **Bet**: how many points does each of the others gain? The numbers below are those of somebody who believes the deck. Replace them with your own.

# %% tags=["nbval-check-output"]
MY_BET = {  # points gained over plain, with 5, 10 and 40 patients
    "augmented": (4, 3, 2),
    "generated": (15, 10, 5),
    "painted": (15, 10, 5),
    "all": (18, 12, 6),
    "ceiling": (20, 13, 6),
}

study = augmentation_study.read_table()
study = study[study["tested"] == "all"]
for row in study[(study["arm"] == "plain") & (study["hospital"] == "A")].itertuples():
    print(f"plain, {row.N:2} patients: Dice {row.dice:.2f}, in {row.patients} new patients")

# %% [markdown]
# ## 1. Two hospitals
#
# Hospital A has a 1.5 T scanner. Hospital B has a 3 T scanner and its own sequences. Below is the same patient, scanned at both. Nothing but the scanner differs. **Predict**: how will a network trained only on A do at B?

# %% tags=["slow"]
k = hospitals.tested["A"].best_slice()
figures.montage(
    [hospitals.tested[name].images[k, ..., c] for name in "AB" for c in range(4)],
    "A held-out patient, scanned at hospital A (above) and at hospital B (below).",
    titles=[f"{name}: {modality}" for name in "AB" for modality in MODALITIES],
    width=2.4,
    limits=(-1, 1),
)

# %% [markdown]
# Now train a U-Net on A's ten patients, without any extras, for 300 steps (or as many as your computer makes in 12 seconds). Test it on other patients, at both hospitals.

# %% tags=["slow"]
ten = hospitals.train
plain, steps = small_segmenter.train(course.mix([(ten.images, ten.seg)], [1.0], 16, rng))


def report(network):
    for name, scans in hospitals.held_out.items():
        dice = small_segmenter.dice_by_patient(network, scans)
        print(
            f"hospital {name}: Dice {np.nanmean(dice):.2f}, from {np.nanmin(dice):.2f} to {np.nanmax(dice):.2f}"
        )


report(plain)

# %% [markdown]
# At B it is worse. Either it has learned A's contrasts, or B's scans are harder; section 4 will tell. Look at the ranges, too: patients differ a lot.
#
# ## 2. More from the same ten patients
#
# ### Exercise 1: classic augmentation
#
# The cheapest new patient is an old one with small changes. A mirrored brain has its tumour on the other side, and a change in brightness looks like another day at the scanner. What moves the image has to move the labels, too; what changes its brightness must not.
#
# <details><summary>Hint</summary>
#
# `image[:, ::-1]` is a mirrored slice. `rng.uniform(low, high, size=4)` draws four numbers, and `image * four` multiplies each contrast by its own. `(image > -1).any(axis=-1, keepdims=True)` is the brain, of shape (H, W, 1), and `np.where(brain, a, b)` takes `a` inside and `b` outside.
# </details>


# %% tags=["exercise"]
def augment(image, seg, rng):
    """A slice (H, W, 4) in [-1, 1], -1 outside the brain, and its labels (H, W) -> both, changed"""
    # 1. with a chance of one half (rng.random()), mirror image and labels left to right
    # 2. for each of the four contrasts, draw a gain from 0.8 to 1.2, and an offset from -0.2 to 0.2
    # 3. multiply by the gain, add the offset, and clip to [-1, 1] (np.clip)
    # 4. make the background -1 again, which is where all four contrasts were -1
    return ..., ...


# %% tags=["check"]
checks.augment(augment)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def augment(image, seg, rng):
#     if rng.random() < 0.5:
#         image, seg = image[:, ::-1], seg[:, ::-1]
#     gain = rng.uniform(0.8, 1.2, size=4)
#     offset = rng.uniform(-0.2, 0.2, size=4)
#     changed = np.clip(image * gain + offset, -1, 1)
#     brain = (image > -1).any(axis=-1, keepdims=True)
#     return np.where(brain, changed, -1), seg
# ```
#
# Fluid can be black in one contrast, so the background is only where all four are black.
# </details>

# %% tags=["slow"]
augment = use(augment, otherwise=course.augment)
k = ten.best_slice()
changed = [augment(ten.images[k], ten.seg[k], rng) for _ in range(3)]
figures.montage(
    [image[..., FLAIR] for image, _ in [(ten.images[k], 0), *changed]],
    "A FLAIR slice, and three changed versions of it with their labels.",
    titles=["as it is", *["changed"] * 3],
    segs=[ten.seg[k], *(seg for _, seg in changed)],
    width=2.4,
    limits=(-1, 1),
)

# %% [markdown]
# ### A generator
#
# The second way is a GAN that generates all four contrasts of a slice together with its labels. Below are three of its slices. **Predict**: how similar is the closest slice of the ten patients?

# %% tags=["slow"]
generated = synthetic_scans.generate()  # 1,000 slices; here the first that show a tumour
shown = np.flatnonzero((generated.seg > 0).sum(axis=(1, 2)) > 60)[:3]
known = with_mirrors(hospitals.ten.images)
nearest = distances(generated.images[shown], known).argmin(axis=1)
figures.montage(
    [*generated.images[shown][..., FLAIR], *known[nearest][..., FLAIR]],
    "Three generated FLAIR slices, and below each the nearest slice of the ten patients, mirrored if that is nearer.",
    titles=["generated"] * 3 + ["nearest patient"] * 3,
    columns=3,
    width=2.6,
    limits=(-1, 1),
)

# %% [markdown]
# They are no copies, and no good scans: this is a small GAN, trained for four minutes of one core on 80 slices.
#
# ### Exercise 2: a tumour moves
#
# Shin and others took a third way. They changed the *label map*, by moving a tumour or putting it into another brain, and let pix2pix paint the scan. Write the function that moves the tumour. `seg` are the labels of a slice with a tumour. `tissue` are those of another brain, without one.
#
# <details><summary>Hint</summary>
#
# `rows, columns = np.nonzero(seg)` gives the positions of the tumour's pixels. `np.roll(seg, (down, right), axis=(0, 1))` moves an array by whole pixels. Pixels that leave it at one edge come back at the opposite one, where there is no brain; step 3 removes them.
# </details>


# %% tags=["exercise"]
def transplant(seg, tissue, row, column):
    """Tumour labels (H, W); tissue (H, W), 0 outside the brain -> new tumour labels (H, W)"""
    # 1. down, right: by how many pixels the tumour has to move, so that the mean of its rows is at `row`
    #    and the mean of its columns at `column`; round them to whole pixels (round)
    # 2. move the labels
    # 3. set labels outside of the new brain to 0
    return ...


# %% tags=["check"]
checks.transplant(transplant)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def transplant(seg, tissue, row, column):
#     rows, columns = np.nonzero(seg)
#     down = round(row - rows.mean())
#     right = round(column - columns.mean())
#     new = np.roll(seg, (down, right), axis=(0, 1))
#     return np.where(tissue > 0, new, 0)
# ```
# </details>

# %% [markdown]
# With your function, the cell makes 500 label maps. Brain, tumour and place are drawn at random, all from the ten patients. A pix2pix that was trained on these patients paints them.

# %% tags=["slow"]
transplant = use(transplant, otherwise=course.transplant)
seg, tissue = synthetic_scans.new_labels(hospitals.ten, 500, transplant, rng)
painted = synthetic_scans.paint(seg, tissue)
shown = np.flatnonzero((seg > 0).sum(axis=(1, 2)) > 60)[:2]
figures.montage(
    [image for k in shown for image in (tissue[k] / 1.5 - 1, painted.images[k, ..., FLAIR])],
    "Two new label maps (fluid dark, white matter white), and the FLAIR that pix2pix paints from each.",
    titles=["label map", "painted FLAIR"] * 2,
    segs=[labels for k in shown for labels in (seg[k], None)],
    width=2.4,
    limits=(-1, 1),
)

# %% [markdown]
# In a sense these patients are new: nobody had this tumour in this brain. They are smoother than scans, because a label map does not record the scanner's noise. (In the opening, 1 was painted, 2 was the patient, and 3 was generated.)
#
# ## 3. Mix them fairly
#
# Synthetic slices cost nothing once the generator is there. So why not pool the 80 true slices with 1,000 synthetic ones? Because a batch of 16 would then hold about one true slice. And if you trained for longer because you have more slices, you would compare more training with less. A fair mixture gives each source a **share** of every batch, and leaves the number of steps as it is.
#
# ### Exercise 3: the mixture
#
# Write a **generator** in Python's sense: a function with `yield`, which hands out a batch and resumes there when asked for the next one. A small source is repeated, but no slice comes again until every other slice of its source has been used.
#
# <details><summary>Hint</summary>
#
# `rng.choice(len(sources), batch_size, p=shares)` draws the number of a source for each slice of the batch. `list(rng.permutation(n))` is a shuffled list of 0 to n - 1, and `.pop()` takes its last entry away. An empty list is false: `if not waiting[k]:`.
# </details>


# %% tags=["exercise"]
def mix(sources, shares, batch_size, rng):
    """sources: a list of pairs, images (N, H, W, 4) and labels (N, H, W); shares: one for each, they sum to 1
    -> yields for ever: images (B, H, W, 4) and labels (B, H, W), where B is batch_size"""
    # waiting: for each source a list of the rows that still wait for their turn; all are empty at first
    while True:
        # two empty lists, for the images and the labels of this batch
        # draw the sources of its slices, by their shares; for each of them:
        #     if no row of that source waits any more, shuffle all of its rows into the list
        #     take a row from the list, and append its image and its labels
        # make an array of each list (np.stack)
        yield ..., ...


# %% tags=["check"]
checks.mix(mix)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def mix(sources, shares, batch_size, rng):
#     waiting = [[] for _ in sources]
#     while True:
#         images, seg = [], []
#         for k in rng.choice(len(sources), batch_size, p=shares):
#             if not waiting[k]:
#                 waiting[k] = list(rng.permutation(len(sources[k][0])))
#             row = waiting[k].pop()
#             images.append(sources[k][0][row])
#             seg.append(sources[k][1][row])
#         yield np.stack(images), np.stack(seg)
# ```
#
# `[[]] * 3` would be three names for one list. The share holds on average; you may also give each batch its exact numbers.
# </details>

# %% [markdown]
# Now train on your own mixture, with your augmentation on top, for as many steps as the plain network had. **Predict**: will it be better at A? And at B?

# %% tags=["slow"]
mix = use(mix, otherwise=course.mix)
sources = [(ten.images, ten.seg), (generated.images, generated.seg), (painted.images, painted.seg)]


def augmented(batches):
    for images, labels in batches:
        pairs = [augment(*pair, rng) for pair in zip(images, labels, strict=True)]
        yield tuple(map(np.stack, zip(*pairs, strict=True)))


mixed, _ = small_segmenter.train(augmented(mix(sources, [0.5, 0.25, 0.25], 16, rng)), steps, 60)
report(mixed)

# %% tags=["cover", "slow"]
k = hospitals.held_out["A"].best_slice()
panels = {}
for name, scans in hospitals.held_out.items():
    panels[f"{name}: the truth"] = scans.seg[k]
    for words, network in (("plain", plain), ("your mixture", mixed)):
        panels[f"{name}: {words}"] = small_segmenter.segment(network, scans.images[k : k + 1])[0]
figures.montage(
    [hospitals.held_out[title[0]].images[k, ..., FLAIR] for title in panels],
    "A held-out patient: the true labels over FLAIR, and what both networks found.",
    titles=list(panels),
    segs=list(panels.values()),
    columns=3,
    width=2.6,
    limits=(-1, 1),
)

# %% [markdown]
# You have trained each network only once, on one draw of ten patients, and not for long. With other patients, or more steps, the order may be another. (We score the whole tumour, since its parts take longer to learn.)
#
# ## 4. The result
#
# So `experiments/augmentation.py` trained every arm three times, each time on other patients, for 1,500 steps, and tested it on 80 new patients at both hospitals, 64 of whom show a tumour in their slices. `all` is all together, and `native` has learned from 40 patients who were scanned at B itself. **Predict** which curves will lie above plain at B.

# %% tags=["nbval-check-output"]
arms = list(augmentation_figures.ARMS)
for name, rows in study.groupby("hospital"):
    print(f"Dice at hospital {name}, by the number of patients")
    print(rows.pivot_table("dice", "arm", "N").loc[[*arms, "native"]].round(2).to_string(na_rep=""), "\n")
seconds = study[(study["N"] == 10) & (study["hospital"] == "A")].set_index("arm")["core_seconds"]
print("seconds of one core, with 10 patients:", seconds[arms].to_dict())
augmentation_figures.curves(
    study, "Dice of the whole tumour in new patients, mean over patients and seeds, with 95 % intervals."
)

# %% [markdown]
# With few patients, every arm lies far above plain, and at B as well. Other curves are close together, and their intervals overlap in many places. Does that mean that nothing helps? No. An interval of Dice shows how much *patients* differ, and every network was tested on the same ones.
#
# ### Exercise 4: a paired gain
#
# So subtract first: in each patient, take the plain Dice from the arm's. The difference varies far less. Then ask how much the mean gain would change with other patients, by the **bootstrap** of lesson 52: draw as many patients again and again, with repeats. A patient whose slices show no tumour has no Dice, but NaN.
#
# <details><summary>Hint</summary>
#
# `each[~np.isnan(each)]` leaves NaN out. `rng.choice(each, len(each))` draws with repeats. `np.quantile(means, [0.025, 0.975])` are the ends of the interval.
# </details>


# %% tags=["exercise"]
def gain(arm, plain, rng):
    """Dice (seeds, patients) of an arm and of plain training -> mean gain, low end, high end"""
    # 1. each patient's gain: the mean over seeds of the differences; leave NaN out
    # 2. 2,000 times: draw as many patients, with repeats, and keep their mean gain
    # 3. the ends are the quantiles 0.025 and 0.975 of these means
    return ..., ..., ...


# %% tags=["check"]
checks.gain(gain)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def gain(arm, plain, rng):
#     each = (arm - plain).mean(axis=0)
#     each = each[~np.isnan(each)]
#     means = []
#     for _ in range(2000):
#         drawn = rng.choice(each, len(each))
#         means.append(drawn.mean())
#     low, high = np.quantile(means, [0.025, 0.975])
#     return each.mean(), low, high
# ```
#
# Average over the seeds before you resample. Three runs on one patient are not three patients.
# </details>

# %% tags=["nbval-check-output"]
gain = use(gain, otherwise=course.gain)
dice, counts, found = augmentation_study.read_dice(), (5, 10, 40), {}
for name in "AB":
    found[name] = {
        arm: {n: gain(dice[n, arm, name], dice[n, "plain", name], np.random.default_rng(0)) for n in counts}
        for arm in arms[1:]
    }
    print(f"points gained over plain at hospital {name}, with 5, 10 and 40 patients")
    for arm, by_count in found[name].items():
        print(
            f"{arm:9}",
            "  ".join("{:5.1f} ({:5.1f} to {:5.1f})".format(*np.multiply(100, by_count[n])) for n in counts),
        )
augmentation_figures.gains(
    found, "Points of Dice gained over plain training, with 95 % intervals over patients."
)

# %% [markdown]
# Synthetic scans do help, it seems. With 5 patients, generated slices gain 14 points and painted ones 30, as much as ten times as many patients. But classic augmentation gains 27, for 16 more seconds of one core (with 10 patients) in place of the generator's 241. All together gain little more, since they know the same patients. With 40 patients, generated slices cost a point.
#
# At B the gains are about as large, so variety from A helps there, too. Forty of B's own patients (`native`) do no better at B than forty of A's, so B's scans are simply harder.
#
# **A doubt.** In section 1, your own plain network stopped after 300 steps at most. In the study, the plain network with 5 patients saw each slice 600 times. **Predict**: what if it had stopped after 250 steps?

# %% tags=["nbval-check-output"]
print("points gained at hospital A, with 5, 10 and 40 patients")
for arm, base in [("early", "plain"), *((arm, "early") for arm in arms[1:])]:
    by_count = [gain(dice[n, arm, "A"], dice[n, base, "A"], np.random.default_rng(0)) for n in counts]
    print(
        f"{arm:9} over {base}:",
        "  ".join("{:5.1f} ({:5.1f} to {:5.1f})".format(*np.multiply(100, each)) for each in by_count),
    )

# %% [markdown]
# Stopping early gains 19 points with 5 patients and 5 points with 10, and costs nothing: the plain network had learned its slices by heart. Over a network that stopped in time, augmented and painted slices still gain 7 to 11 points. Generated ones lose 5 with 5 patients, and make no clear difference with 10. (With 40 patients, 250 steps are too few, so `early` is no fair rival there.) **A gain is only as good as its baseline.**
#
# **"Instead of other methods"?** Not here. What the generator added was mostly a cure for training too long.
#
# ## 5. A leak
#
# A colleague writes: "Your generator was trained badly. I took the same recipe, and all scans that our hospital had. With ten patients and my slices, the U-Net gains 8 points, and with yours only 4!" You ask for the slices. **Predict**: what do you look for?
#
# ### Exercise 5: who was seen?
#
# If the generator has seen test patients, its slices come nearer to them than to others. But some brains are ordinary and near to everything, so compare with our generator, which has seen none of them.
#
# <details><summary>Hint</summary>
#
# `distances(a, b)` are the distances from all slices of `a` to all of `b`, (N, M). `with_mirrors(a)` adds the mirrored slices to `a`. `.min(axis=1)` is the nearest. `patients == patient` are the rows of one patient.
# </details>


# %% tags=["exercise"]
def suspicion(slices, patients, theirs, ours):
    """slices of test patients (N, H, W, 4), the patient each belongs to (N,); two sets of generated slices
    -> a dictionary: patient -> mean distance to theirs / mean distance to ours"""
    # 1. for each slice (N,): the distance to the nearest of theirs, mirrored or not; and to that of ours
    # 2. for each patient: the mean distance to theirs, divided by the mean distance to ours
    return ...


# %% tags=["check"]
checks.suspicion(suspicion)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def suspicion(slices, patients, theirs, ours):
#     to_theirs = distances(slices, with_mirrors(theirs)).min(axis=1)
#     to_ours = distances(slices, with_mirrors(ours)).min(axis=1)
#     found = {}
#     for patient in np.unique(patients):
#         own = patients == patient
#         found[patient] = to_theirs[own].mean() / to_ours[own].mean()
#     return found
# ```
# </details>

# %% tags=["slow"]
suspicion = use(suspicion, otherwise=course.suspicion)
theirs, tested, seen = (
    synthetic_scans.generate("leaky"),
    hospitals.tested["A"],
    augmentation_study.read_seen(),
)
ratios = suspicion(halve(tested.images), tested.patients, halve(theirs.images), halve(generated.images))
accused = sorted(ratios, key=ratios.get)[: len(ratios) // 2]
print(f"of the {len(accused)} most suspicious patients, {len(seen & set(accused))} had been seen")
augmentation_figures.suspects(
    ratios,
    seen,
    "Each test patient's distance to the nearest of the colleague's slices, over that to ours.",
)

# %% [markdown]
# Nearly all ratios are above 1, since the colleague's slices lie a little farther from everybody; only the order counts. Guessing would have found 6 of the 12. So the images betray something, but proof is only the list of the patients who trained the generator. Half of the test patients were on it. **Predict**: is the gain (`leak`) larger in the patients who were seen?

# %% tags=["nbval-check-output"]
colleague = augmentation_study.read_table().query(
    "N == 10 and hospital == 'A' and arm in ('generated', 'leak')"
)
whom = {"all": "all patients", "seen": "those whom the colleague's generator saw", "unseen": "the others"}
for row in colleague.itertuples():
    print(
        f"{row.arm:9}: {100 * row.gain:5.1f} points ({100 * row.gain_low:.1f} to {100 * row.gain_high:.1f}) in {whom[row.tested]}"
    )

# %% [markdown]
# Hardly: 8.4 points in those who were seen, 7.9 in the others. So it did not win by memory, but because it had learned from 50 patients. "Ten patients" was not true. No test image was ever shown to the *segmenter*, which is why such a leak is easily overlooked. **Split the patients first, and train the generator on the training patients only.**
#
# ## 6. Your bet
#
# Here is your bet beside the result at hospital A. The cell keeps the picture in the folder `kept`.

# %% tags=["slow"]
path = Path("kept") / "54_my_bet.png"
error = augmentation_figures.bet_card(
    MY_BET, found["A"], path, "The bet and the study, at hospital A, with 95 % intervals."
)
nothing = np.mean([abs(100 * by_count[n][0]) for by_count in found["A"].values() for n in counts])
print(f"Your bet was wrong by {error:.1f} points on average; a bet on no gain at all, by {nothing:.1f}.")
print(f"Saved as {path}, beside this notebook.")

# %% [markdown]
# So what remains of the promise? Most of the gain came without a GAN, and the rest from a painter of label maps, not from a generator of whole scans.
#
# ## In practice
#
# **Before you believe that synthetic scans helped, ask:**
#
# 1. *Was the generator trained on the training patients only?*
# 2. *Was the baseline good?* Equally many steps, yes, but also stopped in time, and augmented in the classic way?
# 3. *Is the gain paired by patient,* over several trainings, with an interval?
# 4. *What did it cost,* and what would some more patients have cost?
# 5. *Does it hold at another hospital?*
#
# - **With your own BraTS** (`GANCOURSE_DATA`), sections 1 to 3 train on ten of your patients, and there is no hospital B. The generated and painted slices stay those of phantoms.
# - **For research and teaching only.** The patients are phantoms, and nothing here is for diagnosis or treatment.
#
# <details><summary>Fine print</summary>
#
# - Shin and others used two data sets, BraTS 2015 and ADNI, whose brains have no tumours. So their synthetic patients had anatomy that the tumour patients did not have. Ours are made from the same N patients alone, which is the stricter question.
# - Others found gains, too. Bowles and others (2018) gained 1 to 5 points, most with fewer than ten training stacks. Asadi and others (2024) gained 3.6 points of test Dice on 2,751 training images of gliomas, and call that marginal.
# - The study's augmentation is stronger than yours: it also turns, scales and shifts slices, changes gamma and adds noise (`gancourse/segmentation/slice_changes.py`), in the manner of nnU-Net. Its moved lesions are also turned and scaled (`gancourse/cohort/lesion_moves.py`).
# - Each seed draws other patients, so the three trainings of an arm also differ in whom they saw. The intervals are over test patients; how far the seeds lie apart is in the columns `gain_least` and `gain_most` of `data/results/augmentation.csv`.
# - Many intervals are shown, without a correction for their number. Of twenty arms that change nothing, one would have an interval without 0.
# - All networks are small, and slices have 64 x 64 pixels. The generator is a poor one: its kernel distances to test patients (lesson 44) are 1.4 to 4.9, those of the course's patient generator (128 pixels, 50 times as many slices), 0.03 to 0.10. Whether a better one, from ten patients, would help more was not measured.
# - It matters which five patients you have: painted slices gained 17, 32 and 41 points in the three trainings.
# - In smaller parts the generator harms. Dice of the enhancing tumour, from 10 patients: plain 0.15, generated 0.08, augmented and painted 0.54, ten times as many patients 0.62.
# - Hospital B's contrasts were compared with those of seven real patients (`experiments/hospital_contrasts.py`). A real second hospital differs in its patients, too.
# - Painted slices show lesions that were moved, turned and scaled. Whether the gain comes from moving or from painting was not measured.
# - Seconds are those of one core, for training alone. Distances are measured at half the size, where noise counts less.
# </details>
#
# ### Go further
# 1. Open the hospital with fewer patients, `two_hospitals.open_hospitals(5)`, and train again. What happens if you ask for 40?
# 2. Change the shares to `[0.1, 0.45, 0.45]`, and then to `[0, 0.5, 0.5]`. How much can a network learn from synthetic scans alone?
# 3. Let `augment` change the contrasts more, with gains from 0.4 to 1.6. Is it worse at A, and better at B?
# 4. Mirror upside down as well. Why may that hurt here, and not in a microscope?
#
# ### References
# - Shin et al., *Medical image synthesis for data augmentation and anonymization using generative adversarial networks*, SASHIMI 2018, arXiv 1807.10225.
# - Bowles et al., *GAN augmentation: augmenting training data using generative adversarial networks*, 2018, arXiv 1810.10863.
# - Asadi, Angsuwatanakul and O'Reilly, *Evaluating synthetic neuroimaging data augmentation for automatic brain tumour segmentation with a deep fully-convolutional network*, IBRO Neuroscience Reports 16 (2024).
# - Isensee et al., *nnU-Net: a self-configuring method for deep learning-based biomedical image segmentation*, Nature Methods 18 (2021).
# - Isola et al., *Image-to-image translation with conditional adversarial networks*, CVPR 2017, arXiv 1611.07004.
