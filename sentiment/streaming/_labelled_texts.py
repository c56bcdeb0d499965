"""The labelled rows of a source, read once, in batches."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sentiment.datasets import source_name
from sentiment.datasets._batches import Batch
from sentiment.datasets._batches import Reading as BatchReading
from sentiment.datasets._files import ReadOptions
from sentiment.datasets._inputs import find_inputs
from sentiment.datasets._labels import read_labels
from sentiment.datasets._loading import check_apart, require_labels
from sentiment.datasets._rows import Rows, concat_rows, numbered_rows, to_column
from sentiment.datasets._sources import Source
from sentiment.exceptions import DataError
from sentiment.streaming._scratch import Scratch
from sentiment.streaming._text_rows import TextRows


@dataclass(frozen=True)
class LabelledReading:
    """Which rows of a source are read, and how; arguments of ``load_reviews``."""

    split: str = "train"
    text_column: str = "text"
    label_column: str = "label"
    label_names: Sequence[str] | None = None
    encoding: str = "utf-8"
    input_format: str | None = None


@dataclass(frozen=True)
class LabelledTexts:
    """Documents with their labels.

    Attributes
    ----------
    name : str
        The source.
    texts : TextRows
        The documents.
    labels : Series
        The label of each, counted from 0.
    """

    name: str
    texts: TextRows
    labels: pd.Series


def read_labelled_texts(
    source: Source | Sequence[Source],
    reading: LabelledReading,
    scratch: Scratch,
    limit: int,
    tell: Callable[[int], None],
) -> LabelledTexts:
    """Read the labelled rows of a source, or of several files.

    Parameters
    ----------
    source : Source or sequence of Source
        Files are read in batches, patterns too; all else is read as a whole.
    reading : LabelledReading
        How.
    scratch : Scratch
        Where the texts are written.
    limit : int
        So many bytes of them stay in memory.
    tell : callable
        Called with the number of rows read so far.

    Raises
    ------
    DataError
        As :func:`load_reviews`.
    """
    options = ReadOptions(
        reading.encoding,
        reading.input_format,
        columns=(reading.text_column, reading.label_column),
    )
    batches = BatchReading(text_column=reading.text_column)
    texts = TextRows(scratch, limit)
    parts: list[Rows] = []
    with ExitStack() as keep:
        inputs = find_inputs(source, reading.split, options, keep)
        for one in inputs:
            n_before = 0
            for batch in one.rows.batches(batches):
                part = _labels_of(batch, one.rows.name, n_before, reading.label_column)
                check_apart(part, reading.text_column, reading.label_column)
                parts.append(part)
                texts.add(batch.texts)
                n_before += batch.n_rows
                tell(len(texts))
            if not n_before:
                raise DataError(f"{one.rows.name} {one.rows.no_rows}")
    rows = concat_rows(parts, inputs[0].rows.name)
    labels = read_labels(rows, reading.label_column, reading.label_names)
    require_labels(rows, labels, reading.split, reading.label_column)
    if len(labels) < rows.n_rows:
        labelled = np.zeros(rows.n_rows, bool)
        labelled[labels.index] = True
        texts = texts.select(labelled)
    name = source_name(source) if not isinstance(source, list | tuple) else rows.name
    return LabelledTexts(name, texts, labels.reset_index(drop=True))


def _labels_of(batch: Batch, name: str, n_before: int, label_column: str) -> Rows:
    cells = batch.column(label_column) if label_column in batch.names else None
    cells = to_column(cells) if isinstance(cells, list) else cells
    return Rows(
        name=name,
        columns={} if cells is None else {label_column: cells},
        n_rows=batch.n_rows,
        place=numbered_rows(name, n_before),
        names=batch.names,
        class_names=batch.class_names,
        untyped=batch.untyped,
    )
