# %% [markdown]
# # Measure brain tissue, and say how sure you are
#
# **Part 5 of the deck: Segmenting medical images.** A brain loses volume with age, faster in dementia or multiple sclerosis. So people want a number from a scan: how much grey matter, white matter and fluid is there, and how much was there last year? A program always gives a number. Whether the number means anything is a matter of its error, and that is what this lesson measures.
#
# **What you'll do.** Measure three tissues in a T1 image with a classical method and with a network that learned from phantoms; compare both with the truth, person by person; let brains shrink by a known amount and see whether the measured volume follows; scan unchanged people twice; and work out how many people a study needs.
#
# **What you'll learn.**
# - to turn labels into millilitres, also from few slices;
# - how an intensity mixture finds tissues without any training, and where it goes wrong;
# - to report a mean with its interval, over *people*;
# - the difference between a systematic error and scatter, and which one hurts when;
# - what may be concluded from one patient's number, and what may not.
#
# **What you need.** Python with NumPy; lesson 31 (planes, labels, millilitres). **Time:** 60 minutes. The code runs in about one.

# %%
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from gancourse.cohort.scheme import TISSUES
from gancourse.metrics.intervals import bootstrap, compare_paired
from gancourse.metrics.overlap import dice
from gancourse.project import project_root
from gancourse.segmentation import mixture
from gancourse.teaching import figures
from gancourse.teaching.figures import tissue_figures
from gancourse.teaching.checks import lesson52 as checks
from gancourse.teaching.material.scan_rescan import visit, volunteer

# %% [markdown]
# ## 1. Three tissues
#
# The brain floats in **cerebrospinal fluid** (CSF), water with a little salt, which also fills the **ventricles** inside and the **sulci**, the furrows of its surface. **Grey matter** (GM) holds the nerve cells: a folded sheet, the cortex, some 3 mm thick, and a few nuclei deep inside. **White matter** (WM) holds the cables between them.
#
# Our **volunteers** are phantoms without a tumour. Their great advantage over people: we know what every voxel is made of. A `visit` scans one of them.

# %%
person = volunteer(10)
first = visit(person)  # T1, voxels of 2 mm
t1 = first.images["t1"].astype(np.float32)
cut = first.middle  # the middle axial slice of a volume, without most of the empty border
truth = cut(first.tissue)
tissue_figures.tissues(
    [cut(t1), (truth, truth)],
    ["T1", "truth"],
    "One axial slice of a volunteer: T1, and what each voxel is.",
    width=3,
)

# %% [markdown]
# **Predict** before you run the next cell: which share of all that is inside the skull is grey matter, white matter, fluid?

# %% tags=["nbval-check-output"]
for tissue in TISSUES.values():
    print(f"{tissue:3}: {first.volumes_ml[tissue] / first.volumes_ml['ICV']:.0%}")

# %% [markdown]
# The sum of the three is the **intracranial volume** (ICV). In a hospital it comes from the inside of the skull; here it is the skull-stripped mask.
#
# ### From slices to a volume
# With voxels one counts: so many voxels, times the volume of one. Before there were computers one outlined an area on every slice and added slabs, and it is still done for a heart or a liver: each slice stands for a slab that reaches to the next slice. Radiologists call it the **method of discs** or, loosely, Simpson's rule.
#
# ### Exercise 1: a volume from slices
# You outlined the ventricles on every slice. The slices are `thickness_mm` thick, and between one and the next the scanner left a gap of `gap_mm`. Give the volume in mL: each slice stands for itself and for the gap to the next.


# %% tags=["exercise"]
def volume_ml(areas_mm2, thickness_mm, gap_mm):
    """areas_mm2: one area a slice, (n,) -> volume in mL."""
    return ...


# %% tags=["check"]
checks.volume_ml(volume_ml)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def volume_ml(areas_mm2, thickness_mm, gap_mm):
#     return np.sum(areas_mm2) * (thickness_mm + gap_mm) / 1000
# ```
#
# What counts is how far the slices' centres lie apart. Forgetting the gap is a classic: with slices of 4 mm and gaps of 1 mm every volume is 20 % too small, in every patient, and no one notices.
# </details>

# %% [markdown]
# How many slices does one need? We leave out more and more of them. **Predict**: is every fourth slice (8 mm apart) still good for an error of 2 %?

# %%
for step in (1, 2, 4, 8, 16):
    errors = []
    for tissue in TISSUES:
        areas = (first.tissue == tissue).sum((0, 1)) * 4.0  # mm2: a pixel is 2 x 2 mm
        starts = [areas[start::step].sum() * 2 * step / 1000 for start in range(step)]
        errors.append(max(abs(ml / (areas.sum() * 2 / 1000) - 1) for ml in starts))
    print(
        f"every {2 * step:2} mm: worst error "
        + ", ".join(f"{t} {e:5.1%}" for t, e in zip(TISSUES.values(), errors, strict=True))
    )

# %% [markdown]
# Sums forgive a lot: errors of single slabs cancel. So the number of slices is rarely what limits a volume. What limits it is the question which voxel is what, and that is the rest of this lesson.
#
# ## 2. By brightness alone
#
# On T1, fluid is dark, grey matter grey, white matter bright. **Predict**: draw the histogram of all intensities in the brain. How many peaks? And do the tissues overlap?

# %%
figures.histograms(
    {name: t1[first.tissue == label] for label, name in TISSUES.items()},
    "T1 intensity as stored",
    "T1 intensities of one volunteer by true tissue. GM and WM overlap; CSF has a long tail towards GM.",
)

# %% [markdown]
# Noise makes each tissue a bell curve. Two more things spoil the picture. A voxel at a border holds two tissues and gets a brightness in between: the **partial volume** effect, and with a cortex of 3 mm in voxels of 2 mm, borders are everywhere. And the coil receives better in some places than in others: the **bias field**, a smooth change of brightness across the head.
#
# ### A mixture of bell curves
# If brightness is all there is, the model is simple: the histogram is a sum of three bell curves (**Gaussians**), each with its own mean, width and weight. scikit-learn finds the nine numbers. No training data, no anatomy.

# %%
from sklearn.mixture import GaussianMixture

values = t1[first.brain][:, None]
model = GaussianMixture(3, random_state=52).fit(values)
components = model.predict(values)  # for each voxel: which curve explains it best, 0, 1 or 2
print("means:", model.means_.ravel().round())
print("voxels of component 0, 1, 2:", np.bincount(components))

# %% [markdown]
# Look at the order of the means: components come in *any* order, and with another `random_state` in another one. The model does not know what grey matter is. Somebody has to say.
#
# ### Exercise 2: name the tissues
# Turn the components' numbers into labels: 1 CSF, 2 GM, 3 WM, by the means' brightness. It must work for every order in which the components may come.


# %% tags=["exercise"]
def name_tissues(components, means):
    """components: (n,) of 0, 1, 2; means: (3,) -> labels (n,) of 1, 2, 3."""
    return ...


# %% tags=["check"]
checks.name_tissues(name_tissues)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def name_tissues(components, means):
#     rank = np.argsort(np.argsort(means))
#     return rank[components] + 1
# ```
#
# `np.argsort(means)` says which component is the darkest; we need the reverse, how dark each component is. Sorting twice gives it. With one `argsort` the answer is right for four of the six orders, so that a test with one order may well pass.
# </details>

# %% [markdown]
# `gancourse/segmentation/mixture.py` does this, and offers two repairs:
# - **N4** estimates the bias field and divides by it.
# - **Fit where the image is flat.** Learn the three curves only from the fifth of the voxels where brightness changes least: they lie inside one tissue, away from borders. Then judge all voxels by these curves.
#
# **Predict**: which of the two helps more?

# %%
methods = {
    "mixture": dict(bias=False, flat=False),
    "mixture + N4": dict(bias=True, flat=False),
    "careful mixture": dict(bias=True, flat=True),
}
labels = {name: mixture.segment_tissue(t1, first.brain, first.zooms, **how) for name, how in methods.items()}
scores = {
    name: {tissue: dice(first.tissue == label, found == label) for label, tissue in TISSUES.items()}
    for name, found in labels.items()
}
pd.DataFrame(scores).T.round(2)

# %% [markdown]
# The table shows **Dice**: twice the overlap over the sum of both sizes, 1 for perfect agreement. Why does one mixture fail and the other not? Look at the curves.

# %%
even = mixture.correct_bias(t1, first.brain, first.zooms)
flat = mixture.flat_voxels(even, first.brain)
tissue_figures.curves(
    {
        "all voxels": (t1[first.brain], mixture.fit_all(t1[first.brain])),
        "flat voxels, after N4": (even[flat], mixture.fit_flat(even, first.brain)),
    },
    "Histograms of T1 intensities with the three bell curves fitted to them and their sum: left, of all voxels of the "
    "brain; right, of the flat fifth of them, after N4.",
)

# %%
tissue_figures.tissues(
    [cut(t1), *((cut(labels[name]), truth) for name in methods)],
    ["T1", *methods],
    "The same slice as the three mixtures label it. Black: not the true label.",
    width=2.6,
)

# %% [markdown]
# The plain mixture's errors gather on one side of the brain: that is the bias field, under which the same tissue has another brightness there. N4 mends it. But N4 also sharpens the histogram, the curves settle elsewhere, and here grey matter comes off worse. The flat fit repairs grey and white matter.
#
# Look at the left histogram again. Many of its voxels hold two tissues, and the curves move and widen to explain them: the one that should be fluid also covers what is half fluid, half grey. **A model that describes the data need not have found what you were looking for.** On the right most voxels are white matter and hardly any are fluid, but what is there is pure, so the curves are narrow and their means can be trusted.
#
# Most errors of the careful mixture lie along borders, and some in the grey matter deep inside. Errors along borders cost little volume as long as they go both ways.

# %% [markdown]
# ## 3. Over people, with error bars
#
# One brain is an anecdote. `experiments/tissue_study.py` scans eight volunteers, eleven times each, and measures them with every method. That takes the mixtures about 15 minutes on one core, so its table comes with the course (`python experiments/tissue_study.py mixture` makes a new one, and `network` the network's part).

# %%
table = pd.read_csv(project_root() / "data" / "results" / "tissue.csv")
study = table[table["change"] != "atlas"]
at_first = study[study["change"] == "first"]
print(f"{study['volunteer'].nunique()} volunteers, {len(study)} measurements")
study.head(3)

# %% [markdown]
# ### A network
# The other way is a network that has seen many brains with their labels. The course's **segmenter** is a U-Net with two heads, one for tumour and one for tissue (lesson 51 is about such networks). It was trained on phantoms alone, drawn much more widely than these volunteers: other contrasts, noise, resolutions and folds. `segment` takes files, as a hospital has them. Here it is on nine slices, from T1 alone.

# %% tags=["slow"]
from gancourse.segmentation.patient import segment
from gancourse.segmentation.segmenter import load

k = first.middle_slice
with tempfile.TemporaryDirectory() as scratch:
    slab = first.save(Path(scratch), ("t1",), slices=slice(k - 4, k + 5))
    of_network = np.zeros_like(first.tissue)
    of_network[:, :, k - 4 : k + 5] = segment(slab, load()).tissue
tissue_figures.tissues(
    [cut(t1), (cut(labels["careful mixture"]), truth), (cut(of_network), truth)],
    ["T1", "careful mixture", "network"],
    "The middle slice as the careful mixture and as the network label it. Black: not the true label.",
    width=2.8,
)

# %% [markdown]
# ### Dice over people
# **Predict**: which tissue is the hardest? And if all methods see the same noise, whose intervals will be the widest?

# %% tags=["nbval-check-output"]
print("Dice, mean over people (95 % interval)")
for method, rows in at_first.groupby("method", sort=False):
    line = []
    for tissue in TISSUES.values():
        mean, low, high = bootstrap(rows[f"dice_{tissue}"].to_numpy(), seed=0)
        line.append(f"{tissue} {mean:.2f} ({low:.2f}-{high:.2f})")
    print(f"{method:18}", "  ".join(line))

# %% [markdown]
# The intervals are **bootstrap** intervals: draw eight people from the eight, with repeats, take the mean, do it ten thousand times, and see how much it moves. They are over *people*, since people are what a study samples. A million voxels of one person are still one person.
#
# Two intervals that overlap need not mean that two methods are equal: all methods saw the *same* people, and a hard brain is hard for all. So take the difference person by person. `compare_paired` gives its mean, its interval, and how often chance alone would give as much (p).

# %% tags=["nbval-check-output"]
pairs = [
    ("careful mixture", "mixture"),
    ("network, T1", "careful mixture"),
    ("network, all four", "network, T1"),
]
for a, b in pairs:
    wide = at_first.pivot(index="volunteer", columns="method", values="dice_GM")
    if {a, b} <= set(wide.columns):
        found = compare_paired(wide[a].to_numpy(), wide[b].to_numpy(), seed=0)
        print(
            f"GM Dice, {a} minus {b}: {found.difference:+.3f} ({found.low:+.3f} to {found.high:+.3f}), p = {found.p:.3f}"
        )

# %% [markdown]
# ### In millilitres
# Dice says how well labels lie on each other. A physician asks for volumes. Here is the error of each volume, in per cent of the true one: its mean over people, and its standard deviation.

# %% tags=["nbval-check-output"]
print("error of the volume, % of the true one: mean ± SD over people")
for method, rows in at_first.groupby("method", sort=False):
    line = []
    for tissue in TISSUES.values():
        error = 100 * (rows[f"ml_{tissue}"] / rows[f"true_{tissue}"] - 1)
        line.append(f"{tissue} {error.mean():+5.1f} ± {error.std():4.1f}")
    print(f"{method:18}", "  ".join(line))

# %% [markdown]
# Two kinds of error, and they are not alike. The mean is the **systematic error**: the mixtures call too much white matter. The standard deviation is the **scatter**: how differently it errs from person to person. Look for a method whose mean is poor and whose scatter is small. **Predict**: is it useful for anything?
#
# And the network? From T1 alone it calls a fifth too much fluid, and by how much differs from person to person. It was made for scans of any contrast, so it cannot count on how dark fluid is; the mixture looks at this very scan. With four scans, which show fluid in four ways, its labels of grey and white matter are the best of the table, and its fluid is still too much. **More data in training is not knowledge of the scan in hand.**
#
# ## 4. Does the volume follow?
#
# ### Large heads
# First, what to measure. A tall man's brain has more millilitres than a short woman's; neither is ill. So volumes are divided by the intracranial volume. The share of the skull that is filled by brain, (GM + WM) / ICV, is called the **brain parenchymal fraction**. It is also insensitive to a scanner whose millimetres are a little too long.

# %% tags=["nbval-check-output"]
one_each = at_first[at_first["method"] == "careful mixture"]
brain_ml = one_each["true_GM"] + one_each["true_WM"]
icv_ml = brain_ml + one_each["true_CSF"]
for name, numbers in {"brain, mL": brain_ml, "brain / ICV": brain_ml / icv_ml}.items():
    print(f"{name:12} differs between people by {numbers.std() / numbers.mean():.1%} (SD)")
print(f"correlation of brain and skull: {np.corrcoef(brain_ml, icv_ml)[0, 1]:.2f}")

# %% [markdown]
# ### Brains that shrink
# A phantom's ventricles can be widened, and its sulci as well: `replace(person, ventricle_mm=...)` and `sulcus_gain=...`. All the rest of the person stays. Each visit has its own noise and bias field, as in life. **Predict**: will the measured loss be right, too small or too large?


# %%
def brain_share(labels):
    """(GM + WM) / ICV, in per cent, from tissue labels."""
    return 100 * (labels >= 2).sum() / (labels >= 1).sum()


people = {
    "first visit": person,
    "wider ventricles": replace(person, ventricle_mm=person.ventricle_mm + 1),
    "wider sulci": replace(person, sulcus_gain=1.2 * person.sulcus_gain),
}
shrunk = {name: visit(p, scan=number) for number, (name, p) in enumerate(people.items())}
for name, seen in shrunk.items():
    found = mixture.segment_tissue(seen.images["t1"].astype(np.float32), seen.brain, seen.zooms)
    print(
        f"{name:17} brain share: true {brain_share(seen.tissue):.2f} %, measured {brain_share(found):.2f} %"
    )

# %%
figures.montage(
    {name: cut(seen.images["t1"]) for name, seen in shrunk.items()},
    "The same volunteer at three visits: first; with ventricles 1 mm wider on all sides; with sulci 20 % wider.",
    width=2.6,
)

# %% [markdown]
# By eye the change is hardly seen. Now all eight volunteers from the table: two ways to shrink, three amounts each. The change is in per cent of the brain share at the first visit.

# %%
changes = study[~study["change"].isin(["thick", "coarse"])].copy()
for what in ("true", "ml"):
    brain = changes[f"{what}_GM"] + changes[f"{what}_WM"]
    changes[what] = brain / (brain + changes[f"{what}_CSF"])
key = ["volunteer", "method"]
start = changes.loc[changes["change"] == "first", [*key, "true", "ml"]]
changes = changes.merge(start, on=key, suffixes=("", "_first"))
for what in ("true", "ml"):
    changes[f"{what}_change"] = 100 * (changes[what] / changes[f"{what}_first"] - 1)
atrophy = changes[
    changes["change"].isin(["ventricle", "sulcus"]) & (changes["method"] != "network, all four")
]
figures.agreement(
    {
        m: (rows["true_change"].to_numpy(), rows["ml_change"].to_numpy())
        for m, rows in atrophy.groupby("method", sort=False)
    },
    ("true change, %", "measured change, %"),
    "Change of the brain share from the first visit, measured against true; a dot is a visit of a volunteer.",
)

# %% [markdown]
# A number for each figure: the **slope**, how many per cent are measured for each per cent of true loss. 1 is perfect. A slope for each person, then mean and bootstrap interval over people.


# %% tags=["nbval-check-output"]
def slope(rows):
    """Slope through the origin of measured against true change, for one person's visits."""
    true, measured = rows["true_change"], rows["ml_change"]
    return (true * measured).sum() / (true**2).sum()


slopes = {
    (method, change): bootstrap([slope(r) for _, r in rows.groupby("volunteer")], seed=0)
    for (method, change), rows in atrophy.groupby(["method", "change"], sort=False)
}
for (method, change), (mean, low, high) in slopes.items():
    print(f"{method:18} {change:10} slope {mean:.2f} ({low:.2f} to {high:.2f})")

# %%
figures.intervals(
    {f"{method}, {change}": tuple(found) for (method, change), found in slopes.items()},
    "measured for each 1 % of true loss",
    "Slope of measured against true change, mean over eight people with its 95 % interval; 1 is perfect.",
    reference=1.0,
)

# %% [markdown]
# The slopes of the network and of the mixture after N4 are near 1 for the ventricles and near three quarters for the sulci. So what they measure follows what was lost, although the volumes of that mixture are wrong by half. That is the answer to the question in section 3. **An error that is the same at both visits drops out of their difference.** For the ventricles, the intervals of the plain and of the careful mixture are so wide that they say next to nothing: in some people their curves settle differently at every scan.
#
# A trap: had we averaged over all the dots as if they were 48 people, the intervals would be too narrow. Six visits of one person share that person's first scan, with its error.
#
# ### Scanned twice
# How much does the number move when *nothing* has changed? Everyone was scanned again: once on the same scanner, with other noise and another bias field; once on another scanner, which also has another contrast, resolution and slice thickness. **Predict**: what is worse for a follow-up, noise or another scanner?

# %%
moved = changes[changes["change"].isin(["rescan", "scanner"]) & (changes["method"] != "network, all four")]
names = {"rescan": "same scanner", "scanner": "other scanner"}
for change, rows in moved.groupby("change", sort=False):
    figures.dots(
        {
            method.replace(" ", "\n"): r["ml_change"].to_numpy()
            for method, r in rows.groupby("method", sort=False)
        },
        "measured change, %",
        f"Change of the brain share between two scans of unchanged people, {names[change]}.",
        reference=(0, ""),
    )

# %% [markdown]
# ### Exercise 3: the smallest change that counts
# Two scans of each of many *unchanged* people give you differences. Their spread says how large a change in one person has to be before it is more than error: 95 of 100 unchanged people stay below 1.96 standard deviations of the *differences*. Statisticians call it the **repeatability coefficient** (Bland and Altman).


# %% tags=["exercise"]
def smallest_change(first, second):
    """first, second: a measure of the same unchanged people at two scans, (n,) each -> one number."""
    return ...


# %% tags=["check"]
checks.smallest_change(smallest_change)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def smallest_change(first, second):
#     return 1.96 * np.std(second - first, ddof=1)
# ```
#
# Not the spread of the people (they differ for good reasons), and not the error of a single scan, which is smaller by the root of 2: a change is a difference of two scans, and both err.
# </details>

# %% tags=["nbval-check-output"]
print("smallest change in one person that is more than error, % of the brain")
for (method, change), rows in moved.groupby(["method", "change"], sort=False):
    print(f"{method:18} {names[change]:13} {1.96 * rows['ml_change'].std():.2f}")

# %% [markdown]
# Compare with life. In healthy people over 65 this very number, brain over skull, falls by 0.45 % a year; in those with mild Alzheimer's disease by 0.98 % (Fotenos and others, 2005). So **before** anyone speaks of atrophy in one patient: how long was the time between the scans, was it the same scanner, and what is the smallest change that the method can tell?
#
# No method here can tell a year of normal ageing from its error, even on one scanner. A year of mild Alzheimer's disease exceeds the error of the mixture after N4, and is about as large as that of the network from T1. Between two scanners it drowns with all of them. **A higher Dice is not a better measurement**: the mixture after N4 has the lowest Dice for grey matter and the smallest error of a change. Dice looks at one scan, follow-up at the difference of two.
#
# ## 5. How many people?
#
# A drug is to slow the loss. How many patients must a trial have? With a true difference between two groups, and a standard deviation of what is measured in each person, a rule of thumb gives the number in *each* group that finds it in 80 of 100 trials (80 % power, 5 % level):
#
# $$n = 2 \left( \frac{(1.96 + 0.84) \cdot \text{SD}}{\text{difference}} \right)^2$$
#
# ### Exercise 4: people needed
# Write it.


# %% tags=["exercise"]
def people_needed(difference, sd):
    """In each of two groups; difference and sd in the same unit."""
    return ...


# %% tags=["check"]
checks.people_needed(people_needed)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def people_needed(difference, sd):
#     return np.ceil(2 * ((1.96 + 0.84) * sd / difference) ** 2)
# ```
#
# The square is the point: halve the scatter of a measurement, and a quarter of the people will do.
# </details>

# %% [markdown]
# A difference of 1 % of the brain, in three designs: each person scanned once, in millilitres; scanned once, as a share of the skull; and scanned twice, with the change as the measure. **Predict** the three numbers.

# %% tags=["nbval-check-output"]
for method, rows in changes[changes["method"] != "network, all four"].groupby("method", sort=False):
    once = rows[rows["change"] == "first"]
    ml = once["ml_GM"] + once["ml_WM"]
    spread = {
        "mL": 100 * ml.std() / ml.mean(),
        "share": 100 * once["ml"].std() / once["ml"].mean(),
        "change": rows.loc[rows["change"] == "rescan", "ml_change"].std(),
    }
    needed = {design: np.ceil(2 * (2.8 * sd / 1.0) ** 2) for design, sd in spread.items()}
    print(f"{method:18}", ", ".join(f"{design} {n:.0f}" for design, n in needed.items()))

# %% [markdown]
# Most of the difference between people is not error at all: people differ. Scanning the same person twice removes it: with the mixture after N4 or with the network, the measurement is then no longer what limits a study. This is why atrophy is measured as a change, and why one scan of one person says so little. (The phantoms differ more in the width of ventricles and sulci than healthy people of one age do, so the first two numbers are too high for a real study. The third leaves out that people also *change* at different rates, so it is too low.)
#
# ## 6. Voxels, and a real brain
#
# ### Half a voxel of each
# In a hospital the slices are often 5 or 6 mm thick, since that is quicker. A thick voxel shows the mean of what it covers. We make such images from the fine ones, so that the truth is known. **Predict**: cortex is some 3 mm thick. Which tissue will lose volume, and will Dice tell?

# %%
thick = {
    "2 x 2 x 2 mm": first,
    "2 x 2 x 6 mm": first.thicker(1, 1, 3),
    "4 x 4 x 4 mm": first.thicker(2, 2, 2),
}
figures.montage(
    [seen.middle(seen.images["t1"]) for seen in thick.values()],
    "The same scan with voxels of 2 mm, with slices of 6 mm, and with voxels of 4 mm.",
    titles=list(thick),
    width=2.6,
)

# %% tags=["nbval-check-output"]
print("error of the volume, % of the true one: mean ± SD over people")
voxels = {"first": "2 x 2 x 2 mm", "thick": "2 x 2 x 6 mm", "coarse": "4 x 4 x 4 mm"}
some = study[study["method"].isin(["careful mixture", "network, T1"])]
for method, of_method in some.groupby("method", sort=False):
    for change, size in voxels.items():
        rows, line = of_method[of_method["change"] == change], []
        for tissue in TISSUES.values():
            error = 100 * (rows[f"ml_{tissue}"] / rows[f"true_{tissue}"] - 1)
            line.append(f"{tissue} {error.mean():+5.1f} ± {error.std():4.1f}")
        print(f"{method:16} {size}  " + "  ".join(line))

# %% [markdown]
# Thick voxels blur the borders, and the borders of the folded cortex are everywhere: voxels of grey matter and fluid are called fluid, voxels of grey and white matter are called white, and grey matter loses on both sides. Besides, hardly any voxel is pure now, and the fit has little to hold on to. With slices of 6 mm the careful mixture finds 9 % less grey matter than before, and the network 2 % less. So think of a patient whose first scan had voxels of 2 mm and whose second had slices of 6 mm: the program will find a loss of cortex that never was.
#
# ### A real brain
# Phantoms are made by a recipe, and a method can suit the recipe. The SRI24 atlas (Rohlfing and others, 2010) is real: the average of 24 people's brains, with tissue labels. The network was not trained on it. The mixture's repairs were tried on it as well as on volunteers 0 to 7, which flatters the mixture a little; and where an atlas' labels come from intensities, as they often do, that flatters it more. The atlas is not in the repository; `python experiments/tissue_study.py atlas FOLDER` measured this in it:

# %% tags=["nbval-check-output"]
for _, row in table[table["change"] == "atlas"].iterrows():
    print(f"{row['method']:18} " + "  ".join(f"{t} {row[f'dice_{t}']:.2f}" for t in TISSUES.values()))

# %% [markdown]
# The careful mixture agrees with the atlas better than with the phantoms in grey and white matter. Is a real brain easier? This one is: it is the average of 24 people and has hardly any noise. The network, which never saw a person, finds white matter nearly as well as the best mixture here, and grey matter and fluid less well. One atlas is also one "person": no interval can be given.
#
# If you have a real T1 at hand, skull-stripped, set `GANCOURSE_PATIENT` to it (see lesson 31), and here is its tissue. No one knows its truth, so only your eyes can judge.

# %%
from gancourse.cohort.brats import brain_mask, region
from gancourse.teaching.data import real_subject

real = real_subject()
if real and "t1" in real.modalities:
    volume = real.load("t1")
    inside = brain_mask(volume) & ~(region(real.seg(), "WT") if real.seg_path else np.zeros(real.shape, bool))
    found = mixture.segment_tissue(volume, inside, real.zooms)
    z = int(np.median(np.flatnonzero(inside.any((0, 1)))))
    slices = figures.view(volume, "axial", z), figures.view(found, "axial", z)
    tissue_figures.tissues(
        [slices[0], (slices[1], slices[1])],
        ["T1", "careful mixture"],
        f"{real.id}, a real subject; a tumour is left out.",
        width=3,
    )
    print({name: f"{(found == label).sum() * real.voxel_ml:.0f} mL" for label, name in TISSUES.items()})

# %% [markdown]
# ## In practice
#
# ### What may be concluded, and what not
# - **From one scan of one patient**: that the volume is far outside what healthy people of the same age and sex have, measured by the *same* method on comparable scans. Hospitals use reference curves for it. Not: a diagnosis. Small for the skull may be age, dehydration, alcohol, cortisone, or the skull.
# - **From two scans of one patient**: that there was a loss, if it exceeds the smallest change of *this* method for *this* pair of scanners. Not: why. Under a new drug brains may lose water in the first months without losing cells (pseudo-atrophy).
# - **From two groups**: that they differ, if they were scanned and measured alike, and chosen alike. Not: that a given member is ill.
# - **Never across methods.** Grey matter by one program and by another differ by more than years of disease do: compare the systematic errors in section 3.
#
# ### Fine print
# - **The truth is a phantom's**: its labels say which tissue has the largest share of a voxel, so a "true" volume has a partial-volume error of its own. No human can draw cortex that well; in patients there is no truth to compare with.
# - **All volunteers share one anatomy**, bent and changed, and the network learned from phantoms of the same template (drawn with wider variation; none of the volunteers were among them). So intervals over eight phantoms are narrower than over eight people.
# - **The brain's mask was given.** In life, skull stripping comes first, and its error goes straight into CSF and ICV. The mask of a skull-stripped brain is not the inside of the skull.
# - **Nobody moved.** Patients do, and repositioning the head, stretched images (gradient non-linearity) and motion cost more than noise does. So the smallest changes above are best cases.
# - **White-matter hyperintensities** are as dark as grey matter on T1, and both methods may count them as such: more disease, more "grey matter".
# - **The mixture's repairs were chosen** on volunteers 0 to 7, which are not in the table.
# - **Voxels are sampled at their centre** in the phantoms, not averaged, but for the thick ones of section 6.
# - **Nothing here is for diagnosis.**
#
# ### Go further
# 1. The mixture judges each voxel alone. Add its neighbours' opinion: multiply the posteriors by their mean over 3 x 3 x 3 voxels (`scipy.ndimage.uniform_filter`) and normalise, a few times. This is the idea of a Markov random field, as in FSL FAST. Does Dice rise? Does the slope?
# 2. A posterior of 0.6 is counted as a whole voxel. Add up posteriors instead of labels. Which volume gets closer to the truth? And why is a posterior not a share of tissue?
# 3. Measure the ventricles alone: the largest connected piece of CSF well inside the brain. By how many per cent do they grow when `ventricle_mm` grows by 0.5, and how many people does a trial need with *that* measure?
# 4. Give the mixture two images (`np.stack` T1 and FLAIR, full covariance). Does the second image help it?
#
# ### References
# - Wells et al., *Adaptive Segmentation of MRI Data*, IEEE Transactions on Medical Imaging 15 (1996), 429-442.
# - Tustison et al., *N4ITK: Improved N3 Bias Correction*, IEEE Transactions on Medical Imaging 29 (2010), 1310-1320.
# - Smith et al., *Accurate, Robust, and Automated Longitudinal and Cross-Sectional Brain Change Analysis*, NeuroImage 17 (2002), 479-489.
# - Fotenos et al., *Normative Estimates of Cross-Sectional and Longitudinal Brain Volume Decline in Aging and AD*, Neurology 64 (2005), 1032-1039.
# - Bland and Altman, *Statistical methods for assessing agreement between two methods of clinical measurement*, The Lancet 327 (1986), 307-310.
# - Rohlfing et al., *The SRI24 Multichannel Atlas of Normal Adult Human Brain Structure*, Human Brain Mapping 31 (2010), 798-819.
