"""The one door through which documents enter: ``check_documents``.

Without it, scikit-learn's vectorizers iterate whatever they are given: a bare
string becomes its characters, a DataFrame becomes its column names, and three
rows come back as one label.
"""

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from sentiment._arrays import Array
from sentiment._messages import shown
from sentiment.exceptions import DocumentError, DocumentTypeError

TEXT_COLUMN = "text"
TEXT_DTYPE = pd.StringDtype("pyarrow", na_value=np.nan)

_ACCEPTED = (
    "a list, tuple, array, Series, Index or Arrow array of str, or a table with one "
    "column or a column named 'text'"
)


def check_documents(X: Any, *, caller: str = "check_documents") -> pd.Series:
    """Return documents as a pandas Series of Arrow-backed str.

    Every estimator and every door of a logged model reads its documents through
    this function, so what counts as a document is decided once.

    Parameters
    ----------
    X : list, tuple, ndarray, Series, Index, Arrow array or table of str
        The documents, one per element. Of a table, such as a DataFrame, the column
        ``text`` is read, or the only column. Series and tables may be those of
        pandas, polars, Arrow, ``datasets`` or dask. An empty string is a document; an
        empty container is a batch of no documents.
    caller : str, default="check_documents"
        Who asks; named in the error messages.

    Returns
    -------
    documents : Series of dtype str
        With the index of ``X`` where it has one. ``X`` itself is not changed, and
        not copied when it already is such a Series.

    Raises
    ------
    DocumentTypeError
        If ``X`` is a bare str or another unusable container, or a cell is not a str.
    DocumentError
        If a cell is missing or holds a lone surrogate, which is not Unicode text.

    Notes
    -----
    O(n_documents); Arrow-backed input is taken as it is.

    Examples
    --------
    >>> check_documents(["A gem.", ""]).tolist()
    ['A gem.', '']
    >>> check_documents(["A gem.", None])
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DocumentError: check_documents takes documents as str.
    Got None at row 1. Drop the row, or use an empty string for an empty document.
    """
    X = from_other_library(X)
    if isinstance(X, pa.Table):
        X = X.column(_text_column(X.column_names, caller))
    if isinstance(X, pd.DataFrame):
        X = X.iloc[:, _text_column(list(X), caller)]
    if isinstance(X, pd.Series | pd.Index):
        if X.dtype == TEXT_DTYPE:
            known = X.to_series(index=range(len(X))) if isinstance(X, pd.Index) else X
            return _check_present(known, caller)
        return text_series(_as_array(list(X), caller), getattr(X, "index", None))
    if isinstance(X, pa.Array | pa.ChunkedArray):
        return _from_arrow(X, caller)
    if isinstance(X, np.ndarray):
        return text_series(_as_array(_flatten(X, caller).tolist(), caller))
    if isinstance(X, list | tuple):
        return text_series(_as_array(X, caller))
    got = "one str" if isinstance(X, str) else f"{type(X).__name__}"
    remedy = " Put a single document in a list: [text]." if isinstance(X, str) else ""
    raise DocumentTypeError(
        f"{caller} takes documents as {_ACCEPTED}. Got {got}.{remedy}"
    )


def read_documents(X: Any, *, caller: str) -> tuple[pa.Array, pd.Index | None]:
    """Return documents as an Arrow ``large_string`` array, and their index if any.

    As :func:`check_documents`, without a Series of a list: for one document, making it
    takes longer than cleaning its text.
    """
    if isinstance(X, list | tuple):
        return _as_array(X, caller), None
    documents = check_documents(X, caller=caller)
    return text_array(documents), documents.index


def text_array(documents: pd.Series) -> pa.Array:
    """Return the Arrow ``large_string`` array behind a Series of documents."""
    array = documents.array.__arrow_array__()
    if isinstance(array, pa.ChunkedArray):
        # combine_chunks copies only when there is more than one chunk.
        return array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    return array


def text_buffers(texts: pa.Array) -> tuple[NDArray[np.uint8], Array]:
    """Return the UTF-8 bytes of an Arrow array of strings, and the offsets in them.

    There is at least one byte: what is empty has no address for the kernel.
    """
    wide = pa.types.is_large_string(texts.type)
    _, offsets, data = texts.buffers()
    none = np.zeros(1, np.uint8)
    if not len(texts) or offsets is None:
        return none, np.zeros(1, np.int64 if wide else np.int32)
    starts = np.frombuffer(offsets, np.int64 if wide else np.int32)
    starts = starts[texts.offset : texts.offset + len(texts) + 1]
    if data is None or not data.size:
        return none, starts
    return np.frombuffer(data, np.uint8), starts


def text_series(
    texts: Sequence[str] | pa.Array, index: pd.Index | None = None
) -> pd.Series:
    """Wrap str values that are known to be valid as a Series named ``text``."""
    if not isinstance(texts, pa.Array):
        texts = pa.array(texts, pa.large_string())
    array = pd.arrays.ArrowStringArray(texts, dtype=TEXT_DTYPE)
    return pd.Series(array, index=index, name=TEXT_COLUMN, copy=False)


def from_other_library(data: Any) -> Any:
    """Return a table or column of another library as Arrow's; all else as it is.

    polars, ``datasets``, dask and whoever speaks the Arrow PyCapsule interface.
    """
    if isinstance(
        data, list | tuple | np.ndarray | pd.DataFrame | pd.Series | pd.Index
    ):
        return data
    if type(data).__module__.startswith("datasets."):
        if not hasattr(data, "with_format"):
            return list(data) if hasattr(data, "__len__") else data
        data = data.with_format("arrow")[:]
    elif hasattr(data, "compute") and hasattr(data, "dask"):
        return data.compute()
    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    if isinstance(data, pa.Table | pa.Array | pa.ChunkedArray):
        return data
    if not hasattr(data, "__arrow_c_stream__"):
        return data
    return pa.table(data) if hasattr(data, "columns") else pa.chunked_array(data)


def _text_column(names: list[Any], caller: str) -> int:
    """Return where the column of documents is."""
    if TEXT_COLUMN in names and names.count(TEXT_COLUMN) == 1:
        return names.index(TEXT_COLUMN)
    if len(names) == 1:
        return 0
    raise DocumentTypeError(
        f"{caller} takes a DataFrame with one column or one column named 'text'. Got "
        f"the columns {shown(list(map(str, names)), 200)}. Select the column: "
        "X[['text']]."
    )


def _flatten(X: np.ndarray, caller: str) -> np.ndarray:
    if X.ndim == 1 or (X.ndim == 2 and X.shape[1] == 1):
        return X.ravel()
    raise DocumentTypeError(
        f"{caller} takes an array of documents with one dimension. Got the shape "
        f"{X.shape}. Select one column of it."
    )


def _from_arrow(X: pa.Array | pa.ChunkedArray, caller: str) -> pd.Series:
    kind = X.type.value_type if pa.types.is_dictionary(X.type) else X.type
    if not (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
    ):
        raise DocumentTypeError(
            f"{caller} takes an Arrow array of strings. Got {X.type}. Cast it first."
        )
    X = X.cast(pa.large_string())
    if isinstance(X, pa.ChunkedArray):
        X = X.combine_chunks()
    return _check_present(text_series(X), caller)


def _check_present(documents: pd.Series, caller: str) -> pd.Series:
    if documents.array.__arrow_array__().null_count:
        row = int(documents.isna().to_numpy().argmax())
        _refuse(documents.iloc[row], row, caller)
    return documents


def _as_array(values: Sequence[Any], caller: str) -> pa.Array:
    for row, value in enumerate(values):
        if not isinstance(value, str):
            _refuse(value, row, caller)
    try:
        return pa.array(values, pa.large_string())
    except UnicodeEncodeError:
        for row, value in enumerate(values):
            _check_unicode(value, row, caller)
        raise


def _check_unicode(value: str, row: int, caller: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise DocumentError(
            f"{caller} takes documents as Unicode text. Got a lone surrogate "
            f"{value[error.start]!r} at row {row}, character {error.start}. Decode the "
            "source with errors='replace', or drop the row."
        ) from None


def is_missing(value: Any) -> bool:
    """Say whether a cell is None, NaN, ``pd.NA`` or ``pd.NaT``."""
    if isinstance(value, float | np.floating):
        return bool(np.isnan(value))
    return value is None or value is pd.NA or value is pd.NaT


def _refuse(value: Any, row: int, caller: str) -> NoReturn:
    if is_missing(value):
        raise DocumentError(
            f"{caller} takes documents as str. Got {value!r} at row {row}. Drop the "
            "row, or use an empty string for an empty document."
        )
    raise DocumentTypeError(
        f"{caller} takes documents as str. Got {shown(value, 40)} "
        f"({type(value).__name__}) "
        f"at row {row}. Convert it to str first, if it is text at all."
    )
