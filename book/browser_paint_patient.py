"""What the page "Paint a patient" needs: the widget's page, both networks, phantoms, constants, a picture.

    python book/browser_paint_patient.py FOLDER

FOLDER gets the widget's own `paint_patient.js` and `paint_patient.css`, `paint_painter.onnx` and
`paint_segmenter.onnx`, the phantoms' labels, tissue and scans as bytes in `paint_patient.bin`, constants as
`paint_patient.json`, and a painted patient as `paint_patient.png`, for where there is no JavaScript.
"""

import json
import sys
import warnings
from pathlib import Path
from typing import Any

from browser_network import write_network, write_page

from gancourse.cohort.scheme import MODALITIES
from gancourse.quiet import import_tensorflow
from gancourse.teaching.widgets import paint_patient_game as game
from gancourse.teaching.widgets.paint_patient import facts

#: The phantom of the picture.
PICTURED = "High grade, a small ring"


def all_facts() -> dict[str, Any]:
    """Everything that the page's JavaScript must know of the Python source."""
    from gancourse.segmentation.synthesis import OUTSIDE

    segmenter = {"network": "paint_segmenter", "fov": round(game.FOV_MM), "channels": len(MODALITIES)}
    segmenter |= {"outside": OUTSIDE, "low": -4, "high": 6}  # as `synthesis.normalise` clips
    return facts(game.shipped_phantoms()) | {"segmenter": segmenter}


def write_networks(folder: Path) -> None:
    """Write the painter, and the tumour's head of the segmenter."""
    import keras

    from gancourse import pretrained

    painter, segmenter = pretrained.load(game.PAINTER), pretrained.load("segmenter")
    write_network(painter, [(1, game.SIZE, game.SIZE, len(game.PALETTE))], folder / "paint_painter.onnx")
    tumour = keras.Model(segmenter.input, segmenter.output["tumour"])
    side = -(-round(game.FOV_MM) // 32) * 32
    write_network(tumour, [(1, side, side, len(MODALITIES))], folder / "paint_segmenter.onnx")


def main() -> None:
    """Write the page's files."""
    import_tensorflow()
    warnings.simplefilter("ignore", FutureWarning)  # Keras' own, at each export
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_page("paint_patient", folder, "brush")
    (folder / "paint_patient.json").write_text(json.dumps(all_facts()), encoding="utf-8")
    phantoms = game.shipped_phantoms()
    arrays = (phantoms.labels, phantoms.tissue, phantoms.scans)
    (folder / "paint_patient.bin").write_bytes(b"".join(array.tobytes() for array in arrays))
    write_networks(folder)
    (folder / "paint_patient.png").write_bytes(game.PaintPatient(PICTURED).picture())


if __name__ == "__main__":
    main()
