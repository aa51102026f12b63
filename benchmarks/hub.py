"""What a learner costs a server: memory and processor time, with a hub, accounts and lessons as in a class.

    sudo .venv/bin/python benchmarks/hub.py --learners 3 --lessons 41 43

It starts JupyterHub with book/teachers/jupyterhub_config.py on a free local port, starts a server for each
learner, runs the lessons one after the other for all learners at once, as Restart and Run All does, and
leaves each open. Memory is proportional set size: what learners share is split among them. The accounts stay.
"""

import argparse
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil
import requests
import websocket

ROOT = Path(__file__).resolve().parents[1]
CONFIG = """
load_subconfig({settings!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/secret"
c.ConfigurableHTTPProxy.pid_file = "{folder}/proxy.pid"
c.JupyterHub.services = [{{"name": "class", "api_token": {token!r}}}]
scopes = ["admin:users", "admin:servers", "access:servers"]
c.JupyterHub.load_roles = [{{"name": "class", "services": ["class"], "scopes": scopes}}]
"""


@dataclass
class Use:
    """Memory (MB) and processor time (s) of one account's processes."""

    memory: float = 0.0
    seconds: float = 0.0

    @classmethod
    def of(cls, account: str) -> "Use":
        use = cls()
        for process in psutil.process_iter(["username"]):
            if process.info["username"] == account:
                try:
                    use.memory += process.memory_full_info().pss / 1e6
                    use.seconds += sum(process.cpu_times()[:2])
                except psutil.NoSuchProcess:
                    continue
        return use


@dataclass
class Watch:
    """Looks at accounts every two seconds and keeps the most memory that each had."""

    accounts: list[str]
    most: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def running(self):
        over = threading.Event()

        def look():
            while not over.is_set():
                over.wait(2)
                for account in self.accounts:
                    self.most[account] = max(self.most.get(account, 0.0), Use.of(account).memory)

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield self
        finally:
            over.set()
            thread.join()


class Hub:
    """A running hub, asked over its own interface."""

    def __init__(self, url: str, token: str):
        self.url, self.headers = url, {"Authorization": f"token {token}"}

    def ask(self, method: str, path: str, **options) -> requests.Response:
        answer = requests.request(method, self.url + path, headers=self.headers, timeout=120, **options)
        answer.raise_for_status()
        return answer

    def start_server(self, learner: str) -> float:
        """Seconds until a learner's JupyterLab answers."""
        start = time.perf_counter()
        self.ask("POST", f"/hub/api/users/{learner}/server")
        while not self.ask("GET", f"/hub/api/users/{learner}").json()["servers"].get("", {}).get("ready"):
            assert time.perf_counter() - start < 180, f"{learner}: no server after three minutes"
            time.sleep(0.5)
        self.ask("GET", f"/user/{learner}/lab")
        return time.perf_counter() - start

    def run_lesson(self, learner: str, name: str) -> float:
        """Seconds that a learner's own copy of a lesson takes from top to bottom; its kernel stays."""
        start = time.perf_counter()
        base = f"/user/{learner}/api"
        content = self.ask("GET", f"{base}/contents/{name}").json()["content"]
        session = {"path": name, "name": name, "type": "notebook", "kernel": {"name": "python3"}}
        kernel = self.ask("POST", f"{base}/sessions", json=session).json()["kernel"]["id"]
        url = f"{self.url.replace('http', 'ws')}{base}/kernels/{kernel}/channels"
        channel = websocket.create_connection(url, header=self.headers, timeout=300)
        for cell in nbformat.from_dict(content).cells:
            if cell.cell_type == "code":
                run_cell(channel, "".join(cell.source), f"{learner}, {name}")
        channel.close()
        return time.perf_counter() - start


def run_cell(channel: websocket.WebSocket, code: str, where: str) -> None:
    """Send a cell to a kernel and wait until the kernel rests; an AssertionError says what it raised."""
    header = {
        "msg_id": secrets.token_hex(8),
        "msg_type": "execute_request",
        "version": "5.3",
        "session": "class",
    }
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    channel.send(json.dumps(message))
    while True:
        opcode, frame = channel.recv_data()
        if opcode != websocket.ABNF.OPCODE_TEXT:
            continue  # a widget's picture
        answer = json.loads(frame)
        if answer["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        assert answer["msg_type"] != "error", f"{where}: {answer['content']['evalue']}\n{code}"
        if answer["msg_type"] == "status" and answer["content"]["execution_state"] == "idle":
            return


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextmanager
def serving():
    """The hub with the class' settings, on this machine only; stopped with all its servers."""
    with tempfile.TemporaryDirectory() as folder:
        port, hub_port, proxy_port = free_ports(3)
        token, log = secrets.token_hex(16), Path(folder) / "log"
        config = Path(folder) / "config.py"
        settings = str(ROOT / "book" / "teachers" / "jupyterhub_config.py")
        config.write_text(CONFIG.format(**locals()))
        env = os.environ | {"GANCOURSE_PASSWORD": secrets.token_hex(8)}
        command = [str(Path(sys.executable).with_name("jupyterhub")), "-f", str(config)]
        with log.open("w") as stream:
            process = subprocess.Popen(command, env=env, cwd=folder, stdout=stream, stderr=stream)
        hub = Hub(f"http://127.0.0.1:{port}", token)
        try:
            for _ in range(120):
                assert process.poll() is None, log.read_text()
                try:
                    hub.ask("GET", "/hub/api/users")
                    break
                except requests.RequestException:
                    time.sleep(0.5)
            yield hub, psutil.Process(process.pid)
        except Exception:
            print(log.read_text()[-5000:], file=sys.stderr)
            raise
        finally:
            process.terminate()  # it ends its servers and its proxy
            process.wait(60)


def spread(values: list[float], digits: int = 0) -> str:
    return f"{statistics.mean(values):,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--learners", type=int, default=3)
    parser.add_argument("--lessons", nargs="+", default=["41", "43"])
    options = parser.parse_args()
    if not Path(sys.executable).with_name("jupyterhub").exists():
        sys.exit("JupyterHub is not installed here: see 'Set up' in book/teachers/serve.md")
    learners = [f"learner{number:02d}" for number in range(1, options.learners + 1)]
    lessons = [next((ROOT / "notebooks").glob(f"{lesson}_*.ipynb")).name for lesson in options.lessons]
    print(f"{len(learners)} learners, {os.cpu_count()} cores; mean (smallest to largest) of the learners")
    with serving() as (hub, process), ThreadPoolExecutor(len(learners)) as pool:
        started = list(pool.map(hub.start_server, learners))
        own = [process, *(child for child in process.children() if child.username() == process.username())]
        print(f"hub and proxy: {sum(one.memory_full_info().pss for one in own) / 1e6:.0f} MB")
        print(f"a server's start: {spread(started, 1)} s")
        before = {learner: Use.of(learner) for learner in learners}
        print(f"JupyterLab, no lesson open: {spread([use.memory for use in before.values()])} MB")
        for lesson in lessons:
            with Watch(learners).running() as watch:
                taken = list(pool.map(hub.run_lesson, learners, [lesson] * len(learners)))
            time.sleep(5)
            after = {learner: Use.of(learner) for learner in learners}
            more = [after[learner].memory - before[learner].memory for learner in learners]
            seconds = [after[learner].seconds - before[learner].seconds for learner in learners]
            print(f"\n{lesson}, top to bottom: {spread(taken)} s, processor {spread(seconds)} s")
            print(f"  all of a learner's processes, at most: {spread(list(watch.most.values()))} MB")
            print(f"  and with the lesson left open: {spread([use.memory for use in after.values()])} MB")
            print(f"  the lesson alone, left open: {spread(more)} MB")
            before = after
        time.sleep(30)
        idle = [(Use.of(learner).seconds - before[learner].seconds) / 30 for learner in learners]
        print(f"\nopen and idle: {spread([100 * share for share in idle], 1)} % of a core")


if __name__ == "__main__":
    main()
