"""Checks of lesson 44: the kernel distance, the Fréchet distance, precision and recall, and suspicion."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import linalg

from gancourse.metrics import fidelity
from gancourse.metrics.memorisation import distances
from gancourse.teaching.checks import _Raised, check, close, judge, recognise


@check
def kernel_distance(answer: Callable[..., float]) -> str | None:
    """`kernel_distance(a, b, who_a, who_b)` is the unbiased squared maximum mean discrepancy of patients."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(12, 5)), rng.normal(0.5, 1, (9, 5))
    who_a, who_b = (np.array(list(names), object) for names in ("PPPQQQRRSSTT", "UUVVVWWXY"))
    with np.errstate(invalid="ignore"):  # the hint says it in words
        got = answer(a, b, who_a, who_b)
    if hint := _not_a_number(got):
        return hint

    def mean(x, y, chosen=True, scale=5, power=3, add=1.0):
        return ((x @ y.T / scale + add) ** power).mean(where=chosen)

    others = [who[:, None] != who for who in (who_a, who_b)]
    itself = [~np.eye(len(who), dtype=bool) for who in (who_a, who_b)]

    def distance(pairs, across=2.0, **options):
        inside = mean(a, a, pairs[0], **options) + mean(b, b, pairs[1], **options)
        return inside - across * mean(a, b, **options)

    right = fidelity.kid(a, b, who_a, who_b)[0]
    mistakes = {
        "Slices of one patient are still paired: keep only pairs of two different patients.": distance(
            itself
        ),
        "You averaged over all pairs, even of a slice with itself: keep pairs of two patients.": distance(
            [True, True]
        ),
        "You kept the pairs of one patient. Only pairs of two *different* patients count.": distance(
            [~pairs for pairs in others]
        ),
        "You took the mean over all N x N places, with zeros among them. Divide by the number of pairs that"
        " you kept.": (
            mean(a, a, others[0]) * others[0].mean()
            + mean(b, b, others[1]) * others[1].mean()
            - 2 * mean(a, b)
        ),
        "The mean across the sets counts twice: once for each of the inner means.": distance(others, 1),
        "The sign is wrong: the result should be large for sets that are far apart.": -right,
        "Divide x . y by the number of features d before you add 1.": distance(others, scale=1),
        "You divided by the number of images, not by the number of *features*, a.shape[1].": distance(
            others, scale=12
        ),
        "That is the root of KID. KID is the squared distance, which may fall below 0.": np.sqrt(abs(right)),
        "That kernel is squared. This one takes the third power.": distance(others, power=2),
        "That kernel is a plain product. The third power is missing.": distance(others, power=1),
        "Only the product x . y is divided by d: the 1 is added after the division.": (
            mean(a, a, others[0], add=0.2) + mean(b, b, others[1], add=0.2) - 2 * mean(a, b, add=0.2)
        ),
        "The means within the sets are added, each once: within a, plus within b, minus twice across.": [
            mean(a, a, others[0]) - 2 * mean(a, b),
            mean(b, b, others[1]) - 2 * mean(a, b),
        ],
    }
    said = (
        f"Expected {right:.4f} for two small sets, received {float(got):.4f}. Print the three means: for"
        f" these sets they are {mean(a, a, others[0]):.3f} within a, {mean(b, b, others[1]):.3f} within b and"
        f" {mean(a, b):.3f} across. The first one that differs is the place to look."
    )
    return judge(got, right, mistakes, said)


@check
def frechet_distance(answer: Callable[[np.ndarray, np.ndarray], float]) -> str | None:
    """`frechet_distance(a, b)` compares means and covariances, also of fewer images than features."""
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(40, 4)), rng.normal(0.6, 1.5, (40, 4))
    a[:, 1] += 2 * a[:, 2]  # covariances whose product has another root than the product of their roots
    b[:, 1] += b[:, 0]
    with np.errstate(invalid="ignore"):  # the hint says it in words
        got = answer(a, b)
    if hint := _not_a_number(got):
        return hint
    moved = ((a.mean(0) - b.mean(0)) ** 2).sum()
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    roots = np.real(linalg.sqrtm(cov_a)), np.real(linalg.sqrtm(cov_b))
    by_row, root = [np.cov(x) for x in (a, b)], np.real(linalg.sqrtm(cov_a @ cov_b))
    traces, right = np.trace(cov_a + cov_b), fidelity.frechet_distance(a, b)
    elementwise = np.sqrt(np.abs(cov_a @ cov_b))
    mistakes = {
        "That is the root. Return the squared distance, as FID does.": np.sqrt(right),
        "You multiplied two roots. Multiply the covariance matrices first, then take the root of the"
        " product.": moved + traces - 2 * np.trace(roots[0] @ roots[1]),
        "np.cov took the images for variables. Write rowvar=False: each column is a feature.": moved
        + np.trace(by_row[0] + by_row[1] - 2 * np.real(linalg.sqrtm(by_row[0] @ by_row[1]))),
        "np.sqrt takes the root of each number. The root of a matrix is scipy.linalg.sqrtm.": [
            moved + traces - 2 * np.trace(elementwise),
            moved + traces - 2 * np.trace(np.sqrt(np.maximum(cov_a @ cov_b, 0))),
        ],
        "The squared difference of the means is missing.": right - moved,
        "The contribution of the means is one number: square each of the d differences, then add them up.": [
            right - moved + np.sqrt(moved),
            right - moved + moved / 4,
            right - moved + abs(a.mean(0) - b.mean(0)).sum(),
        ],
        "The root is subtracted twice: A + B - 2 (A B)^(1/2).": right + np.trace(root),
        "The root of A B is missing.": moved + traces - 2 * np.trace(cov_a @ cov_b),
        "`*` multiplies element by element. Matrices are multiplied with @.": moved
        + traces
        - 2 * np.trace(np.real(linalg.sqrtm(cov_a * cov_b))),
        "Only the means are compared so far. Add the trace of A + B - 2 (A B)^(1/2).": moved,
    }
    if not close(got, right):
        said = f"Expected {right:.4f} for two small sets, received {float(got):.4f}."
        return recognise(got, mistakes) or f"{said} Check the means' part and the trace separately."
    few = answer(a[:3], b)  # a singular covariance, whose root is complex by rounding
    said = "With fewer images than features it should still be a real number"
    if hint := _not_a_number(few):
        return f"{said}: {hint[0].lower()}{hint[1:]}"
    if not np.isclose(few, fidelity.frechet_distance(a[:3], b), rtol=1e-3):
        return f"{said}, and it is wrong there: take the real part of scipy.linalg.sqrtm's result."
    return None


@check
def precision_recall(answer: Callable[..., tuple[float, float]]) -> str | None:
    """`precision_recall(held_out, generated, who_held_out, who_generated, k)` is two shares."""
    rng = np.random.default_rng(3)
    real = np.tile(rng.normal(size=(10, 3)), (4, 1)) + rng.normal(0, 0.3, (40, 3))  # four slices a patient
    made = rng.normal(0.8, 1.3, (40, 3))  # as many, so that a wrong axis gives numbers, not an error
    who = np.array([f"P{n % 10}" for n in range(40)], object)
    who_made = np.array([n // 2 for n in range(40)])
    between = distances(real, made)

    def reach(points, of, k, own=False, only_own=False):
        apart = distances(points, points)
        if not own:
            apart[(of[:, None] == of) != only_own] = np.inf
        return np.sort(apart, 1)[:, k]

    def by_column(points, of, k):
        apart = distances(points, points)
        apart[of[:, None] == of] = np.inf
        return np.sort(apart, 0)[:, k - 1], np.sort(apart, 1)[k - 1]

    def shares(k, **options):
        return within(reach(real, who, k, **options), reach(made, who_made, k, **options))

    def within(of_real, of_made):
        return [(between <= of_real[:, None]).any(0).mean(), (between <= of_made).any(1).mean()]

    ks = (2, 4)
    try:
        answers = [answer(real, made, who, who_made, k) for k in ks]
    except _Raised as raised:
        if "broadcast" in str(raised.args[0]):
            return "Two shapes do not fit. Print the shape of each array: `between` is (held out, generated)."
        raise
    if any(not isinstance(each, tuple | list | np.ndarray) or len(each) != 2 for each in answers) or any(
        np.shape(part) for each in answers for part in each
    ):
        return "Return two numbers: precision, recall. Each is one mean over the images asked about."
    got = np.array(answers, float)
    right = np.array([fidelity.precision_recall(real, made, k, who, who_made) for k in ks])
    inside = [
        (between <= reach(real, who, k - 1)[:, None], between <= reach(made, who_made, k - 1)) for k in ks
    ]
    mistakes = {
        "You left the *other* patients out. Make the distances within a patient infinite.": [
            shares(k - 1, only_own=True) for k in ks
        ],
        "The reach comes from a sort along the wrong axis. Sort each row, axis=1, then take one column.": [
            [
                within(*pair)
                for pair in zip(by_column(real, who, k), by_column(made, who_made, k), strict=True)
            ]
            for k in ks
        ],
        "The reach of a held-out point belongs to a *row* of (held out, generated): turn it into a column"
        " with [:, None].": [
            [(between <= reach(real, who, k - 1)).any(0).mean(), r.any(1).mean()]
            for k, (_, r) in zip(ks, inside, strict=True)
        ],
        "The reach of a generated point belongs to a *column* of (held out, generated): it needs no"
        " [:, None].": [
            [p.any(0).mean(), (between <= reach(made, who_made, k - 1)[:, None]).any(1).mean()]
            for k, (p, _) in zip(ks, inside, strict=True)
        ],
        "Both shares ask about generated images. Recall asks about each *held-out* image, each row: any along"
        " axis 1.": [[p.any(0).mean(), r.any(0).mean()] for p, r in inside],
        "Both shares ask about held-out images. Precision asks about each *generated* image, each column: any"
        " along axis 0.": [[p.any(1).mean(), r.any(1).mean()] for p, r in inside],
        "You counted how often an image is reached. Once is enough: any in place of sum.": [
            [p.sum(0).mean(), r.sum(1).mean()] for p, r in inside
        ],
        "The two are swapped: precision asks about generated images, recall about held-out ones.": right[
            :, ::-1
        ],
        "Give shares from 0 to 1, not per cent.": 100 * right,
        "That is one neighbour too many. Distances within a patient are infinite, so place 0 of a sorted row"
        " is already the nearest other one.": [shares(k) for k in ks],
        "You took the k nearest with the image itself, or its patient, among them. Make those distances"
        " infinite before you sort.": [
            [shares(k, own=True) for k in ks],
            [shares(k - 1, own=True) for k in ks],
        ],
        "You asked whether an image lies within the reach of all others. Within the reach of any one is"
        " enough.": [[p.all(0).mean(), r.all(1).mean()] for p, r in inside],
        "You counted pairs. First use `any` for each image, then take the mean.": [
            [p.mean(), r.mean()] for p, r in inside
        ],
        "Both shares use the reach of held-out images. Recall uses the reach of generated ones.": [
            [p.any(0).mean(), p.any(1).mean()] for p, _ in inside
        ],
        "Both shares use the reach of generated images. Precision uses the reach of held-out ones.": [
            [r.any(0).mean(), r.any(1).mean()] for _, r in inside
        ],
        "The axes are swapped: in (held out, generated) an `any` along axis 0 asks about each generated"
        " image.": [[p.any(1).mean(), r.any(0).mean()] for p, r in inside],
    }
    said = "For k = 2 expected {:.3f} and {:.3f}, received {:.3f} and {:.3f}.".format(*right[0], *got[0])
    if np.isclose(got[:, 0], right[:, 0]).all() and not np.isclose(got[:, 1], right[:, 1]).all():
        said += " Precision is right: look at the second question."
    elif np.isclose(got[:, 1], right[:, 1]).all():
        said += " Recall is right: look at the first question."
    else:
        said += " Check the reach first: it has one number for each point."
    return judge(got, right, mistakes, said)


@check
def suspicion(answer: Callable[..., tuple[np.ndarray, np.ndarray]]) -> str | None:
    """`suspicion(images, train, held_out)` is the ratio of two nearest distances, and the nearest's index."""
    rng = np.random.default_rng(5)
    images, train, held_out = (rng.normal(size=(n, 6, 6)) for n in (12, 10, 10))
    images[:3] = train[[4, 2, 9]] + rng.normal(0, 0.1, (3, 6, 6))
    try:
        answers = answer(images, train, held_out)
    except _Raised as raised:
        if isinstance(raised.args[0], ValueError | IndexError):
            return (
                "The shapes do not fit. `distances(images, train)` has one row for each image and one column"
                " for each training slice: work along the rows, and keep the index as it is."
            )
        raise
    if not isinstance(answers, tuple | list) or len(answers) != 2:
        return "Return two arrays: the ratio of each image, and the index of its nearest training image."
    ratio, source = map(np.asarray, answers)
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    if ratio.shape == (10,) or source.shape == (10,):
        return (
            "That is one number for each *training* image: axis=0 goes down the columns. Each image is a row,"
            " so take the smallest along axis=1."
        )
    if source.ndim == 3:
        return "The second array holds slices. Return their indices, one whole number for each image."
    if ratio.shape != (12,) or source.shape != (12,):
        return (
            f"Return one number for each of the 12 images, twice: (12,) and (12,), not {ratio.shape} and"
            f" {source.shape}. Search separately for each image: axis=1."
        )
    right = to_train.min(1) / to_held_out.min(1)
    if close(source, right) or close(ratio, to_train.argmin(1)):
        return "The ratio comes first, then the index."
    mistakes = {
        "It is upside down: an image near to training slices should get a *small* ratio.": 1 / right,
        "You averaged over all images. Only the nearest of each set counts.": to_train.mean(1)
        / to_held_out.mean(1),
        "The numerator is right. Below it, too, take the *nearest* held-out slice, not the mean over them.": (
            to_train.min(1) / to_held_out.mean(1)
        ),
        "You used one smallest distance for all images. Find the smallest for each image: axis=1.": [
            to_train.min(1) / to_held_out.min(),
            to_train.min() / to_held_out.min(1),
        ],
        "That is a difference. Divide, so that a blurred image, which is near to everything, is not"
        " suspected.": [to_train.min(1) - to_held_out.min(1), to_held_out.min(1) - to_train.min(1)],
        "That is the distance to training alone. Divide it by the distance to the nearest held-out one.": (
            to_train.min(1)
        ),
        "You squared the distances.": right**2,
    }
    said = f"For the first image expected {right[0]:.3f}, received {float(ratio[0]):.3f}."
    if hint := judge(ratio, right, mistakes, said):
        return hint
    if not np.issubdtype(source.dtype, np.integer):
        return "The second array should hold indices, whole numbers: argmin gives them."
    if close(source, to_held_out.argmin(1)):
        return "Those are the nearest held-out images. Return the nearest *training* slices."
    return judge(
        source,
        to_train.argmin(1),
        {},
        "The ratios are right. The index is that of the nearest training image.",
    )


def _not_a_number(got: Any) -> str:
    """Say what is wrong with an answer that should be one real number; "" if it is one."""
    if np.shape(got):
        return f"Return one number; yours has shape {np.shape(got)}. Is a mean or a sum missing?"
    if np.iscomplexobj(got):
        return "It is a complex number, because of rounding: take .real of scipy.linalg.sqrtm's result."
    if not np.isfinite(float(got)):
        return "It is not a number (nan). Did you take the root of something negative?"
    return ""
