"""An MLflow store of one's own for every test."""

import shutil

import pytest
from training_fixtures import MLFLOW_STATE, empty_store, mlflow

__all__ = ["empty_store", "no_store", "store"]


@pytest.fixture
def no_store(tmp_path, monkeypatch):
    """A new current folder, in which MLflow would make its store."""
    monkeypatch.chdir(tmp_path)
    for name in MLFLOW_STATE:
        monkeypatch.delenv(name, raising=False)
    # The experiment that an earlier test made the current one is in another store.
    monkeypatch.setattr(
        "mlflow.tracking.fluent._active_experiment_id", None, raising=False
    )
    mlflow.set_tracking_uri(None)
    yield tmp_path
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.set_tracking_uri(None)


@pytest.fixture
def store(no_store, empty_store):
    """The same with an empty store in it; gives a client."""
    shutil.copy(empty_store, no_store / "mlflow.db")
    return mlflow.MlflowClient()
