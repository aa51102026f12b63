"""The film of a training: one picture that is replaced, a GIF to keep, and a short film in the notebook."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from gancourse.teaching.figures import CONVENTION, film


@pytest.fixture
def shown(monkeypatch):
    """What was displayed, in order; updates replace."""
    kept = []

    def display(what, metadata=None, raw=False, display_id=False):
        kept.append((what, metadata))
        place = len(kept) - 1

        def update(what, metadata=None, raw=False):
            kept[place] = (what, metadata)

        return SimpleNamespace(update=update)

    monkeypatch.setattr(film, "display", display)
    return kept


def brains(brightness):
    return np.full((4, 32, 32, 1), brightness, np.float32)


def test_the_newest_frame_replaces_the_one_before(shown):
    running = film.Film(every_seconds=0)
    for step in range(3):
        running.add(brains(step / 2 - 1), f"step {step}")
    ((picture, metadata),) = shown
    assert picture["text/plain"] == f"step 2. {CONVENTION}" == metadata["image/png"]["alt"]
    found = np.asarray(Image.open(io.BytesIO(picture["image/png"])))
    assert found.shape[1] >= 600 and found[100, 100] == 128


def test_it_is_shown_now_and_then_only(shown):
    running = film.Film(every_seconds=1000)
    for step in range(3):
        running.add(brains(0), f"step {step}")
    assert len(running.frames) == 3 and "step 0" in shown[0][0]["text/plain"]


@pytest.mark.parametrize(("frames", "kept", "played"), [(1, 1, 1), (5, 5, 5), (100, 40, 16)])
def test_the_whole_film_is_kept_and_played(shown, tmp_path, frames, kept, played):
    running = film.Film()
    for step in range(frames):
        running.add(brains(2 * step / 100 - 1), f"step {step}")
    running.save(tmp_path / "kept" / "film.gif", "Four latents.")
    (picture, metadata), (caption, _) = shown
    assert caption.data == f"*{picture['text/plain']}*" == f"*Four latents. {CONVENTION}*"
    assert metadata["image/png"]["alt"] == picture["text/plain"]
    gif = Image.open(tmp_path / "kept" / "film.gif")
    png = Image.open(io.BytesIO(picture["image/png"]))
    assert (gif.n_frames, png.n_frames) == (kept, played)
    for moving in (gif, png):
        moving.seek(moving.n_frames - 1)
        last = np.asarray(moving.convert("L"))
        assert last[100, 100] == pytest.approx(255 * (frames - 1) / 100, abs=9)
