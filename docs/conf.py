"""How the site is built: ``python -m sphinx -W -n docs docs/_build/html``.

Nothing here asks the network. The texts are the ``.md`` files of this folder; the pages
of the API are made from the docstrings, those of the commands from Click, and the
gallery
by running ``examples/gallery``.
"""

import os
import sys
from pathlib import Path

import sentiment

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_sphinx"))
os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "HF_HUB_OFFLINE": "1"}

project = "sentiment"
author = "the sentiment developers"
project_copyright = "2026, the sentiment developers"
version = release = sentiment.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_click",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "site_parts",
]
exclude_patterns = ["_build", "gallery/*.ipynb", "gallery/*.zip", "gallery/*.json"]
templates_path = ["_templates"]
# "1.0" in the text of a docstring is no reference.
default_role = "literal"
# Two dashes are a flag.
smartquotes = False
nitpicky = True
# Their inventories are on the network.
nitpick_ignore_regex = [(r"py:.*", r"(sklearn|mlflow)\..*")]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "none"
autodoc_member_order = "bysource"
autosummary_context = {"root": sentiment.__all__}
autosummary_ignore_module_all = False
autosummary_imported_members = True
numpydoc_show_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": "../examples/gallery",
    "gallery_dirs": "gallery",
    "abort_on_example_error": True,
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("sentiment",),
    "download_all_examples": False,
    "min_reported_time": 60,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
    "within_subsection_order": "FileNameSortKey",
}

html_theme = "pydata_sphinx_theme"
html_title = f"sentiment {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "sentiment"},
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
