"""What may be loaded, and what is refused before anything of it runs."""

import shutil

import mlflow
import numpy as np
import pytest
import skops.io
from crafted_models import craft_command, put_data
from sklearn.linear_model import LogisticRegression

from sentiment import (
    ModelError,
    load_model,
    log_model,
    make_sentiment_pipeline,
    save_model,
)
from sentiment.persistence import find_model_folder, open_model_folder

TEXTS = ["This movie is cool", "awful film", "", "é\u0301\x00 \u202eabc"]


@pytest.fixture
def model(saved, tmp_path):
    """A copy of the model folder, to be spoilt."""
    return shutil.copytree(saved, tmp_path / "spoilt")


def test_a_model_comes_back_bit_for_bit(pipeline, saved):
    loaded = load_model(saved)
    assert [name for name, _ in loaded.steps] == [name for name, _ in pipeline.steps]
    np.testing.assert_array_equal(
        loaded.predict_proba(TEXTS), pipeline.predict_proba(TEXTS)
    )
    assert loaded.predict(TEXTS).tolist() == pipeline.predict(TEXTS).tolist()


def test_a_model_can_be_moved(model, tmp_path, pipeline):
    moved = model.rename(tmp_path / "Ümlaut and space")
    answers = load_model(moved).predict_proba(TEXTS)
    np.testing.assert_array_equal(answers, pipeline.predict_proba(TEXTS))
    by_mlflow = mlflow.sklearn.load_model(str(moved)).predict_proba(TEXTS)
    np.testing.assert_array_equal(by_mlflow, answers)


def test_every_way_to_name_a_model_finds_it(pipeline, store):
    with mlflow.start_run() as run:
        info = log_model(pipeline, registered_model_name="reviews", alias="champion")
    run_id = run.info.run_id
    names = [
        run_id,
        f"runs:/{run_id}/model",
        f"runs:/{run_id}",
        info.model_uri,
        "models:/reviews/1",
        "models:/reviews/latest",
        "models:/reviews@champion",
        str(find_model_folder(info.model_uri)),
        find_model_folder(info.model_uri).as_uri(),
    ]
    expected = pipeline.predict_proba(TEXTS)
    for name in names:
        np.testing.assert_array_equal(load_model(name).predict_proba(TEXTS), expected)
    for uri in names[1:7]:
        if uri != f"runs:/{run_id}":
            by_mlflow = mlflow.sklearn.load_model(uri).predict_proba(TEXTS)
            np.testing.assert_array_equal(by_mlflow, expected)


def test_a_model_in_a_local_store_is_read_where_it_is(pipeline, store, tmp_path):
    with mlflow.start_run() as run:
        log_model(pipeline)
    before = sorted(tmp_path.rglob("*"))
    with open_model_folder(run.info.run_id) as folder:
        assert tmp_path in folder.parents
    assert sorted(tmp_path.rglob("*")) == before


def test_a_model_uploaded_as_an_artifact_of_a_run_is_found(saved, store, pipeline):
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(saved), "uploaded")
    answers = load_model(f"runs:/{run.info.run_id}/uploaded").predict_proba(TEXTS)
    np.testing.assert_array_equal(answers, pipeline.predict_proba(TEXTS))


def test_a_download_is_removed_when_the_model_is_loaded(saved, store, monkeypatch):
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(saved), "uploaded")
    with open_model_folder(f"runs:/{run.info.run_id}/uploaded") as folder:
        assert (folder / "MLmodel").is_file()
    assert not folder.exists()


def test_errors_name_the_model_and_not_where_it_was_downloaded(model, store):
    (model / "model.skops").unlink()
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(model), "uploaded")
    uri = f"runs:/{run.info.run_id}/uploaded"
    with pytest.raises(ModelError, match=f"^{uri} lacks its file model.skops"):
        load_model(uri)


@pytest.mark.attack
def test_a_type_that_the_model_itself_calls_trusted_is_refused(model, tmp_path):
    trace = tmp_path / "trace"
    data = craft_command(["touch", str(trace)])
    put_data(model, data, trusted=["subprocess.Popen"])
    with pytest.raises(
        ModelError, match=r"does not trust: subprocess\.Popen\. Nothing"
    ):
        load_model(model)
    assert not trace.exists()
    # The file is a real one: through MLflow, which believes the model, it runs.
    mlflow.sklearn.load_model(str(model)).wait()
    assert trace.exists()


@pytest.mark.attack
def test_the_code_in_a_model_is_not_run(model, tmp_path):
    trace = tmp_path / "trace"
    init = model / "code" / "sentiment" / "__init__.py"
    init.write_text(f"open({str(trace)!r}, 'w')\n" + init.read_text())
    (model / "code" / "skops.py").write_text(f"open({str(trace)!r}, 'w')\n")
    load_model(model)
    assert not trace.exists()


@pytest.mark.attack
def test_a_swapped_file_is_refused(model, reviews, tmp_path):
    other = make_sentiment_pipeline("fast", prior=None).fit(*reviews)
    save_model(other, tmp_path / "other")
    shutil.copy(tmp_path / "other/model.skops", model / "model.skops")
    with pytest.raises(ModelError, match="is not the file that was saved with"):
        load_model(model)


@pytest.mark.attack
def test_a_truncated_file_is_refused(model):
    data = (model / "model.skops").read_bytes()
    (model / "model.skops").write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelError, match="is not the file that was saved with"):
        load_model(model)


@pytest.mark.attack
@pytest.mark.parametrize(
    "data",
    [b"", b"not a zip file", skops.io.dumps([1])[:-30]],
    ids=["empty", "text", "cut"],
)
def test_a_file_that_is_no_skops_is_refused_in_one_sentence(model, data):
    put_data(model, data)
    with pytest.raises(ModelError, match=r"model\.skops cannot be loaded \(") as caught:
        load_model(model)
    assert "\n" not in str(caught.value)


@pytest.mark.attack
def test_a_flipped_bit_deep_in_the_file_is_refused(model):
    data = bytearray((model / "model.skops").read_bytes())
    data[len(data) // 2] ^= 1
    (model / "model.skops").write_bytes(bytes(data))
    with pytest.raises(ModelError, match="SHA-256"):
        load_model(model)


@pytest.mark.attack
def test_an_object_that_is_no_pipeline_is_refused(model):
    put_data(model, skops.io.dumps(LogisticRegression()))
    with pytest.raises(ModelError, match="holds a LogisticRegression, not a Pipeline"):
        load_model(model)


def test_a_pipeline_that_is_not_fitted_is_refused(model):
    put_data(model, skops.io.dumps(make_sentiment_pipeline(prior=None)))
    with pytest.raises(ModelError, match="not fitted"):
        load_model(model)


def test_a_model_of_a_newer_format_is_refused(edit_mlmodel, model):
    edit_mlmodel(
        model, lambda content: content["flavors"]["sentiment"].update(format=2)
    )
    with pytest.raises(
        ModelError, match=r"of format 2, .* up to 1\. Upgrade sentiment"
    ):
        load_model(model)


@pytest.mark.attack
@pytest.mark.parametrize(
    "flavor",
    [
        {"format": 0},
        {"format": "1"},
        {"format": True},
        {"sha256": None},
        {"version": 1},
        {"serialization_format": "../../etc/passwd"},
    ],
    ids=str,
)
def test_a_spoilt_flavor_is_refused(edit_mlmodel, model, flavor):
    edit_mlmodel(model, lambda content: content["flavors"]["sentiment"].update(flavor))
    with pytest.raises(ModelError, match="is damaged"):
        load_model(model)


@pytest.mark.attack
@pytest.mark.parametrize(
    "content", ["", "flavors: [", "just text", "flavors: 3", "\x00", "!!python/name:os"]
)
def test_a_spoilt_mlmodel_file_is_refused(model, content):
    (model / "MLmodel").write_text(content)
    with pytest.raises(ModelError, match=r"MLmodel (is damaged|cannot be read)"):
        load_model(model)


def test_a_model_of_somebody_else_is_refused(tmp_path):
    classifier = LogisticRegression().fit([[0], [1]], [0, 1])
    folder = tmp_path / "model"
    mlflow.sklearn.save_model(classifier, folder, pip_requirements=["mlflow"])
    with pytest.raises(ModelError, match="was not saved by sentiment"):
        load_model(folder)


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match="is not a model: it holds no MLmodel file"):
        load_model(tmp_path)
