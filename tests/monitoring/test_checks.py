"""The tests behind the alarms keep their word: chance is as rare as they say."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import betabinom, ks_2samp

from sentiment.monitoring._checks import Check, decide
from sentiment.monitoring._distribution import (
    Distribution,
    exceedance_p_value,
    expected_share,
)


def test_p_values_are_corrected_step_by_step_over_all_groups():
    one = Check("score", "distribution", 0.5, 0.6, 0.2, 0.2, 0.0)
    values = [[0.5, 0.001], [0.004, 0.0045]]
    groups = [[replace(one, p_value=value) for value in group] for group in values]
    found = decide(groups)
    corrected = [[check.corrected for check in group] for group in found]
    # The smallest of four by 4, the next by 3, by 2, by 1; never below the one before.
    assert corrected == [[0.5, 0.004], [0.012, 0.012]]
    # An effect at the limit is as large as it takes.
    assert [[check.alarm for check in group] for group in found] == [
        [False, True],
        [False, False],
    ]


@pytest.mark.parametrize("n_rows", [1, 2, 30, 2500])
def test_a_distribution_says_how_many_rows_lie_where(n_rows):
    values = np.random.default_rng(0).normal(size=n_rows)
    found = Distribution.of(values)
    assert Distribution.from_dict(found.to_dict()) == found
    assert found.cdf([values.min() - 1, values.max() + 1]).tolist() == [0, 1]
    for at in (-0.9, 0.0, 1.1):
        share = (values <= at).mean()
        assert found.cdf(at) == pytest.approx(share, abs=0.02 + 1 / n_rows)
    assert found.shares().sum() == pytest.approx(1)
    assert (values < found.low).mean() <= 0.001


def test_many_equal_numbers_do_no_harm():
    found = Distribution.of(np.repeat([0.0, 0.5], [900, 100]))
    assert found.psi(found.count(np.zeros(500))) > 0
    assert found.psi(found.count(np.repeat([0.0, 0.5], [450, 50]))) == 0
    same = Distribution.of(np.zeros(50))
    assert same.psi(same.count(np.ones(50))) == 0
    assert same.p_value(same.count(np.ones(50))) < 1e-10


def test_the_two_sample_test_is_that_of_kolmogorov_and_smirnov():
    rng = np.random.default_rng(1)
    here, there = rng.normal(size=2000), rng.normal(0.2, 1.1, size=700)
    found = Distribution.of(here)
    counts, truth = found.count(there), ks_2samp(here, there)
    assert found.distance(counts) == pytest.approx(truth.statistic, abs=0.012)
    assert found.distance(counts) <= truth.statistic + 1e-12
    assert found.p_value(counts) >= 0.5 * truth.pvalue


@pytest.mark.parametrize(("n_rows", "n_new"), [(40, 30), (40, 1000), (2000, 50)])
def test_chance_alone_is_as_rare_as_the_p_values_say(n_rows, n_new):
    rng = np.random.default_rng(2)
    small = np.zeros(3)
    n_times = 400
    for _ in range(n_times):
        found = Distribution.of(rng.random(n_rows))
        new = rng.random(n_new)
        counts = found.count(new)
        beyond = int(((new < found.low) | (new > found.high)).sum())
        small += [
            found.p_value(counts) < 0.05,
            exceedance_p_value(beyond, n_new, 2, n_rows, 0.0) < 0.05,
            found.psi(counts) > 0,
        ]
    assert small[0] <= 0.09 * n_times
    assert small[1] <= 0.09 * n_times
    # Bins of few rows are not quite chi square: twice one in a hundred, and luck.
    assert small[2] <= 0.05 * n_times


def test_rows_beyond_the_reference_follow_the_law_of_exceedances():
    # The limit is the third of 2,500: one in a thousand, rounded up.
    truth = betabinom.sf(4, 700, 3, 2498)
    assert exceedance_p_value(5, 700, 1, 2500, 0.0) == pytest.approx(truth, rel=0.1)
    assert exceedance_p_value(0, 700, 4, 2500, 0.02) == pytest.approx(1)
    assert expected_share(4, 3) == 1


def test_many_checks_need_more_of_each():
    one = Check("score", "distribution", 0.5, 0.6, 0.5, 0.2, 0.004)
    [[alone]] = decide([[one]])
    [[*among_many]] = decide([[one] * 3])
    assert alone.alarm
    assert not any(check.alarm for check in among_many)
    assert among_many[0].corrected == pytest.approx(0.012)
    [[trifle]] = decide([[Check("score", "distribution", 0.5, 0.51, 0.1, 0.2, 1e-9)]])
    assert not trifle.alarm
