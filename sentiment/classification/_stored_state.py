"""Whether the arrays of a classifier that comes from a file fit together.

What computes with them does not look: behind the end of an array is memory of somebody
else, and one weight that is no number makes probabilities that are none.
"""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentiment._arrays import are_finite
from sentiment.classification._trees import Trees
from sentiment.exceptions import SentimentError

__all__ = ["check_classifier", "refuse_state", "renew_classifier"]


def refuse_state(estimator: Any) -> SentimentError:
    """Return the error to raise of an estimator whose state is damaged."""
    return SentimentError(
        f"This {type(estimator).__name__} is damaged: its arrays do not fit together "
        "or hold values that are no finite numbers. Load the model from where it was "
        "logged."
    )


def renew_classifier(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state of a stored classifier as that of today.

    Models from before these parameters have all n-grams, and no prior.
    """
    state = {"max_linear_features": None, "prior": None} | state
    if "link_slope_" in state and "link_prior_" not in state:
        state["link_prior_"] = np.zeros((0, len(state["link_slope_"])))
    if "_booster_ubj" in state:
        state["_trees"] = Trees.take_from(state)
    return state


def check_classifier(classifier: Any, n_margins: int) -> None:
    """Refuse a fitted BoostedLinearClassifier whose arrays do not fit together.

    Raises
    ------
    SentimentError
        If an array has another shape, is not finite, or refers to what is not there.
    """
    n_features = classifier.n_features_in_
    narrow = (n_margins,)
    n_parts = len(getattr(classifier, "link_prior_", ()))
    wide = (n_margins + n_parts, n_features)
    linear = {
        "linear_weights_": wide,
        "linear_coef_": wide,
        "linear_intercept_": wide[:1],
        "link_prior_": (n_parts, n_margins),
        "link_slope_": narrow,
        "link_offset_": narrow,
    }
    shapes = {"prior_": narrow} if classifier.init is None else linear
    features, booster = classifier._trees.features, classifier._trees.booster
    fits = (
        isinstance(n_features, int)
        and classifier.classes_.ndim == 1
        and are_finite(classifier._importances, n_features)
        and all(are_finite(getattr(classifier, k), *v) for k, v in shapes.items())
        and _are_places(features.columns, n_features)
        and are_finite(features.idf, len(features.columns))
        and features.n_columns_in == n_features
        and features.kind in ("binary", "count", "tfidf")
    )
    if fits and booster is not None:
        fits = _are_trees(booster, len(features.columns), n_margins)
    if not fits:
        raise refuse_state(classifier)


def _are_places(columns: NDArray[np.int32], n_features: int) -> bool:
    """Say whether these are columns, in order and each once."""
    return (
        columns.dtype == np.int32
        and columns.ndim == 1
        and len(columns) > 0
        and int(columns[0]) >= 0
        and int(columns[-1]) < n_features
        and bool((columns[1:] > columns[:-1]).all())
    )


def _are_trees(booster: Any, n_features: int, n_margins: int) -> bool:
    """Say whether the trees are as they were grown here: XGBoost itself does not look.

    One tree a round and margin, of splits on single values of known features.
    """
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    if learner["gradient_booster"]["name"] != "gbtree":
        return False
    sizes = learner["learner_model_param"]
    model = learner["gradient_booster"]["model"]
    trees, n_trees = model["trees"], len(model["trees"])
    return (
        int(sizes["num_feature"]) == n_features
        and int(sizes["num_class"]) == (0 if n_margins == 1 else n_margins)
        and int(sizes.get("num_target", 1)) == 1
        and model["tree_info"] == [*range(n_margins)] * (n_trees // n_margins)
        and model["iteration_indptr"] == [*range(0, n_trees + 1, n_margins)]
        and all(_is_tree(tree, n_features) for tree in trees)
    )


def _is_tree(tree: dict[str, Any], n_features: int) -> bool:
    left, right, feature = (
        np.asarray(tree[name], np.int64)
        for name in ("left_children", "right_children", "split_indices")
    )
    inner = left != -1
    below = np.concatenate([left[inner], right[inner]])
    split = feature[inner]
    # Each node below the first hangs from one other, so that no path goes in a circle.
    return bool(
        len(left) == len(right) == len(feature) == len(tree["split_conditions"])
        and ((below > 0) & (below < len(left))).all()
        and len(np.unique(below)) == len(below)
        and ((split >= 0) & (split < n_features)).all()
        and np.isfinite(tree["split_conditions"]).all()
        and not any(tree["split_type"])
        and int(tree["tree_param"]["size_leaf_vector"]) <= 1
    )
