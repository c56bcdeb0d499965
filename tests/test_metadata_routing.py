"""Metadata are routed through our Pipelines as through scikit-learn's own."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from sklearn.tests.metadata_routing_common import (
    ConsumingClassifier,
    check_recorded_metadata,
)
from xgboost import XGBClassifier

from sentiment import (
    LabelDecoder,
    NaiveBayesWeighter,
    fit_pipeline,
    make_count_vectorizer,
    make_sentiment_pipeline,
)


@pytest.fixture(autouse=True)
def _routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def make(preset="fast", *, requests=True):
    quick = {"n_jobs": 1, "alpha": 1.0, "cv": 2}
    pipeline = make_sentiment_pipeline(preset, prior=None)
    pipeline[-1].estimator.set_params(**quick)
    if requests:
        pipeline[-1].estimator.set_fit_request(sample_weight=True)
        pipeline[-1].set_score_request(sample_weight=True)
    return pipeline


@pytest.fixture(scope="module")
def weight():
    return np.random.default_rng(0).random(60)


@pytest.fixture(scope="module")
def weighted(reviews, weight):
    """What the weighted Pipeline answers, fitted without routing."""
    with sklearn.config_context(enable_metadata_routing=False):
        pipeline = make(requests=False)
        pipeline.fit(*reviews, classify__sample_weight=weight)
        return pipeline.predict_proba(reviews[0])


def nest_whole():
    return Pipeline([("sentiment", make())])


def nest_front():
    pipeline = make()
    return Pipeline([("text", pipeline[:-1]), ("classify", pipeline[-1])])


def nest_in_columns():
    pipeline = make()
    columns = ColumnTransformer([("text", pipeline[:-1], "text")])
    return Pipeline([("columns", columns), ("classify", pipeline[-1])])


@pytest.mark.parametrize("build", [make, nest_whole, nest_front, nest_in_columns])
def test_requested_weights_reach_the_classifier(build, reviews, weight, weighted):
    frame = pd.DataFrame({"text": reviews[0]})
    pipeline = build().fit(frame, reviews[1], sample_weight=weight)
    np.testing.assert_array_equal(pipeline.predict_proba(frame), weighted)
    assert (build().fit(frame, reviews[1]).predict_proba(frame) != weighted).any()


def test_weights_that_nobody_requested_are_refused(reviews, weight):
    with pytest.raises(UnsetMetadataPassedError, match="BoostedLinearClassifier"):
        make(requests=False).fit(*reviews, sample_weight=weight)


def test_weights_are_cut_with_the_folds(reviews, weight):
    params = {"sample_weight": weight}
    scores = cross_validate(make(), *reviews, params=params, error_score="raise")
    assert scores["test_score"].mean() > 0.8
    grid = {"classify__estimator__C": [0.1, 1.0]}
    search = GridSearchCV(make(), grid, cv=2, error_score="raise")
    search.fit(*reviews, sample_weight=weight)
    assert search.best_score_ > 0.8


@pytest.mark.parametrize("wrap", [CalibratedClassifierCV, OneVsRestClassifier])
def test_estimators_around_the_pipeline_hand_weights_on(wrap, reviews, weight):
    texts = np.array(reviews[0], object)
    labels = np.where(np.arange(60) % 3 == 0, "mixed", reviews[1])
    weighted = wrap(make()).fit(texts, labels, sample_weight=weight)
    plain = wrap(make()).fit(texts, labels)
    assert weighted.classes_.tolist() == ["mixed", "negative", "positive"]
    assert (weighted.predict_proba(texts) != plain.predict_proba(texts)).any()


def test_a_score_is_weighted_where_that_was_requested(reviews, weight):
    texts, labels = reviews
    pipeline = make().fit(texts, labels)
    wrong = ["positive", *labels[1:]]
    expected = 1 - weight[0] / weight.sum()
    score = pipeline.score(texts, wrong, sample_weight=weight)
    assert score == pytest.approx(expected)


def test_the_weighter_takes_weights_on_the_way(reviews, weight):
    weighter = NaiveBayesWeighter().set_fit_request(sample_weight=True)
    linear = LogisticRegression().set_fit_request(sample_weight=False)
    steps = [("count", make_count_vectorizer()), ("weigh", weighter), ("fit", linear)]
    pipeline = Pipeline(steps).fit(*reviews, sample_weight=weight)
    counts = pipeline[0].transform(reviews[0])
    expected = NaiveBayesWeighter().fit(counts, reviews[1], sample_weight=weight)
    assert pipeline[1].weights_.tolist() == expected.weights_.tolist()


@pytest.mark.parametrize("memory", [False, True])
@pytest.mark.parametrize("by_hand", [False, True])
def test_validation_documents_are_routed_unasked(
    by_hand, memory, reviews, new_reviews, tmp_path
):
    with sklearn.config_context(enable_metadata_routing=False):
        expected = make("tutorial", requests=False)
        fit_pipeline(expected, *reviews, *new_reviews)
    pipeline = make("tutorial", requests=False)
    pipeline.memory = str(tmp_path) if memory else None
    if by_hand:
        pipeline.set_params(transform_input=["X_val"])
        X_val, y_val = new_reviews
        pipeline.fit(*reviews, X_val=X_val, y_val=y_val)
    else:
        assert fit_pipeline(pipeline, *reviews, *new_reviews) is pipeline
        assert pipeline.transform_input is None
    history = pipeline[-1].estimator_.evals_result_
    assert history == expected[-1].estimator_.evals_result_


def test_fit_pipeline_routes_weights_beside_validation_documents(
    reviews, new_reviews, weight
):
    fit_pipeline(make("tutorial"), *reviews, *new_reviews, sample_weight=weight)
    assert fit_pipeline(make(), *reviews, sample_weight=weight).score(*reviews) > 0.8
    with pytest.raises(UnsetMetadataPassedError):
        fit_pipeline(make(requests=False), *reviews, sample_weight=weight)


def test_validation_labels_are_encoded_under_the_name_they_were_routed_by(make_counts):
    X, codes = make_counts(300)
    y = np.array(["no", "yes"])[codes]
    inner = make("tutorial")[-1].estimator.set_fit_request(y_val="labels")
    decoder = LabelDecoder(inner).fit(X, y, X_val=X, labels=y)
    assert len(decoder.estimator_.evals_result_["validation"]["log_loss"]) > 1


def test_an_eval_set_is_routed_to_a_classifier_that_requests_it(make_counts):
    X, y = make_counts(40)
    inner = XGBClassifier(n_estimators=2, n_jobs=1).set_fit_request(eval_set=True)
    decoder = LabelDecoder(inner).fit(X, y, eval_set=[(X, y)])
    assert len(decoder.estimator_.evals_result()["validation_0"]["logloss"]) == 2


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_the_decoder_routes_what_a_prediction_requests(method):
    X, y = np.eye(4), ["a", "b", "a", "b"]
    inner = ConsumingClassifier()
    getattr(inner, f"set_{method}_request")(metadata="mood")
    decoder = LabelDecoder(inner.set_fit_request(sample_weight=True, metadata=False))
    decoder.fit(X, y, sample_weight=y)
    getattr(decoder, method)(X, mood=y)
    fitted = decoder.estimator_
    check_recorded_metadata(fitted, "fit", "fit", sample_weight=y)
    check_recorded_metadata(fitted, method, method, metadata=y)


def test_a_prior_needs_no_request(reviews_of_two_words):
    prior = make().fit(*reviews_of_two_words)
    pipeline = make_sentiment_pipeline("fast", prior=prior)
    pipeline.fit(*reviews_of_two_words)
    with sklearn.config_context(enable_metadata_routing=False):
        plain = make_sentiment_pipeline("fast", prior=prior).fit(*reviews_of_two_words)
    texts = reviews_of_two_words[0]
    np.testing.assert_array_equal(
        pipeline.predict_proba(texts), plain.predict_proba(texts)
    )
    fit_pipeline(pipeline, *reviews_of_two_words, *reviews_of_two_words)


@pytest.fixture(scope="module")
def reviews_of_two_words():
    return ["good fun", "bad mess", "dull film", "good film"] * 6, [1, 0, 0, 1] * 6
