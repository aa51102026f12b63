"""A learner's own copies of the lessons, and JupyterLab opened on them."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from gancourse.errors import InputError
from gancourse.files import require_writable, write_beside

LESSONS = "[0-9][0-9]_*.ipynb"

#: Settings of JupyterLab for the course: no question about news on the first start.
JUPYTER_CONFIG = Path(__file__).with_name("jupyter")

#: Bytes in a notebook at most; a lesson with all its figures has two million.
LARGEST = 64 * 2**20


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

    Raises:
        InputError: `work` cannot be written.
    """
    require_writable(work, folder=True)
    copies = Copies([], [])
    for lesson in sorted(notebooks.glob(LESSONS)):
        copy = work / lesson.name
        notebook = nbformat.read(lesson, as_version=4)
        digest = hashlib.sha256("\0".join(cell.source for cell in notebook.cells).encode()).hexdigest()[:16]
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        notebook.metadata.pop("widgets", None)
        notebook.metadata["gancourse"] = {"lesson": digest}
        content = nbformat.writes(notebook).encode() + b"\n"
        if not copy.exists() and write_beside(copy, lambda file: file.write(content), replace=False):  # noqa: B023
            copies.made.append(copy)
        elif _digest_of(copy) not in (digest, None):
            copies.outdated.append(copy)
    return copies


def read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook that anybody may have written: its top level, whose content is not checked.

    Raises:
        InputError: `path` is not a readable file, too large, or not a notebook.
    """
    try:
        if not path.is_file():
            raise InputError(f"{path}: not a file, or a broken link; ask for the notebook itself")
        if (size := path.stat().st_size) > LARGEST:
            raise InputError(f"{path}: {size / 2**20:.0f} MiB; a notebook has {LARGEST >> 20} at most")
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
        reason = type(found).__name__
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; make it readable") from error
    except (ValueError, RecursionError) as error:
        reason = type(error).__name__
    raise InputError(f"{path}: not a notebook, or a damaged one ({reason}); ask for the file again")


def _digest_of(copy: Path) -> str | None:
    """Return the digest of the lesson that a copy was made from; None if the copy does not hold it."""
    try:
        return read_notebook(copy)["metadata"]["gancourse"]["lesson"]
    except (InputError, LookupError, TypeError):
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
