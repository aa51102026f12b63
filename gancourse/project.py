"""Where the course lies on disk: the folder that holds notebooks/, data/ and work/."""

from pathlib import Path

from gancourse.errors import InputError

#: The cohort that `make lab` makes and the lessons read, relative to the project's folder.
COHORT = Path("data/phantoms")
#: The phantoms with stroke of lesson 53, likewise.
STROKE_COHORT = Path("data/stroke")


def project_root() -> Path:
    """Return the project's folder.

    Raises:
        InputError: the package was installed without its project, so there are no lessons beside it.
    """
    root = Path(__file__).resolve().parents[1]
    if not (root / "notebooks").is_dir():
        raise InputError(
            f"{root}: no notebooks/ beside the package; install it from a clone: pip install -e ."
        )
    return root
