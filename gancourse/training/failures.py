"""How a GAN fails, made on purpose in half a minute, and mended by one change: lesson 42's gallery."""

from dataclasses import dataclass, replace

import keras
import tensorflow as tf

from gancourse.gans.latent import draw_latents
from gancourse.training.recipes import Recipe
from gancourse.training.variants import BASELINE


@dataclass(frozen=True)
class Failure:
    """A recipe that fails within so many training steps, and the change that mends it."""

    recipe: Recipe
    change: dict
    steps: int

    @property
    def mend(self) -> Recipe:
        """Return the mended recipe."""
        return replace(self.recipe, **self.change)


#: Adam as in the DCGAN paper: with it 600 training steps show a brain.
_HEALTHY = replace(BASELINE, g_rate=2e-4, d_rate=2e-4, beta1=0.5)
#: The same, but the discriminator learns ten times as fast.
_STRONG = replace(_HEALTHY, d_rate=2e-3)

FAILURES = {
    # A generator that runs ahead finds one image that passes, and makes nothing else.
    "collapse": Failure(replace(_HEALTHY, g_rate=2e-3), {"g_rate": 2e-4}, 600),
    # A discriminator that is always right, and a generator too slow to follow.
    "winning discriminator": Failure(replace(_STRONG, g_rate=2e-5), {"g_rate": 2e-4}, 600),
    # Transposed convolutions overlap unevenly, and a penalised discriminator learns to notice it late.
    "checkerboard": Failure(
        replace(BASELINE, g_rate=2e-4, d_rate=2e-4, d_norm="none", r1=10.0), {"networks": "resize"}, 600
    ),
    # A sure discriminator leaves the generator of the zero-sum game no gradient to learn from.
    "vanishing gradients": Failure(replace(_STRONG, loss="minimax"), {"loss": "bce"}, 600),
}


class GeneratorGradient(keras.callbacks.Callback):
    """Measure how much the generator could learn now: the norm of its loss's gradient, for the same latents.

    The networks run as in training, so their running statistics move a little more; no loss depends on them.

    Args:
        every_steps: training steps from one value to the next.

    Attributes:
        values: (step, norm) pairs; the norm is the root of the sum of squares over all weights.
    """

    def __init__(self, every_steps: int = 20):
        super().__init__()
        self.every_steps = every_steps
        self.values: list[tuple[int, float]] = []

    def on_train_begin(self, logs=None):
        self.latents = tf.constant(draw_latents(64, self.model.latent_dim, seed=2))
        self.norm = tf.function(self.gradient_norm)

    def on_train_batch_end(self, batch, logs=None):
        step = int(self.model.g_optimizer.iterations)
        if step % self.every_steps == 0:
            self.values.append((step, float(self.norm())))

    def gradient_norm(self):
        generator, discriminator = self.model.generator, self.model.discriminator
        with tf.GradientTape() as tape:
            logits = discriminator(generator(self.latents, training=True), training=True)
            loss = self.model.g_loss(logits)
        return tf.linalg.global_norm(tape.gradient(loss, generator.trainable_variables))
