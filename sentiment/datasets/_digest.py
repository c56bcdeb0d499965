"""A short digest that tells two data sets apart."""

import hashlib
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sentiment.documents import check_documents, text_array

# So many labels are written at once.
_LABELS = 100_000


def data_digest(instances: pd.DataFrame, labels: pd.Series | None = None) -> str:
    """Return a short digest of documents and labels.

    Two runs with one digest saw the same data, wherever it was read from: a csv
    file and a parquet file of the same rows have the same digest.

    Parameters
    ----------
    instances : DataFrame or list of str
        The documents; their order counts.
    labels : Series, default=None
        Their labels. The label 1 differs from the label "1".

    Returns
    -------
    digest : str
        The first 16 hexadecimal digits of a SHA-256.

    Notes
    -----
    O(bytes of text): 0.03 s for 25,000 reviews.

    Examples
    --------
    >>> data_digest(["A gem.", "Dull."])
    'd52ced2f9341201e'
    >>> data_digest(["A gem.", "Dull."]) == data_digest(["A gem.D", "ull."])
    False
    """
    texts = text_array(check_documents(instances, caller="data_digest"))
    digest = DataDigest()
    digest.add(texts)
    return digest.finish(labels)


class DataDigest:
    """The digest of documents that come in batches."""

    def __init__(self) -> None:
        self._texts = hashlib.sha256()
        self._lengths = hashlib.sha256()

    def add(self, texts: pa.LargeStringArray) -> None:
        """Add the next documents."""
        # The lengths by themselves: without them "a", "bc" and "ab", "c" would be one
        # text.
        lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False)
        self._lengths.update(lengths.astype("<i8").tobytes())
        self._texts.update(_bytes_of(texts))

    def finish(self, labels: pd.Series | None = None) -> str:
        """Return the digest of all documents, and their labels."""
        digest = hashlib.sha256(self._lengths.digest() + self._texts.digest())
        if labels is not None:
            digest.update(np.asarray(labels.index).astype("<i8").tobytes())
            digest.update(b"[")
            for start in range(0, len(labels), _LABELS):
                written = json.dumps(labels.iloc[start : start + _LABELS].tolist())
                digest.update((", " if start else "").encode() + written[1:-1].encode())
            digest.update(b"]")
        return digest.hexdigest()[:16]


def _bytes_of(texts: pa.LargeStringArray) -> memoryview:
    offsets = np.frombuffer(texts.buffers()[1], np.int64)
    first, last = offsets[texts.offset], offsets[texts.offset + len(texts)]
    data = texts.buffers()[2]
    return memoryview(data if data is not None else b"")[first:last]
