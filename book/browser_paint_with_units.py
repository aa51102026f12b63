"""What the page "Paint with units" needs: the widget's page, the generator's halves, constants, a picture.

    python book/browser_paint_with_units.py FOLDER

FOLDER gets the widget's own `paint_with_units.js` and `paint_with_units.css`, the generator up to the layer
that is painted in and from there on as `patient_front.onnx` and `patient_back.onnx`, constants with the
brushes' units as `paint_with_units.json`, and a painted patient as `paint_with_units.png`, for where there is
no JavaScript.
"""

import base64
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from browser_network import write_network, write_page

from gancourse.quiet import import_tensorflow
from gancourse.teaching.widgets import paint_with_units_game as game

NAME = "paint_with_units"
#: The patient of the picture, who has no tumour until units of a tumour's core are painted with a lent style.
PICTURED = 37
PLACE, RADIUS = (58, 46), 11  # centre (row, column), pixels


def all_facts(logic: game.PaintWithUnits) -> dict[str, Any]:
    """Everything that the page's JavaScript must know of the Python source."""
    return game.facts(logic) | game.network_facts(logic)


def write_networks(logic: game.PaintWithUnits, folder: Path) -> None:
    """Write both halves of the generator."""
    maps, style = logic.front.output_shape
    write_network(logic.front, [(1, logic.front.input_shape[-1])], folder / "patient_front.onnx")
    write_network(logic.back, [(1, *maps[1:]), (1, *style[1:])], folder / "patient_back.onnx")


def picture(logic: game.PaintWithUnits) -> bytes:
    """Paint a tumour's core into a patient without one, with a lent style."""
    logic.show_patient(PICTURED)
    logic.lend(True)
    row, column = np.mgrid[: logic.size, : logic.size]
    disc = (row - PLACE[0]) ** 2 + (column - PLACE[1]) ** 2 < RADIUS**2
    logic.paint(base64.b64encode(disc.astype(np.uint8).tobytes()))
    return logic.picture()


def main() -> None:
    """Write the page's files."""
    import_tensorflow()
    warnings.simplefilter("ignore", FutureWarning)  # Keras' own, at each export
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_page(NAME, folder, "brush")
    logic = game.PaintWithUnits()
    (folder / f"{NAME}.json").write_text(json.dumps(all_facts(logic)), encoding="utf-8")
    write_networks(logic, folder)
    (folder / f"{NAME}.png").write_bytes(picture(logic))


if __name__ == "__main__":
    main()
