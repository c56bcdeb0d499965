"""One search: what it tries, records, keeps when stopped, and refuses."""

import numpy as np
import pytest

from sentiment import load_model
from sentiment._sklearn import InvalidParameterError
from sentiment.exceptions import DataError
from sentiment.tuning import tune
from sentiment.tuning._cross_validation import CrossValidation
from sentiment.pipeline import make_sentiment_pipeline

C = "classify__estimator__C"
SPACE = {C: [0.01, 0.1, 1.0, 10.0], "vectorize__ngram_range": [(1, 1), (1, 2)]}


def run_tune(reviews, **options):
    given = {"space": SPACE, "preset": "fast", "max_trials": 4, "progress": list}
    return tune(reviews, **given | options)


@pytest.fixture(scope="module")
def searched(in_folder, reviews):
    """A finished search, and a client of its store."""
    import mlflow

    in_folder()
    lines = []
    result = run_tune(reviews, test=reviews, progress=lines.append)
    return result, mlflow.MlflowClient(), lines


def find_children(client, result):
    experiment = client.get_run(result.search_id).info.experiment_id
    return client.search_runs(
        [experiment], f"tags.`mlflow.parentRunId` = '{result.search_id}'"
    )


def test_each_trial_is_a_child_run_with_its_parameters_and_scores(searched):
    result, client, _ = searched
    trials = [
        run
        for run in find_children(client, result)
        if run.data.tags["sentiment.kind"] == "trial"
    ]
    assert len(trials) == result.n_trials == 4
    for run in trials:
        assert run.info.status == "FINISHED"
        assert {"cv_log_loss", "cv_accuracy", "cv_roc_auc"} <= set(run.data.metrics)
        assert run.data.params["n_rows"] == "29"
    tried = {(run.data.params.get(C), run.data.params.get("vectorize__ngram_range")) for run in trials}
    assert len(tried) == 4
    assert (None, None) in tried, "the preset itself was not tried"


def test_the_best_is_trained_and_logged_as_a_model(searched, reviews):
    result, client, _ = searched
    trials = find_children(client, result)
    losses = [run.data.metrics.get("cv_log_loss", np.inf) for run in trials]
    assert result.score == pytest.approx(min(losses))
    run = client.get_run(result.training.run_id)
    assert run.data.tags["mlflow.parentRunId"] == result.search_id
    for name, value in result.params.items():
        assert run.data.params[name] in (str(value), str(list(value) if isinstance(value, tuple) else value))
    model = load_model(result.training.run_id)
    assert model.predict(reviews["text"]).shape == (32,)
    for name, value in result.params.items():
        assert model.get_params()[name] == value
    assert result.training.metrics["test_accuracy"] > 0.9


def test_the_search_itself_is_recorded(searched):
    result, client, _ = searched
    run = client.get_run(result.search_id)
    assert run.info.status == "FINISHED"
    assert run.data.tags["sentiment.kind"] == "search"
    assert run.data.tags["sentiment.best_run"] == result.training.run_id
    assert run.data.metrics["best_cv_log_loss"] == pytest.approx(result.score)
    names = {file.path for file in client.list_artifacts(result.search_id)}
    assert {"space.json", "best_params.json"} <= names


def test_progress_is_told_trial_by_trial(searched):
    _, _, lines = searched
    told = [line for line in lines if line.startswith("Trial ")]
    assert len(told) == 4
    assert all("log loss" in line and "Best on the most rows" in line for line in told)


def test_the_same_seed_finds_the_same(store, reviews):
    first = run_tune(reviews)
    second = run_tune(reviews)
    assert first.params == second.params
    assert first.score == second.score


def test_no_validation_row_takes_part_in_the_search(store, reviews, monkeypatch):
    seen = []
    score = CrossValidation.score

    def spy(self, pipeline, n_rows):
        seen.extend(self._X["text"])
        return score(self, pipeline, n_rows)

    monkeypatch.setattr(CrossValidation, "score", spy)
    run_tune(reviews, max_trials=1)
    assert len(set(seen)) == 29
    assert set(seen) < set(reviews["text"])


@pytest.mark.parametrize("n_finished", [1, 3])
def test_ctrl_c_keeps_the_best_so_far_and_trains_it(
    n_finished, store, reviews, monkeypatch
):
    calls = []
    score = CrossValidation.score

    def interrupted(self, pipeline, n_rows):
        calls.append(n_rows)
        if len(calls) > n_finished:
            raise KeyboardInterrupt
        return score(self, pipeline, n_rows)

    monkeypatch.setattr(CrossValidation, "score", interrupted)
    result = run_tune(reviews, max_trials=None)
    assert result.interrupted
    assert result.n_trials == n_finished
    assert load_model(result.training.run_id).predict(["great fun"]).shape == (1,)
    children = find_children(store, result)
    assert sorted(run.info.status for run in children) == sorted(
        ["FINISHED"] * (n_finished + 1) + ["KILLED"]
    )
    search = store.get_run(result.search_id)
    assert search.info.status == "FINISHED"
    assert search.data.tags["sentiment.interrupted"] == "true"


def test_ctrl_c_before_the_first_trial_has_ended_keeps_nothing(
    store, reviews, monkeypatch
):
    def interrupted(self, pipeline, n_rows):
        raise KeyboardInterrupt

    monkeypatch.setattr(CrossValidation, "score", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_tune(reviews)
    runs = store.search_runs([store.get_experiment_by_name("sentiment").experiment_id])
    assert {run.info.status for run in runs} == {"KILLED"}


def test_a_budget_that_is_over_begins_no_trial_but_the_first(store, reviews):
    result = run_tune(reviews, budget=1e-6, max_trials=None)
    assert result.n_trials == 1
    assert result.params == {}
    assert result.score == result.preset_score


def test_a_candidate_that_cannot_be_trained_does_not_end_the_search(store, reviews):
    lines = []
    # In none of 28 reviews is an n-gram 29 times, so every other vocabulary is empty.
    result = run_tune(
        reviews,
        space={"vectorize__min_df": [1.0, 1]},
        max_trials=3,
        progress=lines.append,
    )
    assert any("failed. NgramVectorizer has no n-gram left" in line for line in lines)
    assert result.params != {"vectorize__min_df": 1.0}
    statuses = [run.info.status for run in find_children(store, result)]
    assert statuses.count("FAILED") == 1


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"metric": "f1"}, InvalidParameterError, "'metric' parameter of tune must be"),
        ({"budget": 0}, InvalidParameterError, "'budget' parameter of tune must be"),
        ({"max_trials": 0}, InvalidParameterError, "'max_trials' parameter of tune"),
        ({"cv": 1}, InvalidParameterError, "'cv' parameter of tune must be"),
        ({"space": {"min_df": [1]}}, InvalidParameterError, "no parameter 'min_df'"),
        ({"space": {C: [1.0, -1.0]}}, InvalidParameterError, "The 'C' parameter of"),
        ({"space": "none.yaml"}, DataError, "cannot be read"),
    ],
)
def test_what_cannot_be_searched_is_refused_before_a_run_begins(
    options, kind, message, no_store, reviews
):
    with pytest.raises(kind, match=message):
        run_tune(reviews, **options)
    assert list(no_store.iterdir()) == []


def test_standard_input_is_refused_since_it_is_read_twice(no_store):
    with pytest.raises(DataError, match="standard input can be read once only"):
        tune("-", max_trials=1)


def test_scores_are_those_of_rows_that_were_not_seen(reviews):
    # A word of its own for each row and labels by chance: seen rows are known by heart.
    rng = np.random.default_rng(0)
    texts = reviews.assign(text=[f"word{i}" for i in range(32)])
    labels = reviews["label"].sample(frac=1, random_state=1).reset_index(drop=True)
    validation = CrossValidation(texts[["text"]], labels, 4, int(rng.integers(100)))
    pipeline = make_sentiment_pipeline("fast", vectorize__min_df=1)
    scores = validation.score(pipeline, 32)
    assert scores["accuracy"] < 0.8
    assert validation.score(pipeline, 32) == pytest.approx(scores)


def test_a_class_with_one_row_does_not_end_the_search(reviews):
    rare = reviews.copy()
    rare.loc[5, "label"] = "mixed"
    validation = CrossValidation(rare[["text"]], rare["label"], 3, 0)
    scores = validation.score(make_sentiment_pipeline("fast"), 32)
    assert 0.5 < scores["accuracy"] < 1.0
    assert np.isfinite(scores["log_loss"])


def test_fewer_rows_are_some_of_the_same_with_every_class(make):
    data = make(90, names=("negative", "positive", "neutral"))
    validation = CrossValidation(data[["text"]], data["label"], 3, 0)
    few, many = validation._draw_rows(10), validation._draw_rows(40)
    assert set(few) < set(many)
    assert set(data["label"].iloc[few]) == {"negative", "positive", "neutral"}
    assert len(validation._draw_rows(90)) == 90
