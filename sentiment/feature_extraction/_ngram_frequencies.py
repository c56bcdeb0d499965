"""In how many documents each n-gram is: sums that parts of a corpus add up to.

Of a part, a vocabulary is not enough: what is rare in each part may be frequent in all.
So every n-gram is kept, with two numbers, and these of two parts are added. Whatever
the parts and their order, the sums are those of the whole corpus.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sentiment.text import (
    NgramCounts,
    drop_unused_words,
    find_frequent,
    find_words,
    join_ngrams,
)


class NgramFrequencies(NamedTuple):
    """The n-grams of a part of a corpus, in the order of their texts.

    Attributes
    ----------
    words : Array of str
        The words of the n-grams, in their order.
    ngrams : ndarray of int32 of shape (n_ngrams, max_n)
        Numbers of words, padded with -1. With one column instead of more, each
        "word" is a whole n-gram: its tokens hold spaces.
    documents : ndarray of int64 of shape (n_ngrams,)
        In how many documents each n-gram is.
    totals : ndarray of int64 of shape (n_ngrams,)
        The sums of its counts.
    n_documents : int
    n_seen : int, default=0
        Documents that the prior was learned from.
    """

    words: pa.Array
    ngrams: NDArray[np.int32]
    documents: NDArray[np.int64]
    totals: NDArray[np.int64]
    n_documents: int
    n_seen: int = 0

    @classmethod
    def nothing(cls, max_n: int, n_documents: int = 0) -> "NgramFrequencies":
        """Return those of documents without n-grams."""
        none = np.zeros(0, np.int64)
        empty = np.empty((0, max_n), np.int32)
        return cls(pa.array([], pa.string()), empty, none, none, n_documents)

    @classmethod
    def named(cls, words: pa.Array, ngrams: NDArray[np.int32]) -> "NgramFrequencies":
        """Return n-grams that are known, and were not counted in any document."""
        none = np.zeros(len(ngrams), np.int64)
        return cls(words, ngrams, none, none, 0)

    @classmethod
    def of(cls, counted: NgramCounts) -> "NgramFrequencies":
        """Sum the counts of every n-gram of some documents."""
        columns, n_ngrams = counted.counts.indices, len(counted.ngrams)
        documents = np.bincount(columns, minlength=n_ngrams)
        totals = np.zeros(n_ngrams, np.int64)
        # Not the weights of bincount, which are floats.
        np.add.at(totals, columns, counted.counts.data)
        return cls(
            counted.words, counted.ngrams, documents, totals, counted.counts.shape[0]
        )

    def add(self, other: "NgramFrequencies") -> "NgramFrequencies":
        """Return the frequencies of the documents of both."""
        first, second = self, other
        if first.ngrams.shape[1] != second.ngrams.shape[1]:
            first, second = first.spell_out(), second.spell_out()
        words = pc.unique(pa.concat_arrays([first.words, second.words]))
        words = words.take(pc.sort_indices(words))
        ngrams = np.concatenate(
            [_renumber(part.ngrams, part.words, words) for part in (first, second)]
        )
        order, is_first = _sort_rows(ngrams, len(words))
        starts = np.flatnonzero(is_first)
        n_documents = self.n_documents + other.n_documents
        n_seen = self.n_seen + other.n_seen
        if not len(starts):
            return self._replace(n_documents=n_documents, n_seen=n_seen)

        def add(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
            return np.add.reduceat(np.concatenate([a, b])[order], starts)

        return NgramFrequencies(
            words,
            ngrams[order[starts]],
            add(first.documents, second.documents),
            add(first.totals, second.totals),
            n_documents,
            n_seen,
        )

    def select(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> "NgramFrequencies":
        """Return those of some n-grams, with no words but theirs."""
        ngrams = self.ngrams[kept]
        words, ngrams = drop_unused_words(self.words, ngrams)
        documents, totals = self.documents[kept], self.totals[kept]
        return self._replace(
            words=words, ngrams=ngrams, documents=documents, totals=totals
        )

    def most_frequent(self, limit: int | None) -> NDArray[np.int32]:
        """Return so many n-grams at most, those with the highest counts."""
        if limit is None or len(self.ngrams) <= limit:
            return self.ngrams
        return self.ngrams[find_frequent(self.totals, limit)]

    def within(self, low: int, high: int) -> "NgramFrequencies":
        """Return those of n-grams in so many documents, low to high."""
        return self.select((self.documents >= low) & (self.documents <= high))

    def spell_out(self) -> "NgramFrequencies":
        """Return them with each n-gram as a word of its own."""
        if self.ngrams.shape[1] == 1:
            return self
        texts = join_ngrams(self.words, self.ngrams)
        ngrams = np.arange(len(texts), dtype=np.int32)[:, None]
        return self._replace(words=texts, ngrams=ngrams)


def _renumber(
    ngrams: NDArray[np.int32], words: pa.Array, known: pa.Array
) -> NDArray[np.int32]:
    """Return n-grams as numbers of other words; the padding stays."""
    number = np.append(find_words(words, known), np.int32(-1))
    return number[ngrams]


def _sort_rows(
    ngrams: NDArray[np.int32], n_words: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the order of rows, and which of the sorted ones are not like the last."""
    base, max_n = n_words + 1, ngrams.shape[1]
    is_first = np.ones(len(ngrams), bool)
    if base**max_n < 2**63:
        keys = np.zeros(len(ngrams), np.int64)
        for column in ngrams.T:
            keys *= base
            keys += column
            keys += 1
        # Two sorted runs, one behind the other, which this sort merges.
        order = np.argsort(keys, kind="stable")
        is_first[1:] = np.diff(keys[order]) != 0
        return order, is_first
    order = np.lexsort(ngrams.T[::-1])
    is_first[1:] = (np.diff(ngrams[order], axis=0) != 0).any(axis=1)
    return order, is_first
