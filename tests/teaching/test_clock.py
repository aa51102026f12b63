"""Live training in lessons is as long as planned, or as short as its variable says."""

import pytest

from gancourse.errors import InputError
from gancourse.teaching.clock import LIVE_SECONDS, live_seconds


@pytest.mark.parametrize(("text", "seconds"), [("", 30), ("5", 5), ("2.5", 2.5), ("600", 30)])
def test_a_limit_only_shortens(text, seconds, monkeypatch):
    monkeypatch.setenv(LIVE_SECONDS, text)
    assert live_seconds(30) == seconds


@pytest.mark.parametrize("text", ["0", "-1", "soon", "nan"])
def test_what_is_no_limit_is_refused(text, monkeypatch):
    monkeypatch.setenv(LIVE_SECONDS, text)
    with pytest.raises(InputError, match=f"{LIVE_SECONDS}={text}: expected seconds above 0"):
        live_seconds(30)
