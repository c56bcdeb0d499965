"""Scores of rows that were not seen, whatever the classes."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline

from sentiment.exceptions import LabelError
from sentiment.pipeline import make_sentiment_pipeline
from sentiment.training._cross_validation import CrossValidation, HeldOut


class Spy(ClassifierMixin, BaseEstimator):
    """Knows the texts it was fitted on, and notes those it is asked."""

    fits: list = []  # noqa: RUF012  (shared by clones)

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.seen_ = set(X["text"])
        self.fits.append((self.seen_, []))
        return self

    def predict_proba(self, X):
        self.fits[-1][1].extend(X["text"])
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))


@pytest.fixture
def spy():
    Spy.fits = []
    return Pipeline([("spy", Spy())])


def test_no_row_is_asked_of_a_pipeline_that_has_seen_it_or_its_fold(spy, make):
    data = make(60)
    validation = CrossValidation(data[["text"]], data["label"], 3, 0)
    validation.answer(spy, 60)
    assert len(Spy.fits) == 3
    for seen, asked in Spy.fits:
        assert not seen & set(asked)
        assert len(seen) == 40
    assert sorted(text for _, asked in Spy.fits for text in asked) == sorted(
        data["text"]
    )


def test_the_vocabulary_is_that_of_the_rows_that_were_seen(make):
    # A word of its own for each row and labels by chance: only a Pipeline that has
    # seen a row could know its label.
    data = make(32)
    texts = data.assign(text=[f"word{i}" for i in range(32)])[["text"]]
    labels = data["label"].sample(frac=1, random_state=1).reset_index(drop=True)
    validation = CrossValidation(texts, labels, 4, 0)
    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1)
    held_out = validation.answer(pipeline, 32)
    # Nothing is known of any row, so the rows of a fold get one and the same answer.
    assert len(np.unique(held_out.repeats[0, :, 0].round(6))) <= 4
    assert held_out.scores()["accuracy"] < 0.8


def test_scores_are_those_of_scikit_learn_on_the_same_folds(reviews, monkeypatch):
    folds = list(
        StratifiedKFold(3, shuffle=True, random_state=0).split(
            reviews, reviews["label"]
        )
    )
    monkeypatch.setattr(
        "sentiment.training._cross_validation.make_folds",
        lambda codes, n_folds, seed: [held_out for _, held_out in folds],
    )
    pipeline = make_sentiment_pipeline(
        "fast", prior=None, classify__estimator__random_state=0
    )
    expected = cross_val_predict(
        pipeline, reviews["text"], reviews["label"], cv=folds, method="predict_proba"
    )
    validation = CrossValidation(reviews[["text"]], reviews["label"], 3, 0)
    held_out = validation.answer(pipeline, len(reviews))
    np.testing.assert_array_equal(held_out.repeats[0], expected)


def test_the_same_seed_gives_the_same_answers(reviews):
    def answer(seed):
        validation = CrossValidation(reviews[["text"]], reviews["label"], 3, seed)
        pipeline = make_sentiment_pipeline(
            "fast", prior=None, classify__estimator__random_state=0
        )
        return validation.answer(pipeline, 20).repeats

    np.testing.assert_array_equal(answer(1), answer(1))
    assert not np.array_equal(answer(1), answer(2))


def test_fewer_rows_are_some_of_the_same_with_every_class_in_each_fold(make):
    data = make(90, names=("negative", "positive", "neutral"))
    data = data[(data["label"] != "neutral") | (data.index < 12)].reset_index(drop=True)
    validation = CrossValidation(data[["text"]], data["label"], 3, 0)
    few, many = validation._draw_rows(10), validation._draw_rows(40)
    assert set(few) < set(many)
    assert data["label"].iloc[few].value_counts().min() == 3
    assert len(validation._draw_rows(len(data))) == len(data)


def test_a_class_with_one_row_gets_no_answer_and_ends_nothing(reviews):
    rare = reviews.copy()
    rare.loc[5, "label"] = "mixed"
    validation = CrossValidation(rare[["text"]], rare["label"], 3, 0)
    held_out = validation.answer(make_sentiment_pipeline("fast", prior=None), 32)
    assert held_out.repeats[0, held_out.codes == 0, 0].tolist() == [0.0]
    assert 0.5 < held_out.scores()["accuracy"] < 1.0
    assert np.isfinite(held_out.scores()["log_loss"])


def test_one_row_of_all_other_classes_is_refused():
    texts = pd.DataFrame({"text": ["good", "fine", "bad"]})
    labels = pd.Series(["positive", "positive", "negative"])
    with pytest.raises(LabelError, match=r"Class 'negative' has only 1"):
        CrossValidation(texts, labels, 3, 0)


def make_held_out(shift, n_repeats=1):
    rng = np.random.default_rng(0)
    codes = rng.integers(2, size=200)
    margins = rng.normal(size=(n_repeats, 200)) + shift * (2 * codes - 1)
    said = 1 / (1 + np.exp(-margins))
    return HeldOut(codes, np.arange(200), np.stack([1 - said, said], axis=-1))


@pytest.mark.parametrize("metric", ["log_loss", "accuracy"])
def test_the_error_of_a_gain_is_that_of_the_differences_row_by_row(metric):
    better, worse = make_held_out(1.0), make_held_out(0.5)

    def losses(held_out):
        said = held_out.repeats[0]
        if metric == "accuracy":
            return (said.argmax(axis=1) != held_out.codes).astype(float)
        return -np.log(said[np.arange(200), held_out.codes])

    differences = losses(worse) - losses(better)
    expected = differences.std() / np.sqrt(200)
    error = better.error_of_gain(worse, metric)
    assert error == pytest.approx(expected, rel=0.15)
    # Unpaired, it would be much larger: what is hard for both is hard for both.
    assert error < 0.8 * losses(better).std() / np.sqrt(100)


def test_a_gain_in_auc_has_an_error_and_one_over_itself_has_none():
    better, worse = make_held_out(1.0, n_repeats=2), make_held_out(0.5)
    assert 0 < better.error_of_gain(worse, "roc_auc") < 0.1
    assert worse.error_of_gain(worse, "roc_auc") == 0.0


def test_the_scores_are_the_means_of_the_repeats():
    held_out = make_held_out(0.5, n_repeats=3)
    single = [
        HeldOut(held_out.codes, held_out.groups, one[None]) for one in held_out.repeats
    ]
    for name, value in held_out.scores().items():
        assert value == pytest.approx(np.mean([one.scores()[name] for one in single]))


def test_each_repeat_asks_about_every_row_once_with_folds_of_its_own(spy, make):
    data = make(60)
    CrossValidation(data[["text"]], data["label"], 3, 0, n_repeats=2).answer(spy)
    assert len(Spy.fits) == 6
    folds = [frozenset(asked) for _, asked in Spy.fits]
    assert frozenset.union(*folds[:3]) == frozenset.union(*folds[3:]) == {*data["text"]}
    assert len(set(folds)) == 6


def test_rows_of_one_text_are_held_out_together(spy, make):
    data = pd.concat([make(40), make(12), make(12)], ignore_index=True)
    held_out = CrossValidation(data[["text"]], data["label"], 4, 0).answer(spy)
    for seen, asked in Spy.fits:
        assert not seen & set(asked)
    texts_of = data["text"].groupby(held_out.groups).nunique()
    assert (texts_of == 1).all()
    assert len(texts_of) == 40


def test_a_class_of_one_text_is_spread_over_the_folds(spy):
    data = pd.DataFrame(
        {"text": ["bad"] * 4 + list("abcd"), "label": [0] * 4 + [1] * 4}
    )
    CrossValidation(data[["text"]], data["label"], 4, 0).answer(spy)
    assert all("bad" in seen for seen, _ in Spy.fits)


def test_it_can_be_ended_before_each_fold(reviews):
    calls = []

    def end_the_second():
        calls.append(1)
        if len(calls) == 2:
            raise TimeoutError

    validation = CrossValidation(reviews[["text"]], reviews["label"], 3, 0)
    with pytest.raises(TimeoutError):
        validation.answer(
            make_sentiment_pipeline("fast", prior=None), 20, end_the_second
        )
