"""The attack board's logic: who is in a game, what the attack says, rows, curves and verdicts."""

import numpy as np
import pytest
import toy_board
from sklearn.metrics import roc_auc_score

from gancourse.errors import InputError
from gancourse.metrics.memorisation import distances
from gancourse.teaching.figures import privacy_figures
from gancourse.teaching.widgets import AttackBoard
from gancourse.teaching.widgets.attack_board_game import CHANCE, KINDS, roc
from gancourse.teaching.widgets.judging import to_bytes


@pytest.fixture
def board():
    return toy_board.board()


def test_a_game_has_things_of_both_kinds_with_their_nearest_images():
    rng = np.random.default_rng(1)
    members, others, generated = (rng.uniform(-1, 1, (n, 16, 16)) for n in (8, 8, 20))
    known = toy_board.scores()["few"]["discriminator"]
    limit = np.median([*known["members"][:8], *known["others"][:8]])
    seen = set()
    for seed in range(6):
        board = toy_board.board(seed=seed)
        assert board.images.shape == (6, 4, 16, 16)
        for k, truth in enumerate(board.truth):
            side = members if truth == KINDS[0] else others
            (row,) = [r for r in range(8) if np.array_equal(to_bytes(side[r]), board.images[k, 0])]
            score = known["members" if truth == KINDS[0] else "others"][row]
            assert board.machine[k] == KINDS[int(score <= limit)]
            nearest = generated[distances(side[[row]], generated)[0].argsort()[:3]]
            np.testing.assert_array_equal(board.images[k, 1:], to_bytes(nearest))
        seen.add(tuple(board.truth))
    assert len(seen) > 3 and {kind for truth in seen for kind in truth} == set(KINDS)


def test_scores_of_a_game(board):
    assert not board.over and board.score().answers == 0
    board.judge(board.truth[:2] + ["member" if board.truth[2] != "member" else "not a member"])
    assert board.score()[:2] == (2, 3)
    board.judge(board.truth)
    assert board.over and board.score().right == 6
    assert board.machine_score().right == sum(a == b for a, b in zip(board.machine, board.truth, strict=True))
    board.begin_next()
    assert board.seed == 1 and board.answers == []


def test_rows_are_what_the_scores_say(board):
    sides = toy_board.scores()["few"]["discriminator"]
    rows = {row.who: row for row in board.areas()}
    truth = [1] * 40 + [0] * 40
    area = roc_auc_score(truth, [*sides["members"], *sides["others"]])
    assert rows["members against held-out people"].auc == pytest.approx(area)
    assert rows[CHANCE].low < 0.5 < rows[CHANCE].high
    assert rows["a biased split: no tumour against tumour"].auc > 0.7
    assert not any(row.kind == "copies" for row in rows.values())
    assert "learns who was a member" in board.verdict()
    board.choose_attack("pixels")
    board.plant(True)
    assert board.areas()[-1].auc > 0.95
    assert set(board.curves()) == {"members against held-out people", "members with a copy among the images"}
    board.choose_run("many")
    assert [row.who for row in board.areas() if row.kind == "copies"][
        0
    ] == "members whose slice was there ten times"
    assert "finds no members here" in board.verdict()


def test_a_split_that_differs_is_no_membership(board):
    sides = board._scores["few"]["discriminator"]
    sides["unseen"] = sides["members"]
    sides["others, unseen"] = sides["others"]
    assert "the split, not membership" in board.verdict()
    sides["unseen"], chance = sides["others, unseen"], board.areas()[1].high
    board._success = lambda members, others: (chance - 0.01, 0.51, chance + 0.05)
    board._rows.clear()
    sides.pop("unseen")
    assert "a weak attack" in board.verdict()
    board._success = toy_board.board()._success
    sides["members"] = sides["others"] - 3
    board._rows.clear()
    assert "look for a bias" in board.verdict()


def test_it_judges_by_the_learner_s_own_measure():
    board = toy_board.board(success=lambda members, others: (0.8, 0.7, 0.9))
    assert board.areas()[0][1:4] == (0.8, 0.7, 0.9)


def test_an_roc_is_monotone_and_thinned():
    rng = np.random.default_rng(0)
    members, others = rng.normal(1, 1, 900), rng.normal(0, 1, 900)
    curve = np.array(roc(members, others))
    assert len(curve) <= 120 and curve[0].tolist() == [0, 0] and curve[-1].tolist() == [1, 1]
    assert (np.diff(curve, axis=0) >= 0).all()
    area = roc_auc_score([1] * 900 + [0] * 900, [*members, *others])
    assert np.trapezoid(curve[:, 1], curve[:, 0]) == pytest.approx(area, abs=0.01)


@pytest.mark.parametrize(
    "wrong", [dict(run="none"), dict(attack="none"), dict(count=9), dict(run=3)], ids=str
)
def test_what_makes_no_board(wrong):
    with pytest.raises(InputError, match="expected"):
        toy_board.board(**wrong)


def test_the_widget_sends_what_its_page_shows(board):
    game = AttackBoard("game", logic=board)
    assert game._frame == {"given": [], "seed": 0} and game._shown == "game"
    assert game._things["shape"] == [6, 4, 16, 16] and len(game._things["pixels"]) == 6 * 4 * 256
    game._answer(game, {"view": "a", "number": 1, "commands": [{"do": "judge", "value": ["member"]}]}, [])
    assert game._frame["given"] == ["member"] and game._frame["answers"] == ["a", 1]
    game._answer(game, {"view": "a", "number": 2, "commands": [{"do": "new"}]}, [])
    assert game._things["truth"] == board.truth and game._frame["given"] == []
    shown = AttackBoard("board", logic=toy_board.board())
    shown._answer(shown, {"view": "a", "number": 1, "commands": [{"do": "plant", "value": True}]}, [])
    assert shown._frame["planted"] and shown._things == {}
    shown._answer(shown, {"view": "a", "number": 2, "commands": [{"do": "run", "value": "none"}]}, [])
    assert "run 'none'" in shown._frame["said"] and shown._frame["run"] == "few"
    with pytest.raises(InputError, match="show"):
        AttackBoard("both", logic=board)


def test_stills_and_their_words(board):
    for show in ("game", "board"):
        png, words = AttackBoard(show, logic=board)._still()
        assert png.startswith(b"\x89PNG") and len(words) > 20
    assert privacy_figures.game_words(board).startswith("Person 1 of 6")
    board.judge(board.truth)
    assert privacy_figures.game_words(board).startswith("6 of 6 people")
    assert privacy_figures.game_png(board).startswith(b"\x89PNG")
