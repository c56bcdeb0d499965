"""Find texts that occur twice, word for word or nearly so.

Near duplicates share most of their pairs of neighbouring words. Comparing each text
with each other would take 300 million comparisons for 25,000 reviews; MinHash (Broder
1997) makes a short signature of each set of pairs, and only texts whose signatures agree
in one of 42 bands are compared. What is reported is the exact Jaccard similarity.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

# Two texts of similarity 0.5 meet in a band with a probability of 0.996.
_BANDS, _ROWS_PER_BAND = 42, 3
_SEED = 20_211
# Below, texts that say different things in one short form would be found.
_FEWEST_PAIRS = 9
# Most texts of one band are compared with each other only up to so many.
_LARGEST_GROUP = 40
_CHUNK = 50_000

Pairs = NDArray[np.int64]


class NearPairs(NamedTuple):
    """Pairs of texts, and how similar they are; the first of a pair is the lower."""

    pairs: Pairs
    similarity: NDArray[np.float64]


def find_equal(texts: pd.Series) -> pd.Series:
    """Return for each text that occurred before the place of the first one."""
    codes, _ = pd.factorize(texts)
    _, first = np.unique(codes, return_index=True)
    places = np.arange(len(codes))
    again = first[codes] != places
    return pd.Series(first[codes][again], index=places[again])


def find_near(shingles: sp.csr_matrix, threshold: float) -> NearPairs:
    """Return the pairs of rows whose sets of columns are similar.

    Parameters
    ----------
    shingles : csr_matrix of shape (n_texts, n_features)
        A stored entry is a member of the set of its row.
    threshold : float
        The smallest Jaccard similarity: shared members by all members of both.
    """
    sizes = np.diff(shingles.indptr)
    rows = np.flatnonzero(sizes >= _FEWEST_PAIRS)
    if len(rows) < 2:
        return NearPairs(np.empty((0, 2), np.int64), np.empty(0))
    shingles = shingles[rows]
    signatures = _sign(shingles)
    pairs = _find_candidates(signatures)
    found, similarities = [], []
    for start in range(0, len(pairs), _CHUNK):
        chunk = pairs[start : start + _CHUNK]
        same = signatures[chunk[:, 0]] == signatures[chunk[:, 1]]
        # The share of equal places estimates the similarity, give or take 0.05.
        chunk = chunk[same.mean(axis=1) > threshold - 0.2]
        similarity = _compare(shingles, chunk)
        found.append(chunk[similarity >= threshold])
        similarities.append(similarity[similarity >= threshold])
    if not found:
        return NearPairs(np.empty((0, 2), np.int64), np.empty(0))
    return NearPairs(rows[np.concatenate(found)], np.concatenate(similarities))


def _sign(shingles: sp.csr_matrix) -> NDArray[np.uint32]:
    """Return the MinHash signature of each row."""
    import rensa

    # Columns are numbered one by one; the library wants hashes.
    members = (shingles.indices.astype(np.uint64) + np.uint64(1)) * np.uint64(
        0x9E3779B97F4A7C15
    )
    members ^= members >> np.uint64(32)
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        members, shingles.indptr.astype(np.uint64), _BANDS * _ROWS_PER_BAND, _SEED
    )
    return np.array(matrix.to_rows(), np.uint32)


def _find_candidates(signatures: NDArray[np.uint32]) -> Pairs:
    """Return the pairs of rows that agree in all places of a band."""
    n = np.int64(len(signatures))
    keys = []
    for band in range(_BANDS):
        at = band * _ROWS_PER_BAND
        part = signatures[:, at : at + _ROWS_PER_BAND]
        order = np.lexsort(part.T)
        sorted_part = part[order]
        is_first = np.ones(len(order), bool)
        is_first[1:] = (sorted_part[1:] != sorted_part[:-1]).any(axis=1)
        group = np.cumsum(is_first) - 1
        # A member meets those up to so many places behind it in its group.
        for distance in range(1, _LARGEST_GROUP):
            together = group[distance:] == group[:-distance]
            if not together.any():
                break
            a, b = order[:-distance][together], order[distance:][together]
            keys.append(np.minimum(a, b) * n + np.maximum(a, b))
    unique = np.unique(np.concatenate(keys)) if keys else np.empty(0, np.int64)
    return np.column_stack([unique // n, unique % n])


def _compare(shingles: sp.csr_matrix, pairs: Pairs) -> NDArray[np.float64]:
    if not len(pairs):
        return np.empty(0)
    sets = shingles.astype(bool).astype(np.int32)
    first, second = sets[pairs[:, 0]], sets[pairs[:, 1]]
    shared = np.asarray(first.multiply(second).sum(axis=1)).ravel()
    both = np.diff(first.indptr) + np.diff(second.indptr) - shared
    return shared / both
