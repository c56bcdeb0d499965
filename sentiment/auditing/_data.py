"""The data of an audit, read with their faults."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from sentiment._arrays import Flags
from sentiment.datasets import BadRow, DataSummary, LabelledRows, Source, SplitError
from sentiment.documents import text_series


@dataclass(frozen=True)
class AuditData:
    """One split, row by row.

    ``texts``: the texts; an empty one where there is none. ``bad_cells``: for rows that
    cannot be read or hold no text, why. ``labels``: the labels of the labelled rows,
    indexed by row. ``place``: from a row to words that name it in its file.
    ``summary``: what was read, and what looks wrong with its labels; None of test data.
    """

    texts: pd.Series
    bad_cells: dict[int, str]
    labels: pd.Series
    place: Callable[[int], str]
    summary: DataSummary | None

    def __len__(self) -> int:
        return len(self.texts)

    def is_text(self) -> Flags:
        """Say of each row whether its cell is a text."""
        good = np.ones(len(self), bool)
        good[list(self.bad_cells)] = False
        return good


def read_data(source: Source) -> AuditData:
    """Read a source, and say so; rows that cannot be read or are no text are kept."""
    rows = LabelledRows(source, labels="named", keep_bad=True)
    texts, bad_cells = _read_texts(rows)
    labels = rows.read_labels()
    rows.tell()
    return AuditData(texts, bad_cells, labels, rows.gathered.place, rows.summary)


def read_test_data(source: Source, test: Source | None, split: str) -> AuditData | None:
    """Read the texts to compare with: of ``test``, or of the source's own test split.

    None if neither is there. Labels are not looked at.
    """
    if test is None and not source.has_splits:
        return None
    given = replace(source, split=split) if test is None else test
    rows = LabelledRows(given, labels="no", keep_bad=True)
    try:
        texts, bad_cells = _read_texts(rows)
    except SplitError:
        if test is None:
            return None
        raise
    return AuditData(
        texts, bad_cells, pd.Series([], dtype=object), rows.gathered.place, None
    )


def _describe(row: BadRow) -> str:
    line = row.fault.line
    return row.fault.reason if line is None else f"{row.fault.reason} (line {line})"


def _read_texts(rows: LabelledRows) -> tuple[pd.Series, dict[int, str]]:
    bad: dict[int, str] = {}
    parts, n_rows = [], 0
    for batch in rows:
        texts = batch.texts
        if batch.good is not None:
            places = np.cumsum(batch.good) - 1
            spread = texts.take(pa.array(places, mask=~batch.good))
            texts = spread.fill_null("")
            reasons = [_describe(row) for row in batch.bad]
            bad_rows = (np.flatnonzero(~batch.good) + n_rows).tolist()
            bad |= dict(zip(bad_rows, reasons, strict=True))
        parts.append(texts)
        n_rows += batch.n_rows
    return text_series(pa.concat_arrays(parts)), bad
