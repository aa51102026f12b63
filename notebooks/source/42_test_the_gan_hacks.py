# %% [markdown]
# # Test the GAN hacks
#
# **Part 4 of the deck: Generating medical images.** The deck closes its GAN with five guidelines for a stable training. Later papers added dozens of **hacks**. They are handed on from notebook to notebook, mostly without a number. In this lesson each is switched off or on, several times, and measured.
#
# **What you'll do.** Say beforehand what each hack does; try one live; read a study of 72 trainings and find out what it can and cannot show; then diagnose four sick GANs from their curves.
#
# **What you'll learn.**
# - what the guidelines and the later hacks are, and what each is meant to cure;
# - why one run proves nothing, and how to compare many variants with one control;
# - which advice held here and which did not;
# - to tell collapse, a winning discriminator, a checkerboard and vanishing gradients apart.
#
# **What you need.** Lesson 41, which builds the GAN. **Time:** 60 minutes. The code runs in about one.

# %%
import dataclasses

import numpy as np
import pandas as pd
from scipy import stats

from gancourse.training.variants import BASELINE, GUIDELINES, LATER, variant
from gancourse.project import project_root
from gancourse.quiet import import_tensorflow
from gancourse.teaching.figures import gan_figures, hack_figures
from gancourse.teaching.checks import lesson42 as checks

tf = import_tensorflow()
results = project_root() / "data" / "results"

# %% [markdown]
# ## 1. What people say
#
# ### The deck's guidelines
# They come from the DCGAN paper (Radford and others, 2016). To test a guideline, break it:
#
# | the guideline | the variants that break it |
# |---|---|
# | Strided and transposed convolutions instead of pooling | `pooling`: max pooling in the discriminator, resizing in the generator |
# | Batch normalisation in both networks | `no-batchnorm-g`, `no-batchnorm-d`, `no-batchnorm` |
# | No hidden dense layers | `hidden-dense`: one in each network |
# | ReLU in the generator, tanh at its end | `leaky-g`, `linear-output` |
# | LeakyReLU in the discriminator | `relu-d` |
#
# ### What came later
# These are off in the deck's recipe. To test one, switch it on, together with what it needs.
#
# | variant | the idea | meant against |
# |---|---|---|
# | `adam-paper`, `init-paper` | step size 0.0002 and momentum 0.5; weights start as N(0, 0.02): the DCGAN paper's own settings, which the deck leaves out | unstable steps |
# | `smooth-labels` | the real images' target is 0.9, not 1 (Salimans and others, 2016) | a discriminator too sure of itself |
# | `instance-noise` | noise on all images that the discriminator sees, fading (Sønderby and others, 2017) | the same |
# | `two-rates` | the discriminator learns four times as fast (Heusel and others, 2017) | a generator that runs ahead |
# | `spectral` | its layers may not stretch anything (Miyato and others, 2018) | steep discriminators |
# | `r1` | a penalty on its slope at real images (Mescheder and others, 2018) | the same |
# | `wgan-gp` | a critic with slope 1 and five turns a round (Gulrajani and others, 2017) | vanishing gradients |
# | `hinge`, `least-squares` | other losses (Lim and Ye, 2017; Mao and others, 2017) | the same |
# | `augment` | real and generated images are shifted, cut and brightened alike (Zhao and others, 2020) | a discriminator that learns its images by heart |
# | `batch-std` | the discriminator sees how much a batch varies (Karras and others, 2018) | collapse |
# | `average` | paint with the average of the generator's weights (Yazıcı and others, 2019) | restless generators |
# | `resize` | enlarge by resizing, not by transposed convolutions (Odena and others, 2016) | checkerboards |
#
# In code, a variant is the **baseline** with a few fields changed. The baseline is the deck's recipe on 32 x 32 pixels with a quarter of the maps, so that a training takes a minute and a half and not hours.

# %% tags=["nbval-check-output"]
plain = dataclasses.asdict(BASELINE)
print({key: plain[key] for key in ("size", "base", "batch_size", "loss", "g_rate", "beta1")})
for name in ("pooling", "hidden-dense", "adam-paper", "wgan-gp"):
    print(f"{name:13}", {key: value for key, value in dataclasses.asdict(variant(name)).items() if value != plain[key]})  # fmt: skip
generator, discriminator = BASELINE.build_networks()
print(f"{generator.count_params():,} weights paint, {discriminator.count_params():,} judge")

# %% [markdown]
# ### Exercise 1: one hack by hand
# One-sided label smoothing is one line. The deck's discriminator loss asks for 1 at real images and for 0 at generated ones. Ask for `1 - smooth` at real images instead. `log_loss` is the surprise of lesson 41.


# %%
def log_loss(target, logits):
    """Mean surprise: cross-entropy between a target from 0 to 1 and the sigmoid of the logits."""
    return np.mean(np.logaddexp(0, logits) - target * logits)


# %% tags=["exercise"]
def smoothed(real_logits, fake_logits, smooth):
    """Logits, and how much to take off -> the discriminator's loss, one number."""
    return ...


# %% tags=["check"]
checks.smoothed(smoothed)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def smoothed(real_logits, fake_logits, smooth):
#     return log_loss(1 - smooth, real_logits) + log_loss(0, fake_logits)
# ```
#
# Why one side only? With a target of 0.1 at generated images the discriminator would be asked to find something good in every bad image, and the generator would be told to keep it.
# </details>

# %% [markdown]
# ### Your predictions
# **Predict**: compared with the baseline at the same cost, does each variant bring images *closer* to real ones, *farther* away, or is there *no* difference that could be seen? Below stands what the papers say: a broken guideline hurts, a hack helps. Overwrite it with what you think. The study will score it.

# %%
predictions = {name: "farther" for name in GUIDELINES} | {name: "closer" for name in LATER}
predictions["leaky-g"] = "farther"  # for example: change these lines, and add your own
predictions["smooth-labels"] = "closer"

# %% [markdown]
# ## 2. One hack, live
#
# Choose one. It trains for 400 rounds here on your machine, and so does the baseline. The measure is **KID**, a kernel distance between what is painted and slices of held-out patients: 0 if both come from the same distribution (lesson 44 builds it). It is computed on features that the course trained on brain MR, so compare it with nothing else.

# %%
HACK = "adam-paper"

# %% tags=["slow"]
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices
from gancourse.teaching.data import lesson_data, slices_folder

folder = lesson_data()
slices = make_slices(find_subjects(folder)[:48], slices_folder(folder))
t1 = np.asarray(slices.images[..., slices.modalities.index("t1")], np.float32)
small = t1.reshape(-1, 32, 2, 32, 2).mean((2, 4))  # each pixel the mean of four
held = np.concatenate([slices.select("validation"), slices.select("test")])
patients = slices.table["patient"].to_numpy()
print(f"{len(slices.select('train'))} slices to learn from, {len(held)} held out")

# %% tags=["slow"]
from gancourse import pretrained
from gancourse.training.callbacks import StopAfter
from gancourse.gans.averaging import recalibrate
from gancourse.gans.latent import draw_latents
from gancourse.metrics.fidelity import kid

embed = pretrained.load("features/brain-mr").embed
to_real = embed(small[held])


def live(recipe, rounds=400, seed=0):
    """Train at most 25 s, paint 400 images; returns them with their KID and its standard error."""
    gan = recipe.build(seed, "float32")
    batches = slices.dataset("train", "t1", 32 * recipe.d_steps, seed, repeat=True)
    batches = batches.map(lambda images: tf.nn.avg_pool2d(images, 2, 2, "VALID"))
    gan.fit(batches, steps_per_epoch=rounds, shuffle=False, verbose=0, callbacks=[StopAfter(25)])
    painter = gan.ema_generator if gan.ema else gan.generator
    recalibrate(painter, recipe.latent_dim)
    images = painter.predict(draw_latents(400, recipe.latent_dim, seed=1), verbose=0)[..., 0]
    images = np.clip(images, -1, 1)
    return images, *kid(embed(images), to_real, groups_b=patients[held])


# %% tags=["slow"]
lived = {name: live(variant(name)) for name in ("baseline", HACK)}
for name, (_, value, error) in lived.items():
    print(f"{name:12} KID {value:8.2f} (standard error {error:.2f})")
gan_figures.grids(
    {"held out": small[held][::9][:16]} | {name: images[:16] for name, (images, *_) in lived.items()},
    "Sixteen held-out slices at 32 x 32, and sixteen of each training.", width=2.6,
)  # fmt: skip

# %% [markdown]
# Run it again with another `seed`, and the numbers change by more than the standard error. The error says how much KID would move with other *images*; it knows nothing of another *training*. The next section is about that.
#
# ## 3. The study
#
# `make ablations` trained every variant with three seeds and the baseline with six, on the 512 training patients of a cohort of 720. They are phantoms of version 1; those on your disk are of version 2. The rules:
# - **equal cost**: each run has the time of 3,000 rounds of the baseline on one core, about 90 seconds. A hack that makes a round dearer gets fewer rounds, and WGAN-GP's five turns count;
# - **the same start**: seed 1 sees the same images in the same order in every variant;
# - **what is judged**: 2,048 images by the generator at the end against all held-out slices.

# %% tags=["nbval-check-output"]
table = pd.read_csv(results / "ablations.csv")
study, full = table[table["size"] == 32], table[(table["size"] == 64) & (table["seed"] < 10)]
print(
    f"{len(study)} runs of {study['variant'].nunique()} variants, {study['seconds'].sum() / 3600:.1f} hours of one core"
)
logs = np.log10(study.set_index(["variant", "seed"])["kid"])
print("KID of the baseline's six seeds:", *(f"{10**x:.1f}" for x in logs["baseline"]))
print(f"KID of all runs: from {10 ** logs.min():.2f} to {10 ** logs.max():.0f}")

# %% tags=["slow"]
hack_figures.study(
    study, {"a guideline broken": list(GUIDELINES), "a later hack": list(LATER)}, "baseline",
    "Every run of the study. Grey: the range of the baseline's six runs.",
)  # fmt: skip

# %% [markdown]
# Look at the grey band before anything else: **the same recipe, six times, with nothing changed but the seed.** Whoever trains the baseline once and a hack once can "prove" nearly anything.
#
# KID spans factors of ten, so the plot and all that follows use its logarithm.
#
# ### Exercise 2: how many times as far?
# Sum up a variant in one number: how many times as far from real images as the baseline, where a *typical* run is the geometric mean, the mean of the logarithms turned back.


# %% tags=["exercise"]
def times_as_far(kids, baseline):
    """KIDs of a variant's runs and of the baseline's, arrays of any length -> a ratio."""
    return ...


# %% tags=["check"]
checks.times_as_far(times_as_far)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def times_as_far(kids, baseline):
#     return np.exp(np.log(kids).mean() - np.log(baseline).mean())
# ```
#
# With plain means one bad seed decides: the mean of 1, 1 and 100 is 34, and no run was like that.
# </details>

# %% [markdown]
# ### Twenty-two questions at once
# Ask 22 times with an interval of 95 %, and one "difference" is to be expected where there is none. **Dunnett's test** is made for many variants and one control: its intervals hold *all at once* in 95 % of studies. It assumes that runs of all variants scatter equally (in logarithms).

# %% tags=["nbval-check-output"]
control = logs["baseline"].to_numpy()
names = [*GUIDELINES, *LATER]
test = stats.dunnett(
    *(logs[name].to_numpy() for name in names), control=control, rng=np.random.default_rng(0)
)
interval = test.confidence_interval(0.95)
rows = []
for k, name in enumerate(names):
    middle = 10 ** (logs[name].mean() - control.mean())
    low, high = (10 ** np.array([interval.low[k], interval.high[k]])).round(2)  # 1.00 counts as 1
    verdict = "farther" if low > 1 else "closer" if high < 1 else "no"
    rows.append({"variant": name, "times as far": middle, "low": low, "high": high, "difference": verdict})
verdicts = pd.DataFrame(rows).set_index("variant").sort_values("times as far")
scatter = np.sqrt(np.mean([logs[name].var(ddof=1) for name in names]))
print(f"typical scatter of one variant's seeds: a factor of {10**scatter:.1f}")
for verdict, found in verdicts.groupby("difference"):
    print(f"{verdict}: {', '.join(found.index)}")

# %%
means = study.groupby("variant")[["recall", "spectrum_error", "d_accuracy", "rounds"]].mean()
verdicts.join(means).round(
    {"times as far": 2, "low": 2, "high": 1, "recall": 2, "spectrum_error": 2, "d_accuracy": 2, "rounds": 0}
)

# %% [markdown]
# (`recall`: the share of held-out slices that lie among the painted ones; `spectrum_error` in decibels; `d_accuracy`: the discriminator's right answers in the last tenth of the training.)

# %% tags=["slow"]
with np.load(results / "ablations.npz") as file:
    painted = {name: file[name][:8] / 127.5 - 1 for name in file.files if not name.startswith("full-")}
best = verdicts.index[0]
shown = [best, "baseline", "no-batchnorm", "linear-output", "hidden-dense"]
gan_figures.grids(
    {name: painted[name] for name in shown}, "Eight images each by seed 0 of five variants.", width=1.9
)

# %% [markdown]
# Four variants come closer, three go farther, and of fifteen nothing can be said.
#
# - **Beyond doubt harmful**: hidden dense layers, a generator without batch normalisation, a linear output. Each is farther by a factor of 20 to 500. Here the deck is right.
# - **Helpful**: resizing instead of transposed convolutions, in all three runs alike, and the DCGAN paper's step size and momentum, which the deck leaves out. Each comes about ten times as close; of the latter's three runs, one did not (5.5). No added loss or penalty did as much.
# - **Claims of the deck that do not hold here.** *No pooling*: `pooling` comes closer, not farther. It also resizes in its generator, and `resize` alone does at least as well; so pooling in the discriminator did no harm that resizing did not outweigh. *LeakyReLU in the discriminator*: not supported. Plain ReLU comes six times as close, but it is a borderline case: leave out the three failures, which scatter little and narrow everybody's interval, and its end passes 1. *Batch normalisation in the discriminator* and *ReLU in the generator*: no difference was seen either way.
# - **The famous ones**: hinge, least squares, spectral normalisation, R1 and WGAN-GP cannot be told from the baseline at this budget. WGAN-GP's three runs are a third as far on average, with a quarter of the rounds, and R1's three times as far; both intervals hold 1.
# - Averaged weights miss a verdict by less than a hair: the interval ends at 1.0005, that of `relu-d` at 0.92. There is no cliff between the two.
#
# In the pictures: without tanh there is grain where the background should be black, and the hidden dense layers ended in plain white (seed 0; the other seeds in noise).

# %% tags=["nbval-check-output"]
right = [predictions[name] == verdict for name, verdict in verdicts["difference"].items()]
wrong_way = [
    {predictions[name], verdict} == {"closer", "farther"} for name, verdict in verdicts["difference"].items()
]
print(f"predictions that held: {sum(right)} of {len(right)}; the other way round: {sum(wrong_way)}; cannot be told: "
      f"{(verdicts['difference'] == 'no').sum()}")  # fmt: skip

# %% [markdown]
# ### What this study cannot say
# - **Three seeds** see large differences only. A variant between the intervals' ends may be twice as good as the baseline or twice as bad: "no difference was seen" is not "there is none".
# - **The baseline is not at its best.** A hack that would do nothing for a well-set training can look like a miracle for a badly set one, and the other way round. Each hack was tried with one strength, its paper's.
# - **Small and short.** 32 x 32, a quarter of the maps, 90 seconds. A hack against overfitting, like `augment`, has nothing to cure before the discriminator has seen its images often.
# - **One kind of data**: phantoms of one anatomy, T1.
#
# ### At the deck's size
# What holds for a stamp may fail for a picture. So the two changes that helped most were put together with what the DCGAN paper does anyway, at 64 x 64: **`paper-resize`** is half as wide as the deck's networks, resizes, takes batches of 64, the paper's Adam and first weights, smoothed labels, mirrored images and averaged weights. It was chosen with seed 10, against the same without resizing (`paper`, KID 0.084 with a standard error of 0.006; with resizing 0.037 and 0.004). Here both meet the deck's full networks, the baseline, with three fresh seeds each. One good and the worst single change from the small study, `adam-paper` and `no-batchnorm-g`, came along with one run each. Every run has the time of 600 rounds of the baseline on one core, nine minutes.

# %% tags=["slow"]
summary = full.groupby("variant").agg(
    runs=("seed", "count"), kid=("kid", lambda x: 10 ** np.log10(x).mean()), least=("kid", "min"), most=("kid", "max"),
    recall=("recall", "mean"), spectrum_error=("spectrum_error", "mean"), rounds=("rounds", "mean"),
)  # fmt: skip
summary.sort_values("kid").round({"kid": 2, "least": 2, "most": 2, "recall": 2, "spectrum_error": 2})

# %% tags=["slow"]
with np.load(results / "ablations.npz") as file:
    large = {
        name.removeprefix("full-"): file[name][:8] / 127.5 - 1
        for name in file.files
        if name.startswith("full-")
    }
order = [name for name in summary.sort_values("kid").index if name in large]
gan_figures.grids(
    {name: large[name] for name in order}, "Eight images each at 64 x 64, best first.", width=2.6
)

# %% tags=["nbval-check-output"]
wide = {name: np.log10(rows["kid"]) for name, rows in full.groupby("variant")}
for other, least in {"baseline": 2, "paper": 1}.items():
    gain = wide[other].mean() - wide["paper-resize"].mean()
    error = np.sqrt(wide[other].sem() ** 2 + wide["paper-resize"].sem() ** 2)
    print(f"paper-resize is {float(f'{10**gain:.2g}'):,g} times as close as {other}, {(gain - np.log10(least)) / error:.1f} standard errors "
          f"beyond {'twice' if least == 2 else 'equal'}")  # fmt: skip

# %% [markdown]
# Thousands of times as close, at the same cost: a better recipe is no matter of taste. The deck's full networks had 600 rounds and are still fog; the smaller ones had 800 or more, with twice the images in each. The two single changes kept their order, too: the paper's Adam alone brings the deck's networks from some hundred to 3, and without batch normalisation in the generator nothing comes of them.
#
# And resizing? Compare the seeds. With seed 10, which chose it, `paper-resize` came twice as close as `paper`. With fresh ones it is ahead by less, and by fewer than two standard errors. **The seed that chooses flatters.** There is more to doubt: the three runs of `paper-resize` were made twice. The first time a fault in our code drew the first weights of all layers alike, and they reached 0.068, 0.124 and 0.061, about as far away as `paper` is here. So whether resizing helps at this size stays open.
#
# The course ships generators that resize, trained nearly five times as long: KID 0.024 in T1, 0.027 in FLAIR. Those it shipped before had transposed convolutions, and 0.075 and 0.156. That is no test of resizing either: they also had fewer passes (26 and 29 in place of 32 and 45) and the faulty first weights. One run each, and three things changed at once.
#
# ## 4. The sick ward
#
# Four GANs were made sick on purpose (`python experiments/failures.py`): 600 rounds each on the small networks. First their curves. **Right answers** are the discriminator's. **Variety** says how much the painted images differ from each other, 100 % being real slices. **Slope** is how much the generator could learn at that moment, the length of the slope of its loss.

# %%
ward = pd.read_csv(results / "failures.csv")
letters = {"A": "vanishing gradients", "B": "collapse", "C": "checkerboard", "D": "winning discriminator"}
sick = {letter: ward[(ward["failure"] == name) & (ward["mended"] == 0)] for letter, name in letters.items()}
hack_figures.symptoms(
    sick,
    "Four sick trainings. Top: losses. Middle: right answers of the discriminator, and variety. Bottom: the slope.",
)

# %% tags=["slow"]
with np.load(results / "failures.npz") as file:
    beds = {name: file[name] / 127.5 - 1 for name in file.files}
gan_figures.grids(
    {"held out": beds["real"]} | {letter: beds[name] for letter, name in letters.items()},
    "Sixteen held-out slices, and what the four generators paint at the end.", width=2.3,
)  # fmt: skip

# %% [markdown]
# ### Exercise 3: the diagnosis
# Which is which? (The cell above gives the answer away if you read its code. Look at the pictures.)
# - `"collapse"`: the generator has found one image that passes, and makes nothing else;
# - `"winning discriminator"`: it is always right, and the generator, though it hears how to improve, is too slow;
# - `"checkerboard"`: overlapping transposed convolutions leave a pattern;
# - `"vanishing gradients"`: the discriminator is so sure that the generator hears nothing at all.

# %% tags=["exercise"]
diagnosis = {"A": ..., "B": ..., "C": ..., "D": ...}

# %% tags=["check"]
checks.diagnosis(diagnosis)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# diagnosis = {"A": "vanishing gradients", "B": "collapse", "C": "checkerboard", "D": "winning discriminator"}
# ```
#
# A and D look alike: noise in the pictures, a discriminator that is always right. The slope tells them apart. In A it falls to nothing; in D it is as large as ever, and nobody uses it. B has losses that a textbook would call perfect, and one picture. C is right with its outlines, and the pattern sits inside.
# </details>

# %% [markdown]
# ### The mend
# One change each, chosen after the diagnosis. **Predict** each before you look.

# %% tags=["nbval-check-output"]
from gancourse.training.failures import FAILURES

for letter, name in letters.items():
    before = {key: getattr(FAILURES[name].recipe, key) for key in FAILURES[name].change}
    last = ward[(ward["failure"] == name) & (ward["round"] == FAILURES[name].steps)].set_index("mended")
    print(f"{letter} {name}: {before} -> {FAILURES[name].change}")
    for key in ("d_accuracy", "variety", "slope"):
        print(f"    {key:10} {last[key][0]:6.3f} -> {last[key][1]:6.3f}")

# %% tags=["slow"]
gan_figures.grids(
    {f"{letter}, mended": beds[f"{name}, mended"] for letter, name in letters.items()},
    "The same four, with one change each.", width=2.3,
)  # fmt: skip

# %% [markdown]
# - **Vanishing gradients** (A): in the zero-sum game the generator's loss goes flat where the discriminator is sure. The deck's loss, the non-saturating one, does not (lesson 41 draws both). The discriminator still learns ten times as fast; that alone does no harm here.
# - **Collapse** (B): this generator took steps ten times as long as its opponent. The losses are those of undecided police, 1.386 and 0.693, so **a balanced loss is no sign of health**: look at variety.
# - **Checkerboard** (C): resizing instead of transposed convolutions. The fine pattern is gone; fog and holes remain, since 600 rounds under a strong penalty are few. A mend cures one disease.
# - **Winning discriminator** (D): give the generator back its step size. The discriminator is right in 94 of 100 cases still, and the images are brains. **High accuracy of the discriminator alone is no sign of illness.**
#
# ## In practice
# - **Change one thing, several times.** Six seeds of the control cost more than any single hack, and without them none of the rest could be read.
# - **Optimiser first.** Before you add a penalty or a loss, look at step size and momentum.
# - **Compare at equal cost**, or the slower method wins by having more of your electricity.
# - **Curves tell you that something is wrong; pictures and variety tell you what.**
# - The live run uses your phantoms, 48 of them, and a few hundred rounds: it shows the direction at most.
# - Dunnett's test assumes equal scatter. Variants that fail completely scatter less, `adam-paper` and `pooling` more. With Welch's test and a correction for 22 questions, only the three failures remain: three seeds are few.
# - Seeds were paired, and it gained nothing: what seed 1 does to the baseline says nothing of what it does to a variant.
# - 32 x 32 is far from a diagnostic image, and phantoms are not patients.
#
# ### Go further
# 1. Train one variant with seeds 3 to 5 as well (`make ablations ARGS="small r1 --seeds 3 4 5"`). How much narrower does its interval get?
# 2. Combine two hacks: `dataclasses.replace(variant("adam-paper"), networks="resize")`. Do gains add up?
# 3. Make a fifth patient: a generator that is far too small. Which of the three curves shows it?
# 4. Repeat the study's best variant with FLAIR. Does the order stay?
#
# ### References
# - Radford, Metz and Chintala, *Unsupervised representation learning with deep convolutional generative adversarial networks*, ICLR 2016, arXiv 1511.06434.
# - Salimans et al., *Improved techniques for training GANs*, NIPS 2016, arXiv 1606.03498.
# - Odena, Dumoulin and Olah, *Deconvolution and checkerboard artifacts*, Distill 2016, doi 10.23915/distill.00003.
# - Sønderby et al., *Amortised MAP inference for image super-resolution*, ICLR 2017, arXiv 1610.04490.
# - Heusel et al., *GANs trained by a two time-scale update rule converge to a local Nash equilibrium*, NIPS 2017, arXiv 1706.08500.
# - Gulrajani et al., *Improved training of Wasserstein GANs*, NIPS 2017, arXiv 1704.00028.
# - Lim and Ye, *Geometric GAN*, 2017, arXiv 1705.02894. Mao et al., *Least squares generative adversarial networks*, ICCV 2017, arXiv 1611.04076.
# - Miyato et al., *Spectral normalization for generative adversarial networks*, ICLR 2018, arXiv 1802.05957.
# - Mescheder, Geiger and Nowozin, *Which training methods for GANs do actually converge?*, ICML 2018, arXiv 1801.04406.
# - Karras et al., *Progressive growing of GANs for improved quality, stability, and variation*, ICLR 2018, arXiv 1710.10196.
# - Lucic et al., *Are GANs created equal? A large-scale study*, NeurIPS 2018, arXiv 1711.10337: with enough seeds and tuning, most losses come out alike.
# - Yazıcı et al., *The unusual effectiveness of averaging in GAN training*, ICLR 2019, arXiv 1806.04498.
# - Zhao et al., *Differentiable augmentation for data-efficient GAN training*, NeurIPS 2020, arXiv 2006.10738.
# - Dunnett, *A multiple comparison procedure for comparing several treatments with a control*, Journal of the American Statistical Association 50 (1955).
