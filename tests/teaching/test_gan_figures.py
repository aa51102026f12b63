"""Figures of a GAN: each shows one picture with a caption, and shows what it is given."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from gancourse.teaching import figures
from gancourse.teaching.figures import canvas, gan_figures

rng = np.random.default_rng(0)
HISTORY = {key: rng.uniform(0, 1, 5) for key in ("d_loss", "g_loss", "d_accuracy_real", "d_accuracy_fake")}


@pytest.fixture
def shown(monkeypatch):
    """What was displayed: pictures and captions, in order; updates replace."""
    kept = []

    def display(what, metadata=None, raw=False, display_id=False):
        kept.append((what, metadata))
        place = len(kept) - 1

        def update(what, metadata=None, raw=False):
            kept[place] = (what, metadata)

        return SimpleNamespace(update=update)

    monkeypatch.setattr(canvas, "display", display)
    monkeypatch.setattr(gan_figures, "display", display)
    yield kept
    assert not plt.get_fignums()


def images(n, size=16):
    return rng.uniform(-1, 1, (n, size, size)).astype(np.float16)


@pytest.mark.parametrize(
    ("draw", "brains"),
    [
        (lambda: gan_figures.grids({"real": images(5), "generated": images(5)[..., None]}, "Brains."), True),
        (lambda: gan_figures.progress([(k, images(4)[..., None]) for k in range(20)], "Brains."), True),
        (lambda: gan_figures.progress([(1, images(2))], "Brains."), True),
        (
            lambda: gan_figures.neighbours(images(3), {"nearest train": (np.ones(3), images(3))}, "Brains."),
            True,
        ),
        (lambda: gan_figures.training_curves(HISTORY, "Curves.", steps=20), False),
        (
            lambda: gan_figures.lines(
                {"a": np.ones(3), "b": (np.ones(3), 2 * np.ones(3), 3 * np.ones(3))},
                np.arange(3),
                ("x", "y"),
                "Curves.",
                log=True,
            ),
            False,
        ),
    ],
)
def test_one_picture_with_its_caption(shown, draw, brains):
    draw()
    (picture, metadata), (caption, _) = shown
    assert Image.open(io.BytesIO(picture["image/png"])).width > 80
    assert metadata["image/png"]["alt"] == picture["text/plain"]
    assert picture["text/plain"] in caption.data
    assert (figures.CONVENTION in picture["text/plain"]) == brains


def test_a_grid_shows_black_white_and_the_sides():
    axes = plt.figure().subplots()
    gan_figures.draw_grid(axes, np.stack([np.full((4, 4), -1.0), np.full((4, 4), 1.0)]), 2)
    (image,) = axes.images
    assert image.get_clim() == (-1, 1)
    assert np.array_equal(np.asarray(image.get_array())[0], [-1] * 6 + [1] * 4)
    assert axes.get_ylabel() == "R" and [text.get_text() for text in axes.texts] == ["L"]
    plt.close()


def test_progress_shows_the_first_and_the_last_moment(shown, monkeypatch):
    drawn = []
    monkeypatch.setattr(gan_figures, "draw_grid", lambda axes, rows, columns: drawn.append((rows, columns)))
    kept = [(step, np.full((3, 4, 4, 1), step / 100)) for step in range(0, 100, 5)]
    gan_figures.progress(kept, "Brains.")
    ((rows, columns),) = drawn
    assert columns == 7 and rows.shape == (21, 4, 4, 1)
    assert np.allclose(rows[[0, 6, 7, 13], 0, 0, 0], [0, 0.95, 0, 0.95], atol=1e-6)  # a row a latent


def test_curves_mark_the_undecided(shown, monkeypatch):
    made = []
    monkeypatch.setattr(gan_figures, "show", lambda figure, caption: made.append(figure))
    gan_figures.training_curves(HISTORY, "Curves.", steps=20)
    left, right = made[0].axes
    assert left.lines[0].get_xdata().tolist() == [20, 40, 60, 80, 100]
    assert {round(float(line.get_ydata()[0]), 3) for line in left.lines[1::2]} == {1.386, 0.693}
    assert right.lines[0].get_ydata().max() > 1  # per cent
    plt.close(made[0])


def test_watch_keeps_images_and_replaces_its_picture(shown):
    latents = np.zeros((3, 5), np.float32)
    watch = gan_figures.Watch(latents, every_steps=2, every_seconds=0)
    optimizer = SimpleNamespace(iterations=0)
    watch.set_model(
        SimpleNamespace(g_optimizer=optimizer, sample=lambda z, batches: images(len(z))[..., None])
    )
    watch.on_train_begin()
    for step in range(1, 6):
        optimizer.iterations = step
        watch.on_train_batch_end(step, {"d_accuracy": 0.75})
    watch.on_train_end({"d_accuracy": 0.75})
    assert [step for step, _ in watch.grids] == [2, 4, 5]
    ((picture, metadata),) = shown
    assert "step 5" in picture["text/plain"] and "75 %" in picture["text/plain"]
    assert metadata["image/png"]["alt"] == picture["text/plain"]
    assert Image.open(io.BytesIO(picture["image/png"])).width > 100
