"""Collect the wheels of everything that the course installs in one folder, for laptops without a network."""

import subprocess
import sys
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from gancourse.errors import InputError
from gancourse.files import require_writable
from gancourse.project import project_root

_LINUX = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_26", "manylinux_2_24", "manylinux2014")

#: For each platform, the tags of its wheels, and what the markers of requirements.lock read.
PLATFORMS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "linux": (
        tuple(f"{tag}_x86_64" for tag in _LINUX),
        {"sys_platform": "linux", "os_name": "posix", "platform_machine": "x86_64"},
    ),
    "linux-arm": (
        tuple(f"{tag}_aarch64" for tag in _LINUX),
        {"sys_platform": "linux", "os_name": "posix", "platform_machine": "aarch64"},
    ),
    "macos": (("macosx_14_0_arm64",), {"sys_platform": "darwin", "os_name": "posix"}),
    "windows": (("win_amd64",), {"sys_platform": "win32", "os_name": "nt"}),
}

#: Bytes of the largest platform's wheels.
SIZE = 950 * 10**6

#: What installs the course itself, `pip install --no-deps -e .`; pure Python, the same on every platform.
BUILD = ("hatchling", "editables")


def make_wheelhouse(out: Path, platform: str | None = None, python: str | None = None) -> int:
    """Download every wheel of requirements.lock to `out`; wheels that are there are not fetched again.

    Args:
        out: the folder; made if missing. Platforms and Pythons may share one.
        platform: one of `PLATFORMS`; this machine's if not given.
        python: the laptops' Python, such as "3.12"; this one if not given.

    Returns:
        The bytes of all wheels in `out`.

    Raises:
        InputError: an unknown platform or Python, `out` cannot be written, or pip did not get a wheel.
    """
    if platform is not None and platform not in PLATFORMS:
        raise InputError(f"--platform {platform}: unknown; name one of {', '.join(PLATFORMS)}")
    python = python or f"{sys.version_info.major}.{sys.version_info.minor}"
    if python not in ("3.11", "3.12", "3.13"):
        raise InputError(f"--python {python}: the course runs on 3.11, 3.12 and 3.13; name one of them")
    there = sum(wheel.stat().st_size for wheel in out.glob("*.whl"))
    require_writable(out, folder=True, size=SIZE - there)
    out.mkdir(parents=True, exist_ok=True)
    lock = (project_root() / "requirements.lock").read_text().splitlines()
    tags = PLATFORMS[platform][0] if platform else ()
    options = [word for tag in tags for word in ("--platform", tag)]
    _download(out, ["--no-deps", "--python-version", python, *options, *needed(lock, platform, python)])
    _download(out, list(BUILD))
    return sum(wheel.stat().st_size for wheel in out.glob("*.whl"))


def needed(lock: list[str], platform: str | None, python: str) -> list[str]:
    """Select the pins of a lock that hold for a platform and a Python, without their markers.

    pip's own `--platform` leaves markers to the machine that it runs on.

    Raises:
        InputError: a line of the lock is not a requirement.
    """
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    environment |= PLATFORMS[platform][1] if platform else {}
    pins = []
    for line in lock:
        try:
            requirement = Requirement(line)
        except InvalidRequirement as error:
            raise InputError(
                f"requirements.lock: {line!r} is not a requirement ({error}); run make lock"
            ) from None
        if requirement.marker is None or requirement.marker.evaluate(environment):
            pins.append(f"{requirement.name}{requirement.specifier}")
    return pins


def _download(out: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "-q"]
    command += ["--only-binary", ":all:", "--dest", str(out), *arguments]
    said = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if said.returncode:
        errors = [line for line in said.stderr.splitlines() if line.startswith("ERROR")]
        raise InputError(
            f"{out}: {(errors or ['pip failed'])[-1]}; check the network and run it again: it resumes"
        )
