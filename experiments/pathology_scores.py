"""Score what lesson 45 makes of orders: are they delivered, and does a reader find what was painted?

Three instruments say what was delivered. The label map itself needs no reading, so it tells where an order is
lost: in the map, or in its painting. The regressor (`condition/reader`) learned from training patients to
read all that can be ordered off T1ce and FLAIR. The shipped segmenter (`segmentation.slice_reader`) finds
labels in all four modalities. Labels tell no grade, only whether there is a tumour.

All are held to the same tolerances: the errors that nine in ten slices of validation patients keep to, read
by the regressor. What the instruments make of test patients' real slices is the ceiling.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from gancourse import pretrained
from gancourse.cohort.brats import region
from gancourse.cohort.scheme import MODALITIES, REGIONS
from gancourse.cohort.sliceset import SliceSet
from gancourse.gans import label_maps
from gancourse.gans.conditional_gan import paint
from gancourse.gans.orders import GRADES, LIMITS, NUMBERS, decode, encode
from gancourse.images import halve
from gancourse.metrics.delivery import by_distance, delivered, distance_to_training, errors, tolerances
from gancourse.metrics.fidelity import kid, precision_recall
from gancourse.metrics.overlap import dice
from gancourse.metrics.tumour_place import describe_tumours
from gancourse.segmentation import segmenter as shipped
from gancourse.segmentation.slice_reader import FOV_MM, find_tumours, read_tumours, segment_slices
from gancourse.training.conditional_training import ConditionalRecipe, Examples, examples_of
from gancourse.training.label_translation import paint_labels
from gancourse.training.ordered_patients import Ordered, fill_orders

#: What a condition consists of, by name.
COLUMNS = (*GRADES, *NUMBERS)

#: What the regressor reads: T1ce and FLAIR of 64 pixels.
READ = ConditionalRecipe(shows="t1ce+flair")

#: Orders that are scored of each kind.
ORDERS = 600

#: Limits of the groups of distances, in standard deviations.
EDGES = np.array([0, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5])

#: What even unusual orders keep to, beside places in the brain.
LEAST_AND_MOST = {"area_cm2": (1.0, np.inf), "enhancing_cm2": (0.0, np.inf)}

#: What labels tell of a tumour.
OF_LABELS = ["area_cm2", "enhancing_cm2", "side", "along"]

#: Slices of test patients whose painted tumours the shipped segmenter looks for.
SEGMENTED = 60

Instrument = Callable[[Ordered], pd.DataFrame]


def draw(examples: Examples, number: int, rng: np.random.Generator) -> np.ndarray:
    """Draw places in a set of slices, grades as often as in training."""
    return rng.choice(len(examples.rows), number, p=examples.chance)


def unusual(orders: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Replace some of the numbers of each order, from one to all, by any in twice the range of `LIMITS`.

    The grade becomes LGG or HGG, areas stay above 1 cm2, parts within the whole, and places in the brain;
    still, such orders may be impossible.
    """
    changed = orders.copy().reset_index(drop=True)
    healthy = (changed["grade"] == "healthy").to_numpy()
    changed.loc[healthy, "grade"] = rng.choice(["LGG", "HGG"], healthy.sum())
    number = len(changed)
    which = rng.random((number, len(LIMITS))) < rng.uniform(0.25, 1, (number, 1))
    which |= healthy[:, None]
    for k, (name, (low, high)) in enumerate(LIMITS.items()):
        middle, half = (low + high) / 2, (high - low) * (0.5 if name == "side" else 1)
        drawn = rng.uniform(middle - half, middle + half, number)
        drawn = np.clip(drawn, *LEAST_AND_MOST.get(name, (-1.0, 1.0)))
        changed[name] = np.where(which[:, k], drawn, changed[name])
    changed["enhancing_cm2"] = np.minimum(changed["enhancing_cm2"], changed["area_cm2"])
    return changed


# Instruments


def read(reader, images: np.ndarray) -> pd.DataFrame:
    """Read orders off T1ce and FLAIR by the regressor, (N, S, S, 2)."""
    return decode(reader.measure(images))


def read_map(seg: np.ndarray, tissue: np.ndarray) -> pd.DataFrame:
    """Read what labels (N, S, S) say, without an instrument's error."""
    return describe_tumours(tissue, seg, FOV_MM / seg.shape[1])[OF_LABELS]


def instruments(reader) -> dict[str, Instrument]:
    """Return what reads patients, by name."""
    segmenter, seen = shipped.load(), [MODALITIES.index(m) for m in READ.modalities]
    return {
        "map": lambda patients: read_map(patients.seg, patients.tissue),
        "regressor": lambda patients: read(reader, patients.images[..., seen]),
        "segmenter": lambda patients: read_tumours(patients.images, MODALITIES, segmenter)[OF_LABELS],
    }


def graded(found: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """Give what labels tell a grade: of a tumour that which was asked for, since they do not tell it."""
    if "grade" in found:
        return found
    wanted = asked["grade"].to_numpy()
    sick = np.where(wanted == "healthy", "HGG", wanted)
    return found.assign(grade=np.where(found["area_cm2"] > 0, sick, "healthy"))


def judged(asked: pd.DataFrame, found: pd.DataFrame, limits: dict[str, float]):
    """Return how far off what was found is, and which attributes were delivered."""
    off = errors(asked, graded(found, asked))
    return off, delivered(off, {name: limits[name] for name in off})


def real_patients(slices: SliceSet, rows: np.ndarray) -> Ordered:
    """Return slices as they are."""
    channels = [slices.modalities.index(m) for m in MODALITIES]
    images = np.asarray(slices.images[rows][..., channels], np.float32)
    return Ordered(np.asarray(slices.seg[rows]), np.asarray(slices.tissue[rows]), images)


def wanted_of(slices: SliceSet, split: str, number: int = ORDERS) -> tuple[pd.DataFrame, np.ndarray]:
    """Return orders of the patients of a split, and the rows of the slices that show them."""
    some = examples_of(slices, READ, split)
    chosen = draw(some, number, np.random.default_rng(5))
    return some.orders.iloc[chosen].reset_index(drop=True), some.rows[chosen]


def tolerances_of(reader, slices: SliceSet) -> dict[str, float]:
    """Return by attribute the error that nine in ten validation slices keep to, by the regressor."""
    asked, rows = wanted_of(slices, "validation")
    images = real_patients(slices, rows).images[..., [MODALITIES.index(m) for m in READ.modalities]]
    return tolerances(errors(asked, read(reader, images)))


def order_tables(generator, painter, reader, slices: SliceSet, learned: Examples):
    """Score orders like those of test patients, and unusual ones, beside real slices.

    "another's order" compares what was made for test patients' orders with the orders of others: what a
    generator that does not listen would deliver.

    Returns:
        A row for each set and instrument: mean errors, shares delivered; and the same by distance.
    """
    limits, known = tolerances_of(reader, slices), encode(learned.orders)
    asked, rows = wanted_of(slices, "test")
    strange = unusual(asked, np.random.default_rng(6))
    other = asked.iloc[np.roll(np.arange(ORDERS), 1)].reset_index(drop=True)
    made = fill_orders(generator, painter, encode(asked), seed=6)
    sets = {
        "real slices": (asked, real_patients(slices, rows)),
        "orders of test patients": (asked, made),
        "another's order": (other, made),
        "unusual orders": (strange, fill_orders(generator, painter, encode(strange), seed=7)),
    }
    table, groups = [], []
    for instrument, measure in instruments(reader).items():
        seen = {id(patients): measure(patients) for _, patients in sets.values()}
        for name, (orders, patients) in sets.items():
            off, shares = judged(orders, seen[id(patients)], limits)
            distance = distance_to_training(encode(orders), known)
            case = {"orders of": name, "instrument": instrument, "orders": len(shares)}
            means = {f"error {c}": off[c].replace(np.inf, np.nan).mean() for c in off}
            table.append(case | {"distance": distance.mean()} | means | shares.mean().to_dict())
            grouped = by_distance(off.add_prefix("error ").join(shares), distance, EDGES)
            groups.append(grouped.assign(**{"orders of": name, "instrument": instrument}))
    return pd.DataFrame(table), pd.concat(groups)


def score_reader(reader, slices: SliceSet) -> dict[str, float]:
    """Return the regressor's mean errors on test patients' slices, each beside that of a constant guess."""
    some = examples_of(slices, READ, "test")
    off = errors(some.orders, read(reader, some.images.astype(np.float32)))
    found = {name: round(float(off[name].replace(np.inf, np.nan).mean()), 4) for name in off}
    for name in NUMBERS:
        true = some.orders[name].dropna()
        found[f"blind_{name}"] = round(float((true - true.median()).abs().mean()), 4)
    return found


def score_maps(generator, slices: SliceSet, limits: dict[str, float]) -> dict[str, float]:
    """Return shares of test patients' orders that label maps deliver."""
    asked, _ = wanted_of(slices, "test")
    labels = label_maps.decode(paint(generator, encode(asked), seed=6))
    shares = judged(asked, read_map(*labels), limits)[1].mean()
    return {f"delivered_{name}": round(float(value), 4) for name, value in shares.items()}


def fidelity(made: np.ndarray, slices: SliceSet, rows: np.ndarray) -> dict[str, float]:
    """Compute the kernel distance, its error, and recall of each modality, of images and real slices."""
    network, found = pretrained.load("features/brain-mr"), {}
    patients, real = slices.table["patient"].to_numpy()[rows], real_patients(slices, rows).images
    for channel, modality in enumerate(MODALITIES):
        pair = [network.embed(x[..., channel], modality) for x in (made, real)]
        value, error = kid(*pair, None, patients)
        _, recall = precision_recall(pair[1], pair[0], groups_real=patients)
        found |= {f"kid_{modality}": value, f"kid_se_{modality}": error, f"recall_{modality}": recall}
    return {name: round(float(value), 4) for name, value in found.items()}


# The painter


def painting_table(painter, slices: SliceSet) -> pd.DataFrame:
    """Compare what was painted with what is found, for every test patient.

    `labels` are a test patient's own, or "moved": a tumour of one laid into the healthy brain of another, at
    the same height. `images` are the real ones or the painter's. `reader` is lesson 51's U-Net, which knows
    slices of 64 pixels alone, or the shipped segmenter, for a part of the slices.
    """
    rows, rng = slices.select("test", "tumour_px > 20"), np.random.default_rng(8)
    own = real_patients(slices, rows)
    moved = moved_tumours(slices, rows)
    patients = slices.table["patient"].to_numpy()[rows]
    network, segmenter = pretrained.load("pix2pix-tumour-drop", "pix2pix"), shipped.load()
    some = np.sort(rng.permutation(len(rows))[:SEGMENTED])
    cases = [
        ("own", "real", own.seg, own.images),
        ("own", "painter", own.seg, paint_labels(painter, own.seg, own.tissue)),
        ("moved", "painter", moved[0], paint_labels(painter, *moved)),
    ]
    tables = []
    for labels, images, truth, pictures in cases:
        found = {}
        if pictures.shape[1] == 64:
            found["U-Net"] = (np.arange(len(truth)), find_tumours(pictures, MODALITIES, network))
        found["segmenter"] = (some, segment_slices(pictures[some], MODALITIES, segmenter))
        for reader, (places, labelled) in found.items():
            table = dices_of(truth[places], labelled, patients[places])
            tables.append(table.assign(labels=labels, images=images, reader=reader))
    return pd.concat(tables)


def invented_tumours(painter, slices: SliceSet) -> dict[str, float]:
    """Return in how many of 50 healthy slices of test patients the segmenter finds a tumour.

    The slices are real, painted from their own label maps, or from these, halved and enlarged.
    """
    asked, rows = wanted_of(slices, "test")
    own = real_patients(slices, rows[(asked["grade"] == "healthy").to_numpy()][:50])
    maps = label_maps.one_hot(label_maps.classes(label_maps.Labels(own.seg, own.tissue)))
    coarse = label_maps.decode(label_maps.enlarge(halve(maps), 2))
    cases = {
        "real": own.images,
        "own": paint_labels(painter, own.seg, own.tissue),
        "coarse": paint_labels(painter, *coarse),
    }
    segmenter = shipped.load()
    return {
        f"tumours invented, {name}": float(
            np.mean(read_tumours(images, MODALITIES, segmenter)["area_cm2"] > 0)
        )
        for name, images in cases.items()
    }


def moved_tumours(slices: SliceSet, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lay each slice's tumour into the healthy test slice whose height is nearest: (seg, tissue)."""
    healthy = slices.select("test", "grade == 'healthy'")
    height = slices.table["position"].to_numpy()
    hosts = healthy[np.abs(height[rows][:, None] - height[healthy]).argmin(1)]
    tissue = np.asarray(slices.tissue[hosts])
    return np.where(tissue > 0, slices.seg[rows], 0).astype(np.uint8), tissue


def dices_of(truth: np.ndarray, found: np.ndarray, patients: np.ndarray) -> pd.DataFrame:
    """Return the Dice of each region over all slices of a patient; NaN where a patient has none of it."""
    rows = []
    for patient in np.unique(patients):
        own = patients == patient
        masks = {name: (region(truth[own], name), region(found[own], name)) for name in REGIONS}
        rows.append(
            {"patient": patient} | {name: dice(*m) if m[0].any() else np.nan for name, m in masks.items()}
        )
    return pd.DataFrame(rows)


def score_painter(table: pd.DataFrame) -> dict[str, float]:
    """Return mean Dice over patients, by labels, images and reader."""
    means = table.groupby(["labels", "images", "reader"])[list(REGIONS)].mean()
    return {
        f"dice_{name}, {', '.join(case)}": round(float(value), 4)
        for name in REGIONS
        for case, value in means[name].items()
    }
