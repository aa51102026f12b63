"""Checks of lesson 11: two features of a slice, Bayes' rule, log loss, one draw from probabilistic PCA."""

from collections.abc import Callable

import numpy as np
from scipy.stats import multivariate_normal

from gancourse.teaching.checks import _NotTried, check, close, judge
from gancourse.teaching.material import gaussian_rules
from gancourse.teaching.material.gaussian import ProbabilisticPCA


@check
def measure(answer: Callable[[np.ndarray], tuple[float, float]]) -> str | None:
    """`measure(image)`: glow and lopsidedness of a slice."""
    for turned in (False, True):
        image = _slice(turned)
        kept, brain = image.copy(), image > -1
        found = answer(image)
        if not np.array_equal(image, kept):
            return "Your function changes the image that it is given. Make a new array."
        if not isinstance(found, tuple | list | np.ndarray) or len(found) != 2:
            return "Return two numbers: `return glow, lopsidedness`."
        if any(np.shape(part) != () for part in found):
            shapes = " and ".join(str(np.shape(part)) for part in found)
            return f"Received shapes {shapes}. Both should be single numbers: take the means."
        glow, lopsided = (float(part) for part in found)
        want = gaussian_rules.measure(kept)
        if close((lopsided, glow), want):
            return "The two numbers are swapped: glow comes first."
        values = kept[brain]
        high, middle = np.percentile(values, 97), np.median(values)
        hint = judge(
            glow,
            want[0],
            {
                "The background counts in your glow: take the pixels of the brain only.": (
                    np.percentile(kept, 97) - np.median(kept), np.percentile(kept, 97) - middle,
                    high - np.median(kept),
                ),
                "Your glow starts from the mean brightness. Start from the median.": high - values.mean(),
                "Your glow ends at the brightest pixel. Take the 97th percentile.": values.max() - middle,
                "`np.percentile` counts from 0 to 100: write 97, not 0.97.": (
                    np.percentile(values, 0.97) - middle
                ),
                "That is the 97th percentile alone. Subtract the median from it.": high,
                "Your glow has the wrong sign: subtract the median from the 97th percentile.": middle - high,
            },
            f"Glow: received {glow:.3f}, expected {want[0]:.3f} for a slice of the check's own.",
        )  # fmt: skip
        if hint:
            return hint
        halves = kept[:, :32], kept[:, 32:]
        upper, lower = (half[half > -1].mean() for half in (kept[:32], kept[32:]))
        left, right = (half[half > -1] for half in halves)
        mirrored = np.abs(kept - kept[:, ::-1])
        hint = judge(
            lopsided,
            want[1],
            {
                "Glow is right. Lopsidedness: take the absolute value, so that both sides count alike.": (
                    left.mean() - right.mean(), right.mean() - left.mean()
                ),
                "Glow is right. You compared the upper and the lower half: rows come first, then columns.": (
                    abs(upper - lower), upper - lower
                ),
                "Glow is right. In your means of the halves the background counts: take the brain only.": (
                    abs(halves[0].mean() - halves[1].mean())
                ),
                "Glow is right. You compared sums: a half with more brain wins. Take the means.": (
                    abs(left.sum() - right.sum())
                ),
                "Glow is right. You compared pixel by pixel. Take the mean of each half first.": (
                    mirrored.mean(), mirrored[brain].mean()
                ),
            },
            f"Glow is right. Lopsidedness: received {lopsided:.3f}, expected {want[1]:.3f}.",
        )  # fmt: skip
        if hint:
            return hint
    return None


def _slice(turned: bool) -> np.ndarray:
    """A brain off the middle with one bright side; the left or the right one."""
    rng = np.random.default_rng(0)
    image = np.full((64, 64), -1.0, np.float32)
    image[10:50, 14:54] = rng.beta(2, 5, (40, 40)) - 0.5
    image[14:24, 18:30] += 0.5
    return image[:, ::-1].copy() if turned else image


@check
def bayes(fit: Callable, posterior: Callable) -> str | None:
    """`fit(x, y)` and `posterior(x, prior, mean, cov)`: a Gaussian for each label, and Bayes' rule."""
    rng = np.random.default_rng(0)
    y = np.array([0] * 30 + [1] * 50)
    x = rng.normal(size=(80, 2)) @ np.array([[0.3, 0.1], [0.0, 0.2]]) + 0.5 * y[:, None] + [0.5, 1]
    order = rng.permutation(80)
    x, y = x[order], y[order]
    if hint := _fitted(fit(x.copy(), y.copy()), x, y):
        return hint
    _, mean, cov = gaussian_rules.fit(x, y)
    for rare in (0.2, 0.7):
        prior = np.array([1 - rare, rare])
        try:
            found = posterior(x[:9].copy(), prior.copy(), mean.copy(), cov.copy())
        except _NotTried:
            return "`fit` is right. Now write `posterior`."
        if hint := _judged(np.asarray(found, float), x[:9], prior, mean, cov):
            return hint
    return None


def _fitted(found: object, x: np.ndarray, y: np.ndarray) -> str | None:
    """What is wrong with what `fit` returned."""
    if not isinstance(found, tuple | list) or len(found) != 3:
        return "`fit` should return three things: prior, mean, cov."
    prior, mean, cov = (np.asarray(part, float) for part in found)
    groups = [x[y == label] for label in (0, 1)]
    share = np.array([len(group) / len(x) for group in groups])
    want = np.stack([group.mean(0) for group in groups])
    if prior.shape != (2,):
        return f"prior: received shape {prior.shape}, expected two shares, of label 0 and of label 1."
    hint = judge(
        prior,
        share,
        {
            "Your prior has the two labels swapped: label 0 comes first.": share[::-1],
            "Your prior holds counts. Divide them by the number of all slices.": share * len(x),
        },
        f"prior: received {_short(prior)}, expected the shares of the labels 0 and 1, {_short(share)}.",
    )
    if hint:
        return hint
    if mean.shape != (2, 2):
        return f"mean: received shape {mean.shape}. For each label, take the mean of each feature (axis=0)."
    hint = judge(
        mean,
        want,
        {
            "Your mean has the two labels swapped: label 0 comes first.": want[::-1],
            "Both means are those of all slices. Choose the slices of one label: x[y == label].": (
                np.stack([x.mean(0)] * 2)
            ),
        },
        f"mean: for label 0 received {_short(mean[0])}, expected {_short(want[0])}.",
    )
    if hint:
        return hint
    if cov.shape != (2, 2, 2):
        return (
            f"cov: received shape {cov.shape}, expected (2, 2, 2): `np.cov` wants features in rows, so x.T."
        )
    spread = np.stack([np.cov(group.T) for group in groups])
    if any(close(cov, np.stack([np.cov(group.T, ddof=ddof) for group in groups])) for ddof in (0, 1)):
        return None
    if close(cov, np.stack([np.cov(x.T)] * 2)):
        return "Both covariances are those of all slices. Choose the slices of one label: x[y == label]."
    if close(cov, np.stack([np.corrcoef(group.T) for group in groups])):
        return "Those are correlations. Use the covariance, np.cov."
    return f"cov: for label 0 received {_short(cov[0])}, expected {_short(spread[0])}."


def _judged(
    found: np.ndarray, x: np.ndarray, prior: np.ndarray, mean: np.ndarray, cov: np.ndarray
) -> str | None:
    """What is wrong with what `posterior` returned."""
    if found.shape in ((2, len(x)), (len(x), 2)):
        return "`fit` is right. Your `posterior` returns both labels. Return p(tumour given x) only."
    if found.shape != (len(x),):
        return f"`fit` is right. posterior: received shape {found.shape}, expected {(len(x),)}."
    p = np.stack([multivariate_normal(mean[k], cov[k]).pdf(x) for k in (0, 1)])
    joint = p * prior[:, None]
    want = joint[1] / joint.sum(0)
    swapped = p * prior[::-1, None]
    mistakes = {
        "That is p(x given tumour) p(tumour), the numerator. Divide it by p(x).": joint[1],
        "That is p(x given tumour). Bayes' rule turns it into p(tumour given x).": p[1],
        "You left out p(y): weight each density by how common its label is.": p[1] / p.sum(0),
        "That is p(none given x). The probability of a tumour is asked for.": 1 - want,
        "The two priors are swapped: prior[1] goes with mean[1] and cov[1].": swapped[1] / swapped.sum(0),
        "p(x) needs both priors: prior[0] goes with the density of label 0.": (
            joint[1] / (joint[1] + p[0]), joint[1] / p.sum(0)
        ),
        "That divides one label by the other, which gives odds. Divide by the sum of both.": (
            joint[1] / joint[0], p[1] / p[0]
        ),
        "That is the more probable label, 0 or 1. Return the probability itself.": (want > 0.5).astype(float),
    }  # fmt: skip
    otherwise = f"For one slice: received {found[0]:.3f}, expected {want[0]:.3f}."
    hint = judge(found, want, mistakes, otherwise)
    return hint and f"`fit` is right. {hint}"


def _short(values: np.ndarray) -> str:
    return np.array2string(np.asarray(values), precision=3, separator=", ").replace("\n", "")


@check
def log_loss(answer: Callable[[np.ndarray, np.ndarray], float]) -> str | None:
    """`log_loss(p, y)`: the mean of -log(probability of the true label)."""
    p, y = np.array([0.9, 0.2, 0.6, 0.05, 0.7]), np.array([1, 0, 0, 1, 1])
    value = np.asarray(answer(p.copy(), y.copy()), float)
    truth = np.where(y == 1, p, 1 - p)
    each = -np.log(truth)
    if value.shape == y.shape:
        return "That is one number per slice. Return their mean."
    if value.shape != ():
        return f"Received shape {value.shape}, expected one number."
    mistakes = {
        "The logarithm of a probability is negative. Put a minus in front.": -each.mean(),
        "That is the sum. Take the mean, so that the number of slices does not count.": [
            each.sum(),
            -each.sum(),
        ],
        "For slices without a tumour the truth was given the probability 1 - p.": (
            [-np.log(p).mean(), np.log(p).mean()]
        ),
        "Only slices with a tumour count in yours. The others were given the probability 1 - p.": (
            [-(y * np.log(p)).mean(), -np.log(p[y == 1]).mean()]
        ),
        "p and 1 - p are swapped: p is the probability of label 1.": -np.log(1 - truth).mean(),
        "Take the natural logarithm, np.log.": [-np.log2(truth).mean(), -np.log10(truth).mean()],
        "That is the logarithm of the mean. Take the logarithm first, then the mean.": -np.log(truth.mean()),
        "That is a squared error. Take minus the logarithm.": [((p - y) ** 2).mean()],
        "That is the mean probability of the truth. Take minus its logarithm.": [
            truth.mean(),
            (1 - truth).mean(),
        ],
    }
    otherwise = f"Received {value:.3f}, expected {each.mean():.3f} for five slices of the check's own."
    return judge(value, each.mean(), mistakes, otherwise)


@check
def draw_slice(answer: Callable) -> str | None:
    """`draw_slice(pca, rng)`: one slice without and with the noise of its pixels."""
    pca, runs = _small_pca(), 4000
    first = _pair(answer(pca, np.random.default_rng(1)), pca.mean.shape)
    if isinstance(first, str):
        return first
    again = _pair(answer(pca, np.random.default_rng(1)), pca.mean.shape)
    if isinstance(again, str) or not np.allclose(first, again):
        return "Two generators of one seed should give one slice: take every random number from `rng`."
    rng = np.random.default_rng(2)
    drawn = np.array([answer(pca, rng) for _ in range(runs)], float)  # (runs, 2, H, W)
    if np.ptp(drawn[:, 0], axis=0).max() < 1e-9:
        return "Every draw gives the same slice. Draw the latent anew, with rng.standard_normal."
    smooth, noise = drawn[:, 0], drawn[:, 1] - drawn[:, 0]
    off = smooth.mean(0) - pca.mean
    if np.abs(off + pca.mean).max() < 0.2:
        return "Your slices scatter around 0. Add the mean slice, pca.mean."
    if np.abs(off).max() > 0.3:
        return "On average your slices are not pca.mean. Draw the latent from rng.standard_normal: mean 0."
    if np.abs(noise).max() < 1e-9:
        return "Your two slices are the same. The second one has noise in every pixel as well."
    basis = pca.patterns.reshape(len(pca.patterns), -1)
    centred = (smooth - pca.mean).reshape(runs, -1)
    along = centred @ basis.T
    beside = (centred - along @ basis).std()
    if beside > 0.1:
        return "Your first slice is not smooth: take pca.mean plus amounts of the patterns, and no noise."
    if abs(np.corrcoef(along[:, 0], along[:, 1])[0, 1]) > 0.5:
        return "All your amounts rise together. Draw one latent number for each pattern."
    spread, scale = along.std(0), np.sqrt(pca.variance - pca.noise)
    mistakes = {
        "Your latent is not scaled. Multiply it by the scale of each pattern.": np.ones(len(scale)),
        "Your scale still holds the noise: subtract pca.noise from pca.variance before the root.": (
            np.sqrt(pca.variance)
        ),
        "You scaled by a variance. A scale is its square root.": [scale**2, pca.variance],
    }
    if not np.allclose(spread, scale, rtol=0.06):
        for hint, wrong in mistakes.items():
            if any(np.allclose(spread, each, rtol=0.06) for each in np.reshape(wrong, (-1, len(scale)))):
                return hint
        return f"Along the patterns your slices spread by {_short(spread)}, expected {_short(scale)}."
    if noise.std(axis=(1, 2)).mean() < 0.3 * noise.std():
        return "Your noise is the same in every pixel. Draw numbers of the shape of pca.mean."
    if np.isclose(noise.std(), pca.noise, rtol=0.06):
        return "Your noise is scaled by a variance. Multiply by the square root of pca.noise."
    if np.isclose(noise.std(), 1, rtol=0.06):
        return "Your noise is not scaled. Multiply it by the square root of pca.noise."
    if abs(noise.mean()) > 0.1 or not np.isclose(noise.std(), np.sqrt(pca.noise), rtol=0.06):
        want = np.sqrt(pca.noise)
        return f"Your noise has a deviation of {noise.std():.2f}, expected {want:.2f}; its mean should be 0."
    return None


def _small_pca() -> ProbabilisticPCA:
    """A density of images (5, 4) with three patterns, all of whose numbers can be told apart."""
    columns = np.linalg.qr(np.random.default_rng(0).normal(size=(20, 3)))[0]
    mean = np.linspace(-3, 3, 20).reshape(5, 4)
    return ProbabilisticPCA(mean, columns.T.reshape(3, 5, 4), np.array([9.0, 6.0, 4.0]), 2.0)


def _pair(found: object, shape: tuple[int, ...]) -> np.ndarray | str:
    """The two slices of an answer, or a hint."""
    if not isinstance(found, tuple | list | np.ndarray) or len(found) != 2:
        return "Return two slices: `return smooth, noisy`."
    shapes = [np.shape(part) for part in found]
    if shapes != [shape, shape]:
        said = " and ".join(map(str, shapes))
        return f"Received shapes {said}, expected {shape} twice, the shape of pca.mean."
    return np.asarray(found, float)
