"""This brain does not exist, in a notebook and in the book: patients, a wall, the nearest, files, failures.

The tests of the book need the built site; `make test` builds it first.
"""

import io

import make
import nibabel as nib
import numpy as np
import pytest
from browser import harness
from browser.built_site import violations
from PIL import Image
from playwright.sync_api import expect

from gancourse.teaching.widgets import this_brain_game
from gancourse.teaching.widgets.live import parts

SOURCE = f"""import sys; sys.path.insert(0, {str(harness.ROOT / "tests")!r})
from toy_brains import toy_generator
from gancourse.teaching.widgets import ThisBrain
widget = ThisBrain(generator=toy_generator(), seed=12)
widget"""
MOST = "a whole number from 0 to 2,147,483,647"


class Page:
    """The demo on a page, in either home, once its first patient is there."""

    def __init__(self, page):
        self.page, self.root = page, page.locator(".this-brain").first
        page.wait_for_function("() => document.querySelector('.this-brain')?.dataset.painted")
        self.said, self.caption = self.root.locator(".said"), self.root.locator("figcaption")
        self.seed = self.root.get_by_role("spinbutton", name="Seed")

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def shows(self, seed):
        expect(self.caption).to_contain_text(f"Its seed is {seed}.")
        expect(self.root).not_to_have_attribute("aria-busy", "true")

    def type(self, seed):
        self.seed.fill(str(seed))
        self.seed.press("Enter")

    def pixels(self, k=0):
        return harness.Notebook.pixels(self.root.locator(".pictures canvas").nth(k))

    def download(self, name):
        """What a button saves: its file's name and bytes."""
        with self.page.expect_download() as waiting:
            self.button(name).click()
        return waiting.value.suggested_filename, open(waiting.value.path(), "rb").read()

    def volume(self, name):
        file, content = self.download(name)
        return file, nib.Nifti1Image.from_bytes(content)


class TestNotebook:
    @pytest.fixture(scope="class")
    def opened(self, open_notebook):
        return Page(open_notebook(SOURCE).page)

    def test_new_patients_and_typed_seeds(self, opened):
        opened.shows(12)
        before = opened.pixels()
        opened.button("New patient").press("Enter")
        expect(opened.caption).not_to_contain_text("Its seed is 12.")
        assert opened.pixels() != before
        opened.type(12)
        opened.shows(12)
        assert opened.pixels() == before and "#12" not in opened.page.url
        opened.type(2**31)
        expect(opened.said).to_contain_text(MOST)
        opened.shows(12)
        opened.type(13)
        opened.shows(13)
        expect(opened.said).to_be_hidden()

    def test_the_nearest_training_patient(self, opened):
        opened.button("Show the nearest training patient").click()
        expect(opened.root.locator(".told")).to_contain_text("Of 6,443 training slices, this one of phantom")
        names = opened.root.locator(".pairs .name").all_inner_texts()
        assert names == ["Generated, T1", "Generated, FLAIR", "Training, T1", "Training, FLAIR"]
        opened.type(14)
        opened.shows(14)
        expect(opened.root.locator(".training")).to_be_hidden()

    def test_a_wall_and_a_patient_of_it(self, opened):
        opened.type(2**31 - 5)
        opened.shows(2**31 - 5)
        opened.button("Wall of 24 patients").click()
        expect(opened.root.locator(".count")).to_contain_text("24 of 24 patients. Seeds 2147483644 to 19.")
        expect(opened.root.locator(".tiles button")).to_have_count(24)
        expect(opened.button("Wall of 24 patients")).to_be_visible()
        before = harness.Notebook.pixels(opened.root.locator(".tiles canvas").first)
        opened.root.get_by_role("combobox", name="Shown").select_option("T2")
        assert harness.Notebook.pixels(opened.root.locator(".tiles canvas").first) != before
        opened.button("Patient with seed 5: show it large").press("Enter")
        opened.shows(5)
        expect(opened.root.locator(".patient")).to_be_focused()

    def test_files(self, opened):
        opened.type(12)
        opened.shows(12)
        file, image = opened.volume("T1ce .nii")
        assert file == "brain-12_t1ce.nii" and image.shape == (32, 32, 1)
        picture = Image.open(io.BytesIO(opened.download("PNG")[1]))
        assert picture.size == (5 * 384, 384 + 44)

    def test_everyone_can_use_it(self, opened, open_notebook):
        notebook = open_notebook(SOURCE)
        page = Page(notebook.page)
        page.button("Wall of 24 patients").click()
        expect(page.root.locator(".tiles button")).to_have_count(24)
        for theme in ("JupyterLab Dark", "JupyterLab Light"):
            notebook.use_theme(theme)
            assert notebook.violations(".this-brain") == []
        alt = "A generated patient, who does not exist"
        assert notebook.python(f"print({alt!r} in widget._still()[1])") == "True"
        notebook.listens = False  # Jupyter complains of the lost kernel
        page.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.shutdown()")
        page.button("New patient").click()
        expect(page.said).to_contain_text("Waiting for Python")


class TestBook:
    def test_the_address_keeps_the_seed(self, visit):
        demo = Page(visit("this_brain.html#7"))
        demo.shows(7)
        before = demo.pixels(3)
        demo.button("New patient").click()
        expect(demo.caption).not_to_contain_text("Its seed is 7.")
        demo.page.wait_for_function(
            "() => location.hash === `#${document.querySelector('.this-brain').dataset.seed}`"
        )
        demo.page.evaluate("() => (location.hash = '#7')")
        demo.shows(7)
        assert demo.pixels(3) == before
        demo.page.evaluate("() => (location.hash = '#99999999999')")
        expect(demo.said).to_contain_text(MOST)
        demo.shows(7)

    def test_it_begins_with_the_first_and_fetches_no_more_than_it_needs(self, visit):
        demo = Page(visit("this_brain.html"))
        demo.shows(this_brain_game.FIRST)
        fetched = "() => performance.getEntriesByType('resource').map(({ name }) => name)"
        assert not [name for name in demo.page.evaluate(fetched) if "this_brain_training" in name]
        demo.button("Show the nearest training patient").click()
        expect(demo.root.locator(".told")).to_contain_text("of 100 training slices are to their own nearest")
        names = [name.split("/")[-1] for name in demo.page.evaluate(fetched) if "this_brain_training" in name]
        assert sorted(names)[1:] == ["about.json", "slices.bin"] and names[-1].endswith(".webp")
        assert violations(demo.page) == []

    def test_its_files_are_the_patient_that_python_makes(self, visit):
        demo = Page(visit("this_brain.html#7"))
        patient = this_brain_game.ThisBrain(7).shown
        for name, levels in zip(("T1", "T1ce", "T2", "FLAIR"), patient.levels, strict=True):
            file, image = demo.volume(f"{name} .nii")
            assert file == f"brain-7_{name.lower()}.nii" and nib.aff2axcodes(image.affine) == ("L", "P", "S")
            found = image.get_fdata()[..., 0].T
            assert np.mean((found > 0) != (levels > 0)) < 0.001
            both = (found > 0) & (levels > 0)
            assert np.abs(found - levels.astype(int))[both].max() <= 10  # of 1,000
        file, image = demo.volume("Labels .nii")
        assert np.mean(image.get_fdata()[..., 0].T != patient.seg) < 0.002
        assert image.header.get_zooms() == (1.625, 1.625, 1)

    def test_a_wall_by_finger_on_a_phone_in_the_dark(self, visit):
        demo = Page(visit("this_brain.html#7", (360, 740), has_touch=True, color_scheme="dark"))
        said = demo.root.evaluate(
            """root => {  // at once, as the wall may be whole before a second tap
                const many = root.querySelector(".many");
                return [0, 1].map(() => (many.click(), many.textContent));
            }"""
        )
        assert said == ["Stop", "Wall of 24 patients"]
        demo.button("Wall of 24 patients").tap()
        demo.button("Patient with seed 9: show it large").tap()
        demo.shows(9)
        for picture in demo.root.locator(".pictures canvas").all():
            assert picture.bounding_box()["width"] >= 120
        assert demo.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert demo.root.evaluate("root => getComputedStyle(root).colorScheme") == "dark"
        assert violations(demo.page) == []

    def test_without_javascript_there_is_a_picture(self, visit):
        page = visit("this_brain.html", java_script_enabled=False)
        expect(page.locator("#demo img")).to_be_visible()
        expect(page.locator("#demo")).to_contain_text("needs JavaScript")

    @pytest.mark.parametrize("file", ["patient_front.onnx", "patient_back.onnx", "this_brain.json"])
    @pytest.mark.parametrize("answer", [{"status": 404, "body": ""}, {"status": 200, "body": "{"}])
    def test_a_broken_download_is_said(self, chromium, site, file, answer):
        page = harness.new_page(chromium, service_workers="block")
        page.route(f"**/{file}", lambda route: route.fulfill(**answer))
        page.goto(f"{site}/this_brain.html")
        expect(page.locator("#demo .state")).to_contain_text("could not be loaded")
        expect(page.locator("#demo img")).to_be_visible()
        page.context.close()

    @pytest.mark.parametrize("file", ["about.json", "slices.bin", "*.webp"])
    def test_without_the_training_slices_the_rest_goes_on(self, chromium, site, file):
        page = harness.new_page(chromium, service_workers="block")
        page.route(f"**/this_brain_training/{file}", lambda route: route.fulfill(status=200, body="{"))
        page.goto(f"{site}/this_brain.html")
        demo = Page(page)
        demo.button("Show the nearest training patient").click()
        said = "arrived damaged" if file == "*.webp" else "training slices could not be loaded"
        expect(demo.said).to_contain_text(said)
        expect(demo.root.locator(".training")).to_be_hidden()
        demo.type(8)
        demo.shows(8)
        page.context.close()

    def test_the_page_is_the_widget_s_own(self):
        built = (make.SITE / "_static" / "demos" / "this_brain.js").read_text()
        assert built == parts("this_brain")[0], "run `make book`"

    def test_the_gallery_leads_to_it(self, visit):
        page = visit("demos.html")
        page.get_by_role("link", name="This brain does not exist Press").click()
        Page(page)
