# %% [markdown]
# # Generate brain slices with the deck's DCGAN
#
# **Part 4 of the deck: Generating medical images.** The next picture shows four brains that belong to nobody. A network painted them from random numbers. The network **has never seen a brain**, not a single training image. The question of this lesson is how it can know what to paint.
#
# **What you'll do.** Build both networks of the deck's GAN, its two losses and one training step. Train your own GAN for half a minute, and keep a film of it. Then judge generators that were trained for longer.
#
# **What you'll learn.**
# - how a generator turns 100 numbers into an image;
# - which network learns from what in a training step;
# - what the two losses tell you, and what they do not.
#
# **What you need.** A little Python and NumPy, and lesson 31 (what a slice is). Lesson 21 derives the two losses. **Time:** 60 minutes. The code runs in about one.

# %%
import time

import numpy as np

from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
import keras
from keras import layers

from gancourse import losses, pretrained
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.gans.latent import draw_latents
from gancourse.networks.dcgan import Discriminator, Generator
from gancourse.teaching import figures
from gancourse.teaching.checks import lesson41 as checks
from gancourse.teaching.checks import use
from gancourse.teaching.clock import live_seconds
from gancourse.teaching.data import lesson_data, slices_folder
from gancourse.teaching.figures import gan_figures
from gancourse.teaching.figures.film import Film
from gancourse.teaching.material import first_gan as course

keras.utils.set_random_seed(41)

# %% [markdown]
# The next cell paints from a number. Replace 1999 with your year of birth, and run it.

# %% tags=["slow"]
my_number = 1999
painter = pretrained.load("dcgan-t1")
brains = painter(draw_latents(4, seed=my_number), training=False).numpy()[..., 0]  # (4, 64, 64)
figures.montage(brains, f"Four brains that belong to nobody, from the number {my_number}.", limits=(-1, 1))

# %% [markdown]
# ## 1. What goes in, what comes out
#
# A GAN consists of two networks. The **generator** paints images. The **discriminator** looks at an image and says whether it is real or generated. Only the discriminator is shown training images. Ours are axial T1 slices of brain phantoms, which play the part of the "real" images here. Many of them have a tumour, a grey patch on T1. A quarter of the patients are **held out**: no network sees them in training, and section 5 uses them.

# %%
folder = lesson_data(subjects=16, modalities=("t1", "flair"))
slices = make_slices(find_subjects(folder)[:48], slices_folder(folder))
rows = {
    "training": slices.select("train"),
    "held-out": np.concatenate([slices.select("validation"), slices.select("test")]),
}
for name, chosen in rows.items():
    print(f"{name}: {slices.table['patient'][chosen].nunique()} patients, {len(chosen)} slices")
t1 = np.asarray(slices.images[..., slices.modalities.index("t1")], np.float32)  # (slices, 64, 64)
figures.montage(t1[rows["training"][20::75][:4]], "Four of the training slices, T1.", limits=(-1, 1))

# %% [markdown]
# **What comes out** is an image of 64 x 64 numbers between -1 (black) and 1 (white). The training slices are on the same scale. Otherwise the discriminator could tell the two kinds apart by brightness alone.
#
# **What goes in** is a **latent**: 100 random numbers from the bell curve, with mean 0 and standard deviation 1. Think of 100 sliders. Nobody decides what each slider does.
#
# ## 2. Build the two networks
#
# ### From small to large
# The generator begins with a small picture, 8 x 8, that has many **channels**, just as a colour photo has three. A first block adds channels, and three more double the size, to 16, 32 and 64. The layer that doubles is the **transposed convolution**. Think of its **kernel**, a square of 4 x 4 numbers, as a rubber stamp. Every pixel of the small picture presses the stamp onto the large one, with a pressure given by its own value. The **stride** is how far the stamp moves each time: 2 doubles the size. `padding="same"` cuts off what sticks out beyond the border, so that 4 pixels become exactly 8.
#
# **Predict**: a picture of 4 x 4 ones is stamped with a kernel of ones. Does every pixel of the result get the same number of prints? And with a kernel of 3 x 3?

# %% tags=["nbval-check-output"]
for size in (4, 3):
    stamp = layers.Conv2DTranspose(1, (size, size), strides=2, padding="same", kernel_initializer="ones")
    print(f"prints on each pixel, kernel {size} x {size}")
    print(stamp(np.ones((1, 4, 4, 1)))[0, :, :, 0].numpy().astype(int))

# %% [markdown]
# With 4 x 4, every inner pixel gets four prints, and border pixels get fewer. With 3 x 3, the counts alternate, and such a network tends to paint a **checkerboard**. Equal counts do not rule out a grid, though.
#
# ### Exercise 1: a block of the generator
# A block has three layers: the transposed convolution, then **batch normalisation**, which brings each channel to mean 0 and standard deviation 1 over the images that are processed together, and then **ReLU**, which sets negative numbers to 0. Write a function that makes one block.
#
# <details><summary>Hint</summary>
#
# The three layers are `layers.Conv2DTranspose(filters, kernel_size, strides=..., padding=..., use_bias=...)`, `layers.BatchNormalization()` and `layers.ReLU()`. `filters` is the number of channels that come out.
# </details>


# %% tags=["exercise"]
def up(filters, strides):
    """One block, (B, H, W, any) -> (B, strides * H, strides * W, filters), as a list of three layers."""
    # 1. a transposed convolution: kernel (4, 4), padding "same", without bias
    # 2. batch normalisation
    # 3. ReLU
    return ...


# %% tags=["check"]
checks.up(up)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def up(filters, strides):
#     stamp = layers.Conv2DTranspose(filters, (4, 4), strides=strides, padding="same", use_bias=False)
#     normalise = layers.BatchNormalization()
#     activate = layers.ReLU()
#     return [stamp, normalise, activate]
# ```
#
# A bias would be of no use here: batch normalisation subtracts the mean, and has a bias of its own.
# </details>

# %% [markdown]
# The whole generator is a `Dense` layer, which turns 100 numbers into the first small picture, followed by your blocks and one last convolution. Its `tanh` keeps every number between -1 and 1. **Predict** which of the pictures along the way has the most numbers.


# %% tags=["nbval-check-output"]
up = use(up, otherwise=course.up)


def build_generator(widths):
    """Latents (B, 100) -> images (B, S, S, 1); widths: the channels of each block; with four blocks, the side S is 64."""
    first = layers.Dense(8 * 8 * widths[-1], use_bias=False)
    start = [first, layers.BatchNormalization(), layers.ReLU(), layers.Reshape((8, 8, widths[-1]))]
    blocks = up(widths[0], strides=1)  # more channels, the same size
    for filters in widths[1:]:
        blocks = [*blocks, *up(filters, strides=2)]  # the layers so far, and those of the next block
    last = layers.Conv2DTranspose(1, (4, 4), padding="same", use_bias=False)
    return keras.Sequential([keras.Input((100,)), *start, *blocks, last, layers.Activation("tanh")])


yours, deck_generator = build_generator((512, 256, 128, 64)), Generator()
for layer in yours.layers:
    if isinstance(layer, layers.Reshape | layers.Conv2DTranspose):
        print(f"{type(layer).__name__:16} {layer.output.shape}")
deck_generator(np.zeros((1, 100)))  # Keras makes the weights when it first sees a shape
print(f"weights: yours {yours.count_params():,}, the deck's {deck_generator.count_params():,}")

# %% [markdown]
# The picture with the most numbers is the last but one: 64 x 64 pixels with 64 channels. (`None` stands for the number of images.) The last line counts **weights**, the numbers that training changes, in yours and in the deck's own class in `gancourse/networks/dcgan.py`.
#
# ### From large to small
# The discriminator uses ordinary **convolutions**, also with kernels of 4 x 4 and a stride of 2. Here the kernel works like a template: it is placed on the image at every second pixel, and the result says how well it fits. Four halvings take 64 pixels down to 4, and one last kernel of 4 x 4 covers what is left. The result is a single number, the **logit**: above 0 it means "rather real", below 0 "rather generated".
#
# The discriminator is not the generator backwards. Its convolutions have biases, its first block has no batch normalisation, and it uses **LeakyReLU**, which multiplies negative numbers by 0.2 instead of setting them to 0.
#
# ### Exercise 2: the discriminator
# Build it with a loop over `widths`, the channels of each block. The deck's last layer, `Dense(1)`, has only two weights, which scale and shift the logit.
#
# <details><summary>Hint</summary>
#
# `network.add(layer)` puts a layer at the end. `for number, filters in enumerate(widths):` counts the blocks from 0. A convolution is `layers.Conv2D(filters, (4, 4), strides=2, padding="same")`; without `strides` and `padding` it has stride 1 and no padding, as the last one needs.
# </details>


# %% tags=["exercise"]
def build_discriminator(size, widths):
    """Images (B, size, size, 1) -> logits (B, 1, 1, 1)."""
    # 1. Begin with an empty network: keras.Sequential([keras.Input((size, size, 1))])
    # 2. For each number of channels in widths, add
    #      a convolution: kernel (4, 4), stride 2, padding "same"
    #      batch normalisation, but not in the first block
    #      LeakyReLU with a slope of 0.2
    # 3. After the loop, add
    #      a convolution: 1 channel, kernel (4, 4), no padding
    #      Dense(1)
    # 4. Return the network.
    return ...


# %% tags=["check"]
checks.build_discriminator(build_discriminator)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def build_discriminator(size, widths):
#     network = keras.Sequential([keras.Input((size, size, 1))])
#     for number, filters in enumerate(widths):
#         network.add(layers.Conv2D(filters, (4, 4), strides=2, padding="same"))
#         if number > 0:
#             network.add(layers.BatchNormalization())
#         network.add(layers.LeakyReLU(0.2))
#     network.add(layers.Conv2D(1, (4, 4)))
#     network.add(layers.Dense(1))
#     return network
# ```
#
# The deck also defines a `Dropout(0.3)` and a `Flatten` for this network, but never calls them. So they do nothing, and the course's class leaves them out. When you read somebody's network, read `call`, not only `__init__`.
# </details>

# %% tags=["nbval-check-output"]
build_discriminator = use(build_discriminator, otherwise=course.build_discriminator)
yours, deck_discriminator = build_discriminator(64, (64, 128, 256, 512)), Discriminator()
deck_discriminator(np.zeros((1, 64, 64, 1)))
print(f"weights: yours {yours.count_params():,}, the deck's {deck_discriminator.count_params():,}")

# %% [markdown]
# ## 3. Two losses, one step
#
# A **loss** is a number that says how bad an answer was, and each network tries to make its own loss small. The **sigmoid** turns a logit into $D$, the probability that the image is real. The **cross-entropy** is minus the logarithm of the probability that the network gave to the right answer: 0.01 at 99 %, but 4.6 at 1 %. The discriminator should call real images 1 and generated images 0. The generator hopes that its images are called 1:
#
# $$\text{d\_loss} = \text{mean}\big[-\ln D(\text{real})\big] + \text{mean}\big[-\ln(1 - D(\text{generated}))\big] \qquad \text{g\_loss} = \text{mean}\big[-\ln D(\text{generated})\big]$$
#
# ### Exercise 3: both losses
# `keras.losses.binary_crossentropy(targets, logits, from_logits=True)` does the sigmoid and the logarithm for you; the targets come first. Use operations from Keras or TensorFlow throughout: NumPy's cannot be differentiated.
#
# <details><summary>Hint</summary>
#
# `keras.ops.ones_like(logits)` makes targets of the right shape, and so does `zeros_like`. `keras.ops.mean` takes the mean.
# </details>


# %% tags=["exercise"]
def discriminator_loss(real_logits, fake_logits):
    """Logits of real and of generated images, (B, 1, 1, 1) each -> one number."""
    # 1. the mean cross-entropy of the real logits, with ones as targets
    # 2. the mean cross-entropy of the fake logits, with zeros as targets
    # 3. their sum
    return ...


def generator_loss(fake_logits):
    """Logits of generated images, (B, 1, 1, 1) -> one number."""
    return ...


# %% tags=["check"]
checks.losses(discriminator_loss, generator_loss)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def discriminator_loss(real_logits, fake_logits):
#     ones = keras.ops.ones_like(real_logits)
#     zeros = keras.ops.zeros_like(fake_logits)
#     real_loss = keras.losses.binary_crossentropy(ones, real_logits, from_logits=True)
#     fake_loss = keras.losses.binary_crossentropy(zeros, fake_logits, from_logits=True)
#     return keras.ops.mean(real_loss) + keras.ops.mean(fake_loss)
#
#
# def generator_loss(fake_logits):
#     hoped_for = keras.ops.ones_like(fake_logits)
#     return keras.ops.mean(keras.losses.binary_crossentropy(hoped_for, fake_logits, from_logits=True))
# ```
#
# The deck writes `tf.losses.sigmoid_cross_entropy`, which is the same function under its TensorFlow 1 name.
# </details>

# %% [markdown]
# **Predict**: a discriminator that cannot tell the two kinds apart gives the logit 0 to every image. What are the two losses?

# %% tags=["nbval-check-output"]
discriminator_loss = use(discriminator_loss, otherwise=losses.discriminator_loss)
generator_loss = use(generator_loss, otherwise=losses.generator_loss)
no_idea = tf.zeros((32, 1, 1, 1))
print(
    f"d_loss {float(discriminator_loss(no_idea, no_idea)):.2f}, g_loss {float(generator_loss(no_idea)):.2f}"
)

# %% [markdown]
# Remember **1.39 and 0.69**, which are 2 ln 2 and ln 2. A `d_loss` far below 1.39 means that the discriminator is ahead.
#
# ### Exercise 4: one training step
# This exercise is the heart of the lesson. The networks process several images at a time, called a **batch**. One **step** updates each network once, with one batch. An **epoch** is as many steps as it takes to see every training image once.
#
# An update needs **gradients**, which say for each weight how the loss would change if that weight grew a little. TensorFlow records on a **tape** what is computed inside a `with` block, and then works its way back. From `g_loss`, the way back leads *through the discriminator* to the generator. This answers the question at the top: **the generator never sees a brain, but the discriminator tells it, pixel by pixel, which change would look more real.**
#
# An **optimiser** then changes the weights. Call both networks with `training=True`, so that batch normalisation uses the mean and standard deviation of this batch.
#
# <details><summary>Hint</summary>
#
# `with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:` opens both tapes. `d_tape.gradient(d_loss, variables)` gives the gradients, and `d_optimizer.apply(gradients, variables)` uses them. The variables of a network are its `trainable_variables`. The number of real images is `real_images.shape[0]`.
# </details>


# %% tags=["exercise"]
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    """Update each network once: real_images (B, H, W, 1) -> d_loss, g_loss."""
    # 1. Draw a latent for each real image: tf.random.normal takes the shape, a tuple, here (B, 100).
    # 2. Open two tapes. Inside them, with training=True:
    #      the generator paints fake images from the latents
    #      the discriminator gives logits for the real images, and for the fake ones
    #      discriminator_loss and generator_loss turn logits into d_loss and g_loss
    # 3. d_tape: the gradients of d_loss for the discriminator's variables; d_optimizer applies them.
    # 4. g_tape: the gradients of g_loss for the generator's variables; g_optimizer applies them.
    # 5. Return both losses.
    return ...


# %% tags=["check"]
checks.train_step(train_step)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
#     latents = tf.random.normal((real_images.shape[0], 100))
#     with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
#         fake_images = generator(latents, training=True)
#         real_logits = discriminator(real_images, training=True)
#         fake_logits = discriminator(fake_images, training=True)
#         d_loss = discriminator_loss(real_logits, fake_logits)
#         g_loss = generator_loss(fake_logits)
#     d_variables = discriminator.trainable_variables
#     d_gradients = d_tape.gradient(d_loss, d_variables)
#     d_optimizer.apply(d_gradients, d_variables)
#     g_variables = generator.trainable_variables
#     g_gradients = g_tape.gradient(g_loss, g_variables)
#     g_optimizer.apply(g_gradients, g_variables)
#     return d_loss, g_loss
# ```
#
# Each optimiser gets the weights of one network only, so the other network stands still. Goodfellow and others (2014) update the discriminator first and then ask it again about the generated images; both ways work.
# </details>

# %% [markdown]
# ## 4. Train your own
#
# Half a minute is too short for the deck's networks on a laptop. So you train smaller ones, made of the same blocks, on slices of 32 x 32. The optimiser is **Adam**, which follows a running average of past gradients and adapts the size of its steps to each weight. The **learning rate** says how large each change is, and `beta_1` how much of the past stays in the average: 0.5 is the choice of the DCGAN paper. (The deck names no optimiser, rate or batch size.)
#
# `tf.function` **compiles** the step: TensorFlow records the operations once, and repeats them without Python, which is several times faster.

# %% tags=["slow"]
train_step = use(train_step, otherwise=course.train_step)
compiled_step = tf.function(train_step)
generator = build_generator((64, 32, 16))
discriminator = build_discriminator(32, (16, 32, 64))
g_optimizer = keras.optimizers.Adam(1e-3, beta_1=0.5)
d_optimizer = keras.optimizers.Adam(1e-3, beta_1=0.5)
g_optimizer.build(generator.trainable_variables)
d_optimizer.build(discriminator.trainable_variables)
batches = slices.dataset("train", "t1", batch_size=32, repeat=True)  # (32, 64, 64, 1) each, without end
print(f"one epoch: {len(rows['training']) // 32} steps of 32 images")

# %% [markdown]
# **Predict** before you run: what appears first, the outline, the ventricles or the folds? Will both losses fall? The film follows four latents. At the end, it is saved as `kept/my-brains.gif` and played three times.

# %% tags=["slow"]
film, history = Film(), []
watched = draw_latents(64, seed=1)
end = time.monotonic() + live_seconds(30)
for step, real_images in enumerate(batches):
    real_images = tf.nn.avg_pool2d(real_images, 2, 2, "VALID")  # (32, 32, 32, 1): the mean of 2 x 2 pixels
    history.append(compiled_step(real_images, generator, discriminator, g_optimizer, d_optimizer))
    if step % 25 == 0:
        film.add(generator(watched, training=True)[:4], f"step {step}")
    if time.monotonic() > end:
        break
film.add(generator(watched, training=True)[:4], f"step {step}")
film.save("kept/my-brains.gif", "Four latents as the training goes on. Each stays in its place.")

# %% [markdown]
# What is large and simple comes first: a bright blob, then an outline. At this stage you can see the grid of the transposed convolutions. Dark ventricles and the line between the two halves follow. Folds come last, and half a minute may be too short for them.

# %% tags=["slow"]
d_losses, g_losses = np.array(history).T
gan_figures.loss_curves(
    d_losses, g_losses, "Both losses at every step (faint), and their means over 25 steps."
)

# %% [markdown]
# In ordinary training a falling loss means success. Here two networks pull in opposite directions, so `g_loss` may stay level or even rise while the images get better. **The losses do not tell you how good the images are.** Your `g_loss` may even have fallen from a high start, while the discriminator lost its early lead. Losses can warn you of trouble, though: a `d_loss` that stays near 0 means that the discriminator has won, and the generator hardly learns any more. To notice **mode collapse**, when all images look alike, you have to look at the images.
#
# ## 5. Is it any good?
#
# The course ships generators that were trained for longer, on 512 phantoms. Each has a **model card**, a file that says what it was trained on, how, and what it scored. `dcgan-t1-deck` has the deck's networks and losses. `dcgan-t1`, which painted your four brains, has a better recipe: it enlarges by repeating pixels, uses a different loss, and **averages** its weights over many steps.
#
# Test your eyes. Of the next eight slices, four are held-out phantom slices and four come from `dcgan-t1`. **Write down the letters of those four** before you go on.

# %% tags=["slow"]
rng = np.random.default_rng(19)
held_out = t1[rng.permutation(rows["held-out"])[:200]]
latents = draw_latents(200, seed=2)
paint = {
    name: pretrained.load(name)(latents, training=False).numpy()[..., 0]
    for name in ("dcgan-t1-deck", "dcgan-t1")
}
eight = np.concatenate([held_out[:4], paint["dcgan-t1"][:4]])
order = rng.permutation(8)
figures.montage(
    dict(zip("ABCDEFGH", eight[order], strict=True)),
    "Eight T1 slices, four of them generated.",
    limits=(-1, 1),
)

# %% [markdown]
# Here is the answer. Guessing gets two of the four letters right, on average. Below the answer are slices by `dcgan-t1-deck`.

# %% tags=["slow"]
print("Generated:", *(letter for letter, k in zip("ABCDEFGH", order, strict=True) if k >= 4))
figures.montage(paint["dcgan-t1-deck"][4:8], "Four slices by dcgan-t1-deck.", limits=(-1, 1))

# %% [markdown]
# The deck's networks paint brains, but grainy ones, with a ragged outline.
#
# ### The mean, and how much brains differ
# A generator that painted one perfect brain again and again would fool your eyes. So look at many images at once: at the mean of each pixel, and at its **spread**, the standard deviation. **Predict** where brains differ most, and what happens to the grain in the mean.

# %% tags=["slow"]
groups = {"held-out": held_out, **paint}
pictures = {f"mean, {name}": images.mean(0) for name, images in groups.items()}
pictures |= {f"spread, {name}": images.std(0) / 0.4 - 1 for name, images in groups.items()}
figures.montage(
    pictures,
    "Above: the mean of each pixel. Below: its standard deviation, from 0 (black) to 0.8 (white).",
    columns=3,
    width=2.7,
    limits=(-1, 1),
)

# %% [markdown]
# Brains differ most at the rim and in the ventricles. If the generated brains were too much alike, their spread would be darker. It is not, for either generator. But the mean of `dcgan-t1-deck` is still grainy. Random grain would have averaged out. So this is a fixed pattern, the **grid**, although a kernel of 4 x 4 gives every pixel the same number of prints.
#
# Papers report two numbers, which lesson 44 explains. **KID** measures how far apart two sets of images are; it is 0 on average for two sets of the same kind. **Recall** is the share of held-out slices that have something similar among the generated ones.

# %% tags=["nbval-check-output", "slow"]
for name in ("dcgan-t1-deck", "dcgan-t1"):
    scores = pretrained.card(name).scores
    print(f"{name:13}    KID {scores['kid']:.2f}, recall {scores['recall']:.2f}")
print(f"training slices  KID {scores['real_kid']:.2f}, recall {scores['real_recall']:.2f}")

# %% [markdown]
# The last row shows what a perfect generator could reach. The deck's networks are far from it, and the better recipe is close. Neither number measures anatomy.
#
# ### A trap in the deck's code
# The deck's networks are called with `training=True` unless you say otherwise. **Predict**: if you paint four latents alone, and then the same four among 32, are the images the same?

# %% tags=["nbval-check-output", "slow"]
deck_painter = pretrained.load("dcgan-t1-deck")
for training in (True, False):
    alone = deck_painter(latents[:4], training=training)
    in_company = deck_painter(latents[:32], training=training)[:4]
    print(f"training={training}: the same images?", np.allclose(alone, in_company, atol=0.02))

# %% [markdown]
# With `training=True`, a brain depends on the others in its batch, because batch normalisation uses the mean and spread of that batch. After training, always set `training=False`: then it uses averages that were collected during training. (The film used `training=True`, because these averages lag behind early in training.)

# %% [markdown] tags=["optional"]
# ## Optional: tumours, and a walk between two brains
#
# `dcgan-flair` learned from FLAIR slices with a tumour, in which the **oedema**, the swelling around the tumour, is bright. What is wrong with the generated ones in the lower row?

# %% tags=["optional", "slow"]
flair = np.asarray(slices.images[..., slices.modalities.index("flair")], np.float32)
ill = slices.select(where="tumour_px > 40")
generated = pretrained.load("dcgan-flair")(draw_latents(4, seed=6), training=False).numpy()[..., 0]
figures.montage(
    [*flair[rng.choice(ill, 4, replace=False)], *generated],
    "Above: four FLAIR slices of this lesson's patients. Below: four slices by dcgan-flair.",
    limits=(-1, 1),
)

# %% [markdown] tags=["optional"]
# The generator has learned that a tumour is something bright. It rarely paints what tumours are made of, such as a dark core with a rim, and the third one in the lower row has two bright masses. No number above would have told you.
#
# Now take two latents, and walk from one to the other in three steps. **Predict**: does the first brain *fade* into the second, as in a double exposure, or does it *change shape*?

# %% tags=["optional", "slow"]
start, finish = draw_latents(2, seed=7)
share = np.linspace(0, 1, 4, dtype=np.float32)[:, None]
walk = painter((1 - share) * start + share * finish, training=False).numpy()[..., 0]
fade = (1 - share[..., None]) * walk[0] + share[..., None] * walk[-1]
figures.montage(
    [*walk, *fade],
    "Above: slices painted on the way between two latents. Below: the first and the last image, faded.",
    limits=(-1, 1),
)

# %% [markdown] tags=["optional"]
# Above, every picture is one brain with one outline. Below, the middle pictures show two brains at once. So latents that are close to each other give similar brains. Lesson 43 explores this.
#
# Another generator of the course paints four modalities of a patient and the tumour's labels at once. Press **New patient**, and then ask for the nearest training patient.

# %% tags=["optional", "slow"]
from gancourse.teaching.widgets import ThisBrain

ThisBrain()

# %% [markdown]
# ## In practice
# - **Phantoms are not people.** A generator trained on them has learned nothing about patients. Set `GANCOURSE_DATA` to a folder of BraTS, and this lesson trains on real slices.
# - **For research and teaching only.** A generated tumour is a network's idea of one, and in pixels of 3.25 mm a lesion of 5 mm is one or two pixels wide.
#
# <details><summary>Fine print: left and right, privacy, budgets, and what your film depends on</summary>
#
# `dcgan-t1` was trained with half of its images mirrored, so its brains have no true left or right: the letters in the figures say what the convention is. A generator can store the patients it was trained on; lesson 44 tests for this.
#
# The two T1 generators were trained on a GPU (an NVIDIA H200): the deck's networks for 46 epochs with batches of 128, `dcgan-t1` for 93 epochs with batches of 64; the cards are `gancourse/weights/dcgan-t1-deck.json` and `dcgan-t1.json`. The deck gives no optimiser, rate, batch size or number of epochs, so for its generator we chose all four ourselves, with `beta_1` 0.5 from the paper. Several things differ between the two recipes at once, so nothing here says which of them matters. Live training stops by the clock: a slower computer shows an earlier stage, and no two runs are the same. The KID and recall in the cards are computed from features of a network that was trained on phantoms, so they cannot be compared with numbers in papers.
# </details>
#
# ### Go further
# - Change `beta_1` to 0.9, Keras' default, or the rate to 1e-4, and train again from the cell that builds the networks. What does your film show?
# - Train the deck's networks for as long as you like: `gancourse train dcgan --data data/slices-phantoms --recipe deck --minutes 60 --out data/my-dcgan`. Then `gancourse sample dcgan --run data/my-dcgan --n 36 -o grid.png` paints 36 brains.
#
# ### References
# - Goodfellow et al. (2014), arXiv 1406.2661: the game and both losses.
# - Radford, Metz and Chintala (2016), arXiv 1511.06434: the DCGAN.
# - Ioffe and Szegedy (2015), arXiv 1502.03167: batch normalisation.
# - Kingma and Ba (2015), arXiv 1412.6980: Adam.
# - Odena, Dumoulin and Olah (2016), *Deconvolution and checkerboard artifacts*, doi 10.23915/distill.00003.
# - Shin et al. (2018), arXiv 1807.10225: brains for data augmentation, the work behind the deck's code.
