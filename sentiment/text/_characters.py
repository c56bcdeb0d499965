"""What Python's own tables say of each character, as the rules need it."""

import re
import unicodedata
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Scripts written without spaces between words: each character is a token, as in the
# word boundaries of UAX #29, which leaves finding words to a dictionary. Ours are the
# n-grams.
SPACELESS = (
    (0x0E00, 0x0E7F),  # Thai
    (0x0E80, 0x0EFF),  # Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # hiragana, katakana
    (0x3400, 0x4DBF),  # Han, extension A
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han, compatibility
    (0x20000, 0x3FFFF),  # Han, further extensions
)
EMOJI = ((0x2600, 0x27BF), (0x1F300, 0x1FAFF))
# Where marks and format characters lie: not among Han, Hangul and Tangut, which are
# tens of thousands of letters, nor behind the variation selectors.
_MARKED = (
    range(0x80, 0x3400), range(0xA000, 0xAC00), range(0xD7A4, 0x17000),
    range(0x18B00, 0x20000), range(0xE0000, 0xE01F0),
)  # fmt: skip
# Read with the module, in 14 ms: the first document after loading need not wait for it.
_POINTS = np.concatenate([np.arange(part.start, part.stop) for part in _MARKED])
_KINDS = np.frombuffer(
    "".join(map(unicodedata.category, map(chr, _POINTS.tolist()))).encode(), np.uint8
).reshape(-1, 2)


def make_ranges(ranges: tuple[tuple[int, int], ...]) -> str:
    """Return ranges of code points as they stand in a set of a regular expression."""
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


@cache
def find_category(name: str) -> tuple[tuple[int, int], ...]:
    """Return a category of this Python's Unicode tables, as ranges of code points.

    "M" are the combining marks; "Cf" are invisible: joiners, direction marks, tags.
    """
    letters = np.frombuffer(name.encode(), np.uint8)
    found = _POINTS[(_KINDS[:, : len(letters)] == letters).all(axis=1)]
    last = np.append(np.diff(found) > 1, True)
    first = np.insert(last[:-1], 0, True)
    return tuple(zip(found[first].tolist(), found[last].tolist(), strict=True))


# The classes of the kernel, as bits; see characters.pyx.
_WORD, _SPACELESS, _MARK, _SYMBOL, _SPACE = 1, 2, 4, 8, 16
_N_CLASSES, _N_LOWER = 0x40000, 0x1F000
# Lower case of two characters, and one that depends on its neighbours: the kernel
# declines both.
_UNEVEN = "\u0130\u03a3"


class CharacterTables(NamedTuple):
    """The class and the lower case of each code point, for the kernel."""

    classes: NDArray[np.uint8]
    lower: NDArray[np.uint32]
    late: list[tuple[int, int, int]]


def make_tables() -> CharacterTables:
    """Make the kernel's tables of what ``re``, ``str`` and ``unicodedata`` say."""
    classes = np.full(_N_CLASSES, _SYMBOL, np.uint8)
    classes[:0x20] = classes[0x7F:0xA0] = 0
    text = _decode(np.arange(_N_CLASSES))
    for match in re.finditer(r"\s+", text):
        classes[match.start() : match.end()] = _SPACE
    for match in re.finditer(r"\w+", text):
        classes[match.start() : match.end()] = _WORD
    late = []
    for name, kind in (("M", _MARK), ("Cf", 0)):
        for first, last in find_category(name):
            classes[first : last + 1] = kind
            if last >= _N_CLASSES:
                late.append((max(first, _N_CLASSES), last, kind))
    for first, last in SPACELESS:
        classes[first : last + 1] |= _SPACELESS
    lower = np.arange(_N_LOWER, dtype=np.uint32)
    even = np.delete(lower, [ord(letter) for letter in _UNEVEN])
    lower[even] = np.frombuffer(
        _decode(even).lower().encode("utf-32-le", "surrogatepass"), np.uint32
    )
    return CharacterTables(classes, lower, late)


def _decode(points: NDArray[Any]) -> str:
    return points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
