# %% [markdown]
# # Play the GAN game
#
# **Part 2 of the deck: Generative adversarial networks.** A counterfeiter prints money, the police learn to tell it from real money, and the counterfeiter learns from being caught. In this lesson you are the police first. Then you find out what the best possible police would say, what the counterfeiter can learn from them, and last you run the whole game yourself, with points in place of banknotes, and break it.
#
# **What you'll do.** Judge slices; compute the perfect discriminator and check it with numbers; compare two losses by their slopes; play with a GAN that fits on a screen, and mend it when it fails.
#
# **What you'll learn.**
# - what a perfect discriminator answers, and that the game measures a distance: the Jensen-Shannon divergence;
# - why nobody uses the loss that the theory is about;
# - to recognise convergence, mode collapse, a winning discriminator and oscillation when you see them.
#
# **What you need.** Probability as at school, a little NumPy. Lesson 11 helps. **Time:** 60 minutes. The code runs in about one.

# %%
import numpy as np
import pandas as pd
from scipy import optimize, stats

from gancourse.project import project_root
from gancourse.quiet import import_tensorflow
from gancourse.teaching.figures import gan_figures, playground_figures
from gancourse.teaching.checks import lesson21 as checks
from gancourse.teaching.widgets.playground_game import Playground
from gancourse.teaching.widgets.playground_presets import PRESETS

tf = import_tensorflow()

# %% [markdown]
# ## 1. You are the police
#
# Twenty slices, each real or painted by a network, by the toss of a coin. ("Real" means a brain phantom of the course; lesson 31 explains them.) Judge them one by one, with the buttons or with the keys. **Predict** your score first.

# %% tags=["slow"]
from gancourse.teaching.widgets import RealOrFake

you = RealOrFake("dcgan-t1", seed=10)
you

# %% tags=["slow"]
score = you.logic.score()
if score.answers:
    print(
        f"{score.right} of {score.answers} right: {score.share:.0%}, and in the long run between {score.low:.0%} and {score.high:.0%}"
    )
else:
    print("No answers yet: play above, then run this cell again.")

# %% [markdown]
# The interval says what twenty answers are worth: who is right in 12 of 20 may be a guesser, or may truly see two of three. After the last slice the game shows those that fooled you first. What gave the others away? Write it down: the *discriminator* of a GAN finds such signs by itself, and tells the generator about them.
#
# ## 2. The best police there could be
#
# ### In one dimension
# A slice has 4,096 pixels. Take one number instead, so that all can be drawn. **Real** numbers come from a distribution $p$ with two hills. The counterfeiter's come from $q$, one hill. Half of the numbers that the police see are of either kind.
#
# **Predict**: a number comes in at $x = 0$. How sure can anybody be that it is real?

# %%
x = np.linspace(-6, 6, 1201)
width = x[1] - x[0]
real = 0.5 * stats.norm.pdf(x, -1.5, 0.6) + 0.5 * stats.norm.pdf(x, 1.5, 0.6)
fake = stats.norm.pdf(x, 0.8, 1.0)
gan_figures.lines(
    {"real, p(x)": real, "generated, q(x)": fake},
    x,
    ("x", "density"),
    "Where real and generated numbers lie.",
)

# %% [markdown]
# ### Exercise 1: the best answer
# Near $x$ there are real numbers in proportion to $p(x)$ and generated ones in proportion to $q(x)$. So what is the probability that one found there is real? (It is Bayes' rule of lesson 11, with a prior of one half.)


# %% tags=["exercise"]
def best_answer(p, q):
    """Two densities at the same places, (N,) each -> the probability that what is found there is real."""
    return ...


# %% tags=["check"]
checks.best_answer(best_answer)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def best_answer(p, q):
#     return p / (p + q)
# ```
# </details>

# %% [markdown]
# ### Is that what a discriminator learns?
# A discriminator is trained on a **loss**, its mean surprise. Where a share $p / (p + q)$ of what comes is real, answering $D$ costs on average $-p \ln D - q \ln (1 - D)$. Two tests. First, at each place, search the answer with the least cost. Second, let a model learn from 20,000 examples that knows nothing of densities: logistic regression on smooth bumps.

# %% tags=["nbval-check-output"]
best = real / (real + fake)
places = slice(200, 1001, 40)  # from x = -4 to 4
searched = [
    optimize.minimize_scalar(lambda d, p=p, q=q: -p * np.log(d) - q * np.log(1 - d), bounds=(1e-9, 1 - 1e-9),
                             method="bounded", options={"xatol": 1e-10}).x
    for p, q in zip(real[places], fake[places], strict=True)
]  # fmt: skip
print(
    f"searched and computed answers differ by {np.abs(np.array(searched) - best[places]).max():.6f} at most"
)

# %%
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer

rng = np.random.default_rng(21)
real_numbers = rng.normal(rng.choice([-1.5, 1.5], 10_000), 0.6)
fake_numbers = rng.normal(0.8, 1.0, 10_000)
numbers, kinds = np.concatenate([real_numbers, fake_numbers])[:, None], np.repeat([1, 0], 10_000)
learner = make_pipeline(SplineTransformer(12, degree=3), LogisticRegression(C=10)).fit(numbers, kinds)
learned = learner.predict_proba(x[:, None])[:, 1]
seen = (x > -3.5) & (x < 3.5)  # where there are examples
print(
    f"learned and computed answers differ by {np.abs(learned - best)[seen].mean():.3f} on average, where there are examples"
)
gan_figures.lines(
    {"best answer, p / (p + q)": best[seen], "learned from examples": learned[seen]}, x[seen], ("x", "probability of real"),
    "What the best police say, and what a model learned to say.",
)  # fmt: skip

# %% [markdown]
# The same, up to what 20,000 examples leave open. Note what the best answer is *not*: right. Where the hills overlap, nobody can know.
#
# ### What the police's bill says
# Put the best answer into the loss. What is left, the least possible surprise, depends only on how $p$ and $q$ differ. Goodfellow and others (2014) showed that it is
#
# $$\underbrace{-\int p \ln \frac{p}{p+q} - \int q \ln \frac{q}{p+q}}_{\text{least loss, real and generated}} = 2 \ln 2 - 2\, \text{JS}(p, q)$$
#
# with the **Jensen-Shannon divergence**: with the mixture $m = (p + q)/2$,
#
# $$\text{JS}(p, q) = \frac12 \int p \ln \frac{p}{m} + \frac12 \int q \ln \frac{q}{m}$$
#
# It is 0 if $p$ and $q$ are the same, and $\ln 2 = 0.69$ if they do not overlap at all.
#
# ### Exercise 2: the divergence
# Write it for densities on a grid. An integral is a sum times the grid's `width`. Where a density is 0 it adds nothing.


# %% tags=["exercise"]
def js(p, q, width):
    """Two densities on a grid with that distance from point to point -> the divergence in nats."""
    return ...


# %% tags=["check"]
checks.js(js)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def js(p, q, width):
#     m = (p + q) / 2
#
#     def part(a):
#         some = a > 0
#         return (a[some] * np.log(a[some] / m[some])).sum() * width
#
#     return (part(p) + part(q)) / 2
# ```
# </details>


# %% tags=["nbval-check-output"]
def divergence(p, q):
    """Jensen-Shannon, by entropies: of the mixture, less the mean of both."""

    def entropy(a):
        return -np.sum(a * np.log(np.maximum(a, 1e-300))) * width

    return entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2


least = -(real * np.log(best)).sum() * width - (fake * np.log(1 - best)).sum() * width
print(f"least loss, summed up      {least:.5f}")
print(f"2 ln 2 - 2 JS              {2 * np.log(2) - 2 * divergence(real, fake):.5f}")
print(f"undecided police, 2 ln 2   {2 * np.log(2):.5f}")

# %% [markdown]
# They agree. So the police's bill is a **measuring instrument**: while they are at their best, their loss says how far the counterfeiter's money is from real money. If the counterfeiter changes $q$ to *raise* that loss, $q$ moves towards $p$. That is the whole idea of a GAN, and it is why `d_loss` near 1.386 means that they cannot tell.
#
# ## 3. What the counterfeiter can learn
#
# Being far from real money is one thing. Knowing *which way to go* is another: a generator learns from the **slope** of its loss. **Predict**: the counterfeiter's hill is far away, the police are perfect. How steep is the divergence?

# %%
shifts = np.linspace(0, 8, 81)
hill = stats.norm.pdf(np.linspace(-10, 18, 2801), 0, 1)
grid = np.linspace(-10, 18, 2801)


def js_at(shift):
    """Divergence of two unit hills so far apart."""
    other = stats.norm.pdf(grid, shift, 1)
    mixture = (hill + other) / 2
    parts = [np.sum(a * np.log(np.maximum(a, 1e-300) / mixture)) * (grid[1] - grid[0]) for a in (hill, other)]
    return sum(parts) / 2


far = np.array([js_at(shift) for shift in shifts])
gan_figures.lines(
    {"JS": far, "ln 2": np.full_like(far, np.log(2))}, shifts, ("distance of two hills", "divergence"),
    "Divergence of two bell curves of width 1, by the distance of their middles.",
)  # fmt: skip
print(
    f"slope at distance 1: {np.gradient(far, shifts)[10]:.3f}; at 4: {np.gradient(far, shifts)[40]:.4f}; at 7: {np.gradient(far, shifts)[70]:.6f}"
)

# %% [markdown]
# Flat. Two hills that do not overlap are at $\ln 2$, whether they are 6 apart or 8. **Perfect police are bad teachers**: they say "fake" with certainty everywhere, and no direction is better than another.
#
# ### Two losses
# The counterfeiter's loss in the **zero-sum (minimax)** game is the opposite of the police's: the mean of $\ln(1 - D)$ over generated money, to be made *small*. The deck, like everyone, uses another one, **non-saturating**: the mean of $-\ln D$. Both are content with $D = 1$. They differ in their slopes.
#
# ### Exercise 3: two slopes
# A network does not give $D$ but a **logit** $l$, with $D = 1 / (1 + e^{-l})$. Its slope is $dD/dl = D (1 - D)$. What is the slope of each loss with respect to the logit, written with $D$?


# %% tags=["exercise"]
def slopes(d):
    """D at generated money, (N,) -> slopes of ln(1 - D) and of -ln D with respect to the logit, two arrays."""
    return ..., ...


# %% tags=["check"]
checks.slopes(slopes)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def slopes(d):
#     return -d, -(1 - d)
# ```
#
# For ln(1 - D): -1 / (1 - D) times D (1 - D) is -D. For -ln D: -1 / D times D (1 - D) is -(1 - D). Both are negative: a higher logit is better. But where the police are sure, D near 0, the first is near 0, and the second near -1.
# </details>

# %%
from gancourse import losses

logit = np.linspace(-8, 8, 161)
d = 1 / (1 + np.exp(-logit))
step = 1e-3
found = {}
for name, loss in {"minimax": losses.minimax_generator_loss, "non-saturating": losses.generator_loss}.items():
    up, down = (np.array([float(loss(np.float32([[v]]))) for v in logit + s]) for s in (step, -step))
    found[name] = (up - down) / (2 * step)
gan_figures.lines(
    found, logit, ("logit of a generated image: caught ... passed", "slope of the generator's loss"),
    "Slopes of the course's two generator losses, by small steps.",
)  # fmt: skip
for name, slope in {"minimax": -d, "non-saturating": -(1 - d)}.items():
    print(
        f"{name:15} small steps and formula differ by less than 0.01: {bool(np.abs(found[name] - slope).max() < 0.01)}"
    )

# %% [markdown]
# At the left, where every young generator lives, the minimax loss is flat. The non-saturating one is steepest there. Now the same for a hill that has to move: the perfect police of two hills at a distance, and the slope that the counterfeiter feels for its **middle**.

# %% tags=["nbval-check-output"]
z = stats.norm.ppf(np.linspace(0.0005, 0.9995, 2000))  # a hill's numbers, evenly by probability
for distance in (1, 2, 4, 8):
    at = distance + z  # generated numbers; real ones lie around 0
    # ln p - ln q of two bells: a straight line, falling by `distance` for each 1
    log_odds = (at - distance) ** 2 / 2 - at**2 / 2
    D = 1 / (1 + np.exp(-log_odds))
    print(
        f"distance {distance}: slope by minimax {np.mean(D) * distance:8.5f}, by non-saturating {np.mean(1 - D) * distance:6.3f}"
    )

# %% [markdown]
# From a distance of 8 the minimax loss pulls with next to nothing, although the counterfeiter has the longest way to go. The other one pulls the harder the farther. It is no longer the divergence that it makes smaller, so the theory of section 2 does not cover it; it is used because it works.
#
# ## 4. The playground
#
# Now the whole game, with points in the plane (after GAN Lab, Kahng and others, 2018). Blue circles are real points, orange diamonds generated ones. The background is what the discriminator believes, blue for real. The bent grid is the generator itself: it takes a flat sheet of noise and lays it over the plane. Arrows say where each generated point is pulled.
#
# Choose one of the games, **predict** what will happen, and press play. Each one that fails has a mend. You can also draw points of your own. (It needs a running notebook; without one you see a picture.)

# %% tags=["slow"]
from gancourse.teaching.widgets import Playground as PlaygroundWidget

begun = Playground("convergence")
for _ in range(60):
    begun.play()
PlaygroundWidget(logic=begun)

# %% [markdown]
# ### Four games, played for you
# The same four games without a screen, 300 frames each.

# %%
for preset in PRESETS.values():
    print(f"{preset.title}: {preset.question}\n")


# %% tags=["slow"]
def played(name, mended=False, frames=300):
    """A game of the playground, played to its end."""
    game = Playground(name)
    if mended:
        game.mend()
    for _ in range(frames):
        game.play()
    return game


ends = {preset.title: played(name) for name, preset in PRESETS.items()}
playground_figures.games(
    ends, "Four games after 300 frames: real points (circles), generated ones (diamonds)."
)

# %%
table = pd.read_csv(project_root() / "data" / "results" / "playground.csv")
shown = table.groupby(["preset", "mended"])[["divergence", "accuracy", "found", "pull", "swing"]]
pd.concat({"median": shown.median(), "least": shown.min(), "most": shown.max()}, axis=1).swaplevel(
    axis=1
).sort_index(axis=1, level=0, sort_remaining=False).round(2)

# %% [markdown]
# Eight seeds of each (`python experiments/playground.py`). `divergence` is Jensen-Shannon's, from histograms; `found` counts blobs; `pull` is the mean length of the arrows; `swing` says how far the middle of the generated points wanders.

# %% tags=["nbval-check-output"]
for preset in PRESETS.values():
    print(f"{preset.title}. {preset.moral}\n")

# %% [markdown]
# Each has a sign of its own:
# - **convergence**: D near 50 % right, and a divergence that is low and restless;
# - **mode collapse**: D at 75 %, blobs missing, and everything at rest. From the losses alone it looks fine;
# - **a winning discriminator**: D at 100 % and arrows of no length. In some seeds the generator escapes all the same (the row's "least");
# - **oscillation**: a `swing` twenty times as large as in the others, at the median.
#
# ### Exercise 4: mend it yourself
# "Oscillation" is mended by equal learning rates. Find **another** mend: give changes of its settings, any but `data`, `g_rate` and `d_rate`, so that at the end at least six of the eight blobs are found. The names are those of the playground's controls: `loss`, `optimizer`, `d_steps`, `g_steps`, `noise`, `noise_dim`, `g_layers`, `g_neurons`, `d_layers`, `d_neurons`. The check plays your game, which takes some seconds. Try it in the playground first.

# %% tags=["exercise"]
changes = {"d_steps": ...}

# %% tags=["check"]
checks.mend(changes)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# changes = {"d_steps": 10}
# ```
#
# The discriminator learns a tenth as fast, so let it take ten steps for each of the generator's. It is the same idea as equal rates: neither may run away. It costs more time a round.
# </details>

# %% tags=["slow"]
mended = {preset.title: played(name, mended=True) for name, preset in PRESETS.items() if preset.mend}
playground_figures.games(mended, "The three failing games with their mends, after 300 frames.")

# %% [markdown]
# ## In practice
# - **Two dimensions are not 4,096.** In the plane real and generated points overlap early. Images lie on thin sheets in a huge space and hardly overlap at all, so the flat part of section 3 is where real GANs start.
# - **Perfect police exist on paper only.** A network trained for some rounds is neither perfect nor smooth, and that is a good part of why GANs work at all. The equality with Jensen-Shannon holds for the best discriminator and for nothing else.
# - **The playground's divergence** comes from histograms of 2,000 points in 24 x 24 squares. It never reaches 0: real points against real points give the dotted floor.
# - **D's accuracy is no score.** 50 % may mean perfect fakes, or a lazy D; 75 % was a collapse, here.
# - The presets were chosen because they fail. The table says how reliably.
# - A visual test with 20 slices of 64 x 64 pixels says nothing about diagnostic images. Lesson 44 does this with care.
#
# ### Go further
# 1. Draw your initials and let the GAN learn them. How many neurons does it take?
# 2. Noise of one dimension for the ring: can a bent line cover it? And for eight blobs: what lies between them?
# 3. Find settings in which the non-saturating loss collapses and least squares does not. Does it hold for another seed?
# 4. Replace `fake` in section 2 by a hill of width 0.1 at 1.5. What happens to the best answer, and to the least loss?
#
# ### References
# - Goodfellow et al., *Generative adversarial nets*, NIPS 2014, arXiv 1406.2661: the game, the best discriminator, both losses.
# - Kahng et al., *GAN Lab: understanding complex deep generative models using interactive visual experimentation*, IEEE TVCG 2019, arXiv 1809.01587.
# - Arjovsky and Bottou, *Towards principled methods for training generative adversarial networks*, ICLR 2017, arXiv 1701.04862: why perfect police are bad teachers.
# - Arjovsky, Chintala and Bottou, *Wasserstein GAN*, ICML 2017, arXiv 1701.07875.
# - Fedus et al., *Many paths to equilibrium: GANs do not need to decrease a divergence at every step*, ICLR 2018, arXiv 1710.08446.
# - Lin, *Divergence measures based on the Shannon entropy*, IEEE Transactions on Information Theory 37 (1991).
