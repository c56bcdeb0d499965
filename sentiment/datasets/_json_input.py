"""A file of JSON lines, or standard input, in batches."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pyarrow as pa

from sentiment._messages import shown
from sentiment.datasets._bad_rows import Fault
from sentiment.datasets._batches import BATCH_ROWS, Batch, BatchFiller, Reading
from sentiment.datasets._bytes import ByteSource
from sentiment.datasets._column_types import TypeSurvey
from sentiment.datasets._jsonl import json_records
from sentiment.datasets._lines import decoded_lines
from sentiment.datasets._rows import require_column
from sentiment.datasets._texts import cell_fault


class JsonInput:
    """One JSON object per line.

    Parameters
    ----------
    name : str
        As the user wrote it.
    open_source : callable
        Opens the bytes.
    encoding : str
        Of the text.
    """

    no_rows = "is empty. Write one JSON object a line."

    def __init__(
        self,
        name: str,
        open_source: Callable[[], AbstractContextManager[ByteSource]],
        encoding: str,
    ) -> None:
        self.name = name
        self.open_source = open_source
        self.encoding = encoding

    def types(self) -> dict[str, pa.DataType | None]:
        """Return the keys of all objects with the Arrow types of their values.

        Reads the whole file: the last object may have a key that no other has.
        """
        survey = TypeSurvey()
        with self.open_source() as source:
            lines = decoded_lines(source, self.encoding, lenient=True)
            records: list[dict[str, Any]] = []
            for _, found in json_records(lines):
                if not isinstance(found, Fault):
                    records.append(found)
                if len(records) >= BATCH_ROWS:
                    survey.add(records)
                    records = []
            survey.add(records)
        return survey.types()

    def batches(self, reading: Reading) -> Iterator[Batch]:
        """Yield the rows; of standard input, those that are there."""
        with self.open_source() as source:
            lines = decoded_lines(source, self.encoding, lenient=reading.lenient)
            filler = BatchFiller(self.name, reading)
            keys: dict[str, None] | None = None
            number, numbers = 0, []
            for number, found in json_records(lines):
                if reading.fixed_keys and keys is None and isinstance(found, dict):
                    keys = dict.fromkeys(found)
                _add(filler, number, found, reading, keys)
                numbers.append(number)
                if filler.full or lines.pauses(number):
                    yield _batch(filler, numbers, source.share)
                    numbers = []
            if not filler.empty:
                yield _batch(filler, numbers, source.share)


def _add(
    filler: BatchFiller,
    number: int,
    found: dict[str, Any] | Fault,
    reading: Reading,
    keys: dict[str, None] | None,
) -> None:
    if isinstance(found, Fault):
        filler.add_bad({}, number, found)
        return
    column = reading.text_column
    text = found.get(column)
    if type(text) is not str:
        if not filler.n_read and not reading.lenient:
            require_column(filler.name, tuple(found), column, "--text-column")
        fault = cell_fault(column, text, absent=column not in found)
        filler.add_bad(found, number, fault or Fault("no text"))
        return
    if keys is not None and not keys.keys() >= found.keys():
        new = next(key for key in found if key not in keys)
        fault = Fault(
            f"key {shown(new)}, which the first row lacks",
            "Write jsonl (--format jsonl), or read from a file.",
        )
        filler.add_bad({key: found.get(key) for key in keys}, number, fault)
        return
    filler.add(found, text, len(text))


def _batch(filler: BatchFiller, numbers: list[int], share: float | None) -> Batch:
    records = filler.rows
    names = tuple(dict.fromkeys(key for record in records for key in record))
    return Batch(
        names=names,
        records=records,
        share=share,
        place=lambda row: f"{filler.name}:{numbers[row]}",
        **filler.take(),
    )
