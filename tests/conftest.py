"""What every test runs under: no window for figures, one Keras, the same numbers drawn in every run."""

import os
import random
import sys
from pathlib import Path

import pytest

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


def pytest_addoption(parser):
    parser.addoption(
        "--fuzz", type=int, default=300, metavar="N", help="damaged files that each fuzzer of readers tries"
    )


@pytest.fixture(scope="session")
def real() -> Path:
    """Real scans, in the folder that `GANCOURSE_REAL` names, or beside the repository in shared/real."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "real"
    folder = Path(os.environ.get("GANCOURSE_REAL", "").strip() or beside)
    if not (folder / "sri24").is_dir():
        pytest.skip(f"no real scans in {folder}: set GANCOURSE_REAL to their folder")
    return folder
