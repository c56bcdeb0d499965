"""Small reviews, and an MLflow store of one's own: fixtures of two folders."""

import shutil
import warnings

import pandas as pd
import pytest

from sentiment.tracking._store import make_embedded_store

with warnings.catch_warnings():
    # While they are imported, parts of MLflow 3.17 warn of their own type hints, and
    # SQLAlchemy 2.1 of how MLflow maps its tables.
    warnings.simplefilter("ignore")
    import mlflow
    import mlflow.pyfunc
    import mlflow.sklearn
    import mlflow.store.tracking.sqlalchemy_store

GOOD = ["A gem, great fun.", "I loved it!", "Warm and funny.", "Great acting."]
BAD = ["Awful, a waste.", "Dull and far too long.", "I hated it.", "A mess, awful."]


def make_reviews(n_rows=32, names=("negative", "positive")):
    """Reviews of as many classes as names, row i of class i modulo n."""
    texts = [BAD, GOOD, ["It is a film.", "Seen it.", "So so.", "A film, no more."]]
    n = len(names)
    return pd.DataFrame(
        {
            "text": [f"{texts[i % n][i // n % 4]} {i}" for i in range(n_rows)],
            "label": [names[i % n] for i in range(n_rows)],
        }
    )


@pytest.fixture(scope="session")
def reviews():
    return make_reviews()


@pytest.fixture(scope="session")
def make():
    return make_reviews


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


@pytest.fixture(scope="module")
def in_folder(tmp_path_factory, empty_store):
    """Make new folders with an empty store, each the current one until the next."""
    with pytest.MonkeyPatch.context() as patch:
        for name in MLFLOW_STATE:
            patch.delenv(name, raising=False)

        def enter(*, with_store=True):
            folder = tmp_path_factory.mktemp("training")
            patch.chdir(folder)
            mlflow.set_tracking_uri(None)
            if with_store:
                shutil.copy(empty_store, folder / "mlflow.db")
            return folder

        yield enter
        mlflow.set_tracking_uri(None)


@pytest.fixture
def store(in_folder):
    """An empty store in the current folder; gives a client."""
    in_folder()
    yield mlflow.MlflowClient()
    while mlflow.active_run():
        mlflow.end_run()


@pytest.fixture(scope="module", autouse=True)
def one_smoothing():
    """Try one smoothing in each fit, not four: tests/classification tries them all.

    And validate few rows once, not twice, where a test does not say else.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sentiment.classification._out_of_fold._CANDIDATES", (1.0,))
        patch.setattr("sentiment.training._validation_split._N_REPEATS", 1)
        yield


def leave_out_figures(patch):
    """Leave out the figures, which are half the work of a small training."""
    for name in ("model_figures", "evaluation_figures"):
        patch.setattr(f"sentiment.tracking._training_records.{name}", lambda *_: ())


@pytest.fixture
def no_figures(monkeypatch):
    """Trainings that draw nothing."""
    leave_out_figures(monkeypatch)


@pytest.fixture
def no_store(in_folder):
    """A current folder in which nothing is, and nothing may be made."""
    return in_folder(with_store=False)
