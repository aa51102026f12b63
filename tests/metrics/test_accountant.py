"""The privacy accountant: against Google's, against closed forms, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, optimize, stats

from gancourse.metrics.accountant import epsilon, greatest_auc, noise_for, rdp
from gancourse.project import project_root

OFFICIAL = pd.read_csv(project_root() / "data" / "results" / "privacy_accountant.csv")


def exact_epsilon(noise: float, steps: int, delta: float) -> float:
    """Return that of the Gaussian mechanism, everybody in every step (Balle and Wang 2018, theorem 8)."""
    mu = np.sqrt(steps) / noise

    def excess(e: float) -> float:
        return stats.norm.cdf(mu / 2 - e / mu) - np.exp(e) * stats.norm.cdf(-mu / 2 - e / mu) - delta

    return optimize.brentq(excess, 0, 100)


@pytest.mark.parametrize("row", OFFICIAL.itertuples(), ids=lambda r: f"{r.rate:.3g}-{r.noise}-{r.steps}")
def test_epsilon_is_that_of_googles_accountant(row):
    ours = epsilon(row.rate, row.noise, row.steps, row.delta)
    assert ours >= row.rdp * (1 - 1e-5)  # whole orders alone give a bound, never less
    assert ours >= row.pld
    if row.rdp < 10:
        assert ours == pytest.approx(row.rdp, rel=0.02)


@pytest.mark.parametrize("row", OFFICIAL[OFFICIAL["rate"] == 1].itertuples())
def test_googles_table_and_ours_agree_with_the_closed_form(row):
    exact = exact_epsilon(row.noise, row.steps, row.delta)
    assert row.pld == pytest.approx(exact, rel=2e-3)
    assert exact <= epsilon(1.0, row.noise, row.steps, row.delta) < 1.15 * exact


@pytest.mark.parametrize(
    ("rate", "noise", "order"), [(0.01, 1.0, 2), (0.1, 0.7, 5), (0.5, 3.0, 32), (1, 2, 9)]
)
def test_divergence_is_that_of_the_two_densities(rate, noise, order):
    def integrand(x):
        nobody, somebody = stats.norm.pdf(x, 0, noise), stats.norm.pdf(x, 1, noise)
        return nobody * ((1 - rate) + rate * somebody / nobody) ** order

    integral = integrate.quad(integrand, -15 * noise, order + 15 * noise, limit=500, points=[0, order])[0]
    assert rdp(rate, noise, order) == pytest.approx(np.log(integral) / (order - 1), rel=1e-5)


def test_more_patients_more_noise_and_fewer_steps_are_more_private():
    base = epsilon(0.05, 1.0, 1000)
    assert epsilon(0.02, 1.0, 1000) < base and epsilon(0.05, 2.0, 1000) < base
    assert epsilon(0.05, 1.0, 500) < base < epsilon(0.05, 1.0, 1000, 1e-7)
    assert epsilon(0.05, 0.0, 10) == np.inf and epsilon(0.05, 1.0, 0) == 0 == epsilon(0.0, 1.0, 10)


def test_noise_for_a_target():
    noise = noise_for(3.0, 0.05, 1000)
    assert epsilon(0.05, noise, 1000) == pytest.approx(3.0, rel=1e-3)
    assert epsilon(0.05, noise, 1000) <= 3.0
    with pytest.raises(ValueError, match="ask for more"):
        noise_for(1e-9, 1.0, 10**6)


def test_greatest_area_under_the_roc():
    assert greatest_auc(0.0, 0.0) == pytest.approx(0.5, abs=1e-4)
    assert greatest_auc(1.0, 0.0) == pytest.approx(np.e / (1 + np.e), abs=1e-4)  # of randomised response
    assert greatest_auc(np.inf) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("wrong", [(-0.1, 1, 2), (1.1, 1, 2), (0.1, -1, 2), (0.1, 1, 1), (0.1, 1, 2.5)])
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="expected a rate"):
        rdp(*wrong)


@pytest.mark.parametrize("wrong", [dict(steps=-1), dict(steps=1, delta=0), dict(steps=1, delta=1)])
def test_delta_and_steps_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="delta"):
        epsilon(0.1, 1.0, **wrong)
