"""Score a patient generator: images, diversity, copies, and whether labels belong to images.

Every score stands beside the one that real slices of training patients reach, with a name that begins with
`real_`, since no metric is perfect on real slices either.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from gancourse import pretrained
from gancourse.cohort.brats import find_subjects, region
from gancourse.cohort.scheme import MODALITIES, REGIONS
from gancourse.cohort.slice_files import write_slice
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.images import halve
from gancourse.metrics import fidelity
from gancourse.metrics.memorisation import find_copies, with_mirrors
from gancourse.metrics.overlap import dice
from gancourse.segmentation.patient import SliceSegmenter, segment

if TYPE_CHECKING:
    from gancourse.gans.patient_maps import Patients
    from gancourse.metrics.learned.feature_network import FeatureNetwork

SCORED = 1000  #: generated patients whose images are compared
SEGMENTED = 200  #: and whose labels are
COPY_SIZE = 32  #: pixels a side at which copies are looked for
LEAST_TUMOUR_MM2 = 100  #: of whole tumour in a slice whose Dice counts; below, one pixel more or less decides


def score(generated: "Patients", slices: SliceSet, segmenter: SliceSegmenter, seed: int = 0) -> dict:
    """Compare generated patients with real slices of training and of held-out patients.

    Args:
        generated: 100 or more, of the slices' size.
        slices: that the generator was trained on; patients of validation and test are held out.
        segmenter: finds the tumour in the images.
        seed: of the choice of slices.

    Returns:
        `kid_t1`, its standard error `kid_se_t1`, `precision_t1`, `recall_t1` and so on, against held-out
        patients; `copies`, the share called a copy of a training slice where 1 % of unseen slices are;
        `dice_WT`, `dice_TC` and `dice_ET`, see `consistency`; `tumour`, the share with any tumour.
    """
    from gancourse.gans.patient_maps import decode_slices

    rng = np.random.default_rng(seed)
    patients = slices.table["patient"].to_numpy()
    train = rng.permutation(slices.select("train"))
    held_out = rng.permutation(np.concatenate([slices.select("validation"), slices.select("test")]))
    number = min(len(train), len(held_out))
    train, held_out = train[:number], held_out[:number]
    real, reference = decode_slices(slices, train), decode_slices(slices, held_out)
    network = pretrained.load("features/brain-mr")
    found: dict[str, float] = {}
    for prefix, images, groups in (("", generated.images, None), ("real_", real.images, patients[train])):
        values = compare(network, images, reference.images, groups, patients[held_out])
        found |= {prefix + name: value for name, value in values.items()}
    small, seen, unseen = (_small(x.images) for x in (generated, real, reference))
    copies = find_copies(small, with_mirrors(seen), with_mirrors(unseen), np.tile(patients[held_out], 2))
    found["copies"] = float(copies.copied.mean())
    pixel_mm = slices.made_with["fov_mm"] / slices.made_with["size"]
    for prefix, some in (("", generated), ("real_", reference)):
        values = consistency(some, segmenter, pixel_mm)
        found |= {prefix + name: value for name, value in values.items()}
    return {name: round(value, 4) for name, value in found.items()}


def compare(network: "FeatureNetwork", images, reference, groups, groups_reference) -> dict[str, float]:
    """Return KID with its error, precision and recall for each modality.

    Args:
        network: features; images larger than it knows are averaged down to its largest size.
        images, reference: (N, S, S, 4) in [-1, 1].
        groups, groups_reference: (N,), whose slices they are; None: each is a patient's only one.
    """
    found: dict[str, float] = {}
    for k, modality in enumerate(MODALITIES):
        size = max(size for name, size in network.whitening if name == modality)
        pair = [images[..., k], reference[..., k]]
        while pair[0].shape[1] > size:
            pair = [halve(x) for x in pair]
        features, real = (network.embed(x, modality) for x in pair)
        kid, error = fidelity.kid(features, real, groups, groups_reference)
        shares = fidelity.precision_recall(
            real, features, groups_real=groups_reference, groups_generated=groups
        )
        names = ("kid", "kid_se", "precision", "recall")
        found |= {f"{n}_{modality}": float(v) for n, v in zip(names, (kid, error, *shares), strict=True)}
    return found


def consistency(patients: "Patients", segmenter: SliceSegmenter, pixel_mm: float) -> dict[str, float]:
    """Return how well labels agree with those that a segmenter finds in the images alone.

    Args:
        patients: labels and images; the first `SEGMENTED` count.
        segmenter: as `gancourse segment` uses it.
        pixel_mm: side of a pixel.

    Returns:
        For each region, `dice_WT` and so on: the mean over slices that show `LEAST_TUMOUR_MM2` of it or more;
        `found_in_healthy`: the share of slices without tumour in which the segmenter finds some; `tumour`:
        the share of slices with tumour; `refused`: the share that `gancourse segment` takes for no stripped
        brain, which count nowhere else.
    """
    values: dict[str, list[float]] = {name: [] for name in REGIONS}
    tumours, false, refused = [], [], 0
    for truth, predicted in segmented(patients, segmenter, pixel_mm):
        if predicted is None:
            refused += 1
            continue
        tumours.append(truth.any())
        if not truth.any():
            false.append(predicted.any())
        for name, dices in values.items():
            mask = region(truth, name)
            if mask.sum() * pixel_mm**2 >= LEAST_TUMOUR_MM2:
                dices.append(dice(mask, region(predicted, name)))
    found = {f"dice_{name}": float(np.mean(dices)) for name, dices in values.items() if dices}
    found |= {"found_in_healthy": float(np.mean(false))} if false else {}
    found |= {"tumour": float(np.mean(tumours))} if tumours else {}
    return found | {"refused": refused / (refused + len(tumours))}


def segmented(
    patients: "Patients", segmenter: SliceSegmenter, pixel_mm: float
) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """Yield each slice's own labels and the segmenter's, (S, S, 1), by way of files, as a user would.

    None stands for the labels of a slice that the readers refuse.
    """
    with TemporaryDirectory() as folder:
        for k, (images, seg, brain) in enumerate(list(zip(*patients, strict=True))[:SEGMENTED]):
            write_slice(Path(folder), f"Brats18_SCORED_{k:04d}_1", images, seg, brain, pixel_mm)
        for subject in find_subjects(folder):
            try:
                yield subject.seg(), segment(subject, segmenter).seg
            except InputError:
                yield subject.seg(), None


def score_generator(generator, settings: dict, slices: SliceSet, segmenter: SliceSegmenter) -> dict:
    """Score a trained generator. Raises `InputError` unless the slices are those of its training."""
    from gancourse.gans.latent import draw_latents
    from gancourse.gans.patient_maps import decode

    if settings["data"]["slices"] != slices.made_with:
        raise InputError(f"{slices.folder}: not the slices that it was trained on; give those")
    latents = draw_latents(SCORED, generator.input_shape[-1], seed=2)
    return score(decode(generator.predict(latents, batch_size=50, verbose=0)), slices, segmenter)


def _small(images: np.ndarray) -> np.ndarray:
    """Average images (N, S, S, 4) down to `COPY_SIZE`, one modality below the other: (N, 128, 32)."""
    images = np.asarray(images, np.float32)
    while images.shape[1] > COPY_SIZE:
        images = halve(images)
    return np.concatenate(np.moveaxis(images, -1, 0), axis=1)  # so that a mirror keeps their order
