"""What a learner waits for outside of training: the start, phantoms, slices, and a segmentation."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks.measure import Line, in_fresh_process, in_turns, once, seconds, spread


def phantoms(folder: Path, count: int = 4, spacing: float = 2.0) -> list:
    """A small cohort, made once a run."""
    from gancourse.cohort.brats import find_subjects
    from gancourse.cohort.phantom import make_cohort

    out = folder / f"phantoms_{spacing:g}mm"
    if not out.exists():
        make_cohort(out, count, spacing, progress=False)
    return find_subjects(out)


def copies(subjects: list, count: int) -> list:
    """As many subjects as asked for: the same files under new names."""
    return [replace(subjects[k % len(subjects)], id=f"S{k}", patient=f"P{k}") for k in range(count)]


def start(folder: Path) -> Iterator[Line]:
    """`import gancourse` and the command's help: what a learner waits for before anything happens."""

    def python(*command: str) -> float:
        return once(lambda: subprocess.run([sys.executable, *command], check=True, capture_output=True))

    pairs = in_turns(partial(python, "-c", "import gancourse"), partial(python, "-c", ""))
    yield "import gancourse, beyond Python's own start", spread([a - b for a, b in pairs]), "under 0.3 s"
    helped = [python("-m", "gancourse", "--help") for _ in range(5)]
    yield "gancourse --help, in all", spread(helped), ""


def cohort(folder: Path) -> Iterator[Line]:
    """Making phantoms with all cores, without the start of the worker processes, which is counted once."""
    from gancourse.cohort.phantom import make_cohort

    def taken(count: int) -> float:
        start = time.perf_counter()
        make_cohort(folder / f"timed_{count}", count, progress=False)
        return time.perf_counter() - start

    cores = os.cpu_count() or 1
    few, more = taken(cores), taken(4 * cores)
    each = (more - few) / (3 * cores)
    yield f"a phantom at 2 mm, {cores} cores", f"{each:.2f} s", ""
    yield "the default cohort of 48, extrapolated", f"{few + (48 - cores) * each:.0f} s", "120 s or less"


def slicing(folder: Path) -> Iterator[Line]:
    """Cutting subjects into slices, at both spacings."""
    from gancourse.cohort.slices import make_slices

    for spacing in (2.0, 1.0):
        subjects = copies(phantoms(folder, 2, spacing), 8)
        taken = seconds(partial(make_slices, subjects, folder / "sliced", overwrite=True), 3)
        yield f"slices of a subject at {spacing:g} mm", spread([t / 8 for t in taken]), ""


def memory(folder: Path) -> Iterator[Line]:
    """Peak memory of slicing, each in a process of its own."""
    phantoms(folder)
    none, few, many = (
        in_fresh_process(peak_while_slicing, str(folder), count)["MB"] for count in (0, 20, 200)
    )
    yield "peak memory, the libraries alone", f"{none:.0f} MB", ""
    yield "slicing 20 subjects", f"{few:.0f} MB", ""
    yield "slicing 200 subjects", f"{many:.0f} MB, {many / few:.2f} times as much", "the same"


def peak_while_slicing(folder: str, count: int) -> dict:
    """Largest resident memory of this process, in MB, after slicing."""
    from gancourse.cohort.slices import make_slices

    subjects = copies(phantoms(Path(folder)), count)
    if count:
        make_slices(subjects, Path(folder) / f"sliced_{count}")
    return {"MB": peak_memory()}


def peak_memory() -> float:
    """Largest resident memory of this process, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count what the parent had when it started this process
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def segment(folder: Path) -> Iterator[Line]:
    """A subject of 240 x 240 x 155 voxels, four files in and two out, in a process of its own."""
    phantoms(folder, 1, 1.0)
    found = [in_fresh_process(segment_one, str(folder)) for _ in range(3)]
    yield "gancourse segment, with TensorFlow's start", spread([f["s"] for f in found]), "under 60 s"
    yield "peak memory", spread([f["MB"] for f in found], "MB"), "under 3000 MB"


def segment_one(folder: str) -> dict:
    """Seconds and peak memory, in MB, of segmenting the one phantom at 1 mm."""
    start = time.perf_counter()
    from gancourse.segmentation import patient, segmenter

    subject = phantoms(Path(folder), 1, 1.0)[0]
    assert subject.shape == (240, 240, 155)
    found = patient.segment(subject, segmenter.load())
    subject.save_like(found.seg, Path(folder) / "seg.nii.gz")
    subject.save_like(found.tissue, Path(folder) / "tissue.nii.gz")
    return {"s": time.perf_counter() - start, "MB": peak_memory()}
