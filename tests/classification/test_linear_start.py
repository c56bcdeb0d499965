"""Margins that no row has helped to make, and how they become log-odds."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import check_grad
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from sentiment.classification import _linear_start
from sentiment.classification._blocks import LearningRows, RowsInMemory
from sentiment.classification._liblinear import Liblinear
from sentiment.classification._linear_start import (
    LinearSettings,
    fit_link,
    make_folds,
    map_margins,
)
from sentiment.classification._log_loss import compute_log_loss, differentiate_log_loss
from sentiment.classification._naive_bayes_weighter import NaiveBayesWeighter

SETTINGS = LinearSettings(C=0.3, alpha=1.0, power=1.0, seed=0)


def fit_linear(X, y):
    rows = LearningRows(RowsInMemory(X), y, 2, np.ones(len(y)))
    return _linear_start.fit_linear(Liblinear(), rows, SETTINGS)


def cross_fit(X, y):
    rows = LearningRows(RowsInMemory(X), y, 2, np.ones(len(y)))
    return Liblinear().cross_fit(rows, SETTINGS, make_folds(y, 5, SETTINGS.seed))


def test_margins_are_those_of_the_weighted_rows(make_counts):
    X, y = make_counts(100)
    X = X.astype(float)
    model = fit_linear(X, y)
    weighter = NaiveBayesWeighter().fit(X, y)
    expected = weighter.transform(X) @ model.coef[0] + model.intercept[0]
    found = map_margins(RowsInMemory(X), model)
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-10, atol=1e-12)


def test_no_row_helps_to_make_its_own_margin():
    # Each row has a word of its own and a label by chance: seen rows are known by heart.
    rng = np.random.default_rng(0)
    n_rows = 400
    X = sp.eye(n_rows, format="csr") * 3.0
    y = rng.integers(0, 2, n_rows)
    model = fit_linear(X, y)
    assert roc_auc_score(y, map_margins(RowsInMemory(X), model)[:, 0]) == 1.0
    margins = cross_fit(X, y)
    assert 0.4 < roc_auc_score(y, margins[:, 0]) < 0.6


def test_changing_a_row_changes_no_margin_of_its_own_fold(make_counts):
    X, y = make_counts(100)
    X = X.astype(float)
    folds = make_folds(y, 5, SETTINGS.seed)
    before = cross_fit(X, y)
    held_out = folds[2]
    changed = X.tolil()
    changed[held_out[0]] = 9.0
    after = cross_fit(sp.csr_matrix(changed), y)
    np.testing.assert_array_equal(after[held_out[1:]], before[held_out[1:]])
    others = np.setdiff1d(np.arange(100), held_out)
    assert (after[others] != before[others]).any()


@pytest.mark.parametrize(
    ("counts", "n_folds"), [([50, 50], 5), ([97, 3], 3), ([2, 2], 2), ([9, 1], 2)]
)
def test_folds_spread_each_class_as_evenly_as_it_can_be(counts, n_folds):
    y = np.repeat(np.arange(len(counts)), counts)
    folds = make_folds(y, 5, 0)
    assert len(folds) == n_folds
    together = np.sort(np.concatenate(folds))
    np.testing.assert_array_equal(together, np.arange(len(y)))
    for held_out in folds:
        share = np.bincount(y[held_out], minlength=len(counts))
        assert (np.abs(share - np.array(counts) / n_folds) < 1).all()


def test_a_rare_class_of_several_does_not_cost_the_others_their_folds():
    y = np.repeat([0, 1, 2], [50, 50, 1])
    assert len(make_folds(y, 5, 0)) == 5


def test_fits_at_once_in_threads_do_not_draw_from_each_others_chance(make_counts):
    # More columns than rows, as in text: only then does liblinear draw random numbers.
    X, y = make_counts(300, 600, seed=3)
    X = X.astype(float)

    def fit(_):
        return fit_linear(X, y).coef

    expected = fit(0)
    with ThreadPoolExecutor(4) as pool:
        for coef in pool.map(fit, range(12)):
            np.testing.assert_array_equal(coef, expected)


def test_the_link_of_two_classes_is_a_logistic_regression(make_counts):
    _, y = make_counts(500)
    rng = np.random.default_rng(0)
    margins = (y * 2 - 1 + rng.normal(size=500))[:, None]
    weight = rng.random(500)
    slope, offset, _ = fit_link(margins, y, weight)
    expected = LogisticRegression(C=100.0, tol=1e-10, max_iter=1000)
    expected.fit(margins, y, sample_weight=weight)
    np.testing.assert_allclose(slope, expected.coef_[0], rtol=1e-4)
    np.testing.assert_allclose(offset, expected.intercept_, atol=1e-4)


def test_the_link_of_three_classes_lowers_the_log_loss(make_counts):
    _, y = make_counts(500, n_classes=3)
    rng = np.random.default_rng(0)
    margins = 0.3 * (np.eye(3)[y] * 4 - 1 + rng.normal(size=(500, 3)))
    slope, offset, _ = fit_link(margins, y, np.ones(500))
    linked = compute_log_loss(margins * slope + offset, y, np.ones(500))
    assert linked < compute_log_loss(margins, y, np.ones(500)) - 0.05


def test_no_margin_is_turned_around():
    y = np.array([0, 0, 1, 1])
    slope, *_ = fit_link(-(y * 2.0 - 1)[:, None], y, np.ones(4))
    assert (slope > 0).all()


@pytest.mark.parametrize("n_classes", [2, 3])
def test_log_loss_is_that_of_scikit_learn_and_has_its_derivatives(n_classes):
    rng = np.random.default_rng(0)
    n_margins = 1 if n_classes == 2 else n_classes
    y = rng.integers(0, n_classes, 30)
    y[:n_classes] = range(n_classes)
    margins, weight = rng.normal(size=(30, n_margins)) * 3, rng.random(30)
    wide = margins if n_margins > 1 else np.hstack([np.zeros((30, 1)), margins])
    odds = np.exp(wide)
    expected = log_loss(y, odds / odds.sum(axis=1)[:, None], sample_weight=weight)
    assert compute_log_loss(margins, y, weight) == pytest.approx(expected, rel=1e-12)

    def loss(flat):
        return 30 * compute_log_loss(flat.reshape(margins.shape), y, np.ones(30))

    def gradient(flat):
        return differentiate_log_loss(flat.reshape(margins.shape), y)[0].ravel()

    assert check_grad(loss, gradient, margins.ravel()) < 1e-5
    step = 1e-5
    for k in range(n_margins):
        shift = np.zeros(n_margins)
        shift[k] = step
        above, _ = differentiate_log_loss(margins + shift, y)
        below, _ = differentiate_log_loss(margins - shift, y)
        second = (above - below)[:, k] / (2 * step)
        found = differentiate_log_loss(margins, y)[1][:, k]
        np.testing.assert_allclose(found, second, atol=1e-8)


def test_margins_far_out_give_no_infinity():
    margins = np.array([[800.0], [-800.0]])
    assert compute_log_loss(margins, np.array([1, 0]), np.ones(2)) == 0.0
    assert compute_log_loss(margins, np.array([0, 1]), np.ones(2)) == 800.0
