"""Rows that are so alike that a resample need not tell them apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment.evaluation._answers import Answers

N_RANKS = 250
"""Into so many parts of equal size the rows are cut by their score."""


@dataclass(frozen=True)
class Pools:
    """Which rows are taken together.

    ``number``: the pool of each row. ``positive``: whether the rows of a pool are of
    the second class. ``rank``: the part of the scores that they are in.
    """

    number: NDArray[np.intp]
    positive: NDArray[np.bool_]
    rank: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rank)

    def average(self, sums: sp.csr_matrix) -> sp.csr_matrix:
        """Return the mean of the columns, one a row, of each pool."""
        n_rows = len(self.number)
        share = 1.0 / np.bincount(self.number)
        members = sp.csr_matrix(
            (share[self.number], (np.arange(n_rows), self.number)), (n_rows, len(self))
        )
        return (sums @ members).tocsr()


def pool_rows(answers: Sequence[Answers], bins: NDArray[np.intp]) -> Pools | None:
    """Return the pools of the rows, or None where there would be hardly fewer.

    The rows of a pool have the same class, the same answer, the same bin of the
    calibration error, and scores beside each other. A resample is drawn row by
    row all the same; that each row of a pool then has the mean of their log losses, and
    is tied with the others, moves an interval by less than its last digit, and takes a
    third of the time.

    ``answers``: of one or two models, in the order of the first one's scores. ``bins``:
    of the calibration error.
    """
    first, n_rows = answers[0], len(answers[0])
    if len(answers) > 1 or len(first.classes) != 2 or n_rows < 20 * N_RANKS:
        return None
    rank = np.arange(n_rows) * N_RANKS // n_rows
    keys = [first.codes, first.chosen, bins, rank]
    joined = np.zeros(n_rows, np.int64)
    for key in keys:
        joined = np.unique(joined * (key.max() + 1) + key, return_inverse=True)[1]
    _, example, number = np.unique(joined, return_index=True, return_inverse=True)
    if len(example) > n_rows // 2:
        return None
    return Pools(number, first.codes[example] == 1, rank[example])
