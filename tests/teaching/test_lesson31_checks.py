"""What the hints of lesson 31 say; that every wrong answer is rejected is in tests/test_exercises.py."""

import numpy as np
import pytest

from gancourse.teaching.checks import lesson31 as checks


def core(labels, factor):
    return lambda seg, zooms: np.isin(seg, labels).sum() * factor(zooms)


def ml(zooms):
    return np.prod(zooms) / 1000


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda v, k: v[:, :, k], "on its side"),
        (lambda v, k: v[::-1, :, k].T, "Mirrored"),
        (lambda v, k: v[:, ::-1, k].T, "Upside down"),
        (lambda v, k: v[::-1, ::-1, k].T, "half a circle"),
        (lambda v, k: np.rot90(v[:, :, k]), "Upside down"),
        (lambda v, k: np.rot90(v[:, :, k], -1), "Mirrored"),
        (lambda v, k: v[::-1, :, k], "on its side"),
        (lambda v, k: v[k].T, "another axis"),
        (lambda v, k: v[:, :, 2].T, "the middle slice"),
        (lambda v, k: v[:, :, 3].T, "one k only"),
        (lambda v, k: v.T, "(4, 5, 6)"),
        (lambda v, k: v[:, :, k + 7].T, "IndexError"),
    ],
)
def test_axial(answer, said):
    result = checks.axial(answer)
    assert result.passed is False and said in result.hint


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (core((1, 4), lambda z: 1), "counted voxels"),
        (core((1, 4), np.prod), "mm3"),
        (core((1, 4), lambda z: z[0] ** 3 / 1000), "no cube"),
        (core((1, 4), lambda z: sum(z) / 1000), "product"),
        (core((1, 4), lambda z: 12 / 1000), "one voxel size only"),
        (core((1, 2, 4), ml), "whole tumour"),
        (core((4,), ml), "enhancing tumour (4) alone"),
        (core((1,), ml), "label 1 alone"),
        (core((1, 2), ml), "labels 1 and 2"),
        (core((1, 2, 4), lambda z: 1), "whole tumour. The core leaves it out. You counted voxels"),
        (core((3,), ml), "Received 0"),
    ],
)
def test_core_ml(answer, said):
    result = checks.core_ml(answer)
    assert result.passed is False and said in result.hint


def masked(function):
    return lambda volume, brain: np.where(brain, function(volume, brain), 0)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda v, b: (v - v.mean()) / v.std(), "whole volume"),
        (masked(lambda v, b: (v - v[b].mean()) / v.std()), "whole volume"),
        (masked(lambda v, b: (v - v[v > 0].mean()) / v[v > 0].std()), "volume > 0 is not the brain"),
        (lambda v, b: (v - v[b].mean()) / v[b].std(), "Outside it is not 0"),
        (masked(lambda v, b: v - v[b].mean()), "Divide"),
        (masked(lambda v, b: v / v[b].std()), "Subtract"),
        (masked(lambda v, b: (v - v[b].mean()) / v[b].var()), "variance"),
        (masked(lambda v, b: (v - v[b].min()) / np.ptp(v[b])), "smallest to largest"),
        (masked(lambda v, b: (v - np.median(v[b])) / 7), "expected 0 and 1"),
        (lambda v, b: v[b], "whole volume, not only the brain"),
        (masked(lambda v, b: v / 0 * 0), "not finite"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_zscore(answer, said):
    result = checks.zscore(answer)
    assert result.passed is False and said in result.hint


def drawn(column, turned=False):
    def answer(table, share, rng):
        names = rng.permutation(np.unique(table[column]))
        return table[column].isin(names[: round(share * len(names))]).to_numpy() != turned

    return answer


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda t, share, rng: rng.random(len(t)) < share, "Slices of one scan"),
        (drawn("subject"), "by patient, not by subject"),
        (drawn("patient", turned=True), "turned round"),
        (lambda t, share, rng: (t["patient"] < "P10").to_numpy(), "any rng"),
        (lambda t, share, rng: drawn("patient")(t, share, np.random.default_rng()), "two splits"),
        (lambda t, share, rng: np.ones(len(t), bool), "empty"),
        (lambda t, share, rng: rng.permutation(len(t))[:99], "Received int64"),
        (lambda t, share, rng: drawn("patient")(t, 0.5, rng), "50%"),
    ],
)
def test_split_by_patient(answer, said):
    result = checks.split_by_patient(answer)
    assert result.passed is False and said in result.hint


def test_right_answers_in_other_words():
    assert checks.axial(lambda v, k: np.swapaxes(v, 0, 1)[..., k]).passed
    assert checks.core_ml(lambda seg, zooms: float(sum((seg == n).sum() for n in (1, 4)) * ml(zooms))).passed
    assert checks.zscore(masked(lambda v, b: (v - v[b].mean()) / v[b].std(ddof=1))).passed
    assert checks.split_by_patient(drawn("patient")).passed
    assert checks.split_by_patient(
        lambda t, share, rng: (
            t["patient"].isin(rng.choice(t["patient"].unique(), 10, replace=False)).to_numpy()
        )
    ).passed


def test_nothing_tried_yet():
    for check in (checks.axial, checks.core_ml, checks.zscore, checks.split_by_patient):
        assert check(lambda *arguments: ...).passed is None
