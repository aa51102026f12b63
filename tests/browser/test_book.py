"""The built site in a browser: pages for everyone, nothing from elsewhere, and a playground that answers.

`make test` builds the site first.
"""

import contextlib

import make
import pytest
from browser import harness
from browser.built_site import violations
from playwright.sync_api import TimeoutError, expect

from gancourse.teaching.widgets.live import parts

PAGES = sorted(
    str(path.relative_to(make.SITE))
    for path in make.SITE.rglob("*.html")
    if make.SITE / "_static" not in path.parents
)
SLIDES = [page for page in PAGES if page.startswith("slides/")]
SECONDS = 20  # that the theme may take to see to a page that has become narrow
#: What may change with the width and the theme.
DARK_AND_NARROW = ["color-contrast", "scrollable-region-focusable", "target-size", "link-in-text-block"]
# Keys reach all that scrolls: the theme sees to it some moments after the page has become narrow.
REACHABLE = """() => [...document.querySelectorAll("article *")]
    .filter((e) => e.scrollWidth > e.clientWidth && /auto|scroll/.test(getComputedStyle(e).overflowX))
    .every((e) => e.tabIndex >= 0 || e.querySelector("a, button, [tabindex]"))"""


def settled(page):
    """Wait until the maths is drawn, where there is some."""
    page.evaluate("() => window.MathJax?.startup?.promise")
    return page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everyone_and_its_maths_has_no_errors(visit, name):
    page = settled(visit(name))
    assert page.locator("mjx-merror, [data-mjx-error], .problematic").count() == 0
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    page.emulate_media(color_scheme="dark")
    with contextlib.suppress(TimeoutError):  # then axe says what is wrong
        page.wait_for_function(REACHABLE, timeout=1000 * SECONDS, polling=200)
    assert violations(page, DARK_AND_NARROW) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_maths_is_drawn(visit):
    page = settled(visit("notation.html"))
    assert page.locator("mjx-container svg").count() > 15
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    assert page.locator("mjx-assistive-mml").count() > 15  # for screen readers
    assert "\\mathbf" not in page.locator("article").inner_text()


def test_a_solution_unfolds_by_key(visit):
    page = visit("lessons/41_generate_brain_slices.html")
    solution = page.locator("details:has(summary:text-is('Solution'))").first
    expect(solution.locator("pre")).to_be_hidden()
    solution.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(solution.locator("pre")).to_be_visible()


def test_the_search_finds_a_lesson(visit):
    page = visit("search.html?q=counterfeiter")
    expect(page.locator("#search-results a[href*='21_play_the_gan_game']").first).to_be_visible()


class TestSlides:
    @pytest.mark.parametrize("name", SLIDES)
    def test_every_slide_fits(self, visit, name):
        page = settled(visit(name))
        page.wait_for_function("() => Reveal.isReady()")
        too_high = page.evaluate(
            """() => Reveal.getSlides().map((slide) => {
                const { h, v } = Reveal.getIndices(slide);
                Reveal.slide(h, v);
                const content = slide.querySelector(".fit");
                const bottom = content.getBoundingClientRect().bottom / Reveal.getScale();
                return bottom > 722 ? `${h}.${v}: ${bottom}: ${content.innerText.slice(0, 60)}` : "";
            }).filter(Boolean)"""
        )
        assert not too_high, "\n".join(too_high)

    def test_keys_go_through_the_lesson(self, visit):
        page = visit(SLIDES[0])
        page.wait_for_function("() => Reveal.isReady()")
        for key, indices in (
            ("Space", [0, 1]),
            ("ArrowRight", [1, 0]),
            ("ArrowDown", [1, 1]),
            ("Home", [0, 1]),
        ):
            page.keyboard.press(key)
            assert page.evaluate("() => { const { h, v } = Reveal.getIndices(); return [h, v]; }") == indices
        assert page.evaluate("() => Reveal.getTotalSlides()") > 40

    def test_a_solution_unfolds_by_key(self, visit):
        page = visit(SLIDES[0])
        page.wait_for_function("() => Reveal.isReady()")
        page.evaluate(
            """() => {
                const slide = document.querySelector("details:has(pre)").closest("section");
                const { h, v } = Reveal.getIndices(slide);
                Reveal.slide(h, v);
            }"""
        )
        solution = page.locator("section.present details:has(pre)").first
        solution.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(solution.locator("pre")).to_be_visible()


class Demo:
    """The page "Playground", once its own picture is painted."""

    def __init__(self, page):
        self.page, self.root = page, page.locator(".playground")
        page.wait_for_function("() => document.querySelector('.playground')?.dataset.painted")

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def select(self, name):
        return self.root.get_by_role("combobox", name=name)

    def rounds(self):
        return int(self.root.locator(".rounds").inner_text().replace(",", ""))

    def plays_on(self, rounds=0):
        """Wait until more than these rounds are played."""
        self.page.wait_for_function(
            "n => +document.querySelector('.playground .rounds').innerText.replace(',', '') > n", arg=rounds
        )


class TestPlayground:
    @pytest.fixture
    def demo(self, visit):
        return Demo(visit("playground.html"))

    def test_it_rests_until_somebody_plays_and_pauses_by_key(self, demo):
        assert demo.rounds() == 0
        demo.button("Play").focus()
        demo.page.keyboard.press("Space")
        demo.plays_on(100)
        demo.button("Pause").press("Space")
        expect(demo.button("Play")).to_be_focused()

    def test_a_preset_its_mend_a_setting_and_a_step(self, demo):
        demo.select("Game").select_option("oscillation")
        expect(demo.select("Discriminator: rate")).to_have_value("0.001")
        demo.button("Mend it").press("Enter")
        expect(demo.select("Discriminator: rate")).to_have_value("0.002")
        expect(demo.root.locator(".question")).to_contain_text("D keeps up")
        demo.select("Loss").select_option("wasserstein")
        expect(demo.select("Game")).to_have_value("")
        before = demo.root.locator(".mean-pull").inner_text()
        demo.button("Step D").click()
        expect(demo.root.locator(".mean-pull")).not_to_have_text(before)
        assert demo.rounds() == 0

    def test_the_ring_is_learnt(self, demo):
        demo.select("Speed").select_option("fast")
        demo.button("Play").click()
        demo.plays_on(2400)
        demo.button("Pause").click()
        divergence = demo.root.locator(".divergence").get_attribute("aria-label")
        assert float(divergence.removeprefix("Divergence, now ").split(";")[0]) < 0.25

    def test_stars_of_a_challenge(self, demo):
        demo.select("Game").select_option("make it converge")
        stars = demo.root.locator(".stars")
        expect(demo.root.locator(".question")).to_contain_text("below 0.20 (two stars)")
        expect(stars).to_contain_text("0 of 3 stars")
        demo.select("Optimiser").select_option("adam")
        demo.select("Speed").select_option("fast")
        expect(demo.select("Game")).to_have_value("make it converge")
        demo.button("Play").click()
        expect(stars).not_to_contain_text("0 of 3 stars", timeout=1000 * harness.PATIENCE)
        expect(demo.root.locator(".said")).to_contain_text("Make it converge: you have won")
        demo.button("Pause").click()
        demo.button("Reset").click()
        expect(demo.root.locator(".rounds")).to_have_text("0")
        expect(stars).not_to_contain_text("0 of 3 stars")
        demo.select("Game").select_option("convergence")
        expect(stars).to_be_hidden()
        expect(demo.root.locator("option[value='make it converge']")).to_contain_text("\N{BLACK STAR}")
        assert violations(demo.page) == []

    def test_drawing_by_finger_on_a_phone_in_the_dark(self, visit):
        demo = Demo(visit("playground.html", (360, 740), has_touch=True, color_scheme="dark"))
        demo.select("Points").select_option("drawn")
        canvas = demo.root.get_by_role("application")
        expect(canvas).to_be_visible()
        demo.button("Clear drawing").tap()
        demo.button("Play").tap()
        expect(demo.root.locator(".said")).to_contain_text("empty")
        before = harness.Notebook.pixels(canvas)
        canvas.tap(position={"x": 100, "y": 100})
        demo.page.wait_for_function(
            "before => document.querySelector('.plane').toDataURL() !== before", arg=before
        )
        demo.button("Play").tap()
        demo.plays_on()
        assert demo.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert demo.root.evaluate("root => getComputedStyle(root).colorScheme") == "dark"
        assert violations(demo.page) == []

    def test_the_theme_may_change_and_it_has_the_width(self, visit):
        demo = Demo(visit("playground.html", (1600, 900), color_scheme="light"))
        plane = demo.root.locator(".plane")
        before = harness.Notebook.pixels(plane)
        demo.page.emulate_media(color_scheme="dark")
        demo.page.wait_for_function(
            "before => document.querySelector('.plane').toDataURL() !== before", arg=before
        )
        assert demo.root.bounding_box()["width"] > 1000 and plane.bounding_box()["width"] > 420

    def test_without_javascript_there_is_a_picture(self, visit):
        page = visit("playground.html", java_script_enabled=False)
        picture = page.locator("#demo img")
        expect(picture).to_be_visible()
        assert picture.get_attribute("alt")
        expect(page.locator("#demo")).to_contain_text("needs JavaScript")

    def test_it_opens_without_a_network_once_it_was_loaded(self, demo):
        demo.page.wait_for_function("() => document.getElementById('demo').dataset.kept")
        demo.page.context.set_offline(True)
        demo.page.reload()
        again = Demo(demo.page)
        again.button("Play").click()
        again.plays_on(20)

    def test_a_qr_code_of_its_address(self, demo):
        demo.button("QR code").press("Enter")
        expect(demo.page.get_by_role("img", name="QR code of this page's address")).to_be_visible()
        expect(demo.page.locator(".projector figcaption")).to_have_text(demo.page.url)
        demo.button("QR code").press("Enter")
        expect(demo.page.locator(".projector figure")).to_have_count(0)

    @pytest.mark.parametrize("answer", [{"status": 404, "body": ""}, {"status": 200, "body": "{"}])
    def test_a_broken_download_is_said(self, chromium, site, answer):
        page = harness.new_page(chromium, service_workers="block")
        page.route("**/playground.json", lambda route: route.fulfill(**answer))
        page.goto(f"{site}/playground.html")
        expect(page.locator("#demo .state")).to_contain_text("could not be loaded")
        expect(page.locator("#demo img")).to_be_visible()
        page.context.close()

    def test_the_page_is_the_widget_s_own(self):
        built = (make.SITE / "_static" / "demos" / "playground.js").read_text()
        assert built == parts("playground")[0], "run `make book`"

    def test_the_gallery_leads_to_it(self, visit):
        page = visit("demos.html")
        page.get_by_role("link", name="Playground Watch").click()
        Demo(page)
