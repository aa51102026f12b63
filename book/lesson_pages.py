"""A lesson's notebook as a page: figures become files with alt text, dead widget views go, links come.

The lessons' map is made here as well: its parts and goals from the README's table, minutes and needs from the
opening of each notebook.
"""

import base64
import html
import io
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt
from nbformat import NotebookNode
from nbformat.v4 import new_output
from PIL import Image

VIEW = "application/vnd.jupyter.widget-view+json"
ROW = re.compile(r"^\| (\d [^|]+?) \| \[`(\w+)`\]\([^)]*\) \| ([^|]+?) \| ([^|]+?) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Lesson:
    """What the book says of a lesson.

    Attributes:
        part: of the deck, such as "3 Data".
        name: of its notebook, such as "31_read_brats_volumes".
        title: of its first line.
        goal: what follows "afterwards you can".
        minutes: "45", or "45 to 60".
        needs: a sentence or two of Markdown.
    """

    part: str
    name: str
    title: str
    goal: str
    minutes: str
    needs: str


def read_lessons(readme: Path, notebooks: Path) -> list[Lesson]:
    """The lessons of the README's table, in its order.

    Raises:
        ValueError: a notebook that the table does not name, or an opening without needs and minutes.
    """
    found = []
    for part, name, goal, _ in ROW.findall(readme.read_text("utf-8")):
        opening = nbformat.read(notebooks / f"{name}.ipynb", as_version=4).cells[0].source
        title = re.match(r"# (.+)", opening)
        need = re.search(r"\*\*What you need\.\*\* (.+?) \*\*Time:\*\* (.+?) minutes", opening, re.DOTALL)
        if not title or not need:
            raise ValueError(f"{name}: its opening lacks a title, 'What you need.' or 'Time:'")
        found.append(Lesson(part, name, title[1], goal, need[2], " ".join(need[1].split())))
    missing = {path.stem for path in notebooks.glob("*.ipynb")} - {lesson.name for lesson in found}
    if missing:
        raise ValueError(f"{readme.name}: its table of lessons lacks {', '.join(sorted(missing))}")
    return found


def parts(lessons: list[Lesson]) -> dict[str, list[Lesson]]:
    """The lessons by part of the deck, in order."""
    grouped: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        grouped.setdefault(lesson.part, []).append(lesson)
    return grouped


def lesson_map(lessons: list[Lesson]) -> str:
    """The map of the start page, as Markdown."""
    lines = []
    for part, members in parts(lessons).items():
        lines.append(f"### Part {part}\n")
        for lesson in members:
            lines.append(
                f"- **[{lesson.name[:2]} {lesson.title}](lessons/{lesson.name}.ipynb)**"
                f' ({lesson.minutes} minutes, <a href="slides/{lesson.name}.html">slides</a>)\\\n'
                f"  Afterwards you can {lesson.goal}.\\\n"
                f"  *Needs:* {lesson.needs}"
            )
        lines.append("")
    return "\n".join(lines)


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
