"""How much brightness varies inside a tissue: real patients beside phantoms of the same height.

    python experiments/real_texture.py                # 24 phantoms; some minutes on one core
    python experiments/real_texture.py --each 6 --csv /tmp/texture.csv

For each modality and tissue: the coefficient of variation, in percent of the tissue's mean; its coarse part,
which is left after a Gaussian filter of 3 mm that stays inside the tissue; its fine part, which is the rest;
and the contrast, the tissue's median over that of white matter. Numbers are medians over subjects. The ratio
is phantoms over patients; the aim is 0.75 to 1.25.

The patients are BRATS 2013's and, for T1, the IBSR's. Tumour labels are their own. CSF, grey and white matter
come from an intensity mixture of the section's T1, for patients and phantoms alike: the patients' own labels
count fluid in sulci as grey matter and deep nuclei as white, the phantoms' do not. Pixels at a tissue's
border, which hold two tissues, do not count where enough others are left.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from patients import Section, patients, section_of
from phantom_sections import SEED, twins
from scipy import ndimage
from study import parser_of, start, write_table

from gancourse.cohort.scheme import MODALITIES
from gancourse.segmentation.mixture import segment_tissue

#: Tissue -> labels that tell it, and its label there.
CLASS_LABELS = {
    "CSF": ("tissue", 1), "GM": ("tissue", 2), "WM": ("tissue", 3),
    "oedema": ("tumour", 2), "necrosis": ("tumour", 1), "enhancing": ("tumour", 4),
}  # fmt: skip
MEASURES = ("cv", "coarse", "fine", "contrast")
COARSE_MM = 3.0
LEAST_MM2 = 40  # of a tissue in a section that is measured
CONTROL = 0.01  # share of a tissue's pixels, at either end, that do not count: wrong labels, vessels


def masks(section: Section) -> dict[str, np.ndarray]:
    """Return where each tissue is, (X, Y) bool, without the pixels at its border if enough are left."""
    area = float(np.prod(section.zooms))
    healthy, tumour = (
        mixture_labels(section),
        np.zeros(section.brain.shape) if section.seg is None else section.seg,
    )
    found = {}
    for name, (which, label) in CLASS_LABELS.items():
        where = (healthy if which == "tissue" else tumour) == label
        where &= section.brain
        inner = ndimage.binary_erosion(where)
        found[name] = inner if inner.sum() * area >= LEAST_MM2 else where
    return {name: where for name, where in found.items() if where.sum() * area >= LEAST_MM2}


def mixture_labels(section: Section) -> np.ndarray:
    """Label tissue outside the tumour by T1's intensities, (X, Y) uint8: 1 CSF, 2 GM, 3 WM, else 0.

    The outermost 2 pixels are left out, since remains of dura there would make a class of their own.
    """
    healthy = ndimage.binary_erosion(section.brain, iterations=2)
    if section.seg is not None:
        healthy &= section.seg == 0
    volumes = section.images["t1"][..., None], healthy[..., None], (*section.zooms, 1.0)
    labels = segment_tissue(*volumes, bias=False, flat=False)[..., 0]
    return ndimage.median_filter(labels, 3) * healthy


def measure(section: Section) -> list[dict]:
    """Measure a section: a row per modality and tissue with `MEASURES`, the first three in percent."""
    rows = []
    where = masks(section)
    for modality, image in section.images.items():
        white = np.median(image[where["WM"]]) if "WM" in where else np.nan
        if not white > 0:
            continue  # white matter is cut off at 0 in one patient's FLAIR
        for name, mask in where.items():
            found = variation(image, mask, section.zooms)
            contrast = float(np.median(image[mask]) / white)
            about = {"person": section.person, "modality": modality, "tissue": name}
            rows.append(about | found | {"contrast": contrast})
    return rows


def variation(image: np.ndarray, mask: np.ndarray, zooms: tuple[float, float]) -> dict[str, float]:
    """Return coefficients of variation in percent inside a mask: `cv`, `coarse` and `fine`."""
    values = image[mask].astype(np.float64)
    low, high = np.quantile(values, [CONTROL, 1 - CONTROL])
    clipped = np.clip(image, low, high)
    sigma = [COARSE_MM / zoom for zoom in zooms]
    inside = ndimage.gaussian_filter(mask.astype(np.float64), sigma)
    smooth = ndimage.gaussian_filter(clipped * mask, sigma) / np.maximum(inside, 1e-9)
    mean = np.clip(values, low, high).mean()
    parts = {"cv": clipped[mask], "coarse": smooth[mask], "fine": (clipped - smooth)[mask]}
    return {name: float(100 * part.std() / mean) for name, part in parts.items()}


def compare(real: Iterable[Section], made: Iterable[Section]) -> pd.DataFrame:
    """Return a row per modality, tissue and measure: medians over subjects of both, and their ratio."""
    keys = ["modality", "tissue", "measure"]
    medians = {}
    for kind, sections in (("real", real), ("phantom", made)):
        rows = pd.DataFrame([row for section in sections for row in measure(section)])
        long = rows.melt(["person", "modality", "tissue"], MEASURES, "measure")
        medians[kind] = long.groupby(keys)["value"].median()
        medians[f"{kind}_n"] = long.groupby(keys)["value"].size()
    table = pd.DataFrame(medians).dropna(subset=["real", "phantom"])
    table["ratio"] = table["phantom"] / table["real"]
    order = [(m, t, k) for m in MODALITIES for t in CLASS_LABELS for k in MEASURES]
    return table.reindex([key for key in order if key in table.index]).reset_index()


def show(table: pd.DataFrame) -> None:
    """Print the comparison, a line per modality and tissue."""
    print(f"{'':16}" + "".join(f"{name:^24}" for name in MEASURES))
    print(f"{'':16}" + "    real phantom  ratio  " * len(MEASURES) + "  n")
    for (modality, tissue), rows in table.groupby(["modality", "tissue"], sort=False):
        of = rows.set_index("measure")
        cells = []
        for name in MEASURES:
            real, made, ratio = of.loc[name, ["real", "phantom", "ratio"]]
            digits = 2 if name == "contrast" else 1
            cells.append(f"{real:8.{digits}f}{made:8.{digits}f}{ratio:7.2f} ")
        counts = of.loc["cv", ["real_n", "phantom_n"]].astype(int)
        print(f"{modality:6}{tissue:10}" + "".join(cells) + f"  {counts.iloc[0]}, {counts.iloc[1]}")


def main() -> None:
    parser = parser_of(__doc__, data=None)
    parser.add_argument("--each", type=int, default=3, help="phantoms for each patient of BRATS 2013")
    parser.add_argument("--seed", type=int, default=SEED, help="of the phantoms")
    parser.add_argument("--randomisation", default="realistic", help="realistic (default) or wide")
    parser.add_argument("--csv", type=Path, help="file for the table")
    options = parser.parse_args()
    tables = []
    for name, heights, each in (("brats2013", (None,), options.each), ("ibsr", (0.5, 0.65), 1)):
        real = [section_of(subject, h) for subject in patients(name) for h in heights]
        made = [*twins(real, options.seed, options.randomisation, each)]
        table = compare(real, made)
        print(f"\n{name}: {len(real)} sections of patients, {len(made)} of phantoms")
        show(table)
        tables.append(table.assign(set=name))
    if options.csv:
        write_table(pd.concat(tables), options.csv)


if __name__ == "__main__":
    start(main)
