import numpy as np
from matplotlib import pyplot as plt

from gancourse.teaching.figures import segmentation_figures


def test_sizes_is_one_picture_with_its_caption(shown):
    volumes, values = np.array([1.0, 30.0, 150.0]), np.array([0.2, 0.8, 0.9])
    segmentation_figures.sizes({"a": (volumes, values), "b": (volumes, values)}, "mL", "Dice against size.")
    assert shown[0]["text/plain"] == "Dice against size." and "image/png" in shown[0]
    assert len(shown) == 2


def test_sizes_draws_every_patient_on_a_logarithmic_axis(monkeypatch):
    kept = []
    monkeypatch.setattr(segmentation_figures, "show", lambda figure, caption: kept.append(figure))
    segmentation_figures.sizes({"a": (np.array([1.0, 0.0, 100.0]), np.array([0.5, np.nan, 1.0]))}, "mL", "")
    (axes,) = kept[0].axes
    assert axes.get_xscale() == "log" and axes.get_title() == "a"
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), [[1, 0.5], [100, 1]])
    plt.close(kept[0])
