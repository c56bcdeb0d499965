"""The labelled rows of an evaluation, read in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sentiment._arrays import Array, Ints
from sentiment.datasets import (
    Batch,
    DataDigest,
    DataSummary,
    LabelledRows,
    Source,
    frame_of_batch,
)
from sentiment.documents import text_series
from sentiment.evaluation._answers import encode_part, encode_truth
from sentiment.evaluation._slices import count_words

SOURCE_COLUMN = "source"
"""A column of this name says where a row is from; it is looked at unasked."""


@dataclass(frozen=True)
class LabelledBatch:
    """Some labelled rows.

    ``texts``: their documents. ``codes``: their true classes as places in the model's
    ``classes_``. ``share``: how much of the source has been read.
    """

    texts: pa.Array
    codes: Ints
    share: float | None


@dataclass(frozen=True)
class EvaluatedRows:
    """What is known of the labelled rows, besides their documents.

    ``name``: the source, as the user wrote it. ``split``: of the source, if it has
    splits. ``digest``: tells these rows apart from others of that name. ``labels``:
    their labels. ``codes``: the labels as places in the model's ``classes_``.
    ``lengths``: how many words each document has. ``columns``: the values of the
    columns to slice by. ``positions``: where each row is in the source. ``texts``: the
    documents, where they were asked for. ``summary``: what was read, and what looks
    wrong with it.
    """

    name: str
    split: str | None
    digest: str
    labels: pd.Series
    codes: Ints
    lengths: Ints
    columns: dict[str, list[Any]]
    positions: Ints
    texts: pd.Series | None
    summary: DataSummary


class RowReader:
    """Reads the labelled rows of a source, and remembers the small part.

    ``source``: what is read. ``classes``: the labels that the model knows.
    ``slice_columns``: the columns to slice by. ``keep_texts``: whether all documents
    are remembered as well.
    """

    def __init__(
        self,
        source: Source,
        classes: Array,
        slice_columns: Sequence[str] = (),
        *,
        keep_texts: bool = False,
    ) -> None:
        self._classes = classes
        self._slice_columns = slice_columns
        self._keep_texts = keep_texts
        columns = (SOURCE_COLUMN, *slice_columns)
        self._rows = LabelledRows(source, columns=columns, by_part=True)
        self._digest = DataDigest()
        self._lengths: list[Ints] = []
        self._texts: list[pa.Array] = []

    def batches(self) -> Iterator[LabelledBatch]:
        """Yield the labelled rows.

        Raises DataError if the source cannot be read, lacks a column, or has a label
        that the model does not know.
        """
        for part in self._rows:
            if not part.open_ended:
                for name in self._slice_columns:
                    part.require(name, "slices")
            labels = self._rows.labels_of(part)
            texts = part.texts
            if len(labels) < len(texts):
                texts = texts.take(pa.array(labels.index.to_numpy()))
            self._digest.add(texts)
            self._lengths.append(count_words(texts))
            if self._keep_texts:
                self._texts.append(texts)
            codes = encode_part(part, labels, self._classes)
            yield LabelledBatch(texts, codes, part.share)

    def finish(self) -> EvaluatedRows:
        """Return what is known of all rows, once they have been read.

        Raises DataError if there is no labelled row.
        """
        labels = self._rows.read_labels()
        kept = labels.index.to_numpy()
        labels = labels.reset_index(drop=True)
        rows = self._rows.gathered
        self._rows.list_bad_rows()
        self._rows.tell()
        return EvaluatedRows(
            name=self._rows.source.name,
            split=self._rows.source.read_split,
            digest=self._digest.finish(labels),
            labels=labels,
            codes=encode_truth(rows.name, labels, self._classes),
            lengths=np.concatenate(self._lengths),
            columns=_read_columns(rows, self._slice_columns, kept),
            positions=kept.astype(np.int64),
            texts=text_series(pa.concat_arrays(self._texts)) if self._texts else None,
            summary=self._rows.summary,
        )


def _read_columns(
    rows: Batch, wanted: Sequence[str], kept: Array
) -> dict[str, list[Any]]:
    for name in wanted:
        rows.require(name, "slices")
    names = list(wanted)
    if rows.has(SOURCE_COLUMN) and SOURCE_COLUMN not in names:
        names.insert(0, SOURCE_COLUMN)
    frame = frame_of_batch(rows)
    return {
        name: [
            None if value is pd.NA or value != value else value
            for value in frame[name].iloc[kept].tolist()
        ]
        for name in names
    }
