"""What the page "Real or generated?" needs of the widget of lesson 44: its page, slices of both kinds.

    python book/browser_real_or_fake.py FOLDER

FOLDER gets the widget's own `real_or_fake.js` and `real_or_fake.css`; `real_or_fake.bin`, slices of 128
pixels as gzipped bytes (60 phantoms, then 60 that the patient generator paints from the seeds 0 to 59, both
as `judging.to_bytes` shows them); `real_or_fake.json`, what they are; and some of them as `real_or_fake.png`,
for where there is no JavaScript.
"""

import gzip
import json
import sys
from pathlib import Path

import numpy as np
from browser_network import write_page
from PIL import Image, ImageDraw
from scipy import stats

from gancourse import pretrained
from gancourse.cohort.scheme import MODALITIES
from gancourse.gans.latent import draw_latents
from gancourse.project import project_root
from gancourse.quiet import import_tensorflow
from gancourse.teaching.widgets import judging
from gancourse.teaching.widgets.real_or_fake_game import GENERATED, PHANTOM

#: Slices in a test, and persons less one for whom Student's t is told.
COUNT, PERSONS = 20, 200
#: Slices in the picture, across and down, and their pixels.
PICTURED, SHOWN = (5, 2), 192


def held_out() -> np.ndarray:
    """Return the phantoms' slices as they are shown, (N, 128, 128) uint8: experiments/real_or_fake_set.py."""
    with np.load(project_root() / "data" / "results" / "real_or_fake.npz") as table:
        return table["slices"]


def generated(count: int) -> np.ndarray:
    """Return T1 of the patient generator as it is shown, (count, 128, 128) uint8, from the first seeds."""
    from gancourse.gans.patient_maps import decode

    generator = pretrained.load("patient")
    latents = np.concatenate([draw_latents(1, generator.input_shape[-1], seed) for seed in range(count)])
    maps = [np.asarray(generator(some, training=False)) for some in np.array_split(latents, 6)]
    return judging.to_bytes(decode(np.concatenate(maps)).images[..., MODALITIES.index("t1")])


def picture(slices: np.ndarray) -> Image.Image:
    """Lay slices (2, N, H, W) side by side, one of each kind in turn, with an R at each patient's right."""
    columns, rows = PICTURED
    sheet = Image.new("L", (columns * SHOWN, rows * SHOWN))
    for k in range(columns * rows):
        shown = Image.fromarray(slices[k % 2, k // 2])
        x, y = k % columns * SHOWN, k // columns * SHOWN
        sheet.paste(shown.resize((SHOWN, SHOWN), Image.Resampling.BICUBIC), (x, y))
        ImageDraw.Draw(sheet).text((x + 8, y + SHOWN // 2), "R", 255, font_size=14, anchor="lm")
    return sheet


def main() -> None:
    """Write the page's files."""
    import_tensorflow()
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_page("real_or_fake", folder, "game")
    phantoms = held_out()
    slices = np.stack([phantoms, generated(len(phantoms))])
    (folder / "real_or_fake.bin").write_bytes(gzip.compress(slices.tobytes(), mtime=0))
    facts = {
        "kinds": [PHANTOM, GENERATED],
        "count": COUNT,
        "shape": slices.shape,
        "student": stats.t.ppf(0.975, np.arange(1, PERSONS)).round(6).tolist(),
    }
    (folder / "real_or_fake.json").write_text(json.dumps(facts), encoding="utf-8")
    picture(slices).save(folder / "real_or_fake.png")


if __name__ == "__main__":
    main()
