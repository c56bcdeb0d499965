"""The same text gets the same label and probability, bit for bit, at every door."""

import csv
import io
import json
import warnings

import mlflow
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sentiment import load_model

NASTY = [
    "",
    " ",
    "\x00",
    "good\x00",
    "\x00good film",
    "e\u0301 cafe\u0301 \u0e01\u0e49\u0e33",  # combining marks
    "\u202eesrever\u202c فيلم رائع \u200f!",  # right to left
    "👩\u200d👩\u200d👧 👍🏽 🇫🇷 1\ufe0f\u20e3",  # joiners, modifiers, flags
    "x" * 5000,
    "not " * 500 + "good",
    "NA",
    "null",
    "None",
    "nan",
    "#N/A",
    "true",
    "007",
    "1e5",
    'He said "great", twice',
    "one\ntwo\r\nthree\rfour\u2028five\x0b\x0c\x1c\x85",
    "a,b;c\td",
    "'=1+1",
    "<br />good<br>&amp;&#39;",
    "\ufeffgood film",
    "\ufffe\uffff",
    "ﬁlm ｇｏｏｄ ſ İı ẞß Σς",
]
TEXTS = st.lists(
    st.sampled_from(NASTY)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
    | st.text(st.sampled_from("not good'’\"!?<br/>&;,\n\r\x00 "), max_size=40),
    min_size=1,
    max_size=8,
)
FORMS = ["dataframe_split", "dataframe_records", "instances", "inputs", "csv"]
many_texts = given(texts=TEXTS)
everything = example(texts=NASTY)
calm = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def ask(server, form, texts):
    """Send texts in a form and return the answer as a table."""
    params = {"probabilities": True}
    bodies = {
        "dataframe_split": {"columns": ["text"], "data": [[text] for text in texts]},
        "dataframe_records": [{"text": text} for text in texts],
        "instances": [{"text": text} for text in texts],
        "inputs": {"text": texts},
    }
    if form == "csv":
        file = io.StringIO(newline="")
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["text"], *zip(texts)])
        body, kind = file.getvalue().encode(), "text/csv"
    else:
        body = json.dumps({form: bodies[form], "params": params}).encode()
        kind = "application/json"
    response = server.post(data=body, headers={"Content-Type": kind})
    assert response.status_code == 200, response.text
    return pd.DataFrame(response.json()["predictions"])


def expect(pipeline, texts):
    probabilities = pipeline.predict_proba(texts)
    labels = pipeline.predict(texts).tolist()
    return labels, probabilities.max(axis=1), probabilities


def check(answer, expected, *, probabilities=True):
    labels, scores, expected_probabilities = expected
    assert answer["label"].tolist() == labels
    np.testing.assert_array_equal(answer["score"].to_numpy(), scores)
    if probabilities:
        columns = ["probability_negative", "probability_positive"]
        np.testing.assert_array_equal(answer[columns], expected_probabilities)


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


@pytest.mark.parametrize("form", ["dataframe_split", "dataframe_records"])
@calm
@everything
@many_texts
def test_by_mlflow_models_serve(form, texts, pipeline, mlflow_server):
    check(ask(mlflow_server, form, texts), expect(pipeline, texts))


@pytest.mark.parametrize("form", ["instances", "inputs"])
@calm
@example(texts=[text for text in NASTY if not text.endswith("\x00")])
@many_texts
def test_by_mlflow_models_serve_in_forms_of_numpy(form, texts, pipeline, mlflow_server):
    # NumPy's fixed-width strings, which MLflow makes of these forms, end at their
    # last character that is not NUL.
    texts = [text.rstrip("\x00") for text in texts]
    check(ask(mlflow_server, form, texts), expect(pipeline, texts))


def test_csv_by_mlflow_models_serve(pipeline, mlflow_server):
    # What pandas reads of CSV is not always what was written: NA, line breaks, NUL.
    texts = ["This movie is cool", "awful film", 'He said "great", twice', "é\u0301"]
    answer = ask(mlflow_server, "csv", texts)
    check(answer, expect(pipeline, texts), probabilities=False)


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
