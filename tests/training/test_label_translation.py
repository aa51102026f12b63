"""The painter: shapes, its batches, and one batch that it can learn by heart."""

import numpy as np
import pytest
from toy_patients import toy_patient_slices

from gancourse.errors import InputError
from gancourse.training.label_translation import LabelTranslation, label_batches, paint_labels

TINY = LabelTranslation().change(
    ["width=8", "depth=3", "patch_width=4", "batch_size=8", "dropout=0", "rate=0.002"]
)


@pytest.fixture(scope="module")
def slices(tmp_path_factory):
    folder = tmp_path_factory.mktemp("painter") / "slices"
    found = toy_patient_slices(folder)
    np.save(folder / "tissue.npy", np.where(np.any(found.images > -1, -1), 2, 0).astype(np.uint8))
    table = found.table.assign(gm_mm2=1.0)
    table.to_csv(folder / "table.csv", index=False)
    return type(found).open(folder)


def test_it_learns_a_batch_and_paints_it(slices):
    labels, images = next(iter(label_batches(slices, 8)))
    assert labels.shape == (8, 32, 32, 7) and images.shape == (8, 32, 32, 4)
    model = TINY.build(0, "float32")
    values = [float(model.train_step((labels, images))["reconstruction"])]
    history = model.fit(slices_of(labels, images), epochs=6, steps_per_epoch=25, verbose=0)
    assert history.history["reconstruction"][-1] < 0.4 * values[0]


def slices_of(labels, images):
    import tensorflow as tf

    return tf.data.Dataset.from_tensors((labels, images)).repeat()


def test_the_background_stays_black(slices):
    generator = TINY.build(0, "float32").trained_generator
    seg, tissue = np.asarray(slices.seg[:70]), np.asarray(slices.tissue[:70])
    images = paint_labels(generator, seg, tissue)
    assert images.shape == (48, 32, 32, 4) and images.dtype == np.float32
    outside = (seg == 0) & (tissue == 0)
    assert (images[outside] == -1).all() and (images[~outside] > -1).all()
    np.testing.assert_allclose(paint_labels(generator, seg[:3], tissue[:3]), images[:3], atol=1e-5)
    with pytest.raises(InputError, match="no label maps"):
        paint_labels(generator, seg[:0], tissue[:0])


def test_same_seed_same_weights():
    one, same, other = (TINY.build(seed, "float32").generator.get_weights()[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
