"""Training the stroke segmenter: what a batch holds, learning one, and going on where it stopped."""

import numpy as np
import pytest
from toy_stroke import write_patient

from gancourse import export
from gancourse.errors import InputError
from gancourse.segmentation import stroke_training
from gancourse.segmentation.stroke_training import StrokeRecipe, batches, read_phantoms, slab, with_neighbours

SMALL = StrokeRecipe(filters=(4, 8), full=4, batch_size=4)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cohort")
    write_patient(folder)
    write_patient(folder, "sub-strokecase0002", radius=7.0)
    return folder


def test_neighbours_and_slabs():
    images = np.arange(6, dtype=np.float32)[:, None, None, None] * np.array([1, 10, 100], np.float32)
    images = np.broadcast_to(images, (6, 2, 2, 3))
    assert with_neighbours(images, 3)[0, 0].tolist() == [2, 20, 200, 3, 30, 300, 4, 40, 400]
    assert with_neighbours(images, 0)[0, 0].tolist() == [0, 0, 0, 0, 0, 0, 1, 10, 100]  # the end again
    far = with_neighbours(images, 3, gap=2, thick=(2, 2, 1))[0, 0]
    assert far.tolist() == [1.5, 15, 100, 3.5, 35, 300, 5, 50, 500]
    assert slab(images[..., 0], 3, 3)[0, 0] == 3


def test_batches_depend_on_seed_and_step_alone(cohort):
    phantoms = read_phantoms(cohort)
    assert phantoms[0].images.shape[1:] == (96, 80, 3) and phantoms[0].images.dtype == np.float16
    assert len(phantoms[0].hit) > len(phantoms[1].hit) > 0

    def at(seed, step):
        return next(iter(batches(phantoms, SMALL, seed, step)))

    stream = iter(batches(phantoms, SMALL, 3))
    first, second = next(stream), next(stream)
    assert first[0].shape == (4, 96, 80, 9) and first[1].shape == (4, 96, 80)
    np.testing.assert_array_equal(second[0], at(3, 1)[0])
    assert np.abs(np.asarray(first[0]) - np.asarray(at(4, 0)[0])).max() > 0.1


def test_all_slices_may_be_chosen_for_their_infarct(cohort):
    phantoms = read_phantoms(cohort)
    recipe = StrokeRecipe(batch_size=8, share=1.0)
    labels = np.asarray(next(iter(batches(phantoms, recipe)))[1])
    assert ((labels == 1).sum((1, 2)) > 0).mean() > 0.7  # a thick slice may lose the rim of one


def test_it_learns_one_batch(cohort):
    phantoms = read_phantoms(cohort)
    at = [(p, int(p.hit[len(p.hit) // 2])) for p in phantoms]
    images = np.stack([with_neighbours(p.images, k) for p, k in at])
    labels = np.stack([p.lesion[k] for p, k in at])
    model = StrokeRecipe(filters=(8, 16), full=8, rate=1e-2, ema=0).build(0, "float32")
    first = float(model.train_step((images, labels))["reconstruction"])
    for _ in range(80):
        model.train_step((images, labels))
    last = float(model.reconstruction(labels, model.generator(images, training=True)))
    assert last < 0.25 * first


def test_going_on_gives_the_same(cohort, tmp_path, monkeypatch):
    monkeypatch.setattr(stroke_training, "STEPS", 2)
    stroke_training.train(SMALL, cohort, tmp_path / "a", epochs=2, precision="float32", verbose=0)
    for _ in range(2):
        stroke_training.train(
            SMALL, cohort, tmp_path / "b", epochs=2, minutes=1e-6, precision="float32", verbose=0
        )
        stroke_training.train(SMALL, cohort, tmp_path / "b", epochs=2, precision="float32", verbose=0)
    a, b = (export.load_run(tmp_path / name, "stroke")[0].get_weights() for name in "ab")
    for one, other in zip(a, b, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    about = export.load_run(tmp_path / "a", "stroke")[1]
    assert about["settings"]["data"]["phantoms"] == 2 and about["settings"]["recipe"]["filters"] == [4, 8]


def test_who_lacks_something_is_refused(cohort, tmp_path):
    write_patient(tmp_path, modalities=("dwi", "adc"))
    with pytest.raises(InputError, match="needs DWI, ADC, FLAIR and a mask"):
        read_phantoms(tmp_path)
