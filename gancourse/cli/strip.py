"""`gancourse strip`: thin; the work is in `gancourse.segmentation`, imported when it is needed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancourse.cli.cohort import AssumeOrientation, MaxGb
from gancourse.errors import InputError
from gancourse.files import require_writable

if TYPE_CHECKING:
    from gancourse.segmentation.stripping import Brain

LARGEST_OUTPUT = 100_000_000  # bytes of one scan


def strip(
    head: Annotated[
        Path, typer.Argument(help="A scan of a head (.nii, .nii.gz, .mha), or a subject's folder.")
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="The brain: a .nii or .nii.gz, or a folder for a folder.")
    ],
    assume_orientation: AssumeOrientation = None,
    max_gb: MaxGb = None,
) -> None:
    """Take the skull off a head: every voxel outside the brain becomes 0, and nothing else changes."""
    if head.is_dir():
        lines = _strip_folder(head, out, assume_orientation)
    else:
        lines = _strip_file(head, out, assume_orientation)
    typer.echo("\n".join(lines))


def _strip_file(head: Path, out: Path, assumed: str | None) -> list[str]:
    """Strip one scan."""
    from gancourse.cohort.volumes import ENDINGS, read_volume, write_like

    if not head.name.lower().endswith(ENDINGS):
        raise InputError(
            f"{head}: expected a scan that ends in {', '.join(ENDINGS)}; convert it, with dcm2niix"
        )
    if not out.name.endswith((".nii.gz", ".nii")):
        raise InputError(f"{out}: expected a name that ends in .nii.gz or .nii")
    if out.exists() and head.exists() and out.samefile(head):
        raise InputError(f"{out}: is the head itself; choose another name")
    require_writable(out, size=LARGEST_OUTPUT)
    volume, affine = read_volume(head, dtype=None, assume_orientation=assumed)

    import numpy as np
    from nibabel.affines import voxel_sizes

    from gancourse.segmentation import stripping
    from gancourse.segmentation.heads import find_brain, masked

    zooms = voxel_sizes(affine)
    brain = find_brain([volume.astype(np.float32)], zooms, stripping.load(), str(head))
    write_like(masked(volume, brain.mask) if brain.has_skull else volume, out, head, assumed)
    return [f"{out}: {_said(brain, float(np.prod(zooms)) / 1000)}"]


def _strip_folder(head: Path, out: Path, assumed: str | None) -> list[str]:
    """Strip all scans of a subject by one mask, and copy its labels."""
    import shutil

    from gancourse.segmentation import stripping
    from gancourse.segmentation.heads import find_brain, masked, read_volumes
    from gancourse.segmentation.input_checks import find_patient

    person = find_patient(head, {}, assumed)
    if person.vintage == "decathlon":
        raise InputError(f"{head}: the Decathlon's scans are stripped already; use them as they are")
    if out.exists() and (not out.is_dir() or out.samefile(head)):
        raise InputError(f"{out}: expected a new folder for the brain, or another one than the head's")
    require_writable(out, folder=True, size=LARGEST_OUTPUT)
    volumes = read_volumes(person)
    brain = find_brain([*volumes.values()], person.zooms, stripping.load(), person.id)
    out.mkdir(parents=True, exist_ok=True)
    from gancourse.cohort.volumes import read_volume, stem, write_like

    for modality in volumes:
        path = person.paths[modality]
        volume, _ = read_volume(path, dtype=None, assume_orientation=assumed)
        stripped = masked(volume, brain.mask) if brain.has_skull else volume
        write_like(stripped, out / f"{stem(path)}.nii.gz", path, assumed)
    for labels in (person.seg_path, person.tissue_path):
        if labels:
            shutil.copyfile(labels, out / labels.name)
    return [f"{out}: {', '.join(volumes)}; {_said(brain, person.voxel_ml)}"]


def _said(brain: "Brain", voxel_ml: float) -> str:
    """Say in words what was found."""
    share = f"what is bright outside the brain is {brain.bright_share:.0%} of its volume"
    if brain.has_skull:
        return f"{brain.mask.sum() * voxel_ml:.0f} mL of brain kept ({share})"
    return f"no skull seen ({share}); left as it was"
