"""The course's answers of lesson 53 against the package's own loss and clock, and what its network does."""

import numpy as np
import pytest

from gancourse import losses
from gancourse.quiet import import_tensorflow
from gancourse.segmentation import mismatch
from gancourse.teaching.material import small_infarcts, stroke_parts

tf = import_tensorflow()


@pytest.fixture
def rng():
    return np.random.default_rng(53)


def test_a_patch_has_its_lesion_pixel_in_the_middle_or_touches_the_border(rng):
    lesions = np.zeros((3, 20, 14), np.uint8)
    lesions[1, 10, 7] = lesions[2, 19, 0] = 1
    scans = np.indices(lesions.shape).transpose(1, 2, 3, 0)  # each pixel says where it is
    seen = set()
    for _ in range(20):
        patch, mask = stroke_parts.lesion_patch(scans, lesions, np.array([1, 2]), 6, rng)
        assert patch.shape == (6, 6, 3) and mask.shape == (6, 6) and mask.sum() == 1
        seen.add(tuple(patch[0, 0]))
    assert seen == {(1, 7, 4), (2, 14, 0)}


@pytest.mark.parametrize("weights", [(0.3, 0.7), (0.5, 0.5)])
def test_the_loss_is_the_package_s(rng, weights):
    truth = (rng.random((2, 8, 8, 1)) < 0.1).astype("float32")
    logits = rng.normal(size=(2, 8, 8, 2)).astype("float32")
    output = tf.nn.softmax(logits)[..., 1:]
    got = stroke_parts.tversky_loss(tf.constant(truth), output, *weights)
    want = losses.tversky_loss(tf.constant(truth[..., 0]), tf.constant(logits), *weights)
    assert float(got) == pytest.approx(float(want), abs=1e-4)


def test_the_loss_of_an_empty_batch_is_finite():
    nothing = tf.zeros((2, 4, 4, 1))
    assert float(stroke_parts.tversky_loss(nothing, nothing)) == 0


def test_the_clock_is_the_package_s(rng):
    brain = np.zeros((30, 30, 12), bool)
    brain[2:28, 2:28, 1:11] = True
    infarct = np.zeros_like(brain)
    infarct[8:13, 9:14, 4:8] = True
    flair = np.where(brain, rng.normal(100, 5, brain.shape) + 30 * infarct, 0)
    want = mismatch.read_mismatch(flair, infarct, brain, (2, 2, 2))
    assert stroke_parts.flair_ratio(flair, infarct, brain) == pytest.approx(want.ratio, abs=1e-6)


def test_training_stops_after_its_steps_or_its_seconds(rng, monkeypatch, capsys):
    network = stroke_parts.build_network()
    assert stroke_parts.predict(network, np.zeros((3, 16, 12, 3), np.float32)).shape == (3, 16, 12)

    def patch(generator):
        scans = generator.normal(size=(16, 16, 3)).astype("float32")
        return scans, (scans[..., 0] > 1).astype("uint8")

    assert stroke_parts.train(network, patch, stroke_parts.tversky_loss, steps=3) == 3
    printed = capsys.readouterr().out.split("step ")
    assert len(printed) == 3 and printed[-1].startswith("  3: loss 0.")
    monkeypatch.setenv("GANCOURSE_LIVE_SECONDS", "1e-9")
    assert stroke_parts.train(network, patch, stroke_parts.tversky_loss, steps=3) == 1


def test_the_threshold_is_the_best_of_every_other_patient():
    lesions = np.zeros((4, 4, 4), np.uint8)
    lesions[:, 0] = 1
    scans = np.where(lesions, 0.27, 0.1)[..., None].astype("float32")
    scans[1], scans[3] = 0.9, 0.9  # of patients who are not looked at
    slices = small_infarcts.Slices(scans, lesions, lesions > 0, np.arange(4))
    assert stroke_parts.best_threshold(lambda x, training: tf.constant(x), slices) == 0.1
