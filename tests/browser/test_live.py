"""The book's page "Live without a kernel": the latent explorer's own page, answered by the browser."""

import base64
import io
import re

import make
import numpy as np
import pytest
from browser import harness
from browser.built_site import violations
from PIL import Image
from playwright.sync_api import expect

from gancourse import pretrained
from gancourse.gans.latent import draw_latents, slerp, truncate
from gancourse.images import to_uint8
from gancourse.teaching.widgets.live import parts

#: Largest difference to Keras by the weights in half precision, in 255 gray levels: .02 of the range.
LEVELS = 5
NAMES = ["dcgan-t1", "dcgan-flair"]


class Live:
    """The page, once its first brain is there."""

    def __init__(self, page):
        self.page, self.root = page, page.locator(".latent-explorer")
        page.wait_for_function("() => document.querySelector('.latent-explorer')?.dataset.painted")

    def slider(self, name):
        return self.root.get_by_role("slider", name=name)

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def rests(self):
        """Until the page has its answer to everything."""
        root = "document.querySelector('.latent-explorer')"
        self.page.wait_for_function(f"() => {root}.dataset.asked === {root}.dataset.answered")
        return self

    def latent(self):
        """The latent that is shown, which the page writes as code."""
        self.rests().page.evaluate(
            "() => { navigator.clipboard.writeText = async (text) => { window.copied = text; } }"
        )
        self.page.evaluate("() => { window.copied = ''; }")
        self.button("Copy latent as code").click()
        self.page.wait_for_function("() => window.copied")
        scope = {}
        exec(self.page.evaluate("() => copied").rsplit("image =", 1)[0], scope)
        return scope["latent"]

    def shown(self):
        """The canvas' gray values, (H, W), as large as it is on the screen."""
        shot = self.rests().root.locator(".picture canvas").evaluate("canvas => canvas.toDataURL()")
        picture = Image.open(io.BytesIO(base64.b64decode(shot.split(",")[1])))
        return np.array(picture.convert("L"), float)


@pytest.fixture
def live(visit):
    return Live(visit("live.html"))


@pytest.mark.parametrize("name", NAMES)
def test_it_paints_what_keras_paints(visit, name):
    page = visit("demos.html")
    frames = page.evaluate(
        """async (name) => {
            const place = "./_static/demos/";
            const { open } = await import(`${place}latent_explorer_demo.js`);
            const get = (file) => fetch(place + file);
            const files = {
                json: async (file) => (await get(file)).json(),
                bytes: async (file) => new Uint8Array(await (await get(file)).arrayBuffer()),
            };
            const { logic } = await open(files, () => {});
            await logic.apply({ do: "weights", value: name });
            const frames = [];
            const keep = async () => {
                const { pixels, latent, attributes } = await logic.frame();
                const numbers = Array.from({ length: 100 }, (_, k) => latent.getFloat32(4 * k, true));
                frames.push([[...pixels], numbers, attributes]);
            };
            await keep();
            for (const [k, { name, low, high }] of logic.source.attributes.entries()) {
                logic.apply({ do: "attribute", name, value: low + [0.9, 0.2, 0.7][k] * (high - low) });
                await keep();
            }
            for (const value of [9, 23, 63]) {
                logic.apply({ do: "seed", value });
                await keep();
            }
            return frames;
        }""",
        name,
    )
    generator, directions = pretrained.load(name), pretrained.load(f"latent/{name}").directions
    latents = np.array([latent for _, latent, _ in frames], np.float32)
    np.testing.assert_allclose(latents[0], draw_latents(1, 100, 0)[0], atol=1e-6)
    wanted = dict(zip(directions.names, directions.predict(latents[0]), strict=True))
    for k, attribute in enumerate(directions.attributes):
        wanted[attribute.name] = attribute.low + (0.9, 0.2, 0.7)[k] * (attribute.high - attribute.low)
        expected = directions.move(latents[0].astype(np.float64), wanted)
        np.testing.assert_allclose(latents[k + 1], expected, atol=2e-3)
    for latent, seed in zip(latents[-3:], (9, 23, 63), strict=True):
        np.testing.assert_allclose(latent, draw_latents(1, 100, seed)[0], atol=1e-6)
    keras = to_uint8(generator(latents, training=False).numpy()[..., 0]).astype(int)
    pixels = np.array([pixels for pixels, _, _ in frames]).reshape(keras.shape)
    difference = np.abs(pixels - keras)
    print(f"{name}: largest difference {difference.max()} of 255 gray levels")
    assert difference.max() <= LEVELS and difference.mean() < 0.5
    assert np.abs(pixels[0] - pixels[len(directions.attributes)]).max() > 60  # the sliders did something


def test_the_canvas_shows_it(live):
    keras = to_uint8(pretrained.load("dcgan-t1")(draw_latents(1, 100, 0), training=False).numpy()[0, ..., 0])
    shown = live.shown()
    assert shown.shape[0] == shown.shape[1] > 300
    small = np.array(Image.fromarray(shown.astype(np.uint8)).resize((64, 64), Image.Resampling.BOX), float)
    assert np.corrcoef(small.ravel(), keras.ravel())[0, 1] > 0.99


@pytest.mark.parametrize("name", NAMES)
def test_a_slider_moves_the_latent_as_directions_say(live, name):
    live.root.get_by_role("combobox", name="Modality").select_option(name)
    live.rests()
    expect(live.root.locator("figcaption")).to_contain_text(name)
    directions, start = pretrained.load(f"latent/{name}").directions, draw_latents(1, 100, 0)[0]
    attribute, before = directions.attributes[0], live.shown()
    slider = live.slider(attribute.label)
    slider.focus()
    for _ in range(4):
        slider.press("PageUp")
    value = float(slider.input_value())
    assert value > directions.predict(start)[0]
    expected = directions.move(start.astype(np.float64), {attribute.name: value})
    np.testing.assert_allclose(live.latent(), expected, atol=2e-3)
    assert (live.shown() != before).any()
    assert re.search(r"mm²$", slider.get_attribute("aria-valuetext"))


def test_seed_truncation_and_the_way_from_a_to_b(live):
    live.button("New brain").click()
    np.testing.assert_allclose(live.latent(), draw_latents(1, 100, 1)[0], atol=1e-6)
    expect(live.slider("Position")).to_be_disabled()
    live.button("Keep as A").click()
    live.root.get_by_role("spinbutton", name="Seed").fill("7")
    live.button("Keep as B").click()
    expect(live.root.get_by_role("img", name="Brain kept as B")).to_be_visible()
    live.slider("Position").fill("0.3")
    a, b = (draw_latents(1, 100, seed)[0] for seed in (1, 7))
    np.testing.assert_allclose(live.latent(), slerp(a, b, 0.3), atol=1e-5)
    live.slider("Truncation").fill("0.5")
    np.testing.assert_allclose(live.latent(), truncate(b, 0.5), atol=1e-6)


def test_a_seed_that_it_lacks_is_said(live):
    live.root.get_by_role("spinbutton", name="Seed").fill("64")
    expect(live.root.get_by_role("status")).to_contain_text("seeds 0 to 63")
    expect(live.root.get_by_role("spinbutton", name="Seed")).to_have_value("0")


def test_the_picture_is_saved(live):
    with live.page.expect_download() as download:
        live.button("Save PNG").click()
    assert download.value.suggested_filename == "dcgan-t1-seed0.png"
    picture = Image.open(download.value.path()).convert("L")
    assert picture.size == (512, 512)
    keras = to_uint8(pretrained.load("dcgan-t1")(draw_latents(1, 100, 0), training=False).numpy()[0, ..., 0])
    small = np.array(picture.resize((64, 64), Image.Resampling.BOX), float)
    assert np.corrcoef(small.ravel(), keras.ravel())[0, 1] > 0.97  # with R and L


def test_the_focus_moves_on_when_the_sliders_are_another_generator_s(live):
    live.slider("ventricle area").focus()
    select = live.root.get_by_role("combobox", name="Modality")
    choose = "(select, name) => { select.value = name; select.dispatchEvent(new Event('change')); }"
    select.evaluate(choose, "dcgan-flair")
    expect(live.root.locator("figcaption")).to_contain_text("FLAIR")
    names = [pretrained.load(f"latent/{name}").directions.names for name in NAMES]
    expect(select if names[0] != names[1] else live.slider("ventricle area")).to_be_focused()


def test_a_generator_that_does_not_arrive_is_said_and_the_other_stays(chromium, site):
    page = harness.new_page(chromium, service_workers="block")
    page.route("**/dcgan-flair.onnx", lambda route: route.fulfill(status=404, body=""))
    page.goto(f"{site}/live.html")
    live = Live(page)
    live.root.get_by_role("combobox", name="Modality").select_option("dcgan-flair")
    expect(live.root.get_by_role("status")).to_contain_text("FLAIR could not be loaded")
    expect(live.root.get_by_role("combobox", name="Modality")).to_have_value("dcgan-t1")
    live.button("New brain").click()
    expect(live.root.locator("figcaption")).to_contain_text("seed 1")
    page.context.close()


@pytest.mark.parametrize("file", ["latent_explorer.json", "dcgan-t1.onnx"])
def test_a_broken_download_is_said(chromium, site, file):
    page = harness.new_page(chromium, service_workers="block")
    page.route(f"**/{file}", lambda route: route.fulfill(status=200, body="{"))
    page.goto(f"{site}/live.html")
    expect(page.locator("#demo .state")).to_contain_text("could not be loaded")
    expect(page.locator("#demo img")).to_be_visible()
    page.context.close()


def test_on_a_phone_in_the_dark_by_finger(visit):
    live = Live(visit("live.html", (360, 740), has_touch=True, is_mobile=True, color_scheme="dark"))
    before = live.shown()
    live.button("New brain").tap()
    expect(live.root.locator("figcaption")).to_contain_text("seed 1")
    assert (live.shown() != before).any()
    assert live.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert live.root.evaluate("root => getComputedStyle(root).colorScheme") == "dark"
    assert violations(live.page) == []


def test_nothing_serious_for_screen_readers_once_it_moves(live):
    assert violations(live.page) == []
    name = re.compile("Generated T1 brain slice, seed 0, ventricle area")
    expect(live.root.get_by_role("img", name=name)).to_be_visible()


def test_it_opens_without_a_network_once_it_was_loaded(live):
    live.page.wait_for_function("() => document.getElementById('demo').dataset.kept")
    live.page.context.set_offline(True)
    live.page.reload()
    again = Live(live.page)
    again.button("New brain").click()
    expect(again.root.locator("figcaption")).to_contain_text("seed 1")


def test_without_javascript_there_is_a_picture(visit):
    page = visit("live.html", java_script_enabled=False)
    picture = page.locator("#demo img")
    expect(picture).to_be_visible()
    assert picture.get_attribute("alt")
    expect(page.locator("#demo")).to_contain_text("needs JavaScript")


def test_as_a_file_it_says_why_nothing_moves(chromium):
    page = harness.new_page(chromium)
    page.goto((make.SITE / "live.html").as_uri())
    expect(page.locator("#demo .state")).to_contain_text("opened as a file")
    expect(page.locator("#demo img")).to_be_visible()
    page.context.close()


def test_the_page_is_the_widget_s_own():
    built = make.SITE / "_static" / "demos"
    js, css = parts("latent_explorer")
    assert (built / "latent_explorer.js").read_text() == js, "run `make book`"
    assert (built / "latent_explorer.css").read_text() == css, "run `make book`"
