"""Reading CSV and TSV text, every cell exactly as it is written.

pandas is not used here: its parser ends a cell at a NUL, drops blank lines and
turns ``NA`` into a missing value.
"""

import csv
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sentiment.datasets._bad_rows import Fault, bad_line
from sentiment.datasets._lines import TextLines
from sentiment.datasets._rows import Rows, check_names, numbered_rows, to_column
from sentiment.exceptions import DataError


def read_delimited(text: str, name: str, delimiter: str = ",") -> Rows:
    """Read CSV (RFC 4180) or the same with another delimiter.

    A blank line is a row with one empty cell when there is one column (pandas
    drops it); with several columns no cell can be told from it, and it is skipped.
    """
    rows: list[list[str]] = []
    with unlimited_cells():
        records = DelimitedRecords(TextLines([text]), name, delimiter)
        for line, found in records:
            if isinstance(found, Fault):
                raise bad_line(name, len(rows) + 1, line, found).error()
            rows.append(found)
    if not rows:
        raise DataError(f"{name} has a header and no rows.")
    return Rows(
        name=name,
        columns={
            column: to_column(list(cells))
            for column, cells in zip(
                records.header, zip(*rows, strict=True), strict=True
            )
        },
        n_rows=len(rows),
        place=numbered_rows(name),
        names=tuple(records.header),
        untyped=True,
    )


class DelimitedRecords:
    """The records of CSV or TSV, one after the other, behind their header.

    Parameters
    ----------
    lines : TextLines
        Where they stand.
    name : str
        The source; starts every error message.
    delimiter : str
        Between two cells.

    Attributes
    ----------
    header : list of str
        The names of the columns.
    """

    def __init__(self, lines: TextLines, name: str, delimiter: str) -> None:
        self._lines = lines
        self._delimiter = delimiter
        # strict: otherwise a quote that is never closed swallows the rest of the file.
        self._reader = csv.reader(lines.csv_lines(), delimiter=delimiter, strict=True)
        self.header = self._read_header(name)
        check_names(self.header, name)

    @property
    def pauses(self) -> bool:
        """Whether all that is there has been read, and more is not there yet."""
        return self._lines.pauses(self._reader.line_num)

    def __iter__(self) -> Iterator[tuple[int, list[str] | Fault]]:
        width = len(self.header)
        for line, found in self._records():
            if isinstance(found, Fault):
                yield line, found
            elif found or width == 1:
                cells = found or [""]
                yield line, cells if len(cells) == width else self._other_width(cells)

    def _records(self) -> Iterator[tuple[int, list[str] | Fault]]:
        reader, lines = self._reader, self._lines
        while True:
            line = reader.line_num + 1
            lines.undecoded = None
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                # The csv module goes on with the line behind.
                yield line, _explain(error)
                continue
            if lines.undecoded is not None:
                yield line, undecoded_fault(lines.undecoded)
            else:
                yield line, lines.unshield(cells)

    def _read_header(self, name: str) -> list[str]:
        for line, found in self._records():
            if isinstance(found, Fault):
                raise bad_line(name, 0, line, found).error()
            if found:
                return found
        raise DataError(f"{name} is empty. Its first line must name the columns.")

    def _other_width(self, cells: list[str]) -> Fault:
        plural = "cell" if len(cells) == 1 else "cells"
        return Fault(
            f"{len(cells)} {plural} where the header has {len(self.header)}",
            f"Put quotes around a cell that holds {_SPELLED[self._delimiter]}.",
        )


_SPELLED = {",": "a comma", "\t": "a tab"}


def undecoded_fault(byte: int) -> Fault:
    """Return what is wrong with a row that holds a byte of another encoding."""
    return Fault(
        f"byte 0x{byte:02x} is not of the encoding",
        "Name the right one with --encoding.",
    )


def _explain(error: csv.Error) -> Fault:
    said = str(error)
    if "unexpected end of data" in said:
        return Fault("a quote is opened here and never closed")
    if "expected after" in said:
        return Fault(
            "text follows a closing quote",
            "Write a quote inside a quoted cell twice.",
        )
    return Fault(said)


# The csv module has one limit for the whole process: it is that of the process again
# when the last reader has ended.
_limit_lock = threading.Lock()
_limits: list[int] = []


@contextmanager
def unlimited_cells() -> Iterator[None]:
    """Allow cells over 131,072 characters, for this reading only."""
    with _limit_lock:
        before = csv.field_size_limit(2**31 - 1)
        _limits.append(_limits[0] if _limits else before)
    try:
        yield
    finally:
        with _limit_lock:
            before = _limits.pop()
            if not _limits:
                csv.field_size_limit(before)
