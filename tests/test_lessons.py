"""A learner's copies: without outputs, never overwritten, set aside when old; JupyterLab opens on them."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gancourse.errors import InputError
from gancourse.teaching import lessons


@pytest.fixture
def notebooks(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write(folder, "print(1)")
    (folder / "build.py").touch()
    return folder


def write(folder, source):
    ran = new_code_cell(source, execution_count=3, outputs=[new_output("stream", text="1\n")])
    ran.metadata["tags"] = ["exercise"]
    cells = [new_markdown_cell("# Count brains"), ran]
    nbformat.write(new_notebook(cells=cells, metadata={"widgets": {"state": {}}}), folder / "11_count.ipynb")


def test_copies_have_no_outputs(notebooks, tmp_path):
    copies = lessons.copy_lessons(notebooks, tmp_path / "work")
    assert copies.made == [tmp_path / "work" / "11_count.ipynb"] and not copies.set_aside
    notebook = nbformat.read(copies.made[0], as_version=4)
    code = notebook.cells[1]
    assert (code.source, code.outputs, code.execution_count) == ("print(1)", [], None)
    assert code.metadata.tags == ["exercise"]
    assert "widgets" not in notebook.metadata
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["11_count.ipynb"]


def test_first_starts_at_once_make_one_whole_copy(notebooks, tmp_path):
    """Each of them gets on; the copy is made once, and never replaced."""
    starts, rounds = 4, 25
    barrier, made, failed = threading.Barrier(starts), [], []

    def start():
        try:
            for number in range(rounds):
                barrier.wait()
                made.extend(lessons.copy_lessons(notebooks, tmp_path / f"work{number}").made)
        except Exception as error:
            failed.append(error)
            barrier.abort()

    threads = [threading.Thread(target=start) for _ in range(starts)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not failed and sorted(made) == sorted(
        tmp_path / f"work{k}" / "11_count.ipynb" for k in range(rounds)
    )
    for copy in made:
        assert [path.name for path in copy.parent.iterdir()] == ["11_count.ipynb"]
        assert len(nbformat.read(copy, as_version=4).cells) == 2


@pytest.mark.parametrize(
    "learner",
    [
        "my notes, not a notebook",
        "",
        '{"cells": [], "metadata": {}}',
        '{"cells": [], "metadata": {"gancourse": {"lesson": ["x"]}}}',
        10_000 * "[",
        "[1]",
    ],
)
def test_a_learner_s_file_is_never_touched(notebooks, tmp_path, learner):
    mine = tmp_path / "work" / "11_count.ipynb"
    mine.parent.mkdir()
    mine.write_text(learner)
    copies = lessons.copy_lessons(notebooks, tmp_path / "work")
    assert copies == lessons.Copies([], [], [])
    assert mine.read_text() == learner and os.listdir(mine.parent) == [mine.name]


def change(copy, what):
    """Change a copy as a learner does; its last change is of the 26th of November 2026."""
    notebook = nbformat.read(copy, as_version=4)
    what(notebook.cells)
    nbformat.write(notebook, copy)
    day = time.mktime((2026, 11, 26, 12, 0, 0, 0, 0, -1))
    os.utime(copy, (day, day))
    return copy.read_bytes()


def answer(cells):
    cells[1].source = "print('my answer')"


def run(cells):
    cells[1].outputs, cells[1].execution_count = [new_output("stream", text="1\n")], 1


def attach(cells):
    cells[0].attachments = {"brain.png": {"image/png": "AAAA"}}


def add(cells):
    cells.append(new_markdown_cell("My notes"))


@pytest.mark.parametrize("what", [answer, run, attach, add])
def test_a_copy_whose_lesson_has_changed_is_set_aside(notebooks, tmp_path, what):
    work = tmp_path / "work"
    (copy,) = lessons.copy_lessons(notebooks, work).made
    mine = change(copy, what)
    assert lessons.copy_lessons(notebooks, work) == lessons.Copies([], [], [])  # the lesson is the same
    write(notebooks, "print(2)")
    aside = work / "11_count (2026-11-26).ipynb"
    assert lessons.copy_lessons(notebooks, work) == lessons.Copies([copy], [aside], [])
    assert aside.read_bytes() == mine
    assert nbformat.read(copy, as_version=4).cells[1].source == "print(2)"
    assert lessons.copy_lessons(notebooks, work) == lessons.Copies([], [], [])
    assert sorted(os.listdir(work)) == sorted([copy.name, aside.name])


def test_a_copy_that_nobody_used_is_replaced(notebooks, tmp_path):
    work = tmp_path / "work"
    (copy,) = lessons.copy_lessons(notebooks, work).made
    nbformat.write(nbformat.read(copy, as_version=4), copy)  # opened and saved, no more
    write(notebooks, "print(2)")
    assert lessons.copy_lessons(notebooks, work) == lessons.Copies([copy], [], [])
    assert nbformat.read(copy, as_version=4).cells[1].source == "print(2)"
    assert os.listdir(work) == [copy.name]


def test_no_name_is_taken_twice(notebooks, tmp_path):
    """Three lessons in a day, and a file of the learner's with the name that the first copy would get."""
    work, kept = tmp_path / "work", []
    taken = work / "11_count (2026-11-26).ipynb"
    work.mkdir()
    taken.write_text("my notes")
    for number in range(2, 5):
        (copy,) = lessons.copy_lessons(notebooks, work).made
        kept.append(change(copy, answer))
        write(notebooks, f"print({number})")
    lessons.copy_lessons(notebooks, work)
    assert taken.read_text() == "my notes"
    names = [work / f"11_count (2026-11-26, {number}).ipynb" for number in (2, 3, 4)]
    assert [name.read_bytes() for name in names] == kept
    assert all(lessons.set_aside_from(name) == "11_count" for name in [taken, *names])


def test_a_date_that_no_calendar_has(notebooks, tmp_path):
    (copy,) = lessons.copy_lessons(notebooks, tmp_path / "work").made
    change(copy, answer)
    os.utime(copy, (1e12, 1e12))
    write(notebooks, "print(2)")
    (aside,) = lessons.copy_lessons(notebooks, tmp_path / "work").set_aside
    assert lessons.set_aside_from(aside) == "11_count"


def test_starts_at_once_set_one_copy_aside_and_lose_nothing(notebooks, tmp_path):
    starts, rounds = 4, 25
    folders = [tmp_path / f"work{number}" for number in range(rounds)]
    mine = {}
    for folder in folders:
        (copy,) = lessons.copy_lessons(notebooks, folder).made
        mine[folder] = change(copy, answer)
    write(notebooks, "print(2)")
    barrier, done, failed = threading.Barrier(starts), [], []

    def start():
        try:
            for folder in folders:
                barrier.wait()
                done.append(lessons.copy_lessons(notebooks, folder))
        except Exception as error:
            failed.append(error)
            barrier.abort()

    threads = [threading.Thread(target=start) for _ in range(starts)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not failed and not [stuck for copies in done for stuck in copies.stuck]
    for folder in folders:
        (aside,) = [path for copies in done for path in copies.set_aside if path.parent == folder]
        assert aside.read_bytes() == mine[folder]
        assert sorted(os.listdir(folder)) == sorted(["11_count.ipynb", aside.name])
        assert nbformat.read(folder / "11_count.ipynb", as_version=4).cells[1].source == "print(2)"


def test_another_start_s_new_copy_is_not_set_aside(notebooks, tmp_path, monkeypatch):
    """Between looking at a copy and moving it, another start has set it aside and made a new one."""
    work = tmp_path / "work"
    (copy,) = lessons.copy_lessons(notebooks, work).made
    mine = change(copy, answer)
    write(notebooks, "print(2)")
    take, asides = lessons._take_name, []

    def other_start_first(copy):
        monkeypatch.setattr(lessons, "_take_name", take)
        asides.extend(lessons.copy_lessons(notebooks, work).set_aside)
        return take(copy)

    monkeypatch.setattr(lessons, "_take_name", other_start_first)
    assert not lessons.copy_lessons(notebooks, work).set_aside
    assert [aside.read_bytes() for aside in asides] == [mine]
    assert sorted(os.listdir(work)) == sorted([copy.name, asides[0].name])
    assert nbformat.read(copy, as_version=4).cells[1].source == "print(2)"


def test_what_is_saved_at_that_moment_is_kept(notebooks, tmp_path, monkeypatch):
    (copy,) = lessons.copy_lessons(notebooks, tmp_path / "work").made
    change(copy, answer)
    write(notebooks, "print(2)")
    take, saved = lessons._take_name, []

    def saved_meanwhile(copy):
        saved.append(change(copy, lambda cells: cells[1].update(source="print('a better answer')")))
        return take(copy)

    monkeypatch.setattr(lessons, "_take_name", saved_meanwhile)
    (aside,) = lessons.copy_lessons(notebooks, tmp_path / "work").set_aside
    assert [aside.read_bytes()] == saved


def test_a_copy_that_cannot_be_renamed_stays(notebooks, tmp_path, monkeypatch):
    """As on Windows, where another program has it open."""
    work = tmp_path / "work"
    (copy,) = lessons.copy_lessons(notebooks, work).made
    mine = change(copy, answer)
    write(notebooks, "print(2)")

    def refuse(*_):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(os, "replace", refuse)
    assert lessons.copy_lessons(notebooks, work) == lessons.Copies([], [], [copy])
    assert copy.read_bytes() == mine and os.listdir(work) == [copy.name]


@pytest.mark.parametrize("protected", ["folder", "copy"])
def test_what_cannot_be_read_or_written_is_left_alone(notebooks, tmp_path, protected):
    work = tmp_path / "work"
    (copy,) = lessons.copy_lessons(notebooks, work).made
    mine = change(copy, answer)
    write(notebooks, "print(2)")
    place, mode = (work, 0o555) if protected == "folder" else (copy, 0o000)
    place.chmod(mode)
    try:
        if os.access(place, os.R_OK | os.W_OK):
            pytest.skip("this user may read and write everything")
        if protected == "folder":
            with pytest.raises(InputError, match="cannot be written"):
                lessons.copy_lessons(notebooks, work)
        else:
            assert lessons.copy_lessons(notebooks, work) == lessons.Copies([], [], [])
    finally:
        place.chmod(0o755)
    assert copy.read_bytes() == mine and os.listdir(work) == [copy.name]


def test_jupyterlab_opens_on_the_copies(notebooks, tmp_path):
    work, token = tmp_path / "work", secrets.token_hex(8)
    lessons.copy_lessons(notebooks, work)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--port={port}", "--no-browser", f"--IdentityProvider.token={token}"]
    code = "from pathlib import Path; from gancourse.teaching import lessons\n"
    code += f"lessons.open_lab(Path({str(work)!r}), {options!r})"
    env = os.environ | {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "jupyter")}
    env.pop("JUPYTER_CONFIG_PATH", None)
    log = tmp_path / "log"
    with log.open("w") as stderr:
        server = subprocess.Popen([sys.executable, "-c", code], stdout=stderr, stderr=stderr, env=env)
    try:
        contents = json.loads(get(f"http://127.0.0.1:{port}/api/contents", token, server, log))
        assert [entry["name"] for entry in contents["content"]] == ["11_count.ipynb"]
        page = get(f"http://127.0.0.1:{port}/lab", token, server, log)
        settings = json.loads(
            page.split('id="jupyter-config-data" type="application/json">')[1].split("</script>")[0]
        )
        assert "@jupyterlab/apputils-extension:announcements" in settings["disabledExtensions"]
        first = get(f"http://127.0.0.1:{port}/", token, server, log)  # it leads to the start page
        assert 'href="../lab/tree/' in first and "GANs for Medical Imaging" in first
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()


def get(url, token, server, log):
    """The answer, once the server is up."""
    request = urllib.request.Request(url, headers={"Authorization": f"token {token}"})
    for _ in range(3000):
        assert server.poll() is None, log.read_text()
        try:
            return urllib.request.urlopen(request, timeout=20).read().decode()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(log.read_text())
