"""A tuned threshold: the best one there is, and kept through every door."""

from types import SimpleNamespace

import mlflow.pyfunc
import mlflow.sklearn
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline

from sentiment import load_model, make_sentiment_pipeline, save_model
from sentiment.classification._decision import choose_classes, find_threshold
from sentiment.evaluation import tune_threshold, with_threshold
from sentiment.evaluation._answers import Answers
from sentiment.evaluation._recording import threshold_records
from sentiment.evaluation._threshold import TunedThreshold
from sentiment.exceptions import DataError, ModelError
from sentiment.inference import predict_rows, predict_text
from sentiment.tracking._records import Metrics, ModelRecord, Params

SCORES = {
    "accuracy": accuracy_score,
    "balanced_accuracy": balanced_accuracy_score,
    "f1": lambda true, said: f1_score(true, said, average="macro", zero_division=0),
    "f1_no": lambda true, said: f1_score(true, said, pos_label=0, zero_division=0),
    "f1_yes": lambda true, said: f1_score(true, said, zero_division=0),
}


def make_answers(codes, said):
    said = np.asarray(said, float)
    table = np.column_stack([1 - said, said])
    classes = np.array(["no", "yes"])
    return Answers(classes, np.asarray(codes), table, table.argmax(axis=1))


@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 1.0])),
        min_size=4,
        max_size=12,
    ),
    st.sampled_from(sorted(SCORES)),
)
def test_no_other_threshold_is_better(rows, metric):
    codes = [0, 1, *(code for code, _ in rows)]
    said = [0.3, 0.6, *(score for _, score in rows)]
    tuned = tune_threshold(make_answers(codes, said), metric)
    score = SCORES[metric]
    reached = score(codes, np.array(said) >= tuned.threshold)
    assert reached == pytest.approx(tuned.value)
    tried = [score(codes, np.array(said) >= limit) for limit in (*said, 0.05, 0.99)]
    assert tuned.value >= max(tried) - 1e-12
    before = score(codes, np.array(said) > 0.5)
    assert tuned.value_before == pytest.approx(before)


def test_of_equally_good_thresholds_the_one_nearest_to_a_half_is_taken():
    tuned = tune_threshold(make_answers([0, 1] * 5, [0.4, 0.6] * 5), "accuracy")
    assert tuned.threshold == pytest.approx(0.5)


def test_a_threshold_that_is_better_by_one_row_in_many_is_taken():
    # At 0.3 all are right; at 0.5 one of 300 is not.
    codes, said = [0] * 150 + [1] * 150, [0.2] * 150 + [0.4] + [0.9] * 149
    tuned = tune_threshold(make_answers(codes, said), "accuracy")
    assert (tuned.threshold, tuned.value) == (pytest.approx(0.3), 1.0)


def test_what_is_to_be_expected_is_not_what_was_chosen():
    rng = np.random.default_rng(0)
    answers = make_answers(rng.integers(0, 2, 200), rng.random(200))
    tuned = tune_threshold(answers, "accuracy")
    assert tuned.value > tuned.value_held_out


def test_a_tuned_threshold_is_recorded_with_what_it_is_worth_under_its_names():
    tuned = TunedThreshold("f1_very good", 0.4, 0.9, 0.8, 0.7, (0.4,), (0.9,))
    report = SimpleNamespace(tuned=tuned, data="x.csv", digest="d", split="test")
    _, params, model, metrics = threshold_records("models:/m/1", "pipeline", report)
    assert params == Params(
        {
            "model": "models:/m/1",
            "threshold": 0.4,
            "tuned_for": "f1_very good",
            "data": "x.csv",
            "data_digest": "d",
            "split": "test",
        }
    )
    assert model == ModelRecord("pipeline", profile=None)
    values = {
        "f1_very good_tuned": 0.9,
        "f1_very good_held_out": 0.8,
        "f1_very good_before": 0.7,
    }
    assert metrics == Metrics(values, of_model=True)


def test_three_classes_one_class_and_unknown_metrics_are_refused():
    three = Answers(np.arange(3), np.arange(3), np.eye(3), np.arange(3))
    with pytest.raises(DataError, match="This model has 3"):
        tune_threshold(three, "accuracy")
    with pytest.raises(DataError, match="These are all 'no'"):
        tune_threshold(make_answers([0, 0], [0.1, 0.2]), "accuracy")
    with pytest.raises(DataError, match=r"f1_yes\. Got 'recall'"):
        tune_threshold(make_answers([0, 1], [0.1, 0.2]), "recall")


@pytest.fixture(scope="module")
def pipeline(reviews):
    return make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        *reviews
    )


@pytest.fixture(scope="module")
def texts(reviews):
    # Some that the model is unsure of: the answer must depend on the threshold.
    return ["great awful film", "dull but clever", "a film", *reviews[0][:9]]


def test_the_threshold_decides_and_the_old_model_stays_as_it_was(pipeline, texts):
    before = pipeline.predict(texts).tolist()
    score = pipeline.predict_proba(texts)[:, 1]
    limit = float(np.sort(score)[-3])
    tuned = with_threshold(pipeline, limit)
    expected = np.where(score >= limit, "positive", "negative").tolist()
    assert tuned.predict(texts).tolist() == expected
    assert expected.count("positive") == 3
    assert np.array_equal(tuned.predict_proba(texts), pipeline.predict_proba(texts))
    assert pipeline.predict(texts).tolist() == before
    assert find_threshold(pipeline) is None
    assert tuned[-1].estimator_.estimator_ is pipeline[-1].estimator_


def test_the_threshold_survives_clone_and_fit(pipeline, reviews):
    tuned = clone(with_threshold(pipeline, 0.999)).fit(*reviews)
    assert find_threshold(tuned) == (0.999, 1)
    assert tuned.get_params()["classify__estimator__threshold"] == 0.999


def test_a_threshold_replaces_another_one(pipeline):
    twice = with_threshold(with_threshold(pipeline, 0.9), 0.2)
    assert find_threshold(twice) == (0.2, 1)
    assert twice[-1].estimator_.estimator_ is pipeline[-1].estimator_


def test_every_door_of_the_saved_model_answers_by_the_threshold(
    pipeline, texts, tmp_path
):
    score = pipeline.predict_proba(texts)[:, 1]
    tuned = with_threshold(pipeline, float(np.sort(score)[-3]))
    expected = tuned.predict(texts).tolist()
    assert expected != pipeline.predict(texts).tolist()
    save_model(tuned, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    assert loaded.predict(texts).tolist() == expected
    assert np.array_equal(loaded.predict_proba(texts)[:, 1], score)
    flavor = mlflow.sklearn.load_model(str(tmp_path / "model"))
    assert flavor.predict(texts).tolist() == expected
    frame = pd.DataFrame({"text": texts})
    served = mlflow.pyfunc.load_model(str(tmp_path / "model")).predict(frame)
    assert served["label"].tolist() == expected
    said = np.where(np.array(expected) == "positive", score, 1 - score)
    assert served["score"].tolist() == pytest.approx(said.tolist())
    rows = predict_rows(tmp_path / "model", frame)
    assert rows["predicted_label"].tolist() == expected
    assert [predict_text(loaded, text).label for text in texts] == expected


def test_a_threshold_asked_for_goes_before_that_of_the_model(pipeline, texts):
    from sentiment.serving import StrictModel

    served = StrictModel(with_threshold(pipeline, 1.0))
    assert set(served.predict(texts)["label"]) == {"negative"}
    assert set(served.predict(texts, {"threshold": 0.0})["label"]) == {"positive"}


def test_a_pipeline_that_ends_in_something_else_is_refused(reviews):
    other = make_pipeline(LogisticRegression())
    with pytest.raises(ModelError, match="ends in a LogisticRegression"):
        with_threshold(other, 0.5)


@pytest.mark.parametrize("positive", ["no", "yes", None])
def test_a_threshold_of_any_class_is_followed(positive):
    X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    model = FixedThresholdClassifier(
        LogisticRegression(), threshold=0.8, pos_label=positive
    ).fit(X, y)
    chosen = choose_classes(model, model.predict_proba(X))
    assert model.classes_[chosen].tolist() == model.predict(X).tolist()
