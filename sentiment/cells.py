"""The cells of a table, as CSV cells or JSON values."""

import base64
import json
import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

# What OWASP lists of how a cell begins that Excel and others run. The last four are the
# first four in full width.
_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def delimited_line(
    cells: Iterable[Any], delimiter: str, *, escape_formulas: bool = False
) -> str:
    r"""Return a line of CSV or TSV that reads back as the same texts.

    Parameters
    ----------
    cells : iterable
        What JSON or Arrow can hold.
    delimiter : str
        Between two cells.
    escape_formulas : bool, default=False
        Whether to put ``'`` before each text that a spreadsheet would run. Then such a
        text does not read back as the same.

    Examples
    --------
    >>> delimited_line(["a,b", None, -1.5], ",")
    '"a,b",,-1.5\n'
    >>> delimited_line(["=1+1", "-1", "a=b"], ",", escape_formulas=True)
    "'=1+1,-1,a=b\n"
    """
    if escape_formulas:
        cells = map(_without_formula, cells)
    return delimiter.join([_delimited_cell(cell, delimiter) for cell in cells]) + "\n"


def _without_formula(value: Any) -> Any:
    if isinstance(value, int | float):
        return value
    text = _text(value)
    runs = text.startswith(_FORMULA) and not _NUMBER.fullmatch(text)
    return f"'{text}" if runs else text


def _delimited_cell(value: Any, delimiter: str) -> str:
    """Return the cell of a CSV or TSV line that reads back as the same text."""
    text = value if type(value) is str else _text(value)
    # Spaces at the ends and a lone \r survive some readers only inside quotes.
    if text and (
        delimiter in text
        or '"' in text
        or "\n" in text
        or "\r" in text
        or "\0" in text
        or text[0].isspace()
        or text[-1].isspace()
    ):
        return '"' + text.replace('"', '""') + '"'
    return text


def json_text(value: Any) -> str:
    """Return a value as JSON; numbers keep all digits, NaN becomes null."""
    try:
        return _ENCODER.encode(value)
    except ValueError:
        return json.dumps(without_nan(value), ensure_ascii=False, default=_plain)


def json_object(record: dict[str, Any]) -> str:
    """Return what :func:`json_text` returns of an object, three times as fast."""
    cells = [f"{_json_key(key)}: {_json_cell(cell)}" for key, cell in record.items()]
    return "{" + ", ".join(cells) + "}"


@lru_cache(maxsize=1024)
def _json_key(key: str) -> str:
    return json_text(key)


def _json_cell(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return _json_string(value)
    if kind is int or (kind is float and math.isfinite(value)):
        return repr(value)
    return json_text(value)


def _json_string(text: str) -> str:
    # The json module looks at each character of a text by itself, these at many.
    if len(text) < _SHORT:
        return _ENCODER.encode(text)
    for character in _CONTROLS:
        if character in text:
            return _ENCODER.encode(text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_CONTROLS = [chr(code) for code in range(32)]
_SHORT = 200


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    if not isinstance(value, str | bool | int | list | dict):
        value = _plain(value)
    return value if isinstance(value, str) else json_text(value)


def _plain(value: Any) -> Any:
    """Return what JSON has for a value that Arrow or pandas hands out."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return str(value)


# Made once: json.dumps would make one for each row.
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_plain)


def without_nan(value: Any) -> Any:
    """Return a value as JSON takes it: null for what is no finite number."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(item) for item in value]
    return value
