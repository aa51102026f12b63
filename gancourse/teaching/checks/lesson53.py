"""Checks of lesson 53: a patch with a lesion, a loss for rare pixels, a count of lesions, a clock."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import ndimage

from gancourse.metrics import lesion_counts as counted
from gancourse.quiet import import_tensorflow
from gancourse.segmentation import mismatch
from gancourse.teaching.checks import check, judge, understood

tf = import_tensorflow()

#: Words of the usual messages of NumPy and TensorFlow, and what they mean in each exercise.
_CHOOSING = {
    "slice indices must be integers": "Rows and columns are whole numbers: halve with //, not with /.",
    "a must be 1-dimensional": "rng.choice chooses among the rows of an array; the old np.random.choice does "
    "not. Use rng.",
    "a cannot be empty": "There is nothing to choose from. Choose the slice among `with_lesion`, so that it "
    "has lesion pixels.",
}
_ADDING_UP = {
    "cannot convert a symbolic": "This works on NumPy arrays only. Use tf. functions: the loss has to be "
    "differentiated later.",
    "'numpy'": "Leave out `.numpy()`: the loss has to stay a tensor, so that it can be differentiated.",
    "has no attribute 'sum'": "A tensor has no .sum(). tf.reduce_sum(x) adds up all numbers of x.",
    "tf.newaxis": "A mask cannot pick from a tensor. Multiply by `truth`: it is 1 in the infarct, else 0.",
    "bool": "True and False cannot be multiplied or added. Use the probabilities, and do not threshold them.",
}
_TWO_THINGS = (
    "ndimage.label returns two things: the numbered pieces, and how many there are. Give both a name."
)
_COUNTING = {
    "concatenate tuple": _TWO_THINGS,
    "cannot be interpreted as an integer": _TWO_THINGS,
    "truth value of an array": "Ask whether *any* voxel is: found[pieces == number].any().",
}
_COMPARING = {
    "truth value of an array": "Compare twice, each time in brackets: (away_mm > 2) & (away_mm <= 12).",
    "bitwise_and": "& comes before > and <=, so each comparison needs brackets: brain & (flair > ...).",
}


SIZE = 6


def _places() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Slices (5, 20, 14, 3) whose pixels say where they are; their lesions; the slices that have some.

    Slice 1 has a lesion of 40 pixels, 3 one of 4 pixels, 4 one of 6 in the lower right corner.
    """
    where = np.indices((5, 20, 14)).transpose(1, 2, 3, 0).astype(np.float32)
    lesion = np.zeros((5, 20, 14), np.uint8)
    lesion[1, 6:14, 5:10] = 1
    lesion[3, 15, 4:8] = 1
    lesion[4, 18:, 11:] = 1
    return where, lesion, np.array([1, 3, 4])


@check
@understood(_CHOOSING)
def lesion_patch(answer: Callable) -> str | None:
    """`lesion_patch(scans, lesions, with_lesion, size, rng)`: a patch round a pixel of a lesion."""
    scans, masks, with_lesion = _places()
    draws = []
    for seed in range(160):
        given = scans.copy(), masks.copy(), with_lesion.copy(), SIZE, np.random.default_rng(seed)
        drawn = answer(*given)
        if hint := _patch_hint(drawn, masks):
            return hint
        draws.append(np.asarray(drawn[0])[0, 0].astype(int))
    corners = np.array(draws)
    for seed in range(8):
        again = answer(scans.copy(), masks.copy(), with_lesion.copy(), SIZE, np.random.default_rng(seed))
        if not np.array_equal(np.asarray(again[0])[0, 0].astype(int), corners[seed]):
            return (
                "The same rng gave two different patches. Draw with `rng`, not with np.random, so that a "
                "training can be repeated."
            )
    if len(np.unique(corners, axis=0)) == 1:
        return "Every call gives the same patch: choose the slice and the pixel by chance, with `rng`."
    counts = np.bincount(corners[:, 0], minlength=5)
    if counts[[0, 2]].any():
        return "Some patches come from slices without a lesion. Choose the slice among `with_lesion`."
    if not counts[with_lesion].all():
        return "Some slices with a lesion are never chosen. Choose the slice with rng.choice(with_lesion)."
    if counts[3] < 30:
        return (
            "Slices with a large lesion are chosen more often. Choose the slice first, each with the same "
            "chance, and then one of its pixels."
        )
    middles = corners[:, 1:] + SIZE // 2
    large = {tuple(middle) for middle in middles[corners[:, 0] == 1]}
    if len(large) < 8:
        return "In a slice the patch is always at one place. Choose one of the lesion's pixels by chance."
    return None


def _patch_hint(drawn: Any, masks: np.ndarray) -> str | None:
    """Say what is wrong with one drawn patch and its mask."""
    if not isinstance(drawn, tuple | list) or len(drawn) != 2:
        return "Return two things: the patch of the scans, and the same patch of the lesions."
    patch, mask = (np.asarray(part) for part in drawn)
    if patch.ndim == 2 and mask.ndim == 3:
        return "First the patch of the scans, then that of the lesions."
    if patch.shape != (SIZE, SIZE, 3) or mask.shape != (SIZE, SIZE):
        stick = (
            ": it sticks out of the slice, or sides are mixed up. Push `top` and `left` inside with np.clip"
        )
        wrong = patch.shape if patch.shape != (SIZE, SIZE, 3) else mask.shape
        cause = stick if min(wrong[:2], default=0) < SIZE else ""
        return f"Received a patch of shape {wrong} for size {SIZE}{cause}."
    k, top, left = patch[0, 0].astype(int)
    if not np.array_equal(mask, masks[k, top : top + SIZE, left : left + SIZE]):
        return (
            "Scans and lesions were cut at different places. Use the same slice, rows and columns for both."
        )
    if not np.array_equal(patch[:, 0, 1].astype(int), top + np.arange(SIZE)) or patch[0, 1, 2] != left + 1:
        return "The patch is no square of the slice. Cut [k, top:top + size, left:left + size]."
    if k in (0, 2):
        return "Some patches come from slices without a lesion. Choose the slice among `with_lesion`."
    if not mask.any():
        return "This patch shows no lesion. np.argwhere gives the row first and the column second."
    if masks[k, top + SIZE // 2, left + SIZE // 2]:
        return None
    inside = 0 < top < masks.shape[1] - SIZE and 0 < left < masks.shape[2] - SIZE
    if inside:
        return "The lesion's pixel is not in the middle. The patch begins half its size above and left of it."
    return None


def _loss_case() -> tuple[Any, Any]:
    """A truth (3, 8, 8, 1) with few pixels of 1, and probabilities."""
    rng = np.random.default_rng(3)
    truth = np.zeros((3, 8, 8, 1))
    truth[0, 2:4, 3:6] = truth[1, 5, 5] = 1
    output = np.clip(0.7 * truth + rng.uniform(0, 0.3, truth.shape), 0, 1)
    output[0, 2, 3] = 0.05
    return tf.constant(truth, tf.float32), tf.constant(output, tf.float32)


@check
@understood(_ADDING_UP)
def tversky_loss(answer: Callable) -> str | None:
    """`tversky_loss(truth, output, alpha, beta)`: 1 - hits / (hits + alpha false alarms + beta misses)."""
    truth, output = _loss_case()
    alpha, beta = 0.2, 0.6
    got = answer(truth, output, alpha, beta)
    if isinstance(got, tuple | list):
        return "Return one number, the loss."
    if np.shape(got) != ():
        return (
            f"Received shape {tuple(np.shape(got))}; expected one number. Sum over all pixels with "
            "tf.reduce_sum."
        )
    t, p = truth.numpy().astype(float), output.numpy().astype(float)
    hits, false, missed = (t * p).sum(), ((1 - t) * p).sum(), (t * (1 - p)).sum()
    right_not = ((1 - t) * (1 - p)).sum()
    hard = (p > 0.5).astype(float)

    def index(h=hits, f=false, m=missed, a=alpha, b=beta, one=1.0):
        return (h + one) / (h + a * f + b * m + one)

    want = 1 - index()
    each = [
        index(*(x.sum() for x in (t[k] * p[k], (1 - t[k]) * p[k], t[k] * (1 - p[k])))) for k in range(len(t))
    ]
    mistakes = {
        "That is the index, which is 1 when everything is right. The loss is 1 minus it.": (
            index(),
            index(one=0),
        ),
        "The sign is wrong: the loss is 1 minus the index.": (-index(), index() - 1),
        "alpha and beta are swapped: alpha weighs false alarms, beta weighs misses.": 1
        - index(a=beta, b=alpha),
        "You wrote the weights as numbers. Take the arguments alpha and beta, whatever their values.": (
            1 - index(a=0.3, b=0.7),
            1 - index(a=0.5, b=0.5),
        ),
        "Add 1 above and below the line: without it, a batch without any lesion gives 0/0.": (
            1 - index(one=0),
            1 - hits / (hits + alpha * false + beta * missed + 1),
            1 - (hits + 1) / (hits + alpha * false + beta * missed),
        ),
        "The weights are missing: multiply false alarms by alpha and misses by beta.": (1 - index(a=1, b=1)),
        "That is an index for every image. Sum over the whole batch before you divide.": 1 - np.mean(each),
        "You took means, and then the 1 outweighs everything. Take sums, with tf.reduce_sum.": 1
        - index(hits / t.size, false / t.size, missed / t.size),
        "The hits are counted twice. That is for Dice; here the weights do it.": (
            1 - (2 * hits + 1) / (2 * hits + alpha * false + beta * missed + 1),
            1 - (2 * hits + 1) / (hits + alpha * false + beta * missed + 1),
        ),
        "False alarms are probability where there is no lesion: (1 - truth) * output.": (
            1 - index(f=p.sum()),
            1 - index(f=right_not),
            1 - index(f=(1 - t).sum()),
        ),
        "Misses are the probability that lacks where there is a lesion: truth * (1 - output).": (
            1 - index(m=t.sum()),
            1 - index(m=right_not),
            1 - index(m=(1 - p).sum()),
        ),
        "Those are pixels above a threshold. Use the probabilities, do not threshold them.": (
            1 - index((t * hard).sum(), ((1 - t) * hard).sum(), (t * (1 - hard)).sum()),
        ),
        "False alarms and misses are exchanged.": 1 - index(f=missed, m=false),
        "The bracket below the line is missing: everything after / belongs together.": (
            1 - ((hits + 1) / hits + alpha * false + beta * missed + 1),
        ),
    }
    said = f"Received {float(got):.3f}, expected {float(want):.3f}. Print the three sums one by one."
    if hint := judge(np.float64(got), want, mistakes, said):
        return hint
    if not tf.is_tensor(got):
        return "The result is no longer a tensor. Use tf. functions: the loss has to be differentiated later."

    @tf.function
    def slope():
        with tf.GradientTape() as tape:
            tape.watch(output)
            loss = answer(truth, output, alpha, beta)
        return tape.gradient(loss, output)

    if slope.get_concrete_function().structured_outputs is None:
        return "No gradient reaches the network: use tf. functions throughout, and do not round the output."
    if not np.isclose(float(answer(truth, output)), 1 - index(a=0.3, b=0.7), rtol=1e-3):
        return "Keep the defaults of the stub, alpha=0.3 and beta=0.7."
    return None


def _lesion_cases() -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Masks, truth and found, (8, 8, 8), with what they try."""
    none = np.zeros((8, 8, 8), bool)

    def boxes(*parts: tuple) -> np.ndarray:
        mask = none.copy()
        for part in parts:
            mask[part] = True
        return mask

    s = np.s_
    apart = boxes(s[0:2, 0:2, 0:2], s[5:7, 0:2, 0:2], s[0:2, 5:8, 5:8])
    corner = boxes(s[1, 1, 1], s[2, 2, 2], s[5, 5, 5])
    return [
        ("apart", apart, boxes(s[0:3, 0:2, 0:2], s[7, 7, 7])),  # 1 hit, 2 missed, 1 false
        ("corner", corner, boxes(s[1, 1, 1], s[5, 6, 6])),
        ("bridge", apart, boxes(s[0:7, 0:1, 0:1])),  # one found piece over two lesions
        ("crumbs", boxes(s[0:8, 0:2, 0:2]), boxes(s[0, 0, 0], s[3, 0, 0], s[6, 0, 0], s[4, 6, 6])),
        ("little", boxes(s[0:5, 0:5, 0:5]), boxes(s[4:8, 4:8, 4:8])),  # one voxel of overlap
        ("nothing found", apart, none),
        ("nothing there", none, boxes(s[1, 1, 1], s[5, 5, 5])),
    ]


@check
@understood(_COUNTING)
def lesion_counts(answer: Callable) -> str | None:
    """`lesion_counts(truth, found)`: true lesions hit and missed, and false ones."""
    got, want = {}, {}
    for name, truth, found in _lesion_cases():
        value = answer(truth.copy(), found.copy())
        if not isinstance(value, tuple | list | np.ndarray) or np.shape(value) != (3,):
            return "Return three numbers: return hit, missed, false."
        got[name], want[name] = tuple(float(v) for v in value), tuple(counted.lesion_counts(truth, found))
    if got == {name: tuple(map(float, counts)) for name, counts in want.items()}:
        return None
    return _count_hint(got, want)


def _count_hint(got: dict[str, tuple], want: dict[str, tuple]) -> str:
    cases = {name: (truth, found) for name, truth, found in _lesion_cases()}
    if all(value == want[name][::-1] for name, value in got.items()):
        return "The order is reversed: hit, missed, false."
    if all((value[0], value[2], value[1]) == want[name] for name, value in got.items()):
        return "Missed and false are exchanged. Missed lesions are true ones; false ones are in `found` only."
    truth, found = cases["apart"]
    if got["apart"][0] == (truth & found).sum() or got["apart"][2] == (found & ~truth).sum():
        return "You counted voxels. Number the pieces with ndimage.label, and count those."
    if got["apart"][1] == len(range(1, 4)) or got["apart"][1] == 3:
        return "Missed are the true lesions that were not hit: all true ones less the hit ones."
    faces = [ndimage.label(mask)[1] for mask in cases["corner"]]
    if got["corner"] != want["corner"] and sum(got["corner"][:2]) == faces[0]:
        return (
            "Two voxels that share only a corner became two lesions. Give ndimage.label the second argument, "
            "np.ones((3, 3, 3))."
        )
    if got["little"][:2] == (0, 1):
        return "One common voxel is enough for a hit. Ask with .any(), not for half of the lesion."
    if got["bridge"][2] == -1:
        return (
            "`false` is not the found pieces less the hits: one found piece may touch two true lesions. Go "
            "through the found pieces, and count those that touch none."
        )
    if got["bridge"][0] == 1 and want["bridge"][0] == 2:
        return (
            "A single marked piece lies over two true lesions, and both are hit. Count hits among the true "
            "lesions, not among the marked ones."
        )
    if got["crumbs"][0] > 1:
        return "Three crumbs in one true lesion are one hit. Count hits among the true lesions."
    if got["crumbs"][2] == 4 or got["apart"][2] == 2:
        return "A marked piece that touches a true lesion is no false alarm. Count those that touch none."
    if sum(got["nothing there"]) == 0:
        return "Where there is no true lesion, every marked piece is a false alarm."
    for hits_from, false_from in ((0, 0), (0, 1), (1, 0)):
        if all(got[name] in _off_by_one(*cases[name], hits_from, false_from) for name in got):
            return "0 is the background: the pieces are numbered from 1 up to and with their count."
    name = next(name for name in got if got[name] != want[name])
    received = ", ".join(f"{v:g}" for v in got[name])
    expected = ", ".join(map(str, want[name]))
    return f"For the case '{name}' received {received}; expected {expected} (hit, missed, false)."


def _off_by_one(truth: np.ndarray, found: np.ndarray, hits_from: int, false_from: int) -> list[tuple]:
    """Count over `range(count)`, or over `range(1, count)`, in place of all pieces."""
    (of_truth, n), (of_found, m) = counted.pieces(truth), counted.pieces(found)
    hits = [bool(found[of_truth == k].any()) for k in range(n + 1)]
    false = [bool(found[of_found == k].any() and not truth[of_found == k].any()) for k in range(m + 1)]
    no_truth = not truth[of_found == 0].any()
    results = []
    for hits_range, false_range in (
        (range(n) if not hits_from else range(1, n + 1), range(m) if not false_from else range(1, m + 1)),
        (
            range(1, n) if not hits_from else range(1, n + 1),
            range(1, m) if not false_from else range(1, m + 1),
        ),
    ):
        hit = sum(hits[k] for k in hits_range)
        wrong = sum(no_truth if k == 0 else false[k] for k in false_range)
        results.append((hit, n - hit, wrong))
    return results


def _clock_case() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """FLAIR of voxels of 2 mm, an infarct with fluid in it and beside it, and a brain in a bright frame."""
    rng = np.random.default_rng(5)
    brain = np.zeros((44, 34, 18), bool)
    brain[3:36, 2:27, 1:14] = True
    infarct = np.zeros_like(brain)
    infarct[8:16, 8:14, 5:8] = True
    away = ndimage.distance_transform_edt(~infarct)  # in voxels
    flair = np.where(brain, 100 + 6 * rng.standard_normal(brain.shape) + 0.9 * away, 150.0)
    flair[(away > 0) & (away <= 1)] += 22  # the infarct's blurred border
    flair[infarct] += 32
    flair[8:12, 8:13, 5:8] = 12  # fluid in the infarct
    flair[5:20, 15:19, 3:10] = 15  # a ventricle beside it
    flair[13, 9, 6] = 9000  # one voxel that is wrong
    return flair, infarct, brain


@check
@understood(_COMPARING)
def flair_ratio(answer: Callable) -> str | None:
    """`flair_ratio(flair, infarct, brain)`: median in the infarct's tissue over that beside it."""
    flair, infarct, brain = _clock_case()
    got = answer(flair.copy(), infarct.copy(), brain.copy())
    if np.shape(got) != ():
        return f"Received shape {np.shape(got)}; expected one number, a median over a median."
    tissue = brain & (flair > mismatch.DARK * np.median(flair[brain]))
    whole = brain & (flair > mismatch.DARK * np.median(flair))
    fluid = brain & ~tissue
    away = ndimage.distance_transform_edt(~infarct)
    ring = (away > 1) & (away <= 6)
    wide, touching, filled = (away > 2) & (away <= 12), (away > 0) & (away <= 6), away <= 6
    cross = ndimage.binary_dilation(infarct, iterations=6) & ~ndimage.binary_dilation(infarct)
    inward = ndimage.distance_transform_edt(infarct)
    inner = (inward > 1) & (inward <= 6)

    def ratio(inside: np.ndarray, beside: np.ndarray, middle_of: Callable = np.median) -> float:
        return float(middle_of(flair[inside]) / middle_of(flair[beside]))

    want = ratio(infarct & tissue, ring & tissue)
    if np.isclose(got, ratio(infarct & tissue, cross & tissue), rtol=1e-3):  # grown voxel by voxel
        return None
    mistakes = {
        "Upside down: the infarct stands above the line, the tissue beside it below.": (
            1 / want, ratio(ring & brain, infarct), ratio(ring, infarct),
        ),
        "Take the median: a single wrong voxel moves the mean.": (
            ratio(infarct & tissue, ring & tissue, np.mean), ratio(infarct, ring, np.mean),
        ),
        "Fluid counts in both medians. Take only voxels that are `tissue`, in the infarct and beside it.": (
            ratio(infarct, ring & brain), ratio(infarct, ring),
        ),
        "Fluid counts beside the infarct. Take only what is `tissue` there, too.": (
            ratio(infarct & tissue, ring & brain), ratio(infarct & tissue, ring),
        ),
        "Fluid counts in the infarct. Take only what is `tissue` there, too.": ratio(infarct, ring & tissue),
        "Distances are in voxels, and a voxel is 2 mm wide: multiply them by 2.": (
            ratio(infarct & tissue, wide & tissue)
        ),
        "The voxels that touch the infarct hold some of it. Begin more than 2 mm away.": (
            ratio(infarct & tissue, touching & tissue)
        ),
        "The infarct itself is part of what you compare it with. Begin more than 2 mm away.": (
            ratio(infarct & tissue, filled & tissue), ratio(infarct & tissue, (away <= 12) & tissue),
        ),
        "Those are distances from the border inwards. Measure outside the infarct: ~infarct.": (
            ratio(infarct & tissue, inner & tissue)
        ),
        "That compares with the whole brain. Compare with what is 2 to 12 mm away.": (
            ratio(infarct & tissue, tissue), ratio(infarct & tissue, tissue & ~infarct),
            ratio(infarct, brain), ratio(infarct & tissue, brain), ratio(infarct & tissue, brain & ~infarct),
        ),
        "Fluid is darker than 0.7 times the median of FLAIR in the brain, not in the whole array.": (
            ratio(infarct & whole, ring & whole)
        ),
        "You kept the fluid, and left the tissue out. Tissue is brighter than the limit.": (
            ratio(infarct & fluid, ring & fluid)
        ),
        "That is a difference. Divide one median by the other, so that the scanner's unit drops out.": (
            np.median(flair[infarct & tissue]) - np.median(flair[ring & tissue])
        ),
        "That is only the infarct. Divide by the median of the tissue beside it.": (
            np.median(flair[infarct & tissue])
        ),
    }  # fmt: skip
    return judge(np.float64(got), want, mistakes, f"Received {float(got):.3f}, expected {want:.3f}.")
