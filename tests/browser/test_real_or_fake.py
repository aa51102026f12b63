"""The page "Real or generated?" of the book: a game, its slices, and a class' results by a shared link."""

import re

import make
import pytest
from browser import harness
from browser.built_site import violations
from browser.test_games import REAL_OR_FAKE
from playwright.sync_api import expect

from gancourse.teaching.widgets.live import parts

COUNT = 20
DAMAGED = "is damaged, so its results were left out"


class Game:
    """The page, once its first slice is there."""

    def __init__(self, page):
        self.page, self.root, self.results = (
            page,
            page.locator(".real-or-fake"),
            page.locator(".class-results"),
        )
        page.wait_for_function("() => document.querySelector('.real-or-fake')?.dataset.painted")

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def play(self, kind="phantom"):
        """Say of every slice that it is of one kind, by key; how many were."""
        self.button("Phantom").focus()
        for k in range(1, COUNT + 1):
            expect(self.root.locator("figcaption").first).to_contain_text(f"Slice {k} of {COUNT}")
            self.page.keyboard.press(kind[0])
        expect(self.root.get_by_role("listitem")).to_have_count(COUNT)
        told = self.root.get_by_role("listitem").all_inner_texts()
        return sum(bool(re.match(rf"\d+: {kind}\n", text)) for text in told)

    def link(self):
        return self.results.get_by_role("textbox", name="Link with all these results").input_value()

    def merge(self, text):
        box = self.results.locator("textarea")
        if not box.is_visible():
            self.results.get_by_text("Add results from other links").click()
        box.fill(text)
        self.button("Add results").click()

    def says(self, text):
        expect(self.results.locator(".heard")).to_contain_text(text)


@pytest.fixture
def game(visit):
    return Game(visit("real_or_fake.html"))


def link_of(visit, address="real_or_fake.html", kind="phantom"):
    game = Game(visit(address))
    right = game.play(kind)
    return game.link(), right


class TestGame:
    def test_a_game_by_keys_its_score_and_another_one(self, game):
        right = game.play("generated")
        expect(game.root.locator(".score")).to_contain_text(f"{right} of {COUNT} right")
        expect(game.root.locator(".score")).to_contain_text("95 % interval")
        expect(game.button("New test")).to_be_focused()
        first = game.root.locator("li canvas").first.evaluate("canvas => canvas.toDataURL()")
        assert violations(game.page) == []
        game.button("New test").press("Enter")
        expect(game.root.locator("figcaption").first).to_contain_text(f"Slice 1 of {COUNT}")
        expect(game.button("Phantom")).to_be_focused()
        game.play()
        again = game.root.locator("li canvas").evaluate_all("all => all.map((canvas) => canvas.toDataURL())")
        assert first not in again and len(set(again)) == COUNT

    def test_nothing_is_told_before_the_end(self, game):
        game.button("Phantom").click()
        expect(game.root.locator(".noted")).to_have_text("Slice 1: you said phantom.")
        assert not re.search("wrong|%", game.root.inner_text())
        expect(game.results.locator(".shown")).to_be_hidden()

    def test_on_a_phone_in_the_dark_by_finger(self, visit):
        game = Game(
            visit("real_or_fake.html", (360, 740), has_touch=True, is_mobile=True, color_scheme="dark")
        )
        assert game.root.locator(".picture").bounding_box()["width"] >= 300
        assert game.page.evaluate("document.documentElement.scrollWidth") <= 360
        for k in range(COUNT):
            game.button(("Phantom", "Generated")[k % 2]).tap()
        expect(game.root.locator(".score")).to_contain_text(f"of {COUNT} right")
        assert game.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert game.root.evaluate("root => getComputedStyle(root).colorScheme") == "dark"
        assert violations(game.page) == []

    def test_without_javascript_there_is_a_picture(self, visit):
        page = visit("real_or_fake.html", java_script_enabled=False)
        expect(page.locator("#demo img")).to_be_visible()
        assert page.locator("#demo img").get_attribute("alt")
        expect(page.locator("#demo")).to_contain_text("needs JavaScript")

    @pytest.mark.parametrize(
        ("file", "answer"),
        [
            ("bin", {"status": 404, "body": ""}),
            ("bin", {"status": 200, "body": b"\x1f\x8bno slices"}),
            ("bin", {"status": 200, "body": b"too few"}),
            ("json", {"status": 200, "body": "{"}),
        ],
    )
    def test_a_broken_download_is_said(self, chromium, site, file, answer):
        page = harness.new_page(chromium, service_workers="block")
        page.route(f"**/real_or_fake.{file}", lambda route: route.fulfill(**answer))
        page.goto(f"{site}/real_or_fake.html")
        expect(page.locator("#demo .state")).to_contain_text("could not be loaded")
        expect(page.locator("#demo img")).to_be_visible()
        page.context.close()

    def test_it_opens_without_a_network_once_it_was_loaded(self, game):
        game.page.wait_for_function("() => document.getElementById('demo').dataset.kept")
        game.page.context.set_offline(True)
        game.page.reload()
        Game(game.page).play()

    def test_the_page_is_the_widget_s_own(self):
        built = make.SITE / "_static" / "demos"
        js, css = parts("game", "real_or_fake")
        assert (built / "real_or_fake.js").read_text() == js, "run `make book`"
        assert (built / "real_or_fake.css").read_text() == css, "run `make book`"

    def test_the_gallery_leads_to_it(self, visit):
        page = visit("demos.html")
        page.get_by_role("link", name="Real or generated? Judge").click()
        Game(page)


class TestClass:
    def test_whoever_opens_a_link_adds_a_result(self, visit, site):
        link, right = link_of(visit)
        assert link.startswith(f"{site}/real_or_fake.html#results=") and len(link) < 100
        second = Game(visit(link.removeprefix(f"{site}/")))
        expect(second.results.locator(".told")).to_contain_text("carries 1 game.")
        expect(second.results.locator(".share")).to_be_hidden()
        more = second.play()
        share = f"2 games of 2 people: {right + more} of {2 * COUNT} answers right"
        expect(second.results.locator(".share")).to_contain_text(share)
        expect(second.results.locator(".share")).to_contain_text("95 % interval")
        expect(second.results.locator(".meaning")).not_to_be_empty()
        bars = second.results.get_by_role("img", name="Histogram of right answers")
        expect(bars).to_have_accessible_name(re.compile("1 game with|2 games with"))
        assert second.page.url == second.link()  # loading it again keeps the results
        assert violations(second.page) == []

    def test_two_games_of_one_person_are_one_person_s(self, game):
        game.play()
        expect(game.results.locator(".meaning")).to_contain_text("One person says nothing about a class")
        game.button("New test").click()
        game.play()
        expect(game.results.locator(".share")).to_contain_text("2 games of 1 person")
        expect(game.results.locator(".share")).not_to_contain_text("interval")

    def test_links_are_merged_and_nothing_counts_twice(self, visit, game):
        one, first = link_of(visit)
        two, second = link_of(visit)
        right = game.play()
        game.merge(f"Mine: {one}\nand hers: {two}, {one}")
        game.says("Your text brought 2 games.")
        share = game.results.locator(".share")
        expect(share).to_contain_text(f"3 games of 3 people: {first + second + right} of {3 * COUNT}")
        game.merge(f"{two} {game.link()}")
        game.says("Your text brought 0 games, and 3 games that you had already.")
        expect(share).to_contain_text("3 games of 3 people")

    def test_a_teacher_merges_without_playing(self, visit, game):
        one, right = link_of(visit)
        game.merge(one)
        expect(game.results.locator(".share")).to_contain_text(f"1 game of 1 person: {right} of {COUNT}")
        assert game.link() == one.replace("%3D", "=")

    def test_a_damaged_link_is_said_and_the_game_goes_on(self, visit, site):
        link, _ = link_of(visit)
        broken = Game(visit(link.removeprefix(f"{site}/")[:-3]))
        broken.says(f"The link of this page {DAMAGED}")
        broken.play()
        expect(broken.results.locator(".share")).to_contain_text("1 game of 1 person")
        broken.merge(link[:-1])
        broken.says(f"Your text {DAMAGED}")
        broken.merge("Hello!")
        broken.says("This text holds no results.")
        expect(broken.results.locator(".share")).to_contain_text("1 game of 1 person")

    def test_another_link_in_the_same_page(self, visit, game):
        one, _ = link_of(visit)
        game.page.evaluate("hash => (location.hash = hash)", one.split("#")[1])
        expect(game.results.locator(".told")).to_contain_text("carries 1 game.")

    def test_the_link_is_copied(self, visit):
        game = Game(visit("real_or_fake.html", permissions=["clipboard-read", "clipboard-write"]))
        game.play()
        game.button("Copy link").click()
        game.says("The link is copied.")
        assert game.page.evaluate("() => navigator.clipboard.readText()") == game.link()

    def test_where_a_page_may_not_copy_the_link_is_selected(self, game):
        game.page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        game.play()
        game.button("Copy link").click()
        game.says("The link is selected")
        assert game.page.evaluate("() => getSelection().toString()") == game.link()

    def test_a_qr_code_while_it_can_be_read(self, game):
        game.play()
        game.button("QR code of this link").press("Enter")
        expect(game.page.get_by_role("img", name="QR code of the link with these results")).to_be_visible()
        long = game.page.evaluate(
            """async () => {
                const { encode } = await import("./_static/demos/class_results.js");
                const game = (_, k) => [`M${String(k).padStart(4, "0")}A`, { right: k % 21, count: 20 }];
                return encode(new Map(Array.from({ length: 300 }, game)));
            }"""
        )
        assert len(f"{game.page.url.split('#')[0]}#results={long}") < 8000
        game.merge(f"#results={long}")
        expect(game.results.locator(".share")).to_contain_text("301 games of 301 people")
        expect(game.button("QR code of this link")).to_be_hidden()
        assert len(game.link()) < 8000

    def test_a_notebook_uses_nothing_of_the_address(self, open_notebook):
        notebook = open_notebook(REAL_OR_FAKE)
        widget = harness.Widget(notebook, "real-or-fake")
        before = notebook.page.url
        for _ in range(6):
            widget.button("Phantom").click()
        expect(widget.root.get_by_role("listitem")).to_have_count(6)
        expect(notebook.page.locator(".class-results")).to_have_count(0)
        assert notebook.page.url == before
