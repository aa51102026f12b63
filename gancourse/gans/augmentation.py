"""Differentiable augmentation (Zhao et al. 2020, arXiv 2006.10738): the discriminator sees changed images.

Real and generated images are changed alike, and the generator is trained through the change. So a
discriminator with few images cannot memorise them, and the generator does not learn the changes. As in the
paper, brightness, contrast and position change, and a square is cut out and filled with 0.
"""

import keras
import tensorflow as tf

SHIFT = 1 / 8  # of the side, at most
CUT = 1 / 2  # of the side


def draw_augmentation(n, size: int, seed) -> dict:
    """Draw the parameters of `augment` for n square images: numbers (n,) by name.

    Args:
        n: a number or a tensor.
        size: the images' side.
        seed: `keras.random.SeedGenerator` or a number.
    """
    shift = int(size * SHIFT + 0.5)
    seed = keras.random.SeedGenerator(seed) if isinstance(seed, int) else seed
    return {
        "brightness": keras.random.uniform((n,), -0.5, 0.5, seed=seed),
        "contrast": keras.random.uniform((n,), 0.5, 1.5, seed=seed),
        "down": keras.random.randint((n,), -shift, shift + 1, seed=seed),
        "right": keras.random.randint((n,), -shift, shift + 1, seed=seed),
        "cut_row": keras.random.randint((n,), 0, size + 1, seed=seed),
        "cut_column": keras.random.randint((n,), 0, size + 1, seed=seed),
    }


def augment(images, how: dict):
    """Change images (B, H, W, C) -> (B, H, W, C), float32.

    Args:
        images: in [-1, 1].
        how: for each image, `brightness` to add, `contrast` by which to multiply the deviation from its mean,
            pixels by which to move it `down` and `right`, and the centre (`cut_row`, `cut_column`) of the
            square to cut out. What is cut out or moved in from outside is 0.
    """
    images = tf.cast(images, tf.float32) + _each(how["brightness"])
    mean = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
    images = mean + (images - mean) * _each(how["contrast"])
    size = images.shape[1]
    padded = tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]])
    for axis, shift in ((1, how["down"]), (2, how["right"])):
        come_from = tf.clip_by_value(tf.range(size)[None] - shift[:, None] + 1, 0, size + 1)  # (B, size)
        padded = tf.gather(padded, come_from, axis=axis, batch_dims=1)
    rows, columns = (
        (tf.range(size)[None] >= centre[:, None] - int(size * CUT) // 2)
        & (tf.range(size)[None] < centre[:, None] + int(size * CUT) // 2)
        for centre in (how["cut_row"], how["cut_column"])
    )
    cut = rows[:, :, None, None] & columns[:, None, :, None]
    return tf.where(cut, 0.0, padded)


def _each(numbers):
    return tf.reshape(numbers, (-1, 1, 1, 1))
