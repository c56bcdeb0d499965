"""From text to counts: the rules, and two engines that follow them to the bit.

``_cleaning`` and ``_cutting`` hold each rule once; ``reference`` follows them in plain
Python; ``compiled`` with the kernel, whose sources are in ``kernel/``.
:func:`sentiment.engine.load_engine` chooses.
"""

from sentiment.text._cleaning import TAG, Edit, cleaning_rules
from sentiment.text._counts import NgramCounts, find_frequent
from sentiment.text._cutting import NEGATORS, PREFIX, SNOWBALL_LANGUAGES
from sentiment.text._delimited import GOOD, OTHER_WIDTH, SPANS, TEXT_BEHIND, UNCLOSED
from sentiment.text._spelled_out import hold_spaces, join_tokens
from sentiment.text._vocabulary import (
    Vocabulary,
    check_vocabulary,
    drop_unused_words,
    find_words,
    join_ngrams,
    pack_words,
    unpack_words,
)
from sentiment.text.reference import find_tokens, mark_tokens

__all__ = [
    "GOOD", "NEGATORS", "OTHER_WIDTH", "PREFIX", "SNOWBALL_LANGUAGES", "SPANS", "TAG",
    "TEXT_BEHIND", "UNCLOSED", "Edit", "NgramCounts", "Vocabulary", "check_vocabulary",
    "cleaning_rules", "drop_unused_words", "find_frequent", "find_tokens", "find_words",
    "hold_spaces", "join_ngrams", "join_tokens", "mark_tokens", "pack_words",
    "unpack_words",
]  # fmt: skip
