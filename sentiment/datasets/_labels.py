"""The label column of a source: which rows are labelled, and as what."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sentiment._messages import shown
from sentiment.datasets._rows import Rows
from sentiment.documents import TEXT_DTYPE
from sentiment.exceptions import DataError

# IMDB's own names; everything after this package says the word in full.
FULL_NAMES = {"neg": "negative", "pos": "positive"}

_PLAIN_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_LABEL_TYPES = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
)


def read_labels(
    rows: Rows, column: str, label_names: Sequence[str] | None = None
) -> pd.Series:
    """Return the labels of the labelled rows, indexed by the position of the row."""
    values = _plain_array(rows, column)
    if label_names is not None:
        values = _name_integers(
            rows, values, _check_label_names(label_names), "label_names"
        )
    elif column in rows.class_names:
        names = [FULL_NAMES.get(name, name) for name in rows.class_names[column]]
        values = _from_class_label(rows, values, rows.class_names[column], names)
    return _as_series(values)


def _check_label_names(label_names: Sequence[str]) -> list[str]:
    if isinstance(label_names, str):
        raise TypeError(
            f"label_names takes a list of str. Got {shown(label_names, 200)}. "
            f"Write [{', '.join(map(repr, label_names.split(',')))}]."
        )
    names = list(label_names)
    if len(set(names)) != len(names) or not all(names):
        raise DataError(
            "label_names takes different names, none of them empty. Got "
            f"{shown(names, 200)}."
        )
    return names


def _plain_array(rows: Rows, column: str) -> pa.Array:
    """Return labels of one plain type; what is missing is null."""
    values = rows.column(column, "--label-column")
    if isinstance(values, list):
        values = _from_mixed(rows, values)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if rows.untyped:
        return _from_cells(values)
    kind = values.type
    if pa.types.is_floating(kind):
        return _from_floats(values.cast(pa.float64()))
    if pa.types.is_null(kind):
        return values.cast(pa.large_string())
    if not any(is_kind(kind) for is_kind in _LABEL_TYPES):
        raise DataError(
            f"{rows.name}: column {column!r} holds {kind}. Labels are strings, whole "
            "numbers or booleans. Name the label column with --label-column."
        )
    return values


def _from_mixed(rows: Rows, values: list[Any]) -> pa.Array:
    """Read cells of several types: numbers may mix, nothing else may."""
    kinds: list[type] = []
    for row, value in enumerate(values):
        kind = type(value)
        if value is None or kind in kinds:
            continue
        if kind not in (str, int, float, bool):
            raise DataError(
                f"{rows.place(row)}: a label is a string, a whole number or a boolean. "
                f"Got a {kind.__name__}. Name the label column with --label-column."
            )
        if kinds and not {kind, *kinds} <= {int, float}:
            raise DataError(
                f"{rows.place(row)}: label {shown(value)} is of type {kind.__name__}, "
                "those "
                f"before it are {kinds[0].__name__}. Write all labels as one type."
            )
        kinds.append(kind)
    try:
        return pa.array(values, pa.float64() if float in kinds else None)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        raise DataError(
            f"{rows.name}: a label is an integer beyond 64 bits, or not valid Unicode. "
            "Write class numbers or names."
        ) from None


def _from_cells(values: pa.Array) -> pa.Array:
    """Type the labels of a format without types: all integers, or all strings."""
    values = pc.if_else(pc.equal(values, ""), None, values)
    written = values.drop_null().unique().to_pylist()
    if written and all(_PLAIN_INTEGER.fullmatch(cell) for cell in written):
        try:
            return values.cast(pa.int64())
        except pa.ArrowInvalid:
            # Beyond 64 bits: an identifier rather than a number.
            return values
    return values


def _from_floats(values: pa.Array) -> pa.Array:
    """Give back as integers what became float because of missing cells."""
    values = pc.if_else(pc.is_nan(values), None, values)
    try:
        return values.cast(pa.int64())
    except pa.ArrowInvalid:
        return values


def _from_class_label(
    rows: Rows, values: pa.Array, stored: list[str], names: list[str]
) -> pa.Array:
    if not _is_text(values.type):
        return _name_integers(rows, values, names, "its ClassLabel")
    full = dict(zip(stored, names, strict=True))
    cells = values.to_pylist()
    for row, cell in enumerate(cells):
        if cell is not None and cell not in full:
            raise DataError(
                f"{rows.place(row)}: label {shown(cell)} is none of its ClassLabel's "
                "names "
                f"{shown(stored, 200)}. Correct the label, or the names in the "
                "README.md."
            )
    return pa.array([full.get(cell) for cell in cells], pa.large_string())


def _name_integers(
    rows: Rows, values: pa.Array, names: list[str], namer: str
) -> pa.Array:
    if not pa.types.is_integer(values.type):
        if values.null_count == len(values):
            return values.cast(pa.large_string())
        row = int(values.is_valid().to_numpy(zero_copy_only=False).argmax())
        kind = "already a name" if _is_text(values.type) else "no class number"
        raise DataError(
            f"{rows.place(row)}: label {shown(values[row].as_py())} is {kind}; {namer} "
            f"names the integers 0 to {len(names) - 1}. Leave --label-names out."
        )
    # -1 is how datasets write "no label".
    values = pc.if_else(pc.equal(values, -1), None, values)
    outside = pc.or_(pc.less(values, 0), pc.greater_equal(values, len(names)))
    outside = outside.fill_null(False).to_numpy(zero_copy_only=False)
    if outside.any():
        row = int(outside.argmax())
        raise DataError(
            f"{rows.place(row)}: label {values[row].as_py()} has no name; {namer} "
            f"names the integers 0 to {len(names) - 1}: {shown(names, 200)}. Give "
            "each class a "
            "name with --label-names."
        )
    return pa.array(names, pa.large_string()).take(values)


def _is_text(kind: pa.DataType) -> bool:
    return any(is_kind(kind) for is_kind in _LABEL_TYPES[:3])


def _as_series(values: pa.Array) -> pd.Series:
    labelled = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))
    index: pd.Index = pd.Index(labelled)
    if len(labelled) == len(values):
        index = pd.RangeIndex(len(values))
    present = values.drop_null()
    if _is_text(values.type):
        array = pd.arrays.ArrowStringArray(
            present.cast(pa.large_string()), dtype=TEXT_DTYPE
        )
        return pd.Series(array, index=index, name="label", copy=False)
    if pa.types.is_integer(values.type) and not pa.types.is_uint64(values.type):
        present = present.cast(pa.int64())
    return pd.Series(present.to_numpy(zero_copy_only=False), index=index, name="label")
