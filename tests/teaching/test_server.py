"""The extension of the Jupyter server, on a stand-in for the server."""

from types import SimpleNamespace

from gancourse.teaching import server


class Connection:
    def __init__(self, handler):
        self.websocket_handler = handler

    def connect(self):
        return "connected"


def test_sockets_send_without_delay():
    settings, asked, served = {"kernel_websocket_connection_class": Connection}, [], []
    web_app = SimpleNamespace(settings=settings, add_handlers=lambda host, handlers: served.extend(handlers))
    server._load_jupyter_server_extension(SimpleNamespace(web_app=web_app, base_url="/user/ana/"))
    connection = settings["kernel_websocket_connection_class"](SimpleNamespace(set_nodelay=asked.append))
    assert connection.connect() == "connected" and asked == [True]
    assert isinstance(connection, Connection)
    assert all(place.startswith("/user/ana/gancourse/") for place, _ in served) and len(served) == 5


def test_the_server_finds_it():
    assert server._jupyter_server_extension_points() == [{"module": "gancourse.teaching.server"}]
