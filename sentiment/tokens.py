"""Tokenised documents: a column of token lists that shares one table of words.

Between steps, tokens travel as a pandas Series whose cells are lists of words.
Underneath stand three arrays, drawn here for ``["good film", "film"]``::

    words     "good" "film"      each distinct word once
    ids        0  1 │ 1          one entry per token: its place in ``words``
    offsets    0     2  3        document i holds ids[offsets[i]:offsets[i + 1]]

so a question about a word (is it a stop word? what is its stem?) is asked once
per distinct word, not once per token.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from sentiment._arrays import Flags, Ints
from sentiment._messages import shown
from sentiment.documents import is_missing, text_buffers
from sentiment.exceptions import DocumentError, DocumentTypeError

TOKENS_COLUMN = "tokens"
TOKENS_TYPE = pa.list_(pa.dictionary(pa.int32(), pa.string()))
TOKENS_DTYPE = pd.ArrowDtype(TOKENS_TYPE)


@dataclass(frozen=True, slots=True)
class TokenLists:
    """The three arrays of the drawing above.

    ``words`` holds no word twice; it may hold words that no token uses.
    """

    ids: NDArray[np.int32]
    offsets: Ints
    words: pa.Array

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def buffers(self) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
        """Return the UTF-8 bytes of the words, and the offsets of each in them."""
        return text_buffers(self.words)

    def lengths(self) -> Ints:
        """Return the number of tokens of each document."""
        return np.diff(self.offsets)

    def keep(self, kept: Flags) -> "TokenLists":
        """Return the lists with only the tokens where ``kept`` is true."""
        before = np.concatenate([[0], np.cumsum(kept)])
        return TokenLists(self.ids[kept], before[self.offsets], self.words)

    def keep_words(self, kept: Flags) -> "TokenLists":
        """Return the lists with only the tokens of words where ``kept`` is true."""
        return self.keep(kept[self.ids])

    def with_words(self, words: pa.Array) -> "TokenLists":
        """Return the lists with ``words[i]`` instead of word i.

        Words that became equal are made one.
        """
        encoded = words.dictionary_encode()
        new_ids = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
        return TokenLists(new_ids[self.ids], self.offsets, encoded.dictionary)

    def to_series(self, index: pd.Index | None = None) -> pd.Series:
        """Return the lists as the Series that travels between steps."""
        if len(self.ids) > np.iinfo(np.int32).max:
            raise DocumentError(
                f"One batch holds at most 2,147,483,647 tokens. Got {len(self.ids):,}. "
                "Pass the documents in several batches."
            )
        coded = pa.DictionaryArray.from_arrays(
            pa.array(self.ids, pa.int32()), self.words, safe=False
        )
        lists = pa.ListArray.from_arrays(pa.array(self.offsets, pa.int32()), coded)
        array = pd.arrays.ArrowExtensionArray(lists)
        return pd.Series(array, index=index, name=TOKENS_COLUMN, copy=False)


def make_words(text: NDArray[np.uint8], starts: NDArray[np.int32]) -> pa.Array:
    """Return words as an Arrow ``string`` array, from their bytes and offsets."""
    buffers = [None, pa.py_buffer(starts), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.string(), len(starts) - 1, buffers)


def check_tokens(X: Any, *, caller: str = "check_tokens") -> TokenLists:
    """Return tokenised documents as :class:`TokenLists`.

    Parameters
    ----------
    X : Series, one-column DataFrame, list, tuple or ndarray
        What a :class:`~sentiment.WordTokenizer` gives, or a sequence of lists of
        str, one per document.
    caller : str, default="check_tokens"
        Who asks; named in the error messages.

    Returns
    -------
    tokens : TokenLists

    Raises
    ------
    DocumentTypeError
        If a document is not a list of str. A str is refused: its characters are
        not its tokens.

    Examples
    --------
    >>> check_tokens([["good", "film"], []]).ids.tolist()
    [0, 1]
    >>> check_tokens(["good film"])
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DocumentTypeError: check_tokens takes lists of tokens. Got
    'good film' at row 0. Tokenise the documents first, with WordTokenizer.
    """
    if isinstance(X, pd.DataFrame) and X.shape[1] == 1:
        X = X.iloc[:, 0]
    if isinstance(X, pd.Series) and isinstance(X.dtype, pd.ArrowDtype):
        return _from_arrow(X.array.__arrow_array__(), caller)
    if isinstance(X, pd.Series | np.ndarray | list | tuple):
        return _from_lists(list(X), caller)
    raise DocumentTypeError(
        f"{caller} takes a Series or list of token lists. Got {type(X).__name__}. "
        "Tokenise the documents first, with WordTokenizer."
    )


def _from_lists(rows: list[Any], caller: str) -> TokenLists:
    for row, tokens in enumerate(rows):
        if is_missing(tokens):
            raise DocumentError(
                f"{caller} takes lists of tokens. Got {tokens!r} at row {row}. Drop "
                "the row, or use an empty list for an empty document."
            )
        if not isinstance(tokens, list | tuple | np.ndarray):
            raise DocumentTypeError(
                f"{caller} takes lists of tokens. Got {shown(tokens)} at row {row}. "
                "Tokenise the documents first, with WordTokenizer."
            )
        for token in tokens:
            if not isinstance(token, str):
                raise DocumentTypeError(
                    f"{caller} takes tokens as str. Got {shown(token)} "
                    f"({type(token).__name__}) at row {row}. Convert it to str first."
                )
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(tokens) for tokens in rows], out=offsets[1:])
    return encode_tokens([token for tokens in rows for token in tokens], offsets)


def encode_tokens(tokens: list[str], offsets: Ints) -> TokenLists:
    """Code a flat list of tokens by the table of its distinct words."""
    try:
        encoded = pa.array(tokens, pa.string()).dictionary_encode()
    except UnicodeEncodeError as error:
        raise DocumentError(
            "Tokens are Unicode text. Got a lone surrogate in "
            f"{shown(error.object)}. Decode the source with errors='replace'."
        ) from None
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return TokenLists(encoded.indices.to_numpy(), offsets, encoded.dictionary)


def _from_arrow(array: pa.Array | pa.ChunkedArray, caller: str) -> TokenLists:
    if not (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)):
        raise DocumentTypeError(
            f"{caller} takes lists of tokens. Got a column of {array.type}. "
            "Tokenise the documents first, with WordTokenizer."
        )
    if array.type != TOKENS_TYPE:
        return _from_lists(array.to_pylist(), caller)
    if isinstance(array, pa.ChunkedArray):
        # Chunks come from different batches, each with a dictionary of its own.
        array = array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    offsets = array.offsets.to_numpy().astype(np.int64)
    coded = array.values[offsets[0] : offsets[-1]]
    if array.null_count or coded.null_count or coded.dictionary.null_count:
        return _from_lists(array.to_pylist(), caller)
    ids = coded.indices.to_numpy(zero_copy_only=False)
    return TokenLists(ids, offsets - offsets[0], coded.dictionary)
