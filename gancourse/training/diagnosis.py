"""Watch a training for the ways in which GANs fail, and give lesson 42's advice early.

A loss that is not finite ends the training. Collapse, and a discriminator that has won, are each reported
once, in one line on standard error: either may pass by itself, so the training continues.
"""

import sys

import keras
import numpy as np

from gancourse.errors import InputError
from gancourse.gans.latent import draw_latents
from gancourse.metrics.statistics import diversity

EVERY = 50  # training steps from one look to the next
#: A generator has collapsed if its images differ less than this share of how real images differ. In lesson
#: 42's collapse they fall to a quarter; in every other training there they stay above a half.
LEAST_VARIETY = 0.4
COLLAPSED_LOOKS = 3
#: A discriminator has won if it is right this often, look after look, and its loss is nearly nothing or the
#: generator's grows. The mended trainings of lesson 42 stay below, or come back within 100 steps.
SURE = 0.995
WON_LOOKS = 4
NO_LOSS = 0.1

COLLAPSE = (
    "collapse: its images hardly differ ({:.0%} of how real ones do). Lower g_rate, or try minibatch_std=true"
    " (lesson 42)"
)
WON = (
    "the discriminator has won: right in {:.1%} of its answers for {} steps, while the generator does not"
    " catch up. Raise g_rate or lower d_rate; with loss=minimax, use loss=bce; or try smooth=0.1 (lesson 42)"
)


class TrainingDiverged(InputError):
    """Losses or weights are no longer finite: the images or the recipe cannot be trained with."""

    ADVICE = (
        "Optimiser first (lesson 42): lower the learning rates (g_rate, d_rate or rate), or set beta1=0.5;"
        " try float32; look for NaN in the images."
    )


class StopOnNaN(keras.callbacks.Callback):
    """Raise `TrainingDiverged`, with epoch and step, as soon as a loss is not finite."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        for name, value in logs.items():
            if not np.isfinite(value):
                where = f"epoch {self.epoch + 1}, step {batch + 1}"
                raise TrainingDiverged(f"{name} is {value} at {where}. {TrainingDiverged.ADVICE}")


class Diagnosis(keras.callbacks.Callback):
    """Warn of collapse, and of a discriminator that has won.

    Args:
        real_images: (N, H, W) in [-1, 1], to compare with; 64 are enough.
        has_accuracy: whether logits above 0 mean "real"; they do not for a Wasserstein critic.

    Attributes:
        warnings: what was printed.
    """

    def __init__(self, real_images: np.ndarray, has_accuracy: bool = True):
        super().__init__()
        self.real_variety = diversity(real_images)["mean_pair"] if len(real_images) > 1 else 0.0
        self.has_accuracy = has_accuracy
        self.warnings: list[str] = []

    def on_train_begin(self, logs=None):
        self.latents = draw_latents(32, self.model.latent_dim, seed=3)
        self.steps, self.looks = 0, list[dict[str, float]]()

    def on_epoch_begin(self, epoch, logs=None):
        self.sums = dict.fromkeys(self.model.trackers, (0.0, 0.0))  # `fit` resets them

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        if self.steps % EVERY == 0:
            self.looks.append({name: self.mean_since_last_look(name) for name in self.sums})
            images = self.model.sample(self.latents, batches=2)[..., 0]
            self.looks[-1]["variety"] = diversity(images)["mean_pair"] / max(self.real_variety, 1e-6)
            self.diagnose()

    def mean_since_last_look(self, name: str) -> float:
        tracker, (total, count) = self.model.trackers[name], self.sums[name]
        self.sums[name] = float(tracker.total), float(tracker.count)
        return (self.sums[name][0] - total) / (self.sums[name][1] - count)

    def diagnose(self) -> None:
        last = self.looks[-COLLAPSED_LOOKS:]
        if len(self.looks) > COLLAPSED_LOOKS and all(look["variety"] < LEAST_VARIETY for look in last):
            self.warn(COLLAPSE, last[-1]["variety"])
        last = self.looks[-WON_LOOKS:]
        if not self.has_accuracy or len(last) < WON_LOOKS:
            return
        sure = [look["d_accuracy"] for look in last]
        stuck = last[-1]["d_loss"] < NO_LOSS or last[-1]["g_loss"] > 1.1 * last[0]["g_loss"] > 0
        if min(sure) >= SURE and stuck:
            self.warn(WON, np.mean(sure), WON_LOOKS * EVERY)

    def warn(self, message: str, *numbers) -> None:
        """Print a warning on standard error, unless it was printed before."""
        if not any(said.startswith(message[:8]) for said in self.warnings):
            self.warnings.append(message.format(*numbers))
            step = int(self.model.g_optimizer.iterations)
            print(f"warning: step {step}: {self.warnings[-1]}", file=sys.stderr)
