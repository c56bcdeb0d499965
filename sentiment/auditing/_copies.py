"""Find which texts are copies of which, within the data and across train and test."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from sentiment._arrays import Ints
from sentiment.auditing._finding import Finding, make_finding, skipped
from sentiment.auditing._near import NearPairs, find_near


class Copies:
    """Every different text once, with the rows that hold it.

    ``texts``: the texts of the data, then those of the test data. ``n_train``: how many
    are texts of the data. ``count_pairs``: from the positions of some texts to a matrix
    of their pairs of neighbouring words. ``near``: the similarity from which two texts
    are near duplicates.
    """

    def __init__(
        self,
        texts: pd.Series,
        n_train: int,
        count_pairs: Callable[[Ints], sp.csr_matrix],
        near: float,
    ) -> None:
        self._count_pairs, self._near = count_pairs, near
        self._n_train = n_train
        # Numbered in the order in which they occur: no copy comes before its original.
        codes, different = pd.factorize(texts)
        self._codes = codes
        self._is_blank = np.array([not text.strip() for text in different], bool)
        _, self._first = np.unique(codes, return_index=True)

    def find_duplicates(self) -> Finding:
        """Find texts that occurred before, word for word."""
        codes = self._codes[: self._n_train]
        first = self._first[codes]
        again = (first != np.arange(len(codes))) & ~self._is_blank[codes]
        rows = [
            {"row": int(row), "other": int(first[row])} for row in np.flatnonzero(again)
        ]
        return make_finding("duplicates", rows, self._n_train)

    def find_near_duplicates(self) -> Finding:
        """Find texts that occurred before with small changes; each with its likest."""
        best: dict[int, dict[str, Any]] = {}
        for (earlier, later), similarity in self._iter_pairs():
            row, other = self._first[later], self._first[earlier]
            if row < self._n_train:
                found = _one(row, other, similarity)
                best.setdefault(int(row), found)
        return make_finding("near_duplicates", list(best.values()), self._n_train)

    def find_overlap(self) -> Finding:
        """Find test texts that are training texts, equal or nearly so."""
        codes = self._codes[self._n_train :]
        if not len(codes):
            return skipped("overlap", "there are no test data to compare with")
        in_train = self._first < self._n_train
        likest: dict[int, tuple[int, float]] = {}
        for (earlier, later), similarity in self._iter_pairs():
            # A text of the training data is numbered before all that are not.
            if in_train[earlier] and not in_train[later]:
                likest.setdefault(later, (earlier, similarity))
        rows = []
        for row, code in enumerate(codes.tolist()):
            if in_train[code] and not self._is_blank[code]:
                rows.append(_one(row, self._first[code], 1.0) | {"equal": True})
            elif code in likest:
                other, similarity = likest[code]
                found = _one(row, self._first[other], similarity)
                rows.append(found | {"equal": False})
        rows.sort(key=lambda one: (not one["equal"], -one["similarity"]))
        n_equal = sum(one["equal"] for one in rows)
        summary = f"{n_equal:,} of them word for word" if rows else ""
        return make_finding("overlap", rows, len(codes), summary)

    def _iter_pairs(self) -> Any:
        pairs, similarity = self._pairs
        return zip(pairs.tolist(), similarity.tolist(), strict=True)

    @cached_property
    def _pairs(self) -> NearPairs:
        """Near duplicates among the different texts."""
        return find_near(self._count_pairs(self._first), self._near)


def _one(row: int, other: int, similarity: float) -> dict[str, Any]:
    return {
        "row": int(row),
        "other": int(other),
        "similarity": round(float(similarity), 4),
    }
