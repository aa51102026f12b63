"""Checks of lesson 55: there and back, the image pool, the translators' loss, and two measures."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gancourse.quiet import import_tensorflow
from gancourse.teaching.checks import Hint, check, close, judge, understood
from gancourse.teaching.material import contrast_parts as course

tf = import_tensorflow()

_NO_GRADIENT = (
    "The numbers are right, but no gradient can pass: NumPy's functions leave TensorFlow. Use "
    "TensorFlow's, such as tf.abs and tf.reduce_mean."
)
_OF_TENSORS = {
    "cannot convert a symbolic": "NumPy cannot work inside of a compiled training step. Use tf. functions.",
    "'numpy'": "Leave out `.numpy()`: the loss has to stay a tensor, so that it can be differentiated.",
    "object is not callable": "One of these is no function. Translators and discriminators are called with "
    "images: to_b(a), of_b(as_b).",
    "not enough values to "
    "unpack": "round_trip returns two things: as_b, cycle_a = round_trip(a, to_b, to_a).",
    "too many values to unpack": "round_trip returns two things: as_b, cycle_a = round_trip(a, to_b, to_a).",
    "can't multiply sequence": "round_trip returns two things: as_b, cycle_a = round_trip(a, to_b, to_a).",
    "unsupported operand "
    "type": "Something here is no image and no number. A function has to be called first; "
    "round_trip returns two things, the translation and the loss.",
    "attempt to convert a value": "Something here is no image. A function has to be called first, and "
    "round_trip returns two things, the translation and the loss.",
}
_OF_POOLS = {
    "is out of "
    "range": "There is no such place in the pool. Places go from 0 to size - 1: rng.integers(size).",
    "index out of range": "There is no such place in the pool. Places go from 0 to size - 1: "
    "rng.integers(size), and only once the pool is full.",
    "list indices must be integers": "A place in a list is a whole number: rng.integers(size).",
    "has no attribute 'append'": "An array cannot grow. `pool` is a list and may; collect what is shown in a "
    "list as well, and make an array of it at the end.",
    "at least one array to stack": "Nothing is shown. While the pool fills, each image is shown, too.",
    "truth value of an array": "Do not compare images with each other. Keep track of places instead.",
    "could not broadcast": "An image has the shape (H, W, 1). Go through the batch: for image in images.",
}
_OF_MEASURES = {
    "division by zero": "A patient without a tumour has nothing that could be erased: np.nan, where "
    "true.any() is False.",
    "divide by "
    "zero": "A patient without a tumour has nothing that could be erased: np.nan, where true.any() is False.",
    "invalid value encountered": "A patient without a tumour has nothing that could be erased: np.nan, where "
    "true.any() is False.",
    "boolean subtract": "Booleans cannot be subtracted. What was found and is not tumour: found & ~true.",
    "boolean index did not "
    "match": "`patients` has one entry for each slice, so it selects slices: truth[own].",
    "bad operand type for unary ~": "`~` needs Booleans, not numbers.",
    "operands could not be "
    "broadcast": "Two masks do not have as many pixels. Take each mean first, and subtract then.",
    "unhashable": "The keys of the dictionary are the patients' names, one at a time.",
}


def _images(rng: np.random.Generator, *shape: int) -> Any:
    return tf.constant(rng.uniform(-1, 1, shape), tf.float32)


class _Toys:
    """Two translators and two discriminators of a few numbers, which a gradient can reach."""

    def __init__(self):
        self.numbers = [tf.Variable(x) for x in (0.6, 0.8, 1.7, -0.4)]

    def to_b(self, x: Any) -> Any:
        return self.numbers[0] * tf.reverse(x, [1]) + 0.1

    def to_a(self, x: Any) -> Any:
        return self.numbers[1] * tf.roll(x, 1, 2) - 0.3 * x * x

    def of_a(self, x: Any) -> Any:
        return self.numbers[2] * x[:, ::2, ::2] + 0.2

    def of_b(self, x: Any) -> Any:
        return self.numbers[3] * x[:, 1::2, 1::2] - 0.5


def _reaches(loss_of: Callable[[_Toys], Any]) -> list[bool]:
    """Whether a gradient of the loss reaches each of the four numbers."""
    toys = _Toys()
    with tf.GradientTape() as tape:
        loss = tf.convert_to_tensor(loss_of(toys), tf.float32)
    return [slope is not None for slope in tape.gradient(loss, toys.numbers)]


# There and back


@check
@understood(_OF_TENSORS)
def round_trip(answer: Callable) -> str | None:
    """`round_trip(images, there, back)`: the images after the way there, and the cycle loss."""
    toys, images = _Toys(), _images(np.random.default_rng(55), 3, 4, 6, 1)
    got = answer(images, toys.to_b, toys.to_a)
    if not isinstance(got, tuple | list) or len(got) != 2:
        return "Return two things: the translated images, and the loss."
    shapes = [np.shape(part) for part in got]
    if shapes == [(), (3, 4, 6, 1)]:
        return "Return the translated images first, and then the loss."
    if shapes[0] != (3, 4, 6, 1):
        return f"The first thing to return are translated images (3, 4, 6, 1), received {shapes[0]}."
    if shapes[1] != ():
        return f"The loss is one number, the mean over all pixels: tf.reduce_mean. Received {shapes[1]}."
    translated, loss = (np.asarray(part) for part in got)
    there, returned = toys.to_b(images), toys.to_a(toys.to_b(images))
    wrong_ways = {
        "Return the images after the way *there*. Those that came back are needed for the loss "
        "only.": returned,
        "Yours goes back first. Begin with there(images).": toys.to_a(images),
        "Those are the images that you were given. Return them translated: there(images).": images,
    }
    if hint := judge(
        translated,
        there,
        wrong_ways,
        "The first thing should be the images after the way there: there(images).",
    ):
        return hint
    other = toys.to_b(toys.to_a(images))
    far = np.asarray(returned - images)
    mistakes = {
        "That compares the *translation* with the images. A FLAIR may differ from T2; what came *back* may "
        "not.": np.abs(there - images).mean(),
        "That compares what came back with the translation. Compare it with the images from the "
        "beginning.": np.abs(returned - there).mean(),
        "Yours went back first and then there. Translate with `there`, and return with `back`.": np.abs(
            other - images
        ).mean(),
        "You squared the differences. The cycle loss is the mean *absolute* difference: tf.abs.": [
            (far**2).mean(),
            np.sqrt((far**2).mean()),
            (far**2).mean() / 2,
        ],
        "Differences up and down cancel out in yours. Take absolute values before the mean: tf.abs.": [
            far.mean(),
            -far.mean(),
            abs(far.mean()),
        ],
        "That is a sum. Take the mean over all pixels: tf.reduce_mean.": [
            np.abs(far).sum(),
            np.abs(far).sum() / 3,
        ],
    }
    said = f"Expected a loss of {np.abs(far).mean():.4f}, received {float(loss):.4f}."
    if hint := judge(float(loss), np.abs(far).mean(), mistakes, said):
        return hint
    if not all(_reaches(lambda toys: answer(images, toys.to_b, toys.to_a)[1])[:2]):
        return _NO_GRADIENT
    return None


# The image pool


class _Passage:
    """What a learner's pool does with numbered images: `told` of each batch, or the `hint`."""

    def __init__(self, answer: Callable, size: int, batches: int, seed: int = 0, count: int = 4):
        self.told: list[tuple[list[int], list[int], list[int], list[int]]] = []
        pool: list[np.ndarray] = []
        rng = np.random.default_rng(seed)
        for k in range(batches):
            new = list(range(1 + k * count, 1 + (k + 1) * count))
            images = np.tile(np.array(new, np.float32)[:, None, None, None], (1, 2, 3, 1))
            given, before = images.copy(), self._numbers(pool)
            shown = answer(pool, given, size, rng)
            if not isinstance(shown, np.ndarray):
                raise Hint(
                    f"Return an array (B, H, W, 1), received {type(shown).__name__}: np.stack makes one of a "
                    f"list."
                )
            if shown.shape != images.shape:
                raise Hint(
                    f"As many images as you were given are shown: {images.shape}, received {shown.shape}."
                )
            if not np.array_equal(given, images):
                raise Hint(
                    "Your function changes the images that it was given. Collect what is shown in a new list."
                )
            if not all(np.shape(each) == (2, 3, 1) for each in pool):
                raise Hint("The pool holds single images, (H, W, 1). Append one image after the other.")
            self.told.append((before, new, self._numbers(pool), self._numbers(shown)))

    @staticmethod
    def _numbers(images: Any) -> list[int]:
        return [round(float(np.mean(each))) for each in images]


@check
@understood(_OF_POOLS)
def through_pool(answer: Callable) -> str | None:
    """`through_pool(pool, images, size, rng)`: the pool fills first; then half of the images are swapped."""
    size = 10
    passage = _Passage(answer, size, 150)
    if hint := _filling_hint(passage, size) or _keeping_hint(passage) or _chance_hint(passage):
        return hint
    for other in (3, 4):
        small = _Passage(answer, other, 6)
        if len(small.told[-1][2]) != other:
            return f"With size={other} your pool holds {len(small.told[-1][2])} images. Use `size`."
    if _Passage(answer, size, 12).told != passage.told[:12]:
        return "The same rng gave two different results. Draw with `rng`, so that a training can be repeated."
    if _Passage(answer, size, 12, seed=1).told == passage.told[:12]:
        return "Another rng gave the same result. Draw with the `rng` that you are given."
    return None


def _filling_hint(passage: _Passage, size: int) -> str | None:
    """What is wrong before and when the pool is full."""
    _, new, pool, shown = passage.told[0]
    if not pool:
        return (
            "The list `pool` that you were given is still empty. Append to it; a new list would be "
            "forgotten, and "
            "pool = pool + [image] makes a new one."
        )
    if shown != new:
        return "While the pool is filling, the new images are shown, in their order."
    if sorted(pool) != new:
        return f"After four images the pool should hold these four; it holds {len(pool)}."
    _, _, pool, shown = passage.told[2]  # the pool is full after two of these four
    if shown[:2] != [9, 10]:
        return (
            "A batch may find the pool nearly full. Look at its length again for every image: until there "
            "are "
            "`size`, each image is appended and shown."
        )
    longest = max(len(pool) for _, _, pool, _ in passage.told)
    if longest > size:
        return f"The pool grows to {longest} images; it should stop at size={size}: append only below that."
    if len(passage.told[-1][2]) < size:
        return (
            f"The full pool has {len(passage.told[-1][2])} images instead of {size}. An image that is taken "
            f"out "
            "is replaced by the new one, at the same place."
        )
    return None


def _keeping_hint(passage: _Passage) -> str | None:
    """What is wrong with what is kept and shown once the pool is full."""
    full = passage.told[3:]
    old = [[value not in new for value in shown] for _, new, _, shown in full]
    if not np.any(old):
        changed = any(before != after for before, _, after, _ in full)
        return (
            "The discriminator only sees new images. Show the one that lay in the pool, and put the new one "
            "in its "
            "place."
            if changed
            else "Once the pool is full nothing changes. Toss a coin for every image: rng.random() < 0.5."
        )
    for before, new, after, shown in full:
        twice = len(set(after)) < len(after) or len(set(shown)) < len(shown) or set(after) & set(shown)
        lost = set(before) | set(new) != set(after) | set(shown)
        if before == after and any(value not in new for value in shown):
            return (
                "An older image is shown, but the new one is not kept. Put it in the pool, at the same place."
            )
        if lost and not twice:
            return "An image is neither shown nor kept. What leaves the pool is shown."
        if twice:
            return (
                "An image is shown and stays in the pool, or lies there twice. Show the old image *or* the "
                "new one; "
                "only the other stays."
            )
    return None


def _chance_hint(passage: _Passage) -> str | None:
    """What is wrong with what is left to chance."""
    full = passage.told[3:]
    old = np.array([[value not in new for value in shown] for _, new, _, shown in full])
    changes = [np.not_equal(before, after) for before, _, after, _ in full]
    used = np.sum(changes, 0)
    if (used > 0).sum() == 1:
        return "It is always the same place in the pool. Draw the place for every swap: rng.integers(size)."
    if not 0.4 < old.mean() < 0.6:
        return (
            f"{old.mean():.0%} of the images are swapped. The chance should be one half: rng.random() < 0.5."
        )
    if np.isin(old.sum(1), (0, old.shape[1])).mean() > 0.6:
        return "A whole batch is swapped, or none of it. Toss a coin for each image, inside of the loop."
    if (used == 0).any():
        return (
            f"Place {int(np.argmin(used))} of the pool is never used. rng.integers(size) draws from 0 to "
            f"size - 1: "
            "its end is left out by itself."
        )
    return None


# The translators' loss


@check
@understood(_OF_TENSORS)
def translators_loss(answer: Callable) -> str | None:
    """`translators_loss(a, b, to_b, to_a, of_a, of_b, lam)`: adversaries and cycles of both."""
    rng, lam = np.random.default_rng(3), 7.0
    a, b, toys = _images(rng, 3, 4, 6, 1), 0.4 * _images(rng, 2, 4, 6, 1) + 0.5, _Toys()
    four = (toys.to_b, toys.to_a, toys.of_a, toys.of_b)
    got = answer(a, b, *four, lam)
    if not isinstance(got, tuple | list) or len(got) != 3:
        return "Return three things: the loss, a translated to B, and b translated to A."
    shapes = [np.shape(part) for part in got]
    if shapes[0] != ():
        return f"The first thing is the loss, one number. Received {shapes[0]}."
    right, as_b, as_a = course.translators_loss(a, b, *four, lam)
    if shapes[1:] == [as_a.shape, as_b.shape]:
        return "The translations are in the wrong order: after the loss comes a translated to B."
    for name, part, wanted, network in (("as_b", got[1], as_b, "to_b(a)"), ("as_a", got[2], as_a, "to_a(b)")):
        if not close(part, wanted):
            return f"{name} should be {network}: an image goes through the translator to the *other* set."
    said = f"Expected a loss of {float(right):.3f}, received {float(got[0]):.3f}."
    loss = float(got[0])
    if hint := judge(
        loss,
        float(right),
        _loss_mistakes(a, b, toys, lam),
        f"{said} Compare it with the formula, term by term.",
    ):
        return hint
    reached = _reaches(lambda t: answer(a, b, t.to_b, t.to_a, t.of_a, t.of_b, lam)[0])
    if not all(reached):
        return _NO_GRADIENT
    once = answer(a, b, *four, 0.0)[0]
    return (
        None
        if close(once, course.translators_loss(a, b, *four, 0.0)[0])
        else "Multiply the cycle losses by `lam`, whatever it is."
    )


def _loss_mistakes(a: Any, b: Any, toys: _Toys, lam: float) -> dict[str, Any]:
    """What usual mistakes give in place of the translators' loss."""
    as_b, cycle_a = course.round_trip(a, toys.to_b, toys.to_a)
    as_a, cycle_b = course.round_trip(b, toys.to_a, toys.to_b)
    judged_a, judged_b, cycle = toys.of_a(as_a), toys.of_b(as_b), cycle_a + cycle_b

    def far(logits: Any, target: float = 1.0) -> Any:
        return tf.reduce_mean(tf.square(logits - target))

    passes = far(judged_a) + far(judged_b)
    crossed = far(toys.of_a(as_b)) + far(toys.of_b(as_a))
    wrong_way = sum(
        course.round_trip(x, there, back)[1]
        for x, there, back in ((a, toys.to_a, toys.to_b), (b, toys.to_b, toys.to_a))
    )
    mistakes = {
        "`lam` belongs to *both* cycle losses: lam * (cycle_a + cycle_b).": [
            passes + lam * cycle_a + cycle_b,
            passes + cycle_a + lam * cycle_b,
        ],
        "The cycle losses are there, but not multiplied by `lam`.": passes + cycle,
        "`lam` is the weight of the cycle, not of the discriminators' terms.": [
            lam * passes + cycle,
            lam * (passes + cycle),
        ],
        "The cycle losses are missing: without them, nothing says that the translation shows the same "
        "patient.": passes,
        "Only one of the two cycles counts in yours. b has to come back as well as a.": [
            passes + lam * cycle_a,
            passes + lam * cycle_b,
        ],
        "Only one of the discriminators is asked in yours. Both translators have to pass.": [
            far(judged_a) + lam * cycle,
            far(judged_b) + lam * cycle,
        ],
        "The discriminators are not asked. Add how far their logits are from 1, squared.": lam * cycle,
        "The discriminators have changed places: as_b should pass for B, so of_b judges it.": crossed
        + lam * cycle,
        "That is what the *discriminators* want. Translators pull the logits of their images to 1, real.": [
            far(judged_a, 0) + far(judged_b, 0) + lam * cycle,
            far(judged_a, -1) + far(judged_b, -1) + lam * cycle,
        ],
        "You show the discriminators the real images. Show them the translations: of_b(as_b), "
        "of_a(as_a).": far(toys.of_a(a)) + far(toys.of_b(b)) + lam * cycle,
        "You show the discriminators what came back. Show them the translations: of_b(as_b), "
        "of_a(as_a).": far(toys.of_a(toys.to_a(as_b))) + far(toys.of_b(toys.to_b(as_a))) + lam * cycle,
        "That is the cross-entropy of lesson 51. CycleGAN uses the squared distance of the logits from 1.": [
            sum(tf.reduce_mean(tf.nn.softplus(sign * x)) for x in (judged_a, judged_b)) + lam * cycle
            for sign in (-1, 1)
        ],
        "You took absolute distances from 1. Square them: tf.square.": sum(
            tf.reduce_mean(tf.abs(x - 1)) for x in (judged_a, judged_b)
        )
        + lam * cycle,
        "You took the mean first and squared it then. Square each patch's distance from 1, then take the "
        "mean.": sum(tf.square(tf.reduce_mean(x) - 1) for x in (judged_a, judged_b)) + lam * cycle,
        "That is a sum over patches. Take the mean: tf.reduce_mean.": sum(
            tf.reduce_sum(tf.square(x - 1)) for x in (judged_a, judged_b)
        )
        + lam * cycle,
        "The translators are swapped in one of the round trips: a goes there with to_b, and back with "
        "to_a.": passes + lam * wrong_way,
    }
    return {hint: np.asarray(values, float) for hint, values in mistakes.items()}


# What a reader finds


def _people() -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Truth, finding and patients of seven slices, the patients' slices not in a row; P3 has no tumour."""
    rng = np.random.default_rng(8)
    patients = np.array(["P2", "P1", "P3", "P2", "P1", "P2", "P3"])
    truth = rng.random((7, 9, 8)) < np.array([0.3, 0.5, 0, 0.0, 0.2, 0.1, 0])[:, None, None]
    found = (truth & (rng.random(truth.shape) < 0.6)) | (rng.random(truth.shape) < 0.08)
    return truth, found, patients, 0.05


@check
@understood(_OF_MEASURES)
def erased_and_invented(answer: Callable) -> str | None:
    """`erased_and_invented(truth, found, patients, pixel_ml)`: a share and a volume for each patient."""
    truth, found, patients, pixel_ml = _people()
    given = truth.copy(), found.copy()
    with np.errstate(all="ignore"):
        got = answer(*given, patients.copy(), pixel_ml)
    if not (np.array_equal(given[0], truth) and np.array_equal(given[1], found)):
        return "Your function changes the masks that it was given."
    if not isinstance(got, dict):
        return f"Return a dictionary: patient -> (erased, invented). Received {type(got).__name__}."
    if set(got) != set(patients):
        said = ", ".join(sorted(map(str, got)))
        return f"The keys should be the patients' names, each once: P1, P2, P3. Received {said}."
    if any(np.shape(pair) != (2,) for pair in got.values()):
        return (
            "Each patient has two numbers: the share that was erased, and the millilitres that were invented."
        )
    right = course.erased_and_invented(truth, found, patients, pixel_ml)
    names = ["P1", "P2"]
    erased, invented = (np.array([got[name][k] for name in names], float) for k in (0, 1))
    hits = np.array([(truth & found)[patients == name].sum() for name in names])
    true, seen = (np.array([mask[patients == name].sum() for name in names]) for mask in (truth, found))
    each = [
        np.nanmean(
            [
                1 - (t & f).sum() / t.sum() if t.any() else np.nan
                for t, f in zip(truth[own], found[own], strict=True)
            ]
        )
        for own in (patients == name for name in names)
    ]
    ends = [
        [
            1 - (truth & found)[own][k].sum() / max(truth[own][k].sum(), 1)
            for own in map(patients.__eq__, names)
        ]
        for k in (0, -1)
    ]
    mistakes = {
        "That is the share that was *found*. Erased is the rest: 1 less that.": hits / true,
        "Divide by the tumour's area, true.sum(), not by what was found.": [
            1 - hits / seen,
            (true - hits) / seen,
        ],
        "That is one share for all patients. Count the pixels of one patient at a time: patients == "
        "patient.": np.full(2, 1 - (truth & found).sum() / truth.sum()),
        "You averaged over slices. Add up a patient's pixels over all slices first: .sum() over "
        "truth[own].": each,
        "You kept one slice of the patient. Take all of a patient's slices together: truth[own].": ends,
        "Found pixels outside of the tumour must not count. Only what is true *and* found is a hit: true & "
        "seen.": [
            1 - seen / true,
            np.abs(1 - seen / true),
        ],
        "That is a share of all pixels. Divide by the pixels of the tumour.": [
            (true - hits) / np.array([(patients == name).sum() * 72 for name in names])
        ],
        "The share is not of pixels but of millilitres by pixels. Both counts need the same unit.": [
            1 - hits * pixel_ml / true,
            1 - hits / (true * pixel_ml),
        ],
        "That counts pixels. Erased is a share of the tumour: divide by true.sum().": [
            true - hits,
            (true - hits) * pixel_ml,
        ],
    }
    wanted = np.array([right[name][0] for name in names])
    if hint := judge(
        erased, wanted, mistakes, f"P1: expected {wanted[0]:.3f} erased, received {erased[0]:.3f}."
    ):
        return hint
    wanted = np.array([right[name][1] for name in names])
    mistakes = {
        "Multiply the invented pixels by `pixel_ml`: then they are millilitres.": wanted / pixel_ml,
        "Invented is only what is *not* tumour: seen & ~true.": [seen * pixel_ml, seen],
        "That is what was missed. Invented is found where there is no tumour: seen & ~true.": [
            (true - hits) * pixel_ml,
            true - hits,
        ],
        "Invented has to be a volume, not a share.": [(seen - hits) / seen, (seen - hits) / true],
        "Divide nothing here: pixels times `pixel_ml`.": wanted / pixel_ml**2,
        "That is one volume for all patients. Count in one patient at a time.": np.full(
            2, (found & ~truth).sum() * pixel_ml
        ),
    }
    if hint := judge(
        invented,
        wanted,
        mistakes,
        f"P1: expected {wanted[0]:.2f} mL invented, received {invented[0]:.2f} mL.",
    ):
        return hint
    if not np.isnan(got["P3"][0]):
        return "P3 has no tumour, so nothing can be erased: the share should be np.nan there, not a number."
    if not close(got["P3"][1], right["P3"][1]):
        return "P3 has no tumour, but something may be invented in healthy people as well. Count it."
    return None


@check
@understood(_OF_MEASURES)
def enhancement(answer: Callable) -> str | None:
    """`enhancement(t1, real, virtual, inside, rest)`: the virtual gain in brightness over the true one."""
    rng = np.random.default_rng(5)
    t1 = rng.uniform(-0.6, 0.2, (3, 8, 8))
    inside = rng.random(t1.shape) < 0.2
    rest = ~inside & (rng.random(t1.shape) < 0.7)
    real = 0.8 * t1 - 0.3 + np.where(inside, rng.uniform(0.5, 0.9, t1.shape), 0)
    virtual = 0.9 * t1 - 0.1 + np.where(inside, rng.uniform(0.1, 0.3, t1.shape), 0)
    got = answer(t1.copy(), real.copy(), virtual.copy(), inside.copy(), rest.copy())
    if np.shape(got) != ():
        return f"Return one number, received {np.shape(got)}: take means over the pixels of a mask."
    right = course.enhancement(t1, real, virtual, inside, rest)
    before, true, made = (x[inside].mean() - x[rest].mean() for x in (t1, real, virtual))
    t1_in, real_in, virtual_in = (x[inside].mean() for x in (t1, real, virtual))
    t1_out, real_out, virtual_out = (x[~inside].mean() for x in (t1, real, virtual))
    mistakes = {
        "The ratio is upside down: the virtual gain comes above, the true one below.": 1 / right,
        "T1 has a difference there, too. Subtract it from both: a copy of T1 should give 0.": made / true,
        "Brightness alone says little: each scan has its own scale. Subtract the mean of the rest of the "
        "brain.": [
            (virtual_in - t1_in) / (real_in - t1_in),
            virtual_in / real_in,
        ],
        "Compare with `rest`, the brain without the tumour. Yours takes all that is not inside.": (
            (virtual_in - virtual_out) - (t1_in - t1_out)
        )
        / ((real_in - real_out) - (t1_in - t1_out)),
        "That is the gain alone. Divide it by the gain of the real T1ce.": [made - before, true - before],
        "That is the share that is *missing*.": 1 - right,
        "A share, not a percentage: leave out the 100.": 100 * right,
        "T1 and the real T1ce have changed places: the real one should give 1, and T1 0.": [
            (made - true) / (before - true),
            (made - true) / (true - before),
        ],
        "Take the real difference less that of T1 below, not the sum.": (made - before) / (true + before),
        "That compares the virtual T1ce with itself. Below stands what the *real* one gains.": 1.0,
    }
    return judge(
        float(got), right, mistakes,
        f"Expected {right:.3f}, received {float(got):.3f}. Begin with the difference in each image: the mean "
        f"inside "
        "less the mean of the rest.",
    )  # fmt: skip
