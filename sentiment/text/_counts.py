"""What is found in a corpus: its n-grams, and how often each is in each document."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment._arrays import Array, Flags
from sentiment._sparse import take_columns


def find_frequent(totals: Array, limit: int) -> Flags:
    """Say which n-grams are among so many with the highest counts."""
    # The very expression of scikit-learn: its sort is not stable, and ties at the
    # limit must fall the same way.
    strongest = (-totals).argsort()[:limit]
    wanted = np.zeros(len(totals), bool)
    wanted[strongest] = True
    return wanted


class NgramCounts(NamedTuple):
    """Counts of every n-gram of a corpus, in the order of their texts.

    Attributes
    ----------
    words : Array of str
        The words in use, sorted.
    ngrams : ndarray of int32 of shape (n_ngrams, max_n)
        Each n-gram as numbers of words, padded with -1.
    counts : csr_matrix of shape (n_documents, n_ngrams)
        With sorted indices.
    """

    words: pa.Array
    ngrams: NDArray[np.int32]
    counts: sp.csr_matrix

    def most_frequent(self, limit: int | None) -> "NgramCounts":
        """Return so many n-grams at most, those with the highest counts."""
        if limit is None or len(self.ngrams) <= limit:
            return self
        totals = np.asarray(self.counts.sum(axis=0)).ravel()
        return self.select(find_frequent(totals, limit))

    def select(self, wanted: Flags) -> "NgramCounts":
        """Return only the n-grams where ``wanted`` is true."""
        if wanted.all():
            return self
        counts = take_columns(self.counts, np.flatnonzero(wanted))
        return NgramCounts(self.words, self.ngrams[wanted], counts)
