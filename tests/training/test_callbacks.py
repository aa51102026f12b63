import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from toy import TINY, discs

from gancourse.gans.latent import draw_latents
from gancourse.images import image_grid, to_picture
from gancourse.training.callbacks import SampleGrid, StopAfter
from gancourse.training.diagnosis import StopOnNaN, TrainingDiverged

IMAGES = discs(8)[..., None]


def fit(callbacks, data=None, epochs=3, steps=4):
    gan = TINY.build(precision="float32")
    data = tf.data.Dataset.from_tensors(IMAGES).repeat() if data is None else data
    gan.fit(data, steps_per_epoch=steps, epochs=epochs, verbose=0, shuffle=False, callbacks=callbacks)
    return gan


def test_nan_stops_at_its_step_and_says_what_to_try():
    batches = np.stack([IMAGES] * 8)
    batches[5] = np.nan
    with pytest.raises(TrainingDiverged, match="epoch 2, step 2.*lower the learning rates"):
        fit([StopOnNaN()], tf.data.Dataset.from_tensor_slices(batches))


@pytest.mark.parametrize(("whole_epochs", "steps"), [(False, 1), (True, 4)])
def test_clock_stops(whole_epochs, steps):
    assert fit([StopAfter(0, whole_epochs)]).g_optimizer.iterations == steps


def test_clock_lets_it_finish():
    assert fit([StopAfter(600)]).g_optimizer.iterations == 12


def test_grids_show_the_same_latents(tmp_path):
    latents = draw_latents(5, 8)
    gan = fit([SampleGrid(latents, tmp_path / "samples")])
    assert sorted(p.name for p in (tmp_path / "samples").iterdir()) == [
        f"epoch_000{i}.png" for i in (1, 2, 3)
    ]
    last = np.asarray(Image.open(tmp_path / "samples" / "epoch_0003.png"))
    assert last.shape[:2] == (2 * 18 - 2, 3 * 18 - 2)
    drawn = np.asarray(to_picture(image_grid(gan.sample(latents, batches=2))))
    np.testing.assert_allclose(last.astype(int), drawn.astype(int), atol=1)
