"""The table of lesson 22: complete and sourced."""

import re
from pathlib import Path

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
    assert table["source"].str.fullmatch(SOURCE).all()
    somewhere = table["medical_source"].str.fullmatch(SOURCE) | (table["lesson"] != "")
    assert somewhere.all()


def test_the_lessons_that_it_names_exist():
    lessons = {path.name[:2] for path in (Path(__file__).parents[2] / "notebooks" / "source").glob("*.py")}
    named = set(tour_tables.applications()["lesson"]) - {""}
    assert named and named <= lessons
