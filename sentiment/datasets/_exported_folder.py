"""Reading back the folder that ``export_split`` writes."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from sentiment.datasets._parquet import read_parquet
from sentiment.datasets._rows import Rows, choose_split
from sentiment.exceptions import DataError

INSTANCES = "instances_{split}.parquet"
LABELS = "labels_{split}.parquet"


def exported_splits(directory: Path) -> list[str]:
    """Return the splits whose instances are in a folder."""
    before, after = INSTANCES.split("{split}")
    names = sorted(path.name for path in directory.glob(f"{before}*{after}"))
    return [name.removeprefix(before).removesuffix(after) for name in names]


def read_exported_folder(directory: Path, split: str) -> Rows:
    """Read the instances of a split, with the labels of those that have one."""
    choose_split(split, exported_splits(directory), str(directory))
    path = directory / INSTANCES.format(split=split)
    instances = read_parquet(path, str(path))
    path = directory / LABELS.format(split=split)
    if not path.exists():
        return instances
    labels = read_parquet(path, str(path))
    columns = dict(instances.columns)
    for name in labels.names:
        if labels.positions is None or name != "row":
            columns[name] = _align(instances, labels, name)
    return Rows(
        name=str(directory),
        columns=columns,
        n_rows=instances.n_rows,
        place=instances.place,
        names=tuple(columns),
    )


def _align(instances: Rows, labels: Rows, name: str) -> pa.Array:
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
            f"{instances.name}. Write both again with `sentiment etl --force`."
        )
    source = np.full(n_rows, -1)
    source[positions] = np.arange(len(positions))
    taken = pa.array(source, mask=source < 0)
    return labels.columns[name].combine_chunks().take(taken)
