"""The report: complete, true to the rows, and the same for people and programs."""

import json

import numpy as np
import pandas as pd
import pytest

from sentiment import evaluate, make_sentiment_pipeline
from sentiment._metric_names import format_metric, name_metric
from sentiment.exceptions import DataError, ModelError
from sentiment.pages import render_page


@pytest.fixture(scope="module")
def pipeline(reviews):
    return make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        *reviews
    )


@pytest.fixture(scope="module")
def rows(new_reviews):
    texts, labels = new_reviews
    # Two labels that are wrong, so that there are mistakes; three rows without one.
    labels = [labels[1], labels[0], *labels[2:]]
    return pd.DataFrame(
        {
            "text": [*texts, "?", "??", "???"],
            "label": [*labels, None, None, None],
            "source": ["web", "app"] * 10 + ["web"] * 3,
            "stars": [str(n) for n in range(23)],
        }
    )


def test_the_report_says_what_the_model_says(pipeline, rows):
    report = evaluate(pipeline, rows)
    labelled = rows.dropna(subset="label")
    said = pipeline.predict(labelled["text"])
    assert report.n_rows == 20
    assert report.metrics["accuracy"] == np.mean(said == labelled["label"])
    assert sum(map(sum, report.confusion_matrix)) == 20
    for name, (low, high) in report.intervals.items():
        assert low <= report.metrics[name] <= high
    assert {one.by for one in report.slices} == {"length in words", "source"}
    wrong = labelled.index[said != labelled["label"]]
    assert sorted(one.row for one in report.mistakes) == sorted(wrong)
    scores = [one.score for one in report.mistakes]
    assert scores == sorted(scores, reverse=True)


def test_slices_add_up_to_the_whole(pipeline, rows):
    report = evaluate(pipeline, rows, slices=["stars"])
    for by in ("length in words", "source", "stars"):
        parts = [one for one in report.slices if one.by == by]
        assert sum(one.n_rows for one in parts) == 20
        right = sum(one.n_rows * one.accuracy for one in parts)
        assert right / 20 == pytest.approx(report.metrics["accuracy"])


def test_the_same_evaluation_twice_gives_the_same_report(pipeline, rows):
    first, second = (evaluate(pipeline, rows).to_dict() for _ in range(2))
    assert first | {"seconds": 0} == second | {"seconds": 0}


def test_json_has_no_nan_and_the_page_shows_every_metric(pipeline, rows):
    one_class = rows[rows["label"] == "positive"]
    report = evaluate(pipeline, one_class)
    text = json.dumps(report.to_dict(), allow_nan=False)
    assert json.loads(text)["metrics"]["roc_auc"] is None
    html = render_page(report.to_page())
    for name in report.metrics:
        assert name_metric(name) in html
    assert "All rows are of one class." in html


def test_a_review_that_holds_a_script_is_shown_and_not_run(pipeline, tmp_path):
    evil = "<script>alert(1)</script> great gem moving funny brilliant"
    rows = pd.DataFrame({"text": [evil, "dull awful mess"], "label": ["negative"] * 2})
    evaluate(pipeline, rows, output=tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert "&lt;" in html


def test_a_better_model_is_told_from_a_worse_one(pipeline, rows, reviews):
    texts, labels = reviews
    # It learns nothing: every second label is turned around.
    turned = [labels[n ^ 1] if n % 4 < 2 else labels[n] for n in range(len(labels))]
    worse = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        texts, turned
    )
    report = evaluate(pipeline, rows, against=worse)
    other = evaluate(worse, rows)
    assert report.comparison.metrics == pytest.approx(other.metrics)
    assert report.comparison.differences["accuracy"] == pytest.approx(
        report.metrics["accuracy"] - other.metrics["accuracy"]
    )
    won, lost = report.comparison.only_this_right, report.comparison.only_other_right
    assert won - lost == round(20 * report.comparison.differences["accuracy"])
    assert 0 <= report.comparison.p_value <= 1
    low, high = report.comparison.intervals["accuracy"]
    assert low <= report.comparison.differences["accuracy"] <= high
    shown = report.comparison._repr_html_()
    assert f"{report.comparison.differences['accuracy']:+.4f}</td>" in shown
    assert format_metric("accuracy", report.metrics["accuracy"]) in shown


def test_a_model_is_as_good_as_itself(pipeline, rows):
    comparison = evaluate(pipeline, rows, against=pipeline).comparison
    assert set(comparison.differences.values()) == {0.0}
    assert set(comparison.intervals.values()) == {(0.0, 0.0)}
    assert comparison.p_value == 1.0


def test_three_classes_have_every_metric(reviews):
    texts = [*reviews[0], *(f"so so, number {n}" for n in range(20))]
    labels = [*reviews[1], *["neutral"] * 20]
    model = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        texts, labels
    )
    report = evaluate(model, pd.DataFrame({"text": texts, "label": labels}))
    assert np.shape(report.confusion_matrix) == (3, 3)
    assert {"f1_negative", "f1_neutral", "f1_positive"} <= set(report.metrics)
    assert all(0 <= value <= 1 for value in report.intervals["roc_auc"])
    assert "neutral" in render_page(report.to_page())


def test_what_is_missed_is_said_in_the_direction_of_the_metric(pipeline, rows):
    wanted = {"accuracy": 0.2, "f1_positive": 1.0, "log_loss": 0.0001}
    report = evaluate(pipeline, rows, fail_under=wanted)
    assert [one.split()[0] for one in report.missed] == ["f1_positive", "log_loss"]
    assert "at least 1 was wanted" in report.missed[0]
    assert "at most 0.0001 was wanted" in report.missed[1]


def test_labels_that_the_model_does_not_know_are_named(pipeline, rows):
    other = rows.replace({"label": {"positive": "pos"}})
    with pytest.raises(DataError, match=r"labels 'pos' \(10\), .* which the model"):
        evaluate(pipeline, other)


def test_models_of_other_labels_are_not_compared(pipeline, rows, reviews):
    codes = [label == "positive" for label in reviews[1]]
    other = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        reviews[0], codes
    )
    with pytest.raises(ModelError, match="Only models of the same labels"):
        evaluate(pipeline, rows, against=other)


def test_a_column_that_is_not_there_is_refused_by_name(pipeline, rows):
    with pytest.raises(DataError, match=r"no column 'region'.*slices"):
        evaluate(pipeline, rows, slices=["region"])


def test_progress_counts_the_rows(pipeline, rows):
    seen = []
    evaluate(pipeline, rows, progress=lambda *said: seen.append(said))
    assert seen[-1] == (20, None, 1.0)


def test_the_words_of_a_mistake_are_highlighted(pipeline, rows):
    mistakes = evaluate(pipeline, rows).mistakes
    assert mistakes
    for one in mistakes:
        assert one.spans
        assert max(span.value for span in one.spans) > 0
        shown = [one.text[span.start : span.end] for span in one.spans]
        assert all(shown)
    assert '<mark class="for"' in render_page(evaluate(pipeline, rows).to_page())


def test_a_file_is_not_said_to_have_a_split(pipeline, rows, tmp_path):
    path = tmp_path / "reviews.csv"
    rows.dropna(subset="label").to_csv(path, index=False)
    report = evaluate(pipeline, path)
    assert report.to_dict()["split"] is None
    assert "split" not in dict(report.to_page().facts)["data"]
    assert dict(evaluate(pipeline).to_page().facts)["data"] == "sample, split test"
