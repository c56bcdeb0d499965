"""Training on a Dask cluster of two processes, one of which is killed at times."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from distributed_fit import make_pipeline, make_prior

from sentiment import DataError, SentimentError, load_model, load_reviews, save_model
from sentiment.streaming import fit_streaming

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(400),
    pytest.mark.skipif(
        importlib.util.find_spec("distributed") is None, reason="needs dask"
    ),
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory, environment):
    """Train several times on one cluster; return the folder of the Pipelines."""
    folder = tmp_path_factory.mktemp("fit")
    tests = Path(__file__).parents[1]
    script = Path(__file__).with_name("fit_on_dask.py")
    done = subprocess.run(
        [sys.executable, script, str(folder)],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(tests)},
        capture_output=True,
        text=True,
        check=False,
        timeout=350,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.fixture(scope="module")
def fitted(trained):
    return joblib.load(trained / "whole")


@pytest.fixture(scope="module")
def in_memory():
    instances, labels = load_reviews("sample", "train")
    return make_pipeline().fit(instances, labels)


@pytest.fixture(scope="module")
def new():
    return load_reviews("sample", "test")


def answers(pipeline, new):
    return pipeline.predict_proba(new[0])


def trees(pipeline):
    booster = pipeline[-1].estimator_._trees.booster
    return booster.trees_to_dataframe().drop(columns="ID")


def test_few_counts_give_the_pipeline_that_one_process_fits(trained, in_memory, new):
    found = joblib.load(trained / "gathered")
    np.testing.assert_array_equal(answers(found, new), answers(in_memory, new))


def test_a_prior_is_learned_from_as_in_one_process(trained, new):
    instances, labels = load_reviews("sample", "train")
    expected = make_pipeline(prior=make_prior()).fit(instances, labels)
    found = joblib.load(trained / "taught")
    np.testing.assert_array_equal(answers(found, new), answers(expected, new))


def test_the_vocabulary_is_that_of_one_process_bit_for_bit(fitted, in_memory):
    for name in ("words_", "word_offsets_", "ngrams_"):
        found, expected = (getattr(one[-2], name) for one in (fitted, in_memory))
        np.testing.assert_array_equal(found, expected)


def test_the_model_is_that_of_streaming_on_one_machine(fitted, new, monkeypatch):
    monkeypatch.setattr("sentiment.classification._out_of_fold._LARGE", 0)
    instances, labels = load_reviews("sample", "train")
    table = pd.DataFrame({"text": instances["text"], "label": labels})
    expected = fit_streaming(make_pipeline(), table)
    np.testing.assert_allclose(
        answers(fitted, new), answers(expected, new), rtol=0, atol=1e-12
    )
    assert fitted[-1].estimator_.n_iter_ == expected[-1].estimator_.n_iter_ > 0
    # Of several workers, the AUC is an estimate of XGBoost's.
    for part, history in expected[-1].estimator_.evals_result_.items():
        np.testing.assert_allclose(
            fitted[-1].estimator_.evals_result_[part]["log_loss"],
            history["log_loss"],
            rtol=0,
            atol=1e-9,
        )


@pytest.mark.parametrize(
    "name", ["killed_counting", "killed_learning", "killed_growing"]
)
def test_a_worker_that_dies_changes_no_bit(trained, fitted, new, name):
    found = joblib.load(trained / name)
    np.testing.assert_array_equal(found[-2].ngrams_, fitted[-2].ngrams_)
    np.testing.assert_array_equal(answers(found, new), answers(fitted, new))
    pd.testing.assert_frame_equal(trees(found), trees(fitted), check_exact=True)


def test_validation_rows_of_ones_own_say_when_to_stop(trained, fitted, new):
    found = joblib.load(trained / "watched")[-1].estimator_
    history = found.evals_result_["validation"]["log_loss"]
    assert found.n_iter_ == int(np.argmin(history))
    patience = found.n_iter_no_change
    assert len(history) - 1 in (found.n_iter_ + patience, found.max_iter)


def test_the_pipeline_is_saved_and_loaded_as_any_other(fitted, new, tmp_path):
    save_model(fitted, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    np.testing.assert_array_equal(answers(loaded, new), answers(fitted, new))


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("column", DataError, "There is no column 'review'"),
        ("missing", DataError, "null in column 'text'"),
        ("client", SentimentError, "fit_dask takes the client of a Dask cluster"),
    ],
)
def test_what_cannot_be_trained_on_is_said(trained, name, error, message):
    said = (trained / f"{name}.error").read_text()
    assert said.startswith(error.__name__)
    assert message in said
