"""The map of the course: its parts, routes and lessons, for the start page and for the book.

Parts and goals come from the README's table of lessons; titles, minutes, needs and pictures from the lessons.
"""

import base64
import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from PIL import Image, ImageOps

from gancourse.teaching.lessons import LESSONS

#: The files of the start page; `map.css` is the map's own, and the book's.
FILES = Path(__file__).with_name("start")

ROW = re.compile(r"^\| (\d [^|]+?) \| \[`(\w+)`\]\([^)]*\) \| ([^|]+?) \| ([^|]+?) \|$", re.MULTILINE)

#: The tag of the code cell whose first figure stands for its lesson; without one, it is the first of all.
COVER = "cover"
COVER_SIZE = (640, 360)


@dataclass(frozen=True)
class Lesson:
    """What the map says of a lesson.

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

    @property
    def number(self) -> str:
        return self.name[:2]


@dataclass(frozen=True)
class Route:
    """A way through the course: the numbers of its lessons, in order. What does not exist is left out."""

    name: str
    purpose: str
    numbers: tuple[str, ...]

    def lessons(self, lessons: list[Lesson]) -> list[Lesson]:
        by_number = {lesson.number: lesson for lesson in lessons}
        return [by_number[number] for number in self.numbers if number in by_number]


ROUTES = (
    Route(
        "A taste",
        "Play against a GAN, build and train one, and explore what it has learned.",
        ("21", "41", "43"),
    ),
    Route(
        "The deck",
        "Follow all five parts of the deck, from the first model to a measured brain.",
        ("11", "21", "22", "31", "41", "42", "43", "51", "52", "53"),
    ),
    Route(
        "Judging and beyond",
        "Find out how good generated images are, whether they show what was ordered, whether they betray a "
        "patient, what happens inside of a generator, whether its images help, and what becomes of a "
        "tumour in translation.",
        ("44", "45", "46", "47", "54", "55"),
    ),
)


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
    missing = {path.stem for path in notebooks.glob(LESSONS)} - {lesson.name for lesson in found}
    if missing:
        raise ValueError(f"{readme.name}: its table of lessons lacks {', '.join(sorted(missing))}")
    return found


def parts(lessons: list[Lesson]) -> dict[str, list[Lesson]]:
    """The lessons by part of the deck, in order."""
    grouped: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        grouped.setdefault(lesson.part, []).append(lesson)
    return grouped


def cover(notebook: dict[str, Any]) -> bytes | None:
    """The picture that stands for a lesson, a PNG of `COVER_SIZE`; None if the lesson has no figure."""
    tagged = [cell for cell in notebook["cells"] if COVER in cell["metadata"].get("tags", [])]
    for cell in [*tagged, *notebook["cells"]]:
        for output in cell.get("outputs", []):
            if picture := output.get("data", {}).get("image/png"):
                return _fitted(base64.b64decode("".join(picture)))
    return None


def _fitted(picture: bytes) -> bytes:
    """A picture in a card's shape: the middle of a wide one, a narrow one between bars of its own ground."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    if image.width / image.height < COVER_SIZE[0] / COVER_SIZE[1]:
        ground = image.getpixel((0, image.height // 2))
        image = ImageOps.pad(image, COVER_SIZE, color=ground)  # type: ignore[arg-type]
    else:
        image = ImageOps.fit(image, COVER_SIZE)
    file = io.BytesIO()
    image.save(file, "png")
    return file.getvalue()


def duration(lessons: list[Lesson]) -> str:
    """How long some lessons take, in words."""
    minutes = sum(int(re.findall(r"\d+", lesson.minutes)[-1]) for lesson in lessons)
    return f"{minutes} minutes" if minutes < 90 else f"about {round(minutes / 60)} hours"


def routes_html(lessons: list[Lesson], address: Callable[[Lesson], str]) -> str:
    """The routes as a list with headings of level 3; a lesson's link shows its number, and says its title."""
    items = []
    for route in ROUTES:
        if members := route.lessons(lessons):
            links = "".join(
                f'<li><a href="{address(lesson)}" title="{html.escape(lesson.title)}">{lesson.number}'
                f'<span class="unseen"> {html.escape(lesson.title)}</span></a></li>'
                for lesson in members
            )
            items.append(
                f"<li><h3>{route.name}</h3>"
                f"<p><strong>{duration(members).capitalize()}.</strong> {route.purpose}</p>"
                f"<ol>{links}</ol></li>"
            )
    return f'<ul class="course-routes">{"".join(items)}</ul>'


def map_html(
    lessons: list[Lesson],
    address: Callable[[Lesson], str],
    picture: Callable[[Lesson], str],
    more: Callable[[Lesson], str],
) -> str:
    """The lessons by part of the deck, as cards with headings of the levels 3 and 4.

    Args:
        lessons: all of them.
        address: where a lesson's link leads.
        picture: the address of its picture, which is decoration: the title says it all.
        more: HTML that ends its card.
    """
    found = []
    for part, members in parts(lessons).items():
        cards = "".join(
            f'<li data-lesson="{lesson.number}"><img src="{picture(lesson)}" alt="" width="640" height="360">'
            f'<h4><a href="{address(lesson)}"><span class="number">{lesson.number}</span> '
            f"{html.escape(lesson.title)}</a></h4>"
            f'<p class="minutes">{lesson.minutes} minutes</p>'
            f"<p>Afterwards you can {html.escape(lesson.goal)}.</p>{more(lesson)}</li>"
            for lesson in members
        )
        found.append(f'<div data-lessons="{len(members)}"><h3>Part {part}</h3><ul>{cards}</ul></div>')
    return f'<div class="course-map"><div>{"".join(found)}</div></div>'
