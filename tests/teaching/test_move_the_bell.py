import numpy as np
import pytest

from gancourse.teaching.material import gaussian_rules
from gancourse.teaching.widgets import move_the_bell as widget
from gancourse.teaching.widgets.move_the_bell import Bells

BELLS = Bells((0.3, 0.7), (0.1, 0.2), 0.6)


def test_posterior_is_bayes_rule():
    x = np.linspace(0, 1.2, 13)
    joint = BELLS.joint(x)
    np.testing.assert_allclose(BELLS.posterior(x), joint[1] / joint.sum(0), atol=1e-12)
    prior, mean, cov = np.array([0.4, 0.6]), np.array([[0.3], [0.7]]), np.array([[[0.01]], [[0.04]]])
    by_rule = gaussian_rules.posterior(x[:, None], prior, mean, cov)
    np.testing.assert_allclose(BELLS.posterior(x), by_rule, atol=1e-12)
    assert BELLS.posterior(np.array([-1e6, 1e6])) == pytest.approx([1, 1], abs=1e-12)


@pytest.mark.parametrize(
    ("bells", "count"),
    [
        (BELLS, 2),
        (Bells((0.3, 0.7), (0.1, 0.1), 0.5), 1),  # of equal widths: halfway between the means
        (Bells((0.5, 0.5), (0.1, 0.1), 0.6), 0),  # one bell: the prior decides everywhere
        (Bells((0.5, 0.5), (0.2, 0.1), 0.1), 0),  # tumours are too rare to win anywhere
    ],
)
def test_at_a_border_both_answers_are_alike(bells, count):
    borders = bells.borders(-5, 5)
    assert len(borders) == count
    np.testing.assert_allclose(bells.posterior(borders), 0.5, atol=1e-9)


def test_fit_and_sample():
    x, y = BELLS.sample(20_000, np.random.default_rng(0))
    found = Bells.fit(x, y)
    assert found.prior == pytest.approx(0.6, abs=0.02)
    assert [*found.mean, *found.width] == pytest.approx([0.3, 0.7, 0.1, 0.2], abs=0.01)


def test_sliders_and_buttons_change_the_picture(monkeypatch):
    class Handle:
        pictures: list = []

        def update(self, picture, **options):
            self.pictures.append(picture)

    def display(picture, **options):
        Handle.pictures.append(picture)
        return Handle()

    monkeypatch.setattr(widget, "display", display)
    x, y = BELLS.sample(300, np.random.default_rng(0))
    box = widget.move_the_bell(x, y, "glow")
    (_, mean, width), (prior, draw, reset) = (row.children for row in box.children)
    prior.value = 0.05
    draw.click()
    width.value = 0.5
    reset.click()
    said = [picture["text/plain"] for picture in Handle.pictures]
    assert "p(tumour) = 0.05" in said[1] and "drawn" not in said[1]
    assert "Of 50 drawn slices" in said[2] and "drawn" not in said[3]
    assert said[-1] == said[0] and prior.value == pytest.approx(np.mean(y), abs=0.006)
    assert all(picture["image/png"][:4] == b"\x89PNG" for picture in Handle.pictures)
