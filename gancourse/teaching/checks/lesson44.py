"""Checks of lesson 44: the kernel distance, precision, Wilson's interval, and whose slices were copied."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

from gancourse.metrics import fidelity
from gancourse.metrics.memorisation import distances
from gancourse.teaching.checks import check, judge
from gancourse.teaching.material.memory_game import Game


@check
def kernel_distance(answer: Callable[[np.ndarray, np.ndarray], float]) -> str | None:
    """`kernel_distance(a, b)` is the unbiased squared maximum mean discrepancy."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(12, 5)), rng.normal(0.5, 1, (9, 5))

    def kernel(x, y, scale=1 / 5):
        return (x @ y.T * scale + 1) ** 3

    def off(k):
        return (k.sum() - np.trace(k)) / (len(k) * (len(k) - 1))

    got = float(answer(a, b))
    right = off(kernel(a, a)) + off(kernel(b, b)) - 2 * kernel(a, b).mean()
    across, unscaled = kernel(a, b).mean(), off(kernel(a, a, 1)) + off(kernel(b, b, 1))
    itself = kernel(a, a).mean() + kernel(b, b).mean() - 2 * across
    mistakes = {
        "It includes pairs of an image with itself: leave out the diagonal of the inner means.": itself,
        "The mean across the sets counts twice: once for each of the inner ones.": right + across,
        "The sign is wrong: inner means minus the mean across is large for sets far apart.": -right,
        "Divide x.y by the number of features, or they decide.": unscaled - 2 * kernel(a, b, 1).mean(),
        "That is its root. KID is the squared distance, which may fall below 0.": np.sqrt(abs(right)),
    }
    said = f"Expected {right:.4f} for two small sets, received {got:.4f}."
    return judge(got, right, mistakes, said)


@check
def precision(answer: Callable[[np.ndarray, np.ndarray, int], float]) -> str | None:
    """`precision(generated, real, k)`: share of generated points within the reach of some real one."""
    rng = np.random.default_rng(3)
    real, generated = rng.normal(size=(40, 3)), rng.normal(0.8, 1.3, (30, 3))

    def share(of, among, k):
        reach = np.sort(distances(among, among), 1)[:, k]
        return float((distances(of, among) <= reach).any(1).mean())

    ks = (2, 5)
    got = [float(answer(generated, real, k)) for k in ks]
    right = [fidelity.precision_recall(real, generated, k)[0] for k in ks]
    near = [distances(generated, real) <= np.sort(distances(real, real), 1)[:, k] for k in ks]
    too_few = [share(generated, real, k - 1) for k in ks]
    recall, of_all = [share(real, generated, k) for k in ks], [n.all(1).mean() for n in near]
    mistakes = {
        "That is one neighbour too few: place 0 of a sorted row, real to real, is the point itself.": too_few,
        "That is recall, real points among generated ones. Swap the two.": recall,
        "Give a share from 0 to 1, not per cent.": 100 * np.array(right),
        "You asked for all real points. Within the reach of any one is enough.": of_all,
        "You counted pairs. Ask of each generated point: any? Then take the mean.": [n.mean() for n in near],
    }
    said = "For k = 2 and 5 expected {:.3f} and {:.3f}, received {:.3f} and {:.3f}.".format(*right, *got)
    return judge(got, right, mistakes, said)


@check
def wilson(answer: Callable[[int, int], tuple[float, float]]) -> str | None:
    """`wilson(right, n)` is the 95 % interval of a share."""
    cases = [(13, 20), (20, 20), (5, 40)]
    got = np.array([answer(*case) for case in cases], float)
    if got.shape != (3, 2):
        return "Return two numbers: the lower and the upper end."

    def interval(k, n, method, confidence=0.95):
        return tuple(stats.binomtest(k, n).proportion_ci(confidence, method))

    right = np.array([interval(k, n, "wilson") for k, n in cases])
    if np.allclose(got, right, atol=2e-4):
        return None
    p = np.array([k / n for k, n in cases])
    half = 1.96 * np.sqrt(p * (1 - p) / np.array([n for _, n in cases]))
    if np.allclose(got, np.stack([p - half, p + half], 1), atol=2e-3):
        return "That is Wald's interval: for 20 of 20 it has no width, as if 20 answers made you infallible."
    if np.allclose(got, [interval(k, n, "wilson", 0.9) for k, n in cases], atol=2e-3):
        return "That is the 90 % interval: for 95 %, z is 1.96."
    if np.allclose(got, [interval(k, n, "wilson", 0.68) for k, n in cases], atol=4e-3):
        return "z is missing or 1: for 95 %, z is 1.96."
    if np.allclose(got, [interval(k, n, "exact") for k, n in cases], atol=2e-4):
        return "That is the exact (Clopper-Pearson) interval, a good one too, but not Wilson's."
    if np.allclose(got, 100 * right, atol=0.02):
        return "Give shares from 0 to 1, not per cent."
    if np.allclose(got, right[:, ::-1], atol=2e-4):
        return "The lower end comes first."
    return "For 13 of 20 expected {:.3f} and {:.3f}, received {:.3f} and {:.3f}.".format(*right[0], *got[0])


@check
def culprit(answer: Mapping[str, str], game: Game) -> str | None:
    """`culprit` names the set with copies, and the patient."""
    if not {"set", "patient"} <= set(answer):
        return "Give both: {'set': a letter, 'patient': a patient's name}."
    if answer["set"] not in game.sets:
        return f"{answer['set']!r} is not one of {', '.join(game.sets)}."
    if answer["set"] != game.guilty:
        return "In that set no more images are close to training than by chance. Count them in each set."
    if answer["patient"] != game.patient:
        return "It is the right set, but the wrong patient: whose slices are nearest to *most* of its copies?"
    return None
