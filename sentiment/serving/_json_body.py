"""Read a JSON request body as what it says, to the letter.

MLflow casts ``instances`` and ``inputs`` to the signature before any model sees them:
5 becomes "5", records with different keys become one row. This reader knows the same
forms and takes nothing but text for a text.
"""

from typing import Any, NoReturn

from sentiment._json import JSONDecodeError, JSONFault, read_json
from sentiment._messages import shown_as_json as shown
from sentiment.serving._refusal import Refusal

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_TEXT = "text"


def read_json_body(body: bytes) -> tuple[list[Any], Any]:
    """Return the cells of the column ``text``, and the params as they were sent.

    The cells are not checked.

    Raises Refusal if the body is not JSON, or not in one of MLflow's forms.
    """
    content = _parse(decode_utf8(body))
    if not isinstance(content, dict):
        _refuse(f"The body takes a JSON object with one of {list(FORMS)}", content)
    named = [form for form in FORMS if form in content]
    if len(named) != 1:
        raise Refusal(
            f"The body takes exactly one of {list(FORMS)}. Got the keys "
            f"{shown(list(content))}."
        )
    unknown = [key for key in content if key not in (*FORMS, "params")]
    if unknown:
        raise Refusal(
            f"The body takes {named[0]!r} and 'params'. Got also {shown(unknown[0])}."
        )
    cells = _READERS[named[0]](named[0], content[named[0]])
    return cells, content.get("params")


def decode_utf8(body: bytes) -> str:
    """Return the text of a body; a byte order mark is dropped."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(
            f"The body is not UTF-8: byte 0x{body[error.start]:02x} at offset "
            f"{error.start}. Send UTF-8."
        ) from None


def _parse(text: str) -> Any:
    try:
        return read_json(text)
    except JSONDecodeError as error:
        raise Refusal(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column "
            f"{error.colno}."
        ) from None
    except JSONFault as fault:
        raise Refusal(f"The body is not valid JSON: {fault}. {fault.remedy}") from None


def _read_split(form: str, value: Any) -> list[Any]:
    if not isinstance(value, dict):
        _refuse(f"{form!r} takes an object with 'columns' and 'data'", value)
    unknown = [key for key in value if key not in ("columns", "data", "index")]
    columns, rows = value.get("columns"), value.get("data")
    if unknown or not isinstance(columns, list) or not isinstance(rows, list):
        raise Refusal(
            f"{form!r} takes the lists 'columns' and 'data', and perhaps 'index'. Got "
            f"{shown(value)}."
        )
    place = _text_place(form, columns)
    index = value.get("index")
    if index is not None and (not isinstance(index, list) or len(index) != len(rows)):
        raise Refusal(
            f"The 'index' of {form!r} takes a list as long as 'data', {len(rows)} "
            f"rows. Got {shown(index)}."
        )
    for row, cells in enumerate(rows):
        if not isinstance(cells, list) or len(cells) != len(columns):
            _refuse(
                f"'data' of {form!r} takes lists of {len(columns)}, one value a column",
                cells,
                row,
            )
    return [cells[place] for cells in rows]


def _read_records(form: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        _refuse(f"{form!r} takes a list of records", value)
    keys: Any = None
    for row, record in enumerate(value):
        if not isinstance(record, dict):
            _refuse(f'{form!r} takes records such as {{"text": "..."}}', record, row)
        if keys is None:
            keys = record.keys()
            _text_place(form, list(keys))
        elif record.keys() != keys:
            raise Refusal(
                f"{form!r} takes records of the same keys. Got {shown(list(record))} "
                f"at row {row} after {shown(list(keys))}."
            )
    return [record[_TEXT] for record in value]


def _read_tensor(form: str, value: Any) -> list[Any]:
    """Read ``instances`` or ``inputs``: texts, records, or a column of texts."""
    if isinstance(value, dict):
        _text_place(form, list(value))
        column = value[_TEXT]
        if not isinstance(column, list):
            _refuse(f"The column 'text' of {form!r} takes a list of texts", column)
        uneven = [key for key, cells in value.items() if _length(cells) != len(column)]
        if uneven:
            raise Refusal(
                f"{form!r} takes columns of one length. Got {len(column)} texts, and "
                f"another length of {shown(uneven[0])}."
            )
        return column
    if not isinstance(value, list):
        _refuse(f"{form!r} takes a list of texts or records", value)
    if value and isinstance(value[0], dict):
        return _read_records(form, value)
    return value


def _length(cells: Any) -> int:
    return len(cells) if isinstance(cells, list) else -1


def _text_place(form: str, columns: list[Any]) -> int:
    if columns.count(_TEXT) != 1:
        raise Refusal(
            f"{form!r} takes one column named 'text'. Got the columns {shown(columns)}."
        )
    return columns.index(_TEXT)


def _refuse(rule: str, got: Any, row: int | None = None) -> NoReturn:
    where = "" if row is None else f" at row {row}"
    raise Refusal(f"{rule}. Got {shown(got)}{where}.")


_READERS = {
    "dataframe_split": _read_split,
    "dataframe_records": _read_records,
    "instances": _read_tensor,
    "inputs": _read_tensor,
}
