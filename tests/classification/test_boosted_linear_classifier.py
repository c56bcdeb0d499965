"""The boosted linear classifier: what it learns, and from what."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import skops.io
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import cross_val_score
from sklearn.utils import get_tags
from xgboost import XGBClassifier

from sentiment import BoostedLinearClassifier
from sentiment.classification import _boosted_linear_classifier, _liblinear
from sentiment.exceptions import LabelError

VARIANTS = {
    "linear": {},
    "linear and trees": {"max_iter": 8, "early_stopping": False},
    "trees on presence": {"init": None, "max_iter": 8},
    "trees on counts": {"init": None, "tree_features": "count", "max_iter": 8},
    "trees on tf-idf": {"init": None, "tree_features": "tfidf", "max_iter": 8},
}
each_variant = pytest.mark.parametrize("variant", VARIANTS)


def make(variant="linear", **options):
    return BoostedLinearClassifier(**{"random_state": 0} | VARIANTS[variant] | options)


def fitted_state(classifier):
    """All that was learned, trees included, as bytes."""
    state = classifier.__getstate__()
    return pickle.dumps(
        {name: state[name] for name in sorted(state) if name != "n_jobs"}
    )


@pytest.fixture
def rows(make_counts):
    return make_counts(300)


@each_variant
def test_it_learns_two_classes_and_three(variant, make_counts):
    for n_classes in (2, 3):
        X, y = make_counts(1200, n_classes=n_classes, noise=0.2)
        score = cross_val_score(make(variant, max_iter=20), X, y, cv=3)
        # Counts of a linear signal: presence alone, and trees, say less.
        assert score.mean() > (0.68 if n_classes == 2 else 0.5)


# Chance: the threads of XGBoost add their sums in another order, and liblinear's draw
# from one generator. More columns than rows make liblinear draw at all.
@pytest.mark.parametrize(
    ("n_classes", "options"),
    [
        (2, {"max_iter": 15, "n_iter_no_change": 20}),
        (3, {"max_iter": 6, "cv": 2, "early_stopping": False}),
        (
            2,
            {
                "init": None,
                "tree_features": "tfidf",
                "subsample": 0.8,
                "colsample_bytree": 0.8,
                "max_depth": 8,
                "max_tree_features": 200,
                "max_iter": 6,
            },
        ),
    ],
)
def test_the_number_of_threads_changes_no_bit(
    n_classes, options, make_counts, monkeypatch
):
    monkeypatch.setattr(_liblinear, "_ENTRIES_FOR_THREADS", 1)
    X, y = make_counts(3200, 3300, n_classes)
    # Two words that together mean the opposite: something for the trees to find.
    together = np.asarray((X[:, [1]].multiply(X[:, [2]]) > 0).todense()).ravel()
    y = (y + together) % n_classes
    weight = np.random.default_rng(0).random(3200) + 0.1
    found = []
    for n_jobs in (1, 2, 3):
        classifier = BoostedLinearClassifier(random_state=0, n_jobs=n_jobs, **options)
        found.append(classifier.fit(X, y, sample_weight=weight))
    first, *others = found
    assert first.n_iter_ > 0
    for other in others:
        assert fitted_state(other) == fitted_state(first)
        for method in ("predict_proba", "decision_function", "predict"):
            expected = getattr(first, method)(X)
            np.testing.assert_array_equal(getattr(other, method)(X), expected)


@each_variant
def test_fitting_twice_is_fitting_once(variant, rows):
    X, y = rows
    classifier = make(variant).fit(X, y)
    once = fitted_state(classifier)
    classifier.fit(X[:, :30], 1 - y)
    assert fitted_state(classifier.fit(X, y)) == once
    assert fitted_state(clone(classifier).fit(X, y)) == once


def test_another_seed_is_another_model(rows):
    X, y = rows
    assert fitted_state(make().fit(X, y)) != fitted_state(
        make(random_state=1).fit(X, y)
    )


@each_variant
def test_the_input_is_not_changed(variant, rows):
    X, y = rows
    weight = np.ones(300)
    before = pickle.dumps((X, y, weight))
    classifier = make(variant).fit(X, y, sample_weight=weight, X_val=X, y_val=y)
    classifier.predict(X)
    assert pickle.dumps((X, y, weight)) == before


def scramble(X):
    """The same counts, with columns out of order, entries in two parts, and zeros."""
    coo = sp.coo_matrix(X)
    order = np.random.default_rng(0).permutation(coo.nnz)
    row, column, data = coo.row[order], coo.col[order], coo.data[order].astype(float)
    order = np.argsort(row, kind="stable")
    row, column, data = (np.repeat(part[order], 2) for part in (row, column, data))
    data[::2] -= 1.0
    data[1::2] = 1.0
    indptr = np.searchsorted(row, np.arange(X.shape[0] + 1))
    return sp.csr_matrix((data, column, indptr), X.shape)


@each_variant
@pytest.mark.parametrize(
    "convert",
    [
        lambda X: X.toarray(),
        lambda X: np.asfortranarray(X.toarray(), dtype=np.float32),
        lambda X: X.tocsc(),
        sp.csr_array,
        scramble,
        lambda X: X.toarray().tolist(),
        lambda X: pd.DataFrame(X.toarray()).to_numpy(dtype=np.uint8),
        lambda X: sp.csr_matrix((X.data, X.indices.astype("int64"), X.indptr), X.shape),
    ],
    ids=[
        "dense",
        "float32",
        "csc",
        "csr_array",
        "scrambled",
        "lists",
        "uint8",
        "int64",
    ],
)
def test_the_same_counts_give_the_same_bits_however_they_are_stored(
    variant, convert, rows
):
    X, y = rows
    expected = make(variant).fit(X, y)
    other = make(variant).fit(convert(X), y)
    assert fitted_state(other) == fitted_state(expected)
    found = expected.predict_proba(convert(X[:50]))
    np.testing.assert_array_equal(found, expected.predict_proba(X[:50]))


def test_a_frame_of_counts_is_taken_with_its_names(rows):
    X, y = rows
    frame = pd.DataFrame(X.toarray(), columns=[f"n[{i}]<" for i in range(60)])
    classifier = make("linear and trees").fit(frame, y)
    assert classifier.feature_names_in_.tolist() == frame.columns.tolist()
    expected = make("linear and trees").fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(classifier.predict_proba(frame), expected)
    sparse = pd.DataFrame.sparse.from_spmatrix(X, columns=frame.columns)
    np.testing.assert_array_equal(classifier.predict_proba(sparse), expected)


@each_variant
@pytest.mark.parametrize("n_classes", [2, 3, 9])
def test_one_row_gives_the_bits_that_it_gives_among_many(
    variant, n_classes, make_counts
):
    X, y = make_counts(300, n_classes=n_classes)
    classifier = make(variant, n_jobs=2).fit(X, y)
    many = sp.vstack([X] * 8, format="csr")
    expected = classifier.predict_proba(many)
    np.testing.assert_array_equal(expected[:300], expected[-300:])
    for row in range(0, 300, 29):
        alone = classifier.predict_proba(X[row])
        np.testing.assert_array_equal(alone[0], expected[row])


@each_variant
def test_one_row_does_not_wait_for_processors_to_be_counted(variant, rows, monkeypatch):
    X, y = rows
    classifier = make(variant, n_jobs=-1).fit(X, y)
    monkeypatch.setattr(_boosted_linear_classifier, "effective_n_jobs", None)
    assert classifier.predict_proba(X[0]).shape == (1, 2)


@each_variant
def test_no_rows_give_no_probabilities(variant, make_counts):
    for n_classes in (2, 3):
        X, y = make_counts(60, n_classes=n_classes)
        classifier = make(variant).fit(X, y)
        assert classifier.predict_proba(X[:0]).shape == (0, n_classes)
        assert classifier.predict(X[:0]).tolist() == []


@each_variant
def test_a_document_without_a_known_ngram_gets_an_answer(variant, rows):
    X, y = rows
    classifier = make(variant).fit(X, y)
    proba = classifier.predict_proba(sp.csr_matrix((1, 60)))
    assert proba.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_without_a_start_it_is_plain_xgboost(n_classes, weighted, make_counts):
    X, y = make_counts(1500, n_classes=n_classes)
    weight = np.random.default_rng(0).random(1500) if weighted else None
    options = {"max_depth": 4, "learning_rate": 0.2, "min_child_weight": 2.0}
    ours = make("trees on counts", max_iter=30, early_stopping=False, **options)
    theirs = XGBClassifier(
        n_estimators=30, missing=0.0, tree_method="hist", n_jobs=1, **options
    )
    ours.fit(X, y, sample_weight=weight)
    start = None
    if n_classes == 3:
        # From version 3.1 on XGBoost finds it itself, as it did before for two classes.
        total = np.bincount(y, weight)
        start = np.tile(np.log(total / total.sum()), (1500, 1))
    features = X.astype(np.float32)
    theirs.fit(features, y, sample_weight=weight, base_margin=start)
    expected = theirs.predict_proba(features, base_margin=start)
    np.testing.assert_allclose(ours.predict_proba(X), expected, atol=1e-6, rtol=0)


def test_a_class_that_is_rare_starts_from_its_own_share(make_counts):
    X, _ = make_counts(200)
    y = (np.arange(200) % 10 == 0).astype(int)
    classifier = make("trees on counts", max_iter=0).fit(X, y)
    np.testing.assert_allclose(classifier.predict_proba(X), [[0.9, 0.1]] * 200)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_history_begins_before_the_first_tree_and_is_that_of_the_answers(
    n_classes, make_counts
):
    X, y = make_counts(900, n_classes=n_classes)
    options = {"max_iter": 5, "n_iter_no_change": 50, "early_stopping": True}
    classifier = make("linear and trees", **options)
    classifier.fit(X[:600], y[:600], X_val=X[600:], y_val=y[600:])
    history = classifier.evals_result_
    assert list(history) == ["train", "validation"]
    for metrics in history.values():
        assert list(metrics) == ["log_loss", "roc_auc"]
        assert [len(values) for values in metrics.values()] == [6, 6]
    losses = history["validation"]["log_loss"]
    assert classifier.n_iter_ == int(np.argmin(losses))
    for rounds in (0, 5):
        exact = clone(classifier).set_params(max_iter=rounds, early_stopping=False)
        exact.fit(X[:600], y[:600], X_val=X[600:], y_val=y[600:])
        assert exact.n_iter_ == rounds
        proba = exact.predict_proba(X[600:])
        assert losses[rounds] == pytest.approx(log_loss(y[600:], proba), abs=1e-6)
        if n_classes == 2:
            area = roc_auc_score(y[600:], proba[:, 1])
            found = history["validation"]["roc_auc"][rounds]
            assert found == pytest.approx(area, abs=1e-6)


def test_trees_that_do_not_help_are_not_used(make_counts):
    X, _ = make_counts(1200)
    y = np.random.default_rng(5).integers(0, 2, 1200)
    classifier = make(max_iter=100, n_iter_no_change=4).fit(X, y)
    losses = classifier.evals_result_["validation"]["log_loss"]
    assert classifier.n_iter_ == int(np.argmin(losses)) < 10
    assert len(losses) == classifier.n_iter_ + 1 + 4


def test_a_start_that_trees_cannot_better_answers_alone(make_counts):
    X, y = make_counts(400)
    classifier = make(early_stopping=True, learning_rate=5.0, n_iter_no_change=2)
    classifier.fit(X, y)
    assert classifier.n_iter_ == 0
    assert len(classifier.evals_result_["validation"]["log_loss"]) == 3
    expected = make().fit(X, y)
    np.testing.assert_array_equal(
        classifier.predict_proba(X), expected.predict_proba(X)
    )


@pytest.mark.parametrize(
    ("n_rows", "init", "early_stopping", "validates", "grows"),
    [
        (400, "linear", "auto", False, False),
        (400, None, "auto", False, True),
        (400, "linear", False, False, True),
        (400, "linear", True, True, True),
        (1000, "linear", "auto", True, True),
        (1000, None, False, False, True),
    ],
)
def test_when_trees_grow_and_when_rows_are_set_aside(
    n_rows, init, early_stopping, validates, grows, make_counts
):
    X, y = make_counts(n_rows)
    options = {"init": init, "early_stopping": early_stopping, "max_iter": 3}
    classifier = make(tree_features="count", **options).fit(X, y)
    assert ("validation" in classifier.evals_result_) == validates
    assert (len(classifier.evals_result_["train"]["log_loss"]) > 1) == grows


def test_rows_of_ones_own_are_watched_whole_and_not_learned_from(make_counts):
    X, y = make_counts(500)
    options = {"init": None, "tree_features": "count", "max_iter": 20}
    own = make(**options, early_stopping=False).fit(X[:400], y[:400])
    watched = make(**options, early_stopping=False)
    watched.fit(X[:400], y[:400], X_val=X[400:], y_val=y[400:])
    np.testing.assert_array_equal(own.predict_proba(X), watched.predict_proba(X))
    loss = log_loss(y[400:], watched.predict_proba(X[400:]))
    last = watched.evals_result_["validation"]["log_loss"][-1]
    assert last == pytest.approx(loss, abs=1e-6)


def test_noise_that_rows_can_be_told_by_is_not_learned_by_the_trees():
    # A word for each row: a model that has seen a row knows its label by heart. Margins
    # of seen rows would begin at a log loss near 0, and trees would learn nothing.
    rng = np.random.default_rng(0)
    X = sp.eye(1200, format="csr")
    y = rng.integers(0, 2, 1200)
    classifier = make(max_iter=5).fit(X, y)
    history = classifier.evals_result_
    assert history["train"]["log_loss"][0] > 0.68
    assert history["validation"]["log_loss"][0] > 0.68
    assert classifier.n_iter_ <= 1


@pytest.mark.parametrize(
    "counts", [(2, 2), (3, 1), (1, 1), (2, 2, 2), (5, 1, 1), (1, 9)]
)
@each_variant
def test_a_handful_of_rows_is_learned(variant, counts):
    y = np.repeat(np.arange(len(counts)), counts)
    # A word of its own for each class, and one for each row.
    X = np.hstack([np.eye(len(counts))[y] * 2, np.eye(len(y))])
    for early_stopping in ("auto", True):
        classifier = make(variant, max_iter=3, early_stopping=early_stopping)
        proba = classifier.fit(X, y).predict_proba(X)
        assert np.isfinite(proba).all()
        np.testing.assert_allclose(proba.sum(axis=1), 1.0)


@pytest.mark.parametrize("n_rows", [2, 3, 8])
def test_words_that_were_seen_once_speak_for_the_class_they_were_seen_in(n_rows):
    X = np.eye(2 * n_rows)
    y = np.repeat(["bad", "good"], n_rows)
    for seed in range(5):
        assert make(random_state=seed).fit(X, y).predict(X).tolist() == y.tolist()


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 0.99])
def test_any_share_can_be_set_aside(share, make_counts):
    X, y = make_counts(12)
    options = {"validation_fraction": share, "early_stopping": True, "max_iter": 2}
    classifier = make("trees on counts", **options).fit(X, y)
    assert "validation" in classifier.evals_result_


@each_variant
def test_importances_are_shares(variant, rows):
    X, y = rows
    classifier = make(variant, max_tree_features=10).fit(X, y)
    shares = classifier.feature_importances_
    assert shares.shape == (60,)
    assert (shares >= 0).all()
    assert shares.sum() == pytest.approx(1.0, abs=1e-6)


def test_the_ngram_that_decides_is_the_most_important_one():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 500)
    X = rng.poisson(0.4, (500, 30))
    X[:, 17] = y
    for variant in VARIANTS:
        assert make(variant).fit(X, y).feature_importances_.argmax() == 17


@pytest.mark.parametrize("n_classes", [2, 3])
def test_coefficients_add_up_to_the_margin(n_classes, make_counts):
    X, y = make_counts(200, n_classes=n_classes)
    classifier = make().fit(X, y)
    n_margins = 1 if n_classes == 2 else 3
    assert classifier.coef_.shape == (n_margins, 60)
    damped = X.toarray().astype(float)
    damped[damped > 0] = 1 + np.log(damped[damped > 0])
    for k in range(n_margins):
        length = np.linalg.norm(damped * classifier.linear_weights_[k], axis=1)
        length[length == 0] = 1.0
        slope, offset = classifier.link_slope_[k], classifier.link_offset_[k]
        expected = damped @ classifier.coef_[k] / length
        expected += slope * classifier.linear_intercept_[k] + offset
        margins = classifier.decision_function(X).reshape(200, n_margins)[:, k]
        np.testing.assert_allclose(margins, expected, atol=1e-6)


def test_without_a_start_there_are_no_coefficients(rows):
    assert make("trees on counts").fit(*rows).coef_ is None


@pytest.mark.parametrize("tree_features", ["binary", "count", "tfidf"])
def test_trees_see_the_strongest_ngrams_only(tree_features, rows):
    X, y = rows
    options = {"init": None, "tree_features": tree_features, "max_iter": 5}
    limited = make(max_tree_features=7, **options).fit(X, y)
    frequency = np.bincount(X.indices, minlength=60)
    used = np.flatnonzero(limited.feature_importances_)
    assert set(used) <= set(np.argsort(-frequency, kind="stable")[:7])
    everything = make(max_tree_features=None, **options).fit(X, y)
    assert (everything.feature_importances_ > 0).sum() > 7


def test_presence_is_all_that_binary_trees_see(rows):
    X, y = rows
    classifier = make("trees on presence").fit(X, y)
    once = (X > 0).astype(int)
    np.testing.assert_array_equal(
        classifier.predict_proba(X), classifier.predict_proba(once)
    )
    other = make("trees on counts").fit(X, y)
    assert (other.predict_proba(X) != other.predict_proba(once)).any()


@each_variant
def test_a_row_without_weight_is_no_row(variant, rows):
    X, y = rows
    weight = (np.arange(300) % 4 > 0).astype(float)
    weighted = make(variant).fit(X, y, sample_weight=weight)
    without = make(variant).fit(X[weight > 0], y[weight > 0])
    assert fitted_state(weighted) == fitted_state(without)


def test_weights_move_the_answers_towards_the_heavy_rows(rows):
    X, y = rows
    for variant in VARIANTS:
        heavy = make(variant).fit(X, y, sample_weight=1.0 + 9.0 * y)
        plain = make(variant).fit(X, y)
        more = heavy.predict_proba(X)[:, 1].mean() - plain.predict_proba(X)[:, 1].mean()
        assert more > 0.05


def test_the_weight_of_a_class_is_the_weight_of_its_rows(rows):
    X, y = rows
    labels = np.array(["bad", "good"])[y]
    by_class = make(class_weight={"bad": 1.0, "good": 3.0}).fit(X, labels)
    by_row = make().fit(X, labels, sample_weight=1.0 + 2.0 * y)
    np.testing.assert_array_equal(by_class.predict_proba(X), by_row.predict_proba(X))


def test_balanced_weights_make_up_for_a_rare_class(make_counts):
    X, y = make_counts(400)
    kept = (y == 0) | (np.arange(400) % 8 == 0)
    X, y = X[kept], y[kept]
    plain = make().fit(X, y).predict_proba(X)[:, 1].mean()
    balanced = make(class_weight="balanced").fit(X, y).predict_proba(X)[:, 1].mean()
    assert plain < 0.2 < balanced


def test_weights_of_classes_hold_for_the_validation_rows_too(make_counts):
    X, y = make_counts(300)
    classifier = make("trees on counts", max_iter=0, class_weight={0: 1.0, 1: 3.0})
    classifier.fit(X, y, X_val=X, y_val=y)
    proba = classifier.predict_proba(X)
    expected = log_loss(y, proba, sample_weight=1.0 + 2.0 * y)
    found = classifier.evals_result_["validation"]["log_loss"][0]
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"y": [0] * 300}, "learns from at least two classes. Got one class only, 0"),
        ({"y": [0, 1]}, "takes one label per row. Got 2 labels for 300 rows."),
        ({"y": np.linspace(0, 1, 300)}, "Unknown label type: continuous"),
        ({"X": np.full((300, 2), -1)}, "Negative values in data passed to Boosted"),
        ({"X": np.full((300, 2), np.nan)}, "Input X contains NaN"),
        ({"X": np.ones(300)}, "Expected 2D array"),
        ({"sample_weight": np.ones(5)}, "sample_weight.shape"),
        ({"sample_weight": np.full(300, -1.0)}, "sample_weight"),
        ({"sample_weight": np.arange(300) * 0.0}, "(?i)sample.weight"),
        ({"y_val": [0, 1]}, "takes X_val and y_val together. Got only one."),
        ({"X_val": np.ones((2, 60))}, "takes X_val and y_val together. Got only one."),
        (
            {"X_val": np.ones((2, 60)), "y_val": [0]},
            "takes one label per row. Got 1 labels for 2 rows.",
        ),
        (
            {"X_val": np.ones((1, 60)), "y_val": [7]},
            r"y_val takes the classes of the training labels, \[0, 1\]. Got also \[7\].",
        ),
        ({"X_val": np.ones((1, 59)), "y_val": [0]}, "X has 59 features, but Boosted"),
        (
            {"X_val": np.ones((0, 60)), "y_val": []},
            "takes at least one validation row. Got none.",
        ),
    ],
)
def test_what_cannot_be_learned_from_is_refused(arguments, message, rows):
    X, y = rows
    with pytest.raises(ValueError, match=message):
        make().fit(**{"X": X, "y": y} | arguments)


def test_a_class_without_any_weight_is_refused_by_name(rows):
    X, y = rows
    for arguments in ({"class_weight": {0: 0.0, 1: 1.0}}, {}):
        weight = None if arguments else y.astype(float)
        with pytest.raises(LabelError) as caught:
            make(**arguments).fit(X, y, sample_weight=weight)
        assert str(caught.value) == (
            "BoostedLinearClassifier takes sample_weight times class_weight above 0 for "
            "some row of each class. Got none for the class 0. Leave the rows of such a "
            "class out."
        )


@pytest.mark.parametrize(
    "attribute",
    ["predict", "predict_proba", "decision_function", "coef_", "feature_importances_"],
)
def test_it_says_so_when_it_is_not_fitted(attribute, rows):
    with pytest.raises(NotFittedError, match="BoostedLinearClassifier"):
        getattr(BoostedLinearClassifier(), attribute)(rows[0])


@each_variant
def test_copies_give_the_same_bits_and_leave_the_original_whole(variant, rows):
    X, y = rows
    classifier = make(variant).fit(X, y)
    expected = classifier.predict_proba(X)
    dumped = skops.io.dumps(classifier)
    own = skops.io.get_untrusted_types(data=dumped)
    assert own == [
        "sentiment.classification._boosted_linear_classifier.BoostedLinearClassifier"
    ]
    copies = [
        pickle.loads(pickle.dumps(classifier)),
        copy.deepcopy(classifier),
        skops.io.loads(dumped, trusted=own),
        classifier,
    ]
    for same in copies:
        np.testing.assert_array_equal(same.predict_proba(X), expected)
        assert same.evals_result_ == classifier.evals_result_
    again = pickle.loads(pickle.dumps(copies[0]))
    np.testing.assert_array_equal(again.predict_proba(X), expected)


def test_one_that_is_not_fitted_can_be_copied_too():
    same = pickle.loads(pickle.dumps(make(C=0.7)))
    assert same.get_params() == make(C=0.7).get_params()


def test_many_threads_may_ask_one_model(rows):
    X, y = rows
    classifier = make("linear and trees", n_jobs=1).fit(X, y)
    expected = classifier.predict_proba(X)

    def ask(row):
        return classifier.predict_proba(X[row])[0]

    with ThreadPoolExecutor(8) as pool:
        for row, proba in enumerate(pool.map(ask, range(300))):
            np.testing.assert_array_equal(proba, expected[row])


def test_the_number_of_threads_can_be_set_after_loading(rows):
    X, y = rows
    many = sp.vstack([X] * 12, format="csr")
    classifier = pickle.loads(pickle.dumps(make("linear and trees").fit(X, y)))
    expected = classifier.predict_proba(many)
    for n_jobs in (2, -1):
        classifier.set_params(n_jobs=n_jobs)
        np.testing.assert_array_equal(classifier.predict_proba(many), expected)


@pytest.fixture
def rare_words(make_counts):
    """Noise, and words that are rare and always right."""
    noise, _ = make_counts(120, 8)
    word = np.repeat(np.arange(40), 3)
    return sp.hstack([sp.csr_matrix(np.eye(40)[word]), noise], format="csr"), word % 2


def test_few_rows_get_the_smoothing_that_errs_least_out_of_fold(
    make_counts, rare_words
):
    chosen = set()
    for X, labels in (make_counts(120, 8, noise=3.0), rare_words):
        auto = make(max_iter=0).fit(X, labels)
        losses = {}
        for alpha in (0.3, 1.0, 3.0, 10.0):
            history = make(max_iter=0, alpha=alpha).fit(X, labels).evals_result_
            losses[alpha] = history["train"]["log_loss"][0]
        best = min(losses, key=losses.get)
        assert auto.alpha_ == best
        chosen.add(best)
        same = make(max_iter=0, alpha=best).fit(X, labels)
        np.testing.assert_array_equal(auto.predict_proba(X), same.predict_proba(X))
    assert len(chosen) == 2, "nothing to choose between"


def test_large_data_are_fitted_with_one_smoothing(rare_words, monkeypatch):
    X, y = rare_words
    assert make(max_iter=0).fit(X, y).alpha_ != 10.0
    monkeypatch.setattr("sentiment.classification._out_of_fold._LARGE", X.nnz - 1)
    assert make(max_iter=0).fit(X, y).alpha_ == 10.0


@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_metrics_of_the_start_do_not_need_xgboost_and_agree_with_it(
    n_classes, make_counts
):
    X, y = make_counts(400, n_classes=n_classes)
    weight = np.random.default_rng(0).random(400) + 0.1
    found = {}
    for max_iter in (0, 1):
        classifier = make(max_iter=max_iter, early_stopping=False)
        classifier.fit(X, y, sample_weight=weight, X_val=X[:90], y_val=y[:90])
        found[max_iter] = classifier.evals_result_
    for part in ("train", "validation"):
        for metric in ("log_loss", "roc_auc"):
            alone, before = found[0][part][metric], found[1][part][metric]
            assert len(alone) == 1
            assert alone[0] == pytest.approx(before[0], abs=1e-6)


def test_without_trees_the_link_is_learned_from_some_of_many_rows(
    make_counts, monkeypatch
):
    X, y = make_counts(2000)
    all_rows = make(max_iter=0).fit(X, y)
    monkeypatch.setattr("sentiment.classification._out_of_fold._ROWS_FOR_LINK", 700)
    some = make(max_iter=0).fit(X, y)
    assert some.link_slope_ != all_rows.link_slope_
    assert some.link_slope_ == pytest.approx(all_rows.link_slope_, rel=0.3)
    loss = some.evals_result_["train"]["log_loss"][0]
    assert loss == pytest.approx(
        all_rows.evals_result_["train"]["log_loss"][0], abs=0.1
    )


def test_its_tags_say_what_it_takes():
    tags = get_tags(BoostedLinearClassifier())
    assert tags.estimator_type == "classifier"
    assert tags.input_tags.sparse
    assert tags.input_tags.positive_only
    assert tags.classifier_tags.multi_class
