"""An MLflow store of one's own for every test."""

import shutil
import warnings

import pytest

from sentiment.tracking._embedded_store import make_embedded_store

with warnings.catch_warnings():
    # While they are imported, parts of MLflow 3.17 warn of their own type hints, and
    # SQLAlchemy 2.1 of how MLflow maps its tables.
    warnings.simplefilter("ignore")
    import mlflow
    import mlflow.pyfunc
    import mlflow.sklearn
    import mlflow.store.tracking.sqlalchemy_store

MLFLOW_STATE = (
    "MLFLOW_TRACKING_URI",
    "MLFLOW_REGISTRY_URI",
    "MLFLOW_EXPERIMENT_ID",
    "MLFLOW_EXPERIMENT_NAME",
)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    """An embedded store without runs, made once."""
    path = tmp_path_factory.mktemp("empty") / "mlflow.db"
    make_embedded_store(path)
    return path


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
