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

    def update(self, picture, **options):
        self.pictures.append((picture, options))


def test_one_click_one_new_brain(monkeypatch):
    shown = Shown(monkeypatch, latent_figures)
    button = latent_figures.this_brain_does_not_exist(
        lambda z, training: np.full((1, 16, 16, 1), z[0, 0] / 9), latent_dim=4
    )
    assert button.description == "Another brain"
    button.click()
    (first, about), (last, _) = shown.pictures[0], shown.pictures[-1]
    assert first["image/png"][:4] == b"\x89PNG" and first["image/png"] != last["image/png"]
    assert "number 0" in first["text/plain"] and "number 1" in last["text/plain"]
    assert "number 0" in about["metadata"]["image/png"]["alt"]


def test_figures_have_captions_with_the_convention(monkeypatch):
    shown = Shown(monkeypatch, canvas)
    images = np.random.default_rng(0).uniform(-1, 1, (3, 16, 16))
    latent_figures.rows({"one": images, "two": images}, list("abc"), "Two rows.")
    latent_figures.residuals(images, images / 2, list("abc"), "Three slices.")
    for caption in (shown.pictures[0][0]["text/plain"], shown.pictures[2][0]["text/plain"]):
        assert "Radiological convention" in caption
