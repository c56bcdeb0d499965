"""What may be wrong with the texts themselves."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from html import unescape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentiment.auditing._finding import Finding, make_finding, percent, skipped
from sentiment.text import TAG

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
TAG_NAME = re.compile(r"</?\s*([A-Za-z][A-Za-z0-9]*)")
# So many robust standard deviations from the median are unusual.
_FAR = 4.0
# Written in several scripts, mixed: Japanese.
_SCRIPTS = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK"}
_FEWEST_WORDS = 10


def check_cells(bad_cells: dict[int, str], n_rows: int) -> Finding:
    """Find cells that are no text."""
    rows = [{"row": row, "found": what} for row, what in bad_cells.items()]
    return make_finding("not_text", rows, n_rows)


def check_empty(lengths: NDArray[np.int64], is_text: NDArray[np.bool_]) -> Finding:
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


def check_length(lengths: NDArray[np.int64]) -> Finding:
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


def check_language(
    texts: Sequence[str], lengths: NDArray[np.int64], common: NDArray[np.float64]
) -> Finding:
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
