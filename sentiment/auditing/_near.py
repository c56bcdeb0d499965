"""Find texts that are nearly the same, without comparing each with each other.

Near duplicates share most of their pairs of neighbouring words. Comparing each text
with each other would take 1,250 million comparisons for 50,000 reviews; MinHash (Broder
1997) makes a short signature of each set of pairs, and only texts whose signatures
agree in one of 42 bands are compared. What is reported is the exact Jaccard similarity.
"""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment._arrays import Floats, Ints

# Texts of similarity 0.5 meet in a band with a probability of 0.996, of 0.4 of 0.94.
_BANDS, _ROWS_PER_BAND = 42, 3
_SEED = 20_211
# Short texts that say different things in one form share half of their pairs: "this is
# a really great film" and "this is a really bad film".
_FEWEST_PAIRS = 3
_FEW_PAIRS, _NEAR_OF_FEW = 9, 0.8
# In a band that more texts share, each is compared with so many behind it.
_LARGEST_GROUP = 40
_CHUNK = 50_000
# The signatures come as lists of Python's own numbers, so only so many at a time.
_SIGNED_AT_ONCE = 4_000


class NearPairs(NamedTuple):
    """Pairs of texts, and how similar they are; the first of a pair is the lower.

    The most similar pairs come first.
    """

    pairs: Ints
    similarity: Floats


def find_near(shingles: sp.csr_matrix, threshold: float) -> NearPairs:
    """Return the pairs of rows whose sets of columns are similar.

    ``shingles``: a stored entry is a member of the set of its row. Rows of fewer than
    three members are similar to none. ``threshold``: the smallest Jaccard similarity:
    shared members by all members of both. Rows of fewer than nine members need 0.8.
    """
    rows = np.flatnonzero(np.diff(shingles.indptr) >= _FEWEST_PAIRS)
    shingles = shingles[rows]
    few = np.diff(shingles.indptr) < _FEW_PAIRS
    needed = np.where(few, max(threshold, _NEAR_OF_FEW), threshold)
    signatures = _sign(shingles)
    candidates = _find_candidates(signatures)
    found, similarities = [np.empty((0, 2), np.int64)], [np.empty(0)]
    for start in range(0, len(candidates), _CHUNK):
        chunk = candidates[start : start + _CHUNK]
        same = signatures[chunk[:, 0]] == signatures[chunk[:, 1]]
        # The share of equal places estimates the similarity, give or take 0.05.
        chunk = chunk[same.mean(axis=1) > threshold - 0.2]
        similarity = _compare(shingles, chunk)
        near = similarity >= needed[chunk].max(axis=1)
        found.append(chunk[near])
        similarities.append(similarity[near])
    similarity = np.concatenate(similarities)
    order = np.argsort(-similarity, kind="stable")
    return NearPairs(rows[np.concatenate(found)][order], similarity[order])


def _sign(shingles: sp.csr_matrix) -> NDArray[np.uint32]:
    """Return the MinHash signature of each row."""
    import rensa

    # Columns are numbered one by one; the library wants hashes.
    members = (shingles.indices.astype(np.uint64) + np.uint64(1)) * np.uint64(
        0x9E3779B97F4A7C15
    )
    members ^= members >> np.uint64(32)
    starts = shingles.indptr.astype(np.int64)
    size = _BANDS * _ROWS_PER_BAND
    signatures = np.empty((shingles.shape[0], size), np.uint32)
    for at in range(0, len(signatures), _SIGNED_AT_ONCE):
        bounds = starts[at : at + _SIGNED_AT_ONCE + 1]
        matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
            members[bounds[0] : bounds[-1]],
            (bounds - bounds[0]).astype(np.uint64),
            size,
            _SEED,
        )
        signatures[at : at + len(bounds) - 1] = matrix.to_rows()
    return signatures


def _find_candidates(signatures: NDArray[np.uint32]) -> Ints:
    """Return the pairs of rows that agree in all places of a band."""
    n = max(len(signatures), 1)
    keys = [np.empty(0, np.int64)]
    for at in range(0, signatures.shape[1], _ROWS_PER_BAND):
        part = signatures[:, at : at + _ROWS_PER_BAND]
        order = np.lexsort(part.T)
        is_first = np.ones(len(order), bool)
        is_first[1:] = (part[order[1:]] != part[order[:-1]]).any(axis=1)
        group = np.cumsum(is_first)
        for distance in range(1, min(_LARGEST_GROUP, len(order))):
            together = group[distance:] == group[:-distance]
            if not together.any():
                break
            a, b = order[:-distance][together], order[distance:][together]
            keys.append(np.unique(np.minimum(a, b) * n + np.maximum(a, b)))
    unique = np.unique(np.concatenate(keys))
    return np.column_stack(np.divmod(unique, n))


def _compare(shingles: sp.csr_matrix, pairs: Ints) -> Floats:
    sets = sp.csr_matrix(
        (np.ones(shingles.nnz, np.int32), shingles.indices, shingles.indptr),
        shape=shingles.shape,
    )
    first, second = sets[pairs[:, 0]], sets[pairs[:, 1]]
    shared = np.asarray(first.multiply(second).sum(axis=1)).ravel()
    return shared / (np.diff(first.indptr) + np.diff(second.indptr) - shared)
