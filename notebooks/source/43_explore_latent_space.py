# %% [markdown]
# # Explore latent space, and grow a tumour
#
# **Part 4 of the deck: Generating medical images.** A generator turns 100 random numbers, called a **latent**, into a brain slice. Nobody told it what any of these numbers should do. Here you make a tumour grow in a brain that does not exist, and then check what else you changed.
#
# **What you'll do.** Walk from one brain to another; find a direction, one mixture of all the numbers, that changes one thing; write the search that makes a tumour grow; measure the result; and find the latent of a given slice.
#
# **What you'll learn.**
# - where latents lie, and which path to take from one to another;
# - how to find a direction for something you can measure, and why no such direction exists for tumours;
# - how to climb a gradient through two networks while only the latent moves;
# - why the result has to be measured by something that took no part in the search.
#
# **What you need.** Lesson 41 (generator, latent, gradient tape) and NumPy. **Time:** 60 minutes. The code itself takes about one minute.

# %%
from pathlib import Path

import numpy as np
import pandas as pd

from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
import keras

from gancourse import pretrained
from gancourse.gans import latent
from gancourse.metrics import morphometry
from gancourse.teaching.checks import lesson43 as checks
from gancourse.teaching.checks import use
from gancourse.teaching.figures import film, latent_figures
from gancourse.teaching.material import latent_search as course
from gancourse.teaching.material.held_out_slices import load_held_out_slices
from gancourse.teaching.material.second_judge import compare, threshold_slope
from gancourse.teaching.widgets import LatentExplorer

network = pretrained.load("dcgan-flair")
generator = tf.function(network, reduce_retracing=True)  # compiled: the same network, faster

# %% [markdown]
# ## This brain does not exist
#
# The generator below paints **FLAIR** slices, MR images in which a tumour and the swelling around it are bright. Play for three minutes:
#
# 1. Press **New brain** a few times.
# 2. Drag **tumour area** to the right, and then to the left end. Does the tumour ever vanish?
# 3. Look away from the tumour and drag again. What else changes?
# 4. Drag **ventricle area**. Ventricles are the dark chambers near the middle.
#
# **Write down** what you would have to know before you believed the numbers beside the sliders. (The sliders work only while the notebook runs.)

# %% tags=["slow"]
LatentExplorer("dcgan-flair", seed=8)

# %% [markdown]
# ## 1. The sphere
#
# The 100 numbers of a latent are drawn from a bell curve with mean 0 and standard deviation 1. Most are near 0. A latent's **length** is the square root of its sum of squares. **Predict**: you draw 10,000 latents. How long are the average one and the shortest? And what is the angle between two of them?

# %% tags=["nbval-check-output"]
lengths = np.linalg.norm(latent.draw_latents(10_000, seed=43), axis=1)
print(f"length: mean {lengths.mean():.1f}, shortest {lengths.min():.1f}, longest {lengths.max():.1f}")

first, second = latent.draw_latents(2000, seed=44).reshape(2, 1000, 100)
cosines = (first * second).sum(1) / np.linalg.norm(first, axis=1) / np.linalg.norm(second, axis=1)
halfway = np.linalg.norm((first + second) / 2, axis=1)
print(f"angle between two: {np.degrees(np.arccos(cosines)).mean():.0f} degrees on average")
print(f"length halfway between two, on a straight line: {halfway.mean():.1f} on average")

# %% [markdown]
# The squares of 100 such numbers add up to about 100, so the length is about 10. **Nearly all latents lie close to a sphere of radius 10**, and two of them are nearly at right angles. Halfway between them on a straight line, the average length is 7.1, shorter than any that you drew. The generator was hardly ever trained there. **Predict** what it paints if we shorten a latent.


# %% tags=["slow"]
def paint(latents):
    """Latents (N, 100) -> images (N, 64, 64) in [-1, 1]."""
    return generator(tf.constant(latents, tf.float32), training=False).numpy()[..., 0]


one = latent.draw_latents(1, seed=3)[0]
radii = [2, 4, 5, 7, 10, 12]
shortened = [one / np.linalg.norm(one) * radius for radius in radii]
latent_figures.rows(
    {"": paint(shortened)},
    [f"length {radius}" for radius in radii],
    "One latent, brought to six lengths.",
    width=1.5,
)

# %% [markdown]
# You might expect an average brain at the centre of latent space. The image there is black. At length 7 the brain is still good.
#
# <details><summary>Fine print: why it is black there</summary>
#
# The generator's first layer is followed by batch normalisation, whose means and spreads were collected in training, from latents of length 10. Signals from short latents are small in comparison, so every latent looks alike to the layers that follow. We tested it: if batch normalisation uses the statistics of the batch at hand (`network(latents, training=True)`, on a copy, because that call changes the network), brains come back at every length. "Truncation", which shortens latents to get tamer images, comes from networks that are built for it: StyleGAN (Karras, Laine and Aila 2019, arXiv 1812.04948) shortens a latent that a second network has transformed, and BigGAN (Brock, Donahue and Simonyan 2019, arXiv 1809.11096) redraws numbers that are too large. This is why the truncation slider in the explorer does not help here.
# </details>
#
# ### Exercise 1: walk on the sphere
# **Spherical interpolation** (slerp) follows the sphere, as an aircraft follows the globe. Let $u$ and $v$ be the directions of $a$ and $b$, and $\theta$ the angle between them. The direction at $t$ is
#
# $$\frac{\sin((1-t)\,\theta)}{\sin\theta}\,u + \frac{\sin(t\,\theta)}{\sin\theta}\,v$$
#
# <details><summary>Hint</summary>
#
# `u @ v` is the cosine of the angle, because both have length 1. `np.clip(x, -1, 1)` keeps a number in that range.
# </details>


# %% tags=["exercise"]
def slerp(a, b, t):
    """a, b: latents (100,); t: a number from 0 (a) to 1 (b) -> the latent at t, (100,)."""
    # 1. The length of a and the length of b; the directions u and v.
    # 2. The angle, by np.arccos. Rounding can make the cosine 1.0000001: clip it first.
    # 3. If the angle is below 0.0001: return the point on the straight line, (1 - t) * a + t * b.
    # 4. The direction at t, by the formula.
    # 5. The length at t: (1 - t) times the length of a, plus t times the length of b.
    return ...


# %% tags=["check"]
checks.slerp(slerp)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def slerp(a, b, t):
#     length_a = np.linalg.norm(a)
#     length_b = np.linalg.norm(b)
#     u, v = a / length_a, b / length_b
#     angle = np.arccos(np.clip(u @ v, -1, 1))
#     if angle < 0.0001:
#         return (1 - t) * a + t * b
#     direction = (np.sin((1 - t) * angle) * u + np.sin(t * angle) * v) / np.sin(angle)
#     return ((1 - t) * length_a + t * length_b) * direction
# ```
# </details>

# %% [markdown]
# Here are two walks between the same two brains: the straight line, and your path. **Predict** how they differ halfway. The last lines compare the brain's area halfway with that at the ends, over 80 pairs.

# %% tags=["slow"]
slerp = use(slerp, otherwise=latent.slerp)
start, end = latent.draw_latents(2, seed=40)
times = np.linspace(0, 1, 6)
ways = {"straight line": latent.lerp, "along the sphere": slerp}
latent_figures.rows(
    {name: paint([way(start, end, t) for t in times]) for name, way in ways.items()},
    [f"t = {t:.1f}" for t in times],
    "Six steps from one brain to another.",
    width=1.5,
)
starts, ends = latent.draw_latents(160, seed=45).reshape(2, 80, 100)
areas = [morphometry.by_threshold(paint(z), "flair")["brain"] for z in (starts, ends)]
for name, way in ways.items():
    middle = paint([way(a, b, 0.5) for a, b in zip(starts, ends, strict=True)])
    change = morphometry.by_threshold(middle, "flair")["brain"].mean() / np.mean(areas) - 1
    print(f"{name:16} brain area halfway: {change:+.0%}")

# %% [markdown]
# On the straight line, brains shrink towards the middle and grow again, so in a film of the walk the brain seems to breathe. On the sphere they keep their size.
#
# ## 2. A direction, and another slice
#
# To change one thing, we first have to measure it. The course ships an **attribute regressor**, a network that learned to read four numbers from slices of phantoms (brains made by a program, so that the truth is known). The explorer's numbers come from it. The next cell shows how well it reads **held-out** phantoms, which it never saw in training. "Explains" gives the share of the differences between slices that the regressor gets right.

# %% tags=["nbval-check-output"]
space = pretrained.load("latent/dcgan-flair")
regressor, names = space.regressor, list(space.regressor.names)
for name, score in pretrained.card("latent/dcgan-flair").scores["regressor"].items():
    print(f"{name:10} mean error {score['error']:4.0f}, explains {score['r2']:.0%}")

# %% [markdown]
# Height is the position of the slice: 0 % is the bottom of the brain, 100 % the top. The others are areas in mm². If we paint 1,400 latents and read these numbers from each image, is there a direction in latent space for each of them? Finding one is a regression: 100 numbers in, one number out. **Predict**: for which of the four will it work worst?
#
# ### Exercise 2: find a direction
# Fit the values with a weighted sum of the latent's numbers plus a constant.
#
# <details><summary>Hint</summary>
#
# `np.linalg.lstsq(columns, values, rcond=None)[0]` finds the weights. A column of ones, added by `np.column_stack`, gives the constant a weight of its own.
# </details>


# %% tags=["exercise"]
def fit_direction(latents, values):
    """latents: (N, d), values: (N,) -> weights (d,), intercept."""
    return ...


# %% tags=["check"]
checks.fit_direction(fit_direction)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def fit_direction(latents, values):
#     columns = np.column_stack([latents, np.ones(len(latents))])
#     solution = np.linalg.lstsq(columns, values, rcond=None)[0]
#     return solution[:-1], solution[-1]
# ```
# </details>

# %% [markdown]
# The weights are a direction: the value grows fastest that way. We fit on 1,000 images and test on the other 400.

# %% tags=["slow", "nbval-check-output"]
fit_direction = use(fit_direction, otherwise=course.fit_direction)
z = latent.draw_latents(1400, seed=46)
values = regressor.measure(np.concatenate([paint(part) for part in np.split(z, 7)]))  # (1400, 4)
directions = {}
for name, column in zip(names, values.T, strict=True):
    weights, intercept = directions[name] = fit_direction(z[:1000], column[:1000])
    error = z[1000:] @ weights + intercept - column[1000:]
    print(
        f"{name:10} the direction explains {max(0, 1 - error.var() / column[1000:].var()):.0%} in new images"
    )

# %% [markdown]
# Three of the four have a direction. The tumour has hardly any. Tumours lie on the left or right, at the front or back, so each latent needs another step, and the average of many different steps is small.
#
# Now use the direction of the ventricles: request more or less area, move the latent along the direction, and restore its length. **Predict**: what happens when we request very small ventricles?
#
# <details><summary>Fine print: how far to go</summary>
#
# Adding `weights` once to the latent adds `weights @ weights` mm² to the fitted value, so the code divides each request by that number.
# </details>

# %% tags=["slow"]
weights, _ = directions["ventricles"]
begin = latent.draw_latents(1, seed=21)[0]
requests = np.array([-900, -600, -300, 0, 300, 600])
moved = begin + requests[:, None] * weights / (weights @ weights)  # (6, 100)
moved *= np.linalg.norm(begin) / np.linalg.norm(moved, axis=1, keepdims=True)
images = paint(moved)
read = dict(zip(names, regressor.measure(images).T, strict=True))
labels = [
    f"request {request:+d} mm²\nread {area - read['ventricles'][3]:+.0f} mm²\nheight {height:.0f} %"
    for request, area, height in zip(requests, read["ventricles"], read["height"], strict=True)
]
latent_figures.rows(
    {"": images}, labels, "One latent, moved along the direction of ventricle area.", width=1.5
)

# %% [markdown]
# The area moves the right way, but far more than a small request asked for. And look at the height. The easiest way to smaller ventricles is **another slice**, nearer to the top of the head, where there are none. We asked for one change, and did not say what should stay the same.
#
# ## 3. Grow a tumour
#
# At *one* latent, however, there is a direction in which the tumour grows. It is the **gradient** of
#
# $$\text{area}(z) = \text{regressor}(\text{generator}(z)).$$
#
# Backpropagation can compute this gradient as well. This time the weights stay fixed and the latent changes: take a small step along the gradient, compute the gradient again, and so on. This is **gradient ascent**. **Predict**: two random latents are about 14 apart. How far is it from a small tumour to a huge one?
#
# ### Exercise 3: gradient ascent in latent space
#
# <details><summary>Hint</summary>
#
# A tape watches variables automatically, but z is a constant: call `tape.watch(z)` inside the `with` block. The gradient of N areas with respect to N latents is `tape.gradient(area, z)`. Each area depends on its own latent only, so each row is the gradient for one latent. `tf.norm(x, axis=1, keepdims=True)` gives the length of each row, (N, 1).
# </details>


# %% tags=["exercise"]
def grow(z, generator, read_area, steps=20, stride=0.15):
    """z: latents (N, 100); read_area: images -> areas (N,) -> the path, (steps + 1, N, 100), z first."""
    z = tf.constant(z, tf.float32)
    # 1. The path is a list, with z in it. The radius of each latent's sphere is its own length, (N, 1).
    # 2. Repeat `steps` times:
    #    In a tf.GradientTape: watch z, call generator(z, training=False), and read the areas of its images.
    #    Take the gradient of the areas with respect to z, (N, 100).
    #    Add to z: `stride` times the gradient, divided by its own length (of each latent separately).
    #    Back to the sphere: divide z by its length and multiply by the radius. Append z to the path.
    # 3. Return the path: tf.stack(path).numpy().
    return ...


# %% tags=["check"]
checks.grow(grow)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def grow(z, generator, read_area, steps=20, stride=0.15):
#     z = tf.constant(z, tf.float32)
#     path = [z]
#     radius = tf.norm(z, axis=1, keepdims=True)  # (N, 1)
#     for _ in range(steps):
#         with tf.GradientTape() as tape:
#             tape.watch(z)
#             area = read_area(generator(z, training=False))  # (N,)
#         gradient = tape.gradient(area, z)  # (N, 100)
#         z = z + stride * gradient / tf.norm(gradient, axis=1, keepdims=True)
#         z = z * radius / tf.norm(z, axis=1, keepdims=True)
#         path.append(z)
#     return tf.stack(path).numpy()
# ```
# </details>

# %% [markdown]
# Your function climbs for sixteen brains at once. With a negative stride it walks downhill and makes tumours shrink. The two paths together lead from hardly any tumour to a huge one.

# %% tags=["slow"]
grow = use(grow, otherwise=course.grow)


@tf.function(reduce_retracing=True)
def read_tumour(images):
    """Images (N, 64, 64, 1) -> tumour areas in mm², (N,), so that a tape can follow."""
    place = names.index("tumour")
    standardised = regressor.network(images, training=False)[:, place]
    return standardised * float(regressor.scale[place]) + float(regressor.mean[place])


begin = latent.draw_latents(16, seed=49)
up = np.asarray(grow(begin, generator, read_tumour))
down = np.asarray(grow(begin, generator, read_tumour, stride=-0.15))
path = np.concatenate([down[:0:-1], up])  # (41, 16, 100): down backwards, then up; 20 is the beginning
area = np.stack([read_tumour(generator(z, training=False)) for z in path.astype(np.float32)])  # (41, 16)
mine = 15
frames = [10, 16, 20, 24, 28, 40]
titles = [f"{max(0, a):,.0f} mm²" for a in area[frames, mine]]
latent_figures.rows({"": paint(path[frames, mine])}, titles, "A tumour grows along your gradient.", width=1.5)
print(f"from the beginning to the end: {np.linalg.norm(up[-1] - up[0], axis=1).mean():.1f} on average")

# %% [markdown]
# The path is short: twenty steps of 0.15 cover at most 3, but two random brains are 14 apart. And the tumour does not just become larger. It gets a bright rim and darker parts inside, which nobody requested.
#
# **Keep it.** The next cell saves a film of three of your brains.

# %% tags=["slow"]
chosen = [15, 9, 0]
growth = film.Film(every_seconds=5)
for z, areas in zip(path[8:], area[8:], strict=True):
    words = ", ".join(f"{max(0, a):,.0f}" for a in areas[chosen])
    growth.add(paint(z[chosen])[..., None], f"Tumour area in square mm: {words}")
Path("kept").mkdir(exist_ok=True)
growth.save("kept/my_tumour_grows.gif", "Three tumours grow along your gradient.")
print("Saved as kept/my_tumour_grows.gif, beside this notebook.")

# %% [markdown]
# Your path is also in the explorer: A is its beginning, B is its end, and **Position** moves between them on the sphere.

# %% tags=["slow"]
LatentExplorer("dcgan-flair", anchors=(path[8, mine], path[-1, mine]))

# %% [markdown]
# ## 4. What did you get?
#
# The regressor reads what you requested. But the regressor also led the way: **it marks its own homework**. So we ask a second judge that took no part, a **threshold**. It counts the pixels that are much brighter than the rest of the brain. The last line shows how much of a tumour the threshold finds where the truth is known.
#
# And what else changed? We request 1,500 mm² more in two ways: on your path, and with the course's own search, which holds ventricles, brain area and height constant while it climbs. Each row of the table gives the size of a change, up or down. The third column shows how much two random brains differ. **Predict**: in the second column, does the rest of the brain stay the same?

# %% tags=["slow"]
arrived = np.abs(area[20:] - area[20] - 1500).argmin(0)  # the step at which each brain reaches it
own = up[arrived, range(16)]
fixed = space.gradient(network).move(begin, area[20 + arrived, range(16)])
latents = {"your path": own, "three things fixed": fixed, "another brain": latent.draw_latents(16, seed=50)}

before = paint(begin)
table = pd.DataFrame({name: compare(before, paint(z), regressor) for name, z in latents.items()})
for name, images in (("before", before), ("on your path", paint(own))):
    seen = (
        regressor.measure(images)[:, names.index("tumour")],
        morphometry.by_threshold(images, "flair")["tumour"],
    )
    print(f"tumour {name:12}: regressor {seen[0].mean():,.0f} mm², threshold {seen[1].mean():,.0f} mm²")
print()
print(table.to_string(float_format=lambda x: f"{x:,.0f}" if abs(x) > 20 else f"{x:.2f}"))
held_out = load_held_out_slices()
slope = threshold_slope(held_out.images, held_out.seg)
print(f"\nOf each mm² of tumour in held-out slices, the threshold finds {slope:.2f} mm².")

# %% [markdown]
# 1. **The judges disagree.** Before the search the threshold finds more tumour than the regressor, and afterwards less. It finds little more than half of the growth, though it finds most of the tumour in held-out slices. So some of this growth seems to exist for the regressor only.
# 2. **More than the tumour changed.** On your path the other numbers change, and so does the grey far from the tumour.
# 3. **Fixing an attribute fixes only what you measured.** In the second column ventricles, brain and height change much less. The grey far from the tumour changes nearly as much as before, because nobody fixed it.

# %% tags=["slow"]
show = [15, 3, 5]
latent_figures.differences(
    before[show],
    paint(fixed)[show],
    ("before", "1,500 mm²\nmore"),
    [f"brain {k}" for k in show],
    "Three brains before and after, with three things fixed. Red: brighter than before. Blue: darker.",
)

# %% [markdown]
# The tumour of brain 3 moved to the other side; blue marks the place that it left. And all of brain 5 became a little darker.
#
# ### Erase it
# Your second path leads downhill. We stop where the regressor reads less than 50 mm², and measure with the threshold what is left. The figure shows six tumours that were plain to see.

# %% tags=["slow"]
read_down = area[20::-1]  # (21, 16): from the beginning down
gone = (read_down < 50).any(0)  # (16,): the search succeeded
stop = np.where(gone, (read_down < 50).argmax(0), 20)
erased, read = paint(down[stop, range(16)]), read_down[stop, range(16)]
saw, sees = (morphometry.by_threshold(images, "flair")["tumour"] for images in (before, erased))
share = sees / np.maximum(saw, 1)
order = [k for k in np.argsort(share) if gone[k] and saw[k] > 1000]  # plain to see, and erased
order = [*order[:3], *order[-3:]]
latent_figures.rows(
    {"before": before[order], "erased": erased[order]},
    [
        f"regressor\n{area[20, k]:,.0f} to {read[k]:,.0f} mm²\nthreshold\n{saw[k]:,.0f} to {sees[k]:,.0f} mm²"
        for k in order
    ],
    "Erased tumours: the three with the smallest share left by the threshold, and the three with the largest.",
    width=1.5,
)
print(
    f"the regressor reads less than 50 mm² in {gone.sum()} of 16; "
    f"there the threshold's mean fell from {saw[gone].mean():,.0f} to {sees[gone].mean():,.0f} mm²"
)

# %% [markdown]
# On the left, both judges find little tumour, and you can hardly tell that there was one. On the right, at least two tumours are still visible. Yet the regressor finds hardly any tumour. **A search finds whatever improves the judge's score, which need not be what you meant.** An image changed to fool a network is an **adversarial example**.
#
# The left half shows a safety problem. With a GAN, researchers have erased lung cancers from CT scans and added others, and radiologists were fooled (CT-GAN, below). Digital signatures on the files protect against that; looking more carefully does not.
#
# ## 5. The way back
#
# Can the generator paint a slice that it has never seen? The search for the latent of a given image is called **inversion**. The loop is the one you know, with a different aim: a small difference between the generated image and the slice.
#
# ### Exercise 4: find the latent of a slice
# This time an optimiser takes the steps. **Adam** adapts their size, and goes downhill by itself. Adam updates variables, so z is a `tf.Variable`.
#
# <details><summary>Hint</summary>
#
# The tape watches a variable by itself. Each error depends on its own latent only, so `tape.gradient(error, z)` has a row for each latent. Adam takes a list of pairs, here with one pair. Use the `adam` that was passed in: it remembers its earlier steps.
# </details>


# %% tags=["exercise"]
def find_latent(z, images, generator, adam, steps=80):
    """z: (N, 100), where to begin; images: (N, 64, 64, 1) -> latents (N, 100), errors (steps, N)."""
    z = tf.Variable(z)
    # 1. An empty list of errors. The radius of each latent, (N, 1).
    # 2. Repeat `steps` times:
    #    In a tape: the mean squared error of each generated image, (N,): tf.reduce_mean(..., axis=(1, 2, 3)).
    #    Let Adam take a step: adam.apply_gradients([(gradient, z)]).
    #    Back to the sphere: z.assign(...). Append the error to the list.
    # 3. Return the latents and the errors as arrays: z.numpy(), np.array(errors).
    return ...


# %% tags=["check"]
checks.find_latent(find_latent)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def find_latent(z, images, generator, adam, steps=80):
#     z = tf.Variable(z)
#     errors = []
#     radius = tf.norm(z, axis=1, keepdims=True)  # (N, 1)
#     for _ in range(steps):
#         with tf.GradientTape() as tape:
#             difference = generator(z, training=False) - images
#             error = tf.reduce_mean(difference**2, axis=(1, 2, 3))  # (N,)
#         gradient = tape.gradient(error, z)
#         adam.apply_gradients([(gradient, z)])
#         z.assign(z * radius / tf.norm(z, axis=1, keepdims=True))
#         errors.append(error)
#     return z.numpy(), np.array(errors)
# ```
# </details>

# %% [markdown]
# We search for three images. The first was painted by the generator itself, so a latent exists that reproduces it exactly. The others are held-out slices, one with a large tumour and one without. Each search begins at the best of 400 random latents. **Predict**: what will the generator not be able to paint?

# %% tags=["slow"]
find_latent = use(find_latent, otherwise=course.find_latent)
ill, well = held_out.two()
targets = np.stack([paint(latent.draw_latents(1, seed=99))[0], held_out.images[ill], held_out.images[well]])
draws = latent.draw_latents(400, seed=7)
painted = np.concatenate([paint(part) for part in np.split(draws, 4)])
best = [np.argmin(((painted - target) ** 2).mean((1, 2))) for target in targets]
found, errors = find_latent(draws[best], targets[..., None], generator, keras.optimizers.Adam(0.06))
nearest = paint(np.asarray(found))

for name, error in zip(("its own", "tumour", "no tumour"), np.sqrt(errors).T, strict=True):
    print(f"{name:10} error " + " -> ".join(f"{error[k]:.2f}" for k in (0, 5, 20, len(error) - 1)))
latent_figures.differences(
    nearest, targets, ("nearest\nfound", "slice"), ("its own", "tumour", "no tumour"),
    "Three slices and the nearest image found for each. Red: the slice is brighter than that image. Blue: darker.",
)  # fmt: skip

# %% [markdown]
# The errors (root mean squares) fall. Even for the generator's own image the search stops short of the perfect answer. In the held-out slices it finds the outline, the brightness and part of the tumour, but not the folds and not every ventricle.
#
# What is left over, the **residual**, has been proposed as a lesion detector (AnoGAN, below): what the generator cannot paint would be disease. So we mark the 5 % of the brain with the largest residual, and ask how much of that is tumour.

# %% tags=["slow"]
difference = np.abs(targets[1] - nearest[1])
brain, tumour = morphometry.brain_of(targets[1:2])[0], held_out.seg[ill] > 0
marked = brain & (difference >= np.quantile(difference[brain], 0.95))
print(
    f"tumour among the marked pixels: {tumour[marked].mean():.0%}; among all of the brain: {tumour[brain].mean():.0%}"
)

# %% [markdown]
# Marking pixels at random would be nearly as good. **What the generator cannot reproduce is not necessarily disease.** Here, most of it is not. And not all disease stands out: this generator learned from slices with tumours, so it can paint them. (One slice is not enough to judge the method.)
#
# ## In practice
# - **Treat a number beside a slider as a claim.** Ask who measured it, how well, and on which images. We measured ours on phantoms only.
# - **A path is not a prognosis.** No patient's tumour grew the way that yours grew in latent space.
# - **What goes together in the cohort goes together in the generator.** In a cohort of patients, a direction for "older" would also change whatever came with age in that hospital.
#
# <details><summary>Fine print</summary>
#
# - The threshold marks blurred pixels that exceed the median of their own brain by 0.9 interquartile ranges (`gancourse/metrics/morphometry.py`). Like every such rule it misses the faint edge of a tumour, so some of the disagreement comes from the threshold.
# - "Far from the tumour" means the brain without what the threshold marks before or after the search, and without two pixels around that.
# - The course's search is `gancourse/gans/latent_gradient.py`: it removes from the gradient what would change the three fixed attributes. `gancourse/gans/inversion.py` inverts from several starting points and with a falling learning rate.
# - Inversion does not edit a patient. It finds a generated image that resembles the patient's slice, and an edit changes that generated image.
# - AnoGAN's generator had been trained on healthy images only. That helps with disease that would otherwise not stand out, but not with healthy detail that a generator cannot paint.
# - A slice that inverts much better than others may have been memorised by the generator. Lesson 44 looks for such copies.
# - Why should tissue far from a tumour get darker? Each slice is scaled by its own brightness, so in the training set a large bright tumour goes with darker tissue. That is our explanation; we have not tested it.
# - The generator is a DCGAN (Radford, Metz and Chintala 2016, arXiv 1511.06434). It learned from 512 phantoms (its card, `gancourse/weights/dcgan-flair.json`, names the cohort), and only from slices with a tumour of more than 20 pixels.
# - The explorer's page is also in the book, as *Live without a kernel*. There the browser runs the generator, but the tumour's slider is missing, since the browser computes no gradients.
# </details>
#
# ### Go further
# 1. Use your `grow` on `ventricles`. Do you get larger ventricles, or another slice?
# 2. Remove from the gradient the part along `directions["height"]` before each step. What does the table say now?
#
# ### References
# - White (2016), *Sampling generative networks*, arXiv 1609.04468: spherical interpolation.
# - Shen et al. (2020), *Interpreting the latent space of GANs for semantic face editing*, arXiv 1907.10786.
# - Zhu et al. (2016), *Generative visual manipulation on the natural image manifold*, arXiv 1609.03552: inversion.
# - Schlegl et al. (2017), *Unsupervised anomaly detection with generative adversarial networks to guide marker discovery*, arXiv 1703.05921: AnoGAN.
# - Mirsky et al. (2019), *CT-GAN: Malicious tampering of 3D medical imagery using deep learning*, arXiv 1901.03597.
