"""Generated images and the phantom slices that they are held against, for experiments that compare them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gancourse import export, pretrained
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.gans.latent import draw_latents
from gancourse.quiet import import_tensorflow


@dataclass(frozen=True)
class Images:
    """Images (N, H, W) float32 in [-1, 1] of one modality; `where` says which slices they imitate."""

    images: np.ndarray
    modality: str
    where: str = ""


def generate(source: str, number: int, modality: str = "t1", seed: int = 3) -> Images:
    """Generate images.

    Args:
        source: name of shipped weights, folder of a training, or a .npy file of images (N, H, W) or
            (N, H, W, 1), of which the first are taken.
        number: of images.
        modality: of the images in a file; a generator's card says its own.
        seed: of the latents.

    Raises:
        InputError: no such generator, or a file of another shape or with fewer images.
    """
    if source.endswith(".npy"):
        images = np.asarray(np.load(source), np.float32)
        images = images[..., 0] if images.ndim == 4 and images.shape[-1] == 1 else images
        if images.ndim != 3 or len(images) < number:
            raise InputError(f"{source}: shape {images.shape}, expected {number} images or more, (N, H, W)")
        return Images(images[:number], modality)
    import_tensorflow()
    if Path(source).is_dir():
        network, about = export.load_run(Path(source), "dcgan")
        data = about["settings"]["data"]
    else:
        network, data = pretrained.load(source, "dcgan"), pretrained.card(source).data
    latents = draw_latents(number, network.input_shape[-1], seed)
    return Images(network.predict(latents, verbose=0)[..., 0], data["modality"], data["where"])


def held_out_phantoms(folder: Path, modality: str, where: str = "") -> tuple[np.ndarray, np.ndarray]:
    """Return slices (N, H, W) of validation and test phantoms that meet the condition, and whose they are."""
    from gancourse.training.loop import images_of, rows_of

    slices = SliceSet.open(folder)
    rows = np.concatenate([rows_of(slices, modality, split, where) for split in ("validation", "test")])
    return images_of(slices, modality, rows), slices.table["patient"].to_numpy()[rows]
