"""The site: nothing is missing in it, and no link in its sources leads nowhere.

What only a built site shows is asked in a browser, ``tests/pages/test_site_in_browser.py``.
"""

import doctest
import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import sentiment

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), *DOCS.glob("coming/*.md"), *DOCS.glob("*.rst")])
# Read on the forge and in the site alike.
ALSO = sorted(ROOT.glob("*.md"))


def listed(page):
    """Return the names in the autosummary tables of a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return set(re.findall(r"^   ([A-Za-z_.]+)$", text, re.MULTILINE))


def test_every_name_of_the_package_is_in_the_reference():
    assert listed("api.rst") == set(sentiment.__all__) - {"__version__"}


def test_every_package_that_exports_names_is_in_the_reference():
    found = set()
    for module in walk_packages(sentiment.__path__, "sentiment."):
        names = module.name.split(".")
        if any(name.startswith("_") for name in names):
            continue
        exported = getattr(import_module(module.name), "__all__", ())
        if set(exported) - set(sentiment.__all__):
            found.add(module.name)
    # Documents have a page for their own sake.
    assert listed("packages.rst") == found | {"sentiment.documents"}


@pytest.mark.parametrize("page", [*PAGES, *ALSO], ids=lambda page: page.name)
def test_every_anchor_that_a_page_links_to_is_a_heading_there(page):
    text = page.read_text(encoding="utf-8")
    for name, anchor in re.findall(r"\]\(([^):#]*)#([^)]+)\)", text):
        target = page.parent / name if name else page
        assert anchor in anchors_of(target), f"{page.name}: {name}#{anchor}"


def anchors_of(page):
    """Return the anchors of a page's headings, as GitHub and MyST make them."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")
        for title in titles
    }


def test_the_first_steps_print_what_the_page_says():
    text = (DOCS / "start.md").read_text(encoding="utf-8")
    (session,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    parsed = doctest.DocTestParser().get_doctest(session, {}, "start.md", None, 0)
    assert doctest.DocTestRunner().run(parsed).failed == 0


def test_the_site_needs_no_network():
    sources = [*PAGES, DOCS / "conf.py", *DOCS.glob("_templates/**/*.rst")]
    for page in sources:
        text = page.read_text(encoding="utf-8")
        assert "intersphinx" not in text, page.name
        assert not re.search(r"!\[[^]]*\]\(https?:", text), page.name
