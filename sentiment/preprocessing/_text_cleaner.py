"""Clean raw documents: markup, entities, Unicode form, quotes, URLs, case."""

from typing import Any, ClassVar

import pandas as pd
import pyarrow as pa

from sentiment._sklearn import StrOptions
from sentiment.documents import TEXT_COLUMN, read_documents, text_series
from sentiment.engine import load_engine
from sentiment.preprocessing._column_transformer import OneColumnTransformer


class TextCleaner(OneColumnTransformer):
    """Clean raw documents before they are tokenised.

    Reviews from the web hold ``<br />`` between sentences, entities, curly quotes
    and links. Left in, ``great.<br />Loved`` is one token and ``don’t`` is not
    ``don't``. Each repair is an option; none looks at other documents, so a document
    is cleaned the same way in training and in inference.

    Parameters
    ----------
    html : bool, default=True
        Replace each tag by a space (never by nothing: ``one<br />two`` are two words)
        and then resolve entities such as ``&amp;``, in the order in which a browser
        does. False leaves ``<``, ``>`` and ``&`` to the tokenizer.
    form : {"NFC", "NFKC"} or None, default="NFC"
        The Unicode normalisation form (UAX #15). "NFKC" also folds full-width letters
        and ligatures. None keeps ``é`` and ``e`` + U+0301 apart.
    straighten_quotes : bool, default=True
        Make curly quotes, primes and backticks straight, so that one list of
        contractions and stop words covers both.
    urls : {"space", "keep"}, default="space"
        What to do with ``http://...`` and ``www. ...``: replace each by a space, or
        leave it to the tokenizer, which makes many rare tokens of it.
    lowercase : bool, default=True
        Apply ``str.lower``. False keeps ``GREAT`` and ``great`` apart.

    See Also
    --------
    WordTokenizer : The next step, which cuts the text into tokens.

    Notes
    -----
    O(n_characters). The steps run in the order of the parameters above; before NFKC,
    which would take some of them apart, quotes are straightened once more, and the
    form is restored after lower-casing.

    Examples
    --------
    >>> from sentiment import TextCleaner
    >>> docs = ["I DON’T like it.<br />Boring &amp; long."]
    >>> TextCleaner().fit_transform(docs).tolist()
    ["i don't like it. boring & long."]
    >>> TextCleaner(lowercase=False).get_params()["lowercase"]
    False
    >>> TextCleaner(form="utf8").fit(["any"])
    Traceback (most recent call last):
    ...
    sklearn.utils._param_validation.InvalidParameterError: The 'form' parameter of
    TextCleaner must be a str among {'NFC', 'NFKC'} or None. Got 'utf8' instead.
    """

    _output_column = TEXT_COLUMN
    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "html": ["boolean"],
        "form": [StrOptions({"NFC", "NFKC"}), None],
        "straighten_quotes": ["boolean"],
        "urls": [StrOptions({"space", "keep"})],
        "lowercase": ["boolean"],
    }

    def __init__(
        self,
        *,
        html: bool = True,
        form: str | None = "NFC",
        straighten_quotes: bool = True,
        urls: str = "space",
        lowercase: bool = True,
    ) -> None:
        self.html = html
        self.form = form
        self.straighten_quotes = straighten_quotes
        self.urls = urls
        self.lowercase = lowercase

    def transform(self, X: Any) -> pd.Series:
        """Clean documents.

        Parameters
        ----------
        X : list, tuple, ndarray, Series, Index, DataFrame or Arrow array of str
            The documents; see :func:`sentiment.documents.check_documents`.

        Returns
        -------
        text : Series of str
            As long as ``X`` and with its index.

        Raises
        ------
        DocumentError, DocumentTypeError
            If a cell is not a str, is missing, or is not valid Unicode.
        """
        texts, index = read_documents(X, caller=type(self).__name__)
        return text_series(self.clean(texts), index)

    def clean(self, texts: pa.Array) -> pa.Array:
        """Clean documents in an Arrow array; see :meth:`transform`."""
        self.check_parameters()
        return load_engine().clean(texts, self)
