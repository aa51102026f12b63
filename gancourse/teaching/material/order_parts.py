"""The course's versions of what learners write in lesson 45: two conditions in a GAN, and three judgements.

The shipped generator scales its maps by a layer (`networks.conditional.ConditionalScaling`); the study's
judgements are `metrics.delivery` and `metrics.repeats`, which do the same with more care for odd cases.
"""

import time
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from gancourse.gans.conditional_gan import ConditionalGAN
from gancourse.gans.orders import CONDITIONS, LIMITS
from gancourse.metrics.memorisation import nearest, with_mirrors
from gancourse.networks.conditional import build_conditional_generator
from gancourse.networks.projection import build_projection_discriminator, project
from gancourse.quiet import import_tensorflow

tf = import_tensorflow()
import keras  # noqa: E402
from keras import layers  # noqa: E402

from gancourse.training.conditional_training import Examples, calibrate  # noqa: E402
from gancourse.training.translation import LABEL_CHANNELS  # noqa: E402

#: Standard deviation of what is added to the maps that the discriminator sees.
NOISE = 0.2

__all__ = [
    "any_orders",
    "build_gan",
    "delivered",
    "distance",
    "nearer_to_examples",
    "on_ordered_side",
    "project",
    "scale_maps",
    "train_live",
]


def scale_maps(maps, told):
    """Scale and shift each channel of normalised maps as the order says; at first not at all.

    Args:
        maps: (B, H, W, C).
        told: (B, n), the embedded order.

    Returns:
        (B, H, W, C).
    """
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)  # (B, C)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, 1, channels))(scale)  # the same at every pixel
    shift = layers.Reshape((1, 1, channels))(shift)
    return maps * (1 + scale) + shift


def delivered(asked: pd.DataFrame, found: pd.DataFrame, limits: Mapping[str, float]) -> pd.DataFrame:
    """Say of each order which attributes were delivered, and in the column `all` whether all of them were.

    Args:
        asked: columns `grade` and those of `limits`; NaN where nothing was asked.
        found: the same as an instrument has read them; NaN where it found nothing to measure.
        limits: by attribute, the greatest error that still counts as delivered.

    Returns:
        A row for each order, a column of booleans for `grade`, for each of `limits`, and for `all`.
    """
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        close = (found[name] - asked[name]).abs() <= limit  # NaN is not
        right[name] = asked[name].isna() | close
    table = pd.DataFrame(right)
    return table.assign(all=table.all(axis=1))


def distance(conditions: np.ndarray, training: np.ndarray, k: int = 5) -> np.ndarray:
    """Return the mean distance of each order to its k nearest training slices, (N,).

    Args:
        conditions: (N, n), standardised.
        training: (M, n).
        k: how many.
    """
    apart = np.linalg.norm(conditions[:, None] - training[None], axis=-1)  # (N, M)
    return np.sort(apart, axis=1)[:, :k].mean(axis=1)


def nearer_to_examples(generated: np.ndarray, examples: np.ndarray, unseen: np.ndarray) -> float:
    """Return the share of generated images that are nearer to an example than to any of as many unseen ones.

    Args:
        generated: (N, H, W).
        examples: (n, H, W), what the generator learned from; mirrored, they count as well.
        unseen: (M, H, W), of the same kind, M at least n; the first n of them are compared with.
    """
    unseen = unseen[: len(examples)]
    to_examples, to_unseen = (nearest(generated, with_mirrors(some))[0] for some in (examples, unseen))
    return float(np.mean(to_examples < to_unseen))


def any_orders(number: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw tumours anywhere in what can be ordered (`orders.LIMITS`), seen in training or not."""
    grades = np.array(["LGG", "HGG"])[rng.integers(0, 2, number)]
    drawn = {name: rng.uniform(*ends, number) for name, ends in LIMITS.items()}
    drawn["enhancing_cm2"] = np.minimum(drawn["enhancing_cm2"], drawn["area_cm2"])
    return pd.DataFrame({"grade": grades, **drawn})


def on_ordered_side(seg: np.ndarray, orders: pd.DataFrame) -> float:
    """Return the share of slices most of whose tumour lies on the ordered side.

    Args:
        seg: (N, S, S), labels; the patient's left is in the last columns.
        orders: with `side`, -1 or 1.
    """
    middle = seg.shape[2] // 2
    right, left = ((part > 0).sum((1, 2)) for part in (seg[:, :, :middle], seg[:, :, middle:]))
    ordered_left = orders["side"].to_numpy() > 0
    return float(np.mean(np.where(ordered_left, left > right, right > left)))


def build_gan(scale: Callable, project: Callable, size: int = 32, base: int = 12, seed: int = 0):
    """Build a small conditional GAN of label maps with these parts: a compiled `ConditionalGAN`.

    Args:
        scale: as `scale_maps`.
        project: as `networks.projection.project`.
        size, base: of the maps, in pixels, and of both networks.
        seed: of weights and latents.
    """
    keras.utils.set_random_seed(seed)
    generator = build_conditional_generator(
        CONDITIONS, latent_dim=32, base=base, size=size, channels=LABEL_CHANNELS, scaled=True, scale=scale
    )
    discriminator = build_projection_discriminator(
        CONDITIONS, base, size, LABEL_CHANNELS, project=project, noise=NOISE
    )
    gan = ConditionalGAN(generator, discriminator, seed, ema=0.99)
    d_optimizer, g_optimizer = (keras.optimizers.Adam(4e-4, 0.5) for _ in range(2))
    gan.compile(d_optimizer, g_optimizer, wrong=False)
    return gan


def train_live(
    gan: ConditionalGAN,
    examples: Examples,
    seconds: float,
    batch_size: int = 32,
    watch: Callable[[int], None] | None = None,
    every: int = 100,
) -> int:
    """Train for so many seconds after the first step, and return how many steps that were.

    The averaged generator then has the batch statistics of its weights, and so it has whenever `watch` is
    called with the number of steps: after each `every` of them, and at the end.
    """
    step, end, steps = tf.function(gan.train_step), float("inf"), 0
    for batch in examples.batches(batch_size, seed=0)(0):
        step(batch)
        end = time.monotonic() + seconds if not steps else end  # the first step compiles
        steps += 1
        over = time.monotonic() > end
        if over or (watch and steps % every == 0):
            calibrate(gan.ema_generator, examples, batches=4)
            if watch:
                watch(steps)
        if over:
            break
    return steps
