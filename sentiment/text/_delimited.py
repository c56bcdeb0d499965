"""Where the cells of CSV and TSV are: the plain way.

The compiled engine has the same two functions, and is compared with these.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sentiment._arrays import Ints

GOOD, UNCLOSED, TEXT_BEHIND, OTHER_WIDTH, SPANS = range(5)
"""What is said of a record: no fault, a quote is never closed, text follows a closing
quote, it has another number of cells than the header; no fault, but a cell holds a tab
and a line end."""

_RETURN, _TAB = 13, 9
_LIMIT = 2**31


class _Record(NamedTuple):
    """A record: its cells, its mark, and where the next one begins."""

    cells: list[tuple[int, int, bool]]
    mark: int
    end: int
    quoted: bool


def scan_delimited(
    text: NDArray[np.uint8],
    delimiter: int,
    quote: int,
    line_end: int,
    width: int,
    final: bool,
) -> tuple[int, int, NDArray[np.int32], list[NDArray[np.int32]]]:
    r"""Find the records of a text that begins with one, and their cells.

    A record ends at a line end outside quotes, together with the ``\r`` before it. One
    with a fault ends with its first line: what it swallowed is read again.

    ``text``: UTF-8. ``delimiter``, ``line_end``: the bytes between two cells and two
    records. ``quote``: the byte around a cell that holds one of them; 0 where there is
    none. ``width``: how many cells a record has. A blank line is one of 1 cell, or none
    at all. 0: only the first record is read, however many it has. ``final``: whether
    this is the end of the file; otherwise the last record may be cut off. ``size``,
    ``n_lines``: how many bytes and lines have been read. ``records``: where each
    begins, its line from 0, how many cells it has, and its mark. ``cells``: of the good
    records: where each begins and ends, and whether quotes are doubled.
    """
    data = text.tobytes()
    if len(data) >= _LIMIT:
        raise OverflowError
    place, line, records, cells = 0, 0, [], []
    while place < len(data):
        found = _read_record(data, place, delimiter, quote, line_end, final)
        if found is None:
            break
        mark, n_cells = found.mark, len(found.cells)
        good = mark in (GOOD, SPANS)
        start, end, _ = found.cells[0] if found.cells else (0, 1, False)
        if good and not found.quoted and n_cells == 1 and start == end and width != 1:
            place, line = found.end, line + 1
            continue
        if good and width and n_cells != width:
            mark, good = OTHER_WIDTH, False
        if good:
            cells += found.cells
            end = found.end
        else:
            end = data.find(line_end, place) + 1
            if not end and not final:
                break
            end = end or len(data)
        records.append((place, line, n_cells, mark))
        line += data.count(line_end, place, end) if found.quoted else 1
        place = end
        if not width:
            break
    table = np.array(cells, np.int32).reshape(-1, 3)
    return place, line, np.array(records, np.int32).reshape(-1, 4), list(table.T)


def gather_cells(
    text: NDArray[np.uint8],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    doubles: NDArray[np.int32],
    quote: int,
) -> tuple[NDArray[np.uint8], Ints]:
    """Return cells end to end, each doubled quote as one, and their bounds."""
    data, one = text.tobytes(), bytes([quote])
    cells = [
        data[start:end].replace(one + one, one) if double else data[start:end]
        for start, end, double in zip(starts, ends, doubles, strict=True)
    ]
    bounds = np.cumsum([0, *map(len, cells)], dtype=np.int64)
    return np.frombuffer(b"".join(cells), np.uint8), bounds


def _read_record(
    data: bytes, place: int, delimiter: int, quote: int, line_end: int, final: bool
) -> _Record | None:
    """Return the record that begins at a place; None if it may be cut off."""
    cells: list[tuple[int, int, bool]] = []
    mark, quoted, size = GOOD, False, len(data)
    while True:
        if quote and data[place : place + 1] == bytes([quote]):
            quoted, first = True, place + 1
            last = _closing(data, first, quote)
            if last < 0 or (last + 1 == size and not final):
                return _Record(cells, UNCLOSED, size, True) if final else None
            place = end = last + 1
            while line_end != _RETURN and data[end : end + 1] == b"\r":
                end += 1
            if end == size and not final:
                return None
            if end == size or data[end] == line_end:
                place = end
            elif data[place] != delimiter:
                return _Record(cells, TEXT_BEHIND, size, True)
            cell = data[first:last]
            if delimiter == _TAB and delimiter in cell and line_end in cell:
                mark = SPANS
            cells.append((first, last, bytes([quote]) in cell))
        else:
            first = place
            ends = [data.find(one, first) for one in (delimiter, line_end)]
            place = min([end for end in ends if end >= 0], default=size)
            if place == size and not final:
                return None
            last = place
            if place < size and data[place] == line_end != _RETURN:
                last = first + len(data[first:place].rstrip(b"\r"))
            cells.append((first, last, False))
        if place == size or data[place] == line_end:
            return _Record(cells, mark, min(place + 1, size), quoted)
        place += 1


def _closing(data: bytes, place: int, quote: int) -> int:
    """Return where the quote is that closes a cell, or -1."""
    place = data.find(quote, place)
    while place >= 0 and data[place + 1 : place + 2] == bytes([quote]):
        place = data.find(quote, place + 2)
    return place


__all__: list[Any] = [
    "GOOD", "OTHER_WIDTH", "SPANS", "TEXT_BEHIND", "UNCLOSED",
    "gather_cells", "scan_delimited",
]  # fmt: skip
