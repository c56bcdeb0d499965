"""Blocks of counts on this machine: in memory, or on disk if they are too large."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import scipy.sparse as sp

from sentiment._arrays import Array, Ints
from sentiment._sparse import make_csr
from sentiment.classification import Sums, add_sums, results_in_order
from sentiment.streaming._spool import Spool

_Result = TypeVar("_Result")

# Counts of a block: so many that vectors of a million columns cost little beside them.
_BLOCK = 4_000_000


class DiskBlocks:
    """Blocks of counts that are read one after the other; see :class:`Blocks`.

    ``spool``: of each block the columns, the ends of its rows, and its counts; no
    counts where all are 1. ``n_features``: the number of columns. ``bounds``: between
    which rows each block lies. ``n_entries``: how many counts are above 0. ``n_jobs``:
    how many blocks are worked on at once.
    """

    def __init__(
        self,
        spool: Spool,
        n_features: int,
        bounds: list[int],
        n_entries: int,
        n_jobs: int,
    ) -> None:
        self.n_features = n_features
        self.n_entries = n_entries
        self.bounds: Ints = np.array(bounds, np.int64)
        self._spool = spool
        self._n_jobs = n_jobs
        self._ones = np.zeros(0)

    def map(
        self, function: Callable[..., _Result], *shared: Any, rows: Sequence[Array] = ()
    ) -> Iterator[_Result]:
        """Yield what a function returns for each block, in their order."""

        def call(number: int) -> _Result:
            first, last = self.bounds[number : number + 2]
            own = [array[first:last] for array in rows]
            return function(self._read(number), *own, *shared)

        n_blocks = len(self._spool)
        if self._n_jobs == 1 or n_blocks < 2:
            yield from map(call, range(n_blocks))
            return
        with ThreadPoolExecutor(self._n_jobs) as pool:
            # No more blocks at once than threads: each is in memory meanwhile.
            yield from results_in_order(
                lambda number: pool.submit(call, number), n_blocks, self._n_jobs
            )

    def sum(
        self, function: Callable[..., Sums], *shared: Any, rows: Sequence[Array] = ()
    ) -> Sums:
        """Add up what a function returns for each block, in their order."""
        total: Sums | None = None
        for part in self.map(function, *shared, rows=rows):
            total = add_sums(total, part)
        assert total is not None
        return total

    def _read(self, number: int) -> sp.csr_matrix:
        indices, indptr, *counts = self._spool.read(number)
        if counts:
            data = counts[0].astype(np.float64)
        else:
            ones = self._ones
            if len(ones) < len(indices):
                ones = self._ones = np.ones(len(indices))
            data = ones[: len(indices)]
        shape = (len(indptr) - 1, self.n_features)
        return make_csr(data, indices, indptr, shape)


class BlockWriter:
    """Gathers rows of counts until they are a block.

    ``spool``: takes the blocks. ``n_features``: the number of columns.
    """

    def __init__(self, spool: Spool, n_features: int) -> None:
        self._spool = spool
        self._n_features = n_features
        self._parts: list[sp.csr_matrix] = []
        self._size = 0
        self._bounds = [0]
        self._n_entries = 0

    def add(self, X: sp.csr_matrix) -> None:
        """Add rows, in canonical form, as a vectorizer gives them."""
        if not X.shape[0]:
            return
        self._parts.append(X)
        self._size += X.nnz
        if self._size >= _BLOCK:
            self._write()

    def finish(self, n_jobs: int) -> DiskBlocks:
        """Return all blocks."""
        if self._parts:
            self._write()
        return DiskBlocks(
            self._spool, self._n_features, self._bounds, self._n_entries, n_jobs
        )

    def _write(self) -> None:
        X = sp.vstack(self._parts, format="csr")
        arrays = [X.indices.astype(np.int32, copy=False), X.indptr.astype(np.int32)]
        most = int(X.data.max(initial=1))
        if most > 1 or not X.data.all():
            kinds = (np.uint8, np.uint16, np.uint32, np.int64)
            arrays.append(X.data.astype(next(k for k in kinds if most <= _limit(k))))
        self._spool.add(*arrays)
        self._bounds.append(self._bounds[-1] + X.shape[0])
        self._n_entries += X.nnz
        self._parts, self._size = [], 0


def _limit(kind: type[np.integer]) -> int:
    return int(np.iinfo(kind).max)
