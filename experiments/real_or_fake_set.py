"""Choose the phantoms that the page "Real or generated?" shows beside the patient generator's images.

    gancourse cohort make --subjects 720 --out data/phantoms720      (as in `make train`)
    python experiments/real_or_fake_set.py

Writes data/results/real_or_fake.npz: one T1 slice of each of 60 phantoms of the test split, from which the
generator has learned nothing. Nobody chose them by eye: they are the first 60 with a T1 scan, and chance
chooses each one's slice among those at the heights that the generator was trained on. `slices` (60, 128,
128) are uint8 as they are shown, `heights` (60,) shares of the brain's extent, and `subjects` (60,) names.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from study import parser_of, start

from gancourse import pretrained
from gancourse.cohort.brats import find_subjects
from gancourse.cohort.slices import make_slices, split_of
from gancourse.project import project_root
from gancourse.teaching.widgets.judging import to_bytes

COUNT, MODALITY, SEED = 60, "t1", 0
TABLE = project_root() / "data" / "results" / "real_or_fake.npz"


def choose(folder: Path, count: int = COUNT) -> dict[str, np.ndarray]:
    """Cut the first phantoms of the test split as the generator's were cut, and keep one slice of each."""
    made_with = pretrained.card("patient").data["slices"]
    how = {name: made_with[name] for name in ("size", "plane", "fov_mm", "step_mm")}
    unseen = [s for s in find_subjects(folder) if split_of(s.patient) == "test" and MODALITY in s.paths]
    with TemporaryDirectory() as place:
        cut = make_slices(unseen[:count], place, modalities=[MODALITY], span=tuple(made_with["span"]), **how)
        rng = np.random.default_rng(SEED)
        whose = cut.table["patient"].to_numpy()
        rows = np.array([rng.choice(np.flatnonzero(whose == name)) for name in dict.fromkeys(whose)])
        images = np.asarray(cut.images[rows, ..., 0], np.float32)
    heights = cut.table["position"].to_numpy(np.float32)[rows]
    return {"slices": to_bytes(images), "heights": heights, "subjects": whose[rows].astype(str)}


def main() -> None:
    """Write the table."""
    parser = parser_of(__doc__, None)
    parser.add_argument("--cohort", type=Path, default=project_root() / "data" / "phantoms720")
    found = choose(parser.parse_args().cohort)
    slices, heights, subjects = (found[name] for name in ("slices", "heights", "subjects"))
    np.savez_compressed(TABLE, slices=slices, heights=heights, subjects=subjects)
    print(f"{TABLE}: {len(slices)} slices, {TABLE.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    start(main)
