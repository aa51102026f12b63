"""A GAN that is differentially private for patients (Xie et al. 2018, DPGAN, arXiv 1802.06739).

Only the discriminator sees patients, so only its step is made private, by DP-SGD (Abadi et al. 2016, arXiv
1607.00133, algorithm 1): draw patients at random, clip each one's gradient, sum, add noise, divide by the
expected number. The generator learns from the discriminator alone, and what is computed from something
private is as private. What differs from DPGAN:

- Gradients are clipped, not bounded through the weights; the loss is the deck's, not Wasserstein's.
- The unit is the patient, not the slice (McMahan et al. 2018, arXiv 1710.06963): the gradients of a patient's
  slices are averaged before they are clipped.

As in DPGAN, a gradient is that of a pair, a real image and a generated one. Clipped apart, both push with the
same force wherever the logits stand, and the images came out worse (tried). The discriminator takes several
steps for each one of the generator; Bie et al. 2023 (arXiv 2302.02936) show how much that helps.

`gancourse.metrics.accountant` says how private it is. It holds for the weights of both networks. It does not
hold for the reported losses and accuracies, which are computed from patients and get no noise: do not publish
them, and do not choose a run by them.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from gancourse.gans.each_gradient import chain_of, gradients_of_each
from gancourse.gans.gan import GAN


class PrivateGAN(GAN):
    """A `GAN` whose discriminator learns little from any one patient.

    The discriminator may not have batch normalisation, which makes one patient's gradient depend on others.
    """

    def compile(
        self,
        d_optimizer,
        g_optimizer,
        *,
        expected: float = 64.0,
        clip: float = 1.0,
        noise: float = 1.0,
        d_steps: int = 1,
        fakes: int = 64,
        **options,
    ):
        """Choose how private it is.

        Args:
            d_optimizer, g_optimizer: one Keras optimiser each.
            expected: patients in a batch, on average: rate x patients, a number that no draw changes.
            clip: the greatest length of a patient's gradient.
            noise: standard deviation of the noise on their sum, as a multiple of `clip`.
            d_steps: steps of the discriminator for each one of the generator.
            fakes: generated images in a step; each patient is compared with one of them.
            options: as in `AdversarialModel.compile`.

        Raises:
            ValueError: a discriminator in which images of a batch see each other, or with other weights than
                those of a chain of convolutions.
        """
        mixing = [layer.name for layer in self.discriminator._flatten_layers() if mixes(layer)]
        if mixing:
            raise ValueError(f"layer {mixing[0]}: lets images of a batch see each other; build it without")
        super().compile(d_optimizer, g_optimizer, **{"jit_compile": False} | options)
        self.expected, self.clip, self.noise = float(expected), float(clip), float(noise)
        self.d_steps, self.fakes = d_steps, fakes
        self.chain = chain_of(self.discriminator)

    def train_step(self, batch):
        """Train the discriminator once, and the generator at every `d_steps`-th step.

        Args:
            batch: real_images (B, H, W, C) in [-1, 1], and patients (B,), whole numbers, whose each image is;
                from `poisson_batches`.
        """
        real_images, patients = batch
        fake_images = self.generator(self.sample_latents(self.fakes), training=True)
        partners = tf.gather(fake_images, patients % self.fakes)  # hang on no other patient

        gradients, real_logits, fake_logits = self.pair_gradients(real_images, partners)
        total = clipped_sum(of_patients(gradients, patients), self.clip)
        private = [(g + n) / self.expected for g, n in zip(total, self.draw_noise(), strict=True)]
        self.d_optimizer.apply(private, self.discriminator.trainable_variables)

        its_turn = tf.equal(tf.cast(self.d_optimizer.iterations, tf.int32) % self.d_steps, 0)
        g_loss = tf.cond(its_turn, self.train_generator, lambda: self.g_loss(fake_logits))
        d_loss = self.d_loss(real_logits, fake_logits)
        return self.report_step(d_loss, g_loss, real_logits, fake_logits)

    def pair_gradients(self, real_images, fake_images):
        """Return the gradient of every pair's loss, and the logits.

        Args:
            real_images, fake_images: (B, H, W, C) each; the k-th of each are a pair.

        Returns:
            A list of (B, *shape of the variable); real logits (B,); fake logits (B,).
        """
        pairs = tf.stack([real_images, tf.cast(fake_images, tf.float32)], 1)  # (B, 2, H, W, C)
        pairs = tf.pad(pairs, [[0, 1]] + [[0, 0]] * 4)  # one more, since there may be none

        def losses(logits):  # their sum, of which each pair gets its own part
            return tf.cast(tf.shape(logits)[0], tf.float32) * self.d_loss(logits[:, 0], logits[:, 1])

        gradients, logits = gradients_of_each(self.chain, pairs, losses)
        return [g[:-1] for g in gradients], logits[:-1, 0], logits[:-1, 1]

    def draw_noise(self):
        """Draw Gaussian noise for the sum of clipped gradients: a list, one of each variable's shape."""
        deviation, seed = self.noise * self.clip, self.seed_generator
        shapes = [v.shape for v in self.discriminator.trainable_variables]
        return [keras.random.normal(shape, stddev=deviation, seed=seed) for shape in shapes]

    def train_generator(self):
        """Take one step of the generator, which never sees a patient, and return its loss."""
        latents = self.sample_latents(self.fakes)
        with tf.GradientTape() as tape:
            fake_images = self.generator(latents, training=True)
            loss = self.g_loss(self.discriminator(fake_images, training=True))
        self.update_generator(tape, loss)
        return loss


def of_patients(gradients, patients):
    """Average slices' gradients, a list of (B, ...), over each patient's slices -> a list of (P, ...)."""
    different, place = tf.unique(patients)
    return [tf.math.unsorted_segment_mean(g, place, tf.size(different)) for g in gradients]


def clipped_sum(gradients, clip: float):
    """Sum patients' gradients, a list of (P, ...), after shortening each to length `clip` -> a list of (...).

    A patient's length is that over all variables together. Whoever is added to the batch or removed moves the
    sum by `clip` at most.
    """
    squares = [tf.reduce_sum(g**2, list(range(1, len(g.shape)))) for g in gradients]
    length = tf.sqrt(tf.add_n(squares))  # (P,)
    factor = tf.minimum(1.0, clip / tf.maximum(length, 1e-12))
    return [tf.tensordot(factor, g, 1) for g in gradients]


def mixes(layer) -> bool:
    """Tell whether a layer computes something over a batch."""
    return isinstance(layer, layers.BatchNormalization) or type(layer).__name__ == "MinibatchStd"


def draw_patients(
    patients: np.ndarray, rate: float, seed: int, step: int, most: int | None = None
) -> np.ndarray:
    """Draw every patient with probability `rate`, independently -> the rows of all slices of those drawn.

    Batches differ in size. A walk through shuffled patients is not what the accountant counts.

    Args:
        patients: (N,), whose each slice is.
        rate: probability of a patient, 0 to 1.
        seed, step: the same two give the same rows.
        most: slices of a patient at a time, drawn at random; None for all.
    """
    rng = np.random.default_rng([seed, step])
    different = np.unique(patients)
    chosen = different[rng.random(len(different)) < rate]
    rows = np.flatnonzero(np.isin(patients, chosen))
    if most is None or not len(rows):
        return rows
    rows = rng.permutation(rows)
    _, place, counts = np.unique(patients[rows], return_inverse=True, return_counts=True)
    order = np.argsort(place, kind="stable")
    rank = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)  # within the patient
    return np.sort(rows[order][rank < most])


def poisson_batches(
    images: np.ndarray,
    patients: np.ndarray,
    rate: float,
    seed: int = 0,
    first_step: int = 0,
    most: int | None = None,
) -> tf.data.Dataset:
    """Make endless batches of `PrivateGAN`: images (B, H, W, 1) and patients (B,), where B varies.

    Args:
        images: (N, H, W) in [-1, 1].
        patients, rate, seed, most: as in `draw_patients`.
        first_step: number of the first batch, to go on with an interrupted training.
    """
    images, patients = np.asarray(images, np.float32)[..., None], np.asarray(patients)
    numbers = np.unique(patients, return_inverse=True)[1].astype(np.int32)

    def batches():
        step = first_step
        while True:
            rows = draw_patients(numbers, rate, seed, step, most)
            yield images[rows], numbers[rows]
            step += 1

    shapes = (tf.TensorSpec((None, *images.shape[1:])), tf.TensorSpec((None,), tf.int32))
    return tf.data.Dataset.from_generator(batches, output_signature=shapes).prefetch(4)
