# %% [markdown]
# # Find stroke lesions before time runs out
#
# **Part 5 of the deck: Segmentation of Medical Images with GANs.** "The diagnostic of ischemic stroke is time sensitive", says the deck. In an **ischaemic stroke** a clot closes an artery, and the tissue that it supplied dies. A large stroke kills about two million nerve cells a minute (Saver 2006). The dead tissue is called an **infarct**. You are the radiologist on call, and the clock is running.
#
# **What you'll do.** Look for an infarct yourself. See a network fail, write the two pieces that cure it, count what it still misses, and read from the scans how old an infarct is.
#
# **What you'll learn.**
# - why a network that is trained on everything can find nothing;
# - to choose what a network sees, and to write a loss for rare pixels;
# - to judge lesions, and not only pixels;
# - how two scans together date an infarct, and how often they are wrong.
#
# **What you need.** Lessons 31 (volumes and labels) and 51 (segmentation, U-Net, Dice). **Time:** 60 minutes, of which the computer needs about one.

# %%
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import ndimage
from scipy.stats import binomtest

from gancourse.metrics.intervals import bootstrap
from gancourse.metrics.lesion_counts import lesion_counts as course_counts
from gancourse.metrics.overlap import dice
from gancourse.project import STROKE_COHORT, project_root
from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
import keras
from gancourse.segmentation import stroke_segmenter
from gancourse.segmentation.mismatch import THRESHOLD
from gancourse.segmentation.stroke_slices import slices_of
from gancourse.teaching import figures
from gancourse.teaching.checks import lesson53 as checks, use
from gancourse.teaching.data import stroke_data, stroke_phantoms
from gancourse.teaching.figures import stroke_figures
from gancourse.teaching.material import small_infarcts, stroke_parts as course, stroke_riddle
from gancourse.teaching.widgets import StrokeClock

# %% [markdown]
# A man of 59 woke at seven with slurred speech. It is 7:40, and he lies in the scanner. Below are six slices of his **diffusion-weighted image** (DWI). Where water can hardly move, as in a fresh infarct, DWI is bright. But other things can be bright, too. (He is a phantom, like all patients of this lesson.)
#
# **Find the infarct. Then type your answer into the cell below, and run it quickly.**

# %%
man = stroke_riddle.riddle_patient()
man_slices = slices_of(man)  # axial slices, pixels of 2 mm
letters = stroke_riddle.six_slices(man_slices)  # "A" to "F": numbers of slices
figures.montage(
    {letter: man_slices.images[k, ..., 0] for letter, k in letters.items()},
    "Six axial (horizontal) DWI slices of one phantom patient, from bottom to top. One shows a fresh infarct.",
    columns=3,
    width=2.8,
    limits=stroke_figures.WINDOWS["DWI"],
)
clock_started = time.monotonic()

# %%
MY_ANSWER = "A", "left"  # the slice, and the patient's side

my_seconds = time.monotonic() - clock_started
verdict = stroke_riddle.verdict(man_slices, letters, MY_ANSWER)
print(f"{' '.join(MY_ANSWER)}, after {my_seconds:.0f} seconds: {verdict}")

# %% [markdown]
# And **when** did it happen: at six in the morning, or at midnight? A drug that dissolves the clot is usually given only up to 4.5 hours after the onset. Nobody saw it happen, but the scans can tell. Section 5 has both answers.
#
# ## 1. A network that finds nothing
#
# NVIDIA's lab, on which the deck's code is based, tries to segment strokes directly and finds that the network "is not segmenting anything", since lesions are tiny.
#
# Our patients have three scans: DWI; **ADC**, a map of how far water moves, on which a fresh infarct is dark; and **FLAIR**. We train on infarcts below 15 mL (about a tablespoon), which are easily overlooked. **Predict**: of 10,000 pixels of brain, how many belong to an infarct?
#
# <details><summary>What the names stand for</summary>
#
# - **T2** is the time in which a signal decays. Fluid has a long T2, so it is bright on T2-weighted scans, and damaged tissue, which holds more water, is bright, too.
# - **FLAIR**, fluid-attenuated inversion recovery, is a T2-weighted scan on which free fluid is dark.
# - **DWI** is T2-weighted, too, but loses signal where water moves freely.
# - **ADC**, the apparent diffusion coefficient, is computed from DWI. It no longer depends on T2.
# - **ISLES**, Ischemic Stroke Lesion Segmentation, is a series of challenges with public patients.
# </details>

# %%
patients = stroke_data()  # phantoms, or those in the folder that GANCOURSE_STROKE names
train, held_out, held_out_patients = small_infarcts.split_small(patients)
print(f"{train.patient.max() + 1} patients to train on, {len(held_out_patients)} held out")
print(f"infarct: {10_000 * train.lesions[train.brain].mean():.0f} of 10,000 pixels of brain")
k = int(train.lesions.sum((1, 2)).argmax())
stroke_figures.three_scans(
    train.scans[k],
    train.lesions[k],
    "A slice of a training patient: the infarct is bright on DWI and dark on ADC. Right: the true infarct.",
)

# %% [markdown]
# Train a small U-Net directly: on patches from anywhere, with **cross-entropy**, the mean surprise at the true label. We train for 120 steps of 16 patches each. **Predict**: will the loss fall? What will the network find?


# %% tags=["slow"]
def patch_anywhere(slices, size, rng):
    """A patch from any place of any slice -> scans (size, size, 3), infarct (size, size)"""
    k = rng.integers(len(slices.scans))
    top, left = (rng.integers(side - size + 1) for side in slices.lesions.shape[1:])
    rows, columns = np.s_[top : top + size], np.s_[left : left + size]
    return slices.scans[k, rows, columns], slices.lesions[k, rows, columns]


direct = course.build_network()  # scans (B, H, W, 3) -> probabilities (B, H, W, 1)
loss_function = keras.losses.BinaryCrossentropy()
steps = course.train(direct, lambda rng: patch_anywhere(train, 48, rng), loss_function)
p_direct = course.predict(direct, held_out.scans)  # probabilities (N, H, W)
infarct = held_out.lesions > 0
print(f"right in {np.mean((p_direct > 0.5) == infarct):.1%} of all held-out pixels")
print(f"pixels of infarct: {infarct.sum()}; marked by the network: {(p_direct > 0.5).sum()}")
print(f"mean probability: in infarcts {p_direct[infarct].mean():.2f},", end=" ")
print(f"in other brain {p_direct[held_out.brain & ~infarct].mean():.2f}")

# %% [markdown]
# The loss falls, more than 99 % of the pixels are right, and the network marks nothing, or next to nothing. Most patches show none, so "no infarct anywhere" is an excellent answer, and costs almost nothing in this loss. It does give infarcts higher probabilities, but hardly any above 0.5: section 3 comes back to this.
#
# ## 2. Two cures
#
# ### Exercise 1: let it see lesions
# The first cure is **lesion-centred sampling**: every other patch is centred on a pixel of a lesion. First choose a slice that shows a lesion, so that small lesions are seen as often as large ones, and then a pixel of that lesion. Push the patch inside the slice where it would stick out.
#
# <details><summary>Hint</summary>
#
# `np.argwhere(mask)` lists the pixels of a mask, a row (row, column) for each. `rng.choice(array)` chooses one row of an array. `np.clip(number, 0, limit)` pushes a number inside. A patch that begins at `top` ends before `top + size`.
# </details>


# %% tags=["exercise"]
def lesion_patch(scans, lesions, with_lesion, size, rng):
    """scans (N, H, W, 3), lesions (N, H, W) of 0 and 1, with_lesion: numbers of the slices that show a lesion
    -> a patch of the scans (size, size, 3), and the same patch of the lesions (size, size)"""
    # 1. k: one of with_lesion, by rng
    # 2. row and column of one of the lesion's pixels in slice k, by rng
    # 3. top and left, where the patch begins: half its size (size // 2) before that pixel, pushed inside
    # 4. that patch of scans, and of lesions
    return ...


# %% tags=["check"]
checks.lesion_patch(lesion_patch)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def lesion_patch(scans, lesions, with_lesion, size, rng):
#     k = rng.choice(with_lesion)
#     pixels = np.argwhere(lesions[k])
#     row, column = rng.choice(pixels)
#     top = np.clip(row - size // 2, 0, lesions.shape[1] - size)
#     left = np.clip(column - size // 2, 0, lesions.shape[2] - size)
#     patch = scans[k, top : top + size, left : left + size]
#     mask = lesions[k, top : top + size, left : left + size]
#     return patch, mask
# ```
#
# The slice comes first, so that a small lesion is seen as often as a large one. If you draw from all lesion pixels at once, the largest infarct gets most of the patches.
# </details>

# %% [markdown]
# ### Exercise 2: count only what matters
# The second cure is the loss. **Dice** (lesson 51) ignores background that is correctly left unmarked. So does the **Tversky loss**, and it lets you say which mistake is worse:
#
# $$\text{loss} = 1 - \frac{\text{hits} + 1}{\text{hits} + \alpha \cdot \text{false alarms} + \beta \cdot \text{misses} + 1}$$
#
# All three are sums over the pixels of the batch, and each pixel counts by its probability. A pixel of infarct with probability 0.8 adds 0.8 to the hits and 0.2 to the misses. With $\alpha = \beta = 0.5$ this is Dice. We take 0.3 and 0.7, so that a miss costs more than twice as much as a false alarm. **Predict**: what will that do to the number of false alarms?
#
# <details><summary>Hint</summary>
#
# `tf.reduce_sum(x)` adds up all numbers of the tensor `x`. `truth * output` is the probability where there is an infarct, and 0 elsewhere. Take the probabilities as they are, without a threshold.
# </details>


# %% tags=["exercise"]
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    """truth: 0 or 1, output: probabilities, both (B, H, W, 1) -> one number, a tensor"""
    # hits: probability where there is an infarct
    # false_alarms: probability where there is none
    # misses: 1 minus the probability, where there is an infarct
    # 1 - the fraction
    return ...


# %% tags=["check"]
checks.tversky_loss(tversky_loss)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def tversky_loss(truth, output, alpha=0.3, beta=0.7):
#     hits = tf.reduce_sum(truth * output)
#     false_alarms = tf.reduce_sum((1 - truth) * output)
#     misses = tf.reduce_sum(truth * (1 - output))
#     index = (hits + 1) / (hits + alpha * false_alarms + beta * misses + 1)
#     return 1 - index
# ```
# </details>

# %% [markdown]
# Train the same network for the same number of steps, with both cures:

# %% tags=["slow"]
lesion_patch = use(lesion_patch, otherwise=course.lesion_patch)
tversky_loss = use(tversky_loss, otherwise=course.tversky_loss)
with_lesion = np.flatnonzero(train.lesions.any(axis=(1, 2)))


def half_centred(rng):
    """A patch with a lesion or, as often, one from anywhere"""
    if rng.random() < 0.5:
        return lesion_patch(train.scans, train.lesions, with_lesion, 48, rng)
    return patch_anywhere(train, 48, rng)


cured = course.build_network()
course.train(cured, half_centred, tversky_loss, steps)
p_cured = course.predict(cured, held_out.scans)
for name, p in {"direct": p_direct, "cured": p_cured}.items():
    hits = ((p > 0.5) & infarct).sum()
    print(f"{name}: {hits} of {infarct.sum()} pixels of infarct found,", end=" ")
    print(f"{(p > 0.5).sum() - hits} false alarms;", end=" ")
    print(f"right in {np.mean((p > 0.5) == infarct):.2%} of all pixels")

# %% tags=["cover", "slow"]
alarms = (p_cured > 0.5).sum(axis=(1, 2)) * ~infarct.any(axis=(1, 2))  # in slices without an infarct
shown = [*small_infarcts.largest_slices(held_out, 3), alarms.argmax()]
stroke_figures.found_and_missed(
    {"direct": p_direct[shown] > 0.5, "cured": p_cured[shown] > 0.5},
    held_out.lesions[shown],
    "DWI of held-out patients, and what both networks found: the largest cut through each of three infarcts, "
    "and the slice without an infarct in which the cured network marks most.",
    held_out.scans[shown, ..., 0],
)

# %% [markdown]
# **That is your cure at work**: the same network, the same number of steps, and now it finds infarcts. It also gives false alarms, because misses cost more, and because every other patch had shown it a lesion. By the share of correct pixels, the network that finds nothing may even win.
#
# ## 3. Judge lesions, not pixels
#
# The course's **stroke segmenter** is a larger U-Net. It was trained for longer, with lesion-centred sampling and with the sum of cross-entropy and Tversky loss, on 111 other phantoms (its model card, `gancourse/weights/stroke.json`, says how). Here it reads the eight held-out patients. **Predict**: for which patient will Dice be worst?

# %% tags=["slow"]
segmenter = stroke_segmenter.load()
found = {patient.id: stroke_segmenter.segment_stroke(patient, segmenter) for patient in held_out_patients}
truth = {patient.id: patient.seg() > 0 for patient in held_out_patients}
for name, result in found.items():
    ml = truth[name].sum() * result.patient.voxel_ml
    _, pieces = ndimage.label(truth[name], np.ones((3, 3, 3)))  # voxels that touch are one piece
    overlap = dice(truth[name], result.seg > 0)
    print(f"{name}: infarct of {ml:4.1f} mL in {pieces:2} pieces, Dice {overlap:.2f}")

# %% [markdown]
# Dice is worst where an infarct is small and in many pieces.
#
# ### Exercise 3: count lesions
# Dice counts voxels, so one large infarct outweighs ten small ones. But several small infarcts in different places point to clots from the heart, and that changes the treatment. So count **lesions**, the connected pieces of the mask, as the challenge ISLES 2022 does:
#
# - a true lesion is **hit** if at least one of its voxels was found; otherwise it is **missed**;
# - a found piece is **false** if none of its voxels belongs to a true lesion;
# - voxels that share a face, an edge or a corner belong to one piece.
#
# <details><summary>Hint</summary>
#
# `pieces, count = ndimage.label(mask, np.ones((3, 3, 3)))` numbers the pieces from 1 to `count`. `pieces == 2` is the mask of the second one, and `found[pieces == 2].any()` says whether any of its voxels was found.
# </details>


# %% tags=["exercise"]
def lesion_counts(truth, found):
    """truth, found: masks (X, Y, Z), bool -> hit, missed, false"""
    # number the true pieces and the found pieces
    # hit: go through the true pieces, and count those of which any voxel was found
    # false: go through the found pieces, and count those of which no voxel is true
    # missed: the true pieces that were not hit
    return ...


# %% tags=["check"]
checks.lesion_counts(lesion_counts)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def lesion_counts(truth, found):
#     touching = np.ones((3, 3, 3))
#     true_pieces, true_count = ndimage.label(truth, touching)
#     found_pieces, found_count = ndimage.label(found, touching)
#     hit, false = 0, 0
#     for number in range(1, true_count + 1):
#         if found[true_pieces == number].any():
#             hit += 1
#     for number in range(1, found_count + 1):
#         if not truth[found_pieces == number].any():
#             false += 1
#     missed = true_count - hit
#     return hit, missed, false
# ```
# </details>

# %% [markdown]
# The **lesion-wise F1 score** puts the three counts into one number: hit / (hit + (missed + false) / 2). As a test, we also score somebody who marks the *whole brain*. **Predict** that F1.

# %% tags=["slow"]
lesion_counts = use(lesion_counts, otherwise=course_counts)


def score(truth, found):
    """Two masks -> Dice, F1, hit, missed, false"""
    hit, missed, false = lesion_counts(truth, found)
    f1 = hit / (hit + (missed + false) / 2) if hit + missed + false else 1.0
    return dice(truth, found), f1, hit, missed, false


columns = ["Dice", "F1", "hit", "missed", "false"]
judged = {name: score(truth[name], result.seg > 0) for name, result in found.items()}
print(pd.DataFrame(judged.values(), judged.keys(), columns).round(2))
everything = [score(truth[name], result.brain) for name, result in found.items()]
print(
    "the whole brain, on average:",
    dict(zip(columns, np.mean(everything, axis=0).round(2).tolist(), strict=True)),
)

# %% [markdown]
# Whoever marks the whole brain has a single piece. It touches every lesion, so all are hit and nothing is false: F1 is 1, while Dice is near 0. **Neither number is enough alone.** Report both, and look at the patients for whom they disagree.
#
# **Was it only the threshold?** The direct network marks nothing because no probability reaches 0.5. So let each of your two networks use the threshold with the best Dice in half of the *training* patients. **Predict**: is the cured one still better?

# %% tags=["slow"]
for name, network, p in (("direct", direct, p_direct), ("cured", cured, p_cured)):
    for threshold in (0.5, course.best_threshold(network, train)):
        own = [held_out.patient == n for n in range(len(held_out_patients))]
        scored = np.array([score(infarct[rows], p[rows] > threshold) for rows in own])
        print(f"{name}, threshold {threshold:.2f}: mean Dice {scored[:, 0].mean():.2f},", end=" ")
        print("{:.0f} lesions hit, {:.0f} missed, {:.0f} false".format(*scored[:, 2:].sum(axis=0)))

# %% [markdown]
# When we wrote this, it was a tie: a large part of the failure was the threshold! A network that sees infarcts as rarely as they are gives them low probabilities.
#
# One run on eight patients proves little. `experiments/stroke_segmenter.py study` trained a network with each cure alone, with both and with none, on infarcts of all sizes, and tested it on 20 other phantom patients. Here are the scores for infarcts below 15 mL. **Predict**: once each network has its best threshold, do the cures still help?

# %% tags=["nbval-check-output"]
results = project_root() / "data" / "results"
study = pd.read_csv(results / "stroke_study.csv", dtype={"rule": str})
study = study[study["true_ml"].between(0.001, 15)].sort_values(["steps", "rule"], kind="stable")
for (rule, steps, method), rows in study.groupby(["rule", "steps", "method"], sort=False):
    overlap = rows.groupby("seed")["dice"].mean()
    share = rows["hit"].sum() / (rows["hit"] + rows["missed"]).sum()
    print(
        f"threshold {rule:4}, {steps} steps, {method:8}: Dice {overlap.mean():.2f},",
        f"{share:3.0%} of lesions hit, {rows['false'].mean():4.1f} false per patient",
    )
seeds = study.groupby("method")["seed"].nunique()
print("trainings:", {method: int(count) for method, count in seeds.items()})

# %% [markdown]
# With its best threshold, the direct network reaches a Dice of 0.39 after 800 steps, with 77 false pieces per patient. Each cure alone, and both together, reach 0.59 or more, with fewer false pieces. So the cures still help. At 0.5, the direct network finds nothing, but much depends on chance there: in a second training from another seed (`study --seeds 1 --methods sampling`), sampling alone found nothing either. Which cure is best cannot be told from so few trainings.
#
# `experiments/stroke_segmenter.py score` tested the segmenter on 36 further phantom patients, who were used neither for training nor for any choice. It also took scans away. **Predict**: which single scan is worth most?

# %% tags=["nbval-check-output"]
scores = pd.read_csv(results / "stroke_scores.csv")
print(scores["patient"].nunique(), "patients; means and their 95 % intervals")
for modalities, rows in scores.groupby("modalities", sort=False):
    overlap, lesion_wise = (bootstrap(rows[name], seed=0) for name in ("dice", "lesion_f1"))
    print(
        f"{modalities:13} Dice {overlap.mean:.2f} ({overlap.low:.2f} to {overlap.high:.2f}),",
        f"F1 {lesion_wise.mean:.2f} ({lesion_wise.low:.2f} to {lesion_wise.high:.2f}),",
        f"{rows['false'].mean():.1f} false per patient",
    )

# %% [markdown]
# In these phantoms no single scan is enough, and DWI with ADC is as good as all three. From DWI alone, the segmenter gives three false alarms per patient, since older damage can be bright on DWI, too: its water is bright on T2. This is called **T2 shine-through**, and ADC unmasks it.
#
# What is missed? **Predict**: from which volume on does the segmenter find nine of ten lesions?

# %% tags=["nbval-check-output"]
table = pd.read_csv(results / "stroke_lesions.csv")
table = table[table["modalities"] == "dwi+adc+flair"]
bands = {"below 0.1": (0, 0.1), "0.1 to 1": (0.1, 1), "1 to 10": (1, 10), "10 or more": (10, np.inf)}
by_volume = {}
for name, (low, high) in bands.items():
    was_hit = table.loc[table["volume_ml"].between(low, high, inclusive="left"), "share"] > 0
    interval = binomtest(was_hit.sum(), len(was_hit)).proportion_ci()
    by_volume[name] = was_hit.sum(), len(was_hit), interval.low, interval.high
    print(f"{name:10} mL: {was_hit.sum():3} of {len(was_hit):3} found")
stroke_figures.sensitivity(
    by_volume, "Share of true lesions that the segmenter hits, by their volume, with 95 % intervals."
)

# %% [markdown]
# It finds all 15 lesions of 10 mL or more, 30 of 35 between 1 and 10 mL, and none of the 40 below 0.1 mL, which is a dozen voxels. So its empty answer means "no large infarct". It does not mean "no stroke".
#
# ## 4. Two scans make a clock
#
# DWI shows an infarct within minutes. FLAIR shows it only after hours, when the tissue has taken up water. So an infarct that is bright on DWI and *not* on FLAIR is probably young. This is the **DWI-FLAIR mismatch**. Move the hours, and then judge ten scans.

# %%
StrokeClock()

# %% [markdown]
# ### Exercise 4: read the clock
# How bright is the infarct on FLAIR? "Bright" needs something to compare with: the tissue 2 to 12 mm away from it. Leave fluid out, which is dark on FLAIR, and take **medians**, which a few wrong voxels do not move.
#
# <details><summary>Hint</summary>
#
# `ndimage.distance_transform_edt(~mask)` gives the distance of each voxel from a mask, in voxels. Ours are 2 mm wide. For masks, `&` means "and", `~` means "not", and `flair[mask]` are the values inside. Comparisons need brackets: `mask & (flair > 5)`.
# </details>


# %% tags=["exercise"]
def flair_ratio(flair, infarct, brain):
    """flair (X, Y, Z), voxels of 2 mm; infarct, brain: masks of the same shape, bool -> one number"""
    # tissue: what is brain, and brighter than 0.7 times the median of FLAIR in the brain
    # away_mm: the distance of each voxel from the infarct
    # beside: tissue that is more than 2 and up to 12 mm away
    # median of FLAIR in the infarct's tissue over the median beside it
    return ...


# %% tags=["check"]
checks.flair_ratio(flair_ratio)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def flair_ratio(flair, infarct, brain):
#     tissue = brain & (flair > 0.7 * np.median(flair[brain]))
#     away_mm = 2 * ndimage.distance_transform_edt(~infarct)
#     beside = tissue & (away_mm > 2) & (away_mm <= 12)
#     inside = np.median(flair[infarct & tissue])
#     around = np.median(flair[beside])
#     return inside / around
# ```
# </details>

# %% [markdown]
# A ratio near 1 means that FLAIR does not show the infarct. The course calls an infarct **early**, under 4.5 hours, if its ratio is below `THRESHOLD`, which was chosen on other phantoms. Phantoms know their hour, so we can test the clock. **Predict**: which mistake will be more frequent, old infarcts called early, or early ones called old?

# %% tags=["slow"]
flair_ratio = use(flair_ratio, otherwise=course.flair_ratio)
hours = pd.read_csv(project_root() / STROKE_COHORT / "subjects.csv").set_index("subject")["hours"]
age, ratio = [], []
for patient in stroke_phantoms():
    flair, mask, (brain, _) = patient.load("flair"), patient.seg() > 0, patient.brain()
    if mask.any():
        age.append(hours[patient.id])
        ratio.append(flair_ratio(flair, mask, brain))
stroke_figures.clock(
    np.array(age),
    np.array(ratio),
    THRESHOLD,
    4.5,
    "How bright the infarct is on FLAIR, by its age, in the phantoms of this lesson. Below the threshold, an "
    "infarct is called early.",
)

# %% tags=["nbval-check-output"]
clock = pd.read_csv(results / "stroke_clock.csv")
for name in ("ratio_true", "ratio_found"):  # in the true infarct; in what the segmenter found
    known = clock.dropna(subset=[name])
    young, called = known["hours"] < 4.5, known[name] < THRESHOLD
    print(f"{name:11}: {(called & young).sum()} of {young.sum()} early ones called early,", end=" ")
    print(f"{(~called & ~young).sum()} of {(~young).sum()} later ones called late")
print(f"no infarct found in {clock['ratio_found'].isna().sum()} of {len(clock)}")

# %% [markdown]
# In phantoms the clock is nearly always right: in the table, of the infarcts that the segmenter found, all 13 early ones were called early, and 20 of 22 later ones late. The other two were called early, so they would be given the drug too late.
#
# In patients the clock is worse. Of 543 patients scanned within 12 hours, it recognised 62 % of those under 4.5 hours, but also called 22 % of the others early (Thomalla 2011). Still, it helps: in the trial WAKE-UP, more patients with a mismatch and an unknown onset recovered well with the drug (53 %) than without it (42 %), at the price of more bleeding (Thomalla 2018).
#
# ## 5. Seconds to an answer
#
# Back to the man from the opening. The segmenter looks for his infarct, and *your* functions judge the result.

# %% tags=["slow"]
result = stroke_segmenter.segment_stroke(man, segmenter)
alone = stroke_segmenter.segment_stroke(man, segmenter, ["dwi"])
seg = result.seg > 0
lines = [f"The segmenter needed {result.seconds:.1f} s, I needed {my_seconds:.0f} s."]
lines += [f"Pieces: {len(result.pieces_ml)}, {result.volume_ml:.1f} mL. DWI alone: {len(alone.pieces_ml)}."]
if seg.any():
    man_ratio = flair_ratio(man.load("flair"), seg, result.brain)
    lines += [
        f"FLAIR ratio {man_ratio:.2f}: " + ("early, under 4.5 hours." if man_ratio < THRESHOLD else "late.")
    ]
hit, missed, false = lesion_counts(man.seg() > 0, seg)
lines += [
    f"Truth: {stroke_riddle.true_hours():.1f} hours since onset; {hit} lesion hit, {missed} missed, {false} false."
]
stroke_figures.report(
    man_slices,
    stroke_riddle.marked(man_slices, seg),
    letters["D"],
    lines,
    "The man's report: the three scans of slice D, and what the segmenter found. Circles mark what DWI alone "
    "would have marked here.",
    Path("kept/stroke_report.png"),
    circled=stroke_riddle.marked(man_slices, alone.seg > 0),
)
print("Saved as kept/stroke_report.png, beside this notebook.")

# %% [markdown]
# The fresh infarct is the *weaker* of the two bright spots in slice D, on the man's right. It is dark on ADC and cannot be seen on FLAIR, so it is early: the stroke began shortly before six. The spot on his left and the faint ones in E are older damage to white matter: bright on FLAIR, and not dark on ADC. From DWI alone, such damage fools the segmenter.
#
# ## In practice
# - **A patient of your own.** `gancourse segment --pathology stroke FOLDER` reads a folder with ISLES 2022's names, and `--dwi`, `--adc` and `--flair` take single files.
# - **Real data.** ISLES 2022 has 250 patients with masks (Zenodo, record 7960856). With `GANCOURSE_STROKE=/data/ISLES-2022 make lab`, this lesson trains on them.
# - **Not everything that is bright on DWI is a stroke.** Seizures, abscesses and tumours can be, too, and the phantoms have none of them. And before any drug is given, other scans must exclude bleeding.
# - **For research and teaching only.** A phantom is not a patient, and nothing here is for diagnosis or treatment.
#
# <details><summary>Fine print</summary>
#
# - The words about the lab are from NVIDIA's notebook, which uses CT perfusion (ISLES 2018); the deck only says that stroke is time sensitive. The lab's own remedy is to translate the scans into perfusion maps first.
# - 1.9 million cells a minute is an average for strokes of a large artery, which grow to 54 mL in ten hours (Saver 2006).
# - Intensities are divided by the median of the patient's brain.
# - A scan that is taken away becomes an image of zeros. The segmenter met that in training, but FLAIR alone in only 3 of 100 slices, and ADC alone in 4 (`SUBSETS` in `gancourse/segmentation/stroke_draws.py`). FLAIR alone cannot tell a fresh infarct from older damage.
# - The "best" thresholds of the study were chosen on six patients of the training, so in other patients they can be worse than 0.5. A seed chooses the random numbers of a training: its first weights and its patches.
# - The winners of ISLES 2022, trained on patients, reach a median Dice of about 0.8 in 1,685 patients of another hospital (de la Rosa et al.). Our segmenter has seen phantoms only; expect less of it in patients.
# - The clock's threshold was chosen on the phantoms of the segmenter's training. What changes with time in a phantom stands in `gancourse/cohort/stroke/timeline.py`.
# - The intervals of the shares are exact for independent lesions. Lesions of one patient are not independent, so the true intervals are somewhat wider. Those of Dice and F1 come from resampling patients.
# </details>
#
# ### Go further
# 1. Train with $\alpha = \beta = 0.5$, and then with $\alpha = 0.1$, $\beta = 0.9$. What happens to hits and false alarms?
# 2. Centre *every* patch on a lesion. Why do the false alarms multiply?
# 3. Run `StrokeClock(looks_early=lambda ratio: ratio < 1.3)`, and try other limits. Which is worse: to give the drug to somebody for whom it is too late, or to withhold it from somebody for whom it is not?
#
# ### References
# - Saver, *Time is brain - quantified*, Stroke 37 (2006).
# - Salehi et al., *Tversky loss function for image segmentation using 3D fully convolutional deep networks*, 2017, arXiv 1706.05721.
# - Hernandez Petzsche et al., *ISLES 2022: A multi-center magnetic resonance imaging stroke lesion segmentation dataset*, Scientific Data 9 (2022).
# - de la Rosa et al., *DeepISLES: a clinically validated ischemic stroke segmentation model from the ISLES'22 challenge*, Nature Communications 16 (2025).
# - Thomalla et al., *DWI-FLAIR mismatch for the identification of patients with acute ischaemic stroke within 4.5 h of symptom onset (PRE-FLAIR)*, The Lancet Neurology 10 (2011).
# - Thomalla et al., *MRI-guided thrombolysis for stroke with unknown time of onset*, New England Journal of Medicine 379 (2018).
