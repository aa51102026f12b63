"""`gancourse segment --pathology stroke`: thin; the work is in `gancourse.segmentation.stroke_segmenter`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

import gancourse
from gancourse.cli.segment import NOTICE, check_outputs
from gancourse.segmentation.input_checks import find_stroke_patient

if TYPE_CHECKING:
    from gancourse.pretrained import Card
    from gancourse.segmentation.stroke_segmenter import StrokeSegmentation

SHOWN = 5  # pieces that are named in the printed line
MEASURED_ON = "held-out phantoms; worse on patients"


def segment_stroke(
    place: Path | None,
    files: dict[str, Path | None],
    out: Path | None,
    json_file: Path | None,
    figure: Path | None,
    assume_orientation: str | None,
) -> None:
    """Find a patient's acute infarcts and write them; arguments as those of `gancourse segment`."""
    person = find_stroke_patient(place, files, assume_orientation)
    out = out or Path(f"{person.id}-infarct.nii.gz")
    outputs = [(out, (".nii.gz", ".nii")), (json_file, (".json",)), (figure, (".png",))]
    check_outputs(outputs, [*person.paths.values(), person.seg_path])

    import numpy as np

    from gancourse.files import write_beside
    from gancourse.segmentation import stroke_segmenter
    from gancourse.teaching.figures.stroke_overlay import save_stroke_overlay

    segmenter = stroke_segmenter.load()
    found = stroke_segmenter.segment_stroke(person, segmenter)
    person.save_like(found.seg, out)
    if json_file:
        text = json.dumps(report(found, segmenter.card), indent=1) + "\n"
        write_beside(json_file, lambda file: file.write(text.encode()))
    if figure:
        volumes = {modality.upper(): np.nan_to_num(person.load(modality)) for modality in found.present}
        title = f"{person.id}, infarct from {', '.join(found.present)}. {NOTICE}"
        write_beside(
            figure,
            lambda file: save_stroke_overlay(
                file, volumes, found.seg, found.brain, person.zooms.tolist(), title
            ),
        )
    typer.echo("\n".join(lines(found, segmenter.card)))
    typer.echo(f"{out}: 1 in acute infarcts")
    typer.echo(NOTICE)


def lines(found: "StrokeSegmentation", card: "Card") -> Iterator[str]:
    """Yield the printed lines: which scans were used, what was found, and how sure that is."""
    name, volume = found.patient.id, found.brain.sum() * found.patient.voxel_ml
    yield f"{name}: segmented from {', '.join(found.present)} in {found.seconds:.1f} s"
    for modality in found.present:
        if chosen := found.patient.chosen(modality):
            yield f"{modality}: volume {chosen[0] + 1} of the file, b = {chosen[1]:.0f} s/mm2"
    if found.missing:
        scores = card.scores.get("subsets", {}).get("+".join(found.present))
        worse = "expect larger errors than with all three"
        if scores:
            worse = (
                f"Dice {scores['dice']:.2f} instead of {card.scores['dice']['mean']:.2f}, on {MEASURED_ON}"
            )
        yield f"missing: {', '.join(found.missing)}; {worse}"
    if not found.stripped:
        yield f"a skull is seen; {volume:.0f} mL kept as brain: look at the --figure"
    if not found.pieces_ml:
        yield "no acute infarct found, which does not exclude one"
        return
    some = ", ".join(f"{ml:.2f}" for ml in found.pieces_ml[:SHOWN])
    more = ", ..." if len(found.pieces_ml) > SHOWN else ""
    pieces = f"{len(found.pieces_ml)} pieces" if len(found.pieces_ml) > 1 else "1 piece"
    yield f"acute infarct: {found.volume_ml:.2f} mL in {pieces} ({some}{more} mL)"
    error = card.scores.get("volume_error")
    if error and not found.missing:
        half, most = error["median_percent"], error["p90_percent"]
        yield f"error of the volume: half within {half:.0f} %, 9 of 10 within {most:.0f} %, on {MEASURED_ON}"
    if mismatch := found.mismatch:
        seen = "not visible" if mismatch.early else "visible"
        age = "probably under 4.5 hours" if mismatch.early else "probably 4.5 hours or more"
        times = f"{mismatch.ratio:.2f} times as bright as in the tissue round it"
        yield f"DWI-FLAIR mismatch: on FLAIR the infarct is {times}: {seen}, {age}"
        if clock := card.scores.get("clock"):
            yield (
                f"of infarcts under 4.5 hours {clock['sensitivity']:.0%} are called so, of older ones "
                f"{1 - clock['specificity']:.0%}, on {MEASURED_ON}"
            )


def report(found: "StrokeSegmentation", card: "Card") -> dict:
    """Return what `--json` writes."""
    mismatch = found.mismatch
    return {
        "patient": found.patient.id,
        "files": {modality: str(found.patient.paths[modality]) for modality in found.present},
        "modalities": {"present": found.present, "missing": found.missing},
        "skull_stripped": found.stripped,
        "infarct_ml": round(found.volume_ml, 3),
        "pieces_ml": [round(ml, 3) for ml in found.pieces_ml],
        "dwi_flair_mismatch": mismatch
        and {"flair_ratio": round(mismatch.ratio, 3), "under_4.5_hours": mismatch.early},
        "seconds": round(found.seconds, 2),
        "measured_on_phantoms": {name: card.scores.get(name) for name in ("volume_error", "clock")},
        "weights": {"name": card.name, "sha256": card.sha256},
        "gancourse": gancourse.__version__,
        "notice": NOTICE,
    }
