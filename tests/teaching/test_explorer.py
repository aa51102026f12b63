"""The explorer's logic, without a notebook or a browser; and its widget, without a page."""

import dataclasses
import io

import numpy as np
import pytest
import toy_explorer as toy
from PIL import Image

from gancourse import pretrained
from gancourse.errors import InputError
from gancourse.gans.latent import Attribute, draw_latents, slerp
from gancourse.gans.latent_gradient import LatentGradientAscent
from gancourse.teaching.widgets import LatentExplorer
from gancourse.teaching.widgets import explorer as logic


@pytest.fixture
def explorer():
    return toy.explorer()


def values(explorer):
    return {a["name"]: a["value"] for a in explorer.attributes()}


def test_a_seed_is_a_brain(explorer):
    explorer.set_seed(7)
    np.testing.assert_array_equal(explorer.latent, draw_latents(1, toy.DIM, 7)[0])
    assert explorer.image().shape == (64, 64) and explorer.image().dtype == np.uint8
    explorer.new_brain()
    assert explorer.seed == 8
    np.testing.assert_array_equal(explorer.latent, draw_latents(1, toy.DIM, 8)[0])


def test_an_attribute_moves_alone_and_back(explorer):
    before, start = values(explorer), explorer.latent
    for width in (90, 150, 101.5):
        explorer.set_attribute("width", width)
    assert values(explorer) == pytest.approx({**before, "width": 101.5}, abs=0.02)
    explorer.set_attribute("width", before["width"])  # the way does not matter
    np.testing.assert_allclose(explorer.latent, start, atol=1e-5)


def test_attributes_hold_each_other(explorer):
    explorer.set_attribute("width", 90)
    explorer.set_attribute("ventricles", 2000)
    assert values(explorer) == {"width": 90, "ventricles": 2000}
    np.testing.assert_allclose(toy.DIRECTIONS.predict(explorer.latent), [90, 2000], atol=0.02)


def test_what_has_a_slope_follows_it():
    def read(z):
        return 400 * z[:, 4] * z[:, 5], 400 * np.stack(
            [z[:, 9 - k] if k in (4, 5) else 0 * z[:, 0] for k in range(toy.DIM)], 1
        )

    size = Attribute("size", "size", "mm2", 0.0, 4000.0)
    ascent = LatentGradientAscent(size, read, toy.DIRECTIONS)
    source = dataclasses.replace(toy.load("dcgan-flair"), ascent=ascent)
    explorer = logic.Explorer("dcgan-flair", load=lambda name: source)
    before = values(explorer)
    explorer.set_attribute("size", before["size"] + 300)
    after = values(explorer)
    assert after.pop("size") == pytest.approx(before.pop("size") + 300, abs=10)
    assert after == pytest.approx(before, rel=0.02)
    explorer.set_attribute("width", 100)
    assert values(explorer)["width"] == 100
    with pytest.raises(InputError, match="width, ventricles, size"):
        explorer.set_attribute("wit", 1)


def test_dimensions_start_from_what_is_shown(explorer):
    explorer.set_attribute("width", 90)
    shown = explorer.latent.copy()
    explorer.set_dimension(5, 3.5)
    explorer.set_dimension(6, -1)
    expected = shown.copy()
    expected[[5, 6]] = 3.5, -1
    np.testing.assert_array_equal(explorer.latent, expected)
    explorer.set_attribute("ventricles", 500)  # and attributes from there
    assert values(explorer) == pytest.approx({"width": 90, "ventricles": 500}, abs=0.05)


def test_truncation_is_of_this_seed_and_those_to_come(explorer):
    explorer.set_attribute("width", 90)
    explorer.truncate(0.5)
    np.testing.assert_allclose(explorer.latent, 0.5 * draw_latents(1, toy.DIM, 0)[0], atol=1e-6)
    explorer.new_brain()
    np.testing.assert_allclose(explorer.latent, 0.5 * draw_latents(1, toy.DIM, 1)[0], atol=1e-6)


def test_the_path_runs_from_a_to_b(explorer):
    explorer.set_dimension(2, 3)
    a = explorer.latent.copy()
    explorer.keep("A")
    with pytest.raises(InputError, match="B first"):
        explorer.go(0.5)
    explorer.new_brain()
    explorer.keep("B")
    b = explorer.latent.copy()
    for t in (0, 0.3, 1):
        explorer.go(t)
        np.testing.assert_allclose(explorer.latent, slerp(a, b, t), atol=1e-5)
        assert explorer.position == t
    explorer.go(0)
    explorer.set_attribute("width", 90)  # a step aside does not move the anchors
    explorer.go(0)
    np.testing.assert_allclose(explorer.latent, a, atol=1e-5)
    explorer.new_brain()
    assert explorer.position is None


def test_it_can_begin_with_a_path():
    a, b = draw_latents(2, toy.DIM, seed=5)
    explorer = toy.explorer(anchors=(a, b))
    assert explorer.position == 0
    np.testing.assert_allclose(explorer.latent, a, atol=1e-5)
    explorer.go(1)
    np.testing.assert_allclose(explorer.latent, b, atol=1e-5)
    for anchors in ((a,), (a, b[:3])):
        with pytest.raises(InputError, match="expected two latents"):
            toy.explorer(anchors=anchors)


def test_another_generator(explorer):
    explorer.set_seed(3)
    explorer.keep("A")
    explorer.set_weights("dcgan-t1-deck")
    assert (explorer.seed, explorer.anchors, explorer.attributes()) == (3, {}, [])
    with pytest.raises(InputError, match="no directions"):
        explorer.set_attribute("width", 90)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ({"do": "seed", "value": -1}, "seed=-1"),
        ({"do": "seed", "value": 1.5}, "whole number"),
        ({"do": "truncation", "value": 1.1}, "from 0 to 1"),
        ({"do": "attribute", "name": "wit", "value": 1}, "wit.*width"),
        ({"do": "attribute", "name": "width", "value": float("nan")}, "a number"),
        ({"do": "attribute", "name": "width", "value": None}, "a number"),
        ({"do": "dimension", "name": toy.DIM, "value": 0}, "0 to 15"),
        ({"do": "dimension", "name": 0, "value": 9}, "-3.5 to 3.5"),
        ({"do": "keep", "value": "C"}, "A, B"),
        ({"do": "path", "value": 0.5}, "as A and one as B"),
        ({"do": "dance"}, "dance"),
        ({"do": "seed"}, "lacks value"),
        ({"do": "attribute", "value": 3}, "lacks name"),
        ({"do": ["seed"]}, "unknown"),
        (["seed"], "unknown"),
        ({"do": "weights", "value": ["dcgan-t1"]}, "dcgan-flair"),
        ({"do": "seed", "value": 10**400}, "whole number"),
        ({"do": "attribute", "name": "width", "value": 10**400}, "a number"),
        ({"do": "keep", "value": "AB"}, "A, B"),
    ],
)
def test_what_cannot_be_changes_nothing(explorer, command, said):
    explorer.set_attribute("width", 90)
    before = explorer.latent.copy(), explorer.seed, explorer.psi, explorer.position
    with pytest.raises(InputError, match=said):
        explorer.apply(command)
    np.testing.assert_array_equal(explorer.latent, before[0])
    assert (explorer.seed, explorer.psi, explorer.position) == before[1:]


def test_commands_reach_their_controls(explorer):
    for command in (
        {"do": "weights", "value": "dcgan-flair"},
        {"do": "seed", "value": 4},
        {"do": "keep", "value": "A"},
        {"do": "new"},
        {"do": "truncation", "value": 0.9},
        {"do": "keep", "value": "B"},
        {"do": "path", "value": 0.5},
        {"do": "dimension", "name": 9, "value": 1},
        {"do": "attribute", "name": "width", "value": 100},
    ):
        explorer.apply(command)
    assert (explorer.source.modality, explorer.seed, explorer.psi) == ("FLAIR", 5, 0.9)
    assert values(explorer)["width"] == 100 and set(explorer.anchors) == {"A", "B"}


def test_png_shows_the_image(explorer):
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(explorer.png(1)))), explorer.image())
    large = np.asarray(Image.open(io.BytesIO(explorer.png(8))), int)
    assert large.shape == (512, 512)
    assert np.abs(large[4::8, 4::8] - explorer.image().astype(int))[:, 8:-8].mean() < 5
    assert large[220:290, :50].max() > 200 and large[220:290, -50:].max() > 200  # R and L


def test_code_paints_this_very_image():
    explorer = logic.Explorer("dcgan-t1", seed=5)
    explorer.set_dimension(3, 2.25)
    found = {}
    exec(explorer.code(), found)
    assert np.array_equal(found["latent"], explorer.latent) and found["latent"].dtype == np.float32
    np.testing.assert_array_equal(found["image"], explorer.image())


def test_the_painter_is_the_generator():
    latents = draw_latents(3, 100, seed=1)
    images = pretrained.load("dcgan-t1")(latents, training=False).numpy()[..., 0]
    paint = logic.load_source("dcgan-t1").paint
    painted = np.stack([paint(z) for z in latents]).astype(float)
    assert np.abs(painted - (images * 127.5 + 127.5)).max() < 0.51


def test_a_generator_is_loaded_once(monkeypatch):
    loaded, load = [], pretrained.load
    monkeypatch.setattr(pretrained, "load", lambda name, *rest: loaded.append(name) or load(name, *rest))
    source = logic.load_source.__wrapped__("dcgan-flair")
    assert loaded.count("dcgan-flair") == 1 and source.ascent is not None


def test_weights_that_are_no_dcgan():
    with pytest.raises(InputError, match="pix2pix-flair.*dcgan-t1"):
        logic.Explorer("pix2pix-flair")
    with pytest.raises(InputError, match="unknown"):
        logic.Explorer("dcgan-t9")


class TestWidget:
    @pytest.fixture
    def widget(self):
        widget = toy.widget()
        widget.sent = []
        widget.send = lambda content, buffers=None: widget.sent.append((content, buffers))
        return widget

    def ask(self, widget, *commands, number=1):
        widget._handle_custom_msg({"view": "v", "number": number, "commands": list(commands)}, [])
        return widget._frame

    def test_one_frame_for_all_that_was_asked(self, widget):
        frames = []
        widget.observe(frames.append, "_frame")
        frame = self.ask(
            widget,
            {"do": "seed", "value": 2},
            {"do": "attribute", "name": "width", "value": 100},
            number=9,
        )
        assert len(frames) == 1 and frame["answers"] == ["v", 9] and frame["said"] == ""
        assert frame["pixels"] == widget.logic.image().tobytes() and frame["shape"] == (64, 64)
        assert frame["attributes"][0]["value"] == 100
        np.testing.assert_array_equal(np.frombuffer(frame["latent"], "<f4"), widget.latent)

    def test_a_mistake_is_answered_too(self, widget):
        frame = self.ask(widget, {"do": "path", "value": 0.5}, {"do": "new"}, number=3)
        assert frame["answers"] == ["v", 3] and "keep a brain as A" in frame["said"]
        assert frame["seed"] == 1

    def test_anchors_have_pictures(self, widget):
        self.ask(widget, {"do": "keep", "value": "A"})
        assert widget._anchors == {"A": widget.logic.image().tobytes()}

    def test_anchors_that_it_begins_with_have_pictures_too(self):
        logic = toy.explorer(anchors=draw_latents(2, toy.DIM, seed=5))
        widget = LatentExplorer(logic=logic)
        assert widget._anchors == {name: logic.source.paint(z).tobytes() for name, z in logic.anchors.items()}
        assert widget._frame["position"] == 0

    def test_save_and_copy(self, widget):
        self.ask(widget, {"do": "png"}, {"do": "code"})
        (png, (data,)), (code, _) = widget.sent
        assert png == {"png": "dcgan-t1-seed0.png", "view": "v"} and data == widget.logic.png()
        assert code == {"code": widget.logic.code(), "view": "v"}

    def test_latent_is_a_copy(self, widget):
        widget.latent[:] = 0
        assert widget.latent.any()

    def test_shows_a_view_and_then_a_picture(self, widget, monkeypatch):
        shown = []
        module = "gancourse.teaching.widgets.live"
        for name in ("display", "update_display"):
            monkeypatch.setattr(f"{module}.{name}", lambda data, name=name, **_: shown.append((name, data)))
        widget._ipython_display_()
        self.ask(widget, {"do": "new"})
        widget._handle_custom_msg({"rests": True}, [])
        (_, view), (_, picture), (how, later) = shown
        assert "application/vnd.jupyter.widget-view+json" in view and "image/png" not in view
        assert picture["image/png"].startswith(b"\x89PNG") and "seed 0" in picture["text/plain"]
        assert how == "update_display" and later["image/png"] == widget.logic.png(6) != picture["image/png"]

    def test_its_page_is_in_the_package(self, widget):
        assert "export default" in widget._esm and ".latent-explorer" in widget._css
        assert [name for name, _ in widget._choices] == pretrained.names("dcgan")
