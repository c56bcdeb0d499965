"""N-grams of tokens that hold spaces: each is spelled out as a token of its own."""

import numpy as np
import pyarrow as pa

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
    buffer = words.buffers()[2]
    if buffer is None or not len(words):
        return False
    first, last = words.offset, words.offset + len(words)
    offsets = np.frombuffer(words.buffers()[1], np.int32)
    text = np.frombuffer(buffer, np.uint8)[offsets[first] : offsets[last]]
    return bool((text <= _SPACE).any())
