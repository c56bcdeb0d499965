"""The data of a training: what is read, from where, and that it fits together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sentiment.classification import check_labels
from sentiment.datasets import data_digest, load_instances, load_reviews, source_name
from sentiment.datasets._digest import DataDigest
from sentiment.datasets._files import ReadOptions
from sentiment.datasets._labels import read_labels
from sentiment.datasets._sources import Source, has_splits, read_source
from sentiment.exceptions import DataError
from sentiment.streaming._fit_streaming import Room
from sentiment.streaming._labelled_texts import Reading, read_labelled_texts
from sentiment.streaming._text_rows import TextRows
from sentiment.tracking._records import Context, DatasetRecord

__all__ = [
    "Part",
    "Reading",
    "check_classes",
    "read_part",
    "read_part_in_batches",
    "read_separate",
]

_HUB = "hf:"


@dataclass(frozen=True)
class Part:
    """Documents with their labels, row by row, and where they come from.

    Attributes
    ----------
    X : DataFrame or TextRows
        One column ``text``; or documents that need not fit in memory.
    y : Series
        The labels, with the same index.
    record : DatasetRecord
        What the run records about it.
    """

    X: "pd.DataFrame | TextRows"
    y: pd.Series
    record: DatasetRecord


def read_part(source: Source, split: str, context: Context, reading: Reading) -> Part:
    """Read the labelled rows of one split of a source."""
    X, y = load_reviews(
        source,
        split,
        text_column=reading.text_column,
        label_column=reading.label_column,
        label_names=reading.label_names,
        encoding=reading.encoding,
        input_format=reading.input_format,
    )
    return Part(X, y, _describe(source, split, context, y, data_digest(X, y)))


def read_part_in_batches(
    source: Source,
    split: str,
    context: Context,
    reading: Reading,
    room: Room,
    tell: Callable[[int], None],
) -> Part:
    """Read the same rows, of files that need not fit in memory."""
    found = read_labelled_texts(
        source, split, reading, room.scratch, room.for_texts, tell
    )
    digest = DataDigest()
    for texts in found.texts:
        digest.add(texts.cast(pa.large_string()))
    record = _describe(
        source, split, context, found.labels, digest.finish(found.labels)
    )
    return Part(found.texts, found.labels, record)


def read_separate(
    instances: Source, labels: Source, split: str, reading: Reading
) -> Part:
    """Read documents and labels from two files, as ``sentiment etl`` writes them.

    Labels that say which instances they belong to are put there; others must be as
    many as the instances.

    Raises
    ------
    DataError
        If the two do not fit together, or there is no label.
    """
    X = load_instances(
        instances,
        split,
        text_column=reading.text_column,
        encoding=reading.encoding,
        input_format=reading.input_format,
    )
    options = ReadOptions(
        reading.encoding, reading.input_format, columns=(reading.label_column,)
    )
    rows = read_source(labels, split, options)
    y = read_labels(rows, reading.label_column, reading.label_names)
    if y.empty:
        raise DataError(f"{rows.name} has no label in column {reading.label_column!r}.")
    if rows.positions is not None:
        y.index = pd.Index(rows.positions[y.index])
        last = int(y.index.max())
        if last >= len(X):
            raise DataError(
                f"{rows.name} has a label for row {last}, but {source_name(instances)} "
                f"has {len(X):,} rows. Export both again with sentiment etl."
            )
    elif rows.n_rows != len(X):
        raise DataError(
            f"{rows.name} has {rows.n_rows:,} rows, but {source_name(instances)} has "
            f"{len(X):,}. There must be one label for each instance."
        )
    X = X.iloc[y.index].reset_index(drop=True)
    y = y.reset_index(drop=True)
    record = _describe(instances, split, "training", y, data_digest(X, y))
    return Part(X, y, record)


def check_classes(train: Part, *others: Part) -> None:
    """Refuse one class only, and classes that the training rows lack.

    Raises
    ------
    LabelError
        If the training labels are no labels to learn from.
    DataError
        If other rows hold a class that the training rows lack.
    """
    classes = np.unique(check_labels(train.y, caller="train")).tolist()
    for other in others:
        unknown = sorted(
            (one for one in set(other.y.tolist()) if not _is_among(one, classes)),
            key=str,
        )
        if unknown:
            raise DataError(
                f"The {other.record.context} labels hold {_quoted(unknown)}, which the "
                f"training labels lack; those are {_quoted(classes)}. Remove such "
                "rows, or add some to the training data."
            )


def _is_among(label: Any, classes: Sequence[Any]) -> bool:
    # To Python True is 1; as labels they are two things.
    return any(
        one == label and isinstance(one, bool) == isinstance(label, bool)
        for one in classes
    )


def _quoted(values: Sequence[Any]) -> str:
    shown = ", ".join(map(repr, values[:10]))
    return shown if len(values) <= 10 else f"{shown} and {len(values) - 10} more"


def _describe(
    source: Source, split: str, context: Context, y: pd.Series, digest: str
) -> DatasetRecord:
    kind, place = _place_of(source, split)
    return DatasetRecord(
        name=source_name(source),
        digest=digest,
        context=context,
        source_type=kind,
        source=place,
        columns={"text": "string", "label": _type_name(y)},
        n_rows=len(y),
    )


def _place_of(source: Source, split: str) -> tuple[str, dict[str, Any]]:
    """Return where a source is, in the words of MLflow's own kinds of sources."""
    if isinstance(source, str) and source.startswith(_HUB):
        path, _, config = source.removeprefix(_HUB).partition(":")
        place = {"path": path, "config_name": config or None, "split": split}
        return "hugging_face", place
    name = source_name(source)
    if isinstance(source, PathLike) or (
        isinstance(source, str) and name not in ("sample", "stdin")
    ):
        place = {"uri": str(Path(source).absolute())}
        return "local", place | ({"split": split} if has_splits(source) else {})
    return "code", {"tags": {"sentiment.source": name, "sentiment.split": split}}


def _type_name(labels: pd.Series) -> str:
    """Return MLflow's name of the type of the labels."""
    if pd.api.types.is_bool_dtype(labels):
        return "boolean"
    if pd.api.types.is_integer_dtype(labels):
        return "long"
    return "double" if pd.api.types.is_float_dtype(labels) else "string"
