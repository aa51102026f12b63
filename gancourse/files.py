"""Writing files so that a reader finds the old file or the whole new one, never a part."""

import os
from pathlib import Path

from gancourse.errors import InputError


def write_beside(path: Path, write) -> None:
    """Call `write(file)` on a file beside, then rename it: `path` is the old file or the whole new one.

    Makes the folder if need be. Raises `InputError` where nothing can be written.
    """
    path = Path(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(beside, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(
            f"{path}: cannot be written ({reason}); make room or choose another place"
        ) from error
    finally:
        if beside.is_file():
            beside.unlink()
