# %% [markdown]
# # Segment tumours with pix2pix
#
# **Part 5 of the deck: Segmenting medical images.** To segment a tumour is to say for every pixel what it is. One can
# see this as translation: an MR slice goes in, a picture of labels comes out. **pix2pix** is the deck's network for
# translating pictures. A generator translates, and a discriminator looks whether the translation could be real.
#
# **What you'll do.** Build pix2pix' two networks and its losses; train it for half a minute; find out, patient by patient,
# whether the discriminator helps; see where it fails; run it backwards, from labels to MR, and
# catch it inventing things; and segment a whole patient.
#
# **What you'll learn.**
# - how labels become something that a network can paint;
# - what skip connections and patches are for;
# - how to compare two methods fairly: per patient, with intervals, against trivial baselines;
# - why small lesions score badly, what a missing scan does, and why a generated image proves nothing.
#
# **What you need.** Lessons 31 (volumes and labels) and 41 (what a GAN is). **Time:** 60 minutes. The code runs in about
# one.

# %% [markdown]
# The tools.

# %%
import os

import numpy as np
import pandas as pd
from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
import keras

from gancourse import losses, pretrained
from gancourse.cohort.scheme import MODALITIES
from gancourse.teaching import figures
from gancourse.teaching.figures import gan_figures
from gancourse.teaching.checks import lesson51 as checks

FULL = os.environ.get("GANCOURSE_PROFILE") == "full"  # train for longer, see section 3
keras.utils.set_random_seed(51)

# %% [markdown]
# ## 1. Segmentation as translation
#
# The slices of lesson 41, this time with their labels. Each is a pair: four MR contrasts of one place, and the truth.

# %%
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.teaching.data import lesson_data, slices_folder

folder = lesson_data()
slices = make_slices(find_subjects(folder)[:48], slices_folder(folder))
held_out = np.concatenate([slices.select("validation"), slices.select("test")])
images = np.asarray(slices.images[held_out], np.float32)  # (N, 64, 64, 4) in [-1, 1]
seg, tissue = (np.asarray(a[held_out]) for a in (slices.seg, slices.tissue))  # (N, 64, 64)
patients = slices.table["patient"].to_numpy()[held_out]
print(f"{len(held_out)} slices of {len(set(patients))} patients, held out from all training")

# %% [markdown]
# One of them. The label map beside it is a picture, too.

# %%
area = (seg == 4).sum((1, 2)) * (seg == 2).any((1, 2))
k = int(np.argmax(area))  # the slice with most enhancing tumour
four = {name: images[k, ..., c] for c, name in enumerate(MODALITIES)}
figures.montage(
    {**four, "the truth, over FLAIR": images[k, ..., 3]},
    "The four contrasts of a slice, and its tumour labels over FLAIR.",
    segs=[None] * 4 + [seg[k]],
    columns=5,
    width=1.9,
)

# %% [markdown]
# pix2pix needs pairs, and does not care what they show. The same networks can learn
#
# | direction | in | out |
# |---|---|---|
# | MR to tumour labels | four contrasts | necrosis (1), oedema (2), enhancing tumour (4) |
# | MR to tissue | one or four contrasts | CSF, grey matter, white matter |
# | labels to MR | tissue and tumour labels | a contrast, such as FLAIR |
#
# ### Labels are names, not amounts
# Could a network paint the label map as a grey picture with values 0, 1, 2 and 4? Then a pixel halfway between
# background (0) and enhancing tumour (4) would be 2: oedema. But labels are names. Halfway between a cat and
# a dog there is no rabbit. So the network paints **four pictures**, one for each class, and every pixel's four values are
# **probabilities** that add up to 1. The truth gets the same form: 1 in the picture of the pixel's class, 0 in the others.
#
# ### Exercise 1: one picture a class
# Turn BraTS' labels into four pictures, in the order background, 1, 2, 4.


# %% tags=["exercise"]
def to_classes(seg):
    """seg: (H, W), values 0, 1, 2, 4 -> (H, W, 4), 0 or 1."""
    return ...


# %% tags=["check"]
checks.to_classes(to_classes)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def to_classes(seg):
#     return np.stack([seg == label for label in (0, 1, 2, 4)], axis=-1).astype(float)
# ```
#
# BraTS has used no 3 since 2017. Who writes `np.eye(4)[seg]` gets an error for 4, and who writes `np.eye(5)[seg]` asks the
# network for a fifth class that nobody ever saw.
# </details>

# %% [markdown]
# ## 2. Two networks
#
# ### The U-Net: far-sighted and sharp-eyed
# To know whether a bright pixel is oedema, one must look far around it. So the generator halves the picture again
# and again, like the discriminator of lesson 41, and then doubles it again, like the generator there. Drawn in a
# line it is an hourglass. **Predict**: the waist is a picture of 2 x 2. What will the borders of the labels look like?

# %% tags=["nbval-check-output"]
from gancourse.networks.unet import down, up
from keras import layers

x = scans = keras.Input((64, 64, 4))
print("in:      ", x.shape[1:])
skips = []
for width in (16, 32, 64, 128, 128):
    x = down(x, width, norm=bool(skips))
    skips.append(x)
    print("halved:  ", x.shape[1:])
waist = skips.pop()
for width in (128, 64, 32, 16):
    x = layers.Concatenate()([up(x, width), skips.pop()])
    print("doubled: ", x.shape[1:], "half of it from the way down")
logits = layers.Conv2DTranspose(4, 4, 2, "same")(x)
print("out:     ", logits.shape[1:])
unet = keras.Model(scans, logits)
print(f"{unet.count_params():,} weights")

# %% [markdown]
# The waist holds 2 x 2 x 128 = 512 numbers about 4,096 pixels: it may know *what* there is, but not *where exactly*. Its
# borders would be blobs. So at every size the picture from the way down is laid beside the one on the way up: a
# **skip connection**. Fine detail goes straight across, and the waist says what it means. Turned upright, the drawing
# is a U: hence the name.
#
# The paper's own network is the same but wider and deeper, for 256 x 256 photos: 54.4 million weights. A laptop can train
# ours.
#
# ### The PatchGAN: a judge with a magnifying glass
# The judge of lesson 41 gave one verdict on a whole image. Here the other loss (below) already cares for the large
# shapes, and what is left to judge is whether things look right close up. So pix2pix' discriminator gives a verdict
# **for every patch**. It also sees the input beside the translation: a perfect tumour in the wrong brain is a fake. That
# makes the GAN **conditional**.

# %% tags=["nbval-check-output"]
from gancourse.networks.patchgan import build_patchgan

patchgan = build_patchgan(channels=4, map_channels=4, filters=(16, 32, 64))
verdicts = patchgan([np.zeros((1, 64, 64, 4)), np.zeros((1, 64, 64, 4))])
print(f"verdicts {verdicts.shape[1:3]}, {patchgan.count_params():,} weights")

# %% [markdown]
# 256 verdicts. **Predict**: how large is the patch that each of them sees? Its four convolutions look through windows of
# 4 x 4 pixels; the first two move by 2 pixels, the last two by 1.
#
# ### Exercise 2: the size of a patch
# Walk backwards. One verdict sees 4 pixels of the picture before it. If that picture's pixels each see a window of 4, and
# the windows lie `stride` pixels apart, how many pixels of the picture before do they see together?


# %% tags=["exercise"]
def patch_size(strides):
    """strides: of each 4 x 4 convolution, first to last, such as (2, 2, 1, 1) -> side of the patch in pixels."""
    return ...


# %% tags=["check"]
checks.patch_size(patch_size)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def patch_size(strides):
#     size = 1
#     for stride in reversed(strides):
#         size = (size - 1) * stride + 4
#     return size
# ```
#
# `size` windows of 4, each `stride` further than the one before: the last begins at `(size - 1) * stride`, and is 4 wide.
# (2, 2, 1, 1) gives 34. The paper's (2, 2, 2, 1, 1) gives its famous 70.
# </details>

# %% [markdown]
# ## 3. What they want, and how they learn
#
# ### Two wishes
# The generator has two wishes: to pass for real, as in lesson 41, and to be near the truth. For images the paper
# measures nearness by **L1**, the mean absolute difference, and weighs it with 100:
#
# $$\text{g\_loss} = \text{mean}\big[-\ln D(\text{input}, \text{translation})\big] + \lambda \cdot \text{mean}\,|\text{truth} - \text{translation}|$$
#
# For labels something else serves better: **cross-entropy**, the surprise of lesson 41 at the true class, plus **Dice**.
# **Predict** why the cross-entropy alone may be lazy: how often is a network right that says "background" everywhere?

# %% tags=["nbval-check-output"]
nothing = np.zeros_like(seg)
print(f"Pixels that are right if one finds no tumour at all: {np.mean(nothing == seg):.0%}")

# %% [markdown]
# Nearly always, and it found nothing. **Dice** does not count background that is right:
#
# $$\text{Dice} = \frac{2 \cdot \text{pixels that are tumour in both}}{\text{tumour pixels in the truth} + \text{tumour pixels found}}$$
#
# 1 is perfect, 0 has no pixel in common, and finding nothing gives 0. To learn from it, the network needs a slope, and a
# pixel that is found or not has none. The trick: put the **probability** in the place of found or not.
#
# ### Exercise 3: soft Dice
# Write Dice for one class with probabilities. Truth is 0 or 1.


# %% tags=["exercise"]
def soft_dice(truth, probability):
    """Two NumPy arrays of the same shape -> one number, 0 to 1."""
    return ...


# %% tags=["check"]
checks.soft_dice(soft_dice)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def soft_dice(truth, probability):
#     return 2 * np.sum(truth * probability) / (np.sum(truth) + np.sum(probability))
# ```
#
# No threshold: every bit of probability that moves to the right pixel counts. The loss is 1 minus this. The course's
# `losses.soft_dice_loss` takes the mean over the three tumour classes, and adds a pixel above and below the
# fraction, so that an empty slice does not divide 0 by 0.
# </details>

# %% [markdown]
# ### One round
# This is pix2pix, for labels, with everything that matters in sight.


# %%
def play_a_round(scans, labels, generator, discriminator, g_optimizer, d_optimizer):
    truth = losses.one_hot(labels, 4)
    with tf.GradientTape() as tape:  # the discriminator learns: scans with the truth, or with a translation
        fake = tf.nn.softmax(generator(scans, training=True))
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, fake], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
    d_variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(d_loss, d_variables), d_variables)

    with tf.GradientTape() as tape:  # the generator learns: pass for real, and be near the truth
        logits = generator(scans, training=True)
        fake_logits = discriminator([scans, tf.nn.softmax(logits)], training=True)
        g_loss = losses.generator_loss(fake_logits) + 10 * losses.label_loss(labels, logits)
    g_variables = generator.trainable_variables
    g_optimizer.apply(tape.gradient(g_loss, g_variables), g_variables)
    return float(d_loss), float(g_loss)


# %% [markdown]
# The discriminator sees probabilities from the generator and zeros and ones as the truth. **Predict**: which cheap trick will
# it learn first? Three rounds by hand:

# %% tags=["slow"]
from gancourse.training.translation import Translation, tumour_labels

recipe = Translation("mr-to-tumour", rate=1e-3, lambda_reconstruction=10)
optimizers = [keras.optimizers.Adam(1e-3, 0.5) for _ in range(2)]
for scans, labels in recipe.batches(slices).take(3):
    d_loss, g_loss = play_a_round(scans, labels, unet, patchgan, *optimizers)
    print(f"d_loss {d_loss:.2f}, g_loss {g_loss:.2f}")

# %% [markdown]
# The trick: real labels are crisp, and a young generator's are grey. That is the pressure the discriminator adds: be
# decided. Whether it also makes the labels *right* is another question; it has section 4 to itself.
#
# ### Half a minute
# `Pix2Pix` in `gancourse/gans/pix2pix.py` is the same round as a Keras model. We let it run for 25 seconds and keep what it says
# about one held-out slice. **Predict**: which label comes first, and which last? (`GANCOURSE_PROFILE=full` trains for 20 minutes.)

# %% tags=["slow"]
from gancourse.training.callbacks import StopAfter

model, kept = recipe.build(seed=0), {}


def keep(epoch, logs):
    kept[f"{10 * (epoch + 1)} rounds"] = tumour_labels(model(images[k : k + 1]))[0]


history = model.fit(
    recipe.batches(slices),
    steps_per_epoch=10,
    epochs=10_000,
    shuffle=False,
    verbose=0,
    callbacks=[StopAfter(1200 if FULL else 25), keras.callbacks.LambdaCallback(on_epoch_end=keep)],
).history
# %% tags=["slow"]
names = [list(kept)[i] for i in np.unique(np.geomspace(1, len(kept), 5).round().astype(int) - 1)]
figures.montage(
    [images[k, ..., 3]] * (len(names) + 1),
    "What the network says about one held-out slice, after more and more rounds, and the truth.",
    titles=[*names, "truth"],
    segs=[*(kept[name] for name in names), seg[k]],
    columns=6,
    width=1.6,
)

# %% [markdown]
# First comes "here is something", then which part is which. The enhancing part comes last, and on a busy computer not at all
# in half a minute.
#
# ## 4. Does the discriminator help?
#
# ### One number a patient
# A patient wants to know how well *her* tumour is outlined. So we take all slices of a patient together, compute one Dice,
# and then the mean over patients. Slices of one patient are alike; who counts slices fools himself about how much
# he has seen.
#
# ### Exercise 4: Dice over patients


# %% tags=["exercise"]
def mean_dice(truth, found, patients):
    """truth, found: (N, H, W) True or False; patients: (N,) names -> mean over patients of their Dice."""
    return ...


# %% tags=["check"]
checks.mean_dice(mean_dice)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def mean_dice(truth, found, patients):
#     each = []
#     for patient in np.unique(patients):
#         t, f = truth[patients == patient], found[patients == patient]
#         each.append(2 * np.sum(t & f) / (np.sum(t) + np.sum(f)))
#     return np.mean(each)
# ```
#
# All patients' pixels in one sum would let the largest tumour decide. And a patient without the region? The BraTS
# challenge gives 1 if nothing was found there, and 0 for a single wrong pixel. The course does the same.
# </details>

# %% [markdown]
# How far did your half minute come? Beside it, the same network after 4 passes over 512 patients (`pix2pix-tumour`).

# %% tags=["slow"]
from gancourse.training.translation import dice_of_patients

trained = pretrained.load("pix2pix-tumour")
for name, network in {"live": model, "trained": trained}.items():
    found = tumour_labels(network(images, training=False))
    whole = dice_of_patients(seg > 0, found > 0, patients)  # NaN for a patient without tumour
    rim = dice_of_patients(seg == 4, found == 4, patients)
    print(f"{name:8} whole tumour {np.nanmean(whole):.2f}, enhancing tumour {np.nanmean(rim):.2f}")

# %% [markdown]
# ### The experiment
# One training proves nothing: another seed gives another network. And a handful of patients proves little. So a script of
# the course (`experiments/pix2pix.py`, about half an hour) trained the same small U-Net **with and without the
# discriminator, three seeds each**, on 512 phantoms, and scored them on 107 others. Its table is small, and we read it here.
#
# Two **trivial baselines** must be beaten, or nothing was learned:
# - *most frequent place*: call tumour, in every brain, the pixels where training patients had it most often;
# - *FLAIR threshold*: call tumour whatever is brighter than some value. The value was chosen on training patients.
#
# **Predict** the order of the four, and the gap between the last two.

# %%
from gancourse.metrics.intervals import bootstrap, compare_paired
from gancourse.project import project_root

results = pd.read_csv(project_root() / "data" / "results" / "pix2pix.csv", keep_default_na=False)
sick = results[results["tumour_ml"] > 0]
whole = sick[sick["without"] == ""]  # all four contrasts given
dice = whole.groupby(["method", "patient"])[["WT", "TC", "ET"]].mean()  # of the seeds
methods = ["most frequent place", "FLAIR threshold", "U-Net", "U-Net + discriminator"]
print(f"{whole['patient'].nunique()} patients with a tumour")
figures.intervals(
    {name: bootstrap(dice.loc[name, "WT"], seed=0) for name in methods},
    "mean Dice over patients, whole tumour",
    "Mean Dice of the whole tumour with its 95 % interval over patients, for two trivial baselines, the U-Net, and the "
    "U-Net with a discriminator.",
)

# %% [markdown]
# The interval says how much the mean would change with other patients. Between the two networks we can ask more sharply,
# since they saw the **same** patients: take the difference in each patient, then its mean. That is a **paired** comparison.

# %% tags=["nbval-check-output"]
with_d, without_d = (dice.loc[name] for name in ("U-Net + discriminator", "U-Net"))
by_seed = whole.groupby(["method", "seed"])[["WT", "TC", "ET"]].mean()
print(f"{'with minus without':20}{'mean':>7}  95 % interval      p     seeds with, without")
for region in ("WT", "TC", "ET"):
    found = compare_paired(with_d[region], without_d[region], seed=0)
    seeds = [" ".join(f"{x:.3f}" for x in by_seed.loc[name, region]) for name in methods[:1:-1]]
    print(
        f"{region:20}{found.difference:+7.3f}  {found.low:+.3f} to {found.high:+.3f}  {found.p:.4f}  "
        f"{seeds[0]}, {seeds[1]}"
    )

# %% [markdown]
# All networks beat the trivial baselines clearly; the threshold is no fool, and a network that does not beat it is not worth
# its electricity. And the discriminator **did not help**: with it, all three regions are outlined a little worse. For whole tumour and
# enhancing tumour, every seed without it beats every seed with it, so it is not the luck of one training.
#
# Why? A discriminator is for targets with *many* good answers, such as photos. A tumour has one true outline, and the loss on labels
# knows it pixel by pixel. What the discriminator adds is another wish, to look like a tumour, and serving two masters costs a
# little. The paper found the same for photos to labels: L1 alone scored best. Mind what this does not show: one size of network, one
# weight ($\lambda = 10$), a short training, phantoms.
#
# ## 5. What fails, and why
#
# ### Tiny lesions
# **Predict**: a mask is right in size and shape, but lies one pixel too far to the left. What is its Dice, if it is 3, 10 or 30
# pixels wide?

# %% tags=["nbval-check-output"]
y, x = np.mgrid[-20:21, -20:21]
for width in (3, 10, 30):
    disc, moved = (np.hypot(y, x - shift) < width / 2 for shift in (0, 1))
    print(f"{width:2} pixels wide: Dice {2 * np.sum(disc & moved) / (2 * np.sum(disc)):.2f}")

# %% [markdown]
# The same mistake of one pixel, and a small lesion pays many times as much. Every border is uncertain by a pixel, and a small
# lesion is nearly all border. So Dice falls with size for *any* method. Now the trained network. Our patients' tumours are large, so we look at
# single slices, where a tumour begins and ends in a few pixels. (Slice by slice is right here: the question is about size, not patients.)

# %% tags=["slow"]
found = tumour_labels(trained(images, training=False))
number = np.arange(len(images))  # every slice on its own
groups = {
    name: (truth.sum((1, 2)), dice_of_patients(truth, guess, number))
    for name, truth, guess in (
        ("whole tumour", seg > 0, found > 0),
        ("enhancing tumour", seg == 4, found == 4),
    )
}
figures.sizes(
    groups,
    "pixels of it in the slice",
    "Dice against size, a dot a slice: the whole tumour, and its enhancing part.",
)

# %% tags=["slow"]
for name, (size, score) in groups.items():
    for low, high in ((1, 20), (20, 100), (100, 1000)):
        there = score[(size >= low) & (size < high)]
        middle = f", median Dice {np.median(there):.2f}" if len(there) else ""
        print(
            f"{name:17} {low:3} to {high - 1:3} pixels: {len(there):3} slices, {np.sum(there == 0)} missed{middle}"
        )

# %% [markdown]
# Below some 20 pixels Dice is scattered or 0: of the few slices with so little tumour about half were missed. Above 100 the dots
# lie close together. A mean over patients says nothing of this. So report small lesions apart, and say how many were missed.
#
# ### A missing scan
# Hospitals rarely have all four contrasts. **Predict**: which one does the network miss most for the whole tumour, and
# which for the enhancing part? The table blanks one at a time. The last rows are of a network that was *trained* with
# contrasts blanked at random.

# %% tags=["nbval-check-output"]
for method in ("U-Net", "U-Net, modalities dropped"):
    print(f"{method:26} whole tumour            enhancing tumour")
    for without in ("", *MODALITIES):
        chosen = sick[(sick["method"] == method) & (sick["without"] == without)]
        each = chosen.groupby("patient")[["WT", "ET"]].mean()
        row = [bootstrap(each[region], seed=0) for region in ("WT", "ET")]
        print(f"  {f'without {without}' if without else 'all four':20}", end="")
        print(*(f"    {mean:.2f} ({low:.2f} to {high:.2f})" for mean, low, high in row))

# %% [markdown]
# A network that always saw four contrasts loses much when one is gone; without FLAIR it finds almost nothing of the whole tumour.
# It never learned that a black picture means "not measured". The one that was trained with blanks (3 passes, where the others had
# 4) hardly minds for the whole tumour, unless FLAIR is gone. It pays when all four are there, most for the thin enhancing part:
# it had less time to learn more. And what only one contrast can tell is lost with it: without T1ce nobody knows what enhances.
# (An ET of 0.24 is what one gets for finding none at all: the challenge's 1 for each patient who has none.) The course's
# segmenter is trained with blanks, for much longer, and says which scans it had.
#
# ### Dropout left on
# **Dropout** sets half of a layer's values to 0 at random while training, so that no part relies on another. The paper leaves
# it on when the trained network is *used*: for a photo of a shoe there are many good paintings, and dropout is the
# paper's only dice. (The authors found that it changes little.) A tumour has one outline. **Predict**: what happens to a
# mask if one throws dice for every pixel's evidence?

# %% tags=["slow"]
for layer in trained.layers:
    if isinstance(layer, keras.layers.BatchNormalization):
        layer.trainable = False  # it keeps its stored averages; now dropout alone is random
runs = np.stack([tumour_labels(trained(images, training=True)) for _ in range(10)])
fixed = tumour_labels(trained(images, training=False))
disagree = (runs != fixed).mean(0)  # share of runs that say something else, in each pixel
figures.montage(
    [images[k, ..., 3]] * 3 + [4 * disagree[k] - 1, images[k, ..., 3]],
    "Two runs of one network on one slice with dropout left on, its answer with dropout off, where ten runs say something else "
    "than that (black: none, white: half of them), and the truth.",
    titles=["run 1", "run 2", "dropout off", "runs that disagree", "truth"],
    segs=[*runs[:2, k], fixed[k], None, seg[k]],
    columns=5,
    width=1.9,
    limits=(-1, 1),
)

# %% tags=["slow"]
for name, labels in {"whole tumour": (1, 2, 4), "enhancing tumour": (4,)}.items():
    truth = np.isin(seg, labels)
    off = dice_of_patients(truth, np.isin(fixed, labels), patients)
    on = np.stack([dice_of_patients(truth, np.isin(run, labels), patients) for run in runs])  # (10, patients)
    size = np.stack([np.isin(runs[:, patients == p], labels).sum((1, 2, 3)) for p in np.unique(patients)])
    spread = np.ptp(size, 1)[~np.isnan(off)] / size.mean(1)[~np.isnan(off)]
    print(f"{name}: Dice with dropout off {np.nanmean(off):.3f}, on {np.nanmean(on):.3f} (single runs)")
    print(f"   best and worst run of a patient: {np.nanmean(np.ptp(on, 0)):.3f} apart on average")
    print(
        f"   its volume: {np.median(spread):.1%} between runs in the median patient, {spread.max():.1%} at most"
    )

# %% [markdown]
# The mean Dice hardly moves, and that is why the habit goes unnoticed. But the mask now depends on chance: somebody measures a volume
# twice on one scan, gets two numbers, and takes the difference for growth. The course's `Pix2Pix` is deterministic when it is used. The
# share of runs is not useless: it marks where the network is unsure. Ask for it on purpose, and call it that.
#
# ## 6. The other way round: labels to MR
#
# Turn the pairs round: labels in, FLAIR out. The input has seven pictures: outside, CSF, grey and white matter, and
# the three tumour labels. The loss is the paper's own, L1, with or without the discriminator (`pix2pix-flair` and
# `pix2pix-flair-l1`). **Predict**: a label map says nothing about noise and fine texture. What will each of the two
# networks paint there?

# %% tags=["slow"]
from gancourse.training.translation import label_map

painters = {"L1 alone": "pix2pix-flair-l1", "L1 and discriminator": "pix2pix-flair"}
maps, flair = label_map(seg, tissue), images[..., 3]
paint = {name: pretrained.load(file)(maps, training=False).numpy()[..., 0] for name, file in painters.items()}
shown = [k, int(np.argmax((seg > 0).sum((1, 2))))]
tissue_map = np.where(seg > 0, 1, tissue / 3 * 1.4 - 1)
sets = {"labels in": tissue_map, **paint, "true FLAIR": flair}
gan_figures.grids(
    {name: pictures[shown] for name, pictures in sets.items()},
    "Label maps (tumour white), FLAIR painted from them by two networks, and the true FLAIR, of two held-out slices.",
    columns=1,
    width=2.2,
)

# %% [markdown]
# L1 paints each tissue in its mean brightness: where many answers are possible, the middle one costs least. The
# discriminator knows that real FLAIR is grainy, and asks for grain. But which grain? The label map does not say. So let us
# ask two things of the **fine detail** (the image minus its blurred self): how strong is what the discriminator *added* to
# the painting, against what was *missing* from it? And do the two agree (correlation 1), or have they nothing to do with
# each other (0)?

# %% tags=["slow"]
from scipy.ndimage import gaussian_filter


def detail(image):
    """What is finer than about two pixels, of slices (N, 64, 64)."""
    return image - gaussian_filter(image, (0, 1, 1))


smooth = paint["L1 alone"]
added, missing = detail(paint["L1 and discriminator"] - smooth), detail(flair - smooth)
for place, inside in {"whole brain": tissue > 0, "white matter": tissue == 3, "tumour": seg > 0}.items():
    masks = [inside & (patients == p)[:, None, None] for p in np.unique(patients)]
    masks = [mask for mask in masks if mask.any()]
    ratio = bootstrap([added[m].std() / missing[m].std() for m in masks], seed=0)
    same = bootstrap([np.corrcoef(added[m], missing[m])[0, 1] for m in masks], seed=0)
    print(
        f"{place:13} added by missing {ratio.mean:.2f} ({ratio.low:.2f} to {ratio.high:.2f}), "
        f"correlation {same.mean:.2f} ({same.low:.2f} to {same.high:.2f})"
    )

# %% [markdown]
# The discriminator made the network add more than half as much detail as was missing, and the two have little to do
# with each other. The painting looks more real and is no more true. That is **hallucination**, and it is no defect: it is what
# the loss asked for. Some of it is in the tumour: fine spots that could be taken for findings, and come from nowhere.
#
# ### It paints what it is told, and what it is used to
# Now take a slice **without** a tumour, and draw another patient's tumour labels into it. **Predict**: will the painting
# look ill?

# %% tags=["slow"]
healthy = np.flatnonzero((seg == 0).all((1, 2)))
well = healthy[np.argmax((tissue[healthy] > 0).sum((1, 2)))]
drawn = np.where(tissue[well] > 0, seg[k], 0)
both = label_map(np.stack([seg[well], drawn]), tissue[[well, well]])
painter = pretrained.load("pix2pix-flair")
told = painter(both, training=False).numpy()
figures.montage(
    {
        "the true FLAIR": flair[well],
        "painted from its labels": told[0, ..., 0],
        "a tumour drawn in": told[0, ..., 0],
        "painted from that": told[1, ..., 0],
    },
    "A slice without tumour: its true FLAIR, the painting from its labels, the tumour labels that we drew in, and the painting "
    "from those.",
    segs=[None, None, drawn, None],
    limits=(-1, 1),
)

# %% [markdown]
# A tumour that nobody has, and a radiologist would report it. The other way is as easy: leave the labels out, and the tumour
# is gone:

# %% tags=["slow"]
ill = np.flatnonzero((seg > 0).sum((1, 2)) > 50)
without = painter(label_map(0 * seg[ill], tissue[ill]), training=False).numpy()[..., 0]
edge, there = np.median(flair[seg == 2]), seg[ill] > 0  # half of the oedema is brighter than this
for name, image in {"true FLAIR": flair[ill], "tumour left out": without}.items():
    print(f"{name:16} {np.mean(image[there] > edge):.1%} of the tumour's pixels are as bright as oedema")

# %% [markdown]
# What is still as bright is no trace of the tumour: without its labels the network paints the whole brain brighter. Nothing in the
# picture says that anything was there.

# %% [markdown]
# ## 7. A patient
#
# The networks above are for learning: small, coarse, and trained on one kind of phantom. The course's **segmenter** is the same
# idea with more of everything: 1 mm pixels, two heads (tumour and tissue), phantoms varied far beyond reality, contrasts
# blanked in training, and hours instead of minutes. It has no discriminator, for the reason that section 4 gives. It takes a
# patient as the hospital gives one: any grid, any of the four contrasts. Here is a held-out phantom, with the overlay that one
# would show; with `GANCOURSE_PATIENT` set (lesson 31), a real patient follows.

# %% tags=["slow"]
from gancourse.segmentation import segmenter
from gancourse.segmentation.patient import segment
from gancourse.teaching.data import real_subject

network = segmenter.load()
phantom = next(s for s in find_subjects(folder) if s.patient == patients[k])
for subject in filter(None, (phantom, real_subject())):
    found = segment(subject, network)
    z = int(np.argmax((found.seg > 0).sum((0, 1))))
    scan, labels = figures.view(subject.load(found.present[-1]), index=z), {"segmenter": found.seg}
    if subject.seg_path:
        labels["truth"] = subject.seg()
    figures.montage(
        {found.present[-1]: scan} | {name: scan for name in labels},
        f"{subject.id}: the slice with most tumour, with the labels of the course's segmenter, and the truth where known.",
        segs=[None, *(figures.view(volume, index=z) for volume in labels.values())],
        columns=3,
        width=2.8,
    )
    print(
        "mL:",
        {name: round(ml, 1) for name, ml in found.volumes_ml.items()},
        "missing:",
        found.missing or "nothing",
    )

# %% [markdown]
# Look at the core that does not enhance first: that is where the two differ most, since the segmenter takes a part of it for oedema.
# The volumes count every slice, not only this one.
#
# From the command line it is one line, `gancourse segment FOLDER -o labels.nii.gz --figure overlay.png`, which also prints how
# far each volume was off on held-out phantoms. The model card (`gancourse/weights/segmenter.json`) has all that was measured: by
# region, with fewer contrasts, and what was *not* measured.

# %% [markdown]
# ## In practice
# - **Phantoms are not people.** These small networks saw phantoms of the `realistic` kind only, at 3.25 mm a pixel. Their numbers
#   rank methods; they promise nothing for patients. The shipped segmenter, made for patients, has its own model card.
# - **For research and teaching only.** No mask here is a diagnosis or a measurement.
# - **Never trust a generated scan as evidence.** Section 6 put a tumour into a brain and took spots out of others, without a trace.
#   If scans are translated before a network or a physician reads them (to fill in a missing contrast, say), that is where
#   findings appear and vanish.
# - **Compare on the same patients, in pairs, with an interval**, and say how many seeds. "Better by 0.01" from one training is
#   noise.
# - **Report small lesions apart.** A mean Dice over patients hides them.
# - **Nothing random at test time.** The course's `Pix2Pix` leaves dropout and batch statistics off when used: the same scan gives the
#   same mask, alone or in a batch.
# - **Part of the brain only.** These Dice values are of the slices between 45 and 80 % of the brain's height, where lesson 31's slices
#   are cut. A challenge scores the whole volume.
# - **The clock.** The live training stops by time, so a busy computer shows an earlier stage, and two runs differ.
#
# ### Go further
# - Train your own direction: `gancourse train pix2pix --direction mr-to-tissue --data data/slices-phantoms --out runs/tissue --minutes 20`,
#   with `--no-discriminator`, or `--modality t1`. Run it again and it goes on. `--set width=32` makes it wider.
# - Paint another contrast: `--direction labels-to-mr --modality t1ce`. Does the rim enhance where label 4 is?
# - Repeat the experiment, or with `lambda_reconstruction=1`, so that the discriminator has more to say:
#   `python experiments/pix2pix.py`.
# - Change the drawn tumour in section 6: a rim (4) without a core (1). What does the painter do with anatomy it never saw?
#
# ### References
# - Isola, Zhu, Zhou and Efros (2017), *Image-to-image translation with conditional adversarial networks*, arXiv 1611.07004: pix2pix.
# - Ronneberger, Fischer and Brox (2015), *U-Net*, arXiv 1505.04597.
# - Milletari, Navab and Ahmadi (2016), *V-Net*, arXiv 1606.04797: Dice as a loss.
# - Cirillo, Abramian and Eklund (2020), *Vox2Vox: 3D-GAN for brain tumour segmentation*, arXiv 2003.13653: pix2pix in 3-D, on BraTS.
# - Cohen, Luck and Honari (2018), *Distribution matching losses can hallucinate features in medical image translation*, arXiv
#   1805.08841.
# - Reinke et al. (2024), *Understanding metric-related pitfalls in image analysis validation*, Nature Methods 21: Dice and small
#   structures, among others.
# - Menze et al. (2015), *The multimodal brain tumor image segmentation benchmark (BRATS)*, IEEE TMI 34.
