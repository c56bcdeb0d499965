"""Measure what the model card says of speed, and put the card together."""

import time
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from sklearn.pipeline import Pipeline

from sentiment.persistence import installed_versions
from sentiment.tracking import CROSS_VALIDATED, DatasetRecord, Evaluation, ModelCard
from sentiment.training._clock import Clock

_SINGLES = 20


def make_card(
    pipeline: Pipeline,
    model_uri: str,
    settings: Mapping[str, Any],
    datasets: Sequence[DatasetRecord],
    evaluations: Sequence[Evaluation],
    clock: Clock,
) -> ModelCard:
    """Return the card of a fitted Pipeline.

    Single documents are timed here, on rows of the validation data; batches were timed
    when the Pipeline was evaluated.
    """
    return ModelCard(
        model_uri=model_uri,
        settings=settings,
        classes=pipeline.classes_.tolist(),
        datasets=datasets,
        parts=evaluations,
        seconds=clock.seconds["fit"],
        documents_per_second=_measure_rate(pipeline, evaluations, clock),
        milliseconds=_time_singles(pipeline, evaluations[0].texts[:_SINGLES]),
        versions=installed_versions(),
    )


def _measure_rate(
    pipeline: Pipeline, evaluations: Sequence[Evaluation], clock: Clock
) -> float:
    asked = [one for one in evaluations if one.part != CROSS_VALIDATED]
    if not asked:
        # Only the Pipelines of the folds were asked.
        with clock.stage("predict", "Timing its answers ..."):
            pipeline.predict_proba(evaluations[0].texts)
        asked = [*evaluations]
    n_rows = sum(len(one.codes) for one in asked)
    return n_rows / max(clock.seconds["predict"], 1e-3)


def _time_singles(pipeline: Pipeline, texts: Sequence[str]) -> float:
    spent = []
    for text in texts:
        started = time.perf_counter()
        pipeline.predict_proba([text])
        spent.append(time.perf_counter() - started)
    return round(1000 * median(spent), 3)
