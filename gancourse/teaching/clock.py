"""How long lessons train while a learner waits."""

import math
import os

from gancourse.errors import InputError

#: Limits every live training of the lessons, in seconds: for a slow room, or for tests.
LIVE_SECONDS = "GANCOURSE_LIVE_SECONDS"


def live_seconds(planned: float) -> float:
    """Return how many seconds a lesson may train: `planned`, or fewer if `GANCOURSE_LIVE_SECONDS` says so.

    Raises:
        InputError: the variable is not a number of seconds above 0.
    """
    text = os.environ.get(LIVE_SECONDS, "").strip()
    try:
        limit = float(text or "inf")
    except ValueError:
        limit = math.nan
    if not limit > 0:
        raise InputError(f"{LIVE_SECONDS}={text}: expected seconds above 0, such as 30; correct or unset it")
    return min(planned, limit)
