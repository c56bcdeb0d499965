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
from sentiment.evaluation._bootstrap import pool_rows
from sentiment.evaluation._by_mlflow import evaluate_by_mlflow
from sentiment.evaluation._comparison import compare
from sentiment.evaluation._intervals import intervals_of, resample
from sentiment.evaluation._measures import LOWER_IS_BETTER, Measures, metric_names
from sentiment.evaluation._mistakes import SurestMistakes
from sentiment.evaluation._recording import find_run, record_report, record_threshold
from sentiment.evaluation._report import EvaluationReport
from sentiment.evaluation._rows import EvaluatedRows, RowReader
from sentiment.evaluation._slices import cut_slices, describe_slices
from sentiment.evaluation._threshold import tune_threshold
from sentiment.exceptions import DataError, ModelError
from sentiment.reports import ReportFrame, ReportOptions, name_of_model
from sentiment.suggestions import did_you_mean

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


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
        raise DataError("To save a threshold, name what to tune it for: tune_for=...")
    frame = ReportFrame.begin(source, "test", options)
    first, *_ = pipelines = _open(frame, model, against)
    _check_metrics(fail_under or {}, first.classes_.tolist())
    run = find_run(model) if log else None
    _prepare_page(frame)
    reader = RowReader(frame.source, first.classes_, slices, keep_texts=by_mlflow)
    surest = SurestMistakes(n_mistakes)
    rows, answers = answer_rows(pipelines, reader, surest, frame.progress)
    report = _describe(rows, answers, (model, against), random_state)
    report = replace(
        report,
        threshold=(find_threshold(first) or (None,))[0],
        mistakes=tuple(surest.explain(first, rows, answers[0])),
        missed=_find_missed(report.metrics, fail_under or {}),
    )
    if tune_for is not None:
        tuned = tune_threshold(answers[0], tune_for, random_state)
        report = replace(report, tuned=tuned)
    if save_threshold:
        report = replace(report, saved_model=record_threshold(model, first, report))
    if by_mlflow:
        report = replace(report, mlflow_run=evaluate_by_mlflow(first, rows, model))
    return frame.finish(report if run is None else record_report(run, report, frame))


def _open(frame: ReportFrame, model: Any, against: Any) -> "list[Pipeline]":
    """Return the Pipeline of a model, and of the one to compare it with."""
    pipelines = [frame.open(model)]
    if against is not None:
        pipelines.append(frame.open(against))
        first, second = (one.classes_.tolist() for one in pipelines)
        if first != second:
            raise ModelError(
                "Only models of the same labels can be compared. "
                f"{name_of_model(against)} answers with {shown(second[:10], 200)}, the "
                f"first one with {shown(first[:10], 200)}. Name another: against=..."
            )
    return pipelines


def _describe(
    rows: EvaluatedRows, answers: list[Answers], models: Sequence[Any], seed: int | None
) -> EvaluationReport:
    """Return what can be said of the answers alone.

    Not at the same time as mistakes are explained: its threads would wait for the
    interpreter. Sorted by score, the area under the curve needs no sorting of the
    weights.
    """
    slices = describe_slices(answers[0], cut_slices(rows.lengths, rows.columns))
    order = np.argsort(answers[0].probabilities[:, -1], kind="stable")
    ranked = [one.take(order) for one in answers]
    measures = [Measures(one) for one in ranked]
    pools = pool_rows(ranked, measures[0].bins)
    weighed = measures if pools is None else [one.pooled(pools) for one in measures]
    of_models = resample(weighed, np.arange(len(order)), seed, pools)
    drawn = [one.read(part) for one, part in zip(measures, of_models, strict=True)]
    metrics = [one.point() for one in measures]
    return EvaluationReport(
        model=name_of_model(models[0]),
        data=rows.name,
        split=rows.split,
        digest=rows.digest,
        classes=tuple(answers[0].classes.tolist()),
        threshold=None,
        metrics=metrics[0],
        intervals=intervals_of(metrics[0], drawn[0], len(order)),
        slices=tuple(slices),
        mistakes=(),
        comparison=compare(name_of_model(models[1]), ranked, metrics, drawn)
        if len(answers) > 1
        else None,
        answers=answers[0],
        read=rows.summary,
    )


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
) -> tuple[str, ...]:
    missed = []
    for name, wanted in fail_under.items():
        value, lower = metrics[name], name in LOWER_IS_BETTER
        # NaN is never enough.
        if not (value <= wanted if lower else value >= wanted):
            limit = f"at {'most' if lower else 'least'} {wanted:g}"
            missed.append(f"{name} is {value:.4f}, {limit} was wanted.")
    return tuple(missed)


def _prepare_page(frame: ReportFrame) -> None:
    """Import what a page is drawn with while rows are predicted: it takes 0.5 s."""
    if frame.output is not None:
        Thread(target=_import_drawing).start()


def _import_drawing() -> None:
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_svg  # noqa: F401

    import sentiment.evaluation._page
    import sentiment.tracking._evaluation_figures  # noqa: F401
