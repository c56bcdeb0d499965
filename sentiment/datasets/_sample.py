"""Reading the bundled sample: short film reviews written for this project."""

from importlib.resources import files

import numpy as np
import pyarrow as pa

from sentiment.datasets._decoding import decode
from sentiment.datasets._delimited import read_delimited
from sentiment.datasets._rows import Rows, choose_split

SAMPLE = "sample"


def read_sample(split: str) -> Rows:
    """Read one split of the sample, ``train`` or ``test``."""
    data = files("sentiment.datasets.sample").joinpath("reviews.csv").read_bytes()
    return split_rows(read_delimited(decode(data, "utf-8", SAMPLE), SAMPLE), split)


def split_rows(rows: Rows, split: str) -> Rows:
    """Return the rows of a split from a table with a ``split`` column."""
    stored = np.array(rows.columns["split"].to_pylist())
    choose_split(split, list(dict.fromkeys(stored.tolist())), rows.name)
    positions = np.flatnonzero(stored == split)
    taken = pa.array(positions)
    return Rows(
        name=rows.name,
        columns={name: cells.take(taken) for name, cells in rows.columns.items()},
        n_rows=len(positions),
        place=lambda row: rows.place(int(positions[row])),
        names=rows.names,
        untyped=True,
    )
