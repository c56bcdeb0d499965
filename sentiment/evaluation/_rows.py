"""The labelled rows of an evaluation, read in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from sentiment.datasets import source_name
from sentiment.datasets._digest import DataDigest
from sentiment.datasets._frames import frame_of_rows
from sentiment.datasets._labels import read_labels
from sentiment.datasets._loading import check_apart, require_labels
from sentiment.datasets._rows import Rows
from sentiment.datasets._sources import Source, split_of
from sentiment.datasets._streamed_rows import Part, StreamedRows
from sentiment.documents import text_series
from sentiment.evaluation._slices import count_words
from sentiment.evaluation._truth import encode_part, encode_truth

__all__ = ["LabelledBatch", "LabelledRows", "RowReader"]

SOURCE_COLUMN = "source"
"""A column of this name says where a row is from; it is looked at unasked."""


@dataclass(frozen=True)
class LabelledBatch:
    """Some labelled rows.

    Attributes
    ----------
    texts : Arrow array of large_string
        Their documents.
    codes : ndarray of int of shape (n_rows,)
        Their true classes as places in the model's ``classes_``.
    share : float or None
        How much of the source has been read.
    """

    texts: pa.Array
    codes: NDArray[np.int64]
    share: float | None


@dataclass(frozen=True)
class LabelledRows:
    """What is known of the labelled rows, besides their documents.

    Attributes
    ----------
    name : str
        The source, as the user wrote it.
    digest : str
        Tells these rows apart from others of that name.
    labels : Series
        Their labels.
    codes : ndarray of int of shape (n_rows,)
        The labels as places in the model's ``classes_``.
    lengths : ndarray of int of shape (n_rows,)
        How many words each document has.
    columns : dict of str to list
        The values of the columns to slice by.
    positions : ndarray of int
        Where each row is in the source.
    texts : Series of str or None
        The documents, where they were asked for.
    """

    name: str
    digest: str
    labels: pd.Series
    codes: NDArray[np.int64]
    lengths: NDArray[np.int64]
    columns: dict[str, list[Any]]
    positions: NDArray[np.int64]
    texts: pd.Series | None


class RowReader:
    """Reads the labelled rows of one split of a source, and remembers the small part.

    Parameters
    ----------
    source : as in load_reviews
        What is read.
    split : str
        Which split of it.
    classes : ndarray of shape (n_classes,)
        The labels that the model knows.
    text_column, label_column, label_names, encoding, input_format
        As in :func:`sentiment.load_reviews`.
    slice_columns : sequence of str
        The columns to slice by.
    keep_texts : bool
        Whether all documents are remembered as well.
    """

    def __init__(
        self,
        source: Source,
        split: str,
        classes: NDArray[Any],
        *,
        text_column: str,
        label_column: str,
        label_names: Sequence[str] | None,
        encoding: str,
        input_format: str | None,
        slice_columns: Sequence[str] = (),
        keep_texts: bool = False,
    ) -> None:
        self._name = source_name(source)
        self._split = split_of(source, split)
        self._classes = classes
        self._columns = (text_column, label_column)
        self._label_names = label_names
        self._slice_columns = slice_columns
        self._keep_texts = keep_texts
        self._stream = StreamedRows(
            source,
            split,
            text_column=text_column,
            columns=(label_column, SOURCE_COLUMN, *slice_columns),
            encoding=encoding,
            input_format=input_format,
        )
        self._digest = DataDigest()
        self._lengths: list[NDArray[np.int64]] = []
        self._texts: list[pa.Array] = []

    def batches(self) -> Iterator[LabelledBatch]:
        """Yield the labelled rows.

        Raises
        ------
        DataError
            If the source cannot be read, lacks a column, or has a label that the model
            does not know.
        """
        for part in self._stream:
            self._check_columns(part)
            labels = self._read_labels(part)
            texts = part.texts
            if len(labels) < len(texts):
                texts = texts.take(pa.array(labels.index.to_numpy()))
            self._digest.add(texts)
            self._lengths.append(count_words(texts))
            if self._keep_texts:
                self._texts.append(texts)
            codes = encode_part(part.rows, labels, self._classes)
            yield LabelledBatch(texts, codes, part.share)

    def finish(self) -> LabelledRows:
        """Return what is known of all rows, once they have been read.

        Raises
        ------
        DataError
            If there is no labelled row.
        """
        rows = self._stream.gather()
        labels = read_labels(rows, self._columns[1], self._label_names)
        require_labels(rows, labels, self._split, self._columns[1])
        kept = labels.index.to_numpy()
        labels = labels.reset_index(drop=True)
        return LabelledRows(
            name=self._name,
            digest=self._digest.finish(labels),
            labels=labels,
            codes=encode_truth(rows.name, labels, self._classes),
            lengths=np.concatenate(self._lengths),
            columns=_read_columns(rows, self._slice_columns, kept),
            positions=kept.astype(np.int64),
            texts=text_series(pa.concat_arrays(self._texts)) if self._texts else None,
        )

    def _check_columns(self, part: Part) -> None:
        check_apart(part.rows, *self._columns)
        if not part.open_ended:
            part.rows.column(self._columns[1], "--label-column")
            for name in self._slice_columns:
                part.rows.column(name, "--slice")

    def _read_labels(self, part: Part) -> pd.Series:
        if self._columns[1] not in part.rows.columns:
            return pd.Series([], dtype=object, name="label")
        return read_labels(part.rows, self._columns[1], self._label_names)


def _read_columns(
    rows: Rows, wanted: Sequence[str], kept: NDArray[Any]
) -> dict[str, list[Any]]:
    for name in wanted:
        rows.column(name, "--slice")
    names = list(wanted)
    if SOURCE_COLUMN in rows.columns and SOURCE_COLUMN not in names:
        names.insert(0, SOURCE_COLUMN)
    frame = frame_of_rows(rows)
    return {
        name: [
            None if value is pd.NA or value != value else value
            for value in frame[name].iloc[kept].tolist()
        ]
        for name in names
    }
