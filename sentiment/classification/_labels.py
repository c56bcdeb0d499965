"""What counts as labels: checked once, in one place."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sentiment.exceptions import LabelError


def check_labels(y: Any, *, caller: str) -> NDArray[Any]:
    """Return labels as a one-dimensional array of one type.

    Raises
    ------
    LabelError
        If a label is missing, the types are mixed, or there is one class only.
    """
    labels = _to_array(y, caller)
    if not len(labels):
        raise LabelError(f"{caller} learns from at least two classes. Got no labels.")
    classes = np.unique(labels)
    if len(classes) < 2:
        raise LabelError(
            f"{caller} learns from at least two classes. Got only "
            f"{classes[0].item()!r} in {len(labels):,} rows. Add rows of another class."
        )
    return labels


def encode_labels(y: Any, classes: NDArray[Any]) -> NDArray[np.int64]:
    """Return the place of each label in ``classes``, which is sorted.

    Raises
    ------
    LabelError
        If a label is none of the classes.
    """
    labels = _to_array(y, "Validation")
    known = np.isin(labels, classes)
    if not known.all():
        unknown = sorted({str(label) for label in labels[~known]})
        raise LabelError(
            f"Validation takes the classes of the training labels, {classes.tolist()}. "
            f"Got also {unknown}. Remove those rows, or add such rows to the training."
        )
    return np.searchsorted(classes, labels)


def _to_array(y: Any, caller: str) -> NDArray[Any]:
    if isinstance(y, pd.DataFrame) and y.shape[1] == 1:
        y = y.iloc[:, 0]
    series = y if isinstance(y, pd.Series) else pd.Series(np.asarray(y).tolist())
    if np.ndim(y) > 1 and not isinstance(y, pd.DataFrame) and np.shape(y)[1:] != (1,):
        raise LabelError(
            f"{caller} takes one label per row. Got the shape {np.shape(y)}. Pass a "
            "single column."
        )
    missing = series.isna().to_numpy()
    if missing.any():
        raise LabelError(
            f"{caller} takes a label for every row. Got none at row "
            f"{int(missing.argmax())}. Leave unlabelled rows out."
        )
    kinds = {_kind(value) for value in series.tolist()}
    if len(kinds) > 1:
        raise LabelError(
            f"{caller} takes labels of one type. Got {' and '.join(sorted(kinds))}. "
            "Convert them to one type, such as str."
        )
    return np.array(series.tolist())


def _kind(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "bool"
    if isinstance(value, int | np.integer):
        return "int"
    if isinstance(value, float | np.floating):
        return "float"
    return type(value).__name__ if not isinstance(value, str) else "str"
