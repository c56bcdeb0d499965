"""Each record arrives in MLflow as what it is."""

import json
import math
import signal
from pathlib import Path

import mlflow
import numpy as np
import pytest

from sentiment.exceptions import TrackingError
from sentiment.tracking import tracked_run
from sentiment.tracking._figures import evaluation_figures
from sentiment.tracking._records import (
    DatasetRecord,
    FigureRecord,
    JsonFile,
    MetricHistory,
    Metrics,
    Params,
    Tags,
)

PROBABILITIES = np.array([[0.9, 0.1], [0.2, 0.8]])
CLASSES = np.array(["negative", "positive"])


@pytest.fixture
def log(store):
    """Log records in a run; return the run as the store has it."""

    def log(*records):
        with tracked_run() as run:
            run.log(records)
        return store.get_run(run.run_id)

    return log


def test_params_beyond_one_batch_all_arrive(log):
    values = {f"p{i}": i for i in range(250)}
    assert log(Params(values)).data.params == {k: str(v) for k, v in values.items()}


def test_a_long_value_is_cut_as_a_param_and_whole_in_the_file(log, store):
    words = [f"word{i}" for i in range(500)]
    run = log(Params({"words": words}), JsonFile("params.json", {"words": words}))
    assert len(run.data.params["words"]) == 500
    assert run.data.params["words"].endswith("...")
    path = store.download_artifacts(run.info.run_id, "params.json")
    assert json.loads(Path(path).read_text()) == {"words": words}


def test_a_history_of_thousands_arrives_in_few_requests(log, store, monkeypatch):
    requests = []
    send = mlflow.MlflowClient.log_batch

    def count(self, run_id, **entities):
        requests.append(entities)
        return send(self, run_id, **entities)

    monkeypatch.setattr(mlflow.MlflowClient, "log_batch", count)
    losses = [1 / (i + 1) for i in range(2500)]
    run = log(MetricHistory({"rounds/train_log_loss": losses}))
    history = store.get_metric_history(run.info.run_id, "rounds/train_log_loss")
    assert [(point.step, point.value) for point in history] == list(enumerate(losses))
    assert len(requests) == 3


def test_a_value_that_is_no_number_is_left_out_of_a_history(log, store):
    run = log(MetricHistory({"auc": [math.nan, 0.5]}))
    history = store.get_metric_history(run.info.run_id, "auc")
    assert [(point.step, point.value) for point in history] == [(1, 0.5)]


def test_metrics_and_tags(log):
    run = log(Metrics({"seconds": 1.5}), Tags({"version.python": "3.13"}))
    assert run.data.metrics == {"seconds": 1.5}
    assert run.data.tags["version.python"] == "3.13"


def test_a_data_set_is_one_that_mlflow_can_find_again(log):
    record = DatasetRecord(
        name="reviews.csv",
        digest="0123456789abcdef",
        context="training",
        source_type="local",
        source={"uri": "/data/reviews.csv"},
        columns={"text": "string", "label": "long"},
        n_rows=12,
    )
    (given,) = log(record).inputs.dataset_inputs
    assert (given.dataset.name, given.dataset.digest) == (record.name, record.digest)
    assert [tag.value for tag in given.tags] == ["training"]
    assert json.loads(given.dataset.profile) == {"num_rows": 12}
    assert mlflow.data.get_source(given).uri == "/data/reviews.csv"


def test_a_figure_is_a_picture(log, store):
    record = next(evaluation_figures("test", np.array([0, 1]), PROBABILITIES, CLASSES))
    assert isinstance(record, FigureRecord)
    run = log(record)
    path = store.download_artifacts(
        run.info.run_id, "figures/test/confusion_matrix.png"
    )
    assert Path(path).read_bytes().startswith(b"\x89PNG\r\n")


def test_what_the_store_refuses_is_one_sentence_and_the_run_fails(store):
    with (
        pytest.raises(TrackingError, match="does not take Tags of run") as caught,
        tracked_run() as run,
    ):
        run.log([Tags({"": "no name"})])
    assert "\n" not in str(caught.value)
    assert store.get_run(run.run_id).info.status == "FAILED"


def test_a_signal_waits_until_a_record_is_written(store, monkeypatch):
    # In the middle of a transaction it would leave SQLite locked.
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    send, written = mlflow.MlflowClient.log_batch, []

    def interrupted(self, run_id, **entities):
        signal.raise_signal(signal.SIGINT)
        send(self, run_id, **entities)
        written.append(run_id)

    monkeypatch.setattr(mlflow.MlflowClient, "log_batch", interrupted)
    try:
        with pytest.raises(KeyboardInterrupt), tracked_run() as run:
            run.log([Tags({"first": "a"}), Tags({"second": "b"})])
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(written) == 1
    found = store.get_run(written[0])
    assert found.info.status == "KILLED"
    assert found.data.tags["first"] == "a"
    assert "second" not in found.data.tags
