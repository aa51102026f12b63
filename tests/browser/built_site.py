"""The built site in a browser, served from here; its pages may neither ask elsewhere nor complain.

`make test` builds the site first.
"""

import contextlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import make
from axe_playwright_python.sync_playwright import Axe
from browser import harness


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving():
    """Serve the site in a subfolder, as GitHub Pages does, and give its address."""
    assert (make.SITE / "index.html").exists(), "the site is not built: run `make book`"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(make.SITE.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{make.SITE.name}"
    server.shutdown()
    server.server_close()


@contextlib.contextmanager
def visiting(chromium, site):
    """Give a function: address in the site -> its page. Fail if one asked elsewhere or complained."""
    contexts, wrong = [], []

    def visit(address, size=(1280, 800), wait="load", **options):
        page = harness.new_page(
            chromium, viewport=dict(zip(("width", "height"), size, strict=True)), **options
        )
        contexts.append(page.context)
        page.on("request", lambda r: r.url.startswith((site, "data:", "blob:")) or wrong.append(r.url))
        page.on("response", lambda r: r.status < 400 or wrong.append(f"{r.status} {r.url}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
        page.goto(f"{site}/{address}", wait_until=wait)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)


def violations(page, rules=None):
    """What axe-core calls serious or critical, with the first places where it is; by all rules, or these."""
    # Without preload: axe would look for imported style sheets in the wrong folder.
    options = {"resultTypes": ["violations"], "preload": False}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{v['id']}: {v['help']}: {[node['html'][:120] for node in v['nodes'][:3]]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
