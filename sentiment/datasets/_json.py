"""Reading JSON lines, or one array of objects, so that every refusal names its line."""

import json
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sentiment._json import JSONDecodeError, JSONFault, iter_json_array, read_json
from sentiment.datasets._bad_rows import Fault
from sentiment.datasets._batch import BATCH_BYTES, Batch, iter_slices
from sentiment.datasets._bytes import ByteSource
from sentiment.datasets._column_types import Schema, TypeSurvey
from sentiment.datasets._decoding import (
    TextReader,
    Utf8,
    find_undecoded,
    is_utf8,
    utf8_blocks,
)
from sentiment.datasets._delimited import undecoded_fault
from sentiment.datasets._plain_json import read_plain_lines
from sentiment.exceptions import DataError

_REMEDY = "Write one JSON object a line."
_KINDS = {
    list: "array",
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
}
# The number of a line, and its object or what is wrong with it.
Record = tuple[int, dict[str, Any] | Fault]


@dataclass(eq=False)
class JsonReader(TextReader):
    """One JSON object per line; blank lines are skipped. Or one array of objects.

    Parameters
    ----------
    name : str
        As the user wrote it.
    opened : callable
        Opens the bytes.
    source : Source
        How they are read.
    is_array : bool, default=False
        Whether the file may be one array; it is read as a whole then.
    """

    no_rows = "is empty. Write one JSON object a line."

    is_array: bool = False

    def schema(self) -> Schema:
        """Return the keys of all objects with the Arrow types of their values.

        Reads the whole file: the last object may have a key that no other has.
        """
        survey = TypeSurvey()
        for batch in self.batches(lenient=True):
            survey.add([one for one in batch.records or () if one])
        return survey.schema()

    def batches(
        self, columns: Collection[str] | None = None, *, lenient: bool = False
    ) -> Iterator[Batch]:
        """Yield the rows; of standard input, those that are there."""
        n_before = 0
        with self.opened() as source:
            converter = self.converter(lenient=lenient)
            for read in self._read(source, converter, columns, lenient=lenient):
                share = source.share
                if isinstance(read, Batch):
                    parts = (read.part(*bounds) for bounds in iter_slices(read.n_rows))
                else:
                    slices = (slice(*bounds) for bounds in iter_slices(len(read)))
                    parts = (self._batch(read[one]) for one in slices)
                for part in parts:
                    yield replace(
                        part, n_before=n_before, share=share, remarks=converter.remarks
                    )
                    n_before += part.n_rows

    def spooled(self, keep: ExitStack) -> "JsonReader":
        """Return a reader of what can be read once that reads it more than once."""
        with self.opened() as once:
            file = once.spool(keep)

        @contextmanager
        def opened() -> Iterator[ByteSource]:
            file.seek(0)
            with ExitStack() as own:
                yield ByteSource(file, file, self.name, own)

        return replace(self, opened=opened)

    def _read(
        self,
        source: ByteSource,
        converter: Utf8,
        columns: Collection[str] | None,
        *,
        lenient: bool,
    ) -> Iterator[list[Record] | Batch]:
        """Yield what some megabytes hold: rows, or some columns found by the kernel."""
        blocks = utf8_blocks(source, converter)
        number, rest, first = 1, b"", True
        for block, final in blocks:
            data = rest + block
            if first and self.is_array and data.lstrip()[:1] == b"[":
                data += b"".join(more for more, _ in blocks)
                yield list(self._elements(data))
                return
            first = first and not data.strip()
            end = len(data) if final else data.rfind(b"\n") + 1
            whole, rest = data[:end], data[end:]
            plain = None
            if columns is not None and (not lenient or is_utf8(whole)):
                plain = read_plain_lines(whole, columns, self.name, number)
            if plain is not None:
                yield plain
            else:
                yield from self._parse(whole, number, converter.is_plain)
            number += whole.count(b"\n")

    def _parse(
        self, data: bytes, number: int, is_plain: bool
    ) -> Iterator[list[Record]]:
        records: list[Record] = []
        size = 0
        for line in data.split(b"\n"):
            if line.strip(b" \t\r"):
                records.append((number, _parse_line(line, is_plain)))
                size += len(line)
                if size >= BATCH_BYTES:
                    yield records
                    records, size = [], 0
            number += 1
        yield records

    def _elements(self, data: bytes) -> Iterator[Record]:
        line = last = 0
        try:
            text = data.decode()
            escapes = "\\u" in text
            for place, value in iter_json_array(text):
                line, last = line + text.count("\n", last, place), place
                yield line + 1, _check(value, escapes=escapes)
        except (JSONFault, UnicodeDecodeError) as error:
            # Where an array is broken, nobody can say where its next object begins.
            remedy = getattr(error, "remedy", "Name its encoding with encoding=...")
            raise DataError(
                f"{self.name} is a JSON array that cannot be read ({error}). {remedy}"
            ) from None

    def _batch(self, records: list[Record]) -> Batch:
        name = self.name
        faults = {
            row: found
            for row, (_, found) in enumerate(records)
            if isinstance(found, Fault)
        }
        objects = [{} if isinstance(one, Fault) else one for _, one in records]
        return Batch(
            name=name,
            names=tuple(dict.fromkeys(key for one in objects for key in one)),
            n_rows=len(records),
            records=objects,
            place=lambda row: f"{name}:{records[row][0]}",
            faults=faults,
        )


def _parse_line(line: bytes, plain: bool) -> dict[str, Any] | Fault:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return undecoded_fault(find_undecoded(line, plain=plain) or 0, None)
    try:
        record = read_json(text)
    except JSONDecodeError as error:
        said = f"{error.msg.removesuffix(' at')} at character {error.colno}"
        return Fault(f"not valid JSON ({said})", _REMEDY)
    except JSONFault as fault:
        return Fault(f"not valid JSON ({fault})", fault.remedy)
    return _check(record, escapes="\\u" in text)


def _check(record: Any, *, escapes: bool) -> dict[str, Any] | Fault:
    if not isinstance(record, dict):
        return Fault(f"a JSON {_KINDS[type(record)]}, not an object", _REMEDY)
    return (_find_surrogate(record) if escapes else None) or record


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
