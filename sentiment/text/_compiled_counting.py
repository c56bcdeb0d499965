"""From tokens to counts with the compiled kernel: a corpus, or a vocabulary in it."""

from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment._sparse import make_csr
from sentiment.text import reference
from sentiment.text._counts import NgramCounts
from sentiment.text._kernel_loading import kernel, make_table, running_total
from sentiment.text._spelled_out import hold_spaces, join_tokens
from sentiment.text._vocabulary import join_ngrams
from sentiment.threads import map_parts
from sentiment.tokens import TokenLists

# A place in the corpus is 32 bits of a sort key, and an int32 in numpy's arrays.
LIMIT = 2**31


def count(
    tokens: TokenLists,
    ngram_range: tuple[int, int],
    limits: tuple[int, int],
    *,
    binary: bool,
) -> NgramCounts:
    """Count the n-grams of a corpus that are in low to high documents."""
    ranks, order = kernel.rank_words(*tokens.buffers(), tokens.ids)
    try:
        padded, documents, frequency = kernel.pad_ranks(
            tokens.ids, tokens.offsets, ranks, len(order), LIMIT
        )
    except kernel.Declined:
        return reference.count(tokens, ngram_range, limits, binary=binary)
    # Of ranks, not of documents; rank 0 is the end of a document, and no word.
    work = np.cumsum(frequency)

    def count_part(first: int, last: int) -> Any:
        return kernel.count(
            padded, documents, frequency, first + 1, last + 1, len(tokens),
            *ngram_range, *limits,
        )  # fmt: skip

    parts = map_parts(count_part, work)
    ngrams = [part[3] for part in parts]
    counts = _make_rows(parts, len(tokens), binary=binary)
    words = tokens.words.take(pa.array(order))
    return NgramCounts(
        words, ngrams[0] if len(ngrams) == 1 else np.concatenate(ngrams), counts
    )


def _make_rows(parts: list[Any], n_documents: int, *, binary: bool) -> sp.csr_matrix:
    """Fill the rows: each part its columns, behind those of the parts before it."""
    lengths = np.stack([part[4] for part in parts])
    indptr = running_total(lengths.sum(axis=0))
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
    return make_csr(data, indices, indptr, (n_documents, int(n_columns[-1])))


class KernelLookup:
    """Counts the n-grams of a vocabulary: a hash table and a trie.

    ``words``: the words of the vocabulary. ``ngrams``: numbers of words, padded with
    -1.
    """

    def __init__(self, words: pa.Array, ngrams: NDArray[np.int32]) -> None:
        self._words, self._ngrams = words, ngrams
        self.table = make_table(words)
        self.trie = kernel.Trie(np.ascontiguousarray(ngrams, np.int32), len(words))

    def count(
        self, tokens: TokenLists, ngram_range: tuple[int, int], *, binary: bool
    ) -> sp.csr_matrix:
        """Count the n-grams of the vocabulary in each document."""
        if self.is_spelled_out(ngram_range) or hold_spaces(tokens.words):
            names = join_ngrams(self._words, self._ngrams)
            columns = np.arange(len(names), dtype=np.int32)
            spelled_out = KernelLookup(names, columns[:, None])
            return spelled_out._look_up(join_tokens(tokens, ngram_range), binary)
        return self._look_up(tokens, binary)

    def _look_up(self, tokens: TokenLists, binary: bool) -> sp.csr_matrix:
        numbers = self.table.find_words(*tokens.buffers())
        parts = map_parts(
            lambda first, last: self.trie.look_up(
                tokens.ids, tokens.offsets, first, last, numbers, binary
            ),
            tokens.offsets,
        )
        return self.join(parts)

    def is_spelled_out(self, ngram_range: tuple[int, int]) -> bool:
        """Say whether each n-gram of the vocabulary is one word, with its spaces."""
        return self._ngrams.shape[1] < ngram_range[1]

    def join(self, parts: list[Any]) -> sp.csr_matrix:
        """Make a matrix of the rows that the kernel has counted."""
        indices, counts, lengths = (
            column[0] if len(column) == 1 else np.concatenate(column)
            for column in zip(*parts, strict=True)
        )
        indptr = running_total(lengths)
        shape = len(lengths), self.trie.n_columns
        return make_csr(counts.astype(np.int64), indices, indptr, shape)
