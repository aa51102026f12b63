"""What every test runs under: no window for figures, one Keras, the same numbers drawn in every run."""

import os
import random
import sys

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
