"""What was trained is listed, newest first, and asking changes nothing."""

from datetime import UTC, datetime, timedelta

import mlflow
import pytest

from sentiment.exceptions import TrackingError
from sentiment.tracking import list_runs, tracked_run
from sentiment.tracking._records import DatasetRecord, Metrics, Tags
from sentiment.tracking._runs import KIND, TRAINING


def train(name, experiment="sentiment"):
    with tracked_run(experiment, run_name=name) as run:
        run.log(
            [
                Tags({KIND: TRAINING}),
                DatasetRecord("tests.csv", "1", "test", "code", {}, {}, 1),
                DatasetRecord("reviews.csv", "2", "training", "code", {}, {}, 3),
                Metrics({"test_accuracy": 0.75, "seconds": 2.0}),
            ]
        )
    return run.run_id


def test_where_nothing_was_trained_nothing_is_listed_and_no_store_is_made(no_store):
    assert list_runs() == []
    assert list(no_store.iterdir()) == []


def test_an_empty_store_has_no_runs(store):
    assert list_runs() == []


def test_a_run_is_told_by_what_a_person_asks_for(store):
    run_id = train("first")
    (run,) = list_runs()
    assert (run.run_id, run.status, run.experiment) == (run_id, "FINISHED", "sentiment")
    assert (run.name, run.data, run.metrics) == (
        "first",
        "reviews.csv",
        {"test_accuracy": 0.75},
    )
    assert abs(datetime.now(UTC) - run.started) < timedelta(minutes=2)
    assert run.to_dict()["started"].endswith("+00:00")


def test_how_long_a_run_took_is_told_in_seconds(store):
    run_id = store.create_run("0", start_time=1_000, tags={KIND: TRAINING}).info.run_id
    assert list_runs()[0].seconds is None
    store.set_terminated(run_id, end_time=91_500)
    assert list_runs()[0].seconds == 90.5


def test_newest_first_and_not_more_than_asked_for(store):
    train("old")
    train("new", "other")
    assert [run.name for run in list_runs()] == ["new", "old"]
    assert [run.name for run in list_runs(limit=1)] == ["new"]
    assert [run.name for run in list_runs("sentiment")] == ["old"]


def test_runs_of_other_programs_are_not_listed(store):
    with mlflow.start_run():
        pass
    assert list_runs() == []


def test_a_run_that_failed_early_is_listed_without_data(store):
    with pytest.raises(TrackingError), tracked_run() as run:
        run.log([Tags({KIND: TRAINING}), Tags({"": "no name"})])
    (found,) = list_runs()
    assert (found.status, found.data, found.metrics) == ("FAILED", None, {})


def test_an_experiment_that_is_not_there_is_said(store):
    with pytest.raises(
        TrackingError, match=r"There is no experiment 'nope'\. There are \["
    ):
        list_runs("nope")
