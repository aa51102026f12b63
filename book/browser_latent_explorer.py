"""What the page "Live without a kernel" needs of the latent explorer: page, networks, latents, directions.

    python book/browser_latent_explorer.py FOLDER

FOLDER gets the widget's own `latent_explorer.js` and `latent_explorer.css`; `<name>.onnx` for each generator
with directions; `latent_explorer.json`, what the sliders need of them and the latents of the first seeds,
which are a notebook's, too; and brains as `latent_explorer.png`, for where there is no JavaScript.
"""

import dataclasses
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from browser_network import write_network, write_page
from PIL import Image

from gancourse import pretrained
from gancourse.gans.latent import draw_latents
from gancourse.images import enlarge
from gancourse.quiet import import_tensorflow
from gancourse.teaching.widgets import explorer

#: Brains that the page can show: the seeds 0 to 63, the same as the explorer's in lesson 43.
SEEDS = 64
#: The generators of the page, the first one shown first.
NAMES = ("dcgan-t1", "dcgan-flair")
#: Brains in the picture, and how much they are enlarged.
PICTURED, ENLARGED = 4, 4


def facts(name: str) -> dict[str, Any]:
    """Everything that the page must know of a generator but its network."""
    directions = pretrained.load(f"latent/{name}").directions
    return {
        "name": name,
        "modality": explorer.modality_of(name),
        "size": pretrained.load(name).output_shape[1],
        "attributes": [dataclasses.asdict(attribute) for attribute in directions.attributes],
        "weights": directions.weights.T.tolist(),  # (k, d)
        "intercept": directions.intercept.tolist(),
        "back": np.linalg.pinv(directions.weights).tolist(),  # (k, d)
    }


def latents(dim: int) -> list[list[float]]:
    """The latents of the first seeds, (SEEDS, dim), so exact that they are the same in single precision."""
    return [[float(str(number)) for number in draw_latents(1, dim, seed)[0]] for seed in range(SEEDS)]


def picture(name: str) -> Image.Image:
    """Lay the brains of the first seeds side by side."""
    paint, dim = explorer.painter(name), pretrained.load(name).input_shape[-1]
    brains = [Image.fromarray(paint(draw_latents(1, dim, seed)[0])) for seed in range(PICTURED)]
    shown = [enlarge(brain, ENLARGED) for brain in brains]
    sheet = Image.new("L", (sum(brain.width for brain in shown), shown[0].height))
    for k, brain in enumerate(shown):
        sheet.paste(brain, (k * brain.width, 0))
    return sheet


def main() -> None:
    """Write the page's files."""
    import_tensorflow()
    warnings.simplefilter("ignore", FutureWarning)  # Keras' own, at each export
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_page("latent_explorer", folder)
    dims = {pretrained.load(name).input_shape[-1] for name in NAMES}
    (dim,) = dims
    for name in NAMES:
        write_network(pretrained.load(name), [(1, dim)], folder / f"{name}.onnx")
    told = {"sources": [facts(name) for name in NAMES], "latents": latents(dim)}
    (folder / "latent_explorer.json").write_text(json.dumps(told), encoding="utf-8")
    picture(NAMES[0]).save(folder / "latent_explorer.png")


if __name__ == "__main__":
    main()
