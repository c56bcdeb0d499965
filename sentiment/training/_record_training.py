"""Fit a Pipeline on data that were read, in a run that records all about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sentiment.classification import encode_labels
from sentiment.evaluation import Interval
from sentiment.prior_reading import describe_prior
from sentiment.pruning import drop_unused_ngrams
from sentiment.streaming import TextRows
from sentiment.tracking import (
    Evaluation,
    Metrics,
    ModelRecord,
    Record,
    Tags,
    TrackedRun,
    finished_records,
    peak_memory_mb,
    started_records,
    tracked_run,
)
from sentiment.training._card import make_card
from sentiment.training._clock import Clock
from sentiment.training._few_rows import FewRows, cross_validate, fit_all_rows
from sentiment.training._fits import (
    Fit,
    StreamedTexts,
    fit_in_memory,
    predict_in_batches,
)
from sentiment.training._hook import Hook, HookContext, check_metrics
from sentiment.training._notes import (
    describe_classes,
    describe_seen,
    describe_unlabelled,
    is_uneven,
)
from sentiment.training._options import Recording
from sentiment.training._reference import make_reference
from sentiment.training._result import TrainingResult
from sentiment.training._scores import make_answers, score_answers
from sentiment.training._training_data import TrainingData

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline


def record_training(
    pipeline: "Pipeline",
    data: TrainingData,
    settings: Mapping[str, Any],
    recording: Recording,
    clock: Clock,
    fit: Fit = fit_in_memory,
) -> TrainingResult:
    """Fit a Pipeline on data that were read, in a run that records all about it."""
    settings = {**settings, **_facts(data)}
    clock.tell("Starting the run ...")
    with tracked_run(
        recording.experiment, run_name=recording.run_name, nested=recording.nested
    ) as run:
        run.log(started_records(pipeline, settings, data.records, recording.artifacts))
        pipeline, folds = _fit(pipeline, data, settings["random_state"], clock, fit)
        told = describe_prior(pipeline)
        if settings.get("prune") is not None:
            pipeline = drop_unused_ngrams(pipeline)
        evaluations = [folds.evaluation] if folds else []
        evaluations += _evaluate_all(pipeline, data, clock)
        uri = f"runs:/{run.run_id}/{recording.model_name}"
        card = make_card(pipeline, uri, settings, data.records, evaluations, clock)
        statistics = folds.statistics if folds else None
        model = ModelRecord(
            pipeline,
            recording.register,
            recording.alias,
            recording.serialization,
            recording.model_name,
            **recording.environment,
            card=card.to_markdown,
            profile=make_reference(pipeline, evaluations, statistics),
        )
        with clock.stage("log", "Recording the run and its model ..."):
            run.log(finished_records(pipeline, evaluations, model))
        context = HookContext(run.run_id, uri, pipeline, evaluations)
        own = _call_hook(recording.hook, context, run, clock)
        run.log(_cost_records(clock))
    result = _make_result(run, pipeline, data, recording, evaluations, own, clock)
    return replace(result, prior=told, unlabelled=describe_unlabelled(pipeline))


def _fit(
    pipeline: "Pipeline",
    data: TrainingData,
    random_state: int | None,
    clock: Clock,
    fit: Fit,
) -> "tuple[Pipeline, FewRows | None]":
    """Fit on all rows; where none are set aside, after a cross-validation."""
    folds = None
    if data.X_val is None:
        line = f"Cross-validating {len(data.X):,} rows ..."
        with clock.stage("cross_validate", line):
            folds = cross_validate(pipeline, data, random_state)
        fit = partial(fit_all_rows, n_rounds=folds.n_rounds)
    with clock.stage("fit", f"Training on {len(data.X):,} rows ..."):
        return fit(pipeline, data), folds


def _call_hook(
    hook: Hook | None, context: HookContext, run: TrackedRun, clock: Clock
) -> dict[str, float]:
    if hook is None:
        return {}
    with clock.stage("hook", "Calling the hook ..."):
        own = check_metrics(hook(context))
    run.log([Metrics(own, of_model=True)])
    return own


def _make_result(
    run: TrackedRun,
    pipeline: "Pipeline",
    data: TrainingData,
    recording: Recording,
    evaluations: Sequence[Evaluation],
    own: Mapping[str, float],
    clock: Clock,
) -> TrainingResult:
    metrics: dict[str, float] = {}
    intervals: dict[str, Interval] = {}
    for one in evaluations:
        metrics |= {f"{one.part}_{name}": v for name, v in one.metrics.items()}
        intervals |= {f"{one.part}_{name}": v for name, v in one.intervals.items()}
    return TrainingResult(
        run_id=run.run_id,
        model_uri=f"runs:/{run.run_id}/{recording.model_name}",
        experiment=recording.experiment,
        metrics={**metrics, **own},
        seconds=clock.total,
        n_rows=len(data.source.X),
        registered_uri=_registered_uri(run, recording.register, recording.alias),
        validation=data.validation,
        intervals=intervals,
        notes=(*data.notes, *_notes(pipeline, data)),
        uneven=is_uneven(data.source.y),
        read=data.summaries,
    )


def _notes(pipeline: "Pipeline", data: TrainingData) -> Iterator[str]:
    yield from describe_classes(pipeline, data.source.y)
    if data.test is not None:
        yield from describe_seen(pipeline, data.test)


def _facts(data: TrainingData) -> dict[str, Any]:
    return {
        "data": data.source.record.name,
        "split": data.split,
        "validation": data.validation,
        "n_rows": len(data.source.X),
        "n_rows_train": len(data.X),
        "n_rows_validation": 0 if data.X_val is None else len(data.X_val),
        "n_rows_test": 0 if data.test is None else len(data.test.X),
        **({} if data.unlabelled is None else {"n_unlabelled": len(data.unlabelled)}),
    }


def _evaluate_all(
    pipeline: "Pipeline", data: TrainingData, clock: Clock
) -> list[Evaluation]:
    parts = []
    if data.X_val is not None:
        parts.append(("validation", data.X_val, data.y_val))
    if data.test is not None:
        parts.append(("test", data.test.X, data.test.y))
    return [_evaluate(pipeline, name, X, y, clock) for name, X, y in parts]


def _evaluate(
    pipeline: "Pipeline",
    part: str,
    X: "pd.DataFrame | TextRows",
    y: "pd.Series",
    clock: Clock,
) -> Evaluation:
    texts: Sequence[str]
    with clock.stage("predict", f"Evaluating on {len(X):,} {part} rows ..."):
        if isinstance(X, TextRows):
            probabilities, texts = predict_in_batches(pipeline, X), StreamedTexts(X)
        else:
            probabilities, texts = pipeline.predict_proba(X), X["text"].tolist()
    codes = encode_labels(y, pipeline.classes_)
    scores, intervals = score_answers([make_answers(codes, probabilities)])
    return Evaluation(part, codes, probabilities, scores, texts, intervals)


def _cost_records(clock: Clock) -> list[Record]:
    costs = {f"seconds_{name}": spent for name, spent in clock.seconds.items()}
    costs["seconds"] = clock.total
    peak = peak_memory_mb()
    if peak is not None:
        costs["peak_memory_mb"] = peak
    tags = {f"sentiment.{name}": f"{value:g}" for name, value in costs.items()}
    return [Metrics(costs), Tags(tags | {"sentiment.status": "complete"})]


def _registered_uri(
    run: TrackedRun, register: str | None, alias: str | None
) -> str | None:
    if register is None or run.model_info is None:
        return None
    if alias is not None:
        return f"models:/{register}@{alias}"
    return f"models:/{register}/{run.model_info.registered_model_version}"
