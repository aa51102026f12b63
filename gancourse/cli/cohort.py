"""`gancourse cohort`: thin; the work is in `gancourse.cohort`, imported when it is needed."""

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from gancourse.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Make, fetch, check and slice brains to train on.")


def _allow_memory(gigabytes: float | None) -> float | None:
    """Tell the reader of volumes how much memory it may take."""
    if gigabytes is not None:
        os.environ["GANCOURSE_MAX_GB"] = str(gigabytes)
    return gigabytes


MaxGb = Annotated[
    float | None,
    typer.Option(
        callback=_allow_memory, help="Gigabytes of memory that reading one volume may take; else 1."
    ),
]
AssumeOrientation = Annotated[
    str | None,
    typer.Option(help="Where stored axes point to, such as LPS, in files whose headers do not say."),
]
Subjects = Annotated[Path, typer.Argument(help="Folder with subjects of any BraTS vintage.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same brains.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; all cores if not given.")]


@app.command()
def make(
    out: Annotated[
        Path, typer.Option(help="Folder of the cohort; run again, it makes what is missing.")
    ] = Path("data/phantoms"),
    subjects: Annotated[int, typer.Option(min=1, help="How many brains.")] = 48,
    spacing: Annotated[float, typer.Option(help="Edge of a voxel in mm; 1 is BraTS' own grid.")] = 2.0,
    seed: Seed = 0,
    randomisation: Annotated[
        Literal["realistic", "wide"],
        typer.Option(help="realistic: to look at and generate; wide: to train segmenters."),
    ] = "realistic",
    kind: Annotated[
        Literal["any", "cerebellar", "butterfly", "small"],
        typer.Option(
            help="Tumour of every subject: any, as they come; cerebellar; butterfly: in both hemispheres, "
            "through the corpus callosum; small: under 5 mL."
        ),
    ] = "any",
    head: Annotated[
        bool, typer.Option("--head", help="With skull, scalp, eyes and neck round the brain.")
    ] = False,
    workers: Workers = None,
    pathology: Annotated[
        Literal["tumour", "stroke"],
        typer.Option(help="tumour: BraTS 2018's files; stroke: DWI, ADC, FLAIR, T1, T2 in ISLES 2022's."),
    ] = "tumour",
) -> None:
    """Make brain phantoms in the files and folders of BraTS 2018, or of ISLES 2022."""
    if pathology == "stroke":
        if head or kind != "any":
            raise InputError("--pathology stroke: has neither --head nor --kind; leave them out")
        from gancourse.cohort.stroke import make_stroke_cohort

        make_stroke_cohort(
            out, subjects=subjects, spacing=spacing, seed=seed, randomisation=randomisation, workers=workers
        )
        return
    from gancourse.cohort.phantom import make_cohort

    make_cohort(
        out,
        subjects=subjects,
        spacing=spacing,
        seed=seed,
        randomisation=randomisation,
        workers=workers,
        kind=kind,
        head=head,
    )


@app.command()
def sections(
    out: Annotated[
        Path, typer.Option(help="Folder of the sections; run again, it makes what is missing.")
    ] = Path("data/sections"),
    subjects: Annotated[int, typer.Option(min=1, help="How many phantoms.")] = 420,
    slices: Annotated[int, typer.Option(min=1, help="Axial sections of each.")] = 16,
    seed: Seed = 1,
    workers: Workers = None,
) -> None:
    """Make sections of wide phantoms, which `gancourse train segmenter` scans anew at every step."""
    from gancourse.cohort.phantom.sections import write_sections

    write_sections(out, subjects, seed, slices, workers=workers)


@app.command()
def people(
    out: Annotated[
        Path, typer.Option(help="Folder of the people; run again, it makes what is missing.")
    ] = Path("data/people"),
    subjects: Annotated[int, typer.Option(min=1, help="How many people; rounded up to hundreds.")] = 6000,
    seed: Seed = 0,
    workers: Workers = None,
) -> None:
    """Make thousands of people of one T1 slice each, for questions of privacy."""
    from gancourse.cohort.phantom.people import write_people

    write_people(out, subjects, seed, workers)


@app.command()
def hospitals(
    out: Annotated[
        Path, typer.Option(help="Folder of the slices; run again, it makes what is missing.")
    ] = Path("data/hospitals"),
    patients: Annotated[int, typer.Option(min=2, help="How many patients.")] = 480,
    tested: Annotated[int, typer.Option(min=1, help="So many of them, the first, are for testing.")] = 80,
    first: Annotated[
        int | None, typer.Option(min=1, help="Make only the first of those for testing; else all.")
    ] = None,
    few: Annotated[
        int | None, typer.Option(min=1, help="Make only so few, drawn at random, of the others; else all.")
    ] = None,
    workers: Workers = None,
) -> None:
    """Scan the same brains at two hospitals, for questions of augmentation and of a change of scanner."""
    from gancourse.segmentation.hospital_slices import make_hospitals, some_patients

    chosen = None
    if first or few:
        chosen = some_patients(patients, tested, first or tested, few or max(1, patients - tested))
    made = make_hospitals(out, patients, tested, workers, chosen=chosen)
    for name, slices in made.items():
        print(f"{out / name}: {len(slices)} slices of {slices.table['patient'].nunique()} patients")


@app.command()
def heads(
    out: Annotated[
        Path, typer.Option(help="Folder of the heads; run again, it makes what is missing.")
    ] = Path("data/heads"),
    subjects: Annotated[int, typer.Option(min=1, help="How many phantoms.")] = 150,
    seed: Seed = 1,
    workers: Workers = None,
) -> None:
    """Make heads of wide phantoms, which `gancourse train stripper` scans anew at every step."""
    from gancourse.cohort.phantom.head_volumes import write_heads

    write_heads(out, subjects, seed, workers=workers)


@app.command()
def check(
    folder: Subjects,
    vintage: Annotated[str | None, typer.Option(help="2013 to 2024 or decathlon; else from names.")] = None,
    assume_orientation: AssumeOrientation = None,
    max_gb: MaxGb = None,
) -> None:
    """Print every problem in a folder, one per line; the exit status is 1 if there is any."""
    from gancourse.cohort.check import problems

    found = 0
    for problem in problems(folder, vintage, assume_orientation):
        print(problem, flush=True)
        found += 1
    if found:
        raise typer.Exit(1)
    print(f"{folder}: no problem found")


@app.command()
def fetch(
    out: Annotated[Path, typer.Option(help="Where the folder Task01_BrainTumour goes.")] = Path("data"),
    subjects: Annotated[
        int | None, typer.Option(min=1, help="Number of subjects, 16 MB each; all, 7.6 GB, if not given.")
    ] = None,
) -> None:
    """Download real tumours from the Medical Segmentation Decathlon (CC BY-SA 4.0); run again, it goes on."""
    from gancourse.cohort.decathlon import fetch

    print(fetch(out, subjects=subjects))


@app.command("slice")
def slice_(
    folder: Subjects = Path("data/phantoms"),
    out: Annotated[Path, typer.Option(help="Folder of the slices; replaced only when complete.")] = Path(
        "data/slices"
    ),
    size: Annotated[int, typer.Option(min=8, help="Pixels a side.")] = 64,
    plane: Annotated[str, typer.Option(help="axial, coronal or sagittal.")] = "axial",
    assume_orientation: AssumeOrientation = None,
    max_gb: MaxGb = None,
) -> None:
    """Cut subjects into the 2-D arrays that `gancourse train` reads, split by patient."""
    from gancourse.cohort.brats import find_subjects
    from gancourse.cohort.slices import make_slices

    subjects = find_subjects(folder, assume_orientation=assume_orientation)
    slices = make_slices(subjects, out, size=size, plane=plane, progress=True)
    print(f"{out}: {len(slices.table)} slices")
