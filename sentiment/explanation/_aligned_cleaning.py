"""Clean one document as :class:`TextCleaner` does, and remember where all came from."""

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, cast

from sentiment.explanation._aligned_text import AlignedText, Edit
from sentiment.preprocessing import TextCleaner
from sentiment.preprocessing._text_cleaner import (
    _LONG_NUMBER,
    _STRAIGHT,
    _TAG,
    _URL,
    _shorten_number,
)

# What html.unescape takes for an entity, by the standard of HTML 5.
_ENTITY = re.compile(
    r"&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)",
)
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_Form = Literal["NFC", "NFKC"]


def clean_aligned(text: str, cleaner: TextCleaner) -> AlignedText:
    """Return what ``cleaner`` makes of a document, with the place of each character."""
    aligned = AlignedText.of(text)
    form = cast("_Form | None", cleaner.form)
    if cleaner.html:
        aligned = _strip_html(aligned)
    if cleaner.straighten_quotes and form == "NFKC":
        aligned = _straighten(aligned)
    if form is not None:
        aligned = _normalise(aligned, form)
    if cleaner.straighten_quotes:
        aligned = _straighten(aligned)
    if cleaner.urls == "space":
        aligned = aligned.substitute(_URL, lambda match: " ")
    if cleaner.lowercase:
        aligned = _lower(aligned)
        if form is not None:
            aligned = _normalise(aligned, form)
    return aligned


def _strip_html(aligned: AlignedText) -> AlignedText:
    aligned = aligned.substitute(_TAG, lambda match: " ")
    if "&" not in aligned.text:
        return aligned
    aligned = aligned.substitute(_LONG_NUMBER, _shorten_number)
    return aligned.substitute(_ENTITY, lambda match: html.unescape(match[0]))


def _straighten(aligned: AlignedText) -> AlignedText:
    return aligned.with_text(aligned.text.translate(_STRAIGHT))


def _lower(aligned: AlignedText) -> AlignedText:
    lowered = aligned.text.lower()
    if len(lowered) == len(aligned.text):
        return aligned.with_text(lowered)
    # "İ" becomes two characters. At the end of a word a "Σ" becomes another letter than
    # by itself, but one as well: the places come first, then the letters.
    edits = (
        (place, place + 1, letter.lower())
        for place, letter in enumerate(aligned.text)
        if len(letter.lower()) != 1
    )
    return aligned.edit(edits).with_text(lowered)


def _normalise(aligned: AlignedText, form: _Form) -> AlignedText:
    if aligned.text.isascii():
        return aligned
    return aligned.edit(_find_compositions(aligned.text, form))


def _find_compositions(text: str, form: _Form) -> Iterator[Edit]:
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
        normalised = unicodedata.normalize(form, piece)
        if normalised != piece:
            yield first, last, normalised
        at = last


@lru_cache(maxsize=4096)
def _begins(character: str, form: _Form) -> bool:
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
