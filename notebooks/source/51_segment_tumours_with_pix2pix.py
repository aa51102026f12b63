# %% [markdown]
# # Segment tumours with pix2pix
#
# **Part 5 of the deck: Segmentation of Medical Images with GANs.** The deck shows a web page on which you draw the outline of a cat, and a
# network paints the cat. That network is **pix2pix**, a GAN that translates one image into another. In a minute you will draw a tumour, and
# pix2pix will paint the MR slice. Then you build pix2pix yourself and train it to turn MR into labels. That is segmentation.
#
# **What you'll do.** Write the U-Net and both losses, train for half a minute, and let your own network search for the tumour that you
# drew.
#
# **What you'll learn.**
# - what skip connections carry, and why the discriminator judges patches;
# - how the generator's loss balances looking real against being correct;
# - whether a discriminator makes a segmentation better;
# - why a generated scan is not evidence.
#
# **What you need.** Lessons 31 (volumes and labels) and 41 (how a GAN is trained). **Time:** 60 minutes, about one of them computing time.

# %%
import time
from pathlib import Path

import numpy as np
import pandas as pd
from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
import keras
from keras import layers

from gancourse import pretrained
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.scheme import MODALITIES, REGIONS
from gancourse.cohort.slices import make_slices
from gancourse.teaching import figures
from gancourse.teaching.checks import lesson51 as checks, use
from gancourse.teaching.clock import live_seconds
from gancourse.teaching.data import lesson_data, slices_folder
from gancourse.teaching.material import pix2pix_parts as course
from gancourse.teaching.material.drawn_tumour import draw_tumour
from gancourse.training.translation import dice_of_patients, label_map, tumour_labels

keras.utils.set_random_seed(51)

# %% [markdown]
# To paint, the network needs a tissue map, and only the phantoms have one. Segmentation needs none; with `GANCOURSE_DATA` set, it uses your
# own BraTS folder.


# %%
def open_slices(folder):
    """All slices, and the arrays of those held out from training: MR, tumour labels, tissue labels, patients."""
    slices = make_slices(find_subjects(folder)[:48], slices_folder(folder))
    rows = np.concatenate([slices.select(split, "tumour_px >= 0") for split in ("validation", "test")])
    images = np.asarray(slices.images[rows], np.float32)  # (N, 64, 64, 4) in [-1, 1]
    return slices, images, slices.seg[rows], slices.tissue[rows], slices.table["patient"].to_numpy()[rows]


paintable = lesson_data(subjects=20, modalities=MODALITIES, tissue=True)
paint_slices, paint_images, paint_seg, tissue, paint_patients = open_slices(paintable)
slices, images, seg, _, patients = open_slices(lesson_data(subjects=20, modalities=MODALITIES))
print(f"held out from training: {len(images)} slices of {len(set(patients))} patients")

# %% [markdown]
# ## Draw a tumour
#
# Here is the tissue map of a phantom slice without a tumour: fluid is dark, grey matter grey, white matter white. You draw a tumour over
# it, with oedema that spreads in white matter. From both, a trained network paints FLAIR, the contrast in which oedema is bright. **Change
# the three numbers and rerun the cell several times.** Move the tumour to the other side, for example with column 22. Keep its middle
# inside the brain and its radius between 3 and 8: the network paints huge tumours badly. Section 6 uses your last drawing.

# %%
ROW, COLUMN, RADIUS = 30, 43, 5  # in pixels, 0 to 63; a pixel is 3.25 mm

healthy = np.flatnonzero((paint_seg == 0).all((1, 2)))
well = healthy[np.argmax((tissue[healthy] > 0).sum((1, 2)))]  # the largest brain among them
drawn = draw_tumour(tissue[well], (ROW, COLUMN), RADIUS)
painter = pretrained.load("pix2pix-flair")


def paint(network, seg, tissue):
    """Label maps (N, 64, 64) -> FLAIR (N, 64, 64)."""
    return network(label_map(seg, tissue), training=False).numpy()[..., 0]


painted = paint(painter, np.stack([0 * drawn, drawn]), tissue[[well, well]])
labels_in = tissue[well] / 1.5 - 1
figures.montage(
    {"labels in": labels_in, "FLAIR out": painted[1], "without the tumour": painted[0]},
    "The drawn tumour over the tissue map of a phantom; the FLAIR slice that the network paints from it; and the one without tumour.",
    segs=[drawn, None, None],
    width=3.0,
    limits=(-1, 1),
)

# %% [markdown]
# The network follows your drawing, although no patient had this tumour. Now look at the other half of the brain: with the tumour it turns
# darker. Guess why, and write it down. Section 5 has the answer.
#
# ## 1. A generator that keeps the detail
#
# pix2pix learns from **pairs** of images, whatever they show. The NVIDIA lab on which the deck is based translates T1 into tissue labels
# and back. We use tumour labels instead: four contrasts go in, and one label per pixel should come out.

# %%
area = np.stack([(seg == label).sum((1, 2)) for label in (1, 2, 4)])  # (3, N)
k = int(np.argmax(area.min(axis=0)))  # a slice that shows all three parts well
four = {name: images[k, ..., c] for c, name in enumerate(MODALITIES)}
figures.montage(
    {**four, "the labels, over FLAIR": images[k, ..., 3]},
    "The four contrasts of a held-out slice, and its tumour labels: core (NCR/NET), oedema (ED), enhancing tumour (ET).",
    segs=[None] * 4 + [seg[k]],
    columns=3,
    width=2.7,
)

# %% [markdown]
# Labels are categories, not quantities: oedema (2) is not halfway between background (0) and enhancing tumour (4). So the network does not
# paint grey values. It gives four **probabilities** per pixel, for background, 1, 2 and 4. The truth is written in the same form, as 1 for
# the pixel's class and 0 for the others.
#
# To decide whether a bright pixel is oedema, the network has to see a wide area around it. So it halves the image size five times, and then
# doubles it five times. This function halves it:


# %%
def down(x, filters):
    """(B, H, W, C) -> (B, H/2, W/2, filters)"""
    x = layers.Conv2D(filters, 4, 2, "same", use_bias=False)(x)  # 4 x 4 kernels; stride 2: every other pixel
    x = layers.BatchNormalization(momentum=0.9)(
        x
    )  # makes a bias superfluous; momentum: memory of its averages
    return layers.LeakyReLU(0.2)(x)


# %% [markdown]
# **Predict.** In the middle, 2 x 2 pixels with 128 channels are left: 512 numbers for 4,096 pixels. If the labels were drawn from these
# alone, what would their borders look like? (Section 3 shows it.)
#
# The middle can hold *what* there is, but hardly *where exactly*. The **U-Net** therefore concatenates each feature map (picture) from the
# way down with the feature map of the same size on the way up. This link is a **skip connection**.
#
# ### Exercise 1: the block on the way up
# `skips` holds the pictures from the way down by their size: `skips[32]` is 32 x 32 pixels, `skips[16]` is 16 x 16, and so on.
#
# <details><summary>Hint</summary>
#
# `layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)` doubles the size. Write the other two layers as in `down`. The size of
# a picture is `x.shape[1]`. `layers.Concatenate()([a, b])` lays two pictures beside each other, channel after channel.
# </details>


# %% tags=["exercise"]
def up_block(x, skips, filters):
    """x: (B, H, W, C) -> (B, 2H, 2W, filters + channels of the skip)"""
    # double the size by a transposed convolution with 4 x 4 kernels and stride 2
    # normalise (BatchNormalization)
    # activate (ReLU)
    # concatenate the skip that is as large as x is now
    return ...


# %% tags=["check"]
checks.up_block(up_block)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def up_block(x, skips, filters):
#     x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)
#     x = layers.BatchNormalization(momentum=0.9)(x)
#     x = layers.ReLU()(x)
#     skip = skips[x.shape[1]]
#     return layers.Concatenate()([x, skip])
# ```
#
# If you added the skip instead, the next layer could no longer tell the two apart.
# </details>

# %% [markdown]
# ### Exercise 2: the whole U-Net
# Put the blocks together. `block` is your `up_block`, or any function with the same arguments (section 3 passes another).
#
# <details><summary>Hint</summary>
#
# Two loops. In the first, `x = down(x, filters)` and then `skips[x.shape[1]] = x`. In the second, `x = block(x, skips, filters)`.
# </details>


# %% tags=["exercise"]
def build_unet(channels, classes, block):
    """-> keras.Model: images (B, 64, 64, channels) -> probabilities (B, 64, 64, classes)"""
    # images: keras.Input((64, 64, channels))
    # way down: halve with 16, 32, 64, 128 and 128 filters; keep each picture in the dictionary `skips`, under its size
    # way up: call block(x, skips, filters) with 128, 64, 32 and 16 filters
    # last: one transposed convolution (classes, 4, 2, "same", activation="softmax") -> probabilities
    # and return keras.Model(images, probabilities)
    return ...


# %% tags=["check"]
checks.build_unet(build_unet)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def build_unet(channels, classes, block):
#     images = keras.Input((64, 64, channels))
#     x, skips = images, {}
#     for filters in (16, 32, 64, 128, 128):
#         x = down(x, filters)
#         skips[x.shape[1]] = x
#     for filters in (128, 64, 32, 16):
#         x = block(x, skips, filters)
#     probabilities = layers.Conv2DTranspose(classes, 4, 2, "same", activation="softmax")(x)
#     return keras.Model(images, probabilities)
# ```
#
# A **softmax** makes the values of a pixel positive and makes them add up to 1.
# </details>

# %% [markdown]
# Build it:

# %% tags=["nbval-check-output"]
up_block = use(up_block, otherwise=course.up_block)
build_unet = use(build_unet, otherwise=course.build_unet)
generator = build_unet(4, 4, up_block)
for layer in generator.layers:
    if isinstance(layer, layers.Concatenate):
        print("after a skip:", tuple(layer.output.shape[1:]))
print("out:         ", generator.output_shape[1:], f"  {generator.count_params():,} weights")

# %% [markdown]
# ## 2. A discriminator for every patch
#
# The discriminator of lesson 41 judged a whole image with one number. In pix2pix the generator's loss also compares the output with the
# truth (section 3), so the discriminator judges only local detail. It gives one logit **per patch** and is called a **PatchGAN**. It sees
# the scan beside the labels, because labels that are perfect for another patient's scan must count as fake. A GAN whose networks are given
# such an input is a **conditional GAN**.
#
# **Predict.** Its four convolutions have 4 x 4 kernels, and the first two have stride 2. How many pixels wide is the patch behind one
# logit?

# %% tags=["nbval-check-output"]
discriminator = keras.Sequential([
    keras.Input((64, 64, 4 + 4)),  # four contrasts and four classes, side by side
    layers.Conv2D(16, 4, 2, "same"), layers.LeakyReLU(0.2),
    layers.Conv2D(32, 4, 2, "same"), layers.LeakyReLU(0.2),
    layers.Conv2D(64, 4, 1, "same"), layers.LeakyReLU(0.2),
    layers.Conv2D(1, 4, 1, "same"),
])  # fmt: skip
pair = tf.Variable(tf.random.normal((1, 64, 64, 8)))
with tf.GradientTape() as tape:
    logit = discriminator(pair)[0, 8, 8, 0]
# A pixel lies in the patch if changing it changes the logit, that is, if the gradient is not 0 there.
seen = np.any(tape.gradient(logit, pair).numpy() != 0, axis=(0, 3)).any(0).sum()  # its width
print(f"logits {discriminator.output_shape[1:3]}, each of a patch {seen} pixels wide")

# %% [markdown]
# Counted back layer by layer, the patch is 4, 7, 16 and 34 pixels wide. In the paper's deeper discriminator it is 70.
#
# ### Exercise 3: the discriminator's loss
# With $x$ for the scans, $y$ for the truth and $G(x)$ for the generator's output, the loss is
#
# $$\text{d\_loss} = \tfrac12 \Big( \text{mean}\big[-\ln D(x, y)\big] + \text{mean}\big[-\ln(1 - D(x, G(x)))\big] \Big)$$
#
# Each mean is taken over all patches of the batch.
#
# <details><summary>Hint</summary>
#
# `tf.concat([scans, truth], axis=-1)` lays scans and a map side by side. For a logit $l$, $-\ln D$ is `tf.nn.softplus(-l)` and
# $-\ln(1 - D)$ is `tf.nn.softplus(l)`.
# </details>


# %% tags=["exercise"]
def patch_d_loss(discriminator, scans, truth, output):
    """scans, truth, output: (B, H, W, 4) each; discriminator(scans beside a map) -> logits (B, h, w, 1)"""
    # logits of the scans beside the truth, and of the scans beside the output
    # real_loss: the first should be called real
    # fake_loss: the second should be called fake
    return ...


# %% tags=["check"]
checks.patch_d_loss(patch_d_loss)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def patch_d_loss(discriminator, scans, truth, output):
#     real_logits = discriminator(tf.concat([scans, truth], axis=-1))  # (B, h, w, 1)
#     fake_logits = discriminator(tf.concat([scans, output], axis=-1))
#     real_loss = tf.reduce_mean(tf.nn.softplus(-real_logits))
#     fake_loss = tf.reduce_mean(tf.nn.softplus(fake_logits))
#     return (real_loss + fake_loss) / 2
# ```
#
# The paper halves this loss to slow the discriminator down. With the optimiser Adam, which we use, a constant factor changes almost
# nothing.
# </details>

# %% [markdown]
# ## 3. What the generator is rewarded for
#
# The output should look real and be close to the truth. The paper and NVIDIA's lab measure closeness by **L1**, the mean absolute
# difference, and weight it by $\lambda = 100$. For labels we chose **cross-entropy**, the surprise at the true class. **Predict**: for what
# fraction of pixels would a network that always answers "background" be right?

# %% tags=["nbval-check-output"]
print(f"background: {np.mean(seg == 0):.0%} of all held-out pixels")

# %% [markdown]
# Such a network is nearly always right, and finds no tumour. So we add **Dice**, which ignores correct background. Dice is the overlap of
# two regions: twice what they share, over the sum of both. It is 1 for a perfect outline and 0 for no overlap. Computed from probabilities
# instead of hard labels, it is differentiable.
#
# ### Exercise 4: the generator's loss
#
# $$\text{g\_loss} = \text{mean}\big[-\ln D(x, G(x))\big] + \lambda \cdot \big( \text{cross-entropy} + 1 - \text{Dice} \big)$$
#
# - The cross-entropy is the mean over pixels of $-\sum_c y_c \ln(p_c + 10^{-7})$, where $c$ runs over the four classes.
# - Dice is the mean over the three tumour classes of $(2 \sum y_c p_c + 1) / (\sum (y_c + p_c) + 1)$, where each sum runs over all pixels
#   of the batch. Thanks to the 1, a class that is absent costs nothing.
#
# <details><summary>Hint</summary>
#
# `tf.reduce_sum(truth * output, axis=(0, 1, 2))` sums over the batch and all pixels, and leaves one number per class. `[1:]` leaves
# background out.
# </details>


# %% tags=["exercise"]
def pix2pix_g_loss(fake_logits, truth, output, lam):
    """fake_logits (B, h, w, 1); truth: 0 or 1, output: probabilities, (B, H, W, 4) -> one number"""
    # adversarial: the patches should be called real
    # cross_entropy at each pixel, shape (B, H, W); then its mean
    # dice: for each tumour class, what both share and the sum of both; then the mean
    return ...


# %% tags=["check"]
checks.pix2pix_g_loss(pix2pix_g_loss)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def pix2pix_g_loss(fake_logits, truth, output, lam):
#     adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
#     surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)  # (B, H, W)
#     cross_entropy = tf.reduce_mean(surprise)
#     both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]  # (3,)
#     each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
#     dice = tf.reduce_mean((2 * both + 1) / (each + 1))
#     return adversarial + lam * (cross_entropy + 1 - dice)
# ```
# </details>

# %% [markdown]
# ### One training step
# Each loss is differentiated with respect to the weights of its own network only. We chose $\lambda = 10$ and did not tune it.

# %%
patch_d_loss = use(patch_d_loss, otherwise=course.patch_d_loss)
pix2pix_g_loss = use(pix2pix_g_loss, otherwise=course.pix2pix_g_loss)
g_optimizer, d_optimizer = keras.optimizers.Adam(1e-3, 0.5), keras.optimizers.Adam(1e-3, 0.5)


@tf.function
def train_step(scans, truth):
    with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
        output = generator(scans, training=True)  # (B, 64, 64, 4), probabilities
        d_loss = patch_d_loss(discriminator, scans, truth, output)
        fake_logits = discriminator(tf.concat([scans, output], axis=-1))  # (B, 16, 16, 1)
        g_loss = pix2pix_g_loss(fake_logits, truth, output, 10.0)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss


# %% [markdown]
# Now train for 30 seconds. In half of each batch all contrasts but FLAIR are blanked, so that the network also learns to work from FLAIR
# alone, which you will need at the end. **Predict**: which label does it find first, and which last?


# %% tags=["slow"]
def to_pair(images, seg):
    """Blank three contrasts in half of the batch; labels (16, 64, 64, 1) -> truth (16, 64, 64, 4)."""
    only_flair = tf.where([False, False, False, True], images[8:], -1.0)
    truth = seg == tf.constant([0, 1, 2, 4], seg.dtype)
    return tf.concat([images[:8], only_flair], axis=0), tf.cast(truth, tf.float32)


batches = slices.dataset("train", MODALITIES, 16, seed=0, seg=True, repeat=True, flip=True).map(to_pair)
kept, end = {}, time.monotonic() + live_seconds(30)
for step, (scans, truth) in enumerate(batches, start=1):
    d_loss, g_loss = train_step(scans, truth)
    late = time.monotonic() > end
    if step in (10, 40, 120) or late:
        kept[step] = tumour_labels(generator(images[k : k + 1], training=False))[0]
        print(f"step {step:4}: d_loss {d_loss:.2f}, g_loss {g_loss:.2f}")
    if late:
        break
figures.montage(
    [images[k, ..., 3]] * (len(kept) + 1),
    "The generator's labels for one held-out slice after more and more training steps, and the truth.",
    titles=[*(f"step {step}" for step in kept), "truth"],
    segs=[*kept.values(), seg[k]],
    columns=3,
    width=2.7,
)

# %% [markdown]
# Read `d_loss` first. At $\ln 2 = 0.69$ the discriminator only guesses; near 0 it recognises nearly every fake. A picture without labels
# shows the trap from above: background everywhere. Usually the network then finds the tumour as a whole. Its parts come later, and on a
# slow computer they may not appear within 30 seconds. Rerun the cell to train the network further.
#
# How good are the labels? Dice is computed **per patient**, over all of the patient's slices, and then averaged, because slices of one
# patient are alike. For comparison, the course's own network (512 training patients) is scored too. WT is the whole tumour, TC the tumour
# without oedema, ET the enhancing part. Two methods cannot be ranked on so few patients.

# %% tags=["slow"]
print("held-out patients with a tumour:", len(np.unique(patients[(seg > 0).any((1, 2))])))
for name, network in {"yours": generator, "pix2pix-tumour": pretrained.load("pix2pix-tumour")}.items():
    found = tumour_labels(network(images, training=False))
    print(f"{name:15}", end="")
    for region, values in REGIONS.items():
        scores = dice_of_patients(np.isin(seg, values), np.isin(found, values), patients)  # NaN: has none
        print(f"  {region} {np.mean(scores[~np.isnan(scores)]):.2f}", end="")
    print()

# %% [markdown]
# ### What do the skips carry?
# Since `build_unet` takes any block, you can build a second network with the same weights and coarsen its skips: each skip is reduced to a
# grid of 8 x 8 (or 4 x 4) cells. **Predict** the labels.


# %% tags=["slow"]
def coarsened(size):
    """The trained generator's labels if its skips hold nothing finer than size x size squares."""

    def coarse(skip):
        n = max(1, skip.shape[1] // size)
        return layers.UpSampling2D(n)(layers.AveragePooling2D(n)(skip))

    def block(x, skips, filters):
        return up_block(x, {side: coarse(skip) for side, skip in skips.items()}, filters)

    network = build_unet(4, 4, block)
    network.set_weights(generator.get_weights())
    return tumour_labels(network(images[k : k + 1], training=False))[0]


sizes = {"skips as trained": 32, "skips of 8 x 8": 8, "skips of 4 x 4": 4}
figures.montage(
    {name: images[k, ..., 3] for name in sizes},
    "The trained generator's labels with its skips, and with skips that hold nothing finer than 8 x 8 and 4 x 4 squares.",
    segs=[coarsened(size) for size in sizes.values()],
    width=2.7,
)

# %% [markdown]
# The place stays roughly right, but the outline becomes coarse, and parts of the tumour are lost: the borders came through the skips.
#
# <details><summary>Fine print</summary>
#
# The comparison is a little unfair, because the network was never trained with such skips. A network trained without skips would learn to
# pack more into its middle. After a short training, 4 x 4 cells may lose nearly the whole tumour.
# </details>
#
# ## 4. Does the discriminator help?
#
# One training run cannot answer this. `experiments/pix2pix.py` trained the same U-Net three times with and three times without a
# discriminator, and scored them on 89 other phantom patients with a tumour. Two simple rules are compared too: label the pixels that were
# most often tumour in training patients, or whatever exceeds a threshold in FLAIR. **Predict** the order of the four.

# %%
from gancourse.metrics.intervals import bootstrap, compare_paired
from gancourse.project import project_root

results = pd.read_csv(project_root() / "data" / "results" / "pix2pix.csv", keep_default_na=False)
complete = results[
    (results["tumour_ml"] > 0) & (results["without"] == "")
]  # a tumour, and all contrasts given
dice = complete.groupby(["method", "patient"])["WT"].mean()  # of the three runs
methods = ["most frequent place", "FLAIR threshold", "U-Net", "U-Net + discriminator"]
figures.intervals(
    {name: bootstrap(dice[name], seed=0) for name in methods},
    "mean Dice over patients, whole tumour",
    "Mean Dice of the whole tumour for two simple rules, the U-Net, and the U-Net with a discriminator; bars: 95 % intervals.",
)

# %% tags=["nbval-check-output"]
gain = compare_paired(dice["U-Net + discriminator"], dice["U-Net"], seed=0)
print(f"with minus without discriminator: {gain.difference:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})")

# %% [markdown]
# From worst to best, the order is most frequent place, FLAIR threshold, U-Net with a discriminator, U-Net without. The discriminator did
# **not** help. A likely reason is that a discriminator helps where many answers are good. Here only one outline is correct, and the
# cross-entropy and Dice terms already demand it. The paper found the same from photos to labels: L1 alone scored best.
#
# <details><summary>Fine print</summary>
#
# Mind the limits: one network size, one $\lambda$, short training, phantoms only. The interval comes from resampling the 89 patients. The
# difference is taken within each patient first, which gives a narrower interval than comparing two means. With `TC` or `ET` in place of
# `WT`, the same calculation gives -0.027 and -0.043. Dice also falls as lesions shrink: an outline that is shifted by one pixel costs a
# small lesion most of its overlap. So report small lesions separately, and count those that were missed. (Reinke et al. 2024,
# *Understanding metric-related pitfalls in image analysis validation*, Nature Methods 21.)
# </details>
#
# ## 5. Labels to MR: what is painted, and what is made up
#
# The painter from the opening was trained with L1 and a discriminator, a second painter with L1 alone. Labels say nothing about noise and
# fine texture. **Predict** how each network paints them.

# %%
from scipy.ndimage import gaussian_filter

smooth_painter, flair = pretrained.load("pix2pix-flair-l1"), paint_images[..., 3]
paintings = {name: paint(net, paint_seg, tissue) for name, net in (("L1", smooth_painter), ("GAN", painter))}
core, oedema, enhancing = (np.sum(paint_seg == label, axis=(1, 2)) for label in (1, 2, 4))
show = int(np.argmax(oedema * enhancing / (1 + core)))  # oedema around a little enhancing tumour
figures.montage(
    {
        "labels in": tissue[show] / 1.5 - 1,
        "L1 alone": paintings["L1"][show],
        "L1 + discriminator": paintings["GAN"][show],
        "true FLAIR of the phantom": flair[show],
    },
    "Labels of a held-out phantom slice, FLAIR painted from them by two networks, and the true FLAIR.",
    segs=[paint_seg[show], None, None, None],
    columns=2,
    width=4.0,
    limits=(-1, 1),
)

# %% [markdown]
# L1 alone paints every tissue evenly: where many answers are possible, the median answer has the lowest L1 loss. With a discriminator the
# generator adds fine stripes and grain, faintly visible here. Is this the *right* detail? The next cell compares the fine detail that was
# added with the detail that was missing.


# %% tags=["nbval-check-output"]
def detail(slices):
    """What is finer than about two pixels, (N, 64, 64)."""
    return slices - gaussian_filter(slices, (0, 1, 1))


added, missing = detail(paintings["GAN"] - paintings["L1"]), detail(flair - paintings["L1"])
agree = []
for patient in np.unique(paint_patients):
    inside = (tissue > 0) & (paint_patients == patient)[:, None, None]
    agree.append(np.corrcoef(added[inside], missing[inside])[0, 1])
mean, low, high = bootstrap(agree, seed=0)
print(f"correlation of added with missing detail: {mean:.2f} ({low:.2f} to {high:.2f})")
for name, painting in paintings.items():
    print(f"mean absolute error inside the brain, {name}: {np.abs(painting - flair)[tissue > 0].mean():.2f}")

# %% [markdown]
# A correlation of 1 would mean that the right detail was added, and 0 that the added detail has nothing to do with the truth. With the
# discriminator, the painting is even further from the true scan. Invented detail is called a **hallucination**. The loss asked for detail
# that the labels do not contain.
#
# ### Why did the other half change?
# Back to your guess. The next cell measures how bright white matter is outside tumours, first in slices painted with and without their
# tumour labels, and then in the phantom scans themselves.


# %% tags=["nbval-check-output"]
def brightness(slices, white):
    """Mean over the pixels of a mask, from 0 % (black) to 100 % (white)."""
    return f"{50 + 50 * slices[white].mean():.0f} %"


ill = (paint_seg > 0).sum((1, 2)) > 50
white = ((tissue == 3) & (paint_seg == 0))[ill]
erased = paint(painter, 0 * paint_seg[ill], tissue[ill])
print("painted with the tumour:", brightness(paintings["GAN"][ill], white))
print("painted without it:", brightness(erased, white))
every = np.asarray(paint_slices.images[..., 3], np.float32)  # of all 48 phantom patients
every_white = (paint_slices.tissue == 3) & (paint_slices.seg == 0)
sick = paint_slices.table.groupby("patient")["tumour_px"].transform("sum").to_numpy() > 0
for name, chosen in {"with a tumour": sick, "without one": ~sick}.items():
    print(f"scans of patients {name}:", brightness(every[chosen], every_white[chosen]))

# %% [markdown]
# The scans themselves differ. We scale each scan so that its brightest pixels are white. A tumour takes up the top of the scale, and the
# rest of the brain comes out darker. The network learned our scaling together with the anatomy. This is a **shortcut**: a rule that holds
# in the training data but is not a sign of disease.
#
# ## 6. Find your own tumour
#
# Now the generator that you built and trained looks for your tumour, in the painted FLAIR alone. **Predict** the Dice of the whole tumour.
# To try another tumour, rerun the drawing cell and then this section.

# %% tags=["slow"]
scans = np.full((1, 64, 64, 4), -1, np.float32)
scans[0, ..., 3] = painted[1]
found = tumour_labels(generator(scans, training=False))[0]
overlap = 2 * np.sum((drawn > 0) & (found > 0)) / max(1, np.sum(drawn > 0) + np.sum(found > 0))

figure, (axes,) = figures.panels(3, (9, 3.6))
for panel, title, image, labels in zip(
    axes,
    ("1. drawn", "2. painted by pix2pix", f"3. found by pix2pix, Dice {overlap:.2f}"),
    (labels_in, painted[1], painted[1]),
    (drawn, None, found),
    strict=True,
):
    figures.draw_slice(panel, image, labels, title=title, limits=(-1, 1))
Path("kept").mkdir(exist_ok=True)
figure.savefig("kept/my_tumour.png", dpi=120)
figures.show(
    figure, f"The drawn tumour, the FLAIR painted from it, and the labels found in that. {figures.CONVENTION}"
)
print("Saved as kept/my_tumour.png, beside this notebook.")

# %% [markdown]
# Usually a tumour of radius 5 is found, and a tiny one missed. Nearly all that is found is labelled as oedema, because the rim shows in
# T1ce and not in FLAIR. Dice of the whole tumour does not count that as an error. What is found in a generated scan tells you about two
# networks, and nothing about a patient.

# %% [markdown] tags=["optional"]
# ## Optional: a missing scan, and a real patient
#
# Hospitals rarely have all four contrasts. In the table, one contrast at a time is blanked, for the U-Net that always saw all four, and for
# one that was trained with contrasts blanked at random. **Predict**: which contrast matters most for the whole tumour (WT), and which for
# the enhancing part (ET)?

# %% tags=["optional", "nbval-check-output"]
sick_rows = results[results["tumour_ml"] > 0]
each = sick_rows.groupby(["method", "without", "patient"])[["WT", "ET"]].mean()  # of the runs
table = each.groupby(["method", "without"]).mean().round(2)
for method in ("U-Net", "U-Net, modalities dropped"):
    print(table.loc[method].rename(index={"": "(all given)"}).to_string(), f"  <- {method}\n")

# %% [markdown] tags=["optional"]
# A network that always saw four contrasts has never learned that black can mean "not measured": without FLAIR it finds hardly any of the
# whole tumour. So FLAIR matters most for WT, and T1ce for ET. Training with blanks repairs most of the loss, but it has a price: even with
# all four contrasts given, WT falls from 0.82 to 0.78 and ET from 0.74 to 0.63. (It was one run, with three passes over the data where the
# others had four.) What only one contrast shows is lost with it: without T1ce, nobody can tell what enhances. The 0.24 that is left comes
# from the rule of the challenge, which gives 1 to every patient who has no enhancing tumour and for whom none was found.
#
# The course's **segmenter** is a larger relative of your network, without a discriminator. It has 1 mm pixels, was trained for hours, and
# takes any grid and any of the four contrasts. With `GANCOURSE_PATIENT` set (lesson 31) it segments your patient here. Its model card,
# `gancourse/weights/segmenter.json`, says what was measured and what was not.

# %% tags=["optional", "slow"]
from gancourse.segmentation import segmenter
from gancourse.segmentation.patient import segment
from gancourse.teaching.data import real_subject

if subject := real_subject():
    result = segment(subject, segmenter.load())
    z = int(np.argmax((result.seg > 0).sum((0, 1))))
    scan, labels = figures.view(subject.load(result.present[-1]), index=z), {"segmenter": result.seg}
    if subject.seg_path:
        labels["drawn by experts"] = subject.seg()
    figures.montage(
        {result.present[-1]: scan} | {name: scan for name in labels},
        f"{subject.id}: the slice with most tumour, and its labels.",
        segs=[None, *(figures.view(volume, index=z) for volume in labels.values())],
        width=3.0,
    )
    print(
        {name: f"{ml:.1f} mL" for name, ml in result.volumes_ml.items()},
        "missing:",
        result.missing or "nothing",
    )

# %% [markdown]
# ## In practice
# - **People who segment tumours today** mostly use a three-dimensional U-Net without a discriminator, and do not program it from scratch:
#   nnU-Net sets itself up from the data, and MONAI has networks and losses for medical images.
# - **For research and teaching only.** These networks saw phantoms at 3.25 mm per pixel. The scores say
#   nothing about patients.
# - **A generated scan is not evidence.** If a missing contrast is filled in by translation, real findings can disappear and false ones
#   appear, without any sign in the image.
# - **Label conventions differ.** BraTS called enhancing tumour 4 until 2021 and has called it 3 since 2023. The course converts labels on
#   reading.
#
# ### Go further
# - Train without the discriminator: in `train_step`, set `fake_logits` to zeros. Does anything get worse? (Here and in the last idea, first
#   rerun the cells that build `generator` and `discriminator`.)
# - Train the painter: `gancourse train pix2pix --direction labels-to-mr --modality t1ce --data data/slices-phantoms --out runs/t1ce
#   --minutes 20`.
# - Set $\lambda$ to 1 (10.0 in `train_step`). The discriminator then has ten times the say. What happens to the three Dice scores?
#
# ### References
# - Isola, Zhu, Zhou and Efros (2017), *Image-to-image translation with conditional adversarial networks*, arXiv 1611.07004: pix2pix.
# - Ronneberger, Fischer and Brox (2015), *U-Net*, arXiv 1505.04597.
# - Milletari, Navab and Ahmadi (2016), *V-Net*, arXiv 1606.04797: Dice as a loss.
# - Cohen, Luck and Honari (2018), *Distribution matching losses can hallucinate features in medical image translation*, arXiv 1805.08841.
# - Isensee et al. (2021), *nnU-Net*, Nature Methods 18.
