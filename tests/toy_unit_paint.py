"""A small generator with brushes of its units, to test PaintWithUnits."""

import numpy as np
from toy_units import toy_generator, toy_latents

from gancourse.metrics import dissection
from gancourse.teaching.widgets import paint_with_units_game as game

UNITS = 6


def toy_palette():
    """Every brush has all six units in its own order; drawing sets them to 3, removing to -1."""
    units = np.array([np.roll(np.arange(UNITS), k) for k in range(len(game.CONCEPTS))])
    values = np.ones(units.shape, np.float32)
    return game.Palette(units, 3 * values, -1 * values, toy_latents(1) + 1)


def toy_painter(seed=3):
    """A patient of 16 pixels, whose layer has 8."""
    halves = dissection.halves(dissection.take_apart(toy_generator()), "8b")
    return game.PaintWithUnits(seed, halves=halves, palette=toy_palette())
