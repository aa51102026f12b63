"""Draw everything that varies between subjects, before anything is made; `subjects.csv` records it."""

from dataclasses import asdict, dataclass, field

import numpy as np

from gancourse.cohort.phantom.protocol import PROTOCOLS, Scan, Stripping, draw_scan, draw_stripping
from gancourse.errors import InputError

#: Written to `subjects.csv` and to model cards; increased whenever a seed gives other images.
VERSIONS = {"realistic": 2, "wide": 3}

#: Kinds of tumour that a cohort can be ordered with; "any" has all of them, and subjects without one.
KINDS = ("any", "cerebellar", "butterfly", "small")

#: Classes that have a signal, in the order of every fractions array.
CLASSES = ("CSF", "GM", "WM", "STR", "THA", "PAL", "NEC", "ED", "NET", "ET")
HEALTHY = CLASSES[:6]


@dataclass(frozen=True)
class Parameters:
    """One subject's anatomy, tumour, tissue and scans. Lengths in mm, volumes in mL, angles in degrees."""

    index: int
    seed: int
    randomisation: str
    version: int
    kind: str  # one of `KINDS`: what was ordered
    grade: str  # "HGG", "LGG" or "healthy"
    brain_scale: float
    width_scale: float
    length_scale: float
    tilt_x_deg: float
    tilt_y_deg: float
    tilt_z_deg: float
    deformation_mm: float
    age_years: float
    ventricle_mm: float  # shift of the ventricles' wall outwards
    asymmetry_mm: float  # standard deviation of that shift between places
    sulcus_gain: float  # width of the sulci; 1 as in the template
    folding: float  # how much sulci and cortex differ from place to place
    cortex_level: float  # shift of the level that parts cortex from white matter
    edge_mm: float  # depth of the skull stripping, negative outside the cortex
    hyperintensity: float  # strength of white-matter hyperintensities, 0 to 1
    vessel_mmol: float  # gadolinium in vessels, mmol/L
    tumour_ml: float  # volume of the whole tumour
    foci: int
    infratentorial: bool
    butterfly: bool  # in both hemispheres, through the corpus callosum
    core_kind: str  # "ring" or "patchy"
    core_fraction: float  # of the whole tumour
    lobes: int  # that each focus of the core grew together from
    body_fraction: float  # of the core: the part that has an enhancing rim
    chamber_mm: float  # scale of the chambers between strands
    rim_mm: float  # thickness of the enhancing rim
    strand_mm: float  # half the thickness of strands inside it
    rim_gaps: float  # how rare gaps in the rim are, from 0 to 3
    irregularity: float
    mass_effect: float  # growth of the core's volume by pushing, relative to what it replaced
    cystic: float  # from 0 (solid) to 1 (fluid)
    oedema: float  # strength of the oedema's signal
    oedema_border_mm: float  # over which it falls there; a tenth to nine tenths take 4.4 times as much
    fullness: float  # share of tissue that a core without enhancement has replaced
    enhancing: bool
    gadolinium_mmol: float
    texture: float
    core_ragged: float = 0.25  # irregularity of its border
    rim_ragged: float = 0.6  # variation of the rim's thickness
    shaggy_mm: float = 0.7  # roughness of the borders of core and rim
    spots: float = 0.0  # additional white-matter hyperintensities, of any size
    pd: dict[str, float] = field(default_factory=dict)  # by class, factors on its tissue parameters
    t1: dict[str, float] = field(default_factory=dict)
    t2: dict[str, float] = field(default_factory=dict)
    scans: dict[str, Scan] = field(default_factory=dict)
    stripping: Stripping = Stripping(0.4, 0.0, 0.0, 0.0, 1, 0.0, 0.0)

    def row(self) -> dict[str, object]:
        """Return all parameters as one flat row: `factor_t1_WM`, `flair_noise` and so on."""
        flat: dict[str, object] = {}
        for name, value in asdict(self).items():
            if not isinstance(value, dict):
                flat[name] = value
            elif name == "scans":
                flat |= {f"{m}_{k}": v for m, scan in value.items() for k, v in scan.items()}
            elif name == "stripping":
                flat |= {f"stripping_{k}": v for k, v in value.items()}
            else:
                flat |= {f"factor_{name}_{c}": v for c, v in value.items()}
        return flat


def draw(index: int, seed: int, randomisation: str = "realistic", kind: str = "any") -> Parameters:
    """Draw subject `index` (0, 1, ...) of the cohort with that seed, independently of all other subjects.

    Raises:
        InputError: an unknown randomisation or kind, or a negative index or seed.
    """
    if kind not in KINDS:
        raise InputError(f"kind {kind!r}: expected one of {', '.join(KINDS)}")
    if randomisation not in VERSIONS:
        raise InputError(f"randomisation {randomisation!r}: expected one of {', '.join(VERSIONS)}")
    if index < 0 or seed < 0:
        raise InputError(f"subject {index}, seed {seed}: neither may be negative")
    rng = generator(index, seed, randomisation, 0)
    wide = randomisation == "wide"

    def lognormal(median: float, sigma: float, low: float = 0.0, high: float = np.inf) -> float:
        return float(np.clip(median * np.exp(sigma * rng.standard_normal()), low, high))

    def uniform(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    grade = str(rng.choice(["HGG", "LGG", "healthy"], p=[0.62, 0.26, 0.12]))
    if kind == "butterfly" or (kind != "any" and grade == "healthy"):
        grade = "HGG"
    high = grade == "HGG"
    age = float(np.clip(rng.normal(58 if high else 45, 13), 19, 88))
    atrophy = float(np.clip((age - 20) / 70 + 0.13 * rng.standard_normal(), 0, 1))
    shape = dict(
        brain_scale=float(np.clip(rng.normal(0.925, 0.028), 0.85, 0.99)),
        width_scale=lognormal(1.0, 0.025, 0.93, 1.07),
        length_scale=lognormal(1.0, 0.025, 0.93, 1.07),
        tilt_x_deg=float(rng.normal(0, 4)),
        tilt_y_deg=float(rng.normal(0, 1.5)),
        tilt_z_deg=float(rng.normal(0, 1.5)),
        deformation_mm=uniform(2.0, 3.4),
        age_years=age,
        ventricle_mm=float(np.clip(-1.6 + 5 * atrophy + rng.gamma(1.2, 1.1), -2.0, 7.5)),
        asymmetry_mm=uniform(0.4, 1.4),
        sulcus_gain=lognormal(float(np.exp(1.6 * (atrophy - 0.5))), 0.2, 0.55, 2.5),
        folding=uniform(0.07, 0.14),
        cortex_level=float(rng.normal(0, 0.01)),
        edge_mm=uniform(0.4, 2.8),
        hyperintensity=float(rng.beta(0.9, 2.2)),
        vessel_mmol=uniform(0.2, 2.2),
    )
    patchy = bool(rng.random() < 0.16) or not high
    small_core = 0.87 * rng.beta(3.6, 12.5) if not patchy else 0.95 * rng.beta(5, 4.8)
    cap = max(uniform(-0.23, 0.18), 0.0)
    body = (uniform(0.35, 0.85) if high else uniform(0.05, 0.3)) if patchy else 1 - cap
    tumour = dict(
        tumour_ml=lognormal(60, 0.66, 2, 205) if high else lognormal(60, 0.75, 2, 205),
        foci=int(rng.choice([1, 2, 3], p=[0.86, 0.1, 0.04])),
        core_kind="patchy" if patchy else "ring",
        core_fraction=float(np.clip(small_core if high else rng.beta(5, 2.2), 0.06, 0.95)),
        lobes=int(rng.choice([1, 2, 3, 4], p=[0.3, 0.3, 0.25, 0.15])),
        body_fraction=body,
        chamber_mm=lognormal(3.5, 0.3, 2.5, 20),
        core_ragged=uniform(0.2, 0.42),
        rim_mm=lognormal(4.2, 0.3, 1.8, 9),
        strand_mm=uniform(1.5, 2.1),
        rim_gaps=uniform(1.5, 3.0),
        irregularity=uniform(1.15, 2.0),
        mass_effect=uniform(1.2, 3.4),
        cystic=float(rng.beta(0.8, 1.2)),
        oedema=uniform(0.9, 1.0) if high else uniform(0.4, 0.9),
        oedema_border_mm=uniform(0.7, 1.8),
        fullness=1.0 if high else uniform(0.5, 1.0),
        enhancing=bool(high or rng.random() < 0.2),
        gadolinium_mmol=lognormal(0.22 if high else 0.14, 0.4, 0.08, 1.6),
        texture=lognormal(1.0, 0.3, 0.4, 1.6),
    )
    if wide:
        shape["sulcus_gain"] *= lognormal(1.0, 0.6, 0.3, 3.0)
        shape |= dict(
            tilt_x_deg=float(rng.normal(0, 8)),
            tilt_y_deg=float(rng.normal(0, 3)),
            ventricle_mm=float(np.clip(-2 + rng.gamma(1.6, 1.8), -2.5, 9.0)),
            folding=uniform(0.05, 0.25),
            cortex_level=float(rng.normal(0, 0.014)),
            spots=uniform(0.0, 1.0) if rng.random() < 0.5 else 0.0,
        )
        wide_core = rng.beta(1.8, 3.2) if not patchy else rng.beta(3, 2.6)
        tumour |= dict(
            tumour_ml=lognormal(66, 0.8, 1.5, 205) if high else lognormal(60, 0.9, 1.5, 205),
            gadolinium_mmol=lognormal(0.22 if high else 0.14, 0.7, 0.07, 2.5),
            core_fraction=float(np.clip(wide_core if high else rng.beta(3, 1.6), 0.05, 0.96)),
            body_fraction=body * lognormal(1.0, 0.3, 0.3, 1.0),
            chamber_mm=lognormal(9.0, 0.5, 3, 40),
            rim_mm=lognormal(3.2, 0.6, 0.8, 16),
            strand_mm=uniform(0.3, 2.0),
            oedema_border_mm=uniform(0.3, 1.8),
            irregularity=uniform(0.3, 1.5),
            mass_effect=uniform(0.0, 3.4),
            oedema=uniform(0.7, 1.0) if high else uniform(0.3, 1.0),
            core_ragged=uniform(0.1, 0.45),
            rim_ragged=uniform(0.3, 0.9),
            shaggy_mm=uniform(0.3, 1.2),
        )
    tumour |= placed(kind, tumour, rng)
    if grade == "healthy":
        tumour |= dict(
            tumour_ml=0.0, foci=0, infratentorial=False, butterfly=False, core_fraction=0.0, enhancing=False
        )

    narrow, broad = (0.10, 0.28) if wide else (0.035, 0.09)
    spread = {c: narrow if c in HEALTHY else broad for c in CLASSES}
    factors = {
        name: {c: lognormal(1.0, share * spread[c], 0.4, 2.5) for c in CLASSES}
        for name, share in (("pd", 0.4), ("t1", 1.0), ("t2", 1.0))
    }
    scans = {m: draw_scan(rng, m, wide) for m in PROTOCOLS}
    stripping = draw_stripping(rng, wide)
    version = VERSIONS[randomisation]
    drawn: dict = {**shape, **tumour, **factors}
    return Parameters(
        index, seed, randomisation, version, kind, grade, **drawn, scans=scans, stripping=stripping
    )


def placed(kind: str, tumour: dict, rng: np.random.Generator) -> dict:
    """Return what the kind of tumour, ordered or met by chance, changes in the drawn parameters."""
    below, both, size = rng.random() < 0.04, rng.random() < 0.03, rng.random()
    drawn = tumour["tumour_ml"]
    where = dict(infratentorial=False, butterfly=False)
    if kind == "small":
        return where | dict(tumour_ml=1.0 + 3.3 * size, foci=1)
    if kind == "cerebellar" or (kind == "any" and below):  # there is less room
        return where | dict(infratentorial=True, tumour_ml=min(drawn, 15 + 25 * size), foci=1)
    if kind == "butterfly" or (kind == "any" and both):
        share = max(tumour["core_fraction"], 0.25)
        return where | dict(butterfly=True, tumour_ml=max(drawn, 50 + 60 * size), core_fraction=share)
    return where


def generator(index: int, seed: int, randomisation: str, stage: int) -> np.random.Generator:
    """Return one subject's random generator for a stage.

    Stages are 0 parameters, 1 anatomy, 2 tumour, 3 signal, 4 sections, 5 head, 6 people.
    """
    return np.random.default_rng([seed, index, VERSIONS[randomisation], stage])
