"""Mark the words that a negator turns around."""

from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sentiment.engine import load_kernel
from sentiment.preprocessing._compiled_text import make_word_table
from sentiment.preprocessing._word_pattern import start_like_words
from sentiment.tokens import TokenLists, make_words, word_buffers

PREFIX = "NOT_"

_NEGATORS = """
not no never none nobody nothing nowhere neither nor without cannot
hardly barely scarcely n't aint cant couldnt didnt doesnt dont hadnt hasnt havent
isnt shouldnt wasnt werent wont wouldnt
"""
NEGATORS = tuple(sorted(set(_NEGATORS.split())))


def find_negators(words: pa.Array) -> NDArray[np.bool_]:
    """Say of each word whether it turns what follows around, whatever its case."""
    # No negator holds a k, the one letter that is the lower case of a character outside
    # ASCII (the Kelvin sign) too: looking at ASCII is enough.
    lower = pc.ascii_lower(words)
    listed = pc.is_in(lower, value_set=pa.array(NEGATORS, words.type))
    negators = pc.or_(listed, pc.ends_with(lower, "n't"))
    return negators.to_numpy(zero_copy_only=False)


def find_negation_scope(tokens: TokenLists, scope: int) -> np.ndarray:
    """Say of each token whether it is among the ``scope`` words after a negator.

    Punctuation is neither prefixed nor counted and does not end a scope; a negator
    inside a scope is not prefixed and starts a new one. A scope ends with its
    document.
    """
    kernel = load_kernel()
    if kernel is not None:
        negators = make_word_table(kernel, NEGATORS)
        kinds = kernel.word_kinds(*word_buffers(tokens.words), negators)
        return kernel.find_scope(tokens.ids, tokens.offsets, kinds, scope).view(bool)
    is_word = start_like_words(tokens.words)
    negators = find_negators(tokens.words)
    negator = negators[tokens.ids]
    counted = (is_word & ~negators)[tokens.ids]
    position = np.cumsum(counted)
    # The place of the last negator at or before each token, or a place before its
    # document when there is none.
    last = np.maximum.accumulate(np.where(negator, np.arange(len(negator)), -1))
    first = np.repeat(tokens.offsets[:-1], tokens.lengths())
    return counted & (last >= first) & (position - position[last] <= scope)


def prefix_negated(tokens: TokenLists, inside: NDArray[np.bool_]) -> TokenLists:
    """Prefix the tokens where ``inside`` is true with ``NOT_``."""
    kernel = load_kernel()
    if kernel is not None:
        return _prefix_compiled(kernel, tokens, inside)
    n_words = len(tokens.words)
    affected = np.zeros(n_words, bool)
    affected[tokens.ids[inside]] = True
    prefix = pa.scalar(PREFIX, tokens.words.type)
    turned = tokens.words.filter(pa.array(affected))
    prefixed = pc.binary_join_element_wise(prefix, turned, "")
    table = pa.concat_arrays([tokens.words, prefixed])
    new_id = n_words - 1 + np.cumsum(affected, dtype=np.int32)
    ids = np.where(inside, new_id[tokens.ids], tokens.ids).astype(np.int32)
    marked = TokenLists(ids, tokens.offsets, table)
    if pc.any(pc.starts_with(tokens.words, PREFIX)).as_py():
        # A document itself holds "NOT_good": with_words makes equal words one.
        return marked.with_words(table)
    return marked


def _prefix_compiled(
    kernel: ModuleType, tokens: TokenLists, inside: NDArray[np.bool_]
) -> TokenLists:
    prefix = np.frombuffer(PREFIX.encode(), np.uint8)
    ids, text, starts, is_known = kernel.prefix_tokens(
        tokens.ids, inside.view(np.uint8), *word_buffers(tokens.words), prefix
    )
    marked = TokenLists(ids, tokens.offsets, make_words(text, starts))
    # A document itself holds "NOT_good": with_words makes equal words one.
    return marked.with_words(marked.words) if is_known else marked
