"""Between batches and tables of pandas and others: every column as stored."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sentiment.datasets._arrow import batch_of_table
from sentiment.datasets._batch import Batch, Column, is_text, to_column
from sentiment.documents import TEXT_DTYPE, from_other_library
from sentiment.exceptions import DataError

_NUMPY_TYPES = {
    pa.bool_(),
    *(pa.int8(), pa.int16(), pa.int32(), pa.int64()),
    *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
    *(pa.float32(), pa.float64()),
}


def is_table(data: Any) -> bool:
    """Say whether data are a table of pandas, polars, Arrow, datasets or dask."""
    return isinstance(from_other_library(data), pd.DataFrame | pa.Table)


def batch_of_frame(data: Any) -> Batch:
    """Read a table as a source without splits; its index is ignored."""
    name = f"the {type(data).__name__}"
    named = feature_names(getattr(data, "features", None))
    data = from_other_library(data)
    if isinstance(data, pd.DataFrame):
        batch = Batch(
            name=name,
            names=tuple(str(column) for column in data.columns),
            n_rows=len(data),
            cells=tuple(_column_of(data.iloc[:, n]) for n in range(data.shape[1])),
            place=lambda row: f"{name}, position {row}",
            share=1.0,
        )
    else:
        batch = batch_of_table(data, name)
        batch = replace(batch, class_names={**batch.class_names, **named})
    if not batch.n_rows:
        raise DataError(f"{name} has no rows.")
    return batch


def frame_of_batch(batch: Batch) -> pd.DataFrame:
    """Return every column with its values as stored; nothing becomes a float."""
    names, cells = batch.names, batch.cells
    if batch.records is not None:
        cells = tuple(to_column(batch.column(name)) for name in names)
    else:
        read = [place for place, values in enumerate(cells) if values is not None]
        names = tuple(names[place] for place in read)
        cells = tuple(cells[place] for place in read)
    series = [_series_of(values) for values in cells]
    frame = pd.DataFrame(
        dict(enumerate(series)), index=pd.RangeIndex(batch.n_rows), copy=False
    )
    frame.columns = pd.Index(names)
    return frame


def like(given: Any, frame: pd.DataFrame) -> Any:
    """Return a DataFrame as a table of the library that another one is of."""
    library = type(given).__module__.partition(".")[0]
    if isinstance(given, pd.DataFrame):
        return frame
    if hasattr(given, "npartitions"):
        from dask.dataframe import from_pandas

        return from_pandas(frame, npartitions=given.npartitions)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    if library == "polars":
        from polars import from_arrow

        return from_arrow(table)
    if library == "datasets":
        from datasets import Dataset

        return Dataset(table)
    if isinstance(given, pa.RecordBatch):
        return table.combine_chunks().to_batches()[0]
    return table


def feature_names(features: Any) -> dict[str, list[str]]:
    """Return the names of the columns that ``datasets`` calls a ClassLabel."""
    return {
        column: list(feature.names)
        for column, feature in (features or {}).items()
        if type(feature).__name__ == "ClassLabel"
    }


def _column_of(cells: pd.Series) -> Column:
    if cells.dtype == object:
        missing = cells.isna().to_numpy()
        values = cells.tolist()
        return to_column(
            [
                None if gone else cell.item() if isinstance(cell, np.generic) else cell
                for cell, gone in zip(values, missing, strict=True)
            ]
        )
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        # pyarrow asks for cells.values, of which pandas warns from 3.1 on.
        zone = pa.timestamp(cells.dtype.unit, pa.lib.tzinfo_to_string(cells.dtype.tz))
        return pa.array(cells.dt.tz_convert(None).to_numpy(), zone, from_pandas=True)
    return pa.array(cells, from_pandas=True)


def _series_of(values: Column) -> Any:
    if isinstance(values, list):
        return pd.Series(values, dtype=object)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    kind = values.type
    if is_text(kind) and not pa.types.is_dictionary(kind):
        array = pd.arrays.ArrowStringArray(
            values.cast(pa.large_string()), dtype=TEXT_DTYPE
        )
        return pd.Series(array, copy=False)
    if kind in _NUMPY_TYPES and not values.null_count:
        return pd.Series(values.to_numpy(zero_copy_only=False))
    # numpy knows no missing integer: 1 beside a null would come back as 1.0.
    return pd.Series(pd.arrays.ArrowExtensionArray(values))
