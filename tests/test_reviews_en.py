"""The model that comes with the package is a model like any other, by every door."""

import json
import logging
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from sentiment import evaluate, explain_texts, load_model, load_reviews, monitor
from sentiment.inference import predict_text
from sentiment.models import BUNDLED
from sentiment.persistence import check_model, resolve_model_uri
from sentiment_cli.__main__ import cli

with warnings.catch_warnings():
    # While it is imported, MLflow warns of its own type hints.
    warnings.simplefilter("ignore")
    import mlflow.pyfunc
    import mlflow.sklearn

NAME = "reviews-en"
FOLDER = BUNDLED[NAME]
TEXTS = ["I did not like it.", "Not bad at all.", "Wonderful, never boring", ""]
GERMAN = "Leider war das Buch langweilig und das Ende ganz und gar nicht überraschend."


@pytest.fixture(scope="module")
def model():
    return load_model(NAME)


def test_it_is_small_enough_to_come_with_the_package():
    assert sum(file.stat().st_size for file in FOLDER.rglob("*")) <= 2_000_000


def test_short_negated_sentences_are_answered_right(model):
    found = model.predict(TEXTS[:3]).tolist()
    assert found == ["negative", "positive", "positive"]


def test_without_a_label_of_the_sample_it_knows_six_of_seven_reviews(model):
    texts, labels = load_reviews("sample", "train")
    assert model.score(texts, labels) > 6 / 7


def test_every_door_gives_the_same_probabilities(model, tmp_path):
    expected = model.predict_proba(TEXTS)
    frame = pd.DataFrame({"text": TEXTS})
    by_sklearn = mlflow.sklearn.load_model(str(FOLDER))
    np.testing.assert_array_equal(by_sklearn.predict_proba(TEXTS), expected)
    asked = mlflow.pyfunc.load_model(str(FOLDER))
    answers = asked.predict(frame, params={"probabilities": True})
    np.testing.assert_array_equal(answers["probability_positive"], expected[:, 1])
    source, target = tmp_path / "new.csv", tmp_path / "out.csv"
    frame.to_csv(source, index=False)
    line = ["predict", NAME, str(source), "-o", str(target), "--probabilities"]
    assert CliRunner().invoke(cli, line).exit_code == 0
    written = pd.read_csv(target, keep_default_na=False)
    np.testing.assert_array_equal(written["probability_positive"], expected[:, 1])


def test_one_text_is_answered_by_its_name_alone():
    line = ["predict", NAME, "--text", TEXTS[1], "--format", "jsonl"]
    result = CliRunner().invoke(cli, line)
    assert json.loads(result.stdout)["predicted_label"] == "positive"


def test_it_still_gives_the_answers_that_it_was_saved_with():
    assert check_model(NAME).passed


def test_it_is_evaluated_monitored_and_explained_by_its_name(model):
    report = evaluate(NAME, "sample")
    assert report.metrics["accuracy"] > 0.8
    texts, _ = load_reviews("sample", "test")
    assert monitor(NAME, texts).n_rows == len(texts)
    (found,) = explain_texts(NAME, TEXTS[:1])
    total = found.bias + sum(one.value for one in found.contributions)
    assert total == pytest.approx(found.margin, abs=1e-5)
    assert found.margin == pytest.approx(model.decision_function(TEXTS[:1])[0])


def test_a_newer_version_of_the_package_does_not_warn_of_it(caplog, monkeypatch):
    monkeypatch.setattr("sentiment.__version__", "99.0")
    with caplog.at_level(logging.WARNING):
        load_model(NAME)
    assert caplog.messages == []


def test_a_folder_of_its_name_does_not_take_its_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / NAME).mkdir()
    assert resolve_model_uri(NAME) == str(FOLDER)
    assert resolve_model_uri(f"./{NAME}") == f"./{NAME}"


def test_of_another_language_it_says_that_it_knows_few_of_the_words(caplog):
    with caplog.at_level(logging.WARNING):
        found = predict_text(NAME, GERMAN)
    assert found.known_words < 0.4
    (message,) = caplog.messages
    assert f"knows {100 * found.known_words:.0f} % of the words" in message
    caplog.clear()
    assert predict_text(NAME, TEXTS[0]).known_words == 1.0
    assert predict_text(NAME, TEXTS[3]).known_words is None
    assert caplog.messages == []


@pytest.mark.data
@pytest.mark.nightly
def test_the_script_makes_the_very_files_that_the_package_holds(tmp_path):
    if "SENTIMENT_IMDB" not in os.environ:
        pytest.skip("SENTIMENT_IMDB is not set")
    script = Path(__file__).parents[1] / "benchmarks" / "reviews_en" / "make.py"
    made = tmp_path / "made"
    subprocess.run([sys.executable, script, made], check=True, timeout=1800)
    for file in FOLDER.iterdir():
        # Versions of libraries are in the others.
        if file.suffix in {".skops", ".json"}:
            assert (made / file.name).read_bytes() == file.read_bytes(), file.name
