"""The pages in a browser: from a key to the picture on the screen, frames a second, and ms an image."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.measure import ROOT, Line, seconds, spread

sys.path.append(str(ROOT / "tests"))  # where the browser's harness is


def explorer(folder: Path) -> Iterator[Line]:
    """The latent explorer in JupyterLab: from a key on a slider to the changed picture on the screen."""
    from browser import harness

    if harness.CHROMIUM is None:
        yield harness.NO_CHROMIUM, "", ""
        return
    code = "from gancourse.teaching.widgets import LatentExplorer\nLatentExplorer({!r}, seed=8)"
    sliders = {
        "dcgan-t1": ("Truncation", "ventricle area", "Value of the dimension"),
        "dcgan-flair": ("tumour area",),
    }
    with harness.serving(folder) as server, harness.browsing() as browser:
        for weights, names in sliders.items():
            notebook = server.open(
                browser, harness.write_notebook(folder / f"{weights}.ipynb", code.format(weights)).name
            )
            notebook.run_all()
            for name in names:
                yield f"{name}: ms, key to picture", *key_to_picture(notebook.page, name)
            notebook.close()
    yield "of which the generator", *painting()


def key_to_picture(page, slider: str, moves: int = 60, warm_up: int = 10) -> tuple[str, str]:
    """Milliseconds from a key's own time stamp to the frame after the picture was drawn, as line and aim."""
    page.evaluate(
        """() => {
            window.taken = [];
            const root = document.querySelector(".latent-explorer");
            root.addEventListener("keydown", (event) => (window.pressed = event.timeStamp), true);
            new MutationObserver(() => {
                const pressed = window.pressed;
                requestAnimationFrame(() => window.taken.push(performance.now() - pressed));
            }).observe(root, { attributes: true, attributeFilter: ["data-painted"] });
        }"""
    )
    page.get_by_role("slider", name=slider).focus()
    for k in range(moves + warm_up):
        page.keyboard.press("ArrowLeft" if k // 20 % 2 == 0 else "ArrowRight")
        page.wait_for_function("k => window.taken.length > k", arg=k)
        page.wait_for_timeout(40)
    taken = page.evaluate("() => window.taken")[warm_up:]
    median, late = np.percentile(taken, (50, 95))
    said = f"median {median:.0f}, 95th percentile {late:.0f} ({min(taken):.0f} to {max(taken):.0f})"
    return said, "50 and 100 at most"


def painting() -> tuple[str, str]:
    """The compiled generator alone, one image at a time."""
    from gancourse.gans.latent import draw_latents
    from gancourse.teaching.widgets.explorer import load_source

    source = load_source("dcgan-t1")
    latents = iter(draw_latents(31, source.latent_dim))
    return spread([1000 * t for t in seconds(lambda: source.paint(next(latents)), 30)], "ms"), ""


def playground(folder: Path) -> Iterator[Line]:
    """The playground in JupyterLab: frames a second while its presets are played."""
    from browser import harness

    if harness.CHROMIUM is None:
        yield harness.NO_CHROMIUM, "", ""
        return
    from gancourse.teaching.widgets.playground_presets import PRESETS

    code = "from gancourse.teaching.widgets import Playground\nPlayground({!r})"
    with harness.serving(folder) as server, harness.browsing() as browser:
        for name in PRESETS:
            path = harness.write_notebook(folder / f"{name.replace(' ', '-')}.ipynb", code.format(name))
            notebook = server.open(browser, path.name)
            notebook.run_all()
            yield f"{name}: frames a second", *frames_a_second(notebook.page)
            notebook.close()


def frames_a_second(page, parts: int = 8, seconds_each: float = 1.0) -> tuple[str, str]:
    """Frames that the playground's page painted in each of some seconds of play, as line and aim."""
    count = "() => +document.querySelector('.playground').dataset.painted"
    first = page.evaluate(count)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"first => ({count})() > first + 10", arg=first, timeout=60_000)  # it is compiled
    rates = []
    for _ in range(parts):
        before, start = page.evaluate(count), time.perf_counter()
        page.wait_for_timeout(1000 * seconds_each)
        rates.append((page.evaluate(count) - before) / (time.perf_counter() - start))
    return spread(rates, ""), "15 at least"
