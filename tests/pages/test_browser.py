"""Every page in a real browser: what a reader sees, hears of and can reach.

A new kind of page is one more function in ``PAGES``: from a fitted Pipeline, rows that
hold ``NASTY`` and the file to write. All tests below are then asked of it as well.
"""

import base64
import json
import re

import pandas as pd
import pytest

from sentiment import (
    audit,
    evaluate,
    explain_model,
    explain_texts,
    load_reviews,
    make_sentiment_pipeline,
    monitor,
)
from sentiment.explanation import save_explanations
from sentiment.pages import save_page
from sentiment.pages._spans import visible
from sentiment.training import TrainingResult
from sentiment.training._page import make_page as make_training_page
from sentiment.tuning import TuningResult
from sentiment.tuning._page import make_page as make_search_page

pytestmark = pytest.mark.services

LONG = "unbreakable" * 40
NASTY = (
    "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
    "<svg onload='window.ran = 3'><a href='javascript:window.ran = 4'>great</a>"
    "<iframe src='https://example.org/'></iframe>"
    "<link rel=stylesheet href='https://example.org/x.css'><style>*{display:none}"
    "</style></div></li><!-- ]]> \u202e\u2066 \x00 &lt;b&gt; " + LONG
)
LABEL = "<script>window.ran = 0</script>"


def write_evaluation(pipeline, rows, output):
    """Write the page with all it can hold: misses, a comparison, a threshold."""
    evaluate(
        pipeline,
        rows,
        slices=["origin"],
        against=pipeline,
        fail_under={"accuracy": 1.0},
        tune_for="f1",
        n_mistakes=1000,
        output=output,
    )


def write_explanation(pipeline, rows, output):
    save_explanations(explain_texts(pipeline, [NASTY], target=LABEL), output)


def write_explanations(pipeline, rows, output):
    found = explain_texts(pipeline, rows["text"].head(4), target=LABEL)
    save_explanations(found, output)


def write_model_explanation(pipeline, rows, output):
    save_explanations(explain_model(pipeline), output)


def write_audit(pipeline, rows, output):
    """Write the page with a finding of most checks."""
    again = pd.DataFrame({"text": NASTY, "label": ["negative"] * 20 + [LABEL]})
    empty = pd.DataFrame({"text": [None, ""], "label": [LABEL, None]})
    data = pd.concat([rows[["text", "label"]], again, empty], ignore_index=True)
    audit(data, test=rows, fail_on={"any": None}, top=100, output=output)


def write_monitoring(pipeline, rows, output):
    """Write the page with alarms, windows, strange rows and metrics over time."""
    instances, labels = load_reviews("sample", "train")
    # The second of two classes is shown: here the one with the nasty name.
    known = instances.assign(label=labels.map({"positive": LABEL, "negative": "!"}))
    strange = pd.DataFrame({"text": NASTY, "label": ["!", LABEL] * 20})
    found = monitor(
        make_sentiment_pipeline("fast", prior=None).fit(
            known[["text"]], known["label"]
        ),
        pd.concat([known, strange], ignore_index=True),
        window=100,
        reference=known,
        n_strange=100,
        output=output,
    )
    assert found.alarms
    assert found.strange


TRAINING = TrainingResult(
    *("0" * 32, f"models:/{LABEL}", LONG),
    {f"{part}_accuracy": 0.5 for part in ("validation", "test", LONG)},
    *(1.0, 370),
)


def write_training(pipeline, rows, output):
    save_page(make_training_page(TRAINING), output)


def write_search(pipeline, rows, output):
    params = {"classify__estimator__" + LONG: NASTY}
    found = TuningResult(
        search_id="0" * 32,
        params=params,
        rejected=params,
        metric="roc_auc",
        score=0.9,
        preset_score=0.8,
        gain=0.1,
        gain_error=0.01,
        n_trials=5,
        interrupted=True,
        training=TRAINING,
    )
    save_page(make_search_page(found), output)


PAGES = {
    "audit": write_audit,
    "evaluate": write_evaluation,
    "explain, one text": write_explanation,
    "explain, texts": write_explanations,
    "explain, model": write_model_explanation,
    "monitor": write_monitoring,
    "train": write_training,
    "tune": write_search,
}


def make_rows(pipeline):
    instances, labels = load_reviews("sample", "test")
    rows = instances.assign(label=labels.replace("positive", LABEL), origin="desk")
    # Long and nasty ones, and all of them mistakes, which the page shows.
    rows.loc[:3, "text"] = [NASTY, NASTY + " great" * 400, "", "great " * 900]
    said = pipeline.predict(rows["text"].head(4))
    rows.loc[:3, "label"] = ["negative" if one == LABEL else LABEL for one in said]
    rows.loc[:1, "origin"] = [NASTY, LONG]
    return rows


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Write the page of a name, once."""
    texts, labels = load_reviews("sample", "train")
    # With the nastiest n-grams among those the model knows best.
    texts = [*texts["text"], *[NASTY] * 20]
    labels = [*labels.replace("positive", LABEL), *["negative"] * 20]
    pipeline = make_sentiment_pipeline(
        "fast", prior=None, vectorize__min_df=1, classify__estimator__random_state=0
    ).fit(texts, labels)
    rows = make_rows(pipeline)
    folder, written = tmp_path_factory.mktemp("pages"), {}

    def write(name):
        if name not in written:
            written[name] = folder / f"{name}.html"
            PAGES[name](pipeline, rows, written[name])
        return written[name]

    return write


@pytest.fixture(params=PAGES)
def page(request, pages):
    return pages(request.param)


def test_it_opens_from_disk_with_no_request_and_no_complaint(browser, page):
    browser.open(page)
    events = [
        json.loads(one["message"])["message"] for one in browser.logged("performance")
    ]
    asked = {
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    assert asked == {page.as_uri()}
    assert browser.logged("browser") == []
    assert browser.run("return document.compatMode") == "CSS1Compat"


@pytest.mark.attack
def test_markup_in_labels_and_reviews_is_shown_and_not_run(browser, page):
    browser.open(page)
    shown = browser.run("return document.body.innerText")
    assert LABEL in shown
    texts = browser.run(
        "return [...document.querySelectorAll('.text')].map(one => one.textContent)"
    )
    assert not texts or visible(NASTY) in texts
    alien = "script, iframe, img, link, object, form, [onload], [onerror]"
    count = "return document.querySelectorAll(arguments[0]).length"
    assert browser.run(count, alien) == 0
    assert browser.run("return window.ran ?? null") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_what_is_behind_it(browser, page, scheme):
    browser.open(page, scheme=scheme)
    found = browser.read_contrasts()
    assert len(found) > 10
    assert [one for one in found if one[0] < one[1]] == []
    dark = "return getComputedStyle(document.documentElement).backgroundColor"
    assert (min(map(int, re.findall(r"\d+", browser.run(dark)))) < 60) == (
        scheme == "dark"
    )


def test_on_paper_all_is_there_in_dark_ink_on_white(browser, page):
    browser.open(page, width=690, scheme="dark", media="print")
    assert browser.run("return document.querySelector('nav')?.checkVisibility()") in (
        None,
        False,
    )
    cut = """return [...document.querySelectorAll('.sentiment *')].filter(one =>
        getComputedStyle(one).overflowY != 'visible'
        && one.scrollHeight > one.clientHeight + 1 && one.clientHeight
        && !one.closest('svg')).map(one => one.outerHTML.slice(0, 80))"""
    assert browser.run(cut) == []
    assert find_wider(browser) == []
    found = browser.read_contrasts()
    assert [one for one in found if one[0] < one[1]] == []
    pdf = base64.b64decode(browser.ask("Page.printToPDF")["data"])
    assert pdf.startswith(b"%PDF-")


def find_wider(browser):
    """Return what reaches beyond the right edge of the window."""
    return browser.run("""
        const width = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= width) return [];
        return [document.documentElement.scrollWidth,
            ...[...document.querySelectorAll('body *')]
            .filter(one => one.getBoundingClientRect().right > width + 1)
            .map(one => one.outerHTML.slice(0, 120))]""")


@pytest.mark.parametrize("width", [320, 360, 400])
def test_no_table_is_cut_off_in_a_narrow_window(browser, page, width):
    browser.open(page, width=width)
    found = browser.run("""
        const cells = [...document.querySelectorAll('.scroll th, .scroll td, nav a')];
        const width = document.documentElement.clientWidth;
        return [cells.length, cells.filter(one => one.checkVisibility()
            && !one.closest('.wide thead')
            && one.getBoundingClientRect().right > width)
            .map(one => one.outerHTML.slice(0, 120))]""")
    assert found[0] > 0 or "explain, texts" in page.name
    assert found[1] == []


def test_a_stacked_cell_says_its_column(browser, pages):
    browser.open(pages("audit"), width=400)
    said = browser.run("""
        return [...document.querySelectorAll('.wide td:not(:empty)')].map(one => [
            getComputedStyle(one, '::before').content, one.dataset.column])""")
    assert len(said) > 10
    assert [one for one in said if one[1] not in one[0]] == []


def test_a_table_uses_the_width_of_its_page(browser, page):
    browser.open(page, width=1200)
    widths = browser.run("""
        return [...document.querySelectorAll('.scroll')].map(one =>
            one.querySelector('table').getBoundingClientRect().width / one.clientWidth)""")
    assert [one for one in widths if one < 0.99] == []


@pytest.mark.parametrize("width", [360, 768, 1600])
def test_nothing_makes_the_page_scroll_sideways(browser, page, width):
    browser.open(page, width=width)
    assert find_wider(browser) == []


def test_the_tab_key_reaches_all_that_can_be_used_and_shows_where_it_is(browser, page):
    browser.open(page, width=360)
    # What scrolls is used too: without a mouse it is scrolled by the arrow keys.
    usable = browser.run("""
        const found = [...document.querySelectorAll('body *')].filter(one => {
            const style = getComputedStyle(one);
            const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY)
                && (one.scrollWidth > one.clientWidth + 1
                    || one.scrollHeight > one.clientHeight + 1)
                && !one.querySelector('a');
            return scrolls || one.matches('a[href], button, input, summary');
        });
        found.forEach((one, number) => { one.dataset.number = number; });
        return found.length""")
    reached, hidden = set(), []
    at = """
        const one = document.activeElement, style = getComputedStyle(one);
        if (one === document.body) return null;
        return [one.dataset.number ?? null, one.matches(':focus-visible')
            && style.outlineStyle != 'none' && parseFloat(style.outlineWidth) >= 2,
            one.outerHTML.slice(0, 80)]"""
    for _ in range(200):
        browser.press("Tab")
        now = browser.run(at)
        if now is None:
            break
        reached.add(now[0])
        if not now[1]:
            hidden.append(now[2])
    else:
        pytest.fail("Tab does not come to an end")
    assert usable >= 1
    assert {str(number) for number in range(usable)} <= reached
    assert hidden == []


def test_the_first_tab_skips_to_the_report(browser, page):
    browser.open(page)
    browser.press("Tab")
    place = "return document.activeElement.getBoundingClientRect().left"
    assert browser.run(place) >= 0
    browser.press("Enter")
    assert browser.run("return document.activeElement.id") == "main"
