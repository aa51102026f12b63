"""What the hints of lesson 51 say; that every wrong answer is rejected is in tests/test_exercises.py."""

import numpy as np
import pytest

from gancourse.teaching.checks import lesson51 as checks


def walk(step, start=1, strides=reversed):
    def answer(given):
        size = start
        for stride in strides(given):
            size = step(size, stride)
        return size

    return answer


def dice(truth, found):
    return 2 * np.sum(truth * found) / (np.sum(truth) + np.sum(found))


def by_patient(score):
    return lambda t, f, patients: [score(t[patients == p], f[patients == p]) for p in np.unique(patients)]


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (checks.to_classes, lambda seg: np.stack([seg == n for n in (0, 1, 2, 4)], -1)),
        (checks.patch_size, walk(lambda size, stride: (size - 1) * stride + 4)),
        (checks.soft_dice, dice),
        (checks.mean_dice, lambda *given: np.mean(by_patient(dice)(*given))),
    ],
)
def test_right_answers_pass(check, answer):
    assert check(answer).passed is True


@pytest.mark.parametrize(
    ("check", "answer", "said"),
    [
        (checks.to_classes, lambda seg: np.stack([seg == n for n in (0, 1, 2, 4)]), "classes come first"),
        (checks.to_classes, lambda seg: np.eye(5)[seg], "no label 3"),
        (checks.to_classes, lambda seg: np.eye(4)[seg], "IndexError"),
        (checks.to_classes, lambda seg: np.stack([seg == n for n in (0, 1, 2, 3)], -1), "label 4, not 3"),
        (checks.to_classes, lambda seg: np.stack([seg == n for n in (4, 2, 1, 0)], -1), "another order"),
        (checks.to_classes, lambda seg: np.stack([seg == n for n in (1, 2, 4)], -1), "Background needs one"),
        (checks.patch_size, walk(lambda s, stride: (s - 1) * stride + 4, strides=list), "walked forwards"),
        (
            checks.patch_size,
            walk(lambda s, stride: (s - 1) * stride + 4, start=4),
            "One convolution too many",
        ),
        (checks.patch_size, lambda strides: np.prod(strides), "how far patches lie apart"),
        (checks.patch_size, lambda strides: 34, "its own window, 4 pixels; received 34"),
        (checks.soft_dice, lambda t, p: dice(t, p > 0.5), "no slope"),
        (checks.soft_dice, lambda t, p: 1 - dice(t, p), "the loss"),
        (checks.soft_dice, lambda t, p: 0.123, "Received 0.123"),
        (checks.mean_dice, lambda t, f, patients: dice(t, f), "large tumours decide"),
        (checks.mean_dice, by_patient(dice), "each patient's Dice"),
        (checks.mean_dice, lambda *given: np.median(by_patient(dice)(*given)), "median"),
        (checks.mean_dice, lambda t, f, p: np.mean([dice(a, b) for a, b in zip(t, f)]), "mean over slices"),  # noqa: B905
    ],
)
def test_hints(check, answer, said):
    result = check(answer)
    assert result.passed is False and said in result.hint
