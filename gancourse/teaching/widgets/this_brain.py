"""Show patients that do not exist (`this_brain_game`) in a notebook."""

from typing import Any

import numpy as np
import traitlets
from PIL import Image

from gancourse.images import patient_sheet, to_png
from gancourse.teaching.widgets import this_brain_game
from gancourse.teaching.widgets.live import LiveWidget, parts

ENLARGED = 1.5  # the picture for where there is no kernel
COLOURS = 128  # of it


class ThisBrain(LiveWidget):
    """Make patients that do not exist, one by one or a wall of them: `ThisBrain()` as a cell's last line.

    Args:
        logic: another one, in tests.
        options: of `this_brain_game.ThisBrain`: seed, and generator, to put in one of your own.

    Raises:
        InputError: an impossible seed.
    """

    logic: this_brain_game.ThisBrain
    _esm, _css = parts("this_brain")

    _frame = traitlets.Dict().tag(sync=True)
    _facts = traitlets.Dict().tag(sync=True)  # what does not change; see `this_brain_game.facts`

    def __init__(self, *, logic: this_brain_game.ThisBrain | None = None, **options: Any):
        waiting = "Waiting for Python. If this stays, run the cell again."
        facts = this_brain_game.facts() | {"address": False, "waiting": waiting}
        super().__init__(logic or this_brain_game.ThisBrain(**options), _facts=facts)

    def _render(self) -> dict[str, Any]:
        logic, nearest = self.logic, None
        if logic.nearest:
            about = logic.training.about
            nearest = logic.nearest._asdict() | {
                "sheet": logic.training.sheet(logic.nearest.row),
                "place": logic.nearest.row % about["sheet"],
                "columns": about["columns"],
                "side": about["side"],
                "slices": about["slices"],
            }
        return {"shown": as_bytes(logic.shown), "newest": as_bytes(logic.newest), "nearest": nearest}

    def _still(self) -> tuple[bytes, str]:
        return still([self.logic.shown]), words(self.logic.shown)


def as_bytes(patient: this_brain_game.Generated | None) -> dict[str, Any] | None:
    """Return a patient as the page takes it."""
    if patient is None:
        return None
    levels, labels = patient.levels.astype("<u2").tobytes(), patient.seg.tobytes()
    return {"seed": patient.seed, "size": len(patient.seg), "levels": levels, "labels": labels}


def still(patients: list[this_brain_game.Generated]) -> bytes:
    """Draw patients as PNG, a row for each."""
    images, seg = (np.stack([getattr(patient, what) for patient in patients]) for what in ("images", "seg"))
    sheet = patient_sheet(images, seg)
    size = (round(ENLARGED * sheet.width), round(ENLARGED * sheet.height))
    return to_png(sheet.resize(size, Image.Resampling.BICUBIC).quantize(COLOURS))


def words(patient: this_brain_game.Generated) -> str:
    """Say what the picture shows."""
    names = list(this_brain_game.MODALITY_NAMES.values())
    return (
        f"A generated patient, who does not exist, seed {patient.seed}: {', '.join(names)}, and {names[-1]} "
        "with the tumour's labels in colour. The patient's right is on the left."
    )
