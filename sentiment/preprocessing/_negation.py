"""Mark the words that a negator turns around."""

from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sentiment.engine import load_kernel
from sentiment.preprocessing._word_pattern import start_like_words
from sentiment.tokens import TokenLists, make_words, word_buffers

PREFIX = "NOT_"

NEGATORS = frozenset(
    """
    not no never none nobody nothing nowhere neither nor without cannot
    hardly barely scarcely n't aint cant couldnt didnt doesnt dont hadnt hasnt havent
    isnt shouldnt wasnt werent wont wouldnt
    """.split()
)
_NOT_A_WORD, _WORD, _NEGATOR = 0, 1, 2


def find_negators(words: pa.Array) -> NDArray[np.bool_]:
    """Say of each word whether it turns what follows around, whatever its case."""
    # No negator holds a k, the one letter that is the lower case of a character outside
    # ASCII (the Kelvin sign) too: looking at ASCII is enough.
    lower = pc.ascii_lower(words)
    listed = pc.is_in(lower, value_set=pa.array(sorted(NEGATORS), words.type))
    negators = pc.or_(listed, pc.ends_with(lower, "n't"))
    return negators.to_numpy(zero_copy_only=False)


def mark_negation_scope(tokens: TokenLists, scope: int) -> TokenLists:
    """Prefix the ``scope`` words after each negator with ``NOT_``.

    Punctuation is neither prefixed nor counted and does not end a scope; a negator
    inside a scope is not prefixed and starts a new one. A scope ends with its
    document.
    """
    if not len(tokens.words):
        return tokens
    kernel = load_kernel()
    if kernel is not None:
        return _mark_compiled(kernel, tokens, scope)
    kinds = np.where(start_like_words(tokens.words), _WORD, _NOT_A_WORD).astype(
        np.uint8
    )
    kinds[find_negators(tokens.words)] = _NEGATOR
    ids, affected = _mark(tokens.ids, tokens.offsets, kinds, scope)
    return _prefix(tokens, ids, np.flatnonzero(affected))


def _mark_compiled(kernel: ModuleType, tokens: TokenLists, scope: int) -> TokenLists:
    text, starts = word_buffers(tokens.words)
    kinds = kernel.word_kinds(text, starts, _negator_table(kernel))
    ids, affected = kernel.mark_scope(tokens.ids, tokens.offsets, kinds, scope)
    prefix = np.frombuffer(PREFIX.encode(), np.uint8)
    text, starts, number, is_known = kernel.prefix_words(text, starts, affected, prefix)
    kernel.renumber(ids, number, ids, 0)
    marked = TokenLists(ids, tokens.offsets, make_words(text, starts))
    # A document itself holds "NOT_good": with_words makes equal words one.
    return marked.with_words(marked.words) if is_known else marked


@cache
def _negator_table(kernel: ModuleType) -> Any:
    words = [negator.encode() for negator in sorted(NEGATORS)]
    table = kernel.WordTable(len(words))
    starts = np.cumsum([0, *map(len, words)])
    table.add_words(np.frombuffer(b"".join(words), np.uint8), starts)
    return table


def _mark(
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    kinds: NDArray[np.integer],
    scope: int,
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Make word i n_words + i where it stands in a scope; say which words do."""
    negator = (kinds == _NEGATOR)[ids]
    counted = (kinds == _WORD)[ids]
    position = np.cumsum(counted)
    # The place of the last negator at or before each token, or a place before its
    # document when there is none.
    places = np.where(negator, np.arange(len(ids)), -1)
    last = np.maximum.accumulate(places) if len(places) else places
    first = np.repeat(offsets[:-1], np.diff(offsets))
    inside = counted & (last >= first) & (position - position[last] <= scope)
    affected = np.zeros(len(kinds), bool)
    affected[ids[inside]] = True
    return np.where(inside, ids + np.int32(len(kinds)), ids), affected


def _prefix(
    tokens: TokenLists, ids: NDArray[np.int32], affected: NDArray[np.int64]
) -> TokenLists:
    """Give the words numbered n_words + i a place of their own in the table."""
    n_words = len(tokens.words)
    prefixed = pc.binary_join_element_wise(
        pa.scalar(PREFIX, tokens.words.type), tokens.words.take(pa.array(affected)), ""
    )
    table = pa.concat_arrays([tokens.words, prefixed])
    number = np.full(2 * n_words, -1, np.int32)
    number[:n_words] = np.arange(n_words)
    number[n_words + affected] = n_words + np.arange(len(affected))
    marked = TokenLists(number[ids], tokens.offsets, table)
    if pc.any(pc.starts_with(tokens.words, PREFIX)).as_py():
        # A document itself holds "NOT_good": with_words makes equal words one.
        return marked.with_words(table)
    return marked
