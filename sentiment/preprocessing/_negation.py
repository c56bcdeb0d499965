"""Mark the words that a negator turns around."""

import re

import numpy as np
import pyarrow as pa

from sentiment.tokens import TokenLists

PREFIX = "NOT_"

NEGATORS = frozenset(
    """
    not no never none nobody nothing nowhere neither nor without cannot
    hardly barely scarcely n't aint cant couldnt didnt doesnt dont hadnt hasnt havent
    isnt shouldnt wasnt werent wont wouldnt
    """.split()
)
_WORD = re.compile(r"\w")


def is_negator(word: str) -> bool:
    """Say whether a word turns what follows around, whatever its case."""
    word = word.lower()
    return word in NEGATORS or word.endswith("n't")


def mark_negation_scope(tokens: TokenLists, scope: int) -> TokenLists:
    """Prefix the ``scope`` words after each negator with ``NOT_``.

    Punctuation is neither prefixed nor counted and does not end a scope; a negator
    inside a scope is not prefixed and starts a new one. A scope ends with its
    document.
    """
    words = tokens.words.to_pylist()
    if not words:
        return tokens
    negator = np.fromiter(map(is_negator, words), bool, len(words))[tokens.ids]
    word = np.fromiter((bool(_WORD.match(w)) for w in words), bool, len(words))
    counted = word[tokens.ids] & ~negator
    position = np.cumsum(counted)
    # The place of the last negator at or before each token, or a place before its
    # document when there is none.
    places = np.where(negator, np.arange(len(tokens.ids)), -1)
    last = np.maximum.accumulate(places) if len(places) else places
    first = np.repeat(tokens.offsets[:-1], tokens.lengths())
    inside = counted & (last >= first) & (position - position[last] <= scope)
    return _prefix(tokens, inside, words)


def _prefix(tokens: TokenLists, inside: np.ndarray, words: list[str]) -> TokenLists:
    affected = np.unique(tokens.ids[inside])
    new_id = np.full(len(words), -1, np.int32)
    new_id[affected] = len(words) + np.arange(len(affected), dtype=np.int32)
    ids = np.where(inside, new_id[tokens.ids], tokens.ids)
    table = pa.array(words + [PREFIX + words[i] for i in affected], pa.string())
    # A document may itself hold "NOT_good": with_words makes equal words one.
    return TokenLists(ids, tokens.offsets, table).with_words(table)
