"""The stroke clock: its rounds and counts, the rule that a learner gives, and the phantoms shipped."""

import io

import numpy as np
import pytest
from PIL import Image
from toy_hours import hours

from gancourse.errors import InputError
from gancourse.teaching.widgets.stroke_clock_game import MISSED, StrokeClock, shipped_hours


@pytest.fixture
def clock():
    return StrokeClock(10, seed=0, shown=hours())


def test_what_the_mismatch_says_at_every_hour(clock):
    assert clock.calls[0] == [MISSED, "early", "early", "early", "late", "late", "late"]
    assert clock.calls[1] == [MISSED, MISSED, "early", "late", "late", "late", "late"]
    strict = StrokeClock(4, shown=hours(), decide=lambda ratio: ratio < 1.02)
    assert strict.calls[0] == [MISSED, "early", *["late"] * 5]
    numpy_too = StrokeClock(4, shown=hours(), decide=lambda ratio: np.bool_(ratio < 1.02))
    assert numpy_too.calls == strict.calls


def test_rounds_differ_and_have_something_to_judge(clock):
    assert len(set(clock.trials)) == 10 and all(hour > 0 for _, hour in clock.trials)
    assert clock.truth == ["early" if hour <= 3 else "late" for _, hour in clock.trials]
    others = StrokeClock(10, seed=1, shown=hours())
    assert clock.trials != others.trials
    assert clock.trials == StrokeClock(10, seed=0, shown=hours()).trials
    early = [StrokeClock(3, seed=k, shown=hours()).truth.count("early") for k in range(200)]
    assert np.mean(early) == pytest.approx(1.5, abs=0.25)  # a coin's toss


def test_both_are_counted_and_what_is_missed_is_neither_right_nor_wrong(clock):
    truth = clock.truth
    clock.judge(truth[:4])
    assert clock.tally() == (4, 0, 0) and not clock.over
    assert sum(clock.mismatch()) == 4
    clock.judge(["late"] * 10)
    assert clock.over and clock.tally() == (truth.count("late"), truth.count("early"), 0)
    called = [clock.calls[k][t] for k, t in clock.trials]
    right = sum(a == b for a, b in zip(called, truth, strict=True))
    assert clock.mismatch() == (right, 10 - right - called.count(MISSED), called.count(MISSED))
    clock.apply({"do": "new"})
    assert clock.seed == 1 and clock.answers == []


@pytest.mark.parametrize("value", ["early", ["early"] * 11, ["soon"], [3], None])
def test_other_answers_are_refused_and_change_nothing(clock, value):
    clock.judge(["early"])
    with pytest.raises(InputError):
        clock.apply({"do": "judge", "value": value})
    assert clock.answers == ["early"]


def test_a_rule_that_fails_is_named():
    def broken(ratio):
        return ratio.threshold

    with pytest.raises(InputError, match=r"looks_early\(1.00\): AttributeError"):
        StrokeClock(4, shown=hours(), decide=broken)
    with pytest.raises(InputError, match="rounds 99: expected 1 to 12"):
        StrokeClock(99, shown=hours())


def test_its_picture_shows_the_three_scans(clock):
    picture = Image.open(io.BytesIO(clock.png()))
    assert picture.size == (3 * 90, 120 + 20)
    clock.judge(["late"] * 10)
    assert Image.open(io.BytesIO(clock.png())).size == picture.size


def test_shipped_patients_age_as_infarcts_do():
    shown = shipped_hours()
    assert shown.hours[0] == 0 and shown.hours[-1] == 96 and (np.diff(shown.hours) > 0).all()
    assert shown.pictures.shape[:3] == (len(shown.names), len(shown.hours), 3)
    assert shown.pictures.nbytes < 2e6 and shown.ratio.shape == shown.pictures.shape[:2]
    assert np.isnan(shown.ratio[:, 0]).all(), "nothing has happened at 0 hours"
    day = shown.ratio[:, list(shown.hours).index(24.0)]
    assert (day > 1.15).all() and np.nanmin(shown.ratio[:, 1:3]) < 1.15
    clock = StrokeClock()
    called = np.array([[call == truth for call, truth in zip(row, ["early" if h < 4.5 else "late" for h in
             shown.hours], strict=True)] for row in clock.calls])[:, 1:]  # fmt: skip
    assert 0.6 < called.mean() < 1, "the mismatch is good, but errs"


def test_dwi_is_bright_at_once_and_flair_later():
    shown = shipped_hours()
    for pictures in shown.pictures:
        before = pictures[0].astype(float)
        changed = [np.abs(pictures[t] - before)[k].max() for k in (0, 2) for t in (2, -1)]
        dwi_early, _, flair_early, flair_late = changed
        assert dwi_early > 15 and flair_late > flair_early


def test_a_tiny_infarct_is_missed_at_first_and_none_for_good():
    calls = np.array(StrokeClock().calls)[:, 1:]
    assert 0 < (calls == MISSED).mean() < 0.2 and (calls[:, -3:] != MISSED).all()
