"""Count n-grams in token lists with numpy: learn a vocabulary, look up in one."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment.feature_extraction._vocabulary import TrieLevel, find_keys
from sentiment.tokens import TokenLists, encode_tokens

_SPACE = 0x20


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


def count_ngrams(
    tokens: TokenLists,
    ngram_range: tuple[int, int],
    limits: tuple[int, int],
    *,
    binary: bool,
) -> NgramCounts:
    """Count the n-grams of a corpus that are in so many documents, low to high.

    No n-gram is in more documents than its parts, so a rare word is dropped with
    everything that would contain it before longer n-grams are counted.
    """
    min_documents = limits[0]
    words, word_of = _number_words(tokens)
    documents = _document_of_token(tokens)
    n_documents, n_words = len(tokens), max(len(words), 1)
    node, place = word_of.astype(np.int64), np.arange(len(word_of))
    parents, last_words, parts = [], [], []
    for order in range(1, ngram_range[1] + 1):
        if order > 1:
            place, node = _extend(place, node, word_of, documents, order)
            keys = node * n_words + word_of[place + order - 1]
            unique, node = np.unique(keys, return_inverse=True)
        else:
            unique = np.arange(len(words), dtype=np.int64)
        parents.append(unique // n_words if order > 1 else None)
        last_words.append(unique % n_words)
        counts = _to_csr(documents[place], node, (n_documents, len(unique)))
        parts.append(counts)
        if min_documents > 1:
            frequent = (
                np.bincount(counts.indices, minlength=len(unique)) >= min_documents
            )
            kept = frequent[node]
            place, node = place[kept], node[kept]
    ngrams = [
        _spell(parents, last_words, order, ngram_range[1])
        for order in range(ngram_range[0], ngram_range[1] + 1)
    ]
    counted = _in_order(words, ngrams, parts[ngram_range[0] - 1 :])
    if binary:
        counted.counts.data.fill(1)
    n_columns = counted.counts.shape[1]
    frequency = np.bincount(counted.counts.indices, minlength=n_columns)
    return counted.select((frequency >= limits[0]) & (frequency <= limits[1]))


def look_up_ngrams(
    word_of: NDArray[np.int64],
    tokens: TokenLists,
    n_words: int,
    trie: list[TrieLevel],
    n_columns: int,
) -> sp.csr_matrix:
    """Count the n-grams of a vocabulary; ``word_of`` is -1 at words it lacks."""
    documents = _document_of_token(tokens)
    place = np.flatnonzero(word_of >= 0)
    node = np.zeros(len(place), np.int64)
    rows, columns = [], []
    for depth, level in enumerate(trie):
        if depth:
            place, node = _extend(place, node, word_of, documents, depth + 1)
        word = word_of[place + depth]
        node = np.where(word >= 0, find_keys(level.keys, node * n_words + word), -1)
        place, node = place[node >= 0], node[node >= 0]
        column = level.columns[node]
        rows.append(documents[place][column >= 0])
        columns.append(column[column >= 0])
    shape = (len(tokens), n_columns)
    return _to_csr(np.concatenate(rows), np.concatenate(columns), shape)


def join_tokens(tokens: TokenLists, ngram_range: tuple[int, int]) -> TokenLists:
    """Spell each n-gram out as a token of its own.

    The slow way, for tokens that hold a space or a control character: "new york" the
    token and "new york" the bigram are then one n-gram, as they are to scikit-learn.
    """
    words = tokens.words.to_pylist()
    flat, offsets = [], [0]
    for start, end in zip(tokens.offsets[:-1], tokens.offsets[1:], strict=True):
        row = [words[i] for i in tokens.ids[start:end]]
        for order in range(ngram_range[0], ngram_range[1] + 1):
            flat += [" ".join(row[i : i + order]) for i in range(len(row) - order + 1)]
        offsets.append(len(flat))
    return encode_tokens(flat, np.array(offsets, np.int64))


def hold_spaces(words: pa.Array) -> bool:
    """Say whether a word holds a character that does not sort behind the space."""
    buffer = words.buffers()[2]
    if buffer is None or not len(words):
        return False
    first, last = words.offset, words.offset + len(words)
    offsets = np.frombuffer(words.buffers()[1], np.int32)
    text = np.frombuffer(buffer, np.uint8)[offsets[first] : offsets[last]]
    return bool((text <= _SPACE).any())


def _number_words(tokens: TokenLists) -> tuple[pa.Array, NDArray[np.int32]]:
    """Return the words in use, sorted, and the number of each token's word."""
    used = np.bincount(tokens.ids, minlength=len(tokens.words)) > 0
    order = pc.sort_indices(tokens.words).to_numpy().astype(np.int64)
    order = order[used[order]]
    number = np.full(len(tokens.words), -1, np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    return tokens.words.take(pa.array(order)), number[tokens.ids]


def _document_of_token(tokens: TokenLists) -> NDArray[np.int32]:
    return np.repeat(np.arange(len(tokens), dtype=np.int32), tokens.lengths())


def _extend(
    place: NDArray[np.int64],
    node: NDArray[np.int64],
    word_of: NDArray[np.integer],
    documents: NDArray[np.int32],
    order: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keep the starts of n-grams of this order that end in the same document."""
    end = place + order - 1
    fits = end < len(word_of)
    fits[fits] = documents[end[fits]] == documents[place[fits]]
    return place[fits], node[fits]


def _to_csr(
    rows: NDArray[np.int32], columns: NDArray[np.integer], shape: tuple[int, int]
) -> sp.csr_matrix:
    data = np.ones(len(rows), np.int64)
    counts = sp.coo_matrix((data, (rows, columns)), shape=shape).tocsr()
    counts.sum_duplicates()
    return counts


def _spell(
    parents: list[NDArray[np.int64] | None],
    last_words: list[NDArray[np.int64]],
    order: int,
    width: int,
) -> NDArray[np.int32]:
    """Return each n-gram of one order as a row of word numbers."""
    node = np.arange(len(last_words[order - 1]))
    ngrams = np.full((len(node), width), -1, np.int32)
    for depth in range(order - 1, -1, -1):
        ngrams[:, depth] = last_words[depth][node]
        parent = parents[depth]
        if parent is not None:
            node = parent[node]
    return ngrams


def _in_order(
    words: pa.Array, ngrams: list[NDArray[np.int32]], parts: list[sp.csr_matrix]
) -> NgramCounts:
    """Put the n-grams of all orders into the order of their texts."""
    table = np.concatenate(ngrams)
    if len(ngrams) == 1:
        return NgramCounts(words, table, parts[0])
    order = np.lexsort(table.T[::-1])
    position = np.empty(len(order), np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    counts = sp.hstack(parts, format="csr")
    counts = sp.csr_matrix(
        (counts.data, position[counts.indices], counts.indptr), shape=counts.shape
    )
    counts.sort_indices()
    return NgramCounts(words, table[order], counts)
