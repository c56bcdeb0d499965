"""The steps put together: every preset, from raw documents to labels."""

import pickle
import re
import subprocess
import sys

import joblib
import numpy as np
import pandas as pd
import pytest
import skops.io
from hypothesis import given
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedKFold,
    cross_val_predict,
    cross_val_score,
)
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from text_strategies import CONTAINERS, NASTY, documents

from sentiment import (
    BoostedLinearClassifier,
    LabelDecoder,
    fit_pipeline,
    make_sentiment_pipeline,
)
from sentiment._sklearn import InvalidParameterError
from sentiment.exceptions import DocumentError, DocumentTypeError, LabelError
from sentiment.pipeline import PRESETS, default_validation_fraction

each_preset = pytest.mark.parametrize("preset", PRESETS)

OWN_TYPES = [
    "sentiment.classification._boosted_linear_classifier.BoostedLinearClassifier",
    "sentiment.classification._label_decoder.LabelDecoder",
    "sentiment.feature_extraction._ngram_vectorizer.NgramVectorizer",
    "sentiment.feature_extraction._text_pipeline.TextPipeline",
    "sentiment.preprocessing._stop_word_remover.StopWordRemover",
    "sentiment.preprocessing._text_cleaner.TextCleaner",
    "sentiment.preprocessing._word_tokenizer.WordTokenizer",
]


def make(preset="accurate", **step__params):
    quick = {
        "classify__estimator__max_iter": 5,
        "classify__estimator__alpha": 1.0,
        "classify__estimator__n_jobs": 1,
        "classify__estimator__random_state": 0,
    }
    return make_sentiment_pipeline(preset, prior=None, **quick | step__params)


@pytest.fixture(scope="module")
def fitted(reviews):
    """Each preset, fitted; trees too, though the rows are few."""
    grow = {"classify__estimator__early_stopping": False}
    return {preset: make(preset, **grow).fit(*reviews) for preset in PRESETS}


@each_preset
def test_each_preset_learns_sixty_rows(preset, reviews, new_reviews):
    # The number of threads, of trees and the seed are the preset's own.
    pipeline = make_sentiment_pipeline(preset, prior=None).fit(*reviews)
    # Trees alone, on forty rows: no more than that they learn at all.
    assert pipeline.score(*new_reviews) > (0.6 if preset == "tutorial" else 0.9)
    proba = pipeline.predict_proba(new_reviews[0])
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    best = pipeline.classes_[proba.argmax(axis=1)]
    assert pipeline.predict(new_reviews[0]).tolist() == best.tolist()
    assert pipeline.classes_.tolist() == ["negative", "positive"]


FIT_AND_PRINT = """
import hashlib, sys
from sentiment import load_reviews, make_sentiment_pipeline
X, y = (part[:120] for part in load_reviews("sample", "train"))
for preset in sys.argv[1:]:
    pipeline = make_sentiment_pipeline(preset, prior=None).fit(X, y)
    print(preset, hashlib.sha256(pipeline.predict_proba(X).tobytes()).hexdigest())
"""


def test_two_processes_learn_the_same_bits_from_the_same_rows():
    command = [sys.executable, "-c", FIT_AND_PRINT, *PRESETS]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in "ab"
    ]
    first, second = (process.communicate()[0] for process in running)
    assert len(first.splitlines()) == len(PRESETS)
    assert first == second


def test_the_seed_is_42_another_on_request_and_none_for_other_draws():
    seed = "classify__estimator__random_state"
    for preset in PRESETS:
        assert make_sentiment_pipeline(preset, prior=None).get_params()[seed] == 42
        for own in (7, None):
            pipeline = make_sentiment_pipeline(preset, prior=None, random_state=own)
            assert pipeline.get_params()[seed] == own
    for own in (7, None):
        assert (
            make_sentiment_pipeline(prior=None, **{seed: own}).get_params()[seed] == own
        )


def test_a_classifier_of_ones_own_is_seeded_and_itself_not_changed():
    forest = RandomForestClassifier()
    pipeline = make_sentiment_pipeline(prior=None, classify=LabelDecoder(forest))
    assert pipeline[-1].estimator.random_state == 42
    assert forest.random_state is None
    seeded = RandomForestClassifier(random_state=7)
    pipeline = make_sentiment_pipeline(prior=None, classify__estimator=seeded)
    assert pipeline[-1].estimator.random_state == 7


@each_preset
def test_the_names_of_the_steps_and_of_the_features_are_as_promised(preset, fitted):
    pipeline = fitted[preset]
    steps = ["clean", "tokenize", "stop_words", "vectorize", "classify"]
    assert [name for name, _ in pipeline.steps] == steps
    assert isinstance(pipeline, Pipeline)
    names = pipeline[:-1].get_feature_names_out()
    shares = pd.Series(pipeline[-1].feature_importances_, names)
    assert len(shares) == pipeline[-1].n_features_in_
    strongest = shares.nlargest(8).index
    assert {"great", "gem", "awful", "dull", "funny"} & set(strongest)


def test_after_set_output_the_classifier_knows_its_features_by_name(reviews):
    pipeline = make("fast").set_output(transform="pandas").fit(*reviews)
    names = pipeline[:-1].get_feature_names_out().tolist()
    assert pipeline[-1].feature_names_in_.tolist() == names
    shares = dict(zip(names, pipeline[-1].feature_importances_, strict=True))
    plain = make("fast").fit(*reviews)
    expected = zip(
        plain[:-1].get_feature_names_out(),
        plain[-1].feature_importances_,
        strict=True,
    )
    assert shares == dict(expected)


def test_the_first_steps_print_something_a_person_can_read(fitted):
    shown = repr(fitted["accurate"][:2].transform(["It isn’t <b>good</b>!"]))
    # Between the words pandas writes commas or spaces, by its version.
    words = [word.strip("'\"") for word in re.findall(r"'!'|\"[^\"]+\"|'[^']+'", shown)]
    assert words == ["it", "isn't", "NOT_good", "!"]


@each_preset
def test_labels_of_any_type_and_number_go_through(preset, reviews):
    texts, labels = reviews
    kinds = {
        "bool": [label == "positive" for label in labels],
        "int": [1 if label == "positive" else -1 for label in labels],
        "category": pd.Series(labels, dtype="category"),
        "three": [*labels[:40], *["mixed"] * 20],
    }
    for y in kinds.values():
        pipeline = make(preset).fit(texts, y)
        assert set(pipeline.predict(texts).tolist()) <= set(y)
        assert pipeline.predict_proba(texts).shape == (60, len(set(y)))


def test_permuted_labels_change_nothing_before_the_classifier(reviews):
    texts, labels = reviews
    shuffled = np.random.default_rng(0).permutation(labels)
    for preset in PRESETS:
        first = make(preset).fit(texts, labels)
        second = make(preset).fit(texts, shuffled)
        for name in ("clean", "tokenize", "stop_words", "vectorize"):
            assert pickle.dumps(first[name]) == pickle.dumps(second[name]), name
        proba = first.predict_proba(texts)
        assert (proba != second.predict_proba(texts)).any()


@each_preset
def test_predict_before_fit_is_refused(preset):
    with pytest.raises(NotFittedError):
        make(preset).predict(["good"])


@each_preset
def test_no_documents_give_no_predictions(preset, fitted):
    for empty in ([], pd.Series([], dtype=str), pd.DataFrame({"text": []}, dtype=str)):
        assert fitted[preset].predict(empty).tolist() == []
        assert fitted[preset].predict_proba(empty).shape == (0, 2)


@each_preset
def test_a_document_that_becomes_empty_stays_a_row(preset, fitted):
    texts = ["great gem", "", "<br />", "\0", " ", "http://x.y", "unknownword"]
    proba = fitted[preset].predict_proba(texts)
    assert proba.shape == (7, 2)
    assert np.isfinite(proba).all()
    assert (proba[1:] == proba[1]).all()


@each_preset
def test_a_document_that_becomes_empty_stays_a_row_in_fit(preset, reviews):
    texts, labels = reviews
    pipeline = make(preset).fit([*texts, "", "<br />"], [*labels, *labels[:2]])
    assert len(pipeline.predict([*texts, ""])) == 61


@pytest.mark.parametrize("preset", PRESETS)
@given(texts=documents)
def test_a_document_alone_gets_the_bits_it_gets_in_a_batch(fitted, preset, texts):
    pipeline = fitted[preset]
    together = pipeline.predict_proba([*texts, *NASTY])
    for row, text in enumerate(texts):
        np.testing.assert_array_equal(pipeline.predict_proba([text])[0], together[row])


@pytest.mark.parametrize("make_container", CONTAINERS.values(), ids=CONTAINERS)
def test_the_container_makes_no_difference(make_container, fitted, reviews):
    texts, _ = reviews
    expected = fitted["accurate"].predict_proba(texts)
    found = fitted["accurate"].predict_proba(make_container(texts))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("X", "kind", "message"),
    [
        ("good film", DocumentTypeError, "TextCleaner takes documents as a list"),
        (["a", None], DocumentError, "Got None at row 1."),
        (["a", 5], DocumentTypeError, r"Got 5 \(int\) at row 1."),
        (["\ud800"], DocumentError, "lone surrogate"),
    ],
)
def test_what_is_no_document_is_refused_by_every_method(X, kind, message, fitted):
    pipeline = fitted["accurate"]
    for method in (pipeline.predict, pipeline.predict_proba):
        with pytest.raises(kind, match=message):
            method(X)
    with pytest.raises(kind, match=message):
        make().fit(X, ["a", "b"])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["positive"] * 60, "LabelDecoder learns from at least two classes"),
        (
            ["positive", "negative"] * 10,
            "takes one label per row. Got 20 labels for 60",
        ),
        (["positive", None] * 30, "Got None at row 1. Leave unlabelled rows out"),
        (["positive", 1] * 30, "takes labels of one type. Got int and str"),
    ],
)
def test_labels_that_nothing_can_be_learned_from_are_refused(labels, message, reviews):
    with pytest.raises(LabelError, match=message):
        make().fit(reviews[0], labels)


def test_texts_without_a_word_are_refused_not_learned():
    with pytest.raises(DocumentError, match="NgramVectorizer found no n-gram in 4"):
        make(vectorize__min_df=1).fit(["", " ", "", "\n"], [0, 1, 0, 1])


@each_preset
def test_copies_of_the_pipeline_give_the_same_bits(preset, fitted, tmp_path):
    pipeline = fitted[preset]
    expected = pipeline.predict_proba(NASTY)
    dumped = skops.io.dumps(pipeline)
    assert skops.io.get_untrusted_types(data=dumped) == OWN_TYPES
    joblib.dump(pipeline, tmp_path / "pipeline.joblib")
    copies = [
        pickle.loads(pickle.dumps(pipeline)),
        joblib.load(tmp_path / "pipeline.joblib"),
        skops.io.loads(dumped, trusted=OWN_TYPES),
        FrozenEstimator(pipeline),
        pipeline,
    ]
    for same in copies:
        np.testing.assert_array_equal(same.predict_proba(NASTY), expected)


def test_a_frozen_pipeline_is_a_step_that_is_not_fitted_again(fitted, new_reviews):
    texts, labels = new_reviews
    shout = FunctionTransformer(lambda texts: [text.upper() for text in texts])
    outer = Pipeline(
        [("shout", shout), ("sentiment", FrozenEstimator(fitted["accurate"]))]
    )
    outer.fit(texts, labels[::-1])
    assert outer.predict(texts).tolist() == labels


@each_preset
def test_cloning_forgets_what_was_learned_and_keeps_the_parameters(preset, fitted):
    copy = clone(fitted[preset])
    assert repr(copy.get_params()) == repr(clone(fitted[preset]).get_params())
    with pytest.raises(NotFittedError):
        copy.predict(["a"])


def test_parameters_of_every_step_can_be_searched(reviews):
    grid = {
        "clean__lowercase": [True, False],
        "tokenize__negation_scope": [0, 2],
        "vectorize__ngram_range": [(1, 1), (1, 2)],
        "classify__estimator__C": [0.1, 1.0],
        "classify__estimator__init": ["linear", None],
    }
    search = GridSearchCV(make(), grid, cv=2, error_score="raise", n_jobs=1)
    search.fit(*reviews)
    assert search.best_score_ > 0.8
    assert len(search.cv_results_["params"]) == 32
    assert len(search.predict(["a gem"])) == 1


@each_preset
def test_cross_validation_works_from_raw_documents(preset, reviews):
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    for texts in (
        reviews[0],
        pd.Series(reviews[0]),
        pd.DataFrame({"text": reviews[0]}),
    ):
        predicted = cross_val_predict(make(preset), texts, reviews[1], cv=folds)
        assert (predicted == np.array(reviews[1])).mean() > 0.6
    proba = cross_val_predict(
        make(preset), *reviews, cv=folds, method="predict_proba", n_jobs=2
    )
    assert proba.shape == (60, 2)
    assert cross_val_score(make(preset), *reviews, cv=folds).mean() > 0.6


@each_preset
def test_every_step_can_answer_with_a_frame(preset, reviews, fitted):
    texts, labels = reviews
    grow = {"classify__estimator__early_stopping": False}
    pipeline = make(preset, **grow).set_output(transform="pandas")
    series = pd.Series(texts, index=range(100, 160))
    pipeline.fit(series, labels)
    frame = pipeline[:-1].transform(series)
    assert isinstance(frame, pd.DataFrame)
    assert frame.index.tolist() == series.index.tolist()
    assert frame.columns.tolist() == pipeline[:-1].get_feature_names_out().tolist()
    found = pipeline.predict_proba(series)
    np.testing.assert_array_equal(found, fitted[preset].predict_proba(texts))


def test_the_html_repr_shows_every_step(fitted):
    shown = fitted["accurate"]._repr_html_()
    for name in ("TextCleaner", "WordTokenizer", "LabelDecoder", "BoostedLinear"):
        assert name in shown


@each_preset
def test_a_memory_changes_no_answer(preset, reviews, fitted, tmp_path):
    expected = fitted[preset].predict_proba(NASTY)
    for _ in range(2):
        pipeline = make(preset, classify__estimator__early_stopping=False)
        pipeline.memory = joblib.Memory(tmp_path, verbose=0)
        pipeline.fit(*reviews)
        np.testing.assert_array_equal(pipeline.predict_proba(NASTY), expected)


@pytest.mark.parametrize("memory", [False, True])
def test_validation_documents_are_watched_and_not_learned_from(
    memory, reviews, new_reviews, tmp_path
):
    pipeline = make("tutorial")
    if memory:
        pipeline.memory = str(tmp_path)
    # Words that the vocabulary lacks, and a document of nothing else.
    unknown = [*new_reviews[0], "zzz qqq"]
    same = fit_pipeline(pipeline, *reviews, unknown, [*new_reviews[1], "positive"])
    assert same is pipeline
    names = pipeline[:-1].get_feature_names_out()
    assert not {"zzz", "qqq"} & set(names)
    by_hand = make("tutorial")[:-1].fit(reviews[0])
    assert names.tolist() == by_hand.get_feature_names_out().tolist()
    history = pipeline[-1].estimator_.evals_result_["validation"]["log_loss"]
    assert len(history) > 1
    assert pipeline.score(*reviews) > 0.7


@each_preset
def test_fit_pipeline_without_validation_is_fit(preset, reviews):
    weight = np.random.default_rng(0).random(60)
    expected = make(preset).fit(*reviews, classify__sample_weight=weight)
    found = fit_pipeline(make(preset), *reviews, sample_weight=weight)
    for texts in (reviews[0], NASTY):
        np.testing.assert_array_equal(
            found.predict_proba(texts), expected.predict_proba(texts)
        )


@pytest.mark.parametrize("given_only", ["X_val", "y_val"])
def test_half_a_validation_set_is_refused(given_only, reviews):
    half = {given_only: reviews[0]}
    with pytest.raises(ValueError, match="takes X_val and y_val together"):
        fit_pipeline(make(), *reviews, **half)


def test_a_validation_label_that_was_not_learned_is_refused(reviews):
    with pytest.raises(LabelError, match=r"Got also \['mixed'\]"):
        fit_pipeline(make(), *reviews, ["so so"], ["mixed"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"vectorize__ngrams": 2},
        {"lowercase": False},
        {"classify__max_iter": 5},
        {"classify__estimator__depth": 5},
        {"vectorise__min_df": 2},
    ],
)
def test_a_parameter_that_no_step_has_is_refused_by_name(wrong):
    ((name, _),) = wrong.items()
    with pytest.raises(InvalidParameterError) as caught:
        make_sentiment_pipeline(prior=None, **wrong)
    assert "Invalid parameter" in str(caught.value)
    assert any(f"'{part}'" in str(caught.value) for part in name.split("__"))


def test_a_value_that_a_step_does_not_take_is_refused_in_fit(reviews):
    wrong = {"classify__estimator__max_depth": "deep"}
    with pytest.raises(InvalidParameterError, match="'max_depth' parameter of Boosted"):
        make(**wrong).fit(*reviews)


@pytest.mark.parametrize("preset", ["slow", "", None, 5])
def test_a_preset_that_does_not_exist_is_refused(preset):
    with pytest.raises(InvalidParameterError) as caught:
        make_sentiment_pipeline(preset, prior=None)
    assert str(caught.value) == (
        "The 'preset' parameter of make_sentiment_pipeline must be a str among "
        f"{{'accurate', 'fast', 'tutorial'}}. Got {preset!r} instead."
    )


def test_steps_can_be_left_out_or_replaced(reviews):
    pipeline = make(
        clean="passthrough",
        stop_words="passthrough",
        classify=LabelDecoder(BoostedLinearClassifier(init=None, max_iter=3)),
    )
    assert pipeline.fit(*reviews).score(*reviews) > 0.7


def test_pipelines_share_no_step():
    first, second = make(), make()
    first.set_params(vectorize__min_df=7)
    assert second.get_params()["vectorize__min_df"] == 1e-4


def test_the_share_set_aside_is_that_of_the_tutorial_for_its_preset():
    fractions = {preset: default_validation_fraction(preset) for preset in PRESETS}
    assert fractions == {"accurate": 0.1, "fast": 0.1, "tutorial": 0.3}


def test_the_tutorial_is_the_model_of_the_tutorial():
    parameters = make_sentiment_pipeline("tutorial", prior=None).get_params()
    expected = {
        "stop_words__stop_words": "tutorial",
        "vectorize__max_features": 2000,
        "vectorize__ngram_range": (1, 1),
        "tokenize__punctuation": None,
        "classify__estimator__init": None,
        "classify__estimator__tree_features": "tfidf",
        "classify__estimator__max_iter": 1000,
        "classify__estimator__max_depth": 8,
        "classify__estimator__learning_rate": 0.2,
        "classify__estimator__subsample": 0.8,
        "classify__estimator__colsample_bytree": 0.8,
        "classify__estimator__n_iter_no_change": 10,
        "classify__estimator__validation_fraction": 0.3,
        "classify__estimator__random_state": 42,
    }
    assert {name: parameters[name] for name in expected} == expected
