"""However a run ends, the store says so, and it is never RUNNING."""

import os
import signal

import mlflow
import pytest
from mlflow.exceptions import MlflowException

from sentiment import load_model, log_model, make_sentiment_pipeline
from sentiment.exceptions import ModelError, TrackingError
from sentiment.persistence import _flavor
from sentiment.termination import Terminated, raise_on_sigterm
from sentiment.tracking import _lifecycle, tracked_run
from sentiment.tracking._lifecycle import REASON
from sentiment.tracking._process import PROCESS_ID


def read_runs(store):
    experiment = store.get_experiment_by_name("sentiment")
    return store.search_runs([experiment.experiment_id]) if experiment else []


def test_a_run_that_ends_well_is_finished(store):
    with tracked_run(run_name="mine") as run:
        assert mlflow.active_run().info.run_id == run.run_id
        assert store.get_run(run.run_id).info.status == "RUNNING"
    (found,) = read_runs(store)
    assert (found.info.status, found.info.run_name) == ("FINISHED", "mine")
    assert found.data.tags[PROCESS_ID] == str(os.getpid())
    assert REASON not in found.data.tags
    assert mlflow.active_run() is None


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (ValueError("no good"), "FAILED", "ValueError: no good."),
        (KeyboardInterrupt(), "KILLED", "KeyboardInterrupt"),
        (Terminated(), "KILLED", "Terminated"),
        (SystemExit(3), "KILLED", "SystemExit"),
    ],
)
def test_a_run_that_is_stopped_says_how_and_why(store, error, status, reason):
    with pytest.raises(type(error)), tracked_run():
        raise error
    (found,) = read_runs(store)
    assert (found.info.status, found.data.tags[REASON]) == (status, reason)
    assert mlflow.active_run() is None


@pytest.mark.parametrize("error", [KeyboardInterrupt, Terminated])
def test_a_model_that_was_being_logged_when_the_run_was_stopped_is_failed(
    store, monkeypatch, reviews, error
):
    def stopped(*_, **__):
        raise error

    texts, labels = reviews
    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1)
    pipeline.fit(texts, labels)
    monkeypatch.setattr(_flavor, "save_model", stopped)
    with pytest.raises(error), tracked_run() as run:
        log_model(pipeline)
    experiment = store.get_experiment_by_name("sentiment")
    (model,) = store.search_logged_models([experiment.experiment_id])
    assert str(model.status) == "FAILED"
    assert store.get_run(run.run_id).info.status == "KILLED"
    with pytest.raises(ModelError, match="was not logged completely"):
        load_model(f"models:/{model.model_id}")


def test_a_model_of_another_run_that_is_being_logged_is_left_alone(store):
    with mlflow.start_run(experiment_id=store.create_experiment("sentiment")) as mine:
        theirs = store.create_logged_model(
            mine.info.experiment_id, "model", source_run_id=mine.info.run_id
        )
        with pytest.raises(KeyboardInterrupt), tracked_run(nested=True):
            raise KeyboardInterrupt
    assert str(store.get_logged_model(theirs.model_id).status) == "PENDING"


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_run_is_being_made_does_not_leave_it_running(
    store, monkeypatch, signum
):
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    raise_on_sigterm()
    start = _lifecycle._start

    def interrupted(*arguments):
        run_id = start(*arguments)
        signal.raise_signal(signum)
        return run_id

    monkeypatch.setattr(_lifecycle, "_start", interrupted)
    try:
        with pytest.raises((KeyboardInterrupt, Terminated)), tracked_run():
            pytest.fail("the block has begun")
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
    (found,) = read_runs(store)
    assert found.info.status == "KILLED"


def test_an_active_run_is_not_taken_over(store):
    with mlflow.start_run() as mine:
        with pytest.raises(TrackingError) as caught, tracked_run():
            pytest.fail("the block has begun")
        assert mlflow.active_run().info.run_id == mine.info.run_id
    assert str(caught.value) == (
        f"An MLflow run is already active (run {mine.info.run_id}). End it first, or "
        "pass nested=True."
    )
    assert read_runs(store) == []


def test_a_nested_run_is_the_child_of_the_active_one(store):
    with tracked_run() as parent:
        with tracked_run(nested=True) as child:
            pass
        assert mlflow.active_run().info.run_id == parent.run_id
    tags = store.get_run(child.run_id).data.tags
    assert tags["mlflow.parentRunId"] == parent.run_id


def test_mlflows_interface_is_told_that_an_experiment_is_about_training(store):
    with tracked_run():
        pass
    tags = store.get_experiment_by_name("sentiment").tags
    assert tags["mlflow.experimentKind"] == "custom_model_development"


def test_a_deleted_experiment_is_not_a_traceback(store):
    with tracked_run("gone"):
        pass
    experiment = store.get_experiment_by_name("gone")
    store.delete_experiment(experiment.experiment_id)
    with pytest.raises(TrackingError, match="was deleted"):
        tracked_run("gone").__enter__()


def test_an_experiment_that_another_training_makes_meanwhile_is_used(
    store, monkeypatch
):
    made = store.create_experiment("sentiment")
    find = mlflow.MlflowClient.get_experiment_by_name
    answers = iter([lambda *_: None, find, find])
    monkeypatch.setattr(
        mlflow.MlflowClient,
        "get_experiment_by_name",
        lambda self, name: next(answers)(self, name),
    )
    with tracked_run() as run:
        assert store.get_run(run.run_id).info.experiment_id == made


def test_an_impossible_experiment_is_refused_before_a_run_is_made(store):
    with pytest.raises(TrackingError, match="MLflow cannot use the experiment ''"):
        tracked_run("").__enter__()
    assert mlflow.active_run() is None


def test_the_error_of_the_block_survives_a_store_that_is_gone(
    store, monkeypatch, caplog
):
    def gone(*_):
        raise MlflowException("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(mlflow, "end_run", gone)
        with pytest.raises(ZeroDivisionError), tracked_run():
            raise ZeroDivisionError
    assert "cannot be ended as FAILED" in caplog.text


def test_a_run_whose_end_cannot_be_written_is_not_called_a_success(store, monkeypatch):
    def gone(*_):
        raise MlflowException("the disk is gone")

    with (
        monkeypatch.context() as patch,
        pytest.raises(TrackingError, match="as FINISHED"),
        tracked_run(),
    ):
        patch.setattr(mlflow, "end_run", gone)
