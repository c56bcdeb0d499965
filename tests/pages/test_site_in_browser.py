"""The built site in a real browser: search, light and dark, narrow windows.

``SENTIMENT_SITE`` names a folder that holds it; without it the site is built here.
"""

import json
import os
import re
import subprocess
import sys
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytestmark = [pytest.mark.services, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
PAGES = [
    "index.html", "start.html", "accuracy.html", "architecture.html", "cli.html",
    "commands.html", "how_it_works.html", "coming/scikit_learn.html",
    "gallery/index.html", "gallery/plot_mistake.html", "gallery/plot_nightly.html",
    "generated/sentiment.train.html", "generated/sentiment.datasets.html",
]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the folder of the built site."""
    if "SENTIMENT_SITE" in os.environ:
        return Path(os.environ["SENTIMENT_SITE"])
    for name in ("sphinx_gallery", "sphinx_click", "pydata_sphinx_theme", "skrub"):
        pytest.importorskip(name, reason="the extra docs is not installed")
    folder = tmp_path_factory.mktemp("site")
    line = [sys.executable, "-m", "sphinx", "-W", "-n", "-q", "docs", folder]
    subprocess.run(line, cwd=ROOT, check=True, timeout=540)
    return folder


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def address(site):
    """Serve the site on the loopback, as a host of pages does."""
    handler = partial(Quiet, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("threshold", "gallery/plot_threshold"),
        ("min_df", "accuracy"),
        ("make_count_vectorizer", "generated/sentiment.make_count_vectorizer"),
        ("escape-formulas", "commands"),
    ],
)
def test_the_search_finds_the_page(browser, address, words, page):
    browser.open(f"{address}/search.html?q={words}")
    listing = """return [...document.querySelectorAll('#search-results li a')]
        .map(one => one.getAttribute('href'))"""
    # The page lists what it has found so far, a few pages at a time.
    end = time.monotonic() + 60
    while not (found := any(page in link for link in browser.run(listing))):
        if time.monotonic() > end:
            break
        time.sleep(0.2)
    assert found, browser.run(listing)


@pytest.mark.parametrize("page", PAGES)
def test_a_narrow_window_scrolls_no_page_sideways(browser, address, page):
    browser.open(f"{address}/{page}", width=400)
    wider = browser.run("""
        const width = document.documentElement.clientWidth;
        return [document.documentElement.scrollWidth - width,
            ...[...document.querySelectorAll('.bd-article *')]
            .filter(one => one.getBoundingClientRect().right > width + 1
                && !one.closest('pre, table, .scroll, svg, .headerlink'))
            .map(one => one.outerHTML.slice(0, 120))]""")
    assert wider == [0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_follows_the_readers_scheme(browser, address, scheme):
    browser.open(f"{address}/gallery/plot_mistake.html", scheme=scheme)
    shown = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", shown))) < 60) == (scheme == "dark")
    contrasts = browser.read_contrasts()
    assert [one for one in contrasts if one[0] < one[1]] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_nobody_else(browser, address, page):
    browser.open(f"{address}/{page}")
    events = [
        json.loads(one["message"])["message"] for one in browser.logged("performance")
    ]
    asked = {
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert [one for one in browser.logged("browser") if one["level"] == "SEVERE"] == []
