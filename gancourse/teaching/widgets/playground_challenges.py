"""Challenges of the playground, and the stars that are won in them. What is measured decides.

The limits come from games that were played by the book's engine with seeds 0, 1 and 2. Each starts from the
challenge's settings with the changes that are named here, and ends with this many stars:

    make it converge, 3,000 rounds: none 0 0 0 stars; SGD at rates 0.1 0 0 1; Adam 2 2 2;
        Adam, and rates of 0.0003 after round 1,500 (2,600 rounds) 3 3 2
    break it on purpose, 1,200 to 1,600 rounds: none 0 0 0; non-saturating loss 2 3 2; least squares 2 3 1
    mend a game, 3,000 rounds: none 0 0 0; both rates 0.01 2 1 0; both 0.002 2 2 1; G's rate 0.001 2 3 2;
        both 0.002, and 0.0003 after round 2,000 3 3 2; G's rate 0.001 and 32 neurons, D's 0.003 and 64 3 3 3

The notebook's engine draws other numbers. There (`use_challenge`, `set`, `reset(seed)`, and `play("fast")` to
so many rounds), seeds 0 and 1 end with: make it converge, Adam 2 2; break it on purpose, non-saturating loss,
1,600 rounds 3 0; mend a game, G's rate 0.001 2 3; and each with nothing changed 0 0. So a seed decides much.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Challenge:
    """One challenge: hold the divergence below a limit. There are three limits, each worth one star more."""

    title: str
    settings: dict[str, Any]  # where it begins, as in a preset; its points may not be changed
    task: str  # what to reach
    found: tuple[int, int]  # least and most blobs found that count; (0, 0) where there are no blobs
    below: tuple[float, float, float]  # the divergence for one, two and three stars
    rounds: int  # how long without a break

    @property
    def goal(self) -> str:
        """Return the task with its limits, for the page."""
        one, two, three = (f"{limit:.2f}" for limit in self.below)
        return (
            f"{self.task} Keep the divergence below {one} for {self.rounds} rounds (one star), below {two}"
            f" (two stars) or below {three} (three stars)."
        )


CHALLENGES = {
    "make it converge": Challenge(
        "Make it converge",
        {"data": "ring", "optimizer": "sgd", "g_rate": 0.001, "d_rate": 0.001},
        "With these settings almost nothing happens.",
        found=(0, 0),
        below=(0.3, 0.2, 0.1),
        rounds=500,
    ),
    "break it on purpose": Challenge(
        "Break it on purpose",
        {
            **{"data": "two blobs", "loss": "wasserstein", "optimizer": "sgd"},
            **{"g_rate": 0.03, "d_rate": 0.3, "d_steps": 5},
        },
        "This game finds both blobs. Make the generator find exactly one of them.",
        found=(1, 1),
        below=(0.5, 0.35, 0.26),
        rounds=500,
    ),
    "mend a game": Challenge(
        "Mend a game",
        {"data": "eight blobs", "g_rate": 0.01, "d_rate": 0.001},
        "Here the points run from place to place. Find at least seven of the eight blobs.",
        found=(7, 8),
        below=(0.45, 0.35, 0.25),
        rounds=500,
    ),
}


class Referee:
    """Awards the stars of a challenge, moment by moment.

    Attributes:
        challenge: the name in `CHALLENGES` of the one that is played, or None.
        stars: the most that were won, by challenge; they last as long as the playground.
    """

    def __init__(self) -> None:
        self.challenge: str | None = None
        self.stars = dict.fromkeys(CHALLENGES, 0)
        self.restart()

    def restart(self) -> None:
        """Forget how long the limits were held: a new game begins."""
        self._since: list[int | None] = [None, None, None]

    def see(self, now: Mapping[str, Any]) -> None:
        """Look at what was measured at a moment: `rounds`, `divergence` and `found`."""
        if self.challenge is None:
            return
        challenge = CHALLENGES[self.challenge]
        least, most = challenge.found
        for k, limit in enumerate(challenge.below):
            if not (least <= now["found"] <= most and now["divergence"] < limit):
                self._since[k] = None
                continue
            since = self._since[k]
            self._since[k] = since = now["rounds"] if since is None else since
            if now["rounds"] - since >= challenge.rounds:
                self.stars[self.challenge] = max(self.stars[self.challenge], k + 1)
