"""A learner's own copies of the lessons, older ones set aside, and JupyterLab opened on them."""

import hashlib
import itertools
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import nbformat

from gancourse.errors import InputError
from gancourse.files import require_writable, write_beside

LESSONS = "[0-9][0-9]_*.ipynb"

#: Settings of JupyterLab for the course: no question about news on the first start.
JUPYTER_CONFIG = Path(__file__).with_name("jupyter")

#: Where a browser is sent first: the start page (`start_page.py`).
START = "/gancourse/"

#: Bytes in a notebook at most; a lesson with all its figures has two million.
LARGEST = 64 * 2**20


#: How the name of a copy ends that was set aside: with the day of its last change, and a number if need be.
SET_ASIDE = re.compile(r" \(\d{4}-\d\d-\d\d(, \d+)?\)$")


@dataclass(frozen=True)
class Copies:
    """What `copy_lessons` did.

    Attributes:
        made: new copies.
        set_aside: where older copies are now, whose lessons have changed.
        stuck: older copies that could not be renamed, and stay as they are.
    """

    made: list[Path]
    set_aside: list[Path]
    stuck: list[Path]


def copy_lessons(notebooks: Path, work: Path) -> Copies:
    """Copy each lesson that `work` lacks, without its outputs.

    Each copy is stamped with its lesson's digest. A copy with another lesson's stamp is set aside: renamed
    with the day of its last change, so that new checks never meet old text. It is removed instead if nobody
    ran it or changed a word in it. A file without a stamp is the learner's own, and never touched.

    Args:
        notebooks: folder of the executed lessons.
        work: the learner's folder; made if missing.

    Raises:
        InputError: `work` cannot be written.
    """
    require_writable(work, folder=True)
    copies = Copies([], [], [])
    for lesson in sorted(notebooks.glob(LESSONS)):
        copy = work / lesson.name
        notebook = nbformat.read(lesson, as_version=4)
        digest = _digest(notebook)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        notebook.metadata.pop("widgets", None)
        notebook.metadata["gancourse"] = {"lesson": digest}
        content = nbformat.writes(notebook).encode() + b"\n"
        if _stamp(copy) not in (digest, None):
            try:
                if aside := _set_aside(copy):
                    copies.set_aside.append(aside)
            except OSError:
                copies.stuck.append(copy)
        if not copy.exists() and write_beside(copy, lambda file: file.write(content), replace=False):  # noqa: B023
            copies.made.append(copy)
    return copies


def set_aside_from(path: Path) -> str | None:
    """The name, without ending, of the copy that a file was before it was set aside; None if it was not."""
    return SET_ASIDE.sub("", path.stem) if SET_ASIDE.search(path.stem) else None


def _set_aside(copy: Path) -> Path | None:
    """Rename a copy with the day of its last change, and return where it is.

    The new name is taken first and the file then moved onto it in one step, so that nothing is overwritten,
    and whatever somebody saves meanwhile is moved as well. What was moved is then looked at once more: None
    is returned, and nothing kept, if it holds nothing of the learner's. It may be a new copy, too: another
    start that ran at the same moment made it.

    Raises:
        OSError: it cannot be renamed.
    """
    aside = _take_name(copy)
    try:
        os.replace(copy, aside)
    except OSError as error:
        aside.unlink()
        if isinstance(error, FileNotFoundError):  # another start has set it aside
            return None
        raise
    if not _untouched(aside):
        return aside
    aside.unlink()
    return None


def _take_name(copy: Path) -> Path:
    """Make an empty file, with a name that no other file has, for a copy that is to be set aside."""
    try:
        day = date.fromtimestamp(copy.stat().st_mtime)
    except (FileNotFoundError, ValueError, OverflowError):  # gone meanwhile, or a date that no calendar has
        day = date.today()
    for number in itertools.count(1):
        aside = copy.with_stem(f"{copy.stem} ({day}{f', {number}' if number > 1 else ''})")
        try:
            aside.open("xb").close()
            return aside
        except FileExistsError:
            continue
    raise AssertionError


def _untouched(copy: Path) -> bool:
    """Whether a copy was never run, and all its text is that of the lesson that its stamp names."""
    try:
        notebook = read_notebook(copy)
        ran = any(cell.get("outputs") or cell.get("execution_count") for cell in notebook["cells"])
        added = any(cell.get("attachments") for cell in notebook["cells"])
        return not (ran or added) and _digest(notebook) == notebook["metadata"]["gancourse"]["lesson"]
    except (InputError, LookupError, TypeError, AttributeError):
        return False


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


def _digest(notebook: dict[str, Any]) -> str:
    """Digest of a notebook's text."""
    text = "\0".join("".join(cell["source"]) for cell in notebook["cells"])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _stamp(copy: Path) -> str | None:
    """The digest of the lesson that a copy was made from; None if the file does not hold it."""
    try:
        stamp = read_notebook(copy)["metadata"]["gancourse"]["lesson"]
    except (InputError, LookupError, TypeError):
        return None
    return stamp if isinstance(stamp, str) else None


def open_lab(work: Path, options: Sequence[str] = ()) -> None:
    """Serve the start page and JupyterLab with `work` as top folder until it is stopped.

    Args:
        work: folder that the learner sees.
        options: more of JupyterLab's own command line, such as `--port=9999`.
    """
    from jupyterlab.labapp import LabApp  # here: only this command needs it

    paths = [str(JUPYTER_CONFIG), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(paths)
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0  # in a container
    ours = [f"--ServerApp.root_dir={work}", f"--LabApp.default_url={START}"]
    LabApp.launch_instance([*ours, *(["--allow-root"] if as_root else []), *options])
