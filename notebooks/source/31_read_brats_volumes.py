# %% [markdown]
# # Read brain volumes, and split them without leaking patients
#
# **Part 3 of the deck: Data.** The deck's data are those of the *Multimodal Brain Tumor Segmentation Challenge 2018*, BraTS for short. Before a GAN can learn from scans, you have to read them the right way round, know what the labels mean, bring the intensities to one scale, and keep some patients aside. Each of these steps goes wrong silently: nothing crashes, and the result is worthless.
#
# **What you'll do.** Open a cohort of brain scans; find out which way is left; look at a tumour in four kinds of MR image and measure it in millilitres; normalise intensities; cut slices; and cheat on purpose, to see how a score of 97 % can mean nothing.
#
# **What you'll learn.**
# - how BraTS lays out files, and how to find damaged ones;
# - what an affine is, and how to draw a slice in radiological convention;
# - what T1, T1ce, T2 and FLAIR show, and what the labels 1, 2 and 4 and the regions WT, TC and ET are;
# - why intensities have no unit, and what to do about it;
# - why a split is by patient and never by slice.
#
# **What you need.** Python with NumPy; no knowledge of medicine. **Time:** 45 minutes. The code runs in less than one.
#
# The brains here are **phantoms**: made by the course itself, in BraTS' own files and folders. If you have real BraTS data of any year, set the environment variable `GANCOURSE_DATA` to its folder before you start JupyterLab, and this same notebook reads real patients. (With hundreds of them, some cells take minutes the first time.)

# %%
import tempfile
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd

from gancourse.cohort.brats import Subject, brain_mask, find_subjects, region
from gancourse.cohort.scheme import LABELS, MODALITIES, REGIONS
from gancourse.teaching import figures
from gancourse.teaching.checks import lesson31 as checks
from gancourse.teaching.data import lesson_data, real_subject, slices_folder

scratch = Path(tempfile.mkdtemp())  # a folder for what this lesson writes

# %% [markdown]
# ## 1. A cohort on disk
#
# A **subject** is one person, scanned at one time. BraTS 2018 gives each subject a folder, below a folder with the tumour's **grade**: HGG (high grade, fast-growing) or LGG (low grade, slower). The phantoms add a third folder, `healthy`, which BraTS does not have.
#
# `lesson_data()` says where the subjects are (it makes the phantoms if there are none), and `find_subjects` goes by the files' names.

# %%
folder = lesson_data()
subjects = find_subjects(folder)
pd.Series([subject.grade for subject in subjects], name="subjects").value_counts(dropna=False)

# %% [markdown]
# Take one of them, and look at its files.

# %% tags=["nbval-check-output"]
subject = subjects[5]
print(subject.id, "of patient", subject.patient)
for role, path in {**subject.paths, "seg": subject.seg_path, "tissue": subject.tissue_path}.items():
    print(f"{role:7}", path and path.name)

# %% [markdown]
# Every name ends in a role. `t1`, `t1ce`, `t2` and `flair` are four kinds of MR image, called **modalities**; `seg` is the **segmentation**: for every voxel, what experts say it is. (`tissue` is the phantoms' own: for every voxel, which tissue it is made of. Real patients have no such file.) `.nii.gz` is **NIfTI**, the usual format for brain volumes, compressed.
#
# The names have changed over the years: what is `t1ce` in 2018 is `T1c` in 2013 and `t1c` in 2023, and in 2020 one subject's segmentation is called `W39_1998.09.19_Segm.nii`. Even the labels have changed: 4 is *enhancing tumour* up to 2021 and *the hole that surgery left* in 2024. So never guess the year from label values. `find_subjects` tells the year from names, and gives you one form for all years.
#
# ### Damaged files
# Downloads break off, disks fill up, a colleague's script writes a strange header. Let us damage a small copy on purpose. It has three subjects, written with `save_like`, which writes an array back in the subject's own geometry.

# %%
broken = scratch / "broken" / "HGG"
names = [f"Brats18_BROKEN_{k}_1" for k in (1, 2, 3)]
for name in names:
    for modality in subject.modalities:
        subject.save_like(subject.load(modality), broken / name / f"{name}_{modality}.nii.gz")
    subject.save_like(subject.seg(), broken / name / f"{name}_seg.nii.gz")


def file(k, role):
    return broken / names[k] / f"{names[k]}_{role}.nii.gz"


# %% [markdown]
# `check_folder` reads every file of a folder and gives a list of problems, one line each. (On the command line it is `gancourse cohort check FOLDER`.) The copy is still sound, so the list should be empty.

# %% tags=["nbval-check-output"]
from gancourse.cohort.check import check_folder

print(len(check_folder(broken)), "problems before")

# %% [markdown]
# Now four faults, each of a kind that happens.

# %%
file(0, "t2").unlink()  # one modality is missing
file(0, "flair").write_bytes(file(0, "flair").read_bytes()[:5000])  # a download that broke off
shifted = nib.load(file(1, "t1ce"))
nib.save(
    nib.Nifti1Image(shifted.get_fdata(dtype=np.float32), shifted.affine + np.eye(4, k=3) * 20),
    file(1, "t1ce"),
)
wrong = subject.seg()
wrong[wrong == 4] = 3  # the labels of 2023 in a folder of 2018
subject.save_like(wrong, file(2, "seg"))

# %% [markdown]
# **Predict.** How many of these four faults would you notice if you just trained a network on this folder? Then check it again.

# %%
found = check_folder(broken)
print(len(found), "problems after")
for problem in found:
    print("-", problem.replace(f"{broken}/", ""))

# %% [markdown]
# It found all four, and it went on after the first. Two of them would have crashed sooner or later. The shifted image and the wrong label would not: a network would have learned from an image that does not lie on its labels, and would never have seen an enhancing tumour. **Check a folder once, before you believe anything that was learned from it.**

# %% [markdown]
# ## 2. Which way is left?
#
# A file holds a box of numbers, `volume[i, j, k]`. Whether a larger `i` is further left or further right in the *patient* is not in those numbers. It is in the **affine**: a 4 x 4 matrix that takes voxel indices to millimetres in the scanner.

# %% tags=["nbval-check-output"]
image = nib.load(subject.paths["t1"])
print("shape      ", image.shape)
print("voxel, mm  ", [float(zoom) for zoom in image.header.get_zooms()])
print("axes run to", "".join(nib.aff2axcodes(image.affine)))
print(image.affine)

# %% [markdown]
# Read the affine column by column. A step of one voxel along `i` changes the millimetres by the first column: minus 2 in the first row. NIfTI's millimetres grow to the patient's **R**ight, **A**nterior (front) and **S**uperior (up), "RAS". So minus 2 means: 2 mm to the *left*. Along `j`, 2 mm to the back (**P**osterior); along `k`, 2 mm up. The axes run to Left, Posterior, Superior: **LPS**. The last column is where voxel (0, 0, 0) lies.
#
# Real BraTS volumes are LPS as well, with voxels of 1 mm and a shape of 240 x 240 x 155 (up to 2023). The phantoms have the same box with voxels of 2 mm, an eighth as many, to be quick. Code that asks the affine need not know.
#
# Where in the brain is this tumour? Its centre in voxels, through the affine, gives its centre in millimetres.

# %%
seg = subject.seg()
centre = np.argwhere(region(seg, "WT")).mean(0)  # WT: all of the tumour, see below
print("centre in voxels:", centre.round(1))
print("centre in mm (R, A, S):", nib.affines.apply_affine(subject.affine, centre).round(1))
middle = nib.affines.apply_affine(subject.affine, np.argwhere(brain_mask(subject.load("t1"))).mean(0))
print("the brain's centre:    ", middle.round(1))

# %% [markdown]
# **Predict.** The first of the three millimetres grows to the patient's right. Compare the tumour's with the brain's: on which side of the patient does the tumour lie? And on which side of the *image* will you see it?
#
# Radiologists look at a patient from the feet: the patient's right is on the left of the image, and the nose points up. This is the **radiological convention**. (The other one, as seen from above, is called neurological. Both are in use, which is why every figure in this course has an R and an L in it.)
#
# Below is the same slice twice: on the left as it lies in memory, given to matplotlib as it is; on the right in radiological convention.

# %%
t1 = subject.load("t1")
k = int(region(seg, "WT").sum((0, 1)).argmax())  # the slice with most tumour
figures.montage(
    {f"volume[:, :, {k}]": t1[:, :, k], "radiological": figures.view(t1, "axial", k)},
    f"Slice {k} of the T1 volume: left, as it lies in memory, with the patient's right at the top; "
    "right, turned for display.",
    planes=["as stored", "axial"],
    width=2.8,
)

# %% [markdown]
# matplotlib draws the first axis of an array *downwards* and the second to the right, because it thinks of rows and columns. Our first axis is x. So the brain lies on its side, with the nose to the left.
#
# ### Exercise 1: turn it
# Write a function that takes an LPS volume and an index `k`, and gives the axial slice for `imshow` in radiological convention: rows go from front to back, columns from the patient's right to the left. Think before you flip: in which direction do x and y of an LPS volume run already?


# %% tags=["exercise"]
def axial(volume, k):
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
# Rows must be y and columns x: that is the transpose. Nothing has to be flipped, because x runs from right to left and y from front to back, just as the image wants them. This is why the course keeps everything in LPS.
# </details>

# %% [markdown]
# Nothing is special about the axial plane. Here are all three through the tumour's centre.

# %%
figures.three_planes(
    t1,
    subject.zooms,
    f"{subject.id}, T1, three planes through the centre of the tumour. Blue: oedema. Orange-red: necrotic or "
    "non-enhancing core. Yellow: enhancing tumour.",
    seg=seg,
    at=centre.astype(int),
)

# %% [markdown]
# ### The same brain in another order
# A file may keep its axes in any of 48 orders. Here the same volume is saved in RAS order, as the Medical Segmentation Decathlon does. No voxel is lost, and the affine says what was done.

# %% tags=["nbval-check-output"]
copy, ras = scratch / "copy_t1.nii.gz", scratch / "ras_t1.nii.gz"
subject.save_like(t1, copy)
nib.save(nib.as_closest_canonical(nib.load(copy)), ras)

careless = np.asarray(nib.load(ras).dataobj)  # the numbers alone
careful = Subject.from_files(t1=ras).load("t1")  # the numbers and the affine
print("axes run to", "".join(nib.aff2axcodes(nib.load(ras).affine)))
print("numbers alone, same as before:  ", np.array_equal(careless, t1))
print("with the affine, same as before:", np.array_equal(careful, t1))

# %% [markdown]
# **Predict.** What will the careless reading look like, if you draw it just as before?

# %%
figures.montage(
    {
        "LPS file": figures.view(t1, "axial", k),
        "RAS file, careless": figures.view(careless, "axial", k),
        "RAS file, careful": figures.view(careful, "axial", k),
    },
    "One slice of one brain from two files. In the middle the affine was ignored: the brain is turned by half a "
    "circle, and the letters R and L are wrong. Right: the affine was used.",
    columns=3,
    width=2.5,
)

# %% [markdown]
# The upside-down nose gives it away here. A file that differs in x alone would give an image that looks perfect, with the tumour in the wrong half of the brain. Brains are nearly symmetric: you would not see it, and a surgeon must not find out. **Never throw an affine away**, and write results back in the subject's own geometry (`save_like`).
#
# ## 3. Four images, three labels
#
# The four modalities are four experiments on the same head. They were brought onto one grid, so voxel (i, j, k) is the same place in all of them.
#
# | modality | what makes it bright or dark | what to look for |
# |---|---|---|
# | **T1** | white matter bright, grey matter darker, water dark | anatomy; a tumour is only a little darker |
# | **T1ce** | T1 after an injection of gadolinium, a contrast agent | where vessels leak it lights up: the *enhancing* rim of a fast-growing tumour |
# | **T2** | water bright | fluid and swelling; but the normal fluid in the ventricles is just as bright |
# | **FLAIR** | T2 with free fluid made dark | swelling without the ventricles: the whole extent of the disease |
#
# **Predict.** In which of the four will the outer border of the tumour be easiest to draw? In which one will you see its parts?

# %%
volumes = {modality: subject.load(modality) for modality in subject.modalities}
images = {modality: figures.view(volume, "axial", k) for modality, volume in volumes.items()}
figures.montage(images, f"{subject.id}, slice {k}, in all four modalities, each on its own grey scale.")

# %% [markdown]
# Now the same with the experts' labels over it. (Here the "expert" is the phantom generator, which knows. In BraTS one to four people drew them and experienced neuroradiologists approved them. They do not always agree.)

# %%
figures.montage(
    images,
    f"The same slice with its labels: {', '.join(f'{label} {name}' for label, name in LABELS.items())}.",
    segs=figures.view(seg, "axial", k),
)

# %% [markdown]
# | label | name | what it is |
# |---|---|---|
# | 1 | NCR/NET | necrotic (dead) core, or tumour that does not enhance |
# | 2 | ED | oedema: swelling around the tumour, with tumour cells in it |
# | 4 | ET | enhancing tumour, bright on T1ce |
#
# There is no 3: until 2015 it was the non-enhancing core, which was then merged with 1.
#
# How bright is each of them, compared with the rest of the brain? Medians resist outliers, and a ratio needs no unit.

# %%
brain = brain_mask(t1)
rest = brain & ~region(seg, "WT")
ratios = {
    modality: {
        LABELS[label]: np.median(v[seg == label]) / np.median(v[rest]) for label in np.unique(seg[seg > 0])
    }
    for modality, v in volumes.items()
}
pd.DataFrame(ratios).round(2)

# %% [markdown]
# Compare the numbers with your predictions. A ratio near 1 means that the eye, and a network, has little to go by in that modality. This is why BraTS has four of them, and why a model that was given only T1 should not be blamed for missing oedema.
#
# ### Regions
# The challenge does not score labels but three nested **regions**. They are what a doctor asks for.

# %% tags=["nbval-check-output"]
print("labels in this volume:", np.unique(seg).tolist())
for name, labels in REGIONS.items():
    print(name, "= labels", labels)

# %% [markdown]
# **WT**, the whole tumour, is what one sees on FLAIR. **TC**, the tumour core, is about what a surgeon removes: everything but the oedema. **ET** is the part that enhances.
#
# ### Exercise 2: how large is the core?
# A count of voxels says little: the same tumour has eight times as many voxels at 1 mm as at 2 mm. Doctors use millilitres; 1 mL is 1 cm³. Write a function that gives the volume of the tumour *core* in mL, from the labels and the voxel's size in mm.


# %% tags=["exercise"]
def core_ml(seg, zooms):
    return ...


# %% tags=["check"]
checks.core_ml(core_ml)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def core_ml(seg, zooms):
#     voxel_mm3 = zooms[0] * zooms[1] * zooms[2]
#     return np.isin(seg, (1, 4)).sum() * voxel_mm3 / 1000
# ```
#
# The core is labels 1 and 4. A voxel is a box, not always a cube, and 1 mL is 1000 mm³. In the package it is `region(seg, "TC").sum() * subject.voxel_ml`.
# </details>

# %% [markdown]
# How large are the tumours of the cohort? **Predict:** what is larger, the difference between grades or the difference between patients of one grade?

# %%
sizes = pd.DataFrame(
    {name: region(labels, name).sum() * s.voxel_ml for name in REGIONS}
    | {"grade": s.grade or "grade unknown"}
    for s, labels in ((s, s.seg()) for s in subjects if s.seg_path and s.grade != "healthy")
)
figures.dots(
    {grade: sizes["WT"][sizes["grade"] == grade] for grade in sorted(sizes["grade"].unique())},
    "whole tumour, mL",
    "Volume of the whole tumour, one dot a subject.",
    low=0,
)

# %% [markdown]
# Patients of one grade differ far more than the medians of the grades do. What does differ between grades is what the tumour is made of: in the phantoms, as in most patients, low grade rarely enhances. The table has the 10th, 50th (median) and 90th percentile of each region, in mL.

# %%
sizes.groupby("grade").quantile([0.1, 0.5, 0.9]).round(1)

# %% [markdown]
# An ET of 0 mL is normal in low grade, and a trap for scores: if there is no enhancing tumour and none is predicted, the Dice score is 0 divided by 0. The challenge counts that as 1, and a single false voxel as 0.
#
# ## 4. Intensities have no unit
#
# A CT scanner measures in a fixed unit, so that water is 0 for everyone. An MR scanner does not: the numbers depend on the coil, the gain, the vendor and the day. **Predict:** below are the T1 intensities inside the brain of six subjects. Will the peaks of the white matter lie at about the same number?

# %%
six = {s.id: (s.load("t1"), brain_mask(s.load("t1"))) for s in subjects[:6]}
figures.histograms(
    {id: volume[mask] for id, (volume, mask) in six.items()},
    "T1 intensity as stored",
    "T1 intensities inside the brain of six subjects, as stored.",
)

# %% [markdown]
# They do not. A network that saw these numbers would learn whose scan it is before it learned anything about brains. So every volume is **normalised** by itself, *inside the brain*. The last three words matter. **Predict:** what share of the voxels is background?

# %%
volume, mask = six[subject.id]
print(f"background: {1 - mask.mean():.0%} of all voxels")
print(f"mean of the whole volume: {volume.mean():.0f}, inside the brain: {volume[mask].mean():.0f}")

# %% [markdown]
# Most of the box is empty. A mean over all voxels mostly says how large the head is.
#
# The package maps the 0.5 percentile inside the brain to -1 and the 99.5 percentile to 1. Percentiles, since a single bright vessel must not decide; [-1, 1], since the GAN's generator of lesson 41 ends in a tanh, which gives just that range; and the background becomes -1.

# %%
from gancourse.cohort.planes import normalise

figures.histograms(
    {id: normalise(volume, mask)[mask] for id, (volume, mask) in six.items()},
    "T1 intensity, normalised",
    "The same six subjects after normalisation inside the brain.",
)

# %% [markdown]
# Now the same tissue has about the same number in every subject: about, not exactly. Compare the two figures: what differed by a factor now differs by a little.
#
# ### Exercise 3: the z-score
# Another habit, common in segmentation, is the z-score: subtract the mean and divide by the standard deviation. Write it so that both are taken inside the brain, and the background is 0 afterwards. `brain` is a boolean array of the volume's shape.


# %% tags=["exercise"]
def zscore(volume, brain):
    return ...


# %% tags=["check"]
checks.zscore(zscore)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def zscore(volume, brain):
#     inside = volume[brain]
#     return np.where(brain, (volume - inside.mean()) / inside.std(), 0)
# ```
#
# `volume > 0` is not the brain. There are black voxels in it (fluid on FLAIR), some pipelines leave crumbs around it, and others leave negative values, down to -136 in files that we have seen. `brain_mask` asks instead what value the background has, and fills the holes.
# </details>

# %% [markdown]
# ## 5. Slices, and the leak
#
# The deck's GAN makes slices of 64 x 64 pixels. `make_slices` cuts every subject into axial slices, 4 mm apart, in the middle part of the brain; it shrinks them (3.25 mm a pixel) and writes them to disk. `table` has one row for each slice.

# %%
from gancourse.cohort.slices import make_slices, split_of

slices = make_slices(subjects, slices_folder(folder))
table = slices.table
print("images:", slices.images.shape, slices.images.dtype, "for", table["patient"].nunique(), "patients")
table[["subject", "patient", "grade", "split", "position", "tumour_px"]].head(3)

# %% [markdown]
# Here are neighbouring slices of one patient, and below them slices of four others.

# %%
t1_slices = np.asarray(slices.images[..., MODALITIES.index("t1")], np.float32)
own = np.flatnonzero(table["subject"] == subject.id)[4:8]
others = [np.flatnonzero(table["subject"] == s.id)[5] for s in subjects[-4:]]
figures.montage(
    list(t1_slices[[*own, *others]]),
    f"T1 slices of 64 x 64 pixels. Above: four neighbours, 4 mm apart, of {subject.id}. Below: one slice of each of "
    "four others.",
    limits=(-1, 1),
    width=1.8,
)

# %% [markdown]
# The four above are not four brains. They are nearly one image four times. Keep that in mind.
#
# ### A model that predicts coins
# Toss a coin for every patient, and ask a model to tell heads from tails by a T1 slice. There is nothing to learn: a coin leaves no trace in a brain. An honest test must say 50 %.
#
# The model is the simplest there is. **Nearest neighbour** keeps all training images and, for a new image, copies the answer of the one most like it. We test on a quarter of the data, which it has not seen, in two ways:
# - **split by slice**: a random quarter of the *slices* (as in many tutorials, and in the lab that the deck's code comes from);
# - **split by patient**: all slices of a random quarter of the *patients*.
#
# **Predict** the share of right answers for both, before you run it. Each is repeated 20 times, with new coins and new splits. "Balanced" accuracy is the mean of the shares for heads and for tails, so that 50 % is chance even where one is rarer.

# %%
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GroupShuffleSplit
from sklearn.neighbors import KNeighborsClassifier

pixels = (
    t1_slices.reshape(-1, 16, 4, 16, 4).mean((2, 4)).reshape(len(t1_slices), -1)
)  # (N, 256): shrunk to 16 x 16
patients = table["patient"].to_numpy()


def coins(repeat):
    names = np.unique(patients)
    tossed = np.random.default_rng(repeat).permutation(np.arange(len(names)) % 2 == 0)
    return tossed[np.searchsorted(names, patients)]  # one coin a patient, for all of its slices


def scores(groups, answers, rows, repeats=20):
    found = []
    for repeat in range(repeats):
        y = answers(repeat)[rows]
        split = GroupShuffleSplit(n_splits=1, test_size=0.25, random_state=repeat)
        train, test = next(split.split(pixels[rows], y, groups[rows]))
        model = KNeighborsClassifier(n_neighbors=1).fit(pixels[rows][train], y[train])
        found.append(100 * balanced_accuracy_score(y[test], model.predict(pixels[rows][test])))
    return np.array(found)


# %% [markdown]
# scikit-learn's `GroupShuffleSplit` puts all members of a group on the same side. The only difference between the two calls is what a group is: a single slice, or a patient.

# %%
everything = np.arange(len(table))
coin = {
    "by slice": scores(everything, coins, everything),  # every slice is a group of its own
    "by patient": scores(patients, coins, everything),
}
for split, found in coin.items():
    print(f"coins, split {split}: {found.mean():.0f} % right, from {found.min():.0f} to {found.max():.0f}")

# %%
figures.dots(
    {f"split {split}": found for split, found in coin.items()},
    "balanced accuracy, %",
    "Share of right answers to a question that has no answer in the image, 20 repeats of each split.",
    reference=(50, "chance"),
    low=0,
    high=105,
)

# %% [markdown]
# Nearly perfect, on a question that cannot be answered. **Why?** Look at what the model did: for some test slices, here is the training slice whose answer it copied, under both splits.


# %%
def nearest(groups):
    split = GroupShuffleSplit(n_splits=1, test_size=0.25, random_state=0)
    train, test = next(split.split(pixels, groups=groups))
    neighbours = KNeighborsClassifier(n_neighbors=1).fit(pixels[train], patients[train])
    return test, train[neighbours.kneighbors(pixels[test], return_distance=False)[:, 0]]


pairs = {"by slice": nearest(everything), "by patient": nearest(patients)}
for split, (test, copied) in pairs.items():
    same = (patients[test] == patients[copied]).mean()
    print(
        f"split {split}: the nearest training slice is of the same patient for {same:.0%} of the test slices"
    )

shown = np.concatenate([np.stack(pairs[s])[:, :: len(pairs[s][0]) // 3][:, :3].T.ravel() for s in pairs])
figures.montage(
    list(t1_slices[shown]),
    "Pairs of a test slice and the training slice nearest to it, with the ends of their patients' names. Above: split "
    "by slice. Below: split by patient.",
    titles=[f"{('test', 'copied')[i % 2]}: {patients[row][-3:]}" for i, row in enumerate(shown)],
    columns=6,
    limits=(-1, 1),
    width=1.5,
)

# %% [markdown]
# Under the split by slice, the model has seen the patient: the slice 4 mm above is in the training set, with the answer on it. It recognises *people*, and looks their coin up. Under the split by patient there is nobody to recognise.
#
# This is **leakage**: what should be unknown at test time has leaked into the training.
#
# ### With a question that sounds sensible
# Nobody predicts coins. So ask what a paper might ask: high grade or low grade, from a plain T1 slice? **Predict** again.

# %%
graded = slices.select(where="grade in ('HGG', 'LGG')")
if not len(graded):
    print("This cohort names no grades, as BraTS since 2021: nothing to predict here.")
else:
    high_grade = (table["grade"] == "HGG").to_numpy()
    grade = {
        "by slice": scores(everything, lambda repeat: high_grade, graded),
        "by patient": scores(patients, lambda repeat: high_grade, graded),
    }
    for split, found in grade.items():
        print(
            f"grade, split {split}: {found.mean():.0f} % right, from {found.min():.0f} to {found.max():.0f}"
        )

# %% [markdown]
# The same picture: a result for the front page under one split, and chance under the other. This time nothing in the question warns you. That is the danger: **a leak looks like success.** The honest number does not say that the grade cannot be seen on T1. It says that this model, with these few patients, did not learn to see it. Note also its wide range: a quarter of 42 patients is about eleven, and eleven patients make a rough estimate, however many slices they have.
#
# What a network copies under a leaky split, a GAN copies as well: lesson 41 asks whether its images are new or remembered, and that needs patients that it has never seen.

# %% [markdown]
# ### The course's split
# Random splits change when a patient is added. The course decides by the patient's *name* instead (by its hash, a number computed from it): 70 % train, 15 % validation, 15 % test, for every cohort, for ever. In a small cohort the shares are rough. The cell counts patients, and those that are in more than one split.

# %% tags=["nbval-check-output"]
per_split = table.groupby("split")["patient"].nunique()
print(per_split.reindex(["train", "validation", "test"], fill_value=0).to_dict())
print("patients in more than one split:", int((table.groupby("patient")["split"].nunique() > 1).sum()))
print("the split of Brats18_PHANTOM_006, always and anywhere:", split_of("Brats18_PHANTOM_006"))

# %% [markdown]
# ### Exercise 4: split by patient
# Write your own random split. `table` has a row for each slice, with its `patient` and its `subject`. A patient who was scanned twice is *one* patient and *two* subjects. Return a boolean array with one entry a row: True for all slices of a random `share` of the patients. Draw with `rng`, a NumPy random generator.


# %% tags=["exercise"]
def split_by_patient(table, share, rng):
    return ...


# %% tags=["check"]
checks.split_by_patient(split_by_patient)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def split_by_patient(table, share, rng):
#     patients = rng.permutation(np.unique(table["patient"]))
#     chosen = patients[: round(share * len(patients))]
#     return table["patient"].isin(chosen).to_numpy()
# ```
#
# Shuffle patients, not rows, and not subjects: two scans of one person, months apart, show the same folds of the same cortex.
# </details>

# %% [markdown]
# ## In practice
#
# ### A real volume
# If you have real data, here it is, through the same two lines as the phantoms. Set the environment variable `GANCOURSE_PATIENT` to a folder of BraTS of any year, or to one skull-stripped T1 file; or run `gancourse cohort fetch --subjects 20` for open data (200 MB).

# %%
real = real_subject()
if real:
    figures.three_planes(
        real.load(real.modalities[0]),
        real.zooms,
        f"{real.id}, {real.modalities[0]}, a real subject.",
        seg=real.seg() if real.seg_path else None,
    )

# %% [markdown]
# ### Fine print
# - **Phantoms share one anatomy.** All of them are one template brain, bent, grown and shrunk. So a phantom that a model has not seen is not a person that it has not seen, and the split by patient is kinder here than in a hospital. In these phantoms the leak is recognition of a shape and a scanner's noise; with real patients it is the same, and stronger.
# - **Patients are not the only way to leak.** Scans of one hospital look alike: a split by patient can still leak the *site*. Normalising with statistics of the whole data set, choosing a model by its test score, or augmenting before splitting leak as well.
# - **The same patient under two names.** The Decathlon's brain tumours are BraTS 2016 and 2017 subjects renamed, and each BraTS year contains patients of the years before. Never train on one and test on the other.
# - **Labels are opinions.** Experts differ, most of all on the border of the oedema and the non-enhancing core. A score above their agreement means little.
# - **Preprocessed is not raw.** BraTS volumes were aligned, resampled to 1 mm and stripped of skull and face. A model that learned from them meets another world at a scanner.
# - **Nothing here is for diagnosis.** And data of patients stay on the machine that they were released to: before you share a notebook, clear the figures that show them.
#
# ### Go further
# 1. Replace the nearest neighbour by `sklearn.linear_model.LogisticRegression(max_iter=200)`. A model that is worse at remembering gains less from the leak. How much does it still gain?
# 2. Predict the grade from T1ce or from FLAIR. Does the honest score rise? How many patients would you need to be sure?
# 3. Keep only every third slice of each patient, so that neighbours are 12 mm apart. Does that mend the split by slice?
# 4. `gancourse cohort make --subjects 12 --spacing 1 --out data/fine` makes twelve phantoms on BraTS' own grid (some minutes). Run this notebook on them (`GANCOURSE_DATA=data/fine`). Which numbers should stay the same, and do they?
#
# ### References
# - Menze et al., *The Multimodal Brain Tumor Image Segmentation Benchmark (BRATS)*, IEEE Transactions on Medical Imaging 34 (2015), 1993-2024.
# - Bakas et al., *Advancing The Cancer Genome Atlas glioma MRI collections with expert segmentation labels and radiomic features*, Scientific Data 4 (2017), 170117.
# - Bakas et al., *Identifying the best machine learning algorithms for brain tumor segmentation...*, arXiv 1811.02629 (2018).
# - Antonelli et al., *The Medical Segmentation Decathlon*, Nature Communications 13 (2022), 4128.
# - Fonov et al., *Unbiased average age-appropriate atlases for pediatric studies*, NeuroImage 54 (2011), 313-327: the template behind the phantoms.
# - Yagis et al., *Effect of data leakage in brain MRI classification using 2D convolutional neural networks*, Scientific Reports 11 (2021), 22544.
# - nibabel, *Coordinate systems and affines*: https://nipy.org/nibabel/coordinate_systems.html
