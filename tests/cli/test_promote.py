"""``sentiment promote``: the alias goes to the better model, and to no other."""

import json
import shutil
import warnings

import pytest
from training_fixtures import leave_out_figures

from sentiment import load_reviews, train
from sentiment.exceptions import TrackingError
from sentiment.tracking._promotion import promote
from sentiment_cli._exit_codes import FAILED, MISSED, OK, USAGE

with warnings.catch_warnings():
    # While they are imported, parts of MLflow 3.17 warn of their own type hints, and
    # SQLAlchemy 2.1 of how MLflow maps its tables.
    warnings.simplefilter("ignore")
    import mlflow
    import mlflow.pyfunc
    import mlflow.sklearn
    import mlflow.store.model_registry.sqlalchemy_store
    import mlflow.store.tracking.sqlalchemy_store


@pytest.fixture(scope="module")
def trained(workspace, tmp_path_factory):
    """A store with three versions: good, bad and good again; the bad one has the alias."""
    folder = tmp_path_factory.mktemp("promote")
    shutil.copy(workspace / "mlflow.db", folder / "mlflow.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder}/mlflow.db")
        mlflow.set_tracking_uri(None)
        leave_out_figures(patch)
        patch.setattr("sentiment.classification._out_of_fold._CANDIDATES", (1.0,))
        options = {"preset": "fast", "prior": None, "register": "films"}
        options["test"] = "sample"
        train(**options)
        # Learns next to nothing.
        train(params={"vectorize__max_features": 2}, alias="champion", **options)
        texts, labels = load_reviews("sample", "test")
        train(**options | {"test": texts.assign(label=labels)[:60]})
        yield folder


@pytest.fixture
def champion(trained, monkeypatch, tmp_path, invoke):
    """Read and set which version has the alias; the store is the trained one."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{trained}/mlflow.db")
    mlflow.set_tracking_uri(None)
    client = mlflow.MlflowClient()
    client.set_registered_model_alias("films", "champion", "2")
    yield lambda: client.get_model_version_by_alias("films", "champion").version
    mlflow.set_tracking_uri(None)


@pytest.mark.parametrize("metric", ["accuracy", "roc_auc", "log_loss"])
@pytest.mark.parametrize("data", [[], ["--data", "sample"]])
def test_a_better_model_gets_the_alias(invoke, champion, metric, data):
    line = ["promote", "models:/films/1", "--if-better", metric, "--format", "json"]
    result = invoke(*line, *data)
    assert result.exit_code == OK, result.stderr
    found = json.loads(result.stdout)
    assert (found["champion"], found["promoted"]) == ("2", True)
    better = found["value"] > found["champion_value"]
    assert better == (metric != "log_loss")
    assert str(champion()) == "1"


def test_a_model_that_is_no_better_leaves_the_alias_alone(invoke, champion):
    assert invoke("promote", "models:/films/1").exit_code == OK
    for version in ("2", "3"):
        result = invoke(
            "promote",
            f"models:/films/{version}",
            "--if-better=accuracy",
            "--data=sample",
        )
        assert result.exit_code == MISSED
        assert "stays with version 1" in result.stderr
        assert str(champion()) == "1"


def test_an_alias_that_somebody_gave_to_another_version_meanwhile_stays_there(champion):
    def measure(model):
        client = mlflow.MlflowClient()
        client.set_registered_model_alias("films", "champion", "3")
        return float(model.endswith("/1"))

    with pytest.raises(TrackingError, match="to another version in the meantime"):
        promote("models:/films/1", if_better="accuracy", measure=measure)
    assert str(champion()) == "3"


@pytest.mark.parametrize("condition", [[], ["--if-better", "accuracy"]])
def test_who_has_the_alias_keeps_it_and_is_told(invoke, champion, condition):
    result = invoke("promote", "models:/films@champion", *condition)
    assert result.exit_code == OK
    assert result.stdout.splitlines()[-1] == "promoted  had the alias already"
    assert "Version 2 of films has the alias champion already" in result.stderr
    line = ["promote", "models:/films/2", "--format", "json", *condition]
    assert json.loads(invoke(*line).stdout)["had_alias"] is True
    assert str(champion()) == "2"


def test_models_that_were_not_measured_on_the_same_data_are_not_compared(
    invoke, champion
):
    result = invoke("promote", "models:/films/3", "--if-better", "accuracy")
    assert result.exit_code == FAILED
    assert "not measured on the same data" in result.stderr
    assert str(champion()) == "2"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["models:/films/9"], FAILED, "version=9) not found"),
        (["models:/nobody/1"], FAILED, "cannot be promoted"),
        (["0" * 32], FAILED, "An alias belongs to a registered model"),
        (["models:/films/1", "--if-better", "f1"], USAGE, "must be a str among"),
        (["models:/films/1", "--if-better=accurcy"], USAGE, "Did you mean 'accuracy'?"),
        (["models:/films/1", "--data", "sample"], USAGE, "goes with --if-better"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(invoke, champion, arguments, code, message):
    result = invoke("promote", *arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert str(champion()) == "2"
