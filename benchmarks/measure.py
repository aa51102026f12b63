"""How things are measured: repeats and their spread, two things in turns, and how busy the machine is."""

import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
BUSY = 0.1  # of a core: others that take more make a measurement doubtful

#: What was measured, what came of it, and what it should be ("" for no aim).
Line = tuple[str, str, str]
Run = Callable[[], object]


def seconds(run: Run, repeats: int = 5) -> list[float]:
    """Time some runs, in seconds, after one that is not counted."""
    run()
    return [once(run) for _ in range(repeats)]


def once(run: Run) -> float:
    """Time one run, in seconds."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def in_turns(a: Callable[[], float], b: Callable[[], float], pairs: int = 10) -> list[tuple[float, float]]:
    """Call two functions in turns, A B A B ...; the first call of each is not counted.

    Whatever slows the machine down slows both, so that the ratio of a pair can be trusted where neither of
    its numbers can.
    """
    a(), b()
    return [(a(), b()) for _ in range(pairs)]


def spread(values: list[float], unit: str = "s") -> str:
    """Say median and range, as "0.21 s (0.20 to 0.24)"."""
    return f"{statistics.median(values):.3g} {unit} ({min(values):.3g} to {max(values):.3g})".replace(
        "  ", " "
    )


def ratio(pairs: list[tuple[float, float]], scale: float = 1.0) -> str:
    """Say the ratio of what was measured in turns, pair by pair, with its spread."""
    return f"{spread([scale * a / b for a, b in pairs], '')}, {len(pairs)} pairs in turns"


def in_fresh_process(function: Callable, *arguments) -> dict:
    """What one of the benchmarks' functions returns when it runs alone in its own Python."""
    code = f"import json; from {function.__module__} import {function.__name__} as run; "
    code += f"print(json.dumps(run(*{arguments!r})))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    if out.returncode:
        raise SystemExit(out.stderr)
    return json.loads(out.stdout.splitlines()[-1])


class Elsewhere:
    """Runs that live in a process of their own and are timed there on request.

    Args:
        make: one of the benchmarks' functions that returns runs by name; it is called in that process.
        arguments: of it, as JSON can hold them.

    Raises:
        RuntimeError: the process ended before it was ready; what it complained of is on the screen.
    """

    def __init__(self, make: Callable[..., dict[str, Run]], *arguments):
        command = [sys.executable, "-m", "benchmarks.measure", make.__module__, make.__name__]
        self.process = subprocess.Popen(
            [*command, json.dumps(arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.names: list[str] = []
        if line := self._read():
            self.names = json.loads(line)
        else:
            raise RuntimeError(f"{make.__name__}: its process ended with status {self.process.wait()}")

    def _read(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def once(self, name: str) -> float:
        """Time one run, in seconds."""
        assert self.process.stdin
        print(name, file=self.process.stdin, flush=True)
        return float(self._read())

    def close(self) -> None:
        """End the process."""
        self.process.communicate()


def _serve(module: str, name: str, arguments: str) -> None:
    runs = getattr(importlib.import_module(module), name)(*json.loads(arguments))
    print(json.dumps(list(runs)), flush=True)
    for line in sys.stdin:
        print(once(runs[line.strip()]), flush=True)


def _taken_by_others() -> float:
    """Seconds of processor time that all but this process and its descendants have taken until now."""
    everything = psutil.cpu_times()
    idle = everything.idle + getattr(everything, "iowait", 0) + getattr(everything, "guest", 0)
    mine = 0.0
    for process in [me := psutil.Process(), *me.children(recursive=True)]:
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue  # it has just ended; its parent counts it
        mine += times.user + times.system + times.children_user + times.children_system
    return sum(everything) - idle - mine


@contextmanager
def watched() -> Iterator[list[float]]:
    """Note how many cores other processes keep busy meanwhile: one number, when the block is left."""
    found: list[float] = []
    before, start = _taken_by_others(), time.perf_counter()
    yield found
    found.append(max(0.0, (_taken_by_others() - before) / (time.perf_counter() - start)))


def busy(cores: float) -> str:
    """Say how busy other processes keep this machine, and whether that is too much to trust a time."""
    load = ", ".join(f"{x:.1f}" for x in psutil.getloadavg())
    said = f"others keep {cores:.1f} of {os.cpu_count()} cores busy (load average {load})"
    return f"BUSY MACHINE: {said}; trust the ratios only" if cores > BUSY else said


if __name__ == "__main__":
    _serve(*sys.argv[1:])
