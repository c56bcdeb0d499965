"""Some columns of JSON lines that are plain objects, found by the kernel."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sentiment._arrays import Flags
from sentiment._json import read_json
from sentiment.datasets._batch import Batch, Column
from sentiment.engine import load_engine

ABSENT, NULL, STRING, ESCAPED, INTEGER, DECIMAL, TRUE, FALSE = range(8)


def read_plain_lines(
    data: bytes, columns: Iterable[str], name: str, first_line: int
) -> Batch | None:
    """Return some columns of the objects of whole lines, or None.

    None says that Python's json has to look: where a line is no plain object, or a key
    is in some lines only. What is found is what Python's json finds, to the type.

    ``data``: UTF-8, which has been checked. ``columns``: the keys that are wanted.
    ``name``: the file; starts every error message. ``first_line``: the number of the
    first line.
    """
    scan = getattr(load_engine(), "scan_json_lines", None)
    wanted = list(dict.fromkeys(columns))
    if scan is None or not wanted:
        return None
    text = np.frombuffer(data, np.uint8)
    scanned = scan(text, [key.encode("utf-8", "surrogatepass") for key in wanted])
    if scanned is None:
        return None
    lines, found = scanned
    kinds = found[:, :, 0]
    there = (kinds != ABSENT).any(axis=0)
    if (kinds == ABSENT)[:, there].any() or not there.any():
        return None
    cells = {
        key: _read_column(text, found[:, place])
        for place, key in enumerate(wanted)
        if there[place]
    }
    # The first object says which keys there are besides.
    start = len(data) - len(data.lstrip())
    first = data[start : data.find(b"\n", start) + 1 or None]
    names = tuple(dict.fromkeys([*read_json(first.decode()), *cells]))
    numbers = lines + first_line
    return Batch(
        name=name,
        names=names,
        n_rows=len(lines),
        cells=tuple(cells.get(key) for key in names),
        place=lambda row: f"{name}:{numbers[row]}",
        open_ended=True,
    )


def _read_column(text: NDArray[np.uint8], found: NDArray[np.int32]) -> Column:
    kinds = found[:, 0]
    is_text = (kinds == STRING) | (kinds == ESCAPED)
    present = kinds != NULL
    if not (is_text | ~present).all():
        return _read_others(text, found, present)
    chosen = found[is_text]
    return _spread(_gather(text, chosen, chosen[:, 0] == ESCAPED), is_text)


def _read_others(
    text: NDArray[np.uint8], found: NDArray[np.int32], present: Flags
) -> Column:
    kinds = found[:, 0]
    if (kinds == INTEGER)[present].all():
        chosen = found[present]
        digits = _gather(text, chosen, np.zeros(len(chosen), bool))
        return _spread(digits.cast(pa.int64()), present)
    if ((kinds == TRUE) | (kinds == FALSE))[present].all():
        return pa.array(kinds == TRUE, mask=~present)
    texts = _gather(text, found, kinds == ESCAPED).to_pylist()
    read: dict[int, Any] = {
        INTEGER: int,
        DECIMAL: float,
        TRUE: lambda said: True,
        FALSE: lambda said: False,
        NULL: lambda said: None,
    }
    cells = [
        read.get(kind, str)(said)
        for kind, said in zip(kinds.tolist(), texts, strict=True)
    ]
    if (kinds == DECIMAL)[present].all():
        return pa.array(cells, pa.float64())
    return cells


def _gather(
    text: NDArray[np.uint8], found: NDArray[np.int32], escaped: Flags
) -> pa.Array:
    starts, ends = (np.ascontiguousarray(found[:, n]) for n in (1, 2))
    gathered = load_engine().gather_json(text, starts, ends, escaped.astype(np.uint8))
    buffers = [None, *(pa.py_buffer(one) for one in reversed(gathered))]
    return pa.Array.from_buffers(pa.large_string(), len(found), buffers)


def _spread(values: pa.Array, present: Flags) -> pa.Array:
    """Return values at their rows, null elsewhere."""
    if present.all():
        return values
    return values.take(pa.array(np.cumsum(present) - 1, mask=~present))
