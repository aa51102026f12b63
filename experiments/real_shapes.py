"""Real tumours' shapes in a real brain, scanned by the course's own scanner: what do the shapes alone cost?

    python experiments/real_shapes.py FOLDER [runs/segmenter]

Takes the labels of the Decathlon's four patients (`msd_task01/*.nii.gz`) and the tissues of the SRI24 atlas
(`sri24/tissues.nii.gz`), which the Decathlon's brains are registered to, makes sections of them, scans each
of the slices with `gancourse.segmentation.synthesis`, and prints Dice by region. Nothing is trained on them.
"""

from pathlib import Path

import numpy as np
from scipy import ndimage
from study import parser_of

from gancourse.cohort.phantom.parameters import CLASSES
from gancourse.cohort.scheme import MODALITIES, REGIONS
from gancourse.cohort.volumes import read_labels
from gancourse.metrics.intervals import bootstrap
from gancourse.metrics.overlap import dice
from gancourse.quiet import import_tensorflow

#: The Decathlon's labels: 1 oedema, 2 not enhancing, 3 enhancing.
CLASS_OF = {1: "ED", 2: "NEC", 3: "ET"}
SAME = {1: 1, 2: 2, 3: 3}
BRATS = np.array([0, 2, 1, 4], np.uint8)
BOX = np.s_[24:216, 40:200]  # 192 x 160 pixels round the brain
SLICES = 12  # of each patient


def sections(seg: np.ndarray, tissue: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Make sections (slices, 192, 160, 10) uint8 of Decathlon labels in an atlas, both (X, Y, Z) LPS."""
    shares = {name: np.zeros(seg.shape, np.float32) for name in CLASSES}
    for value, name in enumerate(("CSF", "GM", "WM"), 1):
        shares[name] = ((tissue == value) & (seg == 0)).astype(np.float32)
    for value, name in CLASS_OF.items():
        shares[name] = (seg == value).astype(np.float32)
    brain = (tissue > 0) | (seg > 0)
    stack = np.stack([ndimage.gaussian_filter(share, 0.5) for share in shares.values()]) * brain
    stack = 255 * stack / np.maximum(stack.sum(0), 1e-6)
    labels = [np.zeros(seg.shape), BRATS[seg], np.where(brain & (tissue == 0), 2, tissue)]
    channels = np.concatenate([stack, np.stack(labels)])[..., heights]
    return np.rint(channels.transpose(3, 2, 1, 0)[:, *BOX]).astype(np.uint8)


def main(folder: Path, run: Path | None) -> None:
    import_tensorflow()
    from gancourse import export
    from gancourse.segmentation import segmenter, synthesis

    network = export.load_run(run, "segmenter")[0] if run else segmenter.load().network
    tissue = read_labels(folder / "sri24" / "tissues.nii.gz", SAME)[0]
    scores: dict = {}
    for number, file in enumerate(sorted((folder / "msd_task01").glob("*.nii.gz"))):
        seg = read_labels(file, SAME)[0]
        tall = np.flatnonzero((seg > 0).sum((0, 1)) > 100)
        made = sections(seg, tissue, tall[np.linspace(0, len(tall) - 1, SLICES).astype(int)])
        for name, kept in (("all", MODALITIES), ("t1ce+flair", ("t1ce", "flair"))):
            images, labels = synthesis.synthesise(made, [5, number], drop=0.0)
            images *= np.array([m in kept for m in MODALITIES], np.float32)
            found = np.asarray(network(images, training=False)["tumour"]).argmax(-1)
            codes = np.array([0, 1, 2, 4])
            for region, values in REGIONS.items():
                masks = [np.isin(codes[np.asarray(x)], values) for x in (labels["tumour"], found)]
                scores.setdefault((name, region), []).append(dice(*masks))
    for key, values in scores.items():
        print(*key, np.round(values, 3), bootstrap(np.array(values), 0))


if __name__ == "__main__":
    parser = parser_of(__doc__, data=None)
    parser.add_argument("folder", type=Path, help="with msd_task01 and sri24")
    parser.add_argument(
        "run", type=Path, nargs="?", help="a training of the segmenter; default: the course's"
    )
    arguments = parser.parse_args()
    main(arguments.folder, arguments.run)
