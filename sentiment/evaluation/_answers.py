"""What is true of rows, and what a model said about them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sentiment._arrays import Array, Floats, Ints, Places
from sentiment._messages import shown
from sentiment.classification import encode_labels
from sentiment.datasets import Batch
from sentiment.exceptions import DataError, LabelError


@dataclass(frozen=True)
class Answers:
    """The answers of one model, row by row.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        The labels.
    codes : ndarray of int of shape (n_rows,)
        The true classes as places in ``classes``.
    probabilities : ndarray of shape (n_rows, n_classes)
        What the model answered.
    chosen : ndarray of int of shape (n_rows,)
        The classes it chose; not always the likeliest, if it has a threshold.
    """

    classes: Array
    codes: Ints
    probabilities: Floats
    chosen: Places

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: Array) -> "Answers":
        """Return the answers for some rows, by places or by a mask."""
        return Answers(
            self.classes, self.codes[rows], self.probabilities[rows], self.chosen[rows]
        )

    def confusion(self) -> Ints:
        """Return how often each class (row) was taken for each (column)."""
        n_classes = len(self.classes)
        cells = np.bincount(
            self.codes * n_classes + self.chosen, minlength=n_classes**2
        )
        return cells.reshape(n_classes, n_classes)


def encode_truth(name: str, labels: pd.Series, classes: Array) -> Ints:
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
        unknown = {
            label: int(n)
            for label, n in labels.value_counts().items()
            if not any(label == one and type(label) is type(one) for one in known)
        }
        raise _unknown_labels(name, unknown, known) from None


def encode_part(rows: Batch, labels: pd.Series, classes: Array) -> Ints:
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
    unknown = found[~found.isin(known)].value_counts()
    if len(unknown):
        raise _unknown_labels(rows.name, unknown.to_dict(), classes.tolist())
    return found.map(known).to_numpy(np.int64)


def _unknown_labels(name: str, unknown: dict[Any, int], known: list[Any]) -> DataError:
    most = sorted(unknown, key=lambda label: (-unknown[label], str(label)))[:10]
    listed = ", ".join(f"{shown(label)} ({unknown[label]:,})" for label in most)
    more = f" and {len(unknown) - 10} more" if len(unknown) > 10 else ""
    return DataError(
        f"{name} has the labels {listed}{more}, with their rows, which the model does "
        f"not know; it knows {shown(known[:10], 200)}. Name labels with "
        "label_names=..., the right column with label_column=..., or leave such rows "
        "out."
    )
