"""Four failures of a GAN, provoked in half a minute each and cured by one change, for lesson 42."""

from dataclasses import dataclass, replace

from gancourse.training.recipes import Recipe
from gancourse.training.variants import BASELINE


@dataclass(frozen=True)
class Failure:
    """A recipe that fails within a number of training steps, and the change that cures it."""

    recipe: Recipe
    change: dict
    steps: int

    @property
    def mend(self) -> Recipe:
        """Return the changed recipe."""
        return replace(self.recipe, **self.change)


#: The discriminator learns ten times as fast as in the baseline, of which 600 training steps show a brain.
_STRONG = replace(BASELINE, d_rate=2e-3)

FAILURES = {
    # A generator that runs ahead finds one image that passes, and makes nothing else.
    "collapse": Failure(replace(BASELINE, g_rate=2e-3), {"g_rate": 2e-4}, 600),
    # A discriminator that is always right, and a generator too slow to follow.
    "winning discriminator": Failure(replace(_STRONG, g_rate=2e-5), {"g_rate": 1e-3}, 600),
    # Transposed convolutions leave a pattern; Adam's default momentum makes it strong.
    "checkerboard": Failure(replace(BASELINE, beta1=0.9), {"networks": "resize"}, 600),
    # A sure discriminator leaves the generator of the zero-sum game no gradient to learn from.
    "vanishing gradients": Failure(replace(_STRONG, loss="minimax"), {"loss": "bce"}, 600),
}
