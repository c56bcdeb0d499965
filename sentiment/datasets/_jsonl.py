"""Reading JSON lines, so that every refusal can name its line."""

import json
from typing import Any, NoReturn

from sentiment.datasets._rows import Rows, to_column
from sentiment.exceptions import DataError


def read_jsonl(text: str, name: str) -> Rows:
    """Read one JSON object per line; blank lines are skipped, absent keys null."""
    records: list[dict[str, Any]] = []
    lines: list[int] = []
    # Not splitlines(): U+2028 and its kin may stand inside a JSON string.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip(" \t\r"):
            records.append(_parse(line, f"{name}:{number}"))
            lines.append(number)
    if not records:
        raise DataError(f"{name} is empty. Write one JSON object a line.")
    names = tuple(dict.fromkeys(key for record in records for key in record))
    return Rows(
        name=name,
        columns={
            key: to_column([record.get(key) for record in records]) for key in names
        },
        n_rows=len(records),
        place=lambda row: f"{name}:{lines[row]}",
        names=names,
        absent=lambda column, row: column not in records[row],
    )


def _parse(line: str, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        said = f"{error.msg.removesuffix(' at')} at character {error.colno}"
        _refuse_line(place, said)
    except (RecursionError, ValueError) as error:
        _refuse_line(place, str(error).split("\n")[0].rstrip("."))
    if not isinstance(record, dict):
        raise DataError(
            f"{place}: a JSON {_KINDS[type(record)]}, not an object. "
            "Write one JSON object a line."
        )
    if "\\u" in line:
        _check_unicode(record, place)
    return record


_KINDS = {
    list: "array",
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


def _refuse_line(place: str, said: str) -> NoReturn:
    raise DataError(
        f"{place}: not valid JSON ({said}). Write one JSON object a line."
    ) from None


def _check_unicode(record: dict[str, Any], place: str) -> None:
    # JSON can spell half of a surrogate pair, which is not Unicode text and
    # which neither Arrow nor UTF-8 can hold.
    for column, value in record.items():
        try:
            json.dumps([column, value], ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            half = error.object[error.start]
            raise DataError(
                f"{place}: lone surrogate {half!r} in column {column!r}, which is not "
                "valid Unicode. Mend the text, or drop the line."
            ) from None
