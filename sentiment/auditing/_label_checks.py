"""What may be wrong with the labels as a whole, and with those of equal texts."""

from typing import Any

import numpy as np
import pandas as pd

from sentiment.auditing._finding import Finding, State, make_finding, skipped

_FEWEST_ROWS = 20
_MOST_UNEVEN = 4.0


def check_unlabelled(labels: pd.Series, n_rows: int) -> Finding:
    """Find rows without a label."""
    without = np.setdiff1d(np.arange(n_rows), labels.index)
    rows = [{"row": row} for row in without.tolist()]
    return make_finding("unlabelled", rows, n_rows, state="notice")


def check_order(labels: pd.Series) -> Finding:
    """Find labels that are sorted: a split without shuffling would see one class."""
    codes, classes = pd.factorize(labels)
    if len(codes) < _FEWEST_ROWS or len(classes) < 2:
        few = f"{len(codes):,} labels of {len(classes)} classes are too few to tell"
        return skipped("label_order", few)
    changes = int((codes[1:] != codes[:-1]).sum())
    shares = np.bincount(codes) / len(codes)
    expected = (len(codes) - 1) * (1.0 - float((shares**2).sum()))
    times = "once" if changes == 1 else f"{changes:,} times"
    summary = f"the label changes {times}, in shuffled rows {expected:,.0f} times"
    state: State = "problem" if changes < expected / 2 else "fine"
    return Finding("label_order", state, 0, len(codes), summary)


def check_balance(labels: pd.Series) -> Finding:
    """Find classes that are many times larger than others."""
    counts = labels.value_counts()
    if counts.empty:
        return skipped("balance", "there are no labels")
    if len(counts) == 1:
        summary = f"all rows are {plain(counts.index[0])!r}"
        return Finding("balance", "problem", 0, len(labels), summary)
    ratio = counts.iloc[0] / counts.iloc[-1]
    summary = (
        f"{counts.iloc[0]:,} rows of {plain(counts.index[0])!r}, the largest class, "
        f"{counts.iloc[-1]:,} of {plain(counts.index[-1])!r}, the smallest"
    )
    state: State = "problem" if ratio >= _MOST_UNEVEN else "fine"
    return Finding("balance", state, 0, len(labels), summary)


def check_conflicts(texts: pd.Series, labels: pd.Series) -> Finding:
    """Find equal texts with different labels; each with the first one of its text."""
    table = pd.DataFrame({"text": texts.loc[labels.index], "label": labels})
    table = table[table["text"].str.strip() != ""]
    table["other"] = table.index
    first = table.groupby("text", sort=False)[["label", "other"]].transform("first")
    # As objects: of labels that are categories only the same ones can be compared.
    differs = table["label"].astype(object) != first["label"].astype(object)
    rows: list[dict[str, Any]] = [
        {
            "row": int(row),
            "label": plain(labels[row]),
            "other": int(other),
            "other_label": plain(labels[other]),
        }
        for row, other in first.loc[differs, "other"].items()
    ]
    return make_finding("conflicts", rows, len(labels))


def plain(label: Any) -> Any:
    """Return a label as Python has it."""
    return label.item() if isinstance(label, np.generic) else label
