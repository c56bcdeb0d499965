"""Make the checks one by one; what several of them need is computed once."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment.auditing._data import AuditData
from sentiment.auditing._duplicates import NearPairs, find_equal, find_near
from sentiment.auditing._label_checks import check_balance, check_conflicts, check_order
from sentiment.auditing._label_errors import check_label_errors
from sentiment.auditing._report import CHECKS, Finding, make_finding, share
from sentiment.auditing._text_checks import (
    check_cells,
    check_empty,
    check_encoding,
    check_language,
    check_length,
    check_markup,
)
from sentiment.exceptions import DocumentError
from sentiment.feature_extraction import NgramVectorizer
from sentiment.preprocessing import TextCleaner, WordTokenizer

# A word in one of a hundred texts is common.
_COMMON = 0.01


class Auditor:
    """Look at one split, beside the test data if there are any.

    Parameters
    ----------
    data : AuditData
        The split.
    test : AuditData or None
        The test data.
    near : float
        The similarity from which two texts are near duplicates.
    random_state : int
        Seeds the folds of the label errors.
    """

    def __init__(
        self, data: AuditData, test: AuditData | None, near: float, random_state: int
    ) -> None:
        self._data, self._test = data, test
        self._near, self._random_state = near, random_state

    def check(self, name: str) -> Finding:
        """Make the check of this name."""
        data = self._data
        checks: dict[str, Callable[[], Finding]] = {
            "not_text": lambda: check_cells(data.bad_cells, len(data)),
            "empty": lambda: check_empty(self._lengths, data.is_text()),
            "encoding": lambda: check_encoding(self._texts),
            "markup": lambda: check_markup(self._texts),
            "duplicates": self._check_duplicates,
            "near_duplicates": self._check_near_duplicates,
            "overlap": self._check_overlap,
            "conflicts": lambda: check_conflicts(self._texts, data.labels),
            "label_errors": self._check_label_errors,
            "label_order": lambda: check_order(data.labels),
            "balance": lambda: check_balance(data.labels),
            "length": lambda: check_length(self._lengths),
            "language": lambda: check_language(
                self._texts, self._lengths, self._common_share
            ),
        }
        assert checks.keys() == CHECKS.keys()
        return checks[name]()

    @cached_property
    def _texts(self) -> list[str]:
        return self._data.texts.tolist()

    @cached_property
    def _all_texts(self) -> pd.Series:
        """The texts of the split, then those of the test data."""
        parts = [self._data.texts]
        if self._test is not None:
            parts.append(self._test.texts)
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def _tokens(self) -> pd.Series:
        return WordTokenizer().transform(TextCleaner().transform(self._all_texts))

    @cached_property
    def _words(self) -> sp.csr_matrix:
        """Counts of the words of the split."""
        return _count(self._tokens.iloc[: len(self._data)], (1, 1))

    @cached_property
    def _lengths(self) -> NDArray[np.int64]:
        return np.asarray(self._words.sum(axis=1)).ravel().astype(np.int64)

    @cached_property
    def _common_share(self) -> NDArray[np.float64]:
        """The share of common words of each text of the split."""
        words = self._words
        frequency = np.bincount(words.indices, minlength=words.shape[1])
        common = (frequency >= max(2, _COMMON * words.shape[0])).astype(np.float64)
        return (words @ common) / np.maximum(self._lengths, 1)

    @cached_property
    def _near_pairs(self) -> NearPairs:
        """Near duplicates among all texts, pairs that are equal left out."""
        shingles = _count(self._tokens, (2, 2))
        pairs, similarity = find_near(shingles, self._near)
        codes, _ = pd.factorize(self._all_texts)
        differ = codes[pairs[:, 0]] != codes[pairs[:, 1]]
        order = np.argsort(-similarity[differ], kind="stable")
        return NearPairs(pairs[differ][order], similarity[differ][order])

    def _check_duplicates(self) -> Finding:
        again = find_equal(self._data.texts)
        rows = [
            {"row": int(row), "other": int(first)}
            for row, first in again.items()
            if self._texts[row].strip()
        ]
        return make_finding("duplicates", rows, share(len(rows), len(self._data)))

    def _check_near_duplicates(self) -> Finding:
        n = len(self._data)
        pairs, similarity = self._near_pairs
        inside = pairs[:, 1] < n
        rows = [
            {"row": int(second), "other": int(first), "similarity": float(one)}
            for (first, second), one in zip(
                pairs[inside], similarity[inside], strict=True
            )
        ]
        n_rows = len({row["row"] for row in rows})
        found = make_finding("near_duplicates", rows, share(n_rows, n))
        return Finding(found.check, found.state, n_rows, found.summary, found.rows)

    def _check_overlap(self) -> Finding:
        """Find test texts that are training texts, equal or nearly so."""
        if self._test is None:
            return Finding("overlap", "skipped", 0, "there are no test data")
        n, n_test = len(self._data), len(self._test)
        first = find_equal(self._all_texts)
        best: dict[int, tuple[int, float]] = {}
        for row, other in first.items():
            if row >= n > other and self._all_texts[row].strip():
                best[int(row)] = (int(other), 1.0)
        n_equal = len(best)
        pairs, similarity = self._near_pairs
        crosses = (pairs[:, 0] < n) & (pairs[:, 1] >= n)
        for (other, row), one in zip(pairs[crosses], similarity[crosses], strict=True):
            best.setdefault(int(row), (int(other), float(one)))
        rows = [
            {"row": row - n, "other": other, "similarity": one}
            for row, (other, one) in sorted(
                best.items(), key=lambda item: (-item[1][1], item[0])
            )
        ]
        summary = (
            f"{share(len(rows), n_test)} test texts are in the training data, "
            f"{n_equal:,} word for word"
        )
        return make_finding("overlap", rows, summary)

    def _check_label_errors(self) -> Finding:
        labels = self._data.labels
        if not len(labels):
            return Finding("label_errors", "skipped", 0, "there are no labels")
        tokenizer = WordTokenizer(punctuation="all", negation_scope=4)
        texts = self._data.texts.iloc[labels.index]
        tokens = tokenizer.transform(TextCleaner().transform(texts))
        # No label has been used up to here, so no fold knows of another's.
        counts = _count(tokens, (1, 2), min_df=2 if len(labels) > 50 else 1)
        return check_label_errors(counts, labels, self._random_state)


def _count(
    tokens: pd.Series, ngram_range: tuple[int, int], *, min_df: int = 1
) -> sp.csr_matrix:
    """Count n-grams; without any there is one column of zeros."""
    vectorizer = NgramVectorizer(ngram_range=ngram_range, min_df=min_df)
    try:
        return vectorizer.fit_transform(tokens)
    except DocumentError:
        return sp.csr_matrix((len(tokens), 1), dtype=np.int64)
