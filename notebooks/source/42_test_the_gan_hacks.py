# %% [markdown]
# # Test the GAN hacks
#
# **Part 4 of the deck: Generating medical images.** Four GANs are ill. Below are two images from each of them, A, B, C and D, after 600 training steps. By then, a healthy GAN paints brains. What went wrong? Write down a guess for each. By the end you will have cured one.
#
# **What you'll do.** Bet on the advice that people give about GANs, and let a study score your bets. Write two famous **hacks**, the gradient penalty and spectral normalisation, and watch what they do. Then diagnose and treat the four sick GANs.
#
# **What you'll learn.**
# - what the deck's guidelines and later hacks are meant to cure;
# - why a single training run proves nothing;
# - what a Lipschitz function is, and why a discriminator should be one;
# - how to tell four failures of a GAN apart by curves and pictures.
#
# **What you need.** Lesson 41, which builds the GAN. **Time:** 60 minutes.

# %%
import dataclasses
import time
from pathlib import Path

import numpy as np

from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
import keras
from keras import layers

from gancourse import pretrained
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.gans.latent import draw_latents
from gancourse.images import halve
from gancourse.teaching import figures
from gancourse.teaching.checks import lesson42 as checks, use
from gancourse.teaching.clock import live_seconds
from gancourse.teaching.data import lesson_data, slices_folder
from gancourse.teaching.figures import hack_figures
from gancourse.teaching.material import brain_points, hack_study, hacks as course, sick_gans
from gancourse.training.callbacks import StopAfter
from gancourse.training.variants import BASELINE, GUIDELINES, LATER, LEFT_OPEN, VARIANTS

# %% tags=["slow"]
ward = sick_gans.read_sick_gans()
figures.montage(
    [ward[letter].images[k] for k in (3, 4) for letter in ward],
    "Two images by each of four sick GANs, 32 x 32 pixels.",
    titles=[*ward, *[""] * 4],
    limits=(-1, 1),
)

# %% [markdown]
# ## 1. Advice, and a test of it
#
# The deck ends its chapter on the GAN with five **guidelines** from the DCGAN paper (Radford and others, 2016). To test a guideline, break it:
#
# | the guideline | broken by the variant |
# |---|---|
# | Use strided and transposed convolutions instead of pooling. | `pooling` |
# | Use batch normalisation in both networks. | `no-batchnorm` |
# | Remove hidden dense layers. | `hidden-dense` |
# | Use ReLU in the generator, and tanh for its output. | `leaky-g`, `linear-output` |
# | Use LeakyReLU in the discriminator. | `relu-d` |
#
# <details><summary>What is the reason for each guideline?</summary>
#
# - **No pooling.** A pooling layer halves a picture by a fixed rule, such as "keep the largest of four". A convolution with stride 2 learns how to halve it, and the transposed convolution learns how to double it.
# - **Batch normalisation.** It brings each channel to mean 0 and spread 1 in every batch, so that signals neither fade nor explode on their way through the layers. It is also said to prevent collapse, because the discriminator sees a whole batch at once.
# - **No hidden dense layers.** A dense layer connects everything with everything and takes no account of which pixels are neighbours. It has many weights and makes training less stable.
# - **ReLU and tanh in the generator.** ReLU sets negative numbers to 0, and the paper found that the network learned faster with it. The final tanh keeps every pixel between -1 and 1, like the training images.
# - **LeakyReLU in the discriminator.** It keeps a fifth of every negative number. The generator learns through the discriminator, and no gradient passes where numbers are set to 0.
# </details>
#
# Later papers added **hacks**. The deck does not use them, so to test a hack, switch it on. Unfold the list before you bet.
#
# <details><summary>What are the hacks, and what is each meant to do?</summary>
#
# - `smooth-labels` (Salimans and others, 2016). The target for training images is 0.9 instead of 1. A discriminator that is never quite sure leaves the generator more to learn from.
# - `two-rates` (Heusel and others, 2017). The two networks get separate learning rates. Here the discriminator's is four times the generator's, as in SAGAN (Zhang and others, 2019).
# - `spectral` (Miyato and others, 2018). The weights of each layer of the discriminator are divided by the largest factor by which they can stretch an input. You build it in section 3.
# - `r1` (Mescheder and others, 2018). A penalty keeps the discriminator from being steep at training images. It is the squared length of the gradient there.
# - `wgan-gp` (Gulrajani and others, 2017). The discriminator becomes a critic with a slope of 1, and takes five steps for each step of the generator. You build its penalty in section 2.
# - `augment` (Zhao and others, 2020). All images that the discriminator sees are shifted, cut and brightened at random, training images and generated ones alike. This should keep it from learning its training images by heart.
# - `average` (Yazıcı and others, 2019). Images are painted with the average of the generator's weights over many steps. The average fluctuates less than the weights of any single step.
# - `resize` (Odena and others, 2016). The generator enlarges its maps by repeating pixels, and then convolves them. Transposed convolutions can leave a checkerboard, even where their prints overlap evenly.
# </details>
#
# There is one more variant. The deck does not name an optimiser. Our **baseline** uses the DCGAN paper's: Adam with a learning rate of 0.0002 and `beta1` of 0.5. `adam-default` has 0.0001 and 0.9 instead.

# %% tags=["nbval-check-output"]
for name in ("pooling", "adam-default", "two-rates", "wgan-gp"):
    print(f"{name:13} {VARIANTS[name]}")
generator, discriminator = BASELINE.build_networks()
print(f"{generator.count_params():,} weights in the generator, {discriminator.count_params():,} in the other")

# %% [markdown]
# To make many runs possible, images have 32 x 32 pixels, and networks a quarter of the deck's channels.
#
# **Predict.** For each variant, bet on "better" than the baseline, "worse" or "cannot be told". The next cell starts with what the papers say; overwrite it with your own bets.

# %%
predictions = {name: "worse" for name in GUIDELINES} | {name: "better" for name in LATER}
predictions["adam-default"] = "cannot be told"
predictions["smooth-labels"] = "cannot be told"  # an example: change it, and add lines of your own

# %% [markdown]
# ### The study
# `make ablations` trained each variant several times, with a different **seed** each time, which changes first weights and image order. Every run had the same time, so a hack that makes a step slower got fewer steps. **KID**, which lesson 44 builds, compares the generated images with slices of held-out patients. It is 0 on average for two sets of the same kind.

# %%
table = hack_study.read_study()
runs = {name: group["kid"].dropna().to_numpy() for name, group in table.groupby("variant")}
print(f"{len(table)} runs of {len(runs)} variants, {table['kid'].isna().sum()} of them without a result")
print("KID of the baseline's runs:", *(f"{kid:,.2f}" for kid in sorted(runs["baseline"])))
hack_figures.study(
    table.dropna(subset="kid"),
    {"a guideline broken": list(GUIDELINES), "left open by the deck": list(LEFT_OPEN), "a later hack": list(LATER)},
    "baseline",
    "Every run of the study. The grey band is the range of the baseline's runs.",
)  # fmt: skip

# %% [markdown]
# Look at the grey band first. It shows **the same recipe, with nothing changed but the seed**. Two networks that learn from each other amplify small differences, so runs can end far apart. If you train the baseline once and a hack once, you can "prove" nearly anything.
#
# ### Exercise 1: one number per variant
# KID spans factors of ten, so a variant's typical KID is the **geometric mean**: take the logarithms, average them, and undo the logarithm. Return the ratio of the variant's typical KID to the baseline's: below 1 is better.


# %% tags=["exercise"]
def kid_ratio(kids, baseline):
    """KIDs of a variant's runs and of the baseline's, arrays of any length -> a ratio, one number."""
    # 1. the mean logarithm of each
    # 2. their difference, and the logarithm undone
    return ...


# %% tags=["check"]
checks.kid_ratio(kid_ratio)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def kid_ratio(kids, baseline):
#     mean_log = np.log(kids).mean()
#     baseline_log = np.log(baseline).mean()
#     return np.exp(mean_log - baseline_log)
# ```
#
# With plain means, one bad seed decides the result: the mean of 1, 1 and 100 is 34, and no run was like that.
# </details>

# %% [markdown]
# Here is your ratio for every variant, with a 95 % interval: the ratios that are compatible with these runs. If 1 is among them, the verdict is **cannot be told**. The lines below the table apply this to the advice and to your bets.

# %% tags=["nbval-check-output"]
kid_ratio = use(kid_ratio, otherwise=course.kid_ratio)
found = hack_study.compare(table, kid_ratio)
for name, row in found.iterrows():
    ratio, low, high = (f"{value:,.0f}" if value >= 10 else f"{value:.2f}" for value in row[:3])
    print(f"{name:14} ratio of KID {ratio:>5}   ({low} to {high})".ljust(52), row["verdict"])
print()
for name, guideline in hack_study.GUIDELINE_WORDS.items():
    if name in found.index:
        print(f"{guideline:46} {hack_study.GUIDELINE_VERDICTS[found['verdict'][name]]}")
print()
for verdict in ("better", "cannot be told", "worse"):
    those = [name for name in found.index if name in LATER and found["verdict"][name] == verdict]
    print(f"later hacks, {verdict}: {', '.join(those) or 'none'}")
right = [predictions[name] == verdict for name, verdict in found["verdict"].items()]
print(f"your bets: {sum(right)} of {len(right)} right")

# %% [markdown]
# The next figure shows two images each by the best variant, the baseline, and the two worst. (An empty panel is what that generator paints: its training has failed.)

# %% tags=["slow"]
pictures = hack_study.read_pictures([found.index[0], "baseline", *found.index[-2:]])
figures.montage(
    [images[k] for k in range(2) for images in pictures.values()],
    "Two images each by seed 0 of four variants.",
    titles=[*pictures, *[""] * len(pictures)],
    columns=len(pictures),
    limits=(-1, 1),
)

# %% [markdown]
# Large differences are visible even with three seeds. Small ones are not, so "cannot be told" never means "makes no difference". And all results hold only for *this* baseline: small phantom images and networks, short training, one strength of each hack. (`pooling` also resizes, so compare it with `resize`.)
#
# ## 2. A penalty on the slope
#
# The generator learns from the discriminator's **slope**: how much the answer changes when the image changes a little. Where the slope is 0, there is nothing to learn; where it is huge, a small step goes too far. So several hacks control the slope.
#
# - **Lipschitz**: a function is 1-Lipschitz if its value never changes by more than the distance between two inputs, like a hillside on which no path is steeper than 45 degrees.
# - **Wasserstein's idea**: the distance between two heaps of earth is how far, on average, the earth has to be carried to turn one into the other. A 1-Lipschitz hillside can measure this distance. Choose the hillside on which one heap lies as far above the other as possible: the difference between their mean heights is the distance.
#
# A discriminator that is trained to be such a hillside is called a **critic**. It scores the training data high and the generated data low, and the generator's points move uphill.
#
# A hillside can only be drawn over a plane. So the next cell turns a brain into points, and a generator has to learn where its rim and ventricles are.

# %%
folder = lesson_data(subjects=16, modalities=("t1",))
slices = make_slices(find_subjects(folder)[:48], slices_folder(folder))
t1 = np.asarray(slices.images[..., slices.modalities.index("t1")], np.float32)  # (slices, 64, 64)
train_t1 = t1[slices.select("train")]
model = train_t1[brain_points.most_dark_inside(train_t1)]
points = tf.constant(brain_points.draw_points(model, 20_000, np.random.default_rng(42)))  # (20000, 2)
hack_figures.slice_and_points(
    model, points, "A training slice, and 2,000 points on its rim and its ventricles."
)

# %% [markdown]
# ### Exercise 2: the gradient penalty
# How do you make a network 1-Lipschitz? Gulrajani and others (2017) do not enforce it. They add a **gradient penalty** to the critic's loss. It is large wherever the slope is far from 1, at random places between real points (here from the slice) and fake ones (from the generator).
#
# $$\text{penalty} = \text{mean}\big[(\lVert \nabla_{\mathbf{x}}\, \text{critic}(\mathbf{x}) \rVert - 1)^2\big], \qquad \mathbf{x} = \text{real} + t\,(\text{fake} - \text{real}), \qquad 0 \le t \le 1$$
#
# The length $\lVert \cdot \rVert$ of a gradient is the root of the sum of its squares.
#
# <details><summary>Hint</summary>
#
# `with tf.GradientTape() as tape:` opens a tape. It follows variables by itself, but `between` is not a variable, so tell the tape to follow it: `tape.watch(between)`. After the block, `tape.gradient(values, between)` has the shape of `between`. `tf.reduce_sum(..., axis=1)` sums over the coordinates of each point.
# </details>


# %% tags=["exercise"]
def gradient_penalty(critic, real, fake):
    """critic: (B, 2) -> (B, 1). real, fake: (B, 2) -> the penalty, one number."""
    # 1. t: a random number from 0 to 1 for each pair, tf.random.uniform, (B, 1)
    # 2. between: the points x of the formula, (B, 2)
    # 3. Open a tape. Inside it, watch between, and ask the critic for the values of between, (B, 1).
    # 4. the gradients of the values with respect to between, (B, 2)
    # 5. the length of each gradient, (B,)
    # 6. the mean of (length - 1) squared
    return ...


# %% tags=["check"]
checks.gradient_penalty(gradient_penalty)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def gradient_penalty(critic, real, fake):
#     t = tf.random.uniform((len(real), 1))
#     between = real + t * (fake - real)
#     with tf.GradientTape() as tape:
#         tape.watch(between)
#         values = critic(between)
#     gradients = tape.gradient(values, between)
#     lengths = tf.sqrt(tf.reduce_sum(gradients**2, axis=1))
#     return tf.reduce_mean((lengths - 1) ** 2)
# ```
#
# For images (B, H, W, C) the sum runs over `axis=(1, 2, 3)`. Each point's value must not depend on the other points of its batch, so a critic with this penalty has no batch normalisation.
# </details>

# %% [markdown]
# Now train with your penalty. The rest of the step is that of lesson 41, with Wasserstein's loss and three critic updates for each generator update.

# %% tags=["slow"]
gradient_penalty = use(gradient_penalty, otherwise=course.gradient_penalty)


def make_step(generator, critic, weight):
    """One training step of both; weight: how much the penalty counts."""
    g_optimizer, c_optimizer = (keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.9) for _ in range(2))
    g_optimizer.build(generator.trainable_variables)
    c_optimizer.build(critic.trainable_variables)

    @tf.function
    def step():
        for _ in range(3):
            real = tf.gather(points, tf.random.uniform((128,), 0, len(points), tf.int32))  # (128, 2)
            fake = generator(tf.random.normal((128, 2)))
            with tf.GradientTape() as c_tape:
                c_loss = tf.reduce_mean(critic(fake)) - tf.reduce_mean(critic(real))
                c_loss += weight * gradient_penalty(critic, real, fake)
            c_optimizer.apply(c_tape.gradient(c_loss, critic.trainable_variables), critic.trainable_variables)
        with tf.GradientTape() as g_tape:
            g_loss = -tf.reduce_mean(critic(generator(tf.random.normal((128, 2)))))
        g_optimizer.apply(
            g_tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables
        )

    return step


# %% [markdown]
# Two training runs start from the same weights; in one, the penalty has a weight of 0. **Predict**: which hillside gets higher, and which points get closer to the brain?


# %% tags=["slow"]
def build_network(outputs):
    network = keras.Sequential([keras.Input((2,))])
    for _ in range(3):
        network.add(layers.Dense(64, layers.LeakyReLU(0.2), kernel_initializer="he_normal"))
    network.add(layers.Dense(outputs))
    return network


played, latents = {}, tf.random.stateless_normal((800, 2), seed=(4, 2))
for name, weight in {"without the penalty": 0.0, "with the penalty": 0.3}.items():
    keras.utils.set_random_seed(42)
    generator, critic = build_network(2), build_network(1)
    step, history, count = make_step(generator, critic, weight), [], 0
    end = time.monotonic() + live_seconds(7)
    while count < 400 or (time.monotonic() < end and count < 1500):
        if count % 25 == 0:
            history.append((count, brain_points.transport(generator(latents)[:300], points[:300])))
        step()
        count += 1
    played[name] = critic, generator(latents), history
hack_figures.critics(
    played, points, "Two critics (bright is high), the slice's points (blue) and the generator's (orange)."
)

# %% [markdown]
# Compare the numbers below the two hillsides. With the penalty, heights differ by a few units, about as much as the coordinates, which go from -1.5 to 1.5. Without it, nothing limits the heights, and the hillside keeps getting steeper. The right panel shows Wasserstein's distance. With the penalty it should fall fairly steadily; without it, it should jump, because the generator is driven from one side to the other. But this is one run of each.
#
# <details><summary>Fine print</summary>
#
# - The paper gives the penalty a weight of 10, five updates of the critic, and a `beta1` of 0; for so small a problem we chose 0.3, three, and 0.5.
# - The distance is measured on 300 points of each kind (`scipy.optimize.linear_sum_assignment` finds the shortest way). It is not 0 even if both kinds come from the same brain.
# - Adam divides each gradient by its usual size, which softens the effect of a far too steep critic on the generator.
# - R1, which the study tests as well, is the same penalty at training images only, with a target of 0 and without the root.
# </details>
#
# ## 3. Spectral normalisation
#
# The gradient penalty only encourages a slope of 1. This method enforces a limit, layer by layer. A layer multiplies by a matrix of weights, which stretches some directions more than others. The largest factor is the matrix's largest **singular value** $\sigma$. Divide the weights by $\sigma$, and the layer is 1-Lipschitz; if all layers are, so is the network. This is **spectral normalisation**.
#
# ### Exercise 3: divide by the largest stretch
# `np.linalg.svd` computes $\sigma$, but is too slow for every training step. **Power iteration** is cheap: multiply a vector by the matrix and by its transpose, and after a few rounds it points in the direction that is stretched most. One round per training step is enough, because weights change little from step to step and the vector $\mathbf{u}$ is kept.
#
# $$\mathbf{v} = \frac{M \mathbf{u}}{\lVert M \mathbf{u} \rVert}, \qquad \mathbf{u}_\text{new} = \frac{M^\mathsf{T} \mathbf{v}}{\lVert M^\mathsf{T} \mathbf{v} \rVert}, \qquad \sigma = \mathbf{v}^\mathsf{T} M\, \mathbf{u}_\text{new}$$
#
# <details><summary>Hint</summary>
#
# `tf.reshape(kernel, (-1, kernel.shape[-1]))` is the matrix. `tf.linalg.matvec(matrix, u)` multiplies a matrix by a vector, or, with `transpose_a=True`, the transposed matrix. `tf.norm` is the length of a vector. `tf.reduce_sum(a * b)` is the product of a row and a column.
# </details>


# %% tags=["exercise"]
def spectral_normalise(kernel, u):
    """kernel: (..., C), u: (C,) -> the kernel divided by its largest stretch, and the new u."""
    # 1. matrix: the kernel as a table with C columns
    # 2. v: the matrix times u, divided by its length
    # 3. the new u: the transposed matrix times v, divided by its length
    # 4. sigma: v times (the matrix times the new u), one number
    # 5. return kernel / sigma, and the new u
    return ...


# %% tags=["check"]
checks.spectral_normalise(spectral_normalise)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def spectral_normalise(kernel, u):
#     matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
#     v = tf.linalg.matvec(matrix, u)
#     v = v / tf.norm(v)
#     u = tf.linalg.matvec(matrix, v, transpose_a=True)
#     u = u / tf.norm(u)
#     sigma = tf.reduce_sum(v * tf.linalg.matvec(matrix, u))
#     return kernel / sigma, u
# ```
# </details>

# %% [markdown]
# **Predict**: after how many rounds does NumPy measure a largest stretch of 1.00?

# %% tags=["nbval-check-output"]
spectral_normalise = use(spectral_normalise, otherwise=course.spectral_normalise)
kernel = tf.constant(np.random.default_rng(42).normal(0, 0.1, (4, 4, 16, 32)), tf.float32)
normal, u = kernel, tf.ones(32)
for count in range(51):
    if count in (0, 1, 2, 5, 10, 20, 50):
        stretch = np.linalg.svd(np.reshape(normal, (-1, 32)), compute_uv=False)[0]
        print(f"after {count:2} rounds: largest stretch {stretch:.2f}")
    normal, u = spectral_normalise(kernel, u)

# %% [markdown]
# Next comes a layer: a convolution that passes its kernel through your function.


# %% tags=["slow"]
class SpectralConv2D(layers.Conv2D):
    def build(self, shape):
        super().build(shape)
        self.u = self.add_weight(shape=(self.filters,), initializer="random_normal", trainable=False)

    def call(self, images, training=False):
        kernel, u = spectral_normalise(self.kernel, self.u)
        if training:
            self.u.assign(u)
        return self.convolution_op(images, kernel) + self.bias


def build_discriminator(convolution):
    network = keras.Sequential([keras.Input((32, 32, 1))])
    for filters in (16, 32, 64):
        network.add(convolution(filters, (4, 4), strides=2, padding="same"))
        network.add(layers.LeakyReLU(0.2))
    network.add(convolution(1, (4, 4)))
    return network


# %% [markdown]
# Both kinds of discriminator learn to tell training slices from images by the shipped generator `dcgan-t1-deck`, which does not learn. **Predict** what happens to the slope as a discriminator becomes more and more confident.


# %% tags=["slow"]
painter = pretrained.load("dcgan-t1-deck")
generated = painter(draw_latents(400, seed=1), training=False).numpy()[..., 0]  # (400, 64, 64)
images = tf.constant(halve(np.concatenate([train_t1[:400], generated]))[..., None])  # (N, 32, 32, 1)
targets = np.repeat([1.0, 0.0], [len(images) - 400, 400]).reshape(-1, 1, 1, 1)
batches = tf.data.Dataset.from_tensor_slices((images, targets)).shuffle(800).repeat().batch(32)


def slopes_in_training(convolution):
    """Train a discriminator, and measure its slope at generated images every 10 steps: (step, slope) pairs."""
    keras.utils.set_random_seed(42)
    discriminator, watched, curve = build_discriminator(convolution), images[-64:], []
    discriminator.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    end = time.monotonic() + live_seconds(5)
    while len(curve) < 15 or (time.monotonic() < end and len(curve) < 50):
        with tf.GradientTape() as tape:
            tape.watch(watched)
            logits = discriminator(watched)
        lengths = tf.norm(tf.reshape(tape.gradient(logits, watched), (64, -1)), axis=1)
        curve.append((10 * len(curve), float(tf.reduce_mean(lengths))))
        discriminator.fit(batches, steps_per_epoch=10, verbose=0, shuffle=False)
    return curve


steepness = {"plain": slopes_in_training(layers.Conv2D), "spectral": slopes_in_training(SpectralConv2D)}
hack_figures.slopes(steepness, "slope", "The slope of two discriminators at generated images, as they learn.")

# %% [markdown]
# The plain discriminator gets steeper as it becomes more confident, so that a tiny change in the image changes its answer completely. Yours learns the same task, but its layers limit its slope. (The fine print says why the slope may exceed 1.)
#
# <details><summary>Fine print</summary>
#
# - The stretch of the reshaped kernel is what the paper uses. It is not quite that of the convolution, whose patches overlap, so the bound on the slope is larger than 1.
# - The paper treats u and v as constants when it differentiates. Where power iteration has converged, that makes no difference.
# - The course's own layer, `SpectralConv2D` in `gancourse/networks/dcgan.py`, follows the paper. Keras' wrapper overwrites the weights with the divided ones at every call, and no gradient passes through the division.
# </details>
#
# ## 4. The ward
#
# Back to the four patients from the start. Here are their curves. **Variety** says how much the images differ from each other: 100 % means as much as held-out slices do, and noise differs more. A's two losses lie on 0. The **gradient** is that of the generator's loss: its length says how much the generator could learn at that moment.

# %% tags=["slow"]
hack_figures.symptoms(
    {letter: gan.curves for letter, gan in ward.items()},
    "Four sick trainings. Top: losses. Middle: right answers and variety. Bottom: the generator's gradient.",
)

# %% [markdown]
# ### Exercise 4: the diagnosis
# Each failure occurs once. Use the curves, and the pictures at the top.
#
# - `"collapse"`: the generator has found one image that passes, and paints nothing else;
# - `"winning discriminator"`: the discriminator is always right, and the generator gets strong gradients but follows so slowly that it still paints noise;
# - `"checkerboard"`: the images differ, but a pattern of single pixels lies over them;
# - `"vanishing gradients"`: the discriminator is so sure that the generator's loss is flat, and the generator learns nothing.

# %% tags=["exercise"]
diagnosis = {
    "A": ...,
    "B": ...,
    "C": ...,
    "D": ...,
}

# %% tags=["check"]
checks.diagnosis(diagnosis)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# diagnosis = {
#     "A": "vanishing gradients",
#     "B": "collapse",
#     "C": "checkerboard",
#     "D": "winning discriminator",
# }
# ```
#
# A and D look alike: noise in the pictures, and a discriminator that is always right. The gradient tells them apart. In A it falls to nothing; in D it stays large, and the generator hardly uses it. B has losses that a textbook would call perfect, but paints nearly the same picture every time. C paints different brains under the same strong pattern. (B has this pattern, too, so only the variety tells the two apart.)
# </details>

# %% [markdown]
# ### Exercise 5: the cure
# Here are the recipes of your patients. `g_rate` and `d_rate` are the learning rates. `loss` is `"bce"` for the deck's losses or `"minimax"` for the zero-sum game of lesson 21. `networks` says how the generator enlarges, by `"transpose"` or by `"resize"`.

# %%
sick_gans.charts(ward)

# %% [markdown]
# For each patient, change **one** row so that its disease is cured. Write the change as a dictionary, such as `{"beta1": 0.9}`. (This one would cure none of them.) In the healthy baseline both learning rates are 0.0002 and `beta1` is 0.5. There may be several cures.

# %% tags=["exercise"]
cures = {
    "A": ...,
    "B": ...,
    "C": ...,
    "D": ...,
}

# %% tags=["check"]
checks.cures(cures)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# cures = {
#     "A": {"loss": "bce"},
#     "B": {"g_rate": 2e-4},
#     "C": {"networks": "resize"},
#     "D": {"g_rate": 1e-3},
# }
# ```
#
# A: the deck's loss is not flat where the discriminator is sure (lesson 21). B: this generator learned ten times as fast as its opponent. C: enlarging by repeating pixels adds no checkerboard. D: the generator now learns half as fast as its opponent, not a hundred times more slowly. We tried other cures as well: in A and B, learning rates that are closer together help, too, and in C a `beta1` of 0.5 weakens the pattern.
# </details>

# %% [markdown]
# Choose a patient. Its training starts again with only your change. **Predict** what it will paint after fifteen seconds.

# %% tags=["slow"]
diagnosis = use(diagnosis, otherwise=sick_gans.DISEASES, name="diagnosis")
cures = use(cures, otherwise=sick_gans.CURES, name="cures")
patient = "D"
recipe = dataclasses.replace(ward[patient].recipe, **cures[patient])
gan = recipe.build(seed=0, precision="float32")
batches = slices.dataset("train", "t1", batch_size=recipe.batch_size, repeat=True)
batches = batches.map(lambda images: tf.nn.avg_pool2d(images, 2, 2, "VALID"))  # (32, 32, 32, 1)
gan.fit(
    batches, steps_per_epoch=600, shuffle=False, verbose=0, callbacks=[StopAfter(live_seconds(15))]
)  # fmt: skip
steps = int(gan.g_optimizer.iterations)
print(f"patient {patient}, {diagnosis[patient]}, treated with {cures[patient]}: {steps} of 600 steps")

# %% [markdown]
# Here is your patient, before and after. The picture is saved in the folder `kept`.

# %% tags=["slow", "cover"]
after = gan.sample(draw_latents(4, recipe.latent_dim, seed=1))[..., 0]  # (4, 32, 32)
figure, grid = figures.panels(4, (8.8, 5.0), rows=2)
for row, (title, images) in zip(grid, {"before": ward[patient].images, "after": after}.items(), strict=True):
    for axes, image in zip(row, images, strict=False):
        figures.draw_slice(axes, image, title=f"{patient}, {title}", limits=(-1, 1))
Path("kept").mkdir(exist_ok=True)
figure.savefig("kept/42_my_cured_gan.png", dpi=120)
figures.show(figure, f"Four images before and four after your change. {figures.CONVENTION}")
print("Saved as kept/42_my_cured_gan.png, beside this notebook.")

# %% [markdown]
# Here are the other three, after the course's changes and all 600 steps. C's pattern is gone; realistic anatomy needs more steps.

# %% tags=["slow"]
others = [letter for letter in ward if letter != patient]
figures.montage(
    [ward[letter].cured[k] for letter in others for k in range(4)],
    "Four images each by the other three, after one change. Each row is one of them.",
    titles=[f"{letter}, {diagnosis[letter]}" if k == 0 else "" for letter in others for k in range(4)],
    limits=(-1, 1),
)  # fmt: skip
right_answers = ward["A"].cured_curves["d_accuracy"].iloc[-1]
print(f"A's discriminator, after the cure: {right_answers:.0%} right answers")

# %% [markdown]
# B's losses were nearly those of an undecided discriminator, 1.39 and 0.69, so **balanced losses are no sign of health**. And the cured A paints brains, although its discriminator is still nearly always right. So **a discriminator that is mostly right is no sign of illness**.
#
# ## In practice
# - **Change one thing, several times.** Without several seeds of the baseline, no comparison means anything.
# - **Compare at equal cost.** Otherwise a slower method wins because it had more time.
# - **Look at curves and pictures together.** Pictures cannot tell A from D, and losses cannot tell B from a healthy GAN.
# - **None of these images is diagnostic.** They have 32 x 32 pixels, and phantoms are not patients.
#
# <details><summary>Fine print</summary>
#
# - KID is a squared distance, so a ratio of 4 is not "four times as far". It is computed on features of a network that the course trained on phantoms, so do not compare it with the KID in any paper.
# - The intervals are those of **Dunnett's test**, which is made for many variants and one control: in 95 % of such studies, all intervals contain the true ratios at once. It assumes that the logarithms of all variants scatter equally. They do not quite, so treat intervals that end near 1 with caution. `hidden-dense` scatters many times as much as the others, because one of its runs failed altogether, so the others are judged without it. We saw that before we decided it: with `hidden-dense` in the pool, `resize`, `pooling` and `augment` cannot be told from the baseline either.
# - "The same time" was measured once in milliseconds of one core and then fixed as a number of steps (`data/results/ablation_costs.csv`).
# - The generator of `pooling` enlarges by resizing, because that is pooling's counterpart. `no-batchnorm` and `r1` start from other random weights (He's), without which nothing would keep the signals at their size.
# - The four patients were trained on 512 phantoms (`python experiments/failures.py`), your cure is trained on this lesson's slices. The seed is the same, but the images are not.
# - With `GANCOURSE_DATA` set to a BraTS folder, sections 2 and 3 and your cure use its T1 slices; the study and the ward stay those of the phantoms.
# - Sources: the guidelines are the deck's. The variants that break them, the list of hacks, and all settings are our choice.
# </details>
#
# ### Go further
# 1. Cure another patient: change `patient`, and run the last cells again.
# 2. Replace Wasserstein's loss in `make_step` by the deck's losses, and keep the penalty. Does it still help?
# 3. Train one variant with three more seeds, `make ablations ARGS="all r1 --seeds 3 4 5"`. How much narrower does its interval get?
# 4. Make a fifth patient: a generator that is far too small. Which curve shows it?
#
# ### References
# - Radford, Metz and Chintala, *Unsupervised representation learning with deep convolutional generative adversarial networks*, ICLR 2016, arXiv 1511.06434.
# - Salimans et al., *Improved techniques for training GANs*, NIPS 2016, arXiv 1606.03498.
# - Odena, Dumoulin and Olah, *Deconvolution and checkerboard artifacts*, Distill 2016, doi 10.23915/distill.00003.
# - Arjovsky, Chintala and Bottou, *Wasserstein GAN*, ICML 2017, arXiv 1701.07875.
# - Gulrajani et al., *Improved training of Wasserstein GANs*, NIPS 2017, arXiv 1704.00028.
# - Heusel et al., *GANs trained by a two time-scale update rule converge to a local Nash equilibrium*, NIPS 2017, arXiv 1706.08500.
# - Miyato et al., *Spectral normalization for generative adversarial networks*, ICLR 2018, arXiv 1802.05957.
# - Mescheder, Geiger and Nowozin, *Which training methods for GANs do actually converge?*, ICML 2018, arXiv 1801.04406.
# - Lucic et al., *Are GANs created equal? A large-scale study*, NeurIPS 2018, arXiv 1711.10337: with enough seeds and tuning, most losses give similar results.
# - Zhang et al., *Self-attention generative adversarial networks*, ICML 2019, arXiv 1805.08318.
# - Yazıcı et al., *The unusual effectiveness of averaging in GAN training*, ICLR 2019, arXiv 1806.04498.
# - Zhao et al., *Differentiable augmentation for data-efficient GAN training*, NeurIPS 2020, arXiv 2006.10738.
# - Dunnett, *A multiple comparison procedure for comparing several treatments with a control*, Journal of the American Statistical Association 50 (1955).
