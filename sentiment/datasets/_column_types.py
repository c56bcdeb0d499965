"""Which Arrow type holds a column whose cells come in parts."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from sentiment.exceptions import DataError

JSON = None
"""Stands for no Arrow type: the cells are written as JSON text."""

_PLAIN = {
    str: pa.large_string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
}


class Schema(NamedTuple):
    """The columns of a table, in their order.

    Attributes
    ----------
    names : tuple of str
        Two may have one name.
    kinds : tuple of Arrow type or None
        The type of each; None is JSON text.
    """

    names: tuple[str, ...]
    kinds: tuple[pa.DataType | None, ...]

    @classmethod
    def of(cls, types: Mapping[str, pa.DataType | None]) -> "Schema":
        """Return columns whose names differ."""
        return cls(tuple(types), tuple(types.values()))

    def repeated(self) -> str | None:
        """Return a name that two columns have, or None."""
        return next((one for one in self.names if self.names.count(one) > 1), None)

    def merged(self, other: "Schema") -> "Schema":
        """Return the columns that hold the cells of both tables.

        Raises
        ------
        DataError
            If it cannot be said which column belongs to which.
        """
        if self.names == other.names:
            pairs = zip(self.kinds, other.kinds, strict=True)
            return Schema(self.names, tuple(merged_type(*pair) for pair in pairs))
        for one in (self, other):
            if (name := one.repeated()) is not None:
                raise DataError(
                    f"The files have different columns, and one of them has two named "
                    f"{name!r}. Give each its own name."
                )
        types = dict(zip(self.names, self.kinds, strict=True))
        for name, kind in zip(*other, strict=True):
            types[name] = merged_type(types.get(name, pa.null()), kind)
        return Schema.of(types)


class TypeSurvey:
    """The keys of JSON objects, and what their values have in common."""

    def __init__(self) -> None:
        self._types: dict[str, pa.DataType | None] = {}

    def add(self, records: list[dict[str, Any]]) -> None:
        """Look at further objects."""
        names = dict.fromkeys(key for record in records for key in record)
        for name in names:
            known = self._types.setdefault(name, pa.null())
            if known is not JSON:
                new = type_of_values([record.get(name) for record in records])
                self._types[name] = merged_type(known, new)

    def schema(self) -> Schema:
        """Return the type of each key, in the order in which they came."""
        return Schema.of(self._types)


def type_of_values(values: list[Any]) -> pa.DataType | None:
    """Return the Arrow type that holds values as they are.

    Arrow itself would turn 1 into 1.0 beside 2.5.
    """
    kinds = {type(value) for value in values} - {type(None)}
    if len(kinds) != 1:
        return JSON if kinds else pa.null()
    try:
        kind = _PLAIN.get(kinds.pop())
        # Made even where the type is known: an integer may have more than 64 bits.
        return pa.array(values, kind).type
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        return JSON


def merged_type(
    known: pa.DataType | None, new: pa.DataType | None
) -> pa.DataType | None:
    """Return the type that holds the cells of two parts of a column as they are."""
    if known is JSON or new is JSON or known == new:
        return known if known == new else JSON
    if pa.types.is_null(known) or pa.types.is_null(new):
        return new if pa.types.is_null(known) else known
    if pa.types.is_signed_integer(known) and pa.types.is_signed_integer(new):
        return pa.int64()
    if not (pa.types.is_nested(known) and pa.types.is_nested(new)):
        return JSON
    try:
        schemas = [pa.schema([("cells", kind)]) for kind in (known, new)]
        merged = pa.unify_schemas(schemas, promote_options="permissive")
    except pa.ArrowException:
        return JSON
    return merged.field("cells").type


def stored_type(kind: pa.DataType) -> pa.DataType:
    """Return the type in which a column of a source is written again."""
    text = pa.types.is_string(kind) or pa.types.is_string_view(kind)
    return pa.large_string() if text else kind
