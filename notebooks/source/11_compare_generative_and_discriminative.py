# %% [markdown]
# # Compare generative and discriminative models
#
# **Part 1 of the deck: Generative modelling.** The next picture shows four columns of brain slices. One column shows phantoms, the computed patients of this course. The other three were drawn by two models that make up images of brains. Can you tell which column shows the phantoms?
#
# **What you'll do.** Measure two numbers in a brain slice; build a generative classifier with Bayes' rule; compare it with logistic regression; draw a slice of a brain that does not exist.
#
# **What you'll learn.**
# - what p(y given x), p(x) and p(x given y) mean;
# - how Bayes' rule turns a generative model into a classifier;
# - how log loss, also called cross-entropy, judges a probability;
# - why a simple generative model draws blurred brains, and what GANs were invented for.
#
# **What you need.** A little Python and NumPy, and probability as taught at school. This lesson needs no other lesson. **Time:** 52 minutes. The code runs in about half a minute.

# %%
from pathlib import Path

import numpy as np
from scipy.stats import multivariate_normal
from sklearn.linear_model import LogisticRegression

from gancourse.metrics.intervals import bootstrap
from gancourse.teaching import figures
from gancourse.teaching.checks import lesson11 as checks
from gancourse.teaching.checks import use
from gancourse.teaching.figures import latent_figures, model_figures
from gancourse.teaching.material import gaussian_rules as course
from gancourse.teaching.material.gaussian import ProbabilisticPCA
from gancourse.teaching.material.labelled_slices import load_labelled_slices
from gancourse.teaching.material.riddle import riddle
from gancourse.teaching.widgets.move_the_bell import move_the_bell

slices = load_labelled_slices()
images, y, held_out = slices.images, slices.labels, slices.held_out  # (N, 64, 64), (N,), (N,)

# %% [markdown]
# Every picture is meant to show a slice with a tumour, which is the bright region. **Which column, A, B, C or D, shows phantom slices?** Write your letter down. Section 4 has the answer.

# %% tags=["slow"]
pca = ProbabilisticPCA.fit(images[~held_out & (y == 1)], 20)
four = riddle(pca, images[held_out & (y == 1)])  # loads TensorFlow: up to half a minute, once
shown = [four[letter][row] for row in range(2) for letter in four]
figures.montage(
    shown,
    "Two slices in each of four columns. One of the columns shows phantoms.",
    titles=[*four, *[""] * 4],
    limits=(-1, 1),
)

# %% [markdown]
# The two models were not trained on the same amount of data: one had 3,967 slices, the other, which drew two columns, a few hundred.
#
# <details><summary>Fine print: what the models have seen</summary>
#
# None of the models has seen the two patients in the phantom column. In all four columns we chose slices on which a bright region is visible. The number 3,967 comes from the model card, `gancourse/weights/dcgan-flair.json`. The other model is `pca` in the cell above. It learned from 32 patients' slices with a tumour; `(~held_out & (y == 1)).sum()` counts these slices.
# </details>
#
# ## 1. One slice, two numbers
#
# "Is there a tumour?" The deck uses these letters:
#
# - $\mathbf{x}$ is an **observation**: here an axial slice of 64 x 64 pixels, from -1 (black) to 1 (white);
# - $y$ is its **label**: 1 if the slice shows a tumour, 0 if it shows none.
#
# All slices are **FLAIR**, a kind of MR image in which a tumour and the swelling around it are bright. Every third patient is **held out** for testing. Neighbouring slices of one patient look almost alike, so no patient is in both groups.

# %% tags=["nbval-check-output"]
for name, rows in {"to learn from": ~held_out, "held out": held_out}.items():
    people, share = len(set(slices.patients[rows])), y[rows].mean()
    print(f"{name:13} {people} patients, {rows.sum()} slices, {share:.0%} with a tumour")
rng = np.random.default_rng(5)
pairs = {label: rng.choice(np.flatnonzero(~held_out & (y == label)), 2, replace=False) for label in (0, 1)}
figures.montage(
    images[[*pairs[0], *pairs[1]]],
    "Two FLAIR slices without a tumour, and two with one.",
    titles=["y = 0, none", "y = 0, none", "y = 1, tumour", "y = 1, tumour"],
    limits=(-1, 1),
)

# %% [markdown]
# ### Exercise 1: two features
# A slice has 4,096 pixels. We begin with only two numbers, called **features**. Both compare brightness inside the brain, which is every pixel above -1:
#
# - **glow**: how far the brightest part stands out, measured as the 97th percentile minus the median;
# - **lopsidedness**: the absolute difference between the 97th percentiles of the brain's two halves, since most tumours lie on one side.
#
# Only 3 % of the pixels are brighter than the 97th percentile, which, unlike the maximum, does not depend on a single pixel. A tumour changes the median less than the mean.
#
# <details><summary>Hint</summary>
#
# `image[brain]` picks the pixels of the brain out of the image, as one long array that has no columns any more. So cut the image first: `image[:, :32]` is the half on the left of the picture. Then pick the brain out of each half, with an array of True and False that has the half's shape.
# </details>


# %% tags=["exercise"]
def measure(image):
    """image: (64, 64), the background is -1 -> two numbers: glow, lopsidedness."""
    # 1. Which pixels are brain? An array of True and False, (64, 64).
    # 2. glow: np.percentile(..., 97) and np.median(...) of the brain.
    # 3. The two halves of the image, (64, 32) each, and np.percentile(..., 97) of the brain in each.
    return ...


# %% tags=["check"]
checks.measure(measure)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def measure(image):
#     brain = image > -1
#     glow = np.percentile(image[brain], 97) - np.median(image[brain])
#     left, right = image[:, :32], image[:, 32:]
#     left_top = np.percentile(left[left > -1], 97)
#     right_top = np.percentile(right[right > -1], 97)
#     return glow, abs(left_top - right_top)
# ```
# </details>

# %% [markdown]
# Now every slice becomes a point in a plane. **Predict**: where do the slices with a tumour lie? Will the two groups be completely separate?

# %%
measure = use(measure, otherwise=course.measure)
FEATURES = ("glow", "lopsidedness")
x = np.array([measure(image) for image in images])  # (N, 2)
x_train, y_train = x[~held_out], y[~held_out]
x_test, y_test = x[held_out], y[held_out]
model_figures.scatter(
    x_train, y_train, FEATURES, "Every slice of the patients to learn from, as two numbers."
)

# %% [markdown]
# A tumour moves a slice to the right and upwards. The few tumours at the bottom right cross the midline of the brain, so they glow on both sides. Where the groups overlap, no rule can always be right, so an honest answer is a **probability**.
#
# ## 2. The generative way
#
# The deck names three probabilities:
#
# | written | read | question | kind of model |
# |---|---|---|---|
# | $p(y \mid \mathbf{x})$ | p of y given x | Does a slice that looks like this have a tumour? | **discriminative** |
# | $p(\mathbf{x})$ | p of x | How usual is such a slice? | **generative** |
# | $p(\mathbf{x} \mid y)$ | p of x given y | What do slices with a tumour look like? | **generative**, from labelled data |
#
# The simplest description of slices is a **Gaussian**, a bell curve: it has a mean and a width, and it is high where slices are common. Its height, also written p(x), is a **density**. A density is not a probability: it can be above 1. We fit one Gaussian to each label. We also need $p(y)$, the **prior**: how common each label is before we look at a slice.
#
# The next cell shows the two Gaussians of one feature, glow, each multiplied by its prior. The lower curve is the share of *tumour* in the total height. Where it crosses one half, at the **border**, the answer changes. **Predict**: write down your four answers, then try the sliders for two minutes.
#
# 1. There are two borders. Which of them makes no sense to a physician?
# 2. Tumours become rare: p(tumour) falls to 0.05. Which way does the right border move?
# 3. The bell for tumours becomes as narrow as the other bell (width 0.08). How many borders remain?
# 4. The width rises to 0.5. Draw 50 slices, each of them a value of glow. Which of the values are impossible?

# %%
move_the_bell(x_train[:, 0], y_train, "glow")

# %% [markdown]
# The left border makes no sense: to the left of it, a slice without any glow is called "tumour" only because the bell for tumours is wide. When tumours are rare, the right border moves to the right: it takes more glow to make a tumour the better guess. With equal widths one border remains. And a wide bell draws slices whose glow is below zero, which is impossible. **Drawing samples from a generative model shows you what it gets wrong.**
#
# Now take both features together. In the plane, a Gaussian is a hill whose lines of equal height are ellipses. Its **covariance** is a 2 x 2 table: the diagonal says how wide the group is in each feature, and the other two entries, which tilt the ellipse, say how the features vary together.

# %%
bells = course.fit(x_train, y_train)[1:]
model_figures.scatter(
    x_train,
    y_train,
    FEATURES,
    "The slices to learn from. Ellipses: a Gaussian for each label, at one and two standard deviations.",
    bells=bells,
)

# %% [markdown]
# ### Exercise 2: a classifier from Bayes' rule
# The lower curve under the two bells was **Bayes' rule**. There are two ways to get a slice with features $\mathbf{x}$: with a tumour or without one. The answer is the share that comes from slices with a tumour:
#
# $$p(y{=}1 \mid \mathbf{x}) = \frac{p(\mathbf{x} \mid y{=}1)\, p(y{=}1)}{p(\mathbf{x})}, \qquad p(\mathbf{x}) = p(\mathbf{x} \mid y{=}0)\, p(y{=}0) + p(\mathbf{x} \mid y{=}1)\, p(y{=}1)$$
#
# The result, $p(y \mid \mathbf{x})$, is called the **posterior**. Write it for both features together.
#
# <details><summary>Hint</summary>
#
# `x[y == label]` chooses the rows with that label. `group.mean(axis=0)` is the mean of each column. `np.cov` expects one feature per row, so give it the transposed table, `group.T`.
# </details>


# %% tags=["exercise"]
def density(x, mean, cov):
    """The height of a Gaussian at each row of x: (N, 2) -> (N,). Already written; leave it as it is."""
    return multivariate_normal(mean, cov).pdf(x)


def fit(x, y):
    """x: (N, 2) features, y: (N,) labels -> prior, mean, cov: each a list of two, for the labels 0 and 1."""
    # 1. The two groups: the rows of x with label 0, and those with label 1.
    # 2. prior: the share of each group. mean: (2,) for each group. cov: (2, 2) for each group.
    return ...


def posterior(x, prior, mean, cov):
    """x: (N, 2) features, and what fit returned -> p(y = 1 given x), (N,)."""
    # 1. The two densities, p(x given y = 0) and p(x given y = 1), (N,) each.
    # 2. Each density times its prior.
    # 3. p(x), and the share of the tumours in it.
    return ...


# %% tags=["check"]
checks.bayes(fit, posterior)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def density(x, mean, cov):
#     return multivariate_normal(mean, cov).pdf(x)
#
#
# def fit(x, y):
#     groups = [x[y == label] for label in (0, 1)]
#     prior = [len(group) / len(x) for group in groups]
#     mean = [group.mean(axis=0) for group in groups]
#     cov = [np.cov(group.T) for group in groups]
#     return prior, mean, cov
#
#
# def posterior(x, prior, mean, cov):
#     density_none = density(x, mean[0], cov[0])
#     density_tumour = density(x, mean[1], cov[1])
#     none = density_none * prior[0]
#     tumour = density_tumour * prior[1]
#     p_x = none + tumour
#     return tumour / p_x
# ```
# </details>

# %% [markdown]
# Your classifier learns from the training patients, and then judges four slices that we make up.

# %% tags=["nbval-check-output"]
fit = use(fit, otherwise=course.fit)
posterior = use(posterior, otherwise=course.posterior)
prior, mean, cov = fit(x_train, y_train)
print(f"p(y = 1) = {prior[1]:.2f}")
for made_up in ([0.3, 0.05], [0.5, 0.1], [0.7, 0.5], [0.0, 0.0]):
    (p,) = np.atleast_1d(posterior(np.array([made_up]), prior, mean, cov))
    print(f"glow {made_up[0]}, lopsidedness {made_up[1]}: p(y = 1 given x) = {p:.2f}")

# %% [markdown]
# The last slice has no glow at all, and yet a tumour is the better guess. The border that makes no sense is still there.
#
# ## 3. The discriminative way
#
# A discriminative model takes a shortcut. It learns $p(y \mid \mathbf{x})$ directly and says nothing about how slices look. The classic example is **logistic regression**: it multiplies each feature by a weight, adds everything up, and turns the sum into a probability. Its border is a straight line. We give it the same features of the same patients.
#
# **Predict**: which of the two models does better on the held-out patients?
#
# ### Exercise 3: log loss
# How good is a probability p? The model gave the true label the probability p if the slice has a tumour, and 1 - p if it has none. The **log loss** is minus the logarithm of this probability, averaged over slices. If the model gave the true label 99 %, the loss is 0.01; at 50 % it is 0.69; at 1 % it is 4.6. So a confident wrong answer costs most. Log loss is also called **cross-entropy**, and GANs are trained with it.


# %% tags=["exercise"]
def log_loss(p, y):
    """p: (N,) probabilities of label 1, y: (N,) true labels, 0 or 1 -> the mean log loss, one number."""
    # The probability of the true label is p where y is 1, and 1 - p elsewhere: np.where helps.
    return ...


# %% tags=["check"]
checks.log_loss(log_loss)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def log_loss(p, y):
#     p_true = np.where(y == 1, p, 1 - p)
#     losses = -np.log(p_true)
#     return losses.mean()
# ```
# </details>

# %% [markdown]
# Now both models judge the held-out slices. The third line is a model that ignores the slice and always answers with the prior. The fine print explains `C`, `clip` and `bootstrap`.

# %% tags=["nbval-check-output"]
log_loss = use(log_loss, otherwise=course.log_loss)
line = LogisticRegression(C=1e6).fit(x_train, y_train)
answers = {
    "Bayes' rule": posterior(x_test, prior, mean, cov),
    "logistic regression": line.predict_proba(x_test)[:, 1],
    "always the prior": np.full(len(x_test), prior[1]),
}
for name, p in answers.items():
    answers[name] = p = p.clip(1e-6, 1 - 1e-6)
    right = ((p > 0.5) == y_test).mean()
    print(f"{name:20} {right:.0%} right, log loss {log_loss(p, y_test):.2f}")

gaps = []  # in log loss, one for each held-out patient
for patient in sorted(set(slices.patients[held_out])):
    rows = slices.patients[held_out] == patient
    bayes_loss = log_loss(answers["Bayes' rule"][rows], y_test[rows])
    logistic_loss = log_loss(answers["logistic regression"][rows], y_test[rows])
    gaps.append(bayes_loss - logistic_loss)
gap = bootstrap(gaps, seed=0)
print(f"Bayes' rule minus logistic regression: {gap.mean:+.2f} ({gap.low:+.2f} to {gap.high:+.2f})")

# %% [markdown]
# Which model does better? These patients do not settle it: the last line is the mean difference in log loss with its 95 % interval over patients, and the interval contains zero. Both are far better than the prior alone.

# %%
low, high = x.min(0) - 0.2, x.max(0) + 0.2
grid = np.linspace(low[0], high[0], 160), np.linspace(low[1], high[1], 120)
points = np.stack(np.meshgrid(*grid), -1).reshape(-1, 2)  # (19200, 2)
chances = {
    "Bayes' rule": posterior(points, prior, mean, cov).reshape(120, 160),
    "logistic regression": line.predict_proba(points)[:, 1].reshape(120, 160),
}
model_figures.scatter(
    x_test,
    y_test,
    FEATURES,
    "Held-out slices. Ellipses: the two Gaussians, at one and two standard deviations. Black lines: where each model says 50 %.",
    chances=chances,
    grid=grid,
    bells=(mean, cov),
)

# %% [markdown]
# Where the groups meet, the two borders are close together. Logistic regression has a straight line: the more glow or lopsidedness, the more likely a tumour. Bayes' rule has a closed curve around the narrow group, and calls everything outside it a tumour. That is right for tumours that cross the midline (bottom right; only training patients have them), and nonsense for slices without any glow (left).
#
# From $p(\mathbf{x} \mid y)$ and $p(y)$ you got $p(y \mid \mathbf{x})$ with one division. Logistic regression offers no way back. **A generative model has to describe the whole of x; the reward is that you can draw new slices.**
#
# ## 4. Draw a whole slice
#
# Let $\mathbf{x}$ be all 4,096 pixels now. A Gaussian has a mean, so we begin there. **Predict**: average two brains, pixel by pixel. Is the result a brain?

# %% tags=["slow"]
first, second = images[pairs[1]]
figures.montage(
    {
        "one slice": first,
        "another slice": second,
        "mean of the two": (first + second) / 2,
        "mean of all": images[~held_out & (y == 1)].mean(0),
    },
    "Two slices with a tumour, the mean of both, and the mean of all slices with a tumour of the training patients.",
    limits=(-1, 1),
)

# %% [markdown]
# At first sight the mean of two brains still looks like a brain. But it is a double exposure: the dark ventricles of one run through the tumour of the other, and every fold has half its strength. The mean of all has no folds left.
#
# **Probabilistic principal component analysis** (PCA) starts from that mean. It finds the **patterns** in which slices differ most, such as size or brightness, and describes a slice as
#
# $$\mathbf{x} = \text{mean} + \sum_k z_k \, \text{scale}_k \, \text{pattern}_k + \text{noise}$$
#
# The numbers $z_k$ are drawn from a Gaussian with mean 0 and width 1. They are called the **latent**, and a GAN starts from one, too. The noise, drawn for each pixel separately, stands for all that the patterns miss. The measured variance along a pattern includes the noise, so the scale is the square root of the rest, variance minus noise.
#
# ### Exercise 4: draw a slice of a brain that does not exist
# `pca`, from the opening, was fitted to the training slices with a tumour, so it describes $p(\mathbf{x} \mid y{=}1)$. Draw one slice from it, and return it without and with the noise.


# %% tags=["exercise"]
def draw_slice(pca, rng):
    """pca.mean (64, 64), pca.patterns (K, 64, 64), pca.variance (K,), pca.noise -> smooth, noisy: (64, 64) each."""
    # 1. The latent: K numbers from rng.standard_normal. K is len(pca.variance).
    # 2. The scale of each pattern: the square root of (pca.variance minus pca.noise).
    # 3. The amount of each pattern: its latent number times its scale.
    # 4. smooth: pca.mean plus the sum of amount times pattern. np.tensordot(amounts, pca.patterns, 1) is that sum.
    # 5. noisy: smooth plus noise, which is pca.mean.shape numbers from rng.standard_normal, times the square
    #    root of pca.noise. (pca.noise is a variance.)
    return ...


# %% tags=["check"]
checks.draw_slice(draw_slice)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def draw_slice(pca, rng):
#     latent = rng.standard_normal(len(pca.variance))
#     scale = np.sqrt(pca.variance - pca.noise)
#     amounts = latent * scale
#     smooth = pca.mean + np.tensordot(amounts, pca.patterns, 1)
#     noise = np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
#     return smooth, smooth + noise
# ```
# </details>

# %% [markdown]
# And here is the answer to the opening question. Columns B and D are new draws, by your own function: D is B with noise.

# %% tags=["slow"]
draw_slice = use(draw_slice, otherwise=course.draw_slice)
drawn = [draw_slice(pca, np.random.default_rng(seed)) for seed in (3, 25)]
columns = {
    "A: a GAN": four["A"],
    "B: PCA": [smooth for smooth, _ in drawn],
    "C: phantoms": four["C"],
    "D: PCA with noise": [noisy for _, noisy in drawn],
}
figures.montage(
    [columns[name][row] for row in range(2) for name in columns],
    "The four columns by name. B and D are drawn from PCA: the same two slices, without and with noise.",
    titles=[*columns, *[""] * 4],
    limits=(-1, 1),
)

# %% [markdown]
# The phantoms are in column C. If you chose A, a GAN fooled you. PCA draws something with the size and the brightness of a brain, but without folds, and the noise adds detail in the wrong places. The reason is that PCA starts from a mean and *adds* smooth patterns to it.
#
# A **generative adversarial network** (GAN) has no formula for the density. It is called generative because you can draw from it. One network, the **generator**, turns a latent into a slice. A second one, the **discriminator**, is a discriminative model: it estimates the probability that a slice comes from the training set and not from the generator. The generator learns from the discriminator's answers, and blurred slices would give it away. So the two kinds of model in this lesson play against each other. You play that game in lesson 21 and build it in lesson 41. This has a price: a GAN gives no $p(\mathbf{x})$, so you cannot apply Bayes' rule.
#
# ### Keep it
# The last cell saves your own slice beside a phantom slice. Change `my_number` until you like the brain: every number gives a different one.

# %% tags=["slow"]
my_number = 15
mine, _ = draw_slice(pca, np.random.default_rng(my_number))
Path("kept").mkdir(exist_ok=True)
figure, (panels,) = figures.panels(2, (7.8, 4.2))
for axes, image, title in zip(panels, (mine, four["C"][0]), ("drawn by me", "a phantom"), strict=True):
    figures.draw_slice(axes, image, title=title, limits=(-1, 1))
figure.savefig("kept/my_first_brain.png", dpi=120)
figures.show(figure, f"Slice number {my_number}, drawn from PCA, and a phantom slice. {figures.CONVENTION}")
print("Saved as kept/my_first_brain.png, beside this notebook.")

# %% [markdown] tags=["optional"]
# ## Optional: two more questions for p(x)
#
# A density also answers questions that have nothing to do with a label. Here it is fitted to slices *without* a tumour.
#
# **What is in the part that is missing?** We hide one half of each of four held-out slices. The model fills in what is most likely, given the other half. The last slice has a tumour in its hidden half. **Predict** what the model puts there.

# %% tags=["slow", "optional"]
ordinary = ProbabilisticPCA.fit(images[~held_out & (y == 0)], 5)
seen = np.zeros((64, 64), bool)
seen[:, :32] = True
healthy, ill = images[held_out & (y == 0)], images[held_out & (y == 1)]
brightest = np.argmax(ill[:, :, 32:].mean((1, 2)) - ill[:, :, :32].mean((1, 2)))
chosen = np.stack([*healthy[np.linspace(5, len(healthy) - 5, 3).astype(int)], ill[brightest]])
latent_figures.rows(
    {
        "the slice": chosen,
        "what is seen": np.where(seen, chosen, -1),
        "filled in": ordinary.complete(chosen, seen),
    },
    ["none", "none", "none", "tumour"],
    "Four held-out slices, what the model sees of them, and how it fills in the rest.",
    width=1.9,
)
hidden = ~seen & (healthy > -1)
errors = (ordinary.complete(healthy, seen) - healthy)[hidden]
draws = np.stack([ordinary.complete(healthy, seen, rng) for _ in range(20)])
claimed = np.sqrt((draws.var(0) + ordinary.noise)[hidden].mean())
print(f"hidden half: the draws spread by {claimed:.2f}, the error is {np.sqrt((errors**2).mean()):.2f}")

# %% [markdown] tags=["optional"]
# The tumour is gone. **The model fills in what is usual, not what was there.** Remember this when a network that removes noise or completes a scan shows you a clean picture. The filled half fits badly, too: all four slices have a seam, and the last filled half is wider than the brain that it completes. And the model is too sure of itself. We let it fill in every slice 20 times at random. The spread of these draws, including the noise of the pixels, is about half of the true error.
#
# **Is this slice ordinary?** A slice with a low p(x) is unlike the slices that the model has seen. That sounds like a good alarm for bad scans. We spoil the held-out slices in four ways and count how often p(x) becomes higher. **Predict** which of the four fools the model.

# %% tags=["slow", "optional"]
from scipy import ndimage

spoiled = {
    "noisy": healthy + rng.normal(0, 0.2, healthy.shape),
    "upside down": healthy[:, ::-1],
    "blurred": ndimage.gaussian_filter(healthy, (0, 1, 1)),
    "empty, all black": np.full_like(healthy, -1),
}
before = ordinary.log_density(healthy)
for name, changed in spoiled.items():
    print(
        f"{name:17} p(x) is higher than before for {(ordinary.log_density(changed) > before).mean():4.0%} of slices"
    )

# %% [markdown] tags=["optional"]
# Noise lowers p(x) in every slice, and turning a slice upside down lowers it in nearly every one. But every blurred slice, and nearly every empty one, counts as more ordinary than the slice itself: a flat picture is close to the mean in most pixels, and each fold lowers p(x). **A high p(x) does not mean healthy, and a low one does not mean ill.** Deep networks have the same weakness (Nalisnick et al., below).

# %% [markdown]
# ## In practice
# - **Ask for the prior.** A model that says "92 %" learned how common the disease was in its training data. Where the disease is rarer, the same picture deserves a lower probability. Physicians call the two pre-test and post-test probability. With Bayes' rule you only have to replace the prior.
# - **"No tumour in this slice" is not "healthy".** Most of our slices without a tumour come from patients who have a tumour elsewhere.
# - **Phantoms are simpler than patients.** Glow separates them better than it would separate patients. Nothing here is for diagnosis.
#
# <details><summary>Fine print</summary>
#
# - Split by patient, and average over patients: the slices of one patient look alike, so many slices may come from few patients.
# - Slices with a tumour of 1 to 20 pixels are left out. Hardly anybody would see such a tumour, and the shipped GAN did not learn from them either.
# - `C=1e6` lets logistic regression choose its weights freely; a small `C` would keep them small.
# - `bootstrap` draws as many patients as there are, again and again: some come twice, some not at all. Of the means of all these draws, 95 % lie within the interval.
# - Probabilities are clipped to between 0.000001 and 0.999999 before the log loss, because the loss is infinite if something happens that was given the probability 0.
# - A classifier with one Gaussian per label is known as quadratic discriminant analysis. With the same covariance for both labels its border is a straight line, as in logistic regression; `LinearDiscriminantAnalysis` of scikit-learn does that. Efron, and Ng and Jordan (below) compare the two.
# - We chose 20 patterns for drawing and 5 for filling in by eye. scikit-learn's `PCA` is the same model, but its noise is too large when there are fewer images than pixels, so the course has its own, `gancourse/teaching/material/gaussian.py`.
# - The deck says that generative modelling estimates p(x), and p(x given y) if the data have labels. The Gaussians, PCA and the two features are our choice.
# </details>
#
# ### Go further
# 1. Set `prior = np.array([0.95, 0.05])` and run section 3 again, beginning with the cell that prints the log losses. Which of the two models changes? More of its answers are now right, yet its log loss is worse. How can that be?
#    <details><summary>Answer</summary>Most held-out slices still have a tumour, so this prior does not fit them. A few confident wrong answers cost more than the right ones gain.</details>
# 2. Replace lopsidedness by a feature of your own. Can you get below the log loss of both models?
# 3. Fit PCA with 5 patterns and with 150, and draw again. What becomes sharper, and whose brain do you see?
#
# ### References
# - Ng and Jordan, *On discriminative vs. generative classifiers: a comparison of logistic regression and naive Bayes*, NIPS 2001.
# - Efron, *The efficiency of logistic regression compared to normal discriminant analysis*, Journal of the American Statistical Association 70 (1975).
# - Tipping and Bishop, *Probabilistic principal component analysis*, Journal of the Royal Statistical Society B 61 (1999).
# - Nalisnick et al., *Do deep generative models know what they don't know?*, ICLR 2019, arXiv 1810.09136.
# - Goodfellow et al., *Generative adversarial nets*, NIPS 2014, arXiv 1406.2661.
