"""All data of one training, read and split."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sentiment.datasets import (
    Data,
    DataSummary,
    ReadingOptions,
    Source,
    list_bad_rows,
    source_of,
)
from sentiment.exceptions import DataError
from sentiment.pipeline import default_validation_fraction
from sentiment.streaming import TextRows
from sentiment.tracking import Context
from sentiment.training._data import (
    LabelledPart,
    check_classes,
    read_part,
    read_separate,
    read_unlabelled,
)
from sentiment.training._notes import describe_overlap
from sentiment.training._validation_split import (
    FEW_ROWS,
    N_FOLDS,
    check_rare,
    count_repeats,
    split_off_validation,
)

if TYPE_CHECKING:
    import pandas as pd

    from sentiment.tracking import DatasetRecord

ReadPart = Callable[[Source, Context], LabelledPart]


_SAMPLE = Source(split="train")


@dataclass(frozen=True)
class Sources:
    """Where the data are; the arguments of the same names of ``train``."""

    source: Source | None = None
    test: Source | None = None
    validation: Source | None = None
    instances: Source | None = None
    labels: Source | None = None
    unlabelled: Source | None = None
    default: Source = _SAMPLE


def make_sources(
    source: Data,
    test: Data = None,
    validation: Data = None,
    instances: Data = None,
    labels: Data = None,
    unlabelled_texts: Data = None,
    split: str = "train",
    test_split: str = "test",
    **reading: Unpack[ReadingOptions],
) -> Sources:
    """Return the data of a training as sources."""

    def read(data: Data, own: str) -> Source | None:
        return None if data is None else source_of(data, own, **reading)

    return Sources(
        source=read(source, split),
        test=read(test, test_split),
        validation=read(validation, "validation"),
        instances=read(instances, split),
        labels=read(labels, split),
        unlabelled=read(unlabelled_texts, "unsupervised"),
        default=source_of(None, split, **reading),
    )


@dataclass(frozen=True)
class TrainingData:
    """The rows to fit on, to watch and to test on.

    Attributes
    ----------
    X, y : DataFrame or TextRows, Series
        The rows that are learned from.
    X_val, y_val : as X and y, or None
        The rows that say when to stop, and give the validation metrics. None: the
        model is cross-validated.
    test : LabelledPart or None
        The test rows.
    source : LabelledPart
        The training data as they were read, before rows were set aside.
    split : str or None
        Which split of the training data was read, if they have splits.
    validation : str
        Where the validation rows come from, in words.
    records : tuple of DatasetRecord
        Of all that was read.
    notes : tuple of str
        What looks wrong with the data, though it hinders no training.
    summaries : tuple of DataSummary
        What was read of each source.
    weights : Series or None
        How much each row that is learned from counts.
    unlabelled : DataFrame or None
        Further documents, without labels.
    """

    X: "pd.DataFrame | TextRows"
    y: "pd.Series"
    X_val: "pd.DataFrame | TextRows | None"
    y_val: "pd.Series | None"
    test: LabelledPart | None
    source: LabelledPart
    split: str | None
    validation: str
    records: "tuple[DatasetRecord, ...]"
    notes: tuple[str, ...] = ()
    summaries: tuple[DataSummary, ...] = ()
    weights: "pd.Series | None" = None
    unlabelled: "pd.DataFrame | None" = None

    def beside_rows(self) -> dict[str, Any]:
        """Return what a fit in memory takes beside rows, labels and weights."""
        return {} if self.unlabelled is None else {"X_unlabelled": self.unlabelled}


def read_training_data(
    sources: Sources,
    fraction: float | None,
    random_state: int | None,
    read: ReadPart = read_part,
    preset: str = "accurate",
) -> TrainingData:
    """Read every source, check that they fit together, set validation rows aside.

    ``read`` reads one source, as ``read_part`` does. Of few rows in memory none is
    set aside, unless ``fraction`` asks for it. The sample brings its own test rows.

    Raises
    ------
    DataError
        If a source cannot be read, or they do not fit together.
    LabelError
        If nothing can be learned from the labels, or not split.
    """
    part = _read_source(sources, read)
    sources = _with_test_of_sample(sources)
    watched = tested = None
    if sources.validation is not None:
        watched = read(sources.validation, "validation")
    if sources.test is not None:
        tested = read(sources.test, "test")
    parts = [one for one in (part, watched, tested) if one is not None]
    summaries = tuple(one.summary for one in parts if one.summary is not None)
    for summary in summaries:
        summary.tell()
    check_classes(*parts)
    bad = [row for one in parts for row in one.bad]
    if bad:
        list_bad_rows(bad, sources.default.bad_rows)
    rows = _set_aside(part, watched, fraction, random_state, preset)
    records = [one.record for one in parts]
    if sources.unlabelled is not None:
        rows["unlabelled"], record = read_unlabelled(sources.unlabelled)
        records.append(record)
    if sources.validation is not None:
        rows = rows | {"validation": sources.validation.name}
    return TrainingData(
        test=tested,
        source=part,
        split=(sources.source or sources.default).read_split,
        records=tuple(records),
        notes=tuple(note for one in parts[1:] for note in describe_overlap(part, one)),
        summaries=summaries,
        **rows,
    )


def _set_aside(
    part: LabelledPart,
    watched: LabelledPart | None,
    fraction: float | None,
    random_state: int | None,
    preset: str,
) -> dict[str, Any]:
    """Return the rows to learn from and to watch, and where the latter are from."""
    n_rows, weights = len(part.y), part.weights
    all_rows = {"X": part.X, "y": part.y, "weights": weights}
    if watched is not None:
        return {**all_rows, "X_val": watched.X, "y_val": watched.y, "validation": ""}
    if fraction is None and n_rows < FEW_ROWS and not isinstance(part.X, TextRows):
        check_rare(part)
        said = f"{count_repeats(n_rows)} times {N_FOLDS}-fold cross-validation"
        return {**all_rows, "X_val": None, "y_val": None, "validation": said}
    if fraction is None:
        fraction = default_validation_fraction(preset)
    kept, aside = split_off_validation(part, fraction, random_state)
    X, y = _take(part, kept)
    X_val, y_val = _take(part, aside)
    if weights is not None:
        weights = weights.iloc[kept].reset_index(drop=True)
    said = f"{fraction:g} of the training data"
    return {
        "X": X,
        "y": y,
        "weights": weights,
        "X_val": X_val,
        "y_val": y_val,
        "validation": said,
    }


def _with_test_of_sample(sources: Sources) -> Sources:
    source = sources.source or sources.default
    has_none = sources.instances is None and sources.test is None
    if source.is_sample and has_none and source.split != "test":
        return replace(sources, test=replace(source, split="test"))
    return sources


def _take(part: LabelledPart, places: "np.ndarray") -> "tuple[Any, pd.Series]":
    if isinstance(part.X, TextRows):
        # They stay in the order of the files, in which they are read again.
        wanted = np.zeros(len(part.y), bool)
        wanted[places] = True
        return part.X.select(wanted), part.y[wanted].reset_index(drop=True)
    X, y = part.X.iloc[places], part.y.iloc[places]
    return X.reset_index(drop=True), y.reset_index(drop=True)


def _read_source(sources: Sources, read: ReadPart) -> LabelledPart:
    instances, labels = sources.instances, sources.labels
    if instances is None and labels is None:
        return read(sources.source or sources.default, "training")
    if instances is None or labels is None:
        got = "labels" if instances is None else "instances"
        raise DataError(f"train takes instances and labels together. Got only {got}.")
    if sources.source is not None:
        raise DataError(
            "train takes one source, or instances and labels. Got both. Leave out one."
        )
    return read_separate(instances, labels)
