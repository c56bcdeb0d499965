"""The labelled rows of a source, read once, in batches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sentiment.datasets import source_name
from sentiment.datasets._labels import read_labels
from sentiment.datasets._loading import check_apart, require_labels
from sentiment.datasets._sources import Source, split_of
from sentiment.datasets._streamed_rows import StreamedRows
from sentiment.streaming._scratch import Scratch
from sentiment.streaming._text_rows import TextRows


@dataclass(frozen=True)
class Reading:
    """How sources are read; the arguments of the same names of ``load_reviews``."""

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
    source: Source,
    split: str,
    reading: Reading,
    scratch: Scratch,
    limit: int,
    tell: Callable[[int], None],
) -> LabelledTexts:
    """Read the labelled rows of a source.

    Parameters
    ----------
    source : Source
        Files are read in batches, patterns too; all else is read as a whole.
    split : str
        Which split of it.
    reading : Reading
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
    stream = StreamedRows(
        source,
        split,
        text_column=reading.text_column,
        columns=(reading.label_column,),
        encoding=reading.encoding,
        input_format=reading.input_format,
    )
    texts = TextRows(scratch, limit)
    for part in stream:
        check_apart(part.rows, reading.text_column, reading.label_column)
        if not part.open_ended:
            part.rows.column(reading.label_column, "--label-column")
        texts.add(part.texts)
        tell(len(texts))
    rows = stream.gather()
    labels = read_labels(rows, reading.label_column, reading.label_names)
    require_labels(rows, labels, split_of(source, split), reading.label_column)
    if len(labels) < rows.n_rows:
        labelled = np.zeros(rows.n_rows, bool)
        labelled[labels.index] = True
        texts = texts.select(labelled)
    return LabelledTexts(source_name(source), texts, labels.reset_index(drop=True))
