"""A folder of 2-D slices, cut from any subjects, and batches from it.

    images.npy   (N, size, size, C) float16 in [-1, 1], background and missing modalities -1
    seg.npy      (N, size, size) uint8, tumour labels as in `scheme.LABELS`
    tissue.npy   (N, size, size) uint8, tissue labels as in `scheme.TISSUES`
    table.csv    one row a slice: whose it is, its split, where it was cut, what it shows
    slices.json  the arguments, and a fingerprint of the subjects' files

Splits are by patient. The folder appears when it is complete, and subjects are streamed into it, so that
memory does not grow with their number. `planes` does the cutting, and `SliceSet` makes batches.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from gancourse.cohort.planes import PLANES, slice_subject
from gancourse.cohort.scans import check_headers
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.files import discard, name_beside, remove_leftovers, require_writable

if TYPE_CHECKING:
    from gancourse.cohort.brats import Subject

SLICES_A_SUBJECT = 12  # about; to know whether there is room for all
FORMAT = 1  # raise when what is written changes: older folders are then made again


def split_of(patient: str) -> str:
    """Return the split of a patient in any cohort: about 70 % train, 15 % validation, 15 % test.

    It depends on the patient's name only (its SHA-256), so that all visits and slices of a patient stay
    together and nobody moves when subjects are added. In a small cohort a split may be empty.
    """
    share = int(hashlib.sha256(patient.encode()).hexdigest()[:8], 16) / 16**8
    return "train" if share < 0.7 else "validation" if share < 0.85 else "test"


def make_slices(
    subjects: Sequence["Subject"],
    out: str | Path,
    size: int = 64,
    plane: str = "axial",
    fov_mm: float = 208.0,
    modalities: Sequence[str] = MODALITIES,
    span: tuple[float, float] = (0.45, 0.8),
    step_mm: float = 4.0,
    *,
    overwrite: bool = False,
    workers: int | None = None,
    progress: bool = False,
) -> "SliceSet":
    """Cut subjects into slices in the folder `out`, or open it if it holds exactly these already.

    If the subjects have changed, the folder is made again, and that is said.
    If the arguments differ, that is an error unless `overwrite`.

    Args:
        subjects: from `brats.find_subjects`.
        out: the folder; replaced as a whole once the new one is complete.
        size: pixels a side.
        plane: axial, coronal or sagittal.
        fov_mm: side of the square field of view, centred on the brain's bounding box; a pixel is `fov_mm /
            size`.
        modalities: the channels, in order. One that a subject lacks becomes -1 and is named in the table.
        span: part of the brain that is cut, as fractions of its extent: from inferior to superior in the
            axial plane, anterior to posterior in the coronal, right to left in the sagittal.
        step_mm: distance of slices, rounded to whole voxels (at least one).
        workers: threads (default: one a core, four at most).
        progress: show a progress bar.

    Raises:
        InputError: arguments out of range, no subjects, files that cannot be used, a folder in the way.
    """
    out, modalities = Path(out), tuple(modalities)
    _check_arguments(size, plane, fov_mm, modalities, span, step_mm)
    if not subjects:
        raise InputError(
            f"{out}: no subjects to slice; make some with `gancourse cohort make`, or give another folder."
        )
    doubles = pd.Series([s.id for s in subjects]).value_counts()
    if doubles.iloc[0] > 1:
        raise InputError(
            f"subject {doubles.index[0]}: given {doubles.iloc[0]} times; give every subject once."
        )
    arguments = {
        "size": size, "plane": plane, "fov_mm": fov_mm, "modalities": list(modalities), "span": list(span),
        "step_mm": step_mm,
    }  # fmt: skip
    wanted = {"format": FORMAT, **arguments, "subjects": len(subjects), "fingerprint": _fingerprint(subjects)}
    if _in_the_way(out, wanted, overwrite):
        return SliceSet.open(out)
    for subject in subjects:  # before the long work
        check_headers(subject, modalities)

    out = out.resolve() if out.is_symlink() else out
    needed = len(subjects) * SLICES_A_SUBJECT * size**2 * (2 * len(modalities) + 2)
    require_writable(out, folder=True, size=needed)
    part = name_beside(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(out)
        part.mkdir()
        _write(subjects, part, arguments, workers or min(4, os.cpu_count() or 1), progress)
        (part / "slices.json").write_text(json.dumps(wanted, indent=1))
        _replace(out, part, wanted)
    except OSError as error:
        raise InputError(
            f"{out}: cannot be written ({error.strerror or error}); free space or choose another folder."
        ) from error
    finally:
        discard(part)
    return SliceSet.open(out)


def _check_arguments(size, plane, fov_mm, modalities, span, step_mm) -> None:
    if size < 8:
        raise InputError(f"size={size}: expected 8 pixels or more; the deck's networks take 64.")
    if plane not in PLANES:
        raise InputError(f"plane={plane!r}: expected one of {', '.join(PLANES)}.")
    if not modalities or len(set(modalities)) < len(modalities) or not set(modalities) <= set(MODALITIES):
        raise InputError(f"modalities={modalities}: expected some of {', '.join(MODALITIES)}, each once.")
    if len(span) != 2 or not 0 <= span[0] < span[1] <= 1:
        raise InputError(
            f"span={span}: expected two rising fractions of the brain's extent, such as (0.45, 0.8)."
        )
    if not (fov_mm > 0 and step_mm > 0):
        raise InputError(f"fov_mm={fov_mm}, step_mm={step_mm}: expected millimetres above 0.")


def _fingerprint(subjects: Sequence["Subject"]) -> str:
    """Return a hash that changes when a subject is added, removed or renamed, or a file is written again."""
    digest = hashlib.sha256()
    for s in subjects:
        files = {**s.paths, "seg": s.seg_path, "tissue": s.tissue_path}
        there = [(name, path, os.stat(path)) for name, path in sorted(files.items()) if path]
        stats = [(name, Path(path).name, stat.st_size, stat.st_mtime_ns) for name, path, stat in there]
        assumed = (s.assume_orientation,) if s.assume_orientation else ()
        digest.update(repr((s.id, s.patient, s.grade, s.vintage, stats, *assumed)).encode())
    return digest.hexdigest()


def _in_the_way(out: Path, wanted: dict[str, Any], overwrite: bool) -> bool:
    """Return whether `out` holds what is wanted already; raise `InputError` if it holds something else."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return False
    if not (out / "slices.json").is_file():
        raise InputError(f"{out}: exists and holds no slices; give a new folder for them.")
    found = SliceSet.open(out).made_with
    if found == wanted and not overwrite:
        return True
    arguments = wanted.keys() - {"format", "subjects", "fingerprint"}
    changed = [k for k in wanted if k in arguments and found.get(k) != wanted[k]]
    if changed and not overwrite:
        what = ", ".join(f"{k}={found.get(k)} where {wanted[k]} is asked for" for k in changed)
        raise InputError(f"{out}: holds slices made with {what}; give another folder, or overwrite=True.")
    if not overwrite:
        print(f"{out}: the subjects have changed; making the slices again.")
    return False


def _write(
    subjects: Sequence["Subject"], part: Path, arguments: dict[str, Any], workers: int, progress: bool
) -> None:
    """Stream the slices of all subjects into a folder."""
    plane = (arguments["size"], arguments["size"])
    shapes = {"images": (*plane, len(arguments["modalities"])), "seg": plane, "tissue": plane}
    with ExitStack() as stack:
        files = {}
        for name, shape in shapes.items():
            array = _GrowingArray(part / f"{name}.npy", shape, "<f2" if name == "images" else "|u1")
            files[name] = stack.enter_context(closing(array))
        table_file = stack.enter_context(open(part / "table.csv", "w", newline="", encoding="utf-8"))
        bar = tqdm(total=len(subjects), desc="slices", unit="subject", disable=not progress)
        stack.enter_context(bar)
        pool = stack.enter_context(ThreadPoolExecutor(workers))
        for start in range(0, len(subjects), workers):  # a handful at a time bounds the memory
            some = subjects[start : start + workers]
            for arrays, table in pool.map(lambda s: slice_subject(s, **arguments), some):
                for name, file in files.items():
                    file.append(arrays[name])
                table.insert(4, "split", split_of(table["patient"][0]))
                table.to_csv(table_file, index=False, header=not table_file.tell())
                bar.update()


def _replace(out: Path, part: Path, wanted: dict[str, Any]) -> None:
    """Put the finished folder `part` in the place of `out`."""
    old = name_beside(out)
    try:
        if out.exists():
            os.replace(out, old)
        os.replace(part, out)
    except OSError:
        if old.exists() and not out.exists():
            os.replace(old, out)
        if not (out / "slices.json").is_file() or SliceSet.open(out).made_with != wanted:
            raise  # else another process was faster, and made the same
    finally:
        discard(old)


class _GrowingArray:
    """A .npy file to append rows to; on closing, the header, which leaves room for it, gets their number."""

    def __init__(self, path: Path, shape: tuple[int, ...], dtype: str):
        self.file, self.shape, self.dtype, self.rows = open(path, "wb"), shape, dtype, 0
        self._write_header()

    def _write_header(self) -> None:
        header = {"descr": self.dtype, "fortran_order": False, "shape": (self.rows, *self.shape)}
        np.lib.format.write_array_header_1_0(self.file, header)

    def append(self, rows: np.ndarray) -> None:
        self.file.write(np.ascontiguousarray(rows, self.dtype).tobytes())
        self.rows += len(rows)

    def close(self) -> None:
        self.file.seek(0)
        self._write_header()
        self.file.close()
