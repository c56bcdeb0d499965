"""The solver of the linear start for rows in blocks: L-BFGS, from sums.

The objective is that of liblinear, regularised intercept included; every step of L-BFGS
is one pass over the blocks::

    1/2 |coef|² + 1/2 intercept² + C sum(weight * max(0, 1 - sign * margin)²)

In units of 1 / sqrt(curvature) of each column it takes a third of the passes.
"""

from functools import partial

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize

from sentiment._sparse import with_data
from sentiment.classification._blocks import Blocks, LearningRows, Sums, map_rows
from sentiment.classification._counts import dampen
from sentiment.classification._linear_start import (
    Floats,
    LinearSettings,
    cross_fit_linear,
    fit_linear,
    fit_one_sided,
)

# The gradient at the end, as a share of that at the start. On IMDB it leaves 1e-4 of
# the loss, as much as liblinear's tolerance does: 18 passes.
_TOLERANCE = 1e-3
_MOST_STEPS = 200
# Of the rows, those within the margin have a curvature, towards the end about a tenth.
_SHARE_OF_CURVATURE = 0.1


class BlockSolver:
    """L-BFGS, whose every step is one pass over the blocks."""

    def fit(
        self,
        blocks: Blocks,
        positive: NDArray[np.bool_],
        weight: Floats,
        weights: Floats,
        settings: LinearSettings,
    ) -> tuple[Floats, float]:
        """Fit one class against the rest; see :class:`Solver`."""
        one_sided = fit_one_sided(positive, weight)
        if one_sided is not None:
            return np.zeros(blocks.n_features), one_sided
        strength = settings.C * weight
        sign = np.where(positive, 1.0, -1.0)
        lengths = map_rows(blocks, _row_lengths, weights)
        rows = (sign, strength, lengths)
        curvature = blocks.sum(_curvature, weights, rows=(strength, lengths))
        scale = 1.0 / np.sqrt(1.0 + _SHARE_OF_CURVATURE * np.append(*curvature))

        def loss(scaled: Floats) -> tuple[float, Floats]:
            values = scaled * scale
            coef, intercept = values[:-1], values[-1]
            value, by_coef, by_intercept = blocks.sum(
                _squared_hinge, weights * coef, intercept, rows=rows
            )
            gradient = np.append(weights * by_coef, by_intercept) + values
            return value + 0.5 * float(values @ values), gradient * scale

        start = np.zeros(blocks.n_features + 1)
        steepest = float(np.abs(loss(start)[1]).max())
        found = minimize(
            loss,
            start,
            jac=True,
            method="L-BFGS-B",
            options={
                "gtol": _TOLERANCE * steepest, "ftol": 0.0, "maxiter": _MOST_STEPS,
            },
        )  # fmt: skip
        values = found.x * scale
        return values[:-1], float(values[-1])

    def cross_fit(
        self,
        rows: LearningRows,
        settings: LinearSettings,
        folds: list[NDArray[np.int64]],
    ) -> Floats:
        """Return out-of-fold margins; see :class:`Solver`."""
        return cross_fit_linear(partial(fit_linear, self), rows, settings, folds)


def _row_lengths(X: sp.csr_matrix, weights: Floats) -> Floats:
    X = dampen(X)
    lengths: Floats = np.sqrt(with_data(X, X.data * X.data) @ (weights * weights))
    # A document without known n-grams has the margin of none.
    lengths[lengths == 0.0] = 1.0
    return lengths


def _curvature(
    X: sp.csr_matrix, strength: Floats, lengths: Floats, weights: Floats
) -> Sums:
    """Return the second derivatives where all rows are within the margin."""
    X = dampen(X)
    each = 2.0 * strength
    by_coef = with_data(X, X.data * X.data).T @ (each / (lengths * lengths))
    return by_coef * weights * weights, float(each.sum())


def _squared_hinge(
    X: sp.csr_matrix,
    sign: Floats,
    strength: Floats,
    lengths: Floats,
    weighted: Floats,
    intercept: float,
) -> Sums:
    """Return the loss of the rows, and what it grows by with each column."""
    X = dampen(X)
    short = 1.0 - sign * (X @ weighted / lengths + intercept)
    short[short < 0.0] = 0.0
    pull = -2.0 * strength * sign * short
    value = float((strength * short) @ short)
    return value, X.T @ (pull / lengths), float(pull.sum())
