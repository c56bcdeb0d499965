"""Reading back the folder that ``export_split`` writes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from sentiment.datasets._arrow import POSITION, ParquetReader
from sentiment.datasets._batch import Batch, choose_split, concat_batches
from sentiment.exceptions import DataError

INSTANCES = "instances_{split}.parquet"
LABELS = "labels_{split}.parquet"


def exported_splits(directory: Path) -> list[str]:
    """Return the splits whose instances are in a folder."""
    before, after = INSTANCES.split("{split}")
    names = sorted(path.name for path in directory.glob(f"{before}*{after}"))
    return [name.removeprefix(before).removesuffix(after) for name in names]


def read_exported_folder(directory: Path, split: str) -> Batch:
    """Read the instances of a split, with the labels of those that have one."""
    choose_split(split, exported_splits(directory), str(directory))
    instances = _read(directory / INSTANCES.format(split=split))
    path = directory / LABELS.format(split=split)
    if not path.exists():
        return instances
    labels = _read(path)
    columns = dict(zip(instances.names, instances.cells, strict=True))
    for name in labels.names:
        if labels.positions is None or name != POSITION:
            columns[name] = _align(instances, labels, name)
    return replace(
        instances,
        name=str(directory),
        names=tuple(columns),
        cells=tuple(columns.values()),
    )


def _read(path: Path) -> Batch:
    parts = list(ParquetReader(str(path), path).batches())
    if not parts:
        raise DataError(f"{path} has no rows.")
    return concat_batches(parts)


def _align(instances: Batch, labels: Batch, name: str) -> pa.Array:
    """Return a column of the labels file with a null for each unlabelled row."""
    n_rows = instances.n_rows
    positions = labels.positions
    if positions is None:
        positions = np.arange(labels.n_rows)
        matching = labels.n_rows == n_rows
    else:
        matching = (
            len(np.unique(positions)) == len(positions)
            and positions.min() >= 0
            and positions.max() < n_rows
        )
    if not matching:
        raise DataError(
            f"{labels.name} holds labels of other rows than the {n_rows} of "
            f"{instances.name}. Write both again: export_split with force=True."
        )
    source = np.full(n_rows, -1)
    source[positions] = np.arange(len(positions))
    taken = pa.array(source, mask=source < 0)
    values = labels.column(name)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values.take(taken)
