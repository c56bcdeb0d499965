"""Reading text files without columns: one document a line, perhaps with its label."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import pyarrow as pa

from sentiment.datasets._bad_rows import Fault
from sentiment.datasets._batch import Batch, iter_slices
from sentiment.datasets._column_types import Schema
from sentiment.datasets._decoding import TextReader, find_undecoded, utf8_blocks
from sentiment.datasets._delimited import undecoded_fault

PREFIX = "__label__"
_LABELLED = re.compile(rf"{PREFIX}(\S*)[ \t]*")


@dataclass(eq=False)
class LinesReader(TextReader):
    """One document a line, an empty line included.

    ``labelled``: whether each line begins with its label as fastText writes it,
    ``__label__positive``; a line without one has no label. Blank lines are skipped.
    """

    no_rows = "is empty. Write one document a line."

    labelled: bool = False

    @property
    def _names(self) -> tuple[str, ...]:
        text, label = self.source.text_columns[0], self.source.label_column
        return (label, text) if self.labelled else (text,)

    def schema(self) -> Schema:
        """Return the columns with their Arrow types."""
        return Schema.of(dict.fromkeys(self._names, pa.large_string()))

    def batches(
        self, columns: Collection[str] | None = None, *, lenient: bool = False
    ) -> Iterator[Batch]:
        """Yield the rows; of standard input, those that are there."""
        with self.opened() as source:
            converter = self.converter(lenient=lenient)
            rest, line = b"", 1
            rows: list[tuple[int, bytes]] = []
            n_before = 0
            for block, final in utf8_blocks(source, converter):
                *lines, rest = (rest + block).split(b"\n")
                if final and rest:
                    lines.append(rest)
                for one in lines:
                    if one.strip() or not self.labelled:
                        rows.append((line, one.removesuffix(b"\r")))
                    line += 1
                for bounds in iter_slices(len(rows)):
                    some = rows[slice(*bounds)]
                    batch = self._batch(
                        some, n_before, source.share, converter.is_plain
                    )
                    yield replace(batch, remarks=converter.remarks)
                    n_before += len(some)
                rows = []

    def _batch(
        self,
        rows: list[tuple[int, bytes]],
        n_before: int,
        share: float | None,
        plain: bool,
    ) -> Batch:
        name = self.name
        texts: list[str | None] = []
        labels: list[str | None] = []
        faults: dict[int, Fault] = {}
        for row, (line, data) in enumerate(rows):
            try:
                label, text = self._cut(data.decode())
            except UnicodeDecodeError:
                byte = find_undecoded(data, plain=plain) or 0
                faults[row], label, text = undecoded_fault(byte, line), None, None
            except _TwoLabelsError:
                faults[row], label, text = _TWO_LABELS, None, None
            labels.append(label)
            texts.append(text)
        arrays = [pa.array(cells, pa.large_string()) for cells in (labels, texts)]
        return Batch(
            name=name,
            names=self._names,
            n_rows=len(rows),
            cells=tuple(arrays if self.labelled else arrays[1:]),
            place=lambda row: f"{name}:{rows[row][0]}",
            n_before=n_before,
            faults=faults,
            share=share,
            untyped=True,
        )

    def _cut(self, line: str) -> tuple[str | None, str]:
        if not self.labelled:
            return None, line
        found = _LABELLED.match(line.lstrip())
        if found is None:
            return None, line
        text = line.lstrip()[found.end() :]
        if text.startswith(PREFIX):
            raise _TwoLabelsError
        return found[1], text


class _TwoLabelsError(ValueError):
    """A line begins with more than one label."""


_TWO_LABELS = Fault(
    "two labels on one line",
    "A row has one label. Keep one, or train one Pipeline for each label with "
    "sklearn.multiclass.OneVsRestClassifier.",
)
