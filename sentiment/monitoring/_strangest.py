"""The strangest documents among those that pass by."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from sentiment.monitoring._checks import strangeness
from sentiment.monitoring._profile import ReferenceProfile
from sentiment.monitoring._report import StrangeRow
from sentiment.monitoring._row_statistics import RowStatistics

_SHOWN = 2000


class _Found(NamedTuple):
    """A strange row, and how far beyond the limit it is."""

    far: float
    row: int
    text: str


class StrangestRows:
    """Remembers of each way to be strange the rows that are farthest beyond the limit.

    ``profile``: says where the limits are. ``n_rows``: how many of each.
    """

    def __init__(self, profile: ReferenceProfile, n_rows: int) -> None:
        self._profile = profile
        self._n_rows = n_rows
        self._n_seen = 0
        self._found: dict[str, list[_Found]] = {}

    def look_at(self, texts: pd.Series, statistics: RowStatistics) -> None:
        """Look at the next rows."""
        for name, far in strangeness(self._profile, statistics).items():
            worst = np.argsort(-far, kind="stable")[: self._n_rows]
            new = [
                _Found(float(far[row]), self._n_seen + row, texts.iloc[row][:_SHOWN])
                for row in worst[far[worst] > 0].tolist()
            ]
            both = [*self._found.get(name, []), *new]
            both.sort(key=lambda one: (-one.far, one.row))
            self._found[name] = both[: self._n_rows]
        self._n_seen += len(texts)

    def of(self, names: set[str]) -> Iterator[StrangeRow]:
        """Yield the strangest rows of some ways to be strange."""
        for name, found in self._found.items():
            if name in names:
                yield from (StrangeRow(one.row, name, one.text) for one in found)
