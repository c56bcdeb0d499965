"""What counts as labels: checked once, in one place."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from sentiment._messages import shown
from sentiment.documents import from_other_library, is_missing
from sentiment.exceptions import LabelError

_NUMERIC = "iuf"


def check_labels(y: Any, *, caller: str) -> NDArray[Any]:
    """Return labels as a one-dimensional array of one type.

    Raises
    ------
    LabelError
        If a label is missing, the types are mixed, or there is one class only.
    """
    labels = read_labels(y, caller)
    if not len(labels):
        raise LabelError(f"{caller} learns from at least two classes. Got no labels.")
    classes = np.unique(labels)
    if len(classes) < 2:
        raise LabelError(
            f"{caller} learns from at least two classes. Got one class only, "
            f"{shown(classes[0].item())} (rows: {len(labels):,}). Add rows of another "
            "class."
        )
    return labels


def encode_distinct(y: Any, *, caller: str) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the classes, sorted, and the class of each row.

    Only the distinct labels are looked at one by one, as Python objects.
    """
    places, distinct = pd.factorize(pd.Series(_of_pandas(y)))
    if len(distinct) < 2 or (places < 0).any():
        check_labels(y, caller=caller)
    labels = check_labels(distinct, caller=caller)
    classes = np.unique(labels)
    return classes, np.searchsorted(classes, labels)[places]


def encode_labels(
    y: Any, classes: NDArray[Any], *, what: str = "y_val"
) -> NDArray[np.int64]:
    """Return the place of each label in ``classes``, which is sorted.

    Raises
    ------
    LabelError
        If a label is none of the classes.
    """
    labels = read_labels(y, what)
    # numpy would compare "1" with 1 as strings, and find them equal.
    alike = labels.dtype.kind == classes.dtype.kind or (
        labels.dtype.kind in _NUMERIC and classes.dtype.kind in _NUMERIC
    )
    known = np.isin(labels, classes) if alike else np.zeros(len(labels), bool)
    if not known.all():
        unknown = np.unique(labels[~known]).tolist()
        raise LabelError(
            f"{what} takes the classes of the training labels, {classes.tolist()}. Got "
            f"also {unknown}. Leave those out, or add rows of them to the training."
        )
    return np.searchsorted(classes, labels)


def read_labels(y: Any, caller: str) -> NDArray[Any]:
    """Return labels as an array of one type; they may all be of one class."""
    y = _of_pandas(y)
    if isinstance(y, pd.DataFrame) and y.shape[1] == 1:
        y = y.iloc[:, 0]
    values = _to_list(y, caller)
    kinds = {_kind(value, row, caller) for row, value in enumerate(values)}
    if kinds == {"int", "float"}:
        # As JSON writes ratings: 3, 3.5, 4.
        kinds = {"float"}
    if len(kinds) > 1:
        raise LabelError(
            f"{caller} takes labels of one type. Got {' and '.join(sorted(kinds))}. "
            "Convert them to one type, such as str."
        )
    dtype = getattr(y, "dtype", None)
    is_number = isinstance(dtype, np.dtype) and dtype.kind in "b" + _NUMERIC
    return np.array(values, dtype if is_number else None)


def _of_pandas(y: Any) -> Any:
    """Return labels of another library as a list; all else as it is."""
    found = from_other_library(y)
    if isinstance(found, pa.Table) and found.num_columns == 1:
        found = found.column(0)
    if isinstance(found, pa.Array | pa.ChunkedArray):
        return found.to_pylist()
    return found


def check_lengths(X: Any, labels: NDArray[Any], *, caller: str) -> None:
    """Refuse labels that are not one for each row."""
    if len(labels) != X.shape[0]:
        raise LabelError(
            f"{caller} takes one label per row. Got {len(labels):,} labels for "
            f"{X.shape[0]:,} rows."
        )


def rows_with_weight(
    weight: NDArray[np.float64],
    codes: NDArray[np.int64],
    classes: NDArray[Any],
    *,
    caller: str,
) -> NDArray[np.bool_]:
    """Say which rows have a weight above 0; the others change no fold and no split.

    Raises
    ------
    LabelError
        If no row of a class has one.
    """
    kept = weight > 0
    without = np.bincount(codes[kept], minlength=len(classes)) == 0
    if without.any():
        raise LabelError(
            f"{caller} takes sample_weight times class_weight above 0 for some row of "
            f"each class. Got none for the class {classes[without][0].item()!r}. Leave "
            "the rows of such a class out."
        )
    return kept


def _to_list(y: Any, caller: str) -> list[Any]:
    """Return the labels one by one: numpy would make "1" of 1 beside a str."""
    if y is None:
        raise LabelError(
            f"{caller} requires y to be passed, but the target y is None. Pass one "
            "label per row."
        )
    if not isinstance(y, list | tuple | pd.Series | pd.Index):
        y = np.asarray(y)
        if y.ndim == 2 and y.shape[1] == 1:
            y = y.ravel()
        if y.ndim != 1:
            raise LabelError(
                f"{caller} takes one label per row. Got the shape {y.shape}. Pass a "
                "single column."
            )
    return list(y) if isinstance(y, list | tuple) else y.tolist()


def _kind(value: Any, row: int, caller: str) -> str:
    if isinstance(value, str):
        return "str"
    if isinstance(value, bool | np.bool_):
        return "bool"
    if isinstance(value, int | np.integer):
        return "int"
    if is_missing(value):
        raise LabelError(
            f"{caller} takes a label for every row. Got {value!r} at row {row}. Leave "
            "unlabelled rows out."
        )
    if isinstance(value, float | np.floating):
        return "float"
    raise LabelError(
        f"{caller} takes labels of str, int, float or bool, one per row. Got "
        f"{shown(value)} ({type(value).__name__}) at row {row}. Convert them first."
    )
