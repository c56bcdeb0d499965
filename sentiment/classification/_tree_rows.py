"""The rows that trees are grown on or looked at, as their features."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment.classification._blocks import (
    Blocks,
    LearningRows,
    RowsInMemory,
    count_rows,
)
from sentiment.classification._tree_boosting import BoostingRows
from sentiment.classification._tree_features import TreeFeatures

__all__ = ["FeatureRows", "TreeRows", "set_aside", "transform_rows"]


@dataclass(frozen=True)
class TreeRows:
    """What trees see of some rows: the ``X`` of :class:`BoostingRows`.

    Attributes
    ----------
    blocks : Blocks
        The counts of all rows.
    features : TreeFeatures
        What is seen of them.
    chosen : ndarray of bool
        Which rows.
    trains : bool
        Whether trees are grown on them.
    """

    blocks: Blocks
    features: TreeFeatures
    chosen: NDArray[np.bool_]
    trains: bool

    def batches(self) -> Iterator[sp.csr_matrix]:
        """Yield the features of the rows, block by block."""
        return self.blocks.map(transform_rows, self.features, rows=(self.chosen,))


def transform_rows(
    X: sp.csr_matrix, chosen: NDArray[np.bool_], features: TreeFeatures
) -> sp.csr_matrix:
    """Return what trees see of some rows of a block."""
    if not chosen.any():
        return sp.csr_matrix((0, len(features.columns)), dtype=np.float32)
    X = features.transform(X)
    return X if chosen.all() else X[chosen]


class FeatureRows:
    """Rows in the form in which trees learn from them.

    Parameters
    ----------
    rows : LearningRows
        The counts of all rows, and what is known of each.
    margins : ndarray of shape (n_rows, n_margins)
        What the trees add to.
    features : TreeFeatures or None
        What is seen of them; None where no tree will look.
    """

    def __init__(
        self,
        rows: LearningRows,
        margins: NDArray[np.float64],
        features: TreeFeatures | None,
    ) -> None:
        self._blocks = rows.blocks
        self._known = rows.y, rows.weight, margins
        self._features = features
        self._matrix: sp.csr_matrix | None = None
        if features is None:
            self._matrix = sp.csr_matrix((len(rows.y), 1), dtype=np.float32)
        elif isinstance(rows.blocks, RowsInMemory):
            self._matrix = features.transform(rows.blocks.X)

    def choose(self, rows: NDArray[np.int64] | None, *, trains: bool) -> BoostingRows:
        """Return some rows, None for all, with their part of what is known of each."""
        if self._matrix is not None:
            if rows is None:
                return BoostingRows(self._matrix, *self._known)
            return BoostingRows(
                self._matrix[rows], *(part[rows] for part in self._known)
            )
        assert self._features is not None
        chosen = np.full(count_rows(self._blocks), rows is None)
        if rows is not None:
            chosen[rows] = True
        seen = TreeRows(self._blocks, self._features, chosen, trains)
        return BoostingRows(seen, *(part[chosen] for part in self._known))


def set_aside(
    y: NDArray[np.int64], share: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split rows for early stopping, stratified where that is possible."""
    from sklearn.model_selection import train_test_split

    n_held_out = min(max(1, round(share * len(y))), len(y) - 1)
    of_class = np.bincount(y)
    smaller_part = min(n_held_out, len(y) - n_held_out)
    can_stratify = of_class.min() >= 2 and smaller_part >= len(of_class)
    kept, held_out = train_test_split(
        np.arange(len(y)),
        test_size=n_held_out,
        random_state=seed,
        stratify=y if can_stratify else None,
    )
    return kept, held_out
