"""Count n-grams with the compiled kernel: the arrays on either side of it."""

from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment._sparse import make_csr
from sentiment.engine import map_parts
from sentiment.feature_extraction._ngram_counts import NgramCounts
from sentiment.tokens import TokenLists, word_buffers

# A place in the corpus is 32 bits of a sort key, and an int32 in numpy's arrays.
LIMIT = 2**31


def count_ngrams(
    kernel: ModuleType,
    tokens: TokenLists,
    ngram_range: tuple[int, int],
    limits: tuple[int, int],
    *,
    binary: bool,
) -> NgramCounts:
    """Count the n-grams of a corpus that are in low to high documents.

    Raises ``kernel.Declined`` where a sort key would overflow.
    """
    ranks, order = kernel.rank_words(*word_buffers(tokens.words), tokens.ids)
    padded, documents, frequency = kernel.pad_ranks(
        tokens.ids, tokens.offsets, ranks, len(order), LIMIT
    )
    # Of ranks, not of documents; rank 0 is the end of a document, and no word.
    work = np.cumsum(frequency)

    def count(first: int, last: int) -> Any:
        return kernel.count(
            padded, documents, frequency, first + 1, last + 1, len(tokens),
            *ngram_range, *limits,
        )  # fmt: skip

    parts = map_parts(count, work)
    ngrams = [part[3] for part in parts]
    counts = _make_rows(kernel, parts, len(tokens), binary=binary)
    words = tokens.words.take(pa.array(order))
    return NgramCounts(
        words, ngrams[0] if len(ngrams) == 1 else np.concatenate(ngrams), counts
    )


def _make_rows(
    kernel: ModuleType, parts: list[Any], n_documents: int, *, binary: bool
) -> sp.csr_matrix:
    """Fill the rows: each part its columns, behind those of the parts before it."""
    lengths = np.stack([part[4] for part in parts])
    indptr = np.zeros(n_documents + 1, np.int64)
    np.cumsum(lengths.sum(axis=0), out=indptr[1:])
    n_columns = np.cumsum([0] + [len(part[1]) for part in parts])
    indices = np.empty(indptr[-1], np.int32)
    data = np.empty(indptr[-1], np.int64)
    cursors = indptr[:-1] + np.cumsum(lengths, axis=0) - lengths

    def fill(first: int, last: int) -> None:
        for i in range(first, last):
            places, starts, sizes = parts[i][:3]
            kernel.fill_rows(
                places, starts, sizes, n_columns[i], cursors[i], indices, data, binary
            )

    work = np.cumsum([0] + [len(part[0]) for part in parts])
    map_parts(fill, work)
    return _join_rows(data, indices, indptr, int(n_columns[-1]))


class Lookup:
    """The vocabulary as the kernel searches it: a hash table and a trie."""

    def __init__(
        self,
        kernel: ModuleType,
        words: NDArray[np.uint8],
        word_offsets: NDArray[np.int64],
        ngrams: NDArray[np.int32],
    ) -> None:
        n_words = len(word_offsets) - 1
        self.kernel = kernel
        self.table = kernel.WordTable(n_words)
        self.table.add_words(words, word_offsets)
        self.trie = kernel.Trie(np.ascontiguousarray(ngrams, np.int32), n_words)

    def count(self, tokens: TokenLists, *, binary: bool) -> sp.csr_matrix:
        """Count the n-grams of the vocabulary in each document."""
        words = word_buffers(tokens.words)
        return self.count_ids(tokens.ids, tokens.offsets, words, binary=binary)

    def count_ids(
        self,
        ids: NDArray[np.int32],
        offsets: NDArray[np.int64],
        words: Any,
        *,
        binary: bool,
    ) -> sp.csr_matrix:
        """Count; ``words`` are the bytes of all words, and the offsets in them."""
        numbers = self.table.find_words(*words)
        parts = map_parts(
            lambda first, last: self.trie.look_up(
                ids, offsets, first, last, numbers, binary
            ),
            offsets,
        )
        indptr = np.zeros(len(offsets), np.int64)
        if len(parts) == 1:
            indices, counts, lengths = parts[0]
            np.cumsum(lengths, out=indptr[1:])
            counts = counts.astype(np.int64)
            return _join_rows(counts, indices, indptr, self.trie.n_columns)
        np.cumsum(np.concatenate([part[2] for part in parts]), out=indptr[1:])
        indices, counts = np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.int64)
        at = np.cumsum([0] + [len(part[0]) for part in parts])

        def copy(first: int, last: int) -> None:
            for i in range(first, last):
                self.kernel.copy_part(parts[i][0], parts[i][1], indices, counts, at[i])

        map_parts(copy, at)
        return _join_rows(counts, indices, indptr, self.trie.n_columns)


def _join_rows(
    data: NDArray[np.int64],
    indices: NDArray[np.int32],
    indptr: NDArray[np.int64],
    n_columns: int,
) -> sp.csr_matrix:
    if indptr[-1] <= np.iinfo(np.int32).max:
        indptr = indptr.astype(np.int32)
    else:
        indices = indices.astype(np.int64)
    return make_csr(data, indices, indptr, (len(indptr) - 1, n_columns))
