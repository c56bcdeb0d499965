"""Cut ASCII text into tokens with numpy: a table look-up for each byte, no loop.

A byte is inside a word or not; where that changes, words begin and end::

    it's ok!
    11110110    inside a word: letters, digits, "_", and "'" between two of them
    00000001    a symbol, a token of its own
    ^    ^ ^    a token begins
       ^  ^^    a token ends
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sentiment.preprocessing._compiled_text import WordRules, text_buffers
from sentiment.tokens import TokenLists

_APOSTROPHE = 0x27


def _make_table(pattern: str) -> NDArray[np.bool_]:
    match = re.compile(pattern, re.ASCII).match
    return np.array([byte < 128 and bool(match(chr(byte))) for byte in range(256)])


_IS_LETTER = _make_table(r"\w")
_IS_SYMBOL = _make_table(r"[^\w\s\x00-\x1f\x7f]")


def find_ascii(texts: pa.Array) -> NDArray[np.bool_]:
    """Say of each document whether it holds ASCII characters only."""
    data, offsets = text_buffers(texts)
    text = data[offsets[0] : offsets[-1]]
    foreign = np.flatnonzero(text >= 0x80) + offsets[0]
    return np.diff(np.searchsorted(foreign, offsets)) == 0


def cut_ascii(texts: pa.Array, rules: WordRules) -> tuple[pa.Array, NDArray[np.int64]]:
    """Return the tokens of ASCII documents, end to end, and the number of each."""
    data, offsets = text_buffers(texts)
    text = data[offsets[0] : offsets[-1]]
    offsets = offsets - offsets[0]
    if not len(text):
        return pa.array([], pa.string()), np.zeros(len(texts), np.int64)
    begins, ends = _find_tokens(text, offsets, rules)
    lengths = np.diff(np.searchsorted(begins, offsets))
    # Every other string is what lies between two tokens.
    edges = np.empty(2 * len(begins) + 1, np.int32)
    edges[0:-1:2], edges[1::2], edges[-1] = begins, ends, len(text)
    buffers = [None, pa.py_buffer(edges), pa.py_buffer(text)]
    pieces = pa.Array.from_buffers(pa.string(), len(edges) - 1, buffers)
    return pieces.take(pa.array(np.arange(0, len(edges) - 1, 2))), lengths


def _find_tokens(
    text: NDArray[np.uint8], offsets: NDArray[np.int64], rules: WordRules
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    inside = _IS_LETTER[text]
    # Where documents begin: a word does not go on there.
    is_first = np.zeros(len(text) + 1, bool)
    is_first[offsets] = True
    if rules.apostrophes:
        place = np.flatnonzero(text == _APOSTROPHE)
        place = place[(place > 0) & (place < len(text) - 1)]
        joins = inside[place - 1] & inside[place + 1]
        joins &= ~is_first[place] & ~is_first[place + 1]
        inside = inside.copy()
        inside[place[joins]] = True
    begins = inside.copy()
    begins[1:] &= ~inside[:-1] | is_first[1:-1]
    ends = inside.copy()
    ends[:-1] &= ~inside[1:] | is_first[1:-1]
    if rules.symbols:
        symbols = _IS_SYMBOL[text] & ~inside
        begins |= symbols
        ends |= symbols
    first, last = np.flatnonzero(begins), np.flatnonzero(ends) + 1
    if rules.min_length > 1:
        kept = last - first >= rules.min_length
        kept |= ~inside[first]
        first, last = first[kept], last[kept]
    return first, last


class Block(NamedTuple):
    """The coded tokens of some documents, end to end, and the number of each."""

    tokens: pa.DictionaryArray
    lengths: NDArray[np.int64]


def cut_block(
    texts: pa.Array,
    rules: WordRules | None,
    finders: tuple[Callable[[str], list[str]], Callable[[str], list[str]]],
) -> Block:
    """Cut documents: those in ASCII with the table, the others with a pattern.

    Without ``rules``, ``finders`` cut them all: the first those in ASCII.
    """
    is_ascii = find_ascii(texts)
    tabled = np.flatnonzero(is_ascii) if rules is not None else np.empty(0, np.int64)
    others = np.flatnonzero(~is_ascii) if rules is not None else np.arange(len(texts))
    found = [
        finders[0 if is_ascii[row] else 1](text)
        for row, text in zip(
            others, texts.take(pa.array(others)).to_pylist(), strict=True
        )
    ]
    flat = pa.array([token for row in found for token in row], pa.string())
    lengths = np.zeros(len(texts), np.int64)
    lengths[others] = [len(row) for row in found]
    if not len(tabled):
        return Block(flat.dictionary_encode(), lengths)
    assert rules is not None
    tokens, lengths[tabled] = cut_ascii(texts.take(pa.array(tabled)), rules)
    coded = pa.concat_arrays([tokens, flat]).dictionary_encode()
    if len(others):
        rows = np.concatenate([tabled, others])
        order = np.argsort(np.repeat(rows, lengths[rows]), kind="stable")
        coded = coded.take(pa.array(order))
    return Block(coded, lengths)


def join_blocks(blocks: list[Block]) -> TokenLists:
    """Make one of the blocks that documents were cut in."""
    coded = pa.chunked_array([block.tokens for block in blocks]).combine_chunks()
    lengths = np.concatenate([block.lengths for block in blocks])
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return TokenLists(coded.indices.to_numpy(), offsets, coded.dictionary)
