"""Counting the n-grams of a Dask DataFrame on the workers that hold it."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import scipy.sparse as sp

from sentiment._messages import shown
from sentiment._sparse import make_csr
from sentiment.distributed._dask_blocks import DaskBlocks, add_up, give
from sentiment.distributed._partition import read_partition
from sentiment.exceptions import DataError
from sentiment.feature_extraction import NgramFrequencies
from sentiment.streaming import TextSteps, add_all, begins_with

# Of the sums of frequencies no worker holds more than a few of so many shards.
_MOST_SHARDS = 64


@dataclass(frozen=True)
class Partitions:
    """The documents of a Dask DataFrame, on the workers, and their labels, here.

    Attributes
    ----------
    texts : list of Future
        The documents of each partition.
    y : Series
        The labels of all rows.
    bounds : ndarray of int64
        Between which rows each partition lies.
    """

    texts: list[Any]
    y: pd.Series
    bounds: Any

    @classmethod
    def read(
        cls, client: Any, ddf: Any, text_column: str, label_column: str
    ) -> "Partitions":
        """Read the partitions, each on a worker.

        Raises
        ------
        DataError
            If there is no such column, or a document is missing or no text.
        """
        for column in (text_column, label_column):
            if column not in ddf.columns:
                raise DataError(
                    f"There is no column {column!r}. There are "
                    f"{shown(list(ddf.columns), 200)}."
                )
        read = client.compute(ddf[[text_column, label_column]].to_delayed())
        texts = [client.submit(_texts, part, text_column, pure=False) for part in read]
        labels = [
            client.submit(_labels, part, label_column, pure=False) for part in read
        ]
        found = client.gather(labels)
        bounds = np.cumsum([0, *map(len, found)], dtype=np.int64)
        return cls(texts, pd.concat(found, ignore_index=True), bounds)


def learn_vocabulary(client: Any, steps: TextSteps, documents: Partitions) -> None:
    """Learn the vocabulary of all partitions, which is that of ``fit``, bit for bit."""
    # A vectorizer that was fitted before is on its way without what it had learned.
    n_documents = int(documents.bounds[-1])
    low, high = steps.vectorizer.document_limits(n_documents)
    shared = client.submit(give, steps, pure=False)
    n_threads = sum(client.nthreads().values())
    n_shards = min(_MOST_SHARDS, max(1, n_threads))
    cut = [
        client.submit(_count_frequencies, shared, texts, n_shards, pure=False)
        for texts in documents.texts
    ]
    totals = []
    for shard in range(n_shards):
        parts = [client.submit(_pick, one, shard, pure=False) for one in cut]
        total = add_up(client, add_all, parts)
        totals.append(client.submit(_within, total, low, high, pure=False))
    total = add_all(client.gather(totals))
    # Each shard has counted all documents.
    n_seen = total.n_seen // n_shards
    steps.vectorizer.learn_frequencies(
        total._replace(n_documents=n_documents, n_seen=n_seen)
    )


def count(client: Any, steps: TextSteps, documents: Partitions) -> DaskBlocks:
    """Count the n-grams of the vocabulary in all partitions."""
    shared = client.submit(give, steps, pure=False)
    counts = [
        client.submit(_count, shared, texts, pure=False) for texts in documents.texts
    ]
    n_entries = sum(client.gather(client.map(_n_entries, counts, pure=False)))
    n_features = len(steps.vectorizer.ngrams_)
    return DaskBlocks(client, counts, documents.bounds, n_features, n_entries)


def _texts(rows: pd.DataFrame, column: str) -> pa.Array:
    return read_partition(rows, column, refuse=True).texts


def _labels(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows[column]


def _count_frequencies(
    steps: TextSteps, texts: pa.Array, n_shards: int
) -> list[NgramFrequencies]:
    """Return what is in a partition, cut by what an n-gram begins with."""
    keep_to_one_thread()
    found = steps.count_frequencies(texts)
    shard_of = begins_with(found) % n_shards
    return [found.select(shard_of == shard) for shard in range(n_shards)]


def _pick(parts: list[NgramFrequencies], shard: int) -> NgramFrequencies:
    return parts[shard]


def _within(total: NgramFrequencies, low: int, high: int) -> NgramFrequencies:
    return total.within(low, high)


def _count(steps: TextSteps, texts: pa.Array) -> sp.csr_matrix:
    keep_to_one_thread()
    if not len(texts):
        return sp.csr_matrix((0, len(steps.vectorizer.ngrams_)), dtype=np.uint8)
    X = steps.count(texts)
    # A count is rarely above 255: eight times less to keep and to send.
    data = X.data.astype(np.min_scalar_type(int(X.data.max(initial=0))))
    return make_csr(data, X.indices, X.indptr, X.shape)


def _n_entries(X: sp.csr_matrix) -> int:
    return int(X.nnz)


def keep_to_one_thread() -> None:
    """Let a task be one thread: as many run at a time as there are processors."""
    os.environ.setdefault("SENTIMENT_THREADS", "1")
