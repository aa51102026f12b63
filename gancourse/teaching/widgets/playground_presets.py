"""Games of the playground that go well or badly, each with a question before it and a mend after it.

`experiments/playground.py` plays all of them from several seeds (`data/results/playground.csv`).
"""

from dataclasses import dataclass, field
from typing import Any

from gancourse.teaching.widgets.commands import check_choice


@dataclass(frozen=True)
class Preset:
    """One game, from its seed on."""

    title: str
    settings: dict[str, Any]  # data, seed (0 if not said), and what differs from `Rules`
    question: str  # asked before it is played
    moral: str  # why it went as it did, and why the mend works
    mend: dict[str, Any] = field(default_factory=dict)  # what to change; nothing where all is well


PRESETS = {
    "convergence": Preset(
        "Convergence",
        {"data": "ring", "g_rate": 0.001, "d_rate": 0.001},
        "Both know nothing yet. Where will D's answers end: near 100 % right, or near 50 %? Play 20 seconds.",
        "Near 50 %: fakes lie where real points lie, and nobody could do better than toss a coin. The"
        " divergence falls, and never to its floor: the two go on pushing each other about.",
    ),
    "mode collapse": Preset(
        "Mode collapse",
        {
            **{"data": "two blobs", "optimizer": "sgd", "d_rate": 0.3, "g_rate": 0.03},
            **{"d_steps": 5, "d_layers": 3, "d_neurons": 32},
        },
        "Two blobs, half of the real points in each. How many will the generator make? Play until it rests.",
        "One. D is right three times in four, and the divergence rests near 3/4 ln 4/3 = 0.22: half of the"
        " world is missing, and no single fake gains by leaving. Wasserstein's loss with its penalty keeps a"
        " slope that leads from where there are too many fakes to where there are too few. Both blobs are"
        " found; the divergence hardly falls, since now some fakes lie between them.",
        {"loss": "wasserstein"},
    ),
    "winning discriminator": Preset(
        "A discriminator that wins",
        {
            **{"data": "ring", "noise": "uniform", "loss": "minimax", "optimizer": "sgd"},
            **{"d_rate": 0.3, "g_rate": 0.002, "d_steps": 10, "d_neurons": 32},
        },
        "D takes ten steps for one of G's, and larger ones. Is a good teacher good for G? Watch the arrows.",
        "D is always right, and sure of it. The minimax loss is flat where D is sure: the arrows vanish, and"
        " the generator stays where it is. The non-saturating loss is steep there, and the fakes set out.",
        {"loss": "bce"},
    ),
    "oscillation": Preset(
        "Oscillation",
        {"data": "eight blobs", "g_rate": 0.01, "d_rate": 0.001},
        "Eight blobs, and a generator that learns ten times as fast as D. Where are its fakes 20 seconds on?",
        "On the run. All fakes rush to where D believes most; D notices, late; and they rush on."
        " Losses swing, and no blob stays found. With equal rates D keeps up, and all eight blobs are found.",
        {"g_rate": 0.002, "d_rate": 0.002},
    ),
}


def choose_preset(name: str) -> Preset:
    """Return the preset of that name. Raises `InputError` that lists the names."""
    return PRESETS[check_choice("preset", name, PRESETS)]
