"""The labels of rows as places in a model's ``classes_``."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sentiment._messages import shown
from sentiment.classification import encode_labels
from sentiment.datasets._rows import Rows
from sentiment.exceptions import DataError, LabelError

__all__ = ["encode_part", "encode_truth"]


def encode_truth(
    name: str, labels: pd.Series, classes: NDArray[Any]
) -> NDArray[np.int64]:
    """Return the labels of all rows of a source as places in ``classes``.

    Raises
    ------
    DataError
        If there are labels that the model does not know.
    """
    if labels.empty:
        return np.empty(0, np.int64)
    try:
        return encode_labels(labels, classes, what=name)
    except LabelError:
        known = classes.tolist()
        unknown = [
            label
            for label in sorted(set(labels.tolist()), key=str)
            if not any(label == one and type(label) is type(one) for one in known)
        ]
        raise _unknown_labels(name, unknown, known) from None


def encode_part(
    rows: Rows, labels: pd.Series, classes: NDArray[Any]
) -> NDArray[np.int64]:
    """Return the labels of some rows of a source as places in ``classes``.

    Of a csv file, whether 1 is a number or a name can only be said when all cells are
    known; until then it may be either.

    Raises
    ------
    DataError
        If there are labels that the model does not know.
    """
    if not rows.untyped:
        return encode_truth(rows.name, labels, classes)
    known = {
        spelled: code
        for code, label in enumerate(classes.tolist())
        for spelled in (str(label), str(label).removesuffix(".0"))
    }
    found = labels.astype(str)
    unknown = sorted(set(found.unique()) - known.keys())
    if unknown:
        raise _unknown_labels(rows.name, unknown, classes.tolist())
    return found.map(known).to_numpy(np.int64)


def _unknown_labels(name: str, unknown: list[Any], known: list[Any]) -> DataError:
    return DataError(
        f"{name} has the labels {shown(unknown[:10], 200)}, which the model does not "
        "know; it "
        f"knows {shown(known[:10], 200)}. Name integers with label_names=..., the "
        "right column with label_column=..., or leave such rows out."
    )
