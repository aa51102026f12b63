"""The open real data: Task01 of the Medical Segmentation Decathlon, 484 labelled subjects, CC BY-SA 4.0.

Antonelli et al., "The Medical Segmentation Decathlon", Nature Communications 13 (2022), arXiv 2106.05735. The
subjects are those of BraTS 2016 and 2017 under other names: never mix the two across a train-test split.
"""

import io
import json
import os
import re
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from rich import progress as bars
from rich.console import Console

from gancourse.cohort.download import Archive, RemoteFile, download, md5_of, partial_size
from gancourse.cohort.volumes import open_volume
from gancourse.errors import InputError

FOLDER = "Task01_BrainTumour"
TASK01 = Archive(
    drive_id="1A2IU8Sgea1h3fYLpYtFb2v7NYdMjvEhU",
    mirror="https://msd-for-monai.s3-us-west-2.amazonaws.com/Task01_BrainTumour.tar",
    md5="240a19d752f0d9e9101544901065d872",
    size=7_700_000_000,
)
MEMBER = re.compile(r"(?:.*/)?((?:imagesTr|labelsTr)/(BRATS_\d+)\.nii\.gz)")
TAIL = 32 * 2**20  # bytes at the archive's end, where the labels are
PIECE = 4 * 2**20  # bytes asked for at a time

Members = dict[str, tarfile.TarInfo]


def fetch(out: Path | str, subjects: int | None = None, archive: Archive = TASK01) -> Path:
    """Download the Decathlon's brain tumours to `out/Task01_BrainTumour/{imagesTr,labelsTr,dataset.json}`.

    All of it comes from Google Drive, else from the mirror, with its md5 checked. With `subjects`, only the
    first labelled subjects of the mirror's archive are downloaded by HTTP ranges: about 16 MB each, and 32 MB
    to find the labels. `dataset.json` then lists just these and says `"partial": true`. Existing files are
    not downloaded again, an interrupted download continues, and no file is ever half-written.

    Args:
        out: folder, made if it is missing.
        subjects: how many labelled subjects at least, or None for all (7.6 GB, twice that meanwhile).
        archive: where from.

    Returns:
        The folder `out/Task01_BrainTumour`. Progress goes to stderr.

    Raises:
        InputError: network, server, disk or archive failed; the message says what to do.
    """
    out = Path(out)
    if subjects is not None and subjects < 1:
        raise InputError(f"subjects: received {subjects}, expected 1 or more, or none given for all of them")
    if _is_complete(out / FOLDER, subjects):
        return out / FOLDER
    columns = ("{task.description}", bars.BarColumn(), bars.DownloadColumn(), bars.TimeRemainingColumn())
    staging = out / f".{FOLDER}.new"  # on the same disk as the folder, so that a rename moves a file there
    try:
        out.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(staging, ignore_errors=True)  # of a run that was killed
        with bars.Progress(*columns, console=Console(stderr=True)) as progress:
            if subjects is None:
                _fetch_all(out, staging / FOLDER, archive, progress)
            else:
                _fetch_some(out, staging / FOLDER, RemoteFile(archive.mirror), subjects, progress)
    except OSError as error:
        raise InputError(
            f"{error.filename or out}: {error.strerror or error}; see that the folder can be written and "
            "the disk has room, and run the same command again: what was downloaded is kept"
        ) from error
    except tarfile.TarError as error:
        raise InputError(
            f"{out}: the archive is damaged ({error}); delete its .tar file, run again"
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return out / FOLDER


def _is_complete(folder: Path, subjects: int | None) -> bool:
    """Return whether every file that dataset.json lists exists, and the list is long enough."""
    try:
        dataset = json.loads((folder / "dataset.json").read_text())
        files = [folder / entry[kind] for entry in dataset["training"] for kind in ("image", "label")]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    enough = not dataset.get("partial") if subjects is None else len(files) >= 2 * subjects
    return enough and bool(files) and all(file.is_file() for file in files)


def _require_space(folder: Path, size: float) -> None:
    free = shutil.disk_usage(folder).free
    if free < size:
        raise InputError(
            f"{folder}: {size / 1e9:.3g} GB are needed and {free / 1e9:.3g} GB are free; "
            "free some space or choose a folder on another disk"
        )


def _move_into_place(source: Path, folder: Path) -> None:
    """Move labels, then images, then dataset.json: wherever it stops, no image lacks its label."""
    files = [file for file in source.rglob("*") if file.is_file()]
    for file in sorted(files, key=lambda file: (file.name == "dataset.json", file.parent.name != "labelsTr")):
        place = folder / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, place)


# --- the whole archive


def _fetch_all(out: Path, staging: Path, archive: Archive, progress: bars.Progress) -> None:
    tar_path = out / f"{FOLDER}.tar"
    found = tar_path.exists()  # a run was killed while unpacking, or somebody put it there
    here = archive.size if found else partial_size(tar_path)
    _require_space(out, 2 * archive.size - here)

    def say(line: str) -> None:
        progress.console.print(line, markup=False, highlight=False, soft_wrap=True)

    if not found:
        bar = progress.add_task(tar_path.name, total=archive.size)

        def show(done: int, total: int | None) -> None:
            progress.update(bar, completed=done, total=total)

        download(archive, tar_path, show, say)
    elif (md5 := md5_of(tar_path)) != archive.md5:
        raise InputError(f"{tar_path}: its md5 is {md5}, expected {archive.md5}; delete it and run again")
    _unpack(tar_path, staging.parent, progress)
    if not _is_complete(staging, None):
        raise InputError(
            f"{tar_path}: expected {FOLDER}/dataset.json and all that it lists; delete it, run again"
        )
    _move_into_place(staging, out / FOLDER)
    if found:
        say(f"{tar_path} is no longer needed")
    else:
        tar_path.unlink()


def _unpack(tar_path: Path, folder: Path, progress: bars.Progress) -> None:
    bar = progress.add_task("unpacking", total=tar_path.stat().st_size)
    with tarfile.open(tar_path, "r:") as tar:
        for member in tar:
            tar.extract(member, folder, filter=_only_plain_files)
            progress.update(bar, completed=tar.offset)


def _only_plain_files(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    """Filter like Python's "data", but refuse links and absolute names as well."""
    name = PurePosixPath(member.name)
    if name.name.startswith("._"):  # what macOS adds to archives
        return None
    plain = member.isdir() or (member.isreg() and not member.issparse())
    if not plain or name.is_absolute() or ".." in name.parts:
        raise InputError(
            f"{member.name}: the archive holds a link, a device or a path that leads out of it, expected "
            "plain files only; nothing was unpacked, delete the archive and get it from another source"
        )
    return tarfile.data_filter(member, folder)


# --- some subjects of the archive on the mirror


def _fetch_some(out: Path, staging: Path, remote: RemoteFile, subjects: int, progress: bars.Progress) -> None:
    bar = progress.add_task("finding subjects", total=None)
    names, members = _find_subjects(remote, subjects)
    files = [f"{kind}/{name}.nii.gz" for name in names for kind in ("labelsTr", "imagesTr")]
    sizes = {file: members[file].size for file in files if not _has(out / FOLDER / file, members[file].size)}
    _require_space(out, sum(sizes.values()))
    progress.update(bar, description=f"{subjects} subjects", total=sum(sizes.values()))
    for file in sizes:
        _take(remote, members[file], staging / file, lambda size: progress.advance(bar, size))
        _move_into_place(staging, out / FOLDER)
    dataset = {
        "name": "BRATS",
        "licence": "CC-BY-SA 4.0",
        "modality": {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"},
        "labels": {"0": "background", "1": "edema", "2": "non-enhancing tumor", "3": "enhancing tumour"},
        "partial": True,
        "numTraining": len(names),
        "training": [{"image": f"./imagesTr/{n}.nii.gz", "label": f"./labelsTr/{n}.nii.gz"} for n in names],
        "numTest": 0,
        "test": [],
    }
    staging.mkdir(parents=True, exist_ok=True)
    (staging / "dataset.json").write_text(json.dumps(dataset, indent=1))
    _move_into_place(staging, out / FOLDER)


def _has(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _find_subjects(remote: RemoteFile, subjects: int) -> tuple[list[str], Members]:
    """Return the first subjects with image and label, and the archive's members by name.

    Headers are read in order, one request each, until there are enough subjects. That is soon if the labels
    are at the archive's end; in an archive ordered otherwise it takes longer.
    """
    members = _labels_at_the_end(remote)
    images: list[str] = []
    names: list[str] = []
    with tarfile.open(fileobj=io.BufferedReader(remote, 2**14), mode="r:") as tar:
        for name, member in _scans(tar):
            members[name] = member
            if name.startswith("imagesTr"):
                images.append(PurePosixPath(name).name.removesuffix(".nii.gz"))
            names = [image for image in images if f"labelsTr/{image}.nii.gz" in members]
            if len(names) == subjects:
                return names, members
    raise InputError(
        f"{remote.url}: {subjects} subjects were asked for, it holds {len(names)}; ask for fewer"
    )


def _labels_at_the_end(remote: RemoteFile) -> Members:
    """Read the labels after the first tar header, known by its mark and checksum, among the last bytes."""
    start = max(0, remote.size - TAIL) // 512 * 512
    tail = io.BytesIO(remote.fetch(start, remote.size))
    while len(block := tail.read(512)) == 512:
        if block[257:262] != b"ustar":
            continue
        try:
            tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            continue
        tail.seek(-512, io.SEEK_CUR)
        with tarfile.open(fileobj=tail, mode="r:") as tar:
            labels = {name: member for name, member in _scans(tar) if name.startswith("labelsTr")}
        for member in labels.values():
            member.offset_data += start
        return labels
    return {}


def _scans(tar: tarfile.TarFile) -> Iterator[tuple[str, tarfile.TarInfo]]:
    for member in tar:
        if member.isreg() and (match := MEMBER.fullmatch(member.name)):
            yield match[1], member


def _take(remote: RemoteFile, member: tarfile.TarInfo, path: Path, advance: Callable[[int], None]) -> None:
    """Download one member to `path` and checks it by gzip's own checksum; twice if it arrives damaged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    end = member.offset_data + member.size
    for _ in range(2):
        with open(path, "wb") as file:
            for start in range(member.offset_data, end, PIECE):
                advance(file.write(remote.fetch(start, min(start + PIECE, end))))
        try:
            open_volume(path).verify()
            return
        except InputError as error:
            problem = error
            advance(-member.size)
    raise InputError(
        f"{remote.url}: {member.name} arrived damaged twice ({problem}); run again, or fetch the whole "
        "archive (without a number of subjects), whose md5 is checked"
    )
