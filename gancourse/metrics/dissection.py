"""GAN dissection: find units of a generator that mean something, and switch them.

Bau et al. 2019 (arXiv 1811.10597). A unit is one channel of a layer; its map says where in the picture it is
active. Dissection compares these places with those of a concept, such as oedema; an intervention gives units
other values, and looks at what becomes of the picture. What differs from the paper: concepts are read off the
generated patient, which has labels, and not found by a second network; and a unit counts as active on the
share of pixels that the concept covers, or on a share that is given, not where information is largest.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import ndimage

from gancourse.cohort.scheme import MODALITIES
from gancourse.errors import InputError
from gancourse.metrics.morphometry import central
from gancourse.quiet import import_tensorflow

import_tensorflow()
import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from gancourse.networks.modulated import ModulatedConv2D  # noqa: E402

if TYPE_CHECKING:
    from gancourse.gans.patient_maps import Patients

#: Side of a pixel of the patients' slices, mm.
PIXEL_MM = 208 / 128

#: What is looked for: a short name, and what it is called in text.
CONCEPTS = {
    "background": "background",
    "brain": "brain outside the tumour",
    "ventricles": "ventricles",
    "sulci": "sulci",
    "WT": "whole tumour",
    "oedema": "oedema",
    "TC": "tumour core",
    "ET": "enhancing tumour",
    "necrosis": "necrosis",
}

#: Fluid is below this multiple of the healthy brain's median in T1, and above that one in T2 (black is 0).
DARK_T1, BRIGHT_T2 = 0.6, 1.3
#: Fluid within this distance of the brain's edge lies in sulci, mm.
SULCI_MM = 16.0


class Stage(NamedTuple):
    """A part of a generator, from one layer of units to the next."""

    name: str  #: the size of its maps and a letter, such as "32b"; "image" for the last part
    model: keras.Model  #: maps and style -> maps (B, size, size, units), or the generator's output
    size: int
    units: int


class Parts(NamedTuple):
    """A generator, cut after the activation of each of its modulated convolutions."""

    mapping: keras.Model  #: latents (B, d) -> styles
    stages: tuple[Stage, ...]

    @property
    def layers(self) -> dict[str, Stage]:
        """Return the stages that end in units, by name."""
        return {stage.name: stage for stage in self.stages[:-1]}


class Edit(NamedTuple):
    """Units of one layer that are given a value, everywhere or in some places."""

    layer: str
    units: Sequence[int] | np.ndarray
    value: float | np.ndarray = 0.0  #: one number, or one for each of the units
    where: np.ndarray | None = None  #: (H, W) or (N, H, W) in [0, 1], in the picture; None is everywhere


def take_apart(generator: keras.Model) -> Parts:
    """Cut a generator of `networks.modulated` after the activation of each modulated convolution.

    Raises:
        InputError: it has no such layer.
    """
    convolutions = [layer for layer in generator.layers if isinstance(layer, ModulatedConv2D)]
    if not convolutions:
        raise InputError(f"{generator.name}: it has no modulated convolutions; load the weights `patient`")
    style = convolutions[0].input[1]
    stages: list[Stage] = []
    before = generator.input
    for convolution in convolutions:
        (node,) = convolution._outbound_nodes  # the activation
        maps = node.operation.output
        size, units = maps.shape[1], maps.shape[3]
        letter = "ab"[sum(stage.size == size for stage in stages)]
        inputs = [before, style] if stages else before
        stages.append(Stage(f"{size}{letter}", keras.Model(inputs, maps), size, units))
        before = maps
    image = generator.output
    stages.append(Stage("image", keras.Model(before, image), image.shape[1], image.shape[3]))
    return Parts(keras.Model(generator.input, style), tuple(stages))


def activations(parts: Parts, latents: np.ndarray, layer: str, batch: int = 20) -> np.ndarray:
    """Return a layer's maps: latents (N, d) -> (N, h, w, units)."""
    _known(parts, layer)
    starts = range(0, len(latents), batch)
    return np.concatenate([_run(parts, latents[start : start + batch], until=layer) for start in starts])


def generate(
    parts: Parts,
    latents: np.ndarray,
    edits: Sequence[Edit] = (),
    styled_by: np.ndarray | None = None,
    batch: int = 20,
) -> np.ndarray:
    """Generate with edits: each layer runs, is edited, and gives its maps to the next one.

    Args:
        parts: of `take_apart`.
        latents: (N, d).
        edits: of any layers.
        styled_by: latents (N, d) whose styles are used behind the last layer with an edit; by default the
            same latents.
        batch: so many at once.

    Returns:
        A patient's maps (N, S, S, 8), for `patient_maps.decode`.

    Raises:
        InputError: an unknown layer or unit.
    """
    for edit in edits:
        stage = _known(parts, edit.layer)
        if len(edit.units) and not 0 <= np.min(edit.units) <= np.max(edit.units) < stage.units:
            raise InputError(f"units {list(edit.units)}: layer {edit.layer} has 0 to {stage.units - 1}")
    done = []
    for start in range(0, len(latents), batch):
        rows = slice(start, start + batch)
        own = [edit._replace(where=_rows_of(edit.where, rows)) for edit in edits]
        done.append(_run(parts, latents[rows], own, None if styled_by is None else styled_by[rows]))
    return np.concatenate(done)


def finish(parts: Parts, layer: str, maps: np.ndarray, latents: np.ndarray, batch: int = 20) -> np.ndarray:
    """Run the layers behind one on its maps, edited or not: a patient's maps (N, S, S, 8).

    Args:
        parts: of `take_apart`.
        layer: whose maps they are.
        maps: (N, h, w, units).
        latents: (N, d), whose styles the layers behind are given; other latents lend another style.
        batch: so many at once.
    """
    _known(parts, layer)
    behind = parts.stages[list(parts.layers).index(layer) + 1 :]
    done = []
    for start in range(0, len(maps), batch):
        style = parts.mapping(tf.constant(latents[start : start + batch], tf.float32), training=False)
        x = tf.constant(maps[start : start + batch], tf.float32)
        for stage in behind[:-1]:
            x = stage.model([x, style], training=False)
        done.append(np.asarray(behind[-1].model(x, training=False)))
    return np.concatenate(done)


def halves(parts: Parts, layer: str) -> tuple[keras.Model, keras.Model]:
    """Join the parts to two networks, up to a layer and from there on, so that an edit comes in between.

    Returns:
        Latents (B, d) -> the layer's maps (B, h, w, units) and the style (B, k); and the same two -> a
        patient's maps (B, S, S, 8).

    Raises:
        InputError: an unknown layer.
    """
    _known(parts, layer)
    count = list(parts.layers).index(layer) + 1
    latents = keras.Input(parts.mapping.input_shape[1:], name="latents")
    style = parts.mapping(latents)
    maps = parts.stages[0].model(latents)
    for stage in parts.stages[1:count]:
        maps = stage.model([maps, style])
    front = keras.Model(latents, [maps, style], name="front")
    edited = keras.Input(maps.shape[1:], name="maps")
    given = keras.Input(style.shape[1:], name="style")
    maps = edited
    for stage in parts.stages[count:-1]:
        maps = stage.model([maps, given])
    return front, keras.Model([edited, given], parts.stages[-1].model(maps), name="back")


def _known(parts: Parts, layer: str) -> Stage:
    if layer not in parts.layers:
        raise InputError(f"layer {layer!r}: unknown; there are {', '.join(parts.layers)}")
    return parts.layers[layer]


def _rows_of(where: np.ndarray | None, rows: slice) -> np.ndarray | None:
    return where[rows] if where is not None and np.ndim(where) == 3 else where


def _run(parts: Parts, latents, edits: Sequence[Edit] = (), styled_by=None, until: str = "image"):
    """Return what the stage `until` makes, (N, h, w, C), edits included."""
    maps = tf.constant(latents, tf.float32)
    style = parts.mapping(maps, training=False)
    left = {edit.layer for edit in edits}
    for k, stage in enumerate(parts.stages):
        first_or_last = k in (0, len(parts.stages) - 1)
        maps = stage.model(maps if first_or_last else [maps, style], training=False)
        for edit in edits:
            if edit.layer == stage.name:
                maps = apply(edit, maps)
        left.discard(stage.name)
        if styled_by is not None and not left:
            style = parts.mapping(tf.constant(styled_by, tf.float32), training=False)
        if stage.name == until:
            break
    return np.asarray(maps)


def apply(edit: Edit, maps):
    """Give the edit's units their value: maps (N, h, w, C) -> the same, as a tensor."""
    chosen = np.zeros(maps.shape[-1], np.float32)
    values = np.zeros(maps.shape[-1], np.float32)
    chosen[np.asarray(edit.units, int)] = 1
    values[np.asarray(edit.units, int)] = edit.value
    share = chosen
    if edit.where is not None:
        share = chosen * shrink(edit.where, maps.shape[1])[..., None]
    return maps + share * (values - maps)


def shrink(where: np.ndarray, size: int) -> np.ndarray:
    """Average places (H, W) or (N, H, W) over a layer's pixels: (N, size, size) float32, N at least 1."""
    large = np.asarray(where, np.float32)
    large = large[None] if large.ndim == 2 else large
    return tf.image.resize(large[..., None], (size, size), "area")[..., 0].numpy()


def upsample(maps: np.ndarray, size: int) -> np.ndarray:
    """Enlarge maps (N, h, w) to the picture's size by bilinear interpolation: (N, size, size) float32."""
    large = tf.image.resize(np.asarray(maps, np.float32)[..., None], (size, size), "bilinear")
    return large[..., 0].numpy()


def concepts_of(patients: "Patients", pixel_mm: float = PIXEL_MM) -> dict[str, np.ndarray]:
    """Mark where each of `CONCEPTS` is, (N, S, S) bool.

    Tumour and brain come from the labels. Fluid is dark in T1 and bright in T2; near the brain's middle it
    belongs to the ventricles, if it is 3 pixels wide, and near the edge to sulci.
    """
    seg, brain = patients.seg, patients.brain
    healthy = brain & (seg == 0)
    t1, t2 = ((patients.images[..., MODALITIES.index(name)] + 1) / 2 for name in ("t1", "t2"))
    dark, bright = (
        np.array(
            [np.median(image[mask]) if mask.any() else 0 for image, mask in zip(x, healthy, strict=True)]
        )
        for x in (t1, t2)
    )
    fluid = healthy & (t1 < DARK_T1 * dark[:, None, None]) & (t2 > BRIGHT_T2 * bright[:, None, None])
    depth = np.stack([ndimage.distance_transform_edt(mask) * pixel_mm for mask in brain])
    return {
        "background": ~brain,
        "brain": healthy,
        "ventricles": ndimage.binary_opening(fluid & central(brain, pixel_mm), np.ones((1, 3, 3))),
        "sulci": fluid & (depth <= SULCI_MM),
        "WT": seg > 0,
        "oedema": seg == 2,
        "TC": (seg == 1) | (seg == 4),
        "ET": seg == 4,
        "necrosis": seg == 1,
    }


def _medians(images: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Return each image's median in its mask, (N, 1, 1)."""
    medians = [np.median(x[mask]) if mask.any() else 0 for x, mask in zip(images, masks, strict=True)]
    return np.array(medians)[:, None, None]


def threshold(large: np.ndarray, share: float) -> float:
    """Return the value that this share of a unit's pixels exceeds; large is (N, S, S)."""
    return float(np.quantile(large, 1 - share))


def iou(active: np.ndarray, concept: np.ndarray) -> float:
    """Intersection over union of two sets of pixels, counted over all patients; 0 if both are empty."""
    both = np.count_nonzero(active & concept)
    either = np.count_nonzero(active) + np.count_nonzero(concept) - both
    return both / either if either else 0.0


class Dissection(NamedTuple):
    """How well the units of a layer match the concepts; arrays are (units, concepts).

    Attributes:
        concepts: their names.
        iou: of the active places with the concept.
        chance: the same with the concept of the next patient, (N + 1)th with the first.
        without: active pixels per patient who does not have the concept, beside one who has; NaN if all or
            none have it.
    """

    concepts: tuple[str, ...]
    iou: np.ndarray
    chance: np.ndarray
    without: np.ndarray

    def best(self, concept: str, count: int) -> np.ndarray:
        """Return the units whose IoU exceeds chance most, the best first."""
        k = self.concepts.index(concept)
        return np.argsort(-(self.iou - self.chance)[:, k], kind="stable")[:count]


def dissect(maps: np.ndarray, masks: Mapping[str, np.ndarray], share: float | None = None) -> Dissection:
    """Compare the units of a layer with concepts.

    Args:
        maps: (N, h, w, units).
        masks: (N, S, S) bool by concept.
        share: of the pixels on which a unit counts as active; by default the share that the concept covers.

    Raises:
        InputError: no concepts, or maps and masks of different numbers of patients.
    """
    if not masks or any(len(mask) != len(maps) for mask in masks.values()):
        raise InputError(f"maps {maps.shape}: expected as many patients in each mask")
    size = next(iter(masks.values())).shape[1]
    shares = [1 - (share or float(mask.mean())) for mask in masks.values()]
    others = [np.roll(mask, 1, axis=0) for mask in masks.values()]
    has = [mask.any((1, 2)) for mask in masks.values()]
    shape = (maps.shape[-1], len(masks))
    found, chance, without = np.zeros(shape), np.zeros(shape), np.full(shape, np.nan)
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], size)
        # One pixel in seven is enough for a threshold, and much faster to sort.
        cuts = np.quantile(large.ravel()[::7], shares)
        for k, mask in enumerate(masks.values()):
            active = large > cuts[k]
            found[unit, k], chance[unit, k] = iou(active, mask), iou(active, others[k])
            with_it, without_it = active[has[k]], active[~has[k]]
            if len(without_it) and with_it.any():
                without[unit, k] = without_it.mean() / with_it.mean()
    return Dissection(tuple(masks), found, chance, without)


def values_in(maps: np.ndarray, places: np.ndarray, quantile: float | None = None) -> np.ndarray:
    """Return each unit's mean, or a quantile, over the places of a concept: (units,).

    Args:
        maps: (N, h, w, units).
        places: (N, S, S) bool. A pixel of the layer belongs to them if they cover 60 % of it or more.
        quantile: such as 0.95.

    Raises:
        InputError: there are no such pixels.
    """
    inside = maps[shrink(places, maps.shape[1]) >= 0.6]
    if not len(inside):
        raise InputError("no pixel of the layer lies in these places; take more patients, or larger maps")
    return inside.mean(0) if quantile is None else np.quantile(inside, quantile, axis=0)
