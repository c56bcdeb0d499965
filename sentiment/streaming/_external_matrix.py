"""XGBoost's matrix of rows that need not fit in memory."""

from collections.abc import Callable
from typing import Any

from sentiment.classification import MISSING, BoostingRows
from sentiment.streaming._scratch import Scratch


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
