"""The book without a browser: what its pages are made of, and the built site's files and links.

`make test` builds the site first; the tests here look at it and never build it.
"""

import base64
import html
import io
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import lesson_pages
import lessons
import make
import nbformat
import pytest
import slides
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from gancourse.teaching import course_map

NAMES = [source.stem for source in lessons.SOURCES]
NOTEBOOKS = lessons.ROOT / "notebooks"
BIB = (lessons.ROOT / "book" / "references.bib").read_text()


def read(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def png(width=4, height=3):
    file = io.BytesIO()
    Image.new("L", (width, height)).save(file, format="png")
    return base64.b64encode(file.getvalue()).decode()


def picture(alt="A brain."):
    return new_output("display_data", {"image/png": png()}, metadata={"image/png": {"alt": alt}})


def caption(text="*A brain, **large**.*"):
    return new_output("display_data", {"text/markdown": text})


def prepare(folder, *outputs):
    notebook = new_notebook(cells=[new_code_cell("show()", outputs=list(outputs))])
    return lesson_pages.prepare(notebook, folder / "figures", "there").cells[0].outputs


class Page(HTMLParser):
    """A page's ids, its links (with the tag and the attribute they stand in), its images, its tags."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.images, self.tags = set(), [], [], []
        self.feed(path.read_text())

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        self.ids |= {found[key] for key in ("id", "name") if found.get(key)}
        self.links += [(tag, key, found[key]) for key in ("href", "src", "srcset") if found.get(key)]
        if tag == "img":
            self.images.append(found)


@pytest.fixture(scope="module")
def site():
    assert (make.SITE / "index.html").exists(), "the site is not built: run `make book`"
    pages = [path for path in make.SITE.rglob("*.html") if make.SITE / "_static" not in path.parents]
    return {path: Page(path) for path in sorted(pages)}


class TestPrepare:
    def test_a_picture_and_its_caption_become_a_figure(self, tmp_path):
        (output,) = prepare(tmp_path, picture('An "old" brain.'), caption())
        shown = output.data["text/html"]
        assert 'src="there/1.png" width="4" height="3"' in shown
        assert 'alt="An &quot;old&quot; brain."' in shown
        assert "<figcaption>A brain, <strong>large</strong>.</figcaption>" in shown
        assert (tmp_path / "figures" / "1.png").read_bytes() == base64.b64decode(png())

    def test_a_picture_without_alt_text_is_refused(self, tmp_path):
        with pytest.raises(ValueError, match="figure 1 has no alt text"):
            prepare(tmp_path, picture(""))

    def test_of_a_widget_the_last_picture_stays(self, tmp_path):
        view = new_output("display_data", {lesson_pages.VIEW: {"model_id": "1"}, "text/plain": "Run this."})
        (output,) = prepare(tmp_path, view, picture())
        assert "last picture of a widget" in output.data["text/html"]

    def test_each_caption_goes_to_its_own_picture(self, tmp_path):
        outputs = prepare(tmp_path, picture("one"), caption("*uno*"), picture("two"), caption("*due*"))
        assert [re.findall("<figcaption>(.*)</figcaption>", o.data["text/html"]) for o in outputs] == [
            ["uno"],
            ["due"],
        ]


class TestSlides:
    def test_a_heading_begins_a_column_and_long_text_goes_on(self):
        text = "# One\n\nshort\n\n## Two\n\n" + "\n\n".join(["word " * 60] * 5)
        found = slides.columns(new_notebook(cells=[new_markdown_cell(text)]))
        assert [len(column) for column in found] == [1, 3]
        assert found[0][0].startswith("<h1>One") and found[1][0].startswith("<h2>Two</h2>\n<p>word")

    def test_a_solution_stays_whole_and_checks_are_left_out(self):
        long = "<details><summary>Solution</summary>\n\n" + "para " * 200 + "\n\nmore\n\n</details>"
        cells = [
            new_code_cell("answer = ..."),
            new_code_cell("checks.it(answer)", metadata={"tags": ["check"]}),
            new_markdown_cell(long, metadata={"tags": ["solution"]}),
        ]
        ((stub, solution),) = slides.columns(new_notebook(cells=cells))
        assert "answer" in stub and solution.count("<details>") == solution.count("</details>") == 1

    def test_long_output_goes_on_on_the_next_slide(self):
        lines = "\n".join(f"line {k}" for k in range(50))
        cell = new_code_cell("run()", outputs=[new_output("stream", text=lines)])
        ((code, *printed),) = slides.columns(new_notebook(cells=[cell]))
        assert "line" not in code and len(printed) == 3
        assert re.findall(r"line (\d+)", "".join(printed)) == [str(k) for k in range(50)]

    @pytest.mark.parametrize("name", NAMES)
    def test_nothing_of_a_lesson_is_lost(self, name, tmp_path):
        notebook = lesson_pages.prepare(read(name), tmp_path / "figures", "there")
        shown = "".join("".join(column) for column in slides.columns(notebook))
        plain = re.sub(r"\s+", "", html.unescape(re.sub("<[^>]+>", "", shown)))
        for cell in notebook.cells:
            if cell.cell_type == "code" and "check" not in lessons.tags(cell):
                assert re.sub(r"\s+", "", cell.source) in plain
        words = re.findall(
            r"\b[A-Za-z]{9,}\b", " ".join(c.source for c in notebook.cells if c.cell_type != "code")
        )
        missing = {word for word in words if word not in plain}
        assert len(words) > 60 and not missing
        assert shown.count("<img ") == len(list((tmp_path / "figures").iterdir()))


def test_the_demos_weights_are_below_25_mb(site):
    networks = list((make.SITE / "_static" / "demos").glob("*.onnx"))
    assert len(networks) >= 6 and sum(file.stat().st_size for file in networks) < 25e6


def test_the_map_has_every_lesson_once(site):
    found = course_map.read_lessons(lessons.ROOT / "README.md", NOTEBOOKS)
    assert [lesson.name for lesson in found] == NAMES
    assert len(course_map.parts(found)) == len({name[0] for name in NAMES})
    index = (make.SITE / "index.html").read_text()
    for lesson in found:
        assert lesson.needs and re.match(r"\d+", lesson.minutes)
        assert f'href="lessons/{lesson.name}.html"' in index and f"{lesson.minutes} minutes</p>" in index


def test_the_readme_s_minutes_are_the_lessons():
    rows = course_map.ROW.findall((lessons.ROOT / "README.md").read_text())
    found = course_map.read_lessons(lessons.ROOT / "README.md", NOTEBOOKS)
    assert [row[3] for row in rows] == [lesson.minutes for lesson in found]


def test_a_lesson_that_the_readme_forgot_is_named(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text((lessons.ROOT / "README.md").read_text().replace("`31_", "`99_"))
    (tmp_path / "99_read_brats_volumes.ipynb").write_bytes((NOTEBOOKS / f"{NAMES[2]}.ipynb").read_bytes())
    for name in NAMES:
        (tmp_path / f"{name}.ipynb").write_bytes((NOTEBOOKS / f"{name}.ipynb").read_bytes())
    with pytest.raises(ValueError, match="lacks 31_read_brats_volumes"):
        course_map.read_lessons(readme, tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_every_arxiv_number_of_a_lesson_is_in_the_references(name):
    text = " ".join(cell.source for cell in read(name).cells if cell.cell_type == "markdown")
    numbers = set(re.findall(r"\b\d{4}\.\d{5}\b|arXiv[:\s]+(\d{4}\.\d{4,5})", text)) - {""}
    assert numbers <= set(re.findall(r"eprint = \{(.+?)\}", BIB))


@pytest.mark.parametrize("name", NAMES)
class TestLessonPage:
    def test_downloads_the_notebook_as_it_is(self, site, name):
        built = make.SITE / "notebooks" / f"{name}.ipynb"
        assert built.read_bytes() == (NOTEBOOKS / f"{name}.ipynb").read_bytes(), "run `make book`"
        links = [address for _, _, address in site[make.SITE / "lessons" / f"{name}.html"].links]
        assert f"../notebooks/{name}.ipynb" in links and f"../slides/{name}.html" in links

    def test_has_its_figures_with_alt_text_and_its_folded_solutions(self, site, name):
        cells = read(name).cells
        pictures = sum(
            "image/png" in output.get("data", {}) for cell in cells for output in cell.get("outputs", [])
        )
        page = site[make.SITE / "lessons" / f"{name}.html"]
        figures = [image for image in page.images if f"figures/{name}/" in image["src"]]
        assert len(figures) == pictures > 0 and all(image["alt"] for image in page.images)
        assert page.tags.count("details") >= sum("solution" in lessons.tags(cell) for cell in cells)


def test_links_inside_the_site(site):
    broken = []
    for path, page in site.items():
        for _, _, address in page.links:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                broken.append(f"{path.relative_to(make.SITE)}: {address}")
            elif (
                parts.fragment and target in site and unquote(parts.fragment) not in site[target].ids | {"/"}
            ):
                broken.append(f"{path.relative_to(make.SITE)}: {address}: no such place on that page")
    assert not broken, "\n".join(broken)
    assert len(site) > 2 * len(NAMES) + 6


def test_nothing_is_loaded_from_elsewhere(site):
    outside = [
        f"{path.name}: {address}"
        for path, page in site.items()
        for tag, key, address in page.links
        if tag != "a" and re.match("(https?:)?//", address)
    ]
    for path in make.SITE.rglob("*.css"):
        outside += [
            f"{path.name}: {it}" for it in re.findall(r"url\(['\"]?((?:https?:)?//[^)]+)", path.read_text())
        ]
    assert not outside, "\n".join(outside)


def test_no_page_has_a_path_of_this_machine(site):
    for path in [*site, *make.SITE.rglob("*.json"), *make.SITE.rglob("*.js")]:
        assert str(lessons.ROOT) not in path.read_text(), path


def test_a_warning_ends_the_build(tmp_path, monkeypatch, capfd):
    (tmp_path / "index.md").write_text("# A page\n\n[nowhere](missing.md)\n")
    monkeypatch.setattr(make, "SOURCE", tmp_path)
    assert make.sphinx("html", tmp_path / "out") != 0
    assert "missing.md" in capfd.readouterr().err


def test_npm_s_lock_names_no_host():
    lock = (lessons.ROOT / "book" / "package-lock.json").read_text()
    assert "://" not in lock and '"integrity"' in lock and "resolved" not in lock
    for package in make.SCRIPTS:
        assert f'"node_modules/{package.split("/")[0]}"' in lock
