"""The tables of lesson 22: complete, sourced, and a tree."""

import re
from pathlib import Path

import pytest

from gancourse.errors import InputError
from gancourse.teaching.material import tour_tables

SOURCE = re.compile(r"arXiv:\d{4}\.\d{4,5}|doi:10\.\d{4,}/\S+")

#: As the deck lists them.
DECK = """Generate examples for image datasets; Generate photographs of human faces;
Generate realistic photographs; Generate cartoon characters; Image-to-image translation;
Text-to-image translation;
Semantic-image-to-photo translation; Face frontal view generation; Generate new human poses; Photos to emojis;
Photograph editing; Face aging; Photo blending; Super resolution; Photo inpainting; Clothing translation;
Video prediction; 3D object generation"""


def test_all_of_the_decks_applications_and_lagan():
    table = tour_tables.applications()
    assert list(table["application"]) == [*re.split(r";\s+", DECK), "Physics synthesis"]
    assert (table[["network", "input", "output", "medical"]] != "").all().all()


def test_every_row_has_its_source():
    table = tour_tables.applications()
    assert (
        table["source"].str.fullmatch(SOURCE).all()
        and tour_tables.family()["source"].str.fullmatch(SOURCE).all()
    )
    somewhere = table["medical_source"].str.fullmatch(SOURCE) | (table["lesson"] != "")
    assert somewhere.all()


def test_the_lessons_that_it_names_exist():
    lessons = {path.name[:2] for path in (Path(__file__).parents[2] / "notebooks" / "source").glob("*.py")}
    named = set(tour_tables.applications()["lesson"]) - {""}
    assert named and named <= lessons


def test_the_family_is_a_tree_in_time():
    table = tour_tables.family()
    assert table.index.is_unique and list(table[table["parent"] == ""].index) == ["GAN"]
    for row in table.itertuples():
        above = tour_tables.ancestors(table, row.name)
        assert not above or above[-1] == "GAN"
        assert not row.parent or table.loc[row.parent, "year"] <= row.year
        assert row.source.startswith("doi") or 2000 + int(row.source[6:8]) == row.year


def test_search_wants_all_words():
    table = tour_tables.family()
    both = tour_tables.search(table, "MEDICAL mr")
    assert set(both.index) == set(tour_tables.search(table, "medical").index) & set(
        tour_tables.search(table, "mr").index
    )
    assert len(tour_tables.search(table, "no such words")) == 0 and len(tour_tables.search(table, "")) == len(
        table
    )


def test_ancestors_and_links():
    assert tour_tables.ancestors(tour_tables.family(), "WGAN-GP") == ["WGAN", "DCGAN", "GAN"]
    with pytest.raises(InputError, match="'wgan': not in the table"):
        tour_tables.ancestors(tour_tables.family(), "wgan")
    assert tour_tables.link("arXiv:1406.2661") == "https://arxiv.org/abs/1406.2661"
    assert tour_tables.link("doi:10.1/x") == "https://doi.org/10.1/x" and tour_tables.link("") == ""
