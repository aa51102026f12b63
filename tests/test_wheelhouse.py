"""The wheelhouse: what a lock needs elsewhere, and what pip is asked for."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_cli import one_error_line, run

from gancourse import wheelhouse
from gancourse.cli import app
from gancourse.errors import InputError

LOCK = [
    "numpy==2.4.1",
    "appnope==1.0.0 ; sys_platform == 'darwin'",
    "overrides==7.7.0 ; python_full_version < '3.12'",
    "pexpect==4.9.0 ; sys_platform != 'emscripten' and sys_platform != 'win32'",
    "pywinpty==3.1.2 ; os_name == 'nt'",
    "tensorflow-cpu==2.21.0 ; platform_machine == 'aarch64'",
]


@pytest.mark.parametrize(
    ("platform", "python", "names"),
    [
        ("linux", "3.11", ["numpy==2.4.1", "overrides==7.7.0", "pexpect==4.9.0"]),
        ("linux", "3.12", ["numpy==2.4.1", "pexpect==4.9.0"]),
        ("linux-arm", "3.13", ["numpy==2.4.1", "pexpect==4.9.0", "tensorflow-cpu==2.21.0"]),
        ("macos", "3.12", ["numpy==2.4.1", "appnope==1.0.0", "pexpect==4.9.0"]),
        ("windows", "3.12", ["numpy==2.4.1", "pywinpty==3.1.2"]),
    ],
)
def test_markers_are_read_for_the_laptop_and_not_for_this_machine(platform, python, names):
    assert wheelhouse.needed(LOCK, platform, python) == names


def test_without_a_platform_the_markers_are_this_machine_s():
    lock = (Path(wheelhouse.__file__).parents[1] / "requirements.lock").read_text().splitlines()
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    pins = wheelhouse.needed(lock, None, python)
    assert 150 < len(pins) <= len(lock)
    for pin in pins:
        importlib.metadata.version(pin.split("==")[0])  # installed here, so needed here


def test_a_line_that_is_no_requirement_is_named():
    with pytest.raises(InputError, match="'numpy 2' is not a requirement"):
        wheelhouse.needed(["numpy 2"], None, "3.12")


def test_pip_is_asked_for_the_pins_of_the_laptop(monkeypatch, tmp_path):
    asked = []

    def pip(command, **options):
        asked.append(command[command.index("--dest") + 2 :])
        (tmp_path / "out" / f"{len(asked)}.whl").write_bytes(b"12345678")
        return subprocess.CompletedProcess(command, 0, stderr="")

    monkeypatch.setattr(subprocess, "run", pip)
    assert wheelhouse.make_wheelhouse(tmp_path / "out", "windows", "3.12") == 16
    first, second = asked
    assert first[:5] == ["--no-deps", "--python-version", "3.12", "--platform", "win_amd64"]
    assert any(pin.startswith("pywinpty==") for pin in first)
    assert not any(pin.startswith("pexpect==") for pin in first)
    assert second == ["hatchling", "editables"]  # or the course itself could not be installed


@pytest.mark.parametrize(
    ("options", "said"), [(["--platform", "amiga"], "amiga"), (["--python", "3.10"], "3.10")]
)
def test_what_cannot_be_downloaded_is_one_line(tmp_path, options, said):
    result = run(app, ["wheelhouse", "--out", str(tmp_path / "out"), *options])
    assert said in one_error_line(result)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_said_before_pip_runs(monkeypatch, tmp_path):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: 1 / 0)
    (tmp_path / "file").touch()
    result = run(app, ["wheelhouse", "--out", str(tmp_path / "file" / "out")])
    assert "file/out: cannot be written" in one_error_line(result)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=10**6))
    assert "needs 950 MB" in one_error_line(run(app, ["wheelhouse", "--out", str(tmp_path)]))


def test_pip_s_error_is_said(monkeypatch, tmp_path):
    stderr = "WARNING: retrying\nERROR: No matching distribution found for numpy==2.4.1\n"
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1, stderr=stderr)
    )
    result = run(app, ["wheelhouse", "--out", str(tmp_path)])
    assert "No matching distribution found for numpy==2.4.1" in one_error_line(result)
