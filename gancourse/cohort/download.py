"""Downloads that survive bad networks: a whole archive through gdown, or parts of it by HTTP ranges."""

import hashlib
import io
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gdown
import requests
from gdown.exceptions import DownloadError, FileURLRetrievalError

from gancourse.errors import InputError

TIMEOUT = (10, 60)  # seconds: to connect, and between two bytes
RETRIES = 5  # of a connection that brings nothing new
WAIT = 1.0  # seconds before the first of them, twice as long before each next one


@dataclass(frozen=True)
class Archive:
    """A published archive: id on Google Drive, address of the same bytes elsewhere, md5, rough size."""

    drive_id: str
    mirror: str
    md5: str
    size: int


def md5_of(path: Path) -> str:
    """Return the file's md5 in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _partial_files(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}????????.part"))  # as gdown names them


def partial_size(path: Path) -> int:
    """Return the number of bytes that interrupted downloads of `path` left beside it."""
    return sum(part.stat().st_size for part in _partial_files(path))


def download(
    archive: Archive, path: Path, progress: Callable[[int, int | None], None], say: Callable[[str], None]
) -> None:
    """Download the archive to `path` from Drive, else from the mirror, and checks its md5.

    What was cut off continues in the same call, in a later one, and from the other source: same bytes.
    `path` appears only when all bytes are there, and stays only if the md5 is right.

    Args:
        archive: what to download.
        path: where to.
        progress: called with the bytes there are and the bytes there will be, if known.
        say: called with one line for every source that failed.

    Raises:
        InputError: no source gave the archive; says why for each of them.
    """
    problems: dict[str, str] = {}
    for name in ("Google Drive", archive.mirror):
        drive = name == "Google Drive"
        again = True
        while again:
            before = partial_size(path)
            try:
                gdown.download(
                    url=None if drive else archive.mirror,
                    id=archive.drive_id if drive else None,
                    output=str(path),
                    quiet=True,
                    use_cookies=False,
                    resume=True,
                    timeout=TIMEOUT,
                    retries=RETRIES,
                    progress=progress,
                )
            except FileURLRetrievalError:
                problem = "a web page came instead of the file, as when its download quota is used up"
                again = False
            except (DownloadError, requests.RequestException, KeyError) as error:  # KeyError: missing header
                problem = f"{type(error).__name__}: {error}".partition("\n")[0]
                again = partial_size(path) > before
            else:
                if (found := md5_of(path)) == archive.md5:
                    return
                problem = f"md5 is {found}, expected {archive.md5}" + _page(path)
                path.unlink()
                again = before > 0  # the first bytes came from elsewhere: start afresh
            problems[name] = problem
            say(f"{name}: {problem}")
    reasons = "; ".join(f"{name}: {problem}" for name, problem in problems.items())
    kept = "".join(f"; {part} is continued then, delete it to start afresh" for part in _partial_files(path))
    raise InputError(
        f"{path}: no source gave the archive ({reasons}); check the network and run the same command again, "
        f"or put the archive from http://medicaldecathlon.com there by hand{kept}"
    )


def _page(path: Path) -> str:
    with open(path, "rb") as file:
        return " (it is a web page)" if file.read(512).lstrip().startswith(b"<") else ""


class RemoteFile(io.RawIOBase):
    """A file on a web server, read by HTTP ranges (RFC 9110, section 14) as if it were a local one.

    Raises `InputError` when the server is out of reach, does not serve ranges, or gives something else.
    """

    def __init__(self, url: str):
        super().__init__()
        self.url, self.size, self._position = url, 0, 0
        self._session = requests.Session()
        self._session.headers["Accept-Encoding"] = "identity"  # offsets count the file's own bytes
        self.fetch(0, 1)  # sets the size

    def fetch(self, start: int, stop: int) -> bytes:
        """Fetch the bytes from `start` up to, not including, `stop`, over as many connections as it takes."""
        data, failures = bytearray(), 0
        while len(data) < stop - start:
            before = len(data)
            problem = "the connection closed early"
            try:
                wanted = {"Range": f"bytes={start + before}-{stop - 1}"}
                with self._session.get(self.url, headers=wanted, stream=True, timeout=TIMEOUT) as answer:
                    self._check(answer, start + before)
                    for chunk in answer.iter_content(2**16):
                        data += chunk
            except requests.RequestException as error:
                problem = " ".join(str(error).split())
            failures = 0 if len(data) > before else failures + 1
            if failures > RETRIES:
                raise InputError(f"{self.url}: {problem}; check the network and run the same command again")
            if failures:
                time.sleep(WAIT * 2 ** (failures - 1))
        return bytes(data[: stop - start])

    def _check(self, answer: requests.Response, start: int) -> None:
        if answer.status_code >= 500 or answer.status_code in (408, 429):
            answer.raise_for_status()  # passing trouble: tried again
        given = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", answer.headers.get("Content-Range", ""))
        first, size = map(int, given.groups()) if given else (-1, -1)
        if answer.status_code != 206 or first != start or self.size not in (0, size):
            raise InputError(
                f"{self.url}: expected a part of the file (HTTP status 206), received {answer.status_code} "
                f"{answer.headers.get('Content-Type', '')}: the file changed or moved, or this network or "
                "server gives no parts; try another network, or fetch all (without a number of subjects)"
            )
        self.size = size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = origin + offset
        return self._position

    def readinto(self, buffer) -> int:
        data = self.fetch(self._position, min(self._position + len(buffer), self.size))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
