"""Find what a wrong encoding or a broken export leaves in texts."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ftfy import fix_encoding
from ftfy.badness import is_bad

from sentiment.auditing._finding import Finding, make_finding

_REPLACED = re.compile("\ufffd+")
# No printable text holds them; tab and line ends are not among them.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SHOWN = 30


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
