"""The linear start over blocks, against liblinear on one matrix."""

import numpy as np
import pytest

from sentiment.classification import _block_solver, _liblinear
from sentiment.classification._block_solver import BlockSolver
from sentiment.classification._blocks import LearningRows, RowsInMemory
from sentiment.classification._liblinear import Liblinear
from sentiment.classification._linear_start import (
    LinearSettings,
    fit_linear,
    make_folds,
    map_margins,
)
from sentiment.streaming._disk_blocks import BlockWriter
from sentiment.streaming._scratch import Scratch
from sentiment.streaming._spool import Spool

SETTINGS = LinearSettings(C=0.3, alpha=1.0, power=0.75, seed=0)


def cut(X, sizes, *, limit=0, n_jobs=1, scratch=None):
    writer = BlockWriter(Spool(scratch, "counts", limit), X.shape[1])
    first = 0
    for size in sizes:
        writer.add(X[first : first + size])
        writer._write()
        first += size
    assert first == X.shape[0]
    return writer.finish(n_jobs)


@pytest.fixture
def scratch():
    with Scratch() as scratch:
        yield scratch


@pytest.fixture
def exact(monkeypatch):
    """Both solvers at their most exact, so that what differs is the objective."""
    monkeypatch.setattr(_liblinear, "_TOLERANCE", 1e-9)
    monkeypatch.setattr(_block_solver, "_TOLERANCE", 1e-7)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("max_features", [None, 20])
def test_the_model_is_that_of_liblinear(
    make_counts, scratch, exact, n_classes, max_features
):
    X, y = make_counts(300, n_classes=n_classes)
    weight = np.where(y == 0, 0.7, 1.3)
    weight[::7] = 0.0
    settings = SETTINGS._replace(max_features=max_features)
    X.data.fill(1)
    memory = RowsInMemory(X.astype(float))
    expected = fit_linear(
        Liblinear(), LearningRows(memory, y, n_classes, weight), settings
    )
    blocks = cut(X, [100, 150, 50], scratch=scratch)
    found = fit_linear(
        BlockSolver(), LearningRows(blocks, y, n_classes, weight), settings
    )
    np.testing.assert_allclose(found.weights, expected.weights, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found.coef, expected.coef, atol=1e-5)
    np.testing.assert_allclose(found.intercept, expected.intercept, atol=1e-5)
    np.testing.assert_allclose(
        map_margins(blocks, found),
        map_margins(memory, expected),
        atol=1e-4,
    )


def test_counts_above_one_are_dampened_as_in_memory(make_counts, scratch, exact):
    X, y = make_counts(200)
    X.data[::5] = 300
    expected = fit_linear(
        Liblinear(),
        LearningRows(RowsInMemory(X.astype(float)), y, 2, np.ones(200)),
        SETTINGS,
    )
    found = fit_linear(
        BlockSolver(),
        LearningRows(cut(X, [120, 80], scratch=scratch), y, 2, np.ones(200)),
        SETTINGS,
    )
    np.testing.assert_allclose(found.coef, expected.coef, atol=1e-5)


def test_margins_out_of_fold_are_those_of_the_cross_fit_in_memory(
    make_counts, scratch, exact
):
    X, y = make_counts(300)
    folds = make_folds(y, 4, SETTINGS.seed, 140)
    X.data.fill(1)
    weight = np.ones(300)
    expected = Liblinear().cross_fit(
        LearningRows(RowsInMemory(X.astype(float)), y, 2, weight), SETTINGS, folds
    )
    blocks = cut(X, [170, 130], scratch=scratch)
    found = BlockSolver().cross_fit(LearningRows(blocks, y, 2, weight), SETTINGS, folds)
    assert np.isnan(expected).sum() == 150
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_labels_of_a_fold_change_no_bit_of_its_own_margins(make_counts, scratch):
    X, y = make_counts(100)
    blocks = cut(X, [60, 40], scratch=scratch)
    # Which rows are a fold depends on the labels, too: here they stay.
    folds = make_folds(y, 5, SETTINGS.seed)
    rows = LearningRows(blocks, y, 2, np.ones(100))
    before = BlockSolver().cross_fit(rows, SETTINGS, folds)
    y[folds[0]] = 1 - y[folds[0]]
    after = BlockSolver().cross_fit(rows, SETTINGS, folds)
    np.testing.assert_array_equal(after[folds[0]], before[folds[0]])
    assert (after[folds[1]] != before[folds[1]]).any()


def test_neither_threads_nor_the_disk_change_a_bit(make_counts, scratch):
    X, y = make_counts(300)
    sizes = [50] * 6
    first, second = (
        fit_linear(
        BlockSolver(),
            LearningRows(
                cut(X, sizes, limit=limit, n_jobs=n_jobs, scratch=scratch),
                y, 2, np.ones(300),
            ),
            SETTINGS,
        )
        for limit, n_jobs in ((10**9, 1), (0, 3))
    )  # fmt: skip
    np.testing.assert_array_equal(first.coef, second.coef)
    np.testing.assert_array_equal(first.intercept, second.intercept)


def test_a_fold_without_a_class_speaks_for_the_other(make_counts, scratch):
    X, y = make_counts(50)
    weight = (y == 1).astype(float)
    model = fit_linear(
        BlockSolver(),
        LearningRows(cut(X, [50], scratch=scratch), y, 2, weight),
        SETTINGS,
    )
    assert not model.coef.any()
    assert model.intercept.tolist() == [1.0]
