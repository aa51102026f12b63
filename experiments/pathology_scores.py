"""Score the generators of lesson 45: are orders delivered, and does a reader find what was painted?

Two instruments read an image. The regressor (`condition/reader`) learned from training patients to read all
that can be ordered. The shipped segmenter (`segmentation.slice_reader`) finds labels, and so its area,
side and place; of the grade it tells only whether there is a tumour. Both read held-out real slices as well:
their errors there set the tolerance (validation patients) and the ceiling (test patients).
"""

import numpy as np
import pandas as pd

from gancourse import pretrained
from gancourse.cohort.brats import region
from gancourse.cohort.scheme import REGIONS
from gancourse.cohort.sliceset import SliceSet
from gancourse.gans.conditional_gan import paint
from gancourse.gans.orders import GRADES, LIMITS, NUMBERS, decode, encode
from gancourse.metrics.delivery import by_distance, delivered, distance_to_training, errors, tolerances
from gancourse.metrics.fidelity import kid, precision_recall
from gancourse.metrics.overlap import dice
from gancourse.segmentation import segmenter as shipped
from gancourse.segmentation.slice_reader import find_tumours, read_tumours, segment_slices
from gancourse.training.conditional_training import ConditionalRecipe, Examples, examples_of
from gancourse.training.painting import PainterRecipe, paint_labels

#: What a condition consists of, by name.
COLUMNS = (*GRADES, *NUMBERS)

#: Orders that are scored of each kind.
ORDERS = 600

#: Limits of the groups of distances, in standard deviations.
EDGES = np.array([0, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5])

#: What even unusual orders keep to, beside places in the brain.
LEAST_AND_MOST = {"area_cm2": (1.0, np.inf), "enhancing_cm2": (0.0, np.inf)}

#: Slices of test patients whose painted tumours the shipped segmenter looks for.
SEGMENTED = 60


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


def read(reader, images: np.ndarray) -> pd.DataFrame:
    """Read orders off images by the regressor."""
    return decode(reader.measure(images))


def graded(found: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """Give what labels tell a grade: of a tumour that which was asked for, since they do not tell it."""
    if "grade" in found:
        return found
    wanted = asked["grade"].to_numpy()
    sick = np.where(wanted == "healthy", "HGG", wanted)
    return found.assign(grade=np.where(found["area_cm2"] > 0, sick, "healthy"))


def order_tables(generator, reader, slices: SliceSet, recipe: ConditionalRecipe, learned: Examples):
    """Score orders like those of test patients, and unusual ones, beside real slices.

    "another's order" compares what was made for test patients' orders with the orders of others: what a
    generator that does not listen would deliver.

    Returns:
        A row for each set and instrument: mean errors, shares delivered; and the same by distance.
    """
    rng, segmenter = np.random.default_rng(5), shipped.load()
    columns = ["area_cm2", "enhancing_cm2", "side", "along"]
    instruments = {
        "regressor": lambda images: read(reader, images),
        "labels": lambda images: read_tumours(images, recipe.modalities, segmenter)[columns],
    }
    known = encode(learned.orders)
    sets = {}
    for split in ("validation", "test"):
        some = examples_of(slices, recipe, split)
        chosen = draw(some, ORDERS, rng)
        asked = some.orders.iloc[chosen].reset_index(drop=True)
        sets[split] = (asked, some.images[chosen].astype(np.float32))
    asked = sets["test"][0]
    sets["orders of test patients"] = (asked, paint(generator, encode(asked), seed=6))
    strange = unusual(asked, rng)
    sets["unusual orders"] = (strange, paint(generator, encode(strange), seed=7))
    other = asked.iloc[np.roll(np.arange(ORDERS), 1)].reset_index(drop=True)

    rows, groups = [], []
    for instrument, measure in instruments.items():
        found = {name: measure(images) for name, (_, images) in sets.items()}
        compared = {name: (asked, found[name]) for name, (asked, _) in sets.items()}
        compared["another's order"] = (other, found["orders of test patients"])
        off = {name: errors(asked, graded(table, asked)) for name, (asked, table) in compared.items()}
        limits = tolerances(off.pop("validation"))
        for name in off:
            label = "real slices" if name == "test" else name
            shares = delivered(off[name], limits)
            distance = distance_to_training(encode(compared[name][0]), known)
            case = {"orders of": label, "instrument": instrument, "orders": len(shares)}
            rows.append(
                case
                | {"distance": distance.mean()}
                | {f"error {c}": finite(off[name][c]).mean() for c in off[name]}
                | {f"tolerance {c}": limit for c, limit in limits.items()}
                | shares.mean().to_dict()
            )  # fmt: skip
            table = by_distance(off[name].add_prefix("error ").join(shares), distance, EDGES)
            groups.append(table.assign(**{"orders of": label, "instrument": instrument}))
    return pd.DataFrame(rows), pd.concat(groups)


def finite(values: pd.Series) -> pd.Series:
    return values.replace(np.inf, np.nan)


def score_reader(reader, slices: SliceSet, recipe: ConditionalRecipe) -> dict[str, float]:
    """Return the regressor's mean errors on test patients' slices, each beside that of a constant guess."""
    some = examples_of(slices, recipe, "test")
    off = errors(some.orders, read(reader, some.images.astype(np.float32)))
    found = {name: round(float(finite(off[name]).mean()), 4) for name in off}
    for name in NUMBERS:
        true = some.orders[name].dropna()
        found[f"blind_{name}"] = round(float((true - true.median()).abs().mean()), 4)
    return found


def tolerances_of(reader, slices: SliceSet, recipe: ConditionalRecipe) -> dict[str, float]:
    """Return by attribute the error that nine in ten validation slices keep to, by the regressor."""
    some = examples_of(slices, recipe, "validation")
    chosen = draw(some, ORDERS, np.random.default_rng(5))
    asked = some.orders.iloc[chosen].reset_index(drop=True)
    return tolerances(errors(asked, read(reader, some.images[chosen].astype(np.float32))))


def score_images(generator, reader, slices: SliceSet, recipe: ConditionalRecipe) -> dict[str, float]:
    """Return shares delivered of test patients' orders, read by the regressor, and kernel distances."""
    rng, off = np.random.default_rng(5), {}
    for split in ("validation", "test"):
        some = examples_of(slices, recipe, split)
        chosen = draw(some, ORDERS, rng)
        asked = some.orders.iloc[chosen].reset_index(drop=True)
        off[split] = errors(asked, read(reader, some.images[chosen].astype(np.float32)))
    limits = tolerances(off["validation"])
    images = paint(generator, encode(asked), seed=6)
    shares = delivered(errors(asked, read(reader, images)), limits).mean()
    found = {f"delivered_{name}": value for name, value in shares.items()}
    found["real_delivered_all"] = delivered(off["test"], limits)["all"].mean()
    patients = slices.table["patient"].to_numpy()[some.rows[chosen]]
    found |= fidelity(images, some.images[chosen].astype(np.float32), patients, recipe.modalities)
    return {name: round(float(value), 4) for name, value in found.items()}


def fidelity(images: np.ndarray, real: np.ndarray, patients: np.ndarray, modalities) -> dict[str, float]:
    """Compute the kernel distance, its error, and recall of each modality, of images and real slices."""
    network, found = pretrained.load("features/brain-mr"), {}
    for channel, modality in enumerate(modalities):
        made, true = (network.embed(x[..., channel], modality) for x in (images, real))
        value, error = kid(made, true, None, patients)
        _, recall = precision_recall(true, made, groups_real=patients)
        found |= {f"kid_{modality}": value, f"kid_se_{modality}": error, f"recall_{modality}": recall}
    return found


# The painter


def painting_table(painter, slices: SliceSet, recipe: PainterRecipe) -> pd.DataFrame:
    """Compare what was painted with what is found, for every test patient.

    `labels` are a test patient's own, or "moved": a tumour of one laid into the healthy brain of another, at
    the same height. `images` are the real ones, the painter's, or the U-Net's that lesson 51 ships (FLAIR).
    `reader` is lesson 51's U-Net, or the shipped segmenter, for a part of the slices.
    """
    rows, rng = slices.select("test", "tumour_px > 20"), np.random.default_rng(8)
    seg, tissue = np.asarray(slices.seg[rows]), np.asarray(slices.tissue[rows])
    patients = slices.table["patient"].to_numpy()[rows]
    channels = [slices.modalities.index(m) for m in recipe.modalities]
    real = np.asarray(slices.images[rows][..., channels], np.float32)
    moved = moved_tumours(slices, rows)
    flair = [list(recipe.modalities).index("flair")]
    u_net, network = pretrained.load("pix2pix-flair"), pretrained.load("pix2pix-tumour-drop", "pix2pix")
    segmenter = shipped.load()
    some = np.sort(rng.permutation(len(rows))[:SEGMENTED])
    cases = [
        ("own", "real", recipe.modalities, seg, real),
        ("own", "real, FLAIR", ("flair",), seg, real[..., flair]),
        ("own", "painter", recipe.modalities, seg, paint_labels(painter, seg, tissue, seed=9)),
        ("own", "U-Net, FLAIR", ("flair",), seg, translated(u_net, seg, tissue)),
        ("moved", "painter", recipe.modalities, moved[0], paint_labels(painter, *moved, seed=10)),
        ("moved", "U-Net, FLAIR", ("flair",), moved[0], translated(u_net, *moved)),
    ]
    tables = []
    for labels, images, modalities, truth, pictures in cases:
        found = {"U-Net": (np.arange(len(truth)), find_tumours(pictures, modalities, network))}
        found["segmenter"] = (some, segment_slices(pictures[some], modalities, segmenter))
        for reader, (places, labelled) in found.items():
            table = dices_of(truth[places], labelled, patients[places])
            tables.append(table.assign(labels=labels, images=images, reader=reader))
    return pd.concat(tables)


def moved_tumours(slices: SliceSet, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lay each slice's tumour into the healthy test slice whose height is nearest: (seg, tissue)."""
    healthy = slices.select("test", "grade == 'healthy'")
    height = slices.table["position"].to_numpy()
    hosts = healthy[np.abs(height[rows][:, None] - height[healthy]).argmin(1)]
    tissue = np.asarray(slices.tissue[hosts])
    return np.where(tissue > 0, slices.seg[rows], 0), tissue


def translated(u_net, seg: np.ndarray, tissue: np.ndarray) -> np.ndarray:
    """Paint by pix2pix' U-Net, (N, S, S, 1)."""
    from gancourse.training.translation import label_map

    return u_net.predict(label_map(seg, tissue).numpy(), batch_size=64, verbose=0)


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
