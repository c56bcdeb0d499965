"""One evaluation: read, predict, measure, show."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sentiment._messages import shown
from sentiment.classification import find_threshold
from sentiment.datasets import Data
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
from sentiment.reports import ReportFrame, ReportOptions, name_of_model
from sentiment.suggestions import did_you_mean

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = ["evaluate"]


def evaluate(
    model: Any,
    source: Data = "sample",
    *,
    slices: Sequence[str] = (),
    against: Any = None,
    fail_under: Mapping[str, float] | None = None,
    tune_for: str | None = None,
    save_threshold: bool = False,
    log: bool = False,
    by_mlflow: bool = False,
    n_mistakes: int = 20,
    random_state: int | None = 0,
    **options: Unpack[ReportOptions],
) -> EvaluationReport:
    """Evaluate a model on labelled rows.

    Parameters
    ----------
    model : str, Path or Pipeline
        An MLflow URI, a model folder, a run id, or a fitted Pipeline.
    source : str, Path, DataFrame or None, default="sample"
        The rows, as :func:`load_reviews` takes them.
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
    random_state : int or None, default=0
        Seeds the bootstrap. None gives slightly other intervals each time.
    **options
        The keywords of every report: ``split`` ("test" by default), ``output``,
        ``force``, ``allow_pickle`` and ``progress`` (:class:`ReportOptions`); and how
        the rows are read, as :class:`Source` says.

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
    if save_threshold and tune_for is None:
        raise DataError("A threshold to save is tuned first. Name a metric: tune_for.")
    frame = ReportFrame.begin(source, "test", options)
    pipeline = frame.open(model)
    classes = np.asarray(pipeline.classes_)
    _check_metrics(fail_under or {}, classes.tolist())
    run = _find_run(model) if log else None
    if frame.output is not None:
        # While rows are predicted: it takes half a second.
        Thread(target=_import_drawing).start()
    reader = RowReader(
        frame.source, classes, slice_columns=slices, keep_texts=by_mlflow
    )
    pipelines = [pipeline]
    if against is not None:
        pipelines.append(_open_other(against, classes, frame))
    surest = SurestMistakes(n_mistakes)
    rows, answers = answer_rows(pipelines, reader, surest, frame.progress)
    report = _describe(frame, model, pipeline, rows, answers, random_state)
    report = replace(
        report,
        mistakes=tuple(surest.explain(pipeline, rows, answers[0])),
        missed=tuple(_find_missed(report.metrics, fail_under or {})),
    )
    if report.comparison is not None:
        comparison = replace(report.comparison, against=name_of_model(against))
        report = replace(report, comparison=comparison)
    if tune_for is not None:
        tuned = tune_threshold(answers[0], tune_for, random_state=random_state)
        report = replace(report, tuned=tuned)
    if save_threshold:
        report = replace(report, saved_model=_save(model, pipeline, report))
    if by_mlflow:
        asked = _ask_mlflow(model, pipeline, rows, report.split)
        report = replace(report, mlflow_run=asked)
    if run is not None:
        report = _record(run, frame.timed(report))
    return frame.finish(report)


def _describe(
    frame: ReportFrame,
    model: Any,
    pipeline: "Pipeline",
    rows: EvaluatedRows,
    answers: list[Answers],
    seed: int | None,
) -> EvaluationReport:
    """Return what can be said of the answers alone."""
    # Not at the same time as what follows: its threads would wait for the interpreter.
    measured = _measure(rows, answers[0], answers[1:], seed)
    found = find_threshold(pipeline)
    return EvaluationReport(
        model=name_of_model(model),
        data=rows.name,
        split=frame.source.read_split,
        digest=rows.digest,
        n_rows=len(answers[0]),
        classes=tuple(np.asarray(pipeline.classes_).tolist()),
        threshold=None if found is None else found[0],
        mistakes=(),
        answers=answers[0],
        read=rows.summary,
        **measured,
    )


def _record(run: str, report: EvaluationReport) -> EvaluationReport:
    from sentiment.evaluation._recording import record_report

    report = replace(report, logged_to=run)
    record_report(run, report)
    return report


def _open_other(model: Any, classes: Any, frame: ReportFrame) -> "Pipeline":
    pipeline = frame.open(model)
    others = pipeline.classes_.tolist()
    if others != classes.tolist():
        raise ModelError(
            "Two models are compared that answer with the same labels. "
            f"{name_of_model(model)} answers with {shown(others[:10], 200)}, the first "
            f"one with {shown(classes.tolist()[:10], 200)}."
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
        model=name_of_model(model),
        split=split,
        experiment=experiment_of(model),
    )


def _save(model: Any, pipeline: "Pipeline", report: EvaluationReport) -> str:
    from sentiment.evaluation._recording import record_threshold

    assert report.tuned is not None
    tuned = with_threshold(pipeline, report.tuned.threshold)
    return record_threshold(model, tuned, report)
