"""The rows of a source with their labels, for everything that learns or measures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from typing import Any

import pandas as pd
import pyarrow as pa

from sentiment.datasets._bad_rows import SKIP_THEM, BadRow, list_bad_rows
from sentiment.datasets._batch import Batch, concat_batches
from sentiment.datasets._inputs import Input, find_inputs
from sentiment.datasets._judging import judge
from sentiment.datasets._labels import name_labels, read_labels, refuse_several_labels
from sentiment.datasets._source import Source
from sentiment.datasets._summary import DataSummary, summarize
from sentiment.exceptions import DataError

_YES_OR_NO = ("0", "1", 0, 1, None, "")


class LabelledRows:
    """The rows of a source: their documents pass by, some small columns are kept.

    Parameters
    ----------
    source : Source
        What is read, and how.
    labels : {"required", "named", "optional", "no", "only"}, default="required"
        Whether there must be a label, or at least the label column ("named"), which
        may be missing only if it has its default name ("optional"). "only" leaves out
        the documents.
    columns : sequence of str or None, default=()
        Further columns to keep, those of them that are there; None keeps all.
    by_part : bool, default=False
        Whether :meth:`labels_of` will be asked, before all rows have passed. Then the
        labels are looked at first, and said, where rows can be read twice; of those
        that cannot, names in order make that all are read first.
    keep_bad : bool, default=False
        Whether bad rows stay among the rows, whatever the source says of them.
    """

    def __init__(
        self,
        source: Source,
        *,
        labels: str = "required",
        columns: Sequence[str] | None = (),
        by_part: bool = False,
        keep_bad: bool = False,
    ) -> None:
        self.source = source
        self._labels = labels
        self._keep_bad = keep_bad
        self._by_part = by_part
        self._surveyed: Batch | None = None
        given = [] if labels == "no" else [source.label_column]
        given += [source.weight_column] if source.weight_column else []
        self._kept = None if columns is None else [*given, *columns]
        self._parts: list[Batch] = []
        self._told = False
        self.bad: list[BadRow] = []
        if labels not in ("no", "only") and source.label_column in source.text_columns:
            raise DataError(
                f"{source.name}: column {source.label_column!r} cannot be text and "
                "label at once. Name the label column with label_column=..."
            )

    def __iter__(self) -> Iterator[Batch]:
        """Yield the good rows: ``texts``, and the columns that are kept."""
        with ExitStack() as keep:
            inputs = find_inputs(self.source, keep)
            strict = self.source.on_bad_rows == "fail"
            if self._by_part and strict and all(one.again for one in inputs):
                self._survey(inputs)
            batches: Iterable[Batch] = self._read(inputs)
            if self._by_part and self.source.label_names and self._surveyed is None:
                batches = list(batches)
                self._surveyed = self.gathered
            yield from batches

    def _read(self, inputs: list[Input]) -> Iterator[Batch]:
        for number, one in enumerate(inputs):
            for batch in self._batches(one):
                self.bad += batch.bad
                if not batch.n_rows:
                    continue
                part = batch if self._kept is None else batch.keep(self._kept)
                self._check_columns(part)
                self._parts.append(replace(part, texts=None, bad=()))
                share = part.share
                if share is not None:
                    share = (number + share) / len(inputs)
                yield replace(part, share=share)
        if not self._parts:
            self._refuse_nothing(inputs)

    def _survey(self, inputs: list[Input]) -> None:
        """Look at the labels of all rows, and say what there is."""
        label = self.source.label_column
        columns = [label, label.partition(".")[0]]
        parts = [
            judge(batch, (), "fail", SKIP_THEM).keep([label])
            for one in inputs
            for batch in one.rows.batches(columns)
        ]
        parts = [part for part in parts if part.n_rows]
        if not any(part.has(label) for part in parts):
            return
        self._surveyed = concat_batches(parts)
        labels = read_labels(self._surveyed, self.source)
        if not labels.empty:
            self._summarize(self._surveyed, labels).tell()
            self._told = True

    def tell(self) -> None:
        """Say what was read, if that was not said before the rows passed."""
        if not self._told:
            self.summary.tell()

    @cached_property
    def gathered(self) -> Batch:
        """What is kept of all rows, once they have passed."""
        return concat_batches(self._parts)

    def read_texts(self) -> pa.Array:
        """Return all documents."""
        return pa.concat_arrays([batch.texts for batch in self])

    def read(self) -> tuple[pa.Array, pd.Series]:
        """Return the documents of the labelled rows, and their labels, from 0."""
        texts = self.read_texts()
        labels = self.read_labels()
        if len(labels) < len(texts):
            texts = texts.take(pa.array(labels.index.to_numpy()))
        return texts, labels.reset_index(drop=True)

    def read_labels(self) -> pd.Series:
        """Return the labels of the labelled rows, indexed by position."""
        if not self._parts:
            for _ in self:
                pass
        return self._label_series

    @cached_property
    def _label_series(self) -> pd.Series:
        rows = self.gathered
        optional = self._labels == "optional" and self.source.label_column == "label"
        if optional and not rows.has("label"):
            return pd.Series([], dtype=object, name="label")
        labels = read_labels(rows, self.source)
        if self._labels == "required":
            self._require_labels(rows, labels)
        if self._labels == "only" and rows.positions is not None:
            # A labels file of `sentiment etl`, which says whose labels they are.
            labels.index = pd.Index(rows.positions[labels.index])
        return labels

    def list_bad_rows(self) -> None:
        """Write which rows were left out, or say them in the log."""
        if self.bad:
            list_bad_rows(self.bad, self.source.bad_rows)

    def read_weights(self) -> pd.Series | None:
        """Return the weight of each labelled row, or None."""
        column = self.source.weight_column
        if column is None:
            return None
        cells = self.gathered.column(column, "weight_column")
        values = cells if isinstance(cells, list) else cells.to_pylist()
        weights = []
        for row, value in enumerate(values):
            try:
                weight = float(value)
            except (TypeError, ValueError):
                weight = -1.0
            if not 0 <= weight < float("inf") or isinstance(value, bool):
                raise DataError(
                    f"{self.gathered.place(row)}: {value!r} in column {column!r} is no "
                    "weight. A weight is a number, 0 or more."
                )
            weights.append(weight)
        kept = self.read_labels().index
        return pd.Series(weights, name="weight").loc[kept].reset_index(drop=True)

    @cached_property
    def summary(self) -> DataSummary:
        """What was read, and what looks wrong with it."""
        return self._summarize(self.gathered, self.read_labels())

    def _summarize(self, rows: Batch, labels: pd.Series) -> DataSummary:
        source, mapping = self.source, {}
        if source.label_names is not None:
            found = read_labels(rows, replace(source, label_names=None))
            mapping = name_labels(source, found.unique().tolist())
        else:
            refuse_several_labels(rows, labels.unique().tolist())
        n_rows = rows.n_rows - (len(self.bad) if self._keep_bad else 0)
        return summarize(
            source.name, labels, n_rows, len(self.bad),
            source.label_column, mapping, tuple(dict.fromkeys(rows.remarks)),
        )  # fmt: skip

    def labels_of(self, part: Batch) -> pd.Series:
        """Return the labels of some of the rows, before all have passed."""
        if not part.has(self.source.label_column):
            return pd.Series([], dtype=object, name="label")
        return read_labels(part, replace(self.source, label_names=self._names))

    @cached_property
    def _names(self) -> Any:
        """Which label has which name; names in order are of all labels there are."""
        names = self.source.label_names
        if names is None or isinstance(names, Mapping):
            return names
        plain = replace(self.source, label_names=None)
        assert self._surveyed is not None
        found = read_labels(self._surveyed, plain).unique()
        return name_labels(self.source, found.tolist())

    def _batches(self, one: Input) -> Iterator[Batch]:
        source = self.source
        columns = self._kept
        if columns is not None:
            wanted = [*source.text_columns, *columns]
            # Of a.b, the column is a.
            columns = [*wanted, *(name.partition(".")[0] for name in wanted)]
        policy = "fail" if source.on_bad_rows == "fail" else "skip"
        policy = "null" if self._keep_bad else policy
        for batch in one.rows.batches(columns, lenient=policy != "fail"):
            texts = () if self._labels == "only" else source.text_columns
            yield judge(batch, texts, policy, SKIP_THEM)

    def _refuse_columns_of_labels(self, batch: Batch) -> None:
        """Refuse rows with a column of 0 and 1 for each label, instead of one."""
        texts, label = self.source.text_columns, self.source.label_column
        others = [name for name in batch.names if name not in texts]
        if self._labels != "required" or label in others or len(others) < 2:
            return
        read = self._first_cells(others)
        if read and all(cell in _YES_OR_NO for cells in read for cell in cells):
            raise DataError(
                f"{batch.name} has no column {label!r}, but {len(others)} columns of 0 "
                f"and 1: {', '.join(others[:5])}. A row has one label here. Name one "
                "of them with label_column=..., or fit "
                "sklearn.multiclass.OneVsRestClassifier around the Pipeline for all."
            )

    def _first_cells(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        with ExitStack() as keep:
            inputs = find_inputs(self.source, keep)
            if not all(one.again for one in inputs):
                return []
            first = next(iter(inputs[0].rows.batches(lenient=True)), None)
            return [] if first is None else [*first.rows(tuple(names))]

    def _check_columns(self, part: Batch) -> None:
        label = self.source.label_column
        if part.open_ended or self._labels == "no" or self._kept is None:
            return
        if self._labels == "optional" and label == "label":
            return
        if not part.has(label):
            self._refuse_columns_of_labels(part)
        part.require(label, "label_column")

    def _require_labels(self, rows: Batch, labels: pd.Series) -> None:
        if not labels.empty:
            return
        where, remedy, split = "", "Label some rows.", self.source.read_split
        if split is not None:
            where = f" in split {split!r}"
            remedy = "Choose another split, or label some rows."
        raise DataError(
            f"{rows.name} has no labelled row{where}: column "
            f"{self.source.label_column!r} is empty. {remedy}"
        )

    def _refuse_nothing(self, inputs: list[Input]) -> None:
        if self.bad:
            first = self.bad[0]
            raise DataError(
                f"None of the {len(self.bad):,} rows can be used "
                f"({first.place}: {first.fault.reason})."
            )
        if len(inputs) > 1:
            raise DataError(f"None of the {len(inputs)} files has a row.")
        raise DataError(f"{inputs[0].rows.name} {inputs[0].rows.no_rows}")
