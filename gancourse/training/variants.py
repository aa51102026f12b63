"""What lesson 42 tests: a small baseline, and variants of it that each change one thing.

The baseline has the deck's layers and losses at 32 x 32 with a quarter of the maps, so that minutes are
enough. The deck says nothing of the optimiser: the baseline has Adam as the DCGAN paper sets it. It follows
the deck's guidelines, so each of their variants breaks one. It uses no later technique, so each of those
variants switches one on, with whatever it needs.
"""

import dataclasses

from gancourse.errors import InputError
from gancourse.training.recipes import Recipe

BASELINE = Recipe(networks="transpose", size=32, base=16, d_base=16, g_rate=2e-4, d_rate=2e-4, beta1=0.5)

#: The deck's guidelines, each broken.
GUIDELINES: dict[str, dict] = {
    "pooling": {"networks": "resize", "downsample": "pool"},
    "no-batchnorm": {"g_norm": "none", "d_norm": "none"},
    "hidden-dense": {"dense": True},
    "leaky-g": {"g_activation": "leaky"},
    "linear-output": {"g_output": "linear"},
    "relu-d": {"d_activation": "relu"},
}

#: What the deck leaves open and its source's code leaves at the default.
LEFT_OPEN: dict[str, dict] = {"adam-default": {"g_rate": 1e-4, "d_rate": 1e-4, "beta1": 0.9}}

#: What came later, each switched on.
LATER: dict[str, dict] = {
    "smooth-labels": {"smooth": 0.1},
    "two-rates": {"d_rate": 8e-4},
    "spectral": {"d_norm": "spectral"},
    "r1": {"d_norm": "none", "r1": 10.0},
    "wgan-gp": {
        "loss": "wasserstein", "gradient_penalty": 10.0, "d_norm": "none", "d_steps": 5,
        "beta1": 0.0, "beta2": 0.9,
    },
    "augment": {"augment": True},
    "average": {"ema": 0.999},
    "resize": {"networks": "resize"},
}  # fmt: skip

VARIANTS: dict[str, dict] = {"baseline": {}, **GUIDELINES, **LEFT_OPEN, **LATER}


def variant(name: str, base: Recipe = BASELINE) -> Recipe:
    """Return the recipe of a variant. Raises `InputError` with the known names."""
    if name not in VARIANTS:
        raise InputError(f"variant {name!r}: expected one of {', '.join(VARIANTS)}")
    return dataclasses.replace(base, **VARIANTS[name])
