"""Sphinx settings of the book; `make book` (book/make.py) gathers its sources and calls Sphinx."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import gancourse  # noqa: E402

project = "GANs for Medical Imaging"
author = "the authors of the course"
project_copyright = "text and figures CC BY 4.0, code MIT"
release = gancourse.__version__
language = "en"

extensions = ["myst_nb", "sphinxcontrib.bibtex"]
exclude_patterns = ["generated/*.md"]
nitpicky = True

# The notebooks come executed; their pictures are files by then (see lesson_pages.py).
nb_execution_mode = "off"
nb_merge_streams = True
nb_output_stderr = "remove"
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
bibtex_bibfiles = ["references.bib"]

# Everything comes from the site itself. MathJax' menu would fetch more of its parts.
mathjax_path = "mathjax/tex-svg-full.js"
mathjax3_config = {"options": {"enableMenu": False}}

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static", "_build/static"]
html_css_files = ["map.css", "book.css"]
html_js_files = ["book.js"]
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_favicon = "static/favicon.svg"
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_start": [],  # the sidebar has it all
    "navbar_center": [],
    "navbar_end": [],
    "navbar_persistent": [],
    "use_download_button": False,  # each lesson links its notebook
    "use_source_button": False,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}

# Where `make links` looks. Publishers answer robots with 403, whatever the page.
linkcheck_anchors = False
linkcheck_timeout = 20
linkcheck_report_timeouts_as_broken = False
