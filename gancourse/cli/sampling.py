"""The commands `sample`: images and patients of trained models, by name or from a training's folder."""

from pathlib import Path
from typing import Annotated

import typer

from gancourse.cli.models import Seed
from gancourse.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Make images with a trained model.")

Picture = Annotated[Path, typer.Option("--out", "-o", help="A .png (a grid) or .npy (images in [-1, 1]).")]
Number = Annotated[int, typer.Option(help="How many, 1 to 10000.")]
Run = Annotated[Path | None, typer.Option(help="Folder of a training, instead of weights.")]
PATIENTS_AT_ONCE = 32


@app.callback()
def _group():
    pass


@app.command("dcgan")
def sample_dcgan(
    out: Picture,
    n: Number = 36,
    modality: Annotated[str, typer.Option(help="t1 or flair; or give --weights or --run.")] = "t1",
    weights: Annotated[str, typer.Option(help="Name of trained weights; default dcgan-MODALITY.")] = "",
    run: Run = None,
    seed: Seed = 0,
):
    """Generate brain slices with the trained DCGAN."""
    _sample_slices("dcgan", out, n, weights, f"dcgan-{modality}", run, seed)


@app.command("vae")
def sample_vae(
    out: Picture,
    n: Number = 36,
    weights: Annotated[str, typer.Option(help="Name of trained weights; or give --run.")] = "",
    run: Run = None,
    seed: Seed = 0,
):
    """Generate brain slices with a trained variational autoencoder."""
    _sample_slices("vae", out, n, weights, "families/vae", run, seed)


@app.command("ddpm")
def sample_ddpm(
    out: Picture,
    n: Number = 36,
    steps: Annotated[int, typer.Option(help="In which noise is taken away, 1 to 1000.")] = 50,
    weights: Annotated[str, typer.Option(help="Name of trained weights; or give --run.")] = "",
    run: Run = None,
    seed: Seed = 0,
):
    """Generate brain slices with a trained diffusion model."""
    if not 1 <= steps <= 1000:
        raise InputError(f"steps={steps}: expected 1 to 1000")
    _sample_slices("ddpm", out, n, weights, "families/ddpm", run, seed, steps=steps)


def _sample_slices(
    kind: str, out: Path, n: int, weights: str, default: str, run: Path | None, seed: int, **options
) -> None:
    """Write n slices of a model of that kind as a grid or as an array; options as in `export.generate`."""
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
    from gancourse.images import image_grid, to_picture

    require_writable(out)
    network = export.load_run(run, kind)[0] if run else pretrained.load(weights or default, kind)
    images = export.generate(network, kind, n, seed, **options)
    if out.suffix == ".npy":
        write_beside(out, lambda file: np.save(file, images))
    else:
        write_beside(out, lambda file: to_picture(image_grid(images)).save(file, "png"))
    typer.echo(f"{out}: {n} images")


@app.command("patient")
def sample_patient(
    out: Annotated[Path, typer.Option("--out", "-o", help="A new folder.")],
    n: Number = 8,
    truncation: Annotated[
        float, typer.Option(help="Scales latents, 0 to 1: less is more ordinary and less diverse.")
    ] = 1.0,
    weights: Annotated[str, typer.Option(help="Name of trained weights.")] = "patient",
    run: Run = None,
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
