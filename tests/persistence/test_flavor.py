import importlib.metadata
import itertools
import json
import os
import pickle
import sys
import zipfile
from pathlib import Path

import mlflow
import numpy as np
import pytest
import yaml
from sklearn import config_context
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline as make_sklearn_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from sentiment import (
    ModelError,
    NgramVectorizer,
    TextCleaner,
    TrackingError,
    WordTokenizer,
    load_model,
    log_model,
    make_sentiment_pipeline,
    save_model,
)
from sentiment.engine import load_engine
from sentiment.persistence import EXAMPLE_TEXTS
from sentiment.version import VERSION

TEXTS = ["This movie is cool", "awful film", ""]


def read_mlmodel(folder):
    return yaml.safe_load((folder / "MLmodel").read_text())


def requirement_names(folder):
    lines = (folder / "requirements.txt").read_text().splitlines()
    return {line.partition("==")[0] for line in lines}


def leave_documents(documents):
    return documents


def test_saving_leaves_the_pipeline_as_it_was(pipeline, tmp_path):
    before = pickle.dumps(pipeline)
    answers = pipeline.predict_proba(TEXTS)
    save_model(pipeline, tmp_path / "model")
    np.testing.assert_array_equal(pipeline.predict_proba(TEXTS), answers)
    assert pickle.dumps(pipeline) == before


def test_a_model_carries_all_three_flavors(saved):
    flavors = read_mlmodel(saved)["flavors"]
    assert set(flavors) == {"python_function", "sentiment", "sklearn"}
    assert flavors["python_function"]["loader_module"] == "sentiment.serving"
    assert "data" not in flavors["python_function"]
    assert flavors["sentiment"]["version"] == VERSION
    assert flavors["sentiment"]["format"] == 1


def test_the_signature_names_text_label_score_and_params(saved):
    signature = mlflow.models.Model.load(str(saved)).signature.to_dict()
    names = {
        part: [(spec["name"], spec["type"]) for spec in json.loads(signature[part])]
        for part in ("inputs", "outputs", "params")
    }
    assert names == {
        "inputs": [("text", "string")],
        "outputs": [("label", "string"), ("score", "double")],
        "params": [
            ("probabilities", "boolean"),
            ("threshold", "double"),
            ("explain", "long"),
        ],
    }


def test_the_input_example_is_what_can_be_sent_to_the_server(saved):
    sent = json.loads((saved / "serving_input_example.json").read_text())
    assert sent == {
        "dataframe_split": {
            "columns": ["text"],
            "data": [[text] for text in EXAMPLE_TEXTS],
        }
    }


def test_requirements_are_pinned_as_installed_and_name_no_sentiment(saved):
    lines = (saved / "requirements.txt").read_text().splitlines()
    for line in lines:
        name, _, rest = line.partition("==")
        installed = importlib.metadata.version(name.removesuffix("-cpu"))
        assert rest.partition(";")[0].strip() == installed
    assert requirement_names(saved) >= {
        "mlflow-skinny",
        "scikit-learn",
        "skops",
        "httptools",
    }
    assert not {"sentiment", "pytest", "nltk", "datasets"} & requirement_names(saved)


def test_xgboost_is_required_only_of_a_model_with_trees(saved, reviews, tmp_path):
    assert "xgboost" in requirement_names(saved)
    fast = make_sentiment_pipeline("fast", prior=None).fit(*reviews)
    save_model(fast, tmp_path / "fast")
    assert "xgboost" not in requirement_names(tmp_path / "fast")


def test_nltk_is_required_only_of_a_model_that_stems(reviews, tmp_path):
    stemming = make_sentiment_pipeline("fast", prior=None, tokenize__stemmer="english")
    save_model(stemming.fit(*reviews), tmp_path / "model")
    assert "nltk" in requirement_names(tmp_path / "model")


def test_the_code_is_this_package_and_nothing_that_lies_about(saved):
    code = saved / "code"
    assert [entry.name for entry in code.iterdir()] == ["sentiment"]
    with zipfile.ZipFile(code / "sentiment" / "sentiment.zip") as archive:
        files = set(archive.namelist())
    assert "sentiment/serving/__init__.py" in files
    assert "sentiment/pages/page.css" in files
    assert not [name for name in files if "__pycache__" in name or "/." in name]
    assert not [name for name in files if name.endswith((".pyc", ".c"))]
    assert not [name for name in files if "reviews-en" in name]


def test_code_compiled_for_another_python_stays_behind(tmp_path, monkeypatch):
    from importlib.machinery import EXTENSION_SUFFIXES

    from sentiment.persistence import _code_copy

    package = tmp_path / "sentiment"
    (package / "persistence" / "__pycache__").mkdir(parents=True)
    own = f"_kernel{EXTENSION_SUFFIXES[-1]}"
    foreign = [f"_kernel.cpython-27{end}" for end in (".pyd", ".so")]
    for name in ("_code_copy.py", own, *foreign):
        (package / "persistence" / name).write_text("")
    monkeypatch.setattr(
        _code_copy, "__file__", str(package / "persistence" / "_code_copy.py")
    )
    copy = _code_copy.copy_package(tmp_path / "copy")
    assert [path.name for path in (copy / "persistence").iterdir()] == [own]
    with zipfile.ZipFile(copy / "sentiment.zip") as archive:
        assert archive.namelist() == ["sentiment/persistence/_code_copy.py"]


def test_a_model_is_few_files_since_each_is_a_request_to_a_remote_store(saved):
    assert len([path for path in saved.rglob("*") if path.is_file()]) <= 20


def test_the_same_package_is_the_same_bytes(saved, tmp_path):
    from sentiment.persistence import _code_copy

    _code_copy._pack.cache_clear()
    copy = _code_copy.copy_package(tmp_path)
    archive = saved / "code" / "sentiment" / "sentiment.zip"
    assert (copy / "sentiment.zip").read_bytes() == archive.read_bytes()


BESIDE = """
import json, sys
import mlflow.sklearn
pipeline = mlflow.sklearn.load_model(sys.argv[1])
import sentiment
from sentiment.engine import load_engine
from sentiment.datasets import load_reviews
from sentiment.pages import Page, Paragraph, render_page
sentiment.save_model(pipeline, sys.argv[2])
page = render_page(Page("Report", lead=[Paragraph("x")]))
print(json.dumps([
    sentiment.__file__, sentiment.datasets.__file__, load_engine().__name__,
    len(load_reviews("sample", "test")[1]), pipeline.predict(["good"]).tolist(), page,
]))
"""


def test_the_code_in_a_model_works_as_the_package_does(
    saved, pipeline, tmp_path, fork_without_us
):
    """It is compiled, reads its files, and can save a model again, twice over."""
    models = [saved, tmp_path / "again", tmp_path / "once more"]
    for model, other in itertools.pairwise(models):
        done = fork_without_us(
            ["-c", BESIDE, model, other], cwd=tmp_path, env=os.environ
        )
        assert done.returncode == 0, done.stderr
        package, inner, engine, n_rows, labels, page = json.loads(done.stdout)
        folder = model / "code" / "sentiment"
        assert Path(package) == folder / "__init__.py"
        assert Path(inner).parents[2] == folder / "sentiment.zip"
        assert engine == load_engine().__name__
        assert n_rows == 122
        assert labels == pipeline.predict(["good"]).tolist()
        assert "<style>" in page
    assert load_model(models[-1]).predict(["good"]).tolist() == labels


@pytest.mark.parametrize(
    ("labels", "kind"),
    [(["bad", "good"], "string"), ([-1, 1], "long"), ([False, True], "boolean")],
)
def test_labels_keep_their_type(labels, kind, tmp_path, reviews):
    texts, original = reviews
    known = dict(zip(sorted(set(original)), labels, strict=True))
    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1)
    pipeline.fit(texts, [known[label] for label in original])
    save_model(pipeline, tmp_path / "model")
    outputs = read_mlmodel(tmp_path / "model")["signature"]["outputs"]
    assert json.loads(outputs)[0]["type"] == kind
    loaded = load_model(tmp_path / "model")
    assert loaded.predict(TEXTS).tolist() == pipeline.predict(TEXTS).tolist()
    assert type(loaded.predict(TEXTS).tolist()[0]) is type(labels[0])


def test_a_pipeline_whose_steps_request_metadata_is_saved(reviews, tmp_path):
    with config_context(enable_metadata_routing=True):
        pipeline = make_sentiment_pipeline("fast", prior=None)
        pipeline[-1].estimator.set_fit_request(sample_weight=True)
        pipeline.fit(*reviews, sample_weight=np.arange(120.0))
        requests = str(pipeline.get_metadata_routing())
        save_model(pipeline, tmp_path / "model")
        assert str(pipeline.get_metadata_routing()) == requests
    loaded = load_model(tmp_path / "model")
    expected = pipeline.predict_proba(reviews[0])
    np.testing.assert_array_equal(loaded.predict_proba(reviews[0]), expected)


def test_what_is_not_a_pipeline_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"takes a fitted Pipeline.*Got LinearSVC\."):
        save_model(LinearSVC(), tmp_path / "model")


def test_a_pipeline_that_is_not_fitted_is_refused(tmp_path):
    with pytest.raises(ModelError, match="is not fitted"):
        save_model(make_sentiment_pipeline(prior=None), tmp_path / "model")


def test_a_pipeline_without_probabilities_is_refused(reviews, tmp_path):
    pipeline = make_sentiment_pipeline(prior=None, classify=LinearSVC()).fit(*reviews)
    with pytest.raises(ModelError, match=r"LinearSVC, lacks them\. Use a classifier"):
        save_model(pipeline, tmp_path / "model")


def test_a_pipeline_that_takes_column_names_for_documents_is_refused(reviews, tmp_path):
    pipeline = make_sklearn_pipeline(CountVectorizer(), LogisticRegression())
    with pytest.raises(ModelError, match="reads a DataFrame with a column 'text'"):
        save_model(pipeline.fit(*reviews), tmp_path / "model")


def test_a_pipeline_on_numbers_is_refused(tmp_path):
    pipeline = make_sklearn_pipeline(LogisticRegression()).fit([[0], [1]], [0, 1])
    with pytest.raises(ModelError, match="classifies raw text"):
        save_model(pipeline, tmp_path / "model")


def test_a_pipeline_with_other_steps_of_scikit_learn_is_taken(reviews, tmp_path):
    pipeline = make_sklearn_pipeline(
        TextCleaner(), WordTokenizer(), NgramVectorizer(), LogisticRegression()
    ).fit(*reviews)
    save_model(pipeline, tmp_path / "model")
    answers = load_model(tmp_path / "model").predict_proba(TEXTS)
    np.testing.assert_array_equal(answers, pipeline.predict_proba(TEXTS))


def test_a_step_that_cannot_be_loaded_safely_is_refused_by_name(reviews, tmp_path):
    step = FunctionTransformer(leave_documents)
    pipeline = make_sentiment_pipeline("fast", prior=None, clean=step).fit(*reviews)
    with pytest.raises(ModelError, match=r"leave_documents.*cloudpickle"):
        save_model(pipeline, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_is_refused(pipeline, tmp_path):
    with pytest.raises(ModelError, match=r"among \['cloudpickle', 'skops'\]"):
        save_model(pipeline, tmp_path / "model", serialization_format="pickle")


def test_a_folder_with_something_in_it_is_not_overwritten(pipeline, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ModelError, match="is not an empty folder"):
        save_model(pipeline, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_an_empty_folder_is_filled(pipeline, tmp_path):
    save_model(pipeline, tmp_path)
    assert (tmp_path / "MLmodel").is_file()


def test_a_place_that_cannot_be_written_is_said(pipeline, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match=r"cannot be saved to .*file/model"):
        save_model(pipeline, tmp_path / "file" / "model")


def test_requirements_of_ones_own_replace_ours(pipeline, tmp_path):
    save_model(pipeline, tmp_path / "model", pip_requirements=["mlflow", "numpy>=2"])
    assert (tmp_path / "model/requirements.txt").read_text() == "mlflow\nnumpy>=2"


def test_a_conda_environment_of_ones_own_replaces_ours(pipeline, tmp_path):
    environment = {"name": "own", "dependencies": ["python=3.12", {"pip": ["mlflow"]}]}
    save_model(pipeline, tmp_path / "model", conda_env=environment)
    assert yaml.safe_load((tmp_path / "model/conda.yaml").read_text()) == environment


def test_code_and_metadata_of_ones_own_travel_with_the_model(pipeline, tmp_path):
    (tmp_path / "own_steps.py").write_text("STEP = 1\n")
    save_model(
        pipeline,
        tmp_path / "model",
        code_paths=[str(tmp_path / "own_steps.py")],
        metadata={"owner": "the film team"},
    )
    code = {path.name for path in (tmp_path / "model/code").iterdir()}
    assert code == {"own_steps.py", "sentiment"}
    assert read_mlmodel(tmp_path / "model")["metadata"] == {"owner": "the film team"}


def test_a_model_is_logged_registered_and_named_champion(pipeline, store):
    with mlflow.start_run() as run:
        info = log_model(pipeline, registered_model_name="reviews", alias="champion")
    assert info.run_id == run.info.run_id
    assert info.model_uri == f"models:/{info.model_id}"
    assert info.registered_model_version == 1
    client = mlflow.MlflowClient()
    assert client.get_model_version_by_alias("reviews", "champion").version == 1
    assert client.get_logged_model(info.model_id).status == "READY"


def test_logging_leaves_the_path_of_modules_alone(pipeline, store):
    before = list(sys.path)
    with mlflow.start_run():
        log_model(pipeline)
    assert sys.path == before


def test_a_second_model_takes_the_alias_over(pipeline, store):
    for _ in range(2):
        log_model(pipeline, registered_model_name="reviews", alias="champion")
    client = mlflow.MlflowClient()
    assert client.get_model_version_by_alias("reviews", "champion").version == 2


def test_a_pipeline_that_is_refused_leaves_no_entry_in_the_store(store):
    with mlflow.start_run() as run, pytest.raises(ModelError, match="not fitted"):
        log_model(make_sentiment_pipeline(prior=None))
    found = mlflow.search_logged_models([run.info.experiment_id], output_format="list")
    assert found == []


def test_an_option_of_saving_that_does_not_exist_leaves_no_entry(pipeline, store):
    with mlflow.start_run() as run, pytest.raises(TypeError, match="'serialisation'"):
        log_model(pipeline, serialisation="skops")
    assert mlflow.search_logged_models([run.info.experiment_id]).empty


def test_an_alias_without_a_registered_model_is_refused(pipeline, store):
    with pytest.raises(TrackingError, match="Pass registered_model_name"):
        log_model(pipeline, alias="champion")


def test_an_alias_that_mlflow_does_not_take_is_an_error_in_one_sentence(
    pipeline, store
):
    with pytest.raises(TrackingError, match="MLflow refused the model"):
        log_model(pipeline, registered_model_name="reviews", alias="latest")
