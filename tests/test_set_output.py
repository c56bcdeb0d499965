"""Counts travel as DataFrames of sparse columns, however many columns there are."""

import gc

import numpy as np
import pandas as pd
import pytest

from sentiment import BoostedLinearClassifier, NaiveBayesWeighter, NgramVectorizer
from sentiment._set_output import read_sparse_frame


def to_frame(X, dtype=np.int64):
    frame = pd.DataFrame.sparse.from_spmatrix(X.astype(dtype))
    return frame.add_prefix("word ")


@pytest.mark.parametrize("dtype", [np.int64, np.float32])
def test_a_frame_is_read_to_the_matrix_it_was_made_of(dtype, make_counts):
    X, _ = make_counts(30)
    found = read_sparse_frame(to_frame(X, dtype))
    assert (found != X).nnz == 0
    assert found.dtype == dtype
    assert found.has_canonical_format


def test_what_holds_anything_but_sparse_zeros_is_left_to_scikit_learn(make_counts):
    X, _ = make_counts(30)
    missing = pd.DataFrame({"a": pd.arrays.SparseArray([1.0, np.nan])})
    mixed = to_frame(X).assign(dense=1)
    others = (X, X.toarray(), [[1]], pd.DataFrame(X.toarray()), missing, mixed)
    for other in (*others, pd.DataFrame(index=range(3))):
        assert read_sparse_frame(other) is None


def test_no_series_of_each_column_is_made_to_read_a_frame(make_counts, monkeypatch):
    X, y = make_counts(60)
    frame = to_frame(X)
    expected = BoostedLinearClassifier(random_state=0).fit(X, y).predict_proba(X)
    monkeypatch.setattr(pd.DataFrame, "items", None)
    classifier = BoostedLinearClassifier(random_state=0).fit(frame, y)
    np.testing.assert_array_equal(classifier.predict_proba(frame), expected)
    assert classifier.feature_names_in_.tolist() == frame.columns.tolist()
    NaiveBayesWeighter().fit(frame, y)


def test_a_frame_of_other_columns_or_values_is_refused_as_ever(make_counts):
    X, y = make_counts(60)
    frame = to_frame(X)
    classifier = BoostedLinearClassifier(random_state=0).fit(frame, y)
    with pytest.raises(ValueError, match="feature names should match"):
        classifier.predict(frame.rename(columns={"word 0": "other"}))
    with pytest.raises(ValueError, match="Input X contains infinity"):
        classifier.predict(to_frame(X * float("inf"), np.float64))
    with pytest.raises(ValueError, match="Negative values in data passed to Boosted"):
        classifier.predict(to_frame(-X))


@pytest.mark.parametrize("collects", [True, False])
def test_making_a_frame_leaves_the_collection_of_garbage_as_it_was(collects):
    (gc.enable if collects else gc.disable)()
    try:
        vectorizer = NgramVectorizer().set_output(transform="pandas")
        vectorizer.fit_transform([["a"], ["b"]])
        assert gc.isenabled() is collects
    finally:
        gc.enable()
