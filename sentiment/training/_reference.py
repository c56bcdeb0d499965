"""The reference profile that a training leaves in its model."""

from collections.abc import Mapping, Sequence
from itertools import compress

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from sentiment._arrays import Floats
from sentiment.classification import choose_classes
from sentiment.monitoring import (
    ReferenceProfile,
    RowStatistics,
    measure_rows,
    profile_of,
    score_of,
)
from sentiment.tracking import CROSS_VALIDATED, Evaluation

_MOST_ROWS = 25_000


def make_reference(
    pipeline: Pipeline,
    evaluations: Sequence[Evaluation],
    statistics: Mapping[str, Floats] | None = None,
) -> ReferenceProfile:
    """Return the profile of the test rows; without any, of the validation rows.

    Of cross-validated rows, ``statistics`` holds what each looks like to a Pipeline
    that has not learned from it.

    Of the rows that it has learned from, a model is too sure, and it has seen each of
    their words. Of more than 25,000 rows, so many, evenly spread, are looked at: more
    would tell little more, and their texts need not fit in memory.
    """
    held_out = evaluations[-1]
    n_rows = len(held_out.codes)
    n_looked_at = min(n_rows, _MOST_ROWS)
    rows = np.arange(n_looked_at) * n_rows // n_looked_at
    probabilities = held_out.probabilities[rows]
    if held_out.part == CROSS_VALIDATED and statistics is not None:
        chosen = choose_classes(pipeline, probabilities)
        values = {**statistics, "score": score_of(probabilities)}
        found, name = RowStatistics(values, probabilities, chosen), "cross-validated"
    else:
        texts = pd.Series(_pick(held_out.texts, rows), dtype="str")
        found = measure_rows(pipeline, texts, probabilities=probabilities)
        name = held_out.part
    classes = np.asarray(pipeline.classes_)
    return profile_of(found, classes, held_out.codes[rows], name)


def _pick(texts: Sequence[str], rows: np.ndarray) -> list[str]:
    """Return some texts in order, of which not all need fit in memory."""
    wanted = np.zeros(len(texts), bool)
    wanted[rows] = True
    return list(compress(texts, wanted.tolist()))
