"""Set rows aside for validation."""

import numpy as np

from sentiment._messages import shown
from sentiment.exceptions import LabelError
from sentiment.training._data import LabelledPart

FEW_ROWS = 1000
"""With fewer rows, too few could be set aside to say how good a model is."""
N_FOLDS = 5
_N_REPEATS = 2


def check_rare(part: LabelledPart) -> None:
    """Refuse a class with one row: it cannot be both learned and measured.

    Raises LabelError if there is one.
    """
    counts = part.y.value_counts()
    if counts.iloc[-1] == 1:
        rare = counts.index.tolist()[-1]
        raise LabelError(
            "train learns from some rows of each class and measures on others. Class "
            f"{shown(rare)} has only 1 row. Add rows of it, remove it, or give "
            "validation data of its own."
        )


def split_off_validation(
    part: LabelledPart, fraction: float, random_state: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of the rows to train on, and of those set aside.

    Shuffled, because files are often sorted by label; stratified, so that no class gets
    lost.

    Raises LabelError if a class has too few rows for both.
    """
    from sklearn.model_selection import train_test_split

    labels = part.y.astype("category").cat.codes.to_numpy()
    check_rare(part)
    n_rows, n_classes = len(labels), part.y.nunique()
    n_aside = max(n_classes, round(fraction * n_rows))
    if n_rows - n_aside < n_classes:
        raise LabelError(
            f"train sets {n_aside:,} of {n_rows:,} rows aside for validation, which "
            f"leaves fewer rows than the {n_classes} classes. Add rows, or give "
            "validation data of its own."
        )
    kept, aside = train_test_split(
        np.arange(n_rows), test_size=n_aside, stratify=labels, random_state=random_state
    )
    if len(np.unique(labels[kept])) < n_classes:
        raise LabelError(
            f"train sets {n_aside:,} of {n_rows:,} rows aside for validation, and a "
            "class would be lost to the training. Choose a smaller validation_fraction."
        )
    return kept, aside


def count_repeats(n_rows: int) -> int:
    """Return how often so many rows are cross-validated: few rows more than once.

    Examples
    --------
    >>> count_repeats(370), count_repeats(25_000)
    (2, 1)
    """
    return _N_REPEATS if n_rows < FEW_ROWS else 1
