"""The labelled rows of an evaluation, with the columns they are looked at by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sentiment.classification._labels import encode_labels
from sentiment.datasets import data_digest, source_name
from sentiment.datasets._files import ReadOptions
from sentiment.datasets._frames import frame_of_rows
from sentiment.datasets._labels import read_labels
from sentiment.datasets._loading import check_apart
from sentiment.datasets._rows import Rows
from sentiment.datasets._sources import Source, read_source
from sentiment.datasets._texts import read_texts
from sentiment.exceptions import DataError, LabelError

__all__ = ["LabelledRows", "encode_truth", "read_labelled_rows"]

SOURCE_COLUMN = "source"
"""A column of this name says where a row is from; it is looked at unasked."""


@dataclass(frozen=True)
class LabelledRows:
    """Documents, labels, and what else is known of them.

    Attributes
    ----------
    name : str
        The source, as the user wrote it.
    digest : str
        Tells these rows apart from others of that name.
    texts : Series of str
        The documents.
    labels : Series
        Their labels, with the same index.
    columns : dict of str to list
        The values of the columns to slice by.
    positions : ndarray of int
        Where each row is in the source.
    """

    name: str
    digest: str
    texts: pd.Series
    labels: pd.Series
    columns: dict[str, list[Any]]
    positions: NDArray[np.int64]


def read_labelled_rows(
    source: Source,
    split: str,
    *,
    text_column: str,
    label_column: str,
    label_names: Sequence[str] | None,
    encoding: str,
    input_format: str | None,
    slice_columns: Sequence[str] = (),
    labels_needed: bool = True,
) -> LabelledRows:
    """Read the labelled rows of one split of a source, and the columns to slice by.

    Raises
    ------
    DataError
        If the source cannot be read, lacks a column, or has no labelled row.
    """
    columns = (text_column, label_column, SOURCE_COLUMN, *slice_columns)
    options = ReadOptions(encoding, input_format, columns=columns)
    rows = read_source(source, split, options)
    texts = read_texts(rows, text_column)
    if not labels_needed and label_column not in rows.columns:
        labels = pd.Series([], dtype=object, name="label")
        kept = np.arange(len(texts))
    else:
        check_apart(rows, text_column, label_column)
        labels = read_labels(rows, label_column, label_names)
        if labels.empty and labels_needed:
            raise DataError(
                f"{rows.name} has no labelled row in split {split!r}: column "
                f"{label_column!r} is empty. Choose another split, or label some rows."
            )
        kept = labels.index.to_numpy() if labels_needed else np.arange(len(texts))
    instances = texts.iloc[kept].reset_index(drop=True)
    if labels_needed:
        labels = labels.reset_index(drop=True)
    return LabelledRows(
        name=source_name(source),
        digest=data_digest(instances.to_frame(), labels) if labels_needed else "",
        texts=instances,
        labels=labels,
        columns=_read_columns(rows, slice_columns, kept),
        positions=kept.astype(np.int64),
    )


def encode_truth(rows: LabelledRows, classes: NDArray[Any]) -> NDArray[np.int64]:
    """Return the labels as places in ``classes``.

    Raises
    ------
    DataError
        If there are labels that the model does not know.
    """
    try:
        return encode_labels(rows.labels, classes, what=rows.name)
    except LabelError:
        known = classes.tolist()
        unknown = [
            label
            for label in sorted(set(rows.labels.tolist()), key=str)
            if not any(label == one and type(label) is type(one) for one in known)
        ]
        raise DataError(
            f"{rows.name} has the labels {unknown[:10]!r}, which the model does not "
            f"know; it knows {known[:10]!r}. Name integers with --label-names, or "
            "leave such rows out."
        ) from None


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
