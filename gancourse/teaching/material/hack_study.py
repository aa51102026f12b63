"""The study of lesson 42: its runs, and each variant against the baseline with an interval."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from scipy import stats

from gancourse.project import project_root
from gancourse.training.variants import VARIANTS

#: A guideline in words, by the variant that breaks it.
GUIDELINE_WORDS = {
    "pooling": "strided convolutions instead of pooling",
    "no-batchnorm": "batch normalisation in both networks",
    "hidden-dense": "no hidden dense layers",
    "leaky-g": "ReLU in the generator",
    "linear-output": "tanh for the generator's output",
    "relu-d": "LeakyReLU in the discriminator",
}
#: What a verdict on the variant that breaks it says of a guideline.
GUIDELINE_VERDICTS = {
    "worse": "holds here",
    "better": "does not hold here",
    "cannot be told": "cannot be told",
}

#: A variant's logarithms scatter too much to be pooled from this many times the median variant's spread on.
WILD = 5

_RESULTS = project_root() / "data" / "results" / "ablations.csv"


def read_study() -> pd.DataFrame:
    """Read one row per run: `variant`, `seed`, `kid` and others; runs that diverged have no `kid`."""
    table = pd.read_csv(_RESULTS)
    return table[table["variant"].isin(VARIANTS)].reset_index(drop=True)


def read_pictures(names: Iterable[str], count: int = 4) -> dict[str, np.ndarray]:
    """Read images (count, 32, 32) in [-1, 1] of each variant's seed 0."""
    with np.load(_RESULTS.with_suffix(".npz")) as file:
        return {name: file[name][:count] / 127.5 - 1 for name in names if name in file}


def compare(table: pd.DataFrame, ratio: Callable[[np.ndarray, np.ndarray], float]) -> pd.DataFrame:
    """Compare each variant's runs with the baseline's.

    The intervals are Dunnett's (1955), of the logarithms: in 95 % of such studies, all of them hold at once.
    They assume that all variants scatter alike. A variant of which only some runs failed scatters many times
    more, and would widen every interval, so the others are judged without it (`WILD`).

    Args:
        table: of `read_study`.
        ratio: of a variant's KIDs and the baseline's.

    Returns:
        A row per variant that has two runs or more, the best first: `ratio`, `low`, `high`, and `verdict`,
        "better", "worse" or "cannot be told".
    """
    runs = {name: group["kid"].to_numpy() for name, group in table.dropna(subset="kid").groupby("variant")}
    baseline = runs.pop("baseline")
    runs = {name: kids for name, kids in runs.items() if len(kids) > 1}
    logs = {name: np.log(kids) for name, kids in runs.items()}
    spread = pd.Series({name: values.std(ddof=1) for name, values in logs.items()})
    alike = [name for name in runs if spread[name] <= WILD * spread.median()]
    found = _dunnett(logs, np.log(baseline))
    found.update(_dunnett({name: logs[name] for name in alike}, np.log(baseline)))
    found.insert(0, "ratio", [float(ratio(kids, baseline)) for kids in runs.values()])
    found["verdict"] = np.select([found["high"] < 1, found["low"] > 1], ["better", "worse"], "cannot be told")
    return found.sort_values("ratio")


def _dunnett(logs: dict[str, np.ndarray], control: np.ndarray) -> pd.DataFrame:
    """The interval of each variant's ratio to the control, rounded, so that 1.00 counts as 1."""
    test = stats.dunnett(*logs.values(), control=control, rng=np.random.default_rng(0))
    interval = test.confidence_interval(0.95)
    limits = {"low": np.exp(interval.low).round(2), "high": np.exp(interval.high).round(2)}
    return pd.DataFrame(limits, index=pd.Index(logs, name="variant"))
