"""`gancourse segment`: thin; the work is in `gancourse.segmentation`, imported when it is needed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

import gancourse
from gancourse.cli.cohort import AssumeOrientation, MaxGb
from gancourse.errors import InputError
from gancourse.files import require_writable

if TYPE_CHECKING:
    from gancourse.pretrained import Card
    from gancourse.segmentation.patient import Segmentation
    from gancourse.segmentation.stripping import Stripper

LARGEST_OUTPUT = 20_000_000  # bytes of one file: labels of a large volume, hardly compressed
NOTICE = "For research and teaching; not a medical device."
MEANINGS = {
    "WT": "whole tumour",
    "TC": "tumour core",
    "ET": "enhancing tumour",
    "NCR": "necrosis, not enhancing",
    "ED": "oedema",
    "CSF": "cerebrospinal fluid",
    "GM": "grey matter",
    "WM": "white matter",
}


def segment(
    subject: Annotated[
        Path | None, typer.Argument(help="Folder of one subject of any BraTS vintage, or one of its scans.")
    ] = None,
    t1: Annotated[Path | None, typer.Option(help="T1, instead of a subject's folder.")] = None,
    t1ce: Annotated[Path | None, typer.Option(help="T1 after contrast medium.")] = None,
    t2: Annotated[Path | None, typer.Option(help="T2.")] = None,
    flair: Annotated[Path | None, typer.Option(help="FLAIR.")] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Tumour labels 1, 2, 4; ID-seg.nii.gz here if not given."),
    ] = None,
    tissue: Annotated[Path | None, typer.Option(help="Also tissue labels: 1 CSF, 2 GM, 3 WM.")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also volumes with their errors, and what made them.")
    ] = None,
    figure: Annotated[Path | None, typer.Option(help="Also a .png of three slices with the tumour.")] = None,
    strip: Annotated[bool, typer.Option(help="Take the skull off if one is seen.")] = True,
    pathology: Annotated[
        Literal["tumour", "stroke"],
        typer.Option(help="stroke: acute infarcts, from any of DWI, ADC and FLAIR; ISLES 2022's names."),
    ] = "tumour",
    dwi: Annotated[
        Path | None, typer.Option(help="Diffusion-weighted scan, with --pathology stroke.")
    ] = None,
    adc: Annotated[Path | None, typer.Option(help="Map of diffusion, with --pathology stroke.")] = None,
    assume_orientation: AssumeOrientation = None,
    max_gb: MaxGb = None,
) -> None:
    """Segment tumour and tissue in a patient, or infarcts, from any of the modalities."""
    if pathology == "stroke":
        if t1 or t1ce or t2 or tissue or not strip:
            raise InputError(
                "--pathology stroke: has no --t1, --t1ce, --t2, --tissue or --no-strip; leave them out"
            )
        from gancourse.cli.segment_stroke import segment_stroke

        segment_stroke(
            subject, {"dwi": dwi, "adc": adc, "flair": flair}, out, json_file, figure, assume_orientation
        )
        return
    if dwi or adc:
        raise InputError("--dwi, --adc: for --pathology stroke; add it, or leave them out")
    from gancourse.segmentation import heads, patient
    from gancourse.segmentation.input_checks import find_patient

    files = {"t1": t1, "t1ce": t1ce, "t2": t2, "flair": flair}
    person = find_patient(subject, files, assume_orientation)
    out = out or Path(f"{person.id}-seg.nii.gz")
    outputs = [(out, (".nii.gz", ".nii")), (tissue, (".nii.gz", ".nii")), (json_file, (".json",))]
    check_outputs(
        [*outputs, (figure, (".png",))], [*person.paths.values(), person.seg_path, person.tissue_path]
    )

    import numpy as np

    from gancourse.files import write_beside
    from gancourse.segmentation.segmenter import load
    from gancourse.teaching.figures.tumour_overlay import save_overlay

    segmenter = load()
    head = heads.brain_of_head(person, _load_stripper) if strip else None
    if head:
        kept = f"{head.mask.sum() * person.voxel_ml:.0f} mL of brain kept"
        share = f"{head.bright_share:.0%} of the brain's volume again is bright outside it"
        typer.echo(f"{person.id}: a skull is seen ({share}) and taken off, {kept}; --no-strip leaves it")
    found = patient.segment(person, segmenter, head.mask if head else None)
    errors = segmenter.card.scores.get("volume_error", {})
    person.save_like(found.seg, out)
    if tissue:
        person.save_like(found.tissue, tissue)
    if json_file:
        text = json.dumps(_report(found, segmenter.card, errors), indent=1) + "\n"
        write_beside(json_file, lambda file: file.write(text.encode()))
    if figure:
        under = next(modality for modality in ("flair", "t1ce", "t2", "t1") if modality in found.present)
        title = f"{person.id}, {under}. {NOTICE}"
        volume, brain = np.nan_to_num(person.load(under)), (found.seg > 0) | (found.tissue > 0)
        write_beside(figure, lambda file: save_overlay(file, volume, found.seg, brain, person.zooms, title))
    typer.echo("\n".join(_lines(found, errors)))
    typer.echo(f"{out}: tumour labels 1, 2, 4")
    typer.echo(NOTICE)


def _load_stripper() -> "Stripper":
    from gancourse.segmentation import stripping

    return stripping.load()


def _lines(found: "Segmentation", errors: dict) -> Iterator[str]:
    """Yield the printed lines: which scans were used, and each volume with its error."""
    yield f"{found.subject.id}: segmented from {', '.join(found.present)}"
    if found.missing:
        yield f"missing: {', '.join(found.missing)}; expect larger errors than with all four modalities"
    for modality, slices in found.gaps.items():
        yield f"{modality} does not show {slices} of the brain's slices; segmented there without it"
    yield "                                   mL   error on held-out phantoms; larger on patients"
    for name, volume in found.volumes_ml.items():
        error = errors.get(name)
        said = "not measured"
        if error:
            said = f"half within {error['median_percent']:.0f} %, 9 of 10 within {error['p90_percent']:.0f} %"
        yield f"  {name:4} {MEANINGS[name]:24} {volume:8.1f}   {said}"


def _report(found: "Segmentation", card: "Card", errors: dict) -> dict:
    """Return what `--json` writes."""
    return {
        "subject": found.subject.id,
        "files": {modality: str(found.subject.paths[modality]) for modality in found.present},
        "modalities": {"present": found.present, "missing": found.missing, "slices_lacking": found.gaps},
        "volumes_ml": {name: round(volume, 3) for name, volume in found.volumes_ml.items()},
        "volume_error": {
            "measured_on": "held-out phantoms with all four modalities; larger on patients",
            "percent": {name: errors.get(name) for name in found.volumes_ml},
        },
        "weights": {"name": card.name, "sha256": card.sha256},
        "gancourse": gancourse.__version__,
        "notice": NOTICE,
    }


def check_outputs(outputs: list[tuple[Path | None, tuple[str, ...]]], inputs: list[Path | None]) -> None:
    """Refuse outputs that cannot be written, are the subject's own files, or are named twice."""
    taken: list[Path] = []
    for path, endings in outputs:
        if path is None:
            continue
        if any(path.exists() and path.samefile(scan) for scan in inputs if scan):
            raise InputError(f"{path}: is a file of the subject; choose another name")
        if path.resolve() in taken:
            raise InputError(f"{path}: named twice; choose another name for one of the two")
        if not path.name.endswith(endings):
            raise InputError(f"{path}: expected a name that ends in {' or '.join(endings)}")
        if path.is_dir() or not path.parent.is_dir():
            raise InputError(f"{path}: expected a file in a folder that exists")
        require_writable(path, size=LARGEST_OUTPUT)
        taken.append(path.resolve())
