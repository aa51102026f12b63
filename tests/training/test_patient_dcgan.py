"""The DCGAN of eight maps: its shapes, what it starts from, and that it learns where the brain is."""

import dataclasses

import numpy as np
import pytest
from toy_patients import toy_patient_slices

from gancourse.errors import InputError
from gancourse.gans.averaging import recalibrate
from gancourse.gans.patient_maps import decode
from gancourse.training.patient_dcgan import PatientDCGAN, generate
from gancourse.training.patient_training import patient_batches

TINY = PatientDCGAN().change(["size=32", "latent_dim=8", "base=4", "d_base=4", "batch_size=8", "ema=0.9"])


def test_shapes_ranges_and_the_same_weights_for_a_seed():
    a, b = (TINY.build(3, "float32") for _ in range(2))
    for one, other in zip(a.generator.get_weights(), b.generator.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    maps = generate(a.generator, 5, seed=1)
    assert maps.shape == (5, 32, 32, 8) and np.abs(maps).max() <= 1
    assert not np.array_equal(maps, generate(a.generator, 5, seed=2))
    assert PatientDCGAN(**dataclasses.asdict(TINY)) == TINY


def test_the_discriminator_has_no_batch_statistics():
    names = [layer.name for layer in TINY.build(0, "float32").discriminator.layers]
    assert not [name for name in names if "batch" in name]


def test_it_learns_that_the_middle_is_brain_and_the_corners_are_not(tmp_path):
    slices = toy_patient_slices(tmp_path / "slices")
    gan = TINY.change(["g_rate=0.002", "d_rate=0.001"]).build(0, "float32")
    gan.fit(patient_batches(slices, 8), steps_per_epoch=60, epochs=1, verbose=0)
    recalibrate(gan.trained_generator, 8, batches=10)
    images = decode(generate(gan.trained_generator, 16, seed=1)).images
    assert images[:, 12:20, 12:20].mean() > images[:, :3, :3].mean() + 0.3


def test_an_impossible_size():
    with pytest.raises(InputError, match="size=300: expected"):
        PatientDCGAN().change(["size=300"])
