"""The whole of scikit-learn's checks on the estimators of numbers."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from sentiment import BoostedLinearClassifier, LabelDecoder, NaiveBayesWeighter

COLUMN = "a column of labels is one label per row; we take it without a warning"
CV_SPLITS = "the check sets cv to a list of splits; ours is a number of folds"
NEGATIVE = "the check passes negative values, whatever the tag positive_only says"
NOT_COUNTS = "the check wants 83 % on two continuous features, which are no counts"
NO_TREES = "with few rows and a linear start there are no trees, and n_iter_ is 0"
HALF_STARS = "labels such as 3.5 are labels, not a target of regression"
COMPLEX = "the check has complex labels too, and those are refused first"

CLASSIFIER = {
    "check_supervised_y_2d": COLUMN,
    "check_sample_weight_equivalence_on_dense_data": CV_SPLITS,
    "check_sample_weight_equivalence_on_sparse_data": CV_SPLITS,
    "check_class_weight_classifiers": NEGATIVE,
    "check_decision_proba_consistency": NEGATIVE,
}
LINEAR = CLASSIFIER | {
    "check_classifiers_train": NOT_COUNTS,
    "check_non_transformer_estimators_n_iter": NO_TREES,
}
DECODER = {
    "check_supervised_y_2d": COLUMN,
    "check_classifiers_regression_target": HALF_STARS,
    "check_complex_data": COMPLEX,
}


class TwoClassWeighter(NaiveBayesWeighter):
    """The weighter, which compares two classes, on the three or four of a check."""

    def fit(self, X, y, sample_weight=None):
        if y is not None:
            y = np.asarray(y)
            y = y != y.min()
        return super().fit(X, y, sample_weight=sample_weight)


def expect(estimator):
    if isinstance(estimator, TwoClassWeighter):
        return {}
    if isinstance(estimator, LabelDecoder):
        return DECODER
    return CLASSIFIER if estimator.init is None else LINEAR


@pytest.mark.filterwarnings("ignore:.*SCIPY_ARRAY_API.*")
@parametrize_with_checks(
    [
        BoostedLinearClassifier(cv=2, random_state=0),
        BoostedLinearClassifier(
            init=None, tree_features="count", max_iter=10, random_state=0
        ),
        TwoClassWeighter(),
        LabelDecoder(LogisticRegression()),
    ],
    expected_failed_checks=expect,
)
def test_scikit_learn_accepts(estimator, check):
    check(estimator)
