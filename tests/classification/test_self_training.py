"""Documents without a label: what they add, and what they may not do."""

import warnings

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import clone

import sentiment.classification._fitted_start as fitted_start
from sentiment import (
    BoostedLinearClassifier,
    fit_pipeline,
    load_model,
    make_sentiment_pipeline,
    save_model,
)
from sentiment._sklearn import InvalidParameterError
from sentiment.classification._blocks import LearningRows, RowsInMemory
from sentiment.classification._correspondence import embed_rows
from sentiment.classification._liblinear import Liblinear
from sentiment.classification._linear_start import (
    LinearSettings,
    Link,
    cross_fit_linear,
    make_folds,
)
from sentiment.classification._self_training import SelfTraining

with warnings.catch_warnings():
    # While it is imported, MLflow 3.17 warns of its own type hints.
    warnings.simplefilter("ignore")
    import mlflow.pyfunc  # noqa: F401

GOOD, BAD = "lovely great superb warm".split(), "awful dull tired poor".split()
# Nobody labels a text that holds one of these; they stand beside the others.
ALSO_GOOD, ALSO_BAD = "radiant tender".split(), "clumsy stale".split()
FILLER = "the film was and then it had some of a long".split()
SETTINGS = LinearSettings(C=0.3, alpha=1.0, power=0.75, seed=0)


def write(rng, words, n_words=2):
    chosen = [*rng.choice(words, n_words), *rng.choice(FILLER, 5)]
    return " ".join(rng.permutation(chosen))


@pytest.fixture(scope="module")
def texts():
    """Return labelled texts, labels, unlabelled texts, and texts of new words."""
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    labelled = [write(rng, (BAD, GOOD)[one]) for one in y]
    sides = BAD + ALSO_BAD, GOOD + ALSO_GOOD
    unlabelled = [write(rng, sides[k % 2], 4) for k in range(600)]
    new = [write(rng, (ALSO_BAD, ALSO_GOOD)[one]) for one in y]
    return labelled, y, unlabelled, new


@pytest.fixture(scope="module")
def pipeline():
    return make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1)


@pytest.fixture(scope="module")
def taught(texts, pipeline):
    X, y, unlabelled, _ = texts
    return fit_pipeline(clone(pipeline), X, y, X_unlabelled=unlabelled)


def test_words_that_no_label_speaks_of_are_learned_from_their_neighbours(
    texts, pipeline, taught
):
    X, y, unlabelled, new = texts
    alone = clone(pipeline).fit(X, y)
    assert alone.score(new, y) < 0.7
    assert taught.score(new, y) == 1.0
    assert taught[-1].estimator_.n_unlabelled_ == len(unlabelled)


def test_neither_the_process_nor_threads_change_a_bit(texts, pipeline, taught):
    X, y, unlabelled, new = texts
    other = clone(pipeline).set_params(classify__estimator__n_jobs=2)
    fit_pipeline(other, X, y, X_unlabelled=unlabelled)
    np.testing.assert_array_equal(other.predict_proba(new), taught.predict_proba(new))


def test_a_stored_model_answers_the_same(texts, taught, tmp_path):
    save_model(taught, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    new = texts[3]
    np.testing.assert_array_equal(loaded.predict_proba(new), taught.predict_proba(new))
    assert loaded[-1].estimator_.unlabelled_losses_ is not None


def test_several_classes_learn_from_them_too(texts, pipeline):
    X, y, unlabelled, new = texts
    rng = np.random.default_rng(1)
    plain = [write(rng, FILLER) for _ in range(30)]
    names = np.array(["bad", "good"])[y]
    rows = [*X, *plain], [*names, *["plain"] * 30]
    fitted = fit_pipeline(clone(pipeline), *rows, X_unlabelled=unlabelled)
    assert fitted.score(new, names) > 0.8
    assert clone(pipeline).fit(*rows).score(new, names) < 0.6


def test_metadata_routing_hands_them_on(texts, pipeline):
    import sklearn

    X, y, unlabelled, _ = texts
    with sklearn.config_context(enable_metadata_routing=True):
        fitted = fit_pipeline(clone(pipeline), X, y, X_unlabelled=unlabelled)
    assert fitted[-1].estimator_.n_unlabelled_ == len(unlabelled)


def test_rows_that_raise_the_log_loss_are_left_out(texts, pipeline, monkeypatch):
    X, y, unlabelled, _ = texts
    monkeypatch.setattr(fitted_start, "_MOST_RISE", 0.0)
    fitted = fit_pipeline(clone(pipeline), X, y, X_unlabelled=unlabelled)
    classifier = fitted[-1].estimator_
    assert classifier.n_unlabelled_ == 0
    counts = fitted[:-1].transform(X)
    plain = clone(classifier).fit(counts, y)
    np.testing.assert_array_equal(plain.coef_, classifier.coef_)


def test_plain_trees_refuse_them(texts):
    X, y, unlabelled, _ = texts
    pipeline = make_sentiment_pipeline("tutorial", vectorize__min_df=1)
    with pytest.raises(InvalidParameterError, match=r"init='linear'\. Got Boosted"):
        fit_pipeline(pipeline, X, y, X_unlabelled=unlabelled)


def draw_counts(n_rows, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n_rows) % 2
    rates = np.where((np.arange(60) < 30) == y[:, None], 0.4, 0.2)
    return sp.csr_matrix((rng.random((n_rows, 60)) < rates).astype(float)), y


def test_the_labels_of_a_fold_change_no_bit_of_its_own_margins():
    X, y = draw_counts(80)
    more = RowsInMemory(draw_counts(300, seed=1)[0])
    blocks = RowsInMemory(X)
    # Which rows are a fold depends on the labels, too: here they stay.
    folds = make_folds(y, 5, 0)
    both = blocks.beside(more)
    link = Link(np.array([2.0]), np.array([0.0]), np.zeros((0, 1)))
    training = SelfTraining(
        Liblinear(), both, more, embed_rows(both.X, 0), link, np.zeros((300, 0))
    )
    rows = LearningRows(blocks, y, 2, np.ones(80))
    before = cross_fit_linear(training.learn, rows, SETTINGS, folds)
    flipped = y.copy()
    flipped[folds[0]] = 1 - flipped[folds[0]]
    rows = rows._replace(y=flipped)
    after = cross_fit_linear(training.learn, rows, SETTINGS, folds)
    np.testing.assert_array_equal(after[folds[0]], before[folds[0]])
    assert (after[folds[1]] != before[folds[1]]).any()


def test_vectors_are_of_a_full_decomposition_and_led_by_what_many_rows_share():
    X, y = draw_counts(400)
    found = embed_rows(X, seed=0)
    assert found.shape == (400, 4)
    dense = X.toarray()
    frequency = dense.sum(axis=0)
    kept = (frequency >= 20) & (frequency <= 200)
    dense = dense[:, kept]
    scaled = dense / np.sqrt(np.outer(dense.sum(axis=1), frequency[kept]))
    left, values, _ = np.linalg.svd(scaled, full_matrices=False)
    # The first two stand out: all rows, of which nothing is kept, and their two kinds.
    of_kinds = left[:, 1] * values[1] ** 2
    assert np.abs(np.corrcoef(found[:, 0], of_kinds)[0, 1]) > 0.95
    assert np.abs(np.corrcoef(found[:, 0], y)[0, 1]) > 0.8
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, rtol=1e-6)
    # What many rows share counts for more than what a few do.
    assert (found[:, 0] ** 2).mean() > 2 * (found[:, 3] ** 2).mean()


def test_few_rows_get_no_vector_and_learn_all_the_same():
    X, y = draw_counts(50)
    assert embed_rows(X, seed=0).shape == (50, 0)
    classifier = BoostedLinearClassifier(random_state=0)
    classifier.fit(X, y, X_unlabelled=draw_counts(30, seed=1)[0])
    assert classifier.unlabelled_losses_ is not None
