"""A learner's own copies of the lessons, and JupyterLab opened on them."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

LESSONS = "[0-9][0-9]_*.ipynb"

#: Settings of JupyterLab for the course: no question about news on the first start.
JUPYTER_CONFIG = Path(__file__).with_name("jupyter")


@dataclass(frozen=True)
class Copies:
    """What `copy_lessons` made, and which older copies the course has a newer lesson for."""

    made: list[Path]
    outdated: list[Path]


def copy_lessons(notebooks: Path, work: Path) -> Copies:
    """Copy each lesson that `work` lacks, without its outputs; a file that is there is never touched.

    Args:
        notebooks: folder of the executed lessons.
        work: the learner's folder; made if missing.
    """
    work.mkdir(parents=True, exist_ok=True)
    copies = Copies([], [])
    for lesson in sorted(notebooks.glob(LESSONS)):
        copy = work / lesson.name
        notebook = nbformat.read(lesson, as_version=4)
        digest = hashlib.sha256("\0".join(cell.source for cell in notebook.cells).encode()).hexdigest()[:16]
        if copy.exists():
            if _digest_of(copy) not in (digest, None):
                copies.outdated.append(copy)
            continue
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        notebook.metadata.pop("widgets", None)
        notebook.metadata["gancourse"] = {"lesson": digest}
        part = copy.with_suffix(".part")
        nbformat.write(notebook, part)
        os.replace(part, copy)
        copies.made.append(copy)
    return copies


def _digest_of(copy: Path) -> str | None:
    """Of the lesson that a copy was made from; None when the learner's file does not tell."""
    try:
        return nbformat.read(copy, as_version=4).metadata.gancourse.lesson
    except (OSError, ValueError, AttributeError, nbformat.reader.NotJSONError):
        return None


def open_lab(work: Path, options: Sequence[str] = ()) -> None:
    """Serve JupyterLab with `work` as its top folder until it is stopped.

    Args:
        work: folder that the learner sees.
        options: more of JupyterLab's own command line, such as `--port=9999`.
    """
    from jupyterlab.labapp import LabApp  # here: only this command needs it

    paths = [str(JUPYTER_CONFIG), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(paths)
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0  # in a container
    LabApp.launch_instance([f"--ServerApp.root_dir={work}", *(["--allow-root"] if as_root else []), *options])
