"""Compute a kernel distance on features of ImageNet's Inception, which knows photographs, not brains.

The numbers are not those of papers. FID and KID are defined on the Inception of TensorFlow's 2015 graph, for
colour images resized in a certain way, which changes the result (Parmar et al. 2022, arXiv 2104.11222). This
one is Keras' InceptionV3, with weights of its own, on grey slices of 64 pixels, enlarged bilinearly to 299
and repeated in three channels. So compare one `kid_inception` only with another.
"""

import keras
import numpy as np

from gancourse.errors import InputError
from gancourse.metrics.fidelity import kid
from gancourse.metrics.learned import in_blocks

SIDE = 299


def load_inception(weights: str | None = "imagenet") -> keras.Model:
    """Load Keras' InceptionV3 without its last layer, (B, 299, 299, 3) in [-1, 1] -> (B, 2048).

    Args:
        weights: "imagenet", downloaded once (88 MB), or None for random weights, whose features mean nothing.

    Raises:
        InputError: the weights are not on this machine and cannot be downloaded.
    """
    try:
        return keras.applications.InceptionV3(
            include_top=False, weights=weights, input_shape=(SIDE, SIDE, 3), pooling="avg"
        )
    except Exception as error:  # keras raises a plain Exception when its download fails
        reason = (str(error).splitlines() or [type(error).__name__])[0].split(" on http")[0]  # no address
        raise InputError(
            f"ImageNet's Inception: not on this machine, and the download failed ({reason}); go"
            " online once, or use the course's own, pretrained.load('features/brain-mr')"
        ) from None


def embed_inception(images: np.ndarray, network: keras.Model, batch_size: int = 32) -> np.ndarray:
    """Compute features (N, 2048) of images (N, H, W) in [-1, 1], enlarged, grey in three channels."""

    def features(grey, training):
        large = keras.ops.image.resize(grey[..., None], (SIDE, SIDE), interpolation="bilinear")
        return network(keras.ops.repeat(large, 3, axis=-1), training=training)

    return in_blocks(features, images, batch_size)


def kid_inception(
    images: np.ndarray,
    real: np.ndarray,
    groups_real: np.ndarray | None = None,
    weights: str | None = "imagenet",
) -> tuple[float, float]:
    """Return `fidelity.kid` of images (N, H, W) and (M, H, W) in [-1, 1] on Inception's features.

    Six images take about a second on one core. Raises `InputError` as `load_inception` does.
    """
    network = load_inception(weights)
    return kid(embed_inception(images, network), embed_inception(real, network), groups_b=groups_real)
