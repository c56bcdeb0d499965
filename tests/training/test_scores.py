"""The metrics are scikit-learn's, whatever the rows."""

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    roc_auc_score,
)

from sentiment.training._scores import score_probabilities


def count_bins(codes, probabilities):
    """The calibration error as its definition says, bin by bin."""
    if probabilities.shape[1] == 2:
        said, right = probabilities[:, 1], codes == 1
    else:
        said, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == codes
    error = 0.0
    for k in range(15):
        inside = (said >= k / 15) & ((said < (k + 1) / 15) | (k == 14))
        if inside.any():
            gap = abs(said[inside].mean() - right[inside].mean())
            error += gap * inside.mean()
    return error


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_the_scores_are_those_of_scikit_learn(n_classes):
    random = np.random.default_rng(n_classes)
    codes = np.arange(60) % n_classes
    probabilities = random.dirichlet(np.ones(n_classes), 60)
    scores = score_probabilities(codes, probabilities)
    area = (
        roc_auc_score(codes, probabilities[:, 1])
        if n_classes == 2
        else roc_auc_score(codes, probabilities, multi_class="ovr", average="macro")
    )
    assert scores == pytest.approx(
        {
            "accuracy": accuracy_score(codes, probabilities.argmax(axis=1)),
            "balanced_accuracy": balanced_accuracy_score(
                codes, probabilities.argmax(axis=1)
            ),
            "f1": f1_score(codes, probabilities.argmax(axis=1), average="macro"),
            "roc_auc": area,
            "log_loss": log_loss(codes, probabilities),
            "calibration_error": count_bins(codes, probabilities),
        }
    )
    assert all(type(value) is float for value in scores.values())


@pytest.mark.parametrize("codes", [[0, 0], [1, 1], [0, 1]])
def test_an_area_that_is_not_defined_is_left_out(codes):
    probabilities = np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
    assert set(score_probabilities(np.array(codes), probabilities)) == {
        *("accuracy", "balanced_accuracy", "f1", "log_loss", "calibration_error")
    }


def test_a_certain_mistake_costs_much_but_not_infinitely_much():
    scores = score_probabilities(np.array([0]), np.array([[0.0, 1.0]]))
    assert 30 < scores["log_loss"] < 1000
