"""Paint a patient: what is drawn, painted, found and refused, and what a notebook keeps."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from toy_paint import SIZE, toy_drawing, toy_phantoms, toy_works

from gancourse.cohort.scheme import LABELS, TISSUES
from gancourse.errors import InputError
from gancourse.images import to_uint8
from gancourse.teaching.widgets import PaintPatient
from gancourse.teaching.widgets import paint_patient_game as game
from gancourse.training.translation import label_map


@pytest.fixture
def drawing():
    return toy_drawing()


def sent(labels):
    return {"do": "paint", "value": base64.b64encode(np.asarray(labels, np.uint8).tobytes()).decode()}


def test_the_palette_is_the_painter_s_label_map():
    phantoms = game.shipped_phantoms()
    channels = label_map(phantoms.seg, phantoms.tissue).numpy()
    assert channels.shape[-1] == len(game.PALETTE)
    np.testing.assert_array_equal(phantoms.labels, channels.argmax(-1))


def test_shipped_phantoms_are_varied_and_whole():
    phantoms = game.shipped_phantoms()
    n = len(phantoms.names)
    assert len(set(phantoms.names)) == n >= 8
    assert phantoms.seg.shape == phantoms.tissue.shape == (n, game.SIZE, game.SIZE)
    assert phantoms.scans.shape == (n, 4, game.SIZE, game.SIZE) and phantoms.scans.dtype == np.uint8
    assert set(np.unique(phantoms.seg)) == {0, *LABELS} and set(np.unique(phantoms.tissue)) == {0, *TISSUES}
    with_tumour = (phantoms.seg > 0).any((1, 2))
    assert not with_tumour[0] and 2 <= (~with_tumour).sum() < n - 3
    for seg, name in zip(phantoms.seg, phantoms.names, strict=True):
        assert name.startswith("No tumour") == (not seg.any())
        assert ("Low grade" in name) <= (not (seg == 4).any())


def test_keys_of_labels_and_tools_differ():
    keys = [label.key for label in game.PALETTE] + list("befzy")
    assert len(set(keys)) == len(keys)


def test_a_drawing_is_painted_found_and_measured(drawing):
    labels = toy_phantoms().tissue[0].copy()
    labels[10:20, 10:20], labels[12:16, 12:16] = 5, 6
    drawing.apply(sent(labels))
    np.testing.assert_array_equal(drawing.labels, labels)
    assert drawing.scans.shape == (4, SIZE, SIZE) and (drawing.scans[:, labels == 0] == -1).all()
    assert drawing.report() == [] and drawing.found is None
    drawing.apply({"do": "look"})
    whole, core, rim = drawing.report()
    assert whole["drawn"] == pytest.approx(100 * game.PIXEL_CM2) and rim["drawn"] == pytest.approx(
        16 * game.PIXEL_CM2
    )
    # The toy segmenter sees half of the tumour, and calls all of it oedema.
    assert whole["found"] == pytest.approx(50 * game.PIXEL_CM2) and whole["dice"] == pytest.approx(100 / 150)
    assert core["found"] == 0 and core["dice"] == 0
    assert set(np.unique(drawing.found)) == {0, 5}
    drawing.apply(sent(toy_phantoms().tissue[0]))
    assert drawing.found is None  # it has not seen that


def test_without_any_tumour_there_is_no_dice(drawing):
    drawing.apply({"do": "look"})
    assert [row["dice"] for row in drawing.report()] == [None] * 3


def test_a_blank_page(drawing):
    drawing.apply({"do": "start", "value": game.BLANK})
    drawing.apply({"do": "look"})
    assert not drawing.labels.any() and not drawing.found.any() and (drawing.scans == -1).all()
    assert "a blank page" in drawing.words()


def test_a_phantom_with_a_tumour_begins_with_it(drawing):
    drawing.apply({"do": "start", "value": "B"})
    assert (drawing.labels >= game.FIRST).sum() == (toy_phantoms().seg[1] > 0).sum() > 0


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ({"do": "start", "value": "C"}, "expected one of A, B, blank"),
        ({"do": "start", "value": ["A"]}, "expected one of A, B, blank"),
        ({"do": "paint", "value": 7}, "no base64"),
        ({"do": "paint", "value": "é"}, "no base64"),
        ({"do": "paint", "value": ""}, "0 labels arrived, expected 32 x 32"),
        ({"do": "paint", "value": "AAAA"}, "3 labels arrived, expected 32 x 32"),
        (sent(np.full((32, 32), 7)), "label 7 is unknown, expected 0 to 6"),
        ({"do": "paint"}, "it lacks value"),
        ({"do": "erase"}, "unknown; expected one of paint, start, look"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_the_drawing_stays(drawing, command, said):
    drawing.apply(sent(np.full((32, 32), 3)))
    drawing.apply({"do": "look"})
    with pytest.raises(InputError, match=said) as caught:
        drawing.apply(command)
    assert "\n" not in str(caught.value)
    assert drawing.start == "A" and (drawing.labels == 3).all() and drawing.found is not None


def test_an_unknown_start_is_refused():
    with pytest.raises(InputError, match="start 'C'"):
        toy_drawing("C")


def test_the_segmenter_looks_at_one_millimetre():
    class Segmenter:
        def predict(self, images, brain, present):
            assert images.shape == (1, 208, 208, 4) and brain.shape == (1, 208, 208)
            assert brain.mean() == pytest.approx(0.25, abs=0.01) and present == ("t1", "t1ce", "t2", "flair")
            return np.eye(4)[np.where(images[..., 3] > 0.5, 2, 0)], None

    scans, brain = np.full((4, 128, 128), -1, np.float32), np.zeros((128, 128), bool)
    brain[32:96, 32:96] = True
    scans[3, 40:60, 50:70] = 1
    shares = game.find_tumour(Segmenter(), scans, brain)
    assert shares.shape == (128, 128, 4)
    assert shares[..., 2][45:55, 55:65].min() > 0.99 and (shares.argmax(-1) == 2).sum() == pytest.approx(
        400, abs=90
    )


def test_the_widget_and_what_stays_without_a_kernel():
    widget = PaintPatient(logic=toy_drawing())
    frame = widget._frame
    assert len(frame["labels"]) == SIZE**2 and len(frame["painted"]) == 4 * SIZE**2 and frame["found"] == b""
    assert frame["painted"] == to_uint8(widget.logic.scans).tobytes()
    widget._answer(
        None, {"view": "v", "number": 1, "commands": [{"do": "look"}, {"do": "start", "value": "C"}]}, []
    )
    assert widget._frame["answers"] == ["v", 1] and "expected one of" in widget._frame["said"]
    assert len(widget._frame["found"]) == SIZE**2 and len(widget._frame["report"]) == 3
    png, said = widget._still()
    assert Image.open(io.BytesIO(png)).size == (6 * SIZE, 4 * SIZE)
    assert "0.0 cm² of tumour" in said and "The segmenter found" in said


def test_weights_that_are_missing_are_said_and_the_drawing_stays():
    def gone(scans, brain):
        raise InputError("weights 'segmenter': unknown")

    widget = PaintPatient(logic=toy_drawing(works=toy_works()._replace(find=gone)))
    widget._answer(None, {"view": "v", "number": 1, "commands": [{"do": "look"}]}, [])
    assert widget._frame["said"] == "weights 'segmenter': unknown" and widget._frame["report"] == []
