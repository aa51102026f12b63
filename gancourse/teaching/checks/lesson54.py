"""Checks of lesson 54: a changed slice, a moved lesion, a mixture of sources, a paired gain, a suspicion."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from gancourse.metrics.memorisation import distances
from gancourse.teaching.checks import _is_blank, _NotTried, _Raised, check, judge, understood
from gancourse.teaching.material import augmentation_parts as course

#: Words of the usual messages of NumPy and Python, in lower case, and what they mean here.
_MESSAGES = {
    "'numpy.float64' object cannot be interpreted": "Pixels are counted in whole numbers: use round.",
    "must be of integer": "Pixels are counted in whole numbers: use round.",
    "only integer scalar arrays": "Pixels are counted in whole numbers: use round.",
    "only integers, slices": "Rows and columns are whole numbers: use round.",
    "integer argument expected": "Pixels are counted in whole numbers: use round.",
    "slice indices must be integers": "Rows and columns are whole numbers: use round.",
    "pop from empty list": "A list is empty once all rows of its source were used: shuffle them anew then.",
    "list index out of range": "A source ran out of rows: shuffle its rows anew when all were used.",
    "out of bounds": "A row or a column lies outside of the array. What leaves an image is left out; each "
    "source has its own list, [[] for _ in sources]; and the nearest of all others is .min(axis=1).",
    "cannot unpack": "Each source is a pair: sources[k][0] are its images, sources[k][1] its labels.",
    "a and p must have same size": "Draw among the sources, not among slices: rng.choice(len(sources), "
    "batch_size, p=shares).",
}


# Augmentation


def _slice() -> tuple[np.ndarray, np.ndarray]:
    """A slice (24, 20, 4) that is nowhere symmetric, with a lesion at its left, and dark tissue inside."""
    rng = np.random.default_rng(54)
    image = np.full((24, 20, 4), -1.0, np.float32)
    image[3:21, 2:17] = rng.uniform(-0.7, 0.7, (18, 15, 4))
    image[5, 5:10, 1] = -1.0  # fluid that is black in one contrast, as on FLAIR
    image[7:9, 4:12] = 0.95
    seg = np.zeros((24, 20), np.uint8)
    seg[6:10, 3:8], seg[7:9, 4:6] = 2, 4
    return image, seg


@check
@understood(_MESSAGES)
def augment(answer: Callable) -> str | None:
    """`augment(image, seg, rng)`: mirrored with its labels; each contrast's gain and offset."""
    image, seg = _slice()
    mirrored, gains, offsets = [], [], []
    for seed in range(80):
        given = image.copy(), seg.copy()
        changed = answer(*given, np.random.default_rng(seed))
        if not isinstance(changed, tuple | list) or len(changed) != 2:
            return "Return two things: the image and its labels."
        if _is_blank(list(changed)):
            raise _NotTried
        if not (np.array_equal(given[0], image) and np.array_equal(given[1], seg)):
            return (
                "Your function changes the slice that it was given, so the next augmentation would begin "
                "with a changed one. Make new arrays; image * gain is one."
            )
        new, labels = np.asarray(changed[0], float), np.asarray(changed[1])
        if new.shape != image.shape or labels.shape != seg.shape:
            return f"Received shapes {new.shape} and {labels.shape}; expected {image.shape} and {seg.shape}."
        flip, hint = _flip_of(new, labels, image, seg)
        if hint:
            return hint
        found, hint = _intensities(new, image[:, ::-1] if flip else image)
        if hint:
            return hint
        again = answer(image.copy(), seg.copy(), np.random.default_rng(seed))
        if not np.array_equal(new, again[0]):
            return "The same rng gave two different slices. Draw with `rng`, not with np.random."
        mirrored.append(flip)
        gains.append(found[0])
        offsets.append(found[1])
    return _spread_hint(np.array(mirrored), np.array(gains), np.array(offsets))


def _flip_of(
    new: np.ndarray, labels: np.ndarray, image: np.ndarray, seg: np.ndarray
) -> tuple[bool, str | None]:
    """Whether a slice was mirrored, and what is wrong with that."""
    ways = {"as it was": seg, "mirrored": seg[:, ::-1], "upside down": seg[::-1], "turned": seg[::-1, ::-1]}
    inside = {way: np.any(_turned(image, way) > -1, axis=-1) for way in ways}
    of_labels = next((way for way, each in ways.items() if np.array_equal(labels, each)), "")
    correlations = {way: _likeness(new, _turned(image, way), inside[way]) for way in ways}
    of_image = max(correlations, key=lambda way: correlations[way])
    if "upside down" in (of_labels, of_image) or "turned" in (of_labels, of_image):
        return False, "That turns the patient upside down. Columns are the second axis: [:, ::-1]."
    if not of_labels:
        return False, "Labels are names, not grey values: mirror them, and change nothing else of them."
    if of_labels != of_image:
        return False, ("Image and labels were not mirrored together. Toss one coin, and let both follow it.")
    return of_labels == "mirrored", None


def _turned(image: np.ndarray, way: str) -> np.ndarray:
    rows = slice(None, None, -1 if way in ("upside down", "turned") else 1)
    columns = slice(None, None, -1 if way in ("mirrored", "turned") else 1)
    return image[rows, columns]


def _likeness(a: np.ndarray, b: np.ndarray, inside: Any) -> float:
    """Mean correlation over contrasts, inside a mask."""
    pairs = [(a[..., k][inside], b[..., k][inside]) for k in range(a.shape[-1])]
    return float(np.mean([np.corrcoef(*pair)[0, 1] if pair[0].std() > 0 else 0.0 for pair in pairs]))


def _intensities(new: np.ndarray, old: np.ndarray) -> tuple[tuple[np.ndarray, np.ndarray], str | None]:
    """Gain and offset (4,) of each contrast, and what is wrong with the intensities."""
    none = np.zeros(4), np.zeros(4)
    brain = (old > -1).any(-1)
    if new.max() > 1 or new.min() < -1:
        return none, "Intensities leave [-1, 1]. Clip them with np.clip."
    if not (new[~brain] == -1).all():
        return none, (
            "Outside the brain it has to stay -1: a network would learn from a grey background. Find the "
            "brain after mirroring, and before you change its brightness."
        )
    found = []
    for k in range(4):
        x, y = old[..., k][brain], new[..., k][brain]
        free = np.abs(y) < 1
        if free.sum() < 20:
            return none, "Nearly everything is black or white. Gains are between 0.8 and 1.2."
        fit = np.polyfit(x[free], y[free], 1)
        if np.abs(np.polyval(fit, x[free]) - y[free]).max() > 1e-3:
            return none, (
                "This is no gain and offset. Draw one gain and one offset for each contrast, not for each "
                "pixel: size=4."
            )
        dark = y[x == -1]
        if dark.size and (dark == -1).all() and fit[1] - fit[0] > -0.99:
            return none, (
                "Dark fluid inside the brain stayed at -1. Background is where all four contrasts are -1: "
                "(image > -1).any(axis=-1, keepdims=True) is the brain."
            )
        found.append(fit)
    gains, offsets = np.array(found).T
    return (gains, offsets), None


def _spread_hint(mirrored: np.ndarray, gains: np.ndarray, offsets: np.ndarray) -> str | None:
    if not mirrored.any():
        return "No slice was mirrored in 80 calls. Mirror it with a chance of one half."
    if mirrored.all():
        return "Every slice was mirrored. Mirror it with a chance of one half: if rng.random() < 0.5."
    if not 0.3 < mirrored.mean() < 0.7:
        return f"{mirrored.sum()} of 80 slices were mirrored. Mirror with a chance of one half."
    if np.allclose(gains, 1) and np.allclose(offsets, 0):
        return "The intensities are unchanged. Multiply by a gain, and add an offset."
    if np.allclose(gains.std(axis=0), 0, atol=1e-4) and np.allclose(offsets.std(axis=0), 0, atol=1e-4):
        return "Gain and offset are the same in every call. Draw them with rng.uniform."
    if np.allclose(gains.std(axis=1), 0, atol=1e-4) and np.allclose(offsets.std(axis=1), 0, atol=1e-4):
        return "All four contrasts got the same gain and offset. Draw one for each: size=4."
    if np.allclose(gains, 1, atol=1e-4):
        return "The gain is missing: multiply each contrast by a number from 0.8 to 1.2."
    if np.allclose(offsets, 0, atol=1e-4):
        return "The offset is missing: add to each contrast a number from -0.2 to 0.2."
    low, high = gains.min(), gains.max()
    if low < course.GAIN[0] - 0.01 or high > course.GAIN[1] + 0.01 or high - low < 0.3:
        return f"Gains lie between {low:.2f} and {high:.2f}; draw them from 0.8 to 1.2."
    low, high = offsets.min(), offsets.max()
    if low < course.OFFSET[0] - 0.01 or high > course.OFFSET[1] + 0.01 or high - low < 0.3:
        return (
            f"Offsets lie between {low:.2f} and {high:.2f}; draw them from -0.2 to 0.2, and multiply before "
            "you add."
        )
    return None


# A moved lesion


def _lesion_cases() -> list[tuple[str, tuple[np.ndarray, np.ndarray, int, int]]]:
    """Labels, tissue and a place, with what they try."""
    seg = np.zeros((20, 16), np.uint8)
    seg[3:7, 2:6], seg[4:6, 3:5], seg[7, 2] = 2, 4, 1
    tissue = np.zeros((20, 16), np.uint8)
    tissue[2:18, 2:14], tissue[8:11, 6:9] = 3, 1
    edge = np.zeros((20, 16), np.uint8)
    edge[0:18, 2:16] = 2
    return [
        ("inside", (seg, tissue, 10, 9)),
        ("the same place", (seg, tissue, 5, 4)),
        ("at the edge", (seg, tissue, 17, 13)),
        ("out of the image", (seg, edge, 0, 15)),
    ]


@check
@understood(_MESSAGES)
def transplant(answer: Callable) -> str | None:
    """`transplant(seg, tissue, row, column)`: the lesion with its mean at (row, column), inside the brain."""
    cases = _lesion_cases()
    got = {}
    for name, given in cases:
        copies = given[0].copy(), given[1].copy()
        got[name] = np.asarray(answer(*copies, *given[2:]))
        if not (np.array_equal(copies[0], given[0]) and np.array_equal(copies[1], given[1])):
            return (
                "Your function changes the labels or the tissue that it was given. Write into a new array, "
                "such as np.zeros_like(seg)."
            )
        if got[name].shape != given[0].shape:
            return f"Received shape {got[name].shape}; expected {given[0].shape}."
    for name, given in cases:
        if np.array_equal(got[name], course.transplant(*given)):
            continue
        return _moved_hint(name, got[name], *given)
    return None


def _moved_hint(
    name: str, got: np.ndarray, seg: np.ndarray, tissue: np.ndarray, row: int, column: int
) -> str:
    """Say what is wrong with a moved lesion."""
    rows, columns = np.nonzero(seg)
    want = course.transplant(seg, tissue, row, column)
    brain = tissue > 0
    down, right = round(row - rows.mean()), round(column - columns.mean())

    def shifted(down: int, right: int, inside: bool = True) -> np.ndarray:
        moved = np.roll(seg, (down, right), (0, 1))
        return np.where(brain, moved, 0) if inside else moved

    middle = (
        round(row - (rows.min() + rows.max()) / 2),
        round(column - (columns.min() + columns.max()) / 2),
    )
    if not got.any():
        return "No lesion is left. Write the donor's labels at their new places."
    if name != "out of the image" and np.array_equal(got, shifted(down, right, False)):
        return "Part of the lesion lies outside the new brain. Set labels to 0 where tissue is 0."
    if np.array_equal(got, shifted(down, right)):
        return "What left the image came back in on its other side, as np.roll does it. Leave that out."
    if np.array_equal(got, shifted(-down, -right)):
        return "The lesion moved the other way: the shift is the new place minus the old mean."
    if np.array_equal(got, shifted(right, down)):
        return "Rows and columns are exchanged: np.nonzero gives rows first, then columns."
    if np.array_equal(got, seg) or np.array_equal(got, shifted(0, 0)):
        return "The lesion has not moved."
    for start in ((row, column), (row - rows.min(), column - columns.min())):
        if np.array_equal(got, shifted(*start)):
            return "The lesion's mean has to lie at (row, column), not its corner, and not the image's."
    if np.array_equal(got, shifted(*middle)):
        return "That centres the box round the lesion. Centre the mean of its pixels: rows.mean()."
    if set(np.unique(got)) - set(np.unique(seg)):
        return (
            "There are labels that the donor does not have. Labels are names: move them, and compute nothing "
            "with them."
        )
    if set(np.unique(got)) == {0, 1} or (np.array_equal(got > 0, want > 0)):
        return "The place is right, but not the labels. Each pixel keeps its own label: 1, 2 or 4."
    if got[tissue == 1].sum() == 0 and want[tissue == 1].sum() > 0:
        return "A lesion replaces whatever tissue lies there. Leave out only what is outside: tissue == 0."
    for off in ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1)):
        if np.array_equal(got, shifted(down + off[0], right + off[1])):
            return (
                "It lies one pixel beside its place: round the shift, and do not cut it off with int or //."
            )
    return (
        f"The lesion's pixels are not where expected (case '{name}'). Print the shift, in rows and columns."
    )


# The mixture


def _sources() -> list[tuple[np.ndarray, np.ndarray]]:
    """Three sources, of 5, 12 and 40 slices (4, 4, 2) whose pixels and labels say which slice they are."""
    made, start = [], 0
    for size in (5, 12, 40):
        number = start + np.arange(size)
        images = np.tile(number[:, None, None, None], (1, 4, 4, 2)).astype(np.float32)
        made.append((images, np.tile(number[:, None, None], (1, 4, 4)).astype(np.uint8)))
        start += size
    return made


def _take(answer: Callable, count: int, shares: list[float], size: int, seed: int) -> tuple[list, str | None]:
    """The numbers of the slices in the first batches, and what is wrong with one of the batches."""
    batches = answer(_sources(), shares, size, np.random.default_rng(seed))
    if not inspect.isgenerator(batches) and not hasattr(batches, "__next__"):
        return [], (
            "Your function returns one thing. A generator gives a batch with `yield`, and goes on when it is "
            "asked for the next."
        )
    numbers = []
    for k in range(count):
        try:
            batch = next(batches)
        except StopIteration:
            return [], f"The batches end after {k}. Go on for ever: while True."
        except Exception as error:
            raise _Raised(error) from error
        if _is_blank(batch) or batch is None:
            raise _NotTried
        if not isinstance(batch, tuple | list) or len(batch) != 2:
            return [], "Yield two things: the images and the labels of a batch."
        images, seg = (np.asarray(part) for part in batch)
        if images.shape != (size, 4, 4, 2) or seg.shape != (size, 4, 4):
            return [], (
                f"Received batches of {images.shape} and {seg.shape}; expected {(size, 4, 4, 2)} and "
                f"{(size, 4, 4)}. np.stack(list of slices) makes one array."
            )
        if not np.array_equal(images[:, 0, 0, 0].astype(int), seg[:, 0, 0].astype(int)):
            return [], "An image has another slice's labels. Take both from the same source and the same row."
        numbers.append(seg[:, 0, 0].astype(int))
    return numbers, None


@check
@understood(_MESSAGES)
def mix(answer: Callable) -> str | None:
    """`mix(sources, shares, batch_size, rng)`: endless batches in which each source has its share."""
    shares, size, count = [0.5, 0.3, 0.2], 10, 60
    numbers, hint = _take(answer, count, shares, size, seed=0)
    if hint:
        return hint
    order = np.concatenate(numbers)
    source = np.digitize(order, [5, 17])
    drawn = np.bincount(source, minlength=3) / len(order)
    sizes = np.array([5, 12, 40])
    if (drawn == 0).any():
        return "Some source is never drawn. Draw among all sources, with their shares."
    if np.abs(drawn - sizes / sizes.sum()).max() < 0.06:
        return (
            "Each source comes as often as it has slices, so the large one drowns the small one. Draw the "
            "source of each slice by its share."
        )
    if np.abs(drawn - 1 / 3).max() < 0.06:
        return "All sources come equally often. Use `shares`: rng.choice(..., p=shares)."
    if np.abs(drawn - shares).max() > 0.08:
        said = ", ".join(f"{share:.2f}" for share in drawn)
        return f"The sources have shares of {said}; expected 0.50, 0.30, 0.20."
    per_batch = [len(np.unique(np.digitize(batch, [5, 17]))) for batch in numbers]
    if np.mean(per_batch) < 2:
        return "Each batch comes from one source. Draw the source anew for each slice of a batch."
    for k, name in enumerate(("of 5", "of 12", "of 40")):
        hint = _order_hint(order[source == k] - [0, 5, 17][k], sizes[k], name)
        if hint:
            return hint
    again, _ = _take(answer, 20, shares, size, seed=0)
    if not np.array_equal(again, numbers[:20]):
        return "The same rng gave two different orders. Draw with `rng`, so that a training can be repeated."
    other, _ = _take(answer, 20, shares, size, seed=1)
    if np.array_equal(other, numbers[:20]):
        return "Another rng gave the same order. Draw with the `rng` that you are given."
    only, hint = _take(answer, 8, [0.0, 1.0, 0.0], 4, seed=2)
    if hint:
        return hint
    if (np.digitize(np.concatenate(only), [5, 17]) != 1).any():
        return "A source with a share of 0 was drawn. Use `shares` as they are given."
    return None


def _order_hint(order: np.ndarray, size: int, name: str) -> str | None:
    """Say what is wrong with the order in which a source's rows come."""
    passes = [order[k : k + size] for k in range(0, len(order) - size + 1, size)]
    if len(set(order[: 3 * size])) < min(size, len(order)):
        if len(passes) > 1 and len(set(order)) == 1:
            return "It is always the same slice. Take the next row of the source every time."
        if len(set(order)) < 0.8 * min(size, len(order)):
            return (
                f"Some slices of the source {name} never come. Shuffle all of its rows, and take one by one."
            )
    if any(len(set(each)) < len(each) for each in passes) or len(set(order[:size])) < min(size, len(order)):
        return (
            f"In the source {name} a slice comes again before all others came once. Keep a shuffled list of "
            "the rows that still wait, and shuffle anew only when it is empty."
        )
    orders = [tuple(each) for each in passes]
    ascending = [
        np.array_equal(each, np.arange(size)) or np.array_equal(each, np.arange(size)[::-1])
        for each in passes
    ]
    if len(passes) > 1 and all(ascending[:2]):
        return "The rows come in the order in which they are stored. Shuffle them: rng.permutation."
    if len(orders) > 3 and len(set(orders)) == 1:
        return "Every pass has the same order. Shuffle anew for each pass."
    return None


# The gain


def _two_arms() -> tuple[np.ndarray, np.ndarray]:
    """Dice (3, 40) of an arm and of plain training; patients differ more than arms; three have NaN."""
    rng = np.random.default_rng(10)
    patients = rng.uniform(0.2, 0.9, 40)
    plain = patients + rng.normal(0, 0.01, (3, 40))
    arm = patients + rng.normal(0.03, 0.05, 40) + rng.normal(0, 0.01, (3, 40))
    plain[:, [4, 17, 30]] = arm[:, [4, 17, 30]] = np.nan
    return arm, plain


@check
@understood(_MESSAGES)
def gain(answer: Callable) -> str | None:
    """`gain(arm, plain, rng)`: the mean gain over patients, and its interval by resampling patients."""
    arm, plain = _two_arms()
    got = answer(arm.copy(), plain.copy(), np.random.default_rng(0))
    if isinstance(got, tuple | list | np.ndarray) and len(got) != 3 or np.shape(got) == ():
        return "Return three numbers: the mean gain, and the low and the high end."
    mean, low, high = np.asarray(got, float)
    each = arm - plain
    known = ~np.isnan(each[0])
    own = each[:, known].mean(0)
    mistakes = {
        "The sign is wrong: a gain is the arm minus plain.": -own.mean(),
        "Patients without a tumour count as 0. Leave them out: each[~np.isnan(each)].": (
            np.nan_to_num(each).mean()
        ),
        "That is the arm's Dice. Subtract that of plain training.": arm[:, known].mean(),
        "That is a ratio. A gain is a difference.": (
            (arm[:, known].mean() / plain[:, known].mean()),
            (arm[:, known] / plain[:, known]).mean(),
        ),
        "That is a median over patients. The gain is the mean.": np.median(own),
        "That is only the first seed. Average over the seeds: .mean(axis=0).": each[0, known].mean(),
    }
    if np.isnan([mean, low, high]).any():
        return (
            "The result is NaN: a patient without a tumour has no Dice. Average over the seeds first "
            "(axis=0), then leave NaN out: each[~np.isnan(each)]."
        )
    hint = judge(
        np.float64(mean), own.mean(), mistakes, f"The mean gain is {own.mean():.4f}; received {mean:.4f}."
    )
    return hint or _interval_hint(low, high, arm[:, known], plain[:, known]) or _chance_hint(answer, got)


def _interval_hint(low: float, high: float, arm: np.ndarray, plain: np.ndarray) -> str | None:
    """Say what is wrong with the ends of the interval."""
    if low > high:
        return "The ends are exchanged: the low end comes first."
    own, width = (arm - plain).mean(0), high - low

    def standard(values: np.ndarray) -> float:
        return float(values.std() / np.sqrt(len(values)))

    right = 2 * 1.96 * standard(own)
    centre = own.mean()
    if abs(width / right - 1) < 0.13 and abs((low + high) / 2 - centre) < 0.2 * right:
        return None
    unpaired = 2 * 1.96 * np.hypot(standard(arm.mean(0)), standard(plain.mean(0)))
    by_run = 2 * 1.96 * standard((arm - plain).ravel())
    spread = np.quantile(own, 0.975) - np.quantile(own, 0.025)
    ninety = 2 * 1.645 * standard(own)
    if width < 1e-9:
        return "The interval has no width. Draw other patients in every round, with repeats: rng.choice."
    if abs(width / unpaired - 1) < 0.2:
        return (
            "You resampled both arms apart, so the differences between patients count twice. Take each "
            "patient's difference first."
        )
    if abs(width / spread - 1) < 0.12:
        return "That is how far single patients lie apart. Take the quantiles of the resampled means."
    if abs(width / by_run - 1) < 0.08:
        return (
            "You resampled patients and seeds together, as if three runs on a patient were three patients. "
            "Average over the seeds first."
        )
    if abs(width / ninety - 1) < 0.04 or abs(width / (right / 1.96) - 1) < 0.1:
        return "The interval is too narrow for 95 %: take the quantiles 0.025 and 0.975."
    if width < 0.5 * right:
        return (
            "The interval is far too narrow. Draw with repeats, as many patients as there are, and keep the "
            "mean of every round."
        )
    return f"The interval is {width:.4f} wide; expected about {right:.4f}. Resample patients, not seeds."


def _chance_hint(answer: Callable, got: Any) -> str | None:
    arm, plain = _two_arms()
    again, other = (answer(arm, plain, np.random.default_rng(seed)) for seed in (0, 1))
    if not np.allclose(again, got):
        return "The same rng gave two different intervals. Draw with `rng`, not with np.random."
    if np.allclose(other[1:], got[1:], rtol=0, atol=1e-12):
        return "Another rng gave the same interval. Draw with the `rng` that you are given."
    return None


# The leak


def _generated() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Slices (10, 8, 8, 2) of three patients, whose each is, and two sets of generated slices.

    "bo" is near to theirs in all slices, "cy" is near in its mirror image, "al" is near to ours. A slice of
    "al" is near to theirs by chance.
    """
    rng = np.random.default_rng(7)
    slices = rng.normal(size=(10, 8, 8, 2))
    patients = np.array(["bo", "al", "cy", "al", "bo", "al", "al", "cy", "bo", "al"])
    far = rng.normal(size=(2, 12, 8, 8, 2))
    theirs, ours = far[0], far[1]
    own = np.flatnonzero(patients == "bo")
    theirs[: len(own)] = slices[own] + 0.4 * rng.normal(size=(len(own), 8, 8, 2))
    cy = np.flatnonzero(patients == "cy")
    theirs[5 : 5 + len(cy)] = slices[cy][:, :, ::-1] + 0.5 * rng.normal(size=(len(cy), 8, 8, 2))
    al = np.flatnonzero(patients == "al")
    ours[:4] = slices[al[:4]] + 0.7 * rng.normal(size=(4, 8, 8, 2))
    theirs[9] = slices[al[4]] + 0.2 * rng.normal(size=(8, 8, 2))
    return slices, patients, theirs, ours


@check
@understood(_MESSAGES)
def suspicion(answer: Callable) -> str | None:
    """`suspicion(slices, patients, theirs, ours)`: of each patient, how near theirs come beside ours."""
    slices, patients, theirs, ours = _generated()
    given = slices.copy(), patients.copy(), theirs.copy(), ours.copy()
    got = answer(*given)
    if not isinstance(got, dict):
        return "Return a dictionary: found[patient] = ... for every patient."
    names = np.unique(patients)
    if set(map(str, got)) != set(names):
        return f"The dictionary has the keys {sorted(map(str, got))[:4]}; expected one for each patient."
    value = np.array([float(np.asarray(got[name])) for name in names])
    near = {k: _nearest(slices, made, True) for k, made in (("theirs", theirs), ("ours", ours))}
    plain = {k: _nearest(slices, made, False) for k, made in (("theirs", theirs), ("ours", ours))}

    def by_patient(a: np.ndarray, b: np.ndarray, how: Callable = np.mean) -> np.ndarray:
        return np.array([how(a[patients == n]) / how(b[patients == n]) for n in names])

    want = by_patient(near["theirs"], near["ours"])
    of_ratios = np.array([(near["theirs"] / near["ours"])[patients == n].mean() for n in names])
    far = {k: distances(slices, made).mean(1) for k, made in (("theirs", theirs), ("ours", ours))}
    mistakes = {
        "Upside down: the distance to theirs stands above the line, that to ours below.": (
            1 / want,
            by_patient(plain["ours"], plain["theirs"]),
        ),
        "Mirrored slices are missing. A generator may know a patient mirrored: with_mirrors(theirs).": (
            by_patient(plain["theirs"], plain["ours"]),
            by_patient(plain["theirs"], near["ours"]),
            by_patient(near["theirs"], plain["ours"]),
        ),
        "You took the mean over all generated slices. What counts is the nearest: .min(axis=1).": (
            by_patient(far["theirs"], far["ours"]),
            by_patient(
                *(distances(slices, np.concatenate([m, m[:, :, ::-1]])).mean(1) for m in (theirs, ours))
            ),
        ),
        "That is the distance to theirs alone. Some patients are near to all: divide by that to ours.": (
            np.array([near["theirs"][patients == n].mean() for n in names])
        ),
        "That is a difference. Divide the one by the other.": (
            np.array([(near["theirs"] - near["ours"])[patients == n].mean() for n in names]),
            np.array([(near["ours"] - near["theirs"])[patients == n].mean() for n in names]),
        ),
        "That is the mean over all patients. Take only the rows of one patient: patients == patient.": (
            np.full(len(names), near["theirs"].mean() / near["ours"].mean())
        ),
        "That looks only at a patient's nearest slice, which may be near by chance. Take the mean of all.": (
            by_patient(near["theirs"], near["ours"], np.min)
        ),
    }
    if np.allclose(value, of_ratios, rtol=1e-3) and not np.allclose(want, of_ratios, rtol=1e-3):
        return None  # the mean of ratios does as well
    said = f"Received {value.round(3).tolist()}, expected {want.round(3).tolist()} for {names.tolist()}."
    return judge(value, want, mistakes, said)


def _nearest(slices: np.ndarray, made: np.ndarray, mirrored: bool) -> np.ndarray:
    """Distance of each slice to the nearest generated one."""
    made = np.concatenate([made, made[:, :, ::-1]]) if mirrored else made
    return distances(slices, made).min(1)
