"""A real JupyterLab and a real browser: one server, one Chromium, notebooks opened, run and looked at.

    with serving(folder) as server, browsing() as browser:
        notebook = server.open(browser, "11_count.ipynb")
        notebook.run_all()
        notebook.page.get_by_role("slider", name="Truncation").press("ArrowLeft")
        assert notebook.errors == []

What makes it reliable: a workspace of its own for each opening, commands instead of menus, and waiting for a
state of the page or of the kernel, never for some time. GANCOURSE_TEST_SLOWDOWN=4 slows pages four times.
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    *(
        os.path.join(os.environ.get(place, ""), "Google", "Chrome", "Application", "chrome.exe")
        for place in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
    ),
)
NAMED = os.environ.get("GANCOURSE_TEST_BROWSER")  # another browser, by its path
CHROMIUM = next(filter(None, map(shutil.which, [NAMED] if NAMED else BROWSERS)), None)
INSTALL = (
    "install it by `sudo apt-get install chromium` on Debian, `brew install --cask google-chrome` on macOS, "
    "or `winget install Google.Chrome` on Windows"
)
NO_CHROMIUM = f"no Chromium or Chrome on this machine; {INSTALL}"
SLOWDOWN = float(os.environ.get("GANCOURSE_TEST_SLOWDOWN", "1"))
PATIENCE = 120 * SLOWDOWN  # s that a page may take for anything, on a busy machine too

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none", "autoStartDefaultKernel": True},
    "docmanager-extension/plugin": {"autosave": False},
}
CONFIG = """
c.ServerApp.open_browser = False
c.LabApp.expose_app_in_browser = True
c.JupyterNotebookApp.expose_app_in_browser = True
"""

# Of the document in front, once its kernel rests and answers.
READY = """() => {
    const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
    return session?.isReady && session.session?.kernel?.status === "idle";
}"""

# What the cells of that document raised, but for those that should.
RAISED = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
    .filter((cell) => cell.type === "code" && !cell.getMetadata("tags")?.includes("raises-exception"))
    .flatMap((cell) => cell.outputs.toJSON())
    .filter((output) => output.output_type === "error")
    .map((output) => `${output.ename}: ${output.evalue}`)
"""


def write_notebook(path: Path, *sources: str) -> Path:
    """A notebook of code cells, not run."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


# anywidget gives up when a widget's page is not ready in 2 s, as on a busy machine.
PATIENT = """() => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    AbortSignal.timeout = (ms) => timeout(100 * ms);
}"""


def shorten(path: Path, last: str) -> Path:
    """Leave out of a notebook what comes after the first code cell with these words."""
    notebook = nbformat.read(path, as_version=4)
    sources = [cell.source if cell.cell_type == "code" else "" for cell in notebook.cells]
    notebook.cells = notebook.cells[: next(k for k, source in enumerate(sources) if last in source) + 1]
    nbformat.write(notebook, path)
    return path


def new_page(browser: Browser, **options) -> Page:
    """Open a fresh page, as slow as SLOWDOWN says; `options` are those of Playwright's `new_context`."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.add_init_script(f"({PATIENT})()")
    if SLOWDOWN != 1:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    return page


class Notebook:
    """A notebook in a browser's page.

    `errors` collects what the page's console complains of from its opening to its closing. While it loads and
    when its kernel ends, Jupyter's own parts complain: those are not a widget's. Nor are errors in which no
    code but JupyterLab's core had a part, such as a node that it removes twice on a slow machine.
    """

    def __init__(self, page: Page):
        self.page, self.errors, self.listens = page, [], False
        page.on("pageerror", lambda error: self._note(error.stack or str(error)))
        page.on("console", lambda message: message.type == "error" and self._note(message.text))

    def _note(self, error: str) -> None:
        frames = re.findall(r"^\s+at (.*)$", error, re.MULTILINE)
        if self.listens and not (frames and all("jlab_core" in frame for frame in frames)):
            self.errors.append(error)

    def command(self, name: str, **arguments) -> None:
        """Carry out one of Jupyter's commands, such as "notebook:run-all-cells", and wait for its end."""
        self.page.evaluate(
            "([name, arguments]) => window.jupyterapp.commands.execute(name, arguments).then(() => null)",
            [name, arguments],
        )

    def python(self, code: str) -> str:
        """What code prints in the kernel, which runs it after all that the page has asked for before."""
        return self.page.evaluate(
            """async (code) => {
                const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
                const future = kernel.requestExecute({ code });
                let printed = "";
                future.onIOPub = ({ header, content }) => {
                    if (header.msg_type === "stream") printed += content.text;
                };
                await future.done;
                return printed;
            }""",
            code,
        ).strip()

    def run_all(self, seconds: float = PATIENCE) -> None:
        """Run every cell from the top; an AssertionError says what a cell raised."""
        self.page.evaluate(
            """() => {
                window.ran = false;
                window.jupyterapp.commands.execute("notebook:run-all-cells").then(() => (window.ran = true));
            }"""
        )
        self.page.wait_for_function("() => window.ran", timeout=1000 * seconds)
        raised = self.page.evaluate(RAISED)
        assert not raised, "\n".join(raised)
        self.page.wait_for_function(READY)

    def save(self) -> Path:
        """Save it; where its file lies, relative to the server's folder."""
        self.command("docmanager:save")
        return Path(self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path"))

    def use_theme(self, name: str) -> None:
        """Switch to the theme "JupyterLab Light" or "JupyterLab Dark" and wait until it is there."""
        self.command("apputils:change-theme", theme=name)
        self.page.locator(f"body[data-jp-theme-name='{name}']").wait_for(state="attached")

    def close(self) -> None:
        """End its kernel, if there is one, and close the page."""
        self.listens = False
        if not self.page.is_closed():
            self.page.evaluate("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.shutdown()")
            self.page.context.close()

    @staticmethod
    def pixels(canvas: Locator) -> str:
        """What a canvas shows, as a data URL: equal for equal pictures."""
        return canvas.evaluate("canvas => canvas.toDataURL()")

    def violations(self, selector: str) -> list[str]:
        """What axe-core calls serious or critical in a part of the page."""
        found = Axe().run(self.page, selector).response["violations"]
        return [f"{v['id']}: {v['help']}" for v in found if v["impact"] in ("serious", "critical")]


class Widget:
    """A widget on a notebook's page, the first with this class, with its parts by their roles."""

    def __init__(self, notebook: Notebook, name: str):
        self.notebook, self.page, self.name = notebook, notebook.page, name
        self.root = self.page.locator(f".{name}").first
        self.root.wait_for()
        self.caption = self.root.locator("figcaption").first

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def rests(self) -> None:
        """Wait until Python has heard of everything."""
        asked = self.root.evaluate_handle("root => root")
        self.page.wait_for_function("root => root.dataset.asked === root.dataset.answered", arg=asked)

    def logic(self, what: str):
        """What Python says of `widget.logic`."""
        return json.loads(self.notebook.python(f"import json; print(json.dumps(widget.logic.{what}))"))

    def violations(self) -> list[str]:
        """What axe-core complains of, in both themes; the light one stays."""
        found = []
        for theme in ("JupyterLab Dark", "JupyterLab Light"):
            self.notebook.use_theme(theme)
            found += self.notebook.violations(f".{self.name}")
        return found

    def lose_kernel(self) -> None:
        """End the kernel, of which Jupyter complains."""
        self.notebook.listens = False
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.shutdown()")


class Server:
    """A running Jupyter server on a folder of notebooks."""

    def __init__(self, folder: Path, url: str, token: str):
        self.folder, self.url, self.token = folder, url, token

    def log(self) -> str:
        """What it has said."""
        return (self.folder / ".home" / "log").read_text()

    def open(
        self, browser: Browser, name: str, app: str = "lab", size: tuple[int, int] = (1280, 800), **options
    ) -> Notebook:
        """Open a notebook of the folder in a fresh page, and wait until its kernel is ready.

        Args:
            app: "lab" for JupyterLab, "notebook" for Notebook 7.
            size: of the page, in CSS pixels.
            options: of Playwright's `new_context`.
        """
        viewport = {"width": size[0], "height": size[1]}
        page = new_page(browser, viewport=viewport, **options)
        notebook = Notebook(page)
        place = f"doc/workspaces/{secrets.token_hex(4)}/tree" if app == "lab" else "notebooks"
        page.goto(f"{self.url}/{place}/{name}?token={self.token}")
        page.locator(".jp-Notebook:visible").wait_for()
        page.wait_for_function(READY)
        notebook.listens = True
        return notebook


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A Jupyter server on a free port, with settings of its own; its kernels import this checkout."""
    home = folder / ".home"
    for name, values in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    (home / "config.py").write_text(CONFIG)
    token = secrets.token_hex(16)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        **{f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")},
        "IPYTHONDIR": str(home / "ipython"),
    }
    command = [sys.executable, "-m", "jupyterlab", f"--config={home / 'config.py'}", f"--port={port}"]
    command += [f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}", "--allow-root"]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{url}/api/status?token={token}", process, home / "log")
        yield Server(folder, url, token)
    finally:
        process.terminate()  # it ends its kernels
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(url: str, process: subprocess.Popen, log: Path, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=20):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(log.read_text())


@contextmanager
def browsing() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()
