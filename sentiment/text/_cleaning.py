"""The rules of :class:`~sentiment.TextCleaner`, each in one place.

A rule says what it changes twice over, from one definition: as a function of a text,
for cleaning, and as single edits with their places, for explanations. The kernel takes
its quotes from here and is compared with these rules character by character.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sentiment.text._normal_form import normalise

Edit = tuple[int, int, str]
"""The places from and to of some characters, and what becomes of them."""

# A tag starts with a letter, "/" or "!--", so "I <3 it" keeps its heart. It stops at
# the next "<": without that, a text of a million "<a" would take quadratic time.
TAG = re.compile(r"<(?:!--|/?[A-Za-z])[^<>]*>")
# Python refuses to read a number of thousands of digits, as html.unescape would.
_LONG_NUMBER = re.compile(r"&#([0-9]{8,});?")
# What html.unescape takes for an entity, by the standard of HTML 5. A numeric one never
# gives a surrogate: it maps those to U+FFFD.
_ENTITY = re.compile(r"&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)")
# At the start of a word only: "Awww...so cute" holds no link. An accent belongs to the
# word before it.
_URL = re.compile(r"(?:https?://|(?<![\w\u0300-\u036f])www\.)[^\s<>\"]+", re.IGNORECASE)
STRAIGHT = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "ʼ": "'", "′": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"',
}  # fmt: skip
_CURLY = re.compile("[" + "".join(STRAIGHT) + "]")
_FOREIGN = re.compile(r"[^\x00-\x7f]")


class Rule(NamedTuple):
    """One change of a text.

    ``clean``: from a text to the changed one. ``edits``: from a text to the edits that
    change it, in their order.
    """

    clean: Callable[[str], str]
    edits: Callable[[str], Iterator[Edit]]


def cleaning_rules(cleaner: Any) -> tuple[Rule, ...]:
    """Return the rules that a cleaner asks for, in their order."""
    return _list_rules(
        cleaner.html,
        cleaner.form,
        cleaner.straighten_quotes,
        cleaner.urls,
        cleaner.lowercase,
    )


@lru_cache(maxsize=64)
def _list_rules(
    html: bool, form: Any, straighten_quotes: bool, urls: str, lowercase: bool
) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    if html:
        rules += _HTML
    if straighten_quotes and form == "NFKC":
        # NFKC makes a space and an accent of "´", and two primes of "″".
        rules.append(_QUOTES)
    if form is not None:
        rules.append(_normalisation(form))
    if straighten_quotes:
        rules.append(_QUOTES)
    if urls == "space":
        rules.append(_LINKS)
    if lowercase:
        rules.append(Rule(str.lower, _find_capitals))
        if form is not None:
            # "H̱" has no composed form, its lower case has.
            rules.append(_normalisation(form))
    return tuple(rules)


def _substitution(
    pattern: re.Pattern[str], make: Callable[[re.Match[str]], str], *signs: str
) -> Rule:
    """Replace each match; a text without one of the signs holds none.

    To look for a sign is a memchr, and most documents hold neither a tag nor an entity,
    a curly quote or a link.
    """

    def clean(text: str) -> str:
        if signs and not any(sign in text for sign in signs):
            return text
        return pattern.sub(make, text)

    def edits(text: str) -> Iterator[Edit]:
        for match in pattern.finditer(text):
            new = make(match)
            if new != match[0]:
                yield *match.span(), new

    return Rule(clean, edits)


def _to_space(match: re.Match[str]) -> str:
    return " "


def _shorten_number(entity: re.Match[str]) -> str:
    # Eight digits are beyond Unicode like any more, if the first is no zero.
    return f"&#{entity[1].lstrip('0')[:8] or '0'};"


_HTML = (
    _substitution(TAG, _to_space, "<"),
    _substitution(_LONG_NUMBER, _shorten_number, "&#"),
    _substitution(_ENTITY, lambda entity: html.unescape(entity[0]), "&"),
)
_QUOTES = _substitution(_CURLY, lambda quote: STRAIGHT[quote[0]])
_LINKS = _substitution(_URL, _to_space, "://", "w.", "W.")


def _find_capitals(text: str) -> Iterator[Edit]:
    lowered, at = text.lower(), 0
    for place, letter in enumerate(text):
        # "İ" becomes two characters; a "Σ" at the end of a word becomes another letter
        # than by itself, but one as well.
        new = lowered[at : at + len(letter.lower())]
        at += len(new)
        if new != letter:
            yield place, place + 1, new


@lru_cache
def _normalisation(form: Any) -> Rule:
    clean = partial(normalise, form)

    def edits(text: str) -> Iterator[Edit]:
        """Yield what the form changes, in pieces that it does not join."""
        at = 0
        while (match := _FOREIGN.search(text, at)) is not None:
            first = match.start()
            # A mark acts on the character before it.
            while first > at and not _begins(text[first], form):
                first -= 1
            last = match.end()
            while last < len(text) and not _begins(text[last], form):
                last += 1
            piece = text[first:last]
            normalised = clean(piece)
            if normalised != piece:
                yield first, last, normalised
            at = last

    return Rule(clean, edits)


@lru_cache(maxsize=4096)
def _begins(character: str, form: Any) -> bool:
    """Say whether a character never joins the one before it."""
    if character.isascii():
        return True
    apart = unicodedata.normalize("NFKD" if form == "NFKC" else "NFD", character)[0]
    return not (
        unicodedata.combining(apart)
        or unicodedata.category(apart).startswith("M")
        # The vowels and final consonants that Hangul syllables are composed of.
        or 0x1160 <= ord(apart) <= 0x11FF
    )
