"""``weight_column``: how much each row counts in a training."""

import numpy as np
import pandas as pd
import pytest

from sentiment import make_sentiment_pipeline, train
from sentiment.exceptions import DataError
from sentiment.persistence import load_model
from sentiment.training import make_sources, read_training_data
from sentiment.training._few_rows import cross_validate

PARAMS = {"vectorize__min_df": 1}


@pytest.fixture
def weighted(make):
    """Rows of which every second pair counts for nothing, its label turned round."""
    rows = make(60)
    rows["n"] = np.tile([1.0, 1.0, 0.0, 0.0], 15)
    wrong = rows["n"] == 0
    other = {"negative": "positive", "positive": "negative"}
    rows.loc[wrong, "label"] = rows.loc[wrong, "label"].map(other)
    return rows


def test_rows_without_weight_are_not_learned_from(weighted, store, no_figures):
    result = train(weighted, weight_column="n", preset="fast", params=PARAMS)
    found = load_model(result.model_uri)
    rows = weighted[weighted["n"] > 0]
    expected = make_sentiment_pipeline("fast", prior=None, **PARAMS)
    expected.fit(
        weighted[["text"]], weighted["label"], classify__sample_weight=weighted["n"]
    )
    np.testing.assert_array_equal(
        found.predict_proba(rows["text"]), expected.predict_proba(rows["text"])
    )
    assert (found.predict(rows["text"]) == rows["label"]).all()


def test_the_folds_of_few_rows_are_weighted_too(weighted):
    sources = make_sources(weighted, weight_column="n")
    data = read_training_data(sources, None, 42)
    pipeline = make_sentiment_pipeline("fast", prior=None, **PARAMS)
    answers = cross_validate(pipeline, data, 42).evaluation.probabilities
    seen = (weighted["n"] > 0).to_numpy()
    codes = (weighted["label"] == "positive").to_numpy(int)
    assert (answers.argmax(axis=1) == codes)[seen].all()


def test_weights_stay_with_their_rows_when_some_are_set_aside(make):
    rows = make(40)
    rows["n"] = np.arange(40.0)
    data = read_training_data(make_sources(rows, weight_column="n"), 0.25, 42)
    of_text = dict(zip(rows["text"], rows["n"], strict=True))
    assert data.weights.tolist() == [of_text[text] for text in data.X["text"]]


@pytest.mark.parametrize("value", ["heavy", -1.0, float("nan"), None])
def test_what_is_no_weight_is_refused_with_its_row(value):
    rows = pd.DataFrame({"text": ["a", "b"], "label": ["x", "y"], "n": [1.0, value]})
    with pytest.raises(DataError, match=r"position 1: .* in column 'n' is no weight"):
        read_training_data(make_sources(rows, weight_column="n"), None, 42)


def test_a_streamed_training_takes_no_weights(make, tmp_path):
    make(8).assign(n=1.0).to_csv(tmp_path / "r.csv", index=False)
    with pytest.raises(DataError, match="streaming takes no weight_column"):
        train(tmp_path / "r.csv", streaming=True, weight_column="n")
