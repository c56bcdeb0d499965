"""Count the n-grams of a corpus with numpy, by sorting.

Each token as the rank of its word, from 1, and a 0 behind each document, where its
n-grams end. A number in this array is a *place*::

    place  0 1 2  3 4
    rank   2 1 0  1 0          "good film", "film"

A *run* is the places that share their next words: it is an n-gram. One sort makes the
runs of n + 1 words from those of n. Its keys hold, from the highest bits::

    run | next word | place

so that runs come out in the order of their texts, and the documents of a run in theirs.
Sorting 64-bit integers is what numpy does fastest: 16 ns for each of 6 million keys,
where a counting sort takes 35 and ``numpy.unique`` of texts 900. The first words are
taken in blocks, so that a sort and what follows it stay in the processor's cache and
the keys within 64 bits.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment.engine import map_parts
from sentiment.feature_extraction._ngram_look_up import look_up_ngrams
from sentiment.feature_extraction._vocabulary import TrieLevel
from sentiment.tokens import TokenLists

# Places sorted at once: measured from 2**16 to 2**22, the fastest on a 1 MB cache.
_BLOCK = 2**19

_Ints = NDArray[np.int64]


class NgramCounts(NamedTuple):
    """Counts of every n-gram of a corpus, in the order of their texts."""

    words: pa.Array
    ngrams: NDArray[np.int32]
    counts: sp.csr_matrix

    def select(self, wanted: NDArray[np.bool_]) -> "NgramCounts":
        """Return only the n-grams where ``wanted`` is true."""
        if wanted.all():
            return self
        # As counts[:, wanted], without the index arithmetic for columns in any order.
        kept = wanted[self.counts.indices]
        number = np.cumsum(wanted, dtype=self.counts.indices.dtype) - 1
        before = np.zeros(len(kept) + 1, self.counts.indptr.dtype)
        np.cumsum(kept, out=before[1:])
        counts = sp.csr_matrix(
            (
                self.counts.data[kept],
                number[self.counts.indices[kept]],
                before[self.counts.indptr],
            ),
            shape=(self.counts.shape[0], int(wanted.sum())),
        )
        counts.has_sorted_indices = counts.has_canonical_format = True
        return NgramCounts(self.words, self.ngrams[wanted], counts)


class _Corpus(NamedTuple):
    """The arrays of the drawing above, and the document of each place."""

    ranks: NDArray[np.int32]
    documents: NDArray[np.int32]
    n_documents: int


class _Runs(NamedTuple):
    """The n-grams of one length in a block, and the documents of each."""

    parents: _Ints  # the run of the words but the last, one level up
    words: _Ints  # the last word
    wanted: NDArray[np.bool_]  # is a column
    frequency: _Ints  # number of documents
    documents: NDArray[np.int32]  # of all runs, end to end
    counts: NDArray[np.int32]  # in each of these documents


def count_ngrams(
    tokens: TokenLists,
    ngram_range: tuple[int, int],
    limits: tuple[int, int],
    *,
    binary: bool,
) -> NgramCounts:
    """Count the n-grams of a corpus that are in so many documents, low to high.

    No n-gram is in more documents than its parts, so a rare word is dropped with
    everything that would begin with it before longer n-grams are counted.
    """
    words, rank_of = _rank_words(tokens)
    if ngram_range[1] == 1:
        counted = _count_words(tokens, words, rank_of - 1)
        if binary:
            counted.counts.data.fill(1)
        frequency = np.bincount(counted.counts.indices, minlength=len(words))
        return counted.select((frequency >= limits[0]) & (frequency <= limits[1]))
    blocks = _count_blocks(tokens, rank_of, ngram_range, limits, binary=binary)
    ngrams = np.concatenate([block[0] for block in blocks])
    counts = sp.hstack([block[1] for block in blocks], format="csr")
    del blocks
    counts.data = counts.data.astype(np.int64)
    counts.has_sorted_indices = counts.has_canonical_format = True
    return NgramCounts(words, ngrams, counts)


def _count_blocks(
    tokens: TokenLists,
    rank_of: NDArray[np.int32],
    ngram_range: tuple[int, int],
    limits: tuple[int, int],
    *,
    binary: bool,
) -> list[tuple[NDArray[np.int32], sp.csr_matrix]]:
    """Return the n-grams and counts of each block of first words, in their order."""
    corpus = _lay_out(tokens, rank_of)

    def count(first: int, last: int) -> list[tuple[NDArray[np.int32], sp.csr_matrix]]:
        return [
            _count_block(corpus, places, ngram_range, limits, binary=binary)
            for places in _cut_into_blocks(corpus.ranks, first + 1, last + 1)
        ]

    frequency = np.bincount(corpus.ranks)[1:]
    parts = map_parts(count, np.concatenate([[0], np.cumsum(frequency)]))
    return [block for part in parts for block in part]


def _rank_words(tokens: TokenLists) -> tuple[pa.Array, NDArray[np.int32]]:
    """Return the words in use, sorted, and the rank of each word of the table."""
    used = np.bincount(tokens.ids, minlength=len(tokens.words)) > 0
    order = pc.sort_indices(tokens.words).to_numpy().astype(np.int64)
    order = order[used[order]]
    rank_of = np.zeros(len(tokens.words), np.int32)
    rank_of[order] = np.arange(1, len(order) + 1, dtype=np.int32)
    return tokens.words.take(pa.array(order)), rank_of


def _count_words(
    tokens: TokenLists, words: pa.Array, number_of: NDArray[np.int32]
) -> NgramCounts:
    """Count single words: all there is to learn is their order."""
    columns = np.arange(len(words), dtype=np.int32)
    trie = [TrieLevel(columns.astype(np.int64), columns)]
    counts = look_up_ngrams(number_of, tokens, len(words), trie, len(words))
    return NgramCounts(words, columns[:, None], counts)


def _lay_out(tokens: TokenLists, rank_of: NDArray[np.int32]) -> _Corpus:
    n_documents = len(tokens)
    is_token = np.ones(len(tokens.ids) + n_documents, bool)
    is_token[tokens.offsets[1:] - tokens.offsets[0] + np.arange(n_documents)] = False
    ranks = np.zeros(len(is_token), np.int32)
    ranks[is_token] = rank_of[tokens.ids]
    documents = np.repeat(np.arange(n_documents, dtype=np.int32), tokens.lengths() + 1)
    return _Corpus(ranks, documents, n_documents)


def _cut_into_blocks(
    ranks: NDArray[np.int32], first: int, last: int
) -> list[NDArray[np.int32]]:
    """Return the places of the words of each block, in their order."""
    places = np.flatnonzero((ranks >= first) & (ranks < last)).astype(np.int32)
    if len(places) <= _BLOCK:
        return [places]
    frequency = np.bincount(ranks[places] - first, minlength=last - first)
    ends = np.cumsum(frequency)
    # A word that is more frequent than a block is large has a block of its own.
    block_of_word = ((ends - frequency) // _BLOCK).astype(np.int16)
    block_of = block_of_word[ranks[places] - first]
    # Of 16-bit integers, a stable sort is a counting sort.
    order = np.argsort(block_of, kind="stable")
    edges = np.flatnonzero(np.diff(block_of[order])) + 1
    return np.split(places[order], edges)


def _count_block(
    corpus: _Corpus,
    places: NDArray[np.int32],
    ngram_range: tuple[int, int],
    limits: tuple[int, int],
    *,
    binary: bool,
) -> tuple[NDArray[np.int32], sp.csr_matrix]:
    """Count the n-grams that begin at these places: neighbours in order of words."""
    levels: list[_Runs] = []
    run: _Ints = np.zeros(len(places), np.int64)
    documents = corpus.documents[places]
    for order in range(1, ngram_range[1] + 1):
        word = corpus.ranks[places + (order - 1)]
        if order > 1:
            kept = word > 0
            if limits[0] > 1:
                kept &= levels[-1].frequency[run] >= limits[0]
            places, documents = places[kept], documents[kept]
            run, word = run[kept], word[kept]
        runs, run = _sort_runs(run, word, documents)
        within = (runs.frequency >= limits[0]) & (runs.frequency <= limits[1])
        wanted = within & (order >= ngram_range[0])
        levels.append(runs._replace(wanted=wanted))
    return _make_columns(levels, corpus.n_documents, binary=binary)


def _sort_runs(
    run: _Ints, word: NDArray[np.int32], documents: NDArray[np.int32]
) -> tuple[_Runs, _Ints]:
    """Cut runs by their next words; return the new ones, and that of each place."""
    order, run_sorted, word_sorted = _sort_pairs(run, word)
    n = len(order)
    is_first = np.ones(n + 1, bool)
    is_first[1:-1] = run_sorted[1:] != run_sorted[:-1]
    is_first[1:-1] |= word_sorted[1:] != word_sorted[:-1]
    document = documents[order]
    is_entry = is_first.copy()
    is_entry[1:-1] |= document[1:] != document[:-1]
    starts = np.flatnonzero(is_first)[:-1]
    entries = np.flatnonzero(is_entry)
    run_of = np.empty(n, np.int64)
    run_of[order] = np.cumsum(is_first[:-1]) - 1
    bounds = np.append(np.cumsum(is_entry[:-1])[starts] - 1, len(entries) - 1)
    return (
        _Runs(
            parents=run_sorted[starts],
            words=word_sorted[starts],
            wanted=np.ones(len(starts), bool),
            frequency=np.diff(bounds),
            documents=document[entries[:-1]],
            counts=np.diff(entries).astype(np.int32),
        ),
        run_of,
    )


def _sort_pairs(run: _Ints, word: NDArray[np.int32]) -> tuple[_Ints, _Ints, _Ints]:
    """Sort by run, then word, then place; return the order and both, sorted."""
    n = len(run)
    place_bits = np.uint64(max(n - 1, 1).bit_length())
    word_bits = np.uint64(int(word.max(initial=1)).bit_length())
    run_bits = int(run.max(initial=1)).bit_length()
    if run_bits + int(word_bits) + int(place_bits) > 64:
        order = np.lexsort((word, run))
        return order, run[order], word[order].astype(np.int64)
    keys = run.astype(np.uint64) << word_bits
    keys |= word.astype(np.uint64)
    keys <<= place_bits
    keys |= np.arange(n, dtype=np.uint64)
    keys.sort()
    one = np.uint64(1)
    order = (keys & ((one << place_bits) - one)).astype(np.int64)
    keys >>= place_bits
    words = (keys & ((one << word_bits) - one)).astype(np.int64)
    return order, (keys >> word_bits).astype(np.int64), words


def _make_columns(
    levels: list[_Runs], n_documents: int, *, binary: bool
) -> tuple[NDArray[np.int32], sp.csr_matrix]:
    """Put the wanted runs of all lengths into the order of their texts."""
    columns = _number_columns(levels)
    n_columns = sum(int(level.wanted.sum()) for level in levels)
    table = np.full((n_columns, len(levels)), -1, np.int32)
    frequency = np.zeros(n_columns + 1, np.int64)
    for depth, (level, column) in enumerate(zip(levels, columns, strict=True)):
        run = np.flatnonzero(level.wanted)
        frequency[column[run] + 1] = level.frequency[run]
        for above in range(depth, -1, -1):
            table[column[level.wanted], above] = levels[above].words[run] - 1
            run = levels[above].parents[run]
    indptr = np.cumsum(frequency)
    rows = np.empty(indptr[-1], np.int32)
    data = np.empty(indptr[-1], np.int32)
    for level, column in zip(levels, columns, strict=True):
        kept = np.repeat(level.wanted, level.frequency)
        size = level.frequency[level.wanted]
        begin = np.cumsum(size) - size
        at = np.repeat(indptr[column[level.wanted]] - begin, size)
        at += np.arange(len(at))
        rows[at], data[at] = level.documents[kept], level.counts[kept]
    if binary:
        data.fill(1)
    shape = (n_documents, n_columns)
    return table, sp.csc_matrix((data, rows, indptr), shape=shape).tocsr()


def _number_columns(levels: list[_Runs]) -> list[_Ints]:
    """Return the column of each run: those that begin with it follow it.

    A run with all that begin with it is a tree; its column is what stands before it.
    """
    sizes: list[_Ints] = [level.wanted.astype(np.int64) for level in levels]
    for depth in range(len(levels) - 1, 0, -1):
        below = np.bincount(levels[depth].parents, sizes[depth], len(sizes[depth - 1]))
        sizes[depth - 1] += below.astype(np.int64)
    columns = [np.cumsum(sizes[0]) - sizes[0]]
    for depth in range(1, len(levels)):
        parents, before = levels[depth].parents, np.cumsum(sizes[depth]) - sizes[depth]
        is_eldest = np.ones(len(parents), bool)
        is_eldest[1:] = parents[1:] != parents[:-1]
        first = np.maximum.accumulate(np.where(is_eldest, before, 0))
        start = columns[-1][parents] + levels[depth - 1].wanted[parents]
        columns.append(start + before - first)
    return columns
