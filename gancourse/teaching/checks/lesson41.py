"""Checks of lesson 41: what goes into the networks, their layers' weights, the two losses, who is winning."""

import warnings
from collections.abc import Callable

import numpy as np

from gancourse.teaching.checks import check, close, judge, recognise


def _log_loss(target: float, logits: np.ndarray) -> float:
    """Mean cross-entropy between one answer and logits, in float64."""
    logits = np.asarray(logits, np.float64)
    return float(np.mean(np.logaddexp(0, logits) - target * logits))


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.asarray(logits, np.float64)))


@check
def to_network(answer: Callable[[np.ndarray], np.ndarray]) -> str | None:
    """`to_network(slice)` brings intensities from 0 to their maximum to [-1, 1]."""
    slices = [np.random.default_rng(k).integers(0, top + 1, (6, 5)) for k, top in enumerate((1800, 300))]
    for image, top in zip(slices, (1800, 300), strict=True):
        image[0, 0], image[0, 1] = 0, top
        kept = image.copy()
        got, share = np.asarray(answer(image)), image / top
        if not np.array_equal(image, kept):
            return (
                "Your function changes the array it is given. Make a new one: image / ..., not image /= ..."
            )
        if got.shape != image.shape:
            return f"Received shape {got.shape}; the image's shape {image.shape} should stay."
        if np.allclose(got, 2 * share - 1, atol=1e-3):
            continue
        if np.allclose(got, share, atol=1e-3):
            return "That is 0 to 1, but tanh gives -1 to 1. Double the values, and subtract 1."
        if np.allclose(got, 2 * image / 255 - 1, atol=0.02) or np.allclose(got, image / 127.5 - 1, atol=0.02):
            return "255 is a photo's maximum. MR has no fixed one: use the image's own, image.max()."
        if np.allclose(got, share - 0.5, atol=1e-3):
            return "That is -0.5 to 0.5. Double the values first, and subtract 1."
        if np.allclose(got, 1 - 2 * share, atol=1e-3):
            return "Black and white are swapped: the background, 0, should become -1."
        if abs(got.mean()) < 1e-3 and abs(got.std() - 1) < 1e-2:
            return "That has mean 0 and spread 1: some values lie outside [-1, 1], which tanh never reaches."
        worst = np.unravel_index(np.abs(got - (2 * share - 1)).argmax(), got.shape)
        return f"{image[worst]} of {top} became {got[worst]:.3g}; expected {2 * share[worst] - 1:.3g}."
    return None


@check
def latents(answer: Callable[[np.random.Generator, int], np.ndarray]) -> str | None:
    """`latents(rng, n)` draws n standard normal vectors of 100 numbers."""
    got = np.asarray(answer(np.random.default_rng(1), 300))
    if got.shape == (100, 300):
        return "Rows and columns are swapped: Keras wants a row for each image, (n, 100)."
    if got.shape != (300, 100):
        return f"Received shape {got.shape} for n = 300; expected (300, 100), a row for each image."
    if np.allclose(got, got[0]):
        return "All rows are the same, so all brains would be the same. Draw n times 100 numbers."
    mean, spread = float(got.mean()), float(got.std())
    if got.min() >= 0:
        return "No number is negative: that is uniform from 0 to 1. The normal one is rng.standard_normal."
    if np.abs(got).max() < 2 * spread:  # of 30,000 normal numbers, some lie beyond 4 deviations
        return f"Nothing is beyond {np.abs(got).max():.2f}: uniform. The normal one is rng.standard_normal."
    if abs(mean) > 0.05 or abs(spread - 1) > 0.05:
        return f"Mean {mean:.2f} and standard deviation {spread:.2f}; the generator is trained with 0 and 1."
    again, other = answer(np.random.default_rng(1), 300), answer(np.random.default_rng(2), 300)
    if not np.array_equal(got, again):
        return "The same rng gave other numbers. Draw from the rng you are given, so that results repeat."
    if np.array_equal(got, other):
        return "Another rng gave the same numbers: you seed inside. Draw from the rng that you are given."
    return None


@check
def layer_weights(answer: Callable[[int, int, int, bool], int]) -> str | None:
    """`layer_weights(kernel, inputs, outputs, bias)` counts a convolution's weights."""
    cases = [(4, 128, 64, False), (4, 64, 128, True), (3, 5, 7, True), (5, 2, 11, False)]
    got = [float(answer(*case)) for case in cases]
    k, i, o, b = np.array(cases).T
    stamps = k * k * i * o
    right = stamps + b * o
    if close(got, right):
        return None
    mistakes = {
        "The bias is missing: add one number for each output map.": stamps,
        "You always add a bias. The generator's layers have none: batch normalisation has one.": stamps + o,
        "The stamp is a square: it has kernel times kernel numbers.": k * i * o + b * o,
        "The kernel is missing: each pair of an input and an output map has a stamp.": i * o + b * o,
        "One bias for each output map, not for each input map.": stamps + b * i,
        "One bias for the whole layer is too few: each output map has its own.": stamps + b,
        "Each output map looks at every input map: multiply the two numbers of maps.": k * k * o + b * o,
    }
    if hint := recognise(got, mistakes):
        return hint
    (kernel, inputs, outputs, bias), value, wanted = next(
        each for each in zip(cases, got, right, strict=True) if each[1] != each[2]
    )
    return (
        f"For kernel {kernel}, {inputs} to {outputs} maps, {'a' if bias else 'no'} bias: {value:,.0f}; "
        f"expected {wanted:,}: a stamp for each pair of maps."
    )


@check
def discriminator_loss(answer: Callable) -> str | None:
    """`discriminator_loss(real_logits, fake_logits)`: mean cross-entropy, real 1, generated 0, summed."""
    rng = np.random.default_rng(0)
    real, fake = (rng.normal(m, 1, (6, 1, 1, 1)).astype(np.float32) for m in (1.5, -0.4))
    value = _number(answer, real, fake)
    if isinstance(value, str):
        return value
    right = _log_loss(1, real) + _log_loss(0, fake)
    if np.isclose(value, right, rtol=1e-3):
        zero = _number(answer, np.zeros((5, 1), np.float32), np.zeros((3, 1), np.float32))
        if not isinstance(zero, str) and np.isclose(zero, 2 * np.log(2), rtol=1e-3):
            return None
        return "That is right for one batch only. Give the targets the shapes of the logits."
    (real_1, real_0), (fake_1, fake_0) = ([_log_loss(target, of) for target in (1, 0)] for of in (real, fake))
    mistakes = {
        "The generated half is missing: the police must also call fake money fake.": real_1,
        "The real half is missing: calling everything fake would be perfect.": fake_0,
        "The answers are swapped: real is 1, generated is 0.": real_0 + fake_1,
        "Both are called 1. Generated images are 0 for the discriminator.": real_1 + fake_1,
        "Both are called 0. Real images are 1.": real_0 + fake_0,
        "That is the mean of the two halves; the deck adds them up (2 ln 2 when undecided).": right / 2,
        _SUM: right * len(real),
        "The sign is wrong: a loss gets smaller as the answers get better.": -right,
        _TWICE: _log_loss(1, _sigmoid(real)) + _log_loss(0, _sigmoid(fake)),
        _NO_LOGITS: _clipped(1, real) + _clipped(0, fake),
    }
    return recognise(value, mistakes) or f"Received {value:.4f} where {right:.4f} is expected."


@check
def generator_loss(answer: Callable) -> str | None:
    """`generator_loss(fake_logits)`: mean cross-entropy of the generated images with the answer 1."""
    fake = np.random.default_rng(0).normal(-1.2, 1.5, (8, 1, 1, 1)).astype(np.float32)
    value, right = _number(answer, fake), _log_loss(1, fake)
    if isinstance(value, str):
        return value
    if np.isclose(value, right, rtol=1e-3):
        zero = _number(answer, np.zeros((3, 1), np.float32))
        if np.isclose(zero, np.log(2), rtol=1e-3):
            return None
        return "That is right for one batch only. Give the targets the shape of the logits."
    zeros = _log_loss(0, fake)
    mistakes = {
        "With zeros as targets the generator helps the police. It wants its images to be called 1.": zeros,
        "That is the minimax form, which is flat where the generator is bad. Use ones as targets.": -zeros,
        "The sign is wrong: a loss gets smaller as more police are fooled.": -right,
        "That is the mean of the logits, as in other GANs. Use the cross-entropy with ones.": -fake.mean(),
        _SUM: right * len(fake),
        _TWICE: _log_loss(1, _sigmoid(fake)),
        _NO_LOGITS: _clipped(1, fake),
    }
    return recognise(value, mistakes) or f"Received {value:.4f} where {right:.4f} is expected."


@check
def accuracy(answer: Callable) -> str | None:
    """`accuracy(real_logits, fake_logits)`: the share of right answers over both kinds."""
    real = np.array([2.0, 0.3, 0.2, 0.9, -1.0], np.float32).reshape(5, 1, 1, 1)
    fake = np.array([-2.0, -0.4, 0.4, 0.1, -3.0, 0.7, 0.2, 0.9], np.float32).reshape(8, 1, 1, 1)

    def share(threshold: float) -> tuple[float, float]:
        return float((real > threshold).mean()), float((fake < threshold).mean())

    value = _number(answer, real, fake)
    if isinstance(value, str):
        return value
    (on_real, on_fake), half = share(0), share(0.5)
    right = (on_real + on_fake) / 2
    pooled = ((real > 0).sum() + (fake < 0).sum()) / (real.size + fake.size)
    mistakes = {
        "You compared with 0.5. A probability of one half is a logit of 0: compare with 0.": sum(half) / 2,
        "Only the real half is counted; look at the generated images too.": on_real,
        "Only the generated half is counted; look at the real images too.": on_fake,
        "You counted the mistakes. Real is right above 0, generated below 0.": 1 - right,
        "A share cannot exceed 1: take the mean of the two halves.": on_real + on_fake,
        "A share lies between 0 and 1: leave out the factor 100.": 100 * right,
        "For generated images the right answer is a logit below 0.": (on_real + 1 - on_fake) / 2,
        "The halves differ in size here. Take each half's share first, then their mean.": pooled,
    }
    return judge(value, right, mistakes, f"Received {value:.3f} where {right:.3f} is expected.")


_TWICE = "You applied a sigmoid before a loss that does so itself (from_logits=True). Give it the logits."
_SUM = "That is a sum over the images; take the mean, so that the batch size does not matter."
_NO_LOGITS = "Keras took your logits for probabilities: say from_logits=True."


def _clipped(target: float, logits: np.ndarray) -> float:
    """What Keras makes of logits that it takes for probabilities."""
    p = np.clip(np.asarray(logits, np.float64), 1e-7, 1 - 1e-7)
    return float(np.mean(-(target * np.log(p) + (1 - target) * np.log(1 - p))))


def _number(answer: Callable, *logits: np.ndarray) -> float | str:
    """The one number that a learner's function gives, or a hint."""
    with warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("always")
        value = np.asarray(answer(*logits), np.float64)
    if any("from_logits" in str(warning.message) for warning in noticed):
        return _TWICE  # Keras sees its own sigmoid, undoes it and warns; it does not see TensorFlow's
    if value.size != 1:
        return f"Received {value.size} numbers, shape {value.shape}; expected one: take the mean over images."
    return float(value.reshape(()))
