"""Reading JSON lines, so that every refusal can name its line."""

import json
from collections.abc import Iterator
from typing import Any

from sentiment._json import JSONDecodeError, JSONFault, read_json
from sentiment.datasets._bad_rows import Fault, bad_line
from sentiment.datasets._delimited import undecoded_fault
from sentiment.datasets._lines import TextLines
from sentiment.datasets._rows import Rows, to_column
from sentiment.exceptions import DataError


def read_jsonl(text: str, name: str) -> Rows:
    """Read one JSON object per line; blank lines are skipped, absent keys null."""
    records: list[dict[str, Any]] = []
    lines: list[int] = []
    for number, found in json_records(TextLines([text])):
        if isinstance(found, Fault):
            raise bad_line(name, len(records) + 1, number, found).error()
        records.append(found)
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


def json_records(lines: TextLines) -> Iterator[tuple[int, dict[str, Any] | Fault]]:
    """Yield the object of each line that is not blank, with the line's number."""
    for number, line in enumerate(lines.lines(), start=1):
        if not line.strip(" \t\r\n"):
            continue
        byte, lines.undecoded = lines.undecoded, None
        yield (
            number,
            _parse(line.removesuffix("\n")) if byte is None else undecoded_fault(byte),
        )


def _parse(line: str) -> dict[str, Any] | Fault:
    try:
        record = read_json(line)
    except JSONDecodeError as error:
        said = f"{error.msg.removesuffix(' at')} at character {error.colno}"
        return Fault(f"not valid JSON ({said})", _REMEDY)
    except JSONFault as fault:
        return Fault(f"not valid JSON ({fault})", fault.remedy)
    if not isinstance(record, dict):
        return Fault(f"a JSON {_KINDS[type(record)]}, not an object", _REMEDY)
    return (_find_surrogate(record) if "\\u" in line else None) or record


_REMEDY = "Write one JSON object a line."
_KINDS = {
    list: "array",
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


def _find_surrogate(record: dict[str, Any]) -> Fault | None:
    # JSON can spell half of a surrogate pair, which is not Unicode text and
    # which neither Arrow nor UTF-8 can hold.
    for column, value in record.items():
        try:
            json.dumps([column, value], ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            half = error.object[error.start]
            return Fault(
                f"lone surrogate {half!r} in column {column!r}, which is not valid "
                "Unicode",
                "Mend the text, or drop the line.",
            )
    return None
