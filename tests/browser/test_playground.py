"""The playground as a person uses it: keys, mouse, and no kernel at all."""

import json

import pytest
from browser import harness
from playwright.sync_api import expect

from gancourse.teaching import lessons

PLAY = "from gancourse.teaching.widgets import Playground\nwidget = Playground()\nwidget"


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
    return Widget(open_notebook(PLAY), "playground")


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
    expect(playground.root.locator(".own")).to_be_hidden()


def test_a_preset_and_its_mend(playground):
    playground.select("Game").select_option("oscillation")
    expect(playground.root.locator(".question")).to_contain_text("?")
    expect(playground.select("Discriminator: rate")).to_have_value("0.001")
    playground.button("Mend it").press("Enter")
    expect(playground.select("Discriminator: rate")).to_have_value("0.002")
    expect(playground.root.locator(".question")).to_contain_text("D keeps up")
    expect(playground.button("Mend it")).to_be_disabled()
    expect(playground.button("Play")).to_be_focused()


def test_a_challenge(playground):
    playground.select("Game").select_option("break it on purpose")
    expect(playground.root.locator(".question")).to_contain_text("exactly one of them")
    expect(playground.root.locator(".stars")).to_contain_text("0 of 3 stars")
    playground.select("Generator: rate").select_option("0.01")
    expect(playground.select("Game")).to_have_value("break it on purpose")
    assert playground.notebook.violations(".playground") == []
    playground.select("Game").select_option("convergence")
    expect(playground.root.locator(".stars")).to_be_hidden()


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


def test_fits_a_laptop(playground):
    box = playground.root.bounding_box()
    assert box["width"] < 1280 and box["height"] < 690
    assert playground.root.locator(".plane").bounding_box()["width"] > 420


OWN = """from gancourse import losses
from gancourse.gans import plane_gan
from gancourse.teaching.checks import check
from gancourse.teaching.widgets import Playground
from gancourse.teaching.widgets.playground_game import Playground as Game

def train_step(gan):
    return plane_gan.train_step(gan)

passed = check(lambda answer: None)(train_step)
own = plane_gan.OwnParts(losses.discriminator_loss, losses.generator_loss, train_step)
widget = Playground(logic=Game(own=own))
widget"""


def test_it_plays_with_a_learners_own_step_and_says_so(open_notebook):
    playground = Widget(open_notebook(OWN), "playground")
    own = playground.root.locator(".own")
    expect(own).to_have_text("It plays with your own train_step and the course's d_loss and g_loss.")
    expect(playground.select("Loss")).to_have_value("own")
    for name in ("Step D", "Step G"):
        playground.button(name).click()
    playground.button("Play").click()
    expect(playground.root.locator(".rounds")).not_to_have_text("0")
    playground.button("Pause").click()
    assert playground.stands_still()
    playground.select("Loss").select_option("least-squares")
    expect(own).to_have_text("It plays with the course's losses and training step.")
    playground.select("Game").select_option("mode collapse")
    expect(playground.select("Loss")).to_have_value("own")
    expect(own).to_contain_text("your own train_step")
    box = playground.root.bounding_box()
    assert box["width"] < 1280 and box["height"] < 690
    assert playground.notebook.violations(".playground") == []


def words(saved):
    """The text of every output of a saved notebook."""
    outputs = [output for cell in saved["cells"] for output in cell["outputs"]]
    return ["".join(output.get("data", {}).get("text/plain", "")) for output in outputs]


def test_last_pictures_stay_without_a_kernel(opened, open_notebook, server):
    still = opened.page.locator(".jp-OutputArea-output img").first
    before = still.get_attribute("src")
    opened.button("Step D").click()
    expect(still).not_to_have_attribute("src", before)  # some moments after the last move
    path = opened.notebook.save()
    saved = json.loads((server.folder / path).read_text())
    assert "widgets" not in saved["metadata"]
    later = open_notebook(server.folder / path, run=False)
    later.listens = False  # Jupyter complains that the views have no models
    still = later.page.locator(".jp-OutputArea-output img")
    assert still.evaluate("image => image.naturalWidth") == 720
    assert any("after" in said and "rounds" in said for said in words(saved))


def test_in_notebook_7(open_notebook):
    playground = Widget(open_notebook(PLAY, app="notebook"), "playground")
    playground.button("Play").focus()
    playground.page.keyboard.press("Space")
    expect(playground.root.locator(".rounds")).not_to_have_text("0")


def test_in_their_lesson(open_notebook, server):
    lessons.copy_lessons(harness.ROOT / "notebooks", server.folder / "work")
    lesson = server.folder / "work" / "21_play_the_gan_game.ipynb"
    notebook = open_notebook(harness.shorten(lesson, "PlaygroundWidget("), seconds=1500)
    judge = Widget(notebook, "real-or-fake")
    judge.button("Generated").click()
    expect(judge.root.locator("figcaption")).to_contain_text("Slice 2 of")
    playground = Widget(notebook, "playground")
    before = playground.rounds()
    assert before > 0
    playground.button("Play").click()
    expect(playground.root.locator(".rounds")).not_to_have_text(f"{before:,}")
    playground.button("Pause").click()
