"""The command `gancourse`. Thin: it parses, calls, and prints."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import gancourse
from gancourse.cli import cohort, models, sampling, segment, strip
from gancourse.errors import InputError


class OneLineErrors(TyperGroup):
    """Bad input ends with one line on standard error and status 2, wherever it was found."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs |= {"standalone_mode": False, "prog_name": "gancourse"}
        try:
            status = super().main(*args, **kwargs)
        except InputError as error:
            message = " ".join(str(error).split())
        except typer.exceptions.TyperException as error:  # an unknown command, a missing or malformed value
            context = getattr(error, "ctx", None)
            command = context.command_path if context else "gancourse"
            message = f"{error.format_message().rstrip('.')}; see {command} --help"
        except typer.Abort:
            message = "stopped"
        else:
            sys.exit(status if isinstance(status, int) else 0)
        print(f"error: {message}", file=sys.stderr)
        sys.exit(2)


app = typer.Typer(
    cls=OneLineErrors,
    help=gancourse.__doc__,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cohort.app, name="cohort")
app.add_typer(models.train_app, name="train")
app.add_typer(sampling.app, name="sample")
app.add_typer(models.export_app, name="export")
app.command()(segment.segment)
app.command()(strip.strip)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(gancourse.__version__)
        raise typer.Exit()


@app.callback()
def course(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False,
) -> None:
    """GANs for Medical Imaging: lessons, brains to train on, and trained models."""


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Say it as JSON, in one line.")] = False,
) -> None:
    """Say whether this machine is ready, and what to do about what it lacks."""
    from gancourse.doctor import examine

    findings = examine()
    if as_json:
        print(json.dumps([{"subject": f.subject, "mark": f.mark, "text": f.text} for f in findings]))
    else:
        print(*findings, sep="\n")
    if any(finding.essential and not finding.ok for finding in findings):
        raise typer.Exit(1)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context) -> None:
    """Make the phantoms and your copies of the lessons, where they are missing, and open the start page.

    A copy whose lesson has changed is renamed with its date, and a new copy is made. The start page leads to
    JupyterLab on work/. Options that are not known here go to JupyterLab:
    gancourse lab --port 9999 --no-browser.
    """
    from gancourse.files import require_writable
    from gancourse.project import project_root
    from gancourse.teaching import lessons
    from gancourse.teaching.data import lesson_data

    root = project_root()
    require_writable(root / "work", folder=True)
    lesson_data()
    copies = lessons.copy_lessons(root / "notebooks", root / "work")
    for copy in copies.made:
        print(f"new in work/: {copy.name}")
    if copies.set_aside:
        names = ", ".join(path.name for path in copies.set_aside)
        print(f"these lessons have changed; what you had is kept beside the new copies: {names}")
    for copy in copies.stuck:
        print(f"work/{copy.name} is of an older lesson and cannot be renamed: close it, and start again")
    lessons.open_lab(root / "work", context.args)


@app.command()
def progress(
    paths: Annotated[
        list[Path], typer.Argument(help="Notebooks, or folders with one folder for each learner.")
    ],
    lesson: Annotated[str, typer.Option(help="Only this lesson, such as 41.")] = "",
    csv: Annotated[Path | None, typer.Option(help="Also write a row for each learner and exercise.")] = None,
) -> None:
    """Say which exercises pass, by the results that checks stored in the notebooks; no code is run.

    The status is 1 if a file could not be read.
    """
    from rich import print as show

    from gancourse.files import require_writable
    from gancourse.teaching import progress

    if csv:
        require_writable(csv)
    outcomes, problems = progress.read_class(paths)
    outcomes = [outcome for outcome in outcomes if lesson in ("", outcome.lesson)]
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    if not outcomes and not problems:
        what = f"lesson {lesson}" if lesson else "the course"
        raise InputError(f"{paths[0]}: no exercise of {what} in it; name learners' copies of the lessons")
    show(progress.by_learner(outcomes), progress.by_exercise(outcomes), progress.LEGEND, sep="")
    if csv:
        progress.write_csv(outcomes, csv)
    if problems:
        raise typer.Exit(1)


@app.command()
def wheelhouse(
    out: Annotated[Path, typer.Option(help="Folder of the wheels; platforms may share it.")] = Path(
        "wheelhouse"
    ),
    platform: Annotated[
        str | None, typer.Option(help="linux, linux-arm, macos or windows; else this machine's.")
    ] = None,
    python: Annotated[
        str | None, typer.Option(help="The laptops' Python, such as 3.12; else this one.")
    ] = None,
) -> None:
    """Download what the course installs, for laptops without a network."""
    from gancourse.wheelhouse import make_wheelhouse

    size = make_wheelhouse(out, platform, python)
    print(f"{out}: {size / 1e6:,.0f} MB. On a laptop: make lab WHEELHOUSE={out}")
