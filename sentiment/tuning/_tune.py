"""One search, from data to the logged model of the best parameters."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sentiment._sklearn import InvalidParameterError
from sentiment.datasets import Data
from sentiment.termination import Terminated
from sentiment.tracking import Tags, TrackedRun, tracked_run
from sentiment.training import (
    Clock,
    CrossValidation,
    TrainingOptions,
    TrainingResult,
    build_pipeline,
    count_repeats,
    make_sources,
    read_training_data,
    record_training,
    take_recording,
)
from sentiment.tuning._default_space import default_space
from sentiment.tuning._halving import Halving, make_sizes
from sentiment.tuning._records import found_records, started_records
from sentiment.tuning._result import TuningResult
from sentiment.tuning._search import LOWER_IS_BETTER, Search
from sentiment.tuning._space import SearchSpace, read_space

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = ["tune"]


def tune(
    source: Data = None,
    *,
    space: SearchSpace | Mapping[str, Any] | str | PathLike[str] | None = None,
    budget: float = 10.0,
    max_trials: int | None = None,
    metric: str = "log_loss",
    cv: int = 3,
    preset: str = "accurate",
    params: Mapping[str, Any] | None = None,
    random_state: int = 42,
    progress: Callable[[str], None] | None = None,
    **options: Unpack[TrainingOptions],
) -> TuningResult:
    """Search for better parameters, and train with the best.

    Successive halving: candidates, each the best so far with some parameters drawn
    anew, are cross-validated on a ninth of the training rows, the best third of them on
    a third, and the best of those on all (on a third and on all below 9,000 rows, on
    all only below 3,000). The preset itself is tried first, on all rows; what beats it
    there by less than twice the error may do so by chance, and is not taken. Neither
    validation nor test rows take part in the search. Ctrl-C ends it early, and the best
    so far is trained all the same; a second Ctrl-C ends that, too.

    Parameters
    ----------
    source : str, Path, DataFrame or None, default=None
        The training data, as :func:`sentiment.train` takes them.
    space : SearchSpace, mapping, path or None, default=None
        What may be tried; a path is read by :func:`read_space`. None is a space of our
        own for the preset.
    budget : float, default=10.0
        Minutes. The trial that runs then ends at its next fold. The first trial, the
        preset, is finished in any case, and the training at the end comes on top.
    max_trials : int or None, default=None
        The search also ends after so many trials. With it, and time enough, two
        searches of one ``random_state`` are equal.
    metric : {"log_loss", "accuracy", "roc_auc"}, default="log_loss"
        What is compared. Accuracy is coarse on few rows.
    cv : int, default=3
        Folds. More take longer and come nearer to a training on all rows. Never more
        than two classes have rows.
    preset, params : as in :func:`sentiment.train`
        Where the search starts; ``space`` overrides ``params``.
    random_state : int, default=42
        Seeds the search, the folds and the training.
    progress, **options
        As in :func:`sentiment.train`. Validation and test data are used by the training
        at the end, and not by the search.

    Returns
    -------
    result : TuningResult

    Raises
    ------
    DataError
        If the data or the space cannot be read, or no trial can be trained.
    InvalidParameterError
        If the space names what does not exist, or a value is out of range.
    KeyboardInterrupt
        If Ctrl-C comes before the first trial has ended.

    See Also
    --------
    sentiment.train : One training, with parameters that are known.

    Examples
    --------
    >>> from sentiment import tune
    >>> tune(space={"min_df": [1, 2]})
    Traceback (most recent call last):
    ...
    sklearn.utils._param_validation.InvalidParameterError: The search space: min_df: The
    Pipeline has no parameter 'min_df'. Did you mean 'vectorize__min_df'? Parameters are
    written step__parameter, such as vectorize__min_df.
    """
    _check(budget, max_trials, metric, cv)
    fixed = dict(params or {})

    def build(found: Mapping[str, Any]) -> "Pipeline":
        return build_pipeline(preset, {**fixed, **found}, random_state)

    build({})
    wanted = _make_space(space, preset)
    wanted.check(build)
    rest: dict[str, Any] = dict(options)
    recording = replace(take_recording(rest), run_name="best", nested=True)
    clock = Clock(progress)
    sources = make_sources(source, **rest)
    with clock.stage("read", "Reading the data ..."):
        data = read_training_data(sources, None, random_state, preset=preset)
    settings = {
        "preset": preset,
        "params": fixed,
        "split": (sources.source or sources.default).read_split,
        "metric": metric,
        "cv": cv,
        "budget": budget,
        "max_trials": max_trials,
        "random_state": random_state,
    }
    rng = np.random.default_rng(random_state)
    n_rows = len(data.X)
    search = Search(
        Halving(wanted, make_sizes(n_rows), rng),
        CrossValidation(
            data.X, data.y, cv, random_state, count_repeats(n_rows), data.weights
        ),
        build,
        metric,
        recording.experiment,
        clock,
    )
    with tracked_run(recording.experiment, run_name="search") as run:
        run.log(started_records(settings, data, wanted))
        interrupted = _search(search, run, settings)
        told = {name: settings[name] for name in ("preset", "split", "random_state")}
        pipeline = build(search.choose().params)
        training = record_training(pipeline, data, told, recording, Clock(progress))
        run.log([Tags({"sentiment.best_run": training.run_id})])
    return _result(search, run.run_id, training, interrupted=interrupted)


def _result(
    search: Search, run_id: str, training: TrainingResult, *, interrupted: bool
) -> TuningResult:
    chosen, best = search.choose(), search.best
    assert best is not None
    gain, gain_error = search.gain_of(best)
    start = search.scores_of(search.halving.trials[0])
    return TuningResult(
        search_id=run_id,
        params=chosen.params,
        rejected=best.params if chosen is not best else {},
        metric=search.metric,
        score=search.scores_of(chosen)[search.metric],
        preset_score=start.get(search.metric),
        gain=gain,
        gain_error=gain_error,
        n_trials=search.n_finished,
        interrupted=interrupted,
        training=training,
    )


def _search(search: Search, run: TrackedRun, settings: Mapping[str, Any]) -> bool:
    """Run the search, and record the best whatever ends it; return if it was Ctrl-C."""
    try:
        interrupted = search.run(60.0 * settings["budget"], settings["max_trials"])
    except Terminated:
        if search.best is not None:
            _record_best(search, run, settings)
            search.clock.tell(
                f"The best so far is in best_params.json of run {run.run_id}."
            )
        raise
    run.log([Tags({"sentiment.interrupted": str(interrupted).lower()})])
    _record_best(search, run, settings)
    return interrupted


def _record_best(search: Search, run: TrackedRun, settings: Mapping[str, Any]) -> None:
    chosen = search.choose()
    scores = search.scores_of(chosen)
    run.log(found_records(chosen, settings, scores, search.n_finished))


def _check(budget: float, max_trials: int | None, metric: str, cv: int) -> None:
    wrong: tuple[str, str, Any] | None = None
    if metric not in LOWER_IS_BETTER:
        names = "{" + ", ".join(map(repr, sorted(LOWER_IS_BETTER))) + "}"
        wrong = "metric", f"a str among {names}", metric
    elif not budget > 0:
        wrong = "budget", "a float in the range (0.0, inf)", budget
    elif max_trials is not None and max_trials < 1:
        wrong = "max_trials", "an int in the range [1, inf) or None", max_trials
    elif cv < 2:
        wrong = "cv", "an int in the range [2, inf)", cv
    if wrong is not None:
        raise InvalidParameterError(
            f"The {wrong[0]!r} parameter of tune must be {wrong[1]}. Got {wrong[2]!r} "
            "instead."
        )


def _make_space(space: Any, preset: str) -> SearchSpace:
    if space is None:
        return default_space(preset)
    if isinstance(space, SearchSpace):
        return space
    if isinstance(space, Mapping):
        return SearchSpace(space)
    return read_space(space)
