"""What may be wrong with the labels as a whole."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sentiment.auditing._report import Finding, make_finding, share

_FEWEST_ROWS = 20
_MOST_UNEVEN = 4.0


def check_order(labels: pd.Series) -> Finding:
    """Find labels that are sorted: a split without shuffling would see one class."""
    codes, classes = pd.factorize(labels)
    if len(codes) < _FEWEST_ROWS or len(classes) < 2:
        return Finding("label_order", "skipped", 0, _too_few(len(codes), len(classes)))
    changes = int((codes[1:] != codes[:-1]).sum())
    shares = np.bincount(codes) / len(codes)
    expected = (len(codes) - 1) * (1.0 - float((shares**2).sum()))
    summary = f"{changes:,} changes of label; shuffled rows would have {expected:,.0f}"
    if changes == len(classes) - 1:
        summary = f"sorted by label: {summary}"
    state = "problem" if changes < expected / 2 else "fine"
    return Finding("label_order", state, 0, summary)


def check_balance(labels: pd.Series) -> Finding:
    """Find classes that are many times larger than others."""
    counts = labels.value_counts()
    if len(counts) < 2:
        return Finding(
            "balance",
            "problem" if len(counts) else "skipped",
            0,
            f"one class only, {counts.index[0]!r}" if len(counts) else "no label",
        )
    ratio = counts.iloc[0] / counts.iloc[-1]
    summary = (
        f"{len(counts):,} classes; {counts.index[0]!r} with {counts.iloc[0]:,} rows is "
        f"{ratio:.1f} times as large as {counts.index[-1]!r} with {counts.iloc[-1]:,}"
    )
    state = "problem" if ratio >= _MOST_UNEVEN else "fine"
    return Finding("balance", state, 0, summary)


def check_conflicts(texts: Sequence[str], labels: pd.Series) -> Finding:
    """Find equal texts with different labels."""
    table = pd.DataFrame(
        {"text": [texts[row] for row in labels.index], "label": labels.to_numpy()},
        index=labels.index,
    )
    table = table[table["text"].str.strip() != ""]
    first = table.groupby("text", sort=False)["label"].transform("first")
    different = table[table["label"].astype(object) != first.astype(object)]
    row_of = dict(zip(table["text"][::-1], table.index[::-1], strict=True))
    rows: list[dict[str, Any]] = [
        {
            "row": int(row),
            "label": plain(label),
            "other": int(row_of[text]),
            "other_label": plain(labels[row_of[text]]),
        }
        for row, text, label in different.itertuples()
    ]
    return make_finding("conflicts", rows, share(len(rows), len(labels)))


def plain(label: Any) -> Any:
    """Return a label as Python has it."""
    return label.item() if isinstance(label, np.generic) else label


def _too_few(n_rows: int, n_classes: int) -> str:
    return f"{n_rows:,} labelled rows of {n_classes} classes are too few to tell"
