"""Checks of lesson 42: a ratio of KIDs, a gradient penalty, a spectral norm, diagnoses and cures."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from gancourse.errors import InputError
from gancourse.quiet import import_tensorflow
from gancourse.teaching.checks import _NotTried, check, close, judge, recognise, understood
from gancourse.teaching.material.sick_gans import DISEASES
from gancourse.training.failures import FAILURES
from gancourse.training.recipes import Recipe

tf = import_tensorflow()

#: Words of the usual messages of TensorFlow, and what they mean here.
_NOT_FOLLOWED = (
    "The tape did not follow the way from your points to the values. Inside the with block, first call "
    "tape.watch(...) on the points, and then the critic."
)
_NO_FIT = (
    "Two shapes do not fit together. Print the shape after each line. Lengths of B gradients are (B,), and "
    "sigma is one number, ()."
)
_NO_MATRIX = "@ multiplies two matrices, and u is a vector. Write tf.linalg.matvec(matrix, u)."
_MESSAGES = {
    "nonetype": _NOT_FOLLOWED,
    "none values not supported": _NOT_FOLLOWED,
    "(none)": _NOT_FOLLOWED,
    "ndims must be": _NO_MATRIX,
    "must be rank 2": _NO_MATRIX,
    "must be at least rank 2": _NO_MATRIX,
    "no attribute 'numpy'": "Inside a compiled step, tensors have no NumPy values yet. Leave out .numpy().",
    "symbolic": "NumPy and float() cannot work inside a compiled step. Use tf. functions.",
    "not compatible": _NO_FIT,
    "incompatible shapes": _NO_FIT,
    "must be equal": _NO_FIT,
    "matrix size-incompatible": _NO_FIT,
    "in[0]": "Two shapes do not fit together: tf.linalg.matvec takes a matrix and a vector.",
}


@check
def kid_ratio(answer: Callable[[np.ndarray, np.ndarray], float]) -> str | None:
    """`kid_ratio(kids, baseline)` is the ratio of geometric means."""
    rng = np.random.default_rng(1)
    return _ratio_hint(answer, 10 ** rng.normal(0, 1, 3), 10 ** rng.normal(1, 1, 6)) or _ratio_hint(
        answer, 10 ** rng.normal(1, 1, 5), 10 ** rng.normal(0, 1, 4)
    )


def _ratio_hint(
    answer: Callable[[np.ndarray, np.ndarray], float], kids: np.ndarray, baseline: np.ndarray
) -> str | None:
    got = answer(kids, baseline)
    if np.size(got) != 1:
        return f"Expected one number for all runs together; received {np.size(got)} numbers. Take means."
    got, (one, other) = float(np.reshape(got, ())), (np.log(kids).mean(), np.log(baseline).mean())
    right, medians = np.exp(one - other), np.median(kids) / np.median(baseline)
    logarithms = np.log(right) / np.log([np.e, 2, 10])
    mistakes = {
        "Subtract the two mean logarithms, do not divide them: then undo the logarithm.": (
            one / other, np.exp(one / other),
        ),
        "The logarithm and its undoing have different bases: exp undoes np.log, and 10 ** undoes np.log10.": (
            10 ** (one - other), np.exp((one - other) / np.log(10)), np.exp((one - other) / np.log(2)),
        ),
        "You subtracted the typical KIDs. Their ratio is asked for: subtract logarithms.": (
            np.exp(one) - np.exp(other)
        ),
        "The ratio is upside down: above 1 should mean that the variant is worse than the baseline.": 1
        / right,
        "Those are plain means, so one bad seed decides the result. Average the logarithms.": kids.mean()
        / baseline.mean(),
        "A median uses only one of three runs. Average the logarithms.": medians,
        "That is still a logarithm. Undo it with the base that you used.": logarithms,
    }  # fmt: skip
    said = (
        f"Received {got:.3g}, expected {right:.3g} for {len(kids)} KIDs {kids.round(2)} and "
        f"{len(baseline)} of the baseline, {baseline.round(2)}."
    )
    return judge(got, right, mistakes, said)


class _Critic:
    """A critic for checks, w0 x^2 / 2 + w1 x y, that keeps the points at which it was asked."""

    def __init__(self) -> None:
        self.weights = [tf.Variable([[1.5, -0.7]])]
        self.asked: list[Any] = []
        self.wanted_weights = False

    def __call__(self, points: Any, training: bool = False) -> Any:
        self.asked.append(points)
        x, y = points[:, :1], points[:, 1:]
        return self.weights[0][0, 0] * x**2 / 2 + self.weights[0][0, 1] * x * y

    @property
    def trainable_variables(self) -> list:
        self.wanted_weights = True
        return self.weights

    trainable_weights = variables = trainable_variables

    def gradients(self, points: np.ndarray) -> np.ndarray:
        (a, b), (x, y) = self.weights[0].numpy()[0], np.asarray(points, np.float64).T
        return np.stack([a * x + b * y, b * x], axis=1)


def _points() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    real, fake = rng.uniform(0.5, 2, (6, 2)), rng.uniform(-2, -0.5, (6, 2))
    return tf.constant(real, tf.float32), tf.constant(fake, tf.float32)


@check
@understood(_MESSAGES)
def gradient_penalty(answer: Callable) -> str | None:
    """`gradient_penalty(critic, real, fake)`: the mean of (slope - 1)^2 between real and fake points."""
    critic, (real, fake) = _Critic(), _points()
    try:
        with tf.GradientTape() as outer:
            value = answer(critic, real, fake)
    except Exception as error:
        if critic.wanted_weights and not isinstance(error, _NotTried):
            return _OF_WEIGHTS
        raise
    if critic.wanted_weights:
        return _OF_WEIGHTS
    if not critic.asked:
        return "The critic was never called. Give it the points in between, inside the tape."
    between = np.asarray(critic.asked[-1], np.float64)
    if hint := _place_hint(between, real.numpy(), fake.numpy()):
        return hint
    if hint := _penalty_hint(value, critic.gradients(between), between):
        return hint
    if not tf.is_tensor(value) or outer.gradient(value, critic.weights[0]) is None:
        return _NO_TAPE
    return _fresh_hint(answer, np.ravel(between))


_OF_WEIGHTS = "That is the gradient with respect to the critic's weights. Take it with respect to its input."
_NO_TAPE = (
    "Your penalty leaves TensorFlow, so the critic could not learn from it. Use tf. functions only, without "
    "NumPy, float() or .numpy()."
)


def _place_hint(between: np.ndarray, real: np.ndarray, fake: np.ndarray) -> str | None:
    """Look at where the critic was asked: on the line of each pair, at a random place of its own."""
    if between.shape != real.shape:
        return f"The critic was given points of shape {between.shape}; expected one per pair, {real.shape}."
    if close(between, real):
        return "You ask the critic at the real points, as R1 does. WGAN-GP asks it between real and fake."
    if close(between, fake):
        return "You ask the critic at the fake points. WGAN-GP asks it between real and fake."
    places = (between - real) / (fake - real)  # (6, 2): 0 is real, 1 is fake
    if not close(places[:, 0], places[:, 1]):
        return (
            "Those points are not on the straight lines. Both coordinates of a pair share one random number."
        )
    places = places[:, 0]
    if places.min() < -1e-3 or places.max() > 1.001:
        return "Some points lie beyond the real or the fake one. Draw the places from 0 to 1, uniformly."
    if np.ptp(places) < 1e-3:
        return "All pairs share one place. Draw one random number per pair, (B, 1)."
    return None


def _penalty_hint(value: Any, gradients: np.ndarray, between: np.ndarray) -> str | None:
    """Compare the penalty with what is right at these points, and with the usual mistakes."""
    if isinstance(value, tuple | list):
        return "Return one number, not a list."
    if np.size(value) != 1:
        return f"{np.size(value)} numbers came back. The penalty is their mean, one number."
    slopes = np.sqrt((gradients**2).sum(1))
    right, count = np.mean((slopes - 1) ** 2), len(slopes)
    sizes = np.sqrt((between**2).sum(1))
    mistakes = {
        "That is a sum over the points. Take the mean: the batch size should not matter.": count * right,
        "The square root is missing: a length is the root of the sum of squares.": np.mean(
            (slopes**2 - 1) ** 2
        ),
        "The target is missing: the slope should be 1, so subtract 1 before you square.": (
            np.mean(slopes**2), np.mean(slopes),
        ),
        "The target is 1: square the slope minus 1.": [np.mean((slopes - k) ** 2) for k in (-1, 0.5, 2)],
        "That is the length of the points. Penalise the length of the gradients.": np.mean((sizes - 1) ** 2),
        "You averaged the slopes before you squared. Square each one first.": (slopes.mean() - 1) ** 2,
        "The last square is missing: (slope - 1) squared, then the mean.": (
            np.mean(slopes - 1), np.mean(np.abs(slopes - 1)),
        ),
        "That is one length for the whole batch. Sum the squares of each point separately: axis=1.": (
            (np.sqrt((gradients**2).sum()) - 1) ** 2,
        ),
        "A length sums the squares of both coordinates; you averaged them.": np.mean(
            (slopes / np.sqrt(2) - 1) ** 2
        ),
        "You sum the coordinates without squaring them first.": np.mean(
            (np.sqrt(np.abs(gradients.sum(1))) - 1) ** 2
        ),
        "You penalise only slopes above 1. WGAN-GP penalises those below 1 as well.": np.mean(
            np.maximum(slopes - 1, 0) ** 2
        ),
    }  # fmt: skip
    got = float(np.reshape(value, ()))
    if close(got, right):
        return None
    return recognise(got, mistakes) or (
        f"Received {got:.3f}; at your points {right:.3f} is expected, the mean of (slope - 1)^2."
    )


def _fresh_hint(answer: Callable, before: np.ndarray) -> str | None:
    """Compile the penalty, as the lesson will, and see whether it draws new places every time."""
    (real, fake), seen = _points(), []

    class Remembering(_Critic):
        def __call__(self, points: Any, training: bool = False) -> Any:
            self.last = points
            return super().__call__(points)

    critic = Remembering()

    @tf.function
    def compiled(real: Any, fake: Any) -> tuple[Any, Any]:
        value = answer(critic, real, fake)
        return value, critic.last

    for _ in range(2):
        value, between = compiled(real, fake)
        if hint := _penalty_hint(value.numpy(), critic.gradients(between.numpy()), between.numpy()):
            return hint
        seen.append(np.ravel(between))
    if np.allclose(seen[0], seen[1]) or np.allclose(before, seen[0]):
        return (
            "In a compiled step, the places are the same at every call. Draw them with "
            "tf.random.uniform, without a seed."
        )
    return None


@check
@understood(_MESSAGES)
def spectral_normalise(answer: Callable) -> str | None:
    """`spectral_normalise(kernel, u)`: the kernel over its largest singular value, and the next direction."""
    rng = np.random.default_rng(0)
    for shape in ((4, 4, 2, 6), (12, 5)):
        most = np.multiply.outer(np.ones(shape[:-1]), rng.normal(0, 1, shape[-1]))  # so that it wins quickly
        kernel = tf.Variable(rng.normal(0, 1, shape) + most, dtype=tf.float32)
        u = tf.constant(rng.normal(0, 1, shape[-1]), tf.float32)
        if hint := _normal_hint(answer, kernel, u) or _normal_hint(tf.function(answer), kernel, u):
            return hint
    return None


def _normal_hint(answer: Callable, kernel: Any, u: Any) -> str | None:
    first, rows = u, np.reshape(kernel.numpy(), (-1, kernel.shape[-1])).astype(np.float64)
    values = np.linalg.svd(rows, compute_uv=False)
    for count in range(60):
        with tf.GradientTape() as tape:
            result = answer(kernel, u)
            if not isinstance(result, tuple | list) or len(result) != 2:
                return "Return two things: the divided kernel, and the new u."
            normal, u = result
            if tuple(np.shape(normal)) != tuple(kernel.shape):
                return (
                    f"The kernel came back as {tuple(np.shape(normal))}; expected {tuple(kernel.shape)}. "
                    "Divide the kernel itself, not the matrix."
                )
            if tuple(np.shape(u)) != tuple(first.shape):
                return (
                    f"u came back with shape {tuple(np.shape(u))}; expected {tuple(first.shape)}, "
                    "one number per column."
                )
            total = tf.reduce_sum(tf.convert_to_tensor(normal) ** 3)
        if count == 0:
            once = np.reshape(normal, rows.shape)
    if close(u, first):
        return "u came back as it was. Return the direction after this round, to start the next one."
    size = float(np.linalg.norm(u))
    if abs(size - 1) > 1e-3:
        return f"After 60 rounds u has length {size:.3g}. Divide it by its length in every round."
    factor = float(np.sum(rows * np.reshape(normal, rows.shape)) / np.sum(rows**2))  # 1 / sigma
    if not np.isfinite(factor) or abs(factor) < 1e-9:
        return (
            "After 60 rounds the kernel is no longer finite. Divide v and u by their lengths in every round."
        )
    mistakes = {
        "The kernel was multiplied by its largest stretch. Divide it.": 1 / values[0],
        "You divided by the square of the largest stretch: v needs length 1 before you compute u from it.": (
            values[0] ** 2
        ),
        "That is the Frobenius norm, the root of the sum of all squares. sigma is v^T M u.": np.linalg.norm(
            rows
        ),
        "The kernel is as it was. Divide it by sigma.": 1.0,
        "You divided by the root of the largest stretch.": np.sqrt(values[0]),
        "The sign is wrong.": -values[0],
        "You divided by the largest weight, not by the largest stretch.": (np.abs(rows).max(), rows.max()),
    }
    if not close(1 / factor, values[0]):
        return recognise(1 / factor, mistakes) or (
            f"You divided by {1 / factor:.3f}; NumPy's SVD says that the largest stretch is {values[0]:.3f}."
        )
    with_old = np.linalg.norm(rows @ first.numpy())  # v times (the matrix times the first u)
    if close(np.sum(rows**2) / np.sum(rows * once), with_old):
        return "sigma is taken with the u that came in, which may be short. Use the new u."
    gradient = tape.gradient(total, kernel)
    if gradient is None:
        return "Your result leaves TensorFlow, so the kernel could not learn. Use tf. functions, not NumPy."
    wanted = _gradient_of_cubes(rows)
    if np.allclose(np.reshape(gradient, rows.shape), wanted, rtol=0.02, atol=0.02 * np.abs(wanted).max()):
        return None
    return "The stretch was taken out of the tape (NumPy, or stop_gradient on sigma). Leave it inside."


def _gradient_of_cubes(rows: np.ndarray) -> np.ndarray:
    """The gradient of sum((M / sigma)^3) with respect to M, where sigma is M's largest singular value."""
    left, values, right = np.linalg.svd(rows)
    slope = np.outer(left[:, 0], right[0])  # of sigma
    return 3 * rows**2 / values[0] ** 3 - 3 * np.sum(rows**3) / values[0] ** 4 * slope


_SIGNS = {
    "vanishing gradients": "look for a gradient that falls to nothing, so that the generator cannot learn",
    "collapse": "look for images that are all alike, with a variety far below 100 %",
    "checkerboard": "look for a regular pattern of single pixels, in images that differ from each other",
    "winning discriminator": "look for noise, with right answers at 100 % while the gradient stays large",
}


@check
def diagnosis(answer: Mapping[str, str]) -> str | None:
    """`diagnosis` names the failure of each letter."""
    if hint := _letters_hint(answer, "diagnosis"):
        return hint
    for name in answer.values():
        if name not in _SIGNS:
            return f"{name!r} is not one of {', '.join(map(repr, _SIGNS))}."
    if len(set(answer.values())) < len(DISEASES):
        return "Each of the four failures occurs once."
    wrong = [letter for letter, name in DISEASES.items() if answer[letter] != name]
    if wrong:
        name = answer[wrong[0]]
        return f"{len(wrong)} diagnoses are wrong. For {name}, {_SIGNS[name]}. Is that so in {wrong[0]}?"
    return None


def _letters_hint(answer: Mapping[str, Any], what: str) -> str | None:
    if not isinstance(answer, Mapping):
        return 'Expected a dictionary with the keys "A", "B", "C" and "D".'
    missing = [letter for letter in DISEASES if letter not in answer]
    return f"{', '.join(missing)} has no {what} yet." if missing else None


@check
def cures(answer: Mapping[str, Mapping[str, Any]]) -> str | None:
    """`cures` changes one choice of each letter's recipe, in a direction that helps."""
    if hint := _letters_hint(answer, "cure"):
        return hint
    if any(change is ... or change is None for change in answer.values()):
        raise _NotTried
    known = {field.name for field in fields(Recipe)}
    for letter, name in DISEASES.items():
        change, recipe = answer[letter], FAILURES[name].recipe
        if not isinstance(change, Mapping) or not change:
            return f'{letter}: write the change as a dictionary, such as {{"beta1": 0.5}}.'
        if unknown := set(change) - known:
            return f"{letter}: a recipe has no {unknown.pop()!r}. The rows of the chart have its names."
        if any(change.get(key) is ... for key in change):
            raise _NotTried
        try:
            cured = replace(recipe, **change)
        except (InputError, TypeError) as error:
            return f"{letter}: {error}"
        changed = {key for key in change if getattr(cured, key) != getattr(recipe, key)}
        if not changed:
            return f"{letter}: its recipe already has that."
        if len(changed) > 1:
            return f"{letter}: change one thing. With {len(changed)} changes, which of them helped?"
        if hint := _CURE_HINTS[name](changed.pop(), cured, recipe):
            return f"{letter}: {hint}"
    return None


# Around every rate and at every loss that is accepted below, 600 steps were tried, and gave different brains.


def _cure_of_collapse(key: str, cured: Recipe, sick: Recipe) -> str | None:
    if key == "g_rate":
        if cured.g_rate > sick.g_rate:
            return "the generator already runs ahead of its opponent. Should it learn faster still?"
        return _rate_hint(cured.g_rate, 5e-5, 1e-3)
    if key == "d_rate":
        if cured.d_rate < sick.d_rate:
            return "the discriminator already cannot keep up. Should it learn more slowly still?"
        return _rate_hint(cured.d_rate, 1e-3, 4e-3)
    if key == "minibatch_std":
        return None
    return "that was not what made it collapse. Compare its two learning rates with each other."


def _cure_of_winning(key: str, cured: Recipe, sick: Recipe) -> str | None:
    if key == "g_rate":
        if cured.g_rate < sick.g_rate:
            return "the generator is already too slow to follow. Should it learn more slowly still?"
        return _rate_hint(cured.g_rate, 1e-4, 2e-3)
    if key == "d_rate":
        if cured.d_rate > sick.d_rate:
            return "the discriminator already wins. Should it learn faster still?"
        return "we tried that: the images stay noise, because the generator itself learns too slowly."
    return "it gets large gradients, so loss and layers are not to blame. Which of the networks is slow?"


def _rate_hint(rate: float, low: float, high: float) -> str | None:
    if rate < low:
        return f"{rate:g} is too low to change much in 600 steps. Go further."
    if rate > high:
        return f"{rate:g} is too high. Stay nearer to the other network's rate."
    return None


def _cure_of_checkerboard(key: str, cured: Recipe, sick: Recipe) -> str | None:
    if key == "networks":
        return None if cured.networks == "resize" else "of the two ways to enlarge, try the other one."
    if key == "beta1":
        return None if cured.beta1 <= 0.5 else "that is no nearer to the healthy baseline."
    return "that leaves the pattern. Which row says how the generator enlarges, or differs from the baseline?"


def _cure_of_vanishing(key: str, cured: Recipe, sick: Recipe) -> str | None:
    if key == "loss":
        if cured.loss in ("bce", "hinge", "least-squares"):
            return None
        return "choose a loss that is not flat where the discriminator is sure. Which one does the deck use?"
    if key == "d_rate":
        if cured.d_rate > sick.d_rate:
            return "the discriminator is too sure already. Should it learn faster still?"
        return _rate_hint(cured.d_rate, 5e-5, 5e-4)
    if key == "g_rate":
        if cured.g_rate < sick.g_rate:
            return "the generator hardly learns. Should it learn more slowly still?"
        return _rate_hint(cured.g_rate, 1e-3, 3e-3)
    return "the generator's loss is flat where the discriminator is sure. Which row chooses the loss?"


_CURE_HINTS = {
    "collapse": _cure_of_collapse,
    "winning discriminator": _cure_of_winning,
    "checkerboard": _cure_of_checkerboard,
    "vanishing gradients": _cure_of_vanishing,
}
