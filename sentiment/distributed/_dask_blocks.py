"""Blocks of counts on the workers of a Dask cluster."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
import scipy.sparse as sp

from sentiment._arrays import Array, Ints
from sentiment.classification import Sums, add_sums, results_in_order

_Result = TypeVar("_Result")

# So many results are added up at once, by one task.
_FAN_IN = 8
# So many arrays with an entry for each row are kept on the workers: those of the pass
# under way, and of a fit that is asked for again and again.
_ARRAYS_KEPT = 6


class DaskBlocks:
    """Blocks that are futures of a cluster, one for each partition; see ``Blocks``.

    What is lost with a worker is made again, by Dask, from the partitions: every task
    is a function of its arguments alone.

    ``client``: of the cluster. ``parts``: the counts of each block: CSR matrices with
    counts of int64. ``bounds``: between which rows each block lies. ``n_features``: the
    number of columns. ``n_entries``: how many counts are above 0.
    """

    def __init__(
        self,
        client: Any,
        parts: list[Any],
        bounds: Ints,
        n_features: int,
        n_entries: int,
    ) -> None:
        self.n_features = n_features
        self.n_entries = n_entries
        self.bounds = bounds
        self.client = client
        self._parts = parts
        self._kept: deque[tuple[Array, list[Any]]] = deque(maxlen=_ARRAYS_KEPT)

    def map(
        self, function: Callable[..., _Result], *shared: Any, rows: Sequence[Array] = ()
    ) -> Iterator[_Result]:
        """Yield what a function returns for each block, in their order."""
        submit = self._submitter(function, shared, rows)
        ahead = 2 * max(1, sum(self.client.nthreads().values()))
        yield from results_in_order(submit, len(self._parts), ahead)

    def sum(
        self, function: Callable[..., Sums], *shared: Any, rows: Sequence[Array] = ()
    ) -> Sums:
        """Add up what a function returns for each block, on the workers.

        Neighbours first, then the sums of neighbours: the order is that of the blocks,
        whoever is first to answer.
        """
        sums = self.submit(function, *shared, rows=rows)
        return add_up(self.client, _add_sums, sums).result()

    def submit(
        self, function: Callable[..., Any], *shared: Any, rows: Sequence[Array] = ()
    ) -> list[Any]:
        """Return the futures of what a function returns for each block."""
        submit = self._submitter(function, shared, rows)
        return [submit(number) for number in range(len(self._parts))]

    def _submitter(
        self, function: Callable[..., Any], shared: Sequence[Any], rows: Sequence[Array]
    ) -> Callable[[int], Any]:
        """Return what asks for the result of one block."""
        client = self.client
        own = [self._on_workers(array) for array in rows]
        # Sent once; the workers hand it to each other.
        common = client.submit(give, tuple(shared), pure=False)

        def submit(number: int) -> Any:
            parts = [futures[number] for futures in own]
            return client.submit(
                _call, function, self._parts[number], common, *parts, pure=False
            )

        return submit

    def _on_workers(self, array: Array) -> list[Any]:
        """Return futures of the part of each block; of the same array the same ones.

        A fit passes the same signs and weights a hundred times.
        """
        for known, futures in self._kept:
            if known is array:
                return futures
        futures = [
            self.client.submit(give, array[first:last], pure=False)
            for first, last in zip(self.bounds, self.bounds[1:], strict=False)
        ]
        self._kept.append((array, futures))
        return futures


def add_up(client: Any, add: Callable[[list[Any]], Any], parts: list[Any]) -> Any:
    """Return the future of a sum of futures, added up neighbours first."""
    while len(parts) > 1:
        parts = [
            client.submit(add, parts[start : start + _FAN_IN], pure=False)
            for start in range(0, len(parts), _FAN_IN)
        ]
    return parts[0]


def give(value: Any) -> Any:
    return value


def _call(
    function: Callable[..., _Result], X: sp.csr_matrix, shared: Any, *rows: Any
) -> _Result:
    return function(X.astype(np.float64), *rows, *shared)


def _add_sums(parts: list[Sums]) -> Sums:
    # What comes in belongs to Dask, and may be asked for again.
    total: Sums = tuple(np.array(one) for one in parts[0])
    for part in parts[1:]:
        total = add_sums(total, part)
    return total
