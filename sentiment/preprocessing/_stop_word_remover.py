"""Remove stop words from tokenised documents."""

import os
from typing import Any, ClassVar, Self

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.utils.validation import check_is_fitted

from sentiment._sklearn import InvalidParameterError
from sentiment.preprocessing._column_transformer import OneColumnTransformer
from sentiment.preprocessing._stop_words import read_stop_words
from sentiment.tokens import TOKENS_COLUMN, TOKENS_DTYPE, TokenLists, check_tokens


class StopWordRemover(OneColumnTransformer):
    """Remove stop words from tokenised documents.

    Few stop word lists suit sentiment: most hold ``not`` and ``no``, and removing
    those turns ``not good`` into ``good``. The words are resolved once, in ``fit``,
    and are part of the fitted model, so that inference removes just what training did,
    whatever is installed there.

    Parameters
    ----------
    stop_words : None, "english", "tutorial", "nltk", path or list of str, default=None
        None removes nothing. "english": function words with the negators kept,
        contractions covered. "tutorial": the 127 words of NLTK's list before 2017,
        ``not`` among them. "nltk": the NLTK corpus, which must be installed. A path:
        a UTF-8 file with one word a line, ``#`` for comments.
    language : str, default="english"
        The language of the NLTK corpus; any other list ignores it.

    Attributes
    ----------
    stop_words_ : list of str
        The words in use, sorted.
    source_ : str
        Where they came from.
    sha256_ : str
        SHA-256 of the words, one a line: equal digests, equal lists.

    See Also
    --------
    WordTokenizer : The step before.
    NgramVectorizer : Its ``max_df`` drops the words that this corpus overuses.

    Notes
    -----
    Words are compared as they are written: lower-case the text first. O(n_tokens),
    with one look-up per distinct word.

    Examples
    --------
    >>> from sentiment import StopWordRemover
    >>> tokens = [["this", "is", "not", "good"]]
    >>> remover = StopWordRemover(stop_words="english").fit(tokens)
    >>> remover.transform(tokens).tolist()
    [['not', 'good']]
    >>> remover.source_
    'english'
    >>> StopWordRemover(stop_words="englsh").fit(tokens)
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DataError: StopWordRemover takes 'english', 'tutorial', 'nltk',
    a list or a file. Got 'englsh', and there is no such file.
    """

    _output_column = TOKENS_COLUMN
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "stop_words": [str, os.PathLike, list, tuple, None],
        "language": [str],
    }

    def __init__(self, *, stop_words: Any = None, language: str = "english") -> None:
        self.stop_words = stop_words
        self.language = language

    def fit(self, X: Any, y: Any = None) -> Self:
        """Resolve the stop words.

        Parameters
        ----------
        X : Series or list of token lists
            Ignored.
        y : None
            Ignored: no label is used before the classifier.

        Returns
        -------
        self : object

        Raises
        ------
        DataError
            If the file, the NLTK corpus or its language is not there.
        """
        super().fit(X)
        if isinstance(self.stop_words, list | tuple):
            _check_words(self.stop_words)
        self.stop_words_, self.source_, self.sha256_ = read_stop_words(
            self.stop_words, self.language
        )
        return self

    def transform(self, X: Any) -> pd.Series:
        """Remove the stop words.

        Parameters
        ----------
        X : Series or list of token lists
            What a :class:`WordTokenizer` gives, or lists of str.

        Returns
        -------
        tokens : Series of lists of str
            As long as ``X`` and with its index. A document of nothing but stop words
            becomes an empty list.
        """
        check_is_fitted(self)
        tokens = check_tokens(X, caller=type(self).__name__)
        if (
            not self.stop_words_
            and isinstance(X, pd.Series)
            and X.dtype == TOKENS_DTYPE
        ):
            return X.copy(deep=False)
        index = X.index if isinstance(X, pd.Series | pd.DataFrame) else None
        return self.remove(tokens).to_series(index)

    def remove(self, tokens: TokenLists) -> TokenLists:
        """Remove the stop words from token lists; see :meth:`transform`."""
        if not self.stop_words_:
            return tokens
        stops = pa.array(self.stop_words_, pa.string())
        stop = pc.is_in(tokens.words, value_set=stops)
        return tokens.keep_words(~stop.to_numpy(zero_copy_only=False).astype(bool))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "stop_words_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = False
        tags.requires_fit = True
        return tags


def _check_words(words: list[Any] | tuple[Any, ...]) -> None:
    for word in words:
        if not isinstance(word, str):
            raise InvalidParameterError(
                "The 'stop_words' parameter of StopWordRemover must hold str only. Got "
                f"{word!r} instead."
            )
        try:
            word.encode()
        except UnicodeEncodeError:
            raise InvalidParameterError(
                "The 'stop_words' parameter of StopWordRemover must hold Unicode text. "
                f"Got {word!r} instead."
            ) from None
