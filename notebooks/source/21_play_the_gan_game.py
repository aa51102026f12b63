# %% [markdown]
# # Play the GAN game
#
# **Part 2 of the deck: Generative adversarial networks.** The deck tells a story: a counterfeiter prints money, the police learn to recognise it, and the counterfeiter learns from being caught. You begin with the job of the police. Below are ten brain slices. Which of them did a network paint?
#
# **What you'll do.** Judge slices; write the two losses of a GAN and its training step; watch your own GAN learn in a playground, and see it fail; find out what its loss really measures; keep a film of your GAN.
#
# **What you'll learn.**
# - how the two networks of a GAN are joined, and how each of them learns;
# - what the best possible discriminator answers, and what its loss measures;
# - why the same loss can belong to a success and to a failure;
# - why the generator's loss is not the one in the famous formula.
#
# **What you need.** Probability as taught at school, and a little Python. Lesson 11 helps. **Time:** 60 minutes. The code runs in about a minute.

# %%
import time
from pathlib import Path

import numpy as np
from scipy import stats

from gancourse import losses
from gancourse.gans import plane_gan
from gancourse.quiet import import_tensorflow
from gancourse.teaching.checks import lesson21 as checks
from gancourse.teaching.checks import use
from gancourse.teaching.clock import live_seconds
from gancourse.teaching.figures import gan_diagram, gan_figures, playground_figures
from gancourse.teaching.material import two_hills
from gancourse.teaching.widgets import Playground as PlaygroundWidget
from gancourse.teaching.widgets import RealOrFake
from gancourse.teaching.widgets.playground_game import Playground
from gancourse.teaching.widgets.playground_points import divergence

tf = import_tensorflow()
NOISE, best_logits = two_hills.NOISE, two_hills.best_logits  # for section 4

# %% [markdown]
# ## 1. You are the discriminator
#
# Each slice is either a brain phantom, one of the computed patients of this course, or a generated image, by the toss of a coin. A slice has 64 x 64 pixels, and the page enlarges it, so it looks soft. **Predict** your score, then judge with the buttons or with their keys.

# %% tags=["slow"]
RealOrFake("dcgan-t1", count=10, seed=10)

# %% [markdown]
# What gave the generated slices away? A network can learn to notice the same signs. This is the idea of a **GAN**, a generative adversarial network, in which two networks learn from each other:
#
# - The **generator** $G$, the counterfeiter, turns random numbers $z$, the **noise** or **latent**, into a sample $G(z)$.
# - The **discriminator** $D$, the police, answers with a probability. $D(x)$ is how sure it is that the sample $x$ is real. The network computes a **logit** $l$, a number without limits, and $D = 1 / (1 + e^{-l})$.

# %%
gan_diagram.two_networks(
    "The two networks. Data flow along the solid arrows, gradients flow back along the dashed ones."
)

# %% [markdown]
# The generator never sees a real sample. It learns only through the discriminator, from a **gradient**: the direction in which each generated sample would have to move to look more real.
#
# The paper that invented GANs (Goodfellow and others, 2014) writes the game in one line:
#
# $$\min_G \max_D V(D, G) = \text{mean of } \ln D(x) + \text{mean of } \ln\left(1 - D(G(z))\right)$$
#
# The first mean is over real samples, the second over noise. $V$ is the **value** of the game. It is large when the discriminator is right, so $D$ makes it large and $G$ makes it small: a **min-max** game.
#
# ## 2. Build it: two losses and a training step
#
# A slice has 4,096 pixels, too many to draw as a point. So your GAN will work with the smallest possible images: points with two coordinates. The code is the same for brains.
#
# Libraries make losses small, so the discriminator's loss is $-V$. Each of its two halves is a **binary cross-entropy**, the mean surprise of somebody who gives a probability and then learns the truth. A real sample should get the answer 1 and costs $-\ln D$. A generated sample should get the answer 0 and costs $-\ln(1 - D)$. **Predict**: what is the loss of a discriminator that always says one half?
#
# ### Exercise 1: the discriminator's loss
#
# <details><summary>Hint</summary>
#
# `tf.nn.softplus(l)` is $\ln(1 + e^l)$. From the logit, $-\ln D$ is `softplus(-l)` and $-\ln(1 - D)$ is `softplus(l)`. Unlike a sigmoid followed by a logarithm, this never becomes infinite. `tf.nn.sigmoid_cross_entropy_with_logits` works too.
# </details>


# %% tags=["exercise"]
def d_loss(real_logits, fake_logits):
    """Logits of real and of generated points, (B, 1) each -> one number."""
    # 1. What each real point costs, (B, 1): its answer should be 1.
    # 2. What each generated point costs, (B, 1): its answer should be 0.
    # 3. The mean of each kind; add the two means.
    return ...


# %% tags=["check"]
checks.d_loss(d_loss)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def d_loss(real_logits, fake_logits):
#     real_cost = tf.nn.softplus(-real_logits)
#     fake_cost = tf.nn.softplus(fake_logits)
#     return tf.reduce_mean(real_cost) + tf.reduce_mean(fake_cost)
# ```
# </details>

# %% [markdown]
# ### Exercise 2: the generator's loss
#
# In the formula, the generator makes $\ln(1 - D(G(z)))$ small. The deck, like nearly everybody, gives it another loss: generated points should be called *real*. In the deck's story, "the counterfeiter attempts to fool the police by labelling the fake money as real". It is called the **non-saturating** loss, and section 4 shows why.


# %% tags=["exercise"]
def g_loss(fake_logits):
    """Logits of generated points, (B, 1) -> one number: binary cross-entropy with the answer 1."""
    return ...


# %% tags=["check"]
checks.g_loss(g_loss)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def g_loss(fake_logits):
#     return tf.reduce_mean(tf.nn.softplus(-fake_logits))
# ```
# </details>

# %% [markdown]
# Try both losses on three discriminators.

# %% tags=["nbval-check-output"]
d_loss = use(d_loss, otherwise=losses.discriminator_loss)
g_loss = use(g_loss, otherwise=losses.generator_loss)
for words, real_logit, fake_logit in (("cannot tell", 0, 0), ("is right", 3, -3), ("is fooled", 3, 3)):
    real_logits, fake_logits = tf.constant([[float(real_logit)]]), tf.constant([[float(fake_logit)]])
    d_value, g_value = float(d_loss(real_logits, fake_logits)), float(g_loss(fake_logits))
    print(f"a discriminator that {words:11}: d_loss {d_value:.3f}, g_loss {g_value:.3f}")

# %% [markdown]
# A discriminator that always says one half has the loss $2 \ln 2 = 1.386$. Remember this number.
#
# ### Exercise 3: one training step
#
# This is algorithm 1 of the paper, with one step for each network. Only the loss of the generator is the deck's:
#
# 1. Draw a batch of real points and a batch of noise.
# 2. Let $G$ make points from the noise, and let $D$ judge both kinds.
# 3. Change the weights of $D$ a little, so that `d_loss` falls. $G$ stays as it is.
# 4. Draw *new* noise. Let $G$ make points, and let the *new* $D$ judge them.
# 5. Change the weights of $G$ a little, so that `g_loss` falls. $D$ stays as it is.
#
# An **optimiser** changes the weights. A `tf.GradientTape` records what you compute below it, and gives the gradient of a loss with respect to any variables.
#
# <details><summary>Hint</summary>
#
# Half of it looks like this:
#
# `with tf.GradientTape() as tape:` and, indented below it, `loss = gan.d_loss(..., ...)`
#
# `variables = gan.discriminator.trainable_variables`
#
# `gradients = tape.gradient(loss, variables)`
#
# `gan.d_optimizer.apply_gradients(zip(gradients, variables))`
# </details>


# %% tags=["exercise"]
def train_step(gan):
    """Update the discriminator, then the generator -> both losses.

    gan.draw_real() -> real points (B, 2)     gan.draw_noise() -> noise (B, 2)
    gan.generator(noise) -> points (B, 2)     gan.discriminator(points) -> logits (B, 1)
    gan.d_loss, gan.g_loss: your losses       gan.d_optimizer, gan.g_optimizer
    """
    # 1. and 2. Real points, noise, generated points.
    # 3. A tape around d_loss; its gradient for the discriminator's variables; d_optimizer applies it.
    # 4. New noise.
    # 5. A tape around g_loss, from noise to loss; its gradient for the generator's variables; apply it.
    return ...  # the two losses


# %% tags=["check"]
checks.train_step(train_step)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def train_step(gan):
#     real_points = gan.draw_real()
#     fake_points = gan.generator(gan.draw_noise())
#     with tf.GradientTape() as tape:
#         d_value = gan.d_loss(gan.discriminator(real_points), gan.discriminator(fake_points))
#     variables = gan.discriminator.trainable_variables
#     gradients = tape.gradient(d_value, variables)
#     gan.d_optimizer.apply_gradients(zip(gradients, variables))
#
#     noise = gan.draw_noise()
#     with tf.GradientTape() as tape:
#         g_value = gan.g_loss(gan.discriminator(gan.generator(noise)))
#     variables = gan.generator.trainable_variables
#     gradients = tape.gradient(g_value, variables)
#     gan.g_optimizer.apply_gradients(zip(gradients, variables))
#     return d_value, g_value
# ```
# </details>

# %% [markdown]
# ## 3. Your GAN plays
#
# The next cell hands your three functions to the playground (after GAN Lab, which the deck links to). A line under *Learning* says whose code is playing. Blue circles are real points, orange diamonds are generated ones. The background is the discriminator's answer, blue for real. The bent grid is the generator, which lays a flat sheet of noise over the plane. Each arrow is a gradient: where a generated point is pulled.
#
# Press *Play*. Then choose each of the other games, **predict** what will happen, play it, and press *Mend it*. (The widget needs a running notebook; without one you see a picture.)

# %% tags=["slow"]
train_step = use(train_step, otherwise=plane_gan.train_step)
own = plane_gan.OwnParts(d_loss, g_loss, train_step)
player = Playground("convergence", own=own)
for _ in range(30):
    player.play()
PlaygroundWidget(logic=player)

# %% [markdown]
# The chart at the bottom is the **Jensen-Shannon divergence** of the real and the generated points. It is 0 if both have the same distribution, and $\ln 2 = 0.69$ if they do not overlap at all. Section 4 explains it. We can compute it because points have only two coordinates. For brains, nobody can.
#
# Three games deserve a closer look. **Predict**: in which of them will `d_loss` end near 1.386?


# %% tags=["slow"]
def play(name, frames=200):
    """A game with your own parts, played for some frames or until time is up."""
    game, end = Playground(name, own=own), time.monotonic() + live_seconds(7)
    while frames > 0 and time.monotonic() < end:
        game.play()
        frames -= 1
    return game


games = {name.capitalize(): play(name) for name in ("convergence", "mode collapse", "oscillation")}
playground_figures.games(
    games,
    "Three games with your GAN. Below: the loss of D, and what the loss of the best possible D would have been."
    " The dotted line is 1.386.",
)

# %% [markdown]
# - **Convergence**: the points cover the ring, and `d_loss` is close to 1.386. The discriminator cannot tell. The best one could, a little: the solid curve stays below the dotted line.
# - **Mode collapse**: the generator makes one of the two blobs and forgets the other. `d_loss` rests well below 1.386, because points from the forgotten blob are easy to recognise as real. So the loss does show the collapse.
# - **Oscillation**: the generated points run from place to place. Here `d_loss` stays near 1.386, although the points are far from what they should be and the divergence is large. The discriminator learns too slowly, so it never catches up.
#
# So a `d_loss` near 1.386 means that *this* discriminator cannot tell. It does not mean that no discriminator can. The next section says where the solid curves come from.
#
# <details><summary>Fine print: how reliable are the games?</summary>
#
# `python experiments/playground.py` plays each game from eight seeds, with the course's own losses, and writes `data/results/playground.csv`. All eight mode collapses end with one blob, at a divergence of 0.22 to 0.25. The oscillation is less reliable: the generated points keep moving in most seeds, but in one they settle and find all blobs. The divergence is computed from 2,000 points in 24 x 24 squares, so it never quite reaches 0.
# </details>
#
# ## 4. What the losses measure
#
# Take one number per sample, so that everything can be drawn. Real numbers have the density $p$, generated ones the density $q$. (Papers write $p_\text{data}$ and $p_g$.) Half of the samples are of each kind. **Predict**: a number comes in at 0. How sure can anybody be that it is real?

# %%
x = np.linspace(-6, 6, 1201)
width = x[1] - x[0]
p = 0.5 * stats.norm.pdf(x, -1.5, 0.6) + 0.5 * stats.norm.pdf(x, 1.5, 0.6)
q = stats.norm.pdf(x, 0.8, 1.0)
gan_figures.lines(
    {"real, p(x)": p, "generated, q(x)": q}, x, ("x", "density"),
    "How common real and generated numbers are.",
)  # fmt: skip

# %% [markdown]
# ### Exercise 4: the best discriminator
#
# Near $x$, real numbers come in proportion to $p(x)$ and generated ones in proportion to $q(x)$. The best answer $D^*(x)$ is the share of real numbers among all that come there. At this place it costs $-p \ln D^* - q \ln(1 - D^*)$. Add the costs of all places to get the least possible `d_loss`. (The integral is a sum times `width`.)


# %% tags=["exercise"]
def best_discriminator(p, q, width):
    """Densities p and q at places `width` apart, (N,) each -> the best answers (N,), and the least loss."""
    # 1. The best answer at every place: Bayes' rule with a prior of one half.
    # 2. What it costs at every place.
    # 3. The sum of the costs, times width.
    return ..., ...


# %% tags=["check"]
checks.best_discriminator(best_discriminator)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def best_discriminator(p, q, width):
#     best = p / (p + q)
#     real_cost = -p * np.log(best)
#     fake_cost = -q * np.log(1 - best)
#     least = (real_cost + fake_cost).sum() * width
#     return best, least
# ```
# </details>

# %% [markdown]
# Does a network arrive at the same answers? It gets numbers only, no densities, and your `d_loss`.

# %% tags=["slow"]
best_discriminator = use(best_discriminator, otherwise=two_hills.best_discriminator)
best, least = best_discriminator(p, q, width)
rng, network = np.random.default_rng(21), plane_gan.mlp(1, 2, 32, 1)
optimizer = tf.keras.optimizers.Adam(0.01)


@tf.function
def learn(real_numbers, fake_numbers):
    with tf.GradientTape() as tape:
        loss = d_loss(network(real_numbers), network(fake_numbers))
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)


for _ in range(400):
    real_numbers = rng.normal(rng.choice([-1.5, 1.5], (1000, 1)), 0.6)
    learn(tf.constant(real_numbers, tf.float32), tf.constant(rng.normal(0.8, 1.0, (1000, 1)), tf.float32))
learned = tf.sigmoid(network(x[:, None].astype(np.float32))).numpy()[:, 0]
seen = (x > -3.5) & (x < 3.5)  # there are hardly any numbers elsewhere
gan_figures.lines(
    {"best, p / (p + q)": best[seen], "learned with your d_loss": learned[seen]}, x[seen], ("x", "probability of real"),
    "The best discriminator, and one that a network has learned from examples.",
)  # fmt: skip

# %% [markdown]
# It does. Note that the best discriminator is not always right. Where both densities overlap, nobody can be.
#
# Now put $D^*$ into the loss. Goodfellow and others proved that what remains depends only on the divergence of $p$ and $q$:
#
# $$\text{least } \texttt{d\_loss} = -V(D^*, G) = 2 \ln 2 - 2\, \text{JS}(p, q)$$

# %% tags=["nbval-check-output"]
best, least = two_hills.best_discriminator(p, q, width)
print(f"best answer at x = 0       {best[600]:.2f}")
print(f"least loss, summed up      {least:.4f}")
print(f"2 ln 2 - 2 JS              {2 * np.log(2) - 2 * divergence(p, q):.4f}")
half = 2 * np.log(2) - 2 * 0.75 * np.log(4 / 3)
print(f"half of p is missing in q  {half:.4f}")

# %% [markdown]
# At 0 the best answer is only 9 %: real numbers are rare there. And the two ways to compute the least loss agree. So the loss measures how far $q$ is from $p$, **if the discriminator is at its best**. In the collapse above it nearly was: half of the real points are missing, so the divergence is $\frac34 \ln \frac43 = 0.216$ and the least loss is 0.955. In the oscillation it was far from its best, so its loss says nothing about the divergence.
#
# <details><summary>Fine print: what JS is</summary>
#
# With the mixture $m = (p + q) / 2$, the divergence is $\text{JS}(p, q) = \frac12 \int p \ln \frac{p}{m} + \frac12 \int q \ln \frac{q}{m}$, in nats. Each half is a Kullback-Leibler divergence, $\text{KL}(p \| m) = \int p \ln \frac pm$. SciPy has it: `jensenshannon(p, q) ** 2`.
# </details>
#
# ### What the generator gets
#
# Let the generator be as simple as possible: it adds its only weight to its noise, $G(z) = \texttt{middle} + z$. Real numbers are normally distributed around 0, generated ones around `middle`. The best discriminator then has the logit $\ln p(x) - \ln q(x)$, which is a straight line, and `best_logits(points, distance)` computes it.
#
# **Predict**: the generator is far away, and the best discriminator is nearly always right. Can the generator still learn?
#
# ### Exercise 5: the pull on the generator
#
# Compute the gradient of a generator's loss with respect to `middle`. The discriminator is held fixed, as in step 5 of algorithm 1.


# %% tags=["exercise"]
def pull(g_loss, distance):
    """g_loss: from logits (N,) to one number -> its gradient with respect to middle, where middle = distance."""
    # 1. A variable: middle = tf.Variable(float(distance)).
    # 2. Inside a tape: generated points from `middle` and `NOISE`, (N,).
    # 3. Still inside: what best_logits(points, distance) says of them, and g_loss of that.
    # 4. The gradient of the loss with respect to middle.
    return ...


# %% tags=["check"]
checks.pull(pull)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def pull(g_loss, distance):
#     middle = tf.Variable(float(distance))
#     with tf.GradientTape() as tape:
#         points = middle + NOISE
#         fake_logits = best_logits(points, distance)
#         value = g_loss(fake_logits)
#     return tape.gradient(value, middle)
# ```
# </details>

# %% [markdown]
# The table has the pull of the formula's loss, $\ln(1 - D)$, called **minimax**, and the pull of your non-saturating loss. Look at the last column: what do the two add up to?

# %%
pull = use(pull, otherwise=two_hills.pull)
distances = np.linspace(0.25, 8, 32)
minimax, non_saturating = (
    np.array([float(pull(loss, distance)) for distance in distances])
    for loss in (losses.minimax_generator_loss, g_loss)
)

# %% tags=["nbval-check-output"]
print("distance   minimax   non-saturating   sum")
for k in (3, 7, 15, 31):
    print(
        f"{distances[k]:8.0f} {minimax[k]:9.3f} {non_saturating[k]:16.3f} {minimax[k] + non_saturating[k]:5.2f}"
    )

# %% [markdown]
# They add up to the distance. This is no accident. The **Kullback-Leibler divergence** of two such hills, $\text{KL}(q \| p)$, is $\text{distance}^2 / 2$, and its slope is the distance. The minimax loss has the slope of $2\,\text{JS}$, because with $D^*$ it is $V$ again. So the non-saturating loss must have the slope of
#
# $$\text{KL}(q \| p) - 2\,\text{JS}(p, q)$$
#
# Arjovsky and Bottou (2017) proved this for every generator, with the best discriminator. Here is the test in numbers, with slopes of the divergences by small steps:

# %%
places = np.linspace(-12, 20, 6401)


def js_slope(distance, step=1e-3):
    """How fast JS grows with the distance of two hills."""
    hills = [stats.norm.pdf(places, at) for at in (0, distance - step, distance + step)]
    return (divergence(hills[0], hills[2]) - divergence(hills[0], hills[1])) / (2 * step)


twice_js = 2 * np.array([js_slope(distance) for distance in distances])
gan_figures.lines(
    {"non-saturating": non_saturating, "slope of KL - 2 JS": distances - twice_js, "minimax": minimax, "slope of 2 JS": twice_js},
    distances, ("distance of the two hills", "gradient for the generator"),
    "What the best discriminator teaches the generator: gradients of two losses, and slopes of two divergences.",
)  # fmt: skip
print(
    f"largest difference: {np.abs(minimax - twice_js).max():.2f}, {np.abs(non_saturating - distances + twice_js).max():.2f}"
)

# %% [markdown]
# So the generator can learn from an excellent discriminator, but it depends on the loss. With the *same* discriminator at distance 8, the minimax loss gives next to no gradient, because $\ln(1 - D)$ is flat where $D$ is near 0. It **saturates**. The non-saturating loss is steep there. That is why nearly everybody uses it, and it is what *Mend it* changed for the winning discriminator.
#
# It has a price. $\text{KL}(q \| p)$ is large if generated points lie where no real points are, but it grows little if some of the real ones are missed. Arjovsky and Bottou see in this a reason for mode collapse.
#
# ## 5. A film of your GAN
#
# The film shows your losses and your training step at work, and you can keep it. Change `points` to `"line"`, `"eight blobs"` or `"drawn"`. For `"drawn"`, choose *your drawing* in the playground first, and write your initials with the mouse.

# %% tags=["slow"]
points = "ring"
mine = Playground("convergence", own=own)
mine.dots = player.dots
mine.set("data", points)
frames, end = [playground_figures.frame(mine, "My GAN")], time.monotonic() + live_seconds(12)
while len(frames) < 14 and time.monotonic() < end:
    mine.play_rounds(15 * len(frames))  # fast changes come first
    frames.append(playground_figures.frame(mine, "My GAN"))
film = Path("kept") / "my_gan.gif"
playground_figures.film(frames, film, "Your GAN, from its first step on.")
print(f"kept as {film}")

# %% [markdown]
# ## In practice
#
# - **Look at samples, not at losses alone.** You have seen a `d_loss` near 1.386 for a ring that was learned, and for points that never settled.
# - **Two dimensions are not 4,096.** In the plane, real and generated points overlap early. Images lie on thin sheets in a huge space. If the sheets do not touch, a discriminator can be perfect and also *flat* around both, and then no loss on its logits has a gradient. Lesson 42 has remedies.
# - **The best discriminator exists on paper.** A network after some steps is neither perfect nor arbitrarily steep, and the two equations of section 4 hold for $D^*$ alone.
# - **Ten slices of 64 x 64 pixels** say nothing about diagnostic images. Lesson 44 repeats the test with care.
#
# ### Go further
# 1. Use noise of one dimension for the ring. Can a bent line cover it? What lies between eight blobs?
# 2. Hand other losses to `plane_gan.OwnParts`, such as `losses.least_squares_discriminator_loss` and `losses.least_squares_generator_loss`. Which games change?
# 3. In section 4, let `q` be a hill of width 0.1 at 1.5. What happens to the best answer, and to the least loss?
#
# ### References
# - Goodfellow et al., *Generative adversarial nets*, NIPS 2014, arXiv 1406.2661: the game, algorithm 1, the best discriminator, both losses.
# - Arjovsky and Bottou, *Towards principled methods for training generative adversarial networks*, ICLR 2017, arXiv 1701.04862: theorem 2.5 is the equation of exercise 5.
# - Kahng et al., *GAN Lab*, IEEE TVCG 2019, arXiv 1809.01587: the playground's model. The deck links to it.
# - Fedus et al., *Many paths to equilibrium*, ICLR 2018, arXiv 1710.08446.
