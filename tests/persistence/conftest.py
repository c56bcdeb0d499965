"""A fitted Pipeline, a folder it is saved in, and an MLflow store of one's own."""

import shutil
import warnings

import pytest
import yaml
from forked_commands import ForkedCommands

from sentiment import load_reviews, make_sentiment_pipeline, save_model
from sentiment.persistence import _check
from sentiment.persistence._golden_rows import read_golden_rows

with warnings.catch_warnings():
    # While they are imported, parts of MLflow 3.17 warn of their own type hints, and
    # SQLAlchemy 2.1 of how MLflow maps its tables.
    warnings.simplefilter("ignore")
    import mlflow.pyfunc
    import mlflow.sklearn
    import mlflow.store.tracking.sqlalchemy_store


def make_pipeline(**parameters):
    """Make the default Pipeline with a few trees, whatever the validation says."""
    defaults = {
        "classify__estimator__max_iter": 5,
        "classify__estimator__early_stopping": False,
        "classify__estimator__random_state": 0,
        "vectorize__min_df": 1,
    }
    return make_sentiment_pipeline("accurate", prior=None, **{**defaults, **parameters})


@pytest.fixture(scope="session")
def reviews():
    instances, labels = load_reviews("sample", "train")
    return instances["text"].tolist()[:120], labels.tolist()[:120]


@pytest.fixture(scope="session")
def pipeline(reviews):
    return make_pipeline().fit(*reviews)


@pytest.fixture(scope="session")
def saved(pipeline, tmp_path_factory):
    """A model folder; tests that change it copy it first."""
    folder = tmp_path_factory.mktemp("saved") / "model"
    save_model(pipeline, folder)
    return folder


@pytest.fixture(scope="session")
def answers(saved, ask_in_a_fork):
    """What the process answers that is asked about the model."""
    with pytest.MonkeyPatch.context() as patch:
        ask_in_a_fork(patch)
        return _check._replay(saved, read_golden_rows(saved), "local", False)


@pytest.fixture
def asked_before(answers, monkeypatch):
    """Ask no process again, where only what the answers are compared with differs."""
    monkeypatch.setattr(_check, "_replay", lambda *_: answers)


@pytest.fixture(scope="session")
def fork_without_us():
    """Run Python code as a process that has not imported ``sentiment`` yet."""
    commands = ForkedCommands(without_us=True)
    yield commands
    commands.close()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A store without runs. MLflow takes seconds to make one: it is copied."""
    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    mlflow.MlflowClient(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def store(tmp_path, monkeypatch, empty_database):
    """An empty MLflow store in the current folder, which is a new one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv("MLFLOW_REGISTRY_URI", raising=False)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    shutil.copy(empty_database, tmp_path)
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    mlflow.set_tracking_uri(uri)
    mlflow.create_experiment("tests", artifact_location=str(tmp_path / "artifacts"))
    mlflow.set_experiment("tests")
    yield uri
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.set_tracking_uri(None)


@pytest.fixture
def edit_mlmodel():
    """Change what the MLmodel file of a model folder says."""

    def edit_mlmodel(folder, edit):
        path = folder / "MLmodel"
        content = yaml.safe_load(path.read_text())
        edit(content)
        path.write_text(yaml.safe_dump(content))

    return edit_mlmodel
