"""Report in ten lines whether this machine is ready for the course, and what to do about what it lacks."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import psutil

from gancourse.errors import InputError
from gancourse.project import COHORT, project_root

GB = 1e9
MEMORY_GB = 4  # free, for a lesson and JupyterLab in a browser
DISK_GB = 2  # free, for the default cohort, its slices and a training
REINSTALL = "run `make lab`, or: python -m pip install -r requirements.lock -e ."


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was found and, where that is not `ok`, what to do."""

    subject: str
    ok: bool
    text: str
    essential: bool = False  # whether the course cannot run without it

    @property
    def mark(self) -> str:
        return "ok" if self.ok else "LACKS" if self.essential else "note"

    def __str__(self) -> str:
        return f"{self.mark:6}{self.subject:12}{self.text}"


def examine(root: Path | None = None) -> list[Finding]:
    """Check everything that the course needs in a project's folder; takes as long as importing TensorFlow.

    Raises:
        InputError: no folder given, and the package was installed without its project.
    """
    root = root or project_root()
    return [
        python(), tensorflow(), device(), memory(), disk(root),
        jupyterlab(), lessons(root), cohort(root), weights(), real_data(root),
    ]  # fmt: skip


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Check that TensorFlow has wheels for this Python."""
    text = f"{'.'.join(map(str, version))} at {sys.executable}"
    if (3, 11) <= version[:2] <= (3, 13):
        return Finding("Python", True, text, True)
    return Finding("Python", False, f"{text}: install Python 3.11, 3.12 or 3.13 and start again", True)


def tensorflow() -> Finding:
    """Check that TensorFlow and Keras can be imported, and time it."""
    from gancourse import quiet

    start = time.perf_counter()
    try:
        module = quiet.import_tensorflow()
        import keras
    except Exception as error:  # whatever a broken installation raises
        why = " ".join(str(error).split())[:160]
        intel_mac = (sys.platform, platform.machine()) == ("darwin", "x86_64")
        hint = "there is none for Intel Macs" if intel_mac else REINSTALL
        return Finding("TensorFlow", False, f"cannot be imported ({why}): {hint}", True)
    text = f"{module.__version__}, Keras {keras.__version__}, loaded in {time.perf_counter() - start:.1f} s"
    if Path(importlib.util.cache_from_source(str(module.__file__))).exists():
        return Finding("TensorFlow", True, text, True)
    remedy = f"three times faster once compiled: {sys.executable} -m compileall -q {sys.prefix}"
    return Finding("TensorFlow", False, f"{text}; {remedy}")


def device() -> Finding:
    """Say whether there is a GPU, and whether bfloat16 is multiplied."""
    try:
        from gancourse import quiet

        tf = quiet.import_tensorflow()
        from gancourse.training.recipes import choose_precision
    except Exception:
        return Finding("Device", False, "unknown without TensorFlow")
    bfloat16 = "with" if choose_precision("auto") == "bfloat16" else "without"
    if gpus := tf.config.list_physical_devices("GPU"):
        name = tf.config.experimental.get_device_details(gpus[0]).get("device_name", gpus[0].name)
        return Finding("Device", True, f"GPU {name}, {bfloat16} bfloat16")
    text = f"CPU, {os.cpu_count()} cores, {bfloat16} bfloat16"
    if Path("/dev/nvidia0").exists() or shutil.which("nvidia-smi"):
        return Finding("Device", False, f"{text}; TensorFlow sees no GPU: python -m pip install -e '.[gpu]'")
    return Finding("Device", True, f"{text}; enough for every lesson")


def memory(free: float | None = None) -> Finding:
    """Check that `free` bytes of memory, by default this machine's, are enough."""
    free = psutil.virtual_memory().available if free is None else free
    text = f"{free / GB:.1f} GB free"
    if free >= MEMORY_GB * GB:
        return Finding("Memory", True, text)
    return Finding("Memory", False, f"{text}, {MEMORY_GB} wanted: close other programs and notebooks")


def disk(root: Path, free: float | None = None) -> Finding:
    """Check that `free` bytes of disk, by default those at `root`, are enough."""
    free = shutil.disk_usage(root).free if free is None else free
    text = f"{free / GB:.1f} GB free at {root}"
    if free >= DISK_GB * GB:
        return Finding("Disk", True, text, True)
    return Finding("Disk", False, f"{text}, {DISK_GB} needed: make room, or move the project", True)


def jupyterlab() -> Finding:
    """Check that JupyterLab and its widgets are installed here."""
    try:
        lab, widgets = importlib.metadata.version("jupyterlab"), importlib.metadata.version("ipywidgets")
    except importlib.metadata.PackageNotFoundError as error:
        return Finding("JupyterLab", False, f"{error.name} is not installed: {REINSTALL}", True)
    return Finding("JupyterLab", True, f"{lab}, widgets {widgets}", True)


def lessons(root: Path) -> Finding:
    """Count the lessons, and those that the learner has copies of."""
    from gancourse.teaching.lessons import LESSONS

    there = sorted(path.name for path in (root / "notebooks").glob(LESSONS))
    if not there:
        return Finding("Lessons", False, f"none in {root / 'notebooks'}: get the project again, whole", True)
    copied = sum((root / "work" / name).exists() for name in there)
    text = f"{len(there)} in notebooks/, {copied} of them in work/"
    rest = "" if copied == len(there) else "; `gancourse lab` copies the rest"
    return Finding("Lessons", True, text + rest, True)


def cohort(root: Path) -> Finding:
    """Check that the phantoms that the lessons read are there, and not those of an older course."""
    from gancourse.cohort.brats import find_subjects
    from gancourse.cohort.phantom.phantom_files import refuse_outdated

    remedy = "`gancourse cohort make` makes it in a minute or two, or a lesson does"
    if not (root / COHORT).is_dir():
        return Finding("Cohort", False, f"none at {COHORT.as_posix()}: {remedy}")
    try:
        refuse_outdated(root / COHORT)
        with warnings.catch_warnings(action="ignore"):
            count = len(find_subjects(root / COHORT))
    except InputError as error:
        return Finding("Cohort", False, f"{error}")
    if not (root / COHORT / "subjects.csv").exists():
        return Finding("Cohort", False, f"{count} subjects at {COHORT.as_posix()}, not complete: {remedy}")
    return Finding("Cohort", True, f"{count} subjects at {COHORT.as_posix()}")


def weights(folder: Path | None = None) -> Finding:
    """Check that the trained networks are there, and that each is the one that its card describes."""
    from gancourse import pretrained

    try:
        names = pretrained.names(folder=folder)
        for name in names:
            pretrained.load(name, folder=folder)
    except InputError as error:
        return Finding("Weights", False, str(error))
    except ImportError:
        return Finding("Weights", False, "not looked at without TensorFlow")
    if not names:
        remedy = "get the project again, whole, or `make train` (hours)"
        return Finding("Weights", False, f"none in {folder or pretrained.WEIGHTS}: {remedy}")
    return Finding("Weights", True, f"{len(names)} network{'s' * (len(names) > 1)}, all whole")


def real_data(root: Path) -> Finding:
    """Look for real subjects below data/; the course does not need any."""
    from gancourse.cohort.brats import find_subjects

    for folder in sorted(path for path in (root / "data").glob("*/") if path != root / COHORT):
        try:
            with warnings.catch_warnings(action="ignore"):
                real = [subject for subject in find_subjects(folder) if "PHANTOM" not in subject.id]
        except InputError:
            continue
        if real:
            return Finding("Real data", True, f"{len(real)} subjects at data/{folder.name}")
    return Finding("Real data", True, "none, and none needed; data/README.md says where it comes from")
