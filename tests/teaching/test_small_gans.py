"""What the tour asks, gives and measures."""

import numpy as np
import pytest

from gancourse import pretrained
from gancourse.errors import InputError
from gancourse.teaching.material import small_gans


def test_requests_come_back_as_they_were():
    grades, heights = small_gans.read_request(small_gans.request(["HGG", "healthy"], [0.5, 0.8]))
    assert list(grades) == ["HGG", "healthy"]
    np.testing.assert_allclose(heights, [0.5, 0.8], atol=1e-6)


def test_impossible_requests():
    with pytest.raises(InputError, match="grade 'GBM': expected one of healthy, LGG, HGG"):
        small_gans.request(["GBM"], [0.5])
    with pytest.raises(InputError, match="height 0.2"):
        small_gans.request(["LGG"], [0.2])


def test_shrinking_takes_means_of_sixteen():
    image = np.arange(64.0).reshape(1, 8, 8)
    assert small_gans.shrink(image)[0, 1, 0] == pytest.approx(image[0, 4:, :4].mean())


def test_uptake_is_where_the_tumour_enhances_and_nowhere_else():
    t1ce = np.full((1, 8, 8), -0.2, np.float32)
    tissue, seg = np.full((1, 8, 8), 3, np.uint8), np.zeros((1, 8, 8), np.uint8)
    seg[0, 2:4, 2:4], seg[0, 4:6, 2:4] = 4, 2
    t1ce[0, 2:6, 2:4] = 0.6
    maps = small_gans.uptake_maps(t1ce, tissue, seg)
    assert maps.shape == (1, 4, 4) and (maps > 0).sum() == 1
    assert maps[0, 1, 1] == pytest.approx(0.8, abs=1e-6)


def test_observables_of_a_known_map():
    maps = np.zeros((1, 32, 32))
    maps[0, 10, 12], maps[0, 10, 16] = 0.5, 0.5
    maps[0, 0, 0] = -1.0  # tanh may go below 0: no uptake
    row = small_gans.observables(maps).iloc[0]
    assert row["active"] == 2 and row["peak"] == 0.5
    assert row["total"] == pytest.approx(small_gans.PIXEL_MM**2)
    assert row["across"] == pytest.approx((14 - 15.5) * 6.5) and row["along"] == pytest.approx(-5.5 * 6.5)
    assert row["spread"] == pytest.approx(2 * 6.5)


@pytest.mark.parametrize("name", ["cgan", "stackgan", "srgan", "lagan"])
def test_the_card_claims_more_than_its_baseline(name):
    scores = pretrained.card(f"tour/{name}").scores
    if name == "cgan":
        assert scores["grade"] > 0.7 and scores["height_error"] < 0.5 * scores["blind_height_error"]
    elif name == "stackgan":
        sketch = pretrained.card("tour/stack-one").scores
        for question in ("size", "uptake", "side", "place", "centre"):
            assert scores[question] > scores[f"shuffled_{question}"] + 0.15, question
        assert scores["kid_flair"] < sketch["kid_flair"]
    elif name == "srgan":
        smooth = pretrained.card("tour/srresnet").scores
        assert smooth["psnr"] > scores["psnr"] > scores["bicubic_psnr"]
        assert scores["spectrum"] < smooth["spectrum"]
    else:
        plain = pretrained.card("tour/lagan-plain").scores
        assert scores["zero"] > 0.5 > plain["zero"]


@pytest.mark.parametrize("name", [name for name in pretrained.names() if name.startswith("tour/")])
def test_every_network_of_the_tour_loads(name):
    network = pretrained.load(name)
    if pretrained.card(name).kind == "attribute regressor":
        assert network.measure(np.full((2, 64, 64, 2), -1.0)).shape == (2, len(network.names))
        network = network.network
    assert network.count_params() > 1000
    assert (pretrained.WEIGHTS / f"{name}.npz").stat().st_size < 4e6
