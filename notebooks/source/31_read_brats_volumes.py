# %% [markdown]
# # Read brain volumes, and split them without leaking patients
#
# **Part 3 of the deck: Data.** (The *deck* is the set of slides that this course follows.) The deck's images come from the *Multimodal Brain Tumor Segmentation Challenge 2018*, **BraTS** for short. Before a GAN can learn from such scans, you have to read them the right way round, bring their intensities to one scale, and set some patients aside. A mistake in any of these steps goes unnoticed: the code runs, and the result is worthless.
#
# **What you'll do.** Scroll through a brain, find out which way is left, normalise intensities, paint labels over a scan, and cheat on purpose, to see how a score above 95 % can mean nothing.
#
# **What you'll learn.**
# - what an affine is for, and what each of the four kinds of image shows;
# - how to normalise intensities, which have no unit;
# - why data are split by patient and never by slice;
# - how a `tf.data` pipeline feeds slices to a network.
#
# **What you need.** Python with NumPy; no medicine. **Time:** 60 minutes. The code runs in about one.
#
# Run the next two cells, then play for two minutes.

# %%
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
from PIL import Image, ImageColor
from scipy import ndimage
from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
import keras
from keras import layers

from gancourse.cohort.brats import brain_mask, find_subjects, region
from gancourse.cohort.scheme import LABELS, MODALITIES, REGIONS
from gancourse.images import LABEL_COLOURS, enlarge, halve, to_uint8
from gancourse.teaching import figures
from gancourse.teaching.checks import lesson31 as checks, use
from gancourse.teaching.data import lesson_data, real_subject, slices_folder
from gancourse.teaching.material import first_steps
from gancourse.teaching.widgets import BrainViewer

folder = lesson_data(subjects=12, modalities=MODALITIES)
subjects = [s for s in find_subjects(folder) if s.seg_path and len(s.modalities) == 4][:48]
subject = [s for s in subjects if s.grade != "healthy"][:20][-1]

# %% [markdown]
# These are four MR images of one head. Move the slider, or click on a picture and use the mouse wheel or the arrow keys. Try another plane.
#
# In which of the four images is the tumour's outer edge easiest to see? Which one shows a bright ring inside the tumour? Decide, then press L to show the labels.

# %%
BrainViewer(subject, real_subject())

# %% [markdown]
# FLAIR shows the edge, and T1ce the ring; section 3 explains why. This patient does not exist. The course's subjects are **phantoms**: brains that a program computed and saved in BraTS' format.
#
# <details><summary>Fine print: use your own patient</summary>
#
# Set the environment variable `GANCOURSE_PATIENT` to a BraTS folder or a skull-stripped T1 file before you start JupyterLab. The viewer then shows that patient below the phantom.
# </details>

# %% [markdown]
# ## 1. Which way is left?
#
# A **subject** is one person, scanned at one time. Here are its files, and the geometry of one of them.

# %% tags=["nbval-check-output"]
for role, path in {**subject.paths, "seg": subject.seg_path}.items():
    print(f"{role:6}", path.name)
image = nib.load(subject.paths["t1"])
print("shape:", image.shape, " axes run to:", "".join(nib.aff2axcodes(image.affine)))
print(image.affine)

# %% [markdown]
# There are four kinds of image, called **modalities**, and `seg`, the **segmentation**: a label for every voxel. `.nii.gz` is **NIfTI**, the usual file format for brain volumes.
#
# A file holds a box of numbers, `volume[i, j, k]`. The **affine**, the 4 x 4 matrix above, tells you whether a larger `i` lies further left or further right *in the patient*. It turns voxel indices into millimetres along axes that point to the patient's **R**ight, **A**nterior (front) and **S**uperior (top). Its first column says what one step along `i` changes. The first number is negative, so the step goes to the patient's **L**eft. Likewise, `j` runs to **P**osterior (back) and `k` to superior. The volume is **LPS**.
#
# <details><summary>Fine print: whose millimetres?</summary>
#
# In a raw scan, the millimetres are those of the scanner. In BraTS they are not: every volume was registered (moved, turned and scaled) onto an atlas, so directions and distances are meaningful, but the origin is only a convention. BraTS volumes are LPS with 240 x 240 x 155 voxels of 1 mm (up to 2023). The phantoms have 2 mm voxels in the same box, an eighth as many. Names have changed over the years: `t1ce` of 2018 is `t1c` in 2023, and label 4 is *enhancing tumour* up to 2021 and *resection cavity* in 2024. `find_subjects` recognises the year by the names and converts them all to one naming scheme.
# </details>
#
# ### Exercise 1: turn a slice
# Radiologists look at a patient as if from the feet: the nose points up, and the patient's right is on the left of the image. This is the **radiological convention**. `plt.imshow` draws an array's first axis downwards and its second to the right. Cut slice `k` of an LPS volume for `imshow` in this convention. Think before you flip: in which direction do the first two axes already run?


# %% tags=["exercise"]
def axial(volume, k):
    """(X, Y, Z) LPS -> (Y, X): rows from front to back, columns from the patient's right to left."""
    return ...


# %% tags=["check"]
checks.axial(axial)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def axial(volume, k):
#     return volume[:, :, k].T
# ```
#
# Rows must be y and columns x, so the slice is transposed. Nothing is flipped, because x runs from right to left and y from front to back, as the image wants them. This is why the course keeps every volume in LPS.
# </details>

# %% [markdown]
# The function `use` takes your version if it has passed its check, and the course's otherwise. **Predict:** on which side of the patient does the tumour lie?

# %%
axial = use(axial, otherwise=first_steps.axial)
flair, seg = subject.load("flair"), subject.seg()
k = int(region(seg, "WT").sum((0, 1)).argmax())  # the slice with most tumour
figures.montage(
    {f"volume[:, :, {k}], as stored": flair[:, :, k], "axial(volume, k)": axial(flair, k)},
    f"Slice {k} of the FLAIR volume: left, as it lies in memory; right, turned for display.",
    planes=["as stored", "axial"],
    width=3.9,
)

# %% [markdown]
# Now use the affine. It converts the centres of the tumour and of the brain from voxels to millimetres.

# %% tags=["nbval-check-output"]
tumour_mm, brain_mm = (
    nib.affines.apply_affine(subject.affine, np.argwhere(mask).mean(0))
    for mask in (region(seg, "WT"), brain_mask(flair))
)
right = tumour_mm[0] - brain_mm[0]
side = "right" if right > 0 else "left"
print(f"The tumour lies in the patient's {side} half, {abs(right):.0f} mm from the brain's centre.")

# %% [markdown]
# The phantom's tumour lies in the **right** half of its brain, so you see it on the **left** of the image. Everybody gets this wrong once.
#
# Now store the same brain with its first axis reversed. No voxel is lost, and nibabel adapts the affine. **Predict:** if somebody reads the numbers and ignores the affine, will you notice?

# %%
# slicer cuts a file as if it were an array, and adapts the affine
reversed_file = nib.load(subject.paths["flair"]).slicer[::-1]  # its axes now run to R, P and S
numbers = np.asarray(reversed_file.dataobj)  # as stored
canonical = nib.as_closest_canonical(reversed_file)  # nibabel reads the affine and turns it to R, A and S
aware = canonical.get_fdata()[::-1, ::-1]  # the first two axes reversed: L, P and S
figures.montage(
    {"affine ignored": axial(numbers, k), "affine used": axial(aware, k)},
    "One slice from one file, read in two ways. Where the affine was ignored, the letters R and L are wrong.",
    width=3.9,
)

# %% [markdown]
# Both look perfect, but one shows the tumour in the wrong half of the brain. You do not want a surgeon to be the one who finds out. **Never throw an affine away.** `subject.load` uses it for you.

# %% [markdown]
# ## 2. Intensities have no unit
#
# A CT scanner measures in a fixed unit, in which water is 0 for everyone. An MR scanner does not: its numbers depend on the coil, the gain, the vendor and the day. **Predict:** below are the T1 intensities inside the brains of four subjects. Will white matter have about the same number in all of them?

# %%
some = {s.id: s.load("t1") for s in subjects[:4]}
masks = {name: brain_mask(volume) for name, volume in some.items()}
figures.histograms(
    {name: volume[masks[name]] for name, volume in some.items()},
    "T1 intensity as stored",
    "T1 intensities inside the brains of four subjects, as stored.",
)
tissues = {s.id: s.tissue() for s in subjects[:4]}
white = {n: masks[n] if tissue is None else masks[n] & (tissue == 3) for n, tissue in tissues.items()}
print("white matter, medians:", [int(np.median(volume[white[n]])) for n, volume in some.items()])
print(f"outside the brain: {1 - np.mean([mask.mean() for mask in masks.values()]):.0%} of all voxels")

# %% [markdown]
# It does not: the medians differ by a factor of four. A network that is fed these numbers learns whose scan it is before it learns anything about brains. Therefore each volume is **normalised** on its own. We use percentiles, so that one bright vessel cannot set the scale, and only voxels *inside the brain*, because most of the box is empty.
#
# ### Exercise 2: normalise
# Map the 0.5th percentile inside the brain to -1 and the 99.5th percentile to 1, with a straight line between them. Set values below this range to -1 and values above it to 1, and everything outside the brain to -1.
#
# <details><summary>Hint</summary>
#
# `volume[brain]` has the values inside. `np.percentile` takes a pair of percentages and returns two numbers. `np.clip` cuts off what lies beyond, and `np.where(brain, a, b)` chooses by voxel.
# </details>


# %% tags=["exercise"]
def normalise(volume, brain):
    """volume (X, Y, Z), brain a boolean array of the same shape -> a new array in [-1, 1]."""
    # 1. low and high: the 0.5 and 99.5 percentiles inside the brain
    # 2. scaled: low becomes -1, high becomes 1
    # 3. cut off what lies beyond, and put -1 outside the brain
    return ...


# %% tags=["check"]
checks.normalise(normalise)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def normalise(volume, brain):
#     low, high = np.percentile(volume[brain], (0.5, 99.5))
#     scaled = 2 * (volume - low) / (high - low) - 1
#     scaled = np.clip(scaled, -1, 1)
#     return np.where(brain, scaled, -1)
# ```
#
# `volume > 0` would not do in place of `brain`. Fluid on FLAIR can be 0, and some pipelines leave stray voxels or negative values around the brain.
# </details>

# %% [markdown]
# Here are the same four subjects after normalisation.

# %%
from gancourse.cohort import planes

normalise = use(normalise, otherwise=planes.normalise)
figures.histograms(
    {name: normalise(volume, masks[name])[masks[name]] for name, volume in some.items()},
    "T1 intensity, normalised",
    "The same four subjects after normalisation inside the brain.",
)
medians = [np.median(normalise(volume, masks[n])[white[n]]) for n, volume in some.items()]
print("white matter, medians:", [round(float(median), 2) for median in medians])

# %% [markdown]
# Intensities that differed by a factor of four are now close. White matter has *about* the same number in every subject, though the shapes still differ.

# %% [markdown]
# ## 3. Four images, three labels
#
# The four modalities are four experiments on the same head. Voxel (i, j, k) is the same place in all of them.
#
# | modality | what is bright, what is dark | what to look for |
# |---|---|---|
# | **T1** | white matter bright, grey matter darker, water dark | anatomy |
# | **T1ce** | T1 after gadolinium, a contrast agent; leaking vessels light up | the *enhancing* rim of a fast-growing tumour |
# | **T2** | water bright | fluid and swelling alike |
# | **FLAIR** | T2 with free fluid made dark | swelling, without the bright fluid: the extent of the disease |
#
# | label | what it is |
# |---|---|
# | 1 | **necrotic** (dead) core, or core that does not enhance (NCR/NET) |
# | 2 | **oedema** (ED): swelling, with tumour cells in it |
# | 4 | **enhancing** tumour (ET), bright on T1ce |
#
# In BraTS, experts drew these labels. In the phantoms, the program did.
#
# ### Exercise 3: paint the labels
# Build what the viewer shows: labels in colour over a grey slice. Inside a label, **alpha blending** mixes the colour and the grey level, so that anatomy stays visible. The label's border gets the full colour.
#
# $$\text{pixel} = \alpha \cdot \text{colour} + (1 - \alpha) \cdot \text{grey}$$
#
# <details><summary>Hint</summary>
#
# `np.stack([grey, grey, grey], axis=-1)` makes three channels. With a boolean `mask` (H, W), `picture[mask]` has shape (n, 3), and NumPy can combine it with a colour of three numbers. `ndimage.binary_erosion(mask)` is the mask without its outermost pixels; the border consists of the pixels in the mask but not in the eroded mask.
# </details>


# %% tags=["exercise"]
def overlay(image, seg, colours, alpha):
    """image (H, W) in [-1, 1], seg (H, W), colours {label: (r, g, b)} in [0, 1] -> (H, W, 3) in [0, 1]."""
    # 1. grey: the image from [-1, 1] to [0, 1]
    # 2. picture: three equal channels (H, W, 3)
    # 3. for each label and its colour:
    #        mask: where seg is this label
    #        blend the colour into the picture there
    #        border: in the mask, but not in the eroded mask
    #        draw the border in the full colour
    return ...


# %% tags=["check"]
checks.overlay(overlay)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def overlay(image, seg, colours, alpha):
#     grey = (image + 1) / 2
#     picture = np.stack([grey, grey, grey], axis=-1)
#     for label, colour in colours.items():
#         mask = seg == label
#         blended = (1 - alpha) * picture[mask] + alpha * np.array(colour)
#         picture[mask] = blended
#         inside = ndimage.binary_erosion(mask)
#         border = mask & ~inside
#         picture[border] = colour
#     return picture
# ```
#
# Each label is eroded by itself, so that a border also runs between two labels.
# </details>

# %% [markdown]
# Now use your overlay on all four modalities. **Predict:** which of them shows the border of the oedema (blue) best, and which one the enhancing tumour (yellow)?

# %%
overlay = use(overlay, otherwise=first_steps.overlay)
colours = {label: np.array(ImageColor.getrgb(name)) / 255 for label, name in LABEL_COLOURS.items()}
volumes = {modality: subject.load(modality) for modality in MODALITIES}
grey = {m: axial(normalise(v, brain_mask(v)), k) for m, v in volumes.items()}
plain = [overlay(image, axial(seg, k), {}, alpha=0) for image in grey.values()]  # no labels to paint
painted = [overlay(image, axial(seg, k), colours, alpha=0.35) for image in grey.values()]
figures.montage(
    plain + painted,
    f"{subject.id}, slice {k}. Above: the four modalities. Below: with labels. "
    "Orange: core without enhancement. Blue: oedema. Yellow: enhancing tumour.",
    titles=["T1", "T1ce", "T2", "FLAIR", "", "", "", ""],
    width=2.1,
)

# %% [markdown]
# How bright is each label, compared with healthy white matter in the same image? A ratio of medians needs no unit. The last line gives the volumes of the three **regions** that the challenge scores: **WT**, the whole tumour (1, 2 and 4); **TC**, the core (1 and 4), roughly what a surgeon removes; and **ET**, the enhancing part (4).

# %% tags=["nbval-check-output"]
tissue, rest = subject.tissue(), brain_mask(flair) & (seg == 0)
reference = rest if tissue is None else rest & (tissue == 3)
print("compared with", "the rest of the brain" if tissue is None else "healthy white matter")
ratios = {
    m: {
        LABELS[label]: np.median(v[seg == label]) / np.median(v[reference])
        for label in LABELS
        if label in seg
    }
    for m, v in volumes.items()
}
print(pd.DataFrame(ratios).round(1))
print({name: f"{region(seg, name).sum() * subject.voxel_ml:.0f} mL" for name in REGIONS})

# %% [markdown]
# On T1, every part of the tumour is darker than white matter: T1 shows that something is there, but hardly tells its parts apart. FLAIR shows the outer border best: the oedema is bright there and free fluid is dark. On T1ce, the enhancing ring is brighter than white matter, and the other parts are darker. This is why BraTS has four modalities.

# %% [markdown]
# ## 4. A score that means nothing
#
# The deck's GAN makes slices of 64 x 64 pixels. `make_slices` cuts all volumes into axial slices, 4 mm apart. `table` has one row per slice.

# %%
from gancourse.cohort.slices import make_slices

slices = make_slices(subjects, slices_folder(folder))
table = slices.table
t1 = to_uint8(slices.images[..., MODALITIES.index("t1")])  # (N, 64, 64), 0 to 255
print(t1.shape, "from", table["patient"].nunique(), "patients")
table[["subject", "patient", "grade", "position", "tumour_px"]].head(3)

# %% [markdown]
# Toss a coin for every patient. Then ask a model to tell heads from tails *from a T1 slice*. A coin leaves no trace in a brain, so in an honest test the model must score about 50 %.
#
# The model is the simplest one there is. A **nearest neighbour** keeps all training slices and, for a test slice, copies the answer of the most similar one. It is tested on a random quarter of the slices, which it has never seen. In the cell, `copied_from` finds the most similar slices, `score` counts right answers, and `toss` gives one coin to all slices of a patient. **Predict** the score.

# %%
from sklearn.neighbors import NearestNeighbors

features = halve(halve(t1)).reshape(len(t1), -1)  # (N, 256): 16 x 16 pixels
names, patient_of_slice = np.unique(table["patient"], return_inverse=True)
rng = np.random.default_rng(31)


def copied_from(test):  # for every test slice, the training slice that is most like it
    model = NearestNeighbors(n_neighbors=1).fit(features[~test])
    return np.flatnonzero(~test)[model.kneighbors(features[test], return_distance=False)[:, 0]]


def score(test, answers):  # the share of right answers in each class, then their mean, in %
    right = answers[copied_from(test)] == answers[test]
    return 100 * np.mean([right[answers[test] == a].mean() for a in np.unique(answers[test])])


def toss():  # one coin per patient, for all of its slices
    return rng.integers(0, 2, len(names))[patient_of_slice]


by_slice = [rng.random(len(t1)) < 0.25 for _ in range(200)]  # 200 random splits
scores = {"coin, by slice": [score(test, toss()) for test in by_slice]}
print(f"coins, split by slice: {np.mean(scores['coin, by slice']):.0f} % right")

# %% [markdown]
# That is nearly perfect, on a question that has no answer. What went wrong? Look at two test slices, and at those whose answers were copied.

# %%
test = by_slice[0]
tested, copied = np.flatnonzero(test), copied_from(test)
same = patient_of_slice[tested] == patient_of_slice[copied]
print(f"{same.mean():.0%} of the copied slices come from the same patient as the test slice.")
picks = [len(tested) // 4, len(tested) // 2]  # two of the test slices
titled = []
for pick in picks:
    titled += [(tested[pick], "test"), (copied[pick], "copied")]
figures.montage(
    [t1[row] for row, _ in titled],
    "Two test slices, each beside the training slice that was copied. Patients are named by the last digits of their ID.",
    titles=[f"patient {table['patient'][row][-3:]}, {what}" for row, what in titled],
    width=2.1,
)

# %% [markdown]
# Neighbouring slices of one patient are nearly the same image. When slices are drawn at random, the slice 4 mm above a test slice is usually in the training set, *with the answer on it*. The model recognises people and looks up their coins. This is **leakage**: what should be unknown at test time has leaked into training.
#
# ### Exercise 4: split by patient
# Write a split that does not leak. A patient who was scanned twice is *one* `patient` and *two* `subject`s in a table. (Nobody here was scanned twice.) Return a boolean array with one entry per row: True for *all* slices of a random `share` of the patients, rounded to a whole number. Draw with `rng`, a NumPy random generator.


# %% tags=["exercise"]
def split_by_patient(table, share, rng):
    """(N rows) -> (N,) bool, True for the test set."""
    # 1. the names of all patients, each once, in random order
    # 2. the first `share` of them
    # 3. for each row: is its patient among them?
    return ...


# %% tags=["check"]
checks.split_by_patient(split_by_patient)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def split_by_patient(table, share, rng):
#     patients = rng.permutation(table["patient"].unique())
#     chosen = patients[: round(share * len(patients))]
#     return table["patient"].isin(chosen).to_numpy()
# ```
#
# Shuffle patients, not rows and not subjects. Two scans of one person, months apart, show the same folds of the same cortex.
# </details>

# %% [markdown]
# Ask again with your split. Nobody needs to predict coins, so also ask what a real paper might: *does this subject have a tumour of high **grade**, a fast-growing one?* Healthy subjects count as *no*; slices outside the tumour are included. **Predict** the scores.

# %% tags=["slow"]
split_by_patient = use(split_by_patient, otherwise=first_steps.split_by_patient)
by_patient = [split_by_patient(table, 0.25, rng) for _ in range(200)]
scores["coin, by patient"] = [score(test, toss()) for test in by_patient]
if "HGG" in set(table["grade"]):
    high_grade = (table["grade"] == "HGG").to_numpy()
    scores["grade, by slice"] = [score(test, high_grade) for test in by_slice]
    scores["grade, by patient"] = [score(test, high_grade) for test in by_patient]
for name, found in scores.items():
    half = 1.96 * np.std(found) / np.sqrt(len(found))
    print(f"{name:18} median {np.median(found):.0f} %, mean {np.mean(found):.1f} +- {half:.1f} (95 %)")
figures.dots(
    scores,
    "right answers, %",
    "Scores of a nearest neighbour in 200 splits, with new coins for every split.",
    reference=(50, "chance"),
    low=0,
    high=105,
)

# %% [markdown]
# With a split **by slice**, the model answers both questions almost perfectly. With a split **by patient**, the coin scores 50 %, as it should, and the grade only a little more. The grade is the dangerous question, because nothing about it warns you: **a leak looks like success.**
#
# <details><summary>Fine print</summary>
#
# Look at the dots as well: a test with a dozen patients can end at 30 % or at 70 % by luck, however many slices each patient has. The printed intervals cover only the randomness of the coins and the splits. All splits share the same few dozen patients, so for the grade the intervals say nothing about other patients. A grade score a little above 50 % proves nothing. Nor does it mean that the grade is invisible on T1: it means only that this model did not learn the grade from these patients. The score is balanced: it is the mean over both classes, so that chance is 50 % even where one class is rarer. If your cohort states no grades, like BraTS since 2021, only the coins are shown.
# </details>

# %% [markdown]
# ## 5. The pipeline, and a network that cheats
#
# Is a neural network fooled as well? It is fed **batches**, a few dozen slices at a time, by a **pipeline**, which loads, shuffles and scales slices while the network computes. In TensorFlow this is `tf.data`.
#
# ### Exercise 5: build the pipeline
# `images` holds bytes from 0 to 255. Each batch is a pair: images as float32 in [-1, 1] with a channel axis, (B, 64, 64, 1), and their answers, (B,). For training, the order is random over *all* slices and the batches never end. For testing, each slice comes once, in order.
#
# <details><summary>Hint</summary>
#
# `from_tensor_slices` takes a pair of arrays. The steps `.shuffle(size)`, `.repeat()`, `.batch(size)`, `.map(function)` and `.prefetch(tf.data.AUTOTUNE)` each return a new data set. Shuffle slices before you batch them. The function in `.map` takes two arguments and returns two values; TensorFlow does not divide bytes, so begin with `tf.cast(images, tf.float32)`.
# </details>


# %% tags=["exercise"]
def make_dataset(images, answers, batch_size, training):
    """images (N, H, W) uint8, answers (N,) -> batches of ((B, H, W, 1) float32, (B,))."""
    # 1. a data set of pairs
    # 2. if training: shuffle over all slices, and repeat for ever
    # 3. group into batches
    # 4. scale the images: 0 becomes -1 and 255 becomes 1; add the channel
    # 5. prefetch, so that the next batch is ready in time
    return ...


# %% tags=["check"]
checks.make_dataset(make_dataset)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def make_dataset(images, answers, batch_size, training):
#     def scale(images, answers):
#         pixels = tf.cast(images, tf.float32)[..., None]
#         return pixels / 127.5 - 1, answers
#
#     dataset = tf.data.Dataset.from_tensor_slices((images, answers))
#     if training:
#         dataset = dataset.shuffle(len(images), seed=0).repeat()
#     dataset = dataset.batch(batch_size)
#     dataset = dataset.map(scale)
#     return dataset.prefetch(tf.data.AUTOTUNE)
# ```
#
# A buffer smaller than the data would shuffle only nearby slices. Shuffling batches would keep neighbours of one patient together.
# </details>

# %% [markdown]
# Your pipeline feeds slices and coins to a small network, for ten seconds with each split. The network is written in **Keras**: `Sequential` stacks layers, `compile` names the optimiser and the loss, `fit` trains, and `evaluate` measures. `StopAfter` ends the training on time, long before epoch 9999. **Predict** the network's four scores: on the slices that it trained with and on those held out, with each split.

# %% tags=["slow"]
from gancourse.teaching.clock import live_seconds
from gancourse.training.callbacks import StopAfter

make_dataset = use(make_dataset, otherwise=first_steps.make_dataset)
coins = toss().astype("float32")
accuracy = {}
for split, test in {"by slice": by_slice[0], "by patient": by_patient[0]}.items():
    keras.utils.set_random_seed(31)
    network = keras.Sequential([keras.Input((64, 64, 1))])
    network.add(layers.Conv2D(16, 5, strides=4, activation="relu"))  # (B, 15, 15, 16)
    network.add(layers.Conv2D(32, 3, strides=2, activation="relu"))  # (B, 7, 7, 32)
    network.add(layers.Flatten())
    network.add(layers.Dense(1, activation="sigmoid"))  # how sure it is of "heads"
    network.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    batches = make_dataset(t1[~test], coins[~test], 32, training=True)
    stop = StopAfter(live_seconds(10))
    network.fit(batches, steps_per_epoch=20, epochs=9999, verbose=0, shuffle=False, callbacks=[stop])
    for name, rows in {"trained with": ~test, "held out": test}.items():
        measured = network.evaluate(make_dataset(t1[rows], coins[rows], 32, training=False), verbose=0)
        accuracy.setdefault(split, {})[name] = f"{measured[1]:.0%}"
pd.DataFrame(accuracy).T

# %% [markdown]
# On the slices that it trained with, the network knows nearly every coin, with both splits. On held-out slices of patients that it has *met*, it is right most of the time. On held-out *patients* it guesses, so by luck it may score anything from 30 % to 70 %.
#
# A GAN can remember patients, too. That is why lesson 41 holds some back.
#
# ## 6. A picture to keep
#
# Keep your overlay. The first line chooses the subject and the slice.

# %%
chosen, k = subject, k  # another one: subjects[7], 40
pictures = []
for modality in ("t1ce", "flair"):
    volume = chosen.load(modality)
    brain = brain_mask(volume)
    rows, columns = ndimage.find_objects(axial(brain, k).astype(int))[0]  # of the brain
    box = rows, slice(max(columns.start - 10, 0), columns.stop + 10)  # room for the letters R and L
    image, labels = axial(normalise(volume, brain), k)[box], axial(chosen.seg(), k)[box]
    colour = overlay(image, labels, colours, alpha=0.35)
    pictures.append(enlarge(Image.fromarray(np.rint(255 * colour).astype(np.uint8)), scale=6))
Path("kept").mkdir(exist_ok=True)
sheet = np.concatenate([np.asarray(picture) for picture in pictures], axis=1)
Image.fromarray(sheet).save("kept/31_overlay.png")
print("Saved as kept/31_overlay.png, beside this notebook.")

# %% [markdown] tags=["optional"]
# ## Optional: damaged files
#
# Downloads break off, disks fill up, and scripts write strange headers. This section damages a small copy on purpose.

# %% tags=["optional"]
import tempfile

from gancourse.cohort.check import check_folder

broken = Path(tempfile.mkdtemp()) / "HGG"
files = {}
for number in (1, 2, 3):
    name = f"Brats18_BROKEN_{number}_1"
    for modality in MODALITIES:
        files[number, modality] = broken / name / f"{name}_{modality}.nii.gz"
        subject.save_like(subject.load(modality), files[number, modality])
    files[number, "seg"] = broken / name / f"{name}_seg.nii.gz"
    subject.save_like(subject.seg(), files[number, "seg"])
print(len(check_folder(broken)), "problems before")

# %% [markdown] tags=["optional"]
# Here are four faults of a kind that really happens. **Predict:** how many of them would you notice if you trained a network on this folder?

# %% tags=["optional"]
files[1, "t2"].unlink()  # a modality is missing
files[1, "flair"].write_bytes(files[1, "flair"].read_bytes()[:5000])  # a download that broke off
shifted = nib.load(files[2, "t1ce"])
affine = shifted.affine.copy()
affine[0, 3] += 20  # 20 mm to the right
nib.save(nib.Nifti1Image(shifted.get_fdata(dtype=np.float32), affine), files[2, "t1ce"])
wrong = subject.seg()
wrong[wrong == 4] = 3  # the labels of 2023 in a folder of 2018
subject.save_like(wrong, files[3, "seg"])
for problem in check_folder(broken):
    print("-", problem.replace(f"{broken}/", ""))

# %% [markdown] tags=["optional"]
# The check finds all four and does not stop at the first. Two of them would have crashed your code sooner or later. The shifted image and the wrong label would not: a network would have learned from an image that is not aligned with its labels, and it would never have seen an enhancing tumour. Run `gancourse cohort check FOLDER` once before you believe anything that was learned from that folder.

# %% [markdown]
# ## In practice
#
# - **Nothing here is for diagnosis.** Before you share a notebook, clear the figures that show patients.
# - **Patients are not the only source of leaks.** Scans from one hospital look alike, so a split by patient can still leak the *site*. Choosing a model by its test score leaks as well.
# - **Labels are opinions.** Experts disagree, most of all about the border of the oedema.
#
# <details><summary>Fine print</summary>
#
# - Phantoms share one anatomy: all are one template brain, bent, grown and shrunk. To a model, an unseen phantom is less new than an unseen person.
# - The same patient may have two names. The brain tumours of the Medical Segmentation Decathlon are BraTS subjects of 2016 and 2017, and each BraTS year contains patients of the years before. Never train on one of these sets and test on another.
# - Preprocessed is not raw. BraTS volumes were aligned, resampled to 1 mm and stripped of skull and face. A model that learned from them meets different images at a scanner.
# - With `GANCOURSE_DATA` set to a folder of BraTS, this notebook reads real patients, if at least twelve of them have labels and all four modalities. Otherwise it says so and uses the phantoms. `gancourse cohort fetch --subjects 20` downloads open data (200 MB).
# - T1ce looks dark after `normalise`, because the enhancing ring takes the top of the range. The viewer takes its window from the healthy part of the brain instead.
# - In segmentation, the z-score is more common than percentiles: subtract the mean inside the brain, and divide by the standard deviation.
# </details>
#
# ### Go further
# 1. Keep only every third slice of each patient, 12 mm apart. Does that mend the split by slice?
# 2. Predict the grade from T1ce. Does the honest score rise?
#
# ### References
# - Menze et al., *The Multimodal Brain Tumor Image Segmentation Benchmark (BRATS)*, IEEE Transactions on Medical Imaging 34 (2015), 1993-2024.
# - Bakas et al., *Identifying the best machine learning algorithms for brain tumor segmentation...*, arXiv 1811.02629 (2018).
# - Yagis et al., *Effect of data leakage in brain MRI classification using 2D convolutional neural networks*, Scientific Reports 11 (2021), 22544.
# - nibabel, *Coordinate systems and affines*: https://nipy.org/nibabel/coordinate_systems.html
