"""Make the brushes of "Paint with units", and measure what they do.

    python experiments/unit_brushes.py

For each concept, units of the layer are ranked by how far their mean in the concept lies from their mean in
healthy brain, in standard deviations there. To draw, a brush moves units from healthy brain towards the
concept and beyond; to remove, the other way. The lender is the patient with a tumour whose style lets most
paint grow in healthy patients, and draws least tumour by itself. Brushes and lender are chosen on generated
patients, and measured on others. No data are needed; about two minutes on one core.

Writes gancourse/teaching/widgets/paint_with_units.npz and data/results/unit_brushes.csv.
"""

from pathlib import Path

import numpy as np
from scipy import ndimage
from study import RESULTS, parser_of, start, write_table

from gancourse.gans.latent import draw_latents
from gancourse.gans.patient_maps import Patients, decode
from gancourse.metrics import dissection
from gancourse.teaching.widgets import paint_with_units_game as game
from gancourse.teaching.widgets.page_random import page_latents

FILE = Path(game.__file__).with_name("paint_with_units.npz")
RANKED, RANKED_SEED = 120, 1
CHOSEN, CHOSEN_SEED = 40, 1_000  #: patients that the lender is chosen on
TRIED, TRIED_SEED = 200, 2_000  #: of these, the first `EACH` with and without a tumour are measured
EACH = 20
LEAST = 100  #: pixels of tumour in a patient who counts as having one
#: How far units move: 0 is healthy brain, 1 the concept.
DRAWN = {"TC": 3.0, "oedema": 3.0, "ventricles": 2.0}
REMOVED = -1.0
#: A spot of brain to paint into: centre (row, column) and radius in pixels, and the mirrored one.
SPOTS, RADIUS = ((60, 46), (60, 81)), 8
GROWN = 0.2  #: share of a spot that a concept covers where a brush has worked
AROUND = 3  #: pixels around a concept that are painted, too, to remove it
COST = 0.05  #: of a square centimetre of tumour that a lent style draws by itself, in shares of a spot


class Study:
    """The generator's halves, and patients made with them."""

    def __init__(self) -> None:
        self.front, self.back = game.shipped_halves()

    def maps(self, latents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the layer's maps and the styles of latents (N, d)."""
        batches = [self.front(latents[k : k + 20], training=False) for k in range(0, len(latents), 20)]
        maps, styles = zip(*batches, strict=True)
        return np.concatenate(maps), np.concatenate(styles)

    def finish(self, maps: np.ndarray, styles: np.ndarray) -> Patients:
        batches = [
            self.back([maps[k : k + 20], styles[k : k + 20]], training=False) for k in range(0, len(maps), 20)
        ]
        return decode(np.concatenate(batches))


def rank(maps: np.ndarray, masks: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return by concept the units, best first, with what a brush needs; see the module's docstring."""
    size = maps.shape[1]
    healthy = maps[dissection.shrink(masks["brain"], size) >= 0.9]
    mean, spread = healthy.mean(0), healthy.std(0)
    base = dissection.values_in(maps, masks["brain"])
    units, draw, remove = [], [], []
    for concept, strength in DRAWN.items():
        typical = dissection.values_in(maps, masks[concept])
        units.append(np.argsort(-np.abs(typical - mean) / spread))
        draw.append(base + strength * (typical - base))
        remove.append(base + REMOVED * (typical - base))
    return {
        "concepts": np.array(list(DRAWN)),
        "units": np.array(units, np.uint8),
        "draw": np.array(draw, np.float32),
        "remove": np.array(remove, np.float32),
    }


def spots(masks: dict[str, np.ndarray]) -> np.ndarray:
    """Return for each patient the spot with less tumour, (N, S, S)."""
    size = masks["WT"].shape[1]
    row, column = np.mgrid[:size, :size]
    discs = [(row - y) ** 2 + (column - x) ** 2 < RADIUS**2 for y, x in SPOTS]
    return np.array(
        [min(discs, key=lambda disc, mask=mask: np.count_nonzero(mask & disc)) for mask in masks["WT"]]
    )


def painted(brushes, k: int, kind: str, maps: np.ndarray, where: np.ndarray, count: int = game.UNITS):
    """Return maps in which a brush's units have its values where somebody has painted."""
    share = dissection.shrink(where, maps.shape[1])[..., None]
    units, values = brushes["units"][k][:count], brushes[kind][k]
    changed = maps.copy()
    changed[..., units] = share * values[units] + (1 - share) * maps[..., units]
    return changed


def choose_lender(study: Study, brushes, latents: np.ndarray, masks: dict[str, np.ndarray]) -> int:
    """Return the row of the patient whose style lets paint grow in others who are healthy."""
    maps, styles = study.maps(page_latents(CHOSEN, latents.shape[1], CHOSEN_SEED))
    others = dissection.concepts_of(study.finish(maps, styles))
    well = np.flatnonzero(~others["WT"].any((1, 2)))
    where = spots(others)[well]
    _, lent = study.maps(latents)
    best, score = 0, -np.inf
    for row in np.flatnonzero(masks["TC"].sum((1, 2)) >= LEAST / 2):
        style = np.repeat(lent[[row]], len(well), 0)
        alone = study.finish(maps[well], style).seg > 0
        grown = []
        for k, concept in enumerate(("TC", "oedema")):
            found = study.finish(painted(brushes, k, "draw", maps[well], where), style)
            grown.append(dissection.concepts_of(found)[concept][where].mean())
        reached = min(grown) - COST * alone.sum() / len(well) * game.PIXEL_CM2
        if reached > score:
            best, score = int(row), reached
    return best


def measure(study: Study, brushes) -> list[dict]:
    """Return a row for each brush and kind of patient."""
    maps, styles = study.maps(page_latents(TRIED, brushes["lender"].shape[1], TRIED_SEED))
    _, lent = study.maps(brushes["lender"])
    masks = dissection.concepts_of(study.finish(maps, styles))
    area = masks["WT"].sum((1, 2))
    groups = {
        "tumour, own style": (np.flatnonzero(area >= LEAST)[:EACH], styles),
        "tumour, lent style": (np.flatnonzero(area >= LEAST)[:EACH], np.repeat(lent, len(styles), 0)),
        "no tumour, own style": (np.flatnonzero(area == 0)[:EACH], styles),
        "no tumour, lent style": (np.flatnonzero(area == 0)[:EACH], np.repeat(lent, len(styles), 0)),
    }
    rows = []
    for group, (who, given) in groups.items():
        before = study.finish(maps[who], given[who])
        had = dissection.concepts_of(before)
        free = spots(masks)[who]
        for k, concept in enumerate(DRAWN):
            for kind in ("draw", "remove"):
                if kind == "remove" and not had[concept].sum() > LEAST * len(who) / 2:
                    continue
                near = ndimage.binary_dilation(had[concept], np.ones((1, 3, 3)), iterations=AROUND)
                where = free if kind == "draw" else near
                after = study.finish(painted(brushes, k, kind, maps[who], where), given[who])
                now = dissection.concepts_of(after)
                moved = np.abs(after.images - before.images).mean(-1) / 2 * 100
                inside = (now[concept] & where).sum((1, 2)) / np.maximum(where.sum((1, 2)), 1)
                cm2 = [mask[concept].sum() / len(who) * game.PIXEL_CM2 for mask in (had, now)]
                rows.append(
                    {
                        "patients": group, "number": len(who), "concept": concept, "action": kind,
                        "units": game.UNITS, "before_cm2": cm2[0], "after_cm2": cm2[1],
                        "grown": int((inside >= GROWN).sum()) if kind == "draw" else None,
                        "ventricles_before_cm2": had["ventricles"].sum() / len(who) * game.PIXEL_CM2,
                        "ventricles_after_cm2": now["ventricles"].sum() / len(who) * game.PIXEL_CM2,
                        "moved_elsewhere": moved[before.brain & ~where].mean(),
                    }
                )  # fmt: skip
    return rows


def main() -> None:
    """Write both files."""
    parser_of(__doc__, None).parse_args()
    study = Study()
    dim = study.front.input_shape[-1]
    latents = draw_latents(RANKED, dim, RANKED_SEED)
    maps, styles = study.maps(latents)
    masks = dissection.concepts_of(study.finish(maps, styles))
    brushes = rank(maps, masks)
    brushes["lender"] = latents[[choose_lender(study, brushes, latents, masks)]]
    np.savez_compressed(FILE, **brushes)
    write_table(measure(study, brushes), RESULTS / "unit_brushes.csv")


if __name__ == "__main__":
    start(main)
