"""Write the cohort with BraTS 2018's folders and names, on all cores, resuming after any interruption.

    out/HGG/Brats18_PHANTOM_003_1/Brats18_PHANTOM_003_1_{t1,t1ce,t2,flair,seg,tissue}.nii.gz
    out/LGG/...  out/healthy/...  out/subjects.csv  out/cohort.json

A subject's folder is written under a hidden name and renamed once it is complete, so no reader ever sees a
half-written one.
"""

import gzip
import json
import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd

from gancourse.cohort.phantom.anatomy import GRID_MM, grid_affine
from gancourse.cohort.phantom.parameters import VERSIONS, draw
from gancourse.cohort.phantom.subject import Phantom, make_phantom
from gancourse.errors import InputError
from gancourse.files import discard, name_beside, remove_leftovers, write_beside

SETTINGS = "cohort.json"


def make_cohort(
    out: Path | str,
    subjects: int = 48,
    spacing: float = 2.0,
    seed: int = 0,
    randomisation: str = "realistic",
    workers: int | None = None,
    progress: bool = True,
    kind: str = "any",
    head: bool = False,
) -> Path:
    """Make the missing subjects of a cohort of phantoms and return its folder.

    Args:
        out: folder of the cohort; made if absent.
        subjects: how many, at least 1. A larger number later adds subjects to the folder.
        spacing: of the voxels in mm, 1 (BraTS' own) to 4.
        seed: of the cohort.
        randomisation: "realistic" or "wide".
        workers: processes; one per core by default. The files do not depend on it.
        progress: draws a progress bar on the terminal.
        kind: of tumour: "any", as they come, or "cerebellar", "butterfly" (in both hemispheres, through the
            corpus callosum) or "small" (under 5 mL), which then every subject has.
        head: whether the brains lie in heads; labels and tissue are the same without.

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
    draw(0, seed, randomisation, kind)  # refuses a bad seed, randomisation or kind
    version = VERSIONS[randomisation]
    settings = dict(
        seed=seed, spacing=float(spacing), randomisation=randomisation, version=version, kind=kind, head=head
    )
    claim(out, settings)
    todo = [k for k in range(subjects) if not (folder_of(out, k, settings) / "parameters.json").exists()]
    run(partial(make_one, out, settings), todo, workers, "making phantoms", progress)
    write_table(out)
    return out


def claim(out: Path, settings: dict) -> None:
    """Write the cohort's settings into a new or empty folder, or check that they match those in it."""
    record = out / SETTINGS
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: is a file; expected a folder for the cohort, give another --out")
    if there := refuse_outdated(out):
        if there != settings:
            asked = {**dict.fromkeys(there), **settings}
            differ = ", ".join(
                f"{k} {there.get(k)!r} instead of {v!r}" for k, v in asked.items() if there.get(k) != v
            )
            raise InputError(
                f"{out}: holds a cohort with {differ}; give another --out, or remove that folder"
            )
        return
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out}: is not empty and holds no cohort of phantoms; give another --out")
    text = json.dumps(settings, indent=1) + "\n"
    write_beside(record, lambda file: file.write(text.encode()))


def refuse_outdated(out: Path) -> dict:
    """Return the settings in a cohort's folder, empty if there are none.

    Raises:
        InputError: they are not readable, or their version of the phantoms is not that which is made today.
    """
    record = out / SETTINGS
    if not record.exists():
        return {}
    try:
        there = json.loads(record.read_text())
    except ValueError as error:
        raise InputError(
            f"{record}: not readable ({error}); remove the folder or give another --out"
        ) from error
    made, now = there.get("version"), VERSIONS.get(there.get("randomisation"))
    if made != now:
        raise InputError(
            f"{out}: holds phantoms of version {made}, and the course now makes version {now}; remove that "
            "folder and run again"
        )
    return there


def run(
    make: Callable[[int], None], todo: list[int], workers: int | None, label: str, progress: bool
) -> None:
    """Call `make`, which can be pickled, for each index, in `workers` processes (None: one per core)."""
    from rich.progress import track

    workers = min(workers or os.cpu_count() or 1, len(todo))
    if workers < 2:
        for k in track(todo, label, disable=not progress):
            make(k)
        return
    context = multiprocessing.get_context("spawn")  # a fork of a process that runs TensorFlow may hang
    with ProcessPoolExecutor(workers, context, initializer=end_with_parent) as pool:
        jobs = [pool.submit(make, k) for k in todo]
        try:
            for job in track(as_completed(jobs), label, len(jobs), disable=not progress):
                job.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def end_with_parent() -> None:
    """End this process as soon as its parent has ended in any way."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait = multiprocessing.connection.wait
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()


def make_one(out: Path, settings: dict, index: int) -> None:
    """Make one subject and write it to its folder."""
    drawn = draw(index, settings["seed"], settings["randomisation"], settings["kind"])
    phantom = make_phantom(drawn, settings["spacing"], head=settings["head"])
    folder = folder_of(out, index, settings)
    making = name_beside(folder)
    try:
        remove_leftovers(folder)
        making.mkdir(parents=True)
        write_subject(phantom, making, folder.name)
        if folder.exists():  # without its parameters, so it is not a completed subject
            raise InputError(f"{folder}: is there but incomplete; remove it and run again")
        making.rename(folder)
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be written ({error.strerror}); free some space and run again"
        ) from error
    finally:
        discard(making)


def write_subject(phantom: Phantom, folder: Path, name: str) -> None:
    """Write a phantom's files and its parameters into an existing folder."""
    affine = grid_affine(GRID_MM[0] / phantom.seg.shape[0])
    for kind, volume in {**phantom.images, "seg": phantom.seg, "tissue": phantom.tissue}.items():
        image = nib.Nifti1Image(volume.astype(np.int16), affine)
        image.set_qform(affine, 1)
        image.header.set_xyzt_units("mm")
        data = gzip.compress(image.to_bytes(), compresslevel=4, mtime=0)
        (folder / f"{name}_{kind}.nii.gz").write_bytes(data)
    row = {"subject": name, **phantom.parameters.row(), **phantom.head}
    row |= {f"measured_{k}_ml": round(v, 3) for k, v in phantom.volumes_ml.items()}
    row["measured_midline_mm"] = round(phantom.midline_mm, 2)
    (folder / "parameters.json").write_text(json.dumps(row, indent=1) + "\n")


def folder_of(out: Path, index: int, settings: dict) -> Path:
    """Return the folder of subject `index`: BraTS 2018's name in the folder of its grade."""
    grade = draw(index, settings["seed"], settings["randomisation"], settings["kind"]).grade
    return out / grade / f"Brats18_PHANTOM_{index + 1:03d}_1"


def write_table(out: Path) -> None:
    """Write `subjects.csv`, one row per complete subject: everything drawn and measured."""
    rows = [json.loads(file.read_text()) for file in out.glob("*/Brats18_PHANTOM_*/parameters.json")]
    table = pd.DataFrame(rows).sort_values("index")
    write_beside(out / "subjects.csv", lambda file: table.to_csv(file, index=False, lineterminator="\r\n"))
