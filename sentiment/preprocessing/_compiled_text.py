"""Clean and cut text with the compiled kernel: the arrays on either side of it."""

from collections.abc import Callable
from functools import lru_cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sentiment.engine import map_parts
from sentiment.tokens import TokenLists, make_words


class WordRules(NamedTuple):
    r"""What a token is, to the kernel.

    ``plain`` words are runs of ``\w``, as in scikit-learn; the others follow the rules
    of WordTokenizer.
    """

    plain: bool
    apostrophes: bool
    symbols: bool
    min_length: int


# The default pattern of CountVectorizer and its relatives. At both ends of a greedy run
# of word characters there is a boundary anyway.
PLAIN_PATTERNS = {
    r"(?u)\b\w\w+\b": 2,
    r"\b\w\w+\b": 2,
    r"\w\w+": 2,
    r"(?u)\b\w+\b": 1,
    r"\b\w+\b": 1,
    r"(?u)\w+": 1,
    r"\w+": 1,
}


def clean_texts(
    kernel: ModuleType,
    texts: pa.Array,
    options: int,
    clean_one: Callable[[str], str],
) -> pa.Array:
    """Clean documents; those that the kernel declines go through ``clean_one``."""
    data, offsets = text_buffers(texts)
    parts = map_parts(
        lambda first, last: kernel.clean(data, offsets, first, last, options), offsets
    )
    if len(parts) == 1 and (not len(texts) or parts[0][1].min() >= 0):
        return _make_texts(*parts[0])
    sizes = np.concatenate([part[1] for part in parts])
    declined = np.flatnonzero(sizes < 0)
    known = [clean_one(texts[int(row)].as_py()).encode() for row in declined]
    sizes[declined] = [len(text) for text in known]
    text = np.empty(int(sizes.sum()), np.uint8)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    first = 0
    for cleaned, part_sizes in parts:
        kernel.spread(cleaned, part_sizes, starts[first:], text)
        first += len(part_sizes)
    for row, one in zip(declined, known, strict=True):
        text[starts[row] : starts[row + 1]] = np.frombuffer(one, np.uint8)
    return _make_texts(text, sizes)


def cut_texts(kernel: ModuleType, texts: pa.Array, rules: WordRules) -> TokenLists:
    """Cut documents into tokens."""
    data, offsets = text_buffers(texts)
    parts = map_parts(
        lambda first, last: kernel.tokenize(data, offsets, first, last, *rules), offsets
    )
    lengths = [part[1] for part in parts]
    token_offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.concatenate(lengths), out=token_offsets[1:])
    ids, _, table = parts[0]
    if len(parts) > 1:
        ids = np.empty(token_offsets[-1], np.int32)
        ids[: len(parts[0][0])] = parts[0][0]
        at = len(parts[0][0])
        for part_ids, _, part_table in parts[1:]:
            kernel.renumber(part_ids, table.add_table(part_table), ids, at)
            at += len(part_ids)
    return TokenLists(ids, token_offsets, make_words(*table.words()))


@lru_cache(maxsize=16)
def make_word_table(kernel: ModuleType, words: tuple[str, ...]) -> Any:
    """Return words as the kernel searches them."""
    encoded = [word.encode() for word in words]
    table = kernel.WordTable(len(words))
    offsets = np.cumsum([0, *map(len, encoded)])
    table.add_words(np.frombuffer(b"".join(encoded), np.uint8), offsets)
    return table


def text_buffers(texts: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the bytes of an Arrow ``large_string`` array and the offsets in them."""
    _, offsets, data = texts.buffers()
    if not len(texts) or offsets is None:
        return np.zeros(1, np.uint8), np.zeros(1, np.int64)
    starts = np.frombuffer(offsets, np.int64)[
        texts.offset : texts.offset + len(texts) + 1
    ]
    if data is None or not data.size:
        return np.zeros(1, np.uint8), starts
    return np.frombuffer(data, np.uint8), starts


def _make_texts(text: NDArray[np.uint8], sizes: NDArray[np.int64]) -> pa.Array:
    offsets = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.large_string(), len(sizes), buffers)
