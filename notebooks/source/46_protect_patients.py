# %% [markdown]
# # Protect patients
#
# **Part 4 of the deck: Generating medical images.** The deck says that synthetic images help to solve the problem of anonymisation: you share them, and no scan leaves the hospital. Here is a generator that was trained on the scans of 256 people. Below are ten people. Who was among the 256?
#
# **What you'll do.** Attack generators to find out who trained them, and test your attacks where there is nothing to find. Then write the private training step, count what it protects, and keep a data sheet.
#
# **What you'll learn.**
# - how a GAN can betray who trained it;
# - why an attack proves nothing without controls;
# - what differential privacy promises a patient, and what it costs;
# - what you may claim of synthetic images.
#
# **What you need.** Lessons 41 and 44, NumPy, and the idea of a gradient. **Time:** 61 minutes.

# %%
import time
from pathlib import Path

import numpy as np

from gancourse.gans.private_gan import draw_patients
from gancourse.metrics import accountant
from gancourse.metrics.attacks import plant
from gancourse.metrics.memorisation import distances
from gancourse.quiet import import_tensorflow
from gancourse.teaching import figures
from gancourse.teaching.checks import lesson46 as checks
from gancourse.teaching.checks import use
from gancourse.teaching.clock import live_seconds
from gancourse.teaching.figures import privacy_figures
from gancourse.teaching.material import private_loop, privacy_runs
from gancourse.teaching.material import privacy_parts as course
from gancourse.teaching.widgets import AttackBoard
from gancourse.training.private_training import PrivateRecipe

tf = import_tensorflow()
people = privacy_runs.lesson_people()  # made once, in a minute or two

# %% [markdown]
# Beside each person are the three nearest generated images. If the generator has learned somebody by heart, one of these images should be suspiciously close.

# %% tags=["slow"]
you = AttackBoard("game", seed=46)
you

# %% [markdown]
# At the end you saw how a simple attack judged the same people.
#
# ## 1. Three attacks
#
# A person whose scan trained a model is a **member**. Membership alone can be a secret: if all members had a brain tumour, it reveals a diagnosis. A **membership attack** gives each person a score that should be higher for members. What it can use depends on what you share:
#
# | you share | the attacker asks | called | in the code |
# |---|---|---|---|
# | images only | How near is the nearest generated image? | full black box | `distance` |
# | the generator | How well can the generator paint this person? | white box | `inversion` |
# | the discriminator, too | How sure is it that this scan is real? | accessible discriminator | `discriminator` |
#
# We let the generator from the game paint 3,000 images, and attack it. Here are three members and three held-out people, each above the nearest generated image.

# %% tags=["slow"]
run = privacy_runs.read_run("few")
generated = run.paint()  # (3000, 32, 32)
six = np.concatenate([people.members[:3], people.others[2:5]])
nearest = generated[distances(six, generated).argmin(axis=1)]
figures.montage(
    [*six, *nearest],
    "Three members, three held-out people, and the generated image nearest to each: T1 slices of 32 x 32 pixels.",
    titles=["a member"] * 3 + ["held out"] * 3 + ["nearest generated"] * 6,
    columns=6, width=1.7, limits=(-1, 1),
)  # fmt: skip

# %% [markdown]
# ### Exercise 1: the black-box attack
#
# The nearer the nearest generated image, the likelier the person is a member. Let the score be *minus* the distance to it. `distances(a, b)` gives the distances from all images in `a` to all images in `b`, (N, M).


# %% tags=["exercise"]
def distance_score(images, generated):
    """images (N, H, W), generated (M, H, W) -> a score for each image, (N,), higher for a likelier member."""
    return ...


# %% tags=["check"]
checks.distance_score(distance_score)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def distance_score(images, generated):
#     apart = distances(images, generated)  # (N, M)
#     nearest = apart.min(axis=1)
#     return -nearest
# ```
# </details>

# %% [markdown]
# ### Exercise 2: how good is an attack?
#
# Pair every member with every held-out person. The share of pairs in which the member has the higher score is the **area under the ROC curve** (**AUC**): 0.5 is guessing, and 1 is a perfect attack. A tie counts one half.
#
# With other people the area would differ, so report a 95 % interval. Let $w$ be the shares of pairs that the members win, one for each member, and $v$ the shares that held-out people lose. The scatter of $w$ and of $v$ gives the standard error:
#
# $$\text{error} = \sqrt{\frac{\text{var}(w)}{\text{members}} + \frac{\text{var}(v)}{\text{held-out people}}}, \qquad \text{interval} = \text{AUC} \pm 1.96 \times \text{error}$$
#
# <details><summary>Hint</summary>
#
# `members[:, None] > others` compares everybody with everybody, (M, N), and `==` finds the ties. In the table of wins, the mean of a row is that of a member, and the mean of a column that of a held-out person.
# </details>


# %% tags=["exercise"]
def attack_success(members, others):
    """Scores of members (M,) and of others (N,) -> area, low end, high end."""
    # 1. wins, (M, N): 1 where the member's score is higher, 0.5 where it is equal, 0 where it is lower
    # 2. the area: the mean of all wins
    # 3. the means by member (M,) and by other (N,), and the error from their variances
    return ..., ..., ...


# %% tags=["check"]
checks.attack_success(attack_success)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def attack_success(members, others):
#     wins = (members[:, None] > others) + 0.5 * (members[:, None] == others)  # (M, N)
#     area = wins.mean()
#     by_member = wins.mean(axis=1)  # (M,)
#     by_other = wins.mean(axis=0)  # (N,)
#     error = np.sqrt(by_member.var() / len(members) + by_other.var() / len(others))
#     return area, area - 1.96 * error, area + 1.96 * error
# ```
#
# This takes people as independent, and each has one score here. If a patient had twenty slices, you would average that patient's scores first.
# </details>

# %%
distance_score = use(distance_score, otherwise=course.distance_score)
attack_success = use(attack_success, otherwise=course.attack_success)

# %% [markdown]
# Now run the attacks. Inversion searches for the latent whose image comes closest to a person. The search is slow, so we read its scores from a file. **Predict**: which attack is the most dangerous?

# %% tags=["slow"]
inverted = privacy_runs.read_scores()["few"]["inversion"]
scores = {
    "distance": (distance_score(people.members, generated), distance_score(people.others, generated)),
    "inversion": (inverted["members"], inverted["others"]),
    "discriminator": (run.logits(people.members), run.logits(people.others)),
}
for name, (of_members, of_others) in scores.items():
    area, low, high = attack_success(of_members, of_others)
    found = np.mean(of_members > np.quantile(of_others, 0.99))
    print(f"{name:13} area {area:.2f} ({low:.2f} to {high:.2f});", end=" ")
    print(f"{found:3.0%} of the members found while 1 % of the others are accused")
titles = {
    "distance": "images only",
    "inversion": "with the generator",
    "discriminator": "with the discriminator",
}
privacy_figures.rocs(
    scores,
    titles,
    "Scores of members and of held-out people, by three attacks. The ROC curves show, for every "
    "threshold, which share of the members is found, and which share of the others is accused.",
)

# %% [markdown]
# The discriminator betrays its members: it has seen each slice about two hundred times, and what it knows looks real to it. Even so, it finds only about a quarter of them if it may accuse 1 % of the others. The other two attacks cannot be told from guessing: their intervals include 0.5. Are the images safe, or the attacks bad?
#
# ## 2. Is it membership?
#
# Members and held-out people differ in membership. But do they differ in nothing else? Here is an "attack" on nobody: both groups are held-out people, without a tumour in the slice and with one. **Predict** its area.

# %% tags=["slow"]
ill = people.others_ill
for name in ("distance", "discriminator"):
    of_others = scores[name][1]
    print(
        "{:13} area {:.2f} ({:.2f} to {:.2f})".format(name, *attack_success(of_others[~ill], of_others[ill]))
    )

# %% [markdown]
# The discriminator finds slices without a tumour more real, and the interval excludes 0.5. But nobody here was a member. If your members came from a screening study and your held-out people from a tumour clinic, you would have published this as a leak. Any difference can **bias a split**: scanner, year, age. So every attack needs **controls**, cases in which there is nothing to find.
#
# ### Exercise 3: members against other members
#
# The first control asks how far chance alone can carry an attack. Divide the *members* at random into two halves, and attack one half against the other. Do this 200 times, and return the range that holds 95 % of the areas.


# %% tags=["exercise"]
def control(scores, rng):
    """Scores of members only, (M,), and a random generator -> low and high end of 200 areas."""
    # 200 times: shuffle (rng.permutation), divide in two halves, keep the area of attack_success
    # np.quantile(areas, [0.025, 0.975]) are the ends of the range
    return ..., ...


# %% tags=["check"]
checks.control(control)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def control(scores, rng):
#     areas = []
#     for _ in range(200):
#         mixed = rng.permutation(scores)
#         half = len(mixed) // 2
#         area, _, _ = attack_success(mixed[:half], mixed[half:])
#         areas.append(area)
#     low, high = np.quantile(areas, [0.025, 0.975])
#     return low, high
# ```
# </details>

# %%
control = use(control, otherwise=course.control)

# %% [markdown]
# This control measures chance, but not bias. The second control measures bias: run the same attack on the same people, with a generator that saw *neither* group. Any area other than 0.5 now comes from the split.
#
# And before you believe an attack that finds nothing, give it a **positive control**: something that it must find. So we replace 100 of the generated images by noisy copies of members. In the runs with many patients, the slices of 20 patients were in the training set ten times.
#
# The board shows all these controls for ten runs and four attacks. `pixels` is the distance, and `features` compares lesson 44's features. The board has 1,000 held-out people, so its areas differ a little from yours. **Find** an attack that works, and a run in which none does. Then show the planted copies.

# %% tags=["slow"]
board = AttackBoard("board", run="few", attack="pixels", success=attack_success)
board

# %% [markdown]
# The discriminator of `few` knows its members, and that of `few-early` knows some. The distance finds the planted copies at once, so it is a working attack. It finds a weak trace of the members of `few`, and none of those of `many`. Now look at `many` and its discriminator. Ordinary members are nearly hidden, but patients whose slice was there ten times are not. **An average over patients says little about the one who stands out.**
#
# ## 3. Two cheap defences
#
# A network that overfits knows its training set too well. `few-early` stops after a quarter of the training. `few-augmented` changes the discriminator's images at random and adds R1, lesson 42's penalty on the discriminator's slope. `many` has 5,000 patients. **Predict** which helps most.

# %% tags=["nbval-check-output"]
table, attacks = privacy_runs.read_tables()
plain = {
    "few": "256 patients",
    "few-early": "stopped early",
    "few-augmented": "augmented",
    "many": "many patients",
}
privacy_figures.price(
    table,
    attacks,
    plain,
    "Quality and attacks of four runs without privacy; a mark for each of three seeds. The fine print says why "
    "inversion lies below 0.5.",
)
mine = attacks[(attacks["who"] == "members") & attacks["run"].isin(plain)]
print(mine.pivot_table(index="run", columns="attack", values="auc", sort=False).round(2).to_string())

# %% [markdown]
# Less overfitting helps: the discriminator's area falls from nearly 1 to about two thirds when training stops early, and to nearly one half with augmented images or with many patients. But stopping and augmenting cost quality here: KID (lesson 44) rises several times. Only more patients cost nothing.
#
# But a better attack may come tomorrow, when the images are already on the internet. Can we promise something that holds against every attack?
#
# ## 4. A step that nobody can notice
#
# **Differential privacy** promises each patient: *whoever uses the trained networks learns nearly the same as if you had not taken part.* Training keeps it if no patient can change the networks much, and if noise hides what change there is.
#
# Only the discriminator sees patients, so only its step changes. The generator learns from the discriminator alone, and whatever is computed from a private result stays private. Each patient's gradient $g$ is **clipped**: if it is longer than $C$, it is shortened to $C$. The clipped gradients are added up, and Gaussian noise with a standard deviation of $\sigma C$ is added to each number of the sum:
#
# $$\text{step} = \frac{1}{\text{expected}} \Big(\sum_{\text{patients}} g \cdot \min\!\big(1, \tfrac{C}{\lVert g \rVert}\big) + \text{noise}\Big)$$
#
# A patient may have many slices. So $g$ is the *mean* over a patient's slices, and it is clipped once per **patient**. We divide by the number of patients *expected* in a batch, because the true number would reveal whether one more patient was there.
#
# ### Exercise 4: the private step
#
# <details><summary>Hint</summary>
#
# `np.unique(patients)` lists the patients. `gradients[patients == patient]` are the rows of one of them. `np.linalg.norm` is the length of a vector. `rng.normal(0, spread, shape)` draws the noise.
# </details>


# %% tags=["exercise"]
def private_gradient(gradients, patients, clip, noise, expected, rng):
    """Gradients, a row for each slice (N, P), and whose each slice is (N,) -> the private gradient, (P,)."""
    # 1. total: zeros, (P,)
    # 2. for each patient: the mean of the rows, (P,); shorten it to `clip` if it is longer; add it to total
    # 3. add noise to total, once: mean 0, standard deviation noise * clip
    # 4. divide by the expected number of patients
    return ...


# %% tags=["check"]
checks.private_gradient(private_gradient)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def private_gradient(gradients, patients, clip, noise, expected, rng):
#     total = np.zeros(gradients.shape[1])
#     for patient in np.unique(patients):
#         gradient = gradients[patients == patient].mean(axis=0)
#         length = np.linalg.norm(gradient)
#         if length > clip:
#             gradient = gradient * clip / length
#         total = total + gradient
#     total = total + rng.normal(0, noise * clip, total.shape)
#     return total / expected
# ```
#
# A short gradient stays as it is. If you stretched it to the length C, patients with nothing to teach would push as hard as all others.
# </details>

# %% [markdown]
# Does it matter that you clip by patient? A patient with 1 to 64 slices joins eight others. How far does the sum move? **Predict** both curves.

# %% tags=["nbval-check-output"]
private_gradient = use(private_gradient, otherwise=course.private_gradient)
rng = np.random.default_rng(46)
others, direction = rng.normal(size=(8, 500)), rng.normal(size=500)
moved = {"clipped by slice": {}, "clipped by patient": {}}
for slices in (1, 2, 4, 8, 16, 32, 64):
    joined = np.concatenate([others, direction + rng.normal(0, 0.5, (slices, 500))])
    whose = {
        "clipped by slice": np.arange(len(joined)),
        "clipped by patient": np.minimum(np.arange(len(joined)), 8),
    }
    for name, numbers in whose.items():
        with_patient = private_gradient(joined, numbers, 1.0, 0.0, 1.0, rng)
        without = private_gradient(others, np.arange(8), 1.0, 0.0, 1.0, rng)
        moved[name][slices] = np.linalg.norm(with_patient - without)
for name, found in moved.items():
    print(f"{name:18}", *(f"{length:5.1f}" for length in found.values()))
privacy_figures.influence(
    moved, 1.0, "How far one patient moves the sum, by the number of the patient's slices (C is 1)."
)

# %% [markdown]
# Clipped by slice, a patient with 64 slices moves the sum almost 60 times as far as the noise is meant to hide. That protects slices, not people.
#
# Now train with your step. `gradients_of` computes the gradient of each person's loss, on the person's slice and one generated image. In every step, each person takes part with the same probability, independently of all others. **Predict**: what will the noise do?

# %% tags=["slow"]
recipe = PrivateRecipe(noise=1.0, batch=64)
training, rng, steps = private_loop.PrivateTraining(recipe.build(seed=46)), np.random.default_rng(46), 0
whose, rate = np.arange(len(people.members)), recipe.rate(len(people.members))
end = time.monotonic() + live_seconds(20)
while time.monotonic() < end and steps < 600:
    rows = draw_patients(whose, rate, seed=46, step=steps)  # who takes part
    gradients = training.gradients_of(people.members[rows], rows)  # (people, weights)
    gradient = private_gradient(gradients, rows, recipe.clip, recipe.noise, recipe.batch, rng)  # (weights,)
    training.move_discriminator(gradient)
    if steps % recipe.d_steps == 0:
        training.train_generator()  # never sees a patient
    steps += 1
own_images = training.paint(4)
print(f"{steps} private steps")
figures.montage(list(own_images), "Four images by your private GAN.", limits=(-1, 1))

# %% [markdown]
# Brains appear through the noise if your machine had time for a few hundred steps. How private is *your* GAN?
#
# ## 5. How much is epsilon?
#
# The promise has a number, **epsilon**. Because you took part, no result of the training becomes more than $e^\epsilon$ times as likely, or less likely by more than that factor, except with a tiny probability $\delta$ (here one in 100,000). With an epsilon of 0 (and no $\delta$), your scan makes no difference. Epsilon also bounds every attack that anybody will ever invent:

# %% tags=["nbval-check-output"]
for value in (0.1, 0.5, 1, 2, 4, 8):
    print(
        f"epsilon {value:3}: {np.exp(value):7.1f} times as likely at most; no attack's area exceeds {accountant.greatest_auc(value):.3f}"
    )

# %% [markdown]
# So an epsilon of 1 is a strong promise, and an epsilon of 8 by itself excludes hardly anything.
#
# Every step spends a little. The **Rényi divergence** measures how different a step looks with a patient and without. `accountant.rdp(rate, noise, a)` computes it for an **order** $a = 2, 3, \ldots$. Rényi divergences simply add up over the $T$ steps, and each order gives a bound:
#
# $$\epsilon = T\, \text{rdp}(a) + \log\frac{a - 1}{a} - \frac{\log \delta + \log a}{a - 1}$$
#
# Every order's bound holds, so take the smallest.
#
# ### Exercise 5: the accountant


# %% tags=["exercise"]
def epsilon(rate, noise, steps, delta):
    """The probability of a patient in a step, sigma, T, delta -> epsilon, one number."""
    # for each order in accountant.ORDERS: the bound of the formula, with np.log; keep the smallest
    return ...


# %% tags=["check"]
checks.epsilon(epsilon)

# %% [markdown] tags=["solution"]
# <details><summary>Solution</summary>
#
# ```python
# def epsilon(rate, noise, steps, delta):
#     bounds = []
#     for order in accountant.ORDERS:
#         spent = steps * accountant.rdp(rate, noise, order)
#         gained = np.log((order - 1) / order)
#         bound = spent + gained - (np.log(delta) + np.log(order)) / (order - 1)
#         bounds.append(bound)
#     return min(bounds)
# ```
# </details>

# %% [markdown]
# The study of section 6 draws 128 of 5,000 patients in a step, for 800 steps. **Predict**: do twice as many steps cost twice the epsilon? And what if there are 256 or 100,000 patients?

# %%
epsilon = use(epsilon, otherwise=course.epsilon)

# %% tags=["slow"]
counts, curves = 100 * 2 ** np.arange(6), {}
for patients in (256, 5000, 100_000):
    curves[f"{patients:,} patients"] = counts, [epsilon(128 / patients, 1.0, n, 1e-5) for n in counts]
print(f"{'steps':16}", *(f"{count:8}" for count in counts))
for name, (_, values) in curves.items():
    print(f"{name:16}", *(f"{value:8.2f}" for value in values))
privacy_figures.growth(
    curves,
    "Epsilon by the number of steps, with 128 patients in a step on average and noise of 1. The lowest line is "
    "nearly flat because most of its epsilon is the last part of the formula, which does not count steps.",
)
print(f"your GAN, 64 of 256: epsilon {epsilon(rate, recipe.noise, steps, 1e-5):.1f} after {steps} steps")

# %% [markdown]
# Twice as many steps cost less than twice the epsilon. Above all, epsilon falls with the number of patients, since each is drawn more rarely. **Privacy needs many people.**
#
# ## 6. The price
#
# Here are all runs with 5,000 patients. `clipped` has clipped gradients and no noise. The black bars show the greatest area that epsilon allows any attack. **Predict** how far below the bars the attacks lie.

# %% tags=["slow"]
private = {
    "many": "no defence",
    "many-early": "stopped early",
    "clipped": "clipped",
    **{f"noise-{n}": f"noise {n}" for n in (0.5, 1.0, 2.0, 4.0)},
}
privacy_figures.price(
    table, attacks, private, "Quality and attacks, with more and more noise; a mark for each of three seeds."
)
pictures = privacy_runs.read_pictures()
shown = [name for name in private if name in pictures]
figures.montage(
    [pictures[name][k] for k in range(2) for name in shown],
    "Two images each of the runs of seed 0. At a noise of 4, its KID is the middle one of the three above.",
    titles=[*(private[name] for name in shown), *[""] * len(shown)],
    columns=len(shown), width=1.6, limits=(-1, 1),
)  # fmt: skip

# %% [markdown]
# All attacks on private runs stay close to 0.5, and so do those on `many` and `clipped`, which have no bound at all. Noise insures against better attacks than these. The bars are far higher: they hold for the best possible attack on the patient who stands out most.
#
# Quality pays twice. First, private steps are slow, so the generator takes fewer: KID is about six times that of `many`, but no higher than that of `many-early`, which takes equally few. Second, from a noise of 2 on, the noise itself costs.
#
# ### Your data sheet
#
# Which run's images would you share? Change `choice`, and say why. The cell attacks your choice with your own functions and keeps a data sheet.

# %% tags=["slow", "cover"]
# few, few-early, few-augmented, many, many-early, clipped, noise-0.5, noise-1.0, noise-2.0 or noise-4.0
choice, because = "noise-1.0", "I would rather lose some quality than have to trust attacks."
shared = privacy_runs.read_run(choice)
images, row = shared.paint(), table[(table["run"] == choice) & (table["seed"] == 0)].iloc[0]
found = privacy_runs.read_scores()[choice]["inversion"]
them = people.members[20:]  # they were in all of these runs; the first 20, in some, ten times
own = {
    "distance": (distance_score(them, images), distance_score(people.others, images)),
    "inversion": (found["members"], found["others"]),
    "discriminator": (shared.logits(them), shared.logits(people.others)),
}
areas = {name: attack_success(*pair) for name, pair in own.items()}
low, high = control(own["distance"][0], np.random.default_rng(46))
copied = plant(images, them[:100])  # the first images become noisy copies
planted = attack_success(distance_score(them[:100], copied), distance_score(people.others, copied))
claims = privacy_runs.claims(areas, high, planted, row["epsilon"])
privacy_figures.release_card(
    images, f"Synthetic T1 slices from run {choice}. {because}",
    areas | {"members against members": (0.5, low, high), "planted copies": planted},
    claims, Path("kept") / "46_my_data_sheet.png", "A data sheet for the set that you chose.",
)  # fmt: skip
print("Saved as kept/46_my_data_sheet.png, beside this notebook.")

# %% [markdown]
# An epsilon can be proved and still be too large to rule out an attack. The last "no" stands on every sheet.
#
# ## In practice
#
# **Ask before you share a synthetic set:**
#
# 1. *What is shared?* Images leak least. Never share a discriminator or a checkpoint that was not trained privately.
# 2. *Did you count patients,* not slices, in the split, the intervals and the clipping?
# 3. *Do the attacks have both kinds of controls,* and do they find the planted copies?
# 4. *What is epsilon,* for which unit and delta? Every training run on the same patients adds to it.
# 5. *Who stands out?* Look at rare patients separately.
# 6. *Are the images still good* for their purpose?
#
# <details><summary>The law uses other words</summary>
#
# The European regulation asks whether somebody can be identified by "all the means reasonably likely to be used" (GDPR, recital 26). The American rule lets an expert determine that the risk is "very small" (HIPAA, 45 CFR 164.514). Neither names an area or an epsilon, and neither says that synthetic data are anonymous. Your numbers are evidence for such a judgement, no more. The European Data Protection Board (opinion 28/2024) adds that a trained *model* may itself be personal data. We are no lawyers: ask yours.
# </details>
#
# <details><summary>Fine print: attacks</summary>
#
# - The interval is that of DeLong, DeLong and Clarke-Pearson, *Comparing the areas under two or more correlated receiver operating characteristic curves* (Biometrics 44, 1988). The tables of the study resample people instead (`gancourse.metrics.memorisation.membership`); both agree in the second digit.
# - Halves are small groups, so the range of members against members is wider than the interval of the attack itself.
# - Inversion lies a little below 0.5 whatever the defence. It compares the same 150 members with the same 150 held-out people in nearly all runs, so this is a split that is biased by chance, not a leak.
# - In private runs, ten slices of one patient are clipped together, so that epsilon holds for these patients, too.
# - The phantoms have 32 x 32 pixels, and we tried four attacks. Attacks with many shadow models, which the attacker trains on people of its own, are stronger (Carlini and others, *Membership inference attacks from first principles*, IEEE S&P 2022, arXiv 2112.03570). For the harm to one person, the share of members found at few false accusations says more than the area; `data/results/privacy_attacks.csv` has it for 1 %.
# - With `GANCOURSE_DATA` set, this lesson still uses its own people, since nobody knows which of your people were in which training.
# </details>
#
# <details><summary>Fine print: the proof</summary>
#
# - The formula of epsilon is that of Canonne, Kamath and Steinke (*The discrete Gaussian for differential privacy*, NeurIPS 2020, arXiv 2004.00010) with the Rényi divergence of Mironov, Talwar and Zhang (*Rényi differential privacy of the sampled Gaussian mechanism*, 2019, arXiv 1908.10530). `data/results/privacy_accountant.csv` compares it with Google's accountant. In `data/results/privacy.csv` the tighter of Google's two counts stands beside ours, which is larger by a tenth to two fifths in these runs: the safe side.
# - The private step is that of Abadi and others, for GANs by Xie and others (*Differentially private generative adversarial network*, 2018, arXiv 1802.06739), and by person as McMahan and others have it (*Learning differentially private recurrent language models*, ICLR 2018, arXiv 1710.06963).
# - How long is $C$, and how large is $\sigma$? Abadi and others suggest the median length of the unclipped gradients for $C$; ours is 1. `accountant.noise_for` gives the $\sigma$ for the epsilon that you want.
# - Drawing every person with the same probability, independently of all others, is part of the proof. Walking through a shuffled list, as usual trainings do, is not what the accountant counts.
# - The discriminator of private runs is half as wide as that of the others. It takes two steps for each one of the generator; more of its steps help, as Bie, Kamath and Zhang show (*Private GANs, revisited*, TMLR 2023, arXiv 2302.02936).
# - Batch normalisation makes one person's gradient depend on others, so a private discriminator has none.
# - The promise covers the networks and all that they will ever generate. It does not cover losses or accuracies that you report, which are computed from patients without noise.
# </details>
#
# ### Go further
# 1. Attack with features in place of pixels, `gancourse.pretrained.load("features/brain-mr").embed`. Which copies does that find that pixels miss?
# 2. Train your private GAN with a noise of 0 and of 4. At which epsilon do you stop recognising brains?
#
# ### References
# - Dwork and Roth, *The algorithmic foundations of differential privacy*, Foundations and Trends in Theoretical Computer Science 9 (2014).
# - Abadi et al., *Deep learning with differential privacy*, CCS 2016, arXiv 1607.00133.
# - Hayes et al., *LOGAN: membership inference attacks against generative models*, PETS 2019, arXiv 1705.07663.
# - Chen et al., *GAN-Leaks: a taxonomy of membership inference attacks against generative models*, CCS 2020, arXiv 1909.03935.
# - Regulation (EU) 2016/679, recital 26; 45 CFR 164.514; European Data Protection Board, opinion 28/2024.
