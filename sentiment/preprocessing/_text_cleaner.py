"""Clean raw documents: markup, entities, Unicode form, quotes, URLs, case."""

import html
import re
import unicodedata
from collections.abc import Callable
from types import ModuleType
from typing import Any, ClassVar

import pandas as pd
import pyarrow as pa

from sentiment._sklearn import StrOptions
from sentiment.documents import TEXT_COLUMN, read_documents, text_series
from sentiment.engine import give_back_memory, load_kernel
from sentiment.preprocessing._column_transformer import OneColumnTransformer
from sentiment.preprocessing._compiled_text import clean_texts

# A tag starts with a letter, "/" or "!--", so "I <3 it" keeps its heart. It stops at
# the next "<": without that, a text of a million "<a" would take quadratic time.
_TAG = re.compile(r"<(?:!--|/?[A-Za-z])[^<>]*>")
# Python refuses to read a number of thousands of digits, as html.unescape would.
_LONG_NUMBER = re.compile(r"&#([0-9]{8,});?")
# At the start of a word only: "Awww...so cute" holds no link. An accent belongs to the
# word before it.
_URL = re.compile(r"(?:https?://|(?<![\w\u0300-\u036f])www\.)[^\s<>\"]+", re.IGNORECASE)
_STRAIGHT = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "ʼ": "'", "′": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"',
    }
)  # fmt: skip
_BLOCK = 1000
_CURLY = re.compile("[" + "".join(map(chr, _STRAIGHT)) + "]")


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
        cleaners = self._make_cleaners()

        def clean_one(text: str) -> str:
            for cleaner in cleaners:
                text = cleaner(text)
            return text

        kernel = load_kernel()
        options = None if kernel is None else self.kernel_options(kernel)
        if kernel is not None and options is not None:
            return clean_texts(kernel, texts, options, clean_one)
        # In blocks, so that few documents exist as Python strings at a time.
        blocks = [
            pa.array(
                map(clean_one, texts[at : at + _BLOCK].to_pylist()), pa.large_string()
            )
            for at in range(0, max(len(texts), 1), _BLOCK)
        ]
        cleaned = blocks[0] if len(blocks) == 1 else pa.concat_arrays(blocks)
        del blocks
        give_back_memory(cleaned)
        return cleaned

    def kernel_options(self, kernel: ModuleType) -> int | None:
        """Return the parameters as the kernel's bits, None where it cannot."""
        if self.form == "NFKC":
            return None
        wanted = {**vars(self), "urls": self.urls == "space"}
        return sum(bit for name, bit in kernel.OPTIONS.items() if wanted[name])

    def _make_cleaners(self) -> list[Callable[[str], str]]:
        cleaners: list[Callable[[str], str]] = []
        if self.html:
            cleaners.append(_strip_html)
        if self.straighten_quotes and self.form == "NFKC":
            # NFKC makes a space and an accent of "´", and two primes of "″".
            cleaners.append(_straighten)
        if self.form is not None:
            cleaners.append(_normaliser(self.form))
        if self.straighten_quotes:
            cleaners.append(_straighten)
        if self.urls == "space":
            cleaners.append(_strip_urls)
        if self.lowercase:
            cleaners.append(str.lower)
            if self.form is not None:
                # "H̱" has no composed form, its lower case has.
                cleaners.append(_normaliser(self.form))
        return cleaners


# Each cleaner first asks whether it has anything to do: that is a memchr, and most
# documents hold neither a tag nor an entity, a curly quote or a link.


def _strip_html(text: str) -> str:
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        if "&#" in text:
            text = _LONG_NUMBER.sub(_shorten_number, text)
        # A numeric entity never gives a surrogate: html.unescape maps it to U+FFFD.
        text = html.unescape(text)
    return text


def _shorten_number(entity: re.Match[str]) -> str:
    # Eight digits are beyond Unicode like any more, if the first is no zero.
    return f"&#{entity[1].lstrip('0')[:8] or '0'};"


def _normaliser(form: Any) -> Callable[[str], str]:
    def normalise(text: str) -> str:
        return text if text.isascii() else unicodedata.normalize(form, text)

    return normalise


def _straighten(text: str) -> str:
    if text.isascii() and "`" not in text:
        return text
    return text.translate(_STRAIGHT) if _CURLY.search(text) else text


def _strip_urls(text: str) -> str:
    if "://" in text or "w." in text or "W." in text:
        return _URL.sub(" ", text)
    return text
