"""Checks of lesson 11: two features of a slice, Bayes' rule, log loss, one draw from probabilistic PCA."""

from collections.abc import Callable

import numpy as np
from scipy.stats import multivariate_normal

from gancourse.teaching.checks import _NothingReturned, _NotTried, _Raised, check, close, judge
from gancourse.teaching.material import gaussian_rules
from gancourse.teaching.material.gaussian import ProbabilisticPCA


@check
def measure(answer: Callable[[np.ndarray], tuple[float, float]]) -> str | None:
    """`measure(image)`: glow and lopsidedness of a slice."""
    for turned in (False, True):
        image = _slice(turned)
        kept, brain = image.copy(), image > -1
        try:
            found = answer(image)
        except _Raised as raised:
            if hint := _misindexed(raised.args[0]):
                return hint
            raise
        if not np.array_equal(image, kept):
            return "Your function changes the image that it is given. Make a new array."
        if not isinstance(found, tuple | list | np.ndarray) or len(found) != 2:
            return "Return two numbers: `return glow, lopsidedness`."
        if any(np.shape(part) != () for part in found):
            shapes = " and ".join(str(np.shape(part)) for part in found)
            return f"Received shapes {shapes}. Both should be single numbers, such as `np.percentile` gives."
        glow, lopsided = (float(part) for part in found)
        want = gaussian_rules.measure(kept)
        if close((lopsided, glow), want):
            return "The two numbers are swapped: glow comes first."
        values = kept[brain]
        high, middle = np.percentile(values, 97), np.median(values)
        zeroed = kept * brain
        hint = judge(
            glow,
            want[0],
            {
                "The background counts in your glow: take the pixels of the brain only.": (
                    np.percentile(kept, 97) - np.median(kept), np.percentile(kept, 97) - middle,
                    high - np.median(kept),
                ),
                _ZEROS: np.percentile(zeroed, 97) - np.median(zeroed),
                "Your glow starts from the mean brightness. Start from the median.": high - values.mean(),
                "Your glow ends at the brightest pixel. Take the 97th percentile.": values.max() - middle,
                "`np.percentile` counts from 0 to 100: write 97, not 0.97.": (
                    np.percentile(values, 0.97) - middle
                ),
                "That is the 97th percentile alone. Subtract the median from it.": high,
                "Your glow has the wrong sign: subtract the median from the 97th percentile.": middle - high,
            },
            f"Glow: received {glow:.3f}, expected {want[0]:.3f} for the check's own slice.",
        )  # fmt: skip
        if hint:
            return hint
        halves = kept[:, :32], kept[:, 32:]
        left, right = (half[half > -1] for half in halves)
        mirrored = np.abs(kept - kept[:, ::-1])
        hint = judge(
            lopsided,
            want[1],
            {
                "Take the absolute value of the difference, so that both sides count alike.": -want[1],
                "You compared the upper and the lower half: rows come first, then columns.": (
                    _apart(_top, kept[:32], kept[32:]), _apart(_mean, kept[:32], kept[32:])
                ),
                _ZEROS: _apart(np.mean, zeroed[:, :32], zeroed[:, 32:]),
                "The background counts in your halves: take the pixels of the brain only.": (
                    _apart(_all_top, *halves), _apart(np.mean, *halves)
                ),
                "You compared the means of the halves. Take the 97th percentile of each.": (
                    _apart(_mean, *halves)
                ),
                "You compared sums: a half with more brain counts more. Take the 97th percentiles.": (
                    _apart(np.sum, left, right)
                ),
                "You compared the brightest pixels. Take the 97th percentile of each half.": (
                    _apart(np.max, left, right)
                ),
                "Compare the two 97th percentiles as they are, without subtracting a median.": (
                    abs(_top(halves[0]) - np.median(left) - _top(halves[1]) + np.median(right))
                ),
                "You compared pixel by pixel. Take one number from each half first.": (
                    mirrored.mean(), mirrored[brain].mean(), np.percentile(mirrored[brain], 97)
                ),
            },
            f"Lopsidedness: received {lopsided:.3f}, expected {want[1]:.3f} for the check's own slice.",
        )  # fmt: skip
        if hint:
            return f"Glow is right. {hint}"
    return None


#: What a background of 0 does to a percentile or a mean.
_ZEROS = (
    "`image * brain` sets the background to 0, and these zeros count as pixels. "
    "Pick the brain out of the image: image[brain]."
)


def _misindexed(error: Exception) -> str | None:
    """What an IndexError of NumPy means here."""
    said = str(error)
    if "too many indices" in said:
        return "`image[brain]` is one long array without columns. Cut the image into halves first."
    if "boolean index did not match" in said:
        return "`brain` has 64 columns, a half has 32. Each half needs its own array of True and False."
    return None


def _apart(measured: Callable, one: np.ndarray, other: np.ndarray) -> float:
    return float(abs(measured(one) - measured(other)))


def _top(half: np.ndarray) -> float:
    return _all_top(half[half > -1])


def _mean(half: np.ndarray) -> float:
    return float(half[half > -1].mean())


def _all_top(values: np.ndarray) -> float:
    return float(np.percentile(values, 97))


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
        except _NothingReturned:
            raise
        except _NotTried:
            return "`fit` is right. Now write `posterior`."
        if hint := _judged(np.asarray(found, float), x[:9], prior, mean, cov):
            return hint
    return None


def _fitted(found: object, x: np.ndarray, y: np.ndarray) -> str | None:
    """What is wrong with what `fit` returned."""
    if not isinstance(found, tuple | list) or len(found) != 3:
        return "`fit` should return three things: prior, mean, cov."
    groups = [x[y == label] for label in (0, 1)]
    if hint := _uneven(found, [len(group) for group in groups]):
        return hint
    prior, mean, cov = (np.asarray(part, float) for part in found)
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
            f"cov: received shape {cov.shape}, expected (2, 2, 2): a 2 x 2 table for each label. "
            "Widths alone do not say how the features vary together; `np.cov` does."
        )
    spread = np.stack([np.cov(group.T) for group in groups])
    if any(close(cov, np.stack([np.cov(group.T, ddof=ddof) for group in groups])) for ddof in (0, 1)):
        return None
    if close(cov, np.stack([np.cov(x.T)] * 2)):
        return "Both covariances are those of all slices. Choose the slices of one label: x[y == label]."
    if any(close(cov, np.stack([np.diag(np.var(g, 0, ddof=ddof)) for g in groups])) for ddof in (0, 1)):
        return "The features also vary together. The two places of your table that say how are 0."
    if close(cov, np.stack([np.corrcoef(group.T) for group in groups])):
        return "Those are correlations. Use the covariance, np.cov."
    return f"cov: for label 0 received {_short(cov[0])}, expected {_short(spread[0])}."


def _uneven(found: tuple | list, counts: list[int]) -> str | None:
    """What is wrong if the parts for the two labels differ in shape; those of `counts` slices do."""
    shapes = {}
    for name, part in zip(("prior", "mean", "cov"), found, strict=True):
        try:
            shapes[name] = [np.shape(each) for each in part]
        except TypeError:
            return f"{name}: received one number, expected two parts, for the labels 0 and 1."
    if shapes["mean"] == [(count,) for count in counts]:
        return "mean: you averaged the two features of each slice. Average over slices: axis=0."
    if any((count, count) in shapes["cov"] for count in counts):
        return "cov: `np.cov` expects features in rows, but x has them in columns. Transpose: group.T."
    for name, each in shapes.items():
        if len(set(each)) > 1:
            said = " and ".join(map(str, each))
            return f"{name}: the parts for the labels 0 and 1 have different shapes, {said}."
    return None


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
        "That is p(none given x). Return the probability of a tumour.": 1 - want,
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
        "That is the sum. Take the mean, so that the number of slices does not matter.": [
            each.sum(),
            -each.sum(),
        ],
        "For slices without a tumour, the true label was given the probability 1 - p.": (
            [-np.log(p).mean(), np.log(p).mean()]
        ),
        "Only slices with a tumour count in yours. For the others, the true label has 1 - p.": (
            [-(y * np.log(p)).mean(), -np.log(p[y == 1]).mean()]
        ),
        "p and 1 - p are swapped: p is the probability of label 1.": -np.log(1 - truth).mean(),
        "Take the natural logarithm, np.log.": [-np.log2(truth).mean(), -np.log10(truth).mean()],
        "That is the logarithm of the mean. Take the logarithm first, then the mean.": -np.log(truth.mean()),
        "That is a squared error. Take minus the logarithm.": [((p - y) ** 2).mean()],
        "The logarithm is missing: that is the probability of the true label. Take -np.log of it.": [
            truth.mean(),
            -truth.mean(),
            (1 - truth).mean(),
        ],
        "`p > 0.5` is the model's guess. Which probability counts depends on the true label, y.": (
            -np.log(np.where(p > 0.5, p, 1 - p)).mean()
        ),
        "That is the share of right or wrong answers. Log loss uses the probabilities themselves.": [
            ((p > 0.5) == y).mean(),
            ((p > 0.5) != y).mean(),
        ],
    }
    otherwise = f"Received {value:.3f}, expected {each.mean():.3f} for the check's own five slices."
    return judge(value, each.mean(), mistakes, otherwise)


@check
def draw_slice(answer: Callable) -> str | None:
    """`draw_slice(pca, rng)`: one slice without and with the noise of its pixels."""
    pca, runs = _pca_of_three(), 3000
    kept = {name: getattr(pca, name).copy() for name in ("mean", "patterns", "variance")}
    try:
        first = _pair(answer(pca, np.random.default_rng(1)), pca.mean.shape)
    except _Raised as raised:
        if hint := _unfitting(raised.args[0]):
            return hint
        raise
    if changed := [name for name, old in kept.items() if not np.array_equal(old, getattr(pca, name))]:
        return f"Your function changes pca.{changed[0]} itself. Begin with pca.{changed[0]}.copy()."
    if isinstance(first, str):
        return first
    again = _pair(answer(pca, np.random.default_rng(1)), pca.mean.shape)
    if isinstance(again, str) or not np.allclose(first, again):
        return "Two generators with one seed should give the same slice: take every random number from `rng`."
    draws = _Draws(pca, answer, runs)
    return draws.hint_of_smooth() or draws.hint_of_noise()


class _Draws:
    """What many draws of an answer have in common; of each, only a few numbers are kept."""

    def __init__(self, pca: ProbabilisticPCA, answer: Callable, runs: int) -> None:
        rng = np.random.default_rng(2)
        basis = pca.patterns.reshape(len(pca.patterns), -1)
        self.pca, self.mean = pca, np.zeros(pca.mean.shape)
        along, beside, noise_along, noise_square, some, smooth_some = [], [], [], [], [], []
        for _ in range(runs):
            smooth, noisy = np.asarray(answer(pca, rng), float)
            self.mean += smooth / runs
            centred, noise = (smooth - pca.mean).ravel(), (noisy - smooth).ravel()
            along.append(basis @ centred)
            beside.append(centred @ centred - along[-1] @ along[-1])
            noise_along.append(basis @ noise)
            noise_square.append(noise @ noise / noise.size)
            some.append(noise.reshape(pca.mean.shape)[::16, ::16].ravel())
            smooth_some.append(smooth[::16, ::16].ravel())
        self.along, self.noise_along, self.some = np.array(along), np.array(noise_along), np.array(some)
        self.moves = float(np.ptp(smooth_some, axis=0).max())
        self.beside = float(np.sqrt(max(np.mean(beside), 0) / pca.mean.size))
        self.noise = float(np.sqrt(np.mean(noise_square)))

    def hint_of_smooth(self) -> str | None:
        """What is wrong with the slices without noise."""
        pca, off = self.pca, self.mean - self.pca.mean
        if self.moves < 1e-9:
            return "Every draw gives the same slice. Draw a new latent each time, with rng.standard_normal."
        if np.abs(self.mean).max() < 0.2:
            return "Your slices scatter around 0. Add the mean slice, pca.mean."
        if np.abs(off).max() > 0.3 or np.abs(self.along.mean(0)).max() > 0.3:
            return (
                "On average your slices are not pca.mean. Draw the latent with rng.standard_normal: mean 0."
            )
        if self.noise < 1e-9:
            return "Your two slices are the same. The second one should have noise in every pixel."
        if self.beside > 0.1:
            return "Your first slice is not smooth: take pca.mean plus amounts of the patterns, and no noise."
        if abs(np.corrcoef(self.along[:, 0], self.along[:, 1])[0, 1]) > 0.5:
            return "All your amounts rise together. Draw one latent number for each pattern."
        spread, scale = self.along.std(0), np.sqrt(pca.variance - pca.noise)
        if np.allclose(spread, scale, rtol=0.06):
            return None
        root = np.sqrt(pca.variance)
        mistakes = {
            "Your latent is not scaled. Multiply it by the scale of each pattern.": np.ones(len(scale)),
            "Your scale still holds the noise: subtract pca.noise from pca.variance before the root.": root,
            "You took the root first: subtract pca.noise from pca.variance, then take the root.": [
                root - pca.noise,
                root - np.sqrt(pca.noise),
            ],
            "You scaled by a variance. A scale is its square root.": [scale**2, pca.variance],
        }
        for hint, wrong in mistakes.items():
            each = np.reshape(wrong, (-1, len(scale)))
            if np.isclose(spread, each, rtol=0.06, atol=1e-6).all(axis=1).any():
                return hint
        return f"Along the patterns, the spread is {_short(spread)}; expected {_short(scale)}."

    def hint_of_noise(self) -> str | None:
        """What is wrong with the difference of the two slices."""
        want = np.sqrt(self.pca.noise)
        together = np.corrcoef(self.some.T) - np.eye(self.some.shape[1])
        if np.abs(together).max() > 0.5:
            return "Your noise is the same in many pixels. Draw an array with the shape of pca.mean."
        if self.noise_along.std(0).max() > 1.3 * self.noise:
            return "Your second slice is a new draw. It should be the first one plus noise: smooth + noise."
        if np.isclose(self.noise, self.pca.noise, rtol=0.03):
            return "Your noise is scaled by a variance. Multiply by the square root of pca.noise."
        if np.isclose(self.noise, 1, rtol=0.03):
            return "Your noise is not scaled. Multiply it by the square root of pca.noise."
        if abs(self.some.mean()) > 0.1 or not np.isclose(self.noise, want, rtol=0.03):
            return f"Your noise should have mean 0 and deviation {want:.2f}; received {self.noise:.2f}."
        return None


def _pca_of_three() -> ProbabilisticPCA:
    """A density of slices (64, 64) with three patterns, all of whose numbers can be told apart."""
    columns = np.linalg.qr(np.random.default_rng(0).normal(size=(64 * 64, 3)))[0]
    mean = np.linspace(-3, 3, 64 * 64).reshape(64, 64)
    return ProbabilisticPCA(mean, columns.T.reshape(3, 64, 64), np.array([9.0, 6.0, 4.0]), 2.0)


def _unfitting(error: Exception) -> str | None:
    """What NumPy's errors of shapes mean here."""
    said = str(error)
    if not any(
        words in said for words in ("broadcast", "shape-mismatch", "not aligned", "mismatch in its core")
    ):
        return None
    if "(3,64,64)" in said:
        return (
            "`*` cannot multiply amounts (K,) by patterns (K, 64, 64). "
            "`np.tensordot(amounts, pca.patterns, 1)` multiplies each pattern by its amount and adds them up."
        )
    return "Draw one latent number per pattern: K is len(pca.variance), which is 3 in this check."


def _pair(found: object, shape: tuple[int, ...]) -> np.ndarray | str:
    """The two slices of an answer, or a hint."""
    if not isinstance(found, tuple | list | np.ndarray) or len(found) != 2:
        return "Return two slices: `return smooth, noisy`."
    shapes = [np.shape(part) for part in found]
    if shapes != [shape, shape]:
        said = " and ".join(map(str, shapes))
        return f"Received shapes {said}, expected {shape} twice, the shape of pca.mean."
    return np.asarray(found, float)
