"""A fitted model as the prior of another: what it knows, what it may not do."""

import copy
import pickle
import re
import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from explanation_checks import check_explanation
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

import sentiment.classification._out_of_fold as out_of_fold
from sentiment import (
    DataWarning,
    SentimentError,
    describe_prior,
    drop_unused_ngrams,
    evaluate,
    explain_model,
    explain_texts,
    fit_pipeline,
    load_model,
    load_reviews,
    make_sentiment_pipeline,
    save_model,
)
from sentiment.prior_reading import read_prior
from sentiment.streaming import fit_streaming
from sentiment.training._notes import describe_seen

with warnings.catch_warnings():
    # While it is imported, MLflow 3.17 warns of its own type hints.
    warnings.simplefilter("ignore")
    import mlflow.pyfunc
    import mlflow.sklearn  # noqa: F401

GOOD = "lovely great superb warm brilliant".split()
BAD = "awful dull poor cold dreadful".split()
NEUTRAL = "film plot actor scene music table chair".split()


def write(n, seed, classes=(0, 1)):
    """Return documents whose words speak for their class, most of the time."""
    rng = np.random.RandomState(seed)
    texts, labels = [], []
    for place in range(n):
        label = classes[place % len(classes)]
        words = [rng.choice(NEUTRAL) for _ in range(4)]
        share = label / max(classes)
        words += [
            rng.choice(GOOD if rng.rand() < 0.1 + 0.8 * share else BAD)
            for _ in range(2)
        ]
        rng.shuffle(words)
        texts.append(" ".join(words))
        labels.append(label)
    return texts, np.array(labels)


@pytest.fixture(scope="module")
def teacher():
    pipeline = make_sentiment_pipeline(
        "fast", prior=None, vectorize__ngram_range=(1, 2)
    )
    return pipeline.fit(*write(600, 0))


@pytest.fixture(scope="module")
def taught(teacher):
    texts, labels = write(60, 1)
    return make_sentiment_pipeline("fast", prior=teacher).fit(texts, labels)


def prior_margins(teacher, texts):
    """Compute what the prior says, from its definition."""
    counts = teacher[:-1].transform(texts).toarray().astype(float)
    damped = np.log(np.maximum(counts, 1)) + (counts > 0)
    inner = teacher[-1].estimator_
    weights, coef = inner.linear_weights_[0].astype(float), inner.linear_coef_[0]
    length = np.sqrt(((damped * weights) ** 2).sum(axis=1))
    length[length == 0] = 1
    margin = damped @ (weights * coef) / length + inner.linear_intercept_[0]
    return inner.link_slope_[0] * margin


def test_the_margin_is_that_of_the_linear_part_and_a_share_of_the_priors(
    teacher, taught
):
    texts = [*write(40, 2)[0], "", "unknown words"]
    inner = taught[-1].estimator_
    own = copy.deepcopy(inner)
    own.link_prior_ = np.zeros_like(own.link_prior_)
    share = inner.link_prior_[0, 0] / teacher[-1].estimator_.link_slope_[0]
    expected = own.decision_function(taught[:-1].transform(texts))
    expected = expected + share * prior_margins(teacher, texts)
    np.testing.assert_allclose(taught.decision_function(texts), expected, atol=1e-5)
    assert share > 0


def test_few_rows_with_a_prior_do_better_than_without(teacher):
    texts, labels = write(12, 3)
    asked, truth = write(400, 4)
    alone = make_sentiment_pipeline("fast", prior=None).fit(texts, labels)
    helped = make_sentiment_pipeline("fast", prior=teacher).fit(texts, labels)
    assert helped.score(asked, truth) > alone.score(asked, truth)


def test_labels_that_mean_the_opposite_turn_the_prior_round(teacher):
    texts, labels = write(200, 5)
    asked, truth = write(400, 6)
    helped = make_sentiment_pipeline("fast", prior=teacher).fit(texts, 1 - labels)
    assert helped.score(asked, 1 - truth) > 0.7
    assert helped[-1].estimator_.link_prior_[0, 0] < 0


@pytest.mark.parametrize("preset", ["fast", "accurate"])
def test_a_useless_prior_does_no_harm(teacher, preset):
    useless = copy.deepcopy(teacher)
    inner = useless[-1].estimator_
    inner.linear_coef_ = np.random.RandomState(0).permutation(inner.linear_coef_.T).T
    texts, labels = write(300, 7)
    asked, truth = write(1000, 8)
    alone = make_sentiment_pipeline(preset, prior=None).fit(texts, labels)
    beside = make_sentiment_pipeline(preset, prior=useless).fit(texts, labels)
    # Two standard errors of a difference of 1,000 rows.
    assert beside.score(asked, truth) > alone.score(asked, truth) - 0.04


def test_three_classes_learn_from_a_prior_of_two_and_it_from_them(teacher, monkeypatch):
    texts, labels = write(90, 9, classes=(0, 1, 2))
    asked, truth = write(300, 10, classes=(0, 1, 2))
    three = make_sentiment_pipeline("fast", prior=teacher).fit(texts, labels)
    assert three[-1].estimator_.link_prior_.shape == (1, 3)
    assert three.score(asked, truth) > 0.4
    # Twelve rows would not pay for four parts.
    monkeypatch.setattr(out_of_fold, "_price", lambda n_shares, n_rows: 0.0)
    two = make_sentiment_pipeline("fast", prior=three).fit(*write(12, 11))
    # The parts of the prior, among them that of its own prior.
    assert two[-1].estimator_.link_prior_.shape == (4, 1)
    _add_up(two, asked[:5])


def _add_up(pipeline, texts):
    for text, one in zip(texts, explain_texts(pipeline, texts), strict=True):
        check_explanation(pipeline, one, text)


def test_the_words_of_the_prior_belong_to_the_vocabulary_whatever_the_limits(teacher):
    texts, _ = write(40, 12)
    pipeline = make_sentiment_pipeline("fast", prior=teacher, vectorize__max_features=2)
    counts = pipeline[:-1].fit_transform(texts)
    names = pipeline["vectorize"].get_feature_names_out().tolist()
    prior = teacher["vectorize"].get_feature_names_out().tolist()
    known = np.array(prior)[(teacher[-1].estimator_.linear_weights_ != 0).any(axis=0)]
    assert set(known) <= set(names)
    assert names == sorted(names)
    tokens = [list(one) for one in pipeline[:-2].transform(texts)]
    reference = CountVectorizer(
        analyzer=lambda words: [
            " ".join(words[start : start + n])
            for n in (1, 2)
            for start in range(len(words) - n + 1)
        ],
        vocabulary=names,
        binary=True,
    )
    assert (counts != reference.transform(tokens)).nnz == 0
    assert (counts != pipeline[:-1].transform(texts)).nnz == 0


@settings(max_examples=5, deadline=None)
@given(order=st.permutations(range(40)))
def test_permuted_labels_change_nothing_before_the_classifier(teacher, order):
    texts, labels = write(40, 13)
    one, other = (
        make_sentiment_pipeline("fast", prior=teacher).fit(texts, y)
        for y in (labels, labels[list(order)])
    )
    for name in ("words_", "word_offsets_", "ngrams_"):
        np.testing.assert_array_equal(
            getattr(one["vectorize"], name), getattr(other["vectorize"], name)
        )


def test_explanations_add_up(taught):
    _add_up(taught, ["lovely plot, dull music", "a superb film", "chair", ""])
    assert explain_model(taught)


def test_a_text_gets_the_same_bits_alone_and_in_a_batch(taught):
    texts = write(50, 14)[0]
    together = taught.decision_function(texts)
    alone = [taught.decision_function([text])[0] for text in texts]
    np.testing.assert_array_equal(together, alone)


def test_a_saved_model_answers_without_the_file_of_its_prior(teacher, taught, tmp_path):
    texts = write(20, 15)[0]
    save_model(teacher, tmp_path / "teacher")
    save_model(taught, tmp_path / "taught")
    loaded = load_model(tmp_path / "taught")
    expected = taught.predict_proba(texts)
    np.testing.assert_array_equal(loaded.predict_proba(texts), expected)
    from_file = make_sentiment_pipeline("fast", prior=tmp_path / "teacher")
    from_file.fit(*write(60, 1))
    np.testing.assert_array_equal(from_file.predict_proba(texts), expected)
    again = clone(loaded).fit(*write(60, 1))
    np.testing.assert_array_equal(again.predict_proba(texts), expected)


def test_every_way_to_fit_gives_the_same_model(teacher, taught):
    texts, labels = write(60, 1)
    asked = write(30, 16)[0]
    expected = taught.predict_proba(asked)
    rows = pd.DataFrame({"text": texts, "label": labels})
    for fit in (
        lambda one: fit_streaming(one, rows),
        lambda one: fit_pipeline(one, texts, labels),
        lambda one: clone(one).fit(texts, labels),
        lambda one: (
            GridSearchCV(one, {"classify__estimator__C": [0.3]}, cv=2)
            .fit(texts, labels)
            .best_estimator_
        ),
    ):
        one = fit(make_sentiment_pipeline("fast", prior=teacher))
        got = one.predict_proba(asked)
        np.testing.assert_array_equal(got, expected)


def test_validation_rows_of_ones_own_go_with_a_prior(teacher):
    pipeline = make_sentiment_pipeline("accurate", prior=teacher)
    fit_pipeline(pipeline, *write(100, 17), *write(40, 18))
    assert "validation" in pipeline[-1].estimator_.evals_result_
    _add_up(pipeline, ["lovely plot, dull music"])


def test_pruning_changes_no_bit(teacher):
    limit = {"classify__estimator__max_linear_features": 5}
    pipeline = make_sentiment_pipeline("fast", prior=teacher, **limit)
    pipeline.fit(*write(80, 19))
    texts = write(30, 20)[0]
    smaller = drop_unused_ngrams(pipeline)
    expected = pipeline.predict_proba(texts)
    np.testing.assert_array_equal(smaller.predict_proba(texts), expected)


def test_a_prior_with_trees_gives_its_linear_start_alone(teacher):
    grown = make_sentiment_pipeline(
        "accurate", prior=None, classify__estimator__max_iter=3
    )
    grown.set_params(classify__estimator__early_stopping=False).fit(*write(200, 21))
    prior = read_prior(grown)
    assert grown[-1].estimator_.n_iter_ == 3
    assert prior.weights.shape == (1, len(prior.ngrams))


def test_what_has_no_weights_of_ngrams_is_refused():
    tutorial = make_sentiment_pipeline("tutorial").fit(*write(40, 22))
    for model in (tutorial, make_sentiment_pipeline("fast", prior=None)):
        with pytest.raises(TypeError, match="A prior is a fitted Pipeline"):
            make_sentiment_pipeline("fast", prior=model)


@pytest.mark.parametrize(
    "name", ["clean__lowercase", "tokenize", "vectorize__ngram_range", "vectorize"]
)
def test_a_parameter_that_the_prior_decides_is_refused_by_name(teacher, name):
    with pytest.raises(ValueError, match=f"'{name}' is decided by the prior"):
        make_sentiment_pipeline("fast", prior=teacher, **{name: None})


def test_the_tutorial_preset_takes_no_prior(teacher):
    with pytest.raises(ValueError, match="init='linear'"):
        make_sentiment_pipeline("tutorial", prior=teacher)


def test_a_plain_pipeline_is_refused_in_one_sentence(teacher):
    plain = Pipeline(make_sentiment_pipeline("fast", prior=teacher).steps)
    with pytest.raises(ValueError, match="needs prior_columns in fit"):
        plain.fit(*write(40, 23))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("coef", lambda array: array[:, :-1]),
        ("weights", lambda array: array.tolist()),
        ("intercept", lambda array: array * np.nan),
        ("link", lambda array: array[0]),
        ("link", lambda array: array.astype(object)),
    ],
)
def test_a_damaged_prior_is_refused(teacher, name, damage):
    prior = read_prior(teacher)
    state = dict(vars(prior)) | {name: damage(getattr(prior, name))}
    with pytest.raises(SentimentError, match=f"This Prior is damaged: its {name}"):
        type(prior).__new__(type(prior)).__setstate__(state)


def test_what_is_derived_of_a_prior_is_not_stored_with_it(teacher):
    prior = read_prior(teacher)
    stored = pickle.dumps(prior)
    assert prior.names.to_pylist() == teacher["vectorize"].names_of(slice(None))
    assert pickle.dumps(prior) == stored


def test_the_sample_gains_from_a_prior_of_its_other_half():
    texts, labels = load_reviews("sample")
    half = len(texts) // 2
    prior = make_sentiment_pipeline("fast", prior=None).fit(texts[:half], labels[:half])
    rest, known = texts[half : half + 60], labels[half : half + 60]
    pipeline = make_sentiment_pipeline("fast", prior=prior).fit(rest, known)
    probabilities = pipeline.predict_proba(texts[half + 60 :])
    margins = pipeline.decision_function(texts[half + 60 :])
    np.testing.assert_allclose(probabilities[:, 1], expit(margins))


def test_blocks_learn_from_a_prior_as_rows_in_memory_do(teacher, taught, monkeypatch):
    # Of so few counts all would be gathered.
    monkeypatch.setattr(out_of_fold, "_LARGE", 0)
    texts, labels = write(60, 1)
    fixed = {"classify__estimator__alpha": 1.0}
    expected = make_sentiment_pipeline("fast", prior=teacher, **fixed)
    expected.fit(texts, labels)
    one = make_sentiment_pipeline("fast", prior=teacher, **fixed)
    fit_streaming(one, pd.DataFrame({"text": texts, "label": labels}))
    # Another solver of the same loss.
    np.testing.assert_allclose(
        one.predict_proba(texts), expected.predict_proba(texts), atol=5e-3
    )


def remembering(teacher, texts):
    """Return the teacher, with the documents it is said to have learned from."""
    teacher = copy.deepcopy(teacher)
    teacher["vectorize"].remember(teacher[:3].transform(texts))
    return teacher


LONG = "the plot of the film about the old house on the hill was {} and the end {}"


def write_long(n, seed):
    rng = np.random.RandomState(seed)
    labels = np.arange(n) % 2
    texts = [
        f"{rng.randint(10**6)} " + LONG.format(*rng.choice([BAD, GOOD][label], 2))
        for label in labels
    ]
    return texts, labels


@pytest.mark.parametrize(
    "fit",
    [
        lambda one, X, y: one.fit(X, y),
        lambda one, X, y: fit_streaming(one, pd.DataFrame({"text": X, "label": y})),
        lambda one, X, y: fit_pipeline(one, X, y),
    ],
    ids=["fit", "fit_streaming", "fit_pipeline"],
)
def test_a_prior_that_was_learned_from_the_very_rows_is_left_out(teacher, fit):
    texts, labels = write_long(60, 1)
    alone = make_sentiment_pipeline("fast", prior=None).fit(texts, labels)
    alone.set_params(vectorize__ngram_range=(1, 2)).fit(texts, labels)
    for seen, is_used in ((texts[:1], True), (texts[:5], False)):
        pipeline = make_sentiment_pipeline("fast", prior=remembering(teacher, seen))
        fit(pipeline, texts, labels)
        assert pipeline["vectorize"].prior_seen_ == len(seen) / 60
        assert pipeline["vectorize"].knows_prior() is is_used
        if not is_used:
            asked = write_long(20, 2)[0]
            expected = alone.predict_proba(asked)
            np.testing.assert_array_equal(pipeline.predict_proba(asked), expected)
            assert "was learned from 8% of these texts" in describe_prior(pipeline)


def test_metrics_on_texts_that_a_model_has_seen_are_not_given_without_a_word(teacher):
    texts, labels = write_long(60, 1)
    model = remembering(teacher, texts[:30])
    rows = pd.DataFrame({"text": texts, "label": labels})
    said = "learned from 30 of 60 DataFrame texts (50.0%)"
    with pytest.warns(DataWarning, match=re.escape(said)):
        report = evaluate(model, rows)
    assert said in report.read.warnings[-1]
    new_texts, new_labels = write_long(60, 2)
    new = pd.DataFrame({"text": new_texts, "label": new_labels})
    assert evaluate(model, new).read.warnings == ()
    # Of a model that has it as its prior, too.
    taught = make_sentiment_pipeline("fast", prior=model).fit(new_texts, new_labels)
    assert taught["vectorize"].knows_prior()
    with pytest.warns(DataWarning, match=re.escape(said)):
        evaluate(taught, rows)


def test_a_training_says_that_its_prior_has_seen_the_test_rows(teacher):
    texts, _ = write_long(60, 1)
    model = remembering(teacher, texts)
    X, y = write_long(60, 2)
    fitted = make_sentiment_pipeline("fast", prior=model).fit(X, y)
    rows = pd.DataFrame({"text": texts})
    record = SimpleNamespace(context="test")
    (note,) = describe_seen(fitted, SimpleNamespace(X=rows, record=record))
    assert "learned from 60 of 60 test texts (100.0%)" in note
    rows = pd.DataFrame({"text": X})
    assert not [*describe_seen(fitted, SimpleNamespace(X=rows, record=record))]


def test_short_texts_that_anybody_may_write_are_not_taken_for_seen_ones(teacher):
    texts, labels = write(40, 1)
    pipeline = make_sentiment_pipeline("fast", prior=remembering(teacher, texts))
    assert pipeline.fit(texts, labels)["vectorize"].prior_seen_ == 0


def test_a_prior_that_says_nothing_of_the_labels_is_left_out(teacher):
    useless = copy.deepcopy(teacher)
    inner = useless[-1].estimator_
    inner.linear_coef_ = np.random.RandomState(0).permutation(inner.linear_coef_.T).T
    texts, labels = write(300, 7)
    pipeline = make_sentiment_pipeline("fast", prior=useless).fit(texts, labels)
    assert pipeline[-1].estimator_.link_prior_.size == 0
    assert "does not lower the log loss" in describe_prior(pipeline)
    _add_up(pipeline, texts[:3])


def test_what_is_said_of_a_prior_is_the_log_loss_without_and_with_it(teacher, taught):
    without, beside = taught[-1].estimator_.prior_losses_
    assert beside < without
    assert describe_prior(taught) == (
        f"The prior prior lowers the log loss out of fold from {without:.3f} to "
        f"{beside:.3f}."
    )


def test_ngrams_of_a_prior_that_are_longer_than_those_counted_are_left_out(teacher):
    pipeline = make_sentiment_pipeline("fast", prior=teacher)
    pipeline.set_params(vectorize__ngram_range=(1, 1)).fit(*write(60, 1))
    assert pipeline["vectorize"].ngrams_.shape[1] == 1
    columns = pipeline["vectorize"].columns_of_prior()
    assert (columns == -1).any()
    assert (columns >= 0).any()
    assert pipeline[-1].estimator_.link_prior_.size
    _add_up(pipeline, ["lovely plot, dull music"])
    wide = make_sentiment_pipeline("fast", prior=teacher)
    wide.set_params(vectorize__ngram_range=(1, 3)).fit(*write(60, 1))
    assert (wide["vectorize"].columns_of_prior() >= 0).all()


@pytest.mark.parametrize("preset", ["fast", "accurate"])
def test_reviews_en_is_offered_where_texts_are_cut_as_it_cuts_them(preset):
    by_default = make_sentiment_pipeline(preset)
    assert by_default["vectorize"].prior.name == "reviews-en"
    named = make_sentiment_pipeline(preset, prior="reviews-en")
    assert named["vectorize"].prior is by_default["vectorize"].prior
    assert named["clean"].get_params() == by_default["clean"].get_params()
    for other in (
        {"clean__lowercase": False},
        {"stop_words__stop_words": "english"},
        {"classify__estimator__init": None},
        {"tokenize": "passthrough"},
    ):
        assert make_sentiment_pipeline(preset, **other)["vectorize"].prior is None
    assert make_sentiment_pipeline("tutorial")["vectorize"].prior is None


def test_fifty_labels_of_the_sample_do_more_with_reviews_en_than_all_without():
    texts, labels = load_reviews("sample", "train")
    asked, truth = load_reviews("sample", "test")
    few = make_sentiment_pipeline("fast").fit(texts[:50], labels[:50])
    alone = make_sentiment_pipeline("fast", prior=None).fit(texts, labels)
    assert few.score(asked, truth) > alone.score(asked, truth)
