"""What the page "Live without a kernel" needs of a generator: the network as ONNX, latents, directions.

    python book/browser_model.py FOLDER

For each generator with directions, FOLDER gets `<name>.onnx` and `<name>.json`.
"""

import dataclasses
import json
import sys
import warnings
from pathlib import Path

import numpy as np

from gancourse import pretrained
from gancourse.gans.latent import draw_latents
from gancourse.quiet import import_tensorflow

#: Brains that the page can show: the seeds 0 to 63, the same as the explorer's in lesson 43.
SEEDS = 64


def export(name: str, folder: Path) -> None:
    """Write one generator's network and what its sliders need to a folder."""
    generator, directions = pretrained.load(name), pretrained.load(f"latent/{name}").directions
    dim = generator.input_shape[-1]
    generator(np.zeros((1, dim), np.float32), training=False)
    generator.export(folder / f"{name}.onnx", format="onnx", verbose=False)
    latents = np.concatenate([draw_latents(1, dim, seed) for seed in range(SEEDS)])
    about = {
        "name": name,
        "sha256": pretrained.card(name).sha256,
        "modality": pretrained.card(name).data["modality"].upper(),
        "size": generator.output_shape[1],
        "attributes": [dataclasses.asdict(attribute) for attribute in directions.attributes],
        "weights": directions.weights.T.tolist(),  # (k, d)
        "intercept": directions.intercept.tolist(),
        "back": np.linalg.pinv(directions.weights).tolist(),  # (k, d)
        "latents": [[round(float(number), 6) for number in latent] for latent in latents],
    }
    (folder / f"{name}.json").write_text(json.dumps(about))


def main() -> None:
    """Export every generator that has directions."""
    import_tensorflow()
    warnings.simplefilter("ignore", FutureWarning)  # Keras' own, at each export
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in pretrained.names("latent space"):
        export(name.removeprefix("latent/"), folder)


if __name__ == "__main__":
    main()
