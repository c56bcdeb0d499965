"""The reference profile that a training leaves in its model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sentiment.monitoring._profile import ReferenceProfile, profile_of
from sentiment.monitoring._row_statistics import measure_rows
from sentiment.tracking._training_records import Evaluation

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = ["make_reference"]


def make_reference(
    pipeline: "Pipeline", evaluations: Sequence[Evaluation]
) -> ReferenceProfile:
    """Return the profile of the test rows; without any, of the validation rows.

    Of the rows that it has learned from, a model is too sure, and it has seen each of
    their words.
    """
    held_out = evaluations[-1]
    texts = pd.Series(held_out.texts, dtype="str")
    statistics = measure_rows(pipeline, texts, probabilities=held_out.probabilities)
    classes = np.asarray(pipeline.classes_)
    return profile_of(statistics, classes, held_out.codes, held_out.part)
