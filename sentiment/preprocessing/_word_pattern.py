"""The regular expressions behind the rules of :class:`WordTokenizer`."""

import re
import unicodedata
from functools import cache

import numpy as np
import pyarrow as pa
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
_EMOJI = ((0x2600, 0x27BF), (0x1F300, 0x1FAFF))
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
_WORD = re.compile(r"\w")
_EMOTICON = r"[:;=][-o^']?[)(\]\[DdPp/\\|*]++(?!\w)|<3+|\^_*\^"


@cache
def compile_token_patterns(
    *, apostrophes: bool, punctuation: str | None
) -> tuple[re.Pattern[str], re.Pattern[str]]:
    r"""Compile the patterns whose matches are the tokens.

    Returns
    -------
    ascii_pattern, pattern : tuple of Pattern
        They find the same tokens in a text of ASCII characters; the first is several
        times faster there, and cannot be used on any other text.

    Notes
    -----
    Python's ``\w`` leaves out combining marks, which would cut Hindi, Arabic or
    decomposed French inside a word; they are added. Control and format characters
    are no tokens: they separate.
    """
    marks, spaceless = _ranges(find_category("M")), _ranges(SPACELESS)
    letters = rf"[^\W{spaceless}]"
    word = rf"{letters}+(?:[{marks}]+{letters}*)*"
    ascii_word = r"\w+"
    if apostrophes:
        word, ascii_word = (rf"{one}(?:'{one})*" for one in (word, ascii_word))
    kinds = [word, rf"[{spaceless}](?<=\w)[{marks}]*"]
    ascii_kinds = [ascii_word]
    if punctuation == "all":
        ascii_kinds.append(r"[^\w\s\x00-\x1f\x7f]")
        invisible = _ranges(find_category("Cf"))
        kinds.append(rf"[^\w\s{marks}{invisible}\x00-\x1f\x7f-\x9f]")
    elif punctuation == "emphatic":
        ascii_kinds = [_EMOTICON, ascii_word, "[!?]"]
        kinds = [_EMOTICON, *kinds, rf"[!?！？{_ranges(_EMOJI)}]"]
    return re.compile("|".join(ascii_kinds), re.ASCII), re.compile("|".join(kinds))


def start_like_words(words: pa.Array) -> NDArray[np.bool_]:
    r"""Say of each word whether its first character matches ``\w``."""
    match = _WORD.match
    return np.array([match(word) is not None for word in words.to_pylist()], bool)


def is_word(token: str) -> bool:
    """Say whether a token is a word: no mark, no character of a spaceless script."""
    return _IS_WORD.match(token) is not None


def _ranges(ranges: tuple[tuple[int, int], ...]) -> str:
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


_IS_WORD = re.compile(rf"[^\W{_ranges(SPACELESS)}]")
