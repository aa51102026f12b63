"""The latent explorer as a person uses it: keys, mouse, and no kernel at all.

It paints toys here, but for the last test: that one opens lesson 43.
"""

import json
import re

import pytest
import toy_explorer as toy
from browser import harness
from playwright.sync_api import expect

from gancourse.teaching import lessons

CELLS = ("import toy_explorer", "explorer = toy_explorer.widget()\nexplorer")


class Explorer:
    """An explorer on a page, the first if there are several."""

    def __init__(self, notebook):
        self.notebook, self.page = notebook, notebook.page
        self.root = self.page.locator(".latent-explorer").first
        self.root.wait_for()
        self.picture = self.root.locator(".picture canvas")
        self.said = self.root.get_by_role("status")

    def slider(self, name):
        return self.root.get_by_role("slider", name=name)

    def button(self, name):
        return self.root.get_by_role("button", name=name)

    def value(self, name):
        """What is written beside a slider, as a number."""
        return float(re.sub("[^0-9.-]", "", self.slider(name).get_attribute("aria-valuetext").split()[0]))

    def changes(self, act):
        """Whether the picture changes after `act()`, within seconds."""
        before, painted = self.notebook.pixels(self.picture), self.painted()
        act()
        self.page.wait_for_function(
            "n => +document.querySelector('.latent-explorer').dataset.painted > n", arg=painted
        )
        return self.notebook.pixels(self.picture) != before

    def painted(self):
        return int(self.root.get_attribute("data-painted"))

    def restart(self):
        """Seed 0, and nothing changed."""
        self.slider("Truncation").fill("1")
        for seed in ("9", "0"):
            self.root.get_by_role("spinbutton", name="Seed").fill(seed)
            expect(self.picture).to_have_attribute("aria-label", re.compile(f"seed {seed},"))


@pytest.fixture(scope="module")
def opened(open_notebook):
    return Explorer(open_notebook(*CELLS))


@pytest.fixture
def explorer(opened):
    opened.restart()
    return opened


@pytest.mark.parametrize("name", ["brain width", "ventricle area", "Value of the dimension", "Truncation"])
def test_keys_move_a_slider(explorer, name):
    slider = explorer.slider(name)
    slider.focus()
    before = explorer.value(name)
    assert explorer.changes(lambda: slider.press("PageDown"))
    assert explorer.value(name) < before
    expect(slider).to_be_focused()  # JupyterLab has not taken the key


def test_the_mouse_moves_a_slider(explorer):
    box = explorer.slider("brain width").bounding_box()
    mouse, y = explorer.page.mouse, box["y"] + box["height"] / 2

    def drag():
        mouse.move(box["x"] + box["width"] * 0.7, y)
        mouse.down()
        mouse.move(box["x"] + box["width"] * 0.2, y, steps=5)
        mouse.up()

    assert explorer.changes(drag)
    assert explorer.value("brain width") == pytest.approx(96, abs=3)
    expect(explorer.picture).to_have_attribute("aria-label", re.compile("brain width 9[0-9] mm"))


def test_stale_moves_are_dropped_and_clicks_are_not(explorer):
    before = explorer.painted()
    explorer.slider("brain width").evaluate(
        """slider => {
            for (let value = 81; value <= 140; value++) {
                slider.value = value;
                slider.dispatchEvent(new Event("input"));
            }
        }"""
    )
    expect(explorer.picture).to_have_attribute("aria-label", re.compile("brain width 140 mm"))
    assert explorer.painted() - before <= 3  # the first of the 60, the last, and room for one more
    explorer.button("New brain").evaluate("button => { for (let k = 0; k < 5; k++) button.click(); }")
    expect(explorer.picture).to_have_attribute("aria-label", re.compile("seed 5,"))


def test_python_has_what_the_page_shows(explorer):
    explorer.slider("ventricle area").fill("2000")
    expect(explorer.picture).to_have_attribute("aria-label", re.compile("ventricle area 2,000"))
    expect(explorer.slider("Value of the dimension")).to_have_value("1.1")
    python = toy.explorer()
    python.set_attribute("ventricles", 2000)
    assert explorer.value("Value of the dimension") == pytest.approx(python.latent[0], abs=0.01)


def test_the_path_from_a_to_b(explorer):
    expect(explorer.slider("Position")).to_be_disabled()
    explorer.button("Keep as A").click()
    a = explorer.notebook.pixels(explorer.picture)
    assert explorer.changes(explorer.button("New brain").click)
    explorer.button("Keep as B").click()
    expect(explorer.root.get_by_role("img", name="Brain kept as B")).to_be_visible()
    slider = explorer.slider("Position")
    slider.focus()
    assert explorer.changes(lambda: slider.press("PageUp"))
    explorer.changes(lambda: slider.press("Home"))
    explorer.page.wait_for_function(
        "a => document.querySelector('.latent-explorer canvas').toDataURL() === a", arg=a
    )


def test_save_png(explorer):
    with explorer.page.expect_download() as download:
        explorer.button("Save PNG").click()
    assert download.value.suggested_filename == "dcgan-t1-seed0.png"
    assert download.value.path().read_bytes() == toy.explorer().png()


def test_copy_as_code(explorer):
    explorer.page.evaluate(
        "() => { navigator.clipboard.writeText = async (text) => { window.copied = text; } }"
    )
    explorer.button("Copy latent as code").click()
    expect(explorer.said).to_contain_text("Copied")
    assert explorer.page.evaluate("copied") == toy.explorer().code()
    explorer.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    explorer.button("Copy latent as code").click()
    box = explorer.root.get_by_role("textbox", name="The latent as code")
    expect(box).to_be_focused()
    expect(box).to_have_value(toy.explorer().code())


def test_another_generator(explorer):
    select = explorer.root.get_by_role("combobox", name="Modality")
    select.select_option("dcgan-t1-deck")
    expect(explorer.slider("brain width")).to_have_count(0)  # it has no directions
    select.select_option("dcgan-t1")
    expect(explorer.slider("brain width")).to_be_visible()


@pytest.mark.parametrize("name", ["brain width", "Position"])
def test_the_focus_moves_on_from_a_slider_that_goes(explorer, name):
    select = explorer.root.get_by_role("combobox", name="Modality")
    for anchor in ("Keep as A", "Keep as B"):
        explorer.button(anchor).click()
    expect(explorer.slider("Position")).to_be_enabled()
    explorer.slider(name).focus()
    choose = "(select, name) => { select.value = name; select.dispatchEvent(new Event('change')); }"
    select.evaluate(choose, "dcgan-t1-deck")  # it has no directions, and A and B are forgotten
    expect(select if name == "brain width" else explorer.button("Keep as A")).to_be_focused()
    select.select_option("dcgan-t1")
    expect(explorer.slider("brain width")).to_be_visible()


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_nothing_serious_for_screen_readers(explorer, theme):
    explorer.notebook.use_theme(theme)
    assert explorer.notebook.violations(".latent-explorer") == []


def test_fits_a_laptop(explorer):
    for box in (explorer.picture.bounding_box(), explorer.button("Save PNG").bounding_box()):
        assert box["x"] > 0 and box["x"] + box["width"] < 1280 and box["y"] + box["height"] < 800
    assert explorer.picture.bounding_box()["width"] > 450


def test_the_last_picture_stays_without_a_kernel(open_notebook, server):
    notebook = open_notebook(*CELLS)
    explorer = Explorer(notebook)
    still = notebook.page.locator(".jp-OutputArea-output img")
    expect(still).to_be_hidden()
    first = still.get_attribute("src")
    explorer.button("New brain").click()
    expect(still).not_to_have_attribute("src", first)  # some moments after the last move
    path = notebook.save()
    last = still.get_attribute("src")
    notebook.close()
    saved = json.loads((server.folder / path).read_text())
    assert "widgets" not in saved["metadata"]
    later = open_notebook(server.folder / path, run=False)
    later.listens = False  # Jupyter complains that the view has no model
    still = later.page.locator(".jp-OutputArea-output img")
    expect(still).to_be_visible()
    assert still.get_attribute("src") == last and still.evaluate("image => image.naturalWidth") == 384


def test_in_notebook_7_by_mouse_and_by_keys(open_notebook):
    explorer = Explorer(open_notebook(*CELLS, app="notebook"))
    box = explorer.slider("brain width").bounding_box()
    assert explorer.changes(lambda: explorer.page.mouse.click(box["x"] + 10, box["y"] + box["height"] / 2))
    assert explorer.value("brain width") < 90
    assert explorer.changes(lambda: explorer.slider("brain width").press("PageUp"))
    assert explorer.changes(explorer.button("New brain").click)


def test_in_its_lesson(open_notebook, server):
    lessons.copy_lessons(harness.ROOT / "notebooks", server.folder / "work")
    lesson = server.folder / "work" / "43_explore_latent_space.ipynb"
    explorer = Explorer(open_notebook(harness.shorten(lesson, "LatentExplorer("), seconds=1500))
    slider = explorer.slider("ventricle area")
    slider.focus()
    before = explorer.value("ventricle area")
    assert explorer.changes(lambda: slider.press("PageUp"))
    assert explorer.value("ventricle area") > before
    assert explorer.changes(explorer.button("New brain").click)
