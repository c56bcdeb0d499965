"""Hundreds of nasty documents and 1,000 real ones, in at one door and out again.

The real ones are of IMDB where ``SENTIMENT_IMDB`` names it, else the bundled sample.
"""

import csv
import json
import subprocess
import sys
import warnings
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from serving.doors import (
    FORMS,
    PROBABILITIES,
    ask,
    check,
    expect,
    find_nasty,
    find_real,
    is_carried_by_mlflow,
    make_body,
    make_csv,
)

from sentiment import load_model

BIN = Path(sys.executable).parent
CHUNK = 100


@pytest.fixture(scope="module")
def corpus():
    nasty, real = find_nasty(), find_real()
    assert len(nasty) > 400
    assert len(real) > 400
    return nasty + real


@pytest.fixture(scope="module")
def expected(corpus, pipeline):
    return expect(pipeline, corpus)


def select(expected, kept):
    labels, scores, probabilities = expected
    return [labels[row] for row in kept], scores[kept], probabilities[kept]


def send_all(server, form, texts):
    starts = range(0, len(texts), CHUNK)
    answers = [ask(server, form, texts[start : start + CHUNK]) for start in starts]
    return pd.concat(answers, ignore_index=True)


def check_mlflow_server(server, form, corpus, expected):
    kept = [n for n, text in enumerate(corpus) if is_carried_by_mlflow(form, text)]
    assert len(corpus) - len(kept) < 40
    answer = send_all(server, form, [corpus[row] for row in kept])
    check(answer, select(expected, kept), probabilities=form != "csv")


def test_in_python(corpus, expected, saved):
    labels, _, probabilities = expected
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipelines = [load_model(saved), mlflow.sklearn.load_model(str(saved))]
        served = mlflow.pyfunc.load_model(str(saved))
    for loaded in pipelines:
        assert loaded.predict(corpus).tolist() == labels
        np.testing.assert_array_equal(loaded.predict_proba(corpus), probabilities)
    frame = pd.DataFrame({"text": corpus})
    check(served.predict(frame, params={"probabilities": True}), expected)


@pytest.mark.parametrize("form", FORMS)
def test_by_sentiment_serve(form, corpus, expected, server):
    answer = send_all(server, form, corpus)
    check(answer, expected, probabilities=form != "csv")


@pytest.mark.parametrize("form", FORMS)
def test_by_mlflow_models_serve(form, corpus, expected, mlflow_server):
    check_mlflow_server(mlflow_server, form, corpus, expected)


@pytest.mark.services
def test_by_two_workers_of_mlflow_models_serve(
    corpus, expected, saved, serve_by_mlflow
):
    with serve_by_mlflow(saved, workers=2) as server:
        for form in FORMS:
            check_mlflow_server(server, form, corpus, expected)


@pytest.mark.services
def test_by_two_workers_of_sentiment_serve(corpus, expected, saved, serve):
    with serve(saved, "--workers", "2") as server:
        for form in FORMS:
            answer = send_all(server, form, corpus)
            check(answer, expected, probabilities=form != "csv")


def run(*command, folder, environment):
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.services
@pytest.mark.parametrize("form", FORMS)
def test_by_mlflow_models_predict(form, corpus, expected, saved, tmp_path, environment):
    kept = [n for n, text in enumerate(corpus) if is_carried_by_mlflow(form, text)]
    body, kind = make_body(form, [corpus[row] for row in kept])
    (tmp_path / "in").write_bytes(body)
    run(
        *(BIN / "mlflow", "models", "predict", "-m", saved, "--env-manager", "local"),
        *("-i", "in", "-o", "out", "-t", "csv" if kind == "text/csv" else "json"),
        folder=tmp_path,
        environment=environment,
    )
    answer = pd.DataFrame(json.loads((tmp_path / "out").read_text())["predictions"])
    check(answer, select(expected, kept), probabilities=False)


def read_csv(path):
    csv.field_size_limit(10**7)
    with path.open(newline="", encoding="utf-8") as file:
        table = pd.DataFrame(list(csv.DictReader(file)))
    return table.astype(dict.fromkeys(["predicted_score", *PROBABILITIES], float))


def read_jsonl(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    return pd.DataFrame([json.loads(line) for line in lines if line])


FILES = {
    "csv": (lambda texts, path: path.write_bytes(make_csv(texts)), read_csv),
    "jsonl": (
        lambda texts, path: path.write_text(
            "".join(json.dumps({"text": text}) + "\n" for text in texts)
        ),
        read_jsonl,
    ),
    "parquet": (
        lambda texts, path: pd.DataFrame({"text": texts}).to_parquet(path),
        pd.read_parquet,
    ),
}


@pytest.mark.parametrize("ending", FILES)
def test_by_sentiment_predict(
    ending, corpus, expected, saved, tmp_path, environment, fork_command
):
    write, read = FILES[ending]
    write(corpus, tmp_path / f"in.{ending}")
    done = fork_command(
        ("predict", saved, f"in.{ending}", "-o", f"out.{ending}", "--probabilities"),
        cwd=tmp_path,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
    table = read(tmp_path / f"out.{ending}")
    assert table["text"].tolist() == corpus
    names = {"predicted_label": "label", "predicted_score": "score"}
    check(table.rename(columns=names), expected)
