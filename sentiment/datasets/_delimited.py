"""Reading CSV and TSV, every cell exactly as it is written.

RFC 4180. pandas is not used here: its parser ends a cell at a NUL, drops blank lines
and turns ``NA`` into a missing value; pyarrow's does not say on which line a quote is
opened that never closes.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sentiment._arrays import Flags
from sentiment.datasets._bad_rows import Fault
from sentiment.datasets._batch import Batch, iter_slices, numbered_rows, quoted
from sentiment.datasets._column_types import Schema
from sentiment.datasets._decoding import (
    TextReader,
    find_undecoded,
    is_utf8,
    utf8_blocks,
)
from sentiment.engine import load_engine
from sentiment.exceptions import DataError
from sentiment.text import GOOD, OTHER_WIDTH, SPANS, TEXT_BEHIND, UNCLOSED

_SPELLED = {",": "a comma", "\t": "a tab", ";": "a semicolon", "|": "a bar"}
_QUOTE, _NEWLINE, _RETURN = 34, 10, 13


class Header(NamedTuple):
    """What the first line says: the columns, and how cells are told apart."""

    names: tuple[str, ...]
    delimiter: str
    line_end: int
    first_line: str


@dataclass(eq=False)
class DelimitedReader(TextReader):
    """Rows of delimited text.

    A blank line is a row with one empty cell where there is one column, and none where
    there are several.

    ``delimiter``: between two cells, if the source does not say it.
    """

    no_rows = "has a header and no rows."

    delimiter: str = ","

    def __post_init__(self) -> None:
        self.delimiter = self.source.delimiter or self.delimiter
        self._quote = _QUOTE if self.source.quoting == "double" else 0

    def schema(self) -> Schema:
        """Return the columns with their Arrow types."""
        header = self._read_header()
        return Schema(header.names, (pa.large_string(),) * len(header.names))

    def hint_of_header(self) -> str:
        """Return what may be wrong with a first line that lacks a column."""
        return self.hint(self._read_header())

    def _read_header(self) -> Header:
        with self.opened() as source:
            # Lenient: the first block holds rows, too, and they are read later.
            blocks = utf8_blocks(source, self.converter(lenient=True))
            return self._begin(blocks)[0]

    def batches(
        self, columns: Collection[str] | None = None, *, lenient: bool = False
    ) -> Iterator[Batch]:
        """Yield the rows; of standard input, those that are there."""
        with self.opened() as source:
            converter = self.converter(lenient=lenient)
            blocks = utf8_blocks(source, converter)
            header, data, line, final = self._begin(blocks)
            names = header.names
            wanted = [columns is None or name in columns for name in names]
            n_before, n_blocks = 0, 1
            while True:
                scan = _Scan(self, header, np.frombuffer(data, np.uint8), final, line)
                if lenient:
                    scan.find_undecoded(plain=converter.is_plain)
                for batch in scan.batches(wanted, n_before):
                    n_before += batch.n_rows
                    remarks = (*batch.remarks, *converter.remarks)
                    yield replace(batch, share=source.share, remarks=remarks)
                line += scan.n_lines
                data = data[scan.size :]
                if final:
                    return
                # A record may be as long as the file: twice as much each time, so that
                # looking for its end stays linear.
                n_blocks = 1 if scan.size else 2 * n_blocks
                parts = [data]
                for _ in range(n_blocks):
                    block, final = next(blocks)
                    parts.append(block)
                    if final or source.waits:
                        break
                data = b"".join(parts)

    def scan(self, data: NDArray[np.uint8], header: Header, *args: Any) -> Any:
        """Find the records of a block; see ``scan_delimited``."""
        delimiter = ord(header.delimiter)
        return load_engine().scan_delimited(
            data, delimiter, self._quote, header.line_end, *args
        )

    def gather(self, data: NDArray[np.uint8], cells: Sequence[Any]) -> pa.Array:
        """Return cells as an Arrow array."""
        cells = [np.ascontiguousarray(one) for one in cells]
        text, bounds = load_engine().gather_cells(data, *cells, _QUOTE)
        buffers = [None, pa.py_buffer(bounds), pa.py_buffer(text)]
        return pa.Array.from_buffers(pa.large_string(), len(bounds) - 1, buffers)

    def hint(self, header: Header) -> str:
        """Return what may be wrong with a first line that lacks a column."""
        line = header.first_line
        if not self.source.header:
            return ""
        others = [one for one in ";\t|," if one != header.delimiter and one in line]
        if len(header.names) == 1 and others:
            one = max(others, key=line.count)
            return f" Its first line holds {_SPELLED[one]}: pass delimiter={one!r}."
        if any(" " in one.strip() or one.isdigit() or not one for one in header.names):
            return (
                f" If its first line is a row ({quoted(header.names[:2])}), pass "
                "header=False: the columns are then named '1', '2', ..."
            )
        return ""

    def _begin(
        self, blocks: Iterator[tuple[bytes, bool]]
    ) -> tuple[Header, bytes, int, bool]:
        """Read the first line; return what follows, its line, and if it is the end."""
        data, final, line = b"", False, 1
        while not final:
            block, final = next(blocks)
            data += block
            if not data.strip(b"\r\n") and not final:
                continue
            delimiter = self.delimiter
            line_end = _RETURN if final and b"\n" not in data else _NEWLINE
            if data[:4].lower() == b"sep=" and len(data) > 5 and data[5] in b"\r\n":
                delimiter = self.source.delimiter or chr(data[4])
                data, line = data[5:].lstrip(b"\r")[1:], 2
            header = Header((), delimiter, line_end, "")
            text = np.frombuffer(data, np.uint8)
            size, n_lines, records, cells = self.scan(text, header, 0, final)
            if not len(records):
                continue
            if records[0, 3] not in (GOOD, SPANS):
                fault = _explain(records[0], 0, delimiter)
                raise DataError(f"{self.name}:{line + records[0, 1]}: {fault.reason}.")
            first = data[records[0, 0] : size].decode(errors="replace").rstrip("\r\n")
            names = tuple(self._names(self.gather(text, cells), data))
            header = Header(names, delimiter, line_end, first)
            if not self.source.header:
                return header, data, line, final
            return header, data[size:], line + n_lines + int(records[0, 1]), final
        raise DataError(f"{self.name} is empty. Its first line must name the columns.")

    def _names(self, cells: pa.Array, data: bytes) -> list[str]:
        if not self.source.header:
            return [str(number) for number in range(1, len(cells) + 1)]
        try:
            return cells.to_pylist()
        except UnicodeDecodeError:
            raise self.refuse_first_line(data) from None


class _Scan:
    """The records of some megabytes, and the batches that they are."""

    def __init__(
        self,
        reader: DelimitedReader,
        header: Header,
        data: NDArray[np.uint8],
        final: bool,
        line: int,
    ) -> None:
        self._reader = reader
        self._header = header
        self._data = data
        self._width = len(header.names)
        try:
            found = reader.scan(data, header, self._width, final)
        except OverflowError:
            raise DataError(
                f"{reader.name}:{line}: a row of more than 2 GB. Is a quote opened "
                "there and never closed? Mend it, or pass quoting='none'."
            ) from None
        self.size, self.n_lines, self._records, self._cells = found
        self._line = line

        self._good = np.isin(self._records[:, 3], (GOOD, SPANS))
        self._faults = {
            int(row): _explain(self._records[row], self._width, header.delimiter, line)
            for row in np.flatnonzero(~self._good)
        }

    def find_undecoded(self, *, plain: bool) -> None:
        """Look for rows with bytes that are not of the encoding."""
        if is_utf8(self._data[: self.size]):
            return
        starts = self._records[:, 0].tolist()
        for row, bounds in enumerate(
            zip(starts, [*starts[1:], self.size], strict=True)
        ):
            byte = find_undecoded(self._data[slice(*bounds)].tobytes(), plain=plain)
            if byte is not None and row not in self._faults:
                line = self._line + int(self._records[row, 1])
                self._faults[row] = undecoded_fault(byte, line)

    def batches(self, wanted: list[bool], n_before: int) -> Iterator[Batch]:
        """Yield the rows, the first of them with number ``n_before``."""
        records, good, faults = self._records, self._good, self._faults
        before = np.concatenate([[0], np.cumsum(good)])
        hint = self._reader.hint(self._header)
        for start, stop in iter_slices(len(records)):
            own = {row - start: faults[row] for row in faults if start <= row < stop}
            rows = slice(int(before[start]), int(before[stop]))
            yield Batch(
                name=self._reader.name,
                names=self._header.names,
                n_rows=stop - start,
                cells=tuple(
                    self._column(place, rows, good[start:stop], own) if read else None
                    for place, read in enumerate(wanted)
                ),
                place=numbered_rows(self._reader.name, n_before + start),
                n_before=n_before + start,
                faults=own,
                untyped=True,
                remarks=self._remarks(start, stop),
                hint=hint,
            )

    def _column(self, place: int, rows: slice, good: Flags, faults: Any) -> pa.Array:
        cells = self._reader.gather(
            self._data, [one[place :: self._width][rows] for one in self._cells]
        )
        if not faults:
            return cells
        # A row with a fault has no cells, or none that can be read.
        numbers = np.cumsum(good) - 1
        absent = ~good
        absent[list(faults)] = True
        return cells.take(pa.array(numbers, mask=absent))

    def _remarks(self, start: int, stop: int) -> tuple[str, ...]:
        marks = self._records[start:stop, 3]
        lines = self._records[start:stop, 1][marks == SPANS] + self._line
        return tuple(
            f"{self._reader.name}:{line}: a cell that begins here with a quote holds a "
            "tab and a line end. If that swallows rows, pass quoting='none'."
            for line in lines[:3].tolist()
        )


def undecoded_fault(byte: int, line: int | None) -> Fault:
    """Return what is wrong with a row that holds a byte of another encoding."""
    return Fault(
        f"byte 0x{byte:02x} is not of the encoding",
        "Name the right one with encoding=...",
        line,
    )


def _explain(
    record: NDArray[np.int32], width: int, delimiter: str, line: int = 0
) -> Fault:
    _, at, n_cells, mark = record.tolist()
    if mark == UNCLOSED:
        return Fault("a quote is opened here and never closed", "", line + at)
    if mark == TEXT_BEHIND:
        remedy = "Write a quote inside a quoted cell twice."
        return Fault("text follows a closing quote", remedy, line + at)
    assert mark == OTHER_WIDTH
    plural = "cell" if n_cells == 1 else "cells"
    spelled = _SPELLED.get(delimiter, repr(delimiter))
    return Fault(
        f"{n_cells} {plural} where the header has {width}",
        f"Put quotes around a cell that holds {spelled}.",
        line + at,
    )
