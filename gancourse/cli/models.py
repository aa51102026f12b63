"""The commands `train`, `sample` and `export`; `gancourse.training` and `gancourse.export` do the work."""

import shlex
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from gancourse.errors import InputError

train_app = typer.Typer(no_args_is_help=True, help="Train a model, or go on training it.")
sample_app = typer.Typer(no_args_is_help=True, help="Make images with a trained model.")
export_app = typer.Typer(no_args_is_help=True, help="Score a training and store its generator.")

Run = Annotated[Path, typer.Argument(help="Folder of a training.")]
Out = Annotated[Path, typer.Option(help="Folder of the training; run again, it goes on.")]
Data = Annotated[Path, typer.Option(help="Folder of slices, as `gancourse cohort slice` makes it.")]
Change = Annotated[list[str] | None, typer.Option("--set", help="Change the recipe, as --set batch_size=32.")]
Where = Annotated[str, typer.Option(help="Condition on the slices' table, as 'tumour_px > 0'.")]
Epochs = Annotated[int | None, typer.Option(help="Epochs in all.")]
Minutes = Annotated[
    float | None, typer.Option(help="Minutes in all, ending with a whole epoch; run again to go on.")
]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same result.")]
Precision = Annotated[str, typer.Option(help="auto, float32 or bfloat16.")]
Name = Annotated[str, typer.Option(help="Name of the weights, such as dcgan-t1.")]
Note = Annotated[str, typer.Option(help="A sentence for the model card.")]
SLICES = Path("data/slices")
PATIENTS_AT_ONCE = 32


@train_app.callback()
@sample_app.callback()
@export_app.callback()
def _group():
    pass


@train_app.command("dcgan")
def train_dcgan(
    out: Out,
    data: Data = SLICES,
    recipe: Annotated[
        str, typer.Option(help="deck, paper, paper-resize, r1, relativistic or modulated.")
    ] = "deck",
    change: Change = None,
    modality: Annotated[str, typer.Option(help="t1, t1ce, t2 or flair.")] = "t1",
    where: Where = "",
    epochs: Epochs = None,
    minutes: Minutes = None,
    seed: Seed = 0,
    precision: Precision = "auto",
):
    """Train the deck's DCGAN, or a variant of it."""
    from gancourse.cohort.slices import SliceSet
    from gancourse.training import loop, recipes

    chosen, slices = recipes.choose_recipe(recipe).change(change or []), SliceSet.open(data)
    loop.train(
        chosen, slices, out, modality, where, epochs, minutes, seed, precision, command=_command_line()
    )
    typer.echo(f"{out}: checkpoint.npz, log.csv, samples/")


@train_app.command("pix2pix")
def train_pix2pix(
    out: Out,
    direction: Annotated[str, typer.Option(help="mr-to-tumour, mr-to-tissue or labels-to-mr.")],
    data: Data = SLICES,
    modality: Annotated[str, typer.Option(help="t1, t1ce, t2, flair or, for what goes in, all.")] = "all",
    discriminator: Annotated[bool, typer.Option(help="Without it: the U-Net alone.")] = True,
    change: Change = None,
    where: Where = "",
    epochs: Epochs = None,
    minutes: Minutes = None,
    seed: Seed = 0,
    precision: Precision = "auto",
):
    """Train pix2pix, small, on slices: MR to labels, or labels to MR."""
    from gancourse.cohort.slices import SliceSet
    from gancourse.training import translation

    chosen = translation.Translation(direction, modality, discriminator).change(change or [])
    slices = SliceSet.open(data)
    translation.train(chosen, slices, out, epochs, minutes, seed, precision, where, command=_command_line())
    typer.echo(f"{out}: checkpoint.npz, log.csv")


@train_app.command("segmenter")
def train_segmenter(
    out: Out,
    data: Annotated[Path, typer.Option(help="Folder of `gancourse cohort sections`.")] = Path(
        "data/sections"
    ),
    change: Change = None,
    epochs: Annotated[
        int, typer.Option(min=1, help="Of 200 steps each; the learning rate falls over them.")
    ] = 30,
    minutes: Minutes = None,
    start: Annotated[Path | None, typer.Option(help="Folder of a training to start from.")] = None,
    seed: Seed = 0,
    precision: Precision = "auto",
):
    """Train the segmenter: pix2pix' generator on phantoms that are scanned anew at every step."""
    from gancourse.segmentation import segmenter_training as training

    recipe = training.SegmenterRecipe().change(change or [])
    options = dict(minutes=minutes, seed=seed, precision=precision, command=_command_line(), start=start)
    training.train(recipe, data, out, epochs, **options)
    typer.echo(f"{out}: checkpoint.npz, log.csv")


@train_app.command("stripper")
def train_stripper(
    out: Out,
    data: Annotated[Path, typer.Option(help="Folder of `gancourse cohort heads`.")] = Path("data/heads"),
    change: Change = None,
    epochs: Annotated[
        int, typer.Option(min=1, help="Of 100 steps each; the learning rate falls over them.")
    ] = 40,
    minutes: Minutes = None,
    start: Annotated[Path | None, typer.Option(help="Folder of a training to start from.")] = None,
    seed: Seed = 0,
    precision: Precision = "auto",
):
    """Train the network that strips skulls, on heads of phantoms that are scanned anew at every step."""
    from gancourse.segmentation import stripping_training as training

    recipe = training.StripperRecipe().change(change or [])
    options = dict(minutes=minutes, seed=seed, precision=precision, command=_command_line(), start=start)
    training.train(recipe, data, out, epochs, **options)
    typer.echo(f"{out}: checkpoint.npz, log.csv")


@train_app.command("stroke")
def train_stroke(
    out: Out,
    data: Annotated[Path, typer.Option(help="Folder of `gancourse cohort make --pathology stroke`.")] = Path(
        "data/stroke-train"
    ),
    change: Change = None,
    epochs: Annotated[
        int, typer.Option(min=1, help="Of 200 steps each; the learning rate falls over them.")
    ] = 30,
    minutes: Minutes = None,
    seed: Seed = 0,
    precision: Precision = "auto",
):
    """Train the network that finds infarcts, on slices of phantoms that are changed anew at every step."""
    from gancourse.segmentation import stroke_training as training

    recipe = training.StrokeRecipe().change(change or [])
    options = dict(minutes=minutes, seed=seed, precision=precision, command=_command_line())
    training.train(recipe, data, out, epochs, **options)
    typer.echo(f"{out}: checkpoint.npz, log.csv")


@train_app.command("patient")
def train_patient(
    out: Out,
    data: Annotated[
        Path, typer.Option(help="Folder of slices of 128 pixels with all four modalities and labels.")
    ] = Path("data/slices128"),
    change: Change = None,
    where: Where = "",
    epochs: Epochs = None,
    minutes: Minutes = None,
    seed: Seed = 0,
    precision: Precision = "auto",
):
    """Train the patient generator: T1, T1ce, T2, FLAIR and the tumour's labels together."""
    from gancourse.cohort.slices import SliceSet
    from gancourse.training import patient_training as training

    chosen, slices = training.PatientRecipe().change(change or []), SliceSet.open(data)
    training.train(chosen, slices, out, epochs, minutes, seed, precision, where, command=_command_line())
    typer.echo(f"{out}: checkpoint.npz, log.csv, samples/")


def _command_line() -> str:
    return shlex.join(["gancourse", *sys.argv[1:]])


@sample_app.command("dcgan")
def sample_dcgan(
    out: Annotated[Path, typer.Option("--out", "-o", help="A .png (a grid) or .npy (images in [-1, 1]).")],
    n: Annotated[int, typer.Option(help="How many, 1 to 10000.")] = 36,
    modality: Annotated[str, typer.Option(help="t1 or flair; or give --weights or --run.")] = "t1",
    weights: Annotated[str, typer.Option(help="Name of trained weights; default dcgan-MODALITY.")] = "",
    run: Annotated[Path | None, typer.Option(help="Folder of a training, instead of weights.")] = None,
    seed: Seed = 0,
):
    """Generate brain slices with the trained DCGAN."""
    if not 1 <= n <= 10_000:
        raise InputError(f"n={n}: expected 1 to 10000 images")
    if out.suffix not in (".png", ".npy"):
        raise InputError(f"{out}: expected a name that ends in .png or .npy")
    if out.is_dir() or not out.parent.is_dir():
        raise InputError(f"{out}: expected a file in a folder that exists")
    if run and weights:
        raise InputError(f"--run and --weights {weights}: expected one of them; leave out the other")
    import numpy as np

    from gancourse import export, pretrained
    from gancourse.files import require_writable, write_beside
    from gancourse.gans.latent import draw_latents
    from gancourse.images import image_grid, to_picture

    require_writable(out)
    if run:
        generator, _ = export.load_run(run, "dcgan")
    else:
        generator = pretrained.load(weights or f"dcgan-{modality}", "dcgan")
    images = generator.predict(draw_latents(n, generator.input_shape[-1], seed), batch_size=64, verbose=0)
    if out.suffix == ".npy":
        write_beside(out, lambda file: np.save(file, images[..., 0]))
    else:
        write_beside(out, lambda file: to_picture(image_grid(images)).save(file, "png"))
    typer.echo(f"{out}: {n} images")


@sample_app.command("patient")
def sample_patient(
    out: Annotated[Path, typer.Option("--out", "-o", help="A new folder.")],
    n: Annotated[int, typer.Option(help="How many, 1 to 10000.")] = 8,
    truncation: Annotated[
        float, typer.Option(help="Scales latents, 0 to 1: less is more ordinary and less diverse.")
    ] = 1.0,
    weights: Annotated[str, typer.Option(help="Name of trained weights.")] = "patient",
    run: Annotated[Path | None, typer.Option(help="Folder of a training, instead of weights.")] = None,
    seed: Seed = 0,
):
    """Generate patients: BraTS folders of one axial slice each, with labels, and a picture of the first."""
    if not 1 <= n <= 10_000:
        raise InputError(f"n={n}: expected 1 to 10000 patients")
    if not 0 <= truncation <= 1:
        raise InputError(f"truncation={truncation}: expected 0 (all alike) to 1 (as drawn)")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out}: is there and not an empty folder; give a new one")
    from gancourse import export, pretrained
    from gancourse.cohort.slice_files import write_slice
    from gancourse.files import require_writable, write_beside
    from gancourse.gans.latent import draw_latents, truncate
    from gancourse.gans.patient_maps import decode
    from gancourse.images import patient_sheet, to_png

    require_writable(out, folder=True)
    if run:
        generator, about = export.load_run(run, "patient")
        slices = about["settings"]["data"]["slices"]
    else:
        generator = pretrained.load(weights, "patient")
        slices = pretrained.card(weights).data["slices"]
    latents = truncate(draw_latents(n, generator.input_shape[-1], seed), truncation)
    for start in range(0, n, PATIENTS_AT_ONCE):
        some = latents[start : start + PATIENTS_AT_ONCE]
        patients = decode(generator.predict(some, batch_size=PATIENTS_AT_ONCE, verbose=0))
        for k, patient in enumerate(zip(*patients, strict=True), start + 1):
            write_slice(out, f"Brats18_GENERATED_{k:04d}_1", *patient, slices["fov_mm"] / slices["size"])
        if not start:
            first = patients
    sheet = to_png(patient_sheet(first.images[:8], first.seg[:8]))
    write_beside(out / "patients.png", lambda file: file.write(sheet))
    typer.echo(f"{out}: {n} patients, patients.png")


@export_app.command("dcgan")
def export_dcgan(run: Run, name: Name, data: Data = SLICES, note: Note = ""):
    """Score a training and store its generator with a model card, for `gancourse sample`."""
    _export_scored_on_slices("dcgan", run, name, data, note)


@export_app.command("pix2pix")
def export_pix2pix(run: Run, name: Name, data: Data = SLICES, note: Note = ""):
    """Score a training on its test patients and store its generator with a model card."""
    _export_scored_on_slices("pix2pix", run, name, data, note)


@export_app.command("patient")
def export_patient(run: Run, data: Data = Path("data/slices128"), name: Name = "patient", note: Note = ""):
    """Score a training of the patient generator and store it with a model card."""
    from gancourse import export
    from gancourse.cohort.slices import SliceSet
    from gancourse.segmentation import patient_scores, segmenter

    score = partial(patient_scores.score_generator, slices=SliceSet.open(data), segmenter=segmenter.load())
    card = export.export(run, name, "patient", score, {"note": note} if note else None)
    _print_scores(card.scores)


@export_app.command("segmenter")
def export_segmenter(
    run: Run,
    cohort: Annotated[Path, typer.Option(help="Phantoms that it has not seen, to score it on.")],
    name: Name = "segmenter",
    note: Note = "",
):
    """Score a training of the segmenter on held-out phantoms and store it with a model card."""
    from gancourse import export
    from gancourse.cohort.brats import find_subjects
    from gancourse.segmentation import segmenter

    subjects = find_subjects(cohort)
    score = lambda network, _: segmenter.score(network, subjects)  # noqa: E731
    card = export.export(run, name, "segmenter", score, {"note": note} if note else None)
    for region, found in card.scores["regions"].items():
        typer.echo(f"{region:4} Dice {found['dice']['mean']:.3f}")


@export_app.command("stripper")
def export_stripper(
    run: Run,
    heads: Annotated[Path, typer.Option(help="Heads that it has not seen, of `gancourse cohort heads`.")],
    name: Name = "stripper",
    note: Note = "",
):
    """Score a training of the stripper on scans of held-out heads and store it with a model card."""
    from gancourse import export
    from gancourse.cohort.phantom.head_volumes import find_heads
    from gancourse.segmentation import stripping

    files, _ = find_heads(heads)
    score = lambda network, _: stripping.score(network, files)  # noqa: E731
    card = export.export(run, name, "stripper", score, {"note": note} if note else None)
    for what, value in card.scores.items():
        typer.echo(f"{what:20} {value}")


@export_app.command("stroke")
def export_stroke(
    run: Run,
    cohort: Annotated[Path, typer.Option(help="Phantoms that it has not seen, to score it on.")],
    name: Name = "stroke",
    note: Note = "",
):
    """Score a training of the stroke segmenter on held-out phantoms and store it with a model card."""
    from gancourse import export
    from gancourse.cohort.isles import find_stroke_patients
    from gancourse.segmentation import stroke_scores

    patients, hours = find_stroke_patients(cohort), stroke_scores.hours_of(cohort)
    score = lambda network, _: stroke_scores.score(network, patients, hours)  # noqa: E731
    card = export.export(run, name, "stroke", score, {"note": note} if note else None)
    _print_scores(card.scores)


def _export_scored_on_slices(kind: str, run: Path, name: str, data: Path, note: str) -> None:
    """Export a DCGAN or pix2pix, and print its scores."""
    from gancourse import export
    from gancourse.cohort.slices import SliceSet

    score = {"dcgan": export.score_dcgan, "pix2pix": export.score_pix2pix}[kind]
    score = partial(score, slices=SliceSet.open(data))
    card = export.export(run, name, kind, score, {"note": note} if note else None)
    _print_scores(card.scores)


def _print_scores(scores: dict) -> None:
    for what, value in scores.items():
        typer.echo(f"{what:20} {value}")
