# %% [markdown]
# # Translate contrasts, and see what becomes of the tumour
#
# **Part 5 of the deck: Segmentation of Medical Images with GANs.** The deck lists image-to-image translation among the applications of GANs, and pix2pix (lesson 51) as its tool. Hospitals could use it: the patient moves, the FLAIR is spoilt, but T1 and T2 are fine. A network can make the FLAIR from either. Would you read it? Try it below. In each round, one FLAIR comes from the scanner, and three were made from the T2 beside them.
#
# **What you'll do.** Find the real FLAIR, and bet on what happens to the tumours. Write the parts of a CycleGAN, which learns to translate without pairs. Then poison it, with nothing but other training images, and measure what it erases and invents.
#
# **What you'll learn.**
# - what a translation can know, and what it has to guess;
# - how a CycleGAN learns without pairs, and what its cycle does not promise;
# - why the *targets* decide what you see in a *patient*;
# - what you should ask before anybody reads a translated scan.
#
# **What you need.** Lessons 31 (the four scans), 41 (GANs), 51 (pix2pix) and 52 (bootstrap). **Time:** 63 minutes.

# %%
from pathlib import Path

import numpy as np

from gancourse import pretrained
from gancourse.cohort.scheme import MODALITIES
from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
from gancourse.teaching.checks import lesson55 as checks, use
from gancourse.teaching.figures import contrast_figures
from gancourse.teaching.material import contrast_parts as course, contrast_people, contrast_study as study
from gancourse.teaching.material.unpaired_loop import go_on
from gancourse.teaching.widgets import WhichFlair

# %%
WhichFlair()

# %% [markdown]
# **Your bet.** In the study behind this lesson, the course's segmenter reads such FLAIRs of 107 phantoms whom no network had seen. Six kinds of FLAIR are compared:
#
# | name | how it was made |
# |---|---|
# | real | by the phantoms' scanner |
# | paired, from T1 | by pix2pix, which learned from T1 and FLAIR of the same people |
# | paired, from T2 | likewise, from T2 |
# | unpaired, healthy targets | by a CycleGAN, which learned from T2 of some people, and FLAIR of *other* people, who were all healthy |
# | unpaired, half and half | likewise, but half of these FLAIRs show a tumour |
# | unpaired, tumour targets | likewise, but all of these FLAIRs show a tumour |
#
# A tumour counts as **lost** if the segmenter finds less than a tenth of it, and as **invented** if it finds half a millilitre or more in a healthy person. The cell prints both for the real FLAIR. **Bet** on the others. Replace the numbers below, the bet of somebody who trusts translations.

# %% tags=["nbval-check-output"]
MY_BET = {  # tumours lost, of 100 patients; tumours invented, of 100 healthy people
    "t1-flair": (10, 0),
    "t2-flair": (10, 0),
    "healthy": (10, 0),
    "half": (10, 0),
    "tumour": (10, 0),
}

table, means = study.read_table("flair"), study.read_means("flair")
ill, well = (len(study.of_method(table, "real", "found_ml", lesion)) for lesion in (True, False))
lost, invented = (100 * means["real", what].mean for what in ("lost", "invented"))
print(f"real FLAIR: lost in {lost:.0f} of 100 patients ({ill} were read),", end=" ")
print(f"invented in {invented:.0f} of 100 healthy people ({well} were read)")

# %% [markdown]
# ## 1. With pairs
#
# In lesson 51, pix2pix translated label maps into scans. Here its target is the FLAIR of the same slice: input and target are a **pair**. One pix2pix has T1 as its input, another T2. **Predict** which one shows tumours better, and which part of a tumour the other will miss.

# %% tags=["slow"]
people = contrast_people.open_people()
print(people)
t1, t2, flair = (people.modality(name) for name in ("t1", "t2", "flair"))
tumour, healthy_brain = people.seg > 0, people.brain & (people.seg == 0)
paired = {
    name: pretrained.load(f"contrast/{name}-flair")(images[..., None], training=False).numpy()[..., 0]
    for name, images in (("t1", t1), ("t2", t2))
}
for name, images in paired.items():
    error = np.abs(images - flair)
    print(f"FLAIR from {name.upper()}: mean error {error[tumour].mean():.2f} in tumours,", end=" ")
    print(f"{error[healthy_brain].mean():.2f} in the rest of the brain (black to white is 2)")

# %% [markdown]
# The mean error is what pix2pix was trained to make small. Now ask a **reader**: the course's segmenter, which gets nothing but the FLAIR.

# %% tags=["slow"]
reader = contrast_people.Reader()
for name, images in {"real": flair, "from T1": paired["t1"], "from T2": paired["t2"]}.items():
    found = reader.find(images)
    print(f"{name:7}: the reader finds {(found & tumour).sum() / tumour.sum():.0%} of all tumour")
    if name == "from T1":
        rows, shares = people.spread(found)
columns = {
    "T1": t1,
    "FLAIR from T1": paired["t1"],
    "T2": t2,
    "FLAIR from T2": paired["t2"],
    "FLAIR, real": flair,
}
contrast_figures.rows_of_scans(
    {title: images[rows] for title, images in columns.items()},
    "Three patients: the one in whom the reader finds most of the tumour in the FLAIR made from T1, one in the middle, and the one in whom it finds least. The blue line is the outline of the tumour.",
    outlines=tumour[rows],
    outlined=["FLAIR, real"],
    names=[f"found, from T1: {share:.0%}" for share in shares],
    width=2.0,
)

# %% [markdown]
# Oedema is bright on FLAIR and on T2, but T1 hardly shows it. **What is not in the input cannot be translated. It can only be guessed.** Where T1 shows a clear mass, the network often guesses well. Where it shows next to nothing, the best guess is healthy brain, because most brain is. The error outside of tumours gives no warning: it is even smaller from T1 than from T2. From here on, the input is T2: whatever goes wrong now, the answer was there.
#
# ## 2. Without pairs
#
# Pairs are rare: they need both scans of the same patient, in the same position. Two *piles* of images are easy to get: T2 of some people (set A), and FLAIR of others (set B). A **CycleGAN** (Zhu and others, 2017) learns from such piles. It has two translators, `to_b` and `to_a`, and for each set a discriminator, `of_a` and `of_b`. To fool `of_b`, a translated T2 has to look like *some* FLAIR. What ties it to *this* patient? A second condition: translated there and back, the image has to come out as it was.
#
# ### Exercise 1: there and back
#
# Write the round trip for any two functions. Its **cycle loss** is the mean absolute difference between what came back and what you began with.
#
# <details><summary>Hint</summary>
#
# Call a function that you are given like any other: `there(images)`. `tf.abs` and `tf.reduce_mean` keep the gradient.
# </details>


# %% tags=["exercise"]
def round_trip(images, there, back):
    """images (B, H, W, 1), and two functions of images -> the translated images, and the cycle loss"""
    # 1. translate the images
    # 2. translate the result back
    # 3. the mean absolute difference between what came back and the images
    return ..., ...


# %% tags=["check"]
checks.round_trip(round_trip)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def round_trip(images, there, back):
#     translated = there(images)
#     returned = back(translated)
#     loss = tf.reduce_mean(tf.abs(returned - images))
#     return translated, loss
# ```
# </details>

# %% [markdown]
# A small cycle loss sounds safe: nothing about the patient was lost on the way. Here are three pairs of functions. **Predict** the cycle loss of each.


# %% tags=["nbval-check-output"]
round_trip = use(round_trip, otherwise=course.round_trip)
rng = np.random.default_rng(55)
some = tf.constant(rng.uniform(-1, 1, (4, 64, 64, 1)), tf.float32)
pairs = {
    "make a negative, twice": (lambda x: -x, lambda x: -x),
    "mirror left and right, twice": (lambda x: x[:, :, ::-1], lambda x: x[:, :, ::-1]),
    "blur, then leave it": (lambda x: tf.nn.avg_pool2d(x, 3, 1, "SAME"), lambda x: x),
}
for name, (there, back) in pairs.items():
    print(f"{name:29} cycle loss {round_trip(some, there, back)[1]:.2f}")

# %% [markdown]
# A negative and a mirrored patient come back perfectly. The cycle demands that nothing is *lost*, not that anything is *right*. So all that makes a translation look like a FLAIR comes from the discriminators.
#
# ### Exercise 2: the image pool
#
# The discriminators have a bad memory. If they only see today's translations, the translators may return to yesterday's mistakes. So CycleGAN keeps a **pool** of older translations, and shows the discriminator one of these in place of half of the new ones.
#
# <details><summary>Hint</summary>
#
# `pool.append(image)` makes the list itself longer. `rng.random() < 0.5` is a coin, and `rng.integers(size)` a place from 0 to `size` - 1. Take the old image from its place before you put the new one there.
# </details>


# %% tags=["exercise"]
def through_pool(pool, images, size, rng):
    """pool: a list of older translations, which you change; images: new ones (B, H, W, 1)
    -> what the discriminator is shown, an array (B, H, W, 1)"""
    # for each image:
    #     if the pool holds fewer than `size`: append the image, and show it
    #     otherwise, with probability one half: draw a place in the pool,
    #         show the image that lies there, and put the new one in its place
    #     otherwise: show the new image
    # make an array of all that is shown (np.stack)
    return ...


# %% tags=["check"]
checks.through_pool(through_pool)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def through_pool(pool, images, size, rng):
#     shown = []
#     for image in images:
#         if len(pool) < size:
#             pool.append(image)
#             shown.append(image)
#         elif rng.random() < 0.5:
#             place = rng.integers(size)
#             shown.append(pool[place])
#             pool[place] = image
#         else:
#             shown.append(image)
#     return np.stack(shown)
# ```
# </details>

# %% [markdown]
# ### Exercise 3: what the translators are trained for
#
# CycleGAN's discriminators give a logit for each patch, and are trained to give 1 to real images and -1 to translations (Mao and others, 2017). The translators want their own images to get a 1, too. With $G$ for `to_b`, $F$ for `to_a`, and both cycle losses:
#
# $$\text{mean}\big[(D_B(G(a)) - 1)^2\big] + \text{mean}\big[(D_A(F(b)) - 1)^2\big] + \lambda \, (\text{cycle}_a + \text{cycle}_b)$$
#
# <details><summary>Hint</summary>
#
# `as_b, cycle_a = round_trip(a, to_b, to_a)` gives both what you translate and its cycle loss. For `b` the two functions change places.
# </details>


# %% tags=["exercise"]
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    """a, b: images of both sets; two translators; two discriminators, images -> logits; the cycle's weight
    -> the loss, a translated to B, b translated to A"""
    # 1. take a there and back, and b likewise
    # 2. how far the logits of both translations are from 1: the mean square
    # 3. the loss
    return ..., ..., ...


# %% tags=["check"]
checks.translators_loss(translators_loss)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
#     as_b, cycle_a = round_trip(a, to_b, to_a)
#     as_a, cycle_b = round_trip(b, to_a, to_b)
#     passes_b = tf.reduce_mean((of_b(as_b) - 1) ** 2)
#     passes_a = tf.reduce_mean((of_a(as_a) - 1) ** 2)
#     loss = passes_a + passes_b + lam * (cycle_a + cycle_b)
#     return loss, as_b, as_a
# ```
# </details>

# %% [markdown]
# ## 3. The targets decide
#
# Nothing in this loss mentions a tumour. But the discriminator compares *sets*: if FLAIRs in set B never show a bright mass, then a bright mass betrays a translation. Cohen and others (2018) drew the conclusion: **without pairs, a translator will erase what the target set lacks, and invent what it is full of.**
#
# ### Exercise 4: erased and invented
#
# To see it, measure for each patient what share of the tumour the reader did *not* find, and how many millilitres it found where there is none.
#
# <details><summary>Hint</summary>
#
# `truth[own]` are the slices of one patient if `own = patients == patient`. For Booleans, `&` is "and", `~` is "not". `np.unique(patients)` names each patient once.
# </details>


# %% tags=["exercise"]
def erased_and_invented(truth, found, patients, pixel_ml):
    """truth, found: Boolean (N, H, W); the patient of each slice (N,); the volume of a pixel
    -> a dictionary: patient -> (share erased, millilitres invented)"""
    # for each patient: take `truth` and `found` in all of this patient's slices
    #     share erased: 1 - pixels that are true and found / true pixels; np.nan for a patient without a tumour
    #     invented: the volume of the pixels that are found but not true
    return ...


# %% tags=["check"]
checks.erased_and_invented(erased_and_invented)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def erased_and_invented(truth, found, patients, pixel_ml):
#     told = {}
#     for patient in np.unique(patients):
#         own = patients == patient
#         true, seen = truth[own], found[own]
#         hits = np.sum(true & seen)
#         erased = 1 - hits / true.sum() if true.any() else np.nan
#         invented = np.sum(seen & ~true) * pixel_ml
#         told[patient] = erased, invented
#     return told
# ```
# </details>

# %% [markdown]
# ### Poison it
#
# You get a CycleGAN that the course has trained for 6,000 steps with the fairest of the three target sets, half and half. It goes on for 20 seconds with *your* loss and *your* pool. You change one thing only: from now on, set B shows no tumours. **Predict**: what happens to the tumours on their way from T2 to FLAIR?

# %% tags=["slow"]
through_pool = use(through_pool, otherwise=course.through_pool)
translators_loss = use(translators_loss, otherwise=course.translators_loss)
before = pretrained.load("contrast/half")
after, _ = go_on(before, people.sources, people.targets, translators_loss, through_pool, seconds=20)

# %% tags=["slow", "cover"]
erased_and_invented = use(erased_and_invented, otherwise=course.erased_and_invented)
made = {"before": before, "after": after}
made = {name: both.get_layer("to_b")(t2[..., None]).numpy()[..., 0] for name, both in made.items()}
for name, images in made.items():
    told = erased_and_invented(tumour, reader.find(images), people.patients, contrast_people.PIXEL_ML)
    share = np.nanmean([erased for erased, _ in told.values()])
    bright = images[tumour].mean() - images[healthy_brain].mean()
    print(f"{name:6}: {share:.0%} of the tumour erased, mean of {len(told)} patients;", end=" ")
    print(f"tumours are {bright:.2f} brighter than the rest of the brain (black to white is 2)")
shown = people.largest(3)
contrast_figures.rows_of_scans(
    {
        "T2": t2[shown],
        "FLAIR before": made["before"][shown],
        "FLAIR after": made["after"][shown],
        "FLAIR, real": flair[shown],
    },
    "Three patients: FLAIR from T2, before and after tumours were taken out of the target set, and the real FLAIR.",
    outlines=tumour[shown],
    outlined=["FLAIR, real"],
)

# %% [markdown]
# The tumours fade, and the reader misses more of them than before. (In the second row, half and half had erased the tumour already.) Not a line of code has changed, nor has any image of these patients. Twenty seconds on another *pile* were enough.
#
# ### The study
#
# `experiments/contrasts.py` trained the three CycleGANs from the beginning, with equally many targets. They differ in the target set alone. **Predict**: who erases most, and who invents most?

# %% tags=["nbval-check-output"]
for name, words in study.FLAIR.items():
    share, lost, invented, outside = (
        means[name, what] for what in ("found", "lost", "invented", "invented_ml")
    )
    print(f"{words:26} found {share.mean:3.0%} ({share.low:.0%} to {share.high:.0%}),", end=" ")
    print(f"lost in {100 * lost.mean:.0f}, invented in {100 * invented.mean:.0f}", end=" ")
    print(f"({100 * invented.low:.0f} to {100 * invented.high:.0f}) of 100; {outside.mean:.1f} mL outside")
erased_in = {name: study.of_method(table, name, "erased") for name in study.FLAIR}
invented_in = {name: study.of_method(table, name, "found_ml", lesion=False) for name in study.FLAIR}
contrast_figures.by_patient(
    {"patients with a tumour": erased_in, "healthy people": invented_in},
    study.FLAIR,
    ("share of the tumour that is not found", "mL of tumour found"),
    "What the reader finds in each kind of FLAIR.",
    limits=((0, 1), (0, 60)),
)

# %% [markdown]
# With healthy targets, the reader found next to nothing in anybody. With tumour targets, it found a tumour in every healthy person. These look like a cure for patients, for no tumour is lost; but they have the most findings outside of the tumour. Half and half is no cure: it erases *and* invents. From the same T2, in pairs, the reader finds almost as much as in the real FLAIR. (Only 18 people were healthy: see the wide intervals.)
#
# ### And the cycle?
#
# The cycle was meant to tie a translation to its patient. **Predict**: let the CycleGAN with healthy targets translate T2 to FLAIR, and back. Will the tumour be in this second T2?

# %% tags=["slow"]
healthy = pretrained.load("contrast/healthy")
erased = healthy.get_layer("to_b")(t2[..., None])
again = healthy.get_layer("to_a")(erased).numpy()[..., 0]
wrong = np.abs(again - t2)
print(f"error of the second T2: {wrong[tumour].mean():.2f} in tumours,", end=" ")
print(f"{wrong[healthy_brain].mean():.2f} in the rest of the brain")
print(f"tumours are {tumour.sum() / people.brain.sum():.0%} of the brain in these slices,", end=" ")
print(f"so the mean is {wrong[people.brain].mean():.2f}")
contrast_figures.rows_of_scans(
    {
        "T2": t2[shown],
        "FLAIR, made from it": erased.numpy()[..., 0][shown],
        "T2, made from that": again[shown],
        "FLAIR, real": flair[shown],
    },
    "Three patients: T2, the FLAIR that a CycleGAN with healthy targets makes of it, the T2 that it makes of this FLAIR, and the real FLAIR.",
    outlines=tumour[shown],
    outlined=["FLAIR, real"],
)

# %% [markdown]
# The tumour is gone for good. The cycle loss did notice: the error in tumours is far larger than elsewhere. But a tumour is a small part of an image, so the mean hardly rises, and it pays the translators more to fool the discriminators.
#
# A larger weight of the cycle is no way out. Chu and others (2017) found CycleGANs whose cycle loss is low although their translations lack what the way back needs: they *hide* it in patterns too fine to be seen, and became "masters of steganography". So a low cycle loss proves nothing.
#
# ## 4. Virtual contrast
#
# Another great hope is the T1ce without gadolinium, the contrast agent: made from T1, T2 and FLAIR, in pairs. Enhancement shows where the blood-brain barrier leaks. Do the other contrasts know where?
#
# ### Exercise 5: how much enhancement?
#
# A reader may err, so measure without one. Inside the part of the tumour that truly enhances, T1ce is brighter than T1. Compare with the rest of the same brain: the **difference** is the mean inside, less the mean of the rest. A virtual T1ce with the difference of T1 shows an enhancement of 0, and one with the difference of the real T1ce shows 1:
#
# $$\frac{\text{difference in the virtual T1ce} - \text{difference in T1}}{\text{difference in the real T1ce} - \text{difference in T1}}$$
#
# <details><summary>Hint</summary>
#
# `image[inside]` are the pixels where `inside` is true. A loop over `(t1, real, virtual)` saves writing the difference three times.
# </details>


# %% tags=["exercise"]
def enhancement(t1, real, virtual, inside, rest):
    """T1, T1ce and virtual T1ce (N, H, W); where the tumour enhances, and the brain without the tumour,
    both Boolean (N, H, W) -> the share of the enhancement, one number"""
    # 1. the difference in each of the three images
    # 2. the ratio
    return ...


# %% tags=["check"]
checks.enhancement(enhancement)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def enhancement(t1, real, virtual, inside, rest):
#     differences = []
#     for image in (t1, real, virtual):
#         differences.append(image[inside].mean() - image[rest].mean())
#     before, true, made = differences
#     return (made - before) / (true - before)
# ```
# </details>

# %% [markdown]
# **Predict** the share, from T1 alone and from all three.

# %% tags=["slow"]
enhancement = use(enhancement, otherwise=course.enhancement)
t1ce, rim = people.modality("t1ce"), people.seg == 4
three = people.images[..., [MODALITIES.index(name) for name in ("t1", "t2", "flair")]]
virtual = {
    "from T1": pretrained.load("contrast/t1-t1ce")(t1[..., None]).numpy()[..., 0],
    "from all three": pretrained.load("contrast/virtual-t1ce")(three).numpy()[..., 0],
}
for name, images in virtual.items():
    print(f"{name:14}: {enhancement(t1, t1ce, images, rim, healthy_brain):.0%} of the enhancement")
most = np.argsort(-rim.sum((1, 2)), kind="stable")[:3]
contrast_figures.rows_of_scans(
    {
        "T1": t1[most],
        "virtual, from T1": virtual["from T1"][most],
        "virtual, from all three": virtual["from all three"][most],
        "T1ce, real": t1ce[most],
    },
    "T1, virtual T1ce from T1 alone and from T1, T2 and FLAIR, and the real T1ce. The blue line is the part that truly enhances.",
    outlines=rim[most],
    outlined=["T1ce, real"],
)

# %% [markdown]
# Below 0, the enhancing part is even darker, relative to the rest of the brain, than it was on T1. Look at the pictures. From T1, the network paints a bright spot in the midline of the first patient, where nothing enhances, and in the third, both light up the dead core. And the reader? In the study, the segmenter gets all four contrasts, with the T1ce real, virtual, or missing, and looks for enhancing tumour.

# %% tags=["nbval-check-output"]
enhancing, ce = study.read_table("t1ce"), study.read_means("t1ce")
for name, words in study.T1CE.items():
    share, lost, invented = (ce[name, what] for what in ("found", "lost", "invented"))
    print(f"{words:30} found {share.mean:4.0%} ({share.low:.0%} to {share.high:.0%}),", end=" ")
    print(f"lost in {100 * lost.mean:3.0f}, invented in {100 * invented.mean:3.0f} of 100")
erased_in = {name: study.of_method(enhancing, name, "erased") for name in study.T1CE}
invented_in = {name: study.of_method(enhancing, name, "found_ml", lesion=False) for name in study.T1CE}
contrast_figures.by_patient(
    {"tumours that enhance": erased_in, "people in whom nothing enhances": invented_in},
    study.T1CE,
    ("share of it that is not found", "mL of enhancing tumour found"),
    "What the reader finds with each kind of T1ce.",
    limits=((0, 1), (0, 6)),
)

# %% [markdown]
# With a virtual T1ce, the reader finds a tenth to a fifth of the enhancing tumour. In about every sixth person in whom nothing enhances, it finds some. Phantoms may be harder than patients: their T1, T2 and FLAIR say little about where the barrier leaks. Others got further, with more: Calabrese and others (2021) simulated T1ce from eight other sequences of 400 patients with gliomas, and the enhancing tumour's Dice was 0.65. Kleesiek and others (2019) report a sensitivity of 92 % and a specificity of 91 %.
#
# ## 5. Real patients, and your bet
#
# All of these were phantoms. Here are the same networks on 20 real patients: eight of BraTS 2013, and twelve with a low-grade glioma, who have no T2.

# %% tags=["nbval-check-output"]
print(study.read_patients().round(2).to_string(index=False))

# %% [markdown]
# Healthy targets erase the tumours of patients, too, and from T2 in pairs, the reader finds as much as in the real FLAIR. And no virtual T1ce shows a tenth of the enhancing tumour. And your bet? The cell keeps the picture in the folder `kept`.

# %% tags=["slow"]
result = {name: tuple(100 * means[name, what].mean for what in ("lost", "invented")) for name in MY_BET}
path = Path("kept") / "55_my_bet.png"
contrast_figures.bet_card(
    MY_BET, result, study.FLAIR, path, "The bet and the study, for each kind of translated FLAIR."
)
print(f"Saved as {path}, beside this notebook.")

# %% [markdown]
# ## In practice
#
# **Before anybody reads a translated scan, ask:**
#
# 1. *Is what we look for in the input at all?* If T1 does not show it, no network will.
# 2. *Who was in the target set?* What share of them had the disease that we look for?
# 3. *Who measured lesions?* A mean error over the image hides them. Ask for what was erased and what was invented, patient by patient, with intervals.
# 4. *Is it labelled as synthetic?* In every slice, and in the report.
# 5. *What for?* As an input of a tool that was tested with such scans, a translation may do. For a diagnosis, scan again.
#
# - **With your own BraTS** (`GANCOURSE_DATA`), the pictures and the live training are of your patients; the translators and the tables stay those of phantoms.
# - **For research and teaching only**, and not for diagnosis or treatment.
#
# <details><summary>Fine print</summary>
#
# - Cohen and others argue from the loss and show it with CycleGANs on BraTS, whose target sets held 0 to 100 % of tumours; they recommend not to use such translations for direct interpretation.
# - Your live training has fresh discriminators, a batch of four, and images without a tumour both of healthy people and of patients. With `people.mixed` as targets, of which half show a tumour, the same training erased 31 %, less than before it. So it is the targets that erase.
# - The paper's discriminators want 1 and 0, where the course's want 1 and -1; a logit above 0 means "real" then.
# - The study's numbers are means over 107 people, where your cells have pixels of 11. Part of an enhancement below 0 is scale: each scan is scaled by its own brightest pixels.
# - The reader is a network, too. It was trained on phantoms with random contrasts left out, and never on a translation.
# - Conte and others (2021) translated T2 to FLAIR for a segmenter that needs all four contrasts. T2 shows oedema, and the segmentations stayed close to those with the real FLAIR.
# </details>
#
# ### Go further
# 1. Take the control: let `go_on` have `people.mixed` in place of `people.targets`.
# 2. Set `LAMBDA` in `unpaired_loop` to 50. Does a stronger cycle protect the tumour?
# 3. Translate healthy people there and back in section 3. Is their second T2 better?
#
# ### References
# - Zhu et al., *Unpaired image-to-image translation using cycle-consistent adversarial networks*, ICCV 2017, arXiv 1703.10593.
# - Cohen, Luck and Honari, *Distribution matching losses can hallucinate features in medical image translation*, MICCAI 2018, arXiv 1805.08841.
# - Chu, Zhmoginov and Sandler, *CycleGAN, a master of steganography*, 2017, arXiv 1712.02950.
# - Isola et al., *Image-to-image translation with conditional adversarial networks*, CVPR 2017, arXiv 1611.07004.
# - Mao et al., *Least squares generative adversarial networks*, ICCV 2017, arXiv 1611.04076.
# - Kleesiek et al., *Can virtual contrast enhancement in brain MRI replace gadolinium? A feasibility study*, Investigative Radiology 54 (2019).
# - Calabrese et al., *Feasibility of simulated postcontrast MRI of glioblastomas and lower-grade gliomas by using three-dimensional fully convolutional neural networks*, Radiology: Artificial Intelligence 3 (2021).
# - Conte et al., *Generative adversarial networks to synthesize missing T1 and FLAIR MRI sequences for use in a multisequence brain tumor segmentation model*, Radiology 299 (2021).
