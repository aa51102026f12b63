"""Write files so that a reader finds the old file or the whole new one, never a part."""

import contextlib
import glob
import itertools
import os
import platform
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import psutil

from gancourse.errors import InputError

_numbers = itertools.count()
_being_written: set[str] = set()


def write_beside(path: Path, write: Callable[[BinaryIO], object], *, replace: bool = True) -> bool:
    """Write a temporary file beside `path` and rename it, so that no reader finds an incomplete file.

    Also make the folder if it is missing, and remove what killed processes left of the same file.

    Args:
        path: where the file goes.
        write: writes the content to a binary file.
        replace: whether to replace a file that exists.

    Returns:
        Whether the file was written; False only if one existed and was not to be replaced.

    Raises:
        InputError: nothing can be written there.
    """
    path = Path(path)
    beside = name_beside(path)
    try:
        _require_kind(path, path, folder=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(path)
        with open(beside, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        return _put(beside, path, replace)
    except OSError as error:
        raise _refusal(path, error.strerror or error) from error
    finally:
        discard(beside)


def require_writable(path: Path, *, folder: bool = False, size: int = 0) -> None:
    """Raise `InputError` unless `path` can be written, before the work that is to be stored there.

    A byte is written in the folder, or in the nearest one above it that exists, and removed.

    Args:
        path: a file, existing or not.
        folder: whether `path` is a folder for files instead.
        size: bytes that will be needed at least.
    """
    path = Path(path)
    _require_kind(path, path, folder)
    place = path if folder else path.parent
    while not os.path.exists(place) and place != place.parent:
        place = place.parent
    _require_kind(path, place, folder=True)
    probe = name_beside(path, place)
    try:
        if os.path.exists(path) and not os.access(path, os.W_OK):
            raise PermissionError(None, "write-protected")
        try:
            with open(probe, "xb") as file:
                file.write(b"\0")
                file.flush()
                os.fsync(file.fileno())
        finally:
            discard(probe)
        free = shutil.disk_usage(place).free
    except OSError as error:
        raise _refusal(path, error.strerror or error) from error
    if free < size:
        raise _refusal(path, f"it needs {size / 1e6:,.0f} MB and {free / 1e6:,.0f} MB are free")


def _refusal(path: Path, reason: object) -> InputError:
    return InputError(f"{path}: cannot be written ({reason}); make room or choose another place")


def _require_kind(path: Path, place: Path, folder: bool) -> None:
    """Refuse a place that exists and is not a folder, or not a file: a device must never be replaced."""
    if os.path.exists(place) and not (os.path.isdir(place) if folder else os.path.isfile(place)):
        raise _refusal(path, f"{place} is not a {'folder' if folder else 'file'}")


def name_beside(path: Path, folder: Path | None = None) -> Path:
    """Name a hidden file or folder, by default beside `path`, that no other thread or process names."""
    beside = (folder or path.parent) / f".{path.name}.{os.getpid()}-{next(_numbers)}-{platform.node()}.part"
    _being_written.add(beside.name)
    return beside


def discard(beside: Path) -> None:
    """Remove a file or folder that `name_beside` named, if it is there."""
    with contextlib.suppress(OSError):
        if os.path.isdir(beside):
            shutil.rmtree(beside)
        else:
            beside.unlink()
    _being_written.discard(beside.name)


def remove_leftovers(path: Path) -> None:
    """Remove the parts of `path`, files or folders, that no process of this machine is writing any more."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        pid, _, rest = part.name[len(path.name) + 2 : -len(".part")].partition("-")
        machine = rest.partition("-")[2]
        if not pid.isdecimal() or machine not in ("", platform.node()) or part.name in _being_written:
            continue
        if int(pid) == os.getpid() or not psutil.pid_exists(int(pid)):
            discard(part)


def _put(beside: Path, path: Path, replace: bool) -> bool:
    if replace:
        os.replace(beside, path)
        return True
    try:
        os.link(beside, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        try:
            open(path, "xb").close()
        except FileExistsError:
            return False
        os.replace(beside, path)
    return True
