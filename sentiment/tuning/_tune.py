"""One search, from data to the logged model of the best parameters."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np

from sentiment._sklearn import InvalidParameterError
from sentiment.datasets._sources import Source
from sentiment.exceptions import DataError, SentimentError
from sentiment.pipeline import default_validation_fraction
from sentiment.tracking import tracked_run
from sentiment.tracking._records import JsonFile, Metrics, Params, Record, Tags
from sentiment.tracking._runs import KIND
from sentiment.training import TrainingResult, train
from sentiment.training._clock import Clock
from sentiment.training._configuration import build_pipeline, check_registration
from sentiment.training._data import Reading
from sentiment.training._training_data import Sources, TrainingData, read_training_data
from sentiment.tuning._cross_validation import CrossValidation
from sentiment.tuning._halving import Halving, Trial, make_sizes
from sentiment.tuning._space import SearchSpace, default_space, read_space

__all__ = ["TuningResult", "tune"]

METRICS = ("log_loss", "accuracy", "roc_auc")
_SEARCH, _TRIAL = "search", "trial"


@dataclass(frozen=True)
class TuningResult:
    """What :func:`tune` has found.

    Attributes
    ----------
    search_id : str
        The MLflow run whose children are the trials and the training.
    params : dict
        The best parameters; empty if nothing beat the preset.
    metric : str
        What was compared.
    score : float
        Of the best trial, cross-validated on the training rows.
    preset_score : float or None
        Of the preset itself, the same way; None if it was stopped before.
    n_trials : int
        How many were finished.
    interrupted : bool
        Whether Ctrl-C ended the search.
    training : TrainingResult
        The training with the best parameters, and its model.
    """

    search_id: str
    params: dict[str, Any]
    metric: str
    score: float
    preset_score: float | None
    n_trials: int
    interrupted: bool
    training: TrainingResult

    def to_dict(self) -> dict[str, Any]:
        """Return what ``sentiment tune --format json`` prints."""
        return {
            "search_id": self.search_id,
            "params": dict(self.params),
            "metric": self.metric,
            "score": self.score,
            "preset_score": self.preset_score,
            "n_trials": self.n_trials,
            "interrupted": self.interrupted,
            "training": self.training.to_dict(),
        }


def tune(
    source: Source = None,
    *,
    space: SearchSpace | Mapping[str, Any] | str | PathLike[str] | None = None,
    budget: float = 10.0,
    max_trials: int | None = None,
    metric: str = "log_loss",
    cv: int = 3,
    preset: str = "accurate",
    params: Mapping[str, Any] | None = None,
    test: Source = None,
    validation: Source = None,
    text_column: str = "text",
    label_column: str = "label",
    label_names: Sequence[str] | None = None,
    split: str = "train",
    test_split: str = "test",
    encoding: str = "utf-8",
    input_format: str | None = None,
    experiment: str = "sentiment",
    register: str | None = None,
    alias: str | None = None,
    random_state: int = 42,
    progress: Callable[[str], None] | None = None,
) -> TuningResult:
    """Search for better parameters, and train with the best.

    Successive halving: candidates drawn at random are cross-validated on a ninth of
    the training rows, the best third of them on a third, and the best of those on all.
    The preset itself is tried first, on all rows. Neither validation nor test rows take
    part in the search. Ctrl-C ends it early, and the best so far is trained all the
    same; a second Ctrl-C ends that, too.

    Parameters
    ----------
    source : str, Path, DataFrame or None, default=None
        The training data, as :func:`sentiment.train` takes them, but for standard
        input: they are read twice.
    space : SearchSpace, mapping, path or None, default=None
        What may be tried; a path is read by :func:`read_space`. None is a space of our
        own for the preset.
    budget : float, default=10.0
        No trial begins after so many minutes. The trial that runs is finished, and the
        training at the end comes on top.
    max_trials : int or None, default=None
        The search also ends after so many trials. With it, and time enough, two
        searches of one ``random_state`` are equal.
    metric : {"log_loss", "accuracy", "roc_auc"}, default="log_loss"
        What is compared. Accuracy is coarse on few rows.
    cv : int, default=3
        Folds. More take longer and come nearer to a training on all rows.
    preset, params : as in :func:`sentiment.train`
        Where the search starts; ``space`` overrides ``params``.
    test, validation, text_column, label_column, label_names, split, test_split, \
encoding, input_format, experiment, register, alias, progress
        As in :func:`sentiment.train`.
    random_state : int, default=42
        Seeds the search, the folds and the training.

    Returns
    -------
    result : TuningResult

    Raises
    ------
    DataError
        If the data or the space cannot be read.
    InvalidParameterError
        If the space names what does not exist, or a value is out of range.
    KeyboardInterrupt
        If Ctrl-C comes before the first trial has ended.
    """
    _check(source, budget, max_trials, metric, cv)
    fixed = dict(params or {})
    space = _read_space(space, preset)
    for example in [{}, *space.examples()]:
        build_pipeline(preset, fixed | example, random_state)
    check_registration(register, alias)
    clock = Clock(progress)
    sources = Sources(source, test, validation, None, None, split, test_split)
    reading = Reading(text_column, label_column, label_names, encoding, input_format)
    fraction = default_validation_fraction(preset)
    with clock.stage("read", "Reading the data ..."):
        data = read_training_data(sources, reading, fraction, random_state)
    search = _Search(data, preset, fixed, metric, cv, random_state, experiment, clock)
    halving = Halving(
        space, make_sizes(len(data.X)), np.random.default_rng(random_state)
    )
    with tracked_run(experiment, run_name="search") as run:
        run.log(_started_records(search, space, budget, max_trials))
        interrupted = search.run(halving, 60.0 * budget, max_trials)
        best = halving.best
        if best is None:
            raise DataError(
                "No trial could be trained. The last one said: " + search.last_error
            )
        score = search.score_of(best)
        run.log(_found_records(best, metric, score, interrupted))
    result = train(
        source,
        test=test,
        validation=validation,
        text_column=text_column,
        label_column=label_column,
        label_names=label_names,
        split=split,
        test_split=test_split,
        encoding=encoding,
        input_format=input_format,
        preset=preset,
        params=fixed | best.params,
        experiment=experiment,
        run_name="best",
        register=register,
        alias=alias,
        random_state=random_state,
        progress=progress,
    )
    _make_child(result.run_id, run.run_id)
    return TuningResult(
        search_id=run.run_id,
        params=best.params,
        metric=metric,
        score=score,
        preset_score=search.score_of(halving.trials[0]),
        n_trials=sum(trial.loss is not None for trial in halving.trials),
        interrupted=interrupted,
        training=result,
    )


class _Search:
    """Runs trials, each as a child of the active run."""

    def __init__(
        self,
        data: TrainingData,
        preset: str,
        fixed: dict[str, Any],
        metric: str,
        cv: int,
        random_state: int,
        experiment: str,
        clock: Clock,
    ) -> None:
        self.data, self.preset, self.fixed, self.metric = data, preset, fixed, metric
        self.cv, self.random_state, self.experiment = cv, random_state, experiment
        self.last_error = ""
        self._clock = clock
        self._validation = CrossValidation(data.X, data.y, cv, random_state)

    def run(self, halving: Halving, seconds: float, max_trials: int | None) -> bool:
        """Try until the time is over; return whether Ctrl-C came before."""
        end = time.monotonic() + seconds
        while max_trials is None or len(halving.trials) < max_trials:
            if halving.trials and time.monotonic() >= end:
                break
            trial = halving.ask()
            if trial is None:
                self._clock.tell("Everything in the search space was tried.")
                break
            try:
                halving.tell(trial, self._try(trial))
            except KeyboardInterrupt:
                halving.drop(trial)
                if halving.best is None:
                    raise
                self._clock.tell("Stopped. Training with the best so far ...")
                return True
            self._clock.tell(self._describe(trial, halving.best))
        return False

    def score_of(self, trial: Trial) -> float:
        """Return the score behind the loss of a trial."""
        loss = float("inf") if trial.loss is None else trial.loss
        return loss if self.metric == "log_loss" else 1.0 - loss

    def _try(self, trial: Trial) -> float:
        name = f"trial {trial.number}"
        try:
            with tracked_run(self.experiment, run_name=name, nested=True) as run:
                run.log(_trial_records(trial))
                params = self.fixed | trial.params
                pipeline = build_pipeline(self.preset, params, self.random_state)
                scores = self._validation.score(pipeline, trial.n_rows)
                run.log([Metrics({f"cv_{key}": x for key, x in scores.items()})])
        except (SentimentError, ValueError) as error:
            # Such as a vocabulary that is empty on few rows: no reason to end.
            self.last_error = " ".join(str(error).split())
            return float("inf")
        if self.metric not in scores:
            return float("inf")
        value = scores[self.metric]
        return value if self.metric == "log_loss" else 1.0 - value

    def _describe(self, trial: Trial, best: Trial | None) -> str:
        name = self.metric.replace("_", " ")
        if trial.loss is None or not np.isfinite(trial.loss):
            line = f"Trial {trial.number}: failed. {self.last_error}"
        else:
            score = self.score_of(trial)
            line = f"Trial {trial.number} on {trial.n_rows:,} rows: {name} {score:.4f}."
        if best is None:
            return line
        return f"{line} Best on the most rows: {self.score_of(best):.4f}."


def _check(
    source: Source, budget: float, max_trials: int | None, metric: str, cv: int
) -> None:
    wrong = None
    if metric not in METRICS:
        wrong = "metric", "a str among {'accuracy', 'log_loss', 'roc_auc'}", metric
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
    if isinstance(source, str) and source == "-":
        raise DataError(
            "tune reads its data twice, and standard input can be read once only. Save "
            "it to a file first."
        )


def _read_space(space: Any, preset: str) -> SearchSpace:
    if space is None:
        return default_space(preset)
    if isinstance(space, SearchSpace):
        return space
    if isinstance(space, Mapping):
        return SearchSpace(space)
    return read_space(space)


def _started_records(
    search: _Search, space: SearchSpace, budget: float, max_trials: int | None
) -> Iterator[Record]:
    yield Tags({KIND: _SEARCH})
    yield Params(
        {
            "preset": search.preset,
            "data": search.data.source.record.name,
            "metric": search.metric,
            "cv": search.cv,
            "budget": budget,
            "max_trials": max_trials,
            "random_state": search.random_state,
            "n_rows": len(search.data.source.X),
            "n_rows_train": len(search.data.X),
        }
    )
    yield JsonFile("space.json", dict(space.values))
    yield from search.data.records


def _trial_records(trial: Trial) -> Iterator[Record]:
    yield Tags({KIND: _TRIAL})
    facts = {"trial": trial.number, "rung": trial.rung, "n_rows": trial.n_rows}
    yield Params(facts | trial.params)


def _found_records(
    best: Trial, metric: str, score: float, interrupted: bool
) -> Iterator[Record]:
    yield Tags({"sentiment.interrupted": str(interrupted).lower()})
    yield Params({"best_trial": best.number})
    yield JsonFile("best_params.json", best.params)
    yield Metrics({f"best_cv_{metric}": score})


def _make_child(run_id: str, parent_id: str) -> None:
    """Show the training under its search in MLflow's interface."""
    from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

    from sentiment.tracking._store import open_store

    client = open_store()
    client.set_tag(run_id, MLFLOW_PARENT_RUN_ID, parent_id)
    client.set_tag(parent_id, "sentiment.best_run", run_id)
