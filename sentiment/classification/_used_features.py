"""Which features a fitted classifier uses, and how it forgets the others."""

from typing import Any

import numpy as np


def find_used_features(classifier: Any) -> np.ndarray:
    """Say of each feature whether any answer can depend on it."""
    used = np.zeros(classifier.n_features_in_, bool)
    used[classifier._trees.features.columns] = True
    if classifier.init is not None:
        used |= (classifier.linear_weights_ != 0).any(axis=0)
    return used


def restrict_features(classifier: Any, kept: np.ndarray) -> None:
    """Forget all features but some, among them all that are used."""
    classifier.n_features_in_ = int(kept.sum())
    places = np.cumsum(kept, dtype=np.int32) - 1
    if classifier.init is not None:
        classifier.linear_weights_ = classifier.linear_weights_[:, kept]
        classifier.linear_coef_ = classifier.linear_coef_[:, kept]
    classifier._importances = classifier._importances[kept]
    classifier._trees.features.restrict(places, classifier.n_features_in_)
    names = getattr(classifier, "feature_names_in_", None)
    if names is not None:
        classifier.feature_names_in_ = names[kept]
