"""A GAN in the plane: two small networks, and points (x, y) instead of images, so that all can be drawn.

After GAN Lab (Kahng et al. 2018, arXiv 1809.01587). The losses are those of the course's recipes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from gancourse import losses
from gancourse.errors import InputError
from gancourse.losses import LOSSES
from gancourse.options import Options, one_of, within

BATCH = 128
#: Real points to draw batches from.
POOL = 20_000
#: Weight of the gradient penalty, for Wasserstein: Gulrajani et al.'s own for points in the plane.
PENALTY = 0.1
OPTIMIZERS = {"adam": lambda: keras.optimizers.Adam(beta_1=0.5), "sgd": keras.optimizers.SGD}


@dataclass(frozen=True)
class Rules(Options):
    """How a game in the plane is played."""

    noise: str = one_of("normal", "normal", "uniform")  #: standard normal, or uniform from -1 to 1
    noise_dim: int = within(2, 1, 2)
    g_layers: int = within(2, 1, 3)  #: hidden layers, and neurons in each
    g_neurons: int = within(16, 1, 64)
    d_layers: int = within(2, 1, 3)
    d_neurons: int = within(16, 1, 64)
    #: see `losses.LOSSES`; "own" are those of an `OwnParts`
    loss: str = one_of("bce", "minimax", "bce", "least-squares", "wasserstein", "own")
    optimizer: str = one_of("adam", *OPTIMIZERS)
    g_rate: float = within(0.002, 1e-6, 1.0)
    d_rate: float = within(0.002, 1e-6, 1.0)
    g_steps: int = within(1, 1, 10)  #: of the generator, in a training step
    d_steps: int = within(1, 1, 10)

    @property
    def networks(self) -> tuple:
        """Return what defines the networks; if it changes, a new game begins."""
        return (
            *(self.noise, self.noise_dim),
            *(self.g_layers, self.g_neurons, self.d_layers, self.d_neurons),
        )

    @property
    def graph(self) -> tuple:
        """Return what defines the compiled graph; rates and steps are not part of it."""
        return (*self.networks, self.loss, self.optimizer)


@dataclass(frozen=True)
class OwnParts:
    """Losses and a training step that somebody has written, to be played with in place of the course's.

    Attributes:
        d_loss: of real and of fake logits, (n, 1) each -> one number.
        g_loss: of fake logits, (n, 1) -> one number.
        train_step: updates both networks once; called as `train_step(players)`, see `Players`.
    """

    d_loss: Callable[..., Any]
    g_loss: Callable[..., Any]
    train_step: Callable[["Players"], Any]


@dataclass(frozen=True)
class Players:
    """What a training step works with: both networks, their losses and optimisers, and its batches.

    Attributes:
        draw_real: returns a batch of real points, (n, 2), another one at each call.
        draw_noise: returns a batch of noise for the generator, (n, noise_dim).
    """

    generator: keras.Model
    discriminator: keras.Model
    d_loss: Callable[..., Any]
    g_loss: Callable[..., Any]
    d_optimizer: Any
    g_optimizer: Any
    draw_real: Callable[[], Any]
    draw_noise: Callable[[], Any]


def train_step(gan: Players):
    """Update the discriminator and then the generator (Goodfellow et al. 2014, algorithm 1, with k = 1).

    Returns:
        Both losses, each before its update.
    """
    real_points = gan.draw_real()  # (n, 2)
    fake_points = gan.generator(gan.draw_noise())  # (n, 2)
    with tf.GradientTape() as tape:
        d_loss = gan.d_loss(gan.discriminator(real_points), gan.discriminator(fake_points))
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply(tape.gradient(d_loss, variables), variables)
    noise = gan.draw_noise()
    with tf.GradientTape() as tape:
        g_loss = gan.g_loss(gan.discriminator(gan.generator(noise)))
    variables = gan.generator.trainable_variables
    gan.g_optimizer.apply(tape.gradient(g_loss, variables), variables)
    return d_loss, g_loss


class _Resting:
    """Stands in for the optimiser of a network that has a break: it changes nothing."""

    def apply(self, *_: Any) -> None:
        """Change nothing."""

    def apply_gradients(self, *_: Any) -> None:
        """Change nothing."""


def mlp(inputs: int, layers: int, neurons: int, outputs: int) -> keras.Model:
    """Build a network of hidden layers of equal width, with leaky ReLU as in the deck."""
    hidden = [keras.layers.Dense(neurons, keras.layers.LeakyReLU(0.2)) for _ in range(layers)]
    return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(outputs)])


class PlaneGAN:
    """Two networks, and the steps that teach them, compiled for `rules.graph`.

    Attributes:
        points: variable (POOL, 2), the real points.
        rules: those in force; with the same `graph`, they may be replaced at any time.
        own: what is played with where `rules.loss` is "own".

    Raises:
        InputError: the loss is "own", and there are no `own` parts.
    """

    def __init__(self, rules: Rules, own: OwnParts | None = None):
        if rules.loss == "own" and own is None:
            raise InputError(f"loss 'own': this game was given none; expected one of {', '.join(LOSSES)}")
        self.own = own if rules.loss == "own" else None
        self.rules, self.points = rules, tf.Variable(tf.zeros((POOL, 2)))
        self.generator = mlp(rules.noise_dim, rules.g_layers, rules.g_neurons, 2)
        self.discriminator = mlp(2, rules.d_layers, rules.d_neurons, 1)
        self.d_loss, self.g_loss = (self.own.d_loss, self.own.g_loss) if self.own else LOSSES[rules.loss]
        self.g_optimizer, self.d_optimizer = (OPTIMIZERS[rules.optimizer]() for _ in range(2))
        self.g_optimizer.build(self.generator.trainable_variables)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.random, self.eyes = (tf.random.Generator.from_seed(0) for _ in range(2))  # to train; to look
        self.restart(0)

    def restart(self, seed: int) -> None:
        """Start again: the same seed, points and rules give the same game."""
        rng = np.random.default_rng(seed)
        for network in (self.generator, self.discriminator):
            for layer in network.layers:
                fan_in, fan_out = layer.kernel.shape
                limit = np.sqrt(6 / (fan_in + fan_out))  # Glorot and Bengio 2010
                layer.kernel.assign(rng.uniform(-limit, limit, (fan_in, fan_out)))
                layer.bias.assign(np.zeros(fan_out))
        self._forget()
        self.random.reset_from_seed(seed)
        self.eyes.reset_from_seed(seed + 1)

    def take_over(self, other: "PlaneGAN") -> None:
        """Continue a game with the same networks by these rules; optimisers start anew."""
        self.generator.set_weights(other.generator.get_weights())
        self.discriminator.set_weights(other.discriminator.get_weights())
        self.points.assign(other.points)
        self._forget()
        self.random.reset(other.random.state)
        self.eyes.reset(other.eyes.state)

    def _forget(self) -> None:
        for variable in (*self.g_optimizer.variables, *self.d_optimizer.variables):
            variable.assign(tf.zeros_like(variable))

    def train(self, steps: int = 1, d_steps: int | None = None, g_steps: int | None = None) -> None:
        """Train for some steps, each of D's updates and then G's: by default as many as the rules say."""
        rules = self.rules
        self.g_optimizer.learning_rate.assign(rules.g_rate)
        self.d_optimizer.learning_rate.assign(rules.d_rate)
        d_steps = rules.d_steps if d_steps is None else d_steps
        g_steps = rules.g_steps if g_steps is None else g_steps
        self._train(*(tf.constant(n) for n in (steps, d_steps, g_steps)))

    @tf.function(input_signature=[tf.TensorSpec((), tf.int32)] * 3)
    def _train(self, steps, d_steps, g_steps):
        for _ in tf.range(steps):
            if self.own and d_steps == 1 and g_steps == 1:
                self._own_step(self.d_optimizer, self.g_optimizer)
            else:
                for _ in tf.range(d_steps):
                    self._d_step()
                for _ in tf.range(g_steps):
                    self._g_step()

    @tf.autograph.experimental.do_not_convert
    def _own_step(self, d_optimizer, g_optimizer):
        assert self.own
        self.own.train_step(
            Players(
                *(self.generator, self.discriminator, self.d_loss, self.g_loss, d_optimizer, g_optimizer),
                draw_real=lambda: self._sample_real(self.random, BATCH),
                draw_noise=lambda: self.sample_noise(self.random, BATCH),
            )
        )

    @tf.autograph.experimental.do_not_convert  # no loops in it; Keras need not be searched
    def _d_step(self):
        if self.own:
            return self._own_step(self.d_optimizer, _Resting())
        real, fake = (
            self._sample_real(self.random, BATCH),
            self.generator(self.sample_noise(self.random, BATCH)),
        )
        with tf.GradientTape() as tape:
            loss = self.d_loss(self.discriminator(real), self.discriminator(fake))
            if self.rules.loss == "wasserstein":
                between = real + self.random.uniform((BATCH, 1)) * (fake - real)
                gradient = self._gradient(between, tf.reduce_sum)
                loss += PENALTY * losses.gradient_penalty(gradient[:, None, None])  # a point is a 1 x 1 image
        variables = self.discriminator.trainable_variables
        self.d_optimizer.apply(tape.gradient(loss, variables), variables)

    @tf.autograph.experimental.do_not_convert
    def _g_step(self):
        if self.own:
            return self._own_step(_Resting(), self.g_optimizer)
        with tf.GradientTape() as tape:
            loss = self.g_loss(self.discriminator(self.generator(self.sample_noise(self.random, BATCH))))
        variables = self.generator.trainable_variables
        self.g_optimizer.apply(tape.gradient(loss, variables), variables)

    def sample_noise(self, random: tf.random.Generator, n: int):
        """Draw noise (n, noise_dim) by the rules."""
        shape = (n, self.rules.noise_dim)
        return random.normal(shape) if self.rules.noise == "normal" else random.uniform(shape, -1.0)

    def _sample_real(self, random: tf.random.Generator, n: int):
        return tf.gather(self.points, random.uniform((n,), 0, POOL, tf.int32))

    def _gradient(self, points, of_logits):
        """Return the gradient (n, 2) of a number computed from the points' logits."""
        with tf.GradientTape() as tape:
            tape.watch(points)
            number = of_logits(self.discriminator(points))
        return tape.gradient(number, points)

    @tf.function(autograph=False, reduce_retracing=True)
    def look(self, noise, places, n: int = 2000):
        """Measure the present state of the game without changing it.

        Args:
            noise: (k, noise_dim).
            places: (m, 2).
            n: how many new real and new fake points to measure on.

        Returns:
            By name: the noise's `fake` points (k, 2); `pull` (k, 2), minus the gradient of the generator's
            loss at each of them, as if it were alone; `logits` (m,) at the places; `sample` (n, 2), new fake
            points; `d_loss` and `g_loss`, without penalty; `real_logit` and `fake_logit`, the means;
            `accuracy`, the share of logits with the right sign.
        """
        fake, sample = self.generator(noise), self.generator(self.sample_noise(self.eyes, n))
        count = tf.cast(tf.shape(noise)[0], tf.float32)
        real_logits, fake_logits = (
            self.discriminator(points) for points in (self._sample_real(self.eyes, n), sample)
        )
        right = tf.reduce_mean(tf.cast(tf.concat([real_logits > 0, fake_logits < 0], 0), tf.float32))
        return {
            "fake": fake,
            "pull": -count * self._gradient(fake, self.g_loss),
            "logits": self.discriminator(places)[:, 0],
            "sample": sample,
            "d_loss": self.d_loss(real_logits, fake_logits),
            "g_loss": self.g_loss(fake_logits),
            "real_logit": tf.reduce_mean(real_logits),
            "fake_logit": tf.reduce_mean(fake_logits),
            "accuracy": right,
        }
