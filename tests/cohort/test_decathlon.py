"""`fetch` against a server on this machine that drops, corrupts, refuses, and answers with a web page."""

import errno
import gzip
import hashlib
import io
import json
import os
import random
import re
import signal
import tarfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import nibabel
import numpy as np
import pytest
import requests

from gancourse.cohort import decathlon, download
from gancourse.cohort.decathlon import FOLDER, fetch
from gancourse.cohort.download import Archive
from gancourse.errors import InputError

NAMES = (
    "BRATS_457",
    "BRATS_306",
    "BRATS_206",
    "BRATS_449",
    "BRATS_318",
    "BRATS_172",
    "BRATS_029",
    "BRATS_140",
)
QUOTA_PAGE = b"""<!DOCTYPE html><html><head><title>Google Drive - Quota exceeded</title></head><body>
<p class="uc-error-caption">Sorry, you can't view or download this file at this time.</p>
<p class="uc-error-subcaption">Too many users have viewed or downloaded this file recently. Please try
accessing the file again later.</p></body></html>"""


# --- archives


def nifti(shape: tuple[int, ...], dtype: str, seed: int) -> bytes:
    """A gzipped NIfTI of noise, which does not compress."""
    values = np.random.default_rng(seed).integers(0, 255, shape).astype(dtype)
    return gzip.compress(nibabel.Nifti1Image(values, np.eye(4)).to_bytes(), 1, mtime=0)


def content() -> dict[str, bytes]:
    """The archive's files in the order of the real one, and what macOS adds to archives."""
    images = {f"imagesTr/{name}.nii.gz": nifti((36, 36, 24, 4), "float32", i) for i, name in enumerate(NAMES)}
    labels = {f"labelsTr/{name}.nii.gz": nifti((36, 36, 24), "uint8", 90 + i) for i, name in enumerate(NAMES)}
    pairs = [{"image": f"./imagesTr/{name}.nii.gz", "label": f"./labelsTr/{name}.nii.gz"} for name in NAMES]
    dataset = {"name": "BRATS", "numTraining": 8, "training": pairs, "test": ["./imagesTs/BRATS_500.nii.gz"]}
    files = images | {"imagesTs/BRATS_500.nii.gz": nifti((8, 8, 8, 4), "float32", 80)}
    files |= {"dataset.json": json.dumps(dataset).encode()} | labels
    return {f"{FOLDER}/{name}": data for name, data in files.items()}


def tar_of(files: dict[str, bytes], *extra: tarfile.TarInfo, format: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as tar:
        for name, data in files.items():
            path = Path(name)
            for member, payload in ((path.with_name(f"._{path.name}"), b"\0\5\x16\7junk"), (path, data)):
                info = tarfile.TarInfo(member.as_posix())
                info.size, info.mtime = len(payload), 1530000000.25  # a fraction makes a pax header
                info.uname = "s" * 40 if format == tarfile.PAX_FORMAT else "s"
                tar.addfile(info, io.BytesIO(payload))
        for info in extra:
            tar.addfile(info)
    return out.getvalue()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return content()


@pytest.fixture(scope="module")
def tar(files: dict[str, bytes]) -> bytes:
    return tar_of(files)


# --- the server


@dataclass
class Served:
    """One address of the server: what it gives, and how it fails."""

    data: bytes = b""
    status: int = 200
    type: str = "application/x-tar"
    disposition: str | None = None
    ranges: bool = True
    drop_after: int | None = None  # bytes of a response after which the connection is cut
    drops: int = 0  # how many responses are cut
    corrupt_at: int | None = None  # offset of a byte that is changed
    corruptions: int = 0  # in how many responses
    interrupt_at: int | None = None  # offset at which somebody presses Ctrl-C
    interrupt_when: Callable[[], bool] = lambda: True  # and what the client has done by then
    asked: list[str | None] = field(default_factory=list)
    sent: int = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        served: Served = self.server.served.get(self.path.split("?")[0], Served(b"gone", 404, "text/plain"))
        wanted = self.headers.get("Range")
        served.asked.append(wanted)
        start, stop, status = 0, len(served.data), served.status
        if wanted and served.ranges and status == 200:
            first, last = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted).groups()
            start, stop, status = int(first), min(stop, int(last or stop) + 1), 206
        body = bytearray(served.data[start:stop])
        if served.corruptions and served.corrupt_at is not None and start <= served.corrupt_at < stop:
            served.corruptions -= 1
            body[served.corrupt_at - start] ^= 0xFF
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(served.data)}")
        if served.disposition:
            self.send_header("Content-Disposition", served.disposition)
        self.send_header("Content-Type", served.type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut = served.drops > 0 and served.drop_after is not None and served.drop_after < len(body)
        if cut:
            served.drops -= 1
            body = body[: served.drop_after]
        at = None if served.interrupt_at is None else served.interrupt_at - start
        try:
            if at is not None and 0 <= at < len(body):
                served.interrupt_at = None
                self.wfile.write(body[:at])
                while not served.interrupt_when():  # until the client has read so much
                    time.sleep(0.05)
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.2)
                body, cut = body[at:], True
            served.sent += len(body)
            self.wfile.write(body)
        except ConnectionError:
            cut = True
        self.close_connection = self.close_connection or cut

    def log_message(self, *args) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tar: bytes):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.mirror = Served(tar)
        self.drive = Served(QUOTA_PAGE, type="text/html; charset=utf-8")
        self.served = {"/mirror.tar": self.mirror, "/drive": self.drive}
        self.archive = Archive(
            "1A2IU8Sgea1h3fYLpYtFb2v7NYdMjvEhU", f"{self.address}/mirror.tar", md5(tar), len(tar)
        )

    def handle_error(self, *args) -> None:
        pass


@pytest.fixture
def server(tar, monkeypatch):
    """A server that is also what `drive.google.com` leads to. Without waiting between tries."""
    server = Server(tar)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    original = requests.Session.request

    def request(self, method, url, *args, **kwargs):
        url = re.sub(r"^https://(drive|docs)\.google\.com/", f"{server.address}/drive?", url)
        assert url.startswith("http://127.0.0.1:"), f"a test asked for {url}"
        return original(self, method, url, *args, **kwargs)

    monkeypatch.setattr(requests.Session, "request", request)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(random, "uniform", lambda low, high: 0.0)  # gdown's wait between tries
    monkeypatch.setattr(download, "RETRIES", 2)
    monkeypatch.setattr(download, "WAIT", 0.0)
    monkeypatch.setattr(decathlon, "TAIL", 300_000)
    monkeypatch.setattr(decathlon, "PIECE", 200_000)
    yield server
    server.shutdown()
    server.server_close()


def md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def requests_made(server: Server) -> int:
    return len(server.mirror.asked) + len(server.drive.asked)


# --- the whole archive


def test_takes_drive_when_it_gives_the_file(server, tar, files, tmp_path):
    server.drive.data, server.drive.disposition = tar, 'attachment; filename="Task01_BrainTumour.tar"'
    assert fetch(tmp_path, archive=server.archive) == tmp_path / FOLDER
    assert tree(tmp_path) == files  # no ._ files, no archive, no staging folder
    assert not server.mirror.asked


def test_passes_drives_page_about_viruses(server, tar, files, tmp_path):
    page = f"""<html><body><form id="download-form" action="{server.address}/large" method="get">
    <input type="hidden" name="confirm" value="t"></form></body></html>"""
    server.drive.data = page.replace("\n", "").encode()
    server.served["/large"] = Served(tar, disposition='attachment; filename="x.tar"')
    fetch(tmp_path, archive=server.archive)
    assert tree(tmp_path) == files
    assert not server.mirror.asked


def test_falls_back_to_the_mirror_on_the_quota_page_and_says_so(server, files, tmp_path, capfd):
    fetch(tmp_path, archive=server.archive)
    assert tree(tmp_path) == files
    assert "Google Drive: a web page came instead of the file" in capfd.readouterr().err


def test_a_second_call_downloads_nothing(server, tmp_path):
    fetch(tmp_path, archive=server.archive)
    before = requests_made(server)
    fetch(tmp_path, archive=server.archive)
    fetch(tmp_path, subjects=3, archive=server.archive)
    assert requests_made(server) == before


def test_continues_after_dropped_connections(server, files, tmp_path):
    server.mirror.drop_after, server.mirror.drops = (
        600_000,
        3,
    )  # more often than RETRIES, but each brings something
    fetch(tmp_path, archive=server.archive)
    assert tree(tmp_path) == files
    assert [asked for asked in server.mirror.asked if asked] == [f"bytes={k * 2**19}-" for k in (1, 2, 3)]


def test_continues_what_an_earlier_call_left(server, tar, files, tmp_path):
    (tmp_path / f"{FOLDER}.tarabcdefgh.part").write_bytes(tar[:1_500_000])
    fetch(tmp_path, archive=server.archive)
    assert tree(tmp_path) == files
    assert "bytes=1500000-" in server.mirror.asked


@pytest.fixture
def ctrl_c():
    """Ctrl-C works, also in a process started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_leaves_a_partial_that_the_next_call_continues(server, files, tmp_path):
    server.mirror.interrupt_at = 1_600_000
    server.mirror.interrupt_when = lambda: any(
        part.stat().st_size >= 2**20 + 2**19 for part in tmp_path.glob("*.part")
    )
    with pytest.raises(KeyboardInterrupt):
        fetch(tmp_path, archive=server.archive)
    (partial,) = tmp_path.glob("*.part")
    assert partial.stat().st_size >= 2**20
    fetch(tmp_path, archive=server.archive)
    assert tree(tmp_path) == files
    assert f"bytes={2**20 + 2**19}-" in server.mirror.asked


def test_starts_afresh_when_what_it_continued_was_wrong(server, files, tmp_path):
    (tmp_path / f"{FOLDER}.tarabcdefgh.part").write_bytes(bytes(1_500_000))
    fetch(tmp_path, archive=server.archive)
    assert tree(tmp_path) == files


def test_wrong_bytes_from_all_sources(server, tar, tmp_path):
    server.mirror.corrupt_at, server.mirror.corruptions = 1_000_000, 99
    with pytest.raises(
        InputError, match=rf"md5 is \w+, expected {md5(tar)}.*run the same command again"
    ) as caught:
        fetch(tmp_path, archive=server.archive)
    assert "Google Drive: a web page" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert tree(tmp_path) == {}


def test_a_page_in_the_archives_place(server, tmp_path):
    server.mirror.data, server.mirror.type = QUOTA_PAGE, "text/html"
    with pytest.raises(InputError, match="it is a web page"):
        fetch(tmp_path, archive=server.archive)


def test_a_server_without_ranges_keeps_the_partial_and_says_so(server, tar, tmp_path):
    server.mirror.ranges = False
    partial = tmp_path / f"{FOLDER}.tarabcdefgh.part"
    partial.write_bytes(tar[:1_500_000])
    with pytest.raises(InputError, match=f"did not honor.*range.*{partial.name}.*delete it to start afresh"):
        fetch(tmp_path, archive=server.archive)
    assert partial.read_bytes() == tar[:1_500_000]
    partial.unlink()
    fetch(tmp_path, archive=server.archive)  # from the first byte it works


@pytest.mark.parametrize("subjects", [None, 2])
def test_network_down(server, tmp_path, subjects):
    server.shutdown()
    server.server_close()
    with pytest.raises(InputError, match="check the network and run the same command again") as caught:
        fetch(tmp_path, subjects, server.archive)
    assert "\n" not in str(caught.value)


def test_unpacks_an_archive_put_there_by_hand(server, tar, files, tmp_path):
    (tmp_path / f"{FOLDER}.tar").write_bytes(tar)
    fetch(tmp_path, archive=server.archive)
    assert tree(tmp_path / FOLDER) == {name.removeprefix(f"{FOLDER}/"): data for name, data in files.items()}
    assert (tmp_path / f"{FOLDER}.tar").exists()  # theirs, not ours
    assert requests_made(server) == 0


def test_leaves_a_wrong_archive_that_was_there(server, tmp_path):
    (tmp_path / f"{FOLDER}.tar").write_bytes(b"half")
    with pytest.raises(InputError, match=r"Task01_BrainTumour\.tar: its md5 is .* delete it and run again"):
        fetch(tmp_path, archive=server.archive)
    assert tree(tmp_path) == {f"{FOLDER}.tar": b"half"}


# --- unpacking safely


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    "evil",
    [
        member("../outside.txt"),
        member(f"{FOLDER}/imagesTr/../../../outside.txt"),
        member("/tmp/outside-of-gancourse.txt"),
        member(f"{FOLDER}/link", tarfile.SYMTYPE, "/etc/passwd"),
        member(f"{FOLDER}/inside", tarfile.SYMTYPE, "dataset.json"),
        member(f"{FOLDER}/hard", tarfile.LNKTYPE, f"{FOLDER}/dataset.json"),
        member(f"{FOLDER}/device", tarfile.CHRTYPE),
        member(f"{FOLDER}/pipe", tarfile.FIFOTYPE),
        member(f"{FOLDER}/sparse", tarfile.GNUTYPE_SPARSE),
    ],
    ids=lambda info: info.name,
)
def test_refuses_a_malicious_archive(server, files, tmp_path, evil):
    server.mirror.data = tar_of(files, evil, format=tarfile.GNU_FORMAT)
    archive = Archive("1A2IU8Sgea1h3fYLpYtFb2v7NYdMjvEhU", server.archive.mirror, md5(server.mirror.data), 1)
    out = tmp_path / "data"
    (out / FOLDER).mkdir(parents=True)
    (out / FOLDER / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=re.escape(evil.name)):
        fetch(out, archive=archive)
    assert tree(out / FOLDER) == {"notes.txt": b"mine"}
    assert (
        sorted(path.name for path in tmp_path.rglob("*") if "outside" in path.name or "link" in path.name)
        == []
    )
    assert not Path("/tmp/outside-of-gancourse.txt").exists()
    assert not (out / f".{FOLDER}.new").exists()


def test_an_archive_that_is_none(server, tmp_path):
    server.mirror.data = b"no archive" * 1000
    archive = Archive("1A2IU8Sgea1h3fYLpYtFb2v7NYdMjvEhU", server.archive.mirror, md5(server.mirror.data), 1)
    with pytest.raises(InputError, match="the archive is damaged"):
        fetch(tmp_path, archive=archive)
    with pytest.raises(InputError, match="the archive is damaged"):
        fetch(tmp_path, 2, archive)


# --- the disk


@pytest.mark.parametrize("subjects", [None, 2])
def test_too_little_room(server, tmp_path, monkeypatch, subjects):
    monkeypatch.setattr(decathlon.shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(InputError, match="GB are needed and 1e-06 GB are free; free some space"):
        fetch(tmp_path, subjects, server.archive)
    assert tree(tmp_path) == {}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, as Linux has it")
def test_disk_full_meanwhile(server, tmp_path):
    (tmp_path / f"{FOLDER}.tarabcdefgh.part").symlink_to("/dev/full")
    with pytest.raises(InputError, match=f"{os.strerror(errno.ENOSPC)}.*has room"):
        fetch(tmp_path, archive=server.archive)


def test_a_file_in_the_folders_place(server, tmp_path):
    (tmp_path / "data").write_text("mine")
    with pytest.raises(InputError, match="data: .*see that the folder can be written"):
        fetch(tmp_path / "data", archive=server.archive)
    assert (tmp_path / "data").read_text() == "mine"


# --- some subjects


def expected(files: dict[str, bytes], *names: str) -> dict[str, bytes]:
    wanted = [f"{kind}/{name}.nii.gz" for name in names for kind in ("imagesTr", "labelsTr")]
    return {name: files[f"{FOLDER}/{name}"] for name in wanted}


def check_subjects(folder: Path, files: dict[str, bytes], *names: str) -> None:
    """Just these subjects are there, byte for byte, and dataset.json says so."""
    found = tree(folder)
    dataset = json.loads(found.pop("dataset.json"))
    assert found == expected(files, *names)
    assert [entry["image"] for entry in dataset["training"]] == [
        f"./imagesTr/{name}.nii.gz" for name in names
    ]
    assert dataset["numTraining"] == len(names)
    assert dataset["modality"]["0"] == "FLAIR"


def reordered(files: dict[str, bytes], *folders: str) -> dict[str, bytes]:
    return {name: files[name] for folder in folders for name in files if folder in name}


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_takes_only_what_some_subjects_need(server, files, tmp_path, format):
    server.mirror.data = tar_of(files, format=format)
    folder = fetch(tmp_path, 2, server.archive)
    check_subjects(folder, files, *NAMES[:2])
    needed = sum(map(len, expected(files, *NAMES[:2]).values()))
    assert server.mirror.sent < needed + decathlon.TAIL + 200_000 < len(server.mirror.data) / 2
    assert sorted(path.name for path in tmp_path.iterdir()) == [FOLDER]


@pytest.mark.parametrize(
    "order",
    [
        ("labelsTr", "imagesTr", "json"),
        ("json", "imagesTr", "labelsTr"),
        ("imagesTr", "labelsTr", "imagesTs"),
    ],
)
def test_finds_subjects_in_any_order(server, files, tmp_path, order, monkeypatch):
    monkeypatch.setattr(decathlon, "TAIL", 50_000)  # holds one label at most
    server.mirror.data = tar_of(reordered(files, *order))
    folder = fetch(tmp_path, 8, server.archive)
    check_subjects(folder, files, *NAMES)


def test_labels_in_the_tail_decide_which_subjects(server, files, tmp_path):
    unlabelled = f"{FOLDER}/labelsTr/{NAMES[0]}.nii.gz"
    server.mirror.data = tar_of({name: data for name, data in files.items() if name != unlabelled})
    check_subjects(fetch(tmp_path, 2, server.archive), files, *NAMES[1:3])


def test_a_link_with_a_labels_name_is_passed_over(server, files, tmp_path):
    link = member(f"{FOLDER}/labelsTr/{NAMES[0]}.nii.gz", tarfile.SYMTYPE, "/etc/passwd")
    server.mirror.data = tar_of(files, link)
    check_subjects(fetch(tmp_path, 1, server.archive), files, NAMES[0])


def test_more_subjects_take_only_the_missing_ones_and_all_takes_the_rest(server, files, tmp_path):
    fetch(tmp_path, 2, server.archive)
    before = server.mirror.sent
    check_subjects(fetch(tmp_path, 3, server.archive), files, *NAMES[:3])
    assert (
        server.mirror.sent - before < 2 * sum(map(len, expected(files, NAMES[2]).values())) + decathlon.TAIL
    )
    fetch(tmp_path, archive=server.archive)
    assert tree(tmp_path) == files


def test_subjects_survive_dropped_connections(server, files, tmp_path):
    server.mirror.drop_after, server.mirror.drops = 70_000, 8
    check_subjects(fetch(tmp_path, 2, server.archive), files, *NAMES[:2])


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_keeps_the_subjects_that_are_whole(server, tar, files, tmp_path):
    server.mirror.interrupt_at = tar.index(files[f"{FOLDER}/imagesTr/{NAMES[1]}.nii.gz"]) + 100_000
    server.mirror.interrupt_when = lambda: f"imagesTr/{NAMES[0]}.nii.gz" in tree(tmp_path / FOLDER)
    with pytest.raises(KeyboardInterrupt):
        fetch(tmp_path, 2, server.archive)
    assert f"imagesTr/{NAMES[0]}.nii.gz" in tree(tmp_path / FOLDER)
    assert f"imagesTr/{NAMES[1]}.nii.gz" not in tree(tmp_path / FOLDER)
    before = server.mirror.sent
    check_subjects(fetch(tmp_path, 2, server.archive), files, *NAMES[:2])
    assert (
        server.mirror.sent - before
        < len(files[f"{FOLDER}/imagesTr/{NAMES[1]}.nii.gz"]) + decathlon.TAIL + 200_000
    )


def test_a_damaged_member_is_asked_for_again(server, tar, files, tmp_path):
    server.mirror.corrupt_at = tar.index(files[f"{FOLDER}/imagesTr/{NAMES[1]}.nii.gz"]) + 150_000
    server.mirror.corruptions = 1
    check_subjects(fetch(tmp_path, 2, server.archive), files, *NAMES[:2])
    assert server.mirror.corruptions == 0


def test_a_member_damaged_for_good_is_refused_and_the_rest_kept(server, tar, files, tmp_path):
    server.mirror.corrupt_at = tar.index(files[f"{FOLDER}/imagesTr/{NAMES[1]}.nii.gz"]) + 150_000
    server.mirror.corruptions = 99
    with pytest.raises(InputError, match=f"{NAMES[1]}.nii.gz arrived damaged twice"):
        fetch(tmp_path, 2, server.archive)
    assert tree(tmp_path / FOLDER).keys() == expected(files, NAMES[0]).keys() | {
        f"labelsTr/{NAMES[1]}.nii.gz"
    }


@pytest.mark.parametrize(
    "served",
    [
        Served(b"x" * 9000, ranges=False),
        Served(QUOTA_PAGE, type="text/html", ranges=False),
        Served(status=403),
    ],
    ids=["no ranges", "page", "forbidden"],
)
def test_some_subjects_need_a_server_with_ranges(server, tmp_path, served):
    server.served["/mirror.tar"] = served
    with pytest.raises(InputError, match=rf"received {served.status} {served.type}.*fetch all"):
        fetch(tmp_path, 2, server.archive)
    assert len(served.asked) == 1


def test_a_busy_server_is_tried_again(server, tmp_path):
    server.served["/mirror.tar"] = Served(status=503)
    with pytest.raises(InputError, match="503.*run the same command again"):
        fetch(tmp_path, 2, server.archive)
    assert len(server.served["/mirror.tar"].asked) == 1 + download.RETRIES


@pytest.mark.parametrize(
    ("subjects", "message"), [(0, "received 0, expected 1 or more"), (9, "holds 8; ask for")]
)
def test_number_of_subjects(server, tmp_path, subjects, message):
    with pytest.raises(InputError, match=message):
        fetch(tmp_path, subjects, server.archive)


def test_the_real_archive_is_the_default():
    assert decathlon.TASK01.md5 == "240a19d752f0d9e9101544901065d872"
    assert re.fullmatch(r"https://.*/Task01_BrainTumour\.tar", decathlon.TASK01.mirror)
