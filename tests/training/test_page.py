"""What a notebook shows of a training."""

import re

import pytest

from sentiment.training import TrainingResult

METRICS = {
    "validation_accuracy": 0.91,
    "validation_roc_auc": 0.97,
    "validation_log_loss": 0.25,
    "test_accuracy": 0.9,
    "test_log_loss": 0.26,
}


def make_result(metrics=METRICS, experiment="films", registered_uri=None, **rest):
    return TrainingResult(
        *("0" * 32, "runs:/0/model", experiment, metrics, 1.26, 1234, registered_uri),
        **rest,
    )


def read_rows(html):
    """The cells of each row of a table, in order."""
    rows = re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    cells = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub("<.*?>", "", cell).strip() for cell in row] for row in cells]


def test_each_part_shows_its_scores_under_their_names():
    rows = read_rows(make_result()._repr_html_())
    assert ["metric", "validation", "test"] in rows
    assert ["accuracy", "0.9100", "0.9000"] in rows
    # An AUC that is not defined stays empty, and moves no other number.
    assert ["AUC", "0.9700", ""] in rows


def test_an_interval_stands_beside_its_metric_and_a_note_before_them():
    html = make_result(
        intervals={"test_accuracy": (0.87, 0.93)}, notes=("The data are the same.",)
    )._repr_html_()
    header, *rows = read_rows(html)
    interval = "95 % interval"
    assert header == ["metric", "validation", interval, "test", interval]
    assert ["accuracy", "0.9100", "", "0.9000", "0.8700 to 0.9300"] in rows
    assert html.index("The data are the same.") < html.index("<table")


def test_a_training_without_test_data_has_no_row_of_it():
    metrics = {name: x for name, x in METRICS.items() if not name.startswith("test")}
    rows = read_rows(make_result(metrics)._repr_html_())
    assert ["metric", "validation"] in rows


def test_the_metrics_of_a_hook_are_shown():
    rows = read_rows(make_result(METRICS | {"share_sure": 0.5})._repr_html_())
    assert ["share_sure", "0.5000"] in rows


@pytest.mark.parametrize("uri", [None, "models:/reviews@champion"])
def test_it_says_how_the_model_is_loaded(uri):
    html = make_result(registered_uri=uri)._repr_html_()
    assert (uri or "runs:/0/model") in html
    assert "load_model(" in html
    assert "1,234" in html


def test_names_that_hold_markup_are_shown_and_not_run():
    html = make_result(experiment="<script>alert(1)</script>")._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
