"""Text that remembers where each of its characters came from."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sentiment.text import Edit


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
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, text: str) -> "AlignedText":
        """Return a text as its own original."""
        places = np.arange(len(text) + 1, dtype=np.int64)
        return cls(text, places[:-1], places[1:])

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return where ``text[first:last]``, which is not empty, came from."""
        return int(self.starts[first]), int(self.ends[last - 1])

    def edit(self, edits: Iterable[Edit]) -> "AlignedText":
        """Return the text with ``new`` in the place of each ``text[first:last]``.

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
