"""Blocks of rows: all that the learning asks of whatever holds the counts."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment._sparse import take_columns
from sentiment.classification._counts import dampen

_Result = TypeVar("_Result")
Sums = tuple[Any, ...]


class Blocks(Protocol):
    """Counts of the n-grams of documents, cut into blocks of rows.

    The functions that are mapped stand at the top level of a module, so that they can
    be pickled, and get the counts of a block as a CSR matrix of float64 in canonical
    form, then its part of each array in ``rows``, then ``shared``.

    Attributes
    ----------
    n_features : int
        The number of columns.
    n_entries : int
        How many counts are above 0.
    bounds : ndarray of int64 of shape (n_blocks + 1,)
        Block ``i`` holds the rows ``bounds[i]`` to ``bounds[i + 1]``.
    """

    n_features: int
    n_entries: int
    bounds: NDArray[np.int64]

    def map(
        self,
        function: Callable[..., _Result],
        *shared: Any,
        rows: Sequence[NDArray[Any]] = (),
    ) -> Iterator[_Result]:
        """Yield what a function returns for each block, in their order."""

    def sum(
        self,
        function: Callable[..., Sums],
        *shared: Any,
        rows: Sequence[NDArray[Any]] = (),
    ) -> Sums:
        """Add up the numbers and arrays that a function returns for each block.

        In an order that the blocks alone decide: the sums do not depend on how many
        workers there are, or on which is the first to answer.
        """


class RowsInMemory:
    """Counts that are one matrix in memory: one block.

    Parameters
    ----------
    X : csr_matrix of float64
        The counts, in canonical form.
    """

    def __init__(self, X: sp.csr_matrix) -> None:
        self.X = X
        self.n_features = X.shape[1]
        self.n_entries = X.nnz
        self.bounds = np.array([0, X.shape[0]], np.int64)

    @cached_property
    def damped(self) -> sp.csr_matrix:
        """The counts as the linear start sees them."""
        return dampen(self.X)

    @cached_property
    def compact(self) -> sp.csr_matrix:
        """``damped`` without columns that are in no row, as most of a prior's are."""
        present = np.bincount(self.X.indices, minlength=self.n_features) > 0
        if present.all():
            return self.damped
        return take_columns(self.damped, np.flatnonzero(present))

    def map(
        self,
        function: Callable[..., _Result],
        *shared: Any,
        rows: Sequence[NDArray[Any]] = (),
    ) -> Iterator[_Result]:
        """Yield what a function returns for all rows."""
        yield function(self.X, *rows, *shared)

    def sum(
        self,
        function: Callable[..., Sums],
        *shared: Any,
        rows: Sequence[NDArray[Any]] = (),
    ) -> Sums:
        """Return what a function returns for all rows."""
        return function(self.X, *rows, *shared)

    def beside(self, other: "RowsInMemory") -> "RowsInMemory":
        """Return the rows of both."""
        return RowsInMemory(sp.vstack([self.X, other.X], format="csr"))


class LearningRows(NamedTuple):
    """Rows to learn from, wherever they are: counts, classes 0 to n-1, weights."""

    blocks: Any
    y: NDArray[Any]
    n_classes: int
    weight: NDArray[np.float64]

    @classmethod
    def of(
        cls, blocks: Any, y: NDArray[Any], of_class: NDArray[np.float64]
    ) -> "LearningRows":
        """Return rows that all have the weight of their class."""
        return cls(blocks, y, len(of_class), of_class[y])

    def without(self, rows: NDArray[np.int64]) -> "LearningRows":
        """Return them with a weight of 0 for some rows, which then take no part."""
        weight = self.weight.copy()
        weight[rows] = 0.0
        return self._replace(weight=weight)


class Watched(NamedTuple):
    """Validation rows of one's own: their counts, and their labels or classes."""

    blocks: Blocks
    y: Any


def results_in_order(
    submit: Callable[[int], Any], n_blocks: int, n_ahead: int
) -> Iterator[Any]:
    """Yield the results of the blocks in their order, few of them made ahead.

    Parameters
    ----------
    submit : callable
        From the number of a block to a future.
    n_blocks : int
        How many blocks there are.
    n_ahead : int
        How many results are under way at once: each may be as large as its block.
    """
    pending: deque[Any] = deque()
    for number in range(n_blocks):
        pending.append(submit(number))
        if len(pending) == n_ahead:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()


def add_sums(total: Sums | None, part: Sums) -> Sums:
    """Return the sums of two parts; the arrays of the first are changed in place."""
    if total is None:
        return part
    return tuple(_add(a, b) for a, b in zip(total, part, strict=True))


def _add(total: Any, part: Any) -> Any:
    total += part
    return total


def count_rows(blocks: Blocks) -> int:
    """Return how many rows all blocks hold."""
    return int(blocks.bounds[-1])


def gather_counts(blocks: Blocks) -> sp.csr_matrix:
    """Return the counts of all blocks as one matrix in memory."""
    return sp.vstack(list(blocks.map(_counts)), format="csr")


def map_rows(
    blocks: Blocks,
    function: Callable[..., NDArray[Any]],
    *shared: Any,
    rows: Sequence[NDArray[Any]] = (),
) -> NDArray[Any]:
    """Return what a function says of the rows of all blocks, end to end."""
    return np.concatenate(list(blocks.map(function, *shared, rows=rows)))


def row_frequency(blocks: Blocks) -> NDArray[np.int64]:
    """Return in how many rows each column is."""
    return blocks.sum(_frequency)[0]


def _counts(X: sp.csr_matrix) -> sp.csr_matrix:
    return X


def _frequency(X: sp.csr_matrix) -> Sums:
    return (np.bincount(X.indices, minlength=X.shape[1]),)
