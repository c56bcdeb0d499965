"""What a search and its trials record, as lists: no store, no clock."""

from collections.abc import Iterator, Mapping
from typing import Any

from sentiment.tracking import KIND, JsonFile, Metrics, Params, Record, Tags
from sentiment.training import TrainingData
from sentiment.tuning._halving import Trial
from sentiment.tuning._space import SearchSpace

_SEARCH, _TRIAL = "search", "trial"


def started_records(
    settings: Mapping[str, Any], data: TrainingData, space: SearchSpace
) -> Iterator[Record]:
    """Yield what is known when a search begins."""
    yield Tags({KIND: _SEARCH})
    yield Params(
        {
            **settings,
            "data": data.source.record.name,
            "split": data.split,
            "n_rows": len(data.source.X),
            "n_rows_train": len(data.X),
        }
    )
    yield JsonFile("space.json", dict(space.values))
    yield from data.records


def trial_records(trial: Trial, values: Mapping[str, Any]) -> Iterator[Record]:
    """Yield what is known when a trial begins; ``values`` of all that is searched."""
    yield Tags({KIND: _TRIAL})
    facts = {"trial": trial.number, "rung": trial.rung, "n_rows": trial.n_rows}
    yield Params(facts | dict(values))


def found_records(
    best: Trial, settings: Mapping[str, Any], scores: Mapping[str, float], n_trials: int
) -> Iterator[Record]:
    """Yield what is known when a search ends, in good order or not.

    ``best_params.json`` is a file for ``sentiment train --config``.
    """
    again = {key: settings[key] for key in ("preset", "random_state")}
    params = settings["params"] | best.params
    yield JsonFile("best_params.json", again | {"params": params})
    yield Params({"best_trial": best.number, "n_trials": n_trials})
    yield Metrics({f"best_cv_{name}": value for name, value in scores.items()})
