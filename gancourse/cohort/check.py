"""Every problem of a folder of subjects, one line each: the file, what is wrong with it, what to do."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from nibabel.affines import voxel_sizes

from gancourse.cohort.plausible import examine_scan, labels_problem
from gancourse.cohort.scheme import MODALITIES, TISSUES
from gancourse.cohort.stored_volume import check_orientation
from gancourse.cohort.vintages import DECATHLON_CHANNELS, VINTAGES, Files, read_grades, scan
from gancourse.cohort.volumes import grid_problem, read_labels, read_volume
from gancourse.errors import InputError


def check_folder(
    folder: Path | str, vintage: str | int | None = None, assume_orientation: str | None = None
) -> list[str]:
    """Return every problem in a folder of subjects, as `problems` yields them."""
    return list(problems(folder, vintage, assume_orientation))


def problems(
    folder: Path | str, vintage: str | int | None = None, assume_orientation: str | None = None
) -> Iterator[str]:
    """Read every file of every subject below a folder, and yield one line for each problem found.

    A line gives the file or subject, what is wrong and what to do next. Nothing in the folder raises.

    Args:
        folder: Any level of any vintage's tree.
        vintage: A key of `VINTAGES` for files whose names do not tell; None to go by names.
        assume_orientation: As in `brats.find_subjects`.
    """
    try:
        assumed = check_orientation(assume_orientation)
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
        yield from _content_problems(files, assumed)


def _siblings(files: Files) -> tuple[Path, str]:
    """Return where subjects of this kind are kept: training and validation have separate folders."""
    first = next(iter(files.roles.values()))[0]
    return files.home.parent, first.parent.name if files.vintage == "decathlon" else ""


def _content_problems(files: Files, assumed: str | None) -> Iterator[str]:
    first: tuple[Path, tuple[tuple[int, ...], np.ndarray]] | None = None
    brain = None
    done: set[Path] = set()  # said already: the Decathlon has four modalities in one file
    roles = [(role, path) for role in (*MODALITIES, "tissue", "seg") for path in files.roles.get(role, ())]
    for role, path in roles:
        if path in done:
            continue
        with warnings.catch_warnings(record=True) as said:  # what others warn of
            warnings.simplefilter("always")
            failure = None
            try:
                array, affine = _read(path, role, files.vintage, assumed)
            except InputError as error:
                failure = str(error)
            except Exception as error:  # whatever a damaged file makes a library do
                failure = f"{path}: cannot be read ({' '.join(repr(error).split()):.120}); download it again"
        yield from dict.fromkeys(str(warning.message) for warning in said)
        if failure:
            done.add(path)
            yield failure
            continue
        first = first or (path, (array.shape, affine))
        if problem := grid_problem(path, (array.shape, affine), *first):
            yield problem
        if role in MODALITIES:
            if bad := int(array.size - np.isfinite(array).sum()):
                yield f"{path}: {bad} voxels of {role} are not finite numbers; set them to 0"
            inside, problem = examine_scan(array, voxel_sizes(affine))
            if problem:
                yield f"{path} ({role}): {problem}"
            elif brain is None:
                brain = inside
            elif inside is not None and brain.shape == inside.shape:  # one modality may lack a slab
                brain |= inside
        elif brain is not None and brain.shape == array.shape:
            if problem := labels_problem(role, array, brain):
                yield f"{path}: {problem}"


def _read(path: Path, role: str, vintage: str, assumed: str | None) -> tuple[np.ndarray, np.ndarray]:
    if role == "seg":
        return read_labels(path, VINTAGES[vintage], assumed)
    if role == "tissue":
        return read_labels(path, {label: label for label in TISSUES}, assumed)
    channel = DECATHLON_CHANNELS.index(role) if vintage == "decathlon" else None
    return read_volume(path, channel, assume_orientation=assumed)
