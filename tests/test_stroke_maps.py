"""The comparison of infarcts with patients': measures on shapes that are known."""

import numpy as np
import pandas as pd
import stroke_maps as study


def ball(centre, radius, step=1.0):
    axes = [np.arange(c - radius, c + radius + step, step) for c in centre]
    at = np.stack(np.meshgrid(*axes, indexing="ij")).reshape(3, -1)
    return at[:, ((at - np.reshape(centre, (3, 1))) ** 2).sum(0) <= radius**2]


def test_a_ball_is_described_by_its_volume_place_and_side():
    mni = ball((-30, -20, 10), 12)
    row = study.describe(mni, 0.001, np.array([mni.shape[1]]))
    assert np.isclose(row["ml"], mni.shape[1] / 1000) and 7 < row["ml"] < 7.5
    assert np.allclose([row["x"], row["y"], row["z"]], [-30, -20, 10], atol=0.01)
    assert (row["left"], row["pieces"], row["largest"]) == (1.0, 1, 1.0)


def test_cells_are_where_the_infarct_is_at_any_spacing():
    for step in (1.0, 2.0):
        cells = study.cells_of(ball((30, -20, 10), 12, step), step**3 / 1000)
        places = study.LOW_MM + study.CELL_MM * (np.argwhere(cells) + 0.5)
        assert np.allclose(places.mean(0), [30, -20, 10], atol=1.5)
        assert cells.sum() * study.CELL_MM**3 / 1000 > 6
    tiny = study.cells_of(ball((30, -20, 10), 1), 0.001)
    assert tiny.sum() == 1  # smaller than half a cell, but there


def test_pieces_that_touch_at_a_corner_are_one():
    mask = np.zeros((6, 6, 6), bool)
    mask[0, 0, 0] = mask[1, 1, 1] = mask[4:, 4:, 4:] = True
    assert sorted(study.sizes(mask)) == [2, 8]


def test_what_is_alike_lies_within_and_what_is_not_does_not():
    rng = np.random.default_rng(0)

    def table(count, median):
        return pd.DataFrame(
            dict(
                ml=median * np.exp(rng.standard_normal(count)), pieces=rng.integers(1, 4, count), largest=0.8
            )
            | dict(left=rng.integers(0, 2, count) * 1.0, x=-30.0, y=0.0, z=10.0)
        )

    real = table(80, 12.0)
    found = study.compare(real, real, draws=300).set_index("measure")
    assert (found["within"] == "yes").all()
    other = study.compare(real, table(300, 60.0), draws=300).set_index("measure")
    assert other.loc["volume, mL: median", "within"] == "NO"


def test_maps_agree_with_themselves_and_not_with_the_other_side(monkeypatch):
    rng = np.random.default_rng(0)
    cells = np.zeros((60, *study.CELLS), bool)
    for one in cells:
        x, y, z = rng.normal([28, 26, 22], [3, 6, 6]).astype(int)
        one[x - 2 : x + 3, y - 2 : y + 3, z - 2 : z + 3] = True
    monkeypatch.setattr(study, "brain_cells", lambda: np.ones(study.CELLS, bool))
    found = study.agreement(cells, cells)
    assert found["r, all"] > 0.999 and 0.7 < found["r, 40 patients: halves"] < 1
    mirrored = study.agreement(cells, cells[:, ::-1])
    assert mirrored["r, all"] < 0.1 and mirrored["r, all, sides together"] > 0.999
