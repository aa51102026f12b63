"""Do synthetic scans help a segmenter? Shin et al. 2018 (arXiv 1807.10225), at equal steps, on new patients.

    python experiments/augmentation.py slices          patients of hospitals A and B, in data/hospitals
    python experiments/augmentation.py generators      for each N and seed, of those N patients only
    python experiments/augmentation.py painters        likewise
    python experiments/augmentation.py segmenters      for each N, seed and arm
    python experiments/augmentation.py score           data/results/augmentation.csv and .npz
    python experiments/augmentation.py export          N = 10, seed 0: gancourse/weights/augment
    python experiments/augmentation.py                 all of that, in this order

Hospital A has 400 patients for training. Each seed draws others of them; its 5 are among its 10, and those
among its 40. Tests are on 80 more, scanned at A, and again at B (`gancourse.segmentation.hospitals`). Every
arm but one has the same number of steps, and all have the same U-Net and batches of the same size:

    plain       the N patients as they are
    early       as plain, but for one sixth of the steps: part of any gain may be that plain training went on
                for too long
    augmented   mirrored, turned, scaled, shifted; other gamma, gain, offset and noise
    generated   half of each batch from a generator of slices with labels
    painted     half of each batch painted, by pix2pix, from label maps with moved lesions
    all         half true, a quarter generated, a quarter painted, and augmented
    ceiling     10 x N patients, as they are
    leak        N = 10: as generated, but the generator saw half of the test's patients (a planted mistake)
    native      N = 40: as plain, but scanned at B: what B's scans cost, and what the change of scanner does

Runs go to `runs/augmentation/n<N>-s<seed>/<what>`. What is done is not done again, and a training goes on
from its last chunk of 250 steps. One process keeps one core busy; give several processes other `--seeds`.

In seconds of one core, 2.5 hours in all:

    slices        480 patients x 2.1, 960 scans x 0.35                     1,350
    generators    (9 + 3 leaky) x 1,250 steps x 0.2                        3,000
    painters      9 x 1,500 steps x 0.09                                   1,250
    segmenters    60 x 1,500 and 9 x 250 steps x 0.033                     3,100
    score, export                                                            100
"""

import dataclasses
import os
import time
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from study import RESULTS, parser_of, start

from gancourse.cohort.few_patients import choose_patients, only, patients_of
from gancourse.cohort.sliceset import SliceSet
from gancourse.errors import InputError
from gancourse.files import write_beside

STAGES = ("slices", "generators", "painters", "segmenters", "score", "export")
COUNTS, SEEDS = (5, 10, 40), (0, 1, 2)
MORE = 10  #: times as many patients in the ceiling
CHUNK = 250  #: steps from one checkpoint to the next
STEPS = {"generator": 1250, "painter": 1500, "segmenter": 1500}
SYNTHETIC = 1000  #: slices of each generator and painter
GENERATOR: list[str] = []  # changes of the recipe
PAINTER = ["rate=0.0005"]
SEGMENTER = [
    "discriminator=false", "width=16", "depth=4", "dropout=0", "lambda_reconstruction=1", "rate=0.001",
    "beta1=0.9", "ema=0.99",
]  # fmt: skip


class Arm(NamedTuple):
    """What a segmenter is trained on: sources and their shares, with or without classic augmentation."""

    shares: dict[str, float]
    changes: bool = False
    early: bool = False  # whether it stops after the first chunk of steps
    counts: tuple[int, ...] | None = None  # the N that have this arm; None for all


ARMS = {
    "plain": Arm({"true": 1.0}),
    "early": Arm({"true": 1.0}, early=True),
    "augmented": Arm({"true": 1.0}, changes=True),
    "generated": Arm({"true": 0.5, "generator": 0.5}),
    "painted": Arm({"true": 0.5, "painter": 0.5}),
    "all": Arm({"true": 0.5, "generator": 0.25, "painter": 0.25}, changes=True),
    "ceiling": Arm({"more": 1.0}),
    "leak": Arm({"true": 0.5, "leaky-generator": 0.5}, counts=(10,)),
    "native": Arm({"native": 1.0}, counts=(40,)),
}


class Study(NamedTuple):
    """Where everything is."""

    hospitals: Path
    runs: Path

    @property
    def slices(self) -> dict[str, SliceSet]:
        """Return the slices of each hospital."""
        return {name: opened(self.hospitals / name) for name in "AB"}

    def folder(self, count: int, seed: int, what: str) -> Path:
        return self.runs / f"n{count}-s{seed}" / what


@cache
def opened(folder: Path) -> SliceSet:
    return SliceSet.open(folder)


def leaked_patients(slices: SliceSet) -> list[str]:
    """Return the half of the test's patients whom the leaky generator sees."""
    return patients_of(slices, "test")[::2].tolist()


def patients_for(kind: str, count: int, seed: int, slices: SliceSet) -> list[str]:
    """Return whom a generator, a painter or a source may see. Raises `InputError` if there are too few."""
    there = len(patients_of(slices, "train"))
    if kind == "more":
        if MORE * count > there:
            raise InputError(
                f"N={count}: the ceiling needs {MORE * count} patients and {there} are there; "
                "make more with --patients, or choose a smaller N with --counts"
            )
        return choose_patients(slices, MORE * count, seed)
    chosen = choose_patients(slices, count, seed)
    return chosen + leaked_patients(slices) if kind == "leaky-generator" else chosen


# Trainings


def teach(model, batches, steps: int, out: Path, settings: dict, rate: float | None = None) -> None:
    """Train a model for so many steps, from the last chunk on that was saved.

    Args:
        model: compiled, such as `gancourse.training.checkpoint` can save.
        batches: function of the first step, which returns endless batches from there.
        steps: in all.
        out: the run's folder.
        settings: what must be the same to go on.
        rate: falls from there as a cosine; None keeps the optimiser's.
    """
    import keras

    from gancourse.segmentation.segmenter_training import Cosine
    from gancourse.training.checkpoint import Checkpoint
    from gancourse.training.diagnosis import StopOnNaN

    class CoreSeconds(keras.callbacks.Callback):
        """Add the core's seconds so far to what the checkpoint keeps of every chunk."""

        def on_train_begin(self, logs=None):
            before = checkpoint.history[-1]["core_seconds"] if checkpoint.history else 0.0
            self.start = time.process_time() - before

        def on_epoch_end(self, epoch, logs=None):
            logs["core_seconds"] = time.process_time() - self.start

    chunk = min(CHUNK, steps)
    settings = {**settings, "steps": steps, "chunk": chunk}
    checkpoint = Checkpoint(out / "checkpoint.npz", settings, "python experiments/augmentation.py")
    done = checkpoint.restore(model)
    if done * chunk < steps:
        falling = (Cosine(rate, steps // chunk),) if rate else ()
        model.fit(
            batches(done * chunk),
            steps_per_epoch=chunk,
            initial_epoch=done,
            epochs=steps // chunk,
            shuffle=False,
            verbose=0,
            callbacks=[StopOnNaN(), CoreSeconds(), checkpoint, *falling],
        )


def train_generator(study: Study, count: int, seed: int, leaky: bool = False) -> None:
    """Train a generator of slices with labels on N patients of A, and save what it makes."""
    from gancourse.gans.averaging import recalibrate
    from gancourse.gans.patient_maps import decode
    from gancourse.training.patient_dcgan import PatientDCGAN, generate
    from gancourse.training.patient_training import patient_batches

    kind = "leaky-generator" if leaky else "generator"
    out = study.folder(count, seed, kind)
    if (out / "slices.npz").exists():
        return
    slices = study.slices["A"]
    few = only(slices, patients_for(kind, count, seed, slices))
    recipe = PatientDCGAN().change(GENERATOR)
    gan = recipe.build(seed)
    settings = {"recipe": dataclasses.asdict(recipe), "seed": seed, "slices": few.made_with}

    def batches(first: int):
        return patient_batches(few, recipe.batch_size, seed, first)

    teach(gan, batches, STEPS["generator"], out, settings)
    recalibrate(gan.trained_generator, recipe.latent_dim)
    made = decode(generate(gan.trained_generator, SYNTHETIC, seed=1))
    save_slices(out, made.images, made.seg)


def train_painter(study: Study, count: int, seed: int) -> None:
    """Train a painter on N patients of A, and save what it paints: their brains with moved lesions."""
    from gancourse.cohort.lesion_moves import new_labels
    from gancourse.training.label_translation import LabelTranslation, label_batches, paint_labels

    out = study.folder(count, seed, "painter")
    if (out / "slices.npz").exists():
        return
    slices = study.slices["A"]
    few = only(slices, patients_for("painter", count, seed, slices))
    recipe = LabelTranslation().change(PAINTER)
    model = recipe.build(seed)
    settings = {"recipe": dataclasses.asdict(recipe), "seed": seed, "slices": few.made_with}

    def batches(first: int):
        return label_batches(few, recipe.batch_size, seed, first)

    teach(model, batches, STEPS["painter"], out, settings)
    seg, tissue = new_labels(few.seg, few.tissue, SYNTHETIC, seed)
    save_slices(out, paint_labels(model.trained_generator, seg, tissue), seg)


def save_slices(out: Path, images: np.ndarray, seg: np.ndarray) -> None:
    """Write synthetic slices, and a picture of some."""
    from gancourse.images import patient_sheet, to_uint8

    sheet = patient_sheet(images[:8], seg[:8])
    write_beside(out / "sample.png", lambda file: sheet.save(file, "png"))
    write_beside(out / "slices.npz", lambda file: np.savez_compressed(file, images=to_uint8(images), seg=seg))


def export(study: Study, count: int = 10, seed: int = 0, folder: Path | None = None) -> None:
    """Store what the lesson uses: two generators and a painter of the same N patients, with their scores.

    They go among the shipped weights, or into `folder`.
    """
    from gancourse import pretrained
    from gancourse.export import machine
    from gancourse.gans.averaging import recalibrate
    from gancourse.training import checkpoint

    slices = study.slices["A"]
    kinds = {name: "patient dcgan" for name in ("generator", "leaky-generator")} | {
        "painter": "label translation"
    }
    for kind, of in kinds.items():
        out = study.folder(count, seed, kind)
        about, arrays = checkpoint.read(out / "checkpoint.npz")
        settings = about["settings"]
        network = pretrained.CODECS[of].build(settings["recipe"])
        part = "ema" if "ema.0" in arrays else "generator"
        stored = [pretrained.to_half(arrays[f"{part}.{k}"]) for k in range(len(network.weights))]
        network.set_weights([weight.astype(np.float32) for weight in stored])
        if of == "patient dcgan":
            recalibrate(network, settings["recipe"]["latent_dim"])
        card = {
            "kind": of,
            "recipe": settings["recipe"],
            "command": about["command"],
            "data": {"modality": "all", "N": count, "slices": settings["slices"]},
            "seed": seed,
            "steps": settings["steps"],
            "minutes": round(about["history"][-1]["core_seconds"] / 60, 1),
            "machine": machine(),
            "scores": scores_of(network, of, slices),
        }
        name = f"augment/{kind.replace('-generator', '')}-{count}"
        print(pretrained.save(name, network, card, folder).scores)


def scores_of(network, kind: str, slices: SliceSet) -> dict[str, float]:
    """Score a generator by kernel distances to test patients, and a painter by its error on their labels."""
    from gancourse import pretrained
    from gancourse.cohort.scheme import MODALITIES
    from gancourse.gans.patient_maps import decode
    from gancourse.metrics.fidelity import kid
    from gancourse.training.label_translation import paint_labels
    from gancourse.training.patient_dcgan import generate

    rows = slices.select("test")
    real, patients = np.asarray(slices.images[rows], np.float32), slices.table["patient"].to_numpy()[rows]
    if kind == "label translation":
        painted = paint_labels(network, slices.seg[rows], slices.tissue[rows])
        brain = np.any(real > -1, -1)
        return {f"error_{m}": round(float(np.abs(painted - real)[brain][:, k].mean()), 4)
                for k, m in enumerate(MODALITIES)}  # fmt: skip
    features, scores = pretrained.load("features/brain-mr"), {}
    made = decode(generate(network, len(rows), seed=2)).images
    for k, modality in enumerate(MODALITIES):
        embedded = (features.embed(images[..., k], modality) for images in (made, real))
        value, error = kid(*embedded, None, patients)
        scores |= {f"kid_{modality}": round(float(value), 4), f"kid_se_{modality}": round(float(error), 4)}
    return scores


def source(study: Study, kind: str, count: int, seed: int):
    """Return the slices of one of an arm's sources."""
    from gancourse.segmentation.mixing import Labelled

    if "generator" in kind or kind == "painter":
        path = study.folder(count, seed, kind) / "slices.npz"
        if not path.exists():
            raise InputError(f"{path}: not there; run the stages generators and painters first")
        with np.load(path) as file:
            return Labelled(file["images"].astype(np.float32) / 127.5 - 1, file["seg"])
    slices = study.slices["B" if kind == "native" else "A"]
    few = only(slices, patients_for(kind, count, seed, slices))
    return Labelled(few.images, few.seg)


def train_segmenter(study: Study, count: int, seed: int, arm: str) -> None:
    """Train a segmenter on an arm's slices, and save its Dice of every test patient."""
    from gancourse.segmentation.mixing import changed, mix
    from gancourse.training.translation import Translation

    out = study.folder(count, seed, arm)
    if (out / "dice.npz").exists():
        return
    recipe = Translation().change(SEGMENTER)
    how = ARMS[arm]
    sources = [source(study, kind, count, seed) for kind in how.shares]

    def batches(first: int):
        mixed = mix(sources, list(how.shares.values()), recipe.batch_size, seed)
        return (changed(mixed, seed) if how.changes else mixed).skip(first)

    model = recipe.build(seed)
    settings = {"recipe": dataclasses.asdict(recipe), "seed": seed, "N": count, "arm": arm, **how.shares}
    steps = CHUNK if how.early else STEPS["segmenter"]
    teach(model, batches, steps, out, settings, recipe.rate)
    dice = {name: dice_at(model.trained_generator, slices) for name, slices in study.slices.items()}
    write_beside(out / "dice.npz", lambda file: np.savez(file, **dice))


def dice_at(network, slices: SliceSet) -> np.ndarray:
    """Return Dice of a hospital's test patients: (patients, 3), WT, TC and ET; NaN where there is none."""
    from gancourse.cohort.scheme import REGIONS
    from gancourse.training.translation import dice_of_patients, tumour_labels

    rows = slices.select("test")
    patients = slices.table["patient"].to_numpy()[rows]
    images = np.asarray(slices.images[rows], np.float32)
    found, truth = tumour_labels(network.predict(images, batch_size=64, verbose=0)), slices.seg[rows]
    dices = [dice_of_patients(*(np.isin(x, r) for x in (truth, found)), patients) for r in REGIONS.values()]
    return np.stack(dices, -1)


# Stages


def arms_of(count: int) -> list[str]:
    """Return the arms that there are with so many patients."""
    return [name for name, arm in ARMS.items() if arm.counts is None or count in arm.counts]


def run_stage(stage: str, study: Study, options: Any) -> None:
    """Run a stage for all counts and seeds that are asked for."""
    if stage == "slices":
        from gancourse.segmentation.hospital_slices import make_hospitals

        make_hospitals(study.hospitals, options.patients, options.tested, workers=1)
        return
    if stage == "export":
        export(study)
        return
    if stage == "score":
        from augmentation_scores import score

        table = score(study, options.counts, options.seeds, options.results)
        shown = table[(table["tested"] == "all") & (table["region"] == "WT")]
        print(shown.round(3).to_string(index=False))
        return
    for count in options.counts:
        patients_for("more", count, 0, study.slices["A"])  # raises before anything is trained
    for count in options.counts:
        for seed in options.seeds:
            began = time.process_time()
            if stage == "generators":
                train_generator(study, count, seed)
                if "leak" in arms_of(count):
                    train_generator(study, count, seed, leaky=True)
            elif stage == "painters":
                train_painter(study, count, seed)
            else:
                for arm in arms_of(count):
                    train_segmenter(study, count, seed, arm)
            print(
                f"{stage}: N={count}, seed {seed}, {time.process_time() - began:.0f} core-seconds", flush=True
            )


def main() -> None:
    parser = parser_of(__doc__, None)
    parser.add_argument(
        "stages", nargs="*", metavar="stage", help=f"{', '.join(STAGES)}; all if none is named"
    )
    parser.add_argument("--counts", type=int, nargs="+", default=list(COUNTS), help="N")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument(
        "--hospitals", type=Path, default=Path("data/hospitals"), help="folder of their slices"
    )
    parser.add_argument("--patients", type=int, default=480, help="of the stage slices, in all")
    parser.add_argument("--tested", type=int, default=80, help="of them")
    parser.add_argument("--runs", type=Path, default=Path("runs/augmentation"))
    parser.add_argument("--results", type=Path, default=RESULTS / "augmentation.csv")
    options = parser.parse_args()
    if unknown := set(options.stages) - set(STAGES):
        raise InputError(f"stage {min(unknown)!r}: expected some of {', '.join(STAGES)}")
    for threads in ("INTRAOP", "INTEROP"):  # TensorFlow reads them when a stage imports it
        os.environ.setdefault(f"TF_NUM_{threads}_THREADS", "1")
    study = Study(options.hospitals, options.runs)
    for stage in options.stages or STAGES:
        run_stage(stage, study, options)


if __name__ == "__main__":
    start(main)
