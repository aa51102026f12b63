"""A learner's copies: without outputs, never overwritten; JupyterLab opens on them."""

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
    assert copies.made == [tmp_path / "work" / "11_count.ipynb"] and not copies.outdated
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
    "learner", ["my notes, not a notebook", "", '{"cells": [], "metadata": {}}', 10_000 * "[", "[1]"]
)
def test_a_learner_s_file_is_never_touched(notebooks, tmp_path, learner):
    mine = tmp_path / "work" / "11_count.ipynb"
    mine.parent.mkdir()
    mine.write_text(learner)
    copies = lessons.copy_lessons(notebooks, tmp_path / "work")
    assert not copies.made and not copies.outdated
    assert mine.read_text() == learner


def test_an_outdated_copy_is_named_and_kept(notebooks, tmp_path):
    work = tmp_path / "work"
    (copy,) = lessons.copy_lessons(notebooks, work).made
    notebook = nbformat.read(copy, as_version=4)
    notebook.cells[1].source = "print('my answer')"
    nbformat.write(notebook, copy)
    mine = copy.read_bytes()
    assert not lessons.copy_lessons(notebooks, work).outdated  # the learner's change is not the lesson's
    write(notebooks, "print(2)")
    copies = lessons.copy_lessons(notebooks, work)
    assert copies.outdated == [copy] and not copies.made
    assert copy.read_bytes() == mine


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
