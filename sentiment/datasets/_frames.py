"""Between :class:`Rows` and pandas: every column as stored."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sentiment.datasets._rows import Column, Rows, check_names, to_column
from sentiment.documents import TEXT_DTYPE
from sentiment.exceptions import DataError

_NUMPY_TYPES = {
    pa.bool_(),
    *(pa.int8(), pa.int16(), pa.int32(), pa.int64()),
    *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
    *(pa.float32(), pa.float64()),
}


def rows_of_frame(frame: pd.DataFrame) -> Rows:
    """Read a DataFrame as a source without splits; its index is ignored."""
    name = "the DataFrame"
    names = tuple(str(column) for column in frame.columns)
    check_names(names, name)
    if frame.empty:
        raise DataError(f"{name} has no rows.")
    return Rows(
        name=name,
        columns={
            column: _column_of(frame.iloc[:, position])
            for position, column in enumerate(names)
        },
        n_rows=len(frame),
        place=lambda row: f"{name}, position {row}",
        names=names,
    )


def frame_of_rows(rows: Rows) -> pd.DataFrame:
    """Return every column with its values as stored; nothing becomes a float."""
    columns = {name: _series_of(values) for name, values in rows.columns.items()}
    return pd.DataFrame(columns, index=pd.RangeIndex(rows.n_rows), copy=False)


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
    if (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
    ):
        array = pd.arrays.ArrowStringArray(
            values.cast(pa.large_string()), dtype=TEXT_DTYPE
        )
        return pd.Series(array, copy=False)
    if kind in _NUMPY_TYPES and not values.null_count:
        return pd.Series(values.to_numpy(zero_copy_only=False))
    # numpy knows no missing integer: 1 beside a null would come back as 1.0.
    return pd.Series(pd.arrays.ArrowExtensionArray(values))
