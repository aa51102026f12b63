# %% [markdown]
# # Measure brain tissue, and say how sure you are
#
# **Part 5 of the deck: Segmentation of Medical Images with GANs.** You will see two scans of one person. Between them the brain lost 2 % of its volume. Which is the later scan? The deck says that comparing "the amount of gray matter, white matter and cerebrospinal fluid" is "vital for doctors". Here you test that claim with numbers.
#
# **What you'll do.** Train a pix2pix that labels brain tissue, and measure a phantom patient with it. Then find out how wrong such a measurement is, and how large a loss must be before it can be believed.
#
# **What you'll learn.**
# - to turn labels into millilitres;
# - to train a conditional GAN where part of the truth is unknown;
# - how a mixture of bell curves finds tissue without training, and how it fails;
# - to tell systematic error from scatter, and change from error.
#
# **What you need.** Lessons 31 (volumes and labels) and 41 (how a GAN is trained). Lesson 51 too: its U-Net, and its discriminator that judges a *pair* of images, are used again. **Time:** 62 minutes, of which the computer needs about one.

# %%
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import chi2

from gancourse import losses, pretrained
from gancourse.cohort.scheme import MODALITIES, TISSUES
from gancourse.metrics.intervals import bootstrap
from gancourse.networks.patchgan import build_patchgan
from gancourse.project import project_root
from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
import keras
from gancourse.teaching import figures
from gancourse.teaching.checks import lesson52 as checks, use
from gancourse.teaching.clock import live_seconds
from gancourse.teaching.data import lesson_data, slices_folder
from gancourse.teaching.figures import tissue_figures
from gancourse.teaching.material import pix2pix_parts, scan_rescan, tissue_parts as course

# %% [markdown]
# Our patient is a **volunteer**: a phantom without a tumour, on which no network was trained. Each scan has its own noise. **Which scan is the later one, A or B?** And a second guess: how many millilitres of fluid, grey matter and white matter does this brain have? Together they come to about 1.5 litres. Put your guess into the cell. Section 2 compares it with the truth.

# %% tags=["slow"]
my_guess = {"CSF": 500, "GM": 500, "WM": 500}  # mL: fluid, grey matter, white matter

person = scan_rescan.volunteer(15)
# the same person, with ventricles 1 mm wider on each side and sulci 20 % wider
shrunk = replace(person, ventricle_mm=person.ventricle_mm + 1, sulcus_gain=1.2 * person.sulcus_gain)
before = scan_rescan.visit(person, modalities=MODALITIES)  # a scan, voxels of 2 mm
after = scan_rescan.visit(shrunk, scan=1, modalities=MODALITIES)
figures.montage(
    {"scan A": after.middle(after.images["t1"]), "scan B": before.middle(before.images["t1"])},
    "The middle axial slice of two T1 scans of one person. Between them, 2 % of the brain was lost.",
    width=4.2,
)

# %% [markdown]
# Section 5 has the answer.
#
# ## 1. From labels to millilitres
#
# The brain floats in **cerebrospinal fluid** (CSF). This fluid fills the **ventricles**, the chambers inside, and the **sulci**, the furrows of the surface. **Grey matter** (GM) holds the bodies of the nerve cells, most of them in the **cortex**, a folded sheet about 3 mm thick. **White matter** (WM) holds the fibres between the cells, and is brightest on T1.
#
# Our networks take 64 x 64 pixels. So we cut the scan into axial slices with pixels of 3.25 mm, each slice 2 mm thick, with a gap of 2 mm before the next. **Predict**: which tissue loses volume on the coarser grid?

# %% tags=["slow"]
scans, truth = before.network_slices()  # (N, 64, 64, 4) in [-1, 1], (N, 64, 64)
k = len(truth) // 2  # a slice in the middle
fine, coarse = before.middle(before.tissue), truth[k]
tissue_figures.tissues(
    [before.middle(before.images["t1"]), (fine, fine), (coarse, coarse)],
    ["T1, 2 mm", "its tissue, 2 mm", "on the network's grid, 3.25 mm"],
    "A slice of the volunteer, its true tissue, and the true tissue on the grid of the network.",
    width=3.2,
)

# %% [markdown]
# ### Exercise 1: volumes from slices
# Each slice stands for its own thickness *and* for the gap up to the next slice. Radiologists call this the **method of discs**. 1 mL is 1,000 mm³.
#
# <details><summary>Hint</summary>
#
# `TISSUES` is `{1: "CSF", 2: "GM", 3: "WM"}`, so `for label, tissue in TISSUES.items():` goes through both. `(labels == label).sum()` counts voxels in all slices.
# </details>


# %% tags=["exercise"]
def volumes_ml(labels, pixel_mm, thickness_mm, gap_mm):
    """labels: (slices, rows, columns) of 0 outside, 1 CSF, 2 GM, 3 WM -> {"CSF": mL, "GM": mL, "WM": mL}"""
    # 1. How far apart are the centres of two slices?
    # 2. The volume of a voxel, in mL.
    # 3. For each tissue: the number of its voxels times that volume.
    return ...


# %% tags=["check"]
checks.volumes_ml(volumes_ml)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def volumes_ml(labels, pixel_mm, thickness_mm, gap_mm):
#     distance_mm = thickness_mm + gap_mm
#     voxel_ml = pixel_mm**2 * distance_mm / 1000
#     volumes = {}
#     for label, tissue in TISSUES.items():
#         voxels = (labels == label).sum()
#         volumes[tissue] = voxels * voxel_ml
#     return volumes
# ```
#
# Forgetting the gap is a classic mistake: here every volume would be halved, in every patient, and nobody would notice.
# </details>

# %% tags=["nbval-check-output", "slow"]
volumes_ml = use(volumes_ml, otherwise=course.volumes_ml)
true_ml = volumes_ml(before.tissue, 2.0, 2.0, 0.0)  # every voxel of 2 mm counts
grid_ml = volumes_ml(truth, 3.25, 2.0, 2.0)
for tissue, ml in true_ml.items():
    error = grid_ml[tissue] / ml - 1
    print(f"{tissue:3} {ml:4.0f} mL, {ml / sum(true_ml.values()):.0%}; on the network's grid {error:+.0%}")

# %% [markdown]
# Half of the volume inside the brain mask is grey matter. On the coarse grid, 13 % of the fluid disappears, because a sulcus is narrower than a pixel. A pixel at a border holds two tissues but can carry only one label. This is the **partial volume** effect, and no network can undo it on this grid.
#
# <details><summary>Fine print: share of what?</summary>
#
# The sum of the three is called the **intracranial volume** (ICV), but here it is only what the mask of the skull-stripped brain contains. The true intracranial volume reaches to the inside of the skull and holds more fluid.
# </details>
#
# ## 2. Train a network to label tissue
#
# pix2pix (lesson 51) learns from pairs: scans, and the labels that should come out. But most phantom patients of the course have a tumour, and nobody knows which tissue lies inside it. Its pixels get the label `losses.IGNORE`, which is 255 and means "not known". Label 0, outside the brain, *is* known.

# %%
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.training.translation import Translation

folder = lesson_data(subjects=20, modalities=MODALITIES, tissue=True)
whole = slices_folder(folder).with_name(f"slices-whole-{folder.name}")
slices = make_slices(find_subjects(folder)[:40], whole, span=(0.0, 1.0), step_mm=6.0)
batches = Translation(direction="mr-to-tissue").batches(slices, seed=0)  # endless, 16 slices each
x, y = next(iter(batches))  # (16, 64, 64, 4), (16, 64, 64)
n = int(np.argmax((y.numpy() == losses.IGNORE).sum((1, 2))))
tissue_figures.tissues(
    [x[n, ..., 0].numpy(), x[n, ..., 3].numpy(), (y[n].numpy(), y[n].numpy())],
    ["T1", "FLAIR", "labels"],
    "A training slice of a phantom patient with a tumour. Black: not known.",
    width=3.2,
)

# %% [markdown]
# ### Exercise 2: a loss that ignores what is not known
# The network gives four probabilities per pixel: outside, CSF, GM, WM. The loss is the **cross-entropy**, the mean of $-\ln(p_\text{true} + 10^{-7})$ over the *known* pixels, including those outside the brain (0).
#
# <details><summary>Hint</summary>
#
# `tf.one_hot(tf.cast(labels, tf.int32), 4)` writes a 1 at the true class. For 255, which is no class, it gives four zeros. `tf.reduce_sum(..., axis=-1)` sums over the classes.
# </details>


# %% tags=["exercise"]
def label_loss(labels, output):
    """labels: (B, H, W), 0 to 3 or 255; output: probabilities (B, H, W, 4) -> one number, a tensor"""
    # truth: (B, H, W, 4), one-hot
    # p_truth: (B, H, W), the probability of the true class
    # known: (B, H, W), 1.0 where the label is not 255, else 0.0
    # surprise: minus the logarithm, and 0 where the label is not known
    # sum of the surprise over the number of known pixels
    return ...


# %% tags=["check"]
checks.label_loss(label_loss)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def label_loss(labels, output):
#     truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
#     p_truth = tf.reduce_sum(truth * output, axis=-1)
#     known = tf.cast(labels != 255, tf.float32)
#     surprise = -tf.math.log(p_truth + 1e-7) * known
#     return tf.reduce_sum(surprise) / tf.reduce_sum(known)
# ```
# </details>

# %% [markdown]
# ### Exercise 3: the training step
# The discriminator $D$ judges a pair: scans and a tissue map. With scans $x$, one-hot truth $y$ and output $G(x)$, the two losses are
#
# $$\text{d\_loss} = \tfrac12\, L_D\big(D(x, y),\, D(x, G(x))\big), \qquad \text{g\_loss} = L_G\big(D(x, G(x))\big) + \lambda \cdot \text{label\_loss}$$
#
# $L_D$ is `losses.discriminator_loss(real_logits, fake_logits)` and $L_G$ is `losses.generator_loss(fake_logits)`. The half slows the discriminator down, and $\lambda$ (`lam`) says how much the labels weigh against the discriminator. One thing is new. Where the label is not known, `tf.one_hot` makes the truth four zeros, but the output is not zero. The discriminator could spot the output from that alone, so set the output to zero there as well.
#
# <details><summary>Hint</summary>
#
# `known = tf.reduce_sum(truth, axis=-1, keepdims=True)` is (B, H, W, 1), and `output * known` has zeros where the label is not known. Each network needs its own tape, its own gradients and its own optimiser: `d_optimizer.apply(gradients, variables)`.
# </details>


# %% tags=["exercise"]
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    """scans (B, H, W, 4), labels (B, H, W) -> d_loss, g_loss, after one update of each network"""
    # truth: one-hot labels (B, H, W, 4); known: (B, H, W, 1)
    # inside two tapes, d_tape and g_tape:
    #     output: the generator's probabilities for the scans, with training=True
    #     real_logits: discriminator([scans, truth], training=True)
    #     fake_logits: the same for the output, with zeros where the label is not known
    #     d_loss and g_loss
    # gradients of each loss for the trainable_variables of its own network, and one update of each
    return ...


# %% tags=["check"]
checks.train_step(train_step)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
#     truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
#     known = tf.reduce_sum(truth, axis=-1, keepdims=True)
#     with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
#         output = generator(scans, training=True)
#         real_logits = discriminator([scans, truth], training=True)
#         fake_logits = discriminator([scans, output * known], training=True)
#         d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
#         g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
#     d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
#     g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
#     d_optimizer.apply(d_gradients, discriminator.trainable_variables)
#     g_optimizer.apply(g_gradients, generator.trainable_variables)
#     return d_loss, g_loss
# ```
# </details>

# %% [markdown]
# Train for 30 seconds, with lesson 51's U-Net as the generator, a PatchGAN as the discriminator and the paper's $\lambda = 100$. `tf.function` compiles the step, so it runs faster. The picture shows a slice of the volunteer. **Predict**: which tissue is learned last?

# %% tags=["slow"]
label_loss = use(label_loss, otherwise=course.label_loss)
train_step = use(train_step, otherwise=course.train_step)
keras.utils.set_random_seed(52)
generator = pix2pix_parts.build_unet(channels=4, classes=4)  # probabilities
discriminator = build_patchgan(channels=4, map_channels=4, filters=(16, 32, 64))
g_optimizer, d_optimizer = keras.optimizers.Adam(4e-3, 0.5), keras.optimizers.Adam(2e-4, 0.5)
networks = generator, discriminator, g_optimizer, d_optimizer
step, grown, end = tf.function(train_step), {}, time.monotonic() + live_seconds(30)
for number, (x, y) in enumerate(batches, start=1):
    d_loss, g_loss = step(x, y, *networks, label_loss, 100.0)
    late = time.monotonic() > end
    if number in (5, 25, 75) or late:
        grown[f"step {number}"] = generator(scans[k : k + 1], training=False).numpy()[0].argmax(-1)
        print(f"step {number:4}: d_loss {d_loss:.2f}, g_loss {g_loss:.1f}")
    if late:
        break

# %% tags=["slow"]
tissue_figures.tissues(
    [*((labels, truth[k]) for labels in grown.values()), (truth[k], truth[k])],
    [*grown, "truth"],
    "The generator's labels for a slice of the volunteer after more and more training steps, and the truth.",
    width=2.2,
)

# %% [markdown]
# Usually large areas of grey and white matter come first, and the fluid in the narrow sulci last. Now measure the patient. The course's small `pix2pix-tissue` learned from 512 phantom patients in ten epochs, but only from slices in the middle of the brain. **Predict**: does it beat your network?


# %% tags=["slow"]
def measure(network, scans):
    """Scans (N, 64, 64, 4) of a whole brain -> mL of each tissue; the network gives 4 numbers per pixel."""
    labels = np.argmax(network(scans, training=False), axis=-1)
    return volumes_ml(labels, 3.25, 2.0, 2.0)


shipped = pretrained.load("pix2pix-tissue")
measured = {
    "my guess": my_guess,
    "my network": measure(generator, scans),
    "pix2pix-tissue": measure(shipped, scans),
}
for name, ml in measured.items():
    print(
        f"{name:15}",
        "  ".join(f"{t} {ml[t]:4.0f} mL ({ml[t] / true_ml[t] - 1:+4.0%})" for t in TISSUES.values()),
    )

# %% [markdown]
# **You have measured a brain with a GAN that you trained yourself.** How far off the result is depends on how many steps your computer made. After 30 seconds your network can even do worse than your guess, and the shipped network is usually closer for every tissue. It comes within ten per cent of the true grey and white matter, but it finds a quarter too little fluid: many sulci are thinner than a pixel of 3.25 mm, and it has never seen the top and the bottom of a brain.
#
# ## 3. By brightness alone
#
# The classical way needs no training. Each tissue has its own brightness, so the histogram of a T1 scan should be a sum of three bell curves. Such a sum is a **Gaussian mixture**: it has a mean, a width and a weight for each curve. **Predict**: will the three curves be well separated?

# %% tags=["slow"]
from sklearn.mixture import GaussianMixture
from gancourse.segmentation.mixture import Mixture

t1 = before.images["t1"].astype(np.float32)
values = t1[before.brain][:, None]  # (voxels, 1)
model = GaussianMixture(3, random_state=1).fit(values[::4])
components = model.predict(values)  # the curve that explains each voxel best: 0, 1 or 2
means, widths = model.means_.ravel(), np.sqrt(model.covariances_.ravel())
print("means of components 0, 1, 2:", means.round())
order = np.argsort(means)
tissue_figures.curves(
    {
        "all voxels of the brain": (
            values.ravel(),
            Mixture(means[order], widths[order], model.weights_[order]),
        )
    },
    "T1 intensities of the volunteer, with the three Gaussians that were fitted to them, and their sum.",
)

# %% [markdown]
# The curves overlap, because the scan has noise, because of partial volume, and because the coil is more sensitive in some places than in others (the **bias field**). The curves, called components, come in *any* order, and the mixture does not know what grey matter is. Somebody has to tell it.
#
# ### Exercise 4: name the tissues
# Turn the components' numbers into labels, 1 CSF, 2 GM and 3 WM, by the brightness of the means.
#
# <details><summary>Hint</summary>
#
# You need the rank of each component: 0 for the darkest, 2 for the brightest. `np.argsort(means)` answers a different question: which component is the darkest.
# </details>


# %% tags=["exercise"]
def name_tissues(components, means):
    """components: (n,) of 0, 1, 2 in any order; means: (3,) -> labels (n,) of 1, 2, 3"""
    # rank: (3,), how many components are darker than this one
    # the rank of each voxel's component, counted from 1
    return ...


# %% tags=["check"]
checks.name_tissues(name_tissues)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def name_tissues(components, means):
#     rank = np.argsort(np.argsort(means))
#     return rank[components] + 1
# ```
#
# With a single `argsort`, the answer is right for four of the six orders, so that a test with one order may well pass.
# </details>

# %% tags=["slow"]
name_tissues = use(name_tissues, otherwise=course.name_tissues)
of_mixture = np.zeros_like(before.tissue)
of_mixture[before.brain] = name_tissues(components, means)
measured["mixture"] = volumes_ml(of_mixture, 2.0, 2.0, 0.0)
print({tissue: f"{measured['mixture'][tissue] / ml - 1:+.0%}" for tissue, ml in true_ml.items()})
tissue_figures.tissues(
    [before.middle(t1), (before.middle(of_mixture), fine), (list(grown.values())[-1], truth[k])],
    ["T1", "mixture", "my network"],
    "The volunteer as the mixture and as my network label it. Black here: a wrong label.",
    width=3.2,
)

# %% [markdown]
# The mixture finds the fluid well, but mistakes a lot of grey matter for white. **A model can fit the data well without having found the tissues.**
#
# ## 4. How wrong is a volume?
#
# One patient proves little. `experiments/tissue_study.py` measured eight volunteers, ours among them, with three mixtures and with the course's **segmenter**, a large U-Net. **N4** removes the bias field; the *careful* mixture also fits its curves only where brightness is even, away from borders. **Predict**: are these repairs safe?

# %% tags=["nbval-check-output"]
table = pd.read_csv(project_root() / "data" / "results" / "tissue.csv")
first = table[table["change"] == "first"]
errors = {  # per cent of the true volume: by method, a row for each volunteer
    method: pd.DataFrame({t: 100 * (rows[f"ml_{t}"] / rows[f"true_{t}"] - 1) for t in TISSUES.values()})
    for method, rows in first.groupby("method", sort=False)
}
for method, error in errors.items():
    print(f"{method:18}", "  ".join(f"{t} {error[t].mean():+3.0f} ± {error[t].std():2.0f} %" for t in error))
fluid = bootstrap(errors["network, T1"]["CSF"], seed=0)
print(f"fluid by the network from T1: {fluid.mean:+.0f} % ({fluid.low:+.0f} to {fluid.high:+.0f})")

# %%
figures.dots(
    {method.replace(", ", ",\n").replace(" mix", "\nmix"): error["WM"] for method, error in errors.items()},
    "error of white matter, %",
    "Error of the white matter volume; a dot is a volunteer.",
    reference=(0, "right"),
)

# %% [markdown]
# The first number is the mean, or **systematic error**. The number after ± is the **scatter**, a standard deviation: how much the error varies from person to person. In the figure, the bar marks the median.
#
# No, the repairs are not safe. N4 alone makes the error of white matter *worse*, from +37 to +58 % on average. In four volunteers the careful mixture is right to within 6 %; in one it finds twice the white matter that is there. The segmenter's errors for grey and white matter are small. From T1 it finds 20 % too much fluid, and the 95 % interval, from resampling the volunteers, excludes zero. **A systematic error can be corrected, or drops out if you compare only within one method. Scatter cannot be corrected.** So never compare volumes across methods.
#
# ## 5. Did the brain shrink?
#
# Back to the opening. **Scan A is the later one**: the ventricles are 1 mm wider on each side, and the sulci 20 % wider. A third scan shows the *unchanged* brain again. Subtract the first scan (B) from both. **Predict**: will you see what was lost, and only that?

# %% tags=["slow"]
again = scan_rescan.visit(person, scan=2, modalities=MODALITIES)
cut = before.middle
base = cut(t1)
differences = {
    "unchanged brain": cut(again.images["t1"]) - base,
    "after the loss": cut(after.images["t1"]) - base,
}
tissue_figures.differences(
    base,
    differences,
    "The first scan; the difference when nothing had changed; and the difference after a loss of 2 %.",
)

# %% [markdown]
# Where fluid took the place of brain, the later scan is darker (blue), most visibly at the rims of the ventricles. But the scan of an unchanged brain differs from the first as well, because noise and the bias field are new each time.
#
# A large head has more of everything, so we measure a share: (GM + WM) / (CSF + GM + WM), the **brain parenchymal fraction**. Here it is a share of the brain mask. How large a change does *your* network find?


# %% tags=["slow"]
def brain_share(ml):
    """Per cent of the brain mask that is grey or white matter, of volumes by tissue."""
    return 100 * (ml["GM"] + ml["WM"]) / (ml["CSF"] + ml["GM"] + ml["WM"])


for name, seen in {"unchanged brain": again, "after the loss": after}.items():
    true_change = 100 * (brain_share(seen.volumes_ml) / brain_share(true_ml) - 1)
    found = brain_share(measure(generator, seen.network_slices()[0]))
    change = 100 * (found / brain_share(measured["my network"]) - 1)
    print(f"{name:16} true change {true_change:+.1f} %, by my network {change:+.1f} %")

# %% [markdown]
# Whatever your network reports for the unchanged brain is error. One rescan of one person does not show how large this error can get. For that, take many people.
#
# ### Exercise 5: the smallest change that counts
# Everybody is scanned twice, and nobody has changed. Take the difference of each person's two scans. Of 100 such differences, 95 lie within 1.96 standard deviations of their mean. This limit is the **repeatability coefficient**: a change in one patient has to exceed it to count as more than error.
#
# <details><summary>Hint</summary>
#
# `np.std(differences, ddof=1)` estimates a standard deviation from a sample of people.
# </details>


# %% tags=["exercise"]
def smallest_change(first, second):
    """first, second: (n,), a measure of the same unchanged people at two scans -> one number"""
    return ...


# %% tags=["check"]
checks.smallest_change(smallest_change)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def smallest_change(first, second):
#     differences = second - first
#     spread = np.std(differences, ddof=1)
#     return 1.96 * spread
# ```
#
# The spread among people does not matter here: they differ for good reasons. Nor does the error of a single scan, which is smaller by a factor of the root of 2: a change is a difference of two scans, and both have an error.
# </details>

# %% [markdown]
# Now use it on the table, with each person's first scan as 100 %. The second scan was made on the same scanner, or on another with different contrast and resolution. **Predict**: which limits are below 1 %?

# %% tags=["nbval-check-output"]
smallest_change = use(smallest_change, otherwise=course.smallest_change)
visits = {name: rows.set_index("volunteer") for name, rows in table.groupby(["method", "change"], sort=False)}
print("smallest change of the brain share that counts, per cent (95 % interval)")
for method in [name for name in errors if name != "network, all four"]:
    line = f"{method:16}"
    for change, where in {"rescan": "same scanner", "scanner": "another"}.items():
        one, two = (
            brain_share(visits[method, c].filter(like="ml_").rename(columns=lambda name: name[3:]))
            for c in ("first", change)
        )
        limit = smallest_change(np.full(len(one), 100.0), (100 * two / one).to_numpy())
        low, high = limit * np.sqrt((len(one) - 1) / chi2.ppf((0.975, 0.025), len(one) - 1))
        line += f"  {where} {limit:.1f} ({low:.1f} to {high:.1f})"
    print(line)

# %% [markdown]
# As printed, only one limit is below 1 %, and it belongs to the method with the largest error of white matter. Its interval overlaps that of the segmenter, so it is not certain which of the two is better. **An error that is the same at both visits drops out of their difference.**
#
# In healthy people over 65, this share falls by about 0.5 % a year, and with mild Alzheimer's disease by about 1 % (Fotenos et al.). So none of these methods can tell one year of normal ageing from its own error, even on one scanner. Our loss of 2 % exceeds the limit of three of the four methods on one scanner; between two scanners, it exceeds none. With eight people each limit is uncertain by a factor of two, as the intervals show.
#
# And your own network? Its limit is not in the table, and one rescan is not enough to find it. So the change printed above cannot be believed yet, whether or not it is near 2 %.
#
# Is the comparison vital for doctors, as the deck says? It can be, if the error is known. Compare one patient at two times, on one scanner, by one method, and believe only a change above the limit. A single volume is not a diagnosis.
#
# ### Keep it
# Your report holds the patient's volumes with their errors, as you, your network and the others measured them. The segmenter's are from the table.

# %% tags=["slow"]
row = first[(first["volunteer"] == 15) & (first["method"] == "network, T1")].iloc[0]
measured["segmenter"] = {t: row[f"ml_{t}"] for t in TISSUES.values()}
report = pd.DataFrame(measured).T.rename_axis("method")
for tissue in TISSUES.values():
    report[f"{tissue} error, %"] = 100 * (report[tissue] / true_ml[tissue] - 1)
Path("kept").mkdir(exist_ok=True)
report.round(1).to_csv("kept/tissue_report.csv")
figure = tissue_figures.volumes(true_ml, measured, "Volunteer 15: volumes, and their errors")
figure.savefig("kept/tissue_report.png", dpi=120)
figures.show(figure, "Volumes of the volunteer by five ways to measure; dashed: the true volumes.")
print("Saved as kept/tissue_report.png and kept/tissue_report.csv, beside this notebook.")

# %% [markdown] tags=["optional"]
# ## Optional: thick slices, and a real brain
#
# In a hospital slices are often 5 or 6 mm thick, because that is quicker. A thick voxel shows the mean of what it covers. We made such images from the fine ones, so that the truth is known. **Predict** which tissue loses volume.

# %% tags=["optional", "nbval-check-output"]
voxels = {"first": "2 x 2 x 2 mm", "thick": "2 x 2 x 6 mm", "coarse": "4 x 4 x 4 mm"}
for method in ("careful mixture", "network, T1"):
    for change, size in voxels.items():
        rows = visits[method, change]
        means = {t: 100 * (rows[f"ml_{t}"] / rows[f"true_{t}"] - 1).mean() for t in TISSUES.values()}
        print(f"{method:16} {size}  " + "  ".join(f"{t} {mean:+.0f} %" for t, mean in means.items()))

# %% [markdown] tags=["optional"]
# The thicker the voxels, the more borders lie inside them, and the borders of the folded cortex are everywhere. Grey matter loses volume with both methods; what happens to fluid depends on the method. If the first scan of a patient has voxels of 2 mm and the second has slices of 6 mm, a program may find a loss of cortex that never was.
#
# The SRI24 atlas (Rohlfing et al.) is the average of 24 living people's brains, with tissue labels. Here is the Dice of each method, the overlap with those labels, measured by `python experiments/tissue_study.py atlas FOLDER`.

# %% tags=["optional", "nbval-check-output"]
for _, row in table[table["change"] == "atlas"].iterrows():
    print(f"{row['method']:16} " + "  ".join(f"{t} {row[f'dice_{t}']:.2f}" for t in TISSUES.values()))

# %% [markdown] tags=["optional"]
# An average of 24 people has hardly any noise, which suits the careful mixture. Its repairs were chosen on volunteers 0 to 7, and then also tried on this atlas. Where labels were made from intensities, as those of an atlas often are, that helps a mixture too. One atlas is a sample of one, so no interval can be given.

# %% [markdown]
# ## In practice
# - **From one scan** you may conclude that a volume is far outside what healthy people of that age have, measured by the *same* method. One scan cannot tell you why: age, dehydration and alcohol also shrink brains.
# - **From two scans** you may conclude that there was a loss, if it exceeds the limit of this method for these scanners. On a new drug, brains may lose water without losing cells (pseudo-atrophy).
# - **Phantoms are easier than people.** Nobody moved, and all volunteers are deformed copies of one anatomy, so limits for patients are larger.
# - **For research and teaching only.** Nothing here is for diagnosis.
#
# <details><summary>Fine print</summary>
#
# - The truth labels each voxel with the tissue that has the largest share, so a "true" volume has a partial-volume error of its own.
# - The mask of the brain was given. In practice, skull stripping comes first, and its errors go straight into fluid.
# - The intervals of the limits assume normally distributed differences. The interval of the fluid's error comes from resampling the eight people (`bootstrap`).
# - The mixture's repairs were chosen on volunteers 0 to 7, who are not in the table. No network learned from any volunteer.
# - White-matter lesions are as dark as grey matter on T1, and each of these methods may count them as grey matter.
# - Our loss of 2 % is made of wider ventricles and wider sulci; the head stays. $\lambda$ is the paper's; the learning rates of the two optimisers are our choice.
# - The deck's goal is quoted from its slide; the deck has no measurement of tissue. Its source, NVIDIA's lab, translates T1 slices into tissue labels and back.
# </details>
#
# ### Go further
# 1. Train for three minutes with `live_seconds(180)`. Which error shrinks, and which one stays because of the grid?
# 2. In `measure`, add up probabilities instead of labels. Which volume comes closer to the truth? Why is a probability not a share of tissue?
# 3. Take the discriminator away: in `train_step`, drop the adversarial term. Does any volume get worse?
#
# ### References
# - Isola et al., *Image-to-image translation with conditional adversarial networks*, CVPR 2017, arXiv 1611.07004.
# - Tustison et al., *N4ITK: improved N3 bias correction*, IEEE Transactions on Medical Imaging 29 (2010).
# - Fotenos et al., *Normative estimates of cross-sectional and longitudinal brain volume decline in aging and AD*, Neurology 64 (2005).
# - Bland and Altman, *Statistical methods for assessing agreement between two methods of clinical measurement*, The Lancet 327 (1986).
# - Rohlfing et al., *The SRI24 multichannel atlas of normal adult human brain structure*, Human Brain Mapping 31 (2010).
