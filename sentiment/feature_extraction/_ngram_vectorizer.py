"""Turn tokenised documents into counts of n-grams."""

from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from sentiment._set_output import as_set_output
from sentiment._sklearn import (
    Interval,
    InvalidParameterError,
    RealNotInt,
    validate_parameters,
)
from sentiment.engine import load_engine
from sentiment.feature_extraction._limits import (
    check_any,
    check_lengths,
    check_ngram_range,
    limit_documents,
    nothing_left,
)
from sentiment.feature_extraction._ngram_frequencies import NgramFrequencies
from sentiment.feature_extraction._stored_vocabulary import StoredVocabulary
from sentiment.prior import Prior, hash_documents
from sentiment.text import (
    NgramCounts,
    find_words,
    hold_spaces,
    join_ngrams,
    join_tokens,
)
from sentiment.tokens import TokenLists, check_tokens

_COUNT = Interval(Integral, 1, None, closed="left")
_FREQUENCY = [_COUNT, Interval(RealNotInt, 0, 1, closed="both")]
# Of more documents its own, a prior would seem to know better than it does.
_MOST_SEEN = 0.02


class NgramVectorizer(TransformerMixin, StoredVocabulary):
    """Count the n-grams of tokenised documents.

    Bigrams and trigrams carry much of sentiment: ``not good``, ``waste of time``. The
    counts and the vocabulary are those of scikit-learn's ``CountVectorizer`` on the
    same tokens.

    Parameters
    ----------
    ngram_range : tuple (min_n, max_n), default=(1, 1)
        The lengths of the n-grams. (1, 2) counts words and pairs of neighbours.
    min_df : float in [0, 1] or int >= 1, default=1
        Ignore n-grams in fewer documents, as a share or a number. 1 keeps all; 2
        drops the two thirds that occur in one document only.
    max_df : float in [0, 1] or int >= 1, default=1.0
        Ignore n-grams in more documents. 1.0 keeps all.
    max_features : int or None, default=None
        Keep only so many n-grams, those with the highest counts in the corpus.
    binary : bool, default=False
        Count presence only: every count above 0 is 1.
    dtype : dtype, default=numpy.int64
        The type of the counts.
    prior : Prior or None, default=None
        Its n-grams always belong to the vocabulary, whatever the limits say, unless it
        was learned from more than 2 % of these very documents; see
        :func:`make_sentiment_pipeline`.

    Attributes
    ----------
    vocabulary_ : Mapping from str to int
        The column of each n-gram; its dict is built when first used.
    words_ : ndarray of uint8
        The UTF-8 text of the words in the vocabulary, one after the other.
    word_offsets_ : ndarray of int64
        Where each word begins in ``words_``; one more entry than words.
    ngrams_ : ndarray of int32 of shape (n_features, max_n)
        Each n-gram as numbers of words, padded with -1; row i is column i.
    prior_seen_ : float
        The share of the documents that the prior was learned from.
    remembered_ : ndarray of uint32 or None
        What :meth:`remember` keeps of documents.

    See Also
    --------
    sklearn.feature_extraction.text.CountVectorizer : From raw text, in one step.
    sklearn.feature_extraction.text.TfidfTransformer : Weighs the counts.

    Notes
    -----
    N-grams that were not seen in ``fit`` are ignored by ``transform``. Fitting takes
    O(n_tokens * max_n * log(n_tokens)) time.

    Examples
    --------
    >>> from sentiment import NgramVectorizer
    >>> tokens = [["not", "good"], ["good", "film"]]
    >>> vectorizer = NgramVectorizer(ngram_range=(1, 2)).fit(tokens)
    >>> vectorizer.get_feature_names_out().tolist()
    ['film', 'good', 'good film', 'not', 'not good']
    >>> vectorizer.transform([["not", "good", "good"]]).toarray().tolist()
    [[0, 2, 0, 1, 1]]
    >>> vectorizer.transform(["not good"])
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DocumentTypeError: NgramVectorizer takes lists of tokens. Got
    'not good' at row 0. Tokenise the documents first, with WordTokenizer.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "ngram_range": [tuple, list],
        "min_df": _FREQUENCY,
        "max_df": _FREQUENCY,
        "max_features": [_COUNT, None],
        "binary": ["boolean"],
        "dtype": "no_validation",  # type: ignore[dict-item]
        "prior": [Prior, None],
    }

    def __init__(
        self,
        *,
        ngram_range: tuple[int, int] = (1, 1),
        min_df: float = 1,
        max_df: float = 1.0,
        max_features: int | None = None,
        binary: bool = False,
        dtype: Any = np.int64,
        prior: Prior | None = None,
    ) -> None:
        self.ngram_range = ngram_range
        self.min_df = min_df
        self.max_df = max_df
        self.max_features = max_features
        self.binary = binary
        self.dtype = dtype
        self.prior = prior

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the vocabulary.

        Parameters
        ----------
        X : Series or list of token lists
            What a :class:`~sentiment.WordTokenizer` gives, or lists of str.
        y : None
            Ignored: no label is used before the classifier.

        Returns
        -------
        self : object
        """
        self._learn(X)
        return self

    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Learn from more documents, instead of ``fit`` with all of them.

        After the last part the vocabulary is the one that ``fit`` finds in all of them
        together, whatever the parts: how often each n-gram was seen is kept and added
        up, also of those that ``min_df`` leaves out.

        Parameters
        ----------
        X : Series or list of token lists
            The next documents.
        y : None
            Ignored: no label is used before the classifier.

        Returns
        -------
        self : object
            Not fitted yet as long as no n-gram is left.

        Raises
        ------
        ValueError
            After ``fit``, or where the vectorizer was loaded: the frequencies are kept
            with neither.

        Notes
        -----
        In memory stay, for each n-gram ever seen, 16 bytes and 4 for each word that the
        longest may have; no document does.

        Examples
        --------
        >>> from sentiment import NgramVectorizer
        >>> vectorizer = NgramVectorizer(min_df=2)
        >>> vectorizer = vectorizer.partial_fit([["good", "film"]])
        >>> vectorizer = vectorizer.partial_fit([["good", "fun"]])
        >>> vectorizer.get_feature_names_out().tolist()
        ['good']
        """
        known = hasattr(self, "ngrams_") or hasattr(self, "_n_documents_added")
        if known and not hasattr(self, "_frequencies"):
            raise ValueError(
                f"{type(self).__name__}.partial_fit goes on from partial_fit only. "
                "This vectorizer was fitted at once, or loaded, and does not have how "
                "often each n-gram was seen. Start with an unfitted clone."
            )
        return self.add_frequencies(self.count_frequencies(X))

    def count_frequencies(self, X: Any) -> NgramFrequencies:
        """Count in how many documents each n-gram is; nothing is learned yet.

        Parts of a corpus may be counted anywhere, in any order, and added to one
        vectorizer by :meth:`add_frequencies`.

        Parameters
        ----------
        X : Series or list of token lists
            Some documents.

        Returns
        -------
        frequencies : NgramFrequencies
            With a method ``add``.
        """
        tokens, (min_n, max_n) = self._read(X)
        if not len(tokens) or tokens.lengths().max() < min_n:
            return NgramFrequencies.nothing(max_n, len(tokens))
        everything = (1, len(tokens))
        found = NgramFrequencies.of(self._count(tokens, (min_n, max_n), everything))
        return found._replace(n_seen=self._count_seen(tokens))

    def add_frequencies(self, frequencies: NgramFrequencies) -> Self:
        """Add what :meth:`count_frequencies` found, and choose the vocabulary anew.

        Parameters
        ----------
        frequencies : NgramFrequencies
            Of documents that were not added before.

        Returns
        -------
        self : object
        """
        before: NgramFrequencies | None = getattr(self, "_frequencies", None)
        if before is not None:
            frequencies = before.add(frequencies)
        try:
            low, high = self.document_limits(frequencies.n_documents)
        except InvalidParameterError:
            # min_df=5 asks for more than the whole of 3 documents; more may follow.
            low, high = 1, 0
        if not self._choose_among(frequencies.within(low, high)):
            # What was a vocabulary of fewer documents is none of these.
            self._forget("words_", "word_offsets_", "ngrams_")
        self._frequencies = frequencies
        self._n_documents_added = frequencies.n_documents
        return self

    def learn_frequencies(self, frequencies: NgramFrequencies) -> Self:
        """Learn the vocabulary from the frequencies of all documents at once.

        Parameters
        ----------
        frequencies : NgramFrequencies
            Of the documents ``fit`` would see. N-grams in fewer or more of them than
            ``document_limits`` says may be missing.

        Returns
        -------
        self : object
            With the vocabulary that ``fit`` finds, bit for bit; without what
            ``partial_fit`` goes on from.

        Raises
        ------
        DocumentError
            If there is no document, or no n-gram is left.
        """
        self._forget("_frequencies", "_n_documents_added")
        check_any(frequencies.n_documents, caller=type(self).__name__)
        low, high = self.document_limits(frequencies.n_documents)
        if not self._choose_among(frequencies.within(low, high)):
            raise nothing_left(self)
        return self

    def fit_transform(self, X: Any, y: Any = None, **params: Any) -> Any:
        """Learn the vocabulary and return the counts.

        Parameters
        ----------
        X : Series or list of token lists
            The tokenised documents.
        y : None
            Ignored: no label is used before the classifier.
        **params : dict
            Ignored.

        Returns
        -------
        counts : csr_matrix of shape (n_documents, n_features)
            Equal to what ``transform`` gives for the same documents.

        Raises
        ------
        DocumentTypeError
            If a document is not a list of str.
        DocumentError
            If there is no document, or no n-gram is left.
        """
        learned = self._learn(X)
        if self.knows_prior():
            return self.transform(X)
        return as_set_output(self, learned.counts.astype(self.dtype, copy=False), X)

    def transform(self, X: Any) -> Any:
        """Count the n-grams of the vocabulary.

        Parameters
        ----------
        X : Series or list of token lists
            The tokenised documents.

        Returns
        -------
        counts : csr_matrix of shape (n_documents, n_features)
            With sorted indices. After ``set_output(transform="pandas")`` a DataFrame
            of sparse columns.
        """
        check_is_fitted(self)
        counts = self.count(check_tokens(X, caller=type(self).__name__))
        return as_set_output(self, counts, X)

    def count(self, tokens: TokenLists) -> sp.csr_matrix:
        """Count the n-grams of token lists; see :meth:`transform`."""
        counts = self.lookup().count(
            tokens, tuple(self.ngram_range), binary=self.binary
        )
        return counts.astype(self.dtype, copy=False)

    def remember(self, X: Any) -> Self:
        """Keep a number for each document, by which it can be told from new ones.

        A model that becomes a prior is then left out where it was learned from the very
        documents that a new one is fitted on.

        Parameters
        ----------
        X : Series or list of token lists
            Documents that the model was learned from.

        Returns
        -------
        self : object
        """
        tokens = check_tokens(X, caller=type(self).__name__)
        self.remembered_ = np.unique(hash_documents(tokens))
        return self

    def _learn(self, X: Any) -> NgramCounts:
        tokens, ngram_range = self._read(X)
        # In this order, as of documents that are counted in parts.
        limits = self.document_limits(len(tokens))
        check_lengths(tokens.lengths(), ngram_range[0], caller=type(self).__name__)
        counted = self._count(tokens, ngram_range, limits)
        counted = counted.most_frequent(self.max_features)
        self._judge_prior(self._count_seen(tokens), len(tokens))
        if not self._choose(counted.words, counted.ngrams):
            raise nothing_left(self)
        self._forget("_frequencies", "_n_documents_added")
        return counted

    def _choose_among(self, frequencies: NgramFrequencies) -> bool:
        self._judge_prior(frequencies.n_seen, frequencies.n_documents)
        ngrams = frequencies.most_frequent(self.max_features)
        return self._choose(frequencies.words, ngrams)

    def _choose(self, words: pa.Array, ngrams: np.ndarray) -> bool:
        """Make these n-grams and the prior's the vocabulary; say if there are any."""
        if not len(ngrams) and not self.knows_prior():
            return False
        self._store(*self._with_prior(words, ngrams))
        return True

    def _with_prior(
        self, words: pa.Array, ngrams: np.ndarray
    ) -> tuple[pa.Array, np.ndarray]:
        """Return these n-grams and those of the prior, each once, in order."""
        if not self.knows_prior():
            return words, ngrams
        assert self.prior is not None
        min_n, max_n = self.ngram_range
        known_words, known = self.prior.vocabulary()
        lengths = (known >= 0).sum(axis=1)
        known = known[(lengths >= min_n) & (lengths <= max_n), :max_n]
        gap = max_n - known.shape[1]
        known = np.pad(known, ((0, 0), (0, gap)), constant_values=-1)
        both = NgramFrequencies.named(words, ngrams).add(
            NgramFrequencies.named(known_words, known)
        )
        return both.words, both.ngrams

    def columns_of_prior(self) -> np.ndarray:
        """Return the column of each n-gram of the prior, -1 of one that has none.

        Empty if there is no prior, or it was learned from these very documents.
        """
        check_is_fitted(self)
        if not self.knows_prior():
            return np.zeros(0, np.int32)
        assert self.prior is not None
        names = join_ngrams(self._words, self.ngrams_)
        return find_words(self.prior.names, names)

    def knows_prior(self) -> bool:
        """Say whether there is a prior that was not learned from these documents."""
        return self.prior is not None and self.prior_seen_ <= _MOST_SEEN

    def _count_seen(self, tokens: TokenLists) -> int:
        return 0 if self.prior is None else self.prior.count_seen(tokens)

    def _judge_prior(self, n_seen: int, n_documents: int) -> None:
        self.prior_seen_ = n_seen / n_documents if n_documents else 0.0

    def _count(
        self, tokens: TokenLists, ngram_range: tuple[int, int], limits: tuple[int, int]
    ) -> NgramCounts:
        return load_engine().count(tokens, ngram_range, limits, binary=self.binary)

    def _read(self, X: Any) -> tuple[TokenLists, tuple[int, int]]:
        """Return the tokens, and the lengths of the n-grams to count."""
        validate_parameters(self)
        ngram_range = check_ngram_range(self.ngram_range)
        tokens = check_tokens(X, caller=type(self).__name__)
        if hold_spaces(tokens.words):
            if self.prior is not None:
                raise ValueError(
                    f"{type(self).__name__} takes tokens without spaces where it has a "
                    "prior, whose n-grams are words joined by spaces. Cut the "
                    "documents by WordTokenizer."
                )
            return join_tokens(tokens, ngram_range), (1, 1)
        return tokens, ngram_range

    def document_limits(self, n_documents: int) -> tuple[int, int]:
        """Return the limits as numbers of documents, as scikit-learn rounds them."""
        return limit_documents(self.min_df, self.max_df, n_documents)

    def __getstate__(self) -> dict[str, Any]:
        # The frequencies of all n-grams are many times larger than the vocabulary.
        state = super().__getstate__()
        return {k: v for k, v in state.items() if k != "_frequencies"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Models from before this parameter have no prior.
        super().__setstate__({"prior": None, "prior_seen_": 0.0} | state)

    remembered_: np.ndarray | None = None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.transformer_tags.preserves_dtype = []
        return tags
