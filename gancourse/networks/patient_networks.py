"""Generator and discriminator of a patient: four modalities and the labels that belong to them, in one image.

A patient is one axial slice as maps (B, H, W, 8) in [-1, 1], see `CHANNELS`: what is probably brain, whole
tumour, core and enhancing tumour, then T1, T1ce, T2 and FLAIR. Both networks see all maps at once, so that
images and labels have to fit together. They are those of `networks.modulated`, with another last layer.
"""

import keras
from keras import layers, ops

from gancourse.networks.modulated import build_discriminator, build_generator

#: Channels of a patient's maps, in order.
REGION_CHANNELS = ("brain", "WT", "TC", "ET")
CHANNELS = (*REGION_CHANNELS, "t1", "t1ce", "t2", "flair")


@keras.saving.register_keras_serializable("gancourse")
class PatientHead(layers.Layer):
    """Turn logits (B, H, W, 8) into a patient's maps in [-1, 1], float32, by products of probabilities.

    A part of the slice is brain, a part of the brain is tumour, of that core, and of that enhancing: regions
    are nested, as in every patient. Intensities are shares of the brain map, so that the background is black.
    """

    def __init__(self, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})

    def call(self, logits):
        shares = ops.sigmoid(logits)
        brain, *nested = ops.split(shares[..., :4], 4, axis=-1)
        regions = [brain]
        for share in nested:
            regions.append(regions[-1] * share)
        return 2 * ops.concatenate([*regions, brain * shares[..., 4:]], axis=-1) - 1

    def compute_output_shape(self, input_shape):
        return input_shape


def build_patient_generator(widths: tuple[int, ...], latent_dim: int, **how) -> keras.Model:
    """Build a generator: latents (B, latent_dim) -> a patient's maps; arguments as of `build_generator`."""
    return build_generator(widths, latent_dim, channels=len(CHANNELS), head=PatientHead(), **how)


def build_patient_discriminator(
    widths: tuple[int, ...], size: int, minibatch_std: bool = True
) -> keras.Model:
    """Build a discriminator: a patient's maps -> logits (B, 1); arguments as of `build_discriminator`."""
    return build_discriminator(widths, size, minibatch_std, len(CHANNELS))
