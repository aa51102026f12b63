"""The checks of lesson 45, on the answers that people give."""

import lessons
import numpy as np
import pandas as pd
import pytest

from gancourse.metrics.memorisation import distances, with_mirrors
from gancourse.quiet import import_tensorflow
from gancourse.teaching.checks import lesson45 as checks

import_tensorflow()
from keras import layers, ops  # noqa: E402

#: What the lesson has imported where the exercises begin.
NAMES = {"np": np, "pd": pd, "layers": layers, "ops": ops}
NAMES |= {"distances": distances, "with_mirrors": with_mirrors}

ANSWERS = lessons.read_answers(lessons.ROOT / "tests" / "wrong_answers" / "45.py")


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{answer.exercise}: {answer.what}")
def test_an_answer_is_told_what_it_should_be(answer):
    made = dict(NAMES)
    exec(answer.code, made)
    result = getattr(checks, answer.exercise)(made[answer.exercise])
    if answer.words == lessons.PASSED:
        assert result.passed, result
    else:
        assert result.passed is False and answer.words in result.hint, result


def test_every_exercise_has_wrong_answers():
    for name in ("scale_maps", "project", "delivered", "distance", "nearer_to_examples"):
        assert len({a.words for a in ANSWERS if a.exercise == name} - {lessons.PASSED}) >= 3
