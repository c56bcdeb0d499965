"""The weights against the formula, written out."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.exceptions import NotFittedError

from sentiment import NaiveBayesWeighter
from sentiment.exceptions import LabelError

X = np.array([[2.0, 0, 1, 0], [1, 0, 0, 0], [0, 3, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]])
y = np.array([0, 0, 1, 1, 1])


def weigh_slowly(X, y, weight, alpha, power, sublinear_tf):
    n_features = X.shape[1]
    tf = X.copy()
    if sublinear_tf:
        for i, j in zip(*X.nonzero(), strict=True):
            tf[i, j] = 1 + np.log(X[i, j])
    p, q = np.zeros(n_features), np.zeros(n_features)
    frequency = np.zeros(n_features)
    for row, positive, w in zip(tf, y == 1, weight, strict=True):
        (p if positive else q)[:] += w * row
        frequency += w * (row > 0)
    idf = np.log((1 + sum(weight)) / (1 + frequency)) + 1
    share = p.sum() / (p.sum() + q.sum())
    p, q = p + 2 * alpha * share, q + 2 * alpha * (1 - share)
    ratio = np.log(p / p.sum()) - np.log(q / q.sum())
    return idf * np.sign(ratio) * abs(ratio) ** power, tf


@pytest.mark.parametrize("sublinear_tf", [True, False])
@pytest.mark.parametrize("alpha", [1.0, 0.1])
@pytest.mark.parametrize("power", [1.0, 0.5])
@pytest.mark.parametrize("weight", [None, [1.0, 0.5, 2.0, 0.0, 3.0]])
def test_weights_and_rows_are_those_of_the_slow_reference(
    alpha, power, sublinear_tf, weight
):
    options = {"alpha": alpha, "power": power, "sublinear_tf": sublinear_tf}
    weighter = NaiveBayesWeighter(**options)
    weighter.fit(X, y, sample_weight=weight)
    weights, tf = weigh_slowly(X, y, weight or [1.0] * 5, **options)
    # The root of what is 0 but for rounding.
    np.testing.assert_allclose(weighter.weights_, weights, rtol=1e-12, atol=1e-6)
    rows = tf * weights
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    expected = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
    found = weighter.transform(X)
    assert found.format == "csr"
    np.testing.assert_allclose(found.toarray(), expected, rtol=1e-12, atol=1e-6)


@pytest.mark.parametrize("names", [None, ["good", "bad", "film", "noir"]])
def test_a_frame_on_request_has_sparse_columns(names):
    given = X if names is None else pd.DataFrame(X, index=list("vwxyz"), columns=names)
    expected = NaiveBayesWeighter().fit(X, y).transform(X)
    weighter = NaiveBayesWeighter().set_output(transform="pandas").fit(given, y)
    frame = weighter.transform(given)
    assert frame.columns.tolist() == (names or ["x0", "x1", "x2", "x3"])
    assert frame.index.tolist() == list("vwxyz" if names else range(5))
    assert (frame.sparse.to_coo() != expected).nnz == 0
    with pytest.raises(ValueError, match=r"5 rows of 4 columns would take 0\.0 MB"):
        weighter.set_output(transform="polars").transform(given)


def test_an_ngram_of_which_nothing_is_known_speaks_for_no_class():
    rare = np.array([0] * 9 + [1])
    counts = np.column_stack([np.ones(10), np.zeros(10), rare])
    weights = NaiveBayesWeighter().fit(counts, rare).weights_
    assert weights[1] == pytest.approx(0.0, abs=1e-12)
    assert weights[2] > 1.0
    assert abs(weights[0]) < weights[2] / 2


def test_a_class_without_a_word_gives_no_infinity():
    counts = np.array([[1.0, 2.0], [0.0, 0.0]])
    weights = NaiveBayesWeighter().fit(counts, [0, 1]).weights_
    assert np.isfinite(weights).all()
    assert np.isfinite(NaiveBayesWeighter().fit(counts * 0, [0, 1]).weights_).all()


def test_a_row_of_weight_two_is_that_row_twice_and_one_of_none_is_no_row(make_counts):
    counts, classes = make_counts(80)
    weight = np.arange(80) % 3
    weighted = NaiveBayesWeighter().fit(counts, classes, sample_weight=weight)
    repeated = np.repeat(np.arange(80), weight)
    expected = NaiveBayesWeighter().fit(counts[repeated], classes[repeated])
    np.testing.assert_allclose(weighted.weights_, expected.weights_, rtol=1e-12)


def test_stored_zeros_and_entries_stored_twice_count_as_what_they_are():
    messy = sp.csr_matrix(
        (
            np.array([1.0, 1.0, 0.0, 1.0, 1.0, 3.0, 1.0]),
            np.array([0, 0, 3, 2, 0, 1, 2]),
            np.array([0, 4, 5, 7, 7, 7]),
        ),
        (5, 4),
    )
    before = [part.copy() for part in (messy.data, messy.indices, messy.indptr)]
    clean = sp.csr_matrix(messy.toarray())
    expected = NaiveBayesWeighter().fit(clean, y)
    found = NaiveBayesWeighter().fit(messy, y)
    np.testing.assert_array_equal(found.weights_, expected.weights_)
    rows = found.transform(messy).toarray()
    np.testing.assert_array_equal(rows, expected.transform(clean).toarray())
    after = (messy.data, messy.indices, messy.indptr)
    for part, same in zip(after, before, strict=True):
        np.testing.assert_array_equal(part, same)


def test_the_higher_class_is_the_positive_one():
    labels = np.array(["a", "b"])[y]
    weights = NaiveBayesWeighter().fit(X, labels).weights_
    assert weights[0] < 0 < weights[1]
    np.testing.assert_array_equal(weights, NaiveBayesWeighter().fit(X, y).weights_)


def test_shares_below_one_are_not_made_negative():
    weighter = NaiveBayesWeighter().fit([[0.1, 0.2], [0.3, 0.0]], [0, 1])
    assert np.isfinite(weighter.weights_).all()


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            [0, 1, 2, 0, 1],
            "NaiveBayesWeighter compares two classes. Got 3. Fit it one ",
        ),
        (
            [1] * 5,
            "NaiveBayesWeighter learns from at least two classes. Got one class ",
        ),
        (None, "NaiveBayesWeighter requires y to be passed"),
    ],
)
def test_anything_but_two_classes_is_refused(labels, message):
    with pytest.raises(LabelError) as caught:
        NaiveBayesWeighter().fit(X, labels)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"X": -X}, "Negative values in data passed to NaiveBayesWeighter. It takes"),
        ({"y": y[:3]}, "inconsistent numbers of samples"),
        ({"sample_weight": [1.0] * 3}, "sample_weight.shape"),
        ({"sample_weight": [-1.0] * 5}, "sample_weight"),
        ({"X": X.ravel()}, "Expected 2D array"),
    ],
)
def test_what_does_not_fit_together_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        NaiveBayesWeighter().fit(**{"X": X, "y": y} | arguments)


def test_it_says_so_when_it_is_not_fitted():
    with pytest.raises(NotFittedError, match="NaiveBayesWeighter"):
        NaiveBayesWeighter().transform(X)
