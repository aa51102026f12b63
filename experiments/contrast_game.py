"""The phantoms of the game "Which FLAIR is real?": gancourse/teaching/widgets/which_flair.npz.

    gancourse cohort slice data/phantoms720 --out data/slices720      (as in `make train`)
    python experiments/contrasts.py train, export                     (likewise)
    python experiments/contrast_game.py

Nobody picked the phantoms. They are the first of the test split, by name, and each shows its slice with most
tumour, or the middle one if it is healthy. What the segmenter finds is measured before the pictures become
bytes.
"""

from pathlib import Path

import numpy as np
from scipy import ndimage
from study import parser_of, start

from gancourse import pretrained
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.sliceset import SliceSet
from gancourse.files import write_beside
from gancourse.quiet import import_tensorflow
from gancourse.segmentation import segmenter
from gancourse.segmentation.slice_reader import FOV_MM, SPECKS, segment_slices
from gancourse.teaching.figures.slice_figures import surround
from gancourse.teaching.widgets.judging import to_bytes
from gancourse.teaching.widgets.which_flair_game import METHODS

ILL, HEALTHY = 22, 8
OUT = Path("gancourse/teaching/widgets/which_flair.npz")


def choose(slices: SliceSet) -> np.ndarray:
    """Return the rows of the slices, one of each phantom."""
    table = slices.table[slices.table["split"] == "test"]
    chosen, left = [], {False: ILL, True: HEALTHY}
    for _, own in table.groupby("patient"):
        healthy = bool((own["grade"] == "healthy").all())
        if left[healthy]:
            left[healthy] -= 1
            middle = (own["position"] - own["position"].mean()).abs()
            chosen.append(middle.idxmin() if healthy else own["tumour_px"].idxmax())
    return np.array(chosen)


def translate(t2: np.ndarray) -> dict[str, np.ndarray]:
    """Make FLAIR (N, H, W) from T2, by each of the shipped translators."""
    made = {"paired": pretrained.load("contrast/t2-flair")(t2[..., None], training=False)}
    for name in METHODS[2:]:
        to_b = pretrained.load(f"contrast/{name}").get_layer("to_b")
        made[name] = to_b(t2[..., None], training=False)
    return {name: np.asarray(images)[..., 0] for name, images in made.items()}


def main() -> None:
    parser = parser_of(__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    import_tensorflow()
    slices = SliceSet.open(asked.data)
    rows = choose(slices)
    images, tumour = np.asarray(slices.images[rows], np.float32), np.asarray(slices.seg[rows]) > 0
    t2, flair = (images[..., MODALITIES.index(name)] for name in ("t2", "flair"))
    made = {"real": flair, **translate(t2)}
    shown = np.stack([to_bytes(each) for each in (t2, *(made[name] for name in METHODS))], 1)
    brain = np.stack([ndimage.binary_fill_holes(each) for each in (images > -1).any(-1)])
    reader, found, invented = segmenter.load(), [], []
    for name in METHODS:
        inside = np.where(brain, made[name], -1).astype(np.float32)
        seen = segment_slices(inside[..., None], ("flair",), reader) > 0
        seen[seen.sum((1, 2)) < SPECKS] = False
        with np.errstate(invalid="ignore"):
            found.append((seen & tumour).sum((1, 2)) / tumour.sum((1, 2)))
        invented.append((seen & ~tumour).sum((1, 2)) * (FOV_MM / seen.shape[1] / 10) ** 2)
    box = surround(brain.any(0))  # the same for all of them
    arrays = {
        "pictures": (shown * brain[:, None])[..., *box],
        "tumour": np.packbits(tumour[:, *box].reshape(len(tumour), -1), axis=-1),
        "found": np.stack(found, 1).astype(np.float32),
        "invented": np.stack(invented, 1).astype(np.float32),
    }
    write_beside(asked.out, lambda file: np.savez_compressed(file, **arrays))


if __name__ == "__main__":
    start(main)
