"""Scans for the viewer in NumPy: a box of known numbers, no files."""

import numpy as np

from gancourse.teaching.widgets.viewer_scans import Scan, Viewer

MODALITIES = ("t1", "t1ce", "t2", "flair")


def scan(name="Toy_1", shape=(20, 24, 16), zooms=(2.0, 2.0, 3.0)) -> Scan:
    """Brightness rises to the patient's left and to the front; a tumour in the left half, high up."""
    x, y, z = np.indices(shape)
    volumes = {
        m: (5 * x + 2 * (shape[1] - y) + z + 10 * k).astype(np.uint8) for k, m in enumerate(MODALITIES)
    }
    seg = np.zeros(shape, np.uint8)
    seg[12:18, 8:16, 9:14] = 2
    seg[13:16, 9:12, 10:13] = 4
    return Scan(name, volumes, seg, zooms)


def viewer(*scans: Scan) -> Viewer:
    return Viewer(scans or [scan()])


def widget(*scans: Scan):
    from gancourse.teaching.widgets import BrainViewer

    return BrainViewer(logic=viewer(*scans))
