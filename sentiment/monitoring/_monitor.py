"""One monitoring: read, predict, compare with the reference."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sentiment._arrays import Array, Ints
from sentiment._metric_names import MAIN_METRICS
from sentiment.datasets import Data, Source
from sentiment.evaluation import Answers, Measures
from sentiment.exceptions import ModelError
from sentiment.inference import read_ahead
from sentiment.monitoring._checks import (
    STRANGE,
    Check,
    Limits,
    compare_rows,
    decide,
    strangeness,
)
from sentiment.monitoring._distribution import expected_share
from sentiment.monitoring._histogram import make_histograms
from sentiment.monitoring._profile import ReferenceProfile, profile_of, read_profile
from sentiment.monitoring._report import MonitoringReport, Part
from sentiment.monitoring._row_statistics import GatheredStatistics, RowStatistics
from sentiment.monitoring._rows import (
    MonitoredReader,
    MonitoredRows,
    check_window,
    cut_windows,
)
from sentiment.monitoring._strangest import StrangestRows
from sentiment.reports import ReportFrame, ReportOptions, name_of_model

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def monitor(
    model: Any,
    source: Data,
    *,
    window: int | str | None = None,
    time_column: str | None = None,
    reference: Data = None,
    reference_split: str = "test",
    max_psi: float = Limits.psi,
    max_strange: float = Limits.strange,
    max_drop: float = Limits.drop,
    n_strange: int = 5,
    **options: Unpack[ReportOptions],
) -> MonitoringReport:
    """Compare new rows with those that a model was tested on, without labels.

    Parameters
    ----------
    model : str, Path or Pipeline
        An MLflow URI, a model folder, a run id, or a fitted Pipeline, which needs
        ``reference``.
    source : str, Path, DataFrame or None
        The new rows, as :func:`load_reviews` takes them. Of those that have a label,
        the metrics are measured as well.
    window : int or {"hour", "day", "week", "month"}, default=None
        Look at every so many rows, or every period, by itself as well. Small windows
        see little: 5 % of garbage shows from 300 rows on.
    time_column : str, default=None
        The column that holds the time of each row. None: the rows are in the order of
        time.
    reference : as source, default=None
        Rows that the model has not learned from, instead of the profile that it
        keeps.
    reference_split : str, default="test"
        Which split of ``reference``.
    max_psi : float, default=0.2
        From which population stability index on a distribution may alarm. 0 alarms of
        whatever is significant.
    max_strange : float, default=0.02
        Which share of documents may have more unseen words, more repeated words, or
        fewer or more words at all than 99.9 % of the reference rows, beyond what is to
        be expected.
    max_drop : float, default=0.05
        By how much the accuracy may fall before it may alarm.
    n_strange : int, default=5
        How many of the strangest documents to show, of each kind, if they alarm.
    **options
        The keywords of every report: ``split`` ("test" by default), ``output``,
        ``force``, ``allow_pickle`` and ``progress`` (:class:`ReportOptions`); and how
        the rows are read, as :class:`Source` says, for both. A column ``label`` need
        not be there.

    Returns
    -------
    report : MonitoringReport
        With ``alarms``, ``whole`` and ``windows``.

    Raises
    ------
    DataError
        If the rows cannot be read, or a limit or window says nothing.
    ModelError
        If the model cannot be found or loaded, or keeps no profile and ``reference`` is
        None.

    Notes
    -----
    Takes about as long as predicting the rows.

    Examples
    --------
    >>> from sentiment import load_reviews, make_sentiment_pipeline, monitor
    >>> pipeline = make_sentiment_pipeline("fast").fit(*load_reviews("sample", "train"))
    >>> monitor(pipeline, "sample", reference="sample").alarms
    ()
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"text": ["Das Wetter wird morgen wieder schöner."] * 50})
    >>> print(monitor(pipeline, rows, reference="sample").alarms[0])
    all rows: the document length differs from the reference: PSI ...
    >>> monitor(pipeline, rows)
    Traceback (most recent call last):
    ...
    sentiment.exceptions.ModelError: TextPipeline keeps no reference profile: it was not
    logged by `sentiment train` of this version. Name rows that it has not learned from
    (reference=...), or train it again.
    """
    limits = Limits(max_psi, max_strange, max_drop)
    check_window(window, time_column)
    frame = ReportFrame.begin(source, "test", options)
    known = None if reference is None else frame.other(reference, reference_split)
    pipeline, profile = _open(frame, model, known)
    classes = np.asarray(pipeline.classes_)
    reader = MonitoredReader(frame.source, classes, time_column=time_column)
    strangest = StrangestRows(profile, n_strange)
    rows, statistics = _measure(pipeline, reader, strangest, frame.progress)
    parts = _look_at(profile, rows, statistics, classes, limits, window)
    return frame.finish(
        MonitoringReport(
            model=name_of_model(model),
            data=rows.name,
            split=frame.source.read_split,
            classes=tuple(classes.tolist()),
            profile=profile,
            whole=parts[0],
            windows=tuple(parts[1:]),
            strange=tuple(strangest.of(_alarming(profile, parts))),
            limits=limits,
            read=rows.summary,
            histograms=make_histograms(profile.distributions, statistics.values),
        )
    )


def _open(
    frame: ReportFrame, model: Any, reference: Source | None
) -> tuple["Pipeline", ReferenceProfile]:
    """Return a Pipeline with its profile: of the reference rows, else its own."""
    if reference is not None:
        pipeline = frame.open(model)
        return pipeline, _profile_of_rows(pipeline, reference)
    profile = None
    if isinstance(model, str | Path):
        from sentiment.persistence import (
            open_model_folder,
            read_model_file,
            read_pipeline,
        )

        with open_model_folder(model) as folder:
            profile = read_profile(folder)
            if profile is not None:
                file = read_model_file(folder)
                pipeline = read_pipeline(file, allow_pickle=frame.allow_pickle)
    if profile is None:
        raise ModelError(
            f"{name_of_model(model)} keeps no reference profile: it was not logged by "
            "`sentiment train` of this version. Name rows that it has not learned "
            "from (reference=...), or train it again."
        )
    if profile.n_classes != len(pipeline.classes_):
        raise ModelError(
            f"The reference profile of {name_of_model(model)} is of another model: of "
            f"{profile.n_classes} classes, and the model has {len(pipeline.classes_)}. "
            "Copy the whole model folder again, or name rows by reference=..."
        )
    return pipeline, profile


def _profile_of_rows(pipeline: "Pipeline", source: Source) -> ReferenceProfile:
    classes = np.asarray(pipeline.classes_)
    rows, statistics = _measure(pipeline, MonitoredReader(source, classes))
    # Metrics of some rows say nothing of the others.
    codes = rows.codes if (rows.codes >= 0).all() else None
    return profile_of(statistics, classes, codes, rows.name)


def _measure(
    pipeline: "Pipeline",
    reader: MonitoredReader,
    strangest: StrangestRows | None = None,
    progress: Callable[..., None] | None = None,
) -> tuple[MonitoredRows, RowStatistics]:
    """Measure rows that are read, at the same time, on a thread of their own."""
    gathered = GatheredStatistics(pipeline)
    n_rows = 0
    with read_ahead(reader.batches()) as batches:
        for texts, share in batches:
            part = gathered.add(texts)
            if strangest is not None:
                strangest.look_at(texts, part)
            n_rows += len(texts)
            if progress is not None:
                progress(n_rows, None, share)
    return reader.finish(), gathered.all()


def _look_at(
    profile: ReferenceProfile,
    rows: MonitoredRows,
    statistics: RowStatistics,
    classes: Array,
    limits: Limits,
    window: int | str | None,
) -> list[Part]:
    """Return all rows and each window, every check decided."""
    n_rows = len(statistics)
    named = [("all rows", np.arange(n_rows)), *cut_windows(n_rows, window, rows.times)]
    parts, groups = [], []
    for name, places in named:
        part = statistics.take(places)
        answers = _labelled(part, rows.codes[places], classes)
        groups.append(_compare(profile, part, answers, limits))
        beyond = strangeness(profile, part)
        shares = {way: float((far > 0).mean()) for way, far in beyond.items()}
        parts.append(_describe(name, part, answers, shares))
    decided = decide(groups)
    return [
        replace(part, checks=tuple(checks))
        for part, checks in zip(parts, decided, strict=True)
    ]


def _labelled(part: RowStatistics, codes: Ints, classes: Array) -> Answers:
    known = codes >= 0
    return Answers(classes, codes[known], part.probabilities[known], part.chosen[known])


def _compare(
    profile: ReferenceProfile, part: RowStatistics, answers: Answers, limits: Limits
) -> list[Check]:
    n_right = int((answers.codes == answers.chosen).sum())
    return compare_rows(profile, part, (n_right, len(answers)), limits)


def _describe(
    name: str, part: RowStatistics, answers: Answers, strange: dict[str, float]
) -> Part:
    metrics = {}
    if len(answers):
        point = Measures(answers).point()
        metrics = {one: point[one] for one in MAIN_METRICS if np.isfinite(point[one])}
    counts = np.bincount(part.chosen, minlength=len(answers.classes))
    return Part(
        name=name,
        n_rows=len(part),
        n_labelled=len(answers),
        checks=(),
        unseen_share=part.unseen_share(),
        class_shares=tuple((counts / len(part)).tolist()),
        strange_shares=strange,
        metrics=metrics,
    )


def _alarming(profile: ReferenceProfile, parts: list[Part]) -> set[str]:
    """Return the ways to be strange that are frequent where it alarms."""
    alarmed = [part for part in parts if STRANGE in {c.name for c in part.alarms}]
    expected = expected_share(1, profile.n_rows)
    return {
        name
        for part in alarmed
        for name, share in part.strange_shares.items()
        if share > 3 * expected
    }
