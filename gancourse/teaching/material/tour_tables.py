"""The tables of lesson 22: the deck's applications of GANs, and a family tree of the GAN Zoo.

Both are CSV files in `material/tables`. Every row names its source, and `link` makes an address of it.
"""

from pathlib import Path

import pandas as pd

from gancourse.errors import InputError

TABLES = Path(__file__).parent / "tables"


def applications() -> pd.DataFrame:
    """Read the deck's 18 applications and its example from physics, a row for each.

    `application`, `network`, `input`, `output`, `source`; `medical` (a counterpart in medicine) and
    `medical_source`; `lesson` of this course that does it, or empty.
    """
    return pd.read_csv(TABLES / "applications.csv", dtype=str, keep_default_na=False)


def family() -> pd.DataFrame:
    """Read a table of GANs and what they come from: `name`, `year`, `parent`, `idea`, `about`, `source`.

    A parent is the network that a paper builds on most, as its authors tell it; many have more than one.
    """
    table = pd.read_csv(TABLES / "gan_family.csv", keep_default_na=False)
    return table.set_index("name", drop=False)


def link(source: str) -> str:
    """Return the address of a source such as "arXiv:1406.2661" or "doi:10.1016/..."; empty for none."""
    kind, _, number = source.partition(":")
    return {"arXiv": "https://arxiv.org/abs/", "doi": "https://doi.org/"}[kind] + number if source else ""


def search(table: pd.DataFrame, words: str) -> pd.DataFrame:
    """Select the rows that hold all these words, in any columns and any case."""
    text = table.astype(str).agg(" ".join, axis=1).str.lower()
    found = pd.Series(True, table.index)
    for word in words.lower().split():
        found &= text.str.contains(word, regex=False)
    return table[found]


def ancestors(table: pd.DataFrame, name: str) -> list[str]:
    """List a GAN's parent, grandparent and so on. Raises `InputError` for an unknown name."""
    if name not in table.index:
        raise InputError(f"GAN {name!r}: not in the table; search(table, ...) finds how it is spelt")
    found = []
    while parent := table.loc[name, "parent"]:
        found.append(parent)
        name = parent
    return found
