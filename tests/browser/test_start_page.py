"""The start page in a browser: everyone reaches a lesson, solved exercises are counted, lacks are said."""

import json
import re
import shutil

import lessons as course
import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import harness
from nbformat.v4 import new_output
from PIL import Image
from playwright.sync_api import expect

from gancourse.teaching import lessons, progress

NAMES = [source.stem for source in course.SOURCES]
READY = [{"subject": "Python", "mark": "ok", "text": "3.13 at here"}]
LACKS = [
    *READY,
    {"subject": "Disk", "mark": "LACKS", "text": "0.1 GB free: make room"},
    {"subject": "Memory", "mark": "note", "text": "1 GB free: close other programs"},
]


@pytest.fixture(scope="module")
def class_server(chromium, tmp_path_factory):
    """A server on a learner's copies of all lessons."""
    folder = tmp_path_factory.mktemp("work")
    lessons.copy_lessons(harness.ROOT / "notebooks", folder)
    with harness.serving(folder) as server:
        yield server


@pytest.fixture
def visit(chromium, class_server):
    """A function: what the doctor finds, a width -> the page, once it has said where the learner stands.

    No file may be missing, and nothing may complain, while the start page is shown.
    """
    contexts, wrong = [], []

    def visit(findings=READY, width=1280, **options):
        page = harness.new_page(chromium, viewport={"width": width, "height": 800}, **options)
        contexts.append(page.context)
        at_start = lambda: "/gancourse/" in page.url  # noqa: E731
        page.on("response", lambda r: r.status < 400 or not at_start() or wrong.append(f"{r.status} {r.url}"))
        page.on("pageerror", lambda error: at_start() and wrong.append(str(error)))
        page.on("console", lambda m: m.type == "error" and at_start() and wrong.append(m.text))
        page.route("**/gancourse/doctor*", lambda route: route.fulfill(json=findings))
        page.goto(f"{class_server.url}/gancourse/?token={class_server.token}")
        expect(page.locator("#summary")).to_contain_text("You have solved")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)


def cards(page):
    return page.get_by_role("region", name="The lessons").get_by_role("listitem")


def card(page, name):
    return cards(page).filter(has=page.locator(f"a[href$='{name}.ipynb']"))


def solve(path, count):
    """Store in a copy that its first exercises have passed; how many it has in all."""
    notebook = nbformat.read(path, as_version=4)
    exercises = course.find_exercises(notebook)
    for exercise in exercises[:count]:
        stored = {"exercise": f"{path.name[:2]}.{exercise.name}", "passed": True, "hint": ""}
        output = new_output("display_data", {progress.MIME: stored})
        notebook.cells[exercise.index + 1].outputs = [output]
    nbformat.write(notebook, path)
    return len(exercises)


def solved(page):
    """How many exercises the page says are solved."""
    return int(re.search(r"solved (\d+) of", page.locator("#summary").inner_text())[1])


def show_again(page):
    """What a browser does when somebody comes back to a page's tab; without a window, nobody can."""
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")


def violations(page):
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['target']}" for v in found]


def test_it_shows_every_lesson_with_its_picture(visit):
    page = visit()
    expect(cards(page)).to_have_count(len(NAMES))
    for name in NAMES:
        opening = nbformat.read(harness.ROOT / "notebooks" / f"{name}.ipynb", as_version=4).cells[0].source
        title = opening.splitlines()[0].removeprefix("#").strip()
        expect(card(page, name).get_by_role("heading", level=4)).to_have_text(f"{name[:2]} {title}")
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    assert page.evaluate("() => [...document.images].every((image) => image.naturalWidth > 0)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 800, 390, 320])
def test_it_is_for_everyone(visit, scheme, width):
    page = visit(LACKS, width, color_scheme=scheme)
    expect(page.locator("#verdict")).to_contain_text("Not ready")
    page.get_by_text("Everything that was checked").click()
    assert not violations(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_by_keyboard_to_a_lesson_and_back_where_it_counts(visit, class_server):
    page, name = visit(), NAMES[2]
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the lessons")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The lessons")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    link = card(page, name).get_by_role("link")
    expect(link).to_be_focused()
    expect(card(page, name)).to_contain_text("Not started")
    before = solved(page)
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    lab = opened.value
    expect(lab.locator(".jp-Notebook:visible")).to_contain_text("What you need.")
    assert lab.url.startswith(f"{class_server.url}/lab/tree/{name}.ipynb")
    total = solve(class_server.folder / f"{name}.ipynb", 2)
    lab.close()
    show_again(page)
    expect(card(page, name)).to_contain_text(f"2 of {total} exercises solved")
    assert solved(page) == before + 2
    expect(page.get_by_role("link", name=f"Go on with lesson {name[:2]}")).to_have_attribute(
        "href", f"../lab/tree/{name}.ipynb"
    )


def test_progress_is_read_anew_when_the_page_is_shown_again(visit, class_server):
    page, name = visit(), NAMES[3]
    expect(card(page, name)).to_contain_text("Not started")
    total = solve(class_server.folder / f"{name}.ipynb", 99)
    show_again(page)
    expect(card(page, name)).to_contain_text(f"Done: all {total} exercises solved")
    aside = class_server.folder / f"{name} (2026-11-26).ipynb"
    aside.write_bytes((class_server.folder / f"{name}.ipynb").read_bytes())
    show_again(page)
    expect(card(page, name).get_by_role("link", name=aside.stem)).to_be_visible()
    (class_server.folder / f"{NAMES[4]}.ipynb").write_text("<<<<<<< HEAD")
    show_again(page)
    expect(page.locator("#problems")).to_contain_text("not a notebook")
    assert not violations(page)


def test_what_the_learner_kept_is_shown(visit, class_server):
    page = visit()
    made = page.get_by_role("region", name="What you have made")
    expect(made).to_be_hidden()
    kept = class_server.folder / "kept"
    kept.mkdir()
    Image.new("L", (60, 40), 128).save(kept / "my_first_brain.png")
    show_again(page)
    expect(made.get_by_role("link", name="my first brain")).to_be_visible()
    page.wait_for_function("() => document.querySelector('#gallery img').naturalWidth === 60")
    assert not violations(page)
    shutil.rmtree(kept)


def test_what_the_machine_lacks_is_said_in_words(visit):
    page = visit(LACKS)
    expect(page.locator("#verdict")).to_have_text(
        "Not ready. This machine lacks something that the course needs."
    )
    items = page.locator("#lacking li")
    expect(items).to_have_text(
        ["Disk: lacking. 0.1 GB free: make room", "Memory: note. 1 GB free: close other programs"]
    )
    page.unroute_all()
    page.route("**/gancourse/doctor?again=1", lambda route: route.fulfill(body=json.dumps(READY)))
    again = page.get_by_role("button", name="Check again")
    again.press("Enter")
    expect(page.locator("#verdict")).to_have_text("Ready.")
    expect(again).to_be_focused()
    expect(items).to_have_count(0)


def test_a_server_that_is_gone_is_said_in_words(visit):
    page = visit()
    page.route("**/gancourse/progress", lambda route: route.fulfill(status=200, body="no JSON"))
    show_again(page)
    expect(page.locator("#summary")).to_contain_text("could not be read")


def test_a_stranger_is_asked_to_log_in(chromium, class_server):
    page = harness.new_page(chromium)
    page.goto(f"{class_server.url}/gancourse/")
    assert "/login" in page.url
    page.context.close()
