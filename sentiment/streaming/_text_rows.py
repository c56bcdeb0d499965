"""Documents that were read once, and are looked at several times."""

from collections.abc import Iterator
from typing import Self

import numpy as np
import pyarrow as pa

from sentiment._arrays import Flags
from sentiment.streaming._scratch import Scratch
from sentiment.streaming._spool import Spool
from sentiment.text import pack_words, unpack_words


class TextRows:
    """Documents in batches, in memory or on disk; all of them or some.

    Parameters
    ----------
    scratch : Scratch
        Where they are written.
    limit : int
        So many bytes of them stay in memory.
    """

    def __init__(self, scratch: Scratch, limit: int) -> None:
        self._spool = Spool(scratch, "texts", limit)
        self._bounds = [0]
        self._chosen: Flags | None = None

    def add(self, texts: pa.Array) -> None:
        """Keep a batch of documents."""
        self._spool.add(*pack_words(texts))
        self._bounds.append(self._bounds[-1] + len(texts))

    def __len__(self) -> int:
        if self._chosen is None:
            return self._bounds[-1]
        return int(np.count_nonzero(self._chosen))

    def __iter__(self) -> Iterator[pa.Array]:
        """Yield the documents in batches."""
        for number, (text, offsets) in enumerate(self._spool):
            texts = unpack_words(text, offsets)
            if self._chosen is not None:
                own = self._chosen[self._bounds[number] : self._bounds[number + 1]]
                texts = texts if own.all() else texts.filter(pa.array(own))
            if len(texts):
                yield texts

    def select(self, wanted: Flags) -> Self:
        """Return some of the documents; ``wanted`` has an entry for each."""
        rows = object.__new__(type(self))
        rows._spool, rows._bounds = self._spool, self._bounds
        rows._chosen = wanted
        if self._chosen is not None:
            rows._chosen = self._chosen.copy()
            rows._chosen[self._chosen] = wanted
        return rows
