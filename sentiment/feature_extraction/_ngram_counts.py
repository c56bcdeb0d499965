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
    node: NDArray[np.integer] = np.zeros(len(word_of), np.int32)
    place: NDArray[np.integer] = np.arange(len(word_of), dtype=np.int32)
    parents: list[NDArray[np.integer] | None] = []
    last_words: list[NDArray[np.integer]] = []
    parts = []
    for order in range(1, ngram_range[1] + 1):
        if order > 1:
            place, node = _extend(place, node, word_of, documents, order)
        n_nodes = len(last_words[-1]) if order > 1 else 1
        groups = _group(node, word_of[place + order - 1], n_nodes, n_words)
        parents.append(groups.parents if order > 1 else None)
        last_words.append(groups.words)
        counts = _count_groups(groups, documents[place], n_documents)
        parts.append(counts)
        node = groups.group
        if min_documents > 1:
            frequency = np.bincount(counts.indices, minlength=counts.shape[1])
            frequent = frequency >= min_documents
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
    place: NDArray[np.integer] = np.flatnonzero(word_of >= 0)
    node: NDArray[np.integer] = np.zeros(len(place), np.int64)
    rows, columns = [], []
    for depth, level in enumerate(trie):
        if depth:
            place, node = _extend(place, node, word_of, documents, depth + 1)
        word = word_of[place + depth]
        known = word >= 0
        place, node, word = place[known], node[known], word[known]
        node = _find_children(level, node, word, n_words)
        place, node = place[node >= 0], node[node >= 0]
        column = level.columns[node]
        rows.append(documents[place][column >= 0])
        columns.append(column[column >= 0])
    shape = (len(tokens), n_columns)
    return _to_csr(np.concatenate(rows), np.concatenate(columns), shape)


def _find_children(
    level: TrieLevel,
    node: NDArray[np.integer],
    word: NDArray[np.integer],
    n_words: int,
) -> NDArray[np.int64]:
    """Return the node of each pair of a prefix and a word, or -1."""
    n_nodes = int(level.keys[-1] // n_words) + 1 if len(level.keys) else 1
    n_nodes = max(n_nodes, int(node.max(initial=0)) + 1)
    if len(node) < (n_nodes + n_words) // 8:
        return find_keys(level.keys, node.astype(np.int64) * n_words + word)
    # Many: search for the distinct pairs only, in order, each near the last.
    groups = _group(node.astype(np.int32), word.astype(np.int32), n_nodes, n_words)
    keys = groups.parents.astype(np.int64) * n_words + groups.words
    return find_keys(level.keys, keys)[groups.group]


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
    place: NDArray[np.integer],
    node: NDArray[np.integer],
    word_of: NDArray[np.integer],
    documents: NDArray[np.int32],
    order: int,
) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """Keep the starts of n-grams of this order that end in the same document."""
    end = place + order - 1
    fits = end < len(word_of)
    fits[fits] = documents[end[fits]] == documents[place[fits]]
    return place[fits], node[fits]


class _Groups(NamedTuple):
    """Pairs of a prefix and a word, sorted, equal ones as one group."""

    order: NDArray[np.int32]
    bounds: NDArray[np.int32]
    group: NDArray[np.int32]
    parents: NDArray[np.integer]
    words: NDArray[np.integer]


def _group(
    node: NDArray[np.integer], word: NDArray[np.integer], n_nodes: int, n_words: int
) -> _Groups:
    """Sort pairs by node, then word, and number the distinct ones."""
    order = _sort(np.arange(len(word), dtype=np.int32), word, n_words)
    if n_nodes > 1:
        order = _sort(order, node[order], n_nodes)
    node, word = node[order], word[order]
    is_first = np.ones(len(order) + 1, bool)
    is_first[1:-1] = (node[1:] != node[:-1]) | (word[1:] != word[:-1])
    group = np.empty(len(order), np.int32)
    group[order] = np.cumsum(is_first[:-1], dtype=np.int32) - 1
    bounds = np.flatnonzero(is_first).astype(np.int32)
    return _Groups(order, bounds, group, node[bounds[:-1]], word[bounds[:-1]])


def _sort(
    items: NDArray[np.int32], keys: NDArray[np.integer], n_keys: int
) -> NDArray[np.int32]:
    """Sort items by keys from 0 to n_keys - 1; stable.

    Scipy turns rows into columns by a counting sort: on 6 million keys it takes a
    fifth of the time of a comparison sort.
    """
    row = sp.csr_matrix((items, keys, [0, len(items)]), shape=(1, n_keys))
    return row.tocsc().data


def _count_groups(
    groups: _Groups, documents: NDArray[np.int32], n_documents: int
) -> sp.csr_matrix:
    """Count the pairs of each group in each document."""
    ones = np.ones(len(documents), np.int64)
    shape = (n_documents, len(groups.words))
    columns = sp.csc_matrix((ones, documents[groups.order], groups.bounds), shape=shape)
    counts = columns.tocsr()
    # Turned around, rows come out sorted, with equal columns side by side.
    counts.has_sorted_indices = True
    counts.sum_duplicates()
    return counts


def _to_csr(
    rows: NDArray[np.int32], columns: NDArray[np.integer], shape: tuple[int, int]
) -> sp.csr_matrix:
    data = np.ones(len(rows), np.int64)
    if len(rows) < shape[1] // 8:
        counts = sp.coo_matrix((data, (rows, columns)), shape=shape).tocsr()
        counts.sum_duplicates()
        return counts
    # By columns first: a counting sort each way, in the place of sorting each row.
    return sp.coo_matrix((data, (rows, columns)), shape=shape).tocsc().tocsr()


def _spell(
    parents: list[NDArray[np.integer] | None],
    last_words: list[NDArray[np.integer]],
    order: int,
    width: int,
) -> NDArray[np.int32]:
    """Return each n-gram of one order as a row of word numbers."""
    node: NDArray[np.integer] = np.arange(len(last_words[order - 1]))
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
    return NgramCounts(words, table[order], counts.tocsc().tocsr())
