"""A lesson's notebook as a page: figures become files with alt text, dead widget views go, links come.

The map of the lessons is that of the start page beside JupyterLab (`gancourse.teaching.course_map`).
"""

import base64
import html
import io
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt
from nbformat import NotebookNode
from nbformat.v4 import new_output
from PIL import Image

from gancourse.teaching import course_map
from gancourse.teaching.course_map import Lesson

VIEW = "application/vnd.jupyter.widget-view+json"


def write_covers(lessons: list[Lesson], notebooks: Path, folder: Path) -> None:
    """Write each lesson's picture for the map to `folder`."""
    folder.mkdir()
    for lesson in lessons:
        picture = course_map.cover(nbformat.read(notebooks / f"{lesson.name}.ipynb", as_version=4))
        if not picture:
            raise ValueError(f"{lesson.name}: it has no figure that could stand for it")
        (folder / f"{lesson.name}.png").write_bytes(picture)


def lesson_map(lessons: list[Lesson]) -> str:
    """The map of the start page, as HTML, with what each lesson builds on."""
    return course_map.map_html(
        lessons,
        _page,
        lambda lesson: f"_static/covers/{lesson.name}.png",
        lambda lesson: (
            f"<p><em>Needs:</em> {MarkdownIt().renderInline(lesson.needs)}</p>"
            f'<p><a href="slides/{lesson.name}.html">Slides'
            f'<span class="unseen"> of lesson {lesson.number}</span></a></p>'
        ),
    )


def routes(lessons: list[Lesson]) -> str:
    """The ways through the course, as HTML."""
    return course_map.routes_html(lessons, _page)


def _page(lesson: Lesson) -> str:
    return f"lessons/{lesson.name}.html"


def slides_list(lessons: list[Lesson]) -> str:
    """Links to the lessons' slides, for a page one folder down, as Markdown."""
    return "\n".join(
        f'- <a href="../slides/{lesson.name}.html">{lesson.name[:2]} {lesson.title}</a>' for lesson in lessons
    )


def prepare(notebook: NotebookNode, figures: Path, address: str) -> NotebookNode:
    """The notebook with its pictures written to `figures`, shown as HTML by their `address` there.

    A picture and the caption after it become one figure; what only lives with a kernel is left out.

    Raises:
        ValueError: a picture without alt text.
    """
    figures.mkdir(parents=True, exist_ok=True)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _shown(cell.outputs, figures, address)
    return notebook


def _shown(outputs: list[NotebookNode], figures: Path, address: str) -> list[NotebookNode]:
    """The outputs of a cell, as the page shows them."""
    live = any(VIEW in output.get("data", {}) for output in outputs)
    shown: list[NotebookNode] = []
    for output in outputs:
        data = output.get("data", {})
        if "image/png" in data:
            picture = base64.b64decode(data["image/png"])
            path = figures / f"{len(list(figures.iterdir())) + 1}.png"
            path.write_bytes(picture)
            alt = output.metadata.get("image/png", {}).get("alt", "")
            if not alt:
                raise ValueError(f"{figures.name}: figure {path.stem} has no alt text")
            shown.append(_html(_figure(f"{address}/{path.name}", picture, alt, STILL if live else "")))
        elif (
            "text/markdown" in data and shown and NO_CAPTION in shown[-1].get("data", {}).get("text/html", "")
        ):
            caption = MarkdownIt().renderInline(data["text/markdown"].strip("* "))
            whole = shown[-1].data["text/html"].replace(NO_CAPTION, f"<figcaption>{caption}</figcaption>")
            shown[-1] = _html(whole)
        elif "text/html" in data:  # a table, or what a check said
            block = data["text/html"]
            shown.append(_html(f"{WIDE}{block}</div>" if "<table" in block else block))
        elif VIEW not in data:
            shown.append(output)
    return shown


NO_CAPTION = "<figcaption></figcaption>"
WIDE = '<div class="wide" tabindex="0" role="region" aria-label="Table">'
STILL = (
    "The last picture of a widget. With the notebook in JupyterLab it moves; "
    '<a href="../live.html">another one moves on this site</a>.'
)


def _html_of(output: NotebookNode) -> str:
    return output.get("data", {}).get("text/html", "")


def _html(text: str) -> NotebookNode:
    return new_output("display_data", data={"text/html": text, "text/plain": ""})


def _figure(address: str, picture: bytes, alt: str, caption: str) -> str:
    width, height = Image.open(io.BytesIO(picture)).size
    return (
        f'<figure class="lesson-figure"><img src="{address}" width="{width}" height="{height}" loading="lazy"'
        f' alt="{html.escape(alt)}"><figcaption>{caption}</figcaption></figure>'
    )


def add_links(notebook: NotebookNode, name: str) -> NotebookNode:
    """Put links to its notebook and its slides under the lesson's title."""
    title, _, rest = notebook.cells[0].source.partition("\n")
    links = (
        '<p class="lesson-links">'
        f'<a href="../notebooks/{name}.ipynb" download>Download this lesson as a notebook</a>'
        f'<a href="../slides/{name}.html">Show it as slides</a></p>'
    )
    notebook.cells[0].source = f"{title}\n\n{links}\n\n{rest}"
    return notebook
