"""Which candidate is tried next, and which one wins."""

import numpy as np
import pytest

from sentiment.tuning import SearchSpace
from sentiment.tuning._halving import Halving, make_sizes


def make_halving(sizes=(100, 300, 900), seed=0):
    space = SearchSpace({"x": {"low": 0.0, "high": 1.0}})
    return Halving(space, list(sizes), np.random.default_rng(seed))


def run(halving, n_trials, loss):
    for _ in range(n_trials):
        trial = halving.ask()
        halving.tell(trial, loss(trial))
    return halving


def by_x(trial):
    return abs(trial.params.get("x", 0.9) - 0.5)


def test_the_preset_is_tried_first_and_on_all_rows():
    trial = make_halving().ask()
    assert (trial.params, trial.rung, trial.n_rows) == ({}, 2, 900)


def test_every_proposal_changes_something():
    halving = run(make_halving(), 1, by_x)
    assert all(halving._propose() for _ in range(50))


def test_the_best_third_of_each_rung_rises_and_nothing_else():
    halving = run(make_halving(), 60, by_x)
    for rung in (0, 1):
        here = [one for one in halving.trials if one.rung == rung and one.params]
        above = [one for one in halving.trials if one.rung == rung + 1 and one.params]
        # Some rose early that later ones have overtaken: no more than half.
        assert len(here) // 3 - 2 <= len(above) <= len(here) // 2
        assert len(above) >= 2
        worst_above = max(by_x(one) for one in above)
        assert worst_above <= np.quantile([by_x(one) for one in here], 0.6)
        params = [one.params["x"] for one in above]
        assert len(set(params)) == len(params), "tried twice on the same rows"


def test_it_finds_the_minimum():
    best = run(make_halving(), 200, by_x).best
    assert best.n_rows == 900
    assert by_x(best) < 0.02


def test_a_candidate_changes_some_parameters_of_the_best():
    names = [f"p{i}" for i in range(12)]
    space = SearchSpace({name: {"low": 0.0, "high": 1.0} for name in names})
    halving = Halving(space, [100], np.random.default_rng(0))
    run(halving, 1, lambda trial: 1.0)
    run(halving, 1, lambda trial: 0.5)
    best = halving.best.params
    assert best, "the preset changed in nothing"
    run(halving, 50, lambda trial: 2.0)
    changed = [
        sum(best.get(name) != value for name, value in one.params.items())
        for one in halving.trials[2:]
    ]
    assert all(best.keys() <= one.params.keys() for one in halving.trials[2:])
    assert min(changed) >= 1
    assert 3 < np.mean(changed) < 6


def test_few_rows_count_less_than_all_rows():
    # On few rows everything looks better than the preset does on all.
    halving = run(make_halving(), 5, lambda trial: 0.01 * (trial.rung + 1))
    assert halving.best.params == {}


def test_a_candidate_that_cannot_be_trained_never_rises_and_never_wins():
    halving = run(make_halving(), 40, lambda trial: float("inf"))
    assert halving.best is None
    assert {one.rung for one in halving.trials[1:]} == {0}


def test_a_trial_that_was_stopped_is_forgotten():
    halving = make_halving()
    first = halving.ask()
    halving.tell(first, 0.3)
    halving.drop(halving.ask())
    assert halving.trials == [first]


def test_a_space_that_is_used_up_ends_the_search():
    space = SearchSpace({"x": [1, 2]})
    halving = Halving(space, [100], np.random.default_rng(0))
    run(halving, 3, lambda trial: 1.0)
    assert halving.ask() is None
    assert sorted(one.params.get("x", 0) for one in halving.trials) == [0, 1, 2]


def test_the_same_seed_asks_the_same():
    first, second = (run(make_halving(seed=3), 30, by_x) for _ in range(2))
    assert first.trials == second.trials
    assert run(make_halving(seed=4), 30, by_x).trials != first.trials


@pytest.mark.parametrize("n_rows", [1, 999, 1000, 3000, 9000, 10**6])
def test_the_last_rung_has_all_rows_and_the_first_enough(n_rows):
    sizes = make_sizes(n_rows)
    assert sizes[-1] == n_rows
    assert sizes == sorted(sizes)
    assert len(sizes) <= 3
    assert sizes[0] >= min(n_rows, 1000)
