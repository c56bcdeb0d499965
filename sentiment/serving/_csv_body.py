"""Read a CSV request body as what it says, to the letter.

pandas, which MLflow reads CSV with, drops blank lines and makes ``NA``, ``null`` and
empty cells missing. Here every cell is a text, and a blank line is refused: whether it
was meant as an empty document cannot be told.
"""

import csv
import io
import sys
from collections.abc import Iterator

from sentiment._messages import shown_as_json as shown
from sentiment.serving._json_body import decode_utf8
from sentiment.serving._refusal import Refusal


def read_csv_body(body: bytes) -> list[str]:
    """Return the cells of the column ``text``.

    Raises Refusal if the body is not CSV with such a column, its rows are of different
    lengths, or a line is blank.
    """
    # A limit of the whole process, and 128 KiB unless raised: less than a long review.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    lines = _iter_lines(decode_utf8(body))
    header = next(lines, (1, []))[1]
    if header.count("text") != 1:
        raise Refusal(
            "A CSV body takes a header with one column named 'text'. Got "
            f"{shown(header)}. Quote texts that hold commas or line breaks."
        )
    place, cells = header.index("text"), []
    for line, row in lines:
        if not row:
            raise Refusal(
                f'Line {line} of the CSV body is blank. Write "" for an empty document.'
            )
        if len(row) != len(header):
            raise Refusal(
                f"Line {line} of the CSV body has {len(row)} cells, the header "
                f"{len(header)}. Quote texts that hold commas or line breaks."
            )
        cells.append(row[place])
    return cells


def _iter_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its first line."""
    # Lines end at LF or CRLF. A CR alone, which writers forget to quote, would cut a
    # text in two: here it is an error.
    reader = csv.reader(io.StringIO(text, newline="\n"), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = str(error)
            if reason.startswith("new-line character"):
                reason = "a carriage return stands outside quotes"
            raise Refusal(
                f"The CSV body cannot be read from line {line} on: {reason}."
            ) from None
        yield line, row
