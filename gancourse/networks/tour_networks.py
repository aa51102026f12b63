"""Build a network of the tour of applications from the recipe on its model card."""

from collections.abc import Callable

import keras

from gancourse.networks import conditional, lagan, superresolution
from gancourse.networks.regressor import build_regressor


def build(recipe: dict) -> keras.Model:
    """A network of the tour from its card's `recipe`: `kind`, and the arguments of its builder."""
    arguments = {key: value for key, value in recipe.items() if key != "kind"}
    kind = recipe["kind"]
    if kind == "stack":
        one = conditional.build_conditional_generator(**arguments["one"])
        return conditional.build_second_stage(one, **arguments["two"])
    builders: dict[str, Callable[..., keras.Model]] = {
        "conditional": conditional.build_conditional_generator,
        "text encoder": conditional.build_text_encoder,
        "super-resolution": superresolution.build_super_resolution,
        "map": lagan.build_lagan_generator,
        "attribute regressor": build_regressor,
    }
    return builders[kind](**arguments)
