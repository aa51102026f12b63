"""Make the slices of two hospitals: the same patients, scanned at each, as folders that `SliceSet` opens.

    out/sections/00000.npz ...   what is where in each patient's slices, at 1 mm
    out/A  out/B                 folders of slices, see `cohort.slices`

Anatomy is most of the work (1 to 2 s of a core for each patient) and is kept, so that another protocol costs
little. The first `tested` patients are the test's, the same at both hospitals. A folder may hold some of the
patients only (`some_patients`).
"""

import dataclasses
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from rich.progress import track

from gancourse.cohort.phantom.parameters import VERSIONS, Parameters, draw
from gancourse.cohort.phantom.phantom_files import claim, run
from gancourse.cohort.phantom.sections import CHANNELS, make_sections
from gancourse.cohort.planes import Cut, normalise
from gancourse.cohort.scheme import MODALITIES, REGIONS, TISSUES
from gancourse.cohort.slices import FORMAT
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.files import discard, name_beside, remove_leftovers, write_beside
from gancourse.segmentation.hospitals import HOSPITALS, Hospital, scan_at

SEED = 5400  # of no other cohort of the course
SPAN = (0.45, 0.8)  # of the brain's extent, as in the folders of slices for generators
SLICES = 8  # of a patient
SIZE, FOV_MM = 64, 208.0
RANDOMISATION = "realistic"
SEG, TISSUE = CHANNELS.index("seg"), CHANNELS.index("tissue")


class People(NamedTuple):
    """Whom the hospitals see: patient k is subject k of the cohort with this seed and kind of tumour."""

    seed: int = SEED
    kind: str = "any"  # one of `phantom.parameters.KINDS`

    def draw(self, number: int) -> Parameters:
        return draw(number, self.seed, RANDOMISATION, self.kind)

    @property
    def settings(self) -> dict:
        """Return what a folder keeps of them; the kind only if one was chosen."""
        return {"seed": self.seed} | ({"kind": self.kind} if self.kind != "any" else {})


EVERYBODY = People()


def make_hospitals(
    out: Path | str,
    patients: int = 480,
    tested: int = 80,
    workers: int | None = None,
    progress: bool = True,
    chosen: Sequence[int] | None = None,
) -> dict[str, SliceSet]:
    """Make what is missing of both hospitals, and open them: slices by hospital.

    Args:
        out: the folder.
        patients: how many in all.
        tested: how many of them are for testing.
        workers: processes that make sections; one per core by default.
        progress: whether to show bars.
        chosen: the numbers of those to make, as `some_patients` returns; all if not given.

    Raises:
        InputError: `tested` is not below `patients`, or `out` holds something else.
    """
    out = Path(out)
    if not 0 < tested < patients:
        raise InputError(f"tested={tested}: expected 1 to {patients - 1} of {patients} patients")
    numbers = range(patients) if chosen is None else sorted(chosen)
    sections = make_patients(out / "sections", numbers, EVERYBODY, workers, progress)
    return {
        name: write_hospital(out / name, sections, hospital, numbers, tested, progress)
        for name, hospital in HOSPITALS.items()
    }


def make_patients(
    sections: Path,
    numbers: Sequence[int],
    people: People = EVERYBODY,
    workers: int | None = None,
    progress: bool = True,
) -> Path:
    """Make the missing sections of these patients, and return their folder.

    Raises:
        InputError: the folder holds something else, or other people.
    """
    settings = dict(slices=SLICES, span=list(SPAN), randomisation=RANDOMISATION)
    claim(sections, people.settings | settings | {"version": VERSIONS[RANDOMISATION]})
    todo = [k for k in numbers if not (sections / f"{k:05d}.npz").exists()]
    run(partial(write_patient, sections, people), todo, workers, "making patients", progress)
    return sections


def some_patients(patients: int, tested: int, first: int, few: int, seed: int = 0) -> list[int]:
    """Number the first of the test's patients, and the few for training that `choose_patients` would draw.

    Raises:
        InputError: there are not so many.
    """
    if not 1 <= first <= tested:
        raise InputError(f"first={first}: expected 1 to {tested}, the patients for testing")
    names = np.array([name_patient(k) for k in range(tested, patients)])
    if not 1 <= few <= len(names):
        raise InputError(f"few={few}: expected 1 to {len(names)}, the patients for training")
    drawn = set(np.random.default_rng(seed).permutation(np.sort(names))[:few].tolist())
    return [*range(first), *(k for k in range(tested, patients) if name_patient(k) in drawn)]


def name_patient(number: int, kind: str = "any") -> str:
    """Name a patient; who was chosen by the kind of tumour is named after it."""
    return f"Brats18_{'HOSPITAL' if kind == 'any' else kind.upper()}_{number:03d}"


def write_patient(folder: Path, people: People, index: int) -> None:
    """Make the sections of one patient and write them."""
    sections = make_sections(people.draw(index), SLICES, SPAN)
    write_beside(folder / f"{index:05d}.npz", lambda file: np.savez_compressed(file, sections=sections))


def write_hospital(
    out: Path,
    sections: Path,
    hospital: Hospital,
    numbers: Sequence[int],
    tested: int,
    progress: bool = True,
    people: People = EVERYBODY,
) -> SliceSet:
    """Scan patients at a hospital, and open their slices; what is there already, made alike, stays."""
    about = {
        "format": FORMAT, "size": SIZE, "plane": "axial", "fov_mm": FOV_MM, "modalities": list(MODALITIES),
        "span": list(SPAN), "subjects": len(numbers), "tested": tested,
        "hospital": dataclasses.asdict(hospital),
    }  # fmt: skip
    if not isinstance(numbers, range):
        about["chosen"] = list(numbers)
    if people != EVERYBODY:
        about["people"] = people.settings
    if (out / "slices.json").exists() and json.loads((out / "slices.json").read_text()) == about:
        return SliceSet.open(out)
    parts, tables = [], []
    for k in track(numbers, f"scanning at {out.name}", disable=not progress):
        with np.load(sections / f"{k:05d}.npz") as file:
            arrays, table = scanned(hospital, people.draw(k), file["sections"])
        table.insert(4, "split", "test" if k < tested else "train")
        parts.append(arrays)
        tables.append(table)
    remove_leftovers(out)
    beside = name_beside(out)
    try:
        beside.mkdir(parents=True)
        for name in parts[0]:
            np.save(beside / f"{name}.npy", np.concatenate([arrays[name] for arrays in parts]))
        pd.concat(tables).to_csv(beside / "table.csv", index=False)
        (beside / "slices.json").write_text(json.dumps(about, indent=1))
        discard(out)
        beside.rename(out)
    finally:
        discard(beside)
    return SliceSet.open(out)


def scanned(
    hospital: Hospital, p: Parameters, sections: np.ndarray
) -> tuple[dict[str, np.ndarray], pd.DataFrame]:
    """Scan a patient, and cut the slices as `cohort.planes.slice_subject` does: arrays by name, and a table.

    Intensities are scaled to the 0.5 and 99.5 percentile of the patient's brain in these slices.
    """
    volumes = scan_at(hospital, p, sections).transpose(3, 2, 1, 0)  # (M, X, Y, Z)
    seg, tissue = (sections[..., c].transpose(2, 1, 0) for c in (SEG, TISSUE))
    brain = tissue > 0
    cut = Cut.through(brain, (1, 1, 1), "axial", SIZE, FOV_MM, (0, 1), 1)
    images = np.stack([cut.image(normalise(volume, brain)) for volume in volumes], -1)
    seg_slices = cut.labels(seg)
    name = name_patient(p.index, p.kind)
    table = {
        "subject": f"{name}_1", "patient": name, "grade": p.grade, "vintage": "2018", "plane": "axial",
        "index": cut.at, "position": np.linspace(*SPAN, SLICES)[cut.at].round(4), "missing": "",
        "brain_mm2": cut.area(brain, [1]), "tumour_px": (seg_slices > 0).sum((1, 2)),
        **{f"{name.lower()}_mm2": cut.area(seg, labels) for name, labels in REGIONS.items()},
        **{f"{name.lower()}_mm2": cut.area(tissue, [label]) for label, name in TISSUES.items()},
    }  # fmt: skip
    arrays = {"images": images.astype(np.float16), "seg": seg_slices, "tissue": cut.labels(tissue)}
    return arrays, pd.DataFrame(table)
