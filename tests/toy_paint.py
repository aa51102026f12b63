"""Small phantoms to draw on, and what paints and reads them without a network, to test PaintPatient."""

import numpy as np

from gancourse.teaching.widgets import paint_patient_game as game

SIZE = 32


def toy_phantoms():
    """Two discs of white matter in a ring of grey matter, 32 pixels wide; B has a tumour."""
    y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    far = np.hypot(x, y)
    tissue = np.where(far < 11, 3, np.where(far < 14, 2, 0)).astype(np.uint8)
    seg = np.zeros((2, SIZE, SIZE), np.uint8)
    seg[1, 12:18, 10:16] = 2
    seg[1, 14:16, 12:14] = 4
    tissue = np.stack([tissue] * 2)
    scans = np.repeat(np.where(seg > 0, 250, 40 * tissue).astype(np.uint8)[:, None], 4, 1)
    return game.Phantoms(("A", "B"), seg, tissue, scans)


def toy_works():
    """A label's number is its brightness; the segmenter takes the left half of a tumour for oedema."""

    def paint(labels):
        return np.repeat(np.where(labels > 0, labels / 3.5 - 1, -1)[None], 4, 0).astype(np.float32)

    def find(scans, brain):
        tumour = scans[0] > game.FIRST / 3.5 - 1.01
        edges = np.flatnonzero(tumour.any(0))
        half = np.zeros_like(tumour)
        if len(edges):
            half[:, edges[0] : (edges[0] + edges[-1] + 1) // 2] = True
        return np.eye(4)[np.where(tumour & half, 2, 0)]

    return game.Works(paint, find)


def toy_drawing(start="", works=None):
    """A drawing on the toy phantoms."""
    return game.PaintPatient(start, phantoms=toy_phantoms(), works=works or toy_works())
