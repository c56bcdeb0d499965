"""New rows of the same kind raise no alarm, others do; and the report tells why."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from sentiment import DataError, ModelError, TextCleaner, monitor
from sentiment.monitoring._checks import STRANGE
from sentiment.pages import render_page

GARBAGE = {
    "random letters": lambda rng: "".join(
        rng.choice(list("abcdefghijklmnopqrstuvwxyz    "), 120)
    ),
    "base64": lambda rng: rng.bytes(90).hex().upper() + "==",
    "empty": lambda rng: "",
    "spaces": lambda rng: " \t ",
    "one word again and again": lambda rng: "good " * int(rng.integers(30, 80)),
    "another language": lambda rng: " ".join(
        rng.choice("das ist wirklich ein sehr schöner Fernseher mit Bild".split(), 25)
    ),
}


def frame(texts, labels=None):
    columns = {"text": texts} if labels is None else {"text": texts, "label": labels}
    return pd.DataFrame(columns)


@pytest.fixture(scope="module")
def same(make_texts):
    return frame(*make_texts(2000, 2))


def names(part):
    return {check.name for check in part.alarms}


def test_rows_of_the_same_kind_raise_no_alarm(logged, same):
    report = monitor(logged, same, window=250)
    assert report.alarms == ()
    assert [part.n_rows for part in report.windows] == [250] * 8
    assert report.whole.metrics["accuracy"] > 0.7
    assert report.whole.n_labelled == 2000


@pytest.mark.parametrize("kind", GARBAGE)
def test_five_per_cent_of_garbage_does(logged, same, kind):
    rng = np.random.default_rng(0)
    rows = same[["text"]].copy()
    rows.loc[::20, "text"] = [GARBAGE[kind](rng) for _ in rows.index[::20]]
    report = monitor(logged, rows)
    assert names(report.whole) == {STRANGE}
    assert {row.row % 20 for row in report.strange} == {0}
    check = next(check for check in report.whole.checks if check.alarm)
    assert 0.05 <= check.value < 0.07


def test_a_little_of_every_garbage_adds_up(logged, same):
    rng = np.random.default_rng(0)
    rows, makers = same[["text"]].copy(), list(GARBAGE.values())
    rows.loc[::20, "text"] = [
        makers[n % len(makers)](rng) for n in range(len(rows.index[::20]))
    ]
    assert names(monitor(logged, rows).whole) == {STRANGE}


def test_another_domain_does(logged):
    texts = [
        "Battery lasts two days, screen cracked in transit, refund requested."
    ] * 60
    report = monitor(logged, frame(texts))
    assert {"share of OOV words", "score"} <= names(report.whole)


def test_another_mix_of_classes_does(logged, make_texts):
    report = monitor(logged, frame(make_texts(800, 3, positive=0.9)[0]))
    assert {"predicted classes", "score"} <= names(report.whole)


def test_worse_answers_do_where_there_are_labels(logged, same):
    turned = {"negative": "positive", "positive": "negative"}
    rows = same.copy()
    rows.loc[::5, "label"] = rows.loc[::5, "label"].map(turned)
    report = monitor(logged, rows)
    assert names(report.whole) == {"accuracy"}
    assert "the accuracy is" in report.alarms[0]


def test_a_trifle_is_no_alarm_however_sure_it_is(logged, make_texts):
    texts, _ = make_texts(20_000, 4, positive=0.58)
    report = monitor(logged, frame(texts))
    classes = next(c for c in report.whole.checks if c.name == "predicted classes")
    assert classes.corrected < 1e-4
    assert report.alarms == ()


def test_few_rows_are_no_alarm_by_chance(logged, make_texts):
    # Each as if it came alone: many windows at once would have to be surer.
    texts, labels = make_texts(1500, 5)
    alarms = 0
    for start in range(0, 1500, 30):
        rows = frame(texts[start : start + 30], labels[start : start + 30])
        alarms += bool(monitor(logged, rows).alarms)
    assert alarms <= 2


def test_garbage_that_begins_one_day_is_found_in_its_window(logged, same):
    rows = same[["text"]].copy()
    rows["when"] = pd.date_range("2026-03-01", periods=2000, freq="10min").astype("str")
    rows.loc[1500::6, "text"] = ""
    shuffled = rows.sample(frac=1, random_state=0)
    report = monitor(logged, shuffled, window="week", time_column="when")
    assert [part.name for part in report.windows] == [
        "2026-02-23 to 2026-03-01",
        "2026-03-02 to 2026-03-08",
        "2026-03-09 to 2026-03-15",
    ]
    assert [names(part) for part in report.windows] == [set(), set(), {STRANGE}]
    by_rows = monitor(logged, shuffled, window=500, time_column="when")
    assert [bool(part.alarms) for part in by_rows.windows] == [False] * 3 + [True]


# Of one moment each, whatever the clock on the wall showed: six before midnight in UTC.
MIXED = [
    "2026-03-02T00:30:00+02:00",
    "2026-03-01T23:59:59Z",
    "2026-03-01 12:00",
    "2026-03-01",
    "Mon, 02 Mar 2026 00:30:00 +0200",
    "2026-02-28T23:00:00-05:00",
    "2026-03-01T23:30:00-02:00",
    "2026-03-02T00:00:00.000Z",
]


@pytest.mark.parametrize("zone", [None, "Asia/Kolkata", "+02:00"])
def test_a_day_is_that_of_utc_whatever_the_offset_of_a_row(logged, same, zone):
    rows = same[["text"]].head(len(MIXED)).copy()
    rows["when"] = MIXED
    if zone is not None:
        times = pd.to_datetime(rows["when"], utc=True, format="mixed")
        rows["when"] = times.dt.tz_convert(zone)
    report = monitor(logged, rows, window="day", time_column="when")
    found = {part.name: part.n_rows for part in report.windows}
    assert found == {"2026-03-01": 6, "2026-03-02": 2}


def test_the_limits_are_the_user_s(logged, make_texts):
    rows = frame(make_texts(2000, 6, positive=0.62)[0])
    assert not monitor(logged, rows).alarms
    assert monitor(logged, rows, max_psi=0).alarms
    with pytest.raises(DataError, match="max_drop must be a number, 0 or more"):
        monitor(logged, rows, max_drop=float("nan"))


def test_json_has_the_same_content_twice_and_nothing_that_it_cannot_say(logged, same):
    first, second = (monitor(logged, same, window=700).to_dict() for _ in range(2))
    assert first | {"seconds": 0} == second | {"seconds": 0}
    again = json.loads(json.dumps(first, allow_nan=False))
    assert again["reference"]["rows"] == "test"
    assert [part["n_rows"] for part in again["windows"]] == [700, 700, 600]
    assert {check["name"] for check in again["whole"]["checks"]} == {
        *("document length", "share of OOV words", "share of repeated words"),
        *("score", "predicted classes", STRANGE, "accuracy"),
    }


def test_a_document_that_holds_a_script_is_shown_and_not_run(logged, tmp_path):
    rows = frame(["<script>alert(1)</script> zzyzx qwpoe " * 5] * 200)
    report = monitor(logged, rows, window=100, output=tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html
    for title in ("Over time", "Drift tests", "Outliers"):
        assert title in html
    assert report._repr_html_().count("<svg") >= 6
    with pytest.raises(DataError, match="force=True"):
        monitor(logged, rows, output=tmp_path / "page.html")


def test_a_page_without_alarm_says_so(logged, same):
    html = render_page(monitor(logged, same[["text"]].head(300)).to_page())
    assert "No alarm: these rows look like" in html


def test_a_model_without_a_profile_says_what_to_do(pipeline, same):
    with pytest.raises(
        ModelError, match=r"keeps no reference profile.*reference=\.\.\."
    ):
        monitor(pipeline, same)


def test_rows_can_stand_in_for_the_profile(pipeline, make_texts, same):
    report = monitor(pipeline, same, reference=frame(*make_texts(1000, 7)))
    assert report.alarms == ()
    assert report.profile.n_rows == 1000
    empty = monitor(pipeline, frame([""] * 50), reference=same)
    assert "accuracy" not in empty.whole.metrics
    assert empty.alarms


def test_a_pipeline_of_scikit_learn_is_monitored_without_its_words(make_texts):
    other = make_pipeline(TextCleaner(), CountVectorizer(), LogisticRegression())
    other.fit(*make_texts(300, 0))
    reference = frame(*make_texts(1000, 1))
    assert not monitor(other, frame(make_texts(500, 2)[0]), reference=reference).alarms
    report = monitor(other, frame([""] * 100), reference=reference)
    assert {check.name for check in report.whole.checks} == {
        *("document length", "score", "predicted classes", STRANGE)
    }
    assert STRANGE in names(report.whole)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": "year"}, "A window is a number of rows, or one of hour, day"),
        ({"window": 0}, "A window is a number of rows"),
        ({"window": "day"}, "needs the time of each row.*time_column="),
        ({"window": 5, "time_column": "at"}, "no column 'at'.*time_column"),
        ({"window": 5, "time_column": "text"}, "'text' is no time"),
        ({"label_column": "stars"}, "no column 'stars'.*label_column"),
        ({"text_column": "body"}, "no column 'body'.*text_column"),
    ],
)
def test_what_cannot_be_read_is_named(logged, same, options, message):
    with pytest.raises(DataError, match=message):
        monitor(logged, same.head(20), **options)


def test_labels_that_the_model_does_not_know_are_refused(logged, same):
    rows = same.head(20).replace({"label": {"positive": "pos!"}})
    with pytest.raises(DataError, match=r"pos!.*label_column=\.\.\."):
        monitor(logged, rows)


def test_rows_without_a_label_count_all_the_same(logged, same):
    rows = same.head(600).copy()
    rows["label"] = rows["label"].astype(object)
    rows.loc[100:, "label"] = None
    whole = monitor(logged, rows).whole
    assert (whole.n_rows, whole.n_labelled) == (600, 100)


def test_progress_counts_the_rows(logged, same):
    seen = []
    monitor(logged, same, progress=lambda *said: seen.append(said))
    assert seen[-1] == (2000, None, 1.0)
