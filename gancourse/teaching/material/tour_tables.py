"""The table of lesson 22: the deck's applications of GANs, with a counterpart in medicine for each.

It is a CSV file in `material/tables`. Every row names its sources.
"""

from pathlib import Path

import pandas as pd

TABLES = Path(__file__).parent / "tables"


def applications() -> pd.DataFrame:
    """Read the deck's 18 applications and its example from physics, a row for each.

    `application`, `network`, `input`, `output`, `source`; `medical` (a counterpart in medicine) and
    `medical_source`; `lesson` of this course that does it, or empty.
    """
    return pd.read_csv(TABLES / "applications.csv", dtype=str, keep_default_na=False)
