"""The map: the routes lead to lessons that exist, and each lesson has a picture of one shape."""

import base64
import io

import lessons as course
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from gancourse.teaching import course_map
from gancourse.teaching.course_map import Lesson, Route

LESSONS = course_map.read_lessons(course.ROOT / "README.md", course.ROOT / "notebooks")


def figure(colour, size=(40, 40), tags=()):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "png")
    data = {"image/png": base64.b64encode(file.getvalue()).decode()}
    return new_code_cell("show()", outputs=[new_output("display_data", data)], metadata={"tags": [*tags]})


def opened(picture):
    return Image.open(io.BytesIO(picture))


def test_every_lesson_is_on_a_route_and_routes_follow_the_order_of_the_lessons():
    routes = [[lesson.number for lesson in route.lessons(LESSONS)] for route in course_map.ROUTES]
    assert {number for route in routes for number in route} == {lesson.number for lesson in LESSONS}
    assert all(route == sorted(route) and route for route in routes)


def test_a_route_leaves_out_what_does_not_exist():
    one = Lesson("4 X", "44_judge", "Judge", "judge", "60", "nothing")
    assert Route("x", "y", ("44", "45")).lessons([one]) == [one]
    shown = course_map.routes_html([one], lambda lesson: lesson.name)
    assert "60 minutes" in shown and shown.count("<h3>") == shown.count("<a ") == 1


@pytest.mark.parametrize(
    ("minutes", "words"), [(["60"], "60 minutes"), (["45 to 60", "55", "60"], "about 3 hours")]
)
def test_durations_in_words(minutes, words):
    assert course_map.duration([Lesson("4 X", "44_x", "X", "x", each, "") for each in minutes]) == words


def test_titles_are_text():
    shown = course_map.map_html(
        [Lesson("4 X", "44_x", "a < b", "say <b>", "60", "")],
        lambda _: "there",
        lambda _: "p.png",
        lambda _: "",
    )
    assert "a &lt; b" in shown and "say &lt;b&gt;." in shown


def test_the_first_figure_stands_for_a_lesson_unless_one_is_tagged():
    cells = [new_markdown_cell("# A"), new_code_cell("1"), figure("red"), figure("blue")]
    assert opened(course_map.cover(new_notebook(cells=cells))).getpixel((9, 180)) == (255, 0, 0)
    cells += [new_code_cell("2", metadata={"tags": ["cover"]}), figure("lime", tags=["cover"])]
    assert opened(course_map.cover(new_notebook(cells=cells))).getpixel((9, 180)) == (0, 255, 0)
    assert course_map.cover(new_notebook(cells=cells[:2])) is None


@pytest.mark.parametrize("size", [(40, 40), (300, 20), (20, 300), (32, 18)])
def test_a_cover_has_one_shape(size):
    picture = opened(course_map.cover(new_notebook(cells=[figure("red", size)])))
    assert picture.size == course_map.COVER_SIZE and picture.getpixel((320, 180)) == (255, 0, 0)


@pytest.mark.parametrize("source", course.SOURCES, ids=lambda path: path.stem)
def test_every_lesson_has_a_cover(source):
    notebook = nbformat.read(course.ROOT / "notebooks" / f"{source.stem}.ipynb", as_version=4)
    assert opened(course_map.cover(notebook)).size == course_map.COVER_SIZE
