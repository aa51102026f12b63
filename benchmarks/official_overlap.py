# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = ["brats-evaluation==0.0.10", "panoptica==2.1.7"]
# ///
"""What the challenge's own package says of a few small cases; printed by
`uv run benchmarks/official_overlap.py`.

`brats-evaluation` needs older pandas and NumPy than the course, so it runs in an environment of its own, and
its numbers are kept here: Dice and HD95 of each region. Today it gives NaN where neither has the region, and
infinity where one has not. Its HD95 of a whole region (`global_bin_hd95`) is in voxels whatever their size,
that of a lesion (`sq_hd95`) in mm; so that is taken where truth and prediction are one lesion each, and all
other cases have voxels of 1 mm. It is given arrays, since from files (panoptica 2.1.7) it takes the voxel
sizes in the wrong order of axes.
"""

from math import inf, nan

import numpy as np

SHAPE = (30, 34, 26)

Case = tuple[np.ndarray, np.ndarray, tuple[float, float, float]]


def blob(centre: tuple[float, ...], radii: tuple[float, ...]) -> np.ndarray:
    """An ellipsoid, in voxels."""
    place = np.moveaxis(np.indices(SHAPE), 0, -1)
    return (((place - centre) / radii) ** 2).sum(-1) <= 1


def tumour(centre: tuple[float, ...], radii: tuple[float, ...], enhancing: bool = True) -> np.ndarray:
    """Oedema, an enhancing rim if asked for, a necrotic core."""
    labels = np.zeros(SHAPE, np.uint8)
    for label, share in ((2, 1.0), (4 if enhancing else 1, 0.6), (1, 0.35)):
        labels[blob(centre, tuple(share * r for r in radii))] = label
    return labels


def cases() -> dict[str, Case]:
    """Truth, prediction (labels 0, 1, 2, 4) and voxel sizes in mm."""
    one = tumour((14, 16, 12), (10, 11, 8))
    two = np.maximum(one, tumour((24, 28, 20), (5, 4.5, 5)))
    plain = tumour((14, 16, 12), (10, 11, 8), enhancing=False)
    moved = tumour((15, 17.5, 12), (9, 10, 9.5))
    at_edge = tumour((2, 30, 13), (8, 9, 7))
    return {
        "moved": (one, moved, (1.0, 1.0, 1.0)),
        "thick slices": (one, moved, (0.9, 1.1, 4.0)),
        "satellite missed": (two, moved, (1.0, 1.0, 1.0)),
        "satellite invented": (one, two, (1.0, 1.0, 1.0)),
        "at the edge": (at_edge, np.roll(at_edge, 1, 2), (1.0, 1.2, 2.0)),
        "no rim": (plain, plain, (1.0, 1.0, 1.0)),
        "rim invented": (plain, one, (1.0, 1.0, 1.0)),
        "rim missed": (one, plain, (1.0, 1.0, 1.0)),
        "nothing found": (one, np.zeros_like(one), (1.0, 1.0, 1.0)),
    }


#: (Dice, HD95 in mm)
OFFICIAL: dict[str, dict[str, tuple[float, float]]] = {
    "moved": {
        "WT": (0.831866, 2.236068),
        "TC": (0.752040, 2.000000),
        "ET": (0.593750, 1.732051),
    },
    "thick slices": {
        "WT": (0.831866, 4.100000),
        "TC": (0.752040, 4.000000),
        "ET": (0.593750, 4.000000),
    },
    "satellite missed": {
        "WT": (0.778650, 7.681146),
        "TC": (0.708876, 10.488088),
        "ET": (0.559647, 9.924620),
    },
    "satellite invented": {
        "WT": (0.936911, 8.774964),
        "TC": (0.942365, 11.661904),
        "ET": (0.942222, 11.090537),
    },
    "at the edge": {
        "WT": (0.903171, 2.000000),
        "TC": (0.845304, 2.000000),
        "ET": (0.698182, 2.000000),
    },
    "no rim": {
        "WT": (1.000000, 0.000000),
        "TC": (1.000000, 0.000000),
        "ET": (nan, nan),
    },
    "rim invented": {
        "WT": (1.000000, 0.000000),
        "TC": (1.000000, 0.000000),
        "ET": (0.000000, inf),
    },
    "rim missed": {
        "WT": (1.000000, 0.000000),
        "TC": (1.000000, 0.000000),
        "ET": (0.000000, inf),
    },
    "nothing found": {
        "WT": (0.000000, inf),
        "TC": (0.000000, inf),
        "ET": (0.000000, inf),
    },
}


def main() -> None:
    from brats_evaluation import config_path
    from panoptica import Panoptica_Evaluator

    evaluator = Panoptica_Evaluator.load_from_config(str(config_path("gli")))
    for name, (truth, prediction, zooms) in cases().items():
        stored = (np.where(labels == 4, 3, labels) for labels in (prediction, truth))  # ET is 3 since 2023
        found = {key: r.to_dict(True) for key, r in evaluator.evaluate(*stored, voxelspacing=zooms).items()}
        print(f'    "{name}": {{')
        for region in ("wt", "tc", "et"):
            scores = found[region]
            lesions = (scores["n_ref_instances"], scores["n_pred_instances"], scores["tp"])
            far = scores["sq_hd95"] if lesions == (1, 1, 1) else scores["global_bin_hd95"]
            print(f'        "{region.upper()}": ({scores["global_bin_dsc"]:.6f}, {far:.6f}),')
        print("    },")


if __name__ == "__main__":
    main()
