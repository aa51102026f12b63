"""The arithmetic of `make bench`: operations by hand, and two things measured in turns."""

import re
import subprocess
import sys

import keras
import psutil
import pytest

from benchmarks import measure, operations


@pytest.mark.parametrize(
    ("layer", "shape", "multiplications"),
    [
        # 4 x 4 outputs of 7 channels, each from 3 x 5 x 3 inputs
        (keras.layers.Conv2D(7, (3, 5), 2, "valid"), (9, 11, 3), 4 * 4 * 7 * 3 * 5 * 3),
        # "same" and a step of 2: 5 x 6 outputs; what falls on the padding counts
        (keras.layers.Conv2D(7, (3, 5), 2, "same"), (9, 11, 3), 5 * 6 * 7 * 3 * 5 * 3),
        # each of 5 x 3 inputs of 2 channels is spread over 4 x 4 outputs of 3 channels
        (keras.layers.Conv2DTranspose(3, 4, 2, "same"), (5, 3, 2), 5 * 3 * 2 * 4 * 4 * 3),
        (keras.layers.Conv2DTranspose(3, (4, 3), 3, "valid"), (5, 3, 2), 5 * 3 * 2 * 4 * 3 * 3),
        (keras.layers.Dense(5), (13,), 13 * 5),
        (keras.layers.Dense(5, use_bias=False), (3, 7, 13), 3 * 7 * 13 * 5),
        (keras.layers.LeakyReLU(), (9, 11, 3), 0),
    ],
)
def test_operations_of_a_layer_by_hand(layer, shape, multiplications):
    network = keras.Sequential([keras.Input(shape), layer])
    assert operations.of_network(network) == 2 * multiplications


def test_operations_of_a_step_by_hand():
    generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(5), keras.layers.Dense(7)])
    discriminator = keras.Sequential([keras.Input((7,)), keras.layers.Dense(1)])
    forward = 2 * (3 * 5 + 5 * 7), 2 * 7
    # G: forward, and backward to weights and inputs. D: the same for real and for generated images,
    # and forward and to its inputs once more while G learns.
    assert operations.of_gan_step(generator, discriminator) == 3 * forward[0] + (2 * 3 + 2) * forward[1]


def test_what_is_compared_is_measured_in_turns():
    calls = []

    def clock(name, values):
        values = iter(values)
        return lambda: calls.append(name) or next(values)

    # The machine is three times as slow in the second half, and the ratio does not mind.
    a, b = clock("a", [9.0, 2, 2, 6, 6]), clock("b", [9.0, 1, 1, 3, 3])
    pairs = measure.in_turns(a, b, pairs=4)
    assert "".join(calls) == "ab" * 5 and pairs == [(2, 1), (2, 1), (6, 3), (6, 3)]
    assert measure.ratio(pairs, scale=0.25) == "0.5 (0.5 to 0.5), 4 pairs in turns"
    assert measure.spread([1.0, 2.0, 4.0]) == "2 s (1 to 4)"


def test_a_process_of_its_own_times_its_runs():
    worker = measure.Elsewhere(toy_runs, 3)
    try:
        assert worker.names == ["run 0", "run 1", "run 2"]
        assert all(worker.once(name) > 0 for name in worker.names)
    finally:
        worker.close()
    with pytest.raises(RuntimeError, match="broken: its process ended with status 1"):
        measure.Elsewhere(broken)


def toy_runs(count):
    return {f"run {k}": lambda: sum(range(1000)) for k in range(count)}


def broken():
    raise ModuleNotFoundError("torch")


def test_a_busy_machine_is_said(monkeypatch):
    taken, clock = iter([10.0, 13.0]), iter([100.0, 102.0])
    monkeypatch.setattr(measure, "_taken_by_others", lambda: next(taken))
    monkeypatch.setattr(measure.time, "perf_counter", lambda: next(clock))
    with measure.watched() as others:
        pass
    assert others == [1.5]  # 3 s of processor time in 2 s
    assert measure.busy(1.5).startswith("BUSY MACHINE: others keep 1.5 of ")
    assert re.match(r"others keep 0\.0 of \d+ cores busy \(load average ", measure.busy(0.04))


def test_this_process_and_its_descendants_are_none_of_the_others(monkeypatch):
    burn = "import time\nwhile time.process_time() < 1: pass"
    used = psutil.cpu_times()
    monkeypatch.setattr(measure.psutil, "cpu_times", lambda: used)  # as if nothing at all ran meanwhile
    before = measure._taken_by_others()
    subprocess.run([sys.executable, "-c", burn], check=True)
    assert measure._taken_by_others() <= before - 0.9


def test_sections_are_listed_and_an_unknown_one_is_refused():
    command = [sys.executable, "-m", "benchmarks", "cohorts"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=measure.ROOT)
    assert run.returncode == 2 and "no section cohorts; there are import, cohort" in run.stderr
