"""The commands `train` and `export`; `gancourse.training` and `gancourse.export` do the work."""

import shlex
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

train_app = typer.Typer(no_args_is_help=True, help="Train a model, or go on training it.")
export_app = typer.Typer(no_args_is_help=True, help="Score a training and store its generator.")

Run = Annotated[Path, typer.Argument(help="Folder of a training.")]
Out = Annotated[Path, typer.Option(help="Folder of the training; run again, it goes on.")]
Data = Annotated[Path, typer.Option(help="Folder of slices, as `gancourse cohort slice` makes it.")]
Modality = Annotated[str, typer.Option(help="t1, t1ce, t2 or flair.")]
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


@train_app.callback()
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
    modality: Modality = "t1",
    where: Where = "",
    epochs: Epochs = None,
    minutes: Minutes = None,
    seed: Seed = 0,
    precision: Precision = "auto",
):
    """Train the deck's DCGAN, or a variant of it."""
    from gancourse.training import recipes

    chosen = recipes.choose_recipe(recipe).change(change or [])
    options = {"modality": modality, "where": where, "epochs": epochs, "minutes": minutes}
    _train(chosen, data, out, seed=seed, precision=precision, **options)


@train_app.command("vae", help="Train a variational autoencoder.")
@train_app.command("ddpm", help="Train a diffusion model.")
def train_relative(
    context: typer.Context,
    out: Out,
    data: Data = SLICES,
    change: Change = None,
    modality: Modality = "t1",
    where: Where = "",
    epochs: Epochs = None,
    minutes: Minutes = None,
    seed: Seed = 0,
    precision: Precision = "auto",
):
    """Train a relative of the GANs, by the name of the command."""
    from gancourse.training import family_training

    chosen = family_training.RECIPES[str(context.info_name)]().change(change or [])
    options = {"modality": modality, "where": where, "epochs": epochs, "minutes": minutes}
    _train(chosen, data, out, seed=seed, precision=precision, **options)


def _train(recipe, data: Path, out: Path, **options: Any) -> None:
    """Train by a recipe; options as in `training.loop.train`."""
    from gancourse.cohort.slices import SliceSet
    from gancourse.training import loop

    loop.train(recipe, SliceSet.open(data), out, **options, command=_command_line())
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


@export_app.command("dcgan", help="Score a training and store its generator, for `gancourse sample`.")
@export_app.command("vae", help="Score a training and store its autoencoder, for `gancourse sample`.")
@export_app.command("ddpm", help="Score a training and store its denoiser, for `gancourse sample`.")
@export_app.command("pix2pix", help="Score a training on its test patients and store its generator.")
def export_scored_on_slices(
    context: typer.Context, run: Run, name: Name, data: Data = SLICES, note: Note = ""
):
    """Score what was trained on slices and store it with a model card, by the name of the command."""
    from gancourse import export
    from gancourse.cohort.slices import SliceSet

    kind = str(context.info_name)
    score = export.score_pix2pix if kind == "pix2pix" else partial(export.score_generator, kind=kind)
    score = partial(score, slices=SliceSet.open(data))
    card = export.export(run, name, kind, score, {"note": note} if note else None)
    _print_scores(card.scores)


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


def _print_scores(scores: dict) -> None:
    for what, value in scores.items():
        typer.echo(f"{what:20} {value}")
