"""The label column of a source: which rows are labelled, and as what."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sentiment._messages import shown
from sentiment.datasets._batch import Batch, is_text
from sentiment.datasets._source import Source
from sentiment.documents import TEXT_DTYPE
from sentiment.exceptions import DataError

# IMDB's own names; everything after this package says the word in full.
FULL_NAMES = {"neg": "negative", "pos": "positive"}

_WHOLE = r"(0|-?[1-9][0-9]*)"
_WHOLE_NUMBER = rf"^{_WHOLE}(\.0*)?$"
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")
_LABEL_TYPES = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating)


def read_labels(rows: Batch, source: Source) -> pd.Series:
    """Return the labels of the labelled rows, indexed by the position of the row."""
    column = source.label_column
    values = _without(_plain_array(rows, column), source.unlabelled)
    stored = rows.class_names.get(column)
    if stored is not None and not is_text(values.type):
        # -1 is how datasets write "no label".
        values = _without(values, -1)
    elif pa.types.is_integer(values.type) and _distinct(values) == [-1]:
        values = pa.nulls(len(values), values.type)
    if source.label_names is not None:
        values = _rename(rows, column, values, name_labels(source, _distinct(values)))
    elif stored is not None:
        values = _from_class_label(rows, column, values, stored)
    return _as_series(values)


def name_labels(source: Source, found: Iterable[Any]) -> dict[str, str]:
    """Return the name of each label, by how the label is written.

    ``source``: its ``label_names`` are a mapping, or names in order: of as many whole
    numbers, the smallest first; or of 0, 1, ..., if 0 is among fewer numbers than
    names. ``found``: the different labels there are. Raises DataError if it cannot be
    said which name is whose.
    """
    names: Any = source.label_names
    if isinstance(names, Mapping):
        return {_spelled(value): str(name) for value, name in names.items()}
    if isinstance(names, str):
        raise TypeError(
            f"label_names takes a list of str. Got {shown(names, 200)}. "
            f"Write [{', '.join(map(repr, names.split(',')))}]."
        )
    names, found = list(names), list(found)
    if not found:
        return {}
    if len(set(names)) != len(names) or not all(names):
        raise DataError(
            "label_names takes different names, none of them empty. Got "
            f"{shown(names, 200)}."
        )
    remedy = "Give each a name, in order or as {value: name}."
    if any(not isinstance(one, int) or isinstance(one, bool) for one in found):
        raise DataError(
            "label_names as a list names whole numbers, and column "
            f"{source.label_column!r} holds {_listed(found)}. Leave label_names out, "
            "or give a name for each: {value: name}."
        )
    if len(found) == len(names):
        return dict(zip(map(str, sorted(found)), names, strict=True))
    if 0 in found and min(found) == 0 and max(found) < len(names):
        return {str(number): names[number] for number in found}
    classes = "class" if len(names) == 1 else "classes"
    raise DataError(
        f"{source.name}: label_names names {len(names)} {classes}, and column "
        f"{source.label_column!r} holds {len(found)}: {_listed(found)}. {remedy}"
    )


def _rename(
    rows: Batch, column: str, values: pa.Array, names: Mapping[str, str]
) -> pa.Array:
    cells = values.to_pylist()
    unknown = [
        cell for cell in cells if cell is not None and _spelled(cell) not in names
    ]
    if unknown:
        row = next(row for row, cell in enumerate(cells) if cell == unknown[0])
        raise DataError(
            f"{rows.place(row)}: label {shown(unknown[0])} in column {column!r} has no "
            f"name ({len(unknown):,} rows of {_listed(dict.fromkeys(unknown))}); "
            f"label_names names {_listed(names)}. Give each label a name with "
            "label_names=..., or pass unlabelled=... for what means that there is none."
        )
    found = [None if cell is None else names[_spelled(cell)] for cell in cells]
    return pa.array(found, pa.large_string())


def _plain_array(rows: Batch, column: str) -> pa.Array:
    """Return labels of one plain type; what is missing is null."""
    values = rows.column(column, "label_column")
    if isinstance(values, list):
        values = _from_mixed(rows, values)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.dictionary_decode()
        kind = values.type
    if pa.types.is_null(kind):
        return values.cast(pa.large_string())
    if is_text(kind):
        return _from_cells(rows, column, values) if rows.untyped else values
    if pa.types.is_floating(kind):
        return _from_floats(values.cast(pa.float64()))
    if pa.types.is_decimal(kind):
        return _from_floats(values.cast(pa.float64()))
    if not any(is_kind(kind) for is_kind in _LABEL_TYPES):
        if pa.types.is_nested(kind):
            raise _several_labels(rows, f"column {column!r} holds {kind}")
        raise DataError(
            f"{rows.name}: column {column!r} holds {kind}. Labels are strings, whole "
            "numbers or booleans. Name the label column with label_column=..."
        )
    return values


def _from_mixed(rows: Batch, values: list[Any]) -> pa.Array:
    """Read cells of several types: numbers may mix, nothing else may."""
    kinds: list[type] = []
    for row, value in enumerate(values):
        kind = type(value)
        if value is None or kind in kinds:
            continue
        if kind in (list, dict):
            raise _several_labels(rows, f"{rows.place(row)}: a {kind.__name__}")
        if kind not in (str, int, float, bool):
            raise DataError(
                f"{rows.place(row)}: a label is a string, a whole number or a boolean. "
                f"Got a {kind.__name__}. Name the label column with label_column=..."
            )
        if kinds and not {kind, *kinds} <= {int, float}:
            raise DataError(
                f"{rows.place(row)}: label {shown(value)} is of type {kind.__name__}, "
                f"those before it are {kinds[0].__name__}. Write all labels as one "
                "type."
            )
        kinds.append(kind)
    try:
        return pa.array(values, pa.float64() if float in kinds else None)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        raise DataError(
            f"{rows.name}: a label is an integer beyond 64 bits, or not valid Unicode. "
            "Write class numbers or names."
        ) from None


def _several_labels(rows: Batch, what: str) -> DataError:
    return DataError(
        f"{rows.name} has several labels in a row ({what}). A row has one label here. "
        "For several, make a column of 0 and 1 of each, and fit "
        "sklearn.multiclass.OneVsRestClassifier around the Pipeline."
    )


def refuse_several_labels(rows: Batch, labels: Iterable[str]) -> None:
    """Refuse labels such as ``bad;phone``, which are several in one cell."""
    for label in labels:
        parts = re.split(r"[;|]", label) if isinstance(label, str) else ()
        if len(parts) > 1 and all(part.strip() for part in parts):
            raise _several_labels(
                rows, f"{shown(label)}; if it is one, name it with label_names"
            )


def _from_cells(rows: Batch, column: str, values: pa.Array) -> pa.Array:
    """Type the labels of a format without types: all whole numbers, or all strings."""
    values = pc.if_else(pc.equal(values, ""), None, values)
    written = values.drop_null().unique()
    if (
        not len(written)
        or not pc.all(pc.match_substring_regex(written, _WHOLE_NUMBER)).as_py()
    ):
        _refuse_two_spellings(rows, column, written.to_pylist())
        return values
    try:
        return pc.replace_substring_regex(values, r"\.0*$", "").cast(pa.int64())
    except pa.ArrowInvalid:
        # Beyond 64 bits: an identifier rather than a number.
        return values


def _refuse_two_spellings(rows: Batch, column: str, written: list[str]) -> None:
    seen: dict[float, str] = {}
    for cell in written:
        if _NUMBER.fullmatch(cell):
            first = seen.setdefault(float(cell), cell)
            if first != cell:
                raise DataError(
                    f"{rows.name}: column {column!r} writes one number as {first!r} "
                    f"and {cell!r}, beside labels that are no whole numbers. Write it "
                    "one way."
                )


def _from_floats(values: pa.Array) -> pa.Array:
    """Give back as integers what became float because of missing cells."""
    values = pc.if_else(pc.is_nan(values), None, values)
    try:
        return values.cast(pa.int64())
    except pa.ArrowInvalid:
        return values


def _from_class_label(
    rows: Batch, column: str, values: pa.Array, stored: list[str]
) -> pa.Array:
    full = [FULL_NAMES.get(name, name) for name in stored]
    known = stored if is_text(values.type) else list(map(str, range(len(stored))))
    names = dict(zip(known, full, strict=True))
    cells = values.to_pylist()
    for row, cell in enumerate(cells):
        if cell is not None and _spelled(cell) not in names:
            raise DataError(
                f"{rows.place(row)}: label {shown(cell)} is none of its ClassLabel's "
                f"{len(stored)} names {shown(stored, 200)}. Correct the label, or give "
                "each class a name with label_names=..."
            )
    return pa.array(
        [None if cell is None else names[_spelled(cell)] for cell in cells],
        pa.large_string(),
    )


def _without(values: pa.Array, unlabelled: Any) -> pa.Array:
    """Return labels with one of them as null."""
    if unlabelled is None:
        return values
    said = _spelled(unlabelled)
    wanted = [_spelled(one) == said for one in _distinct(values)]
    if not any(wanted):
        return values
    chosen = pa.array(_distinct(values), values.type).filter(pa.array(wanted))
    return pc.if_else(pc.is_in(values, chosen), None, values)


def _distinct(values: pa.Array) -> list[Any]:
    return values.drop_null().unique().to_pylist()


def _spelled(value: Any) -> str:
    """Return how a label is written: 1 and 1.0, True and "TRUE" are the same."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    return text.lower() if text.lower() in ("true", "false") else text


def _listed(values: Iterable[Any]) -> str:
    known = sorted(values, key=lambda one: (str(type(one)), one))
    said = ", ".join(shown(one) for one in known[:10])
    return said if len(known) <= 10 else f"{said} and {len(known) - 10:,} more"


def _as_series(values: pa.Array) -> pd.Series:
    labelled = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))
    index: pd.Index = pd.Index(labelled)
    if len(labelled) == len(values):
        index = pd.RangeIndex(len(values))
    present = values.drop_null()
    if is_text(values.type):
        array = pd.arrays.ArrowStringArray(
            present.cast(pa.large_string()), dtype=TEXT_DTYPE
        )
        return pd.Series(array, index=index, name="label", copy=False)
    if pa.types.is_integer(values.type) and not pa.types.is_uint64(values.type):
        present = present.cast(pa.int64())
    return pd.Series(present.to_numpy(zero_copy_only=False), index=index, name="label")
