"""The rules of :class:`~sentiment.WordTokenizer`, each in one place.

What a token is, which words are negators, where a contraction falls apart, and what a
stem is. The kernel takes the negators from here; the rest it is compared with.
"""

import re
from collections.abc import Callable
from functools import cache

from sentiment.text._characters import EMOJI, SPACELESS, find_category, make_ranges

PREFIX = "NOT_"
"""Stands before a word in the scope of a negator."""

_NEGATORS = """
not no never none nobody nothing nowhere neither nor without cannot
hardly barely scarcely n't aint cant couldnt didnt doesnt dont hadnt hasnt havent
isnt shouldnt wasnt werent wont wouldnt
"""
NEGATORS = tuple(sorted(set(_NEGATORS.split())))

# is|n't, he|'s, they|'re. A word that is nothing but the ending ("'s") stays whole.
CONTRACTION = re.compile(
    r"(.+?)(n't|'(?:s|re|ve|ll|d|m))", re.IGNORECASE | re.ASCII | re.DOTALL
)

# nltk.stem.snowball.SnowballStemmer.languages, without importing NLTK.
SNOWBALL_LANGUAGES = (
    "arabic", "danish", "dutch", "english", "finnish", "french", "german", "hungarian",
    "italian", "norwegian", "porter", "portuguese", "romanian", "russian", "spanish",
    "swedish",
)  # fmt: skip

_EMOTICON = r"[:;=][-o^']?[)(\]\[DdPp/\\|*]++(?!\w)|<3+|\^_*\^"
_IS_WORD = re.compile(rf"[^\W{make_ranges(SPACELESS)}]")
_STARTS_WORD = re.compile(r"\w")


@cache
def compile_token_patterns(
    *, apostrophes: bool, punctuation: str | None
) -> tuple[re.Pattern[str], re.Pattern[str]]:
    r"""Compile the patterns whose matches are the tokens.

    Both find the same tokens in a text of ASCII characters; the first is several times
    faster there, and cannot be used on any other text.

    Notes
    -----
    Python's ``\w`` leaves out combining marks, which would cut Hindi, Arabic or
    decomposed French inside a word; they are added. Control and format characters
    are no tokens: they separate.
    """
    marks, spaceless = make_ranges(find_category("M")), make_ranges(SPACELESS)
    letters = rf"[^\W{spaceless}]"
    word = rf"{letters}+(?:[{marks}]+{letters}*)*"
    ascii_word = r"\w+"
    if apostrophes:
        word, ascii_word = (rf"{one}(?:'{one})*" for one in (word, ascii_word))
    kinds = [word, rf"[{spaceless}](?<=\w)[{marks}]*"]
    ascii_kinds = [ascii_word]
    if punctuation == "all":
        ascii_kinds.append(r"[^\w\s\x00-\x1f\x7f]")
        invisible = make_ranges(find_category("Cf"))
        kinds.append(rf"[^\w\s{marks}{invisible}\x00-\x1f\x7f-\x9f]")
    elif punctuation == "emphatic":
        ascii_kinds = [_EMOTICON, ascii_word, "[!?]"]
        kinds = [_EMOTICON, *kinds, rf"[!?！？{make_ranges(EMOJI)}]"]
    return re.compile("|".join(ascii_kinds), re.ASCII), re.compile("|".join(kinds))


def is_word(token: str) -> bool:
    """Say whether a token is a word: no mark, no character of a spaceless script."""
    return _IS_WORD.match(token) is not None


def starts_word(token: str) -> bool:
    r"""Say whether the first character of a token matches ``\w``."""
    return _STARTS_WORD.match(token) is not None


def is_negator(token: str) -> bool:
    """Say whether a token turns what follows around, whatever its case."""
    # No negator holds a k, the one letter that is the lower case of a character outside
    # ASCII (the Kelvin sign) too.
    lower = token.lower()
    return lower in NEGATORS or lower.endswith("n't")


@cache
def make_stemmer(language: str) -> Callable[[str], str]:
    """Return what makes the stem of a word; punctuation stays as it is.

    The algorithms of NLTK's Snowball stemmers are code, not data: nothing is
    downloaded.
    """
    from nltk.stem.snowball import SnowballStemmer

    stem = SnowballStemmer(language).stem

    def stem_word(word: str) -> str:
        # Of a word that is nothing but an ending, such as the Russian "ь", nothing is
        # left.
        return stem(word) or word if word[:1].isalpha() else word

    return stem_word
