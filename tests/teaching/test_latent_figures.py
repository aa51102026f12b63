import numpy as np

from gancourse.teaching.figures import canvas, latent_figures


class Shown:
    """What was displayed, and what became of it."""

    def __init__(self, monkeypatch, module):
        self.pictures: list = []
        monkeypatch.setattr(module, "display", self.display)

    def display(self, thing, **options):
        self.pictures.append((thing, options))
        return self


def test_figures_have_captions_with_the_convention(monkeypatch):
    shown = Shown(monkeypatch, canvas)
    images = np.random.default_rng(0).uniform(-1, 1, (3, 16, 16))
    latent_figures.rows({"one": images, "two": images}, list("abc"), "Two rows.")
    latent_figures.differences(images, images / 2, ("all", "half"), list("abc"), "Three slices.")
    for caption in (shown.pictures[0][0]["text/plain"], shown.pictures[2][0]["text/plain"]):
        assert "Radiological convention" in caption
