"""The extension of the Jupyter server, on a stand-in for the server."""

from types import SimpleNamespace

from gancourse.teaching import server


class Connection:
    def __init__(self, handler):
        self.websocket_handler = handler

    def connect(self):
        return "connected"


def test_sockets_send_without_delay():
    settings, asked = {"kernel_websocket_connection_class": Connection}, []
    server._load_jupyter_server_extension(SimpleNamespace(web_app=SimpleNamespace(settings=settings)))
    connection = settings["kernel_websocket_connection_class"](SimpleNamespace(set_nodelay=asked.append))
    assert connection.connect() == "connected" and asked == [True]
    assert isinstance(connection, Connection)


def test_the_server_finds_it():
    assert server._jupyter_server_extension_points() == [{"module": "gancourse.teaching.server"}]
