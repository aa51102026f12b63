"""Two bell curves, a prior, and the border between two answers that follows from them.

`Bells` is the arithmetic; `move_the_bell` shows it in a notebook, with sliders and a button that draws.
"""

import io
from dataclasses import dataclass, replace
from typing import Any

import ipywidgets
import numpy as np
from IPython.display import display
from matplotlib import pyplot as plt
from scipy.stats import norm

from gancourse.teaching.figures.canvas import GREY, as_output, panels
from gancourse.teaching.figures.model_figures import CLASSES

#: How many slices a press of the button draws.
DRAWN = 50


@dataclass(frozen=True)
class Bells:
    """Two Gaussians of one feature x: p(x given none) and p(x given tumour), and p(tumour)."""

    mean: tuple[float, float]  #: without and with a tumour
    width: tuple[float, float]  #: standard deviations
    prior: float  #: p(tumour)

    @classmethod
    def fit(cls, x: np.ndarray, y: np.ndarray) -> "Bells":
        """Fit the feature x (N,) of slices with labels y (N,), 0 or 1."""
        groups = [x[y == label] for label in (0, 1)]
        mean, width = ((float(f(groups[0])), float(f(groups[1]))) for f in (np.mean, np.std))
        return cls(mean, width, float(np.mean(y)))

    def joint(self, x: np.ndarray) -> np.ndarray:
        """p(x given y) p(y) for y = 0 and 1: (N,) -> (2, N)."""
        shares = (1 - self.prior, self.prior)
        return np.stack(
            [p * norm.pdf(x, m, w) for p, m, w in zip(shares, self.mean, self.width, strict=True)]
        )

    def posterior(self, x: np.ndarray) -> np.ndarray:
        """p(tumour given x), from the logarithms, so that it holds far out as well."""
        log = [norm.logpdf(x, m, w) for m, w in zip(self.mean, self.width, strict=True)]
        odds = log[0] - log[1] + np.log(1 - self.prior) - np.log(self.prior)
        return 1 / (1 + np.exp(np.clip(odds, -700, 700)))

    def borders(self, low: float, high: float) -> np.ndarray:
        """Find where, from low to high, p(tumour given x) crosses one half: none, one or two places."""
        (m0, m1), (v0, v1) = self.mean, np.square(self.width)
        constant = m0**2 / v0 - m1**2 / v1 + np.log(v0 / v1) + 2 * np.log(self.prior / (1 - self.prior))
        square, slope = 1 / v0 - 1 / v1, 2 * (m1 / v1 - m0 / v0)
        roots = np.roots(np.array([square, slope, constant]))
        real = np.sort(roots[np.isreal(roots)].real)
        return real[(real > low) & (real < high)]

    def sample(self, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw n slices: first y, (n,), with p(y), then x, (n,), from that bell."""
        y = (rng.random(n) < self.prior).astype(int)
        return rng.normal(np.take(self.mean, y), np.take(self.width, y)), y


def move_the_bell(x: np.ndarray, y: np.ndarray, name: str) -> ipywidgets.VBox:
    """Show the bells of one feature, and sliders that move the one of tumours.

    Args:
        x: (N,) the feature.
        y: (N,) labels, 0 or 1.
        name: of the feature, for the axis.

    Returns:
        The sliders and buttons; the picture is displayed above them and follows.
    """
    start, rng = Bells.fit(x, y), np.random.default_rng(0)
    low, high = float(min(x.min(), 0) - 0.5), float(x.max() + 0.25)
    state: dict[str, Any] = {"bells": start, "drawn": None}
    sliders = {
        "mean": _slider("mean", start.mean[1], low, high),
        "width": _slider("width", start.width[1], 0.03, 0.6),
        "prior": _slider("p(tumour)", start.prior, 0.01, 0.99),
    }
    draw = ipywidgets.Button(description=f"Draw {DRAWN} slices")
    reset = ipywidgets.Button(description="Start again")
    picture, options = paint(start, None, name, (low, high))
    handle = display(picture, **options, display_id=True)

    def update() -> None:
        picture, options = paint(state["bells"], state["drawn"], name, (low, high))
        handle.update(picture, **options)

    def moved(_: Any) -> None:
        mean, width, prior = (slider.value for slider in sliders.values())
        state["bells"] = replace(
            start, mean=(start.mean[0], mean), width=(start.width[0], width), prior=prior
        )
        state["drawn"] = None
        update()

    def drawn(_: Any) -> None:
        state["drawn"] = state["bells"].sample(DRAWN, rng)
        update()

    def again(_: Any) -> None:
        for slider, value in zip(sliders.values(), (start.mean[1], start.width[1], start.prior), strict=True):
            slider.value = value
        state.update(bells=start, drawn=None)
        update()

    for slider in sliders.values():
        slider.observe(moved, "value")
    draw.on_click(drawn)
    reset.on_click(again)
    words = ipywidgets.Label("p(x given tumour):")
    rows = ipywidgets.HBox([words, sliders["mean"], sliders["width"]])
    return ipywidgets.VBox([rows, ipywidgets.HBox([sliders["prior"], draw, reset])])


def paint(
    bells: Bells, drawn: tuple[np.ndarray, np.ndarray] | None, name: str, span: tuple[float, float]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw the weighted bells above the posterior, with the drawn slices (x, y); as `canvas.as_output`."""
    x = np.linspace(*span, 400)
    joint, borders = bells.joint(x), bells.borders(*span)
    figure, grid = panels(1, (8.2, 4.4), rows=2, sharex=True, height_ratios=(2, 1.2))
    above, below = grid[:, 0]
    for label, (word, marker, colour) in CLASSES.items():
        above.fill_between(x, joint[label], color=colour, alpha=0.25)
        above.plot(
            x, joint[label], "--" if label else "-", color=colour, label=f"p(x given {word}) p({word})"
        )
        if drawn is not None:
            mine = drawn[0][drawn[1] == label]
            at = -0.1 * joint.max() * (1 + label)
            above.plot(mine, np.full(len(mine), at), marker, color=colour, alpha=0.6, markersize=5)
    below.plot(x, bells.posterior(x), color="black")
    below.axhline(0.5, color=GREY, linestyle=":")
    for axes in (above, below):
        for border in borders:
            axes.axvline(border, color="black", linestyle="--", linewidth=1)
    above.set(ylabel="height of the bell", yticks=[], xlim=span)
    below.set(xlabel=name, ylabel="p(tumour given x)", ylim=(-0.03, 1.03), yticks=(0, 0.5, 1))
    figure.legend(loc="outside upper center", ncols=2, frameon=False, fontsize=9)
    said = " and ".join(f"{border:.2f}" for border in borders)
    words = f"p(tumour) = {bells.prior:.2f}. "
    words += f"Border (dashed) at x = {said}." if said else "There is no border."
    if drawn is not None:
        wrong = int(((bells.posterior(drawn[0]) > 0.5) != drawn[1]).sum())
        words += f" Of {len(drawn[1])} drawn slices, {wrong} are on the wrong side."
    above.set_title(words, fontsize=10)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=80)
    plt.close(figure)
    return as_output(file.getvalue(), f"Two bell curves over {name}, and p(tumour given x) below. {words}")


def _slider(name: str, value: float, low: float, high: float) -> ipywidgets.FloatSlider:
    ends = {"min": round(low, 2), "max": round(high, 2)}
    return ipywidgets.FloatSlider(value=round(value, 2), **ends, step=0.01, description=name)
