"""Write the cohort with ISLES 2022's folders and names, on all cores, resuming after any interruption.

    out/sub-strokecase0001/ses-0001/dwi/sub-strokecase0001_ses-0001_{dwi,adc}.nii.gz
    out/sub-strokecase0001/ses-0001/anat/sub-strokecase0001_ses-0001_{FLAIR,T1w,T2w}.nii.gz
    out/derivatives/sub-strokecase0001/ses-0001/sub-strokecase0001_ses-0001_msk.nii.gz
    out/subjects.csv  out/cohort.json

ISLES has neither T1w nor T2w, nor `_old.nii.gz` beside the mask, which is there for patients with an old
infarct. A subject's folder is written under a hidden name and renamed once it is complete.
"""

import gzip
import json
from functools import partial
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd

from gancourse.cohort.phantom.anatomy import GRID_MM, grid_affine
from gancourse.cohort.phantom.parameters import VERSIONS
from gancourse.cohort.phantom.phantom_files import claim, run
from gancourse.cohort.stroke.stroke_parameters import STROKE_VERSION, draw_stroke
from gancourse.cohort.stroke.stroke_subject import StrokePhantom, make_stroke_phantom
from gancourse.errors import InputError
from gancourse.files import discard, name_beside, remove_leftovers, write_beside

SESSION = "ses-0001"
#: Modality -> its folder, and the end of its file's name.
PLACES = {
    "dwi": ("dwi", "dwi"),
    "adc": ("dwi", "adc"),
    "flair": ("anat", "FLAIR"),
    "t1": ("anat", "T1w"),
    "t2": ("anat", "T2w"),
}


def make_stroke_cohort(
    out: Path | str,
    subjects: int = 48,
    spacing: float = 2.0,
    seed: int = 0,
    randomisation: str = "realistic",
    workers: int | None = None,
    progress: bool = True,
) -> Path:
    """Make the missing subjects of a cohort of phantoms with stroke and return its folder.

    Args:
        out: folder of the cohort; made if absent.
        subjects: how many, at least 1. A larger number later adds subjects to the folder.
        spacing: of the voxels in mm, 1 to 4.
        seed: of the cohort.
        randomisation: "realistic" or "wide".
        workers: processes; one per core by default. The files do not depend on it.
        progress: draws a progress bar on the terminal.

    Raises:
        InputError: a value out of range, or `out` holds something else or a cohort with other settings.
    """
    out = Path(out)
    if subjects < 1:
        raise InputError(f"subjects {subjects}: expected 1 or more")
    if not 1 <= spacing <= 4:
        raise InputError(f"spacing {spacing}: expected 1 to 4 mm")
    if workers is not None and workers < 1:
        raise InputError(f"workers {workers}: expected 1 or more")
    draw_stroke(0, seed, randomisation)  # refuses a bad seed or randomisation
    settings = dict(
        pathology="stroke", seed=seed, spacing=float(spacing), randomisation=randomisation,
        version=VERSIONS[randomisation], stroke_version=STROKE_VERSION,
    )  # fmt: skip
    claim(out, settings)
    todo = [k for k in range(subjects) if not (out / name_of(k) / "parameters.json").exists()]
    run(partial(make_one, out, settings), todo, workers, "making phantoms", progress)
    write_table(out)
    return out


def name_of(index: int) -> str:
    """Return the name of subject `index`, as ISLES 2022 counts them."""
    return f"sub-strokecase{index + 1:04d}"


def make_one(out: Path, settings: dict, index: int) -> None:
    """Make one subject and write it: its labels first, since its own folder says that it is complete."""
    drawn = draw_stroke(index, settings["seed"], settings["randomisation"])
    phantom = make_stroke_phantom(drawn, settings["spacing"])
    images, labels = out / name_of(index), out / "derivatives" / name_of(index)
    if images.exists():  # without its parameters, so it is not a completed subject
        raise InputError(f"{images}: is there but incomplete; remove it and run again")
    making = {folder: name_beside(folder) for folder in (labels, images)}
    try:
        for folder in making:
            remove_leftovers(folder)
        write_labels(phantom, making[labels], labels.name)
        write_images(phantom, making[images], images.name)
        discard(labels)  # of a run that was killed between the two
        for folder, beside in making.items():
            beside.rename(folder)
    except OSError as error:
        raise InputError(
            f"{images}: cannot be written ({error.strerror}); free some space and run again"
        ) from error
    finally:
        for beside in making.values():
            discard(beside)


def write_images(phantom: StrokePhantom, folder: Path, name: str) -> None:
    """Write a phantom's scans and its parameters into a new folder."""
    for modality, (kind, suffix) in PLACES.items():
        file = folder / SESSION / kind / f"{name}_{SESSION}_{suffix}.nii.gz"
        write_volume(file, phantom.images[modality])
    row = {"subject": name, **phantom.parameters.row()}
    row |= {f"measured_{k}": v for k, v in phantom.measured.items()}
    (folder / "parameters.json").write_text(json.dumps(row, indent=1) + "\n")


def write_labels(phantom: StrokePhantom, folder: Path, name: str) -> None:
    """Write a phantom's labels into a new folder."""
    write_volume(folder / SESSION / f"{name}_{SESSION}_msk.nii.gz", phantom.seg)
    if phantom.old.any():
        write_volume(folder / SESSION / f"{name}_{SESSION}_old.nii.gz", phantom.old)


def write_volume(path: Path, volume: np.ndarray) -> None:
    """Write a volume (X, Y, Z) over BraTS' field of view, LPS, as compressed NIfTI; make its folder."""
    affine = grid_affine(GRID_MM[0] / volume.shape[0])
    image = nib.Nifti1Image(volume, affine)
    image.set_qform(affine, 1)
    image.header.set_xyzt_units("mm")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(image.to_bytes(), compresslevel=4, mtime=0))


def write_table(out: Path) -> None:
    """Write `subjects.csv`, one row per complete subject: everything drawn and measured."""
    rows = [json.loads(file.read_text()) for file in out.glob("sub-strokecase*/parameters.json")]
    table = pd.DataFrame(rows).sort_values("index")
    write_beside(out / "subjects.csv", lambda file: table.to_csv(file, index=False, lineterminator="\r\n"))
