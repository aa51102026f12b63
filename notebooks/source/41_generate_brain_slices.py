# %% [markdown]
# # Generate brain slices with the deck's DCGAN
#
# **Part 4 of the deck: Generating medical images.** A network, the **generator**, is given 100 random numbers and paints a brain that nobody has. A second one, the **discriminator**, says whether an image is real or painted, and each learns from the other. That is a GAN. In this lesson you build one.
#
# **What you'll do.** Build the deck's generator and discriminator layer by layer; derive their two losses; let them play against each other on this machine for half a minute; and look hard at generators that trained for much longer.
#
# **What you'll learn.**
# - to read a network by its shapes and its weights;
# - what the losses of a GAN mean, and which values to watch;
# - how one round of training works;
# - how to ask "is it any good?" with numbers, and not by eye alone.
#
# **What you need.** A little Python and NumPy, and lesson 31 (what a slice is, and why we split by patient). No maths beyond the logarithm. **Time:** 60 minutes. The code runs in about one.

# %% [markdown]
# The tools. Networks come from Keras; figures and checks come from the course.

# %%
import os

import numpy as np
from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
import keras
from keras import layers

from gancourse import losses
from gancourse.teaching import figures
from gancourse.teaching.figures import gan_figures
from gancourse.teaching.checks import lesson41 as checks

FULL = os.environ.get("GANCOURSE_PROFILE") == "full"  # train for real, see section 4
keras.utils.set_random_seed(41)

# %% [markdown]
# ## 1. What comes out, what goes in
#
# ### Out: slices
# The generator learns from examples. Ours are axial slices of brain phantoms, 64 x 64 pixels. The cohort of lesson 31
# is cut into slices once; the next time this cell only opens them.

# %%
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.teaching.data import lesson_data, slices_folder

folder = lesson_data()
slices = make_slices(find_subjects(folder)[:48], slices_folder(folder))
rows = {"train": slices.select("train")}
rows["held out"] = np.concatenate([slices.select("validation"), slices.select("test")])
patients = slices.table["patient"].to_numpy()
for name, chosen in rows.items():
    print(f"{name}: {len(set(patients[chosen]))} patients, {len(chosen)} slices")

# %% [markdown]
# The networks will see the training patients only. The held-out ones wait for section 5. Here are sixteen training
# slices, first T1, then FLAIR, on which oedema around a tumour is bright.

# %%
t1 = np.asarray(slices.images[..., slices.modalities.index("t1")], np.float32)  # (slices, 64, 64)
flair = np.asarray(slices.images[..., slices.modalities.index("flair")], np.float32)
shown = rows["train"][:: len(rows["train"]) // 16][:16]
gan_figures.grids(
    {"T1": t1[shown], "FLAIR": flair[shown]},
    "Sixteen training slices of several phantoms and heights, the same ones in T1 and in FLAIR.",
)

# %% [markdown]
# The numbers in these slices run from -1 (background) to 1 (the brightest tissue). The reason is the generator's last
# function, `tanh`: whatever goes in, something between -1 and 1 comes out. Real and generated images must live on the
# same scale, or the discriminator could tell them apart by brightness alone and nobody would learn any anatomy.
#
# ### Exercise 1: to the network's scale
# A slice comes from the scanner with whole numbers from 0 (background) to some maximum, another one for each scan.
# Bring it to [-1, 1].


# %% tags=["exercise"]
def to_network(image):
    """image: (H, W), 0 to its own maximum -> (H, W), -1 to 1."""
    return ...


# %% tags=["check"]
checks.to_network(to_network)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def to_network(image):
#     return 2 * (image / image.max()) - 1
# ```
#
# Dividing by the maximum gives 0 to 1; doubling makes it 2 wide; subtracting 1 centres it on 0. A photo's 255 will not
# do: MR intensities have no fixed maximum. (The course's slices are scaled inside the brain and are more robust: one
# very bright pixel must not decide.)
# </details>

# %% [markdown]
# ### In: noise
# The generator's input is called a **latent vector**: 100 random numbers from the bell curve (mean 0, standard
# deviation 1). Think of 100 sliders on a mixing desk. Nobody says what each slider does. Training decides that; all we
# promise is to set them at random, in the same way every time.
#
# ### Exercise 2: draw latents
# Write the function that sets the sliders for `n` images. `rng` is NumPy's random generator, as from
# `np.random.default_rng(seed)`.


# %% tags=["exercise"]
def latents(rng, n):
    """n latent vectors, a row each: (n, 100)."""
    return ...


# %% tags=["check"]
checks.latents(latents)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def latents(rng, n):
#     return rng.standard_normal((n, 100))
# ```
#
# `rng.random` would give numbers from 0 to 1. A generator that was trained on the bell curve has never seen such
# settings and paints badly with them: always sample as in training.
# </details>

# %% [markdown]
# ## 2. Two networks, block by block
#
# ### The generator: from 100 numbers to 4,096 pixels
# The deck's generator starts with a very small picture, 8 x 8, but a thick one: it has many **maps**, as a colour photo
# has three. Then it doubles the size three times, 8 to 16 to 32 to 64, and the picture gets thinner on the way.
#
# The layer that doubles is the **transposed convolution** (`Conv2DTranspose`). Picture a rubber stamp of 4 x 4 numbers.
# Every pixel of the small picture presses the stamp onto the large one, two pixels further each time, as hard as its
# own value says. Where prints overlap, they add up.
#
# **Predict**: a 4 x 4 picture of ones, a stamp of ones, two pixels a step. How large is the result? Is every pixel
# hit equally often?

# %% tags=["nbval-check-output"]
stamp = layers.Conv2DTranspose(1, (4, 4), strides=(2, 2), padding="same", kernel_initializer="ones")
print(stamp(np.ones((1, 4, 4, 1)))[0, :, :, 0].numpy().astype(int))

# %% [markdown]
# Twice as large, 8 x 8, and inside every pixel gets four prints. That is luck by design: the stamp's width, 4, is a
# multiple of the step, 2. Try `(3, 3)`: some pixels get one print, some two, some four, and such a generator tends to
# paint a **checkerboard**.
#
# Now a whole block, on one sample. Behind the stamp come two more layers:
# - **Batch normalisation** brings each map to mean 0 and spread 1 over the batch, so that no layer drowns the next.
# - **ReLU** keeps what is positive and sets the rest to 0. Without such a bend, many layers would do no more than one.


# %% tags=["nbval-check-output"]
def up(filters, strides=2):
    """One block of the generator: stamp, normalise, bend."""
    stamp = layers.Conv2DTranspose(filters, (4, 4), strides, padding="same", use_bias=False)
    return [stamp, layers.BatchNormalization(), layers.ReLU()]


x = keras.random.normal((1, 8, 8, 512), seed=0)
print("in: ", x.shape)
for layer in up(256):
    x = layer(x)
    print("out:", x.shape, type(layer).__name__)

# %% [markdown]
# Height and width doubled, 512 maps became 256. Only the stamp changes the shape.
#
# **Predict** the shapes of the whole generator before you run it. It begins with a `Dense` layer that turns 100 numbers
# into 4,096, folded into 8 x 8 with 64 maps. Where is the thickest picture?

# %% tags=["nbval-check-output"]
generator_layers = [
    layers.Dense(8 * 8 * 64, use_bias=False),
    layers.BatchNormalization(),
    layers.ReLU(),
    layers.Reshape((8, 8, 64)),
    *up(512, strides=1),
    *up(256),
    *up(128),
    *up(64),
    layers.Conv2DTranspose(1, (4, 4), padding="same", use_bias=False),
    layers.Activation("tanh"),
]
x = keras.random.normal((1, 100), seed=0)
print(f"{'latent':18}", x.shape)
for layer in generator_layers:
    x = layer(x)
    if not isinstance(layer, layers.BatchNormalization | layers.ReLU):
        print(f"{type(layer).__name__:18}", x.shape)

# %% [markdown]
# These few lines are the whole network. The thickest picture is the first of the four blocks: 8 x 8 with 512 maps. Each
# doubling of the size halves the maps, until one map is left: the gray values of the image.
#
# ### Exercise 3: where do the weights sit?
# A network's **weights** are the numbers that training changes. A (transposed) convolution has one stamp for each pair
# of input map and output map, and, with a **bias**, one more number for each output map. Count them.


# %% tags=["exercise"]
def layer_weights(kernel, inputs, outputs, bias):
    """kernel: side of the square stamp; inputs, outputs: numbers of maps; bias: True or False."""
    return ...


# %% tags=["check"]
checks.layer_weights(layer_weights)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def layer_weights(kernel, inputs, outputs, bias):
#     return kernel * kernel * inputs * outputs + (outputs if bias else 0)
# ```
#
# The image's size does not occur: the same stamp is used everywhere. So the block from 512 to 256 maps has
# 4 x 4 x 512 x 256 = 2,097,152 weights, more than half of the generator, while it works on a picture of 16 x 16.
# </details>

# %% [markdown]
# The deck writes the same network as a class, and the course keeps that class as it is: open
# `gancourse/networks/dcgan.py` beside this lesson. If both are the same network, they have equally many weights.

# %% tags=["nbval-check-output"]
from gancourse.networks.dcgan import Discriminator, Generator

ours = keras.Sequential([keras.Input((100,)), *generator_layers])
deck = Generator()
deck(np.zeros((1, 100)), training=False)  # Keras makes the weights when it first sees a shape
print(f"ours {ours.count_params():,}, the deck's {deck.count_params():,}")

# %% [markdown]
# ### The discriminator: from 4,096 pixels to one number
# The discriminator is the generator backwards. Its **convolution** also has stamps of 4 x 4, but uses them as
# templates: it lays the template on the image every two pixels and writes down how well it fits. So the picture halves
# instead of doubling, and gets thicker. Its bend is **leaky**: what is negative is not cut off but made five times
# smaller. The generator learns from the slope of the discriminator, and where everything is 0 there is no slope.
#
# **Predict**: how often can 64 be halved until a 4 x 4 template covers everything at once?

# %% tags=["nbval-check-output"]
x = keras.random.normal((1, 64, 64, 1), seed=0)
discriminator_layers = [layers.Conv2D(64, (4, 4), strides=2, padding="same"), layers.LeakyReLU(0.2)]
for filters in (128, 256, 512):
    discriminator_layers += [
        layers.Conv2D(filters, (4, 4), strides=2, padding="same"),
        layers.BatchNormalization(),
        layers.LeakyReLU(0.2),
    ]
discriminator_layers += [layers.Conv2D(1, (4, 4)), layers.Dense(1)]
for layer in discriminator_layers:
    x = layer(x)
    if isinstance(layer, layers.Conv2D | layers.Dense):
        print(f"{type(layer).__name__:8}", x.shape)

# %% [markdown]
# Four times. Then one number is left: the **logit**, the evidence that the image is real. Above 0 means "rather real",
# below 0 "rather generated".
#
# That number still goes through a `Dense(1)`: two weights that scale and shift it. The deck has this layer, so we keep
# it. The deck also *defines* a `Dropout(0.3)` and a `Flatten` and never *calls* them. Code that defines a layer looks
# as if it used it. The weight count cannot tell you either, since neither layer has any weights. Read `call`, not
# `__init__`.

# %% tags=["nbval-check-output"]
ours = keras.Sequential([keras.Input((64, 64, 1)), *discriminator_layers])
deck = Discriminator()
deck(np.zeros((1, 64, 64, 1)), training=False)
print(f"ours {ours.count_params():,}, the deck's {deck.count_params():,}")

# %% [markdown]
# 3.71 million weights paint, 2.77 million judge. That is small: the large image generators of today have hundreds of times more.
#
# ## 3. What each of them wants
#
# In the deck, the generator is a **counterfeiter** and the discriminator the **police**. The police see a banknote and
# say how sure they are that it is real, from 0 to 1. Then they hear the truth. A **loss** says how bad an answer was,
# and both sides want theirs small.
#
# ### Surprise
# A good measure of a bad answer is **surprise**: minus the logarithm of the probability that one gave to the truth. Who
# says "real, 99 %" of a real note is hardly surprised: -ln 0.99 = 0.01. Who says "real, 1 %" of a real note is shocked:
# -ln 0.01 = 4.6. Who does not know says 50 %, and is surprised by -ln 0.5 = 0.69 every time.
#
# This measure is the **binary cross-entropy**. The network gives a logit, not a probability; the **sigmoid** turns one
# into the other: 0 becomes one half, large logits come close to 1, very negative ones close to 0. Keras does both in
# one go, and more exactly, if told `from_logits=True`.
#
# **Predict**: the police are given a real note. Which logit would be best? And is -3 twice as bad as -1.5, or more?

# %%
logit = np.linspace(-6, 6, 121)
gan_figures.lines(
    {"truth: real": np.log1p(np.exp(-logit)), "truth: generated": np.log1p(np.exp(logit))},
    logit,
    ("logit of the discriminator", "surprise"),
    "Surprise for each logit when the image is real (falling) and when it is generated (rising). Both are ln 2 = 0.69 at "
    "logit 0, go to 0 on the right side, and become a straight line on the wrong side.",
)

# %% [markdown]
# The best logit for a real note is as large as can be. On the wrong side the curve becomes a straight line: -3 is a
# little less than twice as bad as -1.5.
#
# ### The police's loss
# Half of the police's cases are real notes, half are forged. The deck adds the two mean surprises. With $D(\cdot)$ for the
# probability that the discriminator gives to "real":
#
# $$\text{d\_loss} = \text{mean}\big[-\ln D(\text{real})\big] + \text{mean}\big[-\ln(1 - D(\text{generated}))\big]$$
#
# ### Exercise 4: the discriminator's loss
# Write it with `keras.losses.binary_crossentropy(target, logits, from_logits=True)`, or with your own formula. Targets
# are made by `keras.ops.ones_like(...)` and `zeros_like`, and `keras.ops.mean` takes the mean.


# %% tags=["exercise"]
def my_discriminator_loss(real_logits, fake_logits):
    """Logits for real and for generated images, each (B, 1, 1, 1) -> one number."""
    return ...


# %% tags=["check"]
checks.discriminator_loss(my_discriminator_loss)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def my_discriminator_loss(real_logits, fake_logits):
#     ones, zeros = keras.ops.ones_like(real_logits), keras.ops.zeros_like(fake_logits)
#     real_loss = keras.losses.binary_crossentropy(ones, real_logits, from_logits=True)
#     fake_loss = keras.losses.binary_crossentropy(zeros, fake_logits, from_logits=True)
#     return keras.ops.mean(real_loss) + keras.ops.mean(fake_loss)
# ```
#
# The deck's `tf.losses.sigmoid_cross_entropy` is the same function under its name in TensorFlow 1. Do not put a sigmoid
# before it: with `from_logits=True` it does its own. Keras notices its own sigmoid there and warns; TensorFlow's passes
# unnoticed, and the network learns slowly and nobody knows why.
# </details>

# %% [markdown]
# ### The counterfeiter's loss
# The counterfeiter never sees a real note. All it has is the police's opinion of its own. It wants to be told "real":
#
# $$\text{g\_loss} = \text{mean}\big[-\ln D(\text{generated})\big]$$
#
# Why not simply the opposite of the police's loss, the mean of $\ln(1 - D(\text{generated}))$? That would be a fair
# game, **minimax**. But look at a beginner whose notes are laughable, logit -6. **Predict**: how much does each loss
# change when the note gets a little better? (The figure above helps: the slope at -6.)

# %% tags=["nbval-check-output"]
laughable = tf.constant([-6.0])
with tf.GradientTape(persistent=True) as tape:
    tape.watch(laughable)
    minimax = -losses.discriminator_loss(tf.constant([9.0]), laughable)
    deck_loss = losses.generator_loss(laughable)
print(f"slope, minimax:    {tape.gradient(minimax, laughable).numpy()[0]:.3f}")
print(f"slope, the deck's: {tape.gradient(deck_loss, laughable).numpy()[0]:.3f}")

# %% [markdown]
# The minimax loss is flat just where the counterfeiter has most to learn. The deck's asks the same question the other
# way round and is steep there: 400 times steeper. It is called **non-saturating**.
#
# ### Exercise 5: the generator's loss
# Write it. Think about which answer the generator hopes for.


# %% tags=["exercise"]
def my_generator_loss(fake_logits):
    """Logits for generated images, (B, 1, 1, 1) -> one number."""
    return ...


# %% tags=["check"]
checks.generator_loss(my_generator_loss)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def my_generator_loss(fake_logits):
#     ones = keras.ops.ones_like(fake_logits)
#     return keras.ops.mean(keras.losses.binary_crossentropy(ones, fake_logits, from_logits=True))
# ```
#
# The generated images are called *real* here. That is no mistake: it is what the counterfeiter wishes for.
# </details>

# %% [markdown]
# ### Two numbers to remember
# **Predict**: the police have no idea and give logit 0 to everything. What are the two losses?

# %% tags=["nbval-check-output"]
undecided = tf.zeros((32, 1, 1, 1))
print(f"d_loss {losses.discriminator_loss(undecided, undecided):.3f}   2 ln 2 = {2 * np.log(2):.3f}")
print(f"g_loss {losses.generator_loss(undecided):.3f}     ln 2 = {np.log(2):.3f}")

# %% [markdown]
# **1.386 and 0.693** are the losses of undecided police. A `d_loss` well below 1.386 says that the police are ahead;
# a `g_loss` well above 0.693 says the same from the other side. Neither says how good the *images* are: poor forgers
# and poor police can be in balance for hours.
#
# ## 4. The game
#
# ### One round
# This is the recipe of Goodfellow and others (2014), in words:
#
#     repeat:
#         take a batch of real images and draw as many latents
#         the police learn:
#             let the generator paint; ask the discriminator about real and generated images
#             change the discriminator's weights a little, downhill on d_loss        (the generator stands still)
#         the counterfeiter learns:
#             ask the discriminator again about the generated images
#             change the generator's weights a little, downhill on g_loss            (the discriminator stands still)
#
# "Downhill" needs slopes, and TensorFlow finds them: it records on a **tape** what was computed and plays it back.
# Here is the round as code, for any pair of networks.


# %%
def play_a_round(real_images, generator, discriminator, g_optimizer, d_optimizer):
    z = tf.random.normal((len(real_images), 100))
    with tf.GradientTape() as tape:  # the police learn
        real_logits = discriminator(real_images, training=True)
        fake_logits = discriminator(generator(z, training=True), training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits)
    d_variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(d_loss, d_variables), d_variables)

    with tf.GradientTape() as tape:  # the counterfeiter learns
        g_loss = losses.generator_loss(discriminator(generator(z, training=True), training=True))
    g_variables = generator.trainable_variables
    g_optimizer.apply(tape.gradient(g_loss, g_variables), g_variables)
    return float(d_loss), float(g_loss)


# %% [markdown]
# Half a minute is short. The deck's pair would play some forty rounds in it on two CPU cores, and its images would still be
# fog. So we let a smaller pair play: the same kinds of layers, one doubling fewer, a quarter of the
# maps, on slices of 32 x 32. It plays many more rounds, and you see the story unfold. Three rounds by hand:

# %% tags=["slow"]
from gancourse.training.recipes import Recipe

small = Recipe(networks="transpose", size=32, base=16, d_base=16, beta1=0.5, g_rate=4e-4, d_rate=4e-4)
generator, discriminator = small.build_networks()
optimizers = [keras.optimizers.Adam(4e-4, beta_1=0.5) for _ in range(2)]


def halve(images):
    """(B, 64, 64, 1) -> (B, 32, 32, 1): each pixel the mean of four."""
    return tf.nn.avg_pool2d(images, 2, 2, "VALID")


for batch in slices.dataset("train", "t1", batch_size=32).take(3):
    d_loss, g_loss = play_a_round(halve(batch), generator, discriminator, *optimizers)
    print(f"d_loss {d_loss:.2f}, g_loss {g_loss:.2f}")

# %% [markdown]
# ### Exercise 6: who is winning?
# Losses are hard to read. A plainer number is the discriminator's **accuracy**: the share of images that it gets right.
# Take the share among the real ones and the share among the generated ones, and return the mean of the two.
#
# Beware: the discriminator gives logits, not probabilities. Logits arrive here as NumPy arrays.


# %% tags=["exercise"]
def my_accuracy(real_logits, fake_logits):
    """Logits, (N, 1, 1, 1) and (M, 1, 1, 1) -> share of right answers, 0 to 1."""
    return ...


# %% tags=["check"]
checks.accuracy(my_accuracy)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def my_accuracy(real_logits, fake_logits):
#     return (np.mean(real_logits > 0) + np.mean(fake_logits < 0)) / 2
# ```
#
# Logit 0 is probability one half. Comparing logits with 0.5 would ask for 62 % certainty before anything counts as real.
# </details>

# %% [markdown]
# ### Thirty seconds
# `GAN` in `gancourse/gans/gan.py` is the round above as a Keras model, so `fit` can play it. A callback stops it by
# the clock, another shows what the same eight latents become. (With `GANCOURSE_PROFILE=full` the deck's own pair plays
# 150 passes over the data instead, which takes half an hour or more on two CPU cores.)
#
# **Predict** before you run: What appears first, the outline, the ventricles or the folds? Will both losses fall? Who
# will be ahead?

# %% tags=["slow"]
from gancourse.training.callbacks import StopAfter
from gancourse.gans.latent import draw_latents

recipe = Recipe() if FULL else small
batches = slices.dataset("train", "t1", recipe.batch_size, repeat=True)
rounds = 150 * len(rows["train"]) // recipe.batch_size  # 150 passes over the training slices
gan = recipe.build(seed=0, precision="float32")
watch = gan_figures.Watch(draw_latents(8, seed=1), every_steps=20)
history = gan.fit(
    batches if FULL else batches.map(halve),
    steps_per_epoch=20,
    epochs=rounds // 20 if FULL else 10_000,
    shuffle=False,  # the batches are shuffled already
    verbose=0,
    callbacks=[watch, *([] if FULL else [StopAfter(30)])],
).history

# %% [markdown]
# Now the whole story: each row is one latent vector, each column a moment.

# %% tags=["slow"]
gan_figures.progress(watch.grids, "The same four latents after more and more rounds.")

# %% [markdown]
# Large and simple comes first: a bright blob on a dark ground. Then an outline and the dark line between the two halves,
# then ventricles. Fine folds come last, and not in half a minute. Follow a row: once it is a brain, it tends to keep its
# character, broad or narrow, high or low. The sliders get their meaning early, and the details are worked out later.

# %% tags=["slow"]
gan_figures.training_curves(
    history,
    "Left: the losses of both. Right: how many real and how many generated images the discriminator gets right.",
    steps=20,
)

# %% [markdown]
# Compare with your prediction. The police learn faster: after some fifty rounds they are right nearly always, and `g_loss`
# shoots up. Then the counterfeiter catches up a little, and the curves level off with the police ahead. In ordinary
# training a falling loss is success. Here two players pull in opposite directions, and both losses can stay level while the
# images still get better. So do not ask the curves how good the images are. Look at them for trouble:
# - right answers at 100 % and staying there, `d_loss` near 0: the police have won, and the generator hears nothing but
#   "fake". (Between 80 and 95 % is a healthy range, says the Keras documentation in one of its examples.)
# - right answers at 50 % and images poor: the police are asleep;
# - eight images that look alike: the generator has found one note that works (**mode collapse**).
#
# ## 5. Is it any good?
#
# ### Generators that trained for real
# The course ships generators that were trained on 720 phantoms, 512 of them in the training split. One has the deck's
# networks and losses. What the deck does not say is our choice: batches of 128 images and `beta1=0.5`, as in the DCGAN
# paper. The other two use a better recipe on the same kind of network; their model cards say what is different.

# %% tags=["slow"]
from gancourse import pretrained

names = {
    "the deck's recipe": "dcgan-t1-deck",
    "better recipe": "dcgan-t1",
    "better recipe, FLAIR": "dcgan-flair",
}
trained = {title: pretrained.load(name) for title, name in names.items()}
for title, name in names.items():
    card, plain = pretrained.card(name), Recipe()
    changed = {k: v for k, v in card.recipe.items() if v != getattr(plain, k)}
    print(
        f"{title}: {card.data['images']:,} images, {card.about['epochs']} passes, {card.about['minutes']:.0f} minutes"
    )
    print("   changed:", ", ".join(f"{k}={v}" for k, v in changed.items()) or "nothing")

# %% [markdown]
# Mind the budgets before you judge. These minutes are a GPU's; two cores of a laptop would take about an hour for each. The
# deck's networks cost more than twice as much a pass, so that half as many passes took at least as much computing.
#
# Now a test of your own eyes. Four of these eight are held-out slices, four are generated. **Decide** before you go
# on: which four?

# %% tags=["slow"]
rng = np.random.default_rng(8)
z = draw_latents(200, seed=2)
paint = {title: generator(z, training=False).numpy()[..., 0] for title, generator in trained.items()}
eight = np.concatenate([t1[rng.choice(rows["held out"], 4, replace=False)], paint["better recipe"][:4]])
order = rng.permutation(8)
figures.montage(
    dict(zip("ABCDEFGH", eight[order], strict=True)),
    "Eight T1 slices, four of them generated.",
    width=1.7,
    limits=(-1, 1),
)

# %% [markdown]
# The answer, and then more of each.

# %% tags=["slow"]
print("Generated:", " ".join(letter for letter, k in zip("ABCDEFGH", order, strict=True) if k >= 4))
real = t1[rng.choice(rows["held out"], 16, replace=False)]
gan_figures.grids(
    {
        "held-out phantoms": real,
        "the deck's recipe": paint["the deck's recipe"][:16],
        "better recipe": paint["better recipe"][:16],
    },
    "Sixteen real T1 slices, sixteen by the deck's plain recipe, sixteen by the better one.",
    width=3.2,
)

# %% [markdown]
# The deck's recipe, given enough time, draws brains. They are grainy and a little ragged. One cause is the **grid** that
# transposed convolutions leave (Odena and others, below). The better recipe enlarges its maps by repeating pixels, and then
# convolves (`networks=resize`). Its discriminator has no batch normalisation. It compares each real image with a generated
# one (`loss=relativistic`), and two penalties keep it from becoming steep (`r1`, `r2`). Larger steps, averaged weights and
# mirrored images come on top. Which of these did it? Nobody can say from one run: they were all changed at once. Lesson 42
# takes such changes apart.
#
# And FLAIR, trained on slices with tumour only. Look for bright oedema, and ask whether it lies where oedema could lie.

# %% tags=["slow"]
ill = rows["held out"][slices.table["tumour_px"].to_numpy()[rows["held out"]] > 20]
gan_figures.grids(
    {
        "held-out phantoms": flair[rng.choice(ill, 16, replace=False)],
        "generated": paint["better recipe, FLAIR"][:16],
    },
    "Sixteen real FLAIR slices with tumour and sixteen generated ones.",
)

# %% [markdown]
# ### A trap in the deck's code
# The deck's networks are called with `training=True` unless told otherwise. Then batch normalisation uses the mean and
# spread *of this batch*. **Predict**: paint four latents alone, and the same four among 32. Are the images the same?

# %% tags=["nbval-check-output", "slow"]
z = draw_latents(32, seed=3)
for training in (True, False):
    alone = trained["the deck's recipe"](z[:4], training=training)
    in_company = trained["the deck's recipe"](z, training=training)[:4]
    print(f"training={training!s:5}: the same images:", bool(np.allclose(alone, in_company, atol=0.02)))

# %% [markdown]
# With `training=True` your brain depends on its neighbours in the batch. Outside of training, always say
# `training=False`, as we did above: it uses averages that were collected in training.
#
# ### Too good to be true?
# A generator that stored its training images and handed them out would pass every look. So we compare each generated
# image with its **nearest** training image and its nearest held-out image, which it cannot have seen. Distance is the
# root of the mean squared difference of the pixels.
#
# The comparison must be fair: who searches among more images finds a nearer one. So both sets have equally many
# patients and images.

# %% tags=["slow"]
from gancourse.metrics.memorisation import distances, nearest

count = min(len(set(patients[chosen])) for chosen in rows.values())


def draw_patients(name, number, rng):
    """Rows of the slices of some patients, drawn at random, in random order."""
    chosen = rng.choice(np.unique(patients[rows[name]]), number, replace=False)
    return rng.permutation(rows[name][np.isin(patients[rows[name]], chosen)])


sets = {name: draw_patients(name, count, rng) for name in rows}
images = min(len(chosen) for chosen in sets.values())
matches = {
    f"nearest {name}": nearest(paint["better recipe"][:6], t1[chosen[:images]])
    for name, chosen in sets.items()
}
pictures = {f"nearest {name}": t1[chosen] for name, chosen in sets.items()}
gan_figures.neighbours(
    paint["better recipe"][:6],
    {name: (distance, pictures[name][index]) for name, (distance, index) in matches.items()},
    "Six generated slices, and below each its nearest training and held-out slice, their distance above them.",
)

# %% [markdown]
# Neighbours share size, outline and height, not details. But six pairs prove nothing. So we take all 200 and count
# how often training is nearer than held-out. For an honest generator that is a coin toss, **one half**. To
# know what cheating would look like we need a cheat: one that returns training images of this cohort with a little
# noise. (The better recipe mirrors half of its training images, so a mirrored copy counts as a copy, too.)
#
# Every number comes with its spread: we repeat the count 200 times with other patients (10 a side) and other images, and
# give the range that holds 90 % of the results. **Predict** the three numbers.


# %% tags=["slow"]
def share_nearer_to_train(to_all, rng, number=10):
    """One draw: of patients on both sides, and of the generated images (with replacement)."""
    train, held_out = (draw_patients(name, number, rng) for name in rows)
    n = min(len(train), len(held_out))
    nearer = to_all[:, train[:n]].min(1) < to_all[:, held_out[:n]].min(1)
    return np.mean(rng.choice(nearer, len(nearer)))


copies = t1[rng.choice(rows["train"], 200)] + rng.normal(0, 0.05, (200, 64, 64))
for title, made in {**paint, "a cheat": copies}.items():
    if "FLAIR" not in title:
        to_all = np.minimum(distances(made, t1), distances(made, t1[:, :, ::-1]))
        low, middle, high = np.percentile(
            [share_nearer_to_train(to_all, rng) for _ in range(200)], (5, 50, 95)
        )
        print(f"{title:18} nearer to training: {middle:.2f}  ({low:.2f} to {high:.2f})")

# %% [markdown]
# The cheat's range leaves one half out, but only just, and foggy images can stray as far by chance. It copies 37
# patients, and each draw has ten of them at hand. A copy of one of these ten is always nearer to training; the rest toss
# a coin: 10/37 + 1/2 x 27/37 = 0.64. That is a warning about the other rows. Those generators were trained on 512 patients, of whom you hold 37: if they copied, your test would not notice. **A
# test that found nothing says little until you know what it would have found.** The same comparison with all 208 held-out
# patients, and as many of the training patients, is on the model card:

# %% tags=["slow"]
for title in ("the deck's recipe", "better recipe"):
    scores = pretrained.card(names[title]).scores
    print(
        f"{title:18} {scores['patients_each']} patients a side: nearer to training {scores['nearer_to_train']:.2f}"
    )
expected = 0.5 + 0.5 * 208 / 512
print(f"one that copies would reach about {expected:.2f}")

# %% [markdown]
# Is that the same as a coin toss? It is one draw of 208 training patients. Over a thousand draws the better recipe's share
# is 0.55 on average, and 95 % of them lie between 0.48 and 0.60. Two sets of 208 patients differ by chance, too: with all
# patients shuffled between the sides, 95 % lie between 0.41 and 0.60
# (`python experiments/memorisation.py`). So copying is neither shown nor excluded. Lesson 44 looks closer.
#
# ### The average brain, and how much brains differ
# Do the generated slices look right *as a set*? First the mean of each pixel, and its standard deviation: where do
# brains differ from each other?

# %% tags=["slow"]
groups = {
    "held out": t1[rows["held out"]],
    **{title: paint[title] for title in ("the deck's recipe", "better recipe")},
}
figures.montage(
    {f"mean, {name}": g.mean(0) for name, g in groups.items()},
    "Mean of each pixel.",
    columns=3,
    limits=(-1, 1),
)
figures.montage(
    {f"spread, {name}": g.std(0) for name, g in groups.items()},
    "Standard deviation of each pixel, black 0 to white 0.8: bright where images differ most.",
    columns=3,
    limits=(0, 0.8),
)

# %% [markdown]
# Real slices differ most at the rim (size and shape), in the ventricles and in the folds. A generator that lacks
# **diversity** has a spread map that is too dark: its brains are too much alike.
#
# ### Sharpness
# Blur is the absence of fine detail, and so is missing noise. A **power spectrum** says how much of an image is coarse
# (few cycles from edge to edge) and how much is fine (up to 32 in 64 pixels). A checkerboard would stand out as a peak
# at the fine end.

# %% tags=["slow"]
from gancourse.metrics.statistics import pixel_statistics, radial_spectrum, spectrum_distance


def spread(measure, draws=40):
    """5th, 50th and 95th percentile of a measure over random draws."""
    return np.percentile([measure() for _ in range(draws)], (5, 50, 95), axis=0)


def resample(images):
    return rng.choice(images, len(images))


gan_figures.lines(
    {name: tuple(spread(lambda g=g: radial_spectrum(resample(g)))[:, 1:]) for name, g in groups.items()},
    np.arange(1, 33),
    ("cycles per image: coarse to fine", "power"),
    "Power at each fineness, with its 90 % range. A curve below the held-out one on the right means blur.",
    log=True,
)

# %% [markdown]
# All in one table. The last row is the yardstick: real slices of *other* phantoms (the training patients) against the
# held-out ones. A perfect generator could do no better than that.


# %% tags=["slow"]
def differences(images):
    """Mean, spread and spectrum of a random draw of images against one of held-out patients."""
    reference = t1[draw_patients("held out", 10, rng)]
    images = resample(images)
    return *pixel_statistics(images, reference).values(), spectrum_distance(images, reference)


print(f"{'':18} {'mean differs by':>22} {'spread differs by':>22} {'spectrum, dB':>22}")
for name, g in {**dict(list(groups.items())[1:]), "real, for measure": None}.items():
    found = spread(lambda: differences(t1[draw_patients("train", 10, rng)] if g is None else g))  # noqa: B023
    print(f"{name:18}", *(f"{middle:8.3f} ({low:.3f} to {high:.3f})" for low, middle, high in found.T))

# %% [markdown]
# Pixels and spectra are what one can compute by hand. Lesson 44 builds what papers use: **KID**, the distance of two sets
# in the features of a network, 0 at best, and **recall**, the share of real slices that lie among the generated ones. From
# the model cards, against 208 held-out patients:

# %% tags=["nbval-check-output", "slow"]
for title, name in names.items():
    s = pretrained.card(name).scores
    print(
        f"{title:20} KID {s['kid']:6.3f} (standard error {s['kid_se']:.3f}; real slices {s['real_kid']:.3f}),"
        f" recall {s['recall']:.2f} (real {s['real_recall']:.2f})"
    )

# %% [markdown]
# **Is it any good?** Say it in one sentence for each generator, with a number. Such numbers find blur, sameness and
# copies. They do not find a brain with three ventricles: no such number knows anatomy.
#
# ### A teaser: between two brains
# Take two latent vectors and walk from one to the other in eight steps. **Predict**: does the first brain *fade* into
# the second, like a double exposure, or does it *change shape*?

# %% tags=["slow"]
start, end = draw_latents(2, seed=7)
steps = np.linspace(0, 1, 8, dtype=np.float32)[:, None]
walk = trained["better recipe"]((1 - steps) * start + steps * end, training=False).numpy()[..., 0]
fade = (1 - steps[..., None]) * walk[0] + steps[..., None] * walk[-1]
gan_figures.grids(
    {
        "a walk between two latents (above), a plain fade between the two images (below)": np.concatenate(
            [walk, fade]
        )
    },
    "Above: eight generated slices on the line between two latents. Below: the first and last image, faded.",
    columns=8,
    width=8.5,
)

# %% [markdown]
# The walk above goes through *brains*, each with one outline. The fade below shows two brains at once in the middle. So
# the sliders mean something: the generator has arranged brains so that neighbours are alike.
#
# ## In practice
# - **Phantoms are not people.** All of these phantoms share one template anatomy, bent and changed. A generator trained
#   on them has never seen a patient, and a held-out phantom is not a held-out person. Nothing here says how such a
#   generator does on real patients; run this lesson with `GANCOURSE_DATA` naming a folder of BraTS to find out.
# - **For research and teaching only.** A generated tumour is the network's idea of one. No diagnosis, no measurement.
# - **64 x 64 pixels of 3.25 mm.** A lesion of 5 mm is one or two pixels. Folds of the cortex are blurred by the grid before
#   any network blurs them.
# - **Left and right.** The better recipe mirrors half of its training images. So its brains have no true left or right; R
#   and L in the figures are the convention, not a fact. Where sides matter, do not mirror.
# - **Training and test behaviour.** Batch normalisation and dropout act differently in the two. The lab from which the
#   deck's code comes leaves both in training mode at test time. Say `training=False`.
# - **"Synthetic" does not mean "anonymous".** A generator can store patients. The test above is a first look, not
#   a proof.
# - **The clock.** The live training stops by time, so a busy or slow computer shows an earlier stage, and two runs differ.
#
# ### Go further
# - Try `(3, 3)` for the stamp in section 2, and `strides=(3, 3)`. Which pairs print evenly?
# - Change `small` to `g_rate=4e-5`, or to `beta1=0.9` as the deck has it, and train again. What do the curves say?
# - Train on your own: `gancourse train dcgan --data data/slices-phantoms --recipe deck --minutes 60 --out data/my-dcgan`; stop it and
#   go on whenever you like. (The better recipe's name is `relativistic`.) Then `gancourse sample dcgan --run data/my-dcgan --n 36 -o grid.png`.
# - Cheat less: let the cheat return the mean of two training images. Does the test still catch it?
#
# ### References
# - Goodfellow et al. (2014), *Generative adversarial nets*, arXiv 1406.2661: the game and both losses.
# - Radford, Metz and Chintala (2016), *Unsupervised representation learning with deep convolutional GANs*, arXiv 1511.06434.
# - Ioffe and Szegedy (2015), *Batch normalization*, arXiv 1502.03167.
# - Odena, Dumoulin and Olah (2016), *Deconvolution and checkerboard artifacts*, Distill, doi 10.23915/distill.00003.
# - Mescheder, Geiger and Nowozin (2018), *Which training methods for GANs do actually converge?*, arXiv 1801.04406.
# - Shin et al. (2018), *Medical image synthesis for data augmentation and anonymization using GANs*, arXiv 1807.10225: the work
#   behind the deck's code.
# - Fonov et al. (2011), *Unbiased average age-appropriate atlases for pediatric studies*, NeuroImage 54: the phantoms' template.
