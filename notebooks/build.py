"""Lessons from text to executed notebooks: notebooks/source/NN_name.py -> notebooks/NN_name.ipynb.

    python notebooks/build.py            every lesson
    python notebooks/build.py 31 41      the lessons whose names start so

A lesson is written as jupytext's py:percent. It is run from top to bottom in the notebooks' folder; an error,
a line on standard error or a file above 1 MB stops the build and leaves the old notebook as it was. The same
source and outputs give the same file: cell ids come from the text, widget ids are numbered, no times kept.
"""

import argparse
import hashlib
import json
import os
import re
import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

HERE = Path(__file__).resolve().parent
MAX_BYTES = 1_000_000
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


class BuildError(Exception):
    """A lesson that must not be published; the message names it and says why."""


def read_source(path: Path) -> NotebookNode:
    """The notebook, without outputs, of a py:percent file, with fixed cell ids and plain metadata."""
    notebook = jupytext.read(path, fmt="py:percent")
    notebook.metadata = NotebookNode(kernelspec=KERNEL, language_info={"name": "python"})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\0{cell.source}".encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k == "tags"})
    return notebook


def execute(notebook: NotebookNode, folder: Path, timeout: int = 900) -> NotebookNode:
    """Run a notebook in place, with `folder` as its kernel's folder, `timeout` seconds a cell at most.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell without the tag raises-exception failed.
    """
    client = NotebookClient(
        notebook,
        timeout=timeout,
        record_timing=False,
        coalesce_streams=True,
        store_widget_state=False,  # it would come back without a kernel, and move nothing
        resources={"metadata": {"path": str(folder)}},
    )
    return client.execute()


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Number the widgets' ids in the order they appear, and drop what depends on the machine."""
    notebook.metadata.language_info = {"name": "python"}
    text = json.dumps(notebook)
    widgets = set(re.findall(r'"model_id": "([0-9a-f]{32})"', text))
    for number, old in enumerate(sorted(widgets, key=text.find), start=1):
        text = text.replace(old, f"{number:032x}")
    return nbformat.from_dict(json.loads(text))


def problems(notebook: NotebookNode) -> list[str]:
    """Why a notebook must not be published: cells that were not run, failed, or wrote to standard error."""
    found = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        where = f"cell {number} ({cell.source.splitlines()[0][:60]})"
        tags = cell.metadata.get("tags", [])
        if cell.execution_count is None:
            found.append(f"{where}: was not run")
        for output in cell.outputs:
            if output.output_type == "error" and "raises-exception" not in tags:
                found.append(f"{where}: {output.ename}: {output.evalue}")
            if output.output_type == "stream" and output.name == "stderr":
                found.append(f"{where}: writes to standard error: {output.text.strip()[:200]}")
    size = len(serialise(notebook))
    if size >= MAX_BYTES:
        found.append(f"{size:,} bytes, {MAX_BYTES:,} at most: fewer or smaller figures")
    return found


def serialise(notebook: NotebookNode) -> bytes:
    """The bytes of the notebook's file."""
    return (nbformat.writes(notebook) + "\n").encode()


def build(source: Path, folder: Path = HERE) -> Path:
    """Run one lesson and write it to `folder`; what is there is replaced only by a notebook without problems.

    Args:
        source: a py:percent file.
        folder: where the notebook goes, and where its kernel runs.

    Raises:
        BuildError: naming the lesson and every problem.
    """
    target = folder / f"{source.stem}.ipynb"
    try:
        notebook = normalise(execute(read_source(source), folder))
    except CellExecutionError as error:
        raise BuildError(f"{source}: {error}") from error
    if found := problems(notebook):
        raise BuildError("\n".join(f"{source}: {problem}" for problem in found))
    part = target.with_suffix(".part")
    part.write_bytes(serialise(notebook))
    os.replace(part, target)
    return target


def main() -> int:
    """Build the lessons named on the command line; status 1 if one could not be."""
    parser = argparse.ArgumentParser(description="Run lessons and write their notebooks.")
    parser.add_argument("lessons", nargs="*", help="how their names start; all if not given")
    wanted = parser.parse_args().lessons
    sources = [p for p in sorted((HERE / "source").glob("*.py")) if p.name.startswith(tuple(wanted) or "")]
    if not sources:
        print(
            f"error: no lesson in {HERE / 'source'} starts with {' or '.join(wanted) or 'anything'}",
            file=sys.stderr,
        )
        return 2
    failed = False
    for source in sources:
        try:
            print(f"{source.stem} ...", flush=True)
            print(f"  {build(source)}", flush=True)
        except BuildError as error:
            failed = True
            print(f"error: {error}", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
