"""One partition of a table in, the same rows with their predictions out."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from sentiment._messages import shown
from sentiment.datasets import Batch, find_invalid, judge
from sentiment.documents import is_missing
from sentiment.inference import Answerer

_REMEDY = "When predicting, on_bad_rows='skip' leaves such rows out, 'null' keeps them."


@dataclass(frozen=True)
class PartitionScoring:
    """What is done with each partition; the same for all of them.

    ``text_column``: the column that holds the text. ``probabilities``: whether the
    probability of every class is a column. ``on_bad_rows``: what is done about a row
    that cannot be predicted. ``reason_column``: the column that says what is wrong with
    a row.
    """

    text_column: str
    probabilities: bool
    on_bad_rows: str
    reason_column: str | None

    def answer(self, rows: pd.DataFrame, pipeline: Any) -> pd.DataFrame:
        """Return the rows that stay, with the further columns."""
        batch = read_partition(
            rows, self.text_column, refuse=self.on_bad_rows == "fail"
        )
        if batch.bad and self.on_bad_rows == "skip":
            rows = rows[batch.good]
            batch = read_partition(rows, self.text_column)
        answerer = Answerer(pipeline, self.probabilities)
        cells = answerer.answers(batch, answerer.ask(batch.texts))
        kinds = {name: _dtype(kind, self) for name, kind in answerer.types().items()}
        new = {
            name: pd.Series(values, rows.index, kinds[name])
            for name, values in cells.items()
        }
        if self.reason_column is not None:
            said: list[str | None] = [None] * len(rows)
            for bad in batch.bad:
                said[bad.row - 1] = bad.fault.reason
            new[self.reason_column] = pd.Series(said, rows.index, "str")
        return pd.concat([rows, pd.DataFrame(new, rows.index)], axis=1)


def read_partition(rows: pd.DataFrame, column: str, *, refuse: bool = False) -> Batch:
    """Return the texts of a table, and which rows are bad.

    Raises DataError if a row is bad and ``refuse`` is True.
    """
    texts = rows[column]
    values: Any = texts.array.__arrow_array__() if _is_arrow(texts) else None
    if values is None:
        values = [None if is_missing(cell) else cell for cell in texts]
    elif not isinstance(values, pa.ChunkedArray):
        values = pa.chunked_array([values])
    faults = find_invalid({column: values}) if _is_arrow(texts) else ()
    batch = Batch(
        name="The partition",
        names=(column,),
        n_rows=len(rows),
        cells=(values,),
        place=lambda row: f"Row {shown(rows.index[row])} of a partition",
        faults=dict(faults),
    )
    return judge(batch, [column], "fail" if refuse else "null", _REMEDY)


def _is_arrow(texts: pd.Series) -> bool:
    kind = texts.dtype
    return isinstance(kind, pd.ArrowDtype) or (
        isinstance(kind, pd.StringDtype) and kind.storage == "pyarrow"
    )


def _dtype(kind: pa.DataType, scoring: PartitionScoring) -> str:
    """Return the pandas type of a column, the same whether or not a row is bad."""
    if pa.types.is_large_string(kind):
        return "str"
    if scoring.on_bad_rows == "null" and not pa.types.is_floating(kind):
        return "boolean" if pa.types.is_boolean(kind) else "Int64"
    return str(kind.to_pandas_dtype().__name__).replace("bool_", "bool")
