"""Checks of lesson 45: a condition in G and in D, deliveries, distances, and repeated examples."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from gancourse.metrics.memorisation import distances, with_mirrors
from gancourse.quiet import import_tensorflow
from gancourse.teaching.checks import check, close, judge, recognise, understood
from gancourse.teaching.material import order_parts as course

import_tensorflow()
import keras  # noqa: E402

#: Words of the usual messages of Keras, pandas and NumPy, in lower case, and what they mean here.
_MESSAGES = {
    "kerastensor cannot be used as input": "TensorFlow's and NumPy's functions do not take the maps of a "
    "network that is being built. Use layers, plain arithmetic such as * and +, or keras.ops.",
    "kerastensor is symbolic": "NumPy's functions do not take the maps of a network that is being built. "
    "Use layers, plain arithmetic such as * and +, or keras.ops.",
    "incompatible shapes": "These shapes do not fit each other. One number for each channel, (B, C), has to "
    "become (B, 1, 1, C): layers.Reshape((1, 1, channels)).",
    "cannot be broadcast": "These shapes do not fit each other. Print them, and say on paper what each axis "
    "means.",
    "operands could not be broadcast": "These shapes do not fit each other. Give one array a new axis: "
    "conditions[:, None] - training[None].",
    "dimensions must be equal": "These shapes do not fit each other. Print them, and say on paper what each "
    "axis means.",
    "keyerror: 'all'": "The column `all` is missing: true where every attribute was delivered.",
}


# A condition in the generator


@check
@understood(_MESSAGES)
def scale_maps(answer: Callable) -> str | None:
    """`scale_maps(maps, told)` scales and shifts each channel as the order says."""
    maps, told = keras.Input((4, 6, 5)), keras.Input((3,))
    result = answer(maps, told)
    if hint := _shape_hint(result, (None, 4, 6, 5)):
        return hint
    network = keras.Model([maps, told], result)
    rng = np.random.default_rng(45)
    given, orders = _normal(rng, 7, 4, 6, 5), _normal(rng, 7, 3)
    silent = _call(network, given, 0 * orders)
    if np.abs(silent).max() < 1e-6:
        return (
            "An order of zeros makes the maps vanish. Multiply by 1 + scale, so that training starts from 1."
        )
    if not close(silent, given):
        return (
            "An order of zeros should leave the maps as they are, before any training: begin with a scale "
            "of 1 and a shift of 0, and change nothing else of the maps."
        )
    _draw_weights(network, rng)
    return _scaling_hint(lambda x, t: _call(network, x, t), given, orders)


def _scaling_hint(scaled: Callable, given: np.ndarray, orders: np.ndarray) -> str | None:
    """What is wrong with a scaling whose weights are random, if anything."""
    once, twice, thrice = (scaled(k * given, orders) for k in (1, 2, 3))
    if close(once, scaled(given, orders[::-1])):
        return "The order changes nothing. Make scale and shift of `told`, by a dense layer each."
    step = twice - once  # maps * (1 + scale)
    if not np.allclose(thrice - twice, step, rtol=1e-3, atol=1e-4):
        return (
            "Twice the maps do not give twice the answer. Only scale and shift: normalisation and ReLU come "
            "before and after."
        )
    factor, shift = step / given, once - step
    for values, name in ((factor, "scale"), (shift, "shift")):
        if np.ptp(values, axis=(1, 2)).max() > 1e-2:
            return f"The {name} differs from pixel to pixel. It is one number for each channel of an image."
    factor, shift = factor[:, 0, 0] - 1, shift[:, 0, 0]  # (B, C)
    if np.abs(factor).max() < 1e-3:
        return "The order only shifts the maps. It should scale them, too: maps * (1 + scale) + shift."
    if np.abs(shift).max() < 1e-3:
        return "The order only scales the maps. Add a shift, from a dense layer of its own."
    if np.ptp(factor, axis=1).max() < 1e-3 or np.ptp(shift, axis=1).max() < 1e-3:
        return "All channels are changed alike. Each needs a number of its own: layers.Dense(channels)."
    if np.allclose(factor, shift, atol=1e-3):
        return "Scale and shift come from the same layer, and are equal. Give each a dense layer of its own."
    alone = scaled(given[:1], orders[:1])
    if not np.allclose(alone, once[:1], atol=1e-4):
        return "What becomes of an image depends on the others in its batch. Keep the first axis apart."
    return None


# A condition in the discriminator


@check
@understood(_MESSAGES)
def project(answer: Callable) -> str | None:
    """`project(features, conditions, plain_logits)` adds the inner product of features and direction."""
    inputs = [keras.Input((2, 3, 4)), keras.Input((5,)), keras.Input((1,))]
    result = answer(*inputs)
    if hint := _shape_hint(result, (None, 1)):
        return hint
    network = keras.Model(inputs, result)
    rng = np.random.default_rng(46)
    features, orders, plain = _normal(rng, 6, 2, 3, 4), _normal(rng, 6, 5), _normal(rng, 6, 1)
    _draw_weights(network, rng)

    def logits(phi: np.ndarray, c: np.ndarray, p: np.ndarray = 0 * plain) -> np.ndarray:
        return _call(network, phi, c, p[: len(phi)])

    added = logits(features, orders, plain) - logits(features, orders)
    if np.abs(added).max() < 1e-6:
        return "The plain logits are lost. Add them: the image also has to look real."
    if not np.allclose(added, plain, rtol=1e-3, atol=1e-4):
        return "Add the plain logits as they are, and squash nothing: the losses take logits."
    return _projection_hint(logits, features, orders)


def _projection_hint(logits: Callable, features: np.ndarray, orders: np.ndarray) -> str | None:
    """What is wrong with a projection, if anything."""
    once, others = logits(features, orders), logits(features, orders[::-1])
    moved = logits(features[::-1], orders)
    if np.abs(once - others).max() < 1e-5:
        return "The order changes nothing. Make a direction of it, by dense layers."
    if np.abs(once - moved).max() < 1e-5:
        return "The image changes nothing. Multiply the direction by the features, and sum."
    if np.allclose((once - others), moved - logits(features[::-1], orders[::-1]), rtol=1e-3, atol=1e-4):
        return (
            "The order adds the same to every image's logit, so that D cannot tell whether the two fit. "
            "Multiply features and direction, then sum."
        )
    if not np.allclose(logits(2 * features, orders), 2 * once, rtol=1e-2, atol=1e-3):
        return (
            "Twice the features should give twice the inner product. Flatten them, and send only the order "
            "through dense layers."
        )
    if not np.allclose(logits(features[:1], orders[:1]), once[:1], rtol=1e-3, atol=1e-4):
        return "An image's logit depends on the others in its batch. Sum over the last axis only: axis=-1."
    if np.allclose(logits(features[:, ::-1, ::-1], orders), once, rtol=1e-3, atol=1e-4):
        return (
            "You sum the features over all places, as the paper does for classes. A side is a place: use "
            "layers.Flatten, so that the direction says where as well."
        )
    return None


def _normal(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.standard_normal(shape).astype(np.float32)


def _call(network: keras.Model, *inputs: np.ndarray) -> np.ndarray:
    return np.asarray(network([np.asarray(x, np.float32) for x in inputs], training=False))


def _draw_weights(network: keras.Model, rng: np.random.Generator) -> None:
    """Set all weights, which may start at 0, to random numbers."""
    network.set_weights([0.6 * rng.standard_normal(weight.shape) for weight in network.get_weights()])


def _shape_hint(result: Any, expected: tuple) -> str | None:
    """What is wrong with the shape of an answer, if anything."""
    if not hasattr(result, "shape"):
        return f"Return one tensor of shape {_written(expected)}, not a {type(result).__name__}."
    shape = tuple(result.shape)
    if shape == expected:
        return None
    said = f"Expected the shape {_written(expected)}, received {_written(shape)}."
    if len(shape) == 4 and shape[:-1] == expected[:-1]:
        return f"{said} Joining the order as more channels is another way; here, multiply the channels by it."
    if expected == (None, 1):
        return (
            f"{said} Multiply the flat features by the direction, then sum over the last axis, keepdims=True."
        )
    return said


def _written(shape: tuple) -> str:
    return f"({', '.join('B' if n is None else str(n) for n in shape)})"


# Was it delivered?

_LIMITS = {"area_cm2": 4.0, "side": 0.3, "height": 0.05}
_ASKED = pd.DataFrame(
    {
        "grade": ["HGG", "LGG", "healthy", "HGG", "HGG", "LGG", "healthy", "HGG"],
        "area_cm2": [20.0, 10, np.nan, 30, 12, 8, np.nan, 16],
        "side": [1.0, -1, np.nan, 0.5, -1, 1, np.nan, 0],
        "height": [0.5, 0.6, 0.7, 0.5, 0.6, 0.7, 0.5, 0.6],
    }
)
_FOUND = pd.DataFrame(
    {
        "grade": ["HGG", "HGG", "healthy", "HGG", "healthy", "LGG", "LGG", "HGG"],
        "area_cm2": [14.0, 11, np.nan, 37, np.nan, 11, 5, 12],  # the last: off by the limit itself
        "side": [0.9, -0.9, np.nan, 0.1, np.nan, 0.8, 1, 0.1],
        "height": [0.52, 0.61, 0.71, 0.51, 0.62, 0.6, 0.58, 0.57],
    }
)


@check
@understood(_MESSAGES)
def delivered(answer: Callable) -> str | None:
    """`delivered(asked, found, limits)`: a table of what was delivered, and of all at once."""
    asked, found = _ASKED.copy(), _FOUND.copy()
    table = answer(asked, found, dict(_LIMITS))
    if not (asked.equals(_ASKED) and found.equals(_FOUND)):
        return "Your function changes the tables that it was given. Put the results into a new one."
    if not isinstance(table, pd.DataFrame):
        return f"Return a pandas DataFrame, a row for each order. Received {type(table).__name__}."
    right = course.delivered(_ASKED, _FOUND, _LIMITS)
    if missing := [name for name in right if name not in table]:
        return f"The column {missing[0]!r} is missing. There is one for the grade, for each limit, and `all`."
    if len(table) != len(right):
        return f"Expected a row for each of {len(right)} orders, received {len(table)}."
    got = table[list(right)].to_numpy()
    if got.dtype != bool and not np.isin(got.astype(float), [0, 1]).all():
        return "Those are no booleans: compare each error with its limit."
    got = got.astype(bool)
    if (got == right.to_numpy()).all():
        return None
    return _delivery_hint(pd.DataFrame(got, columns=list(right)), right)


def _delivery_hint(got: pd.DataFrame, right: pd.DataFrame) -> str:
    """Name the mistake in a table of deliveries."""
    off = _FOUND[list(_LIMITS)] - _ASKED[list(_LIMITS)]
    names = list(_LIMITS)
    hints = {
        "Of a healthy brain no tumour was ordered: what was not asked for (NaN) cannot be wrong.": off.abs()
        <= pd.Series(_LIMITS),
        "A tumour that the reader did not find (NaN) counts as delivered in your table. It is missing.": ~(
            off.abs() > pd.Series(_LIMITS)
        ),
        "Too little passes, however far off it is. Take the absolute error: .abs().": (
            off <= pd.Series(_LIMITS)
        )
        | _ASKED[names].isna(),
        "An error as large as its limit is still delivered: <=, not <.": (off.abs() < pd.Series(_LIMITS))
        | _ASKED[names].isna(),
        "True and false are exchanged: delivered means that the error keeps to the limit.": ~right[names],
    }
    for hint, wrong in hints.items():
        if (got[names].to_numpy() == wrong.to_numpy()).all():
            return hint
    if not got["grade"].equals(right["grade"]):
        return "Look at the grade: it is delivered where asked and found are equal."
    for name in names:
        if not got[name].equals(right[name]):
            row = int(np.flatnonzero((got[name] != right[name]).to_numpy())[0])
            said = f"Asked for {name} {_ASKED[name][row]:g}, found {_FOUND[name][row]:g}"
            return f"{said}, limit {_LIMITS[name]:g}: expected {bool(right[name][row])}."
    if got["all"].equals(got[["grade", *names]].any(axis=1)):
        return "`all` is true in your table where *any* attribute was delivered: .all(axis=1)."
    if got["all"].equals(got[names].all(axis=1)):
        return "`all` leaves out the grade."
    return "The attributes are right. `all` is true where every one of them was delivered: .all(axis=1)."


# How far from the training


@check
@understood(_MESSAGES)
def distance(answer: Callable) -> str | None:
    """`distance(conditions, training, k)` is the mean distance to the k nearest training slices."""
    rng = np.random.default_rng(47)
    orders, training, k = rng.standard_normal((6, 7)), rng.standard_normal((20, 7)), 3
    got = np.asarray(answer(orders.copy(), training.copy(), k))
    apart = np.sqrt(((orders[:, None] - training) ** 2).sum(-1))
    ranked = np.sort(apart, axis=1)
    right = ranked[:, :k].mean(1)
    if got.shape == (20,):
        return "That is a number for each training slice. Each *order* has its own neighbours: sort axis 1."
    if got.shape == (6, 20):
        return "Those are all distances. Take the mean of the k smallest of each row."
    if got.shape == (6, k):
        return "Those are the k nearest of each order. Return their mean: axis=1."
    if got.shape == ():
        return "That is one number for all orders together. Each order has its own: axis=1."
    mistakes = {
        "That is the nearest one only. It may be an outlier: take the mean of the k nearest.": (ranked[:, 0]),
        "That is the distance of the k-th nearest. Take the mean of the first k.": ranked[:, k - 1],
        "That is the mean over all training slices. Keep the k nearest: sort first.": apart.mean(1),
        "Those are the k farthest. Sort, then take the first k.": ranked[:, -k:].mean(1),
        "These are not sorted: the first k training slices are not the nearest.": apart[:, :k].mean(1),
        "The root is missing: a distance is the root of a sum of squares.": [
            (ranked[:, :k] ** 2).mean(1),
            np.sqrt((ranked[:, :k] ** 2).mean(1)),
        ],
        "That is the distance to the mean of the training slices, where there may be none.": np.linalg.norm(
            orders - training.mean(0), axis=1
        ),
        "k is taken for 5 whatever it is. Use the argument.": ranked[:, :5].mean(1),
        "That is the sum over the k nearest. Take the mean.": ranked[:, :k].sum(1),
        "Those are sums of absolute differences. The distance is Euclidean: squares, sum, root.": np.sort(
            np.abs(orders[:, None] - training).sum(-1), axis=1
        )[:, :k].mean(1),
        "Your distances are averaged over the seven numbers. Sum their squares.": right / np.sqrt(7),
    }
    if got.shape != (6,):
        return f"Expected a number for each of 6 orders, shape (6,), received {got.shape}."
    said = f"Expected {right[0]:.3f} for the first of six orders with k=3, received {float(got[0]):.3f}."
    return judge(got, right, mistakes, said)


# Does it only repeat?


@check
@understood(_MESSAGES)
def nearer_to_examples(answer: Callable) -> str | None:
    """`nearer_to_examples(generated, examples, unseen)`: the share nearer to an example than to an unseen."""
    rng = np.random.default_rng(96)
    examples, unseen, generated = (rng.standard_normal((n, 6, 4)) for n in (5, 25, 60))
    generated[:20] += 2 * examples[rng.integers(0, 5, 20), :, ::-1]  # mirrored copies, with noise
    got = np.asarray(answer(generated.copy(), examples.copy(), unseen.copy()))
    if got.shape in ((60,), (60, 5)):
        return "That is an answer for each image. Return the share of them: the mean of a comparison."
    if got.shape != ():
        return f"Expected one number from 0 to 1, received the shape {got.shape}."

    def least(reference: np.ndarray, mirrors: bool = True) -> np.ndarray:
        return distances(generated, with_mirrors(reference) if mirrors else reference).min(1)

    few = unseen[: len(examples)]
    nearer = least(examples) < least(few)
    right = nearer.mean()
    mistakes = {
        "That compares five examples with all 25 unseen images. Among more there is always a nearer one: "
        "take as many as there are examples.": (least(examples) < least(unseen)).mean(),
        "A generator that learned mirrored images may repeat them mirrored: use with_mirrors for both.": (
            least(examples, mirrors=False) < least(few, mirrors=False)
        ).mean(),
        "Only the examples are mirrored. Give the unseen images the same chance: with_mirrors for both.": (
            least(examples) < least(few, mirrors=False)
        ).mean(),
        "The comparison is the wrong way round: count images that are nearer to an example.": 1 - right,
        "That is how many they are. Return the share.": nearer.sum(),
        "Compare the *nearest* example with the nearest unseen image: min, not mean.": (
            distances(generated, with_mirrors(examples)).mean(1)
            < distances(generated, with_mirrors(few)).mean(1)
        ).mean(),
        "That is a ratio of distances. Compare the two distances of each image, and count.": [
            (least(examples) / least(few)).mean(),
            least(examples).mean() / least(few).mean(),
        ],
        "Both are searched the other way: for each generated image, its nearest example (axis=1).": (
            _searched_the_other_way(generated, examples, few)
        ),
    }
    if close(got, right):
        return None
    said = f"Expected {right:.3f} for 60 small images, received {float(got):.3f}."
    return recognise(got, mistakes) or said


def _searched_the_other_way(generated: np.ndarray, examples: np.ndarray, few: np.ndarray) -> float:
    """What comes of the nearest generated image of each example, in place of the nearest example of each."""
    ours, theirs = (distances(generated, with_mirrors(some)).min(0) for some in (examples, few))
    return float((ours < theirs).mean())
