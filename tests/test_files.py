"""Files: the old one or the whole new one, whoever else writes; and what cannot be written is said before."""

import builtins
import errno
import os
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from gancourse import files
from gancourse.errors import InputError
from gancourse.files import require_writable, write_beside


def put(path, data=b"new", **options):
    return write_beside(path, lambda file: file.write(data), **options)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_whole_new_file_or_the_old_one(tmp_path):
    path = tmp_path / "made" / "a.txt"
    assert put(path, b"old") and path.read_bytes() == b"old"

    def fail(file):
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_beside(path, fail)
    assert path.read_bytes() == b"old" and names(path.parent) == ["a.txt"]
    assert not put(path, replace=False) and path.read_bytes() == b"old"
    assert put(path) and path.read_bytes() == b"new" and names(path.parent) == ["a.txt"]


def test_a_file_is_created_once_without_links(tmp_path, monkeypatch):
    def link(*_):
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", link)
    assert put(tmp_path / "a", b"old", replace=False) and not put(tmp_path / "a", replace=False)
    assert (tmp_path / "a").read_bytes() == b"old" and names(tmp_path) == ["a"]


def test_what_a_killed_process_left_is_removed_and_what_a_live_one_writes_is_not(tmp_path):
    child = (
        "import os, sys; from gancourse.files import write_beside\n"
        "def write(file): file.write(b'half'); print(flush=True); sys.stdin.read()\n"
        "write_beside(sys.argv[1], write)"
    )
    path, other = tmp_path / "a[1].nii", tmp_path / "a"
    writer = subprocess.Popen(
        [sys.executable, "-c", child, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    writer.stdout.readline()
    (half,) = names(tmp_path)
    put(path)
    assert names(tmp_path) == sorted([half, "a[1].nii"])  # it lives
    writer.kill()
    writer.communicate()
    (tmp_path / f".a[1].nii.{writer.pid}.part").touch()  # as an older version named it
    (tmp_path / f".a[1].nii.{os.getpid()}.part").touch()  # of an earlier process with this one's number
    (tmp_path / f".a[1].nii.{writer.pid}-0-elsewhere.part").touch()  # on a shared disk
    put(other)
    assert half in names(tmp_path)  # it is another file's
    put(path)
    assert names(tmp_path) == sorted([f".a[1].nii.{writer.pid}-0-elsewhere.part", "a", "a[1].nii"])


def test_threads_that_write_one_file_do_not_meet(tmp_path):
    path, barrier, failed = tmp_path / "a", threading.Barrier(8), []

    def work(number):
        try:
            for _ in range(20):
                barrier.wait()
                put(path, bytes([number]) * 1000)
        except (OSError, InputError) as error:  # pragma: no cover
            failed.append(error)
            barrier.abort()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not failed and names(tmp_path) == ["a"]
    assert len(data := path.read_bytes()) == 1000 and len(set(data)) == 1


def refusals(tmp_path):
    (tmp_path / "file").touch()
    return [
        (tmp_path, {}, "not a file"),
        (tmp_path / "file", {"folder": True}, "not a folder"),
        (tmp_path / "file" / "below" / "a", {}, "not a folder"),
        (tmp_path / "file" / "below", {"folder": True}, "not a folder"),
        (tmp_path / ("x" * 300), {}, "too long"),
        (os.devnull, {}, "not a file"),
    ]


def test_what_cannot_be_written_is_one_line_and_leaves_nothing(tmp_path):
    for path, options, said in refusals(tmp_path):
        with pytest.raises(InputError, match=f"cannot be written.*{said}.*another place"):
            require_writable(path, **options)
        if not options:
            with pytest.raises(InputError, match="cannot be written"):
                put(path)
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
@pytest.mark.parametrize("call", ["open", "fsync"])
def test_a_full_or_a_read_only_disk_is_said_before(tmp_path, monkeypatch, code, call):
    def fail(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(*((builtins, "open") if call == "open" else (os, "fsync")), fail)
    for ask in (lambda: require_writable(tmp_path / "a" / "b"), lambda: put(tmp_path / "a")):
        with pytest.raises(InputError, match=f"cannot be written .{os.strerror(code)}"):
            ask()
    monkeypatch.undo()
    assert names(tmp_path) == []


def test_protected_files_and_too_little_room(tmp_path, monkeypatch):
    path = tmp_path / "a"
    require_writable(path, size=1)
    require_writable(tmp_path / "new" / "folder", folder=True)
    path.touch()
    require_writable(path)
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _: SimpleNamespace(free=5_000_000))
    with pytest.raises(InputError, match="needs 6 MB and 5 MB are free"):
        require_writable(path, size=6_000_000)
    monkeypatch.setattr(os, "access", lambda place, mode: place != path)
    with pytest.raises(InputError, match="write-protected"):
        require_writable(path)
    assert names(tmp_path) == ["a"]
