"""Mark the words that a negator turns around."""

import re

import numpy as np
import pyarrow as pa

from sentiment.tokens import TokenLists

PREFIX = "NOT_"

_NEGATORS = """
not no never none nobody nothing nowhere neither nor without cannot
hardly barely scarcely n't aint cant couldnt didnt doesnt dont hadnt hasnt havent
isnt shouldnt wasnt werent wont wouldnt
"""
NEGATORS = frozenset(_NEGATORS.split())
_WORD = re.compile(r"\w")


def is_negator(word: str) -> bool:
    """Say whether a word turns what follows around, whatever its case."""
    word = word.lower()
    return word in NEGATORS or word.endswith("n't")


def find_negation_scope(tokens: TokenLists, scope: int) -> np.ndarray:
    """Say of each token whether it is among the ``scope`` words after a negator.

    Punctuation is neither prefixed nor counted and does not end a scope; a negator
    inside a scope is not prefixed and starts a new one. A scope ends with its
    document.
    """
    words = tokens.words.to_pylist()
    negator = np.fromiter(map(is_negator, words), bool, len(words))[tokens.ids]
    word = np.fromiter((bool(_WORD.match(w)) for w in words), bool, len(words))
    counted = word[tokens.ids] & ~negator
    position = np.cumsum(counted)
    # The place of the last negator at or before each token, or a place before its
    # document when there is none.
    last = np.maximum.accumulate(np.where(negator, np.arange(len(negator)), -1))
    first = np.repeat(tokens.offsets[:-1], tokens.lengths())
    return counted & (last >= first) & (position - position[last] <= scope)


def prefix_negated(tokens: TokenLists, inside: np.ndarray) -> TokenLists:
    """Prefix the tokens where ``inside`` is true with ``NOT_``."""
    words = tokens.words.to_pylist()
    affected = np.unique(tokens.ids[inside])
    new_id = np.full(len(words), -1, np.int32)
    new_id[affected] = len(words) + np.arange(len(affected), dtype=np.int32)
    ids = np.where(inside, new_id[tokens.ids], tokens.ids)
    table = pa.array(words + [PREFIX + words[i] for i in affected], pa.string())
    # A document may itself hold "NOT_good": with_words makes equal words one.
    return TokenLists(ids, tokens.offsets, table).with_words(table)
