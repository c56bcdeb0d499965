"""Cut text into tokens with numpy: a table look-up for each byte, no loop.

Each byte of the UTF-8 text gets the kind of its character. Where a run of letters
begins or ends is an *edge*; edges are begins and ends in turn, so that each token, and
each gap between two, is a string of one Arrow array::

    it's ok!
    11110112    kind: letter (also "'" between two of them), symbol, or neither
    ^   ^^ ^^   edges: 0 4 5 7 7 8
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sentiment.preprocessing._compiled_text import WordRules, text_buffers
from sentiment.preprocessing._word_pattern import SPACELESS, find_category
from sentiment.tokens import TokenLists

_APOSTROPHE = 0x27
_LETTER, _SYMBOL, _OTHER = 1, 2, 3
# Characters below are in the table: the alphabets, and punctuation. A document with one
# from here on, or with a combining mark, goes through the pattern.
_LIMIT = 0x3000

_Ints = NDArray[np.int64]


@cache
def classify_characters(*, plain: bool) -> NDArray[np.uint8]:
    """Return the kind of each character, as the patterns see it."""
    characters = list(map(chr, range(_LIMIT)))
    letters = np.fromiter(map(str.isalnum, characters), bool, _LIMIT)
    letters[ord("_")] = True
    if plain:
        return letters * np.uint8(_LETTER)
    spaces = np.fromiter(map(str.isspace, characters), bool, _LIMIT)
    kinds = np.where(letters, np.uint8(_LETTER), np.uint8(_SYMBOL))
    kinds[spaces] = 0
    for first, last in ((0, 0x1F), (0x7F, 0x9F), *find_category("Cf")):
        kinds[first : last + 1] = 0
    for first, last in (*find_category("M"), *SPACELESS):
        kinds[first : last + 1] = _OTHER
    return kinds


class _Foreign(NamedTuple):
    """The characters of a text that are not ASCII."""

    places: _Ints
    sizes: _Ints
    points: _Ints


def _decode(text: NDArray[np.uint8]) -> _Foreign:
    """Decode what is not ASCII; four bytes are all taken for the limit."""
    places = np.flatnonzero(text >= 0xC0)
    lead = text[places].astype(np.int64)
    sizes = 2 + (lead >= 0xE0) + (lead >= 0xF0)
    second, third = (
        text.take(places + i, mode="clip").astype(np.int64) & 0x3F for i in (1, 2)
    )
    points = np.where(
        sizes == 2,
        (lead & 0x1F) << 6 | second,
        (lead & 0xF) << 12 | second << 6 | third,
    )
    return _Foreign(places, sizes, np.where(sizes == 4, _LIMIT, points))


def find_tabled(texts: pa.Array, rules: WordRules) -> NDArray[np.bool_]:
    """Say of each document whether the table knows all its characters."""
    data, offsets = text_buffers(texts)
    foreign = _decode(data[offsets[0] : offsets[-1]])
    kinds = np.append(classify_characters(plain=rules.plain), np.uint8(_OTHER))
    unknown = kinds[np.minimum(foreign.points, _LIMIT)] == _OTHER
    places = foreign.places[unknown] + offsets[0]
    return np.diff(np.searchsorted(places, offsets)) == 0


def _cut_tabled(texts: pa.Array, rules: WordRules) -> tuple[pa.Array, _Ints]:
    """Return the tokens of documents, end to end, and the number of each."""
    data, offsets = text_buffers(texts)
    text = data[offsets[0] : offsets[-1]]
    offsets = offsets - offsets[0]
    if not len(text):
        return pa.array([], pa.string()), np.zeros(len(texts), np.int64)
    edges = _find_edges(text, offsets, rules)
    lengths = np.diff(np.searchsorted(edges[::2], offsets))
    bounds = np.append(edges, len(text)).astype(np.int32)
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(text)]
    pieces = pa.Array.from_buffers(pa.string(), len(edges), buffers)
    return pieces.take(pa.array(np.arange(0, len(edges), 2))), lengths


def _find_edges(text: NDArray[np.uint8], offsets: _Ints, rules: WordRules) -> _Ints:
    """Return where tokens begin and end, in turn."""
    kinds = classify_characters(plain=rules.plain)
    of_byte = np.zeros(256, np.uint8)
    of_byte[:128] = kinds[:128]
    kind = of_byte.take(text)
    foreign = _decode(text)
    for i in range(3):
        has = foreign.sizes > i
        kind[foreign.places[has] + i] = kinds[foreign.points[has]]
    # Where a document begins that is not the first, and is not empty.
    begins = np.unique(offsets[(offsets > 0) & (offsets < len(text))])
    if rules.apostrophes:
        place = np.flatnonzero(text == _APOSTROPHE)
        place = place[(place > 0) & (place < len(text) - 1)]
        joins = (kind[place - 1] == _LETTER) & (kind[place + 1] == _LETTER)
        joins &= ~np.isin(place, begins) & ~np.isin(place + 1, begins)
        kind[place[joins]] = _LETTER
    inside = np.zeros(len(text) + 2, bool)
    np.equal(kind, _LETTER, out=inside[1:-1])
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    # A word of one document that touches a word of the next.
    touching = begins[inside[begins] & inside[begins + 1]]
    touching = np.repeat(touching, 2)
    edges = np.insert(edges, np.searchsorted(edges, touching), touching)
    if rules.min_length > 1:
        edges = _drop_short(edges, foreign, rules.min_length)
    if rules.symbols:
        place = np.flatnonzero((kind == _SYMBOL) & ((text < 0x80) | (text >= 0xC0)))
        size = 1 + (text[place] >= 0xC0) + (text[place] >= 0xE0)
        edges = np.sort(np.concatenate([edges, place, place + size]))
    return edges


def _drop_short(edges: _Ints, foreign: _Foreign, min_length: int) -> _Ints:
    """Drop words of fewer characters."""
    begins, ends = edges[::2], edges[1::2]
    lengths = ends - begins
    word = np.searchsorted(begins, foreign.places, side="right") - 1
    inside = word >= 0
    inside[inside] = foreign.places[inside] < ends[word[inside]]
    np.subtract.at(lengths, word[inside], foreign.sizes[inside] - 1)
    return edges.reshape(-1, 2).compress(lengths >= min_length, axis=0).ravel()


class Block(NamedTuple):
    """The coded tokens of some documents, end to end, and the number of each."""

    tokens: pa.DictionaryArray
    lengths: _Ints


def cut_block(
    texts: pa.Array,
    rules: WordRules | None,
    make_finder: Callable[[], Callable[[str], list[str]]],
) -> Block:
    """Cut documents: with the table where it knows all characters, else by a pattern.

    The pattern is asked for when it is needed: to compile one takes 20 ms. Without
    ``rules`` it cuts all documents.
    """
    is_tabled = np.zeros(len(texts), bool)
    if rules is not None:
        is_tabled = find_tabled(texts, rules)
        if is_tabled.all():
            tokens, lengths = _cut_tabled(texts, rules)
            return Block(tokens.dictionary_encode(), lengths)
    find = make_finder()
    others = np.flatnonzero(~is_tabled)
    found = [find(text) for text in texts.take(pa.array(others)).to_pylist()]
    flat = pa.array([token for row in found for token in row], pa.string())
    lengths = np.zeros(len(texts), np.int64)
    lengths[others] = [len(row) for row in found]
    tabled = np.flatnonzero(is_tabled)
    if not len(tabled):
        return Block(flat.dictionary_encode(), lengths)
    assert rules is not None
    tokens, lengths[tabled] = _cut_tabled(texts.take(pa.array(tabled)), rules)
    coded = pa.concat_arrays([tokens, flat]).dictionary_encode()
    rows = np.concatenate([tabled, others])
    order = np.argsort(np.repeat(rows, lengths[rows]), kind="stable")
    return Block(coded.take(pa.array(order)), lengths)


def join_blocks(blocks: list[Block]) -> TokenLists:
    """Make one of the blocks that documents were cut in."""
    coded = pa.chunked_array([block.tokens for block in blocks]).combine_chunks()
    lengths = np.concatenate([block.lengths for block in blocks])
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return TokenLists(coded.indices.to_numpy(), offsets, coded.dictionary)
