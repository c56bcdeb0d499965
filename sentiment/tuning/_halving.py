"""Successive halving: many candidates on few rows, the best of them on more.

::

    rows      3,000   c1 c2 c3 c4 c5 c6 c7 c8 c9
    rows      9,000   c1       c4          c8
    rows     27,000                        c8     and the preset
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sentiment.tuning._space import SearchSpace

_ETA = 3
_FEWEST_ROWS = 1000
_MOST_RUNGS = 3
# A preset is good in most respects: of 13 parameters drawn anew, some would spoil what
# the others have gained.
_CHANGED = 1 / 3
# A space of few values is used up when so many draws in a row were tried before.
_ATTEMPTS = 100


@dataclass
class Trial:
    """One candidate on so many rows.

    ``number``: of the trial, from 0. ``params``: what differs from the preset.
    ``rung``: 0 is the one with the fewest rows. ``n_rows``: the rows it is
    cross-validated on. ``loss``: lower is better, infinite if the candidate cannot be
    trained; None until :meth:`Halving.tell`.
    """

    number: int
    params: dict[str, Any]
    rung: int
    n_rows: int
    loss: float | None = None


@dataclass
class Halving:
    """Says which candidate is to be tried next, without an end of its own.

    Asynchronous: a candidate rises to the next rung as soon as it is among the best
    third of its own, so that the search may be stopped at any moment and has then
    tried something on all rows. Trial 0 is the preset itself, on all rows; a new
    candidate is the best so far with about a third of the parameters drawn anew.

    References
    ----------
    L. Li et al. (2020). "A System for Massively Parallel Hyperparameter Tuning". MLSys.
    """

    space: SearchSpace
    sizes: list[int]
    rng: np.random.Generator
    trials: list[Trial] = field(default_factory=list)

    def ask(self) -> Trial | None:
        """Return the next trial; None when nothing new is found to try."""
        if not self.trials:
            return self._add({}, self.last_rung)
        for rung in reversed(range(self.last_rung)):
            rising = self._find_rising(rung)
            if rising is not None:
                return self._add(rising.params, rung + 1)
        tried = [one.params for one in self.trials]
        for _ in range(_ATTEMPTS):
            params = self._propose()
            if params not in tried:
                return self._add(params, 0)
        return None

    def tell(self, trial: Trial, loss: float) -> None:
        """Take the loss of a trial."""
        trial.loss = loss

    def drop(self, trial: Trial) -> None:
        """Forget a trial that was stopped before its end."""
        self.trials.remove(trial)

    @property
    def last_rung(self) -> int:
        """The rung of all rows."""
        return len(self.sizes) - 1

    @property
    def best(self) -> Trial | None:
        """The best trial of those on the most rows."""
        done = [one for one in self.trials if np.isfinite(_loss(one))]
        return min(done, key=lambda one: (-one.rung, _loss(one)), default=None)

    def _propose(self) -> dict[str, Any]:
        """Change some parameters of the best, at least one."""
        drawn = self.space.draw(self.rng)
        changed = self.rng.random(len(drawn)) < _CHANGED
        changed[self.rng.integers(len(drawn))] = True
        best = self.best
        return (best.params if best else {}) | {
            name: value
            for name, value, is_changed in zip(
                drawn, drawn.values(), changed, strict=True
            )
            if is_changed
        }

    def _add(self, params: dict[str, Any], rung: int) -> Trial:
        self.trials.append(Trial(len(self.trials), params, rung, self.sizes[rung]))
        return self.trials[-1]

    def _find_rising(self, rung: int) -> Trial | None:
        done = [one for one in self.trials if one.rung == rung and one.loss is not None]
        best = sorted(done, key=_loss)[: len(done) // _ETA]
        risen = [one.params for one in self.trials if one.rung == rung + 1]
        for one in best:
            if np.isfinite(_loss(one)) and one.params not in risen:
                return one
        return None


def _loss(trial: Trial) -> float:
    return float("inf") if trial.loss is None else trial.loss


def make_sizes(n_rows: int) -> list[int]:
    """Return the rows of each rung, a third of the next, the last all rows.

    Examples
    --------
    >>> make_sizes(22_500), make_sizes(5_000), make_sizes(300)
    ([2500, 7500, 22500], [1666, 5000], [300])
    """
    sizes = [n_rows]
    while sizes[0] // _ETA >= _FEWEST_ROWS and len(sizes) < _MOST_RUNGS:
        sizes.insert(0, sizes[0] // _ETA)
    return sizes
