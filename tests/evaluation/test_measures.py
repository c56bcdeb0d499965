"""The metrics against scikit-learn, row by row and weighting by weighting."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from sentiment.evaluation._answers import Answers
from sentiment.evaluation._bootstrap import bootstrap, interval, pool_rows
from sentiment.evaluation._intervals import measure_repeats, wilson
from sentiment.evaluation._measures import N_BINS, Measures


def make_answers(n_rows, n_classes=2, *, seed=0, ties=False):
    rng = np.random.default_rng(seed)
    codes = np.concatenate(
        [np.arange(n_classes), rng.integers(0, n_classes, n_rows - n_classes)]
    )
    logits = rng.normal(size=(n_rows, n_classes)) * 2
    logits[np.arange(n_rows), codes] += 1.5
    if ties:
        logits = np.round(logits)
    table = np.exp(logits)
    table /= table.sum(axis=1, keepdims=True)
    classes = np.array([f"class {n}" for n in range(n_classes)])
    return Answers(classes, codes, table, table.argmax(axis=1))


def measure_slowly(answers, rows):
    """What scikit-learn says of some rows, each as often as it is named."""
    codes, table = answers.codes[rows], answers.probabilities[rows]
    said, labels = answers.chosen[rows], np.arange(len(answers.classes))
    n_classes = len(labels)
    present = sorted(set(codes) | set(said))
    with warnings.catch_warnings():
        # A resample without one of the classes: what we say of it is tested below.
        warnings.simplefilter("ignore")
        f1 = reference.f1_score(codes, said, labels=labels, average=None)
        balanced = reference.balanced_accuracy_score(codes, said)
        curves = [
            reference.roc_auc_score(codes == place, table[:, place])
            for place in ([1] if n_classes == 2 else labels)
        ]
    if n_classes == 2:
        said_p, true = table[:, 1], codes == 1
    else:
        said_p, true = table.max(axis=1), table.argmax(axis=1) == codes
    bins = np.minimum((said_p * N_BINS).astype(int), N_BINS - 1)
    gaps = [
        abs(said_p[bins == b].mean() - true[bins == b].mean()) * (bins == b).mean()
        for b in range(N_BINS)
        if (bins == b).any()
    ]
    return {
        "accuracy": reference.accuracy_score(codes, said),
        "balanced_accuracy": balanced,
        "f1": f1[present].mean(),
        **{
            f"f1_{answers.classes[n]}": f1[n] if n in present else np.nan
            for n in labels
        },
        "roc_auc": np.mean(curves),
        "log_loss": reference.log_loss(codes, table, labels=labels),
        "calibration_error": sum(gaps),
    }


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3, 7])
@pytest.mark.parametrize("n_rows", [8, 300])
def test_every_metric_is_what_scikit_learn_says(n_rows, n_classes, ties):
    answers = make_answers(n_rows, n_classes, ties=ties)
    expected = measure_slowly(answers, np.arange(n_rows))
    assert Measures(answers).point() == pytest.approx(expected, nan_ok=True, rel=1e-9)


@given(st.integers(0, 10_000), st.sampled_from([2, 3]), st.booleans())
def test_a_weighting_is_the_same_as_rows_that_are_repeated(seed, n_classes, ties):
    answers = make_answers(25, n_classes, seed=seed, ties=ties)
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(25, np.full(25, 1 / 25), size=3).T.astype(float)
    measures = Measures(answers)
    measured = measures.read(measures.add_up(weights))
    for column in range(3):
        rows = np.repeat(np.arange(25), weights[:, column].astype(int))
        expected = measure_slowly(answers, rows)
        found = {name: value[column] for name, value in measured.items()}
        assert found == pytest.approx(expected, nan_ok=True, rel=1e-9)


def test_an_auc_without_one_of_the_classes_is_not_defined():
    answers = make_answers(30).take(np.flatnonzero(make_answers(30).codes == 1))
    metrics = Measures(answers).point()
    assert np.isnan(metrics["roc_auc"])
    assert np.isnan(interval(metrics["roc_auc"], np.array([np.nan, 0.5]))).all()
    assert 0 < metrics["accuracy"] <= 1


def test_the_bootstrap_draws_as_many_rows_as_there_are_with_replacement():
    weights = bootstrap(500, np.copy, n_resamples=300, random_state=3)
    assert weights.shape == (500, 300)
    assert (weights.sum(axis=0) == 500).all()
    # A row is drawn Poisson(1) times, nearly: never with a probability of 1/e.
    assert (weights == 0).mean() == pytest.approx(np.exp(-1), abs=0.01)
    assert weights.var() == pytest.approx(1, abs=0.02)
    assert len({column.tobytes() for column in weights.T}) == 300


def test_pools_of_rows_move_no_interval():
    answers = make_answers(6000, seed=1)
    answers = answers.take(np.argsort(answers.probabilities[:, 1]))
    measures = Measures(answers)
    pools = pool_rows([answers], measures.bins)
    assert len(pools) < 3000
    drawn = {"n_resamples": 200, "random_state": 3}
    whole = bootstrap(6000, measures.add_up, **drawn)
    pooled = bootstrap(6000, measures.pooled(pools).add_up, **drawn, pools=pools)
    for name, value in measures.read(whole).items():
        ours = interval(0.5, measures.read(pooled)[name])
        assert ours == pytest.approx(interval(0.5, value), abs=3e-4)


def test_rows_that_pools_would_not_make_fewer_are_not_pooled():
    small, three = make_answers(4999), make_answers(6000, 3)
    large = make_answers(6000)
    for answers in ([small], [three], [large, large]):
        assert pool_rows(answers, Measures(answers[0]).bins) is None


def test_a_seed_draws_the_same_however_many_threads_draw(monkeypatch):
    drawn = []
    for n_threads in (1, 3):
        monkeypatch.setattr(
            "sentiment.evaluation._bootstrap.count_threads", lambda n=n_threads: n
        )
        drawn.append(bootstrap(50, np.copy, n_resamples=60, random_state=3))
    assert np.array_equal(*drawn)
    assert not np.array_equal(
        drawn[0], bootstrap(50, np.copy, n_resamples=60, random_state=4)
    )


def test_an_interval_is_moved_by_what_resampling_adds_by_itself():
    drawn = np.linspace(0.6, 0.8, 101)
    assert interval(0.5, drawn) == pytest.approx((0.405, 0.595))


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    held = 0
    for seed in range(200):
        right = np.random.default_rng(seed).random(200) < 0.8
        table = np.column_stack([np.where(right, 0.9, 0.1), np.where(right, 0.1, 0.9)])
        answers = Answers(
            np.array([0, 1]), np.zeros(200, int), table, table.argmax(axis=1)
        )
        measures = Measures(answers)
        drawn = measures.read(
            bootstrap(200, measures.add_up, n_resamples=120, random_state=seed)
        )
        low, high = interval(measures.point()["accuracy"], drawn["accuracy"])
        held += low <= 0.8 <= high
    # 95 % of 200, give or take three standard errors.
    assert 180 <= held <= 199


def test_the_interval_of_a_calibration_error_holds_it():
    for seed in range(10):
        answers = make_answers(400, seed=seed)
        measures = Measures(answers)
        drawn = measures.read(
            bootstrap(400, measures.add_up, n_resamples=200, random_state=0)
        )
        value = measures.point()["calibration_error"]
        low, high = interval(value, drawn["calibration_error"])
        assert low < value < high


def test_few_rows_that_are_all_right_are_no_proof():
    low, high = wilson(1.0, 20)
    assert (low, high) == (pytest.approx(0.8389, abs=1e-4), 1.0)
    assert wilson(0.0, 20) == (0.0, pytest.approx(1 - low))
    # Of many rows, as the bootstrap has it.
    answers = make_answers(2000, seed=4)
    measures = Measures(answers)
    drawn = bootstrap(2000, measures.add_up, n_resamples=1000, random_state=0)
    accuracy = measures.point()["accuracy"]
    expected = interval(accuracy, measures.read(drawn)["accuracy"])
    assert wilson(accuracy, 2000) == pytest.approx(expected, abs=2e-3)


def test_a_row_that_stands_there_four_times_is_no_more_evidence():
    answers = make_answers(60)
    times = np.tile(np.arange(60), 4)
    once, _ = measure_repeats([answers])
    metrics, intervals = measure_repeats([answers.take(times)], times)
    assert metrics == pytest.approx(once)
    expected = measure_repeats([answers])[1]
    for name, ends in intervals.items():
        assert ends == pytest.approx(expected[name], abs=1e-9), name


def test_repeats_are_averaged_and_not_taken_for_more_rows():
    first, second = make_answers(80), make_answers(80, seed=9)
    second = replace(second, codes=first.codes)
    metrics, intervals = measure_repeats([first, second])
    points = [Measures(one).point() for one in (first, second)]
    for name, value in metrics.items():
        assert value == pytest.approx(np.mean([one[name] for one in points]))
        assert intervals[name][0] <= value <= intervals[name][1]
    low, high = measure_repeats([first, first])[1]["roc_auc"]
    assert (low, high) == pytest.approx(measure_repeats([first])[1]["roc_auc"])
