"""The study of privacy: who is a member in which run, and what the attacks say of made-up scores."""

import numpy as np
import pandas as pd
import pytest
from privacy import FIRST, HELD_OUT, PEOPLE, PLANS, PLANTED, attacked, people_of
from privacy_scores import add, attack, place, scores_of, stay


@pytest.mark.parametrize("name", ["few", "many"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_nobody_is_a_member_and_held_out(name, seed):
    people = people_of(PLANS[name], seed)
    assert not np.isin(people.members, people.others).any() and len(people.others) == HELD_OUT
    assert set(people.rows) == set(people.members) and np.isin(people.planted, people.members).all()
    assert not np.isin(attacked(people)[0], people.planted).any()
    everybody = np.concatenate([people.members, people.others])
    assert name == "few" or sorted(everybody) == list(range(PEOPLE))


def test_runs_with_few_patients_share_none_and_a_lesson_needs_the_first_600_people():
    few = [people_of(PLANS["few"], seed).members for seed in range(3)]
    assert len(np.unique(np.concatenate(few))) == 3 * 256
    np.testing.assert_array_equal(few[0], np.arange(256))
    people = people_of(PLANS["many"], 0)
    np.testing.assert_array_equal(people.planted, np.arange(PLANTED))
    np.testing.assert_array_equal(people.others, FIRST + np.arange(HELD_OUT))


def test_attacks_find_what_is_there_and_nothing_in_the_controls():
    rng = np.random.default_rng(0)
    images = rng.uniform(-1, 1, (PEOPLE, 8, 8)).astype(np.float32)
    people = people_of(PLANS["few"], 0)
    made = rng.uniform(-1, 1, (300, 8, 8)).astype(np.float32)
    saved = {
        "discriminator_members": rng.normal(3, 1, 256), "discriminator_others": rng.normal(0, 1, 1000),
        "inversion_members": rng.normal(0, 1, 150), "inversion_others": rng.normal(0, 1, 150),
        "inversion_copied": rng.normal(9, 1, 30),
    }  # fmt: skip
    ill = np.arange(PEOPLE) % 3 == 0
    unseen = (rng.uniform(-1, 1, (300, 8, 8)).astype(np.float32), 1)
    scores = scores_of(images, ill, people, made, saved, unseen, lambda x: x.reshape(len(x), -1))
    assert len(scores["pixels"]["others, ill"]) + len(scores["pixels"]["others, well"]) == HELD_OUT
    areas = {(row["attack"], row["who"]): row["auc"] for row in attack(scores)}
    assert areas["discriminator", "members"] > 0.95 and areas["inversion", "copied"] > 0.99
    assert areas["pixels", "copied"] > 0.99 and areas["features", "copied"] > 0.99
    for who in ("members", "control: members", "control: held out", "control: unseen", "control: biased"):
        assert areas["pixels", who] == pytest.approx(0.5, abs=0.08)
    assert ("discriminator", "copied") not in areas and ("discriminator", "planted") not in areas


def test_what_was_scored_before_stays(tmp_path):
    assert stay(tmp_path / "none.csv", ["few"], [0]) == []
    rows = [{"run": run, "seed": seed} for seed in (1, 0) for run in ("many", "few")]
    pd.DataFrame(rows).to_csv(tmp_path / "table.csv", index=False)
    kept = stay(tmp_path / "table.csv", ["few"], [0, 2])
    assert kept == [r for r in rows if r != {"run": "few", "seed": 0}]
    assert [(r["seed"], r["run"]) for r in sorted(rows, key=place)] == [
        (0, "few"), (0, "many"), (1, "few"), (1, "many"),
    ]  # fmt: skip
    for name, value in (("a", 1), ("b", 2), ("a", 3)):
        add(tmp_path / "some.npz", {name: np.array(value)})
    with np.load(tmp_path / "some.npz") as file:
        assert (file["a"], file["b"]) == (3, 2)
