"""Draw phantoms beside real patients: the same window, size, height and pixels, by modality.

    python experiments/sheet.py /tmp/sheet.png --size 128                      # BRATS 2013, all modalities
    python experiments/sheet.py /tmp/t1.png --patients ibsr --size 240
    python experiments/sheet.py /tmp/fifty.png --phantoms 50 --modality flair  # phantoms only, one slice each

Rows go in pairs: the patients above, below each of them a phantom at the same height. Real patients are in
the folder that `GANCOURSE_REAL` names; a sheet with them is never written into a repository.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from patients import SETS, Section, patients, refuse_repository, section_of
from phantom_sections import SEED, make_section, twins
from PIL import Image, ImageDraw
from rich.progress import track
from study import parser_of, start

from gancourse.cohort.scheme import MODALITIES
from gancourse.images import image_grid, to_picture

LEFT = 60  # pixels for the names of rows
HEIGHTS = (0.35, 0.8)  # of phantoms without patients beside them


def with_patients(name: str, seed: int, randomisation: str) -> list[tuple[str, list[Section]]]:
    """Return two rows: the patients of a set, and a phantom for each."""
    real = [section_of(subject) for subject in patients(name)]
    return [("real", real), ("phantom", list(twins(real, seed, randomisation)))]


def phantoms_only(number: int, seed: int, randomisation: str) -> list[Section]:
    """Return one section each of a number of phantoms, at heights that rise from the first to the last."""
    heights = np.linspace(*HEIGHTS, number)
    chosen = track([*enumerate(heights)], "making phantoms", transient=True)
    return [make_section(index, float(height), seed, randomisation) for index, height in chosen]


def draw(rows: Sequence[tuple[str, Sequence[np.ndarray]]]) -> Image.Image:
    """Draw rows of pictures (size, size) in [-1, 1], with the name of each row on its left."""
    columns = max(len(pictures) for _, pictures in rows)
    blank = np.full_like(rows[0][1][0], -1)
    filled = [picture for _, some in rows for picture in [*some, *[blank] * (columns - len(some))]]
    grid = to_picture(image_grid(np.stack(filled), columns))
    sheet = Image.new("L", (grid.width + LEFT, grid.height))
    sheet.paste(grid, (LEFT, 0))
    for number, (name, _) in enumerate(rows):
        height = len(blank) + 2
        ImageDraw.Draw(sheet).text((3, (number + 0.5) * height), name, 200, font_size=12, anchor="lm")
    return sheet


def main() -> None:
    parser = parser_of(__doc__, data=None)
    parser.add_argument("out", type=Path, help="picture, .png")
    parser.add_argument("--size", type=int, default=128, help="pixels a side: 64, 128 (default) or 240")
    parser.add_argument("--modality", nargs="+", choices=MODALITIES, help="default: all that there are")
    parser.add_argument("--patients", choices=[n for n in SETS if not SETS[n].heads], default="brats2013")
    parser.add_argument("--phantoms", type=int, help="draw this many phantoms and no patients")
    parser.add_argument("--columns", type=int, default=10, help="of a sheet of phantoms only")
    parser.add_argument("--seed", type=int, default=SEED, help="of the phantoms")
    parser.add_argument("--randomisation", default="realistic", help="realistic (default) or wide")
    options = parser.parse_args()
    if options.phantoms:
        made = phantoms_only(options.phantoms, options.seed, options.randomisation)
        lines = [made[k : k + options.columns] for k in range(0, len(made), options.columns)]
        pairs = [[("", line)] for line in lines]
    else:
        refuse_repository(options.out)
        pairs = [with_patients(options.patients, options.seed, options.randomisation)]
    known = [m for m in options.modality or MODALITIES if m in pairs[0][0][1][0].images]
    rows = [
        (f"{modality}\n{name}", [section.picture(modality, options.size) for section in sections])
        for pair in pairs
        for modality in known
        for name, sections in pair
    ]
    draw(rows).save(options.out)


if __name__ == "__main__":
    start(main)
