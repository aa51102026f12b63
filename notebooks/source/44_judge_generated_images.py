# %% [markdown]
# # Judge generated images
#
# **Part 4 of the deck: Generating medical images.** Twenty brain slices are waiting below. Some show a brain phantom, and some were drawn by a generator. Can you tell which is which? And if you cannot, does that prove that nobody can?
#
# **What you'll do.** Take a visual Turing test, build four instruments that judge sets of images, see which notice spoiled images, and write a report card for two generators.
#
# **What you'll learn.**
# - what twenty answers prove, and what they cannot prove;
# - how KID, the Fréchet distance, and precision and recall work, because you write them;
# - what each of these numbers misses;
# - how to search a set of generated images for copies of a patient.
#
# **What you need.** Lesson 41, and some NumPy: means, and arrays of True and False. **Time:** 59 minutes.

# %%
from pathlib import Path

import numpy as np
import pandas as pd
import scipy

from gancourse import pretrained
from gancourse.gans.latent import draw_latents
from gancourse.metrics import corruptions, fidelity
from gancourse.metrics.memorisation import distances, with_mirrors
from gancourse.quiet import import_tensorflow
from gancourse.teaching import figures
from gancourse.teaching.checks import lesson44 as checks
from gancourse.teaching.checks import use
from gancourse.teaching.figures import evaluation_figures
from gancourse.teaching.material import memory_game, report_draws
from gancourse.teaching.widgets import RealOrFake

tf = import_tensorflow()

# %% [markdown]
# ## 1. The visual Turing test
#
# In a **visual Turing test**, people guess which images were generated. Here a coin toss decides whether each slice is a phantom or generated, so nobody knows how many there are of each. **Predict** your score and write it down. Then judge the twenty slices with the buttons, or with the keys P (phantom) and G (generated).

# %% tags=["slow"]
you = RealOrFake("dcgan-t1", count=20, seed=44)
you

# %% [markdown]
# Other slices would have given another score. The **95 % interval** beside your score gives the range of true success rates that are compatible with it. **Predict**: a reader judges 60 % of the slices correctly. How many slices must the reader judge before guessing is ruled out?

# %% tags=["nbval-check-output"]
for count in (20, 100, 400):
    low, high = scipy.stats.binomtest(round(0.6 * count), count).proportion_ci(method="wilson")
    print(f"60 % of {count:3} right: the interval goes from {low:.1%} to {high:.1%}")

# %% [markdown]
# At 20 slices the interval includes 50 %, which is guessing. It also reaches 78 %, which would take a good eye. So "the readers could not tell them apart" does not follow from a small test: **a small enough test finds no difference between almost any two things**. Even at 100 slices the lower end lies only just above 50 %.
#
# Another reader may also look for other things. So we now build instruments that always look for the same ones.
#
# <details><summary>Fine print</summary>
#
# The interval is Wilson's (*Probable inference, the law of succession, and statistical inference*, Journal of the American Statistical Association 22, 1927). With a share $p$ of $n$ answers right and $z = 1.96$ it is
#
# $$\left(p + \frac{z^2}{2n} \pm z \sqrt{\frac{p (1 - p)}{n} + \frac{z^2}{4 n^2}}\right) \Big/ \left(1 + \frac{z^2}{n}\right)$$
#
# It assumes that the answers are independent. That is why no two phantom slices of the test come from the same person, and why the number of generated slices is not fixed: if you knew that exactly ten of twenty were generated, your last answers would follow from the first ones.
#
# The book's page *Real or generated?* plays the same game with a larger generator and adds up the results of a class. Answers of one person hang together, so its interval takes people for independent, not answers.
# </details>
#
# ## 2. A distance between two sets
#
# The instruments compare a set of generated slices with **held-out** slices: slices of patients that the generator has never seen. Comparing sets pixel by pixel works poorly, because two healthy people differ in nearly every pixel. So a network first turns each slice into 64 **features**, numbers that say how strongly certain textures and edges appear. Papers use Inception, a network trained on photographs. Ours was trained on the course's phantoms.

# %% tags=["slow"]
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.teaching.data import lesson_data, slices_folder

folder = lesson_data(subjects=40, modalities=("t1",))
slices = make_slices(find_subjects(folder)[:48], slices_folder(folder))
t1 = np.asarray(slices.images[..., slices.modalities.index("t1")], np.float32)
patients = slices.table["patient"].to_numpy()
held_out_rows = np.concatenate([slices.select("validation"), slices.select("test")])
train, who_train = t1[slices.select("train")], patients[slices.select("train")]
held_out, who_held_out = t1[held_out_rows], patients[held_out_rows]
for name, who in {"training": who_train, "held out": who_held_out}.items():
    print(f"{name}: {len(who)} slices of {len(set(who))} patients")

# %% [markdown]
# To test the instruments, we spoil held-out slices in ways that we control. **Predict** which of the three an instrument with these features will rate worst.

# %% tags=["slow"]
spoiled = {
    "blurred, 0.5 pixels": corruptions.blurred(held_out, 0.5),
    "blurred, 0.7 pixels": corruptions.blurred(held_out, 0.7),
    "noise, 0.1": corruptions.noisy(held_out, 0.1),
}
figures.montage(
    {"as it is": held_out[6]} | {name: images[6] for name, images in spoiled.items()},
    "One held-out slice, and the same slice spoiled in three ways.", width=2.3, limits=(-1, 1),
)  # fmt: skip

# %% [markdown]
# Each slice is now a point in 64 dimensions, and a set of slices is a cloud of points. How far apart are two clouds?
#
# Imagine two groups of people. If the groups are alike, two people of one group resemble each other, on average, no more than two people from different groups do. If the groups differ, people resemble their own group more. A score for the resemblance of a pair is called a **kernel** (not the kernel of a convolution). Ours multiplies the $d$ features of two slices, $x$ and $y$:
#
# $$k(x, y) = \left(\frac{x \cdot y}{d} + 1\right)^3$$
#
# <details><summary>Fine print: why the third power?</summary>
#
# The mean of $x \cdot y$ over all pairs is the product of the two clouds' means, so it tells us only where the clouds lie. The third power also multiplies features with each other. So the result also changes when clouds have the same mean but a different spread, or a different **skew** (a longer tail on one side).
# </details>
#
# The squared **kernel distance**, called **KID** in papers, is then
#
# $$\text{KID} = \underset{\text{pairs within } a}{\text{mean}}\,k \;+\; \underset{\text{pairs within } b}{\text{mean}}\,k \;-\; 2\,\underset{\text{one of each}}{\text{mean}}\,k$$
#
# A slice resembles itself perfectly, and the next slice of the same patient almost perfectly. So only pairs of two *different patients* count within a set. A generated image belongs to no patient, so each counts as its own patient.
#
# ### Exercise 1: the kernel distance
#
# <details><summary>Hint</summary>
#
# `a @ b.T` holds the product of every row of `a` with every row of `b`. `who_a[:, None] == who_a` compares everybody with everybody. An array of True and False in square brackets picks the places that are True: `kernel[chosen].mean()`.
# </details>


# %% tags=["exercise"]
def kernel_distance(a, b, who_a, who_b):
    """Features (N, d) and (M, d), and the patient of each row, (N,) and (M,) -> KID, one number."""
    # 1. the kernel of all pairs: within a (N, N), within b (M, M), across (N, M)
    # 2. which pairs within a, and within b, are of two different patients: arrays of True and False
    # 3. mean over those pairs in a, plus the same in b, minus twice the mean across
    return ...


# %% tags=["check"]
checks.kernel_distance(kernel_distance)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def kernel_distance(a, b, who_a, who_b):
#     d = a.shape[1]
#     within_a = (a @ a.T / d + 1) ** 3  # (N, N)
#     within_b = (b @ b.T / d + 1) ** 3  # (M, M)
#     across = (a @ b.T / d + 1) ** 3  # (N, M)
#     others_a = who_a[:, None] != who_a  # (N, N)
#     others_b = who_b[:, None] != who_b  # (M, M)
#     return within_a[others_a].mean() + within_b[others_b].mean() - 2 * across.mean()
# ```
#
# Because no slice is paired with itself, the result is **unbiased**: for two sets of the same kind it is 0 on average, whatever the number of images. A single value may therefore fall a little below 0. If every image has a patient of its own, this is the estimator of Bińkowski and others (2018).
# </details>

# %% [markdown]
# KID is a *squared* distance, so we take its root. Each set is compared with unspoiled training slices, so the first line shows the value to expect when there is no difference.

# %% tags=["slow"]
kid = use(kernel_distance, otherwise=lambda a, b, who_a, who_b: fidelity.kid(a, b, who_a, who_b)[0])
embed = pretrained.load("features/brain-mr").embed
train_features = embed(train)  # (N, 64)
features = {name: embed(images) for name, images in {"held out": held_out, **spoiled}.items()}
for name, each in features.items():
    value = kid(each, train_features, who_held_out, who_train)
    print(f"{name:20} KID {value:6.2f}, root {np.sqrt(max(value, 0)):.1f}")

# %% [markdown]
# The 0.7-pixel blur is by far the worst, about two and a half times as far as the 0.5-pixel blur. Even that one, which you can hardly see, has a large distance. The grainy slice, which your eye rejects at once, is almost as near as an unspoiled one. **An instrument notices only what its features measure.** These features react to sharp edges but hardly to fine noise.
#
# ## 3. The Fréchet distance
#
# Most papers report another number, **FID**. It describes each cloud by a bell curve, that is by the mean $\mu$ and the covariance matrix $\Sigma$ of its features, and takes the squared **Fréchet distance** of the two bell curves:
#
# $$|\mu_a - \mu_b|^2 + \text{trace}\left(\Sigma_a + \Sigma_b - 2\,(\Sigma_a \Sigma_b)^{1/2}\right)$$
#
# The first part says how far apart the clouds lie, and the second is 0 if they have the same shape. The power $1/2$ is the root of a matrix: multiplied by itself, it gives $\Sigma_a \Sigma_b$.
#
# ### Exercise 2: the Fréchet distance
#
# `np.cov(a, rowvar=False)` is the covariance of the columns. `scipy.linalg.sqrtm` takes the root of a matrix. Rounding may leave tiny imaginary parts in it, so continue with its `.real`.


# %% tags=["exercise"]
def frechet_distance(a, b):
    """Features (N, d) and (M, d) -> the squared Fréchet distance, one number."""
    # 1. the mean of each feature, (d,), and the covariance matrix, (d, d), of both sets
    # 2. the root of the product of the covariance matrices, (d, d)
    # 3. the squared distance of the means, plus the trace
    return ...


# %% tags=["check"]
checks.frechet_distance(frechet_distance)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def frechet_distance(a, b):
#     mean_a, mean_b = a.mean(axis=0), b.mean(axis=0)  # (d,)
#     covariance_a = np.cov(a, rowvar=False)  # (d, d)
#     covariance_b = np.cov(b, rowvar=False)  # (d, d)
#     root = scipy.linalg.sqrtm(covariance_a @ covariance_b).real
#     moved = ((mean_a - mean_b) ** 2).sum()
#     return moved + np.trace(covariance_a + covariance_b - 2 * root)
# ```
# </details>

# %% [markdown]
# Both distances should find no difference between the slices of one half of the training patients and those of the other half. **Predict**: does it matter how many slices you compare?

# %% tags=["slow"]
frechet = use(frechet_distance, otherwise=fidelity.frechet_distance)
rng = np.random.default_rng(1)
rows = []
for _ in range(12):
    names = rng.permutation(np.unique(who_train))
    in_a = np.isin(who_train, names[: len(names) // 2])
    halves = [rng.permutation(np.flatnonzero(half)) for half in (in_a, ~in_a)]
    for count in (50, 80, 120, 200):
        a, b = (half[:count] for half in halves)
        two, whose = (train_features[a], train_features[b]), (who_train[a], who_train[b])
        rows.append({"set": "training against training", "images": count,
                     "KID": kid(*two, *whose), "Fréchet distance": frechet(*two)})  # fmt: skip
sizes = pd.DataFrame(rows)
evaluation_figures.bias(
    sizes, ["KID", "Fréchet distance"], "Two halves of the training patients, by the number of slices; twelve draws."
)  # fmt: skip

# %% [markdown]
# It does for one of the distances. KID scatters around 0 at every number of slices, and the line of its means stays within the scatter. The Fréchet distance starts high and falls, although only the number of slices changes: it has a **bias**. With few images the covariance of 64 features is poorly estimated, and the estimation error adds to the distance. So never compare two FIDs that come from different numbers of images.
#
# ## 4. Good images, or many kinds of images?
#
# One distance cannot tell a generator that repeats one perfect image from a generator that draws everything badly. Kynkäänniemi and others (2019) ask two questions. Give each point a **reach**, the distance to its $k$-th nearest neighbour from another patient. Circles of that radius cover the region where the set lies.
#
# - **Precision** is the share of *generated* images that lie within (`<=`) the reach of some held-out image. Do they look like brains?
# - **Recall** is the share of *held-out* images that lie within the reach of some generated image. Can the generator draw all kinds?
#
# ### Exercise 3: precision and recall
#
# `distances(a, b)` gives the distances from all points in `a` to all points in `b`, (N, M).
#
# <details><summary>Hint</summary>
#
# Distances that you set to `np.inf` come last when you sort. An array of shape (N, M) can be compared with a column (N, 1), which means one reach per row, or with (M,), one reach per column. `any(axis=0)` gives one answer per column.
# </details>


# %% tags=["exercise"]
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    """Features (N, d) and (M, d), and the patient of each row -> precision and recall, from 0 to 1."""

    def reach(points, who):  # -> (N,)
        # distances of all points to each other; infinite within a patient; sorted along each row
        return ...

    # 1. distances of all held-out to all generated points, (N, M)
    # 2. which of them lie within the reach of the held-out point? Of the generated one? (N, M) each
    # 3. any(...).mean(), once for each question
    return ..., ...


# %% tags=["check"]
checks.precision_recall(precision_recall)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def precision_recall(held_out, generated, who_held_out, who_generated, k):
#     def reach(points, who):
#         apart = distances(points, points)  # (N, N)
#         apart[who[:, None] == who] = np.inf
#         return np.sort(apart, axis=1)[:, k - 1]  # (N,)
#
#     between = distances(held_out, generated)  # (N, M)
#     near_held_out = between <= reach(held_out, who_held_out)[:, None]
#     near_generated = between <= reach(generated, who_generated)
#     precision = near_held_out.any(axis=0).mean()
#     recall = near_generated.any(axis=1).mean()
#     return precision, recall
# ```
# </details>

# %% [markdown]
# Try it in the plane. **Predict** precision and recall of both generators.

# %% tags=["nbval-check-output"]
shares = use(precision_recall, otherwise=lambda a, b, who_a, who_b, k: fidelity.precision_recall(a, b, k, who_a, who_b))  # fmt: skip
rng = np.random.default_rng(44)
points, each = rng.normal(size=(40, 2)), np.arange(40)
toys = {"one kind": rng.normal((0.8, 0.3), 0.1, (40, 2)), "everything badly": 2.5 * rng.normal(size=(40, 2))}
evaluation_figures.clouds(
    {name: {"held out": points, "generated": made} for name, made in toys.items()},
    "Two bad generators in the plane. Shaded: the reach of each point (its third neighbour), in the colour of its set.",
    reach=3,
)  # fmt: skip
for name, made in toys.items():
    print("{:17} precision {:.2f}, recall {:.2f}".format(name, *shares(points, made, each, each, 3)))

# %% [markdown]
# The first generator has perfect precision: all of its points lie in blue circles. Its own circles are tiny, so its recall is low. The second has lower precision, and its wide circles reach every held-out point.
#
# ## 5. Who copied a patient?
#
# One kind of generator would score well on every number so far: one that simply returns its training slices. This is **memorisation**. If the slices were scans of people, it would be a breach of privacy.
#
# Here are four sets of fifty images, P to S, from an honest generator. In one set we replaced twelve images with slices of **one training patient**, in disguise: some are mirrored, and all are noisy and a little brighter or darker. These planted copies are the **positive control**: they show whether your instrument can find copies.


# %% tags=["slow"]
def generate(name, latents):
    """Images (N, 64, 64) of a shipped generator."""
    return np.clip(pretrained.load(name)(latents, training=False).numpy()[..., 0], -1, 1)


fresh = generate("dcgan-t1", draw_latents(200, seed=7))
game = memory_game.plant(
    {letter: fresh[50 * k : 50 * k + 50] for k, letter in enumerate("PQRS")}, train, who_train, seed=44
)

# %% [markdown]
# A copy agrees with a training slice pixel by pixel, so this time pixels are the right measure. But a blurred image lies close to everything. So take the distance to the nearest training slice and *divide* it by the distance to the nearest held-out slice. An honest image should not be *much* closer to one than to the other.
#
# ### Exercise 4: a ratio that finds copies
#
# <details><summary>Hint</summary>
#
# `distances(images, train)` has one row for each image. You need the smallest number of each row and, for the index, the place of that number in the row: NumPy's `argmin`.
# </details>


# %% tags=["exercise"]
def suspicion(images, train, held_out):
    """Images (N, H, W), training and held-out slices -> ratio (N,), and index of the nearest training slice (N,)."""
    # `distances` takes images as well; small ratios are suspicious
    return ..., ...


# %% tags=["check"]
checks.suspicion(suspicion)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def suspicion(images, train, held_out):
#     to_train = distances(images, train)  # (N, number of training slices)
#     to_held_out = distances(images, held_out)
#     ratio = to_train.min(axis=1) / to_held_out.min(axis=1)
#     source = to_train.argmin(axis=1)
#     return ratio, source
# ```
# </details>

# %% [markdown]
# How small is too small? Held-out slices cannot be copies, so we use them to set the threshold: only 1 % of them fall below it. Each held-out patient is compared with the others, so that no slice meets itself. **Predict** the ratio of a copy.


# %% tags=["slow"]
def course_suspicion(images, train, held_out):
    """The course's version of exercise 4."""
    to_train = distances(images, train)
    return to_train.min(axis=1) / distances(images, held_out).min(axis=1), to_train.argmin(axis=1)


suspect = use(suspicion, otherwise=course_suspicion)
both_ways, whose = with_mirrors(train), np.tile(who_train, 2)  # mirrored copies are copies, too
unseen = []  # the ratios of held-out slices
for patient in np.unique(who_held_out):
    one = who_held_out == patient  # this patient's slices; ~one: those of all others
    unseen.append(suspect(held_out[one], both_ways, with_mirrors(held_out[~one]))[0])
threshold = np.quantile(np.concatenate(unseen), 0.01)
found = {letter: suspect(images, both_ways, with_mirrors(held_out)) for letter, images in game.sets.items()}
evaluation_figures.ratios(
    {letter: ratio for letter, (ratio, _) in found.items()}, threshold,
    "Every image of the four sets. Crosses lie below the threshold.",
)  # fmt: skip

# %% [markdown]
# One set stands out, with ratios below 0.2. The crosses close to the line are false alarms, as a threshold of 1 % leads us to expect. Most honest images lie a little below 1, because there are more training slices than held-out ones.
#
# Whose slices are they? Look at the most suspicious images beside their nearest training slices.

# %% tags=["slow"]
guilty = min(found, key=lambda letter: np.sort(found[letter][0])[:12].mean())
ratio, source = found[guilty]
names, counts = np.unique(whose[source[ratio < threshold]], return_counts=True)
if len(names):
    print(
        f"set {guilty}: {(ratio < threshold).sum()} below the threshold, {counts.max()} of them {names[counts.argmax()]}"
    )
pairs = {}
for number, row in enumerate(ratio.argsort()[:4], start=1):
    pairs[f"set {guilty}, image {number}"] = game.sets[guilty][row]
    pairs[f"training slice {number}"] = both_ways[source[row]]
figures.montage(
    pairs, f"The four most suspicious images of set {guilty}, each beside its nearest training slice (mirrored if that is nearer).",
    width=2.0, limits=(-1, 1),
)  # fmt: skip

# %% [markdown]
# ## 6. The report card
#
# Now judge two shipped generators. `dcgan-t1-deck` has the deck's networks. `dcgan-t1` is the course's own recipe from lesson 41. Beside them stand spoiled sets, a set of copies, and a set **collapsed** to ten images.
#
# The **floor** is what held-out slices score against other held-out slices. To find it, we divide the held-out patients eight times at random, into a half to judge and a half to compare with. Every set is compared with the second half, using the same number of images.

# %% tags=["slow"]
made = {name: generate(name, draw_latents(150, seed=44)) for name in ("dcgan-t1-deck", "dcgan-t1")}
blur, noise = "blurred, 0.5 pixels", "noise, 0.1"
sets = {
    "held out": report_draws.ImageSet(held_out, features["held out"], who_held_out),
    blur: report_draws.ImageSet(spoiled[blur], features[blur], who_held_out),
    noise: report_draws.ImageSet(spoiled[noise], features[noise], who_held_out),
    "copies of training": report_draws.ImageSet(train, train_features, who_train),
} | {name: report_draws.generated_set(images, embed(images)) for name, images in made.items()}

# %% [markdown]
# **Predict**, on each line, which instruments will catch the set: KID, Fréchet distance, precision, recall, copies, or none.

# %%
predicted = {
    "blurred, 0.5 pixels": "?",
    "noise, 0.1": "?",
    "copies of training": "?",
    "dcgan-t1-deck": "?",
    "dcgan-t1": "?",
    "collapsed to ten": "?",
}

# %% [markdown]
# The next cell is the whole evaluation and calls all four functions. `draw` divides the patients and adds the collapsed set. Where KID falls below 0, its root gets a minus sign.

# %% tags=["slow"]
scores, examples = [], {}
for name, judged, known in report_draws.draw(sets, divisions=8, seed=44):
    copy_ratio, _ = suspect(judged.images, both_ways, with_mirrors(known.images))
    if name == "held out":  # the first set of each division
        limit = np.quantile(copy_ratio, 0.01)
    value = kid(judged.features, known.features, judged.patients, known.patients)
    precision, recall = shares(known.features, judged.features, known.patients, judged.patients, 3)
    examples[name] = judged.images[[0, -1]]
    scores.append({
        "set": name, "root of KID": np.sign(value) * np.sqrt(abs(value)),
        "Fréchet distance": frechet(judged.features, known.features),
        "precision": precision, "recall": recall, "copies": np.mean(copy_ratio < limit),
    })  # fmt: skip
scores = pd.DataFrame(scores)

# %% [markdown]
# Your report card is kept in the folder `kept`, as a picture and a table. Your predictions are printed first, beside what was found.

# %% tags=["slow"]
for name, columns in report_draws.outside(scores, ignore={"copies": 0.05}).items():
    print(
        f"{name:20} you said: {predicted[name]}\n{'':20} outside the grey band: {', '.join(columns) or 'none'}"
    )
evaluation_figures.report_card(
    scores, examples, "held out",
    "Report card. Dots: means of eight divisions of the held-out patients; bars: their range. Grey: the range of held-out slices.",
    Path("kept") / "44_report_card.png",
)  # fmt: skip
card = scores.groupby("set", sort=False).mean().round(2)
card.to_csv(Path("kept") / "44_report_card.csv")

# %% [markdown]
# - **Blurred** slices are caught in every column but the last. **Noise** that your eye rejects is caught by none.
# - **Copies** are as good as held-out slices, or better, in every column but the last. By KID and by the Fréchet distance, the best possible generator is a photocopier.
# - **`dcgan-t1-deck`** is clearly above the floor in KID. Its recall lies at the edge of the band, and the Fréchet distance does not catch this generator.
# - **`dcgan-t1`** lies at the floor in KID.
# - **Collapsed to ten**: recall is 0, and both distances catch it, too. Precision stays as good as that of the held-out slices.
#
# Two sets have a Fréchet distance *below* the grey band. That is no sign of quality (see the fine print).
#
# Is `dcgan-t1` perfect, then? With eleven held-out patients this is a small test, too. The model cards hold the same numbers for 208 patients.

# %% tags=["nbval-check-output"]
for name in ("dcgan-t1-deck", "dcgan-t1", "held out"):
    its, known = (
        pretrained.card("dcgan-t1" if name == "held out" else name).scores,
        "real_" * (name == "held out"),
    )
    value, error = its[f"{known}kid"], its[f"{known}kid_se"]
    low, root, high = (max(value + side * 1.96 * error, 0) ** 0.5 for side in (-1, 0, 1))
    print(
        f"{name:13} root of KID {root:.2f} (95 % interval {low:.2f} to {high:.2f}), recall {its[f'{known}recall']:.2f}"
    )

# %% [markdown]
# The larger test confirms the verdict on `dcgan-t1-deck`. It still cannot tell `dcgan-t1` from held-out slices for certain, because their intervals overlap. As in section 1, that does not prove that they are alike.
#
# ## In practice
# - **Report several numbers**, each beside its floor, with the features and the numbers of images and patients. Our KID is not a paper's KID: different features give different numbers.
# - **Spoil something on purpose** before you trust an instrument on new data, and plant a positive control before you report that you found no copies.
# - **None of this shows that an image is fit for medical use.** The test is the application: does a model that was trained with generated images do better on patients?
#
# <details><summary>Fine print</summary>
#
# - The lesson's phantoms are the first 48 of the 720 that the generators learned from, in the same split. The 11 held-out patients were never used for training; the generators saw 512 patients, of whom 37 are here. So the search for copies covers only those 37.
# - Precision and recall depend on $k$ and on the number of images, and an outlier among the held-out slices has a huge reach.
# - The threshold for copies is the first percentile of a few dozen slices in each draw, so a share of a few per cent is no finding, and the list above the report card ignores differences below 5 %. A copy that was rotated, or mixed from two patients, may escape. With the large cohort, copies that were moved by a pixel were found in four of five cases (`data/results/copies.csv`).
# - A weaker leak than a copy is **membership**: given a scan, can somebody tell that it was in the training data? (Chen et al., *GAN-Leaks*, ACM CCS 2020, arXiv 1909.03935.) From the distance to generated images, nobody could tell for `dcgan-t1`; from the logits of its *discriminator*, they could (`data/results/membership.csv`, made by `python experiments/memorisation.py`). So share a generator, never its discriminator.
# - The same spoiled sets, on 720 patients and with more instruments, are in `data/results/calibration.csv` (`python experiments/calibration.py`).
# - The deck gives no optimiser and no number of epochs for its networks. Those were the course's choice, so `dcgan-t1-deck` is no verdict on the deck.
# - Why two Fréchet distances lie below the grey band has not been tested. A likely reason is that the held-out slices to judge come from five patients only, the others from many.
# - The eight divisions share patients, so their range is not a 95 % interval.
# </details>
#
# ### Go further
# 1. Train scikit-learn's `LogisticRegression` on features of half the held-out patients and of generated images, and test it on the rest. Which of the two generators can it tell from held-out slices?
# 2. Improve the disguise: move each copy by one pixel with `np.roll`. How many does your ratio still find?
#
# ### References
# - Bińkowski et al., *Demystifying MMD GANs*, ICLR 2018, arXiv 1801.01401: KID, and the bias of FID.
# - Heusel et al., *GANs trained by a two time-scale update rule converge to a local Nash equilibrium*, NIPS 2017, arXiv 1706.08500: FID.
# - Kynkäänniemi et al., *Improved precision and recall metric for assessing generative models*, NeurIPS 2019, arXiv 1904.06991.
