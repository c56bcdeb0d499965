"""One evaluation: read, predict, measure, show."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sentiment._messages import shown
from sentiment.classification import find_threshold
from sentiment.datasets import Data, ReadingOptions, source_of
from sentiment.evaluation._answering import answer_rows
from sentiment.evaluation._answers import Answers
from sentiment.evaluation._comparison import Comparison, compare
from sentiment.evaluation._intervals import intervals_of, resample
from sentiment.evaluation._measures import LOWER_IS_BETTER, Measures, metric_names
from sentiment.evaluation._mistakes import SurestMistakes
from sentiment.evaluation._pooling import pool_rows
from sentiment.evaluation._report import EvaluationReport
from sentiment.evaluation._rows import EvaluatedRows, RowReader
from sentiment.evaluation._slices import cut_slices, describe_slices
from sentiment.evaluation._threshold import tune_threshold, with_threshold
from sentiment.exceptions import DataError, ModelError
from sentiment.inference._rows import open_pipeline
from sentiment.suggestions import did_you_mean

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = ["evaluate"]


def evaluate(
    model: Any,
    source: Data = "sample",
    *,
    split: str = "test",
    slices: Sequence[str] = (),
    against: Any = None,
    fail_under: Mapping[str, float] | None = None,
    tune_for: str | None = None,
    save_threshold: bool = False,
    log: bool = False,
    by_mlflow: bool = False,
    n_mistakes: int = 20,
    output: str | os.PathLike[str] | None = None,
    force: bool = False,
    allow_pickle: bool = False,
    random_state: int | None = 0,
    progress: Callable[..., None] | None = None,
    **reading: Unpack[ReadingOptions],
) -> EvaluationReport:
    """Evaluate a model on labelled rows.

    Parameters
    ----------
    model : str, Path or Pipeline
        An MLflow URI, a model folder, a run id, or a fitted Pipeline.
    source : str, Path, DataFrame or None, default="sample"
        The rows, as :func:`load_reviews` takes them.
    split : str, default="test"
        Which split of a folder or hub data set is read; a file has no splits.
    slices : sequence of str, default=()
        Columns whose values are looked at one by one. The length of the texts, and a
        column ``source`` if there is one, are looked at unasked.
    against : as model, default=None
        Another model, compared on the same rows.
    fail_under : mapping of str to float, default=None
        What is asked for: ``{"accuracy": 0.9}``. Of ``log_loss`` and
        ``calibration_error``, the most that is allowed. What is missed stands in
        ``missed`` of the report.
    tune_for : str, default=None
        "accuracy", "balanced_accuracy", "f1" or ``f1_<class>``: choose the threshold of
        the second class at which this is largest.
    save_threshold : bool, default=False
        Whether to log a new model that answers by the tuned threshold. The given model
        stays as it is.
    log : bool, default=False
        Whether to record metrics and page in the run that the model is from.
    by_mlflow : bool, default=False
        Whether to run ``mlflow.models.evaluate`` on the same rows as well, in a run of
        its own in the experiment of the model; ``mlflow_run`` of the report is its id.
    n_mistakes : int, default=20
        How many of the most confident mistakes to list.
    output : path, default=None
        An HTML page to write.
    force : bool, default=False
        Whether to overwrite ``output``.
    allow_pickle : bool, default=False
        Whether to load a model that was saved as a pickle, which runs whatever code it
        holds.
    random_state : int or None, default=0
        Seeds the bootstrap. None gives slightly other intervals each time.
    progress : callable, default=None
        Called after each batch with the number of rows predicted, None, and the share
        of the source that is done, from 0 to 1, or None.
    **reading
        How the rows are read: the keywords of :class:`Source`.

    Returns
    -------
    report : EvaluationReport
        With ``metrics``, ``intervals``, ``slices``, ``mistakes``.

    Raises
    ------
    DataError
        If the rows cannot be read, have labels that the model does not know, or there
        is no such metric.
    ModelError
        If a model cannot be found or loaded.
    TrackingError
        If something is to be recorded and the store refuses.

    Notes
    -----
    The bootstrap draws 1,000 resamples: 0.4 s for 25,000 rows and two classes.

    Examples
    --------
    >>> from sentiment import evaluate, load_reviews, make_sentiment_pipeline
    >>> pipeline = make_sentiment_pipeline("fast").fit(*load_reviews("sample", "train"))
    >>> report = evaluate(pipeline, "sample", fail_under={"accuracy": 0.99})
    >>> report.n_rows, report.metrics["accuracy"] > 0.6
    (122, True)
    >>> low, high = report.intervals["accuracy"]
    >>> low < report.metrics["accuracy"] < high
    True
    >>> report.missed[0][:12]
    'accuracy is '
    >>> evaluate(pipeline, "sample", fail_under={"acuracy": 0.9})
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DataError: There is no metric 'acuracy'. Did you mean
    'accuracy'? There are accuracy, balanced_accuracy, f1, f1_negative, f1_positive,
    roc_auc, log_loss, calibration_error.
    """
    started = time.perf_counter()
    if save_threshold and tune_for is None:
        raise DataError("A threshold to save is tuned first. Name a metric: tune_for.")
    _check_output(output, force)
    pipeline = open_pipeline(model, allow_pickle)
    classes = np.asarray(pipeline.classes_)
    _check_metrics(fail_under or {}, classes.tolist())
    run = _find_run(model) if log else None
    if output is not None:
        # While rows are predicted: it takes half a second.
        Thread(target=_import_drawing).start()
    data = source_of(source, split, **reading)
    reader = RowReader(data, classes, slice_columns=slices, keep_texts=by_mlflow)
    pipelines = [pipeline]
    if against is not None:
        pipelines.append(_open_other(against, classes, allow_pickle))
    surest = SurestMistakes(n_mistakes)
    rows, (answers, *others) = answer_rows(pipelines, reader, surest, progress)
    rows.summary.tell()
    # Not at the same time as what follows: its threads would wait for the interpreter.
    measured = _measure(rows, answers, others, random_state)
    mistakes = surest.explain(pipeline, rows, answers)
    found = find_threshold(pipeline)
    report = EvaluationReport(
        model=_name_of(model),
        data=rows.name,
        split=data.read_split,
        digest=rows.digest,
        n_rows=len(answers),
        classes=tuple(classes.tolist()),
        threshold=None if found is None else found[0],
        mistakes=tuple(mistakes),
        missed=tuple(_find_missed(measured["metrics"], fail_under or {})),
        answers=answers,
        read=rows.summary,
        **{k: v for k, v in measured.items() if k != "comparison"},
    )
    if measured["comparison"] is not None:
        comparison = replace(measured["comparison"], against=_name_of(against))
        report = replace(report, comparison=comparison)
    if tune_for is not None:
        tuned = tune_threshold(answers, tune_for, random_state=random_state)
        report = replace(report, tuned=tuned)
        if save_threshold:
            report = replace(report, saved_model=_save(model, pipeline, report))
    if by_mlflow:
        report = replace(
            report, mlflow_run=_ask_mlflow(model, pipeline, rows, report.split)
        )
    report = replace(report, seconds=round(time.perf_counter() - started, 3))
    if run is not None:
        from sentiment.evaluation._recording import record_report

        report = replace(report, logged_to=run)
        record_report(run, report)
    if output is not None:
        report.save(output, force=force)
    return report


def _open_other(model: Any, classes: Any, allow_pickle: bool) -> "Pipeline":
    pipeline = open_pipeline(model, allow_pickle)
    others = pipeline.classes_.tolist()
    if others != classes.tolist():
        raise ModelError(
            "Two models are compared that answer with the same labels. "
            f"{_name_of(model)} answers with {shown(others[:10], 200)}, the first one "
            "with "
            f"{shown(classes.tolist()[:10], 200)}."
        )
    return pipeline


def _measure(
    rows: EvaluatedRows, answers: Answers, others: list[Answers], seed: int | None
) -> dict[str, Any]:
    """Return metrics, intervals and slices, and what another model is to this one."""
    # Sorted by score, the area under the curve needs no sorting of the weights.
    order = np.argsort(answers.probabilities[:, -1], kind="stable")
    slices = describe_slices(answers, cut_slices(rows.lengths, rows.columns))
    answers, *others = (one.take(order) for one in (answers, *others))
    measures = [Measures(one) for one in (answers, *others)]
    pools = pool_rows([answers, *others], measures[0].bins)
    weighed = measures if pools is None else [one.pooled(pools) for one in measures]
    of_models = resample(weighed, np.arange(len(answers)), seed, pools)
    drawn = [one.read(part) for one, part in zip(measures, of_models, strict=True)]
    metrics = measures[0].point()
    comparison: Comparison | None = None
    if others:
        pair = (metrics, measures[1].point())
        comparison = compare("", answers, others[0], pair, (drawn[0], drawn[1]))
    return {
        "metrics": metrics,
        "intervals": intervals_of(metrics, drawn[0], len(answers)),
        "slices": tuple(slices),
        "comparison": comparison,
    }


def _check_metrics(fail_under: Mapping[str, float], classes: list[Any]) -> None:
    names = metric_names(classes)
    for name in fail_under:
        if name not in names:
            raise DataError(
                f"There is no metric {name!r}.{did_you_mean(name, names)} There are "
                f"{', '.join(names)}."
            )


def _find_missed(
    metrics: Mapping[str, float], fail_under: Mapping[str, float]
) -> list[str]:
    missed = []
    for name, wanted in fail_under.items():
        value = metrics[name]
        if name in LOWER_IS_BETTER:
            if not value <= wanted:
                missed.append(f"{name} is {value:.4f}, at most {wanted:g} was wanted.")
        elif not value >= wanted:
            missed.append(f"{name} is {value:.4f}, at least {wanted:g} was wanted.")
    return missed


def _check_output(output: Any, force: bool) -> None:
    if output is not None:
        from sentiment.inference._output_file import check_output

        check_output(Path(output), force=force)


def _name_of(model: Any) -> str:
    return str(model) if isinstance(model, str | Path) else type(model).__name__


def _import_drawing() -> None:
    """Import what the page of a report is drawn with."""
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_svg  # noqa: F401

    import sentiment.evaluation._page
    import sentiment.tracking._evaluation_figures  # noqa: F401


def _find_run(model: Any) -> str:
    from sentiment.evaluation._recording import find_run

    return find_run(model)


def _ask_mlflow(
    model: Any, pipeline: "Pipeline", rows: EvaluatedRows, split: str | None
) -> str:
    from sentiment.evaluation._by_mlflow import evaluate_by_mlflow
    from sentiment.evaluation._recording import experiment_of

    return evaluate_by_mlflow(
        pipeline,
        rows,
        model=_name_of(model),
        split=split,
        experiment=experiment_of(model),
    )


def _save(model: Any, pipeline: "Pipeline", report: EvaluationReport) -> str:
    from sentiment.evaluation._recording import record_threshold

    assert report.tuned is not None
    tuned = with_threshold(pipeline, report.tuned.threshold)
    return record_threshold(model, tuned, report)
