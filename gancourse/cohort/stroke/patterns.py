"""What strokes look like: patterns of infarcts, how large they are, and how often each happens.

Volumes are those of 1,449 patients of the Stroke Outcome Optimization Project, drawn on diffusion: median
12.7 mL, quartiles 2 and 52, 5 % below 0.3, 5 % above 197 (Absher et al., Sci. Data 11:839, 2024). A pattern
is drawn given the volume, in proportion to how common it is and to a log-normal of its own volumes; these are
estimates, which `experiments/stroke_maps.py` compares with patients.
"""

from dataclasses import dataclass

import numpy as np

from gancourse.cohort.stroke.arteries import BRANCHES, branches_of

#: Cumulative shares of patients and their volumes in mL; the ends are estimates.
SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
VOLUMES_ML = (0.06, 0.3, 2.0, 12.7, 52.0, 197.0, 420.0)

MCA, PCA = branches_of("MCA"), branches_of("PCA")
SUPERIOR = ("MCA precentral", "MCA parietal", "MCA insular")
INFERIOR = ("MCA angular", "MCA posterior temporal", "MCA insular")
CORTEX = tuple(n for n in BRANCHES if n.split()[0] in ("MCA", "ACA", "PCA") and n.split()[-1] not in
               ("lenticulostriate", "medullary", "recurrent", "thalamic"))  # fmt: skip
CEREBELLUM = ("SCA", "AICA", "PICA")


@dataclass(frozen=True)
class Pattern:
    """A kind of stroke.

    Attributes:
        share: of all strokes, about.
        median_ml, spread: of the log-normal of its volumes.
        territories: groups of branches that are closed together, with weights.
        more: how many further pieces there are on average (geometric).
        far: the share of these that lie in another territory, on either side.
        both: how often it is on both sides.
    """

    share: float
    median_ml: float
    spread: float
    territories: dict[tuple[str, ...], float]
    more: float
    far: float
    both: float = 0.0


PATTERNS = {
    "lacune": Pattern(0.21, 0.9, 1.0, {
        ("MCA lenticulostriate",): 4, ("MCA medullary",): 4, ("AChA",): 1.5, ("PCA thalamic",): 3,
        ("ACA recurrent",): 0.4, ("BA pontine",): 2.2, ("BA mesencephalic",): 0.9, ("VA medullary",): 0.5,
    }, 0.25, 0.4, 0.08),
    "deep": Pattern(0.12, 6.0, 0.9, {
        ("MCA lenticulostriate",): 3, ("MCA lenticulostriate", "MCA medullary"): 2,
        ("MCA lenticulostriate", "MCA insular"): 3, ("AChA", "PCA thalamic"): 0.5,
    }, 1.0, 0.1),
    "cortical": Pattern(0.26, 9.0, 1.3, {
        **{(name,): 1.0 for name in MCA if name not in ("MCA lenticulostriate", "MCA medullary")},
        ("MCA prefrontal",): 0.7, ("MCA anterior temporal",): 0.5, ("MCA insular",): 0.8,
        ("MCA precentral",): 1.4, ("MCA parietal",): 2.2, ("MCA angular",): 2.1,
        ("MCA posterior temporal",): 1.7, ("ACA frontal",): 0.4, ("ACA paracentral",): 0.8,
        ("PCA calcarine",): 1.4, ("PCA temporal",): 0.8,
    }, 1.6, 0.2),
    "territory": Pattern(0.24, 75.0, 0.85, {
        MCA: 3, SUPERIOR: 2, (*SUPERIOR, "MCA prefrontal"): 0.8, INFERIOR: 2.2,
        (*INFERIOR, "MCA anterior temporal"): 0.6, ("MCA parietal", "MCA angular", "MCA medullary"): 2.2,
        (*SUPERIOR, "MCA lenticulostriate", "MCA medullary"): 2, PCA: 2,
        branches_of("ACA"): 0.6, (*MCA, *branches_of("ACA")): 0.4,
    }, 3.2, 0.25, 0.03),
    "emboli": Pattern(0.08, 2.5, 1.3, {
        CORTEX: 3, MCA: 3, PCA: 0.7, (*PCA, *CEREBELLUM): 0.7,
    }, 8.0, 0.35),
    "border zone": Pattern(0.04, 5.0, 1.1, {
        ("MCA prefrontal", "ACA frontal"): 1, ("MCA angular", "PCA calcarine"): 1,
        ("MCA parietal", "ACA paracentral"): 1, ("MCA medullary",): 1.5,
    }, 5.0, 0.05),
    "cerebellum": Pattern(0.08, 9.0, 1.6, {
        ("PICA",): 3, ("SCA",): 2, ("AICA",): 0.7, ("PICA", "AICA"): 0.7, CEREBELLUM: 0.8,
    }, 1.5, 0.2, 0.15),
    "brain stem": Pattern(0.04, 1.4, 0.9, {
        ("BA pontine",): 3, ("BA mesencephalic",): 1, ("VA medullary",): 0.8,
    }, 0.2, 0.3, 0.35),
}  # fmt: skip


def draw_volume(rng: np.random.Generator) -> float:
    """Draw the volume of a stroke in mL."""
    return float(np.exp(np.interp(rng.random(), SHARES, np.log(VOLUMES_ML))))


def draw_pattern(rng: np.random.Generator, volume_ml: float) -> tuple[str, tuple[str, ...]]:
    """Draw a pattern of that volume, by name, and the branches that are closed."""
    weights = np.array([
        p.share / p.spread * np.exp(-0.5 * (np.log(volume_ml / p.median_ml) / p.spread) ** 2)
        for p in PATTERNS.values()
    ])  # fmt: skip
    name = str(rng.choice(list(PATTERNS), p=weights / weights.sum()))
    territories = PATTERNS[name].territories
    chances = np.array(list(territories.values()))
    return name, list(territories)[rng.choice(len(chances), p=chances / chances.sum())]
