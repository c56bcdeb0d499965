"""MLflow's own evaluation of our models: the same figures, in a run of its own."""

import mlflow
import numpy as np
import pandas as pd
import pytest

from sentiment import make_sentiment_pipeline
from sentiment.evaluation import _by_mlflow, evaluate
from sentiment.exceptions import TrackingError
from sentiment.tracking import tracked_run
from sentiment.tracking._records import ModelRecord
from sentiment.tracking._runs import list_runs


def test_mlflow_finds_what_we_find(store, reviews, new_reviews):
    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        *reviews
    )
    with tracked_run("films") as run:
        run.log([ModelRecord(pipeline)])
    texts, labels = new_reviews
    # Some of them wrong, or every metric is 1.
    labels = np.where(np.arange(len(labels)) < 4, labels[::-1], labels)
    rows = pd.DataFrame({"text": texts, "label": labels})
    report = evaluate(run.run_id, rows, by_mlflow=True)
    found = store.get_run(report.mlflow_run)
    assert found.info.status == "FINISHED"
    assert store.get_experiment(found.info.experiment_id).name == "films"
    assert found.data.params["data_digest"] == report.digest
    ours, theirs = report.metrics, found.data.metrics
    assert 0.5 < ours["accuracy"] < 1
    assert theirs["accuracy_score"] == pytest.approx(ours["accuracy"])
    assert theirs["roc_auc"] == pytest.approx(ours["roc_auc"])
    assert theirs["log_loss"] == pytest.approx(ours["log_loss"])
    assert theirs["f1_score"] == pytest.approx(ours["f1_positive"])
    files = {file.path for file in store.list_artifacts(report.mlflow_run)}
    assert {"confusion_matrix.png", "roc_curve_plot.png"} <= files
    # It is no training, and the model's own run is as it was.
    assert report.mlflow_run not in [one.run_id for one in list_runs()]
    assert store.get_run(run.run_id).data.metrics == {}


def test_more_than_two_classes_with_numbers_for_names(store, reviews):
    texts, labels = reviews
    stars = [5 if label == "positive" else 1 for label in labels]
    texts, stars = [*texts, *["so so"] * 12], [*stars, *[3] * 12]
    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        texts, stars
    )
    rows = pd.DataFrame({"text": texts, "label": stars})
    report = evaluate(pipeline, rows, by_mlflow=True)
    theirs = store.get_run(report.mlflow_run).data.metrics
    assert theirs["accuracy_score"] == pytest.approx(report.metrics["accuracy"])


def test_what_mlflow_cannot_evaluate_is_one_sentence_and_a_failed_run(
    store, reviews, monkeypatch
):
    def broken(*_, **__):
        raise RuntimeError("no such thing")

    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        *reviews
    )
    rows = pd.DataFrame(dict(zip(("text", "label"), reviews, strict=True)))
    monkeypatch.setattr(_by_mlflow, "_wrap", broken)
    with pytest.raises(TrackingError, match="cannot evaluate the model: no such thing"):
        evaluate(pipeline, rows, by_mlflow=True)
    (run,) = store.search_runs(
        [store.get_experiment_by_name("sentiment").experiment_id]
    )
    assert run.info.status == "FAILED"
    assert mlflow.active_run() is None
