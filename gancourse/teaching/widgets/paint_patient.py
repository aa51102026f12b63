"""Paint a patient in a notebook: `gancourse.teaching.widgets.paint_patient_game` behind a brush."""

from typing import Any

import traitlets

from gancourse.teaching.widgets import paint_patient_game as game
from gancourse.teaching.widgets.live import LiveWidget, parts


class PaintPatient(LiveWidget):
    """Draw labels and watch four scans follow: `PaintPatient()` as a cell's last line.

    Args:
        start: the name of a phantom to start from, or "blank"; by default a healthy one.
        logic: another drawing, in tests.

    Raises:
        InputError: an unknown start.
    """

    logic: game.PaintPatient
    _esm, _css = parts("brush", "paint_patient")

    _frame = traitlets.Dict().tag(sync=True)  # the drawing, its scans, and what the segmenter found
    _words = traitlets.Dict().tag(sync=True)  # what does not change: palette, sizes, names
    _phantoms = traitlets.Dict().tag(sync=True)  # their labels, tissue and scans

    def __init__(self, start: str = "", *, logic: game.PaintPatient | None = None):
        logic = logic or game.PaintPatient(start)
        phantoms = logic.phantoms
        arrays = {"labels": phantoms.labels, "tissue": phantoms.tissue, "scans": phantoms.scans}
        super().__init__(
            logic, _words=facts(phantoms), _phantoms={name: array.tobytes() for name, array in arrays.items()}
        )

    def _render(self) -> dict[str, Any]:
        logic = self.logic
        return {
            "start": logic.start,
            "labels": logic.labels.tobytes(),
            "painted": game.to_uint8(logic.scans).tobytes(),
            "found": b"" if logic.found is None else logic.found.tobytes(),
            "report": logic.report(),
        }

    def _still(self) -> tuple[bytes, str]:
        return self.logic.picture(), self.logic.words()


def facts(phantoms: game.Phantoms) -> dict[str, Any]:
    """Everything that the page must know of the Python source."""
    return {
        "size": phantoms.tissue.shape[1],
        "fov_mm": game.FOV_MM,
        "pixel_cm2": game.PIXEL_CM2,
        "palette": [label._asdict() for label in game.PALETTE],
        "first": game.FIRST,
        "compared": {name: list(channels) for name, channels in game.COMPARED.items()},
        "scans": list(game.SCANS),
        "names": list(phantoms.names),
        "blank": game.BLANK,
    }
