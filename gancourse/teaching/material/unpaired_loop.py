"""The live training of lesson 55: shipped translators go on learning, with another set of targets."""

import time
from collections.abc import Callable

import numpy as np

from gancourse import losses
from gancourse.gans.averaging import copy_model, move_average
from gancourse.networks.cycle_networks import build_pair, build_patch_discriminator
from gancourse.quiet import import_tensorflow
from gancourse.teaching.clock import live_seconds

tf = import_tensorflow()
import keras  # noqa: E402

BATCH, POOL, LAMBDA = 4, 50, 10.0
#: Of the translators, and of discriminators that begin anew.
RATES = 5e-4, 1e-3
WIDTHS = (16, 32, 64)
AVERAGED = 0.95


def go_on(
    translators: keras.Model,
    sources: np.ndarray,
    targets: np.ndarray,
    translators_loss: Callable,
    through_pool: Callable,
    seconds: float = 20,
    seed: int = 55,
) -> tuple[keras.Model, int]:
    """Train a copy of two translators on, and print how far they came.

    Args:
        translators: with layers "to_b" and "to_a"; they stay as they are.
        sources, targets: images of A and of B, (N, H, W, 1) in [-1, 1], that are no pairs.
        translators_loss, through_pool: the learner's, or the course's.
        seconds: after the first step.
        seed: of the discriminators, the pools, and the order of images.

    Returns:
        The translators, with averaged weights, and how many steps were made.
    """
    keras.utils.set_random_seed(seed)
    trained, averaged = copy_model(translators), copy_model(translators)
    to_b, to_a = (trained.get_layer(name) for name in ("to_b", "to_a"))
    of_a, of_b = (build_patch_discriminator(1, WIDTHS, name) for name in ("of_a", "of_b"))
    judges = build_pair(of_a, of_b, sources.shape[1])
    g_optimizer, d_optimizer = (keras.optimizers.Adam(rate, 0.5) for rate in RATES)

    @tf.function
    def translate(a, b):
        with tf.GradientTape() as tape:
            loss, as_b, as_a = translators_loss(a, b, to_b, to_a, of_a, of_b, LAMBDA)
        g_optimizer.apply(tape.gradient(loss, trained.trainable_variables), trained.trainable_variables)
        move_average(averaged, trained, AVERAGED, g_optimizer.iterations)
        return loss, as_b, as_a

    @tf.function
    def judge(a, b, old_a, old_b):
        with tf.GradientTape() as tape:
            pairs = (of_a(a), of_a(old_a)), (of_b(b), of_b(old_b))
            loss = sum(losses.least_squares_discriminator_loss(*pair) for pair in pairs)
        d_optimizer.apply(tape.gradient(loss, judges.trainable_variables), judges.trainable_variables)
        return loss

    rng, end = np.random.default_rng(seed), float("inf")
    pools: tuple[list, list] = [], []
    told: list[float] = []
    while time.monotonic() < end:
        a, b = (
            tf.constant(images[rng.choice(len(images), BATCH, replace=False)])
            for images in (sources, targets)
        )
        loss, as_b, as_a = translate(a, b)
        old = [through_pool(pool, x.numpy(), POOL, rng) for pool, x in zip(pools, (as_a, as_b), strict=True)]
        judge(a, b, *(tf.constant(x, tf.float32) for x in old))
        told.append(float(loss))
        if len(told) == 1:  # from here on: the first step compiles
            end = time.monotonic() + live_seconds(seconds)
    print(f"{len(told)} steps: loss {np.mean(told[:5]):.2f} at first, {np.mean(told[-20:]):.2f} at last")
    return averaged, len(told)
