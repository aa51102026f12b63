# %% [markdown]
# # Compare generative and discriminative models
#
# **Part 1 of the deck: Generative modelling.** A physician who sees a brain scan can answer several questions. *Is there a tumour?* *Is this an ordinary brain at all?* *What would a brain with a tumour look like?* A model can learn to answer them, too, but it is not the same model. In this lesson you build both kinds, first for two numbers a slice and then for whole slices, and find out what each can do and where it breaks.
#
# **What you'll do.** Measure two numbers in each slice; fit a model that draws a line and one that draws two bell curves; turn one into the other by Bayes' rule; do the same for all 4,096 pixels; invent brains, fill in half a brain, look for strange brains; and set traps for every model.
#
# **What you'll learn.**
# - what p(y given x), p(x) and p(x given y) mean, and which question each of them answers;
# - to go from one to another with Bayes' rule, and to carry a model to a hospital where tumours are rarer;
# - to judge a probability by its surprise, over patients, with an interval;
# - why "likely" is not "healthy", and why PCA's brains are blurred. That is where GANs begin.
#
# **What you need.** A little Python and NumPy, and probability as at school. This is a first lesson: it needs no other. **Time:** 50 minutes. The code runs in about one.

# %%
import numpy as np
import pandas as pd
from scipy import ndimage
from scipy.special import log_expit, logit
from scipy.stats import multivariate_normal

from gancourse.metrics.intervals import bootstrap
from gancourse.teaching import figures
from gancourse.teaching.figures import gan_figures, latent_figures, model_figures
from gancourse.teaching.checks import lesson11 as checks
from gancourse.teaching.material.gaussian import ProbabilisticPCA
from gancourse.teaching.material.outlier_discs import put_discs

# %% [markdown]
# ## 1. One slice, two numbers
#
# The data are axial slices of 48 brain phantoms (lesson 31 explains them), 64 x 64 pixels, with numbers from -1, black, to 1, white. We look at **FLAIR**, a kind of MR image in which a tumour and the swelling around it are bright. A phantom comes with the truth, so for every slice we know
# - **x**, what we see: the slice;
# - **y**, what we want to know: 1 if the slice shows any tumour, 0 if not.

# %%
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.teaching.data import lesson_data, slices_folder

folder = lesson_data()
slices = make_slices(find_subjects(folder)[:48], slices_folder(folder))
table = slices.table
image_of = {
    m: np.asarray(slices.images[..., slices.modalities.index(m)], np.float32) for m in ("t1", "t2", "flair")
}
flair = image_of["flair"]  # (slices, 64, 64)
y = (table["tumour_px"] > 0).to_numpy().astype(int)
patients = table["patient"].to_numpy()

# %% [markdown]
# Models learn from some patients and are judged by others. All slices of a patient stay together: neighbouring slices are nearly the same picture, and a model could recognise them. Every third patient is **held out**.

# %% tags=["nbval-check-output"]
everyone = table.drop_duplicates("patient").sort_values(["grade", "patient"])["patient"].to_numpy()
held = np.isin(patients, everyone[2::3])
train = ~held
for name, rows in {"to learn from": train, "held out": held}.items():
    print(
        f"{name:13} {len(set(patients[rows]))} patients, {rows.sum()} slices, {y[rows].mean():.0%} with tumour"
    )

# %%
rng = np.random.default_rng(11)
shown = [rng.choice(np.flatnonzero(train & (y == k)), 8, replace=False) for k in (0, 1)]
gan_figures.grids(
    {"no tumour": flair[shown[0]], "tumour": flair[shown[1]]},
    "Eight FLAIR slices without tumour and eight with, of the patients to learn from.",
)

# %% [markdown]
# ### Exercise 1: left and right
# What does a radiologist look at first? Whether both sides are alike. Write that as a number: the mean absolute difference between a slice and its mirror image, over the pixels of the brain. The brain is what is brighter than the background, -1.


# %% tags=["exercise"]
def asymmetry(image):
    """image: (64, 64), the background -1 -> one number."""
    return ...


# %% tags=["check"]
checks.asymmetry(asymmetry)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def asymmetry(image):
#     return np.abs(image - image[:, ::-1])[image > -1].mean()
# ```
#
# Rows come first, so `image[:, ::-1]` turns left and right round. Without the absolute value, brighter and darker would cancel.
# </details>

# %% [markdown]
# In this lesson x is first just two numbers, both in per cent of the grey scale from black to white:
# - **asymmetry**, as in the exercise, after a slight blur, since no brain's folds are mirror images of each other;
# - **glow**: how far the brightest 3 % of the brain stand out from its middle (median) brightness.
#
# **Predict**: where will slices with a tumour lie in this plane? Will the two groups be apart?

# %%
FEATURES = ("asymmetry, %", "glow, %")


def measure(images):
    """(N, 64, 64) -> (N, 2): asymmetry and glow, in per cent of the grey scale."""
    found = []
    for image, smooth in zip(images, ndimage.gaussian_filter(images, (0, 2, 2)), strict=True):
        brain = image > -1
        asymmetry = np.abs(smooth - smooth[:, ::-1])[brain].mean()
        glow = np.percentile(image[brain], 97) - np.median(image[brain])
        found.append((50 * asymmetry, 50 * glow))  # 50: the grey scale is 2 wide
    return np.array(found, float)


x = measure(flair)
model_figures.scatter(x[train], y[train], FEATURES, "Every slice to learn from, as two numbers.")

# %% [markdown]
# Tumours pull a slice up and to the right. But the groups overlap: a small tumour hardly glows. No rule can be right for every slice, so an honest answer is a **probability**.
#
# ## 2. Two ways to learn
#
# ### Discriminative: where is the border?
# **p(y given x)**, "the probability of y for a given x", is what we want: of slices that look like *this*, which share has a tumour? A **discriminative** model learns this and nothing else. The simplest one is **logistic regression**. It adds up evidence, a weight times asymmetry plus a weight times glow plus a constant. The sum is called **log odds**, and a curve turns it into a probability: 0 means fifty-fifty, 3 means 95 %, -3 means 5 %.

# %% tags=["nbval-check-output"]
from sklearn.linear_model import LogisticRegression

line = LogisticRegression(C=1e6).fit(x[train], y[train])
print(f"weights {line.coef_[0].round(2)}, constant {line.intercept_[0]:.2f}")
for a, g in ([5, 15], [10, 30], [15, 45]):
    print(f"asymmetry {a:2} %, glow {g} %: p(tumour) = {line.predict_proba([[a, g]])[0, 1]:.2f}")


# %% [markdown]
# ### Generative: what does each kind look like?
# A **generative** model learns the other way round. It takes the slices with tumour and asks how they are spread over the plane: **p(x given tumour)**. Then the same for those without. And it counts how common tumours are: **p(y)**, the **prior**.
#
# p(x given y) is a *density*, a height over the plane, like a map of where people live: large where many slices are, and adding up to 1 over the whole plane. The simplest shape is a **bell curve**: a mean, and how widely and in which direction the points scatter around it. We give both groups the same shape and their own mean.


# %% tags=["nbval-check-output"]
def fit_bells(x, y):
    """Two bell curves of one shape, p(x given y), and how common tumours are, p(y)."""
    means = {k: x[y == k].mean(0) for k in (0, 1)}
    shape = sum((y == k).mean() * np.cov(x[y == k].T, ddof=0) for k in (0, 1))
    return means, shape, y.mean()


def density(x, k, bells):
    """p(x given y = k)."""
    return multivariate_normal(bells[0][k], bells[1]).pdf(x)


bells = fit_bells(x[train], y[train])
print(f"p(tumour) = {bells[2]:.2f}")
for k, name in enumerate(("no tumour", "tumour")):
    print(
        f"{name:9} mean {bells[0][k].round(1)}, p(x given y) at (10, 30) = {density([10, 30], k, bells):.4f}"
    )

# %% [markdown]
# ### Exercise 2: Bayes' rule
# The generative model has not answered our question yet. **Bayes' rule** does. Think of 1,000 slices. Some of them have a tumour *and* look like x; some have none *and* look like x. What is the share of the first among both?
#
# $$p(\text{tumour given } x) = \frac{p(x \text{ given tumour})\; p(\text{tumour})}{p(x \text{ given tumour})\; p(\text{tumour}) + p(x \text{ given none})\; p(\text{none})}$$


# %% tags=["exercise"]
def posterior(p_x_tumour, p_x_none, p_tumour):
    """Two densities, (N,) each, and the share of tumours -> p(tumour given x), (N,)."""
    return ...


# %% tags=["check"]
checks.posterior(posterior)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def posterior(p_x_tumour, p_x_none, p_tumour):
#     with_tumour = p_x_tumour * p_tumour
#     without = p_x_none * (1 - p_tumour)
#     return with_tumour / (with_tumour + without)
# ```
#
# The lower half of the fraction is **p(x)**: all the ways in which such a slice comes about. It is a question of its own, "how ordinary is this slice?", and section 4 is about it.
# </details>

# %% [markdown]
# ### Do the numbers agree?
# Three tests. First, does our Bayes' rule give what scikit-learn's "linear discriminant analysis" gives, which is this same model? Second, some algebra says that two bells of one shape and Bayes' rule *are* a logistic regression: their log odds are a weighted sum as well. With its weights written down from the means and the shape, do we get the same probabilities? Third, how near does that come to the line that logistic regression found by itself?


# %% tags=["nbval-check-output"]
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis


def bayes(x, bells):
    """p(y = 1 given x), from two bells."""
    ways = np.stack([density(x, 0, bells) * (1 - bells[2]), density(x, 1, bells) * bells[2]])
    return ways[1] / ways.sum(0)


ours, theirs = bayes(x[held], bells), line.predict_proba(x[held])[:, 1]
library = LinearDiscriminantAnalysis(solver="lsqr").fit(x[train], y[train]).predict_proba(x[held])[:, 1]
means, shape, p_tumour = bells
weights = np.linalg.solve(shape, means[1] - means[0])
constant = logit(p_tumour) - weights @ (means[0] + means[1]) / 2
weighted = np.exp(log_expit(x[held] @ weights + constant))
agree = [np.allclose(each, ours, atol=1e-9) for each in (library, weighted)]
print(f"agree to 9 digits: scikit-learn {agree[0]}, weighted sum {agree[1]}")
print(f"weights from the bells {weights.round(2)}, of logistic regression {line.coef_[0].round(2)}")
same = ((theirs > 0.5) == (ours > 0.5)).mean()
print(f"held-out slices: {np.abs(theirs - ours).mean():.3f} apart on average, same verdict in {same:.0%}")

# %%
grid = np.linspace(-5, 30, 141), np.linspace(-20, 90, 111)
points = np.stack(np.meshgrid(*grid), -1).reshape(-1, 2)
chances = {
    "logistic regression": line.predict_proba(points)[:, 1],
    "two bells and Bayes": bayes(points, bells),
}
model_figures.scatter(
    x[held], y[held], FEATURES,
    "Held-out slices. Ellipses: the bells, at one and two standard deviations. Lines: where each model says 50 % "
    "(thick), 10 % and 90 % (thin).",
    chances={name: p.reshape(111, 141) for name, p in chances.items()}, grid=grid, bells=bells[:2],
)  # fmt: skip

# %% [markdown]
# The same kind of answer, reached in two ways. Logistic regression chose the line that tells the groups apart best; the bells chose ellipses that fit each group best, and the line followed. They weigh asymmetry differently and still agree on nearly every slice.
#
# ### And back?
# From p(x given y) we got p(y given x). The other way: p(x given tumour) = p(tumour given x) p(x) / p(tumour). **Predict**: can logistic regression alone do that?

# %% tags=["nbval-check-output"]
pixel = (grid[0][1] - grid[0][0]) * (grid[1][1] - grid[1][0])
p_x = density(points, 0, bells) * (1 - p_tumour) + density(points, 1, bells) * p_tumour
truth = density(points, 1, bells)
for name, p in chances.items():
    back = p * p_x / p_tumour
    off = np.abs(back - truth).max() / truth.max()
    print(
        f"{name:20} p(x given tumour) adds up to {back.sum() * pixel:.3f}, off by {off:.1%} of its top at most"
    )

# %% [markdown]
# It cannot. It has no p(x): it never learned which slices there are, only how to judge those that come. With p(x) lent by the bells it gives a density that adds up to 1 only roughly. The rule of thumb: **from generative to discriminative is a division; the way back needs p(x), which nobody learned.**
#
# ### Which is better?
# Two measures, on held-out patients. **Right**: how often the more probable answer is true. **Surprise**: minus the logarithm of the probability that was given to the truth. Who said 99 % and is right is surprised by 0.01; who said 50 %, by 0.69; who said 1 % of what then turns out true, by 4.6. So surprise punishes those who are sure and wrong. Both are averaged over each patient's slices, and then over patients, with a 95 % interval that says how much it would move with other patients.


# %% tags=["nbval-check-output"]
def over_patients(values, whose):
    """Mean over patients with its 95 % interval, from one value a slice."""
    return bootstrap(pd.Series(np.asarray(values, float)).groupby(whose).mean(), seed=0)


def report(name, log_odds, rows=held):
    """Right answers and surprise of a model's log odds of tumour."""
    right = over_patients(100 * ((log_odds > 0) == y[rows]), patients[rows])
    surprise = over_patients(-log_expit(np.where(y[rows] == 1, log_odds, -log_odds)), patients[rows])
    print(f"{name:20} right {right.mean:3.0f} % ({right.low:.0f} to {right.high:.0f}), "
          f"surprise {surprise.mean:6.2f} ({surprise.low:.2f} to {surprise.high:.2f})")  # fmt: skip


report("always the share", np.full(held.sum(), logit(p_tumour)))
report("logistic regression", line.decision_function(x[held]))
report("two bells and Bayes", logit(ours))

# %% [markdown]
# No difference that 16 patients could show. With two numbers, either will do.
#
# ### Exercise 3: another hospital
# In our cohort two slices in three have a tumour. Among people who are screened it is, say, one in twenty. What a slice *looks* like stays the same, p(x given y); only p(y) changes. The generative model just gets another number. With only p(y given x) in hand you have to take the old share out and put the new one in. It is easy with **odds**, p / (1 - p): the odds after seeing x are the odds before, times what x tells. Physicians know it as pre-test and post-test probability.


# %% tags=["exercise"]
def with_prior(p, old, new):
    """p: p(tumour given x) where a share `old` has tumours -> the same where a share `new` has."""
    return ...


# %% tags=["check"]
checks.with_prior(with_prior)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def with_prior(p, old, new):
#     odds = p / (1 - p) * (new / (1 - new)) / (old / (1 - old))
#     return odds / (1 + odds)
# ```
#
# What x tells is `p / (1 - p)` divided by the old odds: the likelihood ratio of a diagnostic test.
# </details>

# %% tags=["nbval-check-output"]
rare, ill = 0.05, y[held] == 1
weight = np.where(ill, rare / ill.mean(), (1 - rare) / (1 - ill.mean()))  # as if 5 % had a tumour
for name, p in {"as learned": ours, "with the new prior": bayes(x[held], (means, shape, rare))}.items():
    called = p > 0.5
    ppv = np.average(ill[called], weights=weight[called])
    print(f"{name:18} expects {np.average(p, weights=weight):.0%} with tumour; finds {called[ill].mean():.0%} of them; "
          f"of those it calls, {ppv:.0%} have one")  # fmt: skip

# %% [markdown]
# Held-out slices, weighted as if one in twenty had a tumour. As learned, the model expects far too many, and most of its alarms are false. With the right prior what it expects is near the truth, if a little low, and it calls only what is clear; the price is that it misses more. (Where to draw the line is a decision of its own: what does a miss cost, and what a false alarm?)
#
# ### Invent some slices
# A generative model can also be *drawn from*: throw a coin for y, then draw x from that bell. **Predict** what will be wrong with the invented slices.

# %%
drawn = rng.choice(2, held.sum(), p=(1 - p_tumour, p_tumour))
new = np.stack([rng.multivariate_normal(means[k], shape) for k in drawn])
model_figures.scatter(
    x[held],
    y[held],
    FEATURES,
    "Held-out slices, and as many drawn from the two bells.",
    bells=bells[:2],
    drawn=(new, drawn),
)
print(f"drawn with a number below 0: {(new < 0).any(1).sum()} of {len(new)}")

# %% [markdown]
# Some have a glow or an asymmetry below zero, which no slice can have. And slices without tumour should lie closer together than the shared shape allows. The model's *verdicts* were good all the same. **A generative model makes a claim about everything, and you can see where the claim is wrong.** A discriminative one claims less.
#
# ## 3. Whole slices
#
# Two numbers are a poor summary of a brain. Now x is the whole slice, all 4,096 pixels.
#
# ### Discriminative: a small network
# A **convolutional network** (CNN) slides small templates over the slice, then templates over the result, and ends in one number: the log odds of a tumour. The same question as for logistic regression; the network finds its features by itself. It trains now, for a few seconds.

# %% tags=["slow"]
from gancourse.training.callbacks import StopAfter
from gancourse.quiet import import_tensorflow

import_tensorflow()
import keras
from keras import layers

keras.utils.set_random_seed(11)
cnn = keras.Sequential([
    keras.Input((64, 64, 1)), layers.RandomFlip("horizontal"), layers.AveragePooling2D(2),
    layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(2),
    layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
    layers.Conv2D(32, 3, activation="relu"), layers.GlobalMaxPooling2D(),
    layers.Dropout(0.3), layers.Dense(1),
])  # fmt: skip
cnn.compile(keras.optimizers.Adam(2e-3), keras.losses.BinaryCrossentropy(from_logits=True), jit_compile=False)
history = cnn.fit(
    flair[train][..., None], y[train].astype(np.float32), epochs=15, verbose=0, callbacks=[StopAfter(30)]
)
print(f"{cnn.count_params():,} weights, seen every slice {len(history.epoch)} times")


def ask_cnn(images):
    """Log odds of a tumour in whole slices (N, 64, 64)."""
    return cnn(np.asarray(images, np.float32)[..., None], training=False).numpy()[:, 0].astype(float)


# %% [markdown]
# ### Generative: a bell for brains
# A bell curve for 4,096 numbers needs how each pixel goes with each other one: more than eight million numbers, from some 400 slices. So we allow only a few ways to differ. **Principal component analysis** (PCA) finds the **pattern** along which slices differ most, then the next one, and so on:
#
# slice = mean slice + amount × pattern 1 + amount × pattern 2 + ... + noise
#
# With amounts and noise from the bell curve, this is a density for whole slices: **probabilistic PCA** (`gancourse/teaching/material/gaussian.py`, 100 lines). A mirrored brain is about as good a brain, so we learn from each slice and its mirror image.
#
# **Predict**: in what do slices of brains differ most? Will there be a pattern "tumour"?


# %%
def mirrored(images):
    return np.concatenate([images, images[:, :, ::-1]])


whole = ProbabilisticPCA.fit(mirrored(flair[train]), 200)
steps = np.array([-2, 0, 2])[:, None, None]
along = {
    f"pattern {k + 1}": whole.mean + steps * np.sqrt(whole.variance[k]) * whole.patterns[k]
    for k in (0, 1, 2, 4)
}
caption = "What four of the patterns do to the mean slice."
latent_figures.rows(along, ["- 2 deviations", "mean", "+ 2 deviations"], caption, width=1.2)

# %% [markdown]
# Size, brightness, the height of the slice and the ventricles come first, several of them mixed in one pattern. A tumour is in another place in every patient, so it is nobody's pattern. And all of them are smooth.
#
# How many patterns? The more, the better the model fits the slices that it learned from. The test is what it says about *other* patients: **log p(x)**, the log density, averaged over slices.

# %%
counts = np.array([1, 2, 5, 10, 20, 40, 60, 80, 100, 120, 160, 200])
logs = {
    name: np.array([whole.keep(k).log_density(flair[rows]).mean() for k in counts])
    for name, rows in {"slices learned from": train, "held-out patients": held}.items()
}
gan_figures.lines(
    logs, counts, ("patterns", "log density"), "Mean log density of a slice, by the number of patterns."
)
print("best for held-out patients:", counts[logs["held-out patients"].argmax()])

# %% [markdown]
# That is **overfitting**, drawn. From about eighty patterns on, what is added are accidents of 32 patients.
#
# ### The same two roads
# Now as in section 2: one density for slices with tumour, one for those without, and Bayes' rule. We take 20 patterns each, as there are only about 150 slices without. **Predict**: against the CNN, against two numbers?

# %% tags=["slow"]
pca = {k: ProbabilisticPCA.fit(mirrored(flair[train & (y == k)]), 20) for k in (0, 1)}


def ask_pca(images):
    """Bayes' rule with two densities of whole slices, as log odds."""
    return pca[1].log_density(images) - pca[0].log_density(images) + logit(p_tumour)


models = {
    "logistic, 2 numbers": lambda images: line.decision_function(measure(images)),
    "bells, 2 numbers": lambda images: logit(bayes(measure(images), bells)),
    "CNN, whole slice": ask_cnn,
    "PCA, whole slice": ask_pca,
}
for name, ask in models.items():
    report(name, ask(flair[held]))
none = held & (y == 0)
for name in ("CNN, whole slice", "PCA, whole slice"):
    says = models[name](flair[held])
    free = over_patients(100 * (says[~ill] < 0), patients[held][~ill])
    print(f"{name}: right in {free.mean:.0f} % ({free.low:.0f} to {free.high:.0f}) of slices without tumour; "
          f"size of its log odds {np.median(np.abs(says)):.1f} at the median")  # fmt: skip

# %% tags=["slow"]
print("slices without tumour, mean log density")
for name, rows in {"learned from": train & (y == 0), "held out": none}.items():
    logs = [pca[k].log_density(flair[rows]) for k in (0, 1)]
    gap = over_patients(logs[0] - logs[1], patients[rows])
    print(f"{name:12} p(x given no tumour) {logs[0].mean():.0f}, p(x given tumour) {logs[1].mean():.0f}, "
          f"difference {gap.mean:+.0f} ({gap.low:+.0f} to {gap.high:+.0f})")  # fmt: skip

# %% [markdown]
# The CNN had to find its features by itself, and with 32 patients it does better than our two numbers: the intervals hardly overlap. (Training is random, and on a slow machine the clock stops it, so your numbers differ a little.) PCA and Bayes' rule are right about as often as our two numbers. But they are *sure*, also where they are wrong. Log odds of 450 leave the other answer a probability with nearly 200 zeros behind the point, so their surprise is enormous.
#
# Why? Look at the last two lines. Slices without tumour that were learned from are far more likely under their own density. Those of new patients are much less likely under both, and the difference is only about half as large. For some of these slices it has the wrong sign. An error that is small for each of 4,096 pixels adds up to hundreds in the logarithm, and Bayes' rule believes all of it. **To answer one yes or no, the generative model first answered 4,096 harder questions**: what every pixel looks like.
#
# ## 4. What only a density can do
#
# So why would one learn p(x) at all? For the questions that have nothing to do with y.
#
# ### Draw a slice

# %% tags=["slow"]
gan_figures.grids(
    {"p(x given no tumour)": pca[0].sample(8, rng), "p(x given tumour)": pca[1].sample(8, rng)},
    "Slices drawn from two densities: the patterns in random amounts, without the pixels' noise.",
)

# %% [markdown]
# Brains, more or less, that nobody has. All of them are blurred; and with tumour there is a bright cloud and no border. We come back to that.
#
# ### Exercise 4: the other number
# A scan was cut off. What was in the part that is missing? Ask the density: of all slices that agree with what is seen, which are likely? Try it with two numbers first. The first number of a slice is known, the second is not. For a bell curve with means $m_1, m_2$ and covariance $C$ the second number has
#
# $$\text{mean } m_2 + \frac{C_{12}}{C_{11}}\,(\text{first} - m_1) \qquad\text{and variance}\qquad C_{22} - \frac{C_{12}^2}{C_{11}}$$


# %% tags=["exercise"]
def guess(mean, cov, first):
    """mean: (2,); cov: (2, 2); first: the first number -> mean and standard deviation of the second."""
    return ...


# %% tags=["check"]
checks.guess(guess)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def guess(mean, cov, first):
#     slope = cov[0, 1] / cov[0, 0]
#     return mean[1] + slope * (first - mean[0]), np.sqrt(cov[1, 1] - slope * cov[0, 1])
# ```
#
# The slope is that of the regression line. Knowing the first number moves the mean and narrows the spread, and the spread is the same whatever the first number was: that is a property of bells.
# </details>

# %% [markdown]
# With 2,048 known pixels and 2,048 hidden ones the formula is the same, with matrices; `complete` does it. We hide the patient's left half of slices, use p(x given no tumour), and compare with two simple rivals: the mean slice, and the seen half mirrored. **Predict** which is best, and whether more patterns help. The error is the root-mean-square difference in the hidden part of the brain.

# %% tags=["slow"]
seen = np.zeros((64, 64), bool)
seen[:, :32] = True
half = ProbabilisticPCA.fit(mirrored(flair[train & (y == 0)]), 80)


def errors(filled):
    """Root-mean-square difference in the hidden part of each slice's brain."""
    hidden = ~seen & (flair[none] > -1)
    return np.sqrt(np.where(hidden, (filled - flair[none]) ** 2, 0).sum((1, 2)) / hidden.sum((1, 2)))


fillings = {f"{k} patterns": half.keep(k).complete(flair[none], seen) for k in (2, 5, 20, 80)}
fillings["the mean slice"] = np.broadcast_to(half.mean, flair[none].shape)
fillings["the seen half, mirrored"] = flair[none][:, :, ::-1]
error = {name: errors(filled) for name, filled in fillings.items()}
caption = (
    "Error in the hidden half of held-out slices without tumour, mean over patients with its 95 % interval."
)
intervals = {name: tuple(over_patients(each, patients[none])) for name, each in error.items()}
figures.intervals(intervals, "error", caption)
for rival in ("80 patterns", "the mean slice", "the seen half, mirrored"):
    gap = over_patients(error["5 patterns"] - error[rival], patients[none])
    print(f"5 patterns minus {rival:24} {gap.mean:+.3f} ({gap.low:+.3f} to {gap.high:+.3f})")

# %% tags=["slow"]
chosen = [*np.flatnonzero(none)[[3, 20, 40]], np.flatnonzero(held & (y == 1))[60]]
slices_shown, few = flair[chosen], half.keep(5)
latent_figures.rows(
    {
        "slice": slices_shown,
        "what is seen": np.where(seen, slices_shown, -1),
        "5 patterns, mean of all fillings": few.complete(slices_shown, seen),
        "5 patterns, one filling drawn": few.complete(slices_shown, seen, rng),
        "80 patterns, mean of all fillings": half.complete(slices_shown, seen),
    },
    ["no tumour", "no tumour", "no tumour", "tumour"],
    "Four held-out slices whose left half is hidden and filled in.",
    width=1.3,
)
draws = np.stack([few.complete(slices_shown, seen, rng) for _ in range(20)])
print(
    f"how much fillings differ (standard deviation): {draws.std(0)[~seen & (slices_shown > -1)].mean():.3f}"
)

# %% [markdown]
# Five patterns beat both rivals, and 80 are no better than five: they read too much into accidents of the seen half. In the pictures the size and the brightness fit, and there is a hint of ventricles; folds are missing. Twenty fillings of one slice differ by far less than their error. The model is much too sure: it takes 2,048 pixels for 2,048 witnesses, but neighbours say the same.
#
# And look at the last column. A tumour was hidden, and the filling has none, because the density has seen none. **What is filled in is what is usual, not what was there.** Keep that in mind when a reconstruction, or a network that removes noise, shows you a clean scan.
#
# ### How unusual is this slice?
# A slice with a low p(x) is unlike what the model learned. Could that find what is wrong with a scan, without anyone having said what may be wrong? It would be a fine alarm. We take p(x given no tumour), "ordinary brains", and let it judge slices of patients that it has not seen: four models, each trained without a quarter of the patients. Then we spoil the slices without tumour in eight ways. **Rank** says which share of ordinary slices is more likely: 50 is ordinary, 100 is stranger than all. **Predict** the ranks.

# %% tags=["slow"]
quarters = [np.isin(patients, everyone[k::4]) for k in range(4)]
ordinary = [ProbabilisticPCA.fit(mirrored(flair[~rows & (y == 0)]), 20) for rows in quarters]


def score(images):
    """log p(x given no tumour) of all slices, spoiled or not, by models that have not seen the patient."""
    found = np.empty(len(images))
    for model, rows in zip(ordinary, quarters, strict=True):
        found[rows] = model.log_density(images[rows])
    return found


own, free = score(flair), y == 0
equal = 1 / pd.Series(patients[free]).map(pd.Series(patients[free]).value_counts()).to_numpy()


def rank(images, rows=free):
    """Share of ordinary slices that are more likely, 0 to 100, every person counted alike."""
    shares = 100 * (own[free] > score(images)[rows, None]) @ equal / equal.sum()
    return over_patients(shares, patients[rows])


# %% tags=["slow"]
spoil = np.random.default_rng(4)
spoiled = {
    "upside down": flair[:, ::-1],
    "half missing": np.where(seen, flair, -1),
    "T1 in place of FLAIR": image_of["t1"],
    "T2 in place of FLAIR": image_of["t2"],
    "noise": spoil.normal(0, 0.5, flair.shape).clip(-1, 1),
    "blurred": ndimage.gaussian_filter(flair, (0, 1, 1)),
    "the mean slice": np.broadcast_to(ordinary[0].mean, flair.shape),
    "all black": np.full_like(flair, -1),
}
ranks = {"ordinary": rank(flair), "with tumour": rank(flair, y == 1)}
ranks |= {name: rank(images) for name, images in spoiled.items()}
caption = (
    "Rank among ordinary slices, mean over patients with its 95 % interval; dashed: as ordinary as can be."
)
rows = {name: tuple(found) for name, found in ranks.items()}
figures.intervals(rows, "rank", caption, reference=50, digits=0)

# %% tags=["slow"]
one = np.flatnonzero(free & held)[20]
pictures = {"ordinary": flair, **spoiled}
latent_figures.rows(
    {"": np.stack([images[one] for images in pictures.values()])},
    [f"{name.replace(' in place of ', chr(10) + 'for ')}\n{score(images)[one]:.0f}" for name, images in pictures.items()],
    "One slice, spoiled in eight ways, and its log density.", width=1.15,
)  # fmt: skip
for name in ("upside down", "blurred"):
    less = over_patients(100 * (score(spoiled[name]) < own)[free], patients[free])
    print(
        f"{name}: less likely than before in {less.mean:.0f} % of slices ({less.low:.0f} to {less.high:.0f})"
    )
for name, rows in {"patients' slices with tumour": y == 1, "patients' slices without": free & (table["grade"] != "healthy"),
                   "healthy people's slices": free & (table["grade"] == "healthy")}.items():  # fmt: skip
    found = over_patients(own[rows], patients[rows])
    grey = np.mean([np.median(image[image > -1]) for image in flair[rows]])
    print(f"{name:29} log density {found.mean:6.0f} ({found.low:.0f} to {found.high:.0f}), "
          f"{len(set(patients[rows]))} people, median brightness {grey:+.2f}")  # fmt: skip

# %% [markdown]
# Noise is stranger than everything, and half slices, T1 in the wrong place and upside-down slices stand out. Slices with a tumour stand out somewhat, and so does T2. Every slice becomes less likely when it is turned, but its rank is not 100, since people differ more than that. So far, so good. Now the traps.
#
# **Blur makes a brain more likely.** It did so for every slice. The mean slice and an empty, black one are more likely than any ordinary slice. The mean is the top of the bell, and no brain is there: real brains all have folds of their own, and each fold costs. (Lesson 43 shows the same from another side: nearly all of a bell with many numbers lies far from its top.)
#
# **Healthy people are the strangest of all.** The last lines: their slices are less likely than those *with tumour*. A likely reason is beside it: each scan is scaled so that its brightest parts are white. Without a tumour that is ordinary brain, so the whole slice is brighter, and only six of 48 people are like that.
#
# **A low density says: "unlike what I learned from." It does not say: "ill."** And a high one does not say: "healthy". What is unusual may be the scanner, the scaling, or being healthy in a cohort of patients.
#
# ## 5. Where each breaks
#
# ### Few labels
# Truth is expensive: somebody has to outline tumours. With two numbers a slice, how do the models do with few patients? For each number of patients we draw 40 times who is learned from and judge by 16 others. Logistic regression comes twice: as above, and with a **penalty** on large weights, as scikit-learn does if not told otherwise. **Predict** who needs fewer patients.

# %% tags=["slow"]
from threadpoolctl import threadpool_limits

kinds = {
    "logistic regression": LogisticRegression(C=1e6),
    "logistic, with penalty": LogisticRegression(C=1.0),
    "two bells and Bayes": LinearDiscriminantAnalysis(solver="lsqr"),
}
sizes = np.array([4, 5, 6, 8, 12, 16, 24, 32])
surprises = np.full((len(kinds), len(sizes), 40), np.nan)
z = (x - x.mean(0)) / x.std(0)  # so that the penalty treats both numbers alike
with threadpool_limits(1):  # for such small problems more threads are slower
    for k, draw in np.ndindex(surprises.shape[1:]):
        order = np.random.default_rng([sizes[k], draw]).permutation(everyone)
        few, test = np.isin(patients, order[: sizes[k]]), np.isin(patients, order[32:])
        if min(y[few].sum(), (1 - y[few]).sum()) < 3:
            continue  # nothing to learn from
        for m, kind in enumerate(kinds.values()):
            odds = kind.fit(z[few], y[few]).decision_function(z[test])
            surprises[m, k, draw] = -log_expit(np.where(y[test] == 1, odds, -odds)).mean()

# %% tags=["slow"]
spread = np.nanpercentile(surprises, (25, 50, 75), axis=2)  # (3, kinds, sizes)
gan_figures.lines(
    {name: tuple(spread[:, m]) for m, name in enumerate(kinds)}, sizes, ("patients to learn from", "surprise"),
    "Surprise on 16 other patients: the median of 40 draws of who is learned from, and the middle half of them.",
)  # fmt: skip
for k, size in enumerate(sizes):
    line_, penalty, two = surprises[:, k, ~np.isnan(surprises[0, k])]
    won = [bootstrap(100 * (two < other), seed=0) for other in (line_, penalty)]
    print(f"{size:2} patients: median surprise {np.median(line_):.2f}, with penalty {np.median(penalty):.2f}, bells {np.median(two):.2f}; "
          f"bells better in {won[0].mean:.0f} % of draws ({won[0].low:.0f} to {won[0].high:.0f}), "
          f"than with penalty in {won[1].mean:.0f} % ({won[1].low:.0f} to {won[1].high:.0f})")  # fmt: skip

# %% [markdown]
# With four to six patients the bells' median surprise is a little lower than that of plain logistic regression; from eight on it is no lower, or hardly. A classic result (Ng and Jordan, below) says why: the generative model assumes more, and needs less. Here one sees only a little of it. And look at the penalty. With it logistic regression does at least as well as the bells from the start. **What helps when labels are few is to assume something**: that groups are bells, or that weights are small. It only helps if it is roughly true; here the small weights help more.
#
# ### A class never seen
# Both models know two answers. What do they do with a third thing? We give held-out slices without tumour what nobody labelled: a **cavity** filled with fluid, as after an operation, dark in FLAIR; five small bright **metastases**; and a **T2** image in the place of FLAIR, a mix-up that happens. Neither "tumour" nor "no tumour" is a proper answer to T2.

# %% tags=["slow"]
strange = {
    "as they are": flair,
    "cavity": put_discs(flair, 1, 6.0, -0.9, np.random.default_rng(1)),
    "metastases": put_discs(flair, 5, 2.0, 0.9, np.random.default_rng(2)),
    "T2": image_of["t2"],
}
for name, images in strange.items():
    says = ask_cnn(images[none])
    calls, sure = (over_patients(100 * what, patients[none]) for what in (says > 0, np.abs(says) > np.log(9)))
    print(f"{name:11} CNN: tumour in {calls.mean:3.0f} % ({calls.low:.0f} to {calls.high:.0f}), more than 90 % sure in "
          f"{sure.mean:2.0f} % ({sure.low:.0f} to {sure.high:.0f}); "
          "p(x): rank {:.0f} ({:.0f} to {:.0f})".format(*rank(images)))  # fmt: skip
latent_figures.rows(
    {f"slice {n + 1}": np.stack([images[k] for images in strange.values()]) for n, k in enumerate(chosen[:2])},
    list(strange), "Two slices without tumour, and what nobody labelled.", width=1.3,
)  # fmt: skip

# %% [markdown]
# Asked for one of two answers, the network gives one of two answers. For most cavities it says "no tumour", as it did before there was one. The metastases are bright, so it calls most of them tumour; one may call that right, and it is luck. To about half of the T2 images, on which fluid is bright, it says "tumour", and often it is sure. **Being sure says which side of the border x is on, not whether the question makes sense.**
#
# p(x) was never asked about tumours. It ranks all three as stranger than before. As an alarm for single slices it is weak all the same: at a rank of 70 or 80, 20 or 30 of 100 ordinary slices are stranger still.
#
# ### Another scanner
# Scanners differ in contrast. A simple stand-in is a **gamma** curve, as in photography: black stays black, white stays white, and what is in between becomes brighter (below 1) or darker (above 1). No radiologist would mind.

# %% tags=["slow"]
scanners = {"gamma 0.5": 2 * ((flair + 1) / 2) ** 0.5 - 1, "gamma 2": 2 * ((flair + 1) / 2) ** 2 - 1}
for scanner, images in scanners.items():
    print(f"{scanner}: " + "rank of slices without tumour {:.0f} ({:.0f} to {:.0f})".format(*rank(images)))
    for name, ask in models.items():
        before, after = ask(flair[held]) > 0, ask(images[held]) > 0
        right, finds = 100.0 * (after == ill) - 100.0 * (before == ill), 100.0 * after - 100.0 * before
        right, finds = over_patients(right, patients[held]), over_patients(finds[ill], patients[held][ill])
        print(f"  {name:20} right {right.mean:+4.0f} points ({right.low:+.0f} to {right.high:+.0f}), "
              f"tumours found {finds.mean:+4.0f} points ({finds.low:+.0f} to {finds.high:+.0f})")  # fmt: skip

# %% tags=["slow"]
latent_figures.rows(
    {"": np.stack([images[chosen[3]] for images in (flair, *scanners.values())])}, ["as learned", *scanners],
    "One slice with tumour, as learned and with two gamma curves.", width=1.3,
)  # fmt: skip

# %% [markdown]
# A little photography, and on the brighter scanner the CNN no longer finds most of the tumours, and the models of two numbers find about a third fewer. On the darker one the losses are small. Nothing in the answers says so: every model goes on giving probabilities.
#
# Does p(x) warn us? Of the brighter scanner it hardly does. The darker one it finds *more ordinary* than the scans it learned from: darker slices are smoother ones and closer to the mean. So it is no alarm for another scanner.
#
# ## 6. Blurred brains
#
# One thing is left. Here are held-out slices with tumour, slices drawn from PCA's p(x given tumour), the same with the noise of the pixels that the model also claims, and slices from a network that comes with the course, a **GAN** (lesson 41 builds it). The number is **fine detail**: the part of an image's variation that is finer than 8 cycles across it.

# %% tags=["slow"]
from gancourse import pretrained
from gancourse.gans.latent import draw_latents
from gancourse.metrics.statistics import radial_spectrum

gan = pretrained.load("dcgan-flair")(draw_latents(60, seed=11), training=False).numpy()[..., 0]
sets = {
    "held out": flair[held & (y == 1)],
    "PCA": pca[1].sample(60, rng),
    "PCA with noise": pca[1].sample(60, rng, noise=True).clip(-1, 1),
    "GAN": gan,
}
gan_figures.grids(
    {name: images[:: len(images) // 8][:8] for name, images in sets.items()},
    "Eight slices with tumour each: held out, drawn from PCA without and with noise, and from a GAN.", columns=2, width=2.2,
)  # fmt: skip
for name, images in sets.items():
    fine = [1e4 * radial_spectrum(image[None])[9:].sum() for image in images]
    whose = patients[held & (y == 1)] if name == "held out" else np.arange(len(images))
    print("{:15} fine detail {:.2f} ({:.2f} to {:.2f})".format(name, *over_patients(fine, whose)))

# %% [markdown]
# PCA's brains have less than a third of the fine detail of real ones. Adding the noise that the model claims brings some of it back, as snow, in the wrong places: the number rises, and no fold appears. **A number that can be raised by snow is not a measure of anatomy**, so always look as well. The GAN's slices have about as much fine detail as real ones, and borders.
#
# Why is PCA blurred? It describes a slice by *adding* patterns, and it has a single hill. A fold that lies here in one brain and there in the next is, on average, a grey smear in both places; and halfway between two likely brains there must be a likely one. But **the mean of two brains is not a brain**.
#
# We need something that can draw from p(x given tumour) and be sharp. One way: do not write a density down at all. Let one network invent slices, and let a second one, a discriminative model, answer "real or invented?", p(real given x); and let the first learn from the answers. So the two halves of this lesson work against each other. That is a **generative adversarial network**, and lesson 41 builds one. Its price: it draws, but gives no p(x), so there is no Bayes' rule, no filling in, and no rank.
#
# | question | asks for | model here | its weak spot |
# |---|---|---|---|
# | Is there a tumour? | p(y given x) | logistic regression, CNN | a third class, another scanner |
# | What do slices with a tumour look like? | p(x given y) | bells, PCA | claims too much; blurred |
# | Is this slice ordinary? | p(x) | PCA | likely is not healthy |
# | Draw me one | sampling | PCA, GAN | blur; no p(x) |
#
# ## In practice
# - **The prior is part of every probability.** Ask of any model that says "92 %" how common the disease was where it learned. Scores such as sensitivity move as well if the *spectrum* of disease differs; Bayes' rule repairs the share only.
# - **Split by patient, average over patients.** 201 held-out slices are 16 people, so the intervals are wide. They also hold for one training of the CNN only.
# - **Slices of patients are not slices of healthy people.** Most of our slices without tumour come from patients with a tumour elsewhere, which pushes the brain and changes the scaling.
# - **One pixel is enough**: y is 1 if a single pixel of the phantom's tumour is in the slice. Some of these no one would see.
# - **Twenty patterns** for the densities with and without tumour were not tuned. The number for p(x) was read off the held-out patients, so its best value looks a little too good.
# - **PCA in scikit-learn** has `score_samples`, the same density. But with fewer images than pixels its noise comes out too large; the course's own divides by the number of pixels (`tests/teaching/test_gaussian.py` compares them where both hold).
# - **The GAN's start was better**: it learned from 512 phantoms, PCA from 32. Section 6 shows what each kind of model does, and is no fair race.
# - **Phantoms share one anatomy**, so real brains are more different than these; the cavities and metastases are plain discs. Nothing here is for diagnosis.
#
# ### Go further
# 1. Give each bell its own shape (`QuadraticDiscriminantAnalysis`). Is the border still a line? What happens to the surprise, with 32 patients and with 6?
# 2. Sum up a slice by amounts of PCA's patterns and fit logistic regression to them. Unlabelled slices are enough for the patterns: do few labels then go further?
# 3. Correct the darker scanner: shift and stretch the two numbers so that their mean and spread agree with those learned from. You need no labels. When would that go wrong?
# 4. Blur the slices before PCA and score again. Which traps of section 4 stay?
# 5. Learn p(x given no tumour) from healthy people only (`table["grade"]`). How many people would you need?
#
# ### References
# - Ng and Jordan, *On discriminative vs. generative classifiers: a comparison of logistic regression and naive Bayes*, NIPS 2001.
# - Efron, *The efficiency of logistic regression compared to normal discriminant analysis*, Journal of the American Statistical Association 70 (1975).
# - Tipping and Bishop, *Probabilistic principal component analysis*, Journal of the Royal Statistical Society B 61 (1999).
# - Saerens, Latinne and Decaestecker, *Adjusting the outputs of a classifier to new a priori probabilities*, Neural Computation 14 (2002).
# - Nalisnick et al., *Do deep generative models know what they don't know?*, ICLR 2019, arXiv 1810.09136: likely is not familiar, for deep networks as well.
# - Goodfellow et al., *Generative adversarial nets*, NIPS 2014, arXiv 1406.2661.
