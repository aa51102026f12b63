"""What every test runs under: no window for figures, one Keras, the same numbers drawn in every run."""

import os
import random
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

for name in (
    "DATA",
    "PATIENT",
    "PROFILE",
    "LIVE_SECONDS",
    "MAX_GB",
    "ASSUME_ORIENTATION",
):  # a learner's own settings
    os.environ.pop(f"GANCOURSE_{name}", None)
os.environ["MPLBACKEND"] = "Agg"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"


@pytest.hookimpl(tryfirst=True)  # before the fixtures
def pytest_runtest_setup():
    """Seed what draws without a seed of its own: Keras' first weights come from Python's generator.

    `TEST_SEED=1 pytest` tries another seed: no test may hang on luck.
    """
    seed = int(os.environ.get("TEST_SEED", "0"))
    random.seed(seed)
    if "tensorflow" in sys.modules:
        sys.modules["tensorflow"].random.set_seed(seed)


#: The two files that take longest. They go first, so that no core waits for the other at the end.
LONGEST = ("tests/test_notebooks.py", "tests/test_exercises.py")


def pytest_collection_modifyitems(items):
    """Put the longest first; skip bfloat16 where oneDNN is told to do without the instructions for it."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    allowed = os.environ.get("ONEDNN_MAX_CPU_ISA", "DEFAULT")
    if not re.search("BF16|FP16|AMX|AVX10|ALL|DEFAULT", allowed):
        reason = f"ONEDNN_MAX_CPU_ISA={allowed}: TensorFlow crashes in bfloat16 where the processor has it"
        for item in items:
            if "bfloat16" in item.name:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True, tryfirst=True)  # after all other lines but the last
def pytest_terminal_summary(terminalreporter):
    """Say what was not tested and what it needs, in one line for each reason."""
    summary = yield
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2] for report in skipped if isinstance(report.longrepr, tuple))
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"Not tested ({count}): {reason.removeprefix('Skipped: ')}", yellow=True)
    return summary


def pytest_addoption(parser):
    parser.addoption(
        "--fuzz", type=int, default=300, metavar="N", help="damaged files that each fuzzer of readers tries"
    )


@pytest.fixture(scope="session")
def real() -> Path:
    """Real scans, in the folder that `GANCOURSE_REAL` names, or beside the repository in shared/real."""
    from patients import real_folder

    from gancourse.errors import InputError

    try:
        return real_folder()
    except InputError as error:
        pytest.skip(str(error))
