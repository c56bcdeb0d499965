"""One row through the trees without XGBoost: the same bits, or XGBoost is asked."""

import copy
import pickle

import numpy as np
import pytest
import scipy.sparse as sp

from sentiment import BoostedLinearClassifier
from sentiment.classification import _tree_walk
from sentiment.classification._tree_boosting import predict_trees
from sentiment.classification._tree_walk import TreeWalk


@pytest.fixture(scope="module", params=["binary", "count", "tfidf"])
def grown(request):
    """A classifier with deep trees of three classes, and the features of other rows."""
    chance = np.random.default_rng(3)
    X = sp.csr_matrix(chance.poisson(0.4, (400, 60)))
    y = (X[:, :3].toarray() + chance.random((400, 3))).argmax(axis=1)
    classifier = BoostedLinearClassifier(
        tree_features=request.param, max_iter=12, max_depth=6, early_stopping=False
    )
    classifier.fit(X[:300], y[:300])
    return classifier, classifier._trees.features.transform(X.astype(float))


def test_the_leaves_add_up_to_the_bits_of_xgboost(grown):
    classifier, features = grown
    walk = TreeWalk(classifier._trees.booster)
    found = [walk.predict(row, 3) for row in features]
    assert walk._nodes is not None
    expected = predict_trees(classifier._trees.booster, features, 3, 1)
    assert np.abs(expected).max() > 0.1
    np.testing.assert_array_equal(np.concatenate(found), expected)
    assert found[0].dtype == np.float32


def test_a_row_without_any_known_column_goes_where_missing_values_go(grown):
    classifier, features = grown
    nothing = sp.csr_matrix((1, features.shape[1]), dtype=np.float32)
    found = TreeWalk(classifier._trees.booster).predict(nothing, 3)
    expected = predict_trees(classifier._trees.booster, nothing, 3, 1)
    np.testing.assert_array_equal(found, expected)


def test_the_walk_survives_copies_and_pickles(grown):
    classifier, features = grown
    expected = predict_trees(classifier._trees.booster, features[:1], 3, 1)
    for other in (copy.deepcopy(classifier), pickle.loads(pickle.dumps(classifier))):
        found = other._trees._walk.predict(features[:1], 3)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("change", ["another form", "another sum", "many trees"])
def test_xgboost_answers_where_the_walk_might_not(grown, monkeypatch, change):
    classifier, features = grown
    if change == "another form":
        monkeypatch.setattr(_tree_walk.json, "loads", lambda text: {"learner": {}})
    elif change == "another sum":
        add_up = _tree_walk._Nodes.add_up
        monkeypatch.setattr(
            _tree_walk._Nodes,
            "add_up",
            lambda nodes, row, n: np.nextafter(add_up(nodes, row, n), np.float32(9)),
        )
    else:
        monkeypatch.setattr(_tree_walk, "_MOST_TREES", 35)
    walk = TreeWalk(classifier._trees.booster)
    found = np.concatenate([walk.predict(row, 3) for row in features])
    assert walk._nodes is None
    expected = predict_trees(classifier._trees.booster, features, 3, 1)
    np.testing.assert_array_equal(found, expected)
