"""What a training records, as a list: no store, no file."""

import numpy as np
import pytest

from sentiment import fit_pipeline, make_sentiment_pipeline
from sentiment.tracking._records import (
    DatasetRecord,
    FigureRecord,
    JsonFile,
    MetricHistory,
    Metrics,
    ModelRecord,
    Params,
    Tags,
)
from sentiment.tracking._training_records import (
    Evaluation,
    finished_records,
    pipeline_params,
    started_records,
)

TEXTS = ["good fun", "a gem", "bad mess", "dull"] * 6
LABELS = ["positive", "positive", "negative", "negative"] * 6
DATA = DatasetRecord("reviews.csv", "0" * 16, "training", "code", {}, {}, 24)


@pytest.fixture(scope="module")
def pipeline():
    pipeline = make_sentiment_pipeline(
        "accurate", prior=None, vectorize__min_df=1, classify__estimator__max_iter=3
    )
    return fit_pipeline(pipeline, TEXTS, LABELS, TEXTS, LABELS)


@pytest.fixture(scope="module")
def evaluations():
    codes = np.array([0, 1, 0, 1])
    probabilities = np.array([[0.9, 0.1], [0.3, 0.7], [0.6, 0.4], [0.8, 0.2]])
    return [
        Evaluation("validation", codes, probabilities, {"accuracy": 0.75}),
        Evaluation("test", codes, probabilities, {"accuracy": 0.5, "log_loss": 0.6}),
    ]


@pytest.fixture(scope="module")
def finished(pipeline, evaluations):
    return list(
        finished_records(pipeline, evaluations, ModelRecord(pipeline, "r", "a"))
    )


def only(records, kind):
    return [record for record in records if isinstance(record, kind)]


def test_what_is_known_before_the_fit_is_recorded_before_it():
    settings = {"preset": "fast", "random_state": 42}
    records = list(
        started_records(make_sentiment_pipeline("fast", prior=None), settings, [DATA])
    )
    tags, params, file, data = records
    assert isinstance(tags, Tags)
    assert {"version.python", "version.xgboost", "version.sentiment"} <= set(
        tags.values
    )
    assert isinstance(params, Params)
    assert isinstance(file, JsonFile)
    assert (file.path, file.content) == ("params.json", params.values)
    assert params.values["preset"] == "fast"
    assert params.values["classify__estimator__max_iter"] == 0
    assert data is DATA


def test_every_parameter_of_every_step_is_recorded_and_no_object():
    pipeline = make_sentiment_pipeline("tutorial", prior=None)
    params = pipeline_params(pipeline)
    expected = {
        name
        for name, value in pipeline.get_params().items()
        if "__" in name and not hasattr(value, "fit")
    }
    assert set(params) == expected
    plain = (str, int, float, bool, list, type(None))
    assert all(isinstance(value, plain) for value in params.values())
    assert params["vectorize__ngram_range"] == [1, 1]
    assert params["vectorize__dtype"] == "int64"


def test_values_that_json_cannot_say_are_told_in_words():
    pipeline = make_sentiment_pipeline(
        prior=None,
        stop_words__stop_words=frozenset({"b", "a"}),
        vectorize__min_df=np.int64(3),
        classify__estimator__class_weight={1: np.float64(0.5)},
        tokenize__token_pattern=re_like,
    )
    params = pipeline_params(pipeline)
    assert params["stop_words__stop_words"] == ["a", "b"]
    assert type(params["vectorize__min_df"]) is int
    assert params["classify__estimator__class_weight"] == {"1": 0.5}
    assert params["tokenize__token_pattern"] == repr(re_like)


def re_like():
    """An object that is no plain value."""


def test_a_history_starts_before_the_first_tree_and_has_names_of_its_own(finished):
    (history,) = only(finished, MetricHistory)
    assert set(history.values) == {
        f"rounds/{part}_{metric}"
        for part in ("train", "validation")
        for metric in ("log_loss", "roc_auc")
    }
    assert {len(curve) for curve in history.values.values()} == {4}
    # Else the last round, some rounds after the best, would pass for the result.
    names = {name for record in only(finished, Metrics) for name in record.values}
    assert not names & set(history.values)


def test_metrics_come_after_the_model_they_belong_to(finished, pipeline):
    kinds = [type(record) for record in finished]
    model = finished[kinds.index(ModelRecord)]
    assert (model.pipeline, model.register, model.alias) == (pipeline, "r", "a")
    of_model = [record for record in only(finished, Metrics) if record.of_model]
    assert [dict(record.values) for record in of_model] == [
        {"validation_accuracy": 0.75},
        {"test_accuracy": 0.5, "test_log_loss": 0.6},
    ]
    assert all(finished.index(record) > finished.index(model) for record in of_model)


def test_each_part_has_its_figures_and_the_model_its_own(finished):
    names = ["confusion_matrix", "roc", "precision_recall", "calibration"]
    assert [record.path for record in only(finished, FigureRecord)] == [
        "figures/feature_importance.png",
        "figures/learning_curve.png",
        *(
            f"figures/{part}/{name}.png"
            for part in ("validation", "test")
            for name in names
        ),
    ]


def test_a_model_without_rounds_has_no_learning_curve(evaluations):
    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        TEXTS, LABELS
    )
    paths = [
        record.path
        for record in only(
            finished_records(pipeline, evaluations, ModelRecord(pipeline)),
            FigureRecord,
        )
    ]
    assert "figures/learning_curve.png" not in paths
    assert "figures/feature_importance.png" in paths


def test_a_classifier_that_tells_nothing_of_itself_is_recorded_too(evaluations):
    from sklearn.neighbors import KNeighborsClassifier

    pipeline = make_sentiment_pipeline(
        prior=None, vectorize__min_df=1, classify__estimator=KNeighborsClassifier(3)
    ).fit(TEXTS, LABELS)
    records = list(finished_records(pipeline, evaluations[:1], ModelRecord(pipeline)))
    assert len(only(records, FigureRecord)) == 4
    assert len(only(records, ModelRecord)) == 1
