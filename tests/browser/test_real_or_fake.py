"""The visual Turing test as a person takes it: keys, mouse, what the end shows, and no kernel at all."""

import json
import re

import pytest
from browser import harness
from playwright.sync_api import expect

from gancourse.teaching import lessons

TEST = """import numpy as np
from gancourse.teaching.widgets.real_or_fake_game import RealOrFake as Game
from gancourse.teaching.widgets import RealOrFake
squares = np.full((40, 32, 32), -1.0)
squares[:, 8:24, 8:24] = np.linspace(-0.5, 0.5, 40)[:, None, None]
widget = RealOrFake(logic=Game(squares[20:], squares[:20], count=6, seed=%d))
widget"""


class Page:
    """The widget on a page, with its parts by their roles."""

    def __init__(self, notebook):
        self.notebook, self.page = notebook, notebook.page
        self.root = self.page.locator(".real-or-fake").first
        self.root.wait_for()
        self.caption = self.root.locator("figcaption")

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def judge_all(self, keys):
        self.button("Phantom").focus()
        for k, key in enumerate(keys, start=1):
            expect(self.caption).to_contain_text(f"Slice {k} of 6")
            self.page.keyboard.press(key)

    def rests(self):
        """Wait until Python has heard of everything."""
        asked = self.root.evaluate_handle("root => root")
        self.page.wait_for_function("root => root.dataset.asked === root.dataset.answered", arg=asked)

    def logic(self, what):
        return json.loads(self.notebook.python(f"import json; print(json.dumps(widget.logic.{what}))"))


@pytest.fixture(scope="module")
def opened(open_notebook):
    return Page(open_notebook(TEST % 0))


def test_it_is_shown_large_and_says_nothing_before_the_end(opened):
    box = opened.root.get_by_role("img").bounding_box()
    assert box["width"] >= 300 and box["height"] >= 300
    opened.judge_all("pgp")
    expect(opened.root.get_by_role("status").first).to_have_text("Slice 3: you said phantom.")
    expect(opened.root.get_by_role("progressbar", name="Slices judged")).to_have_js_property("value", 3)
    expect(opened.root.get_by_role("listitem")).to_have_count(0)
    assert not re.search("right of|right:|wrong|%", opened.root.inner_text())
    opened.rests()
    assert opened.logic("answers") == ["phantom", "generated", "phantom"]
    assert opened.notebook.violations(".real-or-fake") == []


def test_the_end_shows_every_slice_with_its_truth_and_the_score(opened):
    for name in ("Generated", "Phantom", "Generated"):
        opened.button(name).click()
    items = opened.root.get_by_role("listitem")
    expect(items).to_have_count(6)
    opened.rests()
    truth, answers, score = (opened.logic(what) for what in ("truth", "answers", "score()"))
    said = items.all_inner_texts()
    for k, (was, answer) in enumerate(zip(truth, answers, strict=True), start=1):
        (text,) = [text for text in said if text.startswith(f"{k}: ")]
        assert text.split() == [
            f"{k}:",
            was,
            *("✓ right," if was == answer else "✗ wrong,").split(),
            "you:",
            answer,
        ]
    wrong = [text for text in said if "wrong" in text]
    assert said[: len(wrong)] == wrong  # those that fooled come first
    right, count, share, low, high = score
    percent = [f"{100 * value:.0f} %" for value in (share, low, high)]
    expect(opened.root.locator(".score")).to_have_text(
        f"{right} of {count} right: {percent[0]} (95 % interval {percent[1]} to {percent[2]})."
    )
    expect(opened.root.locator(".meaning")).to_contain_text("interval")
    assert items.first.locator("canvas").bounding_box()["width"] >= 120
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        opened.notebook.use_theme(theme)
        assert opened.notebook.violations(".real-or-fake") == []


def test_a_new_test_begins_at_the_first_slice(opened):
    opened.button("New test").press("Enter")
    expect(opened.caption).to_contain_text("Slice 1 of 6")
    expect(opened.button("Phantom")).to_be_focused()
    opened.rests()
    assert opened.logic("answers") == [] and opened.logic("seed") == 1


def test_what_the_interval_means(opened):
    truth = opened.logic("truth")
    opened.judge_all([kind[0] for kind in truth])
    expect(opened.root.locator(".meaning")).to_contain_text("lies above 50 %")
    opened.button("New test").click()
    expect(opened.caption).to_contain_text("Slice 1 of 6")
    opened.rests()
    truth = opened.logic("truth")
    opened.judge_all(["pg"[kind == "phantom"] for kind in truth])
    expect(opened.root.locator(".meaning")).to_contain_text("wrong way round")
    opened.button("New test").click()
    expect(opened.caption).to_contain_text("Slice 1 of 6")
    opened.rests()
    truth = opened.logic("truth")
    opened.judge_all(["pg"[(kind == "phantom") ^ (k % 2)] for k, kind in enumerate(truth)])
    expect(opened.root.locator(".meaning")).to_contain_text("does not show that you cannot tell them apart")


def test_it_goes_on_without_a_kernel(open_notebook):
    test = Page(open_notebook(TEST % 3))
    test.judge_all("pg")
    test.rests()
    test.notebook.listens = False  # Jupyter complains of the kernel's end
    test.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.shutdown()")
    for k, key in enumerate("pgpg", start=3):
        expect(test.caption).to_contain_text(f"Slice {k} of 6")
        test.page.keyboard.press(key)
    expect(test.root.get_by_role("listitem")).to_have_count(6)
    expect(test.root.locator(".score")).to_contain_text("of 6 right")
    expect(test.button("New test")).to_be_focused()
    test.button("New test").click()
    expect(test.root.locator(".said")).to_contain_text("needs Python")
    expect(test.root.get_by_role("listitem")).to_have_count(6)


def test_in_its_lesson_and_its_picture_stays(open_notebook, server):
    lessons.copy_lessons(harness.ROOT / "notebooks", server.folder / "work")
    lesson = server.folder / "work" / "44_judge_generated_images.ipynb"
    test = Page(open_notebook(harness.shorten(lesson, "RealOrFake("), seconds=1500))
    test.button("Generated").click()
    expect(test.caption).to_contain_text("Slice 2 of 20")
    test.rests()
    saved = json.loads((server.folder / test.notebook.save()).read_text())
    pictures = [
        output["data"] for cell in saved["cells"] for output in cell.get("outputs", ()) if "data" in output
    ]
    assert any("image/png" in data and "of 20" in "".join(data["text/plain"]) for data in pictures)


def test_in_notebook_7(open_notebook):
    test = Page(open_notebook(TEST % 0, app="notebook"))
    test.judge_all("pggpgp")
    expect(test.root.get_by_role("listitem")).to_have_count(6)
