"""Cut text into tokens: words, contractions, punctuation, negation scope, stems."""

import re
from numbers import Integral
from typing import Any, ClassVar

import pandas as pd
import pyarrow as pa

from sentiment._sklearn import Interval, InvalidParameterError, StrOptions
from sentiment.documents import read_documents
from sentiment.engine import load_engine
from sentiment.preprocessing._column_transformer import OneColumnTransformer
from sentiment.text import SNOWBALL_LANGUAGES
from sentiment.tokens import TOKENS_COLUMN, TokenLists


class WordTokenizer(OneColumnTransformer):
    """Cut text into tokens.

    What counts as a token decides what the classifier can see: ``not bad!`` is good
    only for a model that sees ``not`` with ``bad``, and perhaps the ``!``.

    Parameters
    ----------
    token_pattern : str or None, default=None
        A regular expression as in scikit-learn's ``CountVectorizer``: each match, or
        its one group, is a token. It overrides the next three parameters. None cuts
        words by the rules below.
    min_length : int, default=1
        Words of fewer characters are dropped, before contractions are split;
        punctuation is not. 2 is the rule of ``CountVectorizer``.
    contractions : {"keep", "split", "break"}, default="keep"
        What an apostrophe inside a word does. "keep": ``don't`` is one token.
        "split": it becomes ``do`` and ``n't``, as in the Penn Treebank. "break": the
        apostrophe separates, ``don`` and ``t``, as in ``CountVectorizer``.
    punctuation : {"all", "emphatic"} or None, default=None
        "all": each mark and symbol is a token of its own. "emphatic": only ``!``,
        ``?``, emoticons such as ``:-)``, and emoji. None drops them all.
    negation_scope : int, default=0
        Prefix the next so many words after a negator (``not``, ``never``, ``n't``, ...)
        with ``NOT_``. 0 marks nothing. English only.
    stemmer : str or None, default=None
        A language of NLTK's Snowball stemmers, such as "english" (Porter2). Each
        distinct word is stemmed once. None keeps the words.

    See Also
    --------
    sklearn.feature_extraction.text.CountVectorizer : Tokenises and counts in one
        step; prefer it when the tokens themselves are of no interest.

    Notes
    -----
    A word is a run of letters, digits, underscores and combining marks. Characters of
    scripts written without spaces (Han, kana, Thai, Lao, Khmer, Myanmar) are tokens
    one by one, so that n-grams find the words. O(n_characters).

    Negation scope is from Das and Chen (2001), "Yahoo! for Amazon", and Pang, Lee and
    Vaithyanathan (2002), "Thumbs up?", EMNLP, with a fixed number of words in the
    place of the next punctuation mark.

    Examples
    --------
    >>> from sentiment import WordTokenizer
    >>> docs = ["it isn't a good film !"]
    >>> WordTokenizer().fit_transform(docs).tolist()
    [['it', "isn't", 'a', 'good', 'film']]
    >>> tokenizer = WordTokenizer(
    ...     contractions="split", punctuation="all", negation_scope=2)
    >>> tokenizer.fit_transform(docs).tolist()
    [['it', 'is', "n't", 'NOT_a', 'NOT_good', 'film', '!']]
    >>> tokenizer.transform("a str")
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DocumentTypeError: WordTokenizer takes documents as a list,
    ... Got one str. Put a single document in a list: [text].
    """

    _output_column = TOKENS_COLUMN
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "token_pattern": [str, None],
        "min_length": [Interval(Integral, 1, None, closed="left")],
        "contractions": [StrOptions({"keep", "split", "break"})],
        "punctuation": [StrOptions({"all", "emphatic"}), None],
        "negation_scope": [Interval(Integral, 0, None, closed="left")],
        "stemmer": [StrOptions(set(SNOWBALL_LANGUAGES)), None],
    }

    def __init__(
        self,
        *,
        token_pattern: str | None = None,
        min_length: int = 1,
        contractions: str = "keep",
        punctuation: str | None = None,
        negation_scope: int = 0,
        stemmer: str | None = None,
    ) -> None:
        self.token_pattern = token_pattern
        self.min_length = min_length
        self.contractions = contractions
        self.punctuation = punctuation
        self.negation_scope = negation_scope
        self.stemmer = stemmer

    def check_parameters(self) -> None:
        """Raise InvalidParameterError if a parameter is none that we take."""
        super().check_parameters()
        if self.token_pattern is not None:
            _compile(self.token_pattern)

    def transform(self, X: Any) -> pd.Series:
        """Cut documents into tokens.

        Parameters
        ----------
        X : list, tuple, ndarray, Series, Index, DataFrame or Arrow array of str
            The documents; see :func:`sentiment.documents.check_documents`.

        Returns
        -------
        tokens : Series of lists of str
            As long as ``X`` and with its index. A document without tokens is an
            empty list.

        Raises
        ------
        DocumentError, DocumentTypeError
            If a cell is not a str, is missing, or is not valid Unicode.
        """
        texts, index = read_documents(X, caller=type(self).__name__)
        return self.cut(texts).to_series(index)

    def cut(self, texts: pa.Array) -> TokenLists:
        """Cut documents in an Arrow array; see :meth:`transform`."""
        self.check_parameters()
        return load_engine().cut(texts, self)


def _compile(token_pattern: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(token_pattern)
    except re.error as error:
        raise InvalidParameterError(
            "The 'token_pattern' parameter of WordTokenizer must be a regular "
            f"expression. Got {token_pattern!r} instead: {error}."
        ) from None
    if pattern.groups > 1:
        raise InvalidParameterError(
            "The 'token_pattern' parameter of WordTokenizer must have at most one "
            f"group. Got {token_pattern!r} with {pattern.groups}. Make the others "
            "non-capturing: (?:...)."
        )
    return pattern
