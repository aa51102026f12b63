"""Fixtures for figures."""

import pytest
from matplotlib import pyplot as plt

from gancourse.teaching.figures import canvas


@pytest.fixture
def shown(monkeypatch):
    """What figures displayed, in order; afterwards none may be open."""
    kept = []
    monkeypatch.setattr(canvas, "display", lambda what, metadata=None, raw=False: kept.append(what))
    yield kept
    assert not plt.get_fignums()
