"""Labels of any type go in, the same labels come out."""

import pickle

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBClassifier

from sentiment import BoostedLinearClassifier, LabelDecoder
from sentiment.exceptions import LabelError

LABELS = {
    "str": (["bad", "good"], "<U4"),
    "int": ([1, 2], "int64"),
    "int8": (np.array([3, 7], np.int8), "int8"),
    "negative int": ([-1, 1], "int64"),
    "bool": ([False, True], "bool"),
    "float": ([0.5, 4.5], "float64"),
    "categorical": (pd.Series(["b", "g"], dtype="category"), "<U1"),
    "three classes": (["a", "b", "c"], "<U1"),
    "seven classes": (list("gfedcba"), "<U1"),
}


@pytest.fixture
def rows(make_counts):
    return make_counts(210, n_classes=7)


def label(codes, values):
    """Labels in the container of the values."""
    n_classes = len(values)
    if isinstance(values, pd.Series):
        return values.iloc[codes % n_classes].reset_index(drop=True)
    if isinstance(values, np.ndarray):
        return values[codes % n_classes]
    return [values[code % n_classes] for code in codes]


@pytest.mark.parametrize("name", LABELS)
def test_predictions_are_labels_of_the_type_that_was_learned(name, rows):
    values, dtype = LABELS[name]
    X, codes = rows
    y = label(codes, values)
    decoder = LabelDecoder(DecisionTreeClassifier(random_state=0)).fit(X, y)
    assert decoder.classes_.tolist() == sorted(values)
    assert decoder.predict(X).dtype == np.dtype(dtype)
    assert decoder.predict(X).tolist() == list(y)
    assert decoder.score(X, y) == 1.0
    best = decoder.classes_[decoder.predict_proba(X).argmax(axis=1)]
    assert best.tolist() == list(y)


def test_a_score_counts_each_row_by_its_weight(make_counts):
    X, codes = make_counts(8)
    decoder = LabelDecoder(DecisionTreeClassifier(random_state=0)).fit(X, codes)
    wrong = np.arange(8) < 2
    y = np.where(wrong, 1 - codes, codes)
    assert decoder.score(X, y) == 0.75
    assert decoder.score(X, y, sample_weight=np.where(wrong, 3.0, 1.0)) == 0.5


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),
        MultinomialNB(),
        BoostedLinearClassifier(random_state=0),
        XGBClassifier(n_estimators=5, n_jobs=1),
        LinearSVC(),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_any_classifier_of_numbers_will_do(estimator, make_counts):
    X, codes = make_counts(200, noise=0.1)
    y = np.array(["no", "yes"])[codes]
    decoder = LabelDecoder(estimator).fit(X, y)
    assert decoder.score(X, y) > 0.8
    assert not hasattr(estimator, "classes_"), "the estimator itself is not fitted"
    assert decoder.n_features_in_ == X.shape[1]
    for method in ("predict_proba", "decision_function"):
        assert hasattr(decoder, method) == hasattr(estimator, method)
        if hasattr(decoder, method):
            expected = getattr(decoder.estimator_, method)(X)
            np.testing.assert_array_equal(getattr(decoder, method)(X), expected)


def test_a_method_that_the_classifier_lacks_is_missed_by_name():
    with pytest.raises(AttributeError, match="predict_proba"):
        _ = LabelDecoder(LinearSVC()).predict_proba


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_it_says_so_when_it_is_not_fitted(method):
    decoder = LabelDecoder(LogisticRegression())
    with pytest.raises(NotFittedError, match="LabelDecoder"):
        getattr(decoder, method)([[1.0]])


def test_another_number_of_labels_than_rows_is_refused(make_counts):
    X, _ = make_counts(10)
    with pytest.raises(LabelError) as caught:
        LabelDecoder(BoostedLinearClassifier()).fit(X, ["a", "b"] * 4)
    assert str(caught.value) == (
        "BoostedLinearClassifier takes one label per row. Got 8 labels for 10 rows."
    )
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        LabelDecoder(LogisticRegression()).fit(X, ["a", "b"] * 4)


def test_validation_labels_are_encoded_like_those_of_training(make_counts):
    X, codes = make_counts(300)
    y = np.array(["no", "yes"])[codes]
    options = {"max_iter": 3, "random_state": 0, "tree_features": "count"}
    plain = BoostedLinearClassifier(**options)
    plain.fit(X[:200], codes[:200], X_val=X[200:], y_val=codes[200:])
    decoder = LabelDecoder(BoostedLinearClassifier(**options))
    decoder.fit(X[:200], y[:200], X_val=X[200:], y_val=y[200:])
    assert decoder.estimator_.evals_result_ == plain.evals_result_
    assert len(plain.evals_result_["validation"]["log_loss"]) > 1


def test_a_validation_label_that_was_not_learned_is_refused(make_counts):
    X, codes = make_counts(40)
    y = np.array(["no", "yes"])[codes]
    decoder = LabelDecoder(BoostedLinearClassifier())
    with pytest.raises(LabelError, match=r"y_val takes .* Got also \['maybe'\]"):
        decoder.fit(X, y, X_val=X[:1], y_val=["maybe"])


def test_weights_of_classes_go_by_label_not_by_code(make_counts):
    X, codes = make_counts(200)
    y = codes + 1
    options = {"random_state": 0}
    expected = BoostedLinearClassifier(class_weight={0: 1.0, 1: 5.0}, **options)
    expected.fit(X, codes)
    by_label = {1: 1.0, 2: 5.0}
    inner = BoostedLinearClassifier(class_weight=by_label, **options)
    decoder = LabelDecoder(inner).fit(X, y)
    np.testing.assert_array_equal(decoder.predict_proba(X), expected.predict_proba(X))
    assert decoder.estimator.class_weight == by_label


def test_the_weight_of_a_class_that_is_none_is_refused(make_counts):
    X, y = make_counts(40)
    decoder = LabelDecoder(LogisticRegression(class_weight={"yes": 2.0}))
    with pytest.raises(LabelError, match=r"class_weight takes .* Got also \['yes'\]"):
        decoder.fit(X, y)


def test_sample_weights_reach_the_classifier(make_counts):
    X, y = make_counts(100)
    weight = np.random.default_rng(0).random(100)
    decoder = LabelDecoder(LogisticRegression()).fit(X, y, sample_weight=weight)
    expected = LogisticRegression().fit(X, y, sample_weight=weight)
    np.testing.assert_array_equal(decoder.predict_proba(X), expected.predict_proba(X))


def test_no_rows_give_no_labels(make_counts):
    X, codes = make_counts(40)
    y = np.array(["no", "yes"])[codes]
    decoder = LabelDecoder(BoostedLinearClassifier()).fit(X, y)
    assert decoder.predict(X[:0]).tolist() == []
    assert decoder.predict(X[:0]).dtype == decoder.classes_.dtype
    assert decoder.predict_proba(X[:0]).shape == (0, 2)


def test_fitting_again_forgets_the_labels_before(make_counts):
    X, codes = make_counts(40)
    decoder = LabelDecoder(LogisticRegression()).fit(X, np.array(["a", "b"])[codes])
    decoder.fit(X, codes)
    assert decoder.classes_.tolist() == [0, 1]


def test_what_is_no_classifier_is_refused_in_fit(make_counts):
    X, y = make_counts(10)
    with pytest.raises(ValueError, match="The 'estimator' parameter of LabelDecoder"):
        LabelDecoder("logistic").fit(X, y)


def test_copies_give_the_same_answers_and_need_no_trust_beyond_our_own(make_counts):
    X, codes = make_counts(200, n_classes=3)
    y = np.array(["a", "b", "c"])[codes]
    inner = BoostedLinearClassifier(max_iter=4, early_stopping=False, random_state=0)
    decoder = LabelDecoder(inner).fit(X, y)
    expected = decoder.predict_proba(X)
    dumped = skops.io.dumps(decoder)
    own = skops.io.get_untrusted_types(data=dumped)
    assert own == [
        "sentiment.classification._boosted_linear_classifier.BoostedLinearClassifier",
        "sentiment.classification._label_decoder.LabelDecoder",
    ]
    for same in (
        pickle.loads(pickle.dumps(decoder)),
        skops.io.loads(dumped, trusted=own),
        decoder,
    ):
        np.testing.assert_array_equal(same.predict_proba(X), expected)
        assert same.predict(X).tolist() == decoder.predict(X).tolist()


def test_importances_are_those_of_a_classifier_that_has_them(rows):
    X, codes = rows
    decoder = LabelDecoder(BoostedLinearClassifier()).fit(X, codes)
    shares = decoder.feature_importances_
    assert shares.tolist() == decoder.estimator_.feature_importances_.tolist()
    assert len(shares) == decoder.n_features_in_
    assert not hasattr(decoder, "feature_names_in_")
    without = LabelDecoder(LogisticRegression()).fit(X, codes)
    assert not hasattr(without, "feature_importances_")


def test_the_names_of_the_features_are_those_of_a_named_frame(rows):
    X, codes = rows
    frame = pd.DataFrame(X.toarray()).add_prefix("word ")
    decoder = LabelDecoder(BoostedLinearClassifier()).fit(frame, codes)
    assert decoder.feature_names_in_.tolist() == frame.columns.tolist()
    with pytest.raises(NotFittedError):
        _ = LabelDecoder(BoostedLinearClassifier()).feature_importances_
