"""CycleGAN as a `keras.Model`: translate without pairs (Zhu et al. 2017, arXiv 1703.10593).

Two generators go between two sets of images, there and back. A discriminator for each set asks that
translations look like the set, and the cycle loss that an image comes back as it was. Neither asks that a
translation shows what is in the patient: what the target set lacks may vanish, and what it is full of may
appear (Cohen et al. 2018, arXiv 1805.08841).
"""

import keras
import tensorflow as tf

from gancourse import losses
from gancourse.gans.adversarial import AdversarialModel, share

POOL = 50  #: translations that are kept of each set, as in the paper


def cycle_loss(images, returned):
    """Return how far images are from themselves after a way there and back: the mean absolute difference."""
    return losses.l1(images, returned)


def swap(pool, images, places, chosen):
    """Show the discriminator older translations in place of some new ones (Shrivastava et al. 2017).

    Args:
        pool: older translations (P, H, W, C).
        images: new ones (B, H, W, C).
        places: (B,) integers, all different: where in the pool each may go.
        chosen: (B,) booleans: which of them change places with the one in the pool.

    Returns:
        The pool afterwards, and what is shown, (B, H, W, C).
    """
    stored = tf.gather(pool, places)
    chosen = chosen[:, None, None, None]
    pool = tf.tensor_scatter_nd_update(pool, places[:, None], tf.where(chosen, images, stored))
    return pool, tf.where(chosen, stored, images)


class CycleGAN(AdversarialModel):
    """Two translators and two discriminators that learn from two sets of images without pairs.

    Args:
        translators: [images of A, images of B] -> [translated to B, translated to A], float32 in [-1, 1],
            with layers "to_b" and "to_a".
        discriminators: [images of A, images of B] -> a map of logits for each, with layers "of_a" and "of_b".
        seed: of the pools; the same seed and data give the same training.
        ema: momentum of a running average of the translators' weights, kept as `ema_generator`; 0 keeps none.
    """

    def __init__(self, translators, discriminators, seed: int = 0, ema: float = 0.0, **kwargs):
        super().__init__(
            translators, discriminators, ema, ("g_loss", "cycle", "d_loss", "d_accuracy"), **kwargs
        )
        self.to_b, self.to_a = (translators.get_layer(name) for name in ("to_b", "to_a"))
        self.of_a, self.of_b = (discriminators.get_layer(name) for name in ("of_a", "of_b"))
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.pools = [
            keras.Variable(tf.zeros((POOL, *shape[1:])), trainable=False, name="image_pool")
            for shape in translators.output_shape
        ]

    def compile(
        self, d_optimizer, g_optimizer, *, lambda_cycle: float = 10.0, cycle=cycle_loss, swap=swap, **options
    ):
        """Choose optimisers, the functions of the cycle and of the pool, and the cycle's weight."""
        super().compile(d_optimizer, g_optimizer, **options)
        self.lambda_cycle, self.cycle, self.swap = lambda_cycle, cycle, swap

    def train_step(self, batch):
        """Train all four networks once, on images of A and of B, (B, H, W, C) each, that are no pairs."""
        a, b = batch
        with tf.GradientTape() as g_tape:
            as_b, as_a = self.to_b(a, training=True), self.to_a(b, training=True)
            cycle = self.cycle(a, self.to_a(as_b, training=True)) + self.cycle(
                b, self.to_b(as_a, training=True)
            )

        old_b, old_a = (self.from_pool(pool, x) for pool, x in zip(self.pools, (as_b, as_a), strict=True))
        with tf.GradientTape() as d_tape:  # the discriminators learn, from older translations too
            reals = self.of_a(a, training=True), self.of_b(b, training=True)
            fakes = self.of_a(old_a, training=True), self.of_b(old_b, training=True)
            d_loss = sum(map(losses.least_squares_discriminator_loss, reals, fakes))
        self.update_discriminator(d_tape, d_loss)

        with g_tape:  # the translators learn: to pass for the other set, and to be undone
            logits = self.of_a(as_a, training=True), self.of_b(as_b, training=True)
            g_loss = sum(map(losses.least_squares_generator_loss, logits)) + self.lambda_cycle * cycle
        self.update_generator(g_tape, g_loss)
        accuracy = sum(share(x > 0) for x in reals) / 4 + sum(share(x < 0) for x in fakes) / 4
        return self.report(g_loss=g_loss, cycle=cycle, d_loss=d_loss, d_accuracy=accuracy)

    def from_pool(self, pool, images):
        """Keep translations (B, H, W, C) in a pool, and return what the discriminator sees in their place."""
        count = tf.shape(images)[0]
        kept = tf.cast(self.g_optimizer.iterations, tf.int32) * count
        filling = kept < POOL  # until it is full, the pool takes all and gives nothing
        order = tf.argsort(keras.random.uniform((POOL,), seed=self.seed_generator))
        places = tf.where(filling, (kept + tf.range(count)) % POOL, order[:count])
        chosen = filling | (keras.random.uniform((count,), seed=self.seed_generator) < 0.5)
        changed, shown = self.swap(tf.convert_to_tensor(pool), images, places, chosen)
        pool.assign(changed)
        return tf.where(filling, images, shown)

    def call(self, images, training=False):
        """Translate images of A (B, H, W, C) to B, by averaged weights if there are any."""
        return self.trained_generator.get_layer("to_b")(images, training=training)
