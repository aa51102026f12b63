"""`gancourse train`, `gancourse sample`: thin; the work is in `gancourse.gans` and `gancourse.pretrained`."""

from pathlib import Path
from typing import Annotated

import typer

train_app = typer.Typer(no_args_is_help=True, help="Train a model, or go on training it.")
sample_app = typer.Typer(no_args_is_help=True, help="Make images with a trained model.")

app = typer.Typer()
app.add_typer(train_app, name="train")
app.add_typer(sample_app, name="sample")


@train_app.callback()
@sample_app.callback()
def _group():
    pass


@train_app.command("dcgan")
def train_dcgan(
    out: Annotated[Path, typer.Option(help="Folder of the training; run again, it goes on.")],
    data: Annotated[Path, typer.Option(help="Folder of slices, as `make_slices` makes it.")] = Path("data/slices"),
    recipe: Annotated[str, typer.Option(help="deck, paper or r1.")] = "deck",
    change: Annotated[
        list[str] | None, typer.Option("--set", help="Change the recipe, as --set base=32 --set g_rate=2e-4.")
    ] = None,
    modality: Annotated[str, typer.Option(help="t1, t1ce, t2 or flair.")] = "t1",
    where: Annotated[str, typer.Option(help="Condition on the slices' table, as 'tumour_px > 0'.")] = "",
    epochs: Annotated[int | None, typer.Option(min=1, help="Epochs in all.")] = None,
    minutes: Annotated[float | None, typer.Option(min=0.0, help="Minutes in all; ends with a whole epoch.")] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    precision: Annotated[str, typer.Option(help="auto, float32 or bfloat16.")] = "auto",
):
    """Train the deck's DCGAN, or a variant of it."""
    from gancourse.cohort.slices import SliceSet
    from gancourse.gans import recipes, training

    chosen = recipes.choose_recipe(recipe).change(change or [])
    training.train(chosen, SliceSet.open(data), out, modality, where, epochs, minutes, seed, precision)
    typer.echo(f"{out}: checkpoint.npz, log.csv, samples/")

if __name__ == "__main__":
    app()
