"""Picture some phantoms with a stroke hour by hour, for the clock of lesson 53.

    python experiments/stroke_hours.py [--without-segmenter]

Each patient is the same at all hours, noise included: what changes is the state of the infarct, as
`gancourse.cohort.stroke.timeline` has it. For every hour, the whole volume is made (3.5 seconds of one core),
the shipped network looks for the infarct, and the DWI-FLAIR mismatch is read in what it found, as
`gancourse segment --pathology stroke` does. Writes
`gancourse/teaching/widgets/stroke_hours.npz`: `pictures` (patient, hour, 3, H, W) uint8 of DWI, ADC and FLAIR
in the slice with most of the infarct, 2 mm, axial, the patient's right on the left; `hours`; `ratio`
(patient, hour), FLAIR in the infarct over that of the tissue around it, NaN where the network found none of
it; `names`. With `--without-segmenter`, the true infarct is read instead.
"""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from study import parser_of, start

import gancourse
from gancourse.cohort.isles import StrokePatient, find_stroke_patients
from gancourse.cohort.stroke.stroke_files import write_images, write_labels
from gancourse.cohort.stroke.stroke_parameters import StrokeParameters, draw_stroke
from gancourse.cohort.stroke.stroke_subject import make_stroke_phantom
from gancourse.cohort.stroke.timeline import typical_course
from gancourse.files import write_beside

if TYPE_CHECKING:
    from gancourse.segmentation.stroke_segmenter import StrokeSegmenter

OUT = Path(gancourse.__file__).parent / "teaching" / "widgets" / "stroke_hours.npz"
HOURS = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0, 24.0, 48.0, 96.0)
MARGIN = 3  # pixels around the brain
WINDOWS = {"dwi": 2.6, "adc": 2.6, "flair": 1.9}  # what is white, in medians of the brain
#: Name -> index and seed of the phantom, and hours after which half of T2's rise has come.
PATIENTS = {
    "A": (88, 530, 7.0),
    "B": (2, 530, 4.2),
    "C": (44, 530, 10.0),
    "D": (11, 530, 6.0),
    "E": (248, 530, 8.0),
}


def patient(index: int, seed: int, hours: float, clock: float) -> StrokeParameters:
    """Return a phantom's parameters after some hours; at 0 hours nothing has happened yet."""
    p = draw_stroke(index, seed)
    if not hours:
        return replace(p, hours=0.0, stroke=None)
    return replace(p, hours=hours, course=typical_course(hours, clock))


def scanned(p: StrokeParameters, folder: Path) -> StrokePatient:
    """Make and write a phantom, unless that was done before, and return it as a patient."""
    if not (folder / "sub-a" / "parameters.json").exists():
        phantom = make_stroke_phantom(p)
        write_labels(phantom, folder / "derivatives" / "sub-a", "sub-a")
        write_images(phantom, folder / "sub-a", "sub-a")
    return find_stroke_patients(folder)[0]


def ratio_of(patient: StrokePatient, segmenter: "StrokeSegmenter | None") -> float:
    """Return the ratio that the mismatch goes by; NaN if no infarct is there, or none of it is found."""
    from gancourse.segmentation.mismatch import read_mismatch
    from gancourse.segmentation.stroke_segmenter import segment_stroke

    truth = patient.seg() > 0
    if not truth.any():
        return float("nan")
    if segmenter is None:
        found = read_mismatch(patient.load("flair"), truth, patient.brain()[0], patient.zooms)
    else:
        segmented = segment_stroke(patient, segmenter)
        found = segmented.mismatch if (truth & (segmented.seg > 0)).any() else None
    return found.ratio if found else float("nan")


def pictures(patients: list[StrokePatient]) -> np.ndarray:
    """Return the slice with most of the last one's infarct, (hour, 3, H, W) uint8, all in one window."""
    k = int(patients[-1].seg().sum((0, 1)).argmax())
    rows = []
    for modality, times in WINDOWS.items():
        volumes = [patient.load(modality) for patient in patients]
        white = times * float(np.median(volumes[-1][volumes[-1] > 0]))
        rows.append([np.clip(volume[:, :, k].T / white, 0, 1) for volume in volumes])
    return np.rint(255 * np.array(rows)).astype(np.uint8).swapaxes(0, 1)


def cropped(shown: np.ndarray) -> np.ndarray:
    """Cut (..., H, W) to what is not black in any of them, with a margin."""
    there = np.argwhere(shown.reshape(-1, *shown.shape[-2:]).any(0))
    low, high = np.maximum(there.min(0) - MARGIN, 0), there.max(0) + MARGIN + 1
    return shown[..., low[0] : high[0], low[1] : high[1]]


def main() -> None:
    parser = parser_of(__doc__, data=None)
    parser.add_argument("--without-segmenter", action="store_true", help="read the true infarct instead")
    parser.add_argument("--run", type=Path, default=Path("runs/stroke_hours"), help="folder of what is made")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    segmenter = None
    if not arguments.without_segmenter:
        from gancourse.segmentation import stroke_segmenter

        segmenter = stroke_segmenter.load()
    shown, ratios = [], []
    for name, (index, seed, clock) in PATIENTS.items():
        patients = [
            scanned(patient(index, seed, hours, clock), arguments.run / f"{name}-{hours:g}h")
            for hours in HOURS
        ]
        ratios.append([ratio_of(patient, segmenter) for patient in patients])
        shown.append(pictures(patients))
        told = ", ".join(f"{h:g} h {r:.2f}" for h, r in zip(HOURS, ratios[-1], strict=True))
        print(f"{name}: {told}", flush=True)
    content = dict(
        pictures=cropped(np.array(shown)),
        hours=np.array(HOURS),
        ratio=np.array(ratios, np.float32),
        names=np.array(list(PATIENTS)),
    )
    write_beside(arguments.out, lambda file: np.savez_compressed(file, **content))
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1000:.0f} kB, {content['pictures'].shape}")


if __name__ == "__main__":
    start(main)
