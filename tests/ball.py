"""A ball with a tumour, known at every point in millimetres, on any grid; and what segments it."""

from pathlib import Path

import nibabel as nib
import numpy as np

from gancourse.pretrained import Card

#: Intensity of each tissue and tumour label.
LEVELS = {"CSF": 60, "GM": 100, "WM": 140, 2: 300, 4: 350, 1: 400}
RADII = np.array([60.0, 72.0, 50.0])
TUMOUR = np.array([22.0, -18.0, 9.0])  # right or left, front or back, top or bottom: all differ


def truth(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tumour labels and tissue labels (before the tumour) at points in RAS mm."""
    depth = np.sqrt((x / RADII[0]) ** 2 + (y / RADII[1]) ** 2 + (z / RADII[2]) ** 2)
    tissue = np.select([depth < 0.75, depth < 0.9, depth < 1], [3, 2, 1], 0).astype(np.uint8)
    far = np.sqrt((x - TUMOUR[0]) ** 2 + (y - TUMOUR[1]) ** 2 + (z - TUMOUR[2]) ** 2)
    return np.select([far < 8, far < 14, far < 20], [1, 4, 2], 0).astype(np.uint8), tissue


def truth_on(shape: tuple[int, ...], affine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`truth` at every voxel of a grid; nothing but the affine is used."""
    index = np.indices(shape[:3]).reshape(3, -1)
    return tuple(a.reshape(shape[:3]) for a in truth(*(affine[:3, :3] @ index + affine[:3, 3:])))


def scan(shape: tuple[int, ...], affine: np.ndarray) -> np.ndarray:
    """The scan on a grid, float32, with a faint texture, as no two voxels of a scan are alike."""
    seg, tissue = truth_on(shape, affine)
    levels = np.array([0, LEVELS["CSF"], LEVELS["GM"], LEVELS["WM"]], np.float32)[tissue]
    for label in (1, 2, 4):
        levels[seg == label] = LEVELS[label]
    texture = 3 * np.sin(np.arange(levels.size, dtype=np.float32)).reshape(levels.shape)
    return np.where(levels > 0, levels + texture, 0).astype(np.float32)


def centred(shape: tuple[int, ...], matrix: np.ndarray) -> np.ndarray:
    """The affine with that linear part whose middle voxel lies in the middle of the ball."""
    affine = np.eye(4)
    affine[:3, :3] = matrix
    affine[:3, 3] = -matrix @ ((np.array(shape[:3]) - 1) / 2)
    return affine


def write(path: Path, array: np.ndarray, affine: np.ndarray) -> Path:
    nib.save(nib.Nifti1Image(array, affine), path)
    return path


class Thresholds:
    """A segmenter that goes by intensity in the first modality that is there; it notes what it was given."""

    def __init__(self):
        self.card = Card("thresholds", "segmenter", {}, "0" * 64, scores={"volume_error": {}})
        self.calls: list[tuple[tuple[int, ...], tuple[str, ...]]] = []

    def predict(self, images, brain, present=("t1", "t1ce", "t2", "flair")):
        assert images.dtype == np.float32 and images.shape == (*brain.shape, 4) and brain.dtype == bool
        assert np.isfinite(images).all()
        self.calls.append((images.shape, present))
        image = images[..., ("t1", "t1ce", "t2", "flair").index(present[0])]

        def soft(levels):  # 1 at a level, falling to 0 far from it
            share = np.exp(-(((image[..., None] - np.array(levels)) / 25) ** 2)) + 1e-6
            return (share / share.sum(-1, keepdims=True)).astype(np.float32)

        below = [0, LEVELS["CSF"], LEVELS["GM"], LEVELS["WM"]]
        every = soft([*below, LEVELS[1], LEVELS[2], LEVELS[4]])
        tumour = np.concatenate([every[..., :4].sum(-1, keepdims=True), every[..., 4:]], -1)
        return tumour, soft(below)
