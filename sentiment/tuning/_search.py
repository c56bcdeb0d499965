"""Run the trials of a search, each as a child of the active run."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sklearn.pipeline import Pipeline

from sentiment.exceptions import DataError, SentimentError, TrackingError
from sentiment.tracking import Metrics, tracked_run
from sentiment.training import Clock, CrossValidation, HeldOut
from sentiment.tuning._halving import Halving, Trial
from sentiment.tuning._records import trial_records

LOWER_IS_BETTER = {"log_loss": True, "accuracy": False, "roc_auc": False}
"""The metrics that a search compares."""

# So many in a row, and the next would fail as well.
_MOST_FAILURES = 10


class BudgetOver(BaseException):
    """The time is over in the middle of a trial.

    Not an ``Exception``, like ``KeyboardInterrupt``: the run of the trial ends KILLED,
    not FAILED.
    """


@dataclass
class Search:
    """Asks for trials, runs them, and knows their scores.

    ``halving``: says what is tried next. ``validation``: says how good it is.
    ``build``: builds the Pipeline of some parameters. ``metric``: what is compared.
    ``experiment``: where the runs go. ``clock``: tells how far the search is.
    """

    halving: Halving
    validation: CrossValidation
    build: "Callable[[Mapping[str, Any]], Pipeline]"
    metric: str
    experiment: str
    clock: Clock
    _answers: dict[int, HeldOut] = field(default_factory=dict)
    _scores: dict[int, dict[str, float]] = field(default_factory=dict)
    _error: str = ""
    _n_failures: int = 0
    _start: float = 0.0
    _seconds: float = 0.0

    def run(self, seconds: float, max_trials: int | None) -> bool:
        """Try until the time is over; return whether Ctrl-C came before.

        The first trial is finished whatever the time, for there must be something to
        train with. A later one is stopped at its next fold.

        Raises DataError if no trial could be trained, and KeyboardInterrupt if Ctrl-C
        came before a trial was finished.
        """
        self._start, self._seconds = time.monotonic(), seconds
        while max_trials is None or len(self.halving.trials) < max_trials:
            try:
                going_on = self._step()
            except KeyboardInterrupt:
                if self.best is None:
                    raise
                self.clock.tell(
                    "Stopped. Training with the best so far; Ctrl-C stops that, too."
                )
                return True
            if not going_on:
                break
        if self.best is None:
            raise DataError(f"No trial could be trained. The last: {self._error}")
        return False

    @property
    def best(self) -> Trial | None:
        """The best of those on the most rows."""
        return self.halving.best

    @property
    def n_finished(self) -> int:
        """How many trials were scored or failed."""
        return sum(trial.loss is not None for trial in self.halving.trials)

    def scores_of(self, trial: Trial) -> dict[str, float]:
        """Return the scores of a trial; empty if it could not be trained."""
        return self._scores.get(trial.number, {})

    def gain_of(self, trial: Trial) -> tuple[float | None, float | None]:
        """Return how much better a trial is than the preset, with standard error."""
        preset = self.halving.trials[0]
        ours, theirs = self._answers.get(trial.number), self._answers.get(0)
        if ours is None or theirs is None or trial.rung != preset.rung:
            return None, None
        gain = self._loss(preset) - self._loss(trial)
        return gain, ours.error_of_gain(theirs, self.metric)

    def choose(self) -> Trial:
        """Return the best trial, or the start if the best may be better by chance.

        The best of many trials is lucky, too: what beats the start by less than twice
        the error of that, on the same rows and folds, may be worse on new rows.
        """
        start, best = self.halving.trials[0], self.best
        assert best is not None
        gain, error = self.gain_of(best)
        if gain is None or error is None:
            return best
        return best if gain > 2 * error else start

    def _step(self) -> bool:
        """Run one trial; return whether there is time and reason for another."""
        if self.halving.trials and self._spent >= self._seconds:
            return False
        trial = self.halving.ask()
        if trial is None:
            self.clock.tell("Everything in the search space was tried.")
            return False
        try:
            self._try(trial)
        except BudgetOver:
            self.halving.drop(trial)
            return False
        except BaseException:
            self.halving.drop(trial)
            raise
        self.halving.tell(trial, self._loss(trial))
        minutes = f"{self._spent / 60:.1f} of {self._seconds / 60:g} min."
        self.clock.tell(f"{self._describe(trial)} {minutes}")
        if self._n_failures == _MOST_FAILURES:
            self.clock.tell(
                f"{_MOST_FAILURES} trials in a row could not be trained, so the search "
                "ends. Look at the values of the search space."
            )
            return False
        return True

    @property
    def _spent(self) -> float:
        return time.monotonic() - self._start

    def _try(self, trial: Trial) -> None:
        def check_time() -> None:
            if trial.number > 0 and self._spent >= self._seconds:
                raise BudgetOver

        name = f"trial {trial.number}"
        try:
            with tracked_run(self.experiment, run_name=name, nested=True) as run:
                pipeline = self.build(trial.params)
                known = pipeline.get_params()
                searched = {key: known[key] for key in self.halving.space.values}
                run.log(trial_records(trial, searched))
                started = time.perf_counter()
                answers = self.validation.answer(pipeline, trial.n_rows, check_time)
                seconds = time.perf_counter() - started
                scores = answers.scores()
                measured = {f"cv_{key}": value for key, value in scores.items()}
                run.log([Metrics(measured | {"seconds": seconds})])
        except TrackingError:
            raise
        except (SentimentError, ValueError) as error:
            # Such as a vocabulary that is empty on few rows: no reason to end.
            self._error = " ".join(str(error).split())
            self._n_failures += 1
            return
        self._n_failures = 0
        self._scores[trial.number] = scores
        if trial.rung == self.halving.last_rung:
            self._answers[trial.number] = answers

    def _loss(self, trial: Trial) -> float:
        value = self.scores_of(trial).get(self.metric)
        if value is None:
            return float("inf")
        return value if LOWER_IS_BETTER[self.metric] else 1.0 - value

    def _describe(self, trial: Trial) -> str:
        scores, name = self.scores_of(trial), self.metric.replace("_", " ")
        if not scores:
            return f"Trial {trial.number} could not be trained: {self._error}"
        line = f"Trial {trial.number} on {trial.n_rows:,} rows"
        if self.metric not in scores:
            return f"{line}: no {name}, for a class is missing from them."
        line = f"{line}: {name} {scores[self.metric]:.4f}."
        best = self.best
        if best is None or best is trial:
            return f"{line} The best so far."
        best_score = self.scores_of(best)[self.metric]
        return f"{line} Best so far: trial {best.number}, {best_score:.4f}."
