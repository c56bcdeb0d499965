"""The documents that a model is asked again: they exercise it, and read back exactly."""

import json

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline as make_sklearn_pipeline

from sentiment import ModelError, TextCleaner, make_sentiment_pipeline, save_model
from sentiment.persistence._golden_rows import make_golden_rows, read_golden_rows


def test_a_model_folder_holds_the_probabilities_to_the_last_digit(pipeline, saved):
    golden = read_golden_rows(saved)
    assert len(golden.texts) >= 10
    assert golden.classes == pipeline.classes_.tolist()
    np.testing.assert_array_equal(
        pipeline.predict_proba(golden.texts), golden.probabilities
    )


def test_a_model_of_another_language_is_asked_about_what_it_knows():
    texts = ["отличный фильм", "ужасный фильм"] * 10
    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1)
    golden = make_golden_rows(pipeline.fit(texts, [1, 0] * 10))
    assert any("отличный" in text for text in golden.texts)
    counts = pipeline[:-1].transform(golden.texts)
    assert set(counts.indices) == set(range(counts.shape[1]))


def test_a_vocabulary_of_scikit_learn_is_asked_too(reviews):
    pipeline = make_sklearn_pipeline(
        TextCleaner(), CountVectorizer(), LogisticRegression()
    ).fit(*reviews)
    counts = pipeline[:-1].transform(make_golden_rows(pipeline).texts)
    assert len(set(counts.indices)) >= 90


def test_a_pipeline_that_fails_on_an_empty_document_is_refused(
    pipeline, tmp_path, monkeypatch
):
    predict = type(pipeline).predict_proba

    def fail(self, X):
        if "" in list(X):
            raise ZeroDivisionError("no words")
        return predict(self, X)

    monkeypatch.setattr(type(pipeline), "predict_proba", fail)
    with pytest.raises(ModelError, match=r"the empty one too\..*ZeroDivisionError"):
        save_model(pipeline, tmp_path / "model")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"texts": ["a"], "probabilities": [], "classes": [0, 1], "versions": {}}',
        '{"texts": ["a"], "probabilities": [[1]], "classes": [0, 1], "versions": {}}',
        '{"texts": [], "probabilities": [], "classes": [], "versions": {}}',
        '{"texts": 1, "probabilities": 1, "classes": 1, "versions": 1}',
    ],
)
def test_a_damaged_file_is_refused_in_one_sentence(tmp_path, content):
    (tmp_path / "golden_rows.json").write_text(content)
    with pytest.raises(ModelError, match=r"golden_rows\.json is damaged") as caught:
        read_golden_rows(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"lacks its file golden_rows\.json"):
        read_golden_rows(tmp_path)


def test_texts_of_every_script_are_readable_in_the_file(saved):
    content = (saved / "golden_rows.json").read_text(encoding="utf-8")
    assert "影片很好" in content
    assert json.loads(content)["versions"]["scikit-learn"]
