"""A pruned Pipeline answers as before, and holds nothing it does not use."""

import numpy as np
import pytest
import skops.io
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline

from sentiment import (
    BoostedLinearClassifier,
    LabelDecoder,
    drop_unused_ngrams,
    explain_model,
    explain_texts,
    load_reviews,
    make_sentiment_pipeline,
)
from sentiment._sklearn import InvalidParameterError
from sentiment.classification import find_used_features
from sentiment.classification._blocks import LearningRows, RowsInMemory
from sentiment.classification._liblinear import Liblinear
from sentiment.classification._linear_start import (
    LinearSettings,
    fit_linear,
    make_folds,
    map_margins,
)
from sentiment.persistence._archive import TRUSTED_TYPES
from sentiment.pruning import limit_ngrams

LIMIT = "classify__estimator__max_linear_features"
TREES = {
    "classify__estimator__early_stopping": False,
    "classify__estimator__max_iter": 12,
    "classify__estimator__random_state": 0,
}


@pytest.fixture(scope="module")
def sample():
    X, y = load_reviews("sample", "train")
    return X["text"].tolist(), y.tolist()


@pytest.fixture(scope="module")
def new_texts():
    return load_reviews("sample", "test")[0]["text"].tolist()


@pytest.fixture(scope="module", params=["fast", "accurate", "three classes"])
def limited(request, sample):
    texts, y = sample
    if request.param == "three classes":
        y = ["mixed" if i % 3 == 0 else label for i, label in enumerate(y)]
    preset = "fast" if request.param == "fast" else "accurate"
    params = {LIMIT: 150} | ({} if preset == "fast" else TREES)
    return make_sentiment_pipeline(preset, prior=None, **params).fit(texts, y)


def test_answers_stay_the_same_bit_for_bit(limited, new_texts):
    smaller = drop_unused_ngrams(limited)
    for method in ("predict_proba", "decision_function"):
        expected = getattr(limited, method)(new_texts)
        np.testing.assert_array_equal(getattr(smaller, method)(new_texts), expected)
        # The path of few rows, too.
        alone = [getattr(smaller, method)([text]) for text in new_texts[:9]]
        np.testing.assert_array_equal(np.concatenate(alone), expected[:9])
    assert smaller.predict(new_texts).tolist() == limited.predict(new_texts).tolist()


def test_what_is_not_used_is_gone_from_every_step(limited):
    before = limited.predict_proba(["A gem."])
    smaller = drop_unused_ngrams(limited)
    names = smaller[:-1].get_feature_names_out()
    assert len(names) <= 150 < len(limited[:-1].get_feature_names_out())
    inner = smaller[-1].estimator_
    assert smaller[-1].n_features_in_ == inner.n_features_in_ == len(names)
    assert inner.coef_.shape[1] == len(inner.feature_importances_) == len(names)
    assert inner.feature_importances_.sum() == pytest.approx(1.0, abs=1e-5)
    words = set(" ".join(names).split(" "))
    assert len(smaller["vectorize"].word_offsets_) == len(words) + 1
    # The Pipeline that was handed over is as it was.
    np.testing.assert_array_equal(limited.predict_proba(["A gem."]), before)
    assert limited[-1].n_features_in_ == len(limited["vectorize"].vocabulary_)


def test_a_kept_ngram_has_the_weight_and_the_importance_that_it_had(limited):
    smaller = drop_unused_ngrams(limited)
    columns = [
        limited["vectorize"].vocabulary_[name]
        for name in smaller[:-1].get_feature_names_out()
    ]
    before, after = limited[-1].estimator_, smaller[-1].estimator_
    np.testing.assert_array_equal(after.coef_, before.coef_[:, columns])
    importances = before.feature_importances_[columns]
    np.testing.assert_array_equal(after.feature_importances_, importances)
    assert explain_model(smaller) == explain_model(limited)


def test_explanations_say_the_same(limited, new_texts):
    smaller = drop_unused_ngrams(limited)
    for one, other in zip(
        explain_texts(limited, new_texts[:3]),
        explain_texts(smaller, new_texts[:3]),
        strict=True,
    ):
        assert one.margin == other.margin
        said = [part for part in one.contributions if part.value]
        assert said == [part for part in other.contributions if part.value]


def test_it_is_stored_small_and_loads_as_it_was(limited, new_texts):
    smaller = drop_unused_ngrams(limited)
    large, small = skops.io.dumps(limited), skops.io.dumps(smaller)
    assert len(small) < len(large) / 3
    loaded = skops.io.loads(small, trusted=list(TRUSTED_TYPES))
    expected = limited.predict_proba(new_texts)
    np.testing.assert_array_equal(loaded.predict_proba(new_texts), expected)


def test_twice_is_once(limited):
    once = drop_unused_ngrams(limited)
    twice = drop_unused_ngrams(once)
    names = once[:-1].get_feature_names_out()
    assert twice[:-1].get_feature_names_out().tolist() == names.tolist()
    # What is fitted again learns from the whole vocabulary.
    assert clone(once).get_params()[LIMIT] == 150


def test_the_reference_counts_a_pruned_vocabulary_alike(
    limited, new_texts, monkeypatch
):
    expected = limited.predict_proba(new_texts)
    monkeypatch.setenv("SENTIMENT_ENGINE", "reference")
    smaller = drop_unused_ngrams(limited)
    np.testing.assert_array_equal(smaller.predict_proba(new_texts), expected)


def test_words_that_hold_spaces_are_pruned_as_well():
    def split(text):
        return text.split("|")

    from sentiment import NgramVectorizer

    tokens = [split("good fun|at all"), split("bad mess|at all")] * 9
    pipeline = Pipeline(
        [
            ("vectorize", NgramVectorizer(ngram_range=(1, 2))),
            ("classify", BoostedLinearClassifier(max_linear_features=2)),
        ]
    ).fit(tokens, [1, 0] * 9)
    smaller = drop_unused_ngrams(pipeline)
    assert len(smaller[0].get_feature_names_out()) < 5
    expected = pipeline.predict_proba(tokens)
    np.testing.assert_array_equal(smaller.predict_proba(tokens), expected)


def test_a_threshold_stays(sample, new_texts):
    texts, y = sample
    careful = FixedThresholdClassifier(
        BoostedLinearClassifier(max_linear_features=100), threshold=0.8
    )
    pipeline = make_sentiment_pipeline("fast", prior=None, classify__estimator=careful)
    pipeline.fit(texts, y)
    smaller = drop_unused_ngrams(pipeline)
    assert smaller[-1].n_features_in_ <= 101
    assert smaller.predict(new_texts).tolist() == pipeline.predict(new_texts).tolist()


def test_without_a_limit_nothing_of_weight_is_lost(sample, new_texts):
    for preset in ("fast", "tutorial"):
        pipeline = make_sentiment_pipeline(preset, prior=None).fit(*sample)
        smaller = drop_unused_ngrams(pipeline)
        expected = pipeline.predict_proba(new_texts)
        np.testing.assert_array_equal(smaller.predict_proba(new_texts), expected)


@pytest.mark.parametrize(
    ("last", "got"),
    [
        (LabelDecoder(MultinomialNB()), "a MultinomialNB in the last step"),
        (
            LabelDecoder(CalibratedClassifierCV(BoostedLinearClassifier(), cv=2)),
            "a CalibratedClassifierCV in the last step",
        ),
        (LogisticRegression(), "a LogisticRegression in the last step"),
    ],
)
def test_another_classifier_is_refused(last, got, sample):
    pipeline = make_sentiment_pipeline("fast", prior=None, classify=last)
    with pytest.raises(InvalidParameterError, match=got):
        limit_ngrams(pipeline, 10)
    pipeline.fit(sample[0][:60], sample[1][:60])
    with pytest.raises(TypeError, match=got):
        drop_unused_ngrams(pipeline)


def test_a_step_between_counts_and_classifier_is_refused():
    pipeline = make_sentiment_pipeline("fast", prior=None)
    pipeline.steps.insert(-1, ("tfidf", TfidfTransformer()))
    with pytest.raises(InvalidParameterError, match="Got TfidfTransformer"):
        limit_ngrams(pipeline, 10)


def test_the_labels_of_a_row_have_no_say_in_which_ngrams_judge_it(make_counts):
    X, y = make_counts(120)
    settings = LinearSettings(0.3, 1.0, 0.75, 0, max_features=5)
    solver = Liblinear()
    rows = LearningRows(RowsInMemory(X), y, 2, np.ones(120))
    folds = make_folds(y, 4, settings.seed)
    margins = solver.cross_fit(rows, settings, folds)
    for held_out in folds:
        rest = np.setdiff1d(np.arange(120), held_out)
        seen = LearningRows(RowsInMemory(X[rest]), y[rest], 2, np.ones(len(rest)))
        model = fit_linear(solver, seen, settings)
        assert np.count_nonzero(model.coef) <= 5
        expected = map_margins(RowsInMemory(X[held_out]), model)
        np.testing.assert_allclose(margins[held_out], expected, atol=1e-9)


def test_no_tree_sees_what_the_linear_start_leaves_out(make_counts):
    X, y = make_counts(400)
    classifier = BoostedLinearClassifier(
        max_linear_features=9, max_iter=20, early_stopping=False, random_state=0
    ).fit(X, y)
    used = np.flatnonzero(find_used_features(classifier))
    assert len(used) <= 9
    others = np.setdiff1d(np.arange(60), used)
    scrambled = X.tolil()
    scrambled[:, others] = 7
    np.testing.assert_array_equal(
        classifier.predict_proba(scrambled.tocsr()), classifier.predict_proba(X)
    )


def test_more_than_there_are_is_all_of_them(make_counts):
    X, y = make_counts(300)
    one, other = (
        BoostedLinearClassifier(max_linear_features=limit, random_state=0).fit(X, y)
        for limit in (None, 1000)
    )
    np.testing.assert_array_equal(one.coef_ != 0, other.coef_ != 0)
    np.testing.assert_allclose(one.predict_proba(X), other.predict_proba(X), atol=1e-6)
