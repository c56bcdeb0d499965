"""XGBoost's matrix of rows that need not fit in memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment.classification._tree_boosting import MISSING, BoostingRows
from sentiment.classification._tree_features import TreeFeatures
from sentiment.streaming._blocks import Blocks
from sentiment.streaming._scratch import Scratch


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


def external_matrices(scratch: Scratch) -> Callable[[BoostingRows, int], Any]:
    """Return the maker of XGBoost's matrices of :class:`TreeRows`.

    XGBoost keeps its pages of them in files, and maps one after the other. The trees
    are those of a matrix in memory: with the same cuts, no sum of rounded derivatives
    depends on pages.
    """

    def make(rows: BoostingRows, threads: int) -> Any:
        import xgboost

        batches = _make_iterator(rows, str(scratch.new_path("trees")))
        # Rows that are only looked at are predicted: 15 times slower from quantiles.
        kind = xgboost.ExtMemQuantileDMatrix if rows.X.trains else xgboost.DMatrix
        return kind(batches, missing=MISSING, nthread=threads)

    return make


def _make_iterator(rows: BoostingRows, cache_prefix: str) -> Any:
    import xgboost

    class Batches(xgboost.DataIter):
        def __init__(self) -> None:
            self.reset()
            super().__init__(cache_prefix=cache_prefix, release_data=True)

        def reset(self) -> None:
            self._rest = rows.X.batches()
            self._place = 0

        def next(self, input_data: Callable[..., None]) -> bool:
            X = next((one for one in self._rest if one.shape[0]), None)
            if X is None:
                return False
            own = slice(self._place, self._place + X.shape[0])
            self._place += X.shape[0]
            margins = rows.margins[own]
            input_data(
                data=X,
                label=rows.y[own],
                weight=rows.weight[own],
                base_margin=margins[:, 0] if margins.shape[1] == 1 else margins,
            )
            return True

    return Batches()


def transform_rows(
    X: sp.csr_matrix, chosen: NDArray[np.bool_], features: TreeFeatures
) -> sp.csr_matrix:
    """Return what trees see of some rows of a block."""
    if not chosen.any():
        return sp.csr_matrix((0, len(features.columns)), dtype=np.float32)
    X = features.transform(X)
    return X if chosen.all() else X[chosen]
