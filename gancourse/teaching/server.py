"""An extension of the Jupyter server: the course's start page, and a kernel's messages leave at once.

The page is in `start_page.py`. As to the messages: a moved slider is answered by two, "busy" and then the
picture. Without `TCP_NODELAY` the second waits until the first is acknowledged (Nagle's algorithm), and that
is put off for 40 ms. `pyproject.toml` installs `server.json`, which switches this extension on.
"""

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Serve the start page, and have the sockets between this server and its pages send without delay."""
    from gancourse.teaching import start_page  # here: only a running server needs it

    app.web_app.add_handlers(".*$", start_page.handlers(app.base_url))
    settings = app.web_app.settings
    base: Any = settings["kernel_websocket_connection_class"]

    class Prompt(base):
        def connect(self):
            self.websocket_handler.set_nodelay(True)
            return super().connect()

    settings["kernel_websocket_connection_class"] = Prompt
