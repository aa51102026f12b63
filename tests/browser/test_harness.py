"""The harness itself: a notebook's mistakes and a page's complaints are noticed."""

import pytest

from gancourse.teaching import progress


def test_what_a_cell_raises_is_said(open_notebook):
    notebook = open_notebook("1 / 0", run=False)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        notebook.run_all()


def test_what_the_console_complains_of_is_noted(open_notebook):
    notebook = open_notebook("print(1)")
    with notebook.page.expect_event("console"):
        notebook.page.evaluate("() => console.error('alas')")
    with notebook.page.expect_event("pageerror"):
        notebook.page.evaluate("() => void setTimeout(() => { throw new Error('oh no'); })")
    assert len(notebook.errors) == 2 and "alas" in notebook.errors[0] and "oh no" in notebook.errors[1]
    notebook.errors.clear()


def test_the_server_sends_without_delay(server):
    assert "gancourse.teaching.server | extension was successfully loaded" in server.log()


def test_what_a_check_said_is_in_the_saved_notebook(open_notebook, server):
    lesson = "from gancourse.teaching.checks import lesson31 as checks"
    notebook = open_notebook(lesson, "checks.axial(lambda *_: 3)", "checks.axial(...)")
    path = server.folder / notebook.save()
    (outcome,) = progress.read_outcomes("ana", path)
    assert (outcome.exercise, outcome.state) == ("31.axial", "not yet") and outcome.hint
