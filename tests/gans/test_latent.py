"""The latent space: exact properties of paths, moves and the way back."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gancourse.errors import InputError
from gancourse.gans.latent import Attribute, Directions, draw_latents, lerp, slerp, truncate

A, B = draw_latents(2, 100, seed=1)
NAMES = ("ventricles", "brain")
ATTRIBUTES = [Attribute(name, name, "mm2", 0, 1) for name in NAMES]


class TestPaths:
    @pytest.mark.parametrize("path", [lerp, slerp])
    def test_ends_and_shapes(self, path):
        np.testing.assert_allclose(path(A, B, 0), A, atol=1e-6)
        np.testing.assert_allclose(path(A, B, 1.0), B, atol=1e-6)
        way = path(A, B, np.linspace(0, 1, 5))
        assert way.shape == (5, 100) and way.dtype == np.float32
        np.testing.assert_allclose(way[2], path(A, B, 0.5), atol=1e-6)

    def test_lerp_is_straight(self):
        np.testing.assert_allclose(lerp(A, B, 0.25), 0.75 * A + 0.25 * B, atol=1e-6)

    def test_slerp_stays_on_the_sphere_at_constant_speed(self):
        u, v = (x / np.linalg.norm(x) * 10 for x in np.float64([A, B]))
        way = slerp(u, v, np.linspace(0, 1, 11))
        np.testing.assert_allclose(np.linalg.norm(way, axis=1), 10, atol=1e-9)
        steps = (way[1:] * way[:-1]).sum(1)
        np.testing.assert_allclose(steps, steps[0], atol=1e-8)
        assert np.linalg.norm(lerp(u, v, 0.5)) < 8  # what it is for

    def test_slerp_changes_length_evenly(self):
        lengths = np.linalg.norm(slerp(np.float64(A), 3 * np.float64(B), np.array([0, 0.5, 1])), axis=1)
        np.testing.assert_allclose(lengths[1], lengths[[0, 2]].mean(), atol=1e-8)

    def test_slerp_in_the_plane(self):
        expected = np.array([0.75**0.5, 0.5]) * 4 / 3
        np.testing.assert_allclose(slerp([1.0, 0.0], [0.0, 2.0], 1 / 3), expected, atol=1e-6)

    def test_slerp_of_the_same(self):
        np.testing.assert_array_equal(slerp(A, A, 0.3), A)
        np.testing.assert_allclose(slerp(A, 2 * A, 0.5), 1.5 * A, atol=1e-5)

    @pytest.mark.parametrize(
        ("a", "b", "t", "said"),
        [
            (A, -A, 0.5, "opposite"),
            (A, 0 * A, 0.5, "length 0"),
            (A, A[:50], 0.5, r"\(100,\) and \(50,\)"),
            (A[None], B[None], 0.5, "same size"),
            (A, B, np.zeros((2, 2)), "one number"),
        ],
    )
    def test_impossible_paths(self, a, b, t, said):
        with pytest.raises(InputError, match=said):
            slerp(a, b, t)


EXAMPLES = settings(deadline=None, derandomize=True, database=None, max_examples=200)
latents = st.integers(2, 40).flatmap(
    lambda d: st.tuples(*[arrays(np.float64, d, elements=st.floats(-5, 5, width=32))] * 2)
)


@EXAMPLES
@given(latents, st.floats(0, 1))
def test_slerp_of_any_two_latents(pair, t):
    a, b = pair
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    assume(min(lengths) > 1e-3 and np.linalg.norm(a / lengths[0] + b / lengths[1]) > 1e-3)
    found = slerp(a, b, t)
    assert np.linalg.norm(found) == pytest.approx((1 - t) * lengths[0] + t * lengths[1], abs=1e-6)
    np.testing.assert_allclose(slerp(b, a, 1 - t), found, atol=1e-6, rtol=0)
    halfway = slerp(a, b, t / 2) if t else a
    assert angle(a, found) == pytest.approx(2 * angle(a, halfway), abs=1e-5)  # constant speed
    assert angle(a, found) == pytest.approx(t * angle(a, b), abs=1e-5)


def angle(a, b):
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    return 2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))


@EXAMPLES
@given(st.integers(0, 2**32 - 1), st.integers(3, 30), st.floats(-2, 2), st.floats(-200, 200))
def test_any_move_hits_its_target_and_holds_the_rest(seed, dim, by, brain):
    rng = np.random.default_rng(seed)
    directions = Directions(ATTRIBUTES, rng.normal(size=(dim, 2)) * [1.0, 100.0], rng.normal(size=2))
    assume(np.linalg.cond(directions.weights / [1, 100]) < 100)
    z = rng.standard_normal((3, dim))
    before = directions.predict(z)
    moved = directions.move(z, {"ventricles": before[:, 0] + by})
    after = directions.predict(moved)
    np.testing.assert_allclose(after[:, 0], before[:, 0] + by, atol=1e-6, rtol=0)
    np.testing.assert_allclose(after[:, 1], before[:, 1], atol=1e-4, rtol=0)
    least = np.linalg.lstsq(directions.weights.T, after.T - directions.intercept[:, None], rcond=None)[0].T
    reachable = np.maximum(np.linalg.norm(z, axis=1), np.linalg.norm(least, axis=1))
    np.testing.assert_allclose(np.linalg.norm(moved, axis=1), reachable, atol=1e-4, rtol=0)
    both = directions.move(z, {"ventricles": 1.0, "brain": brain})
    np.testing.assert_allclose(directions.predict(both), [[1.0, brain]] * 3, atol=1e-4, rtol=0)


def test_truncate():
    np.testing.assert_array_equal(truncate(A, 0.5), A / 2)
    assert truncate(np.stack([A, B]), 0).tolist() == np.zeros((2, 100)).tolist()
    for psi in (-0.1, np.nan):
        with pytest.raises(InputError, match="psi="):
            truncate(A, psi)


@pytest.fixture
def directions():
    rng = np.random.default_rng(3)
    return Directions(ATTRIBUTES, rng.normal(size=(20, 2)) * [1.0, 100.0], np.array([5.0, -7.0]))


class TestDirections:
    def test_fit_finds_a_linear_law(self, directions):
        z = draw_latents(300, 20)
        for ridge, tolerance in ((0.0, 1e-6), (1.0, 0.02)):
            found = Directions.fit(z, directions.predict(z), ATTRIBUTES, ridge)
            np.testing.assert_allclose(found.weights, directions.weights, rtol=0, atol=tolerance * 300)
            np.testing.assert_allclose(found.intercept, directions.intercept, atol=tolerance * 10)

    def test_fit_of_one_attribute(self, directions):
        z = draw_latents(300, 20)
        found = Directions.fit(z, directions.predict(z)[:, :1], ATTRIBUTES[:1])
        assert found.predict(z).shape == (300, 1) and found.predict(z[0]).shape == (1,)

    def test_move_hits_targets_and_holds_the_rest(self, directions):
        z = draw_latents(5, 20, seed=4)
        before = directions.predict(z)
        moved = directions.move(np.float64(z), {"ventricles": 9.0})
        after = directions.predict(moved)
        np.testing.assert_allclose(after[:, 0], 9, atol=1e-8)
        np.testing.assert_allclose(after[:, 1], before[:, 1], atol=1e-8)
        np.testing.assert_allclose(np.linalg.norm(moved, axis=1), np.linalg.norm(z, axis=1), atol=1e-5)

    def test_a_target_for_each_latent(self, directions):
        z, wanted = np.float64(draw_latents(5, 20)), np.arange(5.0)
        moved = directions.move(z, {"brain": wanted})
        np.testing.assert_allclose(directions.predict(moved)[:, 1], wanted, atol=1e-8)
        with pytest.raises(InputError, match=r"brain: \(3,\) targets"):
            directions.move(z, {"brain": wanted[:3]})

    def test_move_changes_as_little_as_possible_but_for_the_length(self, directions):
        z = np.float64(draw_latents(1, 20, seed=4)[0])
        step = directions.move(z, {"ventricles": directions.predict(z)[0] + 1e-4}) - z
        least = 1e-4 * np.linalg.pinv(directions.weights)[0]
        assert np.linalg.norm(step - least) < np.linalg.norm(least)
        np.testing.assert_allclose(directions.weights.T @ step, directions.weights.T @ least, atol=1e-9)

    def test_order_of_moves_does_not_matter(self, directions):
        z = np.float64(draw_latents(1, 20, seed=5)[0])
        one = directions.move(directions.move(z, {"ventricles": 8}), {"brain": 40})
        both = directions.move(z, {"brain": 40, "ventricles": 8})
        np.testing.assert_allclose(one, both, atol=1e-8)

    def test_no_target_changes_nothing(self, directions):
        z = draw_latents(1, 20)[0]
        np.testing.assert_allclose(directions.move(z, {}), z, atol=1e-6)
        assert directions.move(z, {}).dtype == np.float32

    def test_a_target_beyond_the_sphere_is_still_hit(self, directions):
        z = np.float64(draw_latents(1, 20)[0])
        moved = directions.move(z, {"ventricles": 1e4})
        assert np.isfinite(moved).all()
        np.testing.assert_allclose(directions.predict(moved)[0], 1e4, atol=1e-4)

    @pytest.mark.parametrize(
        ("z", "targets", "said"),
        [
            (np.zeros(20), {"ventricle": 3}, "'ventricle': unknown; there are ventricles, brain"),
            (np.zeros(20), {"brain": np.nan}, "brain=nan"),
            (np.zeros(100), {"brain": 1}, r"\(100,\): expected \(20,\)"),
        ],
    )
    def test_impossible_moves(self, directions, z, targets, said):
        with pytest.raises(InputError, match=said):
            directions.move(z, targets)

    def test_what_cannot_be_fitted(self):
        z = draw_latents(30, 20)
        with pytest.raises(InputError, match="brain: the same in all"):
            Directions.fit(z, np.stack([z[:, 0], np.ones(30)], 1), ATTRIBUTES)
        with pytest.raises(InputError, match="not all are numbers"):
            Directions.fit(z, np.full((30, 2), np.nan), ATTRIBUTES)
        with pytest.raises(InputError, match="expected"):
            Directions.fit(z, z[:, :3], ATTRIBUTES)
        with pytest.raises(InputError, match="same direction"):
            Directions(ATTRIBUTES, np.ones((20, 2)), np.zeros(2))
        with pytest.raises(InputError, match="weights and intercept"):
            Directions(ATTRIBUTES, np.ones((20, 3)), np.zeros(3))
