"""Paint with units: what a stroke reaches, what a lent style does, and commands that are refused."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from toy_unit_paint import UNITS, toy_painter

from gancourse.errors import InputError
from gancourse.metrics.dissection import CONCEPTS
from gancourse.teaching.widgets import paint_with_units_game as game


def sent(painting):
    return {"do": "paint", "value": base64.b64encode(np.asarray(painting, np.uint8).tobytes()).decode()}


@pytest.fixture
def painter():
    return toy_painter()


def spot(value=1):
    painting = np.zeros((16, 16), np.uint8)
    painting[4:8, 8:12] = value
    return painting


def test_nothing_painted_changes_nothing(painter):
    assert painter.after is painter.before is painter.own
    assert painter.moved() == {"elsewhere": 0, "style": 0} and painter.most_units == UNITS == painter.units


def test_strokes_reach_their_places_and_units(painter):
    painting = np.zeros((16, 16), np.uint8)
    painting[4:6, 8:10], painting[12:14, 0:1] = 1, 4  # draw a core; remove oedema in half of a block
    painter.apply({"do": "units", "value": 2})
    painter.apply(sent(painting))
    expected = painter.maps.copy()
    expected[0, 2, 4, [0, 1]] = 3
    units = painter.palette.units[1][:2]
    expected[0, 6, 0, units] = 0.5 * expected[0, 6, 0, units] - 0.5
    np.testing.assert_allclose(painter.edited(), expected, atol=1e-6)
    assert np.abs(painter.after.image - painter.before.image).max() > 1e-4


def test_a_lent_style_changes_the_patient_before_painting(painter):
    painter.apply(sent(spot()))
    own = painter.before
    painter.apply({"do": "lend", "value": True})
    assert painter.lent and np.abs(painter.before.image - own.image).max() > 1e-4
    assert painter.moved()["style"] > 0 and painter.painting.any()
    painter.apply({"do": "lend", "value": False})
    assert painter.before is own and painter.moved()["style"] == 0


def test_a_new_patient_has_no_paint_and_their_own_style(painter):
    painter.apply({"do": "units", "value": 2})
    painter.apply(sent(spot()))
    painter.apply({"do": "lend", "value": True})
    painter.apply({"do": "patient", "value": 4})
    assert not painter.painting.any() and not painter.lent and painter.units == 2
    assert painter.after is painter.own
    painter.apply({"do": "patient", "value": 3})
    np.testing.assert_array_equal(painter.own.levels, toy_painter(3).own.levels)


def test_reports_words_and_a_picture(painter):
    painter.apply(sent(spot()))
    assert [row["name"] for row in painter.report()] == ["Tumour core", "Oedema", "Ventricles"]
    assert "Areas in cm², before and after: tumour core" in painter.words()
    assert Image.open(io.BytesIO(painter.picture())).size == (96, 32)


@pytest.mark.parametrize(
    "command",
    [
        {"do": "paint", "value": "?"},
        sent(np.zeros(255)),
        sent(np.full(256, len(game.BRUSHES) + 1)),
        {"do": "paint", "value": None},
        {"do": "units", "value": 0},
        {"do": "units", "value": UNITS + 1},
        {"do": "lend", "value": 1},
        {"do": "patient", "value": -1},
        {"do": "nothing"},
    ],
)
def test_impossible_commands_change_nothing(painter, command):
    painter.apply(sent(spot()))

    def state():
        return painter.seed, painter.units, painter.lent, painter.painting.tobytes(), painter.after

    before = state()
    with pytest.raises(InputError):
        painter.apply(command)
    assert all(mine is its or mine == its for mine, its in zip(state(), before, strict=True))


def test_a_missing_palette_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(game, "__file__", str(tmp_path / "game.py"))
    game.shipped_palette.cache_clear()
    with pytest.raises(InputError, match=r"unit_brushes\.py"):
        game.shipped_palette()
    game.shipped_palette.cache_clear()


def test_shipped_brushes_do_what_they_say():
    """On the first patient, who has a tumour: remove its core, and draw ventricle in healthy brain."""
    painter = game.PaintWithUnits()
    assert set(game.CONCEPTS) <= set(CONCEPTS) and painter.palette.units.shape == (3, 64)
    core = np.isin(painter.before.seg, (1, 4))
    assert painter.before.areas["TC"] > 2
    painter.apply(sent(np.where(ndimage.binary_dilation(core, iterations=4), 2, 0)))
    assert painter.after.areas["TC"] < 0.2 * painter.before.areas["TC"] and painter.moved()["elsewhere"] < 2
    row, column = np.mgrid[:128, :128]
    painter.apply(sent(np.where((row - 60) ** 2 + (column - 46) ** 2 < 8**2, 5, 0)))
    assert painter.after.areas["ventricles"] - painter.before.areas["ventricles"] > 1


def test_a_tumour_grows_in_a_healthy_patient_with_a_lent_style_only():
    painter = game.PaintWithUnits(37)
    row, column = np.mgrid[:128, :128]
    painter.apply(sent((row - 58) ** 2 + (column - 46) ** 2 < 11**2))
    assert painter.after.areas["TC"] < 0.5
    painter.apply({"do": "lend", "value": True})
    assert painter.after.areas["TC"] - painter.before.areas["TC"] > 3
