"""The brain viewer as a person uses it: keys, wheel, a phone, a page without Python, and no kernel at all.

It shows toys here, but for the last test: that one opens lesson 31.
"""

import json
import re

import pytest
import toy_scans
from browser import harness
from playwright.sync_api import expect

from gancourse.teaching import lessons
from gancourse.teaching.widgets.live import parts

CELLS = ("import toy_scans", "toy_scans.widget(toy_scans.scan(), toy_scans.scan('Tall_1', (20, 24, 31)))")


class Viewer:
    """A viewer on a page, the first if there are several."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".brain-viewer").first
        self.root.wait_for()
        self.stage = self.root.locator(".stage")
        self.slider = self.root.get_by_role("slider", name="Slice")
        self.pictures = self.root.locator(".picture canvas")
        self.said = self.root.get_by_role("status")

    def where(self):
        return self.slider.get_attribute("aria-valuetext")

    def plane(self, name):
        return self.root.get_by_role("button", name=name)

    def labels(self):
        return self.root.get_by_role("checkbox", name="Show labels")

    def restart(self):
        self.plane("Axial").click()
        self.labels().uncheck()
        self.slider.fill("9")
        expect(self.slider).to_have_attribute("aria-valuetext", "10 of 16")


@pytest.fixture(scope="module")
def opened(open_notebook):
    notebook = open_notebook(*CELLS)
    return notebook, Viewer(notebook.page)


@pytest.fixture
def viewer(opened):
    opened[1].restart()
    return opened[1]


def test_four_modalities_a_row_for_each_subject(viewer):
    expect(viewer.pictures).to_have_count(8)
    for name in ("Toy_1, T1ce, axial slice 10 of 16", "Tall_1, FLAIR, axial slice 19 of 31"):
        expect(viewer.root.get_by_role("img", name=name)).to_be_visible()
    boxes = [viewer.pictures.nth(k).bounding_box() for k in range(4)]
    assert len({box["y"] for box in boxes}) == 1 and min(box["width"] for box in boxes) > 150


@pytest.mark.parametrize(
    ("key", "where"),
    [("ArrowUp", "11 of 16"), ("ArrowLeft", "9 of 16"), ("PageUp", "16 of 16"), ("PageDown", "1 of 16")],
)
def test_keys_move_through_the_slices(viewer, key, where):
    viewer.stage.focus()
    before = harness.Notebook.pixels(viewer.pictures.first)
    viewer.stage.press(key)
    assert viewer.where() == where
    assert harness.Notebook.pixels(viewer.pictures.first) != before
    expect(viewer.stage).to_be_focused()  # JupyterLab has not taken the key


def test_the_slider_by_key(viewer):
    viewer.slider.focus()
    viewer.slider.press("ArrowRight")
    assert viewer.where() == "11 of 16"  # one step, not two


def test_the_wheel_scrolls_the_brain_after_a_click_only(viewer):
    viewer.slider.blur()
    viewer.pictures.first.hover()
    viewer.page.mouse.wheel(0, -40)
    viewer.pictures.first.click()
    assert viewer.where() == "10 of 16"
    viewer.page.mouse.wheel(0, -40)
    expect(viewer.slider).to_have_attribute("aria-valuetext", "11 of 16")
    viewer.page.mouse.wheel(0, 80)
    expect(viewer.slider).to_have_attribute("aria-valuetext", "9 of 16")


def test_labels_are_told_in_words_too(viewer):
    expect(viewer.root.get_by_role("list", name="Labels")).to_be_hidden()
    before = harness.Notebook.pixels(viewer.pictures.first)
    viewer.stage.press("l")
    expect(viewer.labels()).to_be_checked()
    expect(viewer.root.get_by_role("list", name="Labels").get_by_role("listitem")).to_have_count(3)
    expect(viewer.said).to_contain_text("Toy_1, labels on this slice: 2 oedema.")
    viewer.stage.press("ArrowUp")
    expect(viewer.said).to_contain_text("Toy_1, labels on this slice: 2 oedema, 4 enhancing tumour.")
    assert harness.Notebook.pixels(viewer.pictures.first) != before
    viewer.labels().uncheck()
    expect(viewer.said).to_be_empty()


@pytest.mark.parametrize(("plane", "sides"), [("Axial", "RL"), ("Coronal", "RL"), ("Sagittal", "AP")])
def test_planes_show_the_pixels_that_python_cuts(viewer, plane, sides):
    viewer.plane(plane).click()
    viewer.slider.fill("7")
    expect(viewer.plane(plane)).to_have_attribute("aria-pressed", "true")
    assert viewer.root.locator(".side").all_inner_texts()[:2] == list(sides)
    from gancourse.cohort.planes import view

    want = view(toy_scans.scan().volumes["t1"], plane.lower(), 7)
    corners = viewer.pictures.first.evaluate(
        """canvas => {
            const { width, height } = canvas;
            const context = canvas.getContext("2d");
            const at = (x, y) => context.getImageData(x, y, 1, 1).data[0];
            return [at(1, 1), at(width - 2, 1), at(1, height - 2), at(width - 2, height - 2)];
        }"""
    )
    assert corners == pytest.approx([want[0, 0], want[0, -1], want[-1, 0], want[-1, -1]], abs=3)


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_nothing_serious_for_screen_readers(opened, viewer, theme):
    notebook, _ = opened
    viewer.labels().check()
    notebook.use_theme(theme)
    assert notebook.violations(".brain-viewer") == []


def test_the_last_picture_stays_without_a_kernel(open_notebook, server):
    notebook = open_notebook(*CELLS)
    viewer = Viewer(notebook.page)
    still = notebook.page.locator(".jp-OutputArea-output img")
    expect(still).to_be_hidden()
    first = still.get_attribute("src")
    viewer.plane("Coronal").click()
    expect(still).not_to_have_attribute("src", first)  # some moments after the last move
    path = notebook.save()
    last = still.get_attribute("src")
    notebook.close()
    assert "widgets" not in json.loads((server.folder / path).read_text())["metadata"]
    later = open_notebook(server.folder / path, run=False)
    later.listens = False  # Jupyter complains that the view has no model
    still = later.page.locator(".jp-OutputArea-output img")
    expect(still).to_be_visible()
    assert still.get_attribute("src") == last


@pytest.fixture
def plain(chromium, tmp_path):
    """A viewer on a phone, on a page without Jupyter and without Python: JavaScript, CSS and JSON."""
    script, style = parts("viewer")
    data = json.dumps(toy_scans.viewer().json())
    start = f"render({{ model: {{ get: (name) => ({{ _data: {data} }})[name] }}, el: document.body }});"
    (tmp_path / "index.html").write_text(
        f"<!doctype html><html lang=en><title>Viewer</title><meta name=viewport content='width=device-width'>"
        f"<style>{style}</style><script type=module>{script}\n{start}</script>"
    )
    page = harness.new_page(chromium, viewport={"width": 390, "height": 800}, has_touch=True)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"file://{tmp_path}/index.html")
    yield Viewer(page)
    assert not errors
    page.context.close()


def test_a_page_without_python_on_a_phone(plain):
    expect(plain.pictures).to_have_count(4)
    boxes = [plain.pictures.nth(k).bounding_box() for k in range(4)]
    assert all(box["width"] > 300 for box in boxes)  # below one another
    assert [box["y"] for box in boxes] == sorted({box["y"] for box in boxes})
    assert plain.page.evaluate("document.documentElement.scrollWidth") <= 390
    before = harness.Notebook.pixels(plain.pictures.first)
    plain.slider.fill("3")
    assert plain.where() == "4 of 16" and harness.Notebook.pixels(plain.pictures.first) != before
    plain.plane("Sagittal").tap()
    expect(plain.root.get_by_role("img", name="Toy_1, T1, sagittal slice")).to_be_visible()
    plain.page.mouse.wheel(0, 600)
    expect(plain.slider).to_be_in_viewport()  # it stays at the top


def test_in_its_lesson(open_notebook, server):
    lessons.copy_lessons(harness.ROOT / "notebooks", server.folder / "work")
    lesson = server.folder / "work" / "31_read_brats_volumes.ipynb"
    viewer = Viewer(open_notebook(harness.shorten(lesson, "BrainViewer("), seconds=1500).page)
    expect(viewer.pictures).to_have_count(4)
    first = viewer.where()
    viewer.pictures.first.click()
    viewer.stage.press("ArrowUp")
    assert viewer.where() != first
    assert re.fullmatch(r"\d+ of \d+", viewer.where())
