"""Checks of lesson 43: a path on the sphere, a direction by regression, and two searches along gradients."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gancourse.quiet import import_tensorflow
from gancourse.teaching.checks import _Raised, check, close, judge, recognise
from gancourse.teaching.material import latent_search as course

tf = import_tensorflow()
import keras  # noqa: E402


def _latents(n: int, d: int = 100, seed: int = 0) -> np.ndarray:
    """(n, d) float32, all of length sqrt(d)."""
    z = np.random.default_rng(seed).standard_normal((n, d))
    return (z / np.linalg.norm(z, axis=1, keepdims=True) * np.sqrt(d)).astype(np.float32)


@check
def slerp(answer: Callable[[np.ndarray, np.ndarray, float], np.ndarray]) -> str | None:
    """`slerp(a, b, t)` at right angles, nearer and farther, of other lengths, and from a latent to itself."""
    a, b = _latents(2)
    near = a + 0.3 * b
    near *= 10 / np.linalg.norm(near)
    for end in (b, near, 0.6 * b, 0.7 * b - 0.7 * a):
        for t in (0.25, 0.5, 0.8):
            if hint := _slerp_hint(answer, a, end, t):
                return hint
    for same in _latents(20, seed=1):
        value = np.asarray(answer(same.copy(), same.copy(), 0.5), float)
        if not np.isfinite(value).all() or not np.allclose(value, same, atol=1e-2):
            return (
                "From a latent to itself, your path leaves that latent. Clip the cosine to between -1 and 1, "
                "and for a tiny angle return the point on the straight line: the formula would divide by 0."
            )
    return None


def _slerp_hint(answer: Callable, a: np.ndarray, b: np.ndarray, t: float) -> str | None:
    kept = a.copy(), b.copy()
    value = np.asarray(answer(a, b, t))
    if not (np.array_equal(a, kept[0]) and np.array_equal(b, kept[1])):
        return "Your function changes the latents it is given. Make new arrays."
    if value.shape != a.shape:
        return f"Received shape {value.shape}, expected {a.shape}: one latent."
    if not np.isfinite(value).all():
        return "You get NaN: arccos needs a cosine. Use the dot product of the two directions."
    a, b, value = (np.asarray(each, float) for each in (a, b, value))
    long, short = np.linalg.norm(a), np.linalg.norm(b)
    u, v, length = a / long, b / short, (1 - t) * long + t * short
    cosine = u @ v
    angle = np.arccos(cosine)
    first, second = np.sin((1 - t) * angle), np.sin(t * angle)
    way = (first * u + second * v) / np.sin(angle)
    degrees, wrong = (
        (np.sin((1 - t) * x) * u + np.sin(t * x) * v) / np.sin(x) * length
        for x in (np.degrees(angle), cosine)
    )
    right = np.pi / 2
    clipped = (np.sin((1 - t) * right) * u + np.sin(t * right) * v) * length if cosine < 0 else np.nan * u
    line = (1 - t) * a + t * b
    mistakes = {
        "That is the straight line: halfway it is too short. Use sines of the angle as weights.": line,
        "The length is right, but the speed is not even: a straight line that is pulled out to the sphere "
        "runs faster in the middle. Use sines of the angle as weights.": line / np.linalg.norm(line) * length,
        "The sines have to be divided by the sine of the whole angle.": (first * u + second * v) * length,
        "The ends are swapped: t = 0 should give a, and t = 1 should give b.": (
            (second * u + first * v) / np.sin(angle) * length,
            (second * u + first * v) / np.sin(angle) * (t * long + (1 - t) * short),
        ),
        "np.sin takes radians, and your angle is in degrees.": degrees,
        "You used the cosine as if it were the angle: take np.arccos of it.": wrong,
        "Beyond 90 degrees the cosine is negative. Clip it to between -1 and 1, not 0 and 1.": clipped,
        "That is the direction, of length 1. Multiply it by the length at t.": way,
        "The length should change evenly from a's to b's.": (
            way * long, way * short, (first * a + second * b) / np.sin(angle)
        ),
    }  # fmt: skip
    received = np.linalg.norm(value)
    said = f"At t = {t}: length {received:.2f}, expected {length:.2f}. Check the angle and the sines."
    return judge(value, way * length, mistakes, said)


@check
def fit_direction(answer: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, float]]) -> str | None:
    """`fit_direction(latents, values)` -> weights (d,) and intercept of a least-squares fit."""
    rng = np.random.default_rng(3)
    latents = rng.standard_normal((400, 12)) + 0.3
    weights, intercept = rng.normal(0, 50, 12), 900.0
    values = latents @ weights + intercept + rng.normal(0, 5, 400)
    try:
        found = answer(latents.copy(), values.copy())
    except _Raised as raised:
        if "dimension" in str(raised.args[0]).lower():
            return "Two arrays do not fit. The column of ones needs one entry for each latent: len(latents)."
        raise
    if not isinstance(found, tuple | list) or len(found) != 2:
        return "Return two things: the weights, one for each number of a latent, and the intercept."
    w = np.asarray(found[0], float)
    if w.shape == (13,):
        return "13 weights for 12 numbers: the intercept is among them. Return it separately."
    if w.shape != (12,):
        return f"Weights of shape {w.shape}, expected (12,): one for each number of a latent."
    if np.shape(found[1]) != ():
        return f"The intercept has shape {np.shape(found[1])}; expected one number."
    c = float(found[1])
    if np.allclose(w, weights, atol=2) and abs(c - intercept) < 5:
        return None
    if abs(w[0] - intercept) < 5:
        return (
            "Your first weight is the constant, because your column of ones comes first. It is the intercept."
        )
    centred = np.linalg.lstsq(latents, values - values.mean(), rcond=None)[0]
    if np.allclose(w, centred, atol=2):
        return "You took the mean off the values, but not off the latents. Add a column of ones instead."
    through_zero = np.linalg.lstsq(latents, values, rcond=None)[0]
    if np.allclose(w, through_zero, atol=2):
        if abs(c) > 1:
            return (
                "The fit itself has no constant, so its weights are wrong, too. Add a column of ones to it."
            )
        return "The intercept is missing: the average image has an area, too. Add a column of ones."
    if np.allclose(w, weights, atol=2):
        return f"The weights are right. The intercept, the value at a latent of 0, is {c:.0f}; expected 900."
    together = np.array([np.corrcoef(column, values)[0, 1] for column in latents.T])
    if np.allclose(w, together, atol=0.02):
        return "Those are correlations, without a unit. How many mm² does a step of 1 in each number add?"
    if np.allclose(w, weights / np.linalg.norm(weights), atol=0.05):
        return "The direction is right, its length is not: it should say how many mm² a step adds."
    return f"The first weight is {w[0]:.1f}, expected about {weights[0]:.1f}: use least squares."


class _ToyGenerator:
    """A generator of checks: latents (N, 100) -> images (N, 4, 4, 1). It notes how it was called."""

    def __init__(self):
        self.matrix = tf.constant(np.random.default_rng(4).normal(0, 0.1, (100, 16)), tf.float32)
        self.modes: set[Any] = set()

    def __call__(self, z, training=None):
        self.modes.add(training)
        return tf.reshape(tf.tanh(tf.cast(z, tf.float32) @ self.matrix), (-1, 4, 4, 1))


def _toy_area(images):
    return 500 + 300 * tf.reduce_sum(
        images[..., 0] ** 2 * np.arange(16, dtype="float32").reshape(4, 4), (1, 2)
    )


_TRAINING = "Call the generator with training=False: it is used here, and does not learn."
_NO_GRADIENT = (
    "The tape finds no way from the {what} back to z. Inside the `with` block, {watch}paint the images "
    "from z and use TensorFlow only, no .numpy()."
)

_SHAPES = "Two shapes do not fit. With axis=1 and keepdims=True, tf.norm gives (N, 1); this divides (N, 100)."
_IMAGES = "The two sets of images have different shapes. Leave both at (N, height, width, 1)."


def _run(answer: Callable, no_gradient: str, *arguments: Any, **more: Any) -> Any:
    """What a learner's search returns; or a hint, for the usual errors of TensorFlow."""
    try:
        return answer(*arguments, **more)
    except _Raised as raised:
        said = str(raised.args[0]).lower()
        if "nonetype" in said or "no gradients provided" in said or "none values" in said:
            return no_gradient
        if "incompatible shapes" in said:
            return _IMAGES if "4,4" in said else _SHAPES
        if (
            "to unpack" in said
            or "not iterable" in said
            or "iterate over" in said
            or "iterating over" in said
        ):
            return "Adam takes a list of pairs, even for one variable: [(gradient, z)]."
        if "eagertensor" in said and "attribute" in said:
            return "Adam and `assign` need a variable: begin with z = tf.Variable(z), and keep that one."
        raise


@check
def grow(answer: Callable) -> str | None:
    """`grow(z, generator, read_area, steps, stride)` -> path (steps + 1, N, 100), up and down."""
    z = _latents(3, seed=2) * np.array([[1.0], [0.9], [1.2]], np.float32)
    lost = _NO_GRADIENT.format(what="areas", watch="watch z, ")
    for steps, stride in ((4, 0.5), (2, -0.3)):
        generator, start = _ToyGenerator(), z.copy()
        found = _run(answer, lost, start, generator, _toy_area, steps=steps, stride=stride)
        if isinstance(found, str):
            return found
        if not np.array_equal(start, z):
            return "Your function changes the latents it is given. Make new ones."
        if generator.modes - {False}:
            return _TRAINING
        if hint := _path_hint(np.asarray(found, float), z, steps, stride):
            return hint
    return None


def _path_hint(path: np.ndarray, z: np.ndarray, steps: int, stride: float) -> str | None:
    want = course.grow(z, _ToyGenerator(), _toy_area, steps, stride)
    if path.shape == z.shape:
        return "Only one set of latents came back. Return the whole path, one entry for each step."
    if path.shape[1:] == z.shape and path.shape[0] == steps:
        return f"{steps} entries for {steps} steps: the path should also hold the place where it starts."
    if path.shape == (len(z), steps + 1, 100) != want.shape:
        return "The axes are swapped: steps come first, (steps + 1, N, 100). tf.stack(path) does that."
    if path.shape == (2, *z.shape):
        return "The path holds the beginning and one other place. Append z in every round, inside the loop."
    if path.shape != want.shape:
        return f"Received a path of shape {path.shape}; expected {want.shape} for {steps} steps."
    if close(path, want) or np.allclose(path, want, atol=2e-3):
        return None
    if not np.isfinite(path).all():
        return "There are NaNs on the path. Do you divide by the length of each latent's own gradient?"
    if not np.allclose(path[0], z, atol=1e-4):
        return "The path should begin with z itself, unchanged."
    if np.allclose(path[-1], z, atol=1e-5):
        return "The path stays where it starts. Does the new z replace the old one in the loop?"
    lengths, radius = np.linalg.norm(path[-1], axis=1), np.linalg.norm(z, axis=1)
    if np.allclose(lengths, 1, atol=1e-3):
        return "The latents end with length 1. After dividing by their length, multiply by the radius."
    if np.allclose(lengths, 10, atol=1e-3) or np.allclose(lengths, lengths[0], atol=1e-4):
        return "Every latent should keep its own length, which need not be 10. Take `radius` from z."
    if not np.allclose(lengths, radius, atol=1e-2):
        return (
            f"A latent of length {radius[0]:.2f} ends with length {lengths[0]:.2f}. Bring each one back to "
            "its own length after the step: norms with axis=1."
        )
    ahead = ((path[1] - z) * (want[1] - z)).sum(1)
    if (ahead < 0).all():
        return "Your path goes the wrong way: add the step, so that a positive stride makes the area grow."
    moved, right = (np.linalg.norm(each[1] - each[0], axis=1) for each in (path, want))
    if not np.allclose(moved, right, rtol=0.05) and np.ptp(moved) < 0.05 * moved.mean():
        return f"Each step has length {moved.mean():.2f}, but {abs(stride)} was asked for: use `stride`."
    if not np.allclose(moved, right, rtol=0.05):
        return (
            f"The first steps have lengths {np.array2string(moved, precision=2)}; expected {abs(stride)}. "
            "Divide every latent's gradient by its own length (axis=1), and multiply by the stride."
        )
    if np.allclose(path[1], want[1], atol=2e-3):
        return "The first step is right, the later ones are not: compute the gradient anew at each step."
    return "The steps have the right length, but not the direction of the gradient."


@check
def find_latent(answer: Callable) -> str | None:
    """`find_latent(z, images, generator, adam, steps)` -> latents (N, 100), errors (steps, N)."""
    z, images = _latents(3, seed=6) * np.float32(0.95), _ToyGenerator()(_latents(3, seed=7)).numpy()
    generator, start, steps = _ToyGenerator(), z.copy(), 40
    adam = keras.optimizers.Adam(0.15)
    lost = _NO_GRADIENT.format(what="error", watch="")
    found = _run(answer, lost, start, images, generator, adam, steps=steps)
    if isinstance(found, str):
        return found
    if not np.array_equal(start, z):
        return "Your function changes the latents it is given. Make a tf.Variable of them."
    if not isinstance(found, tuple | list) or len(found) != 2:
        return "Return two things: the latents, and the errors of all steps."
    latents, errors = (np.asarray(each, float) for each in found)
    if errors.shape == z.shape:
        return "The two are swapped: first the latents, then the errors."
    if latents.shape != z.shape:
        return f"The latents have shape {latents.shape}; expected {z.shape}."
    if errors.shape == (steps,):
        return (
            "You return one error for each step. Keep the images apart: take the mean over the "
            "axes (1, 2, 3) only."
        )
    if errors.shape != (steps, len(z)):
        return f"The errors have shape {errors.shape}; expected {(steps, len(z))}: an entry for every step."
    if generator.modes - {False}:
        return _TRAINING
    return _errors_hint(latents, errors, z, images, int(adam.iterations))


def _errors_hint(
    latents: np.ndarray, errors: np.ndarray, z: np.ndarray, images: np.ndarray, taken: int
) -> str | None:
    difference = _ToyGenerator()(z).numpy() - images
    first = (difference**2).mean((1, 2, 3))
    last = ((_ToyGenerator()(latents).numpy() - images) ** 2).mean((1, 2, 3))
    mistakes = {
        "That is a sum over the pixels. Take the mean, so that the size of the image does not matter.": (
            first * images[0].size
        ),
        "That is the mean of the absolute difference. Square it.": np.abs(difference).mean((1, 2, 3)),
        "That is the mean of the difference, in which too bright and too dark cancel. Square it first.": [
            difference.mean((1, 2, 3)), -difference.mean((1, 2, 3))
        ],
    }  # fmt: skip
    if not close(errors[0], first):
        said = f"The first errors should be those at the start, {np.array2string(first, precision=3)}."
        return recognise(errors[0], mistakes) or said
    if np.allclose(latents, z, atol=1e-6):
        return "The latents have not moved. Give the gradient to the optimiser, with z as its variable."
    if (last > first).all():
        return "The errors rise. The optimiser goes downhill by itself: give it the gradient as it is."
    if taken == 0 and (last > 0.4 * first).all():
        return "The errors hardly fall, and `adam` took no step. Let it take the steps: it adapts their size."
    if taken != len(errors):
        return (
            f"The `adam` that you were given took {taken} steps in {len(errors)} rounds. Let it take one "
            "step in each round: a new Adam would forget the steps before."
        )
    radius, lengths = (np.linalg.norm(each, axis=1) for each in (z, latents))
    if not np.allclose(lengths, radius, atol=1e-2):
        return (
            f"A latent of length {radius[0]:.2f} ends with length {lengths[0]:.2f}. After each step, bring "
            "it back to its own length with z.assign(...)."
        )
    if (last > 0.1 * first).any():
        left = (last / first).max()
        return f"After 40 steps, {left:.0%} of an error is left. Does Adam get the gradient of these errors?"
    return None
