"""Draw everything that varies between patients with stroke, before anything is made.

The brain, its tissue and its scans come from `phantom.parameters`, as those of phantoms with tumours do, but
for what age and vessels change: patients with stroke are older, and their white matter is worse.
"""

from dataclasses import asdict, dataclass, field, replace

import numpy as np

from gancourse.cohort.phantom.parameters import VERSIONS, Parameters, draw
from gancourse.cohort.phantom.protocol import Scan
from gancourse.cohort.stroke.arteries import BRANCHES
from gancourse.cohort.stroke.patterns import PATTERNS, draw_pattern, draw_volume
from gancourse.cohort.stroke.timeline import Course, draw_course, draw_hours

#: Written to `subjects.csv` and to model cards, beside the version of the phantoms; increased whenever a seed
#: gives other images.
STROKE_VERSION = 2
NO_STROKE = 0.05  # share of patients in whom nothing is found
OLD = 0.4  # share with an old infarct
AXIAL = 0.8  # share of T1, T2 and FLAIR scans in thick axial slices
MOST_NOISE = 0.14  # of these scans, as `Scan.noise`
MOST_CUT_MM = 15.0  # of the brain, that a field of view misses
#: Columns of `Parameters.row` that say nothing about a phantom without a tumour begin with these words.
_TUMOUR = (
    "kind", "grade", "tumour", "foci", "infratentorial", "butterfly", "core", "lobes", "body", "chamber",
    "rim", "strand", "irregularity", "mass", "cystic", "oedema", "fullness", "enhancing", "gadolinium",
    "shaggy", "vessel", "t1ce",
)  # fmt: skip


@dataclass(frozen=True)
class InfarctParameters:
    """One stroke: where, how large, in how many pieces. Lengths in mm, volumes in mL."""

    pattern: str  # a key of `PATTERNS`
    branches: tuple[str, ...]  # that are closed, names of `BRANCHES`
    side: int  # 1 right, -1 left
    both: bool  # whether it is on both sides
    volume_ml: float
    more: int  # further pieces, beside the largest
    far: float  # share of those in another territory
    ragged: float  # unevenness of the border, relative to the size
    fold: float  # by how much shorter it is along the border of the brain than across
    border_mm: float  # over which it passes into healthy tissue
    patchy: float  # 0 to 1, how uneven the damage is inside


@dataclass(frozen=True)
class Diffusion:
    """How DWI and ADC were acquired: spin echo, echo-planar, with and without diffusion weighting."""

    scan: Scan
    repetition_ms: float
    echo_ms: float
    b: float  # s/mm2
    distortion_mm: float  # largest shift along the phase axis, near the skull base
    dropout: float  # 0 to 1, signal that is lost there
    tract: float  # how much brighter the pyramidal tract is than white matter elsewhere, relative
    limbic: float  # and the cortex of insula, cingulum and hippocampus than cortex elsewhere


@dataclass(frozen=True)
class StrokeParameters:
    """One patient. `hours` since onset; `stroke` and `old` are None where there is none."""

    index: int
    seed: int
    randomisation: str
    version: int
    brain: Parameters
    hours: float
    course: Course
    stroke: InfarctParameters | None
    old: InfarctParameters | None
    diffusion: Diffusion
    oedema: float = 0.0  # growth of the infarct's volume, relative, when it has swollen fully
    reach: dict[str, float] = field(default_factory=dict)  # by branch, mm added to that of the landmarks

    def row(self) -> dict[str, object]:
        """Return all parameters as one flat row: `stroke_volume_ml`, `dwi_noise`, `flair_noise` and so on."""
        row: dict[str, object] = dict(
            index=self.index, seed=self.seed, randomisation=self.randomisation, version=self.brain.version,
            stroke_version=self.version, hours=self.hours, oedema=self.oedema,
        )  # fmt: skip
        row |= {f"course_{k}": v for k, v in asdict(self.course).items()}
        for name, infarct in (("stroke", self.stroke), ("old", self.old)):
            drawn = asdict(infarct) if infarct else dict.fromkeys(InfarctParameters.__dataclass_fields__)
            drawn["branches"] = " + ".join(drawn["branches"] or ())
            drawn["side"] = {1: "right", -1: "left", None: None}[drawn["side"]]
            row |= {f"{name}_{k}": v for k, v in drawn.items()}
        row |= {f"reach_{k}": v for k, v in self.reach.items()}
        drawn = asdict(self.diffusion)
        row |= {f"dwi_{k}": v for k, v in {**drawn.pop("scan"), **drawn}.items()}
        plain = self.brain.row()
        return row | {k: v for k, v in plain.items() if k not in row and not k.startswith(_TUMOUR)}


def stage(p: StrokeParameters, number: int) -> np.random.Generator:
    """Return one patient's random generator for a stage: 1 anatomy, 2 acute and 4 old infarct,
    3 maps, 5 scans, 6 leukoaraiosis, 7 scars, 8 what is spared."""
    return generator(p.index, p.seed, p.randomisation, number)


def generator(index: int, seed: int, randomisation: str, number: int) -> np.random.Generator:
    """Return the generator of a stage; 0 draws the parameters. No phantom with a tumour has the same."""
    return np.random.default_rng([seed, index, VERSIONS[randomisation], STROKE_VERSION, 530 + number])


def draw_stroke(index: int, seed: int, randomisation: str = "realistic") -> StrokeParameters:
    """Draw patient `index` (0, 1, ...) of the cohort with that seed, independently of all others.

    Raises:
        InputError: an unknown randomisation, or a negative index or seed.
    """
    plain = draw(index, seed, randomisation)
    rng = generator(index, seed, randomisation, 0)
    wide = randomisation == "wide"
    hours = draw_hours(rng)
    stroke = draw_infarct(rng, wide, draw_volume(rng)) if rng.random() >= NO_STROKE else None
    old_ml = float(np.clip(1.5 * np.exp(1.3 * rng.standard_normal()), 0.15, 40))
    old = draw_infarct(rng, wide, old_ml) if rng.random() < OLD else None
    return StrokeParameters(
        index,
        seed,
        randomisation,
        STROKE_VERSION,
        scanned(aged(plain, rng), rng, wide),
        hours,
        draw_course(rng, hours, wide),
        stroke,
        old and replace(old, more=min(old.more, 2)),
        draw_diffusion(rng, wide),
        float(rng.uniform(0.1, 0.6)),
        {name: float(np.clip(3 * rng.standard_normal(), -6, 6)) for name in BRANCHES},
    )


def aged(p: Parameters, rng: np.random.Generator) -> Parameters:
    """Return the parameters of a patient without a tumour, as old as patients with stroke are."""
    age = float(np.clip(rng.normal(68, 13), 25, 95))
    atrophy = float(np.clip((age - 20) / 70 + 0.13 * rng.standard_normal(), 0, 1.05))
    disease = float(np.clip(rng.beta(1.1, 1.9) * (0.3 + age / 75), 0, 1))
    spots = float(rng.uniform(0.2, 1.0)) if rng.random() < 0.5 * disease + 0.1 else 0.0
    # Leukoaraiosis holds less water than a tumour's oedema, whose class it shares.
    t2 = p.t2 | {"ED": float(np.clip(0.62 * np.exp(0.12 * rng.standard_normal()), 0.45, 0.9))}
    return replace(
        p,
        kind="any",
        grade="healthy",
        tumour_ml=0.0,
        age_years=age,
        ventricle_mm=float(np.clip(-1.6 + 5 * atrophy + rng.gamma(1.2, 1.0), -2, 7.5)),
        sulcus_gain=float(np.clip(np.exp(1.6 * (atrophy - 0.5) + 0.2 * rng.standard_normal()), 0.55, 2.6)),
        hyperintensity=disease,
        spots=spots,
        t2=t2,
    )


def scanned(p: Parameters, rng: np.random.Generator, wide: bool) -> Parameters:
    """Return the parameters of a patient scanned as those with a stroke are: quickly, and the whole brain.

    T1, T2 and FLAIR mostly have thick axial slices, as DWI has; the rest keeps the slices that were drawn.
    """
    scans = {}
    for name, scan in p.scans.items():
        if rng.random() < AXIAL:
            thick = float(rng.uniform(2.5, 7.0) if wide else rng.uniform(3.0, 6.0))
            scan = replace(scan, slice_axis=2, thickness_mm=thick, phase_axis=int(rng.choice([0, 1])))
        noise = min(scan.noise, MOST_NOISE * (1.5 if wide else 1.0))
        scans[name] = replace(scan, noise=noise, missing_low=0.0, missing_high=0.0)
    whole = rng.random() < 0.8
    stripping = replace(p.stripping, cut_mm=0.0 if whole else min(p.stripping.cut_mm, MOST_CUT_MM))
    return replace(p, scans=scans, stripping=stripping)


def draw_infarct(rng: np.random.Generator, wide: bool, volume_ml: float) -> InfarctParameters:
    """Draw an infarct of that volume."""
    name, branches = draw_pattern(rng, volume_ml)
    pattern = PATTERNS[name]
    side, both = (1 if rng.random() < 0.5 else -1), bool(rng.random() < pattern.both)
    more = int(rng.geometric(1 / (1 + pattern.more)) - 1)
    return InfarctParameters(
        pattern=name,
        branches=branches,
        side=side,
        both=both,
        volume_ml=volume_ml,
        more=min(more, 30),
        far=pattern.far,
        ragged=float(rng.uniform(0.05, 0.4) if wide else rng.uniform(0.1, 0.3)),
        fold=float(rng.uniform(0.5, 1.1)),
        border_mm=float(rng.uniform(0.3, 1.8) if wide else rng.uniform(0.4, 1.2)),
        patchy=float(rng.uniform(0.0, 0.9) if wide else rng.uniform(0.1, 0.7)),
    )


def draw_diffusion(rng: np.random.Generator, wide: bool) -> Diffusion:
    """Draw the acquisition of DWI: echo-planar, so coarse, in thick axial slices, bent near air."""
    noise = float(rng.uniform(0.012, 0.09) if wide else rng.uniform(0.015, 0.04))
    scan = Scan(
        contrast=1.0,
        bias=float(rng.uniform(0.02, 0.25) if wide else rng.uniform(0.03, 0.1)),
        noise=noise,
        blur_mm=float(rng.uniform(0.2, 1.2) if wide else rng.uniform(0.3, 0.8)),
        pixel_mm=float(rng.uniform(0.9, 3.0) if wide else rng.uniform(1.2, 2.3)),
        thickness_mm=float(rng.uniform(2.0, 7.0) if wide else rng.choice([2.0, 3.0, 4.0, 5.0, 6.0])),
        slice_axis=2,
        phase_axis=1,
        ringing=float(rng.uniform(0, 0.5)),
        ghost=float(rng.uniform(0.005, 0.06 if wide else 0.025)),  # Nyquist's, half a field of view away
        ghost_mm=float(rng.uniform(105, 125)),
        scale=float(500 * np.exp(0.5 * rng.standard_normal())),
        gamma=float(np.exp(0.15 * rng.standard_normal()) if wide else 1.0),
        missing_low=0.0,
        missing_high=0.0,
    )
    return Diffusion(
        scan,
        repetition_ms=float(rng.uniform(3500, 9000)),
        echo_ms=float(rng.uniform(60, 120) if wide else rng.uniform(75, 105)),
        b=float(rng.uniform(750, 1300)) if wide else 1000.0,
        distortion_mm=float(rng.uniform(1, 9) if wide else rng.uniform(2, 7)),
        dropout=float(rng.uniform(0.2, 1.0)),
        tract=float(rng.uniform(0.0, 0.35 if wide else 0.25)),
        limbic=float(rng.uniform(0.0, 0.25 if wide else 0.18)),
    )
