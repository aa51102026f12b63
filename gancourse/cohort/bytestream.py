"""The bytes of a file, read to their very end: checksums verified, lengths compared, memory bounded.

Readers of volumes take their bytes from here only. Nothing is allocated before the size that a header claims
has been held against the size of the file, and nothing is handed out before the whole file has been read.
"""

import gzip
import os
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np

from gancourse.errors import InputError

#: Environment variable: gigabytes of memory that reading one volume may take.
MAX_GB = "GANCOURSE_MAX_GB"
DEFAULT_GB = 1.0
CHUNK = 1 << 20
#: Bytes that one byte of a deflate stream can become at most.
DENSEST = 1032


@contextmanager
def open_bytes(path: Path) -> Iterator[tuple[IO[bytes], bool]]:
    """Open a regular file, decompressed if its content is gzip, whatever its name says.

    Yields:
        The stream, and whether it is decompressed.

    Raises:
        InputError: The file cannot be opened or is empty; or, while the stream is in use, it is damaged.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe would wait for ever
            raise InputError(f"{path}: not a regular file; give a volume file")
        with open(path, "rb") as file:
            magic = file.read(2)
            file.seek(0)
            if not magic:
                raise InputError(f"{path}: the file is empty (0 bytes); download or unpack it again")
            packed, named = magic == b"\x1f\x8b", path.name.lower().endswith(".gz")
            if packed:
                with gzip.GzipFile(fileobj=file) as stream:
                    _say_misnamed(path, packed, named)
                    yield cast("IO[bytes]", stream), True
            else:
                yield file, False
                _say_misnamed(path, packed, named)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; check the path") from error
    except PermissionError as error:
        raise InputError(f"{path}: no permission to read it; change its permissions") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"{path}: truncated or damaged gzip ({_reason(error)}); download or unpack it again"
        ) from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({_reason(error)}); download or unpack it again") from error


def _say_misnamed(path: Path, packed: bool, named: bool) -> None:
    if packed != named:
        what = "gzip, unlike its name" if packed else "not compressed, unlike its name"
        warnings.warn(f"{path}: its content is {what}; read as what it is, rename it", stacklevel=4)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__


def check_size(path: Path, claimed: int, packed: bool) -> None:
    """Raise `InputError` unless the bytes that a header claims, its own included, fit the file's size."""
    size = path.stat().st_size
    if claimed > size * DENSEST if packed else claimed != size:
        raise InputError(
            f"{path}: its header claims {claimed:,} bytes, which do not fit the file's {size:,}; it is "
            "truncated or damaged, download or unpack it again"
        )


def check_memory(path: Path, needed: int) -> None:
    """Raise `InputError` if reading a file takes more bytes of memory than `MAX_GB` allows."""
    text = os.environ.get(MAX_GB, "").strip() or str(DEFAULT_GB)
    try:
        limit = float(text)
    except ValueError:
        limit = 0.0
    if not limit > 0:
        raise InputError(f"{MAX_GB}={text}: expected gigabytes above 0, such as {DEFAULT_GB:g}; correct it")
    if needed > limit * 1e9:
        raise InputError(
            f"{path}: reading it takes {needed / 1e9:,.3g} GB of memory, and {limit:g} GB are allowed; crop "
            f"it, or allow more by --max-gb (in a lesson, by {MAX_GB})"
        )


def read_part(chunks: Iterator[bytes], path: Path, total: int, start: int, count: int) -> np.ndarray:
    """Read a stream of exactly `total` bytes to its end and keep `count` of them from `start` on.

    Returns:
        (count,) uint8.

    Raises:
        InputError: The stream is shorter or longer.
    """
    kept = np.empty(count, np.uint8)
    position = 0
    for chunk in chunks:
        low, high = max(start, position), min(start + count, position + len(chunk))
        if low < high:
            part = chunk[low - position : high - position]
            kept[low - start : high - start] = np.frombuffer(part, np.uint8)
        position += len(chunk)
        if position > total:  # at once: a small file may inflate to gigabytes
            break
    if position != total:
        what = "more" if position > total else f"{total - position:,} fewer"
        raise InputError(
            f"{path}: it holds {what} bytes than its header claims; truncated or damaged, download or "
            "unpack it again"
        )
    return kept


def inflated(stream: IO[bytes]) -> Iterator[bytes]:
    """Inflate the rest of a stream, which is one zlib stream, piece by piece, and verify its checksum.

    Raises:
        EOFError: It ends early.
        zlib.error: It is damaged, or something follows it.
    """
    inflater = zlib.decompressobj()
    while not inflater.eof:
        packed = inflater.unconsumed_tail or stream.read(CHUNK)
        chunk = inflater.decompress(packed, CHUNK)
        if not packed and not chunk:
            raise EOFError("compressed voxels end early")
        yield chunk
    if inflater.unused_data or stream.read(1):
        raise zlib.error("bytes follow the compressed voxels")
