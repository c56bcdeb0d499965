"""What the tests of one answer send, how, and what they compare it with."""

import csv
import io
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pandas._libs.parsers import STR_NA_VALUES

from sentiment import load_reviews, make_sentiment_pipeline

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
PROBABILITIES = ["probability_negative", "probability_positive"]


def fit_few_reviews():
    """Fit a small Pipeline with a prior, a linear start and trees."""
    instances, labels = load_reviews("sample", "train")
    pipeline = make_sentiment_pipeline(
        "accurate",
        vectorize__min_df=1,
        classify__estimator__max_iter=5,
        classify__estimator__early_stopping=False,
        classify__estimator__random_state=0,
    )
    return pipeline.fit(instances[:120], labels[:120])


def find_nasty():
    """Draw hundreds of documents, the same ones each time."""
    found = dict.fromkeys(NASTY)

    @settings(
        max_examples=900,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
    )
    @given(TEXTS)
    def collect(texts):
        found.update(dict.fromkeys(texts))

    collect()
    return list(found)


def find_real():
    """Return 1,000 reviews of IMDB if they are at hand, else the bundled sample."""
    imdb = os.environ.get("SENTIMENT_IMDB")
    if imdb:
        file = next(Path(imdb).rglob("test-*.parquet"))
        return pd.read_parquet(file)["text"].sample(1000, random_state=0).tolist()
    parts = [load_reviews("sample", split)[0] for split in ("train", "test")]
    return [text for part in parts for text in part["text"]]


def make_body(form, texts):
    """Return a request body in a form, and its media type."""
    bodies = {
        "dataframe_split": {"columns": ["text"], "data": [[text] for text in texts]},
        "dataframe_records": [{"text": text} for text in texts],
        "instances": [{"text": text} for text in texts],
        "inputs": {"text": texts},
    }
    if form == "csv":
        return make_csv(texts), "text/csv"
    content = {form: bodies[form], "params": {"probabilities": True}}
    return json.dumps(content).encode(), "application/json"


def make_csv(texts):
    """Return CSV that says exactly these texts."""
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["text"], *zip(texts)])
    return file.getvalue().encode()


def is_carried_by_mlflow(form, text):
    """Tell whether a text reaches the model through plain ``mlflow models serve``.

    pandas, which MLflow reads CSV with, takes some words for missing cells; NumPy's
    strings of fixed width, which it makes of ``instances`` and ``inputs``, end at
    their last character that is not NUL. ``docs/serving.md`` lists these, and no other.
    """
    if form == "csv":
        return text not in STR_NA_VALUES
    return form not in ("instances", "inputs") or not text.endswith("\x00")


def ask(server, form, texts):
    """Send texts in a form and return the answer as a table."""
    body, kind = make_body(form, texts)
    response = server.post(data=body, headers={"Content-Type": kind})
    assert response.status_code == 200, response.text
    return pd.DataFrame(response.json()["predictions"])


def expect(pipeline, texts):
    """Return labels, scores and probabilities as the Pipeline in memory gives them."""
    probabilities = pipeline.predict_proba(texts)
    labels = pipeline.predict(texts).tolist()
    return labels, probabilities.max(axis=1), probabilities


def check(answer, expected, *, probabilities=True):
    """Compare an answer with the expected one, bit for bit."""
    labels, scores, expected_probabilities = expected
    assert answer["label"].tolist() == labels
    np.testing.assert_array_equal(answer["score"].to_numpy(), scores)
    if probabilities:
        np.testing.assert_array_equal(answer[PROBABILITIES], expected_probabilities)
