"""Orders in words and numbers: what is refused, and the way there and back."""

import numpy as np
import pytest

from gancourse.errors import InputError
from gancourse.gans.orders import CONDITIONS, GRADES, Order, decode, encode, mirrored


def test_an_order_becomes_the_numbers_that_it_says():
    conditions = encode([Order("LGG", 0.625, 24.0, "right", "central", 4.3), Order("healthy", 0.725)])
    assert conditions.shape == (2, CONDITIONS) and conditions.dtype == np.float32
    np.testing.assert_allclose(conditions[0], [0, 1, 0, 1, 1, -1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(
        conditions[1], [1, 0, 0, 0, 0, 0, 0, 1], atol=1e-6
    )  # nothing is said of a tumour


def test_there_and_back():
    orders = [Order(g, 0.5, 10.0, s, p) for g in GRADES for s in ("left", "both") for p in ("frontal", 0.3)]
    table = decode(encode(orders))
    for order, (_, row) in zip(orders, table.iterrows(), strict=True):
        assert row["grade"] == order.grade
        for name, value in order.row().items():
            if name != "grade":
                np.testing.assert_allclose(row[name], value, atol=1e-6)


def test_a_mirror_image_has_its_tumour_on_the_other_side():
    orders = [Order("HGG", 0.6, 10.0, "left", "frontal")]
    np.testing.assert_array_equal(
        mirrored(encode(orders)), encode([Order("HGG", 0.6, 10.0, "right", "frontal")])
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"grade": "GBM"}, "grade 'GBM': expected one of healthy, LGG, HGG"),
        ({"side": "top"}, "side 'top': expected right, left, both, or a number"),
        ({"height": 0.2}, r"height 0.2: the generator has learned 0.45 to 0.8"),
        ({"area_cm2": 80.0}, "area_cm2 80"),
        ({"place": -0.9}, "place -0.9"),
        ({"area_cm2": float("nan")}, "area_cm2 nan"),
        ({"enhancing_cm2": 12.0}, "enhancing_cm2 12: the generator has learned 0 to 10"),
        ({"area_cm2": 3.0, "enhancing_cm2": 4.0}, "4: more than the whole tumour, which has 3"),
    ],
)
def test_what_was_not_learned_is_refused_in_one_line(wrong, said):
    with pytest.raises(InputError, match=said) as caught:
        Order(**wrong)
    assert "\n" not in str(caught.value)


def test_a_healthy_order_has_no_tumour_to_refuse():
    assert np.isnan(Order("healthy", area_cm2=500.0).row()["area_cm2"])
