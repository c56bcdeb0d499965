"""The short way from text to counts gives what the steps give, one by one."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from nasty_texts import TORTURE, corpora
from sklearn import config_context
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from sentiment import LabelDecoder, make_count_vectorizer, make_sentiment_pipeline
from sentiment._sklearn import InvalidParameterError
from sentiment.exceptions import DocumentError, DocumentTypeError
from sentiment.feature_extraction._text_pipeline import TextPipeline

pytestmark = pytest.mark.usefixtures("engine_in_use")

REVIEWS = [
    "It isn’t a <b>good</b> film!",
    "NOT_good, he said: www.example.com",
    "Don't watch it. Never. Ever!",
    "A great film, and I’ve seen it twice &amp; more",
] * 5
LABELS = ["negative", "negative", "negative", "positive"] * 5
VARIANTS = [
    {},
    {"tokenize__contractions": "split"},
    {"tokenize__stemmer": "english"},
    {"tokenize__negation_scope": 0, "stop_words__stop_words": "english"},
    {"clean__form": "NFKC"},
    {"tokenize__punctuation": "emphatic"},
    {"vectorize__binary": True, "vectorize__dtype": np.float32},
]


def go_step_by_step(pipeline, X):
    for _, step in pipeline.steps:
        X = step.transform(X)
    return X


def make_front(**params):
    pipeline = make_sentiment_pipeline(
        "accurate", prior=None, vectorize__min_df=1, **params
    )
    return pipeline[:-1].fit(REVIEWS + TORTURE)


@pytest.mark.parametrize("params", VARIANTS, ids=str)
def test_counts_are_those_of_the_steps(params):
    front = make_front(**params)

    # An example is answered eight times and more, and takes 50 ms.
    @settings(
        max_examples=max(25, settings().max_examples // 2),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
        deadline=None,
    )
    @given(texts=corpora.filter(len))
    def check(texts):
        expected = go_step_by_step(front, texts)
        for X in (texts, tuple(texts), pd.Series(texts), np.array(texts, object)):
            assert_same(front.transform(X), expected)
        for row, text in enumerate(texts):
            assert_same(front.transform([text]), expected[row])

    check()
    assert_same(front.transform(TORTURE), go_step_by_step(front, TORTURE))


def assert_same(found, expected):
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    for part in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(found, part), getattr(expected, part))
    found.check_format(full_check=True)
    assert found.has_canonical_format


def test_it_is_a_pipeline_and_so_is_each_slice_of_it():
    vectorizer = make_count_vectorizer().fit(REVIEWS)
    assert isinstance(vectorizer, Pipeline)
    assert type(vectorizer[:2]) is TextPipeline
    assert list(vectorizer[:2].transform(["Good film"])[0]) == ["good", "film"]


@pytest.mark.parametrize("X", [["a", None], ["\ud800"], "text", [["a"]], 5])
def test_bad_documents_are_refused_as_by_the_steps(X):
    front = make_front()
    kind = (DocumentError, DocumentTypeError)
    with pytest.raises(kind) as long_way:
        go_step_by_step(front, X)
    with pytest.raises(kind) as short_way:
        front.transform(X)
    assert str(short_way.value) == str(long_way.value)


def test_parameters_set_after_fit_are_checked_and_used():
    front = make_front()
    before = front.transform(["NOT so good"])
    front.set_params(tokenize__negation_scope=0)
    after = front.transform(["NOT so good"])
    assert (before != after).nnz
    front.set_params(clean__form="utf8")
    with pytest.raises(InvalidParameterError, match="'form' parameter of TextCleaner"):
        front.transform(["text"])
    front.set_params(clean__form=[])
    with pytest.raises(InvalidParameterError, match="'form' parameter of TextCleaner"):
        front.transform(["text"])


def test_refitted_it_counts_with_the_new_vocabulary():
    vectorizer = make_count_vectorizer().fit(["one two"])
    assert vectorizer.transform(["one two three"]).shape == (1, 2)
    vectorizer.fit(["one two three four"])
    assert vectorizer.transform(["one three"]).toarray().tolist() == [[0, 1, 1, 0]]


def test_unfitted_it_says_so():
    with pytest.raises(NotFittedError):
        make_count_vectorizer().transform(["text"])


def test_frames_are_made_where_the_user_has_asked_for_them():
    vectorizer = make_count_vectorizer().fit(REVIEWS)
    with config_context(transform_output="pandas"):
        assert isinstance(vectorizer.transform(["good film"]), pd.DataFrame)
    vectorizer.set_output(transform="pandas")
    assert isinstance(vectorizer.transform(["good film"]), pd.DataFrame)


def test_a_pipeline_answers_one_review_like_many_and_like_its_steps():
    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1)
    pipeline.fit(REVIEWS, LABELS)
    texts = [*REVIEWS, *TORTURE]
    together = pipeline.predict_proba(texts)
    alone = np.vstack([pipeline.predict_proba([text]) for text in texts])
    plain = Pipeline(pipeline.steps).predict_proba(texts)
    np.testing.assert_array_equal(alone, together)
    np.testing.assert_array_equal(plain, together)
    margins = pipeline.decision_function(texts)
    np.testing.assert_array_equal(pipeline.decision_function(texts[:1]), margins[:1])
    labels = pipeline.predict(texts).tolist()
    assert [pipeline.predict([text])[0] for text in texts] == labels


@pytest.mark.parametrize("n_threads", [1, 3])
def test_answers_in_blocks_are_those_of_all_rows_together(monkeypatch, n_threads):
    """No two rows hold the same words, so each has an answer of its own."""
    texts = [f"{text} {row}" for row, text in enumerate(REVIEWS * 5)]
    pipeline = make_sentiment_pipeline(
        "accurate", prior=None, classify__estimator__max_iter=20
    )
    pipeline.set_params(classify__estimator__early_stopping=False)
    pipeline.fit(texts, LABELS * 5)
    expected = pipeline[-1].predict_proba(go_step_by_step(pipeline[:-1], texts))
    sizes = []
    classify = type(pipeline[-1]).predict_proba
    monkeypatch.setattr(
        type(pipeline[-1]),
        "predict_proba",
        lambda self, X: sizes.append(X.shape[0]) or classify(self, X),
    )
    monkeypatch.setattr("sentiment.threads.count_threads", lambda: n_threads)
    monkeypatch.setattr("sentiment.threads._BYTES_PER_THREAD", 500)
    monkeypatch.setattr("sentiment.feature_extraction._text_pipeline._BLOCK_BYTES", 999)
    np.testing.assert_array_equal(pipeline.predict_proba(texts), expected)
    assert len(sizes) > n_threads
    assert sum(sizes) == len(texts)


def test_a_classifier_of_ones_own_sees_all_rows_together(monkeypatch):
    """Its sums may depend on how many rows there are."""
    last = LabelDecoder(LogisticRegression())
    pipeline = make_sentiment_pipeline(
        "fast", prior=None, vectorize__min_df=1, classify=last
    )
    pipeline.fit(REVIEWS, LABELS)
    monkeypatch.setattr("sentiment.threads._BYTES_PER_THREAD", 1)
    sizes = []
    predict = LogisticRegression.predict_proba
    monkeypatch.setattr(
        LogisticRegression,
        "predict_proba",
        lambda self, X: sizes.append(X.shape[0]) or predict(self, X),
    )
    pipeline.predict_proba(REVIEWS)
    assert sizes == [len(REVIEWS)]
