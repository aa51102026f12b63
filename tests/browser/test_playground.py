"""The playground and the game "real or fake" as a person uses them: keys, mouse, and no kernel at all."""

import json

import pytest
from browser import harness
from playwright.sync_api import expect

from gancourse.teaching import lessons

PLAY = "from gancourse.teaching.widgets import Playground\nwidget = Playground()\nwidget"
JUDGE = """import numpy as np
from gancourse.teaching.widgets.real_or_fake_game import RealOrFake as Game
from gancourse.teaching.widgets import RealOrFake
squares = np.full((40, 32, 32), -1.0)
squares[:, 8:24, 8:24] = np.linspace(-0.5, 0.5, 40)[:, None, None]
RealOrFake(logic=Game(squares[20:], squares[:20], count=6))"""


class Widget:
    """A widget on a page, with its parts by their roles."""

    def __init__(self, notebook, name):
        self.notebook, self.page = notebook, notebook.page
        self.root = self.page.locator(f".{name}").first
        self.root.wait_for()
        self.said = self.root.locator(".said")

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def select(self, name):
        return self.root.get_by_role("combobox", name=name)

    def rounds(self):
        return int(self.root.locator(".rounds").inner_text().replace(",", ""))

    def stands_still(self):
        """Wait until all is answered, as never while it plays; whether the page and Python agree then."""
        asked = self.root.evaluate_handle("root => root")
        self.page.wait_for_function("root => root.dataset.asked === root.dataset.answered", arg=asked)
        return self.rounds_in_python() == self.rounds()

    def rounds_in_python(self):
        """Rounds that Python has played, printed by the kernel."""
        return int(self.notebook.python("print(widget.logic.rounds)"))


@pytest.fixture(scope="module")
def opened(open_notebook):
    return Widget(open_notebook(JUDGE, PLAY), "playground")


@pytest.fixture
def playground(opened):
    opened.root.scroll_into_view_if_needed()
    yield opened
    if opened.button("Pause").count():
        opened.button("Pause").click()


def test_it_plays_and_pauses_by_key_while_other_cells_run(playground):
    playground.button("Play").focus()
    playground.page.keyboard.press("Space")
    expect(playground.root.locator(".rounds")).not_to_have_text("0")
    rounds = playground.rounds_in_python()
    expect(playground.root.locator(".rounds")).not_to_have_text(f"{rounds:,}")  # it goes on meanwhile
    playground.button("Pause").press("Space")
    expect(playground.button("Play")).to_be_focused()
    assert playground.stands_still() and playground.rounds() >= rounds > 0


def test_it_rests_where_nobody_looks(playground):
    playground.button("Play").click()
    playground.page.wait_for_function("() => document.querySelector('.playground').dataset.painted > 3")
    playground.root.evaluate(
        """root => new Promise((resolve) => {
            root.style.marginTop = "5000px";
            new IntersectionObserver(([entry], observer) => {
                if (entry.isIntersecting) return;
                observer.disconnect();
                resolve(); // after the page's own observer, which is older
            }).observe(root.querySelector(".plane"));
        })"""
    )
    assert playground.stands_still()
    rounds = playground.rounds()
    playground.root.evaluate("root => (root.style.marginTop = '')")
    expect(playground.root.locator(".rounds")).not_to_have_text(f"{rounds:,}")


def test_steps_reset_and_settings(playground):
    playground.button("Reset").click()
    expect(playground.root.locator(".rounds")).to_have_text("0")
    plane = playground.root.locator(".plane")
    before = playground.notebook.pixels(plane)
    for name in ("Step D", "Step G"):
        playground.button(name).press("Enter")
    playground.page.wait_for_function(
        "before => document.querySelector('.playground .plane').toDataURL() !== before", arg=before
    )
    playground.select("Generator: neurons").select_option("8")
    expect(playground.select("Game")).to_have_value("")
    expect(playground.button("Mend it")).to_be_disabled()


def test_a_preset_and_its_mend(playground):
    playground.select("Game").select_option("oscillation")
    expect(playground.root.locator(".question")).to_contain_text("?")
    expect(playground.select("Discriminator: rate")).to_have_value("0.001")
    playground.button("Mend it").press("Enter")
    expect(playground.select("Discriminator: rate")).to_have_value("0.002")
    expect(playground.root.locator(".question")).to_contain_text("D keeps up")
    expect(playground.button("Mend it")).to_be_disabled()
    expect(playground.button("Play")).to_be_focused()


def test_drawing_by_keys_and_by_mouse(playground):
    playground.select("Points").select_option("drawn")
    canvas = playground.root.get_by_role("application")
    expect(canvas).to_be_visible()
    playground.button("Clear drawing").click()
    playground.button("Play").click()
    expect(playground.said).to_contain_text("empty")
    expect(playground.button("Play")).to_be_visible()  # it has stopped
    canvas.focus()
    for key in ("ArrowUp", "ArrowRight", " "):
        canvas.press(key)
    expect(playground.said).to_have_text("Pen at 0.10, 0.10: a dot")
    box = canvas.bounding_box()
    mouse = playground.page.mouse
    mouse.move(box["x"] + 40, box["y"] + 40)
    mouse.down()
    mouse.move(box["x"] + 140, box["y"] + 40, steps=4)
    mouse.up()
    playground.button("Play").click()
    expect(playground.root.locator(".rounds")).not_to_have_text("0")
    playground.button("Pause").click()
    playground.button("Clear drawing").focus()
    playground.select("Points").evaluate(
        "select => { select.value = 'ring'; select.dispatchEvent(new Event('change')); }"
    )
    expect(canvas).to_have_count(0)  # what draws is gone, and the focus has moved on
    expect(playground.select("Points")).to_be_focused()


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_nothing_serious_for_screen_readers(playground, theme):
    playground.notebook.use_theme(theme)
    assert playground.notebook.violations(".playground") == []
    assert playground.notebook.violations(".real-or-fake") == []


def test_fits_a_laptop(playground):
    box = playground.root.bounding_box()
    assert box["width"] < 1280 and box["height"] < 690
    assert playground.root.locator(".plane").bounding_box()["width"] > 420


def test_judging_by_keys_to_the_end(opened):
    judge = Widget(opened.notebook, "real-or-fake")
    judge.button("Real").focus()
    for k in range(6):
        expect(judge.root.locator("figcaption")).to_contain_text(f"Slice {k + 1} of 6")
        judge.page.keyboard.press("rg"[k % 2])
        expect(judge.root.locator(".score")).to_contain_text(f"of {k + 1} right")
    expect(judge.root.get_by_role("listitem")).to_have_count(6)
    expect(judge.button("New game")).to_be_focused()
    judge.button("New game").press("Enter")
    expect(judge.root.locator("figcaption")).to_contain_text("Slice 1 of 6")
    expect(judge.button("Real")).to_be_focused()


def words(saved):
    """The text of every output of a saved notebook."""
    outputs = [output for cell in saved["cells"] for output in cell["outputs"]]
    return ["".join(output.get("data", {}).get("text/plain", "")) for output in outputs]


def test_last_pictures_stay_without_a_kernel(opened, open_notebook, server):
    still = opened.page.locator(".jp-OutputArea-output img").nth(1)
    before = still.get_attribute("src")
    opened.button("Step D").click()
    expect(still).not_to_have_attribute("src", before)  # some moments after the last move
    path = opened.notebook.save()
    saved = json.loads((server.folder / path).read_text())
    assert "widgets" not in saved["metadata"]
    later = open_notebook(server.folder / path, run=False)
    later.listens = False  # Jupyter complains that the views have no models
    stills = later.page.locator(".jp-OutputArea-output img")
    expect(stills).to_have_count(2)
    assert stills.nth(1).evaluate("image => image.naturalWidth") == 720
    assert any("after" in said and "rounds" in said for said in words(saved))


def test_in_notebook_7(open_notebook):
    judge = Widget(open_notebook(JUDGE, app="notebook"), "real-or-fake")
    judge.button("Generated").focus()
    judge.page.keyboard.press("g")
    expect(judge.root.locator(".score")).to_contain_text("of 1 right")
    notebook = open_notebook(PLAY, app="notebook")
    playground = Widget(notebook, "playground")
    playground.button("Play").focus()
    playground.page.keyboard.press("Space")
    expect(playground.root.locator(".rounds")).not_to_have_text("0")


def test_in_their_lesson(open_notebook, server):
    lessons.copy_lessons(harness.ROOT / "notebooks", server.folder / "work")
    lesson = server.folder / "work" / "21_play_the_gan_game.ipynb"
    notebook = open_notebook(harness.shorten(lesson, "PlaygroundWidget("), seconds=1500)
    judge = Widget(notebook, "real-or-fake")
    judge.button("Generated").click()
    expect(judge.root.locator(".score")).to_contain_text("of 1 right")
    playground = Widget(notebook, "playground")
    before = playground.rounds()
    assert before > 0
    playground.button("Play").click()
    expect(playground.root.locator(".rounds")).not_to_have_text(f"{before:,}")
    playground.button("Pause").click()
