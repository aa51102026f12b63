import keras
import numpy as np
import pytest

from gancourse.networks.unet import build_unet


def trainable(model) -> int:
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


def test_the_papers_size():
    paper = build_unet(
        3, {"image": 3}, (64, 128, 256, 512, 512, 512, 512, 512), dropout=0.5, activation="tanh"
    )
    assert trainable(paper) == 54_415_043  # the authors' 54.4 million
    dropouts = [layer for layer in paper.layers if isinstance(layer, keras.layers.Dropout)]
    assert [layer.rate for layer in dropouts] == [0.5] * 3


@pytest.mark.parametrize("refine", [0, 1, 2])
@pytest.mark.parametrize(("height", "width"), [(16, 16), (8, 24)])
def test_shapes_and_heads(refine, height, width):
    heads = {"tumour": 4, "tissue": 3}
    network = build_unet(2, heads, (4, 6, 8), refine=refine, full=5)
    images = np.random.default_rng(0).standard_normal((2, height, width, 2)).astype(np.float32)
    maps = network(images, training=False)
    assert {name: m.shape for name, m in maps.items()} == {
        "tumour": (2, height, width, 4),
        "tissue": (2, height, width, 3),
    }
    assert all(m.dtype == "float32" for m in maps.values())


def test_weights_counted_by_hand():
    network = build_unet(1, {"labels": 2}, (4, 8))
    first = 16 * 1 * 4 + 4  # with a bias, without normalisation
    second = 16 * 4 * 8 + 2 * 8
    up = 16 * 8 * 4 + 2 * 4
    last = 16 * (4 + 4) * 2 + 2  # the skip connection doubles its input
    assert trainable(network) == first + second + up + last


def test_the_seed_decides_where_the_weights_start():
    def kernels(seed):
        keras.utils.set_random_seed(seed)
        return [w.numpy() for w in build_unet(1, {"map": 1}, (4, 8)).trainable_weights]

    first, again, other = (kernels(seed) for seed in (5, 5, 6))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert all((a != b).any() for a, b in zip(first, other, strict=True) if a.std() > 0)


def test_one_head_is_the_map_itself_and_tanh_bounds_it():
    network = build_unet(1, {"image": 1}, (4, 4), activation="tanh")
    image = network(100 * np.ones((1, 4, 4, 1), np.float32), training=False)
    assert image.shape == (1, 4, 4, 1) and np.abs(image).max() <= 1


def test_skip_connections_carry_single_pixels():
    """What happens in one pixel changes the map near it more than what the bottleneck knows of it."""
    keras.utils.set_random_seed(0)
    network = build_unet(1, {"labels": 1}, (8, 8, 8), refine=1)
    image = np.zeros((1, 32, 32, 1), np.float32)
    dot = image.copy()
    dot[0, 16, 16] = 1
    change = np.abs(network(dot, training=False) - network(image, training=False))[0, :, :, 0]
    assert change[14:19, 14:19].mean() > 3 * change.mean() > 0


def test_mixed_precision_gives_float32():
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = build_unet(1, {"labels": 2}, (4, 4), refine=1)
    finally:
        keras.config.set_dtype_policy(policy)
    assert network(np.ones((1, 8, 8, 1), np.float32)).dtype == "float32"


def test_instance_norm_keeps_images_apart_and_batch_norm_does_not():
    images = np.random.default_rng(0).uniform(-1, 1, (3, 16, 16, 1)).astype(np.float32)
    changed = np.concatenate([images[:1], 0.1 * images[1:]])
    moved = {}
    for norm in ("instance", "batch"):
        keras.utils.set_random_seed(0)
        network = build_unet(1, {"image": 1}, (4, 8), refine=1, norm=norm)
        first, second = (np.asarray(network(x, training=True))[0] for x in (images, changed))
        moved[norm] = np.abs(first - second).max() / np.abs(first).max()
    assert moved["instance"] < 1e-4 and moved["batch"] > 1e-2
    with pytest.raises(KeyError):
        build_unet(1, {"image": 1}, (4, 8), norm="layer")


def test_unet_overfits_one_batch():
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    images, wanted = rng.uniform(-1, 1, (2, 4, 16, 16, 1)).astype(np.float32)
    network = build_unet(1, {"image": 1}, (16, 32, 32), refine=1)
    network.compile(keras.optimizers.Adam(1e-2), "mse", jit_compile=False)
    for _ in range(150):
        network.train_on_batch(images, wanted)
    assert np.mean((network(images, training=True) - wanted) ** 2) < 0.05 * np.mean(wanted**2)
