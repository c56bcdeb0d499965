import os

import mlflow
import pytest

from sentiment import ModelError, load_model, log_model
from sentiment.persistence import find_model_folder, resolve_model_uri

RUN_ID = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("model", "uri"),
    [
        (RUN_ID, f"runs:/{RUN_ID}/model"),
        (f"runs:/{RUN_ID}", f"runs:/{RUN_ID}/model"),
        (f"runs:/{RUN_ID}/", f"runs:/{RUN_ID}/model"),
        (f"runs:/{RUN_ID}/other", f"runs:/{RUN_ID}/other"),
        ("models:/reviews/3", "models:/reviews/3"),
        ("models:/reviews@champion", "models:/reviews@champion"),
        ("s3://bucket/model", "s3://bucket/model"),
        ("mlflow-artifacts:/1/model", "mlflow-artifacts:/1/model"),
    ],
)
def test_a_model_is_named_in_many_ways(model, uri):
    assert resolve_model_uri(model) == uri


@pytest.mark.parametrize("model", ["", "reviews", RUN_ID[:-1], RUN_ID.upper(), "a b"])
def test_what_names_no_model_is_refused_with_what_does(model):
    with pytest.raises(
        ModelError, match=r"A model is an MLflow URI .* a run id .* or reviews-en"
    ):
        resolve_model_uri(model)


def test_a_folder_is_a_model_even_when_it_looks_like_a_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / RUN_ID).mkdir()
    assert resolve_model_uri(RUN_ID) == RUN_ID
    assert find_model_folder(RUN_ID).samefile(tmp_path / RUN_ID)


def test_a_file_uri_of_no_folder_is_refused():
    with pytest.raises(ModelError, match="there is no folder /no/such"):
        resolve_model_uri("file:///no/such")


def test_a_missing_run_names_the_store_that_was_asked(store):
    with pytest.raises(ModelError, match=f"No run '{RUN_ID}' in the .* {store}"):
        load_model(RUN_ID)


@pytest.mark.parametrize(
    "uri",
    [
        "models:/m-0123456789abcdef0123456789abcdef",
        "models:/reviews/1",
        "models:/reviews@champion",
        "models:/reviews/Production",
        "models:/reviews",
        "models:/",
    ],
)
def test_a_missing_model_names_the_registry_that_was_asked(store, uri):
    with pytest.raises(
        ModelError, match=f"No model '{uri}' in the .* {store}: "
    ) as caught:
        load_model(uri)
    assert "\n" not in str(caught.value)


def test_a_missing_version_and_alias_of_a_known_model_are_said(store, pipeline):
    log_model(pipeline, registered_model_name="reviews")
    with pytest.raises(ModelError, match="version=7"):
        load_model("models:/reviews/7")
    with pytest.raises(ModelError, match="alias champion not found"):
        load_model("models:/reviews@champion")


def test_a_process_that_downloaded_a_model_leaves_no_folder_behind(
    saved, store, tmp_path, fork_command
):
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(saved), "uploaded")
    (tmp_path / "temporary").mkdir()
    code = (
        "import sys; from sentiment.persistence import find_model_folder;"
        "print((find_model_folder(sys.argv[1]) / 'MLmodel').is_file())"
    )
    done = fork_command(
        ["-c", code, f"runs:/{run.info.run_id}/uploaded"],
        cwd=tmp_path,
        env={
            **os.environ,
            "TMPDIR": str(tmp_path / "temporary"),
            "MLFLOW_TRACKING_URI": store,
        },
    )
    assert done.stdout == b"True\n", done.stderr
    assert list((tmp_path / "temporary").iterdir()) == []


def test_asking_a_store_that_is_not_there_does_not_make_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    for model in (RUN_ID, "models:/reviews/1"):
        with pytest.raises(ModelError, match=r"mlflow\.db does not exist\. Go to"):
            load_model(model)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_failed_before_its_model_says_so(store):
    with pytest.raises(ZeroDivisionError), mlflow.start_run() as run:
        1 / 0  # noqa: B018
    with pytest.raises(
        ModelError, match=r"the run is FAILED, and its models are: none"
    ):
        load_model(run.info.run_id)


def test_a_run_with_another_model_names_it(store, pipeline):
    with mlflow.start_run() as run:
        log_model(pipeline, name="reviews")
    with pytest.raises(
        ModelError, match=r"no model named 'model'.* models are: reviews"
    ):
        load_model(run.info.run_id)
    load_model(f"runs:/{run.info.run_id}/reviews")


def test_a_model_that_was_not_logged_completely_is_refused(store):
    with mlflow.start_run() as run:
        logged = mlflow.initialize_logged_model(name="model")
        mlflow.MlflowClient().log_outputs(
            run.info.run_id,
            [mlflow.entities.LoggedModelOutput(logged.model_id, step=0)],
        )
    for model in (run.info.run_id, f"models:/{logged.model_id}"):
        with pytest.raises(ModelError, match=r"not logged completely: .* PENDING"):
            load_model(model)


def test_a_password_in_the_address_of_a_store_is_not_printed():
    from sentiment.persistence._location import _shown

    assert _shown("postgresql://me:secret@host/db") == "postgresql://host/db"
    assert _shown("https://me:secret@host:5000") == "https://host:5000"
    assert _shown("sqlite:////data/a@b/mlflow.db") == "sqlite:////data/a@b/mlflow.db"


def test_a_store_that_cannot_download_is_said_in_one_sentence():
    with pytest.raises(ModelError, match="cannot be downloaded") as caught:
        load_model("mlflow-artifacts:/0/model")
    assert "\n" not in str(caught.value)
