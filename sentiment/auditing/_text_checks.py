"""What may be wrong with the texts themselves."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentiment.auditing._report import Finding, make_finding, percent, share
from sentiment.preprocessing._text_cleaner import _TAG

# What bytes of UTF-8 look like when they are read as cp1252 or latin-1: "Ã©", "â€™".
_MISREAD = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192"
    "\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{1,3}"
)
_DAMAGE = {
    "replacement character": re.compile("\ufffd"),
    # No printable text holds them; in cp1252 these bytes are quotes and dashes.
    "cp1252 read as latin-1": re.compile("[\x80-\x9f]"),
    "control character": re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"),
}
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG_NAME = re.compile(r"</?\s*([A-Za-z][A-Za-z0-9]*)")
# So many robust standard deviations from the median are unusual.
_FAR = 5.0
_FEWEST_WORDS = 5


def check_cells(bad_cells: dict[int, str], n_rows: int) -> Finding:
    """Find cells that are no text."""
    rows = [{"row": row, "found": what} for row, what in bad_cells.items()]
    return make_finding("not_text", rows, share(len(rows), n_rows))


def check_empty(lengths: NDArray[np.int64], is_text: NDArray[np.bool_]) -> Finding:
    """Find texts without a word."""
    rows = [{"row": row} for row in np.flatnonzero((lengths == 0) & is_text).tolist()]
    return make_finding("empty", rows, share(len(rows), len(lengths)))


def check_encoding(texts: Sequence[str]) -> Finding:
    """Find what a wrong encoding or a broken export leaves in texts."""
    rows = [
        {"row": row, "found": what}
        for row, text in enumerate(texts)
        if (what := _find_damage(text))
    ]
    kinds = Counter(str(row["found"]).partition(": ")[0] for row in rows)
    return make_finding(
        "encoding", rows, share(len(rows), len(texts)) + _counted(kinds.most_common())
    )


def _find_damage(text: str) -> str:
    if text.isascii() and text.isprintable():
        return ""
    for kind, pattern in _DAMAGE.items():
        if match := pattern.search(text):
            return f"{kind}: {match[0]!r} at character {match.start()}"
    for match in _MISREAD.finditer(text):
        if meant := _read_again(match[0]):
            return (
                f"UTF-8 read as cp1252: {match[0]!r} for {meant!r} at character "
                f"{match.start()}"
            )
    return ""


def _read_again(text: str) -> str:
    """Return what misread UTF-8 means, nothing if it is no UTF-8."""
    for encoding in ("cp1252", "latin-1"):
        for length in range(len(text), 1, -1):
            try:
                return text[:length].encode(encoding).decode()
            except UnicodeError:
                continue
    return ""


def check_markup(texts: Sequence[str]) -> Finding:
    """Find tags and entities; TextCleaner removes them."""
    rows, kinds = [], Counter[str]()
    for row, text in enumerate(texts):
        tags = _TAG.findall(text) if "<" in text else []
        entities = _ENTITY.findall(text) if "&" in text else []
        if tags or entities:
            names = {name[1].lower() for tag in tags if (name := _TAG_NAME.match(tag))}
            kinds.update([f"<{name}>" for name in names] + list(set(entities)))
            rows.append({"row": row, "found": [*tags[:3], *entities[:3]][0]})
    summary = share(len(rows), len(texts)) + _counted(kinds.most_common(5))
    return make_finding("markup", rows, summary, state="notice")


def check_length(lengths: NDArray[np.int64]) -> Finding:
    """Find texts that are many times longer or shorter than most."""
    present = lengths[lengths > 0]
    if not len(present):
        return Finding("length", "skipped", 0, "There is no text with a word.")
    logs = np.log(np.maximum(lengths, 1))
    median = float(np.median(np.log(present)))
    spread = max(1.4826 * float(np.median(np.abs(np.log(present) - median))), 0.2)
    distance = np.where(lengths > 0, np.abs(logs - median) / spread, 0.0)
    far = np.flatnonzero(distance > _FAR)
    far = far[np.argsort(-distance[far], kind="stable")]
    rows = [{"row": int(row), "words": int(lengths[row])} for row in far]
    summary = (
        f"{share(len(rows), len(lengths))}; the median has {np.exp(median):.0f} words, "
        f"the shortest {present.min():,}, the longest {present.max():,}"
    )
    return make_finding("length", rows, summary, state="notice")


def check_language(
    texts: Sequence[str], lengths: NDArray[np.int64], common: NDArray[np.float64]
) -> Finding:
    """Find texts in another script, or with hardly a word that is common elsewhere.

    Parameters
    ----------
    texts : sequence of str
        The texts.
    lengths : ndarray of shape (n_texts,)
        Their words.
    common : ndarray of shape (n_texts,)
        The share of their words that is common in all texts together.
    """
    scripts = [_find_script(text) for text in texts]
    known = Counter(script for script in scripts if script)
    if not known:
        return Finding("language", "skipped", 0, "There is no text with a letter.")
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
    summary = (
        f"{share(len(rows), len(texts))}; of a typical text {percent(typical)} are "
        "words common in this data"
    )
    return make_finding("language", rows, summary, state="notice")


def _find_script(text: str) -> str:
    """Return the script of most letters of the beginning of a text; nothing of none."""
    if text.isascii():
        return "LATIN" if any(map(str.isalpha, text)) else ""
    letters = [letter for letter in text[:500] if letter.isalpha()]
    scripts = Counter(unicodedata.name(letter, "?").split()[0] for letter in letters)
    return scripts.most_common(1)[0][0] if scripts else ""


def _counted(kinds: Sequence[tuple[str, int]]) -> str:
    if not kinds:
        return ""
    return "; " + ", ".join(f"{kind} in {n:,}" for kind, n in kinds)
