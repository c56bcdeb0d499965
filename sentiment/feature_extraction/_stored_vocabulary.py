"""The n-grams of a fitted vectorizer, as arrays: kept, named, found and stored."""

from functools import cached_property
from typing import Any, Self

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from sentiment.engine import load_engine
from sentiment.text import (
    Vocabulary,
    check_vocabulary,
    drop_unused_words,
    find_words,
    join_ngrams,
    pack_words,
    unpack_words,
)

# Derived from the arrays when it is first needed, and not stored.
_DERIVED = ("vocabulary_", "_words", "_cached_lookup")


class StoredVocabulary(BaseEstimator):
    """What a vectorizer knows of its columns.

    Attributes
    ----------
    words_, word_offsets_, ngrams_ : ndarray
        See :class:`NgramVectorizer`. All else is made of them.
    """

    words_: np.ndarray
    word_offsets_: np.ndarray
    ngrams_: np.ndarray

    def inverse_transform(self, X: Any) -> list[np.ndarray]:
        """Return the n-grams with a count above 0 of each document.

        Parameters
        ----------
        X : sparse matrix or array of shape (n_documents, n_features)
            Counts.

        Returns
        -------
        ngrams : list of ndarray of str
            One array per document, in the order of the columns.
        """
        check_is_fitted(self)
        names = self.get_feature_names_out()
        counts = sp.csr_matrix(X, copy=True)
        counts.eliminate_zeros()
        counts.sort_indices()
        return [
            names[counts.indices[start:end]]
            for start, end in zip(counts.indptr[:-1], counts.indptr[1:], strict=True)
        ]

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the n-grams in the order of the columns.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of str objects of shape (n_features,)
        """
        check_is_fitted(self)
        return np.array(self.names_of(slice(None)), dtype=object)

    def known_words(self, words: pa.Array) -> np.ndarray:
        """Say of each word whether an n-gram of the vocabulary holds it."""
        check_is_fitted(self)
        return find_words(words, self._words) >= 0

    def names_of(self, columns: Any) -> list[str]:
        """Return the n-grams of some columns."""
        return join_ngrams(self._words, self.ngrams_[columns]).to_pylist()

    def restrict(self, support: Any) -> Self:
        """Forget all n-grams but some, in place, as ``DictVectorizer.restrict`` does.

        Parameters
        ----------
        support : ndarray of bool of shape (n_features,)
            Which n-grams to keep; at least one.

        Returns
        -------
        self : object
            Its counts are the kept columns of what they were, in the same order.

        Raises
        ------
        ValueError
            If ``support`` has another length, or keeps nothing.

        Examples
        --------
        >>> from sentiment import NgramVectorizer
        >>> vectorizer = NgramVectorizer().fit([["good", "film"]])
        >>> vectorizer.restrict([False, True]).get_feature_names_out().tolist()
        ['good']
        """
        check_is_fitted(self)
        kept = np.asarray(support, bool)
        if kept.shape != (len(self.ngrams_),) or not kept.any():
            raise ValueError(
                f"{type(self).__name__}.restrict takes one bool for each of its "
                f"{len(self.ngrams_):,} n-grams, some of them True. Got shape "
                f"{kept.shape}, {np.count_nonzero(kept):,} True."
            )
        self._store(self._words, self.ngrams_[kept])
        return self

    @cached_property
    def vocabulary_(self) -> Vocabulary:
        """The column of each n-gram, as a mapping."""
        check_is_fitted(self)
        return Vocabulary(join_ngrams(self._words, self.ngrams_))

    @cached_property
    def _words(self) -> pa.Array:
        return unpack_words(self.words_, self.word_offsets_)

    def lookup(self) -> Any:
        """Return the vocabulary as the engine in use searches it."""
        engine = load_engine()
        known: tuple[str, Any] = self.__dict__.get("_cached_lookup", ("", None))
        if known[0] != engine.NAME:
            known = engine.NAME, engine.Lookup(self._words, self.ngrams_)
            self._cached_lookup = known
        return known[1]

    def _store(self, words: pa.Array, ngrams: np.ndarray) -> None:
        """Keep the n-grams, and of the words only those that they use."""
        words, ngrams = drop_unused_words(words, ngrams)
        self.words_, self.word_offsets_ = pack_words(words)
        self.ngrams_ = np.ascontiguousarray(ngrams)
        self._forget()

    def _forget(self, *names: str) -> None:
        """Drop some attributes, and what was derived of them."""
        for name in (*names, *_DERIVED):
            self.__dict__.pop(name, None)

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in super().__getstate__().items() if k not in _DERIVED}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if not hasattr(self, "ngrams_"):
            return
        check_vocabulary(self.words_, self.word_offsets_, self.ngrams_)
        # Made now, so that the first document after loading need not wait for it.
        self.lookup()

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "ngrams_")
