"""Slices of held-out phantoms to start from in the demo "Paint a patient".

    gancourse cohort make --seed 77 --subjects 14 --out data/phantoms-paint/any
    gancourse cohort make --seed 77 --subjects 2 --kind butterfly --out data/phantoms-paint/butterfly
    gancourse cohort slice data/phantoms-paint/any --size 128 --out data/slices128-paint/any
    gancourse cohort slice data/phantoms-paint/butterfly --size 128 --out data/slices128-paint/butterfly
    python experiments/paint_maps.py [--data data/slices128-paint]

The painter learned from phantoms of seed 0, so that it knows none of these. Writes
`gancourse/teaching/widgets/paint_patient_maps.npz`: `names` (N), as the demo's menu has them; `seg`, `tissue`
(N, H, W) uint8, labels of tumour and tissue; `scans` (N, 4, H, W) uint8, the phantoms' own T1, T1ce, T2 and
FLAIR.
"""

from pathlib import Path

import numpy as np
from study import parser_of, start

import gancourse
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.sliceset import SliceSet
from gancourse.files import write_beside
from gancourse.images import to_uint8

OUT = Path(gancourse.__file__).parent / "teaching" / "widgets" / "paint_patient_maps.npz"

#: Name in the menu -> folder of slices, phantom, and the slice's position from the lowest point to the top.
CHOSEN = {
    "No tumour, at the ventricles": ("any", "Brats18_PHANTOM_014_1", 0.57),
    "No tumour, above the ventricles": ("any", "Brats18_PHANTOM_005_1", 0.70),
    "High grade, a small ring": ("any", "Brats18_PHANTOM_008_1", 0.49),
    "High grade, a thick rim": ("any", "Brats18_PHANTOM_003_1", 0.46),
    "High grade, a large oedema": ("any", "Brats18_PHANTOM_002_1", 0.56),
    "High grade, near the top": ("any", "Brats18_PHANTOM_013_1", 0.68),
    "High grade, a butterfly": ("butterfly", "Brats18_PHANTOM_001_1", 0.49),
    "Low grade, no rim": ("any", "Brats18_PHANTOM_006_1", 0.57),
}


def chosen_slice(slices: SliceSet, subject: str, position: float) -> dict[str, np.ndarray]:
    """Return the labels and scans of a subject's slice that is nearest to a position."""
    table = slices.table[slices.table["subject"] == subject]
    row = (table["position"] - position).abs().idxmin()
    images = np.asarray(slices.images[row], np.float32)[..., [slices.modalities.index(m) for m in MODALITIES]]
    return {
        "seg": slices.seg[row], "tissue": slices.tissue[row], "scans": to_uint8(np.moveaxis(images, -1, 0)),
    }  # fmt: skip


def main() -> None:
    """Write the file."""
    asked = parser_of(__doc__, "data/slices128-paint").parse_args()
    folders = {name: SliceSet.open(Path(asked.data) / name) for name, *_ in CHOSEN.values()}
    rows = [chosen_slice(folders[name], *which) for name, *which in CHOSEN.values()]
    arrays = {key: np.stack([row[key] for row in rows]) for key in ("seg", "tissue", "scans")}
    write_beside(OUT, lambda file: np.savez_compressed(file, names=list(CHOSEN), **arrays))


if __name__ == "__main__":
    start(main)
