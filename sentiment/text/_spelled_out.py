"""N-grams of tokens that hold spaces: each is spelled out as a token of its own."""

import numpy as np
import pyarrow as pa

from sentiment.documents import text_buffers
from sentiment.tokens import TokenLists, encode_tokens

_SPACE = 0x20


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
    text, starts = text_buffers(words)
    return bool((text[starts[0] : starts[-1]] <= _SPACE).any())
