"""One search: what it tries, records, keeps when stopped, and refuses."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from sentiment import load_model, make_sentiment_pipeline
from sentiment._sklearn import InvalidParameterError
from sentiment.exceptions import DataError, DataWarning, LabelError, TrackingError
from sentiment.termination import Terminated
from sentiment.training import TrainingResult, read_parameter_file
from sentiment.training._cross_validation import CrossValidation
from sentiment.tuning import _tune, tune
from sentiment.tuning._search import Search

C = "classify__estimator__C"
NGRAMS = "vectorize__ngram_range"
SPACE = {C: [0.01, 0.1, 1.0, 10.0], NGRAMS: [[1, 1], [1, 2]]}


def run_tune(reviews, **options):
    given = {"space": SPACE, "preset": "fast", "max_trials": 4, "progress": list}
    return tune(reviews, **{"prior": None} | given | options)


@pytest.fixture
def no_training(monkeypatch):
    """Leave the training at the end out where only the search is of interest."""
    monkeypatch.setattr(
        _tune,
        "record_training",
        lambda *_: TrainingResult("0" * 32, "runs:/0/model", "sentiment", {}, 0.0, 0),
    )


@pytest.fixture
def answering(monkeypatch):
    """Do something before the trial that comes after some others."""
    answer = CrossValidation.answer

    def answering(n_before, do):
        calls = []

        def spy(self, *arguments, **others):
            calls.append(1)
            if len(calls) == n_before + 1:
                do()
            return answer(self, *arguments, **others)

        monkeypatch.setattr(CrossValidation, "answer", spy)

    return answering


def throw(error):
    def throw():
        raise error

    return throw


@pytest.fixture(scope="module")
def searched(in_folder, make):
    """A finished search, a client of its store, what was told, and the data."""
    import mlflow

    in_folder()
    lines, reviews = [], make(64)
    options = {"prior": "auto", "progress": lines.append}
    result = run_tune(reviews[:40], test=reviews[40:], **options)
    return result, mlflow.MlflowClient(), lines, reviews


def find_children(client, result):
    experiment = client.get_run(result.search_id).info.experiment_id
    return client.search_runs(
        [experiment], f"tags.`mlflow.parentRunId` = '{result.search_id}'"
    )


def find_trials(client, result):
    children = find_children(client, result)
    return [run for run in children if run.data.tags["sentiment.kind"] == "trial"]


def find_statuses(client):
    experiment = client.get_experiment_by_name("sentiment").experiment_id
    return {
        run.info.run_name: run.info.status for run in client.search_runs([experiment])
    }


def read_best(client, search_id, folder):
    path = client.download_artifacts(search_id, "best_params.json", str(folder))
    return read_parameter_file(path)


def test_each_trial_is_a_child_run_with_its_parameters_and_scores(searched):
    result, client, _, _ = searched
    trials = find_trials(client, result)
    assert len(trials) == result.n_trials == 4
    for run in trials:
        assert run.info.status == "FINISHED"
        assert {"cv_log_loss", "cv_accuracy", "cv_roc_auc"} <= set(run.data.metrics)
        assert run.data.params["n_rows"] == "40"
    tried = {(run.data.params[C], run.data.params[NGRAMS]) for run in trials}
    assert len(tried) == 4
    assert ("0.3", "(1, 3)") in tried, "the preset itself was not tried"


def test_the_best_is_trained_and_logged_as_train_does_it(searched):
    result, client, _, reviews = searched
    losses = [run.data.metrics["cv_log_loss"] for run in find_trials(client, result)]
    assert result.score == pytest.approx(min(losses))
    run = client.get_run(result.training.run_id)
    assert run.data.tags["mlflow.parentRunId"] == result.search_id
    assert run.data.tags["sentiment.kind"] == "training"
    assert run.data.tags["sentiment.status"] == "complete"
    assert "# " in run.data.tags["mlflow.note.content"], "no model card"
    model = load_model(result.training.run_id)
    again = make_sentiment_pipeline("fast", prior=None, **result.params)
    for name in SPACE:
        assert model.get_params()[name] == again.get_params()[name]
    right = model.predict(reviews["text"][40:]) == reviews["label"][40:]
    assert result.training.metrics["test_accuracy"] == right.mean() > 0.8


def test_a_notebook_shows_what_was_found_and_what_it_is_worth(searched):
    result = searched[0]
    html = result._repr_html_()
    assert f"{result.score:.4f}" in html
    assert result.training.model_uri in html
    for name in result.params:
        assert name in html


def test_the_search_itself_is_recorded(searched, tmp_path):
    result, client, _, _ = searched
    run = client.get_run(result.search_id)
    assert run.info.status == "FINISHED"
    assert run.data.tags["sentiment.kind"] == "search"
    assert run.data.tags["sentiment.best_run"] == result.training.run_id
    assert run.data.tags["sentiment.interrupted"] == "false"
    assert run.data.metrics["best_cv_log_loss"] == pytest.approx(result.score)
    path = client.download_artifacts(result.search_id, "space.json", str(tmp_path))
    assert json.loads(Path(path).read_text()) == SPACE


def test_what_was_found_is_a_file_for_train(searched, tmp_path):
    result, client, _, _ = searched
    assert read_best(client, result.search_id, tmp_path) == {
        "preset": "fast",
        "random_state": 42,
        "params": result.params,
    }


def test_progress_is_told_trial_by_trial(searched):
    told = [line for line in searched[2] if line.startswith("Trial ")]
    assert len(told) == 4
    assert told[0].startswith("Trial 0 on 40 rows: log loss 0.")
    assert all("est so far" in line and "of 10 min." in line for line in told)


def test_the_same_seed_finds_the_same(searched, store, no_training):
    result, _, _, reviews = searched
    again = run_tune(reviews[:40])
    assert (again.params, again.score) == (result.params, result.score)
    assert (again.gain, again.gain_error) == (result.gain, result.gain_error)


def test_the_gain_is_that_of_the_same_rows(searched):
    result, _, _, _ = searched
    assert result.gain == pytest.approx(result.preset_score - result.score)
    assert result.gain >= 0.0
    assert 0.0 <= result.gain_error < 1.0


@pytest.mark.parametrize("times", [0.6, 0.4])
def test_what_may_be_better_by_chance_is_not_handed_out(
    times, store, reviews, monkeypatch, tmp_path
):
    # The best trial beats the start by so much, in its own errors: 1.7 and 2.5.
    gain_of = Search.gain_of

    def doubt(self, trial):
        gain, _ = gain_of(self, trial)
        return gain, times * gain

    monkeypatch.setattr(Search, "gain_of", doubt)
    result = run_tune(reviews, params={C: 0.001}, max_trials=3)
    assert result.gain > 0
    model = load_model(result.training.run_id)
    best = read_best(store, result.search_id, tmp_path)["params"]
    if times == 0.6:
        assert (result.params, result.score) == ({}, result.preset_score)
        assert result.rejected
        assert best == {C: 0.001}
        assert model.get_params()[C] == 0.001
    else:
        assert result.rejected == {}
        assert best == {C: 0.001} | result.params
        assert model.get_params()[C] == best[C]


@pytest.mark.parametrize("metric", ["accuracy", "roc_auc"])
def test_of_other_metrics_the_highest_is_the_best(metric, store, reviews, no_training):
    result = run_tune(reviews, metric=metric)
    scores = [run.data.metrics[f"cv_{metric}"] for run in find_trials(store, result)]
    assert result.gain == pytest.approx(max(scores) - result.preset_score)
    is_taken = result.gain > 2 * result.gain_error
    assert result.score == pytest.approx(max(scores) if is_taken else min(scores))


def test_no_validation_or_test_row_takes_part_in_the_search(
    store, make, no_training, monkeypatch
):
    data, seen = make(60), []
    init = CrossValidation.__init__

    def spy(self, X, *arguments):
        seen.extend(X["text"])
        init(self, X, *arguments)

    monkeypatch.setattr(CrossValidation, "__init__", spy)
    run_tune(data[:40], validation=data[40:50], test=data[50:], max_trials=1)
    assert set(seen) == set(data["text"][:40])


def test_parameters_of_ones_own_are_kept_unless_they_are_searched(
    store, reviews, no_training, tmp_path
):
    own = {"clean__lowercase": False, C: 0.5}
    result = run_tune(reviews, params=own, max_trials=2)
    (first,) = [
        run for run in find_trials(store, result) if run.data.params["trial"] == "0"
    ]
    assert first.data.params[C] == "0.5"
    best = read_best(store, result.search_id, tmp_path)["params"]
    assert best == own | result.params


def test_ctrl_c_keeps_the_best_so_far_and_trains_it(store, reviews, answering):
    answering(3, throw(KeyboardInterrupt))
    lines = []
    result = run_tune(reviews, max_trials=None, progress=lines.append)
    assert result.interrupted
    assert result.n_trials == 3
    assert "Stopped. Training with the best so far; Ctrl-C stops that, too." in lines
    assert load_model(result.training.run_id).predict(["great fun"]).shape == (1,)
    finished = {"search", "trial 0", "trial 1", "trial 2", "best"}
    assert find_statuses(store) == dict.fromkeys(finished, "FINISHED") | {
        "trial 3": "KILLED"
    }
    search = store.get_run(result.search_id)
    assert search.data.tags["sentiment.interrupted"] == "true"


def test_ctrl_c_before_the_first_trial_has_ended_keeps_nothing(
    store, reviews, answering
):
    answering(0, throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run_tune(reviews)
    assert find_statuses(store) == {"search": "KILLED", "trial 0": "KILLED"}


def test_a_second_ctrl_c_ends_the_training_and_leaves_the_parameters(
    store, reviews, answering, monkeypatch, tmp_path
):
    answering(1, throw(KeyboardInterrupt))
    monkeypatch.setattr(
        "sentiment.training._record_training.cross_validate",
        lambda *_: throw(KeyboardInterrupt)(),
    )
    with pytest.raises(KeyboardInterrupt):
        run_tune(reviews)
    statuses = find_statuses(store)
    assert statuses.pop("trial 0") == "FINISHED"
    assert statuses == dict.fromkeys(["search", "trial 1", "best"], "KILLED")


def test_sigterm_keeps_the_parameters_and_trains_nothing(
    store, reviews, answering, tmp_path
):
    answering(2, throw(Terminated))
    lines = []
    with pytest.raises(Terminated):
        run_tune(reviews, progress=lines.append)
    statuses = find_statuses(store)
    assert statuses.pop("search") == statuses.pop("trial 2") == "KILLED"
    assert statuses == {"trial 0": "FINISHED", "trial 1": "FINISHED"}
    search_id = lines[-1].split()[-1].rstrip(".")
    assert lines[-1].startswith("The best so far is in best_params.json of run")
    assert read_best(store, search_id, tmp_path)["preset"] == "fast"


def test_a_budget_that_is_over_begins_no_trial_but_the_first(
    store, reviews, no_training
):
    result = run_tune(reviews, budget=1e-6, max_trials=None)
    assert result.n_trials == 1
    assert result.params == {}
    assert result.score == result.preset_score
    assert result.gain == 0.0


def test_a_trial_ends_at_its_next_fold_when_the_budget_is_over(
    store, reviews, no_training, answering, monkeypatch
):
    now = [0.0]
    clock = SimpleNamespace(monotonic=lambda: now[0], perf_counter=lambda: now[0])
    monkeypatch.setattr("sentiment.tuning._search.time", clock)
    answering(2, lambda: now.__setitem__(0, 601.0))
    result = run_tune(reviews, max_trials=None)
    assert result.n_trials == 2
    assert not result.interrupted
    assert find_statuses(store) == {
        "search": "FINISHED",
        "trial 0": "FINISHED",
        "trial 1": "FINISHED",
        "trial 2": "KILLED",
    }


def test_a_candidate_that_cannot_be_trained_does_not_end_the_search(
    store, reviews, no_training
):
    lines = []
    # In none of 28 reviews is an n-gram 29 times, so every other vocabulary is empty.
    result = run_tune(
        reviews,
        space={"vectorize__min_df": [1.0, 1]},
        max_trials=3,
        progress=lines.append,
    )
    assert any("could not be trained: NgramVectorizer has no" in line for line in lines)
    assert result.params != {"vectorize__min_df": 1.0}
    statuses = list(find_statuses(store).values())
    assert statuses.count("FAILED") == 1


def test_when_nothing_can_be_trained_it_says_why(store, reviews):
    with pytest.raises(DataError, match=r"No trial could be trained\. The last: Ng"):
        run_tune(
            reviews,
            params={"vectorize__min_df": 1.0},
            space={C: {"low": 0.1, "high": 1.0}},
            max_trials=2,
        )
    assert set(find_statuses(store).values()) == {"FAILED"}


def test_failures_without_end_end_the_search(store, reviews, no_training, monkeypatch):
    lines = []
    result = run_tune(
        reviews,
        space={"vectorize__min_df": {"low": 0.99, "high": 1.0}},
        max_trials=None,
        progress=lines.append,
    )
    assert result.n_trials == 11
    assert "10 trials in a row could not be trained" in lines[-1]
    assert result.params == {}


def test_failures_that_are_not_in_a_row_do_not_end_the_search(
    store, reviews, no_training, monkeypatch
):
    answer, answers, lines = CrossValidation.answer, [], []

    def mostly_fail(self, *arguments):
        answers.append(answers[0] if answers else answer(self, *arguments))
        if len(answers) % 6 != 1:
            raise DataError("no")
        return answers[0]

    monkeypatch.setattr(CrossValidation, "answer", mostly_fail)
    space = {C: {"low": 0.1, "high": 1.0}}
    result = run_tune(reviews, space=space, max_trials=14, progress=lines.append)
    assert result.n_trials == 14
    assert not any("in a row" in line for line in lines)


def test_a_store_that_is_gone_ends_the_search(store, reviews, answering):
    answering(1, throw(TrackingError("gone")))
    with pytest.raises(TrackingError, match="gone"):
        run_tune(reviews)


def test_a_space_that_is_used_up_ends_the_search(store, reviews, no_training):
    lines = []
    result = run_tune(
        reviews, space={C: [0.1, 1.0]}, max_trials=None, progress=lines.append
    )
    assert result.n_trials == 3
    assert lines[-1] == "Everything in the search space was tried."


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"metric": "f1"}, InvalidParameterError, "'metric' parameter of tune must be"),
        ({"budget": 0}, InvalidParameterError, "'budget' parameter of tune must be"),
        ({"max_trials": 0}, InvalidParameterError, "'max_trials' parameter of tune"),
        ({"cv": 1}, InvalidParameterError, "'cv' parameter of tune must be"),
        ({"preset": "slow"}, InvalidParameterError, "Got 'slow'"),
        ({"params": {"x": 1}}, InvalidParameterError, "^The Pipeline has no param"),
        ({"space": {"min_df": [1]}}, InvalidParameterError, "no parameter 'min_df'"),
        ({"space": {C: [1.0, -1.0]}}, InvalidParameterError, "The 'C' parameter of"),
        ({"space": {}}, DataError, "names no parameter"),
        ({"space": "none.yaml"}, DataError, "cannot be read"),
        ({"alias": "champion"}, TrackingError, "An alias belongs to"),
    ],
)
def test_what_cannot_be_searched_is_refused_before_a_run_begins(
    options, kind, message, no_store, reviews
):
    with pytest.raises(kind, match=message):
        run_tune(reviews, **options)
    assert list(no_store.iterdir()) == []


def test_a_class_too_rare_to_be_cross_validated_is_refused(no_store, make):
    data = make(40)
    data["label"] = ["negative"] * 39 + ["positive"]
    alone = pytest.warns(DataWarning, match="single row: 'positive'")
    with alone, pytest.raises(LabelError, match="Class 'positive' has only 1"):
        run_tune(data, preset="tutorial")
    assert list(no_store.iterdir()) == []
