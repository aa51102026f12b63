"""Dissect the patient generator: which units match a concept, and what switching them does.

    python experiments/dissection.py units          # data/results/dissection.csv, dissection_layers.csv
    python experiments/dissection.py interventions  # data/results/interventions.csv
    python experiments/dissection.py sheet --out /tmp/sheet.png    # pictures of units and of interventions

Units are ranked by their IoU with a concept beyond chance, over generated patients, and once more over as
many others. Interventions are measured on patients that had no part in the ranking, beside as many random
units of the same layer. No data are needed. About ten minutes on one core.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from scipy import ndimage
from study import RESULTS, start, write_table

from gancourse import pretrained
from gancourse.gans.latent import draw_latents
from gancourse.gans.patient_maps import Patients, decode
from gancourse.images import to_uint8
from gancourse.metrics import dissection
from gancourse.metrics.dissection import Dissection, Edit, Parts
from gancourse.metrics.intervals import bootstrap

PATIENTS = 120  #: in each of the two sets that units are ranked on
TRIED = 32  #: patients whose units are switched
SEEDS = {"first": 1, "second": 2, "tried": 3}
BEST = 8  #: units whose place in both rankings is compared
LAYERS = ("16b", "32b", "64a")
SWITCHED = ("WT", "TC", "ventricles")
SET_SIZES = (4, 8, 16)
ZERO_SIZE = 8  #: of the sets that are set to 0, too
RANDOM_SETS = 2
MARGIN = 3  #: pixels around a concept that count neither as inside nor as elsewhere
LEAST = 50  #: pixels of a concept in a patient who counts as having it
#: A spot of healthy brain into which a tumour is painted: centre (row, column) and radius in pixels; the
#: mirrored one is taken where the tumour is in the way.
SPOT, RADIUS = (60, 46), 10


def latents_of(who: str, parts: Parts, count: int) -> np.ndarray:
    return draw_latents(count, parts.mapping.input_shape[-1], SEEDS[who])


def masks_of(parts: Parts, latents: np.ndarray) -> tuple[Patients, dict[str, np.ndarray]]:
    patients = decode(dissection.generate(parts, latents))
    return patients, dissection.concepts_of(patients)


def dissect_all(parts: Parts, who: str, layers: list[str]) -> dict[str, Dissection]:
    """Dissect layers over one set of patients."""
    latents = latents_of(who, parts, PATIENTS)
    _, masks = masks_of(parts, latents)
    found = {}
    for layer in layers:
        found[layer] = dissection.dissect(dissection.activations(parts, latents, layer), masks)
        print(f"{who} {layer}", flush=True)
    return found


def units(parts: Parts) -> None:
    """Write a row for every unit, and one for every layer and concept."""
    layers = list(parts.layers)
    first, second = (dissect_all(parts, who, layers) for who in ("first", "second"))
    rows, matched = [], []
    for layer in layers:
        one, two = first[layer], second[layer]
        gain, again = one.iou - one.chance, two.iou - two.chance
        for unit in range(len(gain)):
            k, other = np.argsort(-gain[unit])[:2]
            rows.append(
                {
                    "layer": layer, "unit": unit, "concept": one.concepts[k], "iou": one.iou[unit, k],
                    "chance": one.chance[unit, k], "second_concept": one.concepts[other],
                    "second_iou": one.iou[unit, other], "second_chance": one.chance[unit, other],
                    "without": one.without[unit, k], "concept_again": two.concepts[again[unit].argmax()],
                    "iou_again": two.iou[unit, k], "chance_again": two.chance[unit, k],
                }
            )  # fmt: skip
        for k, concept in enumerate(one.concepts):
            best = one.best(concept, BEST)
            matched.append(
                {
                    "layer": layer, "concept": concept, "unit": best[0], "iou": one.iou[best[0], k],
                    "chance": one.chance[best[0], k], "iou_again": two.iou[best[0], k],
                    "median_iou": np.median(one.iou[:, k]), "without": one.without[best[0], k],
                    "best_again": len(set(best) & set(two.best(concept, BEST))),
                    "rank_correlation": pd.Series(gain[:, k]).corr(pd.Series(again[:, k]), "spearman"),
                }
            )  # fmt: skip
    write_table(rows, RESULTS / "dissection.csv")
    write_table(matched, RESULTS / "dissection_layers.csv")


def changes(concept: str, before: Patients, masks: dict[str, np.ndarray], after: Patients) -> dict:
    """Return what became of a concept's area, of the others', and of the grey values; per patient."""
    now = dissection.concepts_of(after)
    areas = {name: mask.sum((1, 2)).astype(float) for name, mask in masks.items()}
    has = areas[concept] >= LEAST
    moved = np.abs(after.images - before.images).mean(-1) / 2 * 100  # % of the range
    near = ndimage.binary_dilation(masks[concept], np.ones((1, 3, 3)), iterations=MARGIN)
    elsewhere = before.brain & ~near
    row = {"patients": int(has.sum())}
    left = bootstrap((now[concept].sum((1, 2)) / np.maximum(areas[concept], 1))[has], seed=0)
    inside = [moved[i][masks[concept][i]].mean() for i in np.flatnonzero(has)]
    outside = [moved[i][elsewhere[i]].mean() for i in np.flatnonzero(has)]
    for name, value in (("left", left), ("inside", bootstrap(inside, 0)), ("outside", bootstrap(outside, 0))):
        row |= {name: value.mean, f"{name}_low": value.low, f"{name}_high": value.high}
    for name in ("brain", "ventricles", "sulci", "WT", "oedema", "TC", "ET", "necrosis"):
        total = masks[name][has].sum()
        row[f"{name}_left"] = now[name][has].sum() / total if total else np.nan
    return row


def off(parts: Parts, latents: np.ndarray, rankings: dict[str, Dissection], means: dict) -> list[dict]:
    """Switch off the best units for each concept, and random ones, in each layer."""
    before, masks = masks_of(parts, latents)
    rng = np.random.default_rng(4)
    rows = []
    for layer in LAYERS:
        count = parts.layers[layer].units
        for size in SET_SIZES:
            sets = [("best", concept, rankings[layer].best(concept, size)) for concept in SWITCHED]
            sets += [(f"random {k}", "", rng.choice(count, size, replace=False)) for k in range(RANDOM_SETS)]
            for which, concept, chosen in sets:
                for value in ("mean", "zero") if size == ZERO_SIZE else ("mean",):
                    edit = Edit(layer, chosen, means[layer][chosen] if value == "mean" else 0.0)
                    after = decode(dissection.generate(parts, latents, [edit]))
                    about = {"action": "off", "layer": layer, "units": size, "which": which, "value": value}
                    for name in (concept,) if concept else SWITCHED:
                        rows.append({**about, "concept": name, **changes(name, before, masks, after)})
            print(f"off {layer} {size}", flush=True)
    return rows


def spots_of(masks: dict[str, np.ndarray]) -> np.ndarray:
    """Return a spot of healthy brain for each patient, (N, S, S) bool; empty where there is none."""
    size = masks["brain"].shape[1]
    row, column = np.mgrid[:size, :size]
    near = [(row - SPOT[0]) ** 2 + (column - c) ** 2 < RADIUS**2 for c in (SPOT[1], size - 1 - SPOT[1])]
    chosen = []
    for brain, tumour in zip(masks["brain"], masks["WT"], strict=True):
        around = ndimage.binary_dilation(tumour, iterations=4)
        free = [spot for spot in near if not (spot & around).any() and brain[spot].mean() > 0.9]
        chosen.append(free[0] if free else np.zeros_like(brain))
    return np.stack(chosen)


def on(parts: Parts, latents: np.ndarray, rankings: dict[str, Dissection], values: dict) -> list[dict]:
    """Paint a tumour's core into healthy brain: own style, or the style of a patient who has a tumour."""
    before, masks = masks_of(parts, latents)
    spots = spots_of(masks)
    ill = masks["WT"].sum((1, 2)) >= LEAST
    well = ~masks["WT"].any((1, 2))
    groups = {
        "with a tumour elsewhere, own style": (ill, None),
        "without a tumour, own style": (well, None),
        "without a tumour, style of one with": (well, np.resize(latents[ill], latents.shape)),
    }
    rows = []
    for layer in LAYERS:
        for size in (*SET_SIZES, parts.layers[layer].units):
            chosen = rankings[layer].best("TC", size)
            for who, (group, style) in groups.items():
                rows_of = group & spots.any((1, 2))
                edit = Edit(layer, chosen, values[layer][chosen], spots[rows_of])
                styled = None if style is None else style[rows_of]
                made = decode(dissection.generate(parts, latents[rows_of], [edit], styled))
                now = dissection.concepts_of(made)
                row = {"action": "on", "layer": layer, "units": size, "which": who, "value": "95 % of TC"}
                inside = spots[rows_of].sum((1, 2))
                for name in ("WT", "TC", "ET"):
                    painted = (now[name] & spots[rows_of]).sum((1, 2)) / inside
                    share = bootstrap(painted, seed=0)
                    row |= {f"{name}_painted": share.mean}
                    if name == "WT":
                        row |= {"WT_painted_low": share.low, "WT_painted_high": share.high}
                moved = np.abs(made.images - before.images[rows_of]).mean(-1) / 2 * 100
                near = ndimage.binary_dilation(spots[rows_of], np.ones((1, 3, 3)), iterations=2 * MARGIN)
                far = before.brain[rows_of] & ~near
                row |= {"patients": int(rows_of.sum()), "inside": moved[spots[rows_of]].mean()}
                rows.append({**row, "concept": "TC", "outside": moved[far].mean()})
        print(f"on {layer}", flush=True)
    return rows


def ranked(parts: Parts) -> tuple[dict, dict, dict]:
    """Return each layer's dissection, its units' means, and their high values in tumour cores."""
    latents = latents_of("first", parts, PATIENTS)
    _, masks = masks_of(parts, latents)
    wanted = {name: masks[name] for name in SWITCHED}
    rankings, means, values = {}, {}, {}
    for layer in LAYERS:
        maps = dissection.activations(parts, latents, layer)
        rankings[layer] = dissection.dissect(maps, wanted)
        means[layer] = maps.mean((0, 1, 2))
        values[layer] = dissection.values_in(maps, masks["TC"], 0.95)
        print(f"ranked {layer}", flush=True)
    return rankings, means, values


def interventions(parts: Parts) -> None:
    rankings, means, values = ranked(parts)
    latents = latents_of("tried", parts, TRIED)
    rows = on(parts, latents, rankings, values)
    write_table([*off(parts, latents, rankings, means), *rows], RESULTS / "interventions.csv")


def sheet(parts: Parts, out: Path, layer: str = "32b", size: int = 8) -> None:
    """Draw patients before and after their best units are switched off, and the best unit's places."""
    latents = latents_of("tried", parts, TRIED)
    before, masks = masks_of(parts, latents)
    shown = np.argsort(-masks["WT"].sum((1, 2)))[4:12:2]
    latents = latents[shown]
    maps = dissection.activations(parts, latents_of("first", parts, 60), layer)
    _, ranking_masks = masks_of(parts, latents_of("first", parts, 60))
    found = dissection.dissect(maps, {name: ranking_masks[name] for name in ("WT", "ventricles")})
    own = dissection.activations(parts, latents, layer)
    columns = [before.images[shown][..., 3]]
    for concept in ("WT", "ventricles"):
        chosen = found.best(concept, size)
        large = dissection.upsample(own[..., chosen[0]], columns[0].shape[1])
        columns.append(2 * large / large.max() - 1)
        edit = Edit(layer, chosen, maps.mean((0, 1, 2))[chosen])
        columns.append(decode(dissection.generate(parts, latents, [edit])).images[..., 3])
    rows = np.concatenate([np.concatenate(list(column), axis=0) for column in columns], axis=1)
    picture = Image.fromarray(to_uint8(rows))
    out.parent.mkdir(parents=True, exist_ok=True)
    picture.resize((2 * picture.width, 2 * picture.height), Image.Resampling.BICUBIC).save(out)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stage", choices=("units", "interventions", "sheet"))
    parser.add_argument("--out", type=Path, help="of the sheet")
    arguments = parser.parse_args()
    parts = dissection.take_apart(pretrained.load("patient"))
    if arguments.stage == "sheet":
        if not arguments.out:
            parser.error("sheet: --out is missing")
        sheet(parts, arguments.out)
    else:
        {"units": units, "interventions": interventions}[arguments.stage](parts)


if __name__ == "__main__":
    start(main)
