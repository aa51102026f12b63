"""Every problem of a folder of subjects, one line each: the file, what is wrong with it, what to do."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gancourse.cohort.scheme import CAVITY, MODALITIES, TISSUES
from gancourse.cohort.vintages import DECATHLON_CHANNELS, VINTAGES, Files, read_grades, scan
from gancourse.cohort.volumes import background, read_labels, read_volume, same_grid, verify_gzip
from gancourse.errors import InputError

#: Share of the tumour that may lie outside the brain before the two are taken not to belong together.
OUTSIDE = 0.1


def check_folder(folder: Path | str, vintage: str | int | None = None) -> list[str]:
    """Every problem of a folder of subjects, as `problems` gives them; an empty list if there is none."""
    return list(problems(folder, vintage))


def problems(folder: Path | str, vintage: str | int | None = None) -> Iterator[str]:
    """Read every file of every subject below a folder and tell what is wrong, one line a problem, as found.

    A line names the file or subject, what is wrong and what to do next. Nothing in the folder raises.

    Args:
        folder: Any level of any vintage's tree.
        vintage: A key of `VINTAGES` for files whose names do not tell; None to go by names.
    """
    try:
        found, strays = scan(folder, vintage)
    except InputError as error:
        yield str(error)
        return
    if not found:
        yield f"{folder}: no BraTS subject found; check the path, or say which vintage it is"
    for path in strays:
        if path.is_dir():
            yield f"{path}: the folder cannot be opened; change its permissions"
        else:
            yield f"{path}: its name tells no BraTS subject; rename it, or say which vintage it is"
    vintages = sorted({files.vintage for files in found.values()})
    if len(vintages) > 1:
        yield f"{folder}: mixes vintages {', '.join(vintages)}, which share patients; keep one a folder"
    try:
        read_grades(folder)
    except InputError as error:
        yield str(error)
    labelled = {_siblings(files) for files in found.values() if "seg" in files.roles}
    for id, files in sorted(found.items()):
        for role in MODALITIES:
            if role not in files.roles:
                yield f"{files.home}: {id} has no {role}; download it again, or do without that modality"
        if "seg" not in files.roles and _siblings(files) in labelled:
            yield f"{files.home}: {id} has no segmentation, unlike those beside it; download it again"
        for role, paths in files.roles.items():
            for path in paths[1:]:
                yield f"{path}: a second {role} of {id}, beside {paths[0]}; keep one"
        yield from _content_problems(files)


def _siblings(files: Files) -> tuple[Path, str]:
    """Where a subject's kind is kept: training and validation subjects lie apart."""
    first = next(iter(files.roles.values()))[0]
    return files.home.parent, first.parent.name if files.vintage == "decathlon" else ""


def _content_problems(files: Files) -> Iterator[str]:
    first: tuple[Path, tuple[int, ...], np.ndarray] | None = None
    brain = None
    verified: set[Path] = set()
    damaged: set[Path] = set()
    roles = [(role, path) for role in (*MODALITIES, "tissue", "seg") for path in files.roles.get(role, ())]
    for role, path in roles:
        if path in damaged:  # said already: the Decathlon has four modalities in one file
            continue
        try:
            if path.name.lower().endswith(".gz") and path not in verified:
                verify_gzip(path)
                verified.add(path)
            array, affine = _read(path, role, files.vintage)
        except Exception as error:  # whatever a damaged file makes a library do
            damaged.add(path)
            expected = isinstance(error, InputError)
            yield str(error) if expected else f"{path}: cannot be read ({error!r:.120}); download it again"
            continue
        first = first or (path, array.shape, affine)
        if array.shape != first[1]:
            yield f"{path}: shape {array.shape}, but {first[1]} in {first[0]}; resample it onto that grid"
        elif not same_grid(first[2], affine):
            yield f"{path}: its affine differs from that of {first[0]}; resample it, or correct its header"
        if role in MODALITIES:
            if bad := int(array.size - np.isfinite(array).sum()):
                yield f"{path}: {bad} voxels of {role} are not finite numbers; set them to 0"
            try:
                inside = array != background(array)
            except InputError as error:
                yield f"{path}: {error}"
                continue
            if not inside.any():
                yield f"{path}: every voxel of {role} has the same value; download it again"
            elif brain is None:
                brain = inside
            elif brain.shape == inside.shape:  # one modality may lack a slab
                brain |= inside
        elif role == "seg" and brain is not None and brain.shape == array.shape:
            tumour = (array > 0) & (array != CAVITY)
            share = (tumour & ~brain).sum() / max(int(tumour.sum()), 1)
            if share > OUTSIDE:
                yield f"{path}: {share:.0%} of the tumour lies outside the brain; correct or replace the file"


def _read(path: Path, role: str, vintage: str) -> tuple[np.ndarray, np.ndarray]:
    if role == "seg":
        return read_labels(path, VINTAGES[vintage])
    if role == "tissue":
        return read_labels(path, {label: label for label in TISSUES})
    return read_volume(path, DECATHLON_CHANNELS.index(role) if vintage == "decathlon" else None)
