# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = ["dp-accounting==0.6.0"]
# ///
"""What Google's privacy accountant says of some trainings; written to data/results/privacy_accountant.csv by
`uv run benchmarks/official_epsilon.py`.

`dp-accounting` needs an older attrs than Jupyter does, so it runs in an environment of its own, and its
numbers are kept. Columns: the rate at which patients are drawn, noise over clipping length, steps, delta, and
epsilon by Rényi divergences (`rdp`, its own fractional orders included) and by privacy loss distributions
(`pld`), which are tighter.
"""

import csv
from pathlib import Path

from dp_accounting import GaussianDpEvent, PoissonSampledDpEvent, SelfComposedDpEvent
from dp_accounting.pld import PLDAccountant
from dp_accounting.rdp import RdpAccountant

OUT = Path("data/results/privacy_accountant.csv")

#: Rate, noise, steps, delta. The first is MNIST's in TensorFlow Privacy's tutorial; those with a rate of 1
#: have a closed form.
CASES = [
    (256 / 60000, 1.1, 60 * 234, 1e-5),
    (0.01, 4.0, 10000, 1e-5),
    (1.0, 1.0, 1, 1e-5),
    (1.0, 5.0, 10, 1e-5),
    (1.0, 20.0, 100, 1e-6),
    *[
        (64 / 4096, noise, steps, 1e-5)
        for noise in (0.5, 0.7, 1.0, 1.5, 2.0, 4.0, 8.0)
        for steps in (1000, 6000)
    ],
    *[(64 / 256, noise, 6000, 1e-4) for noise in (1.0, 4.0, 16.0)],
    *[(128 / 5000, noise, 800, 1e-5) for noise in (0.5, 1.0, 2.0, 4.0)],  # of experiments/privacy.py
]


def main() -> None:
    rows = []
    for rate, noise, steps, delta in CASES:
        event = PoissonSampledDpEvent(rate, GaussianDpEvent(noise)) if rate < 1 else GaussianDpEvent(noise)
        whole = SelfComposedDpEvent(event, steps)
        rdp, pld = (
            accountant.compose(whole).get_epsilon(delta) for accountant in (RdpAccountant(), PLDAccountant())
        )
        rows.append([f"{rate:.8g}", noise, steps, delta, f"{rdp:.6g}", f"{pld:.6g}"])
        print(*rows[-1])
    with OUT.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["rate", "noise", "steps", "delta", "rdp", "pld"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
