"""Which n-grams of a corpus become columns: as scikit-learn rounds the limits."""

from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentiment._sklearn import InvalidParameterError
from sentiment.exceptions import DocumentError


def check_ngram_range(ngram_range: Any) -> tuple[int, int]:
    """Return the shortest and the longest n-gram that are counted."""
    bounds = tuple(ngram_range)
    whole = len(bounds) == 2 and all(isinstance(n, Integral) for n in bounds)
    if not whole or not 1 <= bounds[0] <= bounds[1]:
        raise InvalidParameterError(
            "The 'ngram_range' parameter of NgramVectorizer must be two int with "
            f"1 <= min_n <= max_n. Got {ngram_range!r} instead."
        )
    return int(bounds[0]), int(bounds[1])


def limit_documents(min_df: float, max_df: float, n_documents: int) -> tuple[int, int]:
    """Return the limits as numbers of documents; of no document, anything goes."""
    low, high = (
        df if isinstance(df, Integral) else df * n_documents for df in (min_df, max_df)
    )
    if n_documents and high < low:
        raise InvalidParameterError(
            "The 'max_df' parameter of NgramVectorizer must not be below 'min_df'. "
            f"Got max_df={max_df!r} and min_df={min_df!r} instead."
        )
    return int(np.ceil(low)), int(np.floor(high))


def check_any(n_documents: int, *, caller: str) -> None:
    """Refuse to learn from no document."""
    if not n_documents:
        raise DocumentError(f"{caller} learns from at least one document. Got none.")


def check_lengths(lengths: NDArray[np.int64], min_n: int, *, caller: str) -> None:
    """Refuse documents of which none has so many tokens."""
    check_any(len(lengths), caller=caller)
    if lengths.max() < min_n:
        raise DocumentError(
            f"{caller} found no n-gram in {len(lengths):,} documents. They may be "
            "empty, or hold nothing but stop words."
        )


def nothing_left(vectorizer: Any) -> DocumentError:
    """Return the error to raise where the limits leave no n-gram."""
    return DocumentError(
        f"{type(vectorizer).__name__} has no n-gram left with "
        f"min_df={vectorizer.min_df!r} and max_df={vectorizer.max_df!r}. Lower min_df "
        "or raise max_df."
    )
