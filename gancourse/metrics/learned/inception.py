"""ImageNet's Inception, for a kernel distance on features of a network that knows photographs, not brains.

Numbers from here are not those of papers. FID and KID are defined on the Inception of TensorFlow's 2015
graph, for colour images, resized in a certain way, which changes the result (Parmar et al. 2022, arXiv
2104.11222). Here it is Keras' InceptionV3, with weights of its own, and grey slices of 64 pixels, enlarged
bilinearly to 299 and repeated in three channels. So compare one `kid_inception` with another, and with
nothing else.
"""

from typing import TYPE_CHECKING

import numpy as np

from gancourse.errors import InputError
from gancourse.metrics.fidelity import kid

if TYPE_CHECKING:
    import keras

SIDE = 299


def load_inception(weights: str | None = "imagenet") -> "keras.Model":
    """Keras' InceptionV3 without its last layer, (B, 299, 299, 3) in [-1, 1] -> (B, 2048); 88 MB, once.

    Args:
        weights: "imagenet", or None for random ones, which say nothing of images.

    Raises:
        InputError: the weights are not on this machine and cannot be downloaded.
    """
    import keras

    try:
        return keras.applications.InceptionV3(
            include_top=False, weights=weights, input_shape=(SIDE, SIDE, 3), pooling="avg"
        )
    except Exception as error:  # keras raises a plain Exception for what its download met
        raise InputError(
            f"ImageNet's Inception: not on this machine, and the download failed ({_reason(error)}); go"
            " online once, or use the course's own, pretrained.load('features/brain-mr')"
        ) from None


def embed_inception(images: np.ndarray, network: "keras.Model", batch_size: int = 32) -> np.ndarray:
    """Features (N, 2048) of images (N, H, W) in [-1, 1], enlarged bilinearly, grey in three channels."""
    import keras

    found = []
    for start in range(0, len(images), batch_size):
        grey = np.asarray(images[start : start + batch_size], np.float32)[..., None]
        large = keras.ops.image.resize(grey, (SIDE, SIDE), interpolation="bilinear")
        colour = keras.ops.repeat(large, 3, axis=-1)
        found.append(keras.ops.convert_to_numpy(network(colour, training=False)))
    return np.concatenate(found)


def kid_inception(
    images: np.ndarray,
    real: np.ndarray,
    groups_real: np.ndarray | None = None,
    weights: str | None = "imagenet",
) -> tuple[float, float]:
    """`fidelity.kid` of images (N, H, W) and (M, H, W) in [-1, 1] on Inception's features, and its error.

    About a second for six images on a core. Raises `InputError` as `load_inception`.
    """
    network = load_inception(weights)
    return kid(embed_inception(images, network), embed_inception(real, network), groups_b=groups_real)


def _reason(error: Exception) -> str:
    """What Keras says, without the address."""
    return (str(error).splitlines() or [type(error).__name__])[0].split(" on http")[0]
