"""Make the checks one by one; what several of them need is computed once."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from sentiment._autolog import without_autolog
from sentiment.auditing._checks import CHECKS
from sentiment.auditing._copies import Copies
from sentiment.auditing._data import AuditData
from sentiment.auditing._finding import Finding
from sentiment.auditing._label_errors import (
    check_balance,
    check_conflicts,
    check_label_errors,
    check_order,
    check_unlabelled,
)
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

    ``data``: the split. ``test``: the test data. ``near``: the similarity from which
    two texts are near duplicates. ``random_state``: seeds the folds of the label
    errors.
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
            "empty": lambda: check_empty(self.lengths, data.is_text()),
            "unlabelled": lambda: check_unlabelled(data.labels, len(data)),
            "encoding": lambda: check_encoding(self._texts),
            "markup": lambda: check_markup(self._texts),
            "duplicates": lambda: self._copies.find_duplicates(),
            "near_duplicates": lambda: self._copies.find_near_duplicates(),
            "overlap": lambda: self._copies.find_overlap(),
            "conflicts": lambda: check_conflicts(data.texts, data.labels),
            "label_errors": lambda: check_label_errors(
                partial(_count_ngrams, data.texts), data.labels, self._random_state
            ),
            "label_order": lambda: check_order(data.labels),
            "balance": lambda: check_balance(data.labels),
            "length": lambda: check_length(self.lengths),
            "language": lambda: check_language(
                self._texts, self.lengths, self._common_share
            ),
        }
        assert checks.keys() == CHECKS.keys()
        return self._with_places(checks[name]())

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """How many words each text of the split has."""
        return np.asarray(self._words.sum(axis=1)).ravel().astype(np.int64)

    def _with_places(self, finding: Finding) -> Finding:
        """Name the places of the rows; those of the overlap are in the test data."""
        other_place = self._data.place
        place = other_place
        if finding.check == "overlap" and self._test is not None:
            place = self._test.place
        rows = []
        for row in finding.rows:
            named = {"row": row["row"], "place": place(row["row"])}
            for key, value in row.items():
                named[key] = value
                if key == "other":
                    named["other_place"] = other_place(value)
            rows.append(named)
        return replace(finding, rows=tuple(rows))

    @cached_property
    def _texts(self) -> list[str]:
        return self._data.texts.tolist()

    @cached_property
    def _words(self) -> sp.csr_matrix:
        """Counts of the words of the split."""
        return _count(_tokenize(self._data.texts), (1, 1))

    @cached_property
    def _common_share(self) -> NDArray[np.float64]:
        """The share of common words of each text of the split."""
        words = self._words
        frequency = np.bincount(words.indices, minlength=words.shape[1])
        common = (frequency >= max(2, _COMMON * words.shape[0])).astype(np.float64)
        return (words @ common) / np.maximum(self.lengths, 1)

    @cached_property
    def _copies(self) -> Copies:
        texts = self._data.texts
        if self._test is not None:
            texts = pd.concat([texts, self._test.texts], ignore_index=True)
        return Copies(
            texts,
            len(self._data),
            lambda rows: _count(_tokenize(texts.iloc[rows]), (2, 2)),
            self._near,
        )


def _tokenize(texts: pd.Series) -> pd.Series:
    return WordTokenizer().transform(TextCleaner().transform(texts))


def _count(tokens: pd.Series, ngram_range: tuple[int, int]) -> sp.csr_matrix:
    """Count n-grams; without any there is one column of zeros."""
    vectorizer = NgramVectorizer(ngram_range=ngram_range)
    try:
        return vectorizer.fit_transform(tokens)
    except DocumentError:
        return sp.csr_matrix((len(tokens), 1), dtype=np.int64)


def _count_ngrams(texts: pd.Series, rows: NDArray[np.int64]) -> sp.csr_matrix:
    """Count what the classifier sees of some texts.

    No label has been used up to here, so no fold knows of another's.
    """
    from sentiment.pipeline import make_sentiment_pipeline

    steps = make_sentiment_pipeline("fast", prior=None)[:-1]
    try:
        with without_autolog():
            return steps.fit_transform(texts.iloc[rows])
    except DocumentError:
        return sp.csr_matrix((len(rows), 1), dtype=np.int64)
