"""Attacks on a generator's patients, without a notebook: a game of single people, and a board of all attacks.

The game: was this person among those whose scans trained the generator? The board: for a run and an attack,
the ROC, the area under it with an interval, and what controls give, in which there is nothing to find.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import roc_curve

from gancourse.errors import InputError
from gancourse.metrics.memorisation import distances
from gancourse.teaching.material.privacy_parts import attack_success, control
from gancourse.teaching.widgets.commands import check_choice
from gancourse.teaching.widgets.judging import Judging, Score, score, to_bytes

#: What can be answered in the game; the first letters are keys.
KINDS = ("member", "not a member")
NEAREST = 3  #: generated images shown beside a person

Scores = Mapping[str, Mapping[str, Mapping[str, np.ndarray]]]


class Area(NamedTuple):
    """A row of the board: whose scores are compared, the area under the ROC, its interval, and its kind."""

    who: str
    auc: float
    low: float
    high: float
    kind: str  #: "attack", "control" or "copies"


#: Rows of the board: words, side, side that it is compared with, kind.
ROWS = (
    ("members against held-out people", "members", "others", "attack"),
    ("the same people, a generator that saw neither group", "unseen", "others, unseen", "control"),
    ("a biased split: no tumour against tumour", "others, well", "others, ill", "control"),
    ("members whose slice was there ten times", "planted", "others", "copies"),
    ("members with a copy among the images", "copied", "others, copied", "copies"),
)
CHANCE = "members against other members"


class AttackBoard(Judging):
    """A board of attacks, and a game of people one by one.

    Args:
        scores: run -> attack -> side -> (N,), higher for a likelier member; sides as in `ROWS`.
        words: what each run is, by name.
        members, others: (N, H, W) in [-1, 1], people of the game, in the order of their scores.
        generated: (M, H, W), the images that the run of the game has made.
        run, attack: of the game, and where the board begins.
        count: people in a game.
        seed: of their choice.
        success: (members' scores, others' scores) -> area, low, high.
        attack_words: what each attack is, by name.

    Attributes:
        truth: of each person in the game, a word of `KINDS`.
        machine: what the attack says of each, likewise.
        answers: those given so far.
        planted: whether the board shows the positive controls.

    Raises:
        InputError: an unknown run or attack, or fewer people than the game needs.
    """

    COMMANDS = {
        "run": ("choose_run", "value"),
        "attack": ("choose_attack", "value"),
        "plant": ("plant", "value"),
        **Judging.COMMANDS,
    }

    kinds = KINDS

    def __init__(
        self,
        scores: Scores,
        words: Mapping[str, str],
        members: np.ndarray,
        others: np.ndarray,
        generated: np.ndarray,
        *,
        run: str = "few",
        attack: str = "discriminator",
        count: int = 10,
        seed: int = 0,
        success: Callable = attack_success,
        attack_words: Mapping[str, str] | None = None,
    ):
        self._scores, self.words, self._success = scores, words, success
        self.attack_words = attack_words or {}
        self._rows: dict[tuple[str, str], list[Area]] = {}
        self.planted = False
        self.run, self.attack = check_choice("run", run, list(scores)), ""
        self.choose_attack(attack)
        if min(len(members), len(others)) < count:
            received = f"{len(members)} members, {len(others)} others"
            raise InputError(f"attack board: {received}; expected {count} or more of each")
        self._people = np.asarray(members), np.asarray(others)
        self._generated = np.asarray(generated)
        known = scores[run][attack]
        self._game_scores = known["members"][: len(members)], known["others"][: len(others)]
        self.game_attack, self.count = attack, count
        self.begin(seed)

    # The game

    def begin(self, seed: int) -> None:
        """Begin a game with the people of a seed: each a member by the toss of a coin."""
        rng = np.random.default_rng(seed)
        sides = rng.integers(0, 2, self.count)
        chosen = [rng.permutation(len(images)) for images in self._people]
        people = np.stack([self._people[side][chosen[side][k]] for k, side in enumerate(sides)])
        said = np.array([self._game_scores[side][chosen[side][k]] for k, side in enumerate(sides)])
        limit = np.median(np.concatenate(self._game_scores))
        nearest = distances(people, self._generated).argsort(1)[:, :NEAREST]
        self.seed = seed
        self.truth = [KINDS[side] for side in sides]
        self.machine = [KINDS[int(value <= limit)] for value in said]
        self.images = to_bytes(np.concatenate([people[:, None], self._generated[nearest]], 1))
        self.answers: list[str] = []

    def machine_score(self) -> Score:
        """Count the attack's right answers, of all people in the game."""
        return score(sum(a == t for a, t in zip(self.machine, self.truth, strict=True)), self.count)

    # The board

    @property
    def runs(self) -> list[str]:
        """Return the runs that have scores."""
        return list(self._scores)

    @property
    def attacks(self) -> list[str]:
        """Return the attacks on the chosen run."""
        return list(self._scores[self.run])

    def choose_run(self, name: str) -> None:
        """Show another run; its first attack, if it has not the chosen one."""
        self.run = check_choice("run", name, self.runs)
        if self.attack not in self.attacks:
            self.attack = self.attacks[0]

    def choose_attack(self, name: str) -> None:
        """Show another attack."""
        self.attack = check_choice("attack", name, self.attacks)

    def plant(self, value: bool) -> None:
        """Show the positive controls, or hide them."""
        if not isinstance(value, bool):
            raise InputError(f"plant: expected True or False, received {value!r:.40}")
        self.planted = value

    def areas(self) -> list[Area]:
        """Return the rows of the board, for the chosen run and attack."""
        key = self.run, self.attack
        if key not in self._rows:
            sides = self._scores[self.run][self.attack]
            found = []
            for who, side, against, kind in ROWS:
                if len(sides.get(side, ())) > 1 and len(sides.get(against, ())) > 1:
                    auc, low, high = map(float, self._success(sides[side], sides[against]))
                    found.append(Area(who, auc, low, high, kind))
            low, high = control(sides["members"], np.random.default_rng(0))
            found.insert(1, Area(CHANCE, (low + high) / 2, low, high, "control"))
            self._rows[key] = found
        return [row for row in self._rows[key] if self.planted or row.kind != "copies"]

    def curves(self) -> dict[str, list[tuple[float, float]]]:
        """Return the ROC of each row that has one: (false positives, true positives), 0 to 1."""
        sides, found = self._scores[self.run][self.attack], {}
        shown = {row.who for row in self.areas()}
        for who, side, against, kind in ROWS:
            if who in shown and kind != "control":
                found[who] = roc(sides[side], sides[against])
        return found

    def verdict(self) -> str:
        """Say in words what the board shows."""
        attack, *rest = self.areas()
        chance = rest[0].high
        unseen = [row.high for row in rest if "saw neither" in row.who]
        if attack.high < 0.5:
            return (
                "Held-out people look more like members than the members do: no attack, but look for a bias."
            )
        if attack.low <= 0.5:
            return "Not told apart from chance: this attack finds no members here. Another one may."
        if unseen and attack.auc <= max(unseen):
            return "A generator that saw nobody of them gives as much: that is the split, not membership."
        if attack.auc <= chance:
            return (
                "The interval lies above 0.5, but halves of the members reach as much: at most a weak attack."
            )
        return "More than chance, and more than the controls: this attack learns who was a member."


def roc(members: np.ndarray, others: np.ndarray, points: int = 120) -> list[tuple[float, float]]:
    """Return the ROC of two sets of scores, at so many places at most, with its ends."""
    truth = np.repeat([1, 0], [len(members), len(others)])
    false, true, _ = roc_curve(truth, np.concatenate([members, others]))
    kept = np.unique(np.linspace(0, len(false) - 1, points).round().astype(int))
    return [(round(float(x), 4), round(float(y), 4)) for x, y in zip(false[kept], true[kept], strict=True)]


def from_runs(**options: Any) -> AttackBoard:
    """Make the board of the course's runs; `options` are those of `AttackBoard`."""
    from gancourse.teaching.material import privacy_runs

    people = privacy_runs.lesson_people()
    generated = privacy_runs.read_run(options.get("run", "few")).paint()
    return AttackBoard(
        privacy_runs.read_scores(),
        privacy_runs.RUNS,
        people.members,
        people.others,
        generated,
        attack_words=privacy_runs.ATTACKS,
        **options,
    )
