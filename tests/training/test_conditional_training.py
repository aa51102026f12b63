"""Training on orders: what a slice is asked for, batches, a run that goes on, and label maps."""

import numpy as np
import pytest
from toy_orders import toy_order_slices

from gancourse.errors import InputError
from gancourse.gans.conditional_gan import paint
from gancourse.gans.orders import CONDITIONS, GRADES, decode, encode
from gancourse.training import conditional_training
from gancourse.training.conditional_training import ConditionalRecipe, examples_of

TINY = ConditionalRecipe(size=16, base=4, d_base=4, latent_dim=8, batch_size=8, shows="t1ce+flair")


@pytest.fixture(scope="module")
def slices(tmp_path_factory):
    return toy_order_slices(tmp_path_factory.mktemp("orders") / "slices")


def test_examples_show_what_their_grade_says(slices):
    examples = examples_of(slices, TINY)
    sick = examples.orders["grade"] != "healthy"
    assert examples.images.shape[1:] == (16, 16, 2) and examples.images.dtype == np.float16
    assert (examples.orders.loc[sick, "area_cm2"] > 0).all() and sick.sum() > 5
    assert (slices.seg[examples.rows[~sick.to_numpy()]] == 0).all()
    assert examples.orders.loc[~sick, "area_cm2"].isna().all()  # a healthy order says nothing of a tumour
    of_grade = [examples.chance[examples.orders["grade"] == grade].sum() for grade in GRADES]
    np.testing.assert_allclose(of_grade, [0.2, 0.4, 0.4], atol=1e-9)


def test_the_number_of_a_slice_belongs_to_its_image(slices):
    """The side that is asked for is that on which the image is brighter, mirrored or not."""
    batches = examples_of(slices, TINY).batches(64, seed=0)(0).as_numpy_iterator()
    images, conditions = next(batches)
    orders = decode(conditions)
    brain = images[..., 0] > -1
    left, right = (
        np.where(brain, images[..., 1], 0)[:, :, half].sum((1, 2)) for half in (slice(8, 16), slice(0, 8))
    )
    clear = (orders["side"].abs() > 0.3).to_numpy()
    assert clear.sum() > 8
    assert np.mean((left > right)[clear] == (orders["side"] > 0)[clear]) > 0.8


def test_batches_depend_on_seed_and_step_alone(slices):
    batches = examples_of(slices, TINY).batches(8, seed=3)
    *_, third = batches(0).take(3).as_numpy_iterator()
    for a, b in zip(third, next(batches(2).as_numpy_iterator()), strict=True):
        np.testing.assert_array_equal(a, b)
    assert (next(batches(0).as_numpy_iterator())[0] != third[0]).any()


def test_what_slices_lack_is_said(slices):
    with pytest.raises(InputError, match="holds 32 pixels"):
        examples_of(slices, ConditionalRecipe(size=64))
    healthy = (slices.table["grade"] == "healthy").to_numpy()
    with pytest.raises(InputError, match="no slices of train with grade"):
        examples_of(slices, TINY, where=healthy)


@pytest.mark.parametrize("wrong", [True, False])
def test_a_run_goes_on_where_it_was_stopped(slices, tmp_path, monkeypatch, wrong):
    monkeypatch.setattr(conditional_training, "EPOCH", 2)
    recipe = TINY.change([f"wrong={str(wrong).lower()}"])
    examples = examples_of(slices, recipe)

    def run(folder, steps):
        return conditional_training.train(recipe, examples, {}, folder, steps, precision="float32", verbose=0)

    run(tmp_path / "a", 2)
    twice, once = run(tmp_path / "a", 4), run(tmp_path / "b", 4)
    for a, b in zip(twice.ema_generator.get_weights(), once.ema_generator.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert (tmp_path / "b" / "log.csv").read_text().count("d_accuracy_wrong") == wrong
    conditional_training.calibrate(once.ema_generator, examples, batches=2)
    images = paint(once.ema_generator, encode(examples.orders[:3]))
    assert images.shape == (3, 16, 16, 2) and np.isfinite(images).all()


def test_networks_have_the_condition_as_second_input():
    for network, shape in zip(TINY.build_networks("float32"), ((None, 16, 16, 2), (None, 1)), strict=True):
        assert network.inputs[1].shape == (None, CONDITIONS) and network.output_shape == shape


def test_label_maps_are_learned_like_images(slices):
    recipe = TINY.change(["shows=labels"])
    examples = examples_of(slices, recipe)
    maps = examples.images.astype(np.float32)
    assert maps.shape[1:] == (16, 16, 7) and recipe.generator_options["channels"] == 7
    np.testing.assert_allclose((maps + 1).sum(-1), 2, atol=1e-2)  # shares of a pixel, from -1 to 1
    tumour = (maps[..., 4:] + 1).sum((1, 2, 3))
    assert np.corrcoef(tumour, (slices.seg[examples.rows] > 0).sum((1, 2)))[0, 1] > 0.99
    generator, discriminator = recipe.build_networks("float32")
    assert generator.output_shape[-1] == discriminator.inputs[0].shape[-1] == 7


def test_noise_is_added_to_what_the_discriminator_sees_in_training_only(slices):
    _, discriminator = TINY.change(["noise=0.5"]).build_networks("float32")
    images, conditions = np.zeros((4, 16, 16, 2), np.float32), np.zeros((4, CONDITIONS), np.float32)
    quiet = np.array(discriminator([images, conditions], training=False))
    assert np.ptp(quiet) < 1e-5 < np.ptp(np.array(discriminator([images, conditions], training=True)))
