"""The same text gets the same label and probability, bit for bit, at every door."""

import warnings

import mlflow
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from serving.doors import (
    FORMS,
    NASTY,
    TEXTS,
    ask,
    check,
    expect,
    is_carried_by_mlflow,
    make_body,
)

from sentiment import load_model

many_texts = given(texts=TEXTS)
everything = example(texts=NASTY)
# A request takes 40 ms.
calm = settings(
    max_examples=max(25, settings().max_examples // 2),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="session")
def by_python(saved):
    """The doors of Python: the model as loaded by ours, and by MLflow's two."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "sentiment": load_model(saved),
            "sklearn": mlflow.sklearn.load_model(str(saved)),
            "pyfunc": mlflow.pyfunc.load_model(str(saved)),
        }


@calm
@everything
@many_texts
def test_in_python(texts, pipeline, by_python):
    labels, _, probabilities = expected = expect(pipeline, texts)
    frame = pd.DataFrame({"text": pd.Series(texts, dtype="str")})
    for door in ("sentiment", "sklearn"):
        assert by_python[door].predict(texts).tolist() == labels
        for documents in (texts, frame):
            answer = by_python[door].predict_proba(documents)
            np.testing.assert_array_equal(answer, probabilities)
    params = {"probabilities": True}
    check(by_python["pyfunc"].predict(frame, params=params), expected)
    objects = frame.astype(object)
    check(by_python["pyfunc"].predict(objects, params=params), expected)


@pytest.mark.parametrize("form", FORMS)
@calm
@everything
@many_texts
def test_over_http(form, texts, pipeline, server):
    answer = ask(server, form, texts)
    check(answer, expect(pipeline, texts), probabilities=form != "csv")


@pytest.mark.parametrize("form", FORMS)
@calm
@everything
@many_texts
def test_by_mlflow_models_serve(form, texts, pipeline, mlflow_server):
    texts = [text for text in texts if is_carried_by_mlflow(form, text)] or ["good"]
    answer = ask(mlflow_server, form, texts)
    check(answer, expect(pipeline, texts), probabilities=form != "csv")


@pytest.mark.parametrize(
    ("form", "text"), [("instances", "good\x00"), ("inputs", "\x00"), ("csv", "null")]
)
def test_what_mlflow_does_not_carry_is_not_answered_by_chance(
    form, text, pipeline, mlflow_server, server
):
    """What the documentation lists is true: once it is not, the list is shortened."""
    assert not is_carried_by_mlflow(form, text)
    body, kind = make_body(form, ["film", text])
    headers = {"Content-Type": kind}
    strict = server.post(data=body, headers=headers)
    plain = mlflow_server.post(data=body, headers=headers)
    assert strict.status_code == 200
    assert plain.status_code == (400 if form == "csv" else 200)


def test_both_servers_agree_on_a_threshold(server, mlflow_server, pipeline):
    texts = ["This movie is cool", "awful film"]
    for threshold in [0, 0.3, 1 - 1e-9, 1]:
        body = {"inputs": {"text": texts}, "params": {"threshold": threshold}}
        answers = [
            s.post(json=body).json()["predictions"] for s in (server, mlflow_server)
        ]
        assert answers[0] == answers[1]
        positive = pipeline.predict_proba(texts)[:, 1]
        labels = np.where(positive >= threshold, "positive", "negative").tolist()
        assert [answer["label"] for answer in answers[0]] == labels
        scores = np.where(positive >= threshold, positive, 1 - positive)
        np.testing.assert_allclose([a["score"] for a in answers[0]], scores)


def test_both_servers_explain_what_they_answer(server, mlflow_server, pipeline):
    texts = ["A GREAT <b>film</b>, not dull at all", ""]
    body = {"inputs": {"text": texts}, "params": {"explain": 3}}
    answers = [s.post(json=body).json()["predictions"] for s in (server, mlflow_server)]
    assert answers[0] == answers[1]
    margins = pipeline.decision_function(texts)
    for answer, text, margin in zip(answers[0], texts, margins, strict=True):
        assert answer["margin"] == margin
        total = answer["bias"] + sum(one["value"] for one in answer["contributions"])
        assert total == pytest.approx(margin, abs=1e-5)
        for one in answer["contributions"]:
            assert text[one["start"] : one["end"]] == one["text"]
    assert len(answers[0][0]["contributions"]) == 4


def test_a_text_alone_gets_what_it_gets_among_many(server, pipeline):
    together = ask(server, "inputs", NASTY)
    for row, text in enumerate(NASTY):
        alone = ask(server, "inputs", [text])
        assert alone.iloc[0].tolist() == together.iloc[row].tolist()
