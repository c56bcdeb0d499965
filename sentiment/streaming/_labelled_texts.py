"""The labelled rows of a source, read once, in batches, onto disk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sentiment.datasets import BadRow, DataSummary, LabelledRows, Source
from sentiment.streaming._scratch import Scratch
from sentiment.streaming._text_rows import TextRows


@dataclass(frozen=True)
class LabelledTexts:
    """Documents with their labels.

    ``texts``: the documents. ``labels``: the label of each, counted from 0.
    ``summary``: what was read. ``bad``: the rows that were left out.
    """

    texts: TextRows
    labels: pd.Series
    summary: DataSummary
    bad: Sequence[BadRow]


def read_labelled_texts(
    source: Source, scratch: Scratch, limit: int, tell: Callable[[int], None]
) -> LabelledTexts:
    """Read the labelled rows of a source.

    Parameters
    ----------
    source : Source
        Files are read in batches, patterns too; all else is read as a whole.
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
    rows = LabelledRows(source)
    texts = TextRows(scratch, limit)
    for batch in rows:
        texts.add(batch.texts)
        tell(len(texts))
    labels = rows.read_labels()
    if len(labels) < len(texts):
        labelled = np.zeros(len(texts), bool)
        labelled[labels.index] = True
        texts = texts.select(labelled)
    return LabelledTexts(texts, labels.reset_index(drop=True), rows.summary, rows.bad)
