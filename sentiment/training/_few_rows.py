"""A training of few rows: all are learned from, and each is asked without itself."""

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from sentiment._arrays import Floats, Ints
from sentiment.classification import BoostedLinearClassifier
from sentiment.monitoring import measure_rows
from sentiment.tracking import CROSS_VALIDATED, Evaluation
from sentiment.training._cross_validation import CrossValidation
from sentiment.training._fits import fit_in_memory
from sentiment.training._scores import score_answers
from sentiment.training._validation_split import N_FOLDS

if TYPE_CHECKING:
    from sentiment.training._training_data import TrainingData


@dataclass(frozen=True)
class FewRows:
    """What the folds of a cross-validation have told.

    ``evaluation``: of all rows, each by Pipelines that have not seen it. Its
    probabilities are those of the first repeat, its metrics the means of all.
    ``statistics``: what each row looks like to a Pipeline that has not seen it.
    ``n_rounds``: the median of the rounds at which the folds stopped; None if none
    stops early.
    """

    evaluation: Evaluation
    statistics: dict[str, Floats]
    n_rounds: int | None


def cross_validate(
    pipeline: Pipeline, data: "TrainingData", random_state: int | None
) -> FewRows:
    """Cross-validate a Pipeline on all rows of a training."""
    assert isinstance(data.X, pd.DataFrame)
    documents, seed = data.X["text"], random_state
    if seed is None:
        seed = int(np.random.default_rng().integers(2**31 - 1))
    n_rows = len(data.y)
    validation = CrossValidation.of(data, N_FOLDS, seed)
    rounds: list[int] = []
    measured: dict[str, Floats] = {}

    def look_at(fitted: Pipeline, rows: Ints, answers: Floats) -> None:
        texts = documents.iloc[rows]
        found = measure_rows(fitted, texts, probabilities=answers).values
        for name, values in found.items():
            measured.setdefault(name, np.zeros(n_rows))[rows] = values
        classifier = getattr(fitted[-1], "estimator_", fitted[-1])
        if "validation" in getattr(classifier, "evals_result_", {}):
            rounds.append(classifier.n_iter_)

    held_out = validation.answer(pipeline, after_fold=look_at)
    scores, intervals = score_answers(held_out.answers(), held_out.groups)
    texts: list[str] = documents.tolist()
    evaluation = Evaluation(
        CROSS_VALIDATED, held_out.codes, held_out.repeats[0], scores, texts, intervals
    )
    return FewRows(evaluation, measured, round(median(rounds)) if rounds else None)


def fit_all_rows(
    pipeline: Pipeline, data: "TrainingData", n_rounds: int | None
) -> Pipeline:
    """Fit a Pipeline on all rows, with so many rounds where it stops early.

    No row has to be set aside to find out again when to stop.
    """
    last: Any = pipeline[-1]
    classifier = getattr(last, "estimator", last)
    if n_rounds is None or not isinstance(classifier, BoostedLinearClassifier):
        return fit_in_memory(pipeline, data)
    asked = {name: getattr(classifier, name) for name in ("max_iter", "early_stopping")}
    classifier.set_params(max_iter=n_rounds, early_stopping=False)
    fit_in_memory(pipeline, data)
    # The recipe stays as it was asked for: fitted elsewhere, it stops by itself.
    for one in (classifier, getattr(last, "estimator_", last)):
        one.set_params(**asked)
    return pipeline
