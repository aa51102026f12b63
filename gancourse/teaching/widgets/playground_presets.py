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
        "Neither network knows anything yet. Will D end near 100 % right, or near 50 %? Play for 20 seconds.",
        "Near 50 %. The generated points lie where the real points lie, and D cannot do better than toss a"
        " coin. The divergence falls, but not to its floor, because both networks keep moving.",
    ),
    "mode collapse": Preset(
        "Mode collapse",
        {
            **{"data": "two blobs", "optimizer": "sgd", "d_rate": 0.3, "g_rate": 0.03},
            **{"d_steps": 5, "d_layers": 3, "d_neurons": 32},
        },
        "Half of the real points lie in each blob. How many will the generator make? Play until"
        " the points rest.",
        "One. D is right three times in four, and the divergence stays near 3/4 ln 4/3 = 0.22, because"
        " half of the real points are missing. The Wasserstein loss with its penalty keeps a gradient that"
        " leads from where there are too many generated points to where there are too few. So the generator"
        " now finds both blobs. The divergence does not fall, because some points now lie between the blobs.",
        {"loss": "wasserstein"},
    ),
    "winning discriminator": Preset(
        "A discriminator that wins",
        {
            **{"data": "ring", "noise": "uniform", "loss": "minimax", "optimizer": "sgd"},
            **{"d_rate": 0.3, "g_rate": 0.002, "d_steps": 10, "d_neurons": 32},
        },
        "D takes ten steps for each step of G, and its steps are larger. What will happen to the arrows?",
        "D is always right, and sure of it. The minimax loss is flat there, so the arrows vanish and the"
        " generator stays where it is. The mend keeps the same strong D and changes only the loss of G: the"
        " non-saturating loss is steep where D is sure, and the generated points start to move.",
        {"loss": "bce"},
    ),
    "oscillation": Preset(
        "Oscillation",
        {"data": "eight blobs", "g_rate": 0.01, "d_rate": 0.001},
        "The generator learns ten times as fast as D. Where will its points be after 20 seconds?",
        "They keep moving. All of them go to the place where D is most easily fooled; D learns this too late,"
        " and they go on to the next place. With equal rates D keeps up, and all eight blobs are found.",
        {"g_rate": 0.002, "d_rate": 0.002},
    ),
}


def choose_preset(name: str) -> Preset:
    """Return the preset of that name. Raises `InputError` that lists the names."""
    return PRESETS[check_choice("preset", name, PRESETS)]
