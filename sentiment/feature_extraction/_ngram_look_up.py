"""Count the n-grams of a vocabulary in documents, with numpy.

All tokens of a block of documents go down the trie together, a level at a time. Their
keys are sorted before they are searched for, so that each search begins near the last
one and equal keys are searched for once.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment.engine import cut_into_blocks, map_parts
from sentiment.feature_extraction._vocabulary import TrieLevel, find_keys, make_keys
from sentiment.tokens import TokenLists

# Tokens looked up at once: what is sorted stays in the processor's cache.
_BLOCK = 2**18

_Ints = NDArray[np.int64]


class _Rows(NamedTuple):
    """Rows of counts end to end, and the length of each."""

    indices: NDArray[np.int32]
    counts: _Ints
    lengths: _Ints


def look_up_ngrams(
    word_of: NDArray[np.int32],
    tokens: TokenLists,
    n_words: int,
    trie: list[TrieLevel],
    n_columns: int,
) -> sp.csr_matrix:
    """Count the n-grams of a vocabulary.

    ``word_of`` holds the number of each distinct word of the tokens, and -1 where the
    vocabulary lacks it.
    """

    def look_up(first: int, last: int) -> list[_Rows]:
        edges = cut_into_blocks(tokens.offsets, first, last, _BLOCK)
        return [
            _look_up_block(word_of, tokens, start, end, n_words, trie)
            for start, end in pairwise(edges)
        ]

    parts = map_parts(look_up, tokens.offsets)
    blocks = [block for part in parts for block in part]
    indptr = np.zeros(len(tokens) + 1, np.int64)
    lengths = [block.lengths for block in blocks]
    np.cumsum(np.concatenate(lengths), out=indptr[1:])
    indices = np.concatenate([block.indices for block in blocks])
    counts = np.concatenate([block.counts for block in blocks])
    shape = (len(tokens), n_columns)
    matrix = sp.csr_matrix((counts, indices, indptr), shape=shape)
    matrix.has_sorted_indices = matrix.has_canonical_format = True
    return matrix


def _look_up_block(
    word_of: NDArray[np.int32],
    tokens: TokenLists,
    first: int,
    last: int,
    n_words: int,
    trie: list[TrieLevel],
) -> _Rows:
    offsets = tokens.offsets[first : last + 1] - tokens.offsets[first]
    ids = tokens.ids[tokens.offsets[first] : tokens.offsets[last]]
    # Behind each document stands a word that is in no vocabulary, as in fit.
    n_documents = last - first
    is_token = np.ones(len(ids) + n_documents, bool)
    is_token[offsets[1:] + np.arange(n_documents)] = False
    words = np.full(len(is_token), -1, np.int64)
    words[is_token] = word_of[ids]
    rows = np.repeat(np.arange(n_documents, dtype=np.uint64), np.diff(offsets) + 1)
    rows <<= np.uint64(32)
    places = np.flatnonzero(words >= 0)
    node = words[places]
    keys = []
    for depth, level in enumerate(trie):
        if depth:
            word = words[places + depth]
            places, node, word = places[word >= 0], node[word >= 0], word[word >= 0]
            node = _find_children(level, make_keys(node, word, n_words))
            places, node = places[node >= 0], node[node >= 0]
        column = level.columns[node]
        is_column = column >= 0
        keys.append(rows[places[is_column]] | column[is_column].astype(np.uint64))
    return _count_keys(np.concatenate(keys), n_documents)


def _find_children(level: TrieLevel, keys: _Ints) -> _Ints:
    """Return the node of each key of a level, -1 where there is none."""
    if len(keys) < 2:
        return find_keys(level.keys, keys)
    place_bits = (len(keys) - 1).bit_length()
    if int(keys.max()).bit_length() + place_bits > 63:
        return find_keys(level.keys, keys)
    packed = keys << place_bits
    packed |= np.arange(len(keys))
    packed.sort()
    order = packed & ((1 << place_bits) - 1)
    packed >>= place_bits
    is_first = np.ones(len(keys), bool)
    is_first[1:] = packed[1:] != packed[:-1]
    found = find_keys(level.keys, packed[is_first])
    node = np.empty(len(keys), np.int64)
    node[order] = found[np.cumsum(is_first) - 1]
    return node


def _count_keys(keys: NDArray[np.uint64], n_documents: int) -> _Rows:
    """Count equal pairs of a row and a column."""
    keys.sort()
    is_first = np.ones(len(keys) + 1, bool)
    is_first[1:-1] = keys[1:] != keys[:-1]
    starts = np.flatnonzero(is_first)
    distinct = keys[starts[:-1]]
    lengths = np.bincount(
        (distinct >> np.uint64(32)).astype(np.int64), minlength=n_documents
    )
    return _Rows(distinct.astype(np.uint32).view(np.int32), np.diff(starts), lengths)
