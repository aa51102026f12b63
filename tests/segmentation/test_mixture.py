"""The intensity mixture: recovers curves that it was drawn from, undoes a bias, says what it cannot do."""

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from gancourse.cohort.phantom import make_subject
from gancourse.errors import InputError
from gancourse.segmentation import mixture
from gancourse.segmentation.mixture import Mixture

ZOOMS = (2.0, 2.0, 2.0)
rng = np.random.default_rng(0)


@pytest.fixture(scope="module")
def layers():
    """A ball of three shells, CSF outside, with noise: T1, brain, labels."""
    radius = np.linalg.norm(np.indices((40, 36, 32)).T - np.array([20, 18, 16]), axis=-1).T
    labels = np.select([radius < 8, radius < 12, radius < 15], [3, 2, 1]).astype(np.uint8)
    t1 = np.array([0, 100, 200, 300])[labels] + 10 * rng.standard_normal(labels.shape)
    return np.where(labels > 0, t1, 0).astype(np.float32), labels > 0, labels


def dice(truth, labels):
    return [
        2 * ((truth == k) & (labels == k)).sum() / ((truth == k).sum() + (labels == k).sum())
        for k in (1, 2, 3)
    ]


def test_the_curves_are_found_in_order_of_brightness():
    values = np.concatenate(
        [rng.normal(m, s, n) for m, s, n in ((300, 9, 3000), (100, 20, 1000), (200, 12, 6000))]
    )
    found = mixture.fit_all(values)
    assert np.allclose(found.means, [100, 200, 300], atol=3)
    assert np.allclose(found.deviations, [20, 12, 9], atol=1.5)
    assert np.allclose(found.weights, [0.1, 0.6, 0.3], atol=0.02)


def test_posteriors_are_scikit_learns():
    values = np.concatenate([rng.normal(m, 15, 2000) for m in (100, 160, 210)])
    model = GaussianMixture(3, random_state=0).fit(values[:, None])
    order = np.argsort(model.means_[:, 0])
    ours = Mixture(
        model.means_[order, 0], np.sqrt(model.covariances_.ravel()[order]), model.weights_[order]
    ).posteriors(values[:50])
    assert np.allclose(ours, model.predict_proba(values[:50, None])[:, order], atol=1e-5)


def test_posteriors_far_out_are_still_shares():
    found = Mixture(np.array([1.0, 2, 3]), np.full(3, 0.01), np.full(3, 1 / 3)).posteriors(
        np.array([-1e3, 1e3])
    )
    assert found.tolist() == [[1, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize("flat", [False, True])
def test_layers_are_told_apart(layers, flat):
    t1, brain, labels = layers
    found = mixture.segment_tissue(t1, brain, ZOOMS, bias=False, flat=flat)
    assert found.dtype == np.uint8 and not found[~brain].any()
    assert min(dice(labels, found)) > 0.97


def test_any_gain_gives_the_same_labels(layers):
    t1, brain, _ = layers
    once = mixture.segment_tissue(t1, brain, ZOOMS, bias=False)
    assert np.array_equal(once, mixture.segment_tissue(t1 * 0.004, brain, ZOOMS, bias=False))


def test_what_lies_outside_does_not_matter(layers):
    t1, brain, _ = layers
    once = mixture.segment_tissue(t1, brain, ZOOMS, bias=False)
    assert np.array_equal(
        once, mixture.segment_tissue(np.where(brain, t1, 77), brain, ZOOMS, bias=False, flat=True)
    )


def test_n4_undoes_a_smooth_bias(layers):
    t1, brain, labels = layers
    ramp = np.exp(np.linspace(-0.3, 0.3, t1.shape[0]))[:, None, None]
    biased = t1 * ramp
    corrected = mixture.correct_bias(biased, brain, ZOOMS)
    assert corrected.shape == t1.shape and corrected.dtype == np.float32 and not corrected[~brain].any()

    def unevenness(image):
        inside = image[labels == 3]
        return inside.std() / inside.mean()

    assert unevenness(corrected) < 0.6 * unevenness(biased)
    raw, fixed = (mixture.segment_tissue(biased, brain, ZOOMS, bias=bias) for bias in (False, True))
    assert np.mean(dice(labels, fixed)) > np.mean(dice(labels, raw))


def test_a_phantom_is_measured_well():
    subject = make_subject(1, seed=52)
    t1, outside = subject.images["t1"], (subject.tissue == 0) | (subject.seg > 0)
    found = mixture.segment_tissue(t1, ~outside, ZOOMS)
    assert min(dice(np.where(outside, 0, subject.tissue), found)) > 0.7


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t1, brain: (t1, brain & False), "mask is empty"),
        (lambda t1, brain: (t1[:-1], brain), "one grid"),
        (lambda t1, brain: (t1 * np.nan, brain), "not finite"),
        (lambda t1, brain: (brain.astype(float), brain), "fewer than 3"),
    ],
)
def test_what_cannot_be_measured_is_said_in_one_line(layers, change, said):
    with pytest.raises(InputError, match=said) as error:
        mixture.segment_tissue(*change(*layers[:2]), ZOOMS)
    assert "\n" not in str(error.value)


def prior_of(labels, certain):
    """Probabilities (N, H, W, 4): the true class gets `certain`, the others share the rest."""
    one_hot = np.eye(4)[labels][..., 1:]
    inside = one_hot * certain + (1 - one_hot) * (1 - certain) / 2
    return np.concatenate([(labels == 0)[..., None], inside * (labels > 0)[..., None]], -1).astype(np.float32)


def test_refinement_finds_the_border_that_a_network_has_shifted(layers):
    t1, brain, labels = (x.transpose(2, 1, 0) for x in layers)
    shifted = np.where(brain, np.roll(labels, 1, 2), 0)
    shifted = np.where(brain & (shifted == 0), 1, shifted)
    before = prior_of(shifted, 0.8)
    none = np.zeros_like(brain)
    after = mixture.refine_tissue(t1[..., None], brain, none, before)
    assert after.shape == before.shape and np.allclose(after.sum(-1), 1, atol=1e-5)
    large = brain.sum((1, 2)) >= mixture.LEAST_VOXELS
    assert np.mean(dice(labels[large], after.argmax(-1)[large])) > 0.98
    assert np.mean(dice(labels[large], shifted[large])) < 0.93
    assert np.array_equal(after[~large], before[~large]) and np.array_equal(after[~brain], before[~brain])
    tumour = brain & (labels == 3)
    kept = mixture.refine_tissue(t1[..., None], brain, tumour, before)
    assert np.array_equal(kept[tumour], before[tumour]) and not np.array_equal(kept, before)


def test_refinement_uses_every_modality_and_scale_does_not_matter(layers):
    t1, brain, labels = (x.transpose(2, 1, 0) for x in layers)
    before = prior_of(np.where(brain, 2, 0), 0.4)
    before[brain] += np.eye(4)[labels[brain]] * 0.1
    before[brain] /= before[brain].sum(-1, keepdims=True)
    none = np.zeros_like(brain)
    t2 = 1000 - 3 * t1 + 30 * rng.standard_normal(t1.shape)
    both = np.stack([t1, t2], -1)
    one = mixture.refine_tissue(both[..., :1], brain, none, before)
    two = mixture.refine_tissue(both, brain, none, before)
    scaled = mixture.refine_tissue(both * [7, 0.1] + [3, -2], brain, none, before)
    assert np.allclose(two, scaled, atol=1e-4)
    assert two[brain].max(-1).mean() > one[brain].max(-1).mean()


@pytest.mark.parametrize("factor", [1e-30, 1e-12, 1e17, 1e30])
@pytest.mark.parametrize("bias", [False, True])
def test_labels_do_not_depend_on_the_unit(factor, bias):
    rng = np.random.default_rng(0)
    tissue = np.repeat(np.arange(1, 4), 8)[:, None, None] * np.ones((24, 24, 24), int)
    t1 = (60.0 + 40 * tissue + rng.normal(0, 5, tissue.shape)).astype(np.float32)
    brain = np.ones(tissue.shape, bool)
    brain[:, :2] = False
    expected = mixture.segment_tissue(t1, brain, (2, 2, 2), bias=bias)
    found = mixture.segment_tissue(
        (t1.astype(float) * factor).astype(np.float32), brain, (2, 2, 2), bias=bias
    )
    assert (found == expected).mean() > 0.99


def test_refinement_does_not_depend_on_the_unit():
    rng = np.random.default_rng(0)
    image = rng.normal(100, 20, (1, 30, 30, 1))
    brain, tumour = np.ones((1, 30, 30), bool), np.zeros((1, 30, 30), bool)
    prior = np.concatenate([np.zeros((1, 30, 30, 1)), rng.dirichlet(np.ones(3), (1, 30, 30))], -1)
    expected = mixture.refine_tissue(image, brain, tumour, prior)
    assert np.abs(expected - prior).max() > 0.1
    for factor in (1e-30, 1e-12, 1e17, 1e30):
        np.testing.assert_allclose(
            mixture.refine_tissue(image * factor, brain, tumour, prior), expected, atol=1e-6
        )
