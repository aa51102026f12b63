"""A small attack board: eight people of either kind, two runs, two attacks, and all controls."""

import numpy as np

from gancourse.teaching.widgets.attack_board_game import AttackBoard


def scores() -> dict:
    """Scores in which the discriminator of "few" knows its members, and nothing else finds anybody."""
    rng, found = np.random.default_rng(0), {}
    for run in ("few", "many"):
        for attack in ("pixels", "discriminator"):
            known = 3.0 if (run, attack) == ("few", "discriminator") else 0.0
            sides = {name: rng.normal(size=40) for name in ("others", "unseen", "others, unseen")}
            sides |= {"members": rng.normal(known, 1, 40), "others, ill": sides["others"][:20]}
            sides |= {"others, well": sides["others"][20:] + 2}
            if attack == "pixels":
                sides |= {"copied": rng.normal(5, 1, 10), "others, copied": sides["others"]}
            if run == "many":
                sides["planted"] = rng.normal(1, 1, 5)
            found.setdefault(run, {})[attack] = sides
    return found


def board(**options) -> AttackBoard:
    """A board of these scores, with a game of six people."""
    rng = np.random.default_rng(1)
    members, others, generated = (rng.uniform(-1, 1, (n, 16, 16)) for n in (8, 8, 20))
    words = {"few": "256 patients", "many": "many patients"}
    return AttackBoard(scores(), words, members, others, generated, **{"count": 6} | options)
