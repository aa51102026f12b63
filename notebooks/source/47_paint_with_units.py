# %% [markdown]
# # Paint with units
#
# **Part 4 of the deck: Generating medical images.** The deck shows GANPaint: you brush over a generated picture, and trees grow. No network was trained for this. Somebody had found, inside a generator, a handful of numbers that mean "tree". Here is a patient from the course's generator, and what five of its units are doing. One of them lights up at tumours, and one at ventricles. **Which?**
#
# **What you'll do.** Take a generator apart and write GAN dissection, which finds units that match a tumour or a ventricle. Switch them off, measure what else changes, and paint with them. Then find out why a paint that works in one patient does nothing in the next.
#
# **What you'll learn.**
# - to find out where a unit is active, and how much of that is chance;
# - to test a claim about a network by an intervention, not only by looking;
# - why the same units can mean something in one patient and nothing in another.
#
# **What you need.** Lesson 43 (latents). **Time:** 64 minutes.

# %%
from pathlib import Path

import numpy as np

from gancourse import pretrained
from gancourse.gans.latent import draw_latents
from gancourse.quiet import import_tensorflow

import_tensorflow()
from gancourse.gans.patient_maps import decode
from gancourse.metrics import dissection
from gancourse.metrics.dissection import CONCEPTS, concepts_of, upsample
from gancourse.teaching.checks import lesson47 as checks, use
from gancourse.teaching.figures import unit_figures
from gancourse.teaching.material import unit_parts as course, unit_study

# %% tags=["slow"]
LAYER = "32b"
parts = dissection.take_apart(pretrained.load("patient"))
latents = draw_latents(40, 128, seed=47)
patients = decode(dissection.generate(parts, latents))  # images, labels and brain
maps = dissection.activations(parts, latents, LAYER)  # (40, 32, 32, 64)
riddle = 18
enlarged = [upsample(maps[[riddle]][..., unit], 128)[0] for unit in (35, 2, 57, 49, 22)]
unit_figures.guess(
    patients.images[riddle, ..., 3], np.stack(enlarged, -1),
    "A generated patient, and five of the 64 units of one layer: dark is off, bright is on.",
)  # fmt: skip

# %% [markdown]
# Write your guess down. Is one patient enough to be sure?
#
# ## 1. Units and concepts
#
# The generator makes a whole patient in one step: T1, T1ce, T2, FLAIR, and the labels of the tumour. It begins with 4 x 4 pixels, and doubles them until there are 128 x 128. A **unit** is one channel of a layer, and its **map** says where the unit is active: like a stage light that falls on its own part of the stage. We call a layer by its size: `32a` is the first layer with 32 x 32 pixels, and `32b` the second. It has 64 units.

# %% tags=["nbval-check-output"]
for name, stage in parts.layers.items():
    print(f"{name:5} {stage.size:3} x {stage.size:<3} pixels {stage.units:4} units")

# %% [markdown]
# A **concept** is something that you can point at in a picture. Tumour core (`TC`), oedema and the whole tumour (`WT`) come from the labels. In legends, ED is oedema, ET enhancing tumour, and NCR/NET the core that does not enhance. Fluid has no label, so we look for pixels that are dark in T1 and bright in T2: deep in the brain they belong to **ventricles**, and near its edge to **sulci**.

# %% tags=["slow"]
masks = concepts_of(patients)
tumours = np.argsort(-masks["WT"].sum((1, 2)))[[5, 9]]
marked = {"ventricles": "ventricles", "sulci": "sulci", "oedema": "oedema", "TC": "tumour core"}
unit_figures.concepts(
    patients.images[tumours], {words: masks[name][tumours] for name, words in marked.items()},
    "Two generated patients, and four of the concepts.",
)  # fmt: skip

# %% [markdown]
# ### Exercise 1: dissect a layer
#
# **GAN dissection** (Bau and others, 2019) asks of each unit: is it active where the concept is? Make the unit's map as large as the picture. A unit is *active* where its value exceeds a threshold, and we choose the threshold so that the unit is active on as many pixels as the concept has, counted over all patients. Then compare the two sets of pixels by their **intersection over union**:
#
# $$\text{IoU} = \frac{|\text{active} \cap \text{concept}|}{|\text{active} \cup \text{concept}|}$$
#
# It is 1 if both are the same and 0 if they never meet.
#
# <details><summary>Hint</summary>
#
# `upsample(map, size)` enlarges maps (N, h, w). `concept.mean()` is the share of pixels that the concept has, over all patients, and `np.quantile(large, 1 - share)` is the value that this share of the pixels lies above. `&` and `|` give the intersection and the union of two Boolean arrays. `np.argsort` sorts upwards, so sort the negative scores.
# </details>


# %% tags=["exercise"]
def dissect(maps, concept):
    """maps (N, h, w, units), concept (N, S, S) Boolean -> IoU of each unit, and the units, best first."""
    # for each unit:
    #     1. enlarge its map to the concept's size, (N, S, S)
    #     2. threshold: the quantile that as many pixels exceed as the concept has
    #     3. the IoU of where the unit is active with the concept
    # rank the units: the one with the highest IoU first
    return ..., ...


# %% tags=["check"]
checks.dissect(dissect)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def dissect(maps, concept):
#     scores = np.zeros(maps.shape[-1])
#     for unit in range(maps.shape[-1]):
#         large = upsample(maps[..., unit], concept.shape[1])
#         threshold = np.quantile(large, 1 - concept.mean())
#         active = large > threshold
#         both = np.sum(active & concept)
#         either = np.sum(active | concept)
#         scores[unit] = both / either
#     ranking = np.argsort(-scores)
#     return scores, ranking
# ```
#
# Bau and others choose the threshold at which unit and concept share most information. Ours needs no search, and a unit that draws the concept perfectly reaches 1.
# </details>

# %% [markdown]
# **Predict**: how high is the best IoU for the tumour, and how high for the ventricles?

# %% tags=["slow"]
dissect = use(dissect, otherwise=course.dissect)
wanted = ("WT", "TC", "oedema", "ventricles", "sulci", "brain")
found = {name: dissect(maps, masks[name]) for name in wanted}
for name, (scores, ranking) in found.items():
    best = ", ".join(f"unit {unit} ({scores[unit]:.2f})" for unit in ranking[:3])
    print(f"{CONCEPTS[name]:26} {best}")
shown = {f"unit {found[name][1][0]}": name for name in ("TC", "ventricles")}
unit_figures.units(
    patients.images[tumours, ..., 3],
    {unit: upsample(maps[tumours][..., int(unit[5:])], 128) for unit in shown},
    {unit: masks[name][tumours] for unit, name in shown.items()},
    "FLAIR, and the best unit for the tumour core and for the ventricles, which are outlined.",
)

# %% [markdown]
# Nobody told the generator what a ventricle is, and yet some units light up where ventricles are. (In the riddle, B is unit 2 and D is unit 49.) But an IoU of a quarter is far from 1, and the brain's is the highest by far. Is the brain's unit the best of all?
#
# ### Exercise 2: what chance gives
#
# Brains lie in the middle of every picture. A unit that is always on in the middle gets a good IoU without knowing anything about this patient. So compare each unit's map with the concept of **another patient**: the IoU that remains comes only from where the concept usually lies.
#
# <details><summary>Hint</summary>
#
# `np.roll(array, 1, axis=0)` moves every patient one place on, and the last one to the front.
# </details>


# %% tags=["exercise"]
def by_chance(maps, concept):
    """As dissect, but with the concept of another patient -> IoU of each unit, (units,)."""
    return ...


# %% tags=["check"]
checks.by_chance(by_chance)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def by_chance(maps, concept):
#     another = np.roll(concept, 1, axis=0)  # each patient has the concept of the one before
#     scores, _ = dissect(maps, another)
#     return scores
# ```
#
# A random shuffle would leave some patients with their own concept.
# </details>

# %% tags=["slow"]
by_chance = use(by_chance, otherwise=course.by_chance)
chance = {name: by_chance(maps, masks[name]) for name in wanted}
for name, (scores, ranking) in found.items():
    unit = ranking[0]
    print(f"{CONCEPTS[name]:26} unit {unit:2}: IoU {scores[unit]:.2f}, by chance {chance[name][unit]:.2f}")
best = {name: np.argsort(chance[name] - found[name][0]) for name in wanted}  # most beyond chance, first

# %% [markdown]
# Most of the brain's IoU is chance, and little of the tumour's is. From here on, we rank units by what they have *beyond chance*.
#
# And the other layers? The table below comes from `experiments/dissection.py`, which dissected all 976 units over 120 patients. **Predict** before you look: in which layers is the tumour found best, in those with 4 x 4 pixels, in the middle, or at the end?

# %%
table = unit_study.read_layers()
unit_figures.layers(
    table, CONCEPTS,
    "The best unit of each layer: its IoU with each concept and, in brackets, by chance.",
)  # fmt: skip

# %% [markdown]
# In the first layers hardly anything is found beyond chance: a map of 4 x 4 pixels can hardly point at anything. The ventricles are found best in `32b`, in the middle. The whole tumour's best unit comes near the end, in `64b`; it scores so high because only two convolutions follow, and it nearly *is* the map of labels. No layer has a unit for sulci, although every picture has them. We stay with `32b`.
#
# ## 2. Switch units off
#
# A unit that is active in tumours need not *make* tumours. It might only follow them, as an umbrella follows the rain. To find out, **intervene**: switch the units off, run the rest of the generator, and look.
#
# ### Exercise 3: switch off
#
# "Off" is the unit's mean over patients and places, so that the later layers see nothing unusual.


# %% tags=["exercise"]
def switch(maps, units, values):
    """Copy the maps (N, h, w, C), with units[i] at values[i] everywhere."""
    # leave the maps that you were given as they are
    return ...


# %% tags=["check"]
checks.switch(switch)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def switch(maps, units, values):
#     changed = maps.copy()
#     changed[..., units] = values
#     return changed
# ```
# </details>

# %% [markdown]
# ### Exercise 4: measure the effect
#
# A claim such as "these are the tumour's units" has two halves: switching them off removes the tumour, *and little else changes*. So measure which share of the concept's area is left, and how far the grey values move inside the concept and outside. More than 100 % can be left, since a concept may grow in other places.
#
# <details><summary>Hint</summary>
#
# The grey values reach from -1 (black) to 1 (white). A change is the mean over the four modalities of the absolute difference, in per cent of this range. The brain is where any modality is above -1.
# </details>


# %% tags=["exercise"]
def effect(before, after, concept, left):
    """Images before and after (N, S, S, 4); where the concept was, and where it is left (N, S, S).

    Returns: share of the concept's area that is left; change inside; change outside, in the brain; in %.
    """
    # 1. moved, (N, S, S): the mean absolute difference of the modalities, in % of the range
    # 2. outside: in the brain (of `before`), but not in the concept
    # 3. the share left (areas over all patients), and the mean of `moved` in both places
    return ..., ..., ...


# %% tags=["check"]
checks.effect(effect)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def effect(before, after, concept, left):
#     moved = np.abs(after - before).mean(axis=-1)  # (N, S, S)
#     moved = moved / 2 * 100
#     brain = np.any(before > -1, axis=-1)
#     outside = brain & ~concept
#     share = left.sum() / concept.sum()
#     return share, moved[concept].mean(), moved[outside].mean()
# ```
# </details>

# %%
switch = use(switch, otherwise=course.switch)
effect = use(effect, otherwise=course.effect)

# %% [markdown]
# We try it on 24 *new* patients: rank and test units on the same patients, and you find what fits them by luck. **Predict**: when you switch off the 8 best of 64 units for the tumour's core, how much of the core is left? And how much of the ventricles? What do 8 random units do?

# %% tags=["slow"]
new_latents = draw_latents(24, 128, seed=48)
new_maps = dissection.activations(parts, new_latents, LAYER)
before = decode(dissection.finish(parts, LAYER, new_maps, new_latents))
new_masks = concepts_of(before)
means = maps.mean(axis=(0, 1, 2))
random_units = np.random.default_rng(47).choice(64, 8, replace=False)
sets = {"core's 8": best["TC"][:8], "ventricles' 8": best["ventricles"][:8], "random 8": random_units}
pictures, bars = {"as generated": before}, {}
for name, units in sets.items():
    off = switch(new_maps, units, means[units])
    pictures[name] = decode(dissection.finish(parts, LAYER, off, new_latents))
    left = concepts_of(pictures[name])
    measured = {c: effect(before.images, pictures[name].images, new_masks[c], left[c]) for c in wanted}
    bars[name] = {CONCEPTS[c]: share for c, (share, _, _) in measured.items()}
    for c in ("TC", "ventricles"):
        share, inside, outside = measured[c]
        print(
            f"{name:13}: {share:4.0%} of the {CONCEPTS[c]:11} left; moved by {inside:4.1f} % in it,", end=" "
        )
        print(f"{outside:.1f} % elsewhere")
unit_figures.switched(
    bars, "What is left of each concept when 8 of 64 units are switched off, in 24 new patients."
)

# %% tags=["slow", "cover"]
four = np.argsort(-new_masks["WT"].sum((1, 2)))[[1, 3, 5, 7]]
rows = {name: (p.images[four], p.seg[four]) for name, p in pictures.items()}
unit_figures.before_after(
    rows, "FLAIR of four patients, with the labels of the tumour: before, and with 8 units switched off."
)

# %% [markdown]
# Each of the two sets takes about half of its own concept away and leaves the other one. Eight random units do not: the core even grows, and the grey values move as well. That is evidence that the core's units do not only follow the tumour. But look at the pictures: one tumour is gone, and another hardly changes.
#
# "Off" is a choice, too: in place of the mean it could be 0. Here is what the study found in 32 other patients, with 95 % intervals over patients, and for two random sets of the same size. `moved` is the change elsewhere.

# %% tags=["nbval-check-output"]
study = unit_study.read_interventions()
print(unit_study.switched_off(study, LAYER).to_string(index=False))

# %% [markdown]
# Eight units at their mean leave a fifteenth of the core, and at 0 a fifth. (In your run they left more; section 4 finds out why.) Bau and others use 0. But look at the random sets: set to 0 they leave nearly everything, but set to its mean, one set of eight took everything away: that picture was black. Some units hold the background: their mean over all places is high, and so it tells every pixel to be background. "The tumour is gone" is true of a black picture, too. So measure what else changed.
#
# ## 3. Paint with units
#
# Now the other way round: switch units **on** where there is nothing, and only where you paint.
#
# ### Exercise 5: the brush
#
# You paint in the picture, `where` (128, 128), and the layer has 32 x 32 pixels. Each pixel of the layer is a **block** of 4 x 4 pixels of the picture, and the share of the block that is painted says how far the unit moves to its new value:
#
# $$\text{new} = \text{share} \cdot \text{value} + (1 - \text{share}) \cdot \text{old}$$
#
# <details><summary>Hint</summary>
#
# `where.reshape(h, block, h, block).mean(axis=(1, 3))` averages over blocks. A last axis, `share[..., None]`, lets one share hold for all units.
# </details>


# %% tags=["exercise"]
def paint(maps, units, values, where):
    """Maps (N, h, h, C), in which these units move to these values where the picture (S, S) is painted."""
    # 1. block: how many pixels of the picture lie along one of the layer
    # 2. share: the painted share of each block, (h, h)
    # 3. in a copy, mix the units' values with the old ones
    return ...


# %% tags=["check"]
checks.paint(paint)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def paint(maps, units, values, where):
#     size = maps.shape[1]
#     block = where.shape[0] // size
#     share = where.reshape(size, block, size, block).mean(axis=(1, 3))
#     share = share[..., None]
#     changed = maps.copy()
#     changed[..., units] = share * values + (1 - share) * maps[..., units]
#     return changed
# ```
# </details>

# %% [markdown]
# Take the 16 best units for the tumour core, and set them to a high value: the 95th percentile that they have in cores. We paint the same disc into patients who have a tumour elsewhere, and into patients who have none. **Predict**: what grows where?

# %% tags=["slow"]
paint = use(paint, otherwise=course.paint)
row, column = np.mgrid[:128, :128]
disc = ((row - 60) ** 2 + (column - 46) ** 2 < 10**2).astype(float)
values = dissection.values_in(maps, masks["TC"], 0.95)
brush = best["TC"][:16]
ill, well = unit_study.who_is_free(new_masks, disc > 0)


def painted(who, styles):
    changed = paint(new_maps[who], brush, values[brush], disc)
    made = decode(dissection.finish(parts, LAYER, changed, styles))
    return made, np.mean((made.seg > 0)[:, disc > 0])


in_ill, share_ill = painted(ill, new_latents[ill])
in_well, share_well = painted(well, new_latents[well])
print(f"tumour in the disc: {share_ill:.0%} in {len(ill)} patients with a tumour,", end=" ")
print(f"{share_well:.0%} in {len(well)} without")
sick, healthy = (in_ill.images[:3], in_ill.seg[:3]), (in_well.images[:3], in_well.seg[:3])
three = {"have a tumour": sick, "have none": healthy}
unit_figures.before_after(three, "The same units painted into the dotted disc of six patients.", where=disc)

# %% [markdown]
# The same units, the same values, the same place. Yet in patients without a tumour next to nothing grows, at most a spot of oedema. (Your few patients flatter the brush; the study's numbers come below.) Why? **Think** before you read on: what else does a layer of this generator get, beside the maps of the layer before?
#
# It gets the **style**, a vector made of the latent, which scales every unit before the next convolution (Karras and others, 2020). In a healthy patient, the style mutes what the tumour's units say: the spot is on, and the curtain is down. Test it: paint into the same healthy patients, but give the layers after `32b` the styles of patients who have a tumour.

# %% tags=["slow"]
borrowed = new_latents[np.resize(ill, len(well))]
lent, share_lent = painted(well, borrowed)
plain = decode(dissection.finish(parts, LAYER, new_maps[well], borrowed))  # the style alone
alone = np.mean((plain.seg > 0)[:, disc > 0])
print(
    f"tumour in the disc: style alone {alone:.0%}, paint alone {share_well:.0%}, paint and style {share_lent:.0%}"
)
rows = {"paint alone": in_well, "style alone": plain, "paint and style": lent}
unit_figures.before_after(
    {name: (made.images[:4], made.seg[:4]) for name, made in rows.items()},
    "Healthy patients: painted, with the style of patients who have a tumour, and both.", where=disc,
)  # fmt: skip

# %% [markdown]
# Now it grows. With the style alone, a tumour may even appear where nobody has painted. Its units were on all the time, and the patient's own style had muted them. So a unit means nothing by itself. It means something together with a style. The study measured the same in its 32 patients:

# %% tags=["nbval-check-output"]
print(unit_study.switched_on(study, LAYER, 16).to_string(index=False))

# %% [markdown]
# With a patient's own style, paint stays where it was put: elsewhere grey values move by a few hundredths of a per cent. A borrowed style changes the whole picture. Even in patients with a tumour, paint does not always hold: above, one patient's disc fills, and another's stays empty.
#
# ## 4. What units do not mean
#
# "Unit 2 is the tumour unit" would be a good headline. Is it true? **Predict** its IoU in patients with a tumour on the left, and in those with one on the right.

# %% tags=["slow"]
for side, who in unit_study.sides(masks).items():
    scores, ranking = dissect(maps[who], masks["WT"][who])
    print(f"tumour on the {side:5}: {len(who):2} patients, unit 2 has {scores[2]:.2f}, the best is", end=" ")
    print(f"unit {ranking[0]} with {scores[ranking[0]]:.2f}")

# %% [markdown]
# Unit 2 knows tumours on the left only, and on the right another unit takes its place. The mean over patients had hidden that. Did it matter when you switched the core's units off?

# %% tags=["slow"]
core = concepts_of(pictures["core's 8"])["TC"]
for side, who in unit_study.sides(new_masks).items():
    share = core[who].sum() / new_masks["TC"][who].sum()
    print(f"tumour on the {side:5}: {len(who)} of the new patients, {share:4.0%} of the core left")

# %% [markdown]
# It did. Most tumours of the 40 patients lay on the left, so the ranking preferred the units for that side. Eleven patients are few; but the study ranked over 120, and left 7 % of the core. It counts more such doubts:

# %% tags=["nbval-check-output"]
for what, count in unit_study.doubts(unit_study.read_units(), table, LAYER).items():
    print(f"{count:>4}  {what}")

# %% [markdown]
# Only one unit in seven matches anything. More than half of these match two concepts, mostly parts of the tumour that lie inside each other. From 120 patients, the ranking is stable: 120 others give nearly the same best eight. But the best unit for oedema is half as active in patients without any oedema. And the sulci have no unit: a concept can be in every picture without one, if many units draw it together.
#
# ### Your painting
#
# Choose a patient, a concept, how many units, and a place, and whether another patient lends the style. Any array (128, 128) can be the place. The middle row shows what a borrowed style brings by itself. Keep what you painted.

# %% tags=["slow"]
patient, concept, count, where, lend = well[0], "TC", 16, disc, True
units, high = best[concept][:count], dissection.values_in(maps, masks[concept], 0.95)
mine = paint(new_maps[[patient]], units, high[units], where)
style = new_latents[[ill[0] if lend else patient]]
made, plain = (decode(dissection.finish(parts, LAYER, m, style)) for m in (mine, new_maps[[patient]]))
unit_figures.painting(
    {"before": (before.images[patient], before.seg[patient]),
     "style alone": (plain.images[0], plain.seg[0]), "painted": (made.images[0], made.seg[0])}, where,
    f"{count} units for {CONCEPTS[concept]}, painted into the dotted place.",
    Path("kept") / "47_my_painting.png",
)  # fmt: skip
print("Saved as kept/47_my_painting.png, beside this notebook.")

# %% [markdown] tags=["optional"]
# ## Optional: paint with a brush
#
# Here a brush draws and removes, and you watch. Its units are those that differ most between a concept and healthy brain. To remove, it moves them the other way. Remove the tumour first. Then take a patient without one, paint a tumour's core, and lend them a style.

# %% tags=["optional", "slow"]
from gancourse.teaching.widgets import PaintWithUnits

PaintWithUnits()

# %% [markdown]
# ## In practice
#
# **Before you believe that a unit means something, ask:**
#
# 1. *What would chance give?* Compare with the concept of another patient.
# 2. *Was it tested by an intervention,* on patients who had no part in choosing it, beside random units?
# 3. *What else changes?* An edit that removes a tumour may also change the grey values of healthy brain.
# 4. *In whom does it hold?* Ask for patients in whom it does not.
#
# - What paints a tumour into a generated patient can paint one into a real scan (Mirsky and others, 2019, did so in CT). Sign scans where they are made.
# - **For research and teaching only**, and not for diagnosis or treatment.
#
# <details><summary>Fine print</summary>
#
# - The generator, its patients and the concepts are those of phantoms. Concepts come from the generator's own labels, so that an edit may change a label and not the picture; the changes of grey values say so.
# - Fluid near the middle includes the fissure between the hemispheres where it is three pixels wide.
# - Bau and others used generators with 512 units a layer that had learned millions of photographs, and a network that segments hundreds of concepts. Here are 64 units and a few concepts.
# - The threshold leaves as many pixels active as the concept has. If every unit were active on 1 % of the pixels, its IoU could not exceed the ratio of that area to the concept's.
# - `GANCOURSE_DATA` changes nothing here, since all patients are generated.
# </details>
#
# ### Go further
# 1. Change `LAYER` to `"16b"` or `"64a"`. What can you paint there, and what else changes?
# 2. Paint the tumour's units into a ventricle, or outside of the brain. What does the generator refuse?
# 3. Rank the units by what they do, not by their IoU: switch off one at a time. Does the ranking agree?
# 4. The brush's best unit knows tumours on the left, and yet it painted on the right. Whose style opens the curtain, that of patients with a tumour on the left or on the right? Borrow each of `ill` in turn.
#
# ### References
# - Bau et al., *GAN dissection: visualizing and understanding generative adversarial networks*, ICLR 2019, arXiv 1811.10597.
# - Karras et al., *Analyzing and improving the image quality of StyleGAN*, CVPR 2020, arXiv 1912.04958.
# - Mirsky et al., *CT-GAN: malicious tampering of 3D medical imagery using deep learning*, USENIX Security 2019, arXiv 1901.03597.
