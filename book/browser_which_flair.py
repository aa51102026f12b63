"""What the page "Which FLAIR is real?" needs of the widget of lesson 55: its page, and its phantoms' slices.

    python book/browser_which_flair.py FOLDER

FOLDER gets the widget's own `which_flair.js` and `which_flair.css`; `which_flair.bin`, as gzipped bytes the
pictures of all phantoms and then the masks of their tumours; `which_flair.json`, what they are; and one
phantom's pictures as `which_flair.png`, for where there is no JavaScript.
"""

import gzip
import json
import sys
from pathlib import Path

import numpy as np
from browser_network import write_page

from gancourse.images import to_png
from gancourse.teaching.widgets.which_flair_game import (
    LETTERS,
    METHODS,
    People,
    WhichFlair,
    shipped_people,
    strip,
)

#: Rounds of a game, the game that is pictured, and how much larger.
COUNT, SEED, SCALE = 10, 0, 3


def as_bytes(people: People) -> bytes:
    """Return all pictures, (P, 5, H, W), and after them all masks, (P, H, W), one byte for each pixel."""
    return people.pictures.tobytes() + people.tumour.astype(np.uint8).tobytes()


def describe(people: People) -> dict:
    """Return what the page is told of them beside the pictures."""
    return {
        "methods": METHODS,
        "letters": LETTERS,
        "count": COUNT,
        "shape": people.pictures.shape,
        "found": [[round(x, 3) if np.isfinite(x) else None for x in row] for row in people.found.tolist()],
        "invented": people.invented.round(2).tolist(),
    }


def pictured(people: People) -> tuple[np.ndarray, str]:
    """Return T2 and four FLAIRs (5, H, W) of a phantom with a tumour, and the letter of the real one."""
    game = WhichFlair(len(people.pictures), SEED, people=people)
    k = int(np.argmax(np.isfinite(people.found[game.chosen, 0])))
    return game.images[k], game.truth[k]


def main() -> None:
    """Write the page's files."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_page("which_flair", folder, "game")
    people = shipped_people()
    (folder / "which_flair.bin").write_bytes(gzip.compress(as_bytes(people), mtime=0))
    (folder / "which_flair.json").write_text(json.dumps(describe(people)), encoding="utf-8")
    (folder / "which_flair.png").write_bytes(to_png(strip(pictured(people)[0], SCALE)))


if __name__ == "__main__":
    main()
