"""The rows that trees are grown on or looked at, as their features."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment.classification._blocks import Blocks, RowsInMemory, count_rows
from sentiment.classification._tree_boosting import BoostingRows
from sentiment.classification._tree_features import TreeFeatures

__all__ = ["FeatureRows", "TreeRows", "transform_rows"]


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
    blocks : Blocks
        The counts of all rows.
    features : TreeFeatures or None
        What is seen of them; None where no tree will look.
    """

    def __init__(self, blocks: Blocks, features: TreeFeatures | None) -> None:
        self._blocks = blocks
        self._features = features
        self._matrix: sp.csr_matrix | None = None
        if features is None:
            self._matrix = sp.csr_matrix((count_rows(blocks), 1), dtype=np.float32)
        elif isinstance(blocks, RowsInMemory):
            self._matrix = features.transform(blocks.X)

    def choose(
        self, known: BoostingRows, rows: NDArray[np.int64] | None, *, trains: bool
    ) -> BoostingRows:
        """Return some rows, None for all, with their part of what is known of each."""
        if self._matrix is not None:
            if rows is None:
                return known._replace(X=self._matrix)
            return BoostingRows(self._matrix[rows], *(part[rows] for part in known[1:]))
        assert self._features is not None
        chosen = np.full(count_rows(self._blocks), rows is None)
        if rows is not None:
            chosen[rows] = True
        seen = TreeRows(self._blocks, self._features, chosen, trains)
        return BoostingRows(seen, *(part[chosen] for part in known[1:]))
