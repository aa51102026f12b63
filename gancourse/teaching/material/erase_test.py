"""The course's version of what learners build of lesson 22 with super-resolution: an erase test, and why.

Slices are shrunk to a quarter and enlarged again. A hole that was put in before shows how much is left.
"""

from collections.abc import Callable

import numpy as np
from scipy import ndimage

from gancourse import pretrained
from gancourse.networks.superresolution import enlarge

#: Brightness of a hole filled with fluid on a T1 slice in [-1, 1].
HOLE = -0.8

#: Side of a pixel of a slice of 128 x 128, in mm.
PIXEL_MM = 208 / 128


def shrink(images: np.ndarray) -> np.ndarray:
    """Make a coarse scan: (N, H, W) -> (N, H/4, W/4), the means of blocks of 4 x 4 pixels."""
    count, height, width = images.shape
    blocks = images.reshape(count, height // 4, 4, width // 4, 4)
    return blocks.mean(axis=(2, 4))


def share_left(image: np.ndarray, hole: np.ndarray, enlarge: Callable[[np.ndarray], np.ndarray]) -> float:
    """Measure the share of a hole's contrast that is left after shrinking and enlarging.

    Args:
        image: (H, W) in [-1, 1], without the hole.
        hole: (H, W), true where it is put in.
        enlarge: coarse slices (N, H/4, W/4) -> (N, H, W).
    """
    with_hole = np.where(hole, HOLE, image)
    enlarged = enlarge(shrink(np.stack([image, with_hole])))
    put_in = (with_hole - image)[hole].mean()
    return float((enlarged[1] - enlarged[0])[hole].mean() / put_in)


def best_l1(candidates: np.ndarray, truths: np.ndarray) -> float:
    """Return the candidate with the smallest mean absolute difference to all truths."""
    return candidates[np.abs(candidates[:, None] - truths).mean(axis=1).argmin()]


def best_l2(candidates: np.ndarray, truths: np.ndarray) -> float:
    """Return the candidate with the smallest mean squared difference to all truths."""
    return candidates[((candidates[:, None] - truths) ** 2).mean(axis=1).argmin()]


def enlargers() -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    """Return three ways to enlarge coarse slices (N, H, W) -> (N, 4H, 4W): bicubic and two shipped networks.

    The second network, SRGAN's, started from the first, which had learned with L1 alone.
    """
    networks = {
        "bicubic": enlarge("bicubic"),
        "L1 network": pretrained.load("tour/srresnet"),
        "SRGAN": pretrained.load("tour/srgan"),
    }

    def apply(network):
        return lambda coarse: np.asarray(network(np.asarray(coarse, np.float32)[..., None]))[..., 0]

    return {name: apply(network) for name, network in networks.items()}


def disc(shape: tuple[int, int], centre: tuple[int, int], width: int) -> np.ndarray:
    """Draw a disc, `width` pixels across, as a mask; an even one has its centre between four pixels."""
    shift = 0.5 * (width % 2 == 0)
    rows, columns = np.indices(shape)
    return np.hypot(rows - centre[0] - shift, columns - centre[1] - shift) <= width / 2


def inside_white_matter(image: np.ndarray) -> tuple[int, int]:
    """Find the pixel of a T1 slice whose neighbours, 9 x 9, are all bright: deep inside white matter."""
    darkest = ndimage.minimum_filter(image, 9)
    row, column = np.unravel_index(darkest.argmax(), darkest.shape)
    return int(row), int(column)
