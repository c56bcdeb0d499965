"""One search, from data to the logged model of the best parameters."""

from collections.abc import Callable, Mapping
from functools import partial
from numbers import Integral, Real
from os import PathLike
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from sentiment._sklearn import Interval, StrOptions, validate_parameter_constraints
from sentiment.datasets import Data
from sentiment.pipeline import check_learns_unlabelled
from sentiment.termination import Terminated
from sentiment.tracking import Tags, TrackedRun, tracked_run
from sentiment.training import (
    Clock,
    CrossValidation,
    TrainingData,
    TrainingOptions,
    TrainingResult,
    build_pipeline,
    make_sources,
    read_training_data,
    record_training,
    take_recording,
)
from sentiment.tuning._halving import Halving, make_sizes
from sentiment.tuning._records import found_records, started_records
from sentiment.tuning._result import TuningResult
from sentiment.tuning._search import LOWER_IS_BETTER, Search
from sentiment.tuning._space import SearchSpace, default_space, read_space

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

_CONSTRAINTS = {
    "metric": [StrOptions(set(LOWER_IS_BETTER))],
    "budget": [Interval(Real, 0.0, None, closed="neither")],
    "max_trials": [Interval(Integral, 1, None, closed="left"), None],
    "cv": [Interval(Integral, 2, None, closed="left")],
}


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
    prior: Any = "auto",
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
    preset, params, prior : as in :func:`sentiment.train`
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
    named = None if prior is None else str(prior)
    told = {"preset": preset, "prior": named, "random_state": random_state}
    asked = {"params": dict(params or {}), "metric": metric, "cv": cv}
    limits = {"budget": budget, "max_trials": max_trials}
    settings: dict[str, Any] = {**told, **asked, **limits}
    validate_parameter_constraints(_CONSTRAINTS, settings, caller_name="tune")
    build = partial(_build, settings, prior)
    wanted = _make_space(space, preset, build)
    recording, rest = take_recording(options, run_name="best", nested=True)
    clock, sources = Clock(progress), make_sources(source, **rest)
    if sources.unlabelled is not None:
        check_learns_unlabelled(build({}))
    with clock.stage("read", "Reading the data ..."):
        data = read_training_data(sources, None, random_state, preset=preset)
    rng = np.random.default_rng(random_state)
    halving = Halving(wanted, make_sizes(len(data.X)), rng)
    folds = CrossValidation.of(data, cv, random_state)
    search = Search(halving, folds, build, metric, recording.experiment, clock)
    with tracked_run(recording.experiment, run_name="search") as run:
        interrupted = _search(search, run, settings, data)
        best = build(search.choose().params)
        training = record_training(best, data, told, recording, Clock(progress))
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


def _search(
    search: Search, run: TrackedRun, settings: Mapping[str, Any], data: TrainingData
) -> bool:
    """Run the search, and record the best whatever ends it; return if it was Ctrl-C."""
    run.log(started_records(settings, data, search.halving.space))
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


def _build(
    settings: Mapping[str, Any], prior: Any, found: Mapping[str, Any]
) -> "Pipeline":
    params, seed = settings["params"] | found, settings["random_state"]
    return build_pipeline(settings["preset"], params, seed, prior=prior)


def _make_space(
    given: Any, preset: str, build: "Callable[[Mapping[str, Any]], Pipeline]"
) -> SearchSpace:
    """Return the space to search, once the Pipeline that it starts from can be."""
    build({})
    if given is None:
        space = default_space(preset)
    elif isinstance(given, SearchSpace):
        space = given
    else:
        space = SearchSpace(given) if isinstance(given, Mapping) else read_space(given)
    space.check(build)
    return space
