"""The demo "This brain does not exist": generated patients, and the training slice nearest to one.

`book/static/demos/this_brain_game.js` answers the same commands with the same frames in the book.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gancourse import pretrained
from gancourse.cohort.scheme import MODALITIES
from gancourse.cohort.slice_files import THICKNESS_MM, WHITE
from gancourse.images import LABEL_COLOURS
from gancourse.teaching.widgets.commands import MAX_SEED, Commanded, check_whole
from gancourse.teaching.widgets.page_random import page_latents
from gancourse.teaching.widgets.training_slices import Nearest, TrainingSlices, shipped_slices

if TYPE_CHECKING:
    import keras

    from gancourse.gans.patient_maps import Patients

NAME = "patient"  #: of the shipped generator
FIRST = 6  #: seed of the first patient, chosen for its tumour
WALL = 24  #: patients on the wall
MODALITY_NAMES = {"t1": "T1", "t1ce": "T1ce", "t2": "T2", "flair": "FLAIR"}
LABEL_NAMES = {2: "oedema", 4: "enhancing tumour", 1: "core that does not enhance"}


class Generated(NamedTuple):
    """A generated patient.

    Attributes:
        seed: of its latent.
        images: (S, S, 4) float32 in [-1, 1], `scheme.MODALITIES`; -1 outside the brain.
        seg: (S, S) uint8, `scheme.LABELS`.
        levels: (4, S, S) uint16, the intensities of `cohort.slice_files`: 0 outside the brain.
    """

    seed: int
    images: np.ndarray
    seg: np.ndarray
    levels: np.ndarray


class ThisBrain(Commanded):
    """Patients that do not exist.

    Args:
        seed: of the first patient.
        generator: latents (1, latent_dim) -> maps (1, S, S, 8), as `networks.patient_networks` has them; by
            default the one that the course ships.
        training: the slices that the generator has learned from; by default the shipped generator's.

    Attributes:
        shown: the patient that is shown.
        nearest: the training slice that is nearest to it, once somebody has asked.
        newest: the latest patient for the wall.

    Raises:
        InputError: an impossible seed.
    """

    COMMANDS = {
        "patient": ("show_patient", "value"),
        "wall": ("add_to_wall", "value"),
        "nearest": ("find_nearest",),
    }

    shown: Generated
    nearest: Nearest | None
    newest: Generated | None = None

    def __init__(
        self,
        seed: int = FIRST,
        *,
        generator: "keras.Model | None" = None,
        training: TrainingSlices | None = None,
    ):
        self.generator = generator or pretrained.load(NAME)
        self._training = training
        self.show_patient(seed)

    @property
    def training(self) -> TrainingSlices:
        """The training slices. Raises InputError if they are missing or damaged."""
        return self._training or shipped_slices()

    def show_patient(self, seed: Any) -> None:
        """Show the patient of a seed."""
        self.shown, self.nearest = self.make(seed), None

    def add_to_wall(self, seed: Any) -> None:
        """Make a patient for the wall; the one that is shown stays."""
        self.newest = self.make(seed)

    def find_nearest(self) -> None:
        """Look for the training slice that is nearest to the patient that is shown."""
        nearest = self.training.nearest(self.shown.images)
        self.training.sheet(nearest.row)  # before anything changes: it may be missing
        self.nearest = nearest

    def make(self, seed: Any) -> Generated:
        """Make the patient of a seed."""
        from gancourse.gans.patient_maps import decode

        seed = check_whole("seed", seed, MAX_SEED)
        maps = self.generator(page_latents(1, self.generator.input_shape[-1], seed), training=False)
        patients = decode(np.asarray(maps))
        return Generated(seed, patients.images[0], patients.seg[0], file_levels(patients)[0])


def file_levels(patients: "Patients") -> np.ndarray:
    """Return the intensities that `cohort.slice_files` writes: (N, 4, S, S) uint16, 0 outside the brain."""
    inside = 1 + np.rint((np.clip(patients.images, -1, 1) + 1) / 2 * (WHITE - 1))
    return np.moveaxis(np.where(patients.brain[..., None], inside, 0), -1, 1).astype(np.uint16)


def facts() -> dict[str, Any]:
    """List what a page must know of the Python source, for a patient of the shipped generator."""
    from gancourse.networks.patient_networks import CHANNELS

    slices = pretrained.card(NAME).data["slices"]
    return {
        "modalities": [MODALITY_NAMES[modality] for modality in MODALITIES],
        "labels": [
            {"value": value, "name": name, "colour": LABEL_COLOURS[value]}
            for value, name in LABEL_NAMES.items()
        ],
        "white": WHITE,
        "pixelMm": slices["fov_mm"] / slices["size"],
        "thicknessMm": THICKNESS_MM,
        "maxSeed": MAX_SEED,
        "first": FIRST,
        "wall": WALL,
        "channels": list(CHANNELS),
    }
