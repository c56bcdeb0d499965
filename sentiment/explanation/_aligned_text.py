"""Clean and cut one text as the steps do, knowing where each character came from."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from sentiment._arrays import Ints
from sentiment.preprocessing import TextCleaner, WordTokenizer
from sentiment.text import Edit, cleaning_rules, find_tokens, mark_tokens

Span = tuple[int, int]


class AlignedText(NamedTuple):
    """A text made of another one, with the place in the original of each character.

    ::

        original   Caf&eacute;!          text     c a f é !
                   0  3       11         starts   0 1 2 3 11
                                         ends     1 2 3 11 12

    ``text``: what has become of the original. ``starts``, ``ends``: character i came
    from ``original[starts[i]:ends[i]]``. Neither ever falls.
    """

    text: str
    starts: Ints
    ends: Ints

    @classmethod
    def of(cls, text: str) -> "AlignedText":
        """Return a text as its own original."""
        places = np.arange(len(text) + 1, dtype=np.int64)
        return cls(text, places[:-1], places[1:])

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return where ``text[first:last]``, which is not empty, came from."""
        return int(self.starts[first]), int(self.ends[last - 1])

    def edit(self, edits: Iterable[Edit]) -> "AlignedText":
        """Return the text with ``new`` instead of each ``text[first:last]``.

        Each new character came from all that the replaced ones came from, except for
        those at the end that did not change.

        ``edits``: in order, none of them empty or overlapping another.
        """
        pieces, starts, ends, at = [], [], [], 0
        for first, last, new in edits:
            # "&notit;" gives "¬it;": of that, only the first was written as an entity.
            kept = _shared_ending(self.text[first:last], new)
            replaced_to, made = last - kept, len(new) - kept
            pieces += [self.text[at:first], new[:made]]
            starts += [self.starts[at:first]]
            ends += [self.ends[at:first]]
            if made:
                start, end = self.span(first, replaced_to)
                starts.append(np.full(made, start, np.int64))
                ends.append(np.full(made, end, np.int64))
            at = replaced_to
        if not pieces:
            return self
        pieces.append(self.text[at:])
        starts.append(self.starts[at:])
        ends.append(self.ends[at:])
        text = "".join(pieces)
        return AlignedText(text, np.concatenate(starts), np.concatenate(ends))


def _shared_ending(old: str, new: str) -> int:
    """Return how many characters at the end are equal; one of each is left over."""
    most = min(len(old), len(new)) - 1
    for count in range(most):
        if old[-1 - count] != new[-1 - count]:
            return count
    return max(most, 0)


def clean_aligned(text: str, cleaner: TextCleaner) -> AlignedText:
    """Return what ``cleaner`` makes of a document, with the place of each character."""
    aligned = AlignedText.of(text)
    for rule in cleaning_rules(cleaner):
        aligned = aligned.edit(rule.edits(aligned.text))
    return aligned


def cut_aligned(
    cleaned: AlignedText, tokenizer: WordTokenizer
) -> tuple[list[str], list[Span]]:
    """Return the tokens of a text and where in the original each came from."""
    spans = find_tokens(cleaned.text, tokenizer)
    words = [cleaned.text[first:last] for first, last in spans]
    return mark_tokens(words, tokenizer), [_origin(cleaned, *span) for span in spans]


def _origin(cleaned: AlignedText, first: int, last: int) -> Span:
    if first < last:
        return cleaned.span(first, last)
    # An empty token, of a pattern of the user's own.
    place = int(cleaned.starts[first]) if first < len(cleaned.text) else _end(cleaned)
    return place, place


def _end(cleaned: AlignedText) -> int:
    return int(cleaned.ends[-1]) if len(cleaned.text) else 0
