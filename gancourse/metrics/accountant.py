"""How private is a training? Epsilon of the sampled Gaussian mechanism, by Rényi differential privacy.

At each step every patient is drawn with probability q, independently (Poisson sampling); the sum of the drawn
patients' gradients, each clipped to length C, gets Gaussian noise of standard deviation sigma C. How far the
outcome's distribution can move when one patient is added or removed is bounded by a Rényi divergence of order
a for each step (Mironov, Talwar and Zhang 2019, arXiv 1908.10530, section 3.3), which add up over the steps:

    rdp(a) = log( sum over k of binomial(a, k) (1 - q)^(a - k) q^k exp((k^2 - k) / (2 sigma^2)) ) / (a - 1)

and of (epsilon, delta), by Canonne, Kamath and Steinke 2020 (arXiv 2004.00010, proposition 12):

    epsilon = T rdp(a) + log((a - 1) / a) - (log(delta) + log(a)) / (a - 1),   the least over all orders

`data/results/privacy_accountant.csv` compares it with Google's dp-accounting.
"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln, logsumexp

#: Orders a that are tried; with whole ones the sum above is finite.
ORDERS = (*range(2, 64), *range(64, 256, 8), *range(256, 1025, 64))


def rdp(rate: float, noise: float, order: int) -> float:
    """Return the Rényi divergence of one step; times the number of steps, that of a training.

    Args:
        rate: q, the probability that a patient is drawn, 0 to 1.
        noise: sigma, the noise's standard deviation over the clipping length; 0 has no bound.
        order: a, a whole number from 2.

    Raises:
        ValueError: a number out of range.
    """
    if not (0 <= rate <= 1 and noise >= 0 and order >= 2 and order == int(order)):
        received = f"rate={rate}, noise={noise}, order={order}"
        raise ValueError(f"expected a rate of 0 to 1, noise of 0 or more, a whole order from 2; {received}")
    if rate == 0:
        return 0.0
    if noise == 0:
        return float(np.inf)
    if rate == 1:
        return order / (2 * noise**2)
    k = np.arange(order + 1)
    binomial = gammaln(order + 1) - gammaln(k + 1) - gammaln(order - k + 1)
    terms = binomial + (order - k) * np.log1p(-rate) + k * np.log(rate) + (k**2 - k) / (2 * noise**2)
    return float(max(logsumexp(terms), 0) / (order - 1))


def epsilon(rate: float, noise: float, steps: int, delta: float = 1e-5) -> float:
    """Return epsilon: an upper bound of the privacy loss of any patient, with probability 1 - delta.

    A training of `steps` steps makes no outcome more than exp(epsilon) times as likely, but for delta, with a
    patient than without.

    Args:
        rate: the probability that a patient is drawn for a step: the mean batch over all patients.
        noise: its standard deviation over the clipping length; 0 gives infinity.
        steps: those of the discriminator; the generator never sees a patient.
        delta: well below 1 / patients.

    Raises:
        ValueError: a number out of range.
    """
    if not (steps >= 0 and 0 < delta < 1):
        raise ValueError(f"expected 0 steps or more, and a delta from 0 to 1; steps={steps}, delta={delta}")
    orders = np.array(ORDERS, float)
    spent = (
        steps * np.array([rdp(rate, noise, order) for order in ORDERS]) if steps else np.zeros(len(orders))
    )
    found = spent + np.log1p(-1 / orders) - (np.log(delta) + np.log(orders)) / (orders - 1)
    return float(max(found.min(), 0.0)) if spent.any() else 0.0


def noise_for(target: float, rate: float, steps: int, delta: float = 1e-5) -> float:
    """Return the least noise, from 0.2 to 1,000, with which `epsilon` is at most `target`.

    Raises:
        ValueError: no such noise.
    """

    def excess(log_noise: float) -> float:
        return epsilon(rate, float(np.exp(log_noise)), steps, delta) - target

    low, high = np.log(0.2), np.log(1000.0)
    if excess(low) <= 0:
        return 0.2
    if not excess(high) <= 0:
        raise ValueError(f"epsilon={target}: expected one that noise of up to 1,000 can reach; ask for more")
    return float(np.exp(brentq(excess, low, high, xtol=1e-6))) * (1 + 1e-5)


def greatest_auc(spent: float, delta: float = 1e-5) -> float:
    """Return the greatest area under the ROC that any attack on any patient can have, 0.5 to 1.

    From true positives <= exp(epsilon) false positives + delta, and the same with the answers exchanged
    (Kairouz, Oh and Viswanath 2015, arXiv 1311.0776).

    Args:
        spent: epsilon; infinity allows 1.
        delta: that belongs to it.
    """
    if spent > 500:  # infinity, too
        return 1.0
    false = np.linspace(0, 1, 100_001)
    true = np.minimum(np.exp(spent) * false + delta, 1 - np.exp(-spent) * (1 - delta - false))
    return float(np.trapezoid(np.clip(true, 0, 1), false))
