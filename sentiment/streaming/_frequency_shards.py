"""Frequencies of more n-grams than memory holds: summed shard by shard.

Most n-grams of a corpus are rare and dropped in the end; but which ones, is known then
only. So the frequencies of batches are added up in memory until they are many, then cut
into shards by what an n-gram begins with, and written. All of an n-gram is in one
shard, so each shard can be added up by itself, and what is rare in it is rare.
"""

from functools import reduce
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sentiment.feature_extraction import NgramFrequencies
from sentiment.streaming._scratch import Scratch
from sentiment.streaming._spool import Part, Spool
from sentiment.text import pack_words, unpack_words


class FrequencyShards:
    """Adds up frequencies of n-grams with so many bytes of them in memory.

    Parameters
    ----------
    scratch : Scratch
        Where the rest is written.
    limit : int
        How many bytes of frequencies are gathered before they are written. Adding them
        up takes some times as many.
    n_shards : int, default=64
        Of one of them, everything is in memory in the end.
    """

    def __init__(self, scratch: Scratch, limit: int, n_shards: int = 64) -> None:
        self._scratch = scratch
        self._n_shards = n_shards
        self._limit = limit
        self._pending: list[NgramFrequencies] = []
        self._size = 0
        self._shards: list[Spool] = []
        self._n_documents = self._n_seen = 0

    def add(self, frequencies: NgramFrequencies) -> None:
        """Add the frequencies of a batch."""
        self._n_documents += frequencies.n_documents
        self._n_seen += frequencies.n_seen
        self._pending.append(frequencies)
        self._size += _size(frequencies)
        if self._size > self._limit:
            self._gather()
            # Batches that say the same add up to little: there is room for more.
            if self._size > self._limit / 2:
                self._write()

    @property
    def n_documents(self) -> int:
        """How many documents were added."""
        return self._n_documents

    def total(self, low: int, high: int) -> NgramFrequencies:
        """Return the sums of n-grams in so many documents, low to high."""
        if self._shards:
            if self._pending:
                self._gather()
                self._write()
            kept = [_total_of(shard).within(low, high) for shard in self._shards]
        else:
            self._gather()
            kept = [one.within(low, high) for one in self._pending]
        self._pending = []
        total = add_all(kept) if kept else NgramFrequencies.nothing(1)
        return total._replace(n_documents=self._n_documents, n_seen=self._n_seen)

    def _gather(self) -> None:
        if self._pending:
            self._pending = [add_all(self._pending)]
        self._size = sum(map(_size, self._pending))

    def _write(self) -> None:
        if not self._shards:
            self._shards = [
                Spool(self._scratch, f"ngrams-{n}", 0) for n in range(self._n_shards)
            ]
        (gathered,) = self._pending
        shard_of = begins_with(gathered) % self._n_shards
        order = np.argsort(shard_of, kind="stable")
        ends = np.searchsorted(shard_of[order], np.arange(self._n_shards + 1))
        for n, shard in enumerate(self._shards):
            own = order[ends[n] : ends[n + 1]]
            shard.add(*_to_arrays(gathered.select(own)))
        self._pending, self._size = [], 0


def _size(frequencies: NgramFrequencies) -> int:
    words, ngrams, documents, totals = frequencies[:4]
    return words.nbytes + ngrams.nbytes + documents.nbytes + totals.nbytes


def add_all(parts: list[NgramFrequencies]) -> NgramFrequencies:
    """Add neighbours first, so that each n-gram is sorted few times."""
    while len(parts) > 1:
        pairs = [parts[i : i + 2] for i in range(0, len(parts), 2)]
        parts = [reduce(NgramFrequencies.add, pair) for pair in pairs]
    return parts[0]


def _total_of(shard: Spool) -> NgramFrequencies:
    parts = [_from_arrays(part) for part in shard]
    for number in range(len(shard)):
        shard.remove(number)
    return add_all(parts)


def begins_with(frequencies: NgramFrequencies) -> NDArray[np.int64]:
    """Return a number of what the text of each n-gram holds up to the second space.

    Not by its words: "new york" is one where tokens hold spaces, else two.
    """
    words, ngrams = frequencies.words, frequencies.ngrams
    if ngrams.shape[1] == 1:
        pieces = pc.split_pattern(words, " ", max_splits=2)
        first = pc.list_element(pieces, 0)
        two = pc.greater(pc.list_value_length(pieces), 1)
        padded = pc.if_else(two, words, pc.binary_join_element_wise(words, "", " "))
        second = pc.list_element(pc.split_pattern(padded, " ", max_splits=2), 1)
        hashes = _hash(first), np.where(two, _hash(second), _NO_WORD)
        return _mix(*(each[ngrams[:, 0]] for each in hashes))
    known = np.append(_hash(words), _NO_WORD)
    return _mix(known[ngrams[:, 0]], known[ngrams[:, 1]])


_NO_WORD = 1


def _hash(words: pa.Array) -> NDArray[np.int64]:
    # Python's own hash is another one in each process.
    return np.array([crc32(word.encode()) for word in words.to_pylist()], np.int64)


def _mix(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    return first * 31 + second


def _to_arrays(frequencies: NgramFrequencies) -> Part:
    words, ngrams, documents, totals, n_documents, _ = frequencies
    return (*pack_words(words), ngrams, documents, totals, np.array(n_documents))


def _from_arrays(part: Part) -> NgramFrequencies:
    text, offsets, ngrams, documents, totals, n_documents = part
    words = unpack_words(text, offsets)
    return NgramFrequencies(words, ngrams, documents, totals, int(n_documents))
