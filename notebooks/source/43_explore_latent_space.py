# %% [markdown]
# # Explore latent space, and measure what you find
#
# **Part 4 of the deck: Generating medical images.** The generator of lesson 41 turns 100 numbers into a brain. Nobody told it what any of the numbers should do. In this lesson you find out: you walk from brain to brain, find the direction in which ventricles grow, order a brain by its measures, and *measure* what was delivered.
#
# **What you'll do.** Look at the sphere on which latents live; walk along it and straight through it; find directions by regression; ask for a ventricle area and check it on the image; see what else changes; and go the other way, from a slice to its latent.
#
# **What you'll learn.**
# - why high-dimensional bell curves are spheres, and what that means for a path between two latents;
# - to find and use a direction for something that you can measure, and to hold other things still;
# - to trust a generated image only as far as you have measured it, with an instrument that did not take part in the search;
# - what truncation and inversion do, and what a generator cannot express.
#
# **What you need.** Lesson 41, NumPy, least squares. **Time:** 55 minutes. The code runs in about one.

# %%
import numpy as np
import pandas as pd

from gancourse import pretrained
from gancourse.gans.inversion import invert
from gancourse.gans.latent import Attribute, Directions, draw_latents, lerp, slerp, truncate
from gancourse.metrics import morphometry
from gancourse.metrics.intervals import bootstrap
from gancourse.metrics.memorisation import distances, nearest
from gancourse.metrics.statistics import radial_spectrum
from gancourse.teaching import figures
from gancourse.teaching.figures import gan_figures, latent_figures
from gancourse.teaching.checks import lesson43 as checks

generator = pretrained.load("dcgan-t1")


def paint(latents):
    """Latents (N, 100) -> T1 slices (N, 64, 64) in [-1, 1]."""
    return generator(np.asarray(latents, np.float32), training=False).numpy()[..., 0]


# %% [markdown]
# ## This brain does not exist
# One click, one new brain. Each has a number, the seed of its latent, so that you can find it again.

# %%
button = latent_figures.this_brain_does_not_exist(generator)

# %% [markdown]
# And here is where the lesson leads: sliders that mean something. Play for two minutes. Then ask yourself what you would have to know before you believed the numbers beside the sliders. (The sliders need a running notebook; without one you see a picture.)

# %% tags=["slow"]
from gancourse.teaching.widgets import LatentExplorer

LatentExplorer(weights="dcgan-t1", seed=3)

# %% [markdown]
# ## 1. The sphere
#
# A latent is 100 numbers from the bell curve, and most of these numbers are near 0. So a latent near zero, with all 100 numbers small, should be typical. Is it? Its **length** is the root of the sum of its squares. **Predict**: you draw 10,000 latents. How long is the average one? How long is the shortest?

# %% tags=["nbval-check-output"]
lengths = {d: np.linalg.norm(draw_latents(10_000, d, seed=43), axis=1) for d in (2, 10, 100)}
for d, length in lengths.items():
    print(
        f"{d:3} numbers: mean length {length.mean():5.2f}, shortest {length.min():4.2f}, longest {length.max():5.2f}"
    )

# %%
figures.histograms(
    {f"{d} numbers": length for d, length in lengths.items()},
    "length of the latent",
    "Lengths of 10,000 latents of 2, 10 and 100 numbers. The more numbers, the further from zero, while the width stays.",
)

# %% [markdown]
# Each number's square is 1 on average, so the squares of 100 numbers add up to about 100, and the length is about 10. A hundred coincidences would be needed for a short latent, and they do not happen. **Nearly all latents lie in a thin shell around a sphere of radius 10**, and the centre, the most likely *point* of all, is where no latent ever is. The generator was never trained there.
#
# Now two latents. **Predict**: what is the angle between them? And how long is the point halfway between them?

# %% tags=["nbval-check-output"]
one, two = draw_latents(2000, seed=44).reshape(2, 1000, 100).astype(np.float64)
norms = [np.linalg.norm(z, axis=1) for z in (one, two)]
angle = np.degrees(np.arccos((one * two).sum(1) / (norms[0] * norms[1])))
halfway = np.linalg.norm((one + two) / 2, axis=1)
print(f"angle {angle.mean():.1f} +- {angle.std():.1f} degrees")
print(f"length halfway {halfway.mean():.2f} +- {halfway.std():.2f}")
print(f"latents that are shorter than the mean of these: {(lengths[100] < halfway.mean()).sum()} of 10,000")

# %% [markdown]
# Two random directions in 100 dimensions are at right angles, nearly always. So the straight line between two latents is a chord that runs deep inside the sphere, through lengths that no latent has.
#
# ### Exercise 1: walk on the sphere
# **Spherical interpolation** (slerp) goes along the great circle, as an aircraft does. With $\theta$ the angle between $a$ and $b$:
#
# $$\text{slerp}(a, b, t) = \frac{\sin((1-t)\,\theta)}{\sin\theta}\,a + \frac{\sin(t\,\theta)}{\sin\theta}\,b$$


# %% tags=["exercise"]
def my_slerp(a, b, t):
    """a, b: latents of the same length, (100,); t from 0 (a) to 1 (b) -> (100,)."""
    return ...


# %% tags=["check"]
checks.slerp(my_slerp)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def my_slerp(a, b, t):
#     angle = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
#     return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
# ```
#
# Pulling the straight line out to the right length also stays on the sphere, but its speed is uneven: fast in the middle, slow at the ends.
# </details>

# %% [markdown]
# ## 2. Two paths between two brains
#
# The same two latents, joined by a straight line (`lerp`) and along the sphere (`slerp`). **Predict**: what will be wrong with the brain halfway on the straight line?

# %% tags=["slow"]
start, end = draw_latents(2, seed=7)
t = np.linspace(0, 1, 9)
ways = {"straight line": lerp(start, end, t), "along the sphere": slerp(start, end, t)}
latent_figures.rows(
    {name: paint(way) for name, way in ways.items()},
    [f"{x:.2f}" for x in t],
    "Nine steps from one latent to another, straight (above) and along the sphere (below).",
)
for name, way in ways.items():
    print(f"{name:16} lengths " + " ".join(f"{length:5.1f}" for length in np.linalg.norm(way, axis=1)))

# %% [markdown]
# By eye, not much. The fault is in the average, so it takes many pairs, and numbers. Three of them can be read off an image without any network (`gancourse/metrics/morphometry.py`):
# - **fine detail**: the power beyond 8 cycles an image, as in lesson 41;
# - **brain area**: all that is brighter than the background, holes filled;
# - **ventricle area**: what is dark, near the middle and far from the brain's rim.


# %% tags=["slow"]
def describe(images):
    """Three numbers for each image, by thresholds and a spectrum alone."""
    measured = morphometry.by_threshold(images, "t1")
    fine = [1e4 * radial_spectrum(image[None])[9:].sum() for image in images]
    return pd.DataFrame(
        {"fine detail": fine, "brain": measured["brain"], "ventricles": measured["ventricles"]}
    )


ends = draw_latents(160, seed=45).reshape(2, 80, 100)
at_ends = (describe(paint(ends[0])) + describe(paint(ends[1]))) / 2
for name, path in {"straight line": lerp, "along the sphere": slerp}.items():
    middle = describe(paint([path(a, b, 0.5) for a, b in zip(*ends, strict=True)]))
    for column in middle:
        change = 100 * (middle[column] - at_ends[column]) / at_ends[column].mean()
        mean, low, high = bootstrap(change, seed=0)
        print(f"{name:16} {column:11} {mean:+6.1f} %  ({low:+.1f} to {high:+.1f})")

# %% [markdown]
# Halfway along, against the mean of the two ends, over 80 pairs, with 95 % intervals. An interval that includes 0 says that nothing was found.
#
# The straight line costs: halfway its brains have lost a fifth of their fine detail and 7 % of their area. Along the sphere neither changes measurably. (About ventricles 80 pairs say little: they differ too much from pair to pair.) So a film of a straight walk *breathes*: brains shrink and smooth towards the middle and come back. That is a modest fault, and one that no single walk shows.
#
# ### Whose brains are on the way?
# Does the path lead through brains that were in the training set? For each step we look for the nearest slice of the training patients in your cohort (see lesson 41 on how to compare fairly). **Predict**: will the nearest patient stay the same along the way?

# %% tags=["slow"]
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.teaching.data import lesson_data, slices_folder

folder = lesson_data()
slices = make_slices(find_subjects(folder)[:48], slices_folder(folder))
t1 = np.asarray(slices.images[..., slices.modalities.index("t1")], np.float32)
training = slices.select("train")
held_out = np.concatenate([slices.select("validation"), slices.select("test")])

walk = paint(ways["along the sphere"])[::2]
distance, index = nearest(walk, t1[training])
gan_figures.neighbours(
    walk,
    {"nearest training": (distance, t1[training][index])},
    "Five steps on the sphere, and below each its nearest training slice, with the distance.",
)
print(slices.table.iloc[training[index]][["patient", "position"]].to_string(index=False))
for name, images in {"generated": paint(draw_latents(200, seed=45)), "held out": t1[held_out]}.items():
    away, index = nearest(images, t1[training])
    shares = slices.table["patient"].iloc[training[index]].value_counts(normalize=True)
    print(
        f"{name}: median distance {np.median(away):.2f}; {shares.index[0]} is nearest to {shares.iloc[0]:.0%}"
    )

# %% [markdown]
# Is this theft? Before you say so, look at the pictures and the last two lines. The pairs share outline and height, not folds. All are about 0.3 away (the images' range is 2), as held-out slices are, which nobody can have copied; and the ends are no nearer than the middle, where a generator that walks between stored patients would start and end on one. One patient is nearest to a fifth of the generated slices. But it is nearest to a quarter of the held-out ones, too: of the 37 training patients on your disk it has, by this measure, the most ordinary head.
#
# ## 3. A direction for what you can measure
#
# Every generated image can be measured, and we know its latent. So this is a regression: 100 numbers in, one area out. **Predict**: if no single one of the 100 numbers is "ventricles", can a straight line through all of them still explain the area?

# %% tags=["slow"]
z = draw_latents(900, seed=46)
ventricles = morphometry.by_threshold(np.concatenate([paint(part) for part in np.split(z, 3)]), "t1")[
    "ventricles"
]
one_number = [np.corrcoef(column, ventricles)[0, 1] for column in z.T]
print(f"ventricle area {ventricles.mean():.0f} +- {ventricles.std():.0f} mm2")
print(f"the best single number correlates with {np.abs(one_number).max():.2f}")

# %% [markdown]
# ### Exercise 2: find the direction
# Fit `values` by a weighted sum of the latents' numbers and a constant, by least squares (`np.linalg.lstsq`, or scikit-learn).


# %% tags=["exercise"]
def fit_direction(latents, values):
    """latents: (N, d); values: (N,) -> weights (d,), intercept."""
    return ...


# %% tags=["check"]
checks.fit_direction(fit_direction)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def fit_direction(latents, values):
#     with_ones = np.column_stack([latents, np.ones(len(latents))])
#     solution = np.linalg.lstsq(with_ones, values, rcond=None)[0]
#     return solution[:-1], solution[-1]
# ```
#
# The weights are a direction in latent space, the one in which the area grows fastest, and their unit is mm² a step.
# </details>

# %% [markdown]
# The course's `Directions.fit` does the same, for several attributes at once. We fit on 700 images and ask how well the fit predicts the other 200.

# %% tags=["slow"]
area = Attribute("ventricles", "ventricle area", "mm2", *np.percentile(ventricles, (5, 95)))
ours = Directions.fit(z[:700], ventricles[:700, None], [area])
for name, part in {"fitted": slice(0, 700), "new": slice(700, 900)}.items():
    error = ours.predict(z[part])[:, 0] - ventricles[part]
    print(
        f"{name:6} explains {1 - error.var() / ventricles[part].var():.0%}, mean error {np.abs(error).mean():.0f} mm2"
    )

# %% [markdown]
# No single number is "ventricles". All of them together explain more than half of the differences in new images. They explain more in the images that they were fitted to, since 100 weights learn some accidents of 700 images, too. More images help.
#
# ### Exercise 3: the smallest step
# You want the area to grow by `change`. Many steps would do. Find the *shortest*, so that the brain changes as little as possible.


# %% tags=["exercise"]
def smallest_move(z, w, change):
    """The latent nearest to z, (d,), for which z @ w is larger by `change`."""
    return ...


# %% tags=["check"]
checks.smallest_move(smallest_move)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def smallest_move(z, w, change):
#     return z + change * w / (w @ w)
# ```
#
# Any step has a part along `w` and a part across it. Only the part along `w` changes `z @ w`; the rest would be wasted. Going one unit along `w / |w|` brings `|w|` mm², so for `change` you need `change / |w|` units.
# </details>

# %% [markdown]
# A step also changes the latent's length, and you know what that does. So `Directions.move` takes the smallest step and then stretches the part of the latent that no attribute depends on until the length is what it was.

# %% tags=["slow"]
asked = np.linspace(300, 1800, 7)
same = np.repeat(draw_latents(1, seed=21), 7, axis=0)
moved = ours.move(same, {"ventricles": asked})
images = paint(moved)
got = morphometry.by_threshold(images, "t1")["ventricles"]
latent_figures.rows(
    {"asked for, and measured, in mm2": images},
    [f"{a:.0f}\n{g:.0f}" for a, g in zip(asked, got, strict=True)],
    "One latent, moved along our direction. Below each brain the ventricle area asked for, and the area measured.",
    width=1.15,
)

# %% [markdown]
# Look at what was delivered. The area follows the order, but it falls short of the smallest and runs ahead of the others. But did the *ventricles* grow? At the left is a slice near the top of the head, where there are none. The cheapest way to less ventricle is **another slice**. We asked for one thing, and did not say what should stay.
#
# ## 4. Order a brain, and check the delivery
#
# The course ships directions for three attributes. They were found in the same way, from 4,000 images, and with a better instrument: a **regressor**, a small network that learned to read the true values of phantom slices. Phantoms make that possible: nobody has to outline ventricles by hand. Its card says how it was made and how well it reads slices of patients that it has never seen.

# %% tags=["nbval-check-output"]
card = pretrained.card("latent/dcgan-t1")
print(card.command)
print("regressor: {train} patients to learn from, {test} others to test".format(**card.about["patients"]))
for name, score in card.scores["regressor"].items():
    print(f"{name:10} mean error {score['error']:6.1f}, explains {score['r2']:.0%} of the variance")

# %% [markdown]
# Now the orders. Sixty new latents; each gets one order for each attribute, drawn from the range that generated brains have, while the other two are to stay. **Predict**: which attribute will be delivered best?

# %% tags=["slow"]
space = pretrained.load("latent/dcgan-t1")
directions, regressor = space.directions, space.regressor
rng = np.random.default_rng(47)
z = draw_latents(60, seed=47)
before = paint(z)
orders = {a.name: rng.uniform(a.low, a.high, len(z)) for a in directions.attributes}
delivered = {name: paint(directions.move(z, {name: order})) for name, order in orders.items()}
panels = {}
for k, a in enumerate(directions.attributes):
    got = regressor.measure(delivered[a.name])[:, k]
    panels[f"{a.label}, {a.unit}"] = orders[a.name], got
    error, span = np.abs(got - orders[a.name]).mean(), a.high - a.low
    print(f"{a.label:15} off by {error:6.1f} {a.unit}, {error / span:.0%} of the range; correlation "
          f"{np.corrcoef(got, orders[a.name])[0, 1]:.2f}")  # fmt: skip
figures.agreement(
    panels,
    ("asked for", "measured"),
    "What the regressor measured against what was asked for, sixty brains an attribute.",
    one_scale=False,
)

# %% [markdown]
# Brain area is delivered best. An order of ventricles or height is off by a fifth of the whole range, on average. And there is a pattern in the errors: high slices fall short, and some large ventricles become far too large. The regression is a straight line, and the generator is not.
#
# ### Who judges?
# The regressor found the directions, and now it marks its own homework. Perhaps the way that it found leads to images that please the regressor, and not to larger ventricles. So ask an instrument that took no part: the threshold, which knows nothing but brightness. It has a scale of its own (a pixel that is half fluid counts wholly or not at all), so we compare *changes*: measured change for each mm² of change that was asked for.

# %% tags=["slow"]
simple = {
    name: morphometry.by_threshold(images, "t1") for name, images in {"before": before, **delivered}.items()
}
truth = morphometry.of_labels(slices.tissue[held_out], slices.seg[held_out])
read = morphometry.by_threshold(t1[held_out], "t1")
for k, name in enumerate(("ventricles", "brain")):
    wished = orders[name] - directions.predict(z)[:, k]
    seen = {
        "regressor": (regressor.measure(delivered[name]) - regressor.measure(before))[:, k],
        "threshold": simple[name][name] - simple["before"][name],
    }
    for judge, change in seen.items():
        slope = (change * wished).sum() / (wished**2).sum()
        fit = np.corrcoef(change, wished)[0, 1]
        print(f"{name:10} by the {judge:9}: {slope:.2f} for each 1 asked for, correlation {fit:.2f}")
    slope = np.polyfit(truth[name], read[name], 1)[0]
    print(f"{name:10} threshold on held-out slices: {slope:.2f} for each 1 that is there")

# %% [markdown]
# The judges agree that the ventricles grow. Of each mm² that was asked for, the regressor sees 1.09 and the threshold 0.96. But in slices whose truth is known the threshold sees only 0.71 of what is there, and 0.96 / 0.71 is 1.35. So by the threshold even more was delivered than the regressor says. For brain area they say nearly the same. The regressor does not flatter itself here; sixty brains cannot say it more precisely.
#
# ### What else moved?
# In the cohort, high slices have smaller outlines and smaller ventricles. The generator learned that too, so attributes are **entangled**: a step along one drags the others with it.
#
# ### Exercise 4: hold the rest
# Take from direction `w` whatever it shares with direction `other`, so that a step along the rest does not change the other attribute.


# %% tags=["exercise"]
def hold(w, other):
    """w, other: directions (d,) -> what is left of w, (d,), with (what is left) @ other = 0."""
    return ...


# %% tags=["check"]
checks.hold(hold)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def hold(w, other):
#     return w - (w @ other) / (other @ other) * other
# ```
#
# `(w @ other) / (other @ other)` is how many times `other` fits into `w`. That much of it is taken away. With several others, least squares takes them all away at once; `Directions.move` does that.
# </details>

# %% [markdown]
# The table: a row for what was asked for, one standard deviation more of it; a column for what was measured by the regressor, also in standard deviations. First along each direction alone, then with the others held. **Predict** the largest unwanted entry.

# %% tags=["slow"]
scale = np.array([regressor.measure(before)[:, k].std() for k in range(3)])
start, names = regressor.measure(before), directions.names
tables = {"alone": [], "others held": []}
for k, name in enumerate(names):
    w = directions.weights[:, k]
    alone = z + scale[k] * w / (w @ w)
    alone *= np.linalg.norm(z, axis=1, keepdims=True) / np.linalg.norm(alone, axis=1, keepdims=True)
    held = directions.move(z, {name: directions.predict(z)[:, k] + scale[k]})
    for how, latents in (("alone", alone), ("others held", held)):
        tables[how].append(((regressor.measure(paint(latents)) - start) / scale).mean(0))
pd.concat({how: pd.DataFrame(rows, list(names), list(names)) for how, rows in tables.items()}, axis=1).round(
    2
)

# %% [markdown]
# Alone, the directions do as they learned. One standard deviation more of ventricles brings four fifths of one more of brain area; one more of height takes one of brain area away, as it should in a head. Held, no unwanted entry is larger than 0.25. That has a price: what two directions share can no longer be used, and of the height that was asked for less than two thirds arrives.
#
# ### Ask, measure, ask again
# If the delivery is off, complain. Ask for more, by half of what was missing; four rounds, and both judges look.

# %% tags=["slow"]
order, wish = orders["ventricles"], orders["ventricles"].copy()
for attempt in (1, 2, 3, 4):
    images = paint(directions.move(z, {"ventricles": wish}))
    got, seen = regressor.measure(images)[:, 0], morphometry.by_threshold(images, "t1")["ventricles"]
    error = np.abs(got - order)
    print(
        f"round {attempt}: off by {error.mean():3.0f} mm2 (half of them by less than {np.median(error):3.0f}) by the regressor; "
        f"threshold and order correlate {np.corrcoef(seen, order)[0, 1]:.2f}"
    )
    wish += (order - got) / 2

# %% [markdown]
# Four rounds cut the mean error to about a third. (Asking for all that is missing overshoots: try it.) Half of the brains are then within about 20 mm², two pixels. The threshold, whom nobody asked, agrees better with the orders as well, so the search did not just learn to please the regressor. A few brains never arrive.
#
# ### A property without a direction
# In FLAIR one would like a slider for the tumour. Its area can be read, less well than the others. But look at what a direction explains of it:

# %% tags=["nbval-check-output"]
scores = pretrained.card("latent/dcgan-flair").scores
for name in scores["regressor"]:
    print(f"{name:10} regressor explains {scores['regressor'][name]['r2']:4.0%} on new patients, the direction "
          f"{max(0, scores['directions'][name]['r2']):4.0%} on new latents")  # fmt: skip

# %% [markdown]
# Next to nothing. The likely reason: a tumour may sit left or right, in front or behind, and the step that enlarges this one does nothing for that one. Averaged over all latents, the steps cancel. **A linear direction finds what is arranged along a line, and no more.**
#
# ### Follow the gradient
# But at *one* latent the regressor of the generator's image has a gradient: which small step makes *this* tumour grow most? Both are networks, so the same backpropagation that trained them computes it. Take the step, compute the gradient again, and so on until the regressor reads what was ordered. This is **latent gradient ascent**, and `gancourse.gans.latent_gradient` does it, without leaving the sphere, and with the three directions held as in exercise 4. **Predict** how far it has to walk to make a tumour of 3,000 mm² vanish: two random brains are about 14 apart.

# %% tags=["slow"]
painter = pretrained.load("dcgan-flair")
ascent = pretrained.load("latent/dcgan-flair").gradient(painter)


def paint_flair(latents):
    return painter(np.asarray(latents, np.float32), training=False).numpy()[..., 0]


z = draw_latents(100, seed=49)
read = ascent.value(z)
areas = (0, 1000, 2000, 3000)
chosen = z[np.argsort(np.abs(read - 1500))[[0, 2, 3]]]
grown = [paint_flair(ascent.move(chosen, area)) for area in areas]
latent_figures.rows(
    {f"latent {k}": np.stack([paint_flair(chosen)[k], *(images[k] for images in grown)]) for k in range(3)},
    ["as drawn", *(f"{area:,} mm²" for area in areas)],
    "FLAIR: three latents (a row each), and what comes when 0 to 3,000 mm² of tumour are ordered.",
    width=1.1,
)

# %% tags=["slow"]
order = np.random.default_rng(49).uniform(ascent.attribute.low, ascent.attribute.high, len(z))
moved = ascent.move(z, order)
way, error = np.linalg.norm(moved - z, axis=1), np.abs(ascent.value(moved) - order)
print(f"by the regressor: {(error < 20).sum()} of 100 within 20 mm2, the worst off by {error.max():.0f} mm2; "
      f"way {np.median(way):.2f} at the median, {way.max():.2f} at most")  # fmt: skip
seen = [morphometry.by_threshold(paint_flair(latents), "flair")["tumour"] for latents in (z, moved)]
wished = order - read
print(f"threshold: {((seen[1] - seen[0]) * wished).sum() / (wished**2).sum():.2f} for each 1 asked for, "
      f"correlation {np.corrcoef(seen[1] - seen[0], wished)[0, 1]:.2f}")  # fmt: skip
flair = np.asarray(slices.images[..., slices.modalities.index("flair")], np.float32)[held_out]
ill = truth["tumour"] > 0
simple_flair = morphometry.by_threshold(flair[ill], "flair")["tumour"]
print(
    f"threshold on held-out slices: {np.polyfit(truth['tumour'][ill], simple_flair, 1)[0]:.2f} for each 1 that is there"
)

# %% [markdown]
# The tumour grows, shrinks and nearly goes, the rest of the brain stays; and the way is short: 0.6 of the 14 between two brains. No other move of this lesson changes so much with so little.
#
# Now the judges. The regressor is content with all, as it must be: the search stopped when it was. The threshold sees 0.65 of each mm² that was asked for. In slices whose truth is known it sees 0.78 of what is there, and 0.65 / 0.78 is 0.83. So about a sixth of the ordered change is there for the regressor alone. **A search finds what its judge likes, and some of that is not what was meant**: in the second column traces of the tumours can be left, and the regressor reads 0 all the same. Adversarial examples are made in just this way. In FLAIR, the explorer's tumour slider follows the gradient: believe its direction, not its number.
#
# ## 5. Truncation
#
# Many galleries of generated faces are **truncated**: every latent is drawn towards the mean, `psi * z`, and is less daring. The textbook bargain: smaller psi, better images, all more alike. **Predict** what psi = 0.4 does here; and think of section 1 first.

# %% tags=["slow"]
z = draw_latents(80, seed=48)
psis = (0.2, 0.4, 0.6, 0.8, 1.0, 1.3)
gallery = {psi: paint(truncate(z, psi)) for psi in psis}
latent_figures.rows(
    {f"latent {k}": np.stack([images[k] for images in gallery.values()]) for k in range(3)},
    [f"psi {psi}" for psi in psis],
    "Three latents (a row each), truncated by psi.",
    width=1.1,
)

# %% tags=["slow"]
from gancourse.metrics.fidelity import kid

embed = pretrained.load("features/brain-mr").embed
whose = slices.table["patient"].to_numpy()[held_out]
rows = {}
for psi, images in gallery.items():
    pairs = distances(images, images)[np.triu_indices(len(images), 1)]
    near = distances(images, t1[held_out]).min(1)
    value, error = kid(embed(images), embed(t1[held_out]), groups_b=whose)
    rows[psi] = {"differ from each other": pairs.mean(), "from the nearest real": np.median(near),
                 "KID": value, "its error": error, **describe(images).mean()}  # fmt: skip
pd.DataFrame(rows).T.rename_axis("psi").round(3)

# %% [markdown]
# There is no bargain here. From psi 1.3 down to 0.6 the images differ from each other nearly as much as before, and come no nearer to real slices. By KID, the distance of two sets that lesson 44 builds, they move away: 0.05 at psi 1, 1.4 at 0.6. At 0.4 the brains dissolve, and at 0.2 there is no brain at all. **The centre of latent space is not the average brain**; it is where the generator was never trained (section 1), and ours paints nothing there. StyleGAN truncates elsewhere: a second network first bends the latents into a space whose centre is in use. Before you borrow a trick, ask whether the reason for it holds in your network, and measure.
#
# ## 6. The way back
#
# Can every slice be painted? **Inversion** looks for the latent whose image comes nearest: start from several good guesses, and go downhill on the pixels' error, with a small penalty for leaving the sphere. That is the training of lesson 41 turned round: the weights stay, the latent learns.
#
# Six test pieces: an image that the generator painted itself (so a perfect answer exists), two slices of held-out phantoms, one with a large tumour, one turned upside down, and pure noise. **Predict** their order, from the best to the worst. (In the differences red means that the slice is brighter than what was found, blue that it is darker.)

# %% tags=["slow"]
table = slices.table.iloc[held_out]
healthy = held_out[((table["tumour_px"] == 0) & table["position"].between(0.5, 0.65)).to_numpy()]
ill = held_out[int(np.argmax(table["et_mm2"]))]
noise = np.clip(np.random.default_rng(0).normal(0, 0.5, (64, 64)), -1, 1)
pieces = {
    "its own": paint(draw_latents(1, seed=99))[0],
    "held out A": t1[healthy[0]],
    "held out B": t1[healthy[-1]],
    "tumour": t1[ill],
    "A, upside down": t1[healthy[0]][::-1],
    "noise": noise,
}

# %% tags=["slow"]
found = invert(generator, np.stack(list(pieces.values())), draws=256, restarts=4, steps=90)
latent_figures.residuals(
    np.stack(list(pieces.values())),
    found.reconstructions,
    [f"{name}\n{error:.2f}" for name, error in zip(pieces, found.errors, strict=True)],
    "Slices, the nearest image found for each, and the difference. Above: the root-mean-square error.",
)
inside = slices.seg[ill] > 0
missed = np.abs(pieces["tumour"] - found.reconstructions[3])
print(
    "lengths of the latents:", " ".join(f"{length:.1f}" for length in np.linalg.norm(found.latents, axis=1))
)
print(f"error in the tumour {missed[inside].mean():.2f}, elsewhere in the brain "
      f"{missed[~inside & (pieces['tumour'] > -0.9)].mean():.2f}")  # fmt: skip

# %% [markdown]
# Its own image comes back best, though not perfectly, and hardly better than an easy slice without ventricles: the search stops somewhere near. It depends on where it starts, so we took four good guesses. Try `restarts=2`. Of a held-out phantom the generator finds outline, brightness and ventricles, but not the folds and not the grain. Of the upside-down brain it can copy the outline, but it has no ventricles that would fit. For noise, the latent even leaves the sphere (its length is 12.6), and what comes is a head all the same.
#
# Now the tumour. To the eye it is gone: where the slice has a lesion, the answer has ordinary brain. Such a difference between a scan and its nearest healthy image has been proposed as a **lesion detector** (AnoGAN, below). But look at the numbers under the figure: the error inside the tumour is no larger than elsewhere. The folds that the generator cannot paint cost about as much. What it cannot express is not what is ill. (One slice is no trial of a method, and ours is not quite AnoGAN's: its generator had seen healthy images only, ours has seen tumours.)
#
# ### A real slice, or your own
# Set `GANCOURSE_PATIENT` to a folder of BraTS or to one skull-stripped T1 (see lesson 31), and here is the nearest that the generator can paint. (With the SRI24 atlas of lesson 52 the error is 0.19, a little more than for the held-out phantoms.)

# %% tags=["slow"]
from gancourse.cohort.planes import slice_subject
from gancourse.teaching.data import real_subject

real = real_subject()
if real and "t1" in real.modalities:
    cut, where = slice_subject(real, 64, ("t1",), plane="axial", fov_mm=208.0, span=(0.45, 0.8), step_mm=4.0)
    own = np.asarray(cut["images"][len(where) // 3, ..., 0], np.float32)[None]
    nearest_own = invert(generator, own, draws=256, restarts=4, steps=90)
    title = f"error {nearest_own.errors[0]:.2f}"
    latent_figures.residuals(own, nearest_own.reconstructions, [title], f"{real.id}: a real T1 slice.")

# %% [markdown]
# ## 7. The explorer, again
# Now you know what is behind the sliders. With the explorer below, or the one at the top:
# 1. Keep two brains as anchors and walk between them. Which of the two paths of section 2 does it take? How could you tell without reading its code?
# 2. Push the ventricles to their end, then the height. What else moves, and does that agree with the table of section 4?
# 3. Find the single raw number that changes the picture most. Can you say what it does? Does it do the same in another brain?
# 4. Make the smallest T1 brain with the widest ventricles. Is it still a brain? Copy its latent, measure it here with `regressor.measure(paint([latent]))`, and compare with the sliders.
# 5. Set the truncation to 0.2 and explain what you see.
# 6. In FLAIR, let a tumour grow and vanish. Which brains refuse? Then hunt for a large tumour with the raw numbers alone: how many did you have to touch?

# %% tags=["slow"]
LatentExplorer(weights="dcgan-flair", seed=8)

# %% [markdown]
# ## In practice
# - **A slider is a regression, not a law.** "Ventricle area 1,200 mm²" means: on average over latents, the regressor reads that. For one image look at the error, and measure.
# - **Measured in phantoms, by an instrument trained on phantoms.** The regressor has never seen a patient. On real images its numbers mean nothing until someone has tested them there.
# - **What "ventricle area" means here**: fluid near the middle of a slice, the fissures beside the ventricles included. Slice height is in per cent of the brain's extent, from below.
# - **The threshold** has one number that somebody chose: the level below which a pixel is fluid. It was chosen where it agreed best with the truth.
# - **Correlation in the cohort is correlation in the generator.** Our cohort has no ages. In a cohort of patients, "older" would also move ventricles, sulci and white matter, and whatever else came with age in *that* hospital. Holding an attribute still holds only what you measured.
# - **Edited scans are no evidence.** "What would this patient look like with larger ventricles?" has no answer here: inversion finds a phantom that resembles the patient, and the edit moves the phantom.
# - **Inversion and privacy**: an attacker can ask in the same way whether a slice was in the training set. A training slice that inverts much better than others would be a leak (lesson 46).
# - **The neighbours of section 2** come from the 48 phantoms on your disk; the generator was trained on 512 phantoms of a cohort of 720.
#
# ### Go further
# - Follow the gradient for the ventricles too. Is the delivery better than by the direction, in the eyes of the threshold?
# - Fit the square root of the area, or add squares of the latents. How much more is explained?
# - Invert with `prior=0` and with `prior=1`. What is the price of the sphere?
# - Walk from the inversion of one patient's slice to the next slice of the same patient. Does the path pass through that patient?
#
# ### References
# - White (2016), *Sampling generative networks*, arXiv 1609.04468: spherical interpolation.
# - Shoemake (1985), *Animating rotation with quaternion curves*, SIGGRAPH.
# - Shen, Gu, Tang and Zhou (2020), *Interpreting the latent space of GANs for semantic face editing*, arXiv 1907.10786: directions, entanglement, conditional moves.
# - Zhu, Krähenbühl, Shechtman and Efros (2016), *Generative visual manipulation on the natural image manifold*, arXiv 1609.03552: inversion by gradient descent.
# - Karras, Laine and Aila (2019), *A style-based generator architecture for GANs*, arXiv 1812.04948; Brock, Donahue and Simonyan (2019), *Large scale GAN training*, arXiv 1809.11096: truncation.
# - Schlegl et al. (2017), *Unsupervised anomaly detection with generative adversarial networks to guide marker discovery*, arXiv 1703.05921: AnoGAN.
# - Radford, Metz and Chintala (2016), arXiv 1511.06434: the first walks and vector arithmetic with a DCGAN.
