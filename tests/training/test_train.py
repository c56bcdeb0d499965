"""``train``, with a real store: what is recorded, how it ends, what it refuses."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

import mlflow
import numpy as np
import pandas as pd
import pytest
from forked_commands import QUICKLY

from sentiment import load_model, make_sentiment_pipeline, train
from sentiment._sklearn import InvalidParameterError
from sentiment.classification import BoostedLinearClassifier
from sentiment.exceptions import DataError, DataWarning, LabelError, SentimentError
from sentiment.monitoring._profile import PROFILE_FILE
from sentiment.tracking import list_runs
from sentiment.training import _validation_split
from sentiment.training._notes import describe_classes, is_uneven

# Small n-grams of small texts; trees whatever the validation rows say.
QUICK = {
    "vectorize__min_df": 1,
    "classify__estimator__max_iter": 3,
    "classify__estimator__early_stopping": False,
}
SCORES = {
    *("accuracy", "balanced_accuracy", "f1"),
    *("roc_auc", "log_loss", "calibration_error"),
}


def train_small(source, **options):
    options["params"] = QUICK | options.get("params", {})
    return train(source, **options)


@pytest.fixture
def quick(no_figures):
    """Train in a second, without figures and prior: :class:`TestRecorded` has them."""
    return partial(train_small, prior=None)


def read_runs():
    client = mlflow.MlflowClient()
    ids = [experiment.experiment_id for experiment in client.search_experiments()]
    return client.search_runs(ids)


class TestRecorded:
    """One run with everything, looked at from all sides."""

    @pytest.fixture(scope="class")
    @classmethod
    def result(cls, in_folder, make):
        in_folder()
        return train_small(
            make(40),
            test=make(20),
            experiment="films",
            run_name="first",
            register="reviews",
            alias="champion",
            random_state=7,
            validation_fraction=0.1,
        )

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, result):
        return mlflow.get_run(result.run_id)

    def test_the_result_says_where_the_model_is(self, result):
        assert result.model_uri == f"runs:/{result.run_id}/model"
        assert result.registered_uri == "models:/reviews@champion"
        assert (result.experiment, result.n_rows) == ("films", 40)
        parts = ("validation", "test")
        assert set(result.metrics) == {f"{p}_{s}" for p in parts for s in SCORES}
        assert set(result.to_dict()) == {
            *("run_id", "model_uri", "experiment", "metrics", "seconds", "n_rows"),
            *("validation", "intervals", "notes", "prior", "unlabelled"),
            "read",
        }
        json.dumps(result.to_dict())

    def test_the_run_is_finished_and_named(self, run):
        assert (run.info.status, run.info.run_name) == ("FINISHED", "first")
        (listed,) = list_runs("films")
        assert (listed.run_id, listed.data) == (run.info.run_id, "DataFrame")

    def test_the_metrics_are_those_of_the_result(self, result, run):
        for name, value in result.metrics.items():
            assert run.data.metrics[name] == value

    def test_the_metrics_belong_to_the_model_too(self, result, run):
        (output,) = run.outputs.model_outputs
        model = mlflow.get_logged_model(output.model_id)
        assert model.source_run_id == result.run_id
        linked = {metric.key: metric.value for metric in model.metrics}
        assert linked.items() >= result.metrics.items()

    def test_the_metrics_can_be_found_again_with_the_model(self, result, make):
        pipeline = load_model(result.run_id)
        test = make(20)
        assert pipeline.score(test["text"], test["label"]) == pytest.approx(
            result.metrics["test_accuracy"]
        )

    def test_every_parameter_and_seed_is_there(self, run):
        params = run.data.params
        assert params["preset"] == "accurate"
        assert params["data"] == "DataFrame"
        assert params["random_state"] == "7"
        assert params["classify__estimator__random_state"] == "7"
        assert params["vectorize__ngram_range"] == "[1, 3]"
        rows = {name: params[name] for name in params if name.startswith("n_rows")}
        assert rows == {
            "n_rows": "40",
            "n_rows_train": "36",
            "n_rows_validation": "4",
            "n_rows_test": "20",
        }

    def test_the_data_are_there_with_their_digests(self, run):
        inputs = {
            given.tags[0].value: given.dataset for given in run.inputs.dataset_inputs
        }
        assert set(inputs) == {"training", "test"}
        assert {dataset.name for dataset in inputs.values()} == {"DataFrame"}
        assert inputs["training"].digest != inputs["test"].digest

    def test_every_round_is_there(self, run):
        for part in ("train", "validation"):
            for metric in ("log_loss", "roc_auc"):
                name = f"rounds/{part}_{metric}"
                history = mlflow.MlflowClient().get_metric_history(
                    run.info.run_id, name
                )
                assert [point.step for point in history] == [0, 1, 2, 3]
        assert run.data.metrics["n_iter"] == 3

    def test_versions_costs_and_process_are_there(self, run):
        assert {"version.xgboost", "sentiment.process_start"} <= set(run.data.tags)
        stages = {"seconds_read", "seconds_fit", "seconds_predict", "seconds_log"}
        assert stages | {"seconds", "peak_memory_mb"} <= set(run.data.metrics)

    def test_the_figures_are_pictures(self, run):
        client = mlflow.MlflowClient()
        for folder, count in (("figures", 2), ("figures/test", 4)):
            found = client.list_artifacts(run.info.run_id, folder)
            files = [file.path for file in found if not file.is_dir]
            assert len(files) == count
            for file in files:
                path = Path(client.download_artifacts(run.info.run_id, file))
                assert path.read_bytes().startswith(b"\x89PNG")
                assert path.stat().st_size > 5000

    def test_the_alias_leads_to_the_model(self, result):
        pipeline = mlflow.sklearn.load_model("models:/reviews@champion")
        assert pipeline.predict(["Great fun!"]).tolist() == ["positive"]

    def test_nothing_else_was_left_in_the_folder(self, result):
        names = {path.name for path in Path.cwd().iterdir()}
        assert names == {"mlflow.db", "mlruns"}


PARTS = ("cv", "test")


@pytest.mark.parametrize(
    "names", [(0, 1), (False, True), (3, 1, 2), ("bad", "so so", "good")], ids=str
)
def test_labels_of_any_type_and_number(store, quick, make, names):
    result = quick(make(30, names), test=make(12, names))
    assert set(result.metrics) == {
        f"{part}_{score}" for part in PARTS for score in SCORES
    }
    pipeline = load_model(result.run_id)
    assert pipeline.classes_.tolist() == sorted(names)
    assert read_runs()[0].info.status == "FINISHED"


def test_test_rows_of_one_class_have_no_auc(store, quick, reviews):
    result = quick(reviews, test=reviews[::2])
    assert "test_roc_auc" not in result.metrics
    assert {"test_accuracy", "test_log_loss"} <= set(result.metrics)


def test_validation_data_of_ones_own_say_when_to_stop(
    store, quick, reviews, make, monkeypatch
):
    seen = {}
    fit = BoostedLinearClassifier.fit

    def watch(self, X, y, *, X_val, y_val, **rest):
        seen.update(n_rows=X.shape[0], n_watched=X_val.shape[0])
        return fit(self, X, y, X_val=X_val, y_val=y_val, **rest)

    monkeypatch.setattr(BoostedLinearClassifier, "fit", watch)
    quick(reviews, validation=make(10))
    assert seen == {"n_rows": 32, "n_watched": 10}
    contexts = [d.tags[0].value for d in read_runs()[0].inputs.dataset_inputs]
    assert sorted(contexts) == ["training", "validation"]


@pytest.mark.parametrize("aside", [{}, {"validation_fraction": 0.25}])
def test_texts_without_labels_are_learned_from_and_recorded(
    store, quick, reviews, make, aside
):
    new = make(60)[["text"]] + " unheard"
    result = quick(reviews, unlabelled_texts=new, **aside)
    assert result.unlabelled.startswith(
        "60 unlabelled texts were learned from. The log"
    )
    (run,) = read_runs()
    assert run.data.params["n_unlabelled"] == "60"
    (dataset,) = (
        one.dataset
        for one in run.inputs.dataset_inputs
        if one.tags[0].value == "unlabelled"
    )
    assert json.loads(dataset.profile)["num_rows"] == 60
    known = load_model(result.run_id)[:-1].get_feature_names_out()
    assert "unheard" in known


def test_texts_without_labels_are_refused_in_batches_and_by_plain_trees(
    store, quick, reviews, make
):
    with pytest.raises(DataError, match="with streaming takes no unlabelled_texts"):
        quick(reviews, unlabelled_texts=make(20), streaming=True)
    with pytest.raises(InvalidParameterError, match="Use the preset 'fast'"):
        quick(reviews, unlabelled_texts=make(20), preset="tutorial")
    assert read_runs() == []


def test_few_rows_are_all_learned_from_and_all_measured(
    store, quick, make, tmp_path, monkeypatch
):
    monkeypatch.setattr(_validation_split, "_N_REPEATS", 2)
    data = make(40)
    result = quick(data)
    assert result.validation == "2 times 5-fold cross-validation"
    assert set(result.metrics) == {f"cv_{score}" for score in SCORES}
    for name, (low, high) in result.intervals.items():
        assert low <= result.metrics[name] <= high
    low, high = result.intervals["cv_accuracy"]
    assert high - low > 0.05, "40 rows prove little"
    (run,) = read_runs()
    assert run.data.params["n_rows_train"] == "40"
    assert run.data.params["validation"] == result.validation
    assert run.data.metrics["cv_accuracy_low"] == low
    assert run.data.metrics["cv_accuracy_high"] == high
    card = run.data.tags["mlflow.note.content"]
    assert "## Cross-validated on 40 training rows" in card
    assert f"| {low:.4f} to {high:.4f} |" in card
    (listed,) = list_runs()
    assert listed.metrics["cv_accuracy"] == result.metrics["cv_accuracy"]
    # It has learned from every row: of the last one, its own word.
    known = load_model(result.run_id)[:-1].get_feature_names_out()
    assert {str(number) for number in range(40)} <= set(known)
    profile = mlflow.artifacts.load_dict(f"{result.model_uri}/{PROFILE_FILE}")
    assert profile["rows"] == "cross-validated"
    # Each row's own number is news to a Pipeline that has not seen the row.
    assert profile["unseen_share"] > 0.05


def test_a_share_that_is_asked_for_is_set_aside_however_few_the_rows(
    store, quick, reviews
):
    result = quick(reviews, validation_fraction=0.25)
    assert result.validation == "0.25 of the training data"
    assert read_runs()[0].data.params["n_rows_validation"] == "8"


def test_the_rounds_of_few_rows_are_those_of_the_folds(store, quick, make, monkeypatch):
    monkeypatch.setattr(_validation_split, "_N_REPEATS", 2)
    counts = []
    fit = BoostedLinearClassifier.fit

    def watch(self, X, y, **rest):
        fitted = fit(self, X, y, **rest)
        counts.append((X.shape[0], self.n_iter_, self.early_stopping))
        return fitted

    monkeypatch.setattr(BoostedLinearClassifier, "fit", watch)
    params = {"classify__estimator__early_stopping": True}
    params |= {"classify__estimator__n_iter_no_change": 1}
    result = quick(make(60), preset="tutorial", params=params)
    *folds, (n_rows, n_rounds, early_stopping) = counts
    assert len(folds) == 10
    assert (n_rows, early_stopping) == (60, False)
    assert n_rounds == round(median(n for _, n, _ in folds))
    # The recipe stays: it stops by itself where it is fitted again.
    classifier = load_model(result.run_id)[-1].estimator_
    assert (classifier.max_iter, classifier.early_stopping) == (3, True)


def test_the_sample_is_tested_on_its_own_test_rows(store, no_figures):
    result = train(preset="fast")
    assert {"cv_accuracy", "test_accuracy"} <= set(result.metrics)
    assert read_runs()[0].data.params["n_rows_test"] == "122"
    assert result.notes == ()


def test_shared_texts_are_counted_and_told(store, quick, make, caplog):
    data = make(40)
    with caplog.at_level("WARNING", "sentiment"):
        result = quick(data, test=make(80)[30:])
    assert result.notes == (
        "10 of 50 test texts (20.0%) are training texts, too, so the test metrics are "
        "better than on new texts. Remove them from one of the two.",
    )
    assert caplog.messages == [*result.notes]
    result = quick(data, test=data, validation=make(60)[50:])
    assert result.notes == (
        "The test data are the training data, so the test metrics do not tell how good "
        "the model is on new texts.",
    )


def test_uneven_classes_are_named_with_what_to_look_at_and_what_to_set(
    store, quick, make
):
    data = make(60).query("label == 'positive' or index < 24")
    result = quick(data)
    (note,) = result.notes
    assert note == (
        "The classes are uneven: 'positive' has 71% of the rows, so look at the "
        "balanced accuracy and F1 rather than the accuracy. "
        "classify__estimator__class_weight='balanced' gives all classes equal weight."
    )
    names = [row[0] for row in result.to_table()]
    assert names[1:4] == ["accuracy", "balanced accuracy", "F1"]
    even = replace(result, uneven=False)
    assert [row[0] for row in even.to_table()][1:3] == ["accuracy", "AUC"]


def test_a_weight_that_is_set_is_not_asked_for_again(make):
    weight = {"classify__estimator__class_weight": "balanced"}
    pipeline = make_sentiment_pipeline("fast", prior=None, **weight)
    labels = make(40)["label"]
    assert list(describe_classes(pipeline, labels)) == []
    (note,) = describe_classes(pipeline, labels.where(labels.index % 4 > 0, "positive"))
    assert "75% of the rows" in note
    assert "class_weight" not in note


@pytest.mark.parametrize(("n_few", "uneven"), [(20, False), (19, True)])
def test_more_than_60_percent_of_one_class_is_uneven(n_few, uneven):
    assert is_uneven(pd.Series(["a"] * 30 + ["b"] * n_few)) == uneven


def test_the_same_call_gives_the_same_model(store, quick, reviews):
    first, second = quick(reviews), quick(reviews)
    assert first.metrics == second.metrics
    texts = reviews["text"]
    assert np.array_equal(
        load_model(first.run_id).predict_proba(texts),
        load_model(second.run_id).predict_proba(texts),
    )


def test_a_pruned_model_holds_so_many_ngrams_and_answers_as_it_was_measured(
    store, quick, make
):
    test = make(20)
    result = quick(make(60), test=test, prune=25)
    pipeline = load_model(result.run_id)
    assert len(pipeline[:-1].get_feature_names_out()) <= 25
    params = read_runs()[0].data.params
    assert params["prune"] == params["classify__estimator__max_linear_features"] == "25"
    right = (pipeline.predict(test["text"]) == test["label"]).mean()
    assert right == result.metrics["test_accuracy"]


def test_what_cannot_be_pruned_is_refused_before_anything_is_read(store):
    with pytest.raises(InvalidParameterError, match="init=None"):
        train("no such file", preset="tutorial", prune=10)
    with pytest.raises(InvalidParameterError, match="'max_linear_features' parameter"):
        train("no such file", prune=0)
    assert read_runs() == []


def test_registered_without_alias_it_is_a_version(store, quick, reviews):
    assert quick(reviews, register="r").registered_uri == "models:/r/1"
    assert quick(reviews, register="r").registered_uri == "models:/r/2"


def test_progress_is_told_stage_by_stage(store, quick, reviews):
    lines = []
    quick(reviews, progress=lines.append)
    assert lines == [
        "Reading the data ...",
        "Starting the run ...",
        "Cross-validating 32 rows ...",
        "Training on 32 rows ...",
        "Timing its answers ...",
        "Recording the run and its model ...",
    ]


@pytest.mark.parametrize(
    ("error", "status"), [(MemoryError(), "FAILED"), (KeyboardInterrupt(), "KILLED")]
)
def test_a_training_that_is_stopped_tells_what_it_was(
    store, quick, reviews, monkeypatch, error, status
):
    def stopped(*_, **__):
        raise error

    monkeypatch.setattr(BoostedLinearClassifier, "fit", stopped)
    with pytest.raises(type(error)):
        quick(reviews)
    (run,) = read_runs()
    assert run.info.status == status
    assert run.data.params["preset"] == "accurate"
    assert [run.data for run in list_runs()] == ["DataFrame"]
    assert mlflow.active_run() is None


def test_a_model_that_cannot_be_logged_is_a_failed_run(
    store, quick, reviews, monkeypatch
):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sentiment.persistence.log_model", full)
    with pytest.raises(SentimentError, match=r"does not take ModelRecord .* No space"):
        quick(reviews)
    assert read_runs()[0].info.status == "FAILED"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"source": "missing.csv"}, DataError),
        ({"label_column": "stars"}, DataError),
        ({"test": "missing.csv"}, DataError),
        ({"preset": "slow"}, InvalidParameterError),
        ({"params": {"nope": 1}}, InvalidParameterError),
        ({"params": {"vectorize__min_df": -1}}, InvalidParameterError),
        ({"validation_fraction": 1.0}, InvalidParameterError),
        ({"register": "a/b"}, SentimentError),
        ({"alias": "champion"}, SentimentError),
    ],
    ids=str,
)
def test_what_cannot_work_leaves_nothing_behind(no_store, reviews, options, error):
    with pytest.raises(error) as caught:
        train(**{"source": reviews} | options)
    assert "\n" not in str(caught.value)
    assert list(no_store.iterdir()) == []


def test_a_class_with_one_row_leaves_nothing_behind(no_store, reviews):
    rows = reviews.copy()
    rows.loc[0, "label"] = "unique"
    alone = pytest.warns(DataWarning, match="single row: 'unique'")
    with alone, pytest.raises(LabelError, match="'unique' has only 1 row"):
        train(rows)
    assert list(no_store.iterdir()) == []


def test_the_data_of_the_caller_are_not_changed(store, quick, reviews):
    before = reviews.copy()
    quick(reviews, test=reviews)
    assert reviews.equals(before)


def test_two_trainings_that_make_the_store_at_once_both_finish(
    no_store, reviews, fork_command
):
    reviews.to_csv("reviews.csv", index=False)
    line = "train reviews.csv --preset fast --set vectorize__min_df=1 --format json"

    def train_there(_):
        env = os.environ | {QUICKLY: "1"}
        return fork_command(line.split(), cwd=no_store, env=env, timeout=240)

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(train_there, range(2)))
    assert [one.returncode for one in done] == [0, 0], done
    runs = list_runs()
    trained = [json.loads(one.stdout)["run_id"] for one in done]
    assert sorted(run.run_id for run in runs) == sorted(trained)
    assert {run.status for run in runs} == {"FINISHED"}
    assert len({run.experiment for run in runs}) == 1
