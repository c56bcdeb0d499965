"""What may be wrong with the texts themselves, and with their encoding."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

import numpy as np
from ftfy import fix_encoding
from ftfy.badness import is_bad

from sentiment._arrays import Flags, Floats, Ints
from sentiment.auditing._finding import Finding, make_finding, percent, skipped
from sentiment.text import TAG

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
TAG_NAME = re.compile(r"</?\s*([A-Za-z][A-Za-z0-9]*)")
# So many robust standard deviations from the median are unusual.
_FAR = 4.0
# Written in several scripts, mixed: Japanese.
_SCRIPTS = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK"}
_FEWEST_WORDS = 10

_REPLACED = re.compile("\ufffd+")
# No printable text holds them; tab and line ends are not among them.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SHOWN = 30


def check_cells(bad_cells: dict[int, str], n_rows: int) -> Finding:
    """Find cells that are no text."""
    rows = [{"row": row, "found": what} for row, what in bad_cells.items()]
    return make_finding("not_text", rows, n_rows)


def check_empty(lengths: Ints, is_text: Flags) -> Finding:
    """Find texts without a word."""
    rows = [{"row": row} for row in np.flatnonzero((lengths == 0) & is_text).tolist()]
    return make_finding("empty", rows, len(lengths))


def check_markup(texts: Sequence[str]) -> Finding:
    """Find tags and entities; TextCleaner removes them."""
    rows, kinds = [], Counter[str]()
    for row, text in enumerate(texts):
        tags = TAG.findall(text) if "<" in text else []
        entities = _ENTITY.findall(text) if "&" in text else []
        entities = [entity for entity in entities if unescape(entity) != entity]
        if tags or entities:
            names = {name[1].lower() for tag in tags if (name := TAG_NAME.match(tag))}
            kinds.update([f"<{name}>" for name in names] + list(set(entities)))
            rows.append({"row": row, "found": [*tags[:3], *entities[:3]][0]})
    summary = ", ".join(f"{kind} in {n:,}" for kind, n in kinds.most_common(5))
    return make_finding("markup", rows, len(texts), summary, state="notice")


def check_length(lengths: Ints) -> Finding:
    """Find texts that are many times longer or shorter than most."""
    present = lengths[lengths > 0]
    if not len(present):
        return skipped("length", "there is no text with a word")
    logs = np.log(np.maximum(lengths, 1))
    median = float(np.median(np.log(present)))
    spread = max(1.4826 * float(np.median(np.abs(np.log(present) - median))), 0.2)
    distance = np.where(lengths > 0, np.abs(logs - median) / spread, 0.0)
    far = np.flatnonzero(distance > _FAR)
    far = far[np.argsort(-distance[far], kind="stable")]
    rows = [{"row": int(row), "words": int(lengths[row])} for row in far]
    summary = (
        f"the median has {np.exp(median):.0f} words, the shortest {present.min():,}, "
        f"the longest {present.max():,}"
    )
    return make_finding("length", rows, len(lengths), summary, state="notice")


def check_language(texts: Sequence[str], lengths: Ints, common: Floats) -> Finding:
    """Find texts in another script, or with hardly a word that is common elsewhere.

    ``texts``: the texts. ``lengths``: their words. ``common``: the share of their words
    that is common in all texts together.
    """
    scripts = [_find_script(text) for text in texts]
    known = Counter(script for script in scripts if script)
    if not known:
        return skipped("language", "there is no text with a letter")
    usual = known.most_common(1)[0][0]
    long = lengths >= _FEWEST_WORDS
    typical = float(np.median(common[long])) if long.any() else 0.0
    spread = 0.0
    if long.any():
        spread = 1.4826 * float(np.median(np.abs(common[long] - typical)))
    limit = min(typical - _FAR * spread, typical / 2)
    rows: list[dict[str, Any]] = []
    for row, script in enumerate(scripts):
        if script and script != usual:
            rows.append({"row": row, "found": f"{script.lower()} letters"})
        elif long[row] and common[row] < limit:
            found = f"{percent(common[row])} common words"
            rows.append({"row": row, "found": found})
    summary = f"{percent(typical)} of a typical text are words common in these data"
    return make_finding("language", rows, len(texts), summary, state="notice")


def _find_script(text: str) -> str:
    """Return the script of most letters of the beginning of a text; nothing of none."""
    if text.isascii():
        return "LATIN" if any(map(str.isalpha, text)) else ""
    letters = [letter for letter in text[:500] if letter.isalpha()]
    names = (unicodedata.name(letter, "?").split()[0] for letter in letters)
    scripts = Counter(_SCRIPTS.get(name, name) for name in names)
    return scripts.most_common(1)[0][0] if scripts else ""


def check_encoding(texts: Sequence[str]) -> Finding:
    """Find damaged texts, each with its first damage."""
    rows = []
    for row, text in enumerate(texts):
        if text.isascii() and text.isprintable():
            continue
        if found := _find_damage(text):
            kind, start, end, meant = found
            damage = {"row": row, "found": kind, "start": start, "end": end}
            rows.append(damage | ({"meant": meant} if meant else {}))
    kinds = Counter(str(row["found"]) for row in rows)
    summary = ", ".join(f"{kind} in {n:,}" for kind, n in kinds.most_common())
    return make_finding("encoding", rows, len(texts), summary)


def _find_damage(text: str) -> tuple[str, int, int, str] | None:
    """Return the kind of the first damage, where it is, and what was meant if known."""
    if match := _REPLACED.search(text):
        return "replacement character", *match.span(), ""
    if match := _CONTROL.search(text):
        return "control character", *match.span(), ""
    if text.isascii():
        return None
    for start, words in _iter_odd_words(text):
        if is_bad(words) and (mended := fix_encoding(words)) != words:
            at, end, meant = _first_difference(words, mended)
            return "text read in a wrong encoding", start + at, start + end, meant
    return None


def _iter_odd_words(text: str) -> Iterator[tuple[int, str]]:
    """Yield words that hold more than ASCII, each with the next one, and where.

    Whole reviews would take ftfy ten times as long.
    """
    start, words = 0, text.split(" ")
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if not word.isascii():
            yield start, f"{word} {following}".rstrip(" ")
        start += len(word) + 1


def _first_difference(words: str, mended: str) -> tuple[int, int, str]:
    """Return where the first word that was mended stands, and what it became."""
    start = next(
        (
            at
            for at, (was, now) in enumerate(zip(words, mended, strict=False))
            if was != now
        ),
        min(len(words), len(mended)),
    )
    start = words.rfind(" ", 0, start) + 1
    end = words.find(" ", start)
    end = min(len(words) if end < 0 else end, start + _SHOWN)
    return start, end, mended[start:].split(" ", 1)[0][:_SHOWN]
