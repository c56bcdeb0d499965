"""``train``, with a real store: what is recorded, how it ends, what it refuses."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mlflow
import numpy as np
import pytest

from sentiment import load_model, train
from sentiment._sklearn import InvalidParameterError
from sentiment.classification import BoostedLinearClassifier
from sentiment.exceptions import DataError, LabelError, SentimentError
from sentiment.tracking import list_runs

# Small n-grams of small texts; trees whatever the validation rows say.
QUICK = {
    "vectorize__min_df": 1,
    "classify__estimator__max_iter": 3,
    "classify__estimator__early_stopping": False,
}
SCORES = {"accuracy", "roc_auc", "log_loss", "calibration_error"}


def train_small(source, **options):
    options["params"] = QUICK | options.get("params", {})
    return train(source, **options)


@pytest.fixture
def quick(no_figures):
    """Train in a second, without the figures: :class:`TestRecorded` has them."""
    return train_small


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
        )

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, result):
        return mlflow.get_run(result.run_id)

    def test_the_result_says_where_the_model_is(self, result):
        assert result.model_uri == f"runs:/{result.run_id}/model"
        assert result.registered_uri == "models:/reviews@champion"
        assert (result.experiment, result.n_rows) == ("films", 40)
        assert set(result.metrics) == {f"{p}_{s}" for p in PARTS for s in SCORES}
        assert set(result.to_dict()) == {
            *("run_id", "model_uri", "experiment", "metrics", "seconds", "n_rows")
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


PARTS = ("validation", "test")


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


def test_the_tutorial_sets_more_rows_aside(store, quick, make):
    quick(make(60), preset="tutorial")
    assert read_runs()[0].data.params["n_rows_validation"] == "18"


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
        "Training on 29 rows ...",
        "Evaluating on 3 validation rows ...",
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
    with pytest.raises(LabelError, match="'unique' has only 1 row"):
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
        return fork_command(line.split(), cwd=no_store, env=os.environ, timeout=240)

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(train_there, range(2)))
    assert [one.returncode for one in done] == [0, 0], done
    runs = list_runs()
    trained = [json.loads(one.stdout)["run_id"] for one in done]
    assert sorted(run.run_id for run in runs) == sorted(trained)
    assert {run.status for run in runs} == {"FINISHED"}
    assert len({run.experiment for run in runs}) == 1
