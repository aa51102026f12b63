"""Fixtures for tests in a browser: one server and one Chromium a session, a fresh page each."""

import secrets
from pathlib import Path

import pytest
from browser import built_site, harness
from playwright.sync_api import expect

expect.set_options(timeout=1000 * harness.PATIENCE)


def pytest_collection_modifyitems(config, items):
    """Without Chromium, one test stands for all of them: skipped, in one line that says why."""
    mine = [item for item in items if Path(__file__).parent in item.path.parents]
    if mine and harness.CHROMIUM is None:
        mine[0].add_marker(pytest.mark.skip(reason=f"{len(mine)} browser tests: {harness.NO_CHROMIUM}"))
        items[:] = [item for item in items if item not in mine[1:]]
        config.hook.pytest_deselected(items=mine[1:])


@pytest.fixture(scope="session")
def chromium():
    with harness.browsing() as browser:
        yield browser


@pytest.fixture(scope="session")
def site():
    """The address of the built site."""
    with built_site.serving() as address:
        yield address


@pytest.fixture
def visit(chromium, site):
    """A function: address in the site -> its page. No page may ask elsewhere, miss a file, or complain."""
    with built_site.visiting(chromium, site) as visit:
        yield visit


@pytest.fixture(scope="session")
def server(chromium, tmp_path_factory):
    with harness.serving(tmp_path_factory.mktemp("notebooks")) as server:
        yield server


@pytest.fixture(scope="module")
def open_notebook(chromium, server):
    """A function: a notebook in the server's folder, or its cells' sources -> the notebook, opened and run.

    `seconds` is what all its cells may take; what follows goes to `Server.open`. When the module's tests are
    over, the consoles of their pages must be free of errors.
    """
    opened = []

    def open_notebook(
        *sources: str | Path, run: bool = True, seconds: float = harness.PATIENCE, **options
    ) -> harness.Notebook:
        path = sources[0]
        if not isinstance(path, Path):
            path = harness.write_notebook(server.folder / f"{secrets.token_hex(4)}.ipynb", *sources)
        notebook = server.open(chromium, str(path.relative_to(server.folder)), **options)
        opened.append(notebook)
        if run:
            notebook.run_all(seconds)
        return notebook

    yield open_notebook
    for notebook in opened:
        notebook.close()
    errors = [error for notebook in opened for error in notebook.errors]
    assert not errors, "\n".join(errors)
