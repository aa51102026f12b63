"""How the two hospitals of lesson 54 differ, beside real patients: a tissue's signal over white matter's.

    python experiments/augmentation.py slices
    python experiments/hospital_contrasts.py          # 24 patients of the hospitals; a minute on one core

For each modality and tissue: the median over patients at A and at B; and median, smallest and largest of the
seven BRATS 2013 patients whose white matter is not 0. A hospital is plausible where its median lies between
the smallest and the largest patient. It writes data/results/hospital_contrasts.csv.
"""

from pathlib import Path

import numpy as np
from patients import patients
from study import RESULTS, parser_of, start, write_table

from gancourse.cohort.phantom.parameters import draw
from gancourse.cohort.scheme import MODALITIES
from gancourse.segmentation.hospital_slices import RANDOMISATION, SEED, SEG, TISSUE
from gancourse.segmentation.hospitals import HOSPITALS, scan_at

LEAST_PX = 30  # of a tissue that is measured


def contrasts(images: dict, seg: np.ndarray, tissue: np.ndarray) -> dict[tuple[str, str], float]:
    """Return the median signal over white matter's, by modality and tissue, of arrays of one shape."""
    masks = {"CSF": (tissue == 1) & (seg == 0), "GM": (tissue == 2) & (seg == 0)}
    masks |= {"NCR": seg == 1, "ED": seg == 2, "ET": seg == 4}
    white, found = (tissue == 3) & (seg == 0), {}
    for modality, image in images.items():
        level = np.median(image[white])
        for name, mask in masks.items():
            if mask.sum() >= LEAST_PX and level > 0:  # one real patient has white matter at 0
                found[modality, name] = float(np.median(image[mask]) / level)
    return found


def at_hospital(name: str, folder: Path, count: int) -> list[dict]:
    """Scan the first patients at a hospital, and measure each."""
    measured = []
    for file in sorted((folder / "sections").glob("*.npz"))[:count]:
        with np.load(file) as arrays:
            sections = arrays["sections"]
        images = scan_at(HOSPITALS[name], draw(int(file.stem), SEED, RANDOMISATION), sections)
        by_modality = dict(zip(MODALITIES, np.moveaxis(images, -1, 0), strict=True))
        measured.append(contrasts(by_modality, sections[..., SEG], sections[..., TISSUE]))
    return measured


def main() -> None:
    parser = parser_of(__doc__, None)
    parser.add_argument("--hospitals", type=Path, default=Path("data/hospitals"))
    parser.add_argument("--patients", type=int, default=24, help="of the hospitals")
    parser.add_argument("--results", type=Path, default=RESULTS / "hospital_contrasts.csv")
    options = parser.parse_args()
    real = [
        contrasts({m: s.load(m).astype(np.float32) for m in MODALITIES}, s.seg(), s.tissue())
        for s in patients("brats2013")
    ]
    sets = {name: at_hospital(name, options.hospitals, options.patients) for name in HOSPITALS}
    rows = []
    for modality, tissue in real[0]:
        values = [found[modality, tissue] for found in real if (modality, tissue) in found]
        row = {"modality": modality, "tissue": tissue, "patients": len(values)}
        for name, measured in sets.items():
            row[name] = np.median([f[modality, tissue] for f in measured if (modality, tissue) in f])
        row |= {"real": np.median(values), "real_low": min(values), "real_high": max(values)}
        rows.append(row)
        print(" ".join(f"{v:.2f}" if isinstance(v, float) else str(v) for v in row.values()))
    write_table(rows, options.results, 3)


if __name__ == "__main__":
    start(main)
