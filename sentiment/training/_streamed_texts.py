"""The documents of an evaluation that need not fit in memory."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sentiment.streaming import TextRows


class StreamedTexts(Sequence[str]):
    """A sequence of texts, read again from where they lie whenever it is asked.

    As long as the training goes on: a hook that wants to keep some of them makes a list
    of those.

    ``rows``: the documents.
    """

    def __init__(self, rows: TextRows) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[str]:
        for texts in self._rows:
            yield from texts.to_pylist()

    def __getitem__(self, place: Any) -> Any:
        places = range(len(self))[place]
        if isinstance(places, int):
            return next(islice(self, places, None))
        if not len(places):
            return []
        first, last = min(places[0], places[-1]), max(places[0], places[-1])
        found = list(islice(self, first, last + 1))
        return [found[one - first] for one in places]
