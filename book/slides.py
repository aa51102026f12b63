"""A lesson's notebook as slides with reveal.js: the same cells, one idea at a time, nothing written twice.

A section of the lesson is a column of slides. Text that is too long for one slide goes on on the next, at a
paragraph's end; code, what it prints and each figure follow. What a check said is left out.
"""

import html
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from gancourse.teaching.course_map import Lesson

#: A slide holds about this many characters of text, and this many lines of output.
TEXT, LINES = 620, 22
STYLE = "a11y-high-contrast-light"


def write(notebook: NotebookNode, lesson: Lesson, folder: Path) -> None:
    """Write the slides of a lesson (as `lesson_pages.prepare` returns it) to `folder`/<name>.html."""
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=False)
    page = templates.get_template("slides.html").render(
        lesson=lesson,
        columns=columns(notebook),
        pygments=HtmlFormatter(style=STYLE).get_style_defs(".code"),
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{lesson.name}.html").write_text(page, "utf-8")


def columns(notebook: NotebookNode) -> list[list[str]]:
    """The slides' HTML, by sections of the lesson; never an empty slide or column."""
    found: list[list[str]] = [[]]
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            pieces = [cell.source] if "solution" in tags else split(cell.source)
            for piece in pieces:
                if re.match(r"##? ", piece) and found[-1]:
                    found.append([])
                found[-1].append(MARKDOWN.render(piece))
        elif "check" not in tags:
            found[-1] += code_slides(cell)
    return found


def split(source: str) -> list[str]:
    """Markdown in pieces that fit a slide: a new one at each heading, and where a block would be too much."""
    lines = source.splitlines()
    pieces: list[str] = []
    for token in MARKDOWN.parse(source):
        if token.level or not token.map or token.nesting < 0:
            continue
        block = "\n".join(lines[slice(*token.map)])
        lone = pieces and pieces[-1].startswith("#") and "\n" not in pieces[-1]
        if not pieces or token.type == "heading_open" or (len(pieces[-1]) + len(block) > TEXT and not lone):
            pieces.append(block)
        else:
            pieces[-1] += f"\n\n{block}"
    return pieces


def code_slides(cell: NotebookNode) -> list[str]:
    """A code cell: its source, with its printed lines if there is room, then a slide a figure or table."""
    slides = [_python(cell.source)] if cell.source.strip() else []
    room = LINES - cell.source.count("\n")
    for output in cell.get("outputs", []):
        shown = output.get("data", {}).get("text/html")
        if shown:
            slides.append(shown)
            continue
        text = output.get("text", output.get("data", {}).get("text/plain", "")).rstrip()
        for start in range(0, len(lines := text.splitlines()), LINES):
            part = lines[start : start + LINES]
            block = f'<pre class="printed">{html.escape(chr(10).join(part))}</pre>'
            if len(slides) == 1 and len(part) < room and not start:
                slides[0] += block
            else:
                slides.append(block)
    return slides


def _python(source: str, *_: str) -> str:
    return f'<pre class="code">{highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))}</pre>'


MARKDOWN = MarkdownIt("commonmark", {"highlight": _python}).enable("table")
MARKDOWN.use(dollarmath_plugin, renderer=lambda text, options: _maths(text, options["display_mode"]))


def _maths(text: str, display: bool) -> str:
    left, right = (r"\[", r"\]") if display else (r"\(", r"\)")
    return left + html.escape(text) + right
