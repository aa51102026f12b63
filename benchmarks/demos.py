"""The book's demos in a browser: until there is a picture, from a command to its picture, frames a second."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.measure import ROOT, Line, spread
from benchmarks.pages import frames_a_second

SITE = ROOT / "book" / "_build" / "html"

# Presses a button again and again; a mark of the page's root changes with each new picture.
PRESSED = """async ([root, button, mark, count]) => {
    const page = document.querySelector(root);
    const times = [];
    for (let k = 0; k < count; k++) {
        const [before, start] = [page.dataset[mark], performance.now()];
        page.querySelector(button).click();
        while (page.dataset[mark] === before) await new Promise((go) => setTimeout(go));
        times.push(performance.now() - start);
    }
    return times;
}"""
# Each dab of the brush adds to the drawing, or takes the last one away.
DABBED = """async ([name, count]) => {
    const root = document.querySelector(name);
    const board = root.querySelector(".board");
    const press = (type, key) => board.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true }));
    const times = [];
    for (let k = 0; k < count; k++) {
        const start = performance.now();
        if (k % 2) press("keydown", "z");
        else for (const type of ["keydown", "keyup"]) press(type, " ");
        while (root.dataset.shown !== root.dataset.drawn) await new Promise((go) => setTimeout(go));
        await new Promise((go) => requestAnimationFrame(go));
        times.push(performance.now() - start);
    }
    return times;
}"""


def demos(_folder: Path) -> Iterator[Line]:
    """The book's demos, from a server on this machine: networks in ONNX Runtime, and the playground."""
    from browser import harness

    if harness.CHROMIUM is None or not SITE.exists():
        yield harness.NO_CHROMIUM if SITE.exists() else f"{SITE}: run `make book`", "", ""
        return
    with serving() as address, harness.browsing() as browser:

        def opened(name: str, root: str):
            """Open a demo and return its page, and the seconds from the page's load to its first picture."""
            page = harness.new_page(browser)
            page.goto(f"{address}/{name}.html", wait_until="commit")
            page.wait_for_function(f"() => document.querySelector('{root}')?.dataset.painted")
            return page, page.evaluate("() => performance.now() / 1000")

        page, first = opened("this_brain", ".this-brain")
        yield "This brain: from the load to a picture", f"{first:.1f} s", "3 s at most"
        times = page.evaluate(PRESSED, [".this-brain", ".make", "painted", 30])
        yield "This brain: another patient", spread(times[5:], "ms"), "150 ms at most"
        page, _ = opened("live", ".latent-explorer")
        times = page.evaluate(PRESSED, [".latent-explorer", "button.new", "painted", 40])
        yield "Live without a kernel: another brain", spread(times[5:], "ms"), "60 ms at most"
        page, _ = opened("paint_patient", ".paint-patient")
        times = page.evaluate(DABBED, [".paint-patient", 40])
        yield "Paint a patient: a dab", spread(times[5:], "ms"), "200 ms at most"
        times = page.evaluate(PRESSED, [".paint-patient", ".ask", "answered", 8])
        yield "Paint a patient: the segmenter looks", spread(times[1:], "ms"), ""
        page, first = opened("paint_with_units", ".paint-with-units")
        yield "Paint with units: from the load to a picture", f"{first:.1f} s", "3 s at most"
        times = page.evaluate(DABBED, [".paint-with-units", 40])
        yield "Paint with units: a dab", spread(times[5:], "ms"), "200 ms at most"
        page, _ = opened("playground", ".playground")
        said, _ = frames_a_second(page)
        yield "Playground: frames a second", said, "30 at least"


class Quiet(SimpleHTTPRequestHandler):
    """Serve files without a line for each."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve the site from this machine, and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
