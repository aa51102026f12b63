"""What the page "This brain does not exist" needs: the widget's page, constants, a picture.

    python book/browser_this_brain.py FOLDER

FOLDER gets the widget's own `this_brain.js` and `this_brain.css`, what the page must know of the Python
source as `this_brain.json`, the folder `this_brain_training` as it lies in the package, and three patients as
`this_brain.png`, for where there is no JavaScript. The generator comes in the two halves that
`browser_paint_with_units.py` writes.
"""

import json
import shutil
import sys
from pathlib import Path

from browser_network import write_page

from gancourse.quiet import import_tensorflow
from gancourse.teaching.widgets import this_brain_game, training_slices

NAME = "this_brain"
#: Of the pictured patients.
SEEDS = (6, 4, 18)


def main() -> None:
    """Write the page's files."""
    import_tensorflow()
    from gancourse.teaching.widgets.this_brain import still

    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_page(NAME, folder)
    shutil.copytree(training_slices.FOLDER, folder / training_slices.FOLDER.name, dirs_exist_ok=True)
    brains = this_brain_game.ThisBrain()
    dim = brains.generator.input_shape[-1]
    facts = this_brain_game.facts() | {"latentDim": dim}
    (folder / f"{NAME}.json").write_text(json.dumps(facts), encoding="utf-8")
    (folder / f"{NAME}.png").write_bytes(still([brains.make(seed) for seed in SEEDS]))


if __name__ == "__main__":
    main()
