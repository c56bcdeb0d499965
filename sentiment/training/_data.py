"""The data of a training: what is read, from where, and that it fits together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sentiment.classification import check_labels
from sentiment.datasets import (
    HUB,
    BadRow,
    DataDigest,
    DataSummary,
    LabelledRows,
    Source,
    data_digest,
    load_instances,
)
from sentiment.documents import text_series
from sentiment.exceptions import DataError
from sentiment.streaming import Room, TextRows, read_labelled_texts
from sentiment.tracking import Context, DatasetRecord


@dataclass(frozen=True)
class LabelledPart:
    """Documents with their labels, row by row, and where they come from.

    ``X``: one column ``text``; or documents that need not fit in memory. ``y``: the
    labels, with the same index. ``record``: what the run records about it. ``summary``:
    what was read, and what looks wrong with it. ``bad``: the rows that were left out.
    ``weights``: how much each row counts.
    """

    X: "pd.DataFrame | TextRows"
    y: pd.Series
    record: DatasetRecord
    summary: DataSummary | None = None
    bad: Sequence[BadRow] = ()
    weights: pd.Series | None = None


def read_part(source: Source, context: Context) -> LabelledPart:
    """Read the labelled rows of one split of a source."""
    rows = LabelledRows(source)
    texts, y = rows.read()
    X = text_series(texts).to_frame()
    record = _describe(source, context, y, data_digest(X, y))
    return LabelledPart(X, y, record, rows.summary, rows.bad, rows.read_weights())


def read_part_in_batches(
    source: Source, context: Context, room: Room, tell: Callable[[int], None]
) -> LabelledPart:
    """Read the same rows, of files that need not fit in memory."""
    found = read_labelled_texts(source, room.scratch, room.for_texts, tell)
    digest = DataDigest()
    for texts in found.texts:
        digest.add(texts.cast(pa.large_string()))
    record = _describe(source, context, found.labels, digest.finish(found.labels))
    return LabelledPart(found.texts, found.labels, record, found.summary, found.bad)


def read_separate(instances: Source, labels: Source) -> LabelledPart:
    """Read documents and labels from two files, as ``sentiment etl`` writes them.

    Labels that say which instances they belong to are put there; others must be as
    many as the instances.

    Raises DataError if the two do not fit together, or there is no label.
    """
    X = load_instances(instances)
    rows = LabelledRows(labels, labels="only")
    y = rows.read_labels()
    if y.empty:
        raise DataError(
            f"{rows.gathered.name} has no label in column {labels.label_column!r}. "
            "Name the right column with label_column=..."
        )
    if rows.gathered.positions is not None:
        last = int(y.index.max())
        if last >= len(X):
            raise DataError(
                f"{rows.gathered.name} has a label for row {last}, but "
                f"{instances.name} has {len(X):,} rows. Export both again with "
                "export_split."
            )
    elif rows.gathered.n_rows != len(X):
        raise DataError(
            f"{rows.gathered.name} has {rows.gathered.n_rows:,} rows, but "
            f"{instances.name} has {len(X):,}. There must be one label for each "
            "instance."
        )
    X = X.iloc[y.index].reset_index(drop=True)
    y = y.reset_index(drop=True)
    record = _describe(instances, "training", y, data_digest(X, y))
    return LabelledPart(X, y, record, rows.summary)


def read_unlabelled(source: Source) -> tuple[pd.DataFrame, DatasetRecord]:
    """Read the documents of a source, and say what the run records about them."""
    X = load_instances(source)
    y = pd.Series([], dtype=object)
    record = _describe(source, "unlabelled", y, data_digest(X, y))
    return X, replace(record, columns={"text": "string"}, n_rows=len(X))


def check_classes(train: LabelledPart, *others: LabelledPart) -> None:
    """Refuse one class only, and classes that the training rows lack.

    Raises LabelError if the training labels are no labels to learn from, and DataError
    if other rows hold a class that the training rows lack.
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
    source: Source, context: Context, y: pd.Series, digest: str
) -> DatasetRecord:
    kind, place = _place_of(source)
    return DatasetRecord(
        name=source.name,
        digest=digest,
        context=context,
        source_type=kind,
        source=place,
        columns={"text": "string", "label": _type_name(y)},
        n_rows=len(y),
    )


def _place_of(source: Source) -> tuple[str, dict[str, Any]]:
    """Return where a source is, in the words of MLflow's own kinds of sources."""
    split = source.split
    if source.is_hub:
        path, _, config = source.data.removeprefix(HUB).partition(":")
        place = {"path": path, "config_name": config or None, "split": split}
        return "hugging_face", place
    if source.is_path and not source.is_sample and not source.is_standard_input:
        place = {"uri": str(Path(source.data).absolute())}
        return "local", place | ({"split": split} if source.has_splits else {})
    return "code", {"tags": {"sentiment.source": source.name, "sentiment.split": split}}


def _type_name(labels: pd.Series) -> str:
    """Return MLflow's name of the type of the labels."""
    if pd.api.types.is_bool_dtype(labels):
        return "boolean"
    if pd.api.types.is_integer_dtype(labels):
        return "long"
    return "double" if pd.api.types.is_float_dtype(labels) else "string"
