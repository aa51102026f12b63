"""Scanned phantoms: contrast as in patients, labels that follow the pose, the same seed the same images."""

import numpy as np
import pytest

from gancourse.cohort.phantom import acquisition, signal
from gancourse.cohort.phantom.parameters import CLASSES, draw
from gancourse.cohort.phantom.sections import make_sections
from gancourse.cohort.scheme import MODALITIES
from gancourse.losses import IGNORE
from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
from gancourse.segmentation import scan_draws, synthesis  # noqa: E402


@pytest.fixture(scope="module")
def sections():
    tumour = next(k for k in range(20) if draw(k, 9, "wide").grade == "HGG")
    return np.tile(make_sections(draw(tumour, 9, "wide"), 4), (4, 1, 1, 1))


@pytest.fixture(scope="module")
def scanned(sections):
    images, labels = synthesis.synthesise(sections, [0, 1], drop=0.0)
    return images.numpy(), {name: value.numpy() for name, value in labels.items()}


def test_same_seed_same_images(sections, scanned):
    again, _ = synthesis.synthesise(sections, [0, 1], drop=0.0)
    other, _ = synthesis.synthesise(sections, [0, 2], drop=0.0)
    assert np.array_equal(again, scanned[0]) and not np.array_equal(other, scanned[0])


def test_labels(scanned):
    _, labels = scanned
    assert set(np.unique(labels["tumour"])) <= {0, 1, 2, 3}
    assert ((labels["tissue"] == IGNORE) == (labels["tumour"] > 0)).all()


def test_background_and_range(scanned):
    images, labels = scanned
    outside = labels["tissue"] == 0
    assert (images[outside] == synthesis.OUTSIDE).all()
    assert np.isfinite(images).all() and np.abs(images).max() < 10


def test_contrast_is_that_of_mr(sections):
    """CSF dark on T1 and FLAIR and bright on T2; white matter brighter than grey on T1: in most scans.

    By medians: what stripping left around the brain counts as fluid, and may be bright.
    """
    pairs: dict[tuple, list] = {("t1", 1, 3): [], ("t2", 3, 1): [], ("flair", 1, 2): [], ("t1", 2, 3): []}
    for seed in range(1, 4):  # one is too few: contrast is drawn for each scan
        images, labels = synthesis.synthesise(sections, [0, seed], drop=0.0)
        for image, tissue in zip(images.numpy(), labels["tissue"].numpy(), strict=True):
            for (modality, *tissues), found in pairs.items():
                inside = [image[tissue == c, MODALITIES.index(modality)] for c in tissues]
                if min(map(len, inside)) > 50:
                    found.append(np.median(inside[0]) < np.median(inside[1]))

    darker = {pair: np.mean(found) for pair, found in pairs.items()}
    assert min(map(len, pairs.values())) > 30
    assert darker["t1", 1, 3] > 0.9 and darker["t2", 3, 1] > 0.9
    assert darker["flair", 1, 2] > 0.8  # thick slices hide the fluid of sulci
    assert darker["t1", 2, 3] > 0.75


@pytest.mark.parametrize("seed", range(3))
def test_signals_are_those_of_the_phantoms(seed):
    """TensorFlow's physics against NumPy's, for drawn tissues and sequences, white matter 1."""
    physics = scan_draws.draw_physics(scan_draws.Draws([7, seed]), 4)
    found = [x.numpy() for x in synthesis.signals(physics)]
    texture, other = physics.texture.numpy().ravel(), physics.other.numpy()
    times = np.stack(np.broadcast_arrays(*(t.numpy()[..., 0] for t in physics.sequence)), -1)
    for b, m in np.ndindex(other.shape[:2]):
        tr, te, ti = times[b, m].tolist()
        sequence = (tr, te, ti if MODALITIES[m] == "flair" else None)

        def expected(c, by_t1=0.0, by_t2=0.0, sequence=sequence, b=b, m=m):
            pd, t1, t2 = (float(x[b, 0, c]) for x in (physics.pd, physics.t1, physics.t2))
            mmol = float(physics.mmol[b, m, c])
            return signal.equation(sequence, pd, t1 * np.exp(by_t1), t2 * np.exp(by_t2), mmol)

        white = expected(CLASSES.index("WM"))
        for c, name in enumerate(CLASSES):
            base = expected(c)
            d1, d2 = (t[name] * texture[b] for t in (signal.TEXTURE_T1, signal.TEXTURE_T2))
            by_t2 = expected(c, by_t2=d2) - base + signal.FLOW * base * (name == "CSF")
            wanted = base * other[b, m, c], expected(c, by_t1=d1) - base, by_t2
            assert [x[b, m, c] for x in found] == pytest.approx(np.array(wanted) / white, abs=1e-5)


@pytest.mark.parametrize(
    ("step", "start", "blur", "ringing"),
    [(1.0, 0.3, 0.0, 0.0), (1.37, 0.71, 0.4, 0.5), (1.5, 0.0, 0.2, 0.0), (4.6, 0.45, 0.9, 0.0)],
)
def test_voxels_are_those_of_the_phantoms(step, start, blur, ringing):
    """TensorFlow's acquired voxels and their way back against NumPy's, at 1 mm."""
    wanted = acquisition.resampling(40, 1.0, step, start, blur, ringing)
    numbers = (np.full((1, 1), x, np.float32) for x in (step, start, blur, ringing))
    down, up = (x.numpy()[0, 0] for x in synthesis.resampling(40, *numbers))
    count = min(len(wanted[0]), 40)  # NumPy acquires two more beyond the edge
    np.testing.assert_allclose(down[:count], wanted[0][:count], atol=1e-5)
    inner = slice(0, 36)  # which those two do not touch
    np.testing.assert_allclose(up[inner, :count], wanted[1][inner, :count], atol=1e-5)


def test_an_even_brain_stays_even():
    """Without noise and bias nothing but the brain mixes in, up to its edge."""
    case = scan_draws.draw_case([3, 1], 2, 48, 40, 0.0)
    drawn = case.acquisition
    quiet = drawn._replace(noise=0 * drawn.noise, bias=0 * drawn.bias, gamma=drawn.gamma**0)
    known = np.zeros((2, 48, 40, 1), np.float32)
    known[:, 8:38, 6:33] = 1
    images = synthesis.acquired(np.full((2, 48, 40, 4), 0.7, np.float32), known, quiet).numpy()
    np.testing.assert_allclose(images[known[..., 0] > 0], 0.7, atol=1e-4)


def test_a_case_can_be_pinned(sections, scanned):
    """The same draws but for one give the same images but for what that one decides."""
    case = scan_draws.draw_case([0, 1], *sections.shape[:3], 0.0)
    again, _ = synthesis.scan(sections, case)
    np.testing.assert_array_equal(again, scanned[0])
    t2 = MODALITIES.index("t2")
    fewer = np.ones((len(sections), len(MODALITIES)), np.float32)
    fewer[:, t2] = 0
    images, _ = synthesis.scan(sections, case._replace(present=tf.constant(fewer)))
    assert not images.numpy()[..., t2].any()
    np.testing.assert_array_equal(np.delete(images, t2, -1), np.delete(again, t2, -1))


def test_subsets_are_never_empty_and_all_occur():
    present = scan_draws.subsets(2000, 1.0, scan_draws.Draws([0, 0])).numpy()
    assert present.sum(1).min() >= 1 and len(np.unique(present, axis=0)) == 15
    assert scan_draws.subsets(100, 0.0, scan_draws.Draws([0, 0])).numpy().all()


def test_normalise_against_numpy():
    rng = np.random.default_rng(0)
    images = rng.uniform(10, 500, (2, 8, 8, 4)).astype(np.float32)
    brain = rng.random((2, 8, 8)) < 0.6
    present = np.array([[1, 1, 1, 1], [1, 0, 1, 0]], np.float32)
    found = synthesis.normalise(images, brain, present).numpy()
    inside = images[0][brain[0]][:, 2]
    wanted = (inside - inside.mean()) / inside.std()
    np.testing.assert_allclose(found[0][brain[0]][:, 2], wanted, atol=1e-4)
    assert (found[0][~brain[0]] == synthesis.OUTSIDE).all() and not found[1][..., [1, 3]].any()
    again = synthesis.normalise(images * 7 + 3, brain, present).numpy()
    np.testing.assert_allclose(again, found, atol=1e-3)  # no unit, no offset


@pytest.mark.parametrize(
    ("factor", "offset"), [(1e-30, 0), (1e-12, 0), (1e17, 0), (1e30, 0), (7, -900), (1e20, -3e22)]
)
def test_normalise_does_not_depend_on_the_unit(factor, offset):
    rng = np.random.default_rng(0)
    images = rng.gamma(4, 50, (2, 16, 16, 4)).astype(np.float32)
    brain = rng.random((2, 16, 16)) < 0.7
    present = np.ones((2, 4), np.float32)
    expected = synthesis.normalise(images, brain, present).numpy()
    found = synthesis.normalise((factor * images.astype(float) + offset).astype(np.float32), brain, present)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-3)


def test_normalise_a_constant_slice():
    images, brain = np.full((1, 8, 8, 4), 1e-9, np.float32), np.ones((1, 8, 8), bool)
    assert not synthesis.normalise(images, brain, np.ones((1, 4), np.float32)).numpy().any()
