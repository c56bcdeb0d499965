"""The reference profile that a training leaves in its model."""

from collections.abc import Sequence
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment.monitoring._profile import ReferenceProfile, profile_of
from sentiment.monitoring._row_statistics import measure_rows
from sentiment.tracking._training_records import Evaluation

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = ["make_reference"]

_MOST_ROWS = 25_000


def make_reference(
    pipeline: "Pipeline", evaluations: Sequence[Evaluation]
) -> ReferenceProfile:
    """Return the profile of the test rows; without any, of the validation rows.

    Of the rows that it has learned from, a model is too sure, and it has seen each of
    their words. Of more than 25,000 rows, so many, evenly spread, are looked at: more
    would tell little more, and their texts need not fit in memory.
    """
    held_out = evaluations[-1]
    n_rows = len(held_out.codes)
    n_looked_at = min(n_rows, _MOST_ROWS)
    rows = np.arange(n_looked_at) * n_rows // n_looked_at
    texts = pd.Series(_pick(held_out.texts, rows), dtype="str")
    probabilities = held_out.probabilities[rows]
    statistics = measure_rows(pipeline, texts, probabilities=probabilities)
    classes = np.asarray(pipeline.classes_)
    return profile_of(statistics, classes, held_out.codes[rows], held_out.part)


def _pick(texts: Sequence[str], rows: np.ndarray) -> list[str]:
    """Return some texts in order, of which not all need fit in memory."""
    wanted = np.zeros(len(texts), bool)
    wanted[rows] = True
    return list(compress(texts, wanted.tolist()))
