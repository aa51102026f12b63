"""The course's start page, served beside JupyterLab: a map, what the learner has solved, the machine's state.

Everything lies below `gancourse/`, behind Jupyter's own log-in; every link is relative, so that a hub's
address before it does not matter. No kernel is needed.
"""

import asyncio
import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from string import Template
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import url_escape, url_path_join
from tornado import web

from gancourse.errors import InputError
from gancourse.project import project_root
from gancourse.teaching import course_map, progress
from gancourse.teaching.course_map import Lesson
from gancourse.teaching.lessons import read_notebook, set_aside_from

#: Where a learner's copies may lie below the server's top folder, the first that has any.
FOLDERS = ("", "work", "notebooks")

#: What ends a lesson's card, for the page to fill.
OWN = '<p class="status"></p><p class="earlier"></p>'

#: The folder, beside the copies, of what learners made and kept; its pictures that are shown, and how many.
KEPT, PICTURES, MOST = "kept", (".gif", ".png"), 12

#: Seconds that the doctor may take, on a machine that thirty people share.
DOCTOR_SECONDS = 300


def handlers(base_url: str) -> list[tuple[str, type[JupyterHandler]]]:
    """The handlers of the page and of what it asks for."""
    places: list[tuple[str, type[JupyterHandler]]] = [
        ("/?", StartPage),
        ("/progress", Progress),
        ("/doctor", Doctor),
        (r"/pictures/(\w+)\.png", Picture),
        (r"/files/(map\.css|start\.css|start\.js)", File),
    ]
    return [(url_path_join(base_url, "gancourse") + place, handler) for place, handler in places]


@functools.lru_cache(1)
def the_course() -> tuple[Path, list[Lesson]]:
    """The project's folder, and its lessons.

    Raises:
        HTTPError: the package is installed without its project, or a lesson is damaged.
    """
    try:
        root = project_root()
        return root, course_map.read_lessons(root / "README.md", root / "notebooks")
    except (InputError, OSError, ValueError) as error:
        raise web.HTTPError(500, f"the course's lessons cannot be read: {error}") from error


def find_copies(top: Path, lessons: list[Lesson]) -> str:
    """The folder below `top`, as part of an address, where a learner's copies lie."""
    for folder in FOLDERS:
        if any((top / folder / f"{lesson.name}.ipynb").exists() for lesson in lessons):
            return folder
    return ""


def lab_address(folder: str, name: str) -> str:
    """JupyterLab's address of a notebook, seen from the start page."""
    return "../lab/tree/" + url_escape(url_path_join(folder, name).strip("/"))


def draw_page(top: Path, lessons: list[Lesson], look: str) -> str:
    """The page; `look` is "now" if it asks for the machine's state at once, else "later"."""
    folder = find_copies(top, lessons)

    def address(lesson: Lesson) -> str:
        return lab_address(folder, f"{lesson.name}.ipynb")

    first = course_map.ROUTES[0].lessons(lessons)[0]
    return Template((course_map.FILES / "page.html").read_text("utf-8")).substitute(
        look=look,
        first=f"Start with lesson {first.number}",
        first_address=address(first),
        routes=course_map.routes_html(lessons, address),
        lessons=course_map.map_html(
            lessons, address, lambda lesson: f"pictures/{lesson.name}.png", lambda lesson: OWN
        ),
    )


def standing(top: Path, lessons: list[Lesson]) -> dict[str, Any]:
    """Where a learner stands, as `gancourse progress` sees it.

    Returns:
        For JSON: how many exercises there are and how many have passed, in all and by lesson; the earlier
        copies that were set aside; where to go on; the pictures that the learner kept, the newest first; and
        a line for each notebook that cannot be read.
    """
    folder = find_copies(top, lessons)
    outcomes, problems = progress.read_learner(top / folder)
    found = {}
    for lesson in lessons:
        states = [outcome.state for outcome in outcomes if outcome.lesson == lesson.number]
        earlier = sorted(
            path.name
            for path in (top / folder).glob(f"{lesson.name} (*).ipynb")
            if set_aside_from(path) == lesson.name
        )
        found[lesson.number] = {
            "exercises": len(states),
            "passed": states.count("passed"),
            "tried": len(states) - states.count("not tried"),
            "earlier": [{"name": Path(name).stem, "address": lab_address(folder, name)} for name in earlier],
        }
    return {
        "exercises": sum(one["exercises"] for one in found.values()),
        "passed": sum(one["passed"] for one in found.values()),
        "lessons": found,
        "next": _next(top / folder, folder, lessons, found),
        "kept": _kept(top / folder / KEPT, url_path_join("../files", folder, KEPT)),
        "problems": problems,
    }


def _kept(place: Path, address: str) -> list[dict[str, str]]:
    """The pictures in a folder, the newest first; `address` is the folder's, seen from the start page."""
    try:
        found = [(path.stat().st_mtime, path.name) for path in place.iterdir() if path.suffix in PICTURES]
    except OSError:  # nothing is kept yet
        return []
    return [
        {"name": Path(name).stem.replace("_", " "), "address": f"{address}/{url_escape(name)}?v={time:.0f}"}
        for time, name in sorted(found, reverse=True)[:MOST]
    ]


def _next(place: Path, folder: str, lessons: list[Lesson], found: dict[str, Any]) -> dict[str, str] | None:
    """The lesson to go on with: the last that was saved and is not done, else the next that is not."""

    def saved(lesson: Lesson) -> float:
        try:
            return (place / f"{lesson.name}.ipynb").stat().st_mtime
        except OSError:
            return 0.0

    undone = [one for one in lessons if found[one.number]["passed"] < found[one.number]["exercises"]]
    begun = [lesson for lesson in undone if found[lesson.number]["tried"]]
    if begun:
        lesson, words = max(begun, key=saved), "Go on with lesson"
    elif undone and any(one["tried"] for one in found.values()):
        lesson, words = undone[0], "Go on with lesson"
    elif undone:
        lesson, words = (course_map.ROUTES[0].lessons(undone) or undone)[0], "Start with lesson"
    else:
        return None
    address = lab_address(folder, f"{lesson.name}.ipynb")
    return {"words": f"{words} {lesson.number}: {lesson.title}", "address": address}


def ask_doctor() -> list[dict[str, str]]:
    """What `gancourse doctor` finds; in a process of its own, since it loads TensorFlow."""
    command = [sys.executable, "-P", "-m", "gancourse", "doctor", "--json"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=DOCTOR_SECONDS)
        return json.loads(ran.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, LookupError, ValueError) as error:
        text = f"the check did not run ({type(error).__name__}); type `gancourse doctor` in a terminal"
        return [{"subject": "Doctor", "mark": "note", "text": text}]


class _Page(JupyterHandler):
    """Asks for a log-in, and for the right to read the learner's files."""

    auth_resource = "contents"

    @property
    def top(self) -> Path:
        return Path(self.settings["server_root_dir"]).expanduser()


class StartPage(_Page):
    @web.authenticated
    @authorized
    async def get(self) -> None:
        if not self.request.path.endswith("/"):  # its links are relative
            self.redirect(f"{self.request.path}/")
            return
        _, lessons = await asyncio.to_thread(the_course)
        # On a hub thirty would ask at once, and its machine is the teacher's.
        look = "later" if "JUPYTERHUB_API_TOKEN" in os.environ else "now"
        self.xsrf_token  # noqa: B018  (sets the cookie that the page's script sends back)
        self.set_header("Cache-Control", "no-cache")
        self.finish(await asyncio.to_thread(draw_page, self.top, lessons, look))


class Picture(_Page):
    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        root, lessons = await asyncio.to_thread(the_course)
        picture = None
        if name == "brains":
            picture = (root / "book" / "images" / "t1.png").read_bytes()
        elif name in {lesson.name for lesson in lessons}:
            notebook = await asyncio.to_thread(read_notebook, root / "notebooks" / f"{name}.ipynb")
            picture = course_map.cover(notebook)
        if picture is None:
            raise web.HTTPError(404)
        self.set_header("Content-Type", "image/png")
        self.finish(picture)


class File(_Page):
    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        kind = "text/javascript" if name.endswith(".js") else "text/css"
        self.set_header("Content-Type", f"{kind}; charset=UTF-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish((course_map.FILES / name).read_bytes())


class Progress(_Page, APIHandler):
    @web.authenticated
    @authorized
    async def get(self) -> None:
        _, lessons = await asyncio.to_thread(the_course)
        self.finish(json.dumps(await asyncio.to_thread(standing, self.top, lessons)))


class Doctor(_Page, APIHandler):
    """The doctor is asked once; `?again=1` asks anew, but never while it is looking."""

    looking: asyncio.Future | None = None

    @web.authenticated
    @authorized
    async def get(self) -> None:
        looking = Doctor.looking
        if looking is None or (looking.done() and self.get_query_argument("again", "")):
            looking = Doctor.looking = asyncio.ensure_future(asyncio.to_thread(ask_doctor))
        self.finish(json.dumps(await asyncio.shield(looking)))
