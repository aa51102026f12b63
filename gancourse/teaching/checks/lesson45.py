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

#: Words of the usual messages of Keras, pandas and NumPy, in lower case, and what they mean in each exercise.
_OF_NETWORKS = {
    "kerastensor cannot be used as input": "TensorFlow's and NumPy's functions do not take the maps of a "
    "network that is being built. Use layers, plain arithmetic such as * and +, or keras.ops.",
    "kerastensor is symbolic": "NumPy's functions do not take the maps of a network that is being built. "
    "Use layers, plain arithmetic such as * and +, or keras.ops.",
}
_OF_SCALING = _OF_NETWORKS | dict.fromkeys(
    ("incompatible shapes", "cannot be broadcast", "broadcastable shapes", "dimensions must be equal"),
    "These shapes do not fit each other. One number for each channel, (B, C), has to become (B, 1, 1, C): "
    "layers.Reshape((1, 1, channels)).",
)
_OF_SCALING["total size of the tensor must be unchanged"] = (
    "The shape that you ask for has another number of values. The dense layers need as many units as the "
    "maps have channels: layers.Dense(channels)."
)
_OF_PROJECTION = (
    _OF_NETWORKS
    | dict.fromkeys(
        ("incompatible shapes", "cannot be broadcast", "broadcastable shapes", "dimensions must be equal"),
        "These shapes do not fit each other. The last dense layer needs as many units as phi has numbers: "
        "layers.Dense(phi.shape[-1]).",
    )
    | {
        "invalid value for `units`": "The number of phi's features is lost, since the size of the batch is "
        "not known yet. Flatten with layers.Flatten()(features).",
    }
)
_OF_TABLES = {
    "keyerror: 'all'": "The column `all` is missing: true where every attribute was delivered.",
    "keyerror: 'grade'": "There is no limit for the grade. Compare the grades with ==, and loop over "
    "`limits` for the rest.",
    "keyerror: 'along'": "There is no limit for 'along' here. Do not write the names down: loop over "
    "`limits`, which says what is compared.",
    "for -: 'str' and 'str'": "The grade is a word, which cannot be subtracted. Subtract column by column: "
    "found[name] - asked[name].",
    "truth value of a series": "`or`, `and`, `not` and `if` take a single truth. For whole columns write |, "
    "& and ~.",
}
_OF_DISTANCES = {
    "operands could not be broadcast": "These shapes do not fit each other. Give one array a new axis: "
    "conditions[:, None] - training[None].",
}
_OF_REPEATS = {
    "operands could not be broadcast": "There are not as many generated images as others, so they cannot be "
    "subtracted. `distances` compares all pairs.",
}


# A condition in the generator


@check
@understood(_OF_SCALING)
def scale_maps(answer: Callable) -> str | None:
    """`scale_maps(maps, told)` scales and shifts each channel as the order says."""
    maps, told = keras.Input((4, 6, 5)), keras.Input((3,))
    result = answer(maps, told)
    if hint := _shape_hint(result, (None, 4, 6, 5)):
        return hint
    network = keras.Model([maps, told], result)
    rng = np.random.default_rng(45)
    given, orders = _normal(rng, 7, 4, 6, 5), _normal(rng, 7, 3)
    silent = _call(network, given, 0 * orders, training=True)
    if np.abs(silent).max() < 1e-6:
        return (
            "An order of zeros makes the maps vanish. Multiply by 1 + scale, so that training starts from 1."
        )
    if not close(silent, given):
        return (
            "An order of zeros should leave the maps as they are, before any training: begin with a scale "
            "of 1 and a shift of 0, and change nothing else. Normalisation and ReLU come before and after."
        )
    if not close(_call(network, given, orders), given):
        return (
            "Your layers change the maps before any training. Let both start at 0: "
            'layers.Dense(channels, kernel_initializer="zeros").'
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
    for values, name in ((factor, "scale"), (shift, "shift")):
        if values.min() > -1e-2:
            return (
                f"Your {name} can only grow, because of a ReLU; and a ReLU that starts at 0 never leaves 0, "
                "since its gradient is 0. Both dense layers go without an activation."
            )
    if np.allclose(factor, shift, atol=1e-3):
        return "Scale and shift come from the same layer, and are equal. Give each a dense layer of its own."
    alone = scaled(given[:1], orders[:1])
    if not np.allclose(alone, once[:1], atol=1e-4):
        return "What becomes of an image depends on the others in its batch. Keep the first axis apart."
    return None


# A condition in the discriminator


@check
@understood(_OF_PROJECTION)
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

    def logits(phi: np.ndarray, c: np.ndarray, p: np.ndarray | float = 0.0) -> np.ndarray:
        return _call(network, phi, c, np.broadcast_to(p, (len(phi), 1)))

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
            "Twice the features should give twice the inner product. Flatten them, send only the order "
            "through dense layers, and squash nothing."
        )
    if not np.allclose(logits(features[:1], orders[:1]), once[:1], rtol=1e-3, atol=1e-4):
        return "An image's logit depends on the others in its batch. Sum over the last axis only: axis=-1."
    if np.allclose(logits(features[:, ::-1, ::-1], orders), once, rtol=1e-3, atol=1e-4):
        return (
            "You sum the features over all places, as the paper does for classes. A side is a place: use "
            "layers.Flatten, so that the direction says where as well."
        )
    numbers = np.eye(24, dtype=np.float32).reshape(24, 2, 3, 4)  # of phi, one alone in each
    directions = [logits(numbers, np.repeat(order[None], 24, axis=0)) for order in orders]
    if np.min(directions) > -1e-4:
        return (
            "No number of your direction is ever below 0, because of a ReLU. The last dense layer goes "
            "without an activation, since some features should lower the logit."
        )
    return None


def _normal(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.standard_normal(shape).astype(np.float32)


def _call(network: keras.Model, *inputs: np.ndarray, training: bool = False) -> np.ndarray:
    return np.asarray(network([np.asarray(x, np.float32) for x in inputs], training=training))


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
    if expected != (None, 1):
        return said
    if shape == (None, None):
        return (
            f"{said} That compares each image with each order. Multiply phi by the direction, and sum over "
            "the last axis with keepdims=True, since (B, 1) + (B,) is (B, B)."
        )
    if len(shape) > 2:
        return f"{said} Flatten the features first: layers.Flatten()."
    return f"{said} Multiply the flat features by the direction, then sum over the last axis, keepdims=True."


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
@understood(_OF_TABLES)
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
    if table["all"].isna().all():
        return "table.all() goes down the columns. For each row, whether all are true: table.all(axis=1)."
    for name in right:
        if others := [value for value in table[name].tolist() if value not in (0, 1)]:
            said = f"The column {name!r} holds {_short(others[0])}, and not only True and False."
            return (
                f"{said} {'Use table.all(axis=1)' if name == 'all' else 'Compare each error with its limit'}."
            )
    got = table[list(right)].astype(bool)
    if (got.to_numpy() == right.to_numpy()).all():
        return None
    return _delivery_hint(got.reset_index(drop=True), right)


def _delivery_hint(got: pd.DataFrame, right: pd.DataFrame) -> str:
    """Name the mistake in a table of deliveries."""
    names = list(_LIMITS)
    for hint, wrong in _delivery_mistakes().items():
        if any((got[names].to_numpy() == each[names].to_numpy()).all() for each in wrong):
            return hint
    if not got["grade"].equals(right["grade"]):
        return "Look at the grade: it is delivered where asked and found are equal."
    for name in names:
        if got[name].nunique() == 1:
            return (
                f"The column {name!r} is the same in every row. Compare order by order, with no mean or all."
            )
        if not got[name].equals(right[name]):
            row = int(np.flatnonzero((got[name] != right[name]).to_numpy())[0])
            said = f"Asked for {name} {_ASKED[name][row]:g}, found {_FOUND[name][row]:g}"
            return f"{said}, limit {_LIMITS[name]:g}: expected {bool(right[name][row])}."
    if got["all"].equals(got[["grade", *names]].any(axis=1)):
        return "`all` is true in your table where *any* attribute was delivered: .all(axis=1)."
    if got["all"].equals(got[names].all(axis=1)):
        return "`all` leaves out the grade."
    return "The attributes are right. `all` is true where every one of them was delivered: .all(axis=1)."


def _delivery_mistakes() -> dict[str, list[pd.DataFrame]]:
    """Hints, and what the mistakes that they name say of the attributes."""
    asked, found, limits = _ASKED[[*_LIMITS]], _FOUND[[*_LIMITS]], pd.Series(_LIMITS)
    nothing_asked, error = asked.isna(), (found - asked).abs()
    within = error <= limits
    return {
        "Of a healthy brain no tumour was ordered: what was not asked for (NaN) cannot be wrong.": [within],
        "A tumour that the reader did not find (NaN) counts as delivered in your table. It is missing.": [
            ~(error > limits)
        ],
        "You look for NaN in `found`. Look for it in `asked`, which says what was ordered.": [
            found.isna() | within
        ],
        "In one healthy brain the reader found a tumour. None was ordered, so its numbers cannot be wrong; "
        "the wrong grade is counted already. Look at asked[name].isna() alone.": [
            within | nothing_asked & found.isna()
        ],
        "Your table says yes wherever a tumour was ordered: the ~ is one too many.": [
            ~nothing_asked | within
        ],
        "Nothing is delivered in your table, since & asks for both at once. What counts is that the error "
        "keeps to the limit, *or* (|) that nothing was asked.": [nothing_asked & within],
        "An error in one direction passes, however large it is. Take the absolute error: .abs().": [
            nothing_asked | (found - asked <= limits),
            nothing_asked | (asked - found <= limits),
        ],
        "An error as large as its limit is still delivered: <=, not <.": [nothing_asked | (error < limits)],
        "True and false are exchanged: delivered means that the error keeps to the limit.": [
            ~(nothing_asked | within),
            nothing_asked | (error > limits),
        ],
        "Nobody delivers a number exactly, and the reader errs, too. Compare the error with its limit.": [
            nothing_asked | (error == 0),
            error == 0,
        ],
        "The limits are in the units of their attributes. Do not divide the error by what was asked.": [
            nothing_asked | (error <= limits * asked.abs())
        ],
        "Python takes | before <=. Put brackets round the comparison: | (error <= limit).": [
            (nothing_asked | (error > 0)).astype(float) <= limits
        ],
    }


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else repr(value)


# How far from the training


@check
@understood(_OF_DISTANCES)
def distance(answer: Callable) -> str | None:
    """`distance(conditions, training, k)` is the mean distance to the k nearest training slices."""
    rng = np.random.default_rng(47)
    orders, training, k = rng.standard_normal((6, 8)), rng.standard_normal((20, 8)), 3
    got = np.asarray(answer(orders.copy(), training.copy(), k))
    right = course.distance(orders, training, k)
    shapes = {
        (20,): "That is a number for each training slice. Each *order* has its own neighbours: sort axis 1.",
        (6, 20): "Those are all distances. Take the mean of the k smallest of each row.",
        (6, k): "Those are the k nearest of each order. Return their mean: axis=1.",
        (6, 8): "That is an answer for each of the eight numbers. Sum the squares over them, axis=-1, before "
        "you sort.",
        (k,): "Those are the first k *orders*. Keep the first k columns of every row: [:, :k].",
        (): "That is one number for all orders together. Each order has its own: axis=1.",
    }
    if hint := shapes.get(got.shape):
        return hint
    if got.shape != (6,):
        return f"Expected a number for each of 6 orders, shape (6,), received {got.shape}."
    said = f"Expected {right[0]:.3f} for the first of six orders with k=3, received {float(got[0]):.3f}."
    return judge(got, right, _distance_mistakes(orders, training, k), said)


def _distance_mistakes(orders: np.ndarray, training: np.ndarray, k: int) -> dict[str, Any]:
    """Hints, and the distances that come of the mistakes that they name."""
    difference = orders[:, None] - training
    apart = np.sqrt((difference**2).sum(-1))
    ranked = np.sort(apart, axis=1)

    def nearest(apart: np.ndarray) -> np.ndarray:
        return np.sort(apart, axis=1)[:, :k].mean(1)

    return {
        "That is the nearest one only. It may be an outlier: take the mean of the k nearest.": ranked[:, 0],
        "That is the distance of the k-th nearest. Take the mean of the first k.": ranked[:, k - 1],
        "Python counts from 0, so [:, k] is the one after the k nearest. Take the mean of these: [:, :k].": (
            ranked[:, k]
        ),
        "That is the mean of k + 1 distances. The first k are [:, :k].": ranked[:, : k + 1].mean(1),
        "You leave out the nearest. An order is no training slice itself, so its nearest counts: [:, :k].": [
            ranked[:, 1 : k + 1].mean(1),
            ranked[:, 1:k].mean(1),
        ],
        "That is the mean over all training slices. Keep the k nearest: sort first.": apart.mean(1),
        "Those are the k farthest. Sort, then take the first k.": ranked[:, -k:].mean(1),
        "These are not sorted: the first k training slices are not the nearest.": apart[:, :k].mean(1),
        "That is the mean of the neighbours' *numbers*: argsort says which they are, sort how far.": (
            np.argsort(apart, axis=1)[:, :k].mean(1)
        ),
        "The root is missing: a distance is the root of a sum of squares.": nearest(apart**2),
        "The root comes before the mean: average the distances, not their squares.": np.sqrt(
            nearest(apart**2)
        ),
        "That is the distance to the mean of the training slices, where there may be none.": np.linalg.norm(
            orders - training.mean(0), axis=1
        ),
        "k is taken for 5 whatever it is. Use the argument.": ranked[:, :5].mean(1),
        "That is the sum over the k nearest. Take the mean.": ranked[:, :k].sum(1),
        "Take the mean of the k nearest, not their median.": np.median(ranked[:, :k], axis=1),
        "Those are sums of absolute differences. The distance is Euclidean: squares, sum, root.": nearest(
            np.abs(difference).sum(-1)
        ),
        "Square each difference before you sum, or those above and below 0 cancel.": nearest(
            np.abs(difference.sum(-1))
        ),
        "Your distances are averaged over the eight numbers. Sum their squares.": [
            nearest(apart / np.sqrt(8)),
            nearest(np.abs(difference).mean(-1)),
        ],
        "You sum over the training slices. Sum over the eight numbers, the last axis: axis=-1.": nearest(
            np.sqrt((difference**2).sum(1))
        ),
    }


# Does it only repeat?


@check
@understood(_OF_REPEATS)
def nearer_to_examples(answer: Callable) -> str | None:
    """`nearer_to_examples(generated, examples, unseen)`: the share nearer to an example than to an unseen."""
    rng = np.random.default_rng(78)
    examples, unseen, generated = (rng.standard_normal((n, 6, 4)) for n in (5, 25, 60))
    generated[:20] += 2 * examples[rng.integers(0, 5, 20), :, ::-1]  # mirrored copies, with noise
    got = np.asarray(answer(generated.copy(), examples.copy(), unseen.copy()))
    if got.shape in ((60,), (60, 5)):
        return "That is an answer for each image. Return the share of them: the mean of a comparison."
    if got.shape != ():
        return f"Expected one number from 0 to 1, received the shape {got.shape}."

    right = course.nearer_to_examples(generated, examples, unseen)
    if close(got, right):
        return None
    said = f"Expected {right:.3f} for 60 small images, received {float(got):.3f}."
    return recognise(got, _repeat_mistakes(generated, examples, unseen)) or said


def _repeat_mistakes(generated: np.ndarray, examples: np.ndarray, unseen: np.ndarray) -> dict[str, Any]:
    """Hints, and the shares that come of the mistakes that they name."""
    few, last = unseen[: len(examples)], unseen[-len(examples) :]
    right = course.nearer_to_examples(generated, examples, unseen)

    def apart(reference: np.ndarray, mirrors: bool = True) -> np.ndarray:
        return distances(generated, with_mirrors(reference) if mirrors else reference)

    def share(ours: np.ndarray, theirs: np.ndarray) -> float:
        return float((ours.min(1) < theirs.min(1)).mean())

    ours, theirs = apart(examples), apart(few)
    twice = [distances(with_mirrors(generated), some) for some in (examples, few)]
    return {
        "That compares five examples with all 25 unseen images. Among more there is always a nearer one: "
        "take as many as there are examples.": share(ours, apart(unseen)),
        "As many unseen images, but take the first of them, unseen[: len(examples)], so that your share and "
        "the course's can be compared.": share(ours, apart(last)),
        "You mirror, and then cut: that leaves twice as many unseen images, and no mirror image. First cut "
        "to as many as there are examples, then mirror both.": share(
            ours, apart(unseen[: 2 * len(examples)], mirrors=False)
        ),
        "A generator that learned mirrored images may repeat them mirrored: use with_mirrors for both.": (
            share(apart(examples, mirrors=False), apart(few, mirrors=False))
        ),
        "Only the examples are mirrored. Give the unseen images the same chance: with_mirrors for both.": (
            share(ours, apart(few, mirrors=False))
        ),
        "Only the unseen images are mirrored. Give the examples the same chance: with_mirrors for both.": (
            share(apart(examples, mirrors=False), theirs)
        ),
        "Mirroring the generated images counts each of them twice, once for each of its sides. Mirror what "
        "they are compared with.": share(*twice),
        "The comparison is the wrong way round: count images that are nearer to an example.": 1 - right,
        "That is how many they are. Return the share.": right * len(generated),
        "Return a share from 0 to 1, not per cent.": 100 * right,
        "Compare the *nearest* example with the nearest unseen image: min, not mean.": float(
            (ours.mean(1) < theirs.mean(1)).mean()
        ),
        "You compare each *pair* of distances. Each image has one nearest example, .min(axis=1), and one "
        "nearest unseen image.": (ours < theirs).mean(),
        "That is one comparison for all images together. Compare image by image, .min(axis=1), and then take "
        "the mean.": [0.0, 1.0],
        "argmin compares positions in the lists. Compare distances: .min(axis=1).": (
            ours.argmin(1) < theirs.argmin(1)
        ).mean(),
        "That is a ratio of distances. Compare the two distances of each image, and count.": [
            (ours.min(1) / theirs.min(1)).mean(),
            ours.min(1).mean() / theirs.min(1).mean(),
        ],
        "Both are searched the other way: for each generated image, its nearest example, is .min(axis=1) of "
        "distances(generated, examples).": (ours.min(0) < theirs.min(0)).mean(),
    }
