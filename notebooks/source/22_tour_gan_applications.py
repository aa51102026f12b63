# %% [markdown]
# # A tour of GAN applications
#
# **Part 2 of the deck: Generative adversarial networks.** Below are three T1 slices. Each comes from a coarse scan, which a network has enlarged to four times the resolution. One of the three fine scans, which are not shown, has a black dot: a **lacune**, a small hole that an old stroke left in the white matter. In which of the three was it?
#
# **What you'll do.** Make a lesion vanish and measure how much of it is left; find out what a network answers when it cannot know; build a GAN that takes requests, train it for less than half a minute, and check whether it did what you asked.
#
# **What you'll learn.**
# - what goes into each GAN application of the deck, and what comes out;
# - why a sharper image is not necessarily closer to the truth;
# - how a condition is wired into a generator and into a discriminator;
# - how to verify that a generator does what was asked.
#
# **What you need.** Lesson 21. **Time:** 62 minutes. The code itself needs about one minute.

# %%
import time
from pathlib import Path

import numpy as np
import pandas as pd

from gancourse import losses
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices, split_of
from gancourse.gans.latent import draw_latents
from gancourse.project import project_root
from gancourse.quiet import import_tensorflow
from gancourse.teaching import figures
from gancourse.teaching.checks import lesson22 as checks
from gancourse.teaching.checks import use
from gancourse.teaching.clock import live_seconds
from gancourse.teaching.data import lesson_data, slices_folder
from gancourse.teaching.material import erase_test, told_gan
from gancourse.teaching.material.erase_test import HOLE, PIXEL_MM
from gancourse.teaching.material.told_gan import NAMES

tf = import_tensorflow()
import keras

layers = keras.layers

# %% [markdown]
# The subjects are **phantoms**, the computed patients of this course, and the networks have not seen these three. **Write down your letter**: A, B or C. Section 2 has the answer.

# %% tags=["slow"]
folder = lesson_data(subjects=16, modalities=("t1", "flair"))
subjects = find_subjects(folder)[:48]
held_out = [subject for subject in subjects if split_of(subject.patient) != "train"]
fine_folder = project_root() / "data" / f"slices128-{folder.name}-held-out"
fine = make_slices(held_out, fine_folder, size=128, modalities=("t1",), step_mm=8)
t1 = np.asarray(fine.images[..., 0], np.float32)  # (N, 128, 128) in [-1, 1]
enlargers = erase_test.enlargers()  # functions: (N, 32, 32) -> (N, 128, 128)

calm = fine.table.query("position < 0.7").sort_values("tumour_px", kind="stable").index
three = t1[calm[[0, len(calm) // 6, len(calm) // 3]]]  # three with little tumour or none
row, column = (4 * (k // 4) + 3 for k in erase_test.inside_white_matter(three[1]))
lacune = erase_test.disc((128, 128), (row, column), width=2)  # 2 pixels across
scanned = three.copy()
scanned[1][lacune] = HOLE  # a fluid-filled hole is dark on T1
enlarged = enlargers["SRGAN"](erase_test.shrink(scanned))
figures.montage(
    dict(zip("ABC", enlarged, strict=True)),
    "Three held-out T1 slices from coarse scans, enlarged four times. One of them has a lacune.",
    width=2.8,
    limits=(-1, 1),
)

# %% [markdown]
# ## 1. Eighteen applications
#
# The deck lists eighteen things that GANs have done with images. To understand one of them, ask **what goes in**. There are four usual answers: noise alone, a *label*, *words*, or an *image*. **Predict** which it is for these six:
#
# *photographs of human faces; realistic photographs of a given kind; text-to-image translation; face aging; super resolution; photo inpainting.*
#
# <details><summary>Answers, with a use in medicine</summary>
#
# | application | network | what goes in | a counterpart in medicine |
# |---|---|---|---|
# | photographs of faces | Progressive GAN | noise | high-resolution images of the retina and the brain |
# | realistic photographs | BigGAN | noise and a label | skin lesions |
# | text-to-image | StackGAN | words, and noise | chest X-rays from reports |
# | face aging | Age-cGAN | an image and a label, the age | a brain at a later age |
# | super resolution | SRGAN | an image | brain MR from a fast scan |
# | photo inpainting | context encoder | an image with a hole | lesions put into mammograms |
#
# The whole list, with its sources, is in the optional section at the end.
# </details>
#
# This lesson takes two of them apart: super resolution, where an image goes in, and a GAN that is given a label.
#
# ## 2. Make a lesion vanish
#
# **Super-resolution** promises a fine image from a fast, coarse scan. Test this promise on a small lesion: put in a hole, make the scan coarse, and let a network enlarge it again. How much of the hole comes back?
#
# ### Exercise 1: an erase test
# A coarse voxel shows the mean of what it covers, so a coarse scan is made by averaging blocks of 4 x 4 pixels. Run your test on the same slice with and without the hole. The hole's **contrast** is the difference between the two slices inside the hole:
#
# $$\text{share left} = \frac{\text{mean of (enlarged with hole − enlarged without)}}{\text{mean of (slice with hole − slice without)}}$$
#
# <details><summary>Hint</summary>
#
# `images.reshape(N, H // 4, 4, W // 4, 4)` puts the pixels of each block on axes 2 and 4. Assigning into an array changes the caller's array too, so work on `image.copy()`. `np.stack([a, b])` makes one array of two slices, and `difference[hole]` picks the hole's pixels.
# </details>


# %% tags=["exercise"]
def shrink(images):
    """(N, H, W) -> (N, H/4, W/4): the mean of each block of 4 x 4 pixels."""
    return ...


def share_left(image, hole, enlarge):
    """image (H, W); hole (H, W), True in the hole; enlarge: (N, H/4, W/4) -> (N, H, W). Returns one number."""
    # 1. a copy of the image with the brightness HOLE (-0.8) inside the hole
    # 2. both slices, without and with the hole, as one array (2, H, W)
    # 3. shrink them, then enlarge them
    # 4. the mean difference in the hole, before and after; their ratio
    return ...


# %% tags=["check"]
checks.erase(shrink, share_left)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def shrink(images):
#     count, height, width = images.shape
#     blocks = images.reshape(count, height // 4, 4, width // 4, 4)
#     return blocks.mean(axis=(2, 4))
#
#
# def share_left(image, hole, enlarge):
#     with_hole = image.copy()
#     with_hole[hole] = HOLE
#     pair = np.stack([image, with_hole])
#     enlarged = enlarge(shrink(pair))
#     before = (pair[1] - pair[0])[hole].mean()
#     after = (enlarged[1] - enlarged[0])[hole].mean()
#     return after / before
# ```
# </details>

# %% [markdown]
# Here is the answer to the opening question, measured with your function.

# %% tags=["slow", "cover"]
shrink = use(shrink, otherwise=erase_test.shrink)
share_left = use(share_left, otherwise=erase_test.share_left)
figure, (panels,) = figures.panels(2, (7.8, 4.3))
titles = "B, the fine scan", "B, coarse scan enlarged by SRGAN"
for axes, image, title in zip(panels, (scanned[1], enlarged[1]), titles, strict=True):
    figures.draw_slice(axes, image[8:120, 8:120], title=title, limits=(-1, 1))
    axes.plot(
        column - 7.5, row - 7.5, "o", markersize=26, fillstyle="none", color="#E69F00", markeredgewidth=2
    )
figures.show(
    figure, f"The lacune of slice B is in the circle, {2 * PIXEL_MM:.1f} mm across. {figures.CONVENTION}"
)
print(f"share of its contrast that is left: {share_left(three[1], lacune, enlargers['SRGAN']):.0%}")

# %% [markdown]
# The lacune was in B. Too little of its contrast is left for anyone to notice, and nothing in the picture shows that something is missing.
#
# Now compare three ways of enlarging. **Bicubic** interpolation draws smooth curves through the coarse pixels and has learned nothing. The **L1 network** was trained to minimise the mean absolute difference from the fine slice. **SRGAN** started from the L1 network and also learned to fool a discriminator. **Predict**: which comes closest to the truth, and which looks most like a fine scan?

# %% tags=["slow"]
closeup = {"fine scan": three[0]}
for name, enlarge in enlargers.items():
    closeup[name] = enlarge(shrink(three[:1]))[0]
figures.montage(
    {name: image[24:104, 24:104] for name, image in closeup.items()},
    "The middle of slice A, as a fine scan and enlarged from the coarse scan in three ways.",
    columns=2,
    width=3.9,
    limits=(-1, 1),
)

# %% [markdown]
# Now measure. **Predict**: how wide must a hole be for half of its contrast to come back? A coarse pixel is 6.5 mm wide.

# %% tags=["slow", "nbval-check-output"]
widths = (1, 2, 3, 4, 6, 8)  # pixels
some = t1[:: max(1, len(t1) // 12)]
table = {}
for name, enlarge in enlargers.items():
    shares = []
    for width in widths:
        holes = [erase_test.disc((128, 128), erase_test.inside_white_matter(image), width) for image in some]
        shares.append(np.mean([share_left(i, hole, enlarge) for i, hole in zip(some, holes, strict=True)]))
    table[name] = [f"{share:.0%}" for share in shares]
    error = np.abs(enlarge(shrink(some)) - some).mean()
    print(f"{name:10} mean absolute difference from the fine slice: {error:.3f}")
print("\nshare of the contrast that is left, by the width of the hole")
pd.DataFrame(table, index=[f"{width * PIXEL_MM:.1f} mm" for width in widths])

# %% [markdown]
# The L1 network comes closest to the truth. SRGAN looks sharper but is further from it: its discriminator rewards an image for looking right, not for *being* right. From a width of 3.2 mm upwards, both networks bring back more contrast than bicubic interpolation, but only about half of it when the hole is as wide as a coarse pixel. What the averaging has removed can only be guessed.
#
# ### Exercise 2: the best guess
# How does a network guess? Imagine eleven patients with identical coarse scans. In the fine scans, some patients have a hole at one pixel and the others have white matter. Neither of our networks gets noise as input, so each gives all eleven the same answer. **Predict**: what does it answer if four of the eleven have the hole?
#
# Write the search for the best answer under two losses. **L1** is the mean absolute difference from the truths, **L2** the mean squared difference.
#
# <details><summary>Hint</summary>
#
# `candidates[:, None] - truths` has a row for each candidate and a column for each truth. Take the mean of each row. `argmin()` gives the index of the smallest number.
# </details>


# %% tags=["exercise"]
def best_l1(candidates, truths):
    """candidates (K,), truths (N,) -> the candidate with the smallest L1 loss."""
    return ...


def best_l2(candidates, truths):
    """candidates (K,), truths (N,) -> the candidate with the smallest L2 loss."""
    return ...


# %% tags=["check"]
checks.best(best_l1, best_l2)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def best_l1(candidates, truths):
#     differences = candidates[:, None] - truths
#     l1 = np.abs(differences).mean(axis=1)
#     return candidates[l1.argmin()]
#
#
# def best_l2(candidates, truths):
#     differences = candidates[:, None] - truths
#     l2 = (differences**2).mean(axis=1)
#     return candidates[l2.argmin()]
# ```
# </details>

# %%
best_l1 = use(best_l1, otherwise=erase_test.best_l1)
best_l2 = use(best_l2, otherwise=erase_test.best_l2)
candidates = np.linspace(-1, 1, 201)
ill = np.arange(12)
patients = [np.repeat([HOLE, 0.7], [n, 11 - n]) for n in ill]  # the fine pixel of eleven patients
rng = np.random.default_rng(22)
figure, ((axes,),) = figures.panels(1, (7.8, 3.2))
axes.plot(ill, [best_l1(candidates, truths) for truths in patients], "s-", label="smallest L1 loss")
axes.plot(ill, [best_l2(candidates, truths) for truths in patients], "o--", label="smallest L2 loss")
axes.plot(ill, [rng.choice(truths) for truths in patients], "k^", label="one patient at random")
axes.set(xlabel="patients with the hole, of 11", ylabel="the answer: brightness")
axes.set(yticks=[HOLE, 0, 0.7], yticklabels=["hole, -0.8", "0", "white matter, 0.7"])
figure.legend(loc="outside upper center", ncols=3, frameon=False)
figures.show(
    figure,
    "The best single answer for all eleven patients, and the true value of one patient picked at random.",
)

# %% [markdown]
# The answer with the smallest L1 loss is the **median**: with four holes in eleven it is white matter, and the lesion is gone without a trace. The answer with the smallest L2 loss is the **mean**, a grey that no patient has. A perfect GAN *with noise as an input* would draw one of the eleven at random (triangles). Such an image looks right, but it gives a hole to some patients who have none, and hides the hole of others. Our SRGAN cannot draw at random: it gets no noise, and started from the L1 network. So it leaves about the same shares as that network.
#
# **None of these answers can be trusted when a lesion is small.**
#
# ## 3. Build a GAN that takes requests
#
# A GAN like the one in lesson 21 decides for itself what to paint. A **conditional GAN** is told. Ours paints FLAIR slices, on which a tumour is bright, and gets one of three labels: 0 for *no tumour*, 1 for a tumour in the patient's *right* half, 2 for one in the *left* half. It learns from slices like these, at 32 x 32 pixels.

# %%
slices = make_slices(subjects, slices_folder(folder))
images, labels, training = told_gan.sided_slices(slices)  # (N, 32, 32, 1), (N,), (N,)
train_images, train_labels = told_gan.mirrored(images[training], labels[training])
for label, name in enumerate(NAMES):
    print(f"label {label}, {name}: {(train_labels == label).sum()} training slices")
picked = [np.flatnonzero(train_labels == label)[n] for n in (12, 20) for label in range(3)]
figures.montage(
    [train_images[k, ..., 0] for k in picked],
    "Two training slices for each label, 32 x 32 pixels.",
    titles=[NAMES[train_labels[k]] for k in picked],
    columns=3,
    width=2.6,
    limits=(-1, 1),
)

# %% [markdown]
# Brightness is relative within each image, so brains without a bright tumour look brighter. Each slice is used twice, the second time mirrored and with *right* and *left* exchanged in its label.
#
# ### Exercise 3: tell the generator
# To a network, 2 would be twice 1. So an **embedding** is a table with one row of learned numbers for each label. Concatenate the label's row with the latent, so that the image can depend on both. `told_gan.painter()` makes the part that paints; lesson 41 builds one.
#
# <details><summary>Hint</summary>
#
# `keras.Input((64,))` is a latent; `keras.Input((), dtype="int32")` is one whole number per image. Make a layer and call it at once: `layers.Embedding(rows, numbers)(label)`, `layers.Concatenate()([a, b])`, `layers.Dense(units)(x)`, `layers.Reshape((4, 4, 128))(x)`.
# </details>


# %% tags=["exercise"]
def build_generator(classes):
    """Latents (B, 64) and labels (B,), from 0 to classes - 1 -> images (B, 32, 32, 1)."""
    # 1. the two inputs: latent and label
    # 2. the label's row of an embedding, 16 numbers: (B, 16)
    # 3. join it to the latent: (B, 80)
    # 4. a dense layer of 4 * 4 * 128 numbers, reshaped to (B, 4, 4, 128)
    # 5. told_gan.painter() turns this into images
    # 6. return keras.Model([latent, label], image)
    return ...


# %% tags=["check"]
checks.build_generator(build_generator)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def build_generator(classes):
#     latent = keras.Input((64,))
#     label = keras.Input((), dtype="int32")
#     told = layers.Embedding(classes, 16)(label)
#     joined = layers.Concatenate()([latent, told])
#     x = layers.Dense(4 * 4 * 128)(joined)
#     x = layers.Reshape((4, 4, 128))(x)
#     image = told_gan.painter()(x)
#     return keras.Model([latent, label], image)
# ```
# </details>

# %% [markdown]
# **Predict**: is that enough? If the discriminator knew nothing about the labels, would the generator still paint a tumour on the right when told "right"?
#
# ### Exercise 4: tell the discriminator
# The discriminator has to judge two things: does the image look real, and does it *fit* its label? `told_gan.looker()` turns an image into 128 features. A dense layer on them gives the first judgement. For the second, each label gets an embedding of 128 numbers, a *direction* in the space of features. The **dot product** multiplies features and direction number by number and adds everything up: it is large when the two agree. The logit is the sum of both judgements. This is the **projection discriminator** of Miyato and Koyama.


# %% tags=["exercise"]
def build_discriminator(classes):
    """Images (B, 32, 32, 1) and labels (B,) -> logits (B, 1)."""
    # 1. the two inputs: image and label
    # 2. the image's features, by told_gan.looker(): (B, 128)
    # 3. does it look real? a dense layer on the features: (B, 1)
    # 4. the label's direction, an embedding: (B, 128)
    # 5. does it fit? layers.Dot(axes=1) of features and direction: (B, 1)
    # 6. the logit: layers.Add() of 3 and 5
    return ...


# %% tags=["check"]
checks.build_discriminator(build_discriminator)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def build_discriminator(classes):
#     image = keras.Input((32, 32, 1))
#     label = keras.Input((), dtype="int32")
#     features = told_gan.looker()(image)
#     real = layers.Dense(1)(features)
#     direction = layers.Embedding(classes, 128)(label)
#     fits = layers.Dot(axes=1)([features, direction])
#     logit = layers.Add()([real, fits])
#     return keras.Model([image, label], logit)
# ```
# </details>

# %% [markdown]
# The training step is the one from lesson 21, except that both networks are given the labels. Generated images are judged against the label that was *asked for*. With `told=False`, the discriminator gets the labels in a random order, so they are useless to it.

# %%
build_generator = use(build_generator, otherwise=told_gan.build_generator)
build_discriminator = use(build_discriminator, otherwise=told_gan.build_discriminator)


def make_train_step(generator, discriminator, g_optimizer, told):
    d_optimizer = keras.optimizers.Adam(1e-3, 0.5)
    g_variables, d_variables = generator.trainable_variables, discriminator.trainable_variables
    g_optimizer.build(g_variables)
    d_optimizer.build(d_variables)

    @tf.function  # compiles the step, which makes it faster
    def train_step(real_images, labels):
        seen = labels if told else tf.random.shuffle(labels)  # what the discriminator is told
        latents = tf.random.normal((len(labels), 64))
        with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
            fake_images = generator([latents, labels], training=True)
            real_logits = discriminator([real_images, seen], training=True)
            fake_logits = discriminator([fake_images, seen], training=True)
            d_loss = losses.discriminator_loss(real_logits, fake_logits, smooth=0.1)
            g_loss = losses.generator_loss(fake_logits)
        d_optimizer.apply(d_tape.gradient(d_loss, d_variables), d_variables)
        g_optimizer.apply(g_tape.gradient(g_loss, g_variables), g_variables)

    return train_step


# %% [markdown]
# Now train your GAN for 24 seconds, with eight slices of each label in every batch. The generator's weights are averaged over the last few dozen steps (`ema`), which makes its images steadier. Afterwards, `draw` gives every latent to the generator once with each label. **Predict**: what will the three images from one latent have in common?


# %% tags=["slow"]
def train(seconds, told):
    keras.utils.set_random_seed(22)
    generator, discriminator = build_generator(3), build_discriminator(3)
    g_optimizer = keras.optimizers.Adam(1e-3, 0.5, use_ema=True, ema_momentum=0.97)
    train_step = make_train_step(generator, discriminator, g_optimizer, told)
    end = time.monotonic() + live_seconds(seconds)
    steps = 0
    for batch in told_gan.batches(train_images, train_labels):
        train_step(*batch)
        steps += 1
        if time.monotonic() > end:
            break
    g_optimizer.finalize_variable_values(generator.trainable_variables)  # the averaged weights
    print(f"discriminator {'told' if told else 'not told'} the labels: {steps} steps")
    return generator


def draw(generator, latents):
    """Latents (N, 64) -> images (3, N, 32, 32, 1), one row for each label, from the same latents."""
    labels = np.repeat(np.arange(3, dtype="int32"), len(latents))
    images = generator([np.tile(latents, (3, 1)), labels], training=True)
    return images.numpy().reshape(3, -1, 32, 32, 1)


generator = train(24, told=True)

# %% [markdown]
# Draw a sheet of requests to keep, with a row for each request, a column for each latent, and training slices in the last column. Change `my_number` until you like your patients.

# %% tags=["slow"]
my_number = 22
sheet = draw(generator, draw_latents(100, 64, seed=my_number))[:, :4]  # (3, 4, 32, 32, 1)
figure, grid = figures.panels(5, (9.4, 6.2), rows=3)
for row, name in enumerate(NAMES):
    grid[row, 0].set_ylabel(name, fontsize=11)
    for axes, image in zip(grid[row], [*sheet[row], train_images[picked[row]]], strict=True):
        figures.draw_slice(axes, image[..., 0], limits=(-1, 1))
        axes.images[0].set_interpolation("bicubic")  # 32 x 32 pixels, smoothed for display
grid[0, 4].set_title("training slices", fontsize=11)
Path("kept").mkdir(exist_ok=True)
figure.savefig("kept/22_requests.png", dpi=120)
figures.show(
    figure,
    f"Requests in rows, the same latent in each column; training slices in the last. {figures.CONVENTION}",
)
print("Saved as kept/22_requests.png, beside this notebook.")

# %% [markdown]
# Follow a column downwards. The outline and the ventricles tend to stay the same, because they depend on the latent, while the bright region appears, disappears or changes sides. Compare it with the tumours in the last column: does it have an edge like theirs? If you see only fog, allow more seconds and run both cells again.
#
# ## 4. Did it do what was asked?
#
# Twelve images prove little, so now you count.
#
# ### Exercise 5: read the label off an image
# Write a simple reader. A pixel is **bright** if it exceeds the median of the brain by more than 0.5. With fewer than 6 bright pixels, the slice shows no tumour; otherwise the tumour is in the half with more bright pixels. The brain is every pixel above -0.9. Remember on which side of the image the patient's right is.


# %% tags=["exercise"]
def read_label(image):
    """image (32, 32) in [-1, 1] -> 0 for no tumour, 1 for right, 2 for left."""
    # 1. which pixels are brain; the median of their brightness
    # 2. which pixels are bright
    # 3. how many of these are in the patient's right half, how many in the left
    return ...


# %% tags=["check"]
checks.read_label(read_label)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def read_label(image):
#     brain = image > -0.9
#     bright = image > np.median(image[brain]) + 0.5
#     right = bright[:, :16].sum()
#     left = bright[:, 16:].sum()
#     if right + left < 6:
#         return 0
#     return 1 if right > left else 2
# ```
#
# The patient's right is on the left of the image: the first 16 columns.
# </details>

# %% [markdown]
# How good is the reader? Test it on slices of held-out patients, whose labels are known.

# %% tags=["nbval-check-output"]
read_label = use(read_label, otherwise=told_gan.read_label)
true_labels = [NAMES[label] for label in labels[~training]]
read = told_gan.read_all(images[~training], read_label)
print(f"held-out slices read correctly: {np.mean(np.array(read) == np.array(true_labels)):.0%}")
counts = pd.crosstab(true_labels, read, rownames=["in truth"], colnames=["read"])
counts.reindex(index=list(NAMES), columns=list(NAMES), fill_value=0)

# %% [markdown]
# All the reader's errors are in the first column: tumours that it missed. Next comes a second GAN, trained for eight seconds, whose discriminator is *not* told the labels. Both generators get 100 latents with all three labels. **Predict** the share of requests that each generator obeys.

# %% tags=["slow"]
untold = train(8, told=False)
asked = np.repeat(NAMES, 100)
for name, network in {"told": generator, "not told": untold}.items():
    answers = draw(network, draw_latents(100, 64, seed=1)).reshape(300, 32, 32, 1)
    read = told_gan.read_all(answers, read_label)
    print(f"\nDiscriminator {name}: {np.mean(np.array(read) == asked):.0%} of 300 requests obeyed")
    counts = pd.crosstab(asked, read, rownames=["asked for"], colnames=["read"])
    print(counts.reindex(index=list(NAMES), columns=list(NAMES), fill_value=0))

# %% [markdown]
# Rows show the label you asked for, columns the label that was read.
#
# - When the discriminator is **told**, most requests should be obeyed.
# - When it is **not told**, the rows look alike, and about one third of the requests are met by luck, even if the generator paints one label most of the time. Its loss is the same whether it uses the label or not. This answers the question in section 3: *both networks need the condition.*
# - Which request fails most often? Usually it is a request for a tumour, which is painted too faint or too small to be read. The share over all requests hides this.
#
# **The share of obeyed requests depends on what the reader measures.** Yours counts bright pixels. It does not check whether the bright region looks like a tumour, or whether all 100 answers are the same brain. So use a second reader that measures something else. For requests that matter, ask a radiologist. In the optional section, two readers disagree.

# %% [markdown] tags=["optional"]
# ## Optional: two readers, two more stations, and the map
#
# **Two readers.** The course ships a larger conditional GAN, which paints 64 x 64 pixels. It was asked for healthy slices and for low-grade and high-grade tumours (LGG, HGG). Two networks read its images: the first reads the grade, the second measures the tumour.

# %% tags=["optional", "nbval-check-output"]
from gancourse import pretrained

scores = pretrained.card("tour/cgan").scores
rows = {}
for grade in ("healthy", "LGG", "HGG"):
    rows[grade] = {
        "first reader: that grade": f"{scores[f'grade_{grade}']:.0%}",
        "second reader: a tumour": f"{scores[f'tumour_{grade}']:.0%}",
        "held-out slices: a tumour": f"{scores[f'real_tumour_{grade}']:.0%}",
    }
pd.DataFrame(rows).T

# %% [markdown] tags=["optional"]
# The second reader is not perfect: it finds a tumour in 18 % of the held-out healthy slices. The first reader finds the requested grade in 90 % or more of the images of each grade. But the second finds no tumour in about a quarter of the LGG images and a fifth of the HGG images. So the first reader must be using some other sign of the grade, and the generator has learned to paint that sign.
#
# **The map.** Here is the deck's whole list: eighteen applications, and an example from physics. We looked for a counterpart of each in medicine; the sources are in `gancourse/teaching/material/tables/applications.csv`.

# %% tags=["optional"]
from gancourse.teaching.material import tour_tables

applications = tour_tables.applications()
pd.set_option("display.max_colwidth", 60)
applications[["application", "network", "input", "output", "medical", "lesson"]]

# %% [markdown] tags=["optional"]
# **StackGAN** paints from words, in two stages: a small sketch, then a larger image from the sketch and the words. We trained a small one, which paints 64 x 64 pixels, on one-line reports such as "large enhancing tumour, left frontal". Another network, the reader, then read each finding off the images.

# %% tags=["optional", "nbval-check-output"]
scores = pretrained.card("tour/stackgan").scores
rows = {}
for finding in ("size", "uptake", "side", "place", "centre"):
    rows[finding] = {
        "as asked": scores[finding],
        "held-out slices": scores[f"real_{finding}"],
        "another's report": scores[f"shuffled_{finding}"],
    }
print(f"recall: {scores['recall_t1ce']:.2f} on T1ce, {scores['recall_flair']:.2f} on FLAIR")
pd.DataFrame(rows).T.round(2)

# %% [markdown] tags=["optional"]
# In generated images, the reader finds what was requested about as often as it finds what was reported in held-out slices. And yet our StackGAN failed. **Recall** (lesson 44) is the share of held-out slices that have a similar slice among the generated ones. The shipped conditional GAN reaches about 0.4, StackGAN hardly more than 0: it paints what is asked for, but its images lack the phantoms' variety. Its T1ce tumours look like confetti, which is why no picture is shown. StackGAN failed although it has the paper's **conditioning augmentation**, which adds a little noise to the code of the words, so that the generator meets neighbours of every sentence.
#
# **LAGAN** is the deck's example from physics. It paints sparse maps of energy in a detector, which no eye can judge, so physicists compare numbers. Ours paints maps of contrast uptake, which have 32 x 32 pixels and are zero outside an enhancing tumour. It differs from a DCGAN in two ways: layers with *their own weights at every position*, and a final *ReLU*, which gives exact zeros. To see which of the two matters, we trained one with both, one with ReLU alone, and one with neither.

# %% tags=["optional", "nbval-check-output"]
rows = {}
for name, weights in {"both": "lagan", "ReLU alone": "lagan-relu", "neither": "lagan-plain"}.items():
    scores = pretrained.card(f"tour/{weights}").scores
    rows[name] = {"share of zeros": scores["zero"], "spread of the uptake": scores["spread"]}
rows["training patients"] = {
    "share of zeros": scores["real_zero"],
    "spread of the uptake": scores["real_spread"],
}
print("spread: distance from test patients' distribution, in standard deviations")
pd.DataFrame(rows).T.round(2)

# %% [markdown] tags=["optional"]
# Here ReLU alone works best. Without it, no pixel is exactly zero: a faint glow covers the whole map and spreads the uptake too far. Giving every position its own weights did not help, probably because each position has to learn from few maps what a tumour looks like. The physicists had far more maps, and a detector whose middle and edge really differ.
#
# All the networks shipped with this lesson, including SRGAN, learned from an older version of the phantoms, with different tumours and folds. Their scores refer to that version.

# %% [markdown]
# ## In practice
# - **Super-resolved images are for looking at, not for measuring or ruling out disease.** Before such a method is used, test it with lesions of known size, as you did, and then with radiologists: do their diagnoses get better?
# - **A condition is only as good as its labels.** "Tumour right" means whatever our labels call by that name. In the phantoms, "LGG" is assigned by a rule that we made up. Today's definition of grade is partly molecular and cannot be read off an image.
#
# <details><summary>Fine print</summary>
#
# - Rare findings on request are tempting as training data for other networks. Whether they help has to be tested on held-out patients.
# - The lacune of the opening lies where four coarse pixels meet, the worst place for it, so less of it is left than of the other holes of its width. The table uses the place that lies deepest in white matter. A lacune is by definition 3 to 15 mm wide (Wardlaw and others, below).
# - Our coarse scans are clean averages. Those of a scanner have noise and a different blur, and in an MR scanner the resolution is lost in the Fourier plane.
# - Ledig's SRGAN has squared differences of features (of a network called VGG) as its second loss. Ours has absolute differences, of pixels and of random features. It learned from T1 slices of an older version of the phantoms.
# - Slices with a tumour of fewer than 40 pixels at 64 x 64, or with less than 80 % of it in one half, are left out. The reader's limits, 0.5 and 6 pixels, were chosen from a dozen pairs by how well they read all phantom slices, held-out ones among them, so its score on these is a little flattering.
# - The GAN whose discriminator is not told trains for a third of the time, which is unfair to its images. Its share would not rise with more time, because its discriminator cannot reward obedience.
# - `draw` calls the generator with `training=True`, so batch normalisation uses the means of these images, as in training.
# - In Mirza and Osindero's conditional GAN the label is joined to the inputs of both networks. The projection is Miyato and Koyama's. The discriminator of our shipped conditional GAN and of StackGAN also sees *real images with a wrong label*, which it has to reject; that is Reed's GAN-CLS.
# - `smooth=0.1`: the discriminator's target for real images is 0.9 instead of 1. Lesson 42 tests whether this helps.
# - The book's demos run generators in the browser. In *Paint a patient* you draw a tumour, and four scans of it appear.
# </details>
#
# ### Go further
# 1. Ask for what was never shown: walk between the embeddings of *right* and *left* in ten steps. Does the tumour move, or does it fade out and reappear on the other side?
# 2. Replace the projection by a concatenation: the label's embedding joined to the features, then a hidden dense layer. Why is one dense layer without a hidden one not enough?
# 3. Let the labels be three heights of the slice in the brain instead. What would a reader measure?
# 4. Put bright holes in place of dark ones (change `HOLE`). Does the same share survive?
#
# ### References
# - Mirza and Osindero, *Conditional generative adversarial nets*, 2014, arXiv 1411.1784.
# - Miyato and Koyama, *cGANs with projection discriminator*, ICLR 2018, arXiv 1802.05637.
# - Reed et al., *Generative adversarial text to image synthesis*, ICML 2016, arXiv 1605.05396.
# - Ledig et al., *Photo-realistic single image super-resolution using a generative adversarial network*, CVPR 2017, arXiv 1609.04802.
# - Blau and Michaeli, *The perception-distortion tradeoff*, CVPR 2018, arXiv 1711.06077: why no method can have the lowest error and also pass for real.
# - Cohen, Luck and Honari, *Distribution matching losses can hallucinate features in medical image translation*, MICCAI 2018, arXiv 1805.08841.
# - Wardlaw et al., *Neuroimaging standards for research into small vessel disease and its contribution to ageing and neurodegeneration*, Lancet Neurology 12 (2013).
# - Zhang et al., *StackGAN: text to photo-realistic image synthesis with stacked generative adversarial networks*, ICCV 2017, arXiv 1612.03242.
# - de Oliveira, Paganini and Nachman, *Learning particle physics by example: location-aware generative adversarial networks for physics synthesis*, Computing and Software for Big Science 2017, arXiv 1701.05927.
