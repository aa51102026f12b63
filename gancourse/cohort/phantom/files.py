"""The cohort on disk: BraTS 2018's tree and names, made by all cores, resumed after any interruption.

    out/HGG/Brats18_PHANTOM_001_1/Brats18_PHANTOM_001_1_{t1,t1ce,t2,flair,seg,tissue}.nii.gz
    out/LGG/...  out/healthy/...  out/subjects.csv  out/cohort.json

A subject's folder is written under a hidden name and renamed when it is complete, so no half-written one is
ever seen.
"""

import csv
import gzip
import json
import multiprocessing
import multiprocessing.connection
import os
import shutil
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import nibabel as nib
import numpy as np

from gancourse.cohort.phantom.anatomy import grid_affine
from gancourse.cohort.phantom.parameters import VERSIONS, draw
from gancourse.cohort.phantom.subject import Phantom, make_subject
from gancourse.errors import InputError

SETTINGS = "cohort.json"


def make_cohort(
    out: Path | str,
    subjects: int = 48,
    spacing: float = 2.0,
    seed: int = 0,
    randomisation: str = "realistic",
    workers: int | None = None,
    progress: bool = True,
) -> Path:
    """Makes what is missing of a cohort of phantoms and returns its folder.

    Args:
        out: folder of the cohort; made if absent.
        subjects: how many, at least 1. More of them later adds to the folder.
        spacing: of the voxels in mm, 1 (BraTS' own) to 4.
        seed: of the cohort.
        randomisation: "realistic" or "wide".
        workers: processes; all cores by default. The files do not depend on it.
        progress: draws a progress bar on the terminal.

    Raises:
        InputError: for a bad value, or where `out` holds something else or a cohort made with other settings.
    """
    out = Path(out)
    if subjects < 1:
        raise InputError(f"subjects {subjects}: expected 1 or more")
    if not 1 <= spacing <= 4:
        raise InputError(f"spacing {spacing}: expected 1 to 4 mm")
    if workers is not None and workers < 1:
        raise InputError(f"workers {workers}: expected 1 or more")
    draw(0, seed, randomisation)  # complains of a bad seed or randomisation
    settings = dict(
        seed=seed, spacing=float(spacing), randomisation=randomisation, version=VERSIONS[randomisation]
    )
    claim(out, settings)
    for leftover in out.glob("*/.making_*"):
        if not is_running(int(leftover.name.split("_")[1])):
            shutil.rmtree(leftover, ignore_errors=True)

    todo = [k for k in range(subjects) if not (folder_of(out, k, settings) / "parameters.json").exists()]
    if todo:
        run(out, todo, settings, min(workers or os.cpu_count() or 1, len(todo)), progress)
    write_table(out)
    return out


def claim(out: Path, settings: dict) -> None:
    """Writes the cohort's settings into a new or empty folder, or checks that they are the ones there."""
    record = out / SETTINGS
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: is a file; expected a folder for the cohort, give another --out")
    if record.exists():
        try:
            there = json.loads(record.read_text())
        except ValueError as error:
            raise InputError(
                f"{record}: not readable ({error}); remove the folder or give another --out"
            ) from error
        if there != settings:
            differ = ", ".join(
                f"{k} {there.get(k)!r} instead of {v!r}" for k, v in settings.items() if there.get(k) != v
            )
            raise InputError(
                f"{out}: holds a cohort with {differ}; give another --out, or remove that folder"
            )
        return
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out}: is not empty and holds no cohort of phantoms; give another --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_text(record, json.dumps(settings, indent=1) + "\n")
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror}); give another --out") from error


def run(out: Path, todo: list[int], settings: dict, workers: int, progress: bool) -> None:
    """Makes the subjects `todo` with that many processes."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("making phantoms"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, disable=not progress) as bar, pool_of(workers) as pool:
        task = bar.add_task("", total=len(todo))
        jobs = [pool.submit(make_one, out, k, settings) for k in todo]
        try:
            for job in as_completed(jobs):
                job.result()
                bar.advance(task)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def pool_of(workers: int) -> ProcessPoolExecutor:
    """Fresh processes (a fork of one that runs TensorFlow may hang) that end when this one is killed."""
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=end_with_parent)


def end_with_parent() -> None:
    """Ends this process when its parent does, however that ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait = multiprocessing.connection.wait
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()


def make_one(out: Path, index: int, settings: dict) -> None:
    """Makes one subject and writes it to its folder."""
    phantom = make_subject(index, settings["seed"], settings["spacing"], settings["randomisation"])
    folder = folder_of(out, index, settings)
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = folder.parent / f".making_{os.getpid()}_{folder.name}"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    try:
        write_subject(phantom, making, folder.name)
        if folder.exists():  # without its parameters: not one of ours that was completed
            raise InputError(f"{folder}: is there but incomplete; remove it and run again")
        making.rename(folder)
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be written ({error.strerror}); free some space and run again"
        ) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def write_subject(phantom: Phantom, folder: Path, name: str) -> None:
    """Writes a phantom's files and its parameters into an existing folder."""
    affine = grid_affine(spacing_of(phantom))
    for kind, volume in {**phantom.images, "seg": phantom.seg, "tissue": phantom.tissue}.items():
        image = nib.Nifti1Image(volume.astype(np.int16), affine)
        image.set_qform(affine, 1)
        image.header.set_xyzt_units("mm")
        (folder / f"{name}_{kind}.nii.gz").write_bytes(
            gzip.compress(image.to_bytes(), compresslevel=4, mtime=0)
        )
    row = {"subject": name, **phantom.parameters.row()}
    row |= {f"measured_{k}_ml": round(v, 3) for k, v in phantom.volumes_ml.items()}
    (folder / "parameters.json").write_text(json.dumps(row, indent=1) + "\n")


def spacing_of(phantom: Phantom) -> float:
    """Voxel size in mm."""
    return 240 / phantom.seg.shape[0]


def folder_of(out: Path, index: int, settings: dict) -> Path:
    """Where subject `index` belongs: its grade's folder, BraTS 2018's name."""
    grade = draw(index, settings["seed"], settings["randomisation"]).grade
    return out / grade / f"Brats18_PHANTOM_{index + 1:03d}_1"


def write_table(out: Path) -> None:
    """`subjects.csv`: one row for every complete subject, with all that was drawn and what was measured."""
    rows = [json.loads(p.read_text()) for p in sorted(out.glob("*/Brats18_PHANTOM_*/parameters.json"))]
    rows.sort(key=lambda row: row["index"])
    making = out / f".making_{os.getpid()}_subjects.csv"
    with making.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    making.replace(out / "subjects.csv")


def write_text(path: Path, text: str) -> None:
    """Writes beside and renames."""
    making = path.with_name(f".making_{os.getpid()}_{path.name}")
    making.write_text(text)
    making.replace(path)


def is_running(pid: int) -> bool:
    """Whether a process of that number exists, as far as can be told."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
