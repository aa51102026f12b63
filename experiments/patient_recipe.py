"""Choose the patient generator's recipe: candidates trained for equal core time on small slices, and scored.

    gancourse cohort make --subjects 288 --out data/phantoms288
    gancourse cohort slice data/phantoms288 --size 32 --out data/slices32
    gancourse train pix2pix --direction mr-to-tumour --no-discriminator --data data/slices32 \\
        --out runs/unet32 --set depth=4 --set width=32 --set dropout=0 --set rate=1e-3 --epochs 12
    python experiments/patient_recipe.py --data data/slices32 --unet runs/unet32

It trains what is missing, and then writes data/results/patient_recipe.csv and a picture of each run beside
its images. Every run has one core and so many of its minutes. In the table are

    kid, precision, recall     against held-out patients, means over the four modalities
    dice_WT, dice_TC, dice_ET  generated labels against those that a U-Net, trained on real slices, finds in
                               the generated images
    d_overfits                 how far the discriminator prefers training patients to held-out ones, as a
                               share of its preference for training patients over generated ones
    specks                     share of pixels that are bright and outside the brain
"""

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from study import RESULTS, parser_of, write_table

from gancourse.cohort.sliceset import SliceSet
from gancourse.quiet import import_tensorflow

IMAGES = 1000
SMALL = dict(size=32, base=32, d_base=48, most=96, r1=3.0, r2=3.0, batch_size=32)

#: Name -> changes of the recipe. "dcgan" is the shipped generators' recipe with a patient's eight maps.
CANDIDATES: dict[str, dict] = {
    "dcgan": {},
    "stylegan2": dict(loss="bce", r2=0.0),
    "r3gan": dict(generator="residual"),
    "modulated-r3gan": {},
    "weak-penalties": dict(r1=1.0, r2=1.0),
    "narrow": dict(base=16, d_base=24, batch_size=16),
    "small-batch": dict(batch_size=16),
    "augmented": dict(augment=True),
    "bilinear": dict(base=16, d_base=24, batch_size=16, resize="bilinear"),
}


def recipe_of(name: str):
    from gancourse.training.patient_training import PatientRecipe

    return PatientRecipe(**(SMALL | CANDIDATES[name]))


def build(name: str, seed: int):
    """Build a candidate as a compiled GAN."""
    recipe = recipe_of(name)
    return build_dcgan(recipe.size, seed) if name == "dcgan" else recipe.build(seed)


def build_dcgan(size: int, seed: int):
    """Build the recipe "paper-resize" for a patient's maps."""
    import keras

    from gancourse.gans.gan import GAN
    from gancourse.losses import discriminator_loss
    from gancourse.networks import dcgan
    from gancourse.networks.patient_networks import CHANNELS, PatientHead
    from gancourse.training.recipes import choose_precision, in_precision

    keras.utils.set_random_seed(seed)
    options = dict(base=32, size=size, init=dcgan.PAPER_INIT, channels=len(CHANNELS))
    with in_precision(choose_precision()):
        plain = dcgan.build_generator(upsample="resize", output="linear", **options)
        generator = keras.Model(plain.input, PatientHead()(plain.output), name="generator")
        discriminator = dcgan.build_discriminator(**options)
    gan = GAN(generator, discriminator, seed=seed, ema=0.999)
    optimizers = [keras.optimizers.Adam(2e-4, 0.5) for _ in range(2)]
    gan.compile(*optimizers, d_loss=partial(discriminator_loss, smooth=0.1))
    return gan


def train(name: str, seed: int, minutes: float, data: Path, out: Path) -> None:
    """Train one candidate for so many minutes of the core, and save its images and a row of notes."""
    import keras

    from gancourse.gans.averaging import recalibrate
    from gancourse.gans.latent import draw_latents
    from gancourse.training.patient_training import patient_batches

    class StopAfterCore(keras.callbacks.Callback):
        """Stop when the process has had so many minutes of the core since training began."""

        def on_train_begin(self, logs=None):
            self.start = None

        def on_train_batch_end(self, batch, logs=None):
            self.start = self.start or time.process_time()  # the first step compiles
            self.spent = time.process_time() - self.start
            self.model.stop_training = self.spent > 60 * minutes

    slices, gan = SliceSet.open(data), build(name, seed)
    batch_size = recipe_of(name).batch_size if name != "dcgan" else 64
    clock = StopAfterCore()
    batches = patient_batches(slices, batch_size, seed)
    gan.fit(batches, steps_per_epoch=10**6, epochs=1, verbose=0, callbacks=[clock])
    generator = gan.trained_generator
    recalibrate(generator, gan.latent_dim)
    latents = draw_latents(IMAGES, gan.latent_dim, seed=1)
    maps = generator.predict(latents, batch_size=100, verbose=0).astype(np.float16)
    steps = int(gan.g_optimizer.iterations)
    about = {"steps": steps, "images": steps * batch_size, "core_minutes": clock.spent / 60}
    about |= {"weights": generator.count_params(), "d_overfits": overfitting(gan, slices, maps)}
    out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out, maps=maps, **about)


def overfitting(gan, slices: SliceSet, maps: np.ndarray) -> float:
    """Return (train - held out) / (train - generated) of the mean logits, 0 to 1 (ADA, arXiv 2006.06676)."""
    means = []
    for split in ("train", "validation", None):
        real = maps[:500] if split is None else real_maps(slices, split)[:500]
        blocks = [gan.discriminator(np.float32(real[i : i + 50])) for i in range(0, len(real), 50)]
        means.append(float(np.mean(np.concatenate(blocks))))
    return (means[0] - means[1]) / (means[0] - means[2])


def real_maps(slices: SliceSet, split: str, seed: int = 0) -> np.ndarray:
    """Return the maps of a split's slices in random order."""
    from gancourse.gans.patient_maps import encode

    rows = np.random.default_rng(seed).permutation(slices.select(split))
    return encode(np.float32(slices.images[rows]), slices.seg[rows][..., None]).numpy()


def score(runs: Path, slices: SliceSet, unet: Path) -> list[dict]:
    """Return a row for each run, and one for real slices of training patients."""
    from gancourse import export, pretrained
    from gancourse.gans.patient_maps import decode, decode_slices
    from gancourse.images import patient_sheet
    from gancourse.segmentation.patient_scores import compare

    rng, patients = np.random.default_rng(0), slices.table["patient"].to_numpy()
    rows = np.concatenate([slices.select("validation"), slices.select("test")])
    reference = decode_slices(slices, rows)
    train_rows = rng.permutation(slices.select("train"))[:IMAGES]
    sets = {"real": (None, decode_slices(slices, train_rows), {}, patients[train_rows])}
    for path in sorted(runs.glob("*.npz")):
        with np.load(path) as file:
            about = {name: file[name].item() for name in file.files if name != "maps"}
            sets[path.stem] = (file["maps"], decode(file["maps"]), about, None)
    network, (reader, _) = pretrained.load("features/brain-mr"), export.load_run(unet, "pix2pix")
    found = []
    for name, (maps, some, about, groups) in sets.items():
        values = compare(network, some.images, reference.images, groups, patients[rows])
        row: dict = {"run": name, **about}
        for what in ("kid", "precision", "recall"):
            row[what] = np.mean([v for key, v in values.items() if key.rpartition("_")[0] == what])
        row |= agreement(reader, some)
        if maps is not None:
            row["specks"] = np.mean((maps[..., 4:].max(-1) > -0.8) & ~some.brain)
        found.append(row)
        patient_sheet(some.images[:10], some.seg[:10]).save(runs / f"{name}.png")
    return found


def agreement(reader, patients) -> dict[str, float]:
    """Return Dice between labels and those that the U-Net finds in the images, over all slices at once."""
    from gancourse.cohort.brats import region
    from gancourse.metrics.overlap import dice
    from gancourse.training.translation import tumour_labels

    predicted = tumour_labels(reader.predict(patients.images, batch_size=100, verbose=0))
    names = ("WT", "TC", "ET")
    dices = {f"dice_{n}": dice(region(patients.seg, n), region(predicted, n)) for n in names}
    return dices | {"tumour": np.mean(patients.seg.any((1, 2)))}


def main() -> None:
    parser = parser_of(__doc__, "data/slices32")
    parser.add_argument("names", nargs="*", default=[])
    parser.add_argument("--minutes", type=float, default=4.0, help="of one core, for each run")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--runs", type=Path, default=Path("runs/patient-recipe"))
    parser.add_argument("--results", type=Path, default=RESULTS / "patient_recipe.csv")
    parser.add_argument("--unet", type=Path, default=Path("runs/unet32"), help="reads labels off images")
    parser.add_argument("--one", action="store_true", help="train the one run named, in this process")
    arguments = parser.parse_args()
    names = arguments.names or list(CANDIDATES)
    if arguments.one:
        import_tensorflow()
        out = arguments.runs / f"{names[0]}-s{arguments.seeds[0]}.npz"
        train(names[0], arguments.seeds[0], arguments.minutes, arguments.data, out)
        return
    one_core = {**os.environ, "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    for seed in arguments.seeds:
        for name in names:
            if (arguments.runs / f"{name}-s{seed}.npz").exists():
                continue
            began = time.monotonic()
            options = ["--minutes", str(arguments.minutes), "--seeds", str(seed), "--one"]
            places = ["--data", str(arguments.data), "--runs", str(arguments.runs)]
            subprocess.run([sys.executable, __file__, name, *options, *places], env=one_core, check=True)
            print(f"{name} {seed}: {(time.monotonic() - began) / 60:.1f} minutes", flush=True)
    table = score(arguments.runs, SliceSet.open(arguments.data), arguments.unet)
    write_table(table, arguments.results)
    print(pd.DataFrame(table).to_string())


if __name__ == "__main__":
    main()
