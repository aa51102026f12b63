"""The README's pictures of the site: python book/pictures.py, after `make book`."""

import io
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from browser import harness  # noqa: E402

SITE, IMAGES = harness.ROOT / "book" / "_build" / "html", harness.ROOT / "book" / "images"
DESKTOP, PHONE = (1100, 825), (390, 825)


def main() -> int:
    """Open pages and keep what is seen; status 1 where there is no Chromium or no site."""
    if not harness.CHROMIUM or not SITE.exists():
        print(
            f"error: {harness.NO_CHROMIUM if SITE.exists() else f'{SITE}: run `make book`'}", file=sys.stderr
        )
        return 1
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with harness.browsing() as browser:

        def picture(name, address, size=DESKTOP, act=lambda page: None, **options):
            context = browser.new_context(
                viewport=dict(zip(("width", "height"), size, strict=True)), **options
            )
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{server.server_port}/{address}")
            page.wait_for_load_state("networkidle")
            act(page)
            page.wait_for_timeout(2000)
            shot = Image.open(io.BytesIO(page.screenshot()))
            shot.thumbnail((size[0] // 2, size[1] // 2), Image.Resampling.LANCZOS)
            shot.convert("RGB").quantize(64).save(IMAGES / f"book-{name}.png", optimize=True)
            context.close()

        def figure(page):
            page.locator("figure.lesson-figure").nth(2).scroll_into_view_if_needed()

        def ventricles(page):
            page.wait_for_function("() => document.querySelector('.latent-explorer')?.dataset.painted")
            page.get_by_role("spinbutton", name="Seed").fill("4")
            page.get_by_role("spinbutton", name="Seed").press("Enter")
            page.get_by_role("slider", name="ventricle area").fill("1700")

        def slide(page):
            page.evaluate(
                """() => {
                    const figure = document.querySelectorAll("figure")[6].closest("section");
                    const { h, v } = Reveal.getIndices(figure);
                    Reveal.slide(h, v);
                }"""
            )

        lesson = "41_generate_brain_slices.html"
        picture("start", "index.html")
        picture("lesson", f"lessons/{lesson}", act=figure)
        picture("live", "live.html", act=ventricles)
        picture("slides", f"slides/{lesson}", act=slide)
        picture("phone", f"lessons/{lesson}", PHONE, act=figure, color_scheme="dark")
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
