"""The start page: for those who are logged in, wherever the server's address begins; and what it says."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from html.parser import HTMLParser

import lessons as course
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from gancourse.teaching import course_map, progress, start_page

LESSONS = course_map.read_lessons(course.ROOT / "README.md", course.ROOT / "notebooks")
NAMES = [source.stem for source in course.SOURCES]
FIRST = course_map.ROUTES[0].lessons(LESSONS)[0]


def copy(path, *states):
    """A learner's notebook with an exercise for each state: True, False, or None for one not tried."""
    cells = [new_code_cell(f"from gancourse.teaching.checks import lesson{path.name[:2]} as checks")]
    for number, state in enumerate(states):
        cell = new_code_cell(f"checks.x{number}(x)", metadata={"tags": ["check"]})
        if state is not None:
            stored = {"exercise": f"{path.name[:2]}.x{number}", "passed": state, "hint": ""}
            cell.outputs = [new_output("display_data", {progress.MIME: stored})]
        cells.append(cell)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)
    return path


class Links(HTMLParser):
    """The addresses of a page's links, the ids of its headings and the headings' levels."""

    def __init__(self, page):
        super().__init__()
        self.links, self.levels, self.ids, self.labels = [], [], set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.links += [found["href"]] if tag == "a" else []
        self.ids.add(found.get("id"))
        self.labels.add(found.get("aria-labelledby"))
        if tag in ("h1", "h2", "h3", "h4"):
            self.levels.append(int(tag[1]))


class TestPage:
    def test_leads_to_each_lesson_in_the_learner_s_folder(self, tmp_path):
        for name in NAMES:
            (tmp_path / f"{name}.ipynb").touch()
        page = Links(start_page.draw_page(tmp_path, LESSONS, "now"))
        for name in NAMES:
            assert f"../lab/tree/{name}.ipynb" in page.links
        assert "../lab" in page.links

    def test_has_headings_in_order_and_labels_that_exist(self, tmp_path):
        page = Links(start_page.draw_page(tmp_path, LESSONS, "now"))
        assert page.levels[0] == 1 and page.levels.count(1) == 1
        assert all(after <= before + 1 for before, after in zip(page.levels, page.levels[1:], strict=False))
        assert page.labels <= page.ids | {None}

    @pytest.mark.parametrize("folder", ["work", "notebooks"])
    def test_finds_copies_below_the_server_s_folder(self, tmp_path, folder):
        copy(tmp_path / folder / f"{NAMES[0]}.ipynb", True)
        page = start_page.draw_page(tmp_path, LESSONS, "now")
        assert f'href="../lab/tree/{folder}/{NAMES[0]}.ipynb"' in page
        assert start_page.standing(tmp_path, LESSONS)["passed"] == 1

    def test_says_when_the_machine_is_looked_at(self, tmp_path):
        assert 'data-look="later"' in start_page.draw_page(tmp_path, LESSONS, "later")


class TestStanding:
    def test_of_a_new_learner(self, tmp_path):
        found = start_page.standing(tmp_path, LESSONS)
        assert (found["exercises"], found["passed"], found["next"]) == (0, 0, None)
        for name in NAMES:
            copy(tmp_path / f"{name}.ipynb", None, None)
        found = start_page.standing(tmp_path, LESSONS)
        assert (found["exercises"], found["passed"]) == (2 * len(NAMES), 0)
        assert found["next"]["words"] == f"Start with lesson {FIRST.number}: {FIRST.title}"

    def test_counts_by_lesson_and_goes_on_with_the_last_saved(self, tmp_path):
        older = copy(tmp_path / f"{NAMES[4]}.ipynb", True, False, None)
        os.utime(older, (1, 1))
        copy(tmp_path / f"{NAMES[3]}.ipynb", True, None)
        copy(tmp_path / f"{NAMES[0]}.ipynb", True, True)
        found = start_page.standing(tmp_path, LESSONS)
        assert found["lessons"][NAMES[4][:2]] == {"exercises": 3, "passed": 1, "tried": 2, "earlier": []}
        assert (found["exercises"], found["passed"]) == (7, 4)
        assert found["next"]["address"] == f"../lab/tree/{NAMES[3]}.ipynb"
        copy(tmp_path / f"{NAMES[3]}.ipynb", True, True)
        copy(tmp_path / f"{NAMES[4]}.ipynb", None)
        assert start_page.standing(tmp_path, LESSONS)["next"]["words"].startswith("Go on with lesson")
        copy(tmp_path / f"{NAMES[4]}.ipynb", True)
        assert start_page.standing(tmp_path, LESSONS)["next"] is None

    def test_names_earlier_copies_and_counts_nothing_twice(self, tmp_path):
        copy(tmp_path / f"{NAMES[4]}.ipynb", True, None)
        copy(tmp_path / f"{NAMES[4]} (2026-11-26).ipynb", True, True, True)
        copy(tmp_path / f"{NAMES[4]} (2026-11-26, 2).ipynb", None)
        copy(tmp_path / f"{NAMES[4]} (mine).ipynb", None)
        found = start_page.standing(tmp_path, LESSONS)["lessons"][NAMES[4][:2]]
        assert (found["exercises"], found["passed"]) == (2, 2)
        assert [one["name"] for one in found["earlier"]] == [
            f"{NAMES[4]} (2026-11-26)", f"{NAMES[4]} (2026-11-26, 2)"
        ]  # fmt: skip
        assert found["earlier"][0]["address"] == f"../lab/tree/{NAMES[4]}%20%282026-11-26%29.ipynb"

    def test_shows_what_was_kept_the_newest_first(self, tmp_path):
        copy(tmp_path / "work" / f"{NAMES[0]}.ipynb", True)
        kept = tmp_path / "work" / "kept"
        kept.mkdir()
        names = [f"my brain {number}.png" for number in range(start_page.MOST)] + ["training_film.gif"]
        for number, name in enumerate(["table.csv", *names]):
            (kept / name).touch()
            os.utime(kept / name, (number, number))
        found = start_page.standing(tmp_path, LESSONS)["kept"]
        assert len(found) == start_page.MOST
        assert found[0] == {"name": "training film", "address": "../files/work/kept/training_film.gif?v=13"}
        assert found[-1]["address"] == "../files/work/kept/my%20brain%201.png?v=2"

    def test_says_which_notebook_is_damaged(self, tmp_path):
        copy(tmp_path / f"{NAMES[0]}.ipynb", True)
        (tmp_path / f"{NAMES[1]}.ipynb").write_text("<<<<<<< HEAD")
        found = start_page.standing(tmp_path, LESSONS)
        assert found["passed"] == 1
        assert len(found["problems"]) == 1 and "not a notebook" in found["problems"][0]


class TestDoctor:
    @pytest.mark.parametrize("status", [0, 1])
    def test_is_read_whatever_its_verdict(self, monkeypatch, status):
        found = [{"subject": "Disk", "mark": "LACKS", "text": "make room"}]
        ran = subprocess.CompletedProcess([], status, stdout=f"a warning\n{json.dumps(found)}\n")
        monkeypatch.setattr(subprocess, "run", lambda command, **_: ran)
        assert start_page.ask_doctor() == found

    @pytest.mark.parametrize(
        "trouble", [OSError("no memory"), subprocess.TimeoutExpired("doctor", 1), "", "Traceback"]
    )
    def test_that_cannot_look_is_a_note(self, monkeypatch, trouble):
        def run(command, **_):
            if isinstance(trouble, str):
                return subprocess.CompletedProcess(command, 1, stdout=trouble)
            raise trouble

        monkeypatch.setattr(subprocess, "run", run)
        (finding,) = start_page.ask_doctor()
        assert finding["mark"] == "note" and "gancourse doctor" in finding["text"]


@pytest.fixture(scope="module")
def visit(tmp_path_factory):
    """A function: address below that of a hub's learner -> status, headers and text of the answer."""
    folder, token = tmp_path_factory.mktemp("home"), secrets.token_hex(8)
    copy(folder / "work" / f"{NAMES[0]}.ipynb", True, None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kinds = {f"JUPYTER_{kind}_DIR": str(folder / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    env = os.environ | kinds | {"PYTHONPATH": str(course.ROOT)}
    command = [sys.executable, "-m", "jupyter_server", f"--port={port}", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.root_dir={folder / 'work'}", "--ServerApp.base_url=/user/ana/"]
    command += ["--ServerApp.jpserver_extensions=gancourse.teaching.server=True"]
    log = folder / "log"
    with log.open("w") as stream:
        server = subprocess.Popen(
            [*command, f"--IdentityProvider.token={token}"], env=env, stdout=stream, stderr=stream
        )

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    def visit(address, known=True):
        url = f"http://127.0.0.1:{port}/user/ana/{address}"
        request = urllib.request.Request(url, headers={"Authorization": f"token {token}"} if known else {})
        try:
            answer = urllib.request.build_opener(Stay).open(request, timeout=120)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, answer.headers, answer.read()

    for _ in range(3000):
        assert server.poll() is None, log.read_text()
        try:
            visit("api")
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    yield visit
    server.kill()
    server.wait()


def test_the_page_and_all_that_it_loads(visit):
    status, headers, page = visit("gancourse/")
    assert status == 200 and headers.get_content_type() == "text/html"
    for address in ("files/map.css", "files/start.css", "files/start.js", "pictures/brains.png"):
        assert address in page.decode() and visit(f"gancourse/{address}")[0] == 200
    for name in NAMES:
        status, headers, picture = visit(f"gancourse/pictures/{name}.png")
        assert status == 200 and picture.startswith(b"\x89PNG") and headers.get_content_type() == "image/png"
    status, headers, _ = visit("gancourse")
    assert status == 302 and headers["Location"] == "/user/ana/gancourse/"


def test_progress_over_the_wire(visit):
    status, headers, found = visit("gancourse/progress")
    assert status == 200 and headers.get_content_type() == "application/json"
    assert (json.loads(found)["passed"], json.loads(found)["exercises"]) == (1, 2)


@pytest.mark.parametrize("address", ["", "progress", "doctor", "files/start.js", "pictures/brains.png"])
def test_nothing_for_a_stranger(visit, address):
    assert visit(f"gancourse/{address}", known=False)[0] in (302, 403)


@pytest.mark.parametrize("address", ["files/page.html", "files/../server.py", "pictures/99_none.png", "no"])
def test_nothing_else_is_served(visit, address):
    assert visit(f"gancourse/{address}")[0] == 404
