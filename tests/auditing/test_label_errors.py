import numpy as np
import pandas as pd
import pytest

from sentiment import audit
from sentiment.auditing import CHECKS
from sentiment.auditing._label_errors import find_label_errors

OTHERS = [check for check in CHECKS if check != "label_errors"]
FLIPPED = [4, 60, 77, 130, 199]


def test_flipped_labels_come_first_with_what_they_were(easy):
    wrong = easy.copy()
    wrong.loc[FLIPPED, "label"] = wrong.loc[FLIPPED, "label"].map(
        {"good": "bad", "bad": "good"}
    )
    finding = audit(wrong, skip=OTHERS)["label_errors"]
    assert finding.state == "problem"
    first = finding.rows[: len(FLIPPED)]
    assert sorted(row["row"] for row in first) == FLIPPED
    for row in first:
        assert row["suggested"] == easy.loc[row["row"], "label"]
        assert row["label"] == wrong.loc[row["row"], "label"]
        assert row["probability"] < 0.5
    probabilities = [row["probability"] for row in finding.rows]
    assert probabilities == sorted(probabilities)


def test_right_labels_are_left_alone(easy):
    finding = audit(easy, skip=OTHERS)["label_errors"]
    assert finding.state == "fine"
    assert (
        finding.summary
        == "judged by a classifier that agrees with 100.0 % of all labels"
    )


def test_a_classifier_that_knows_little_accuses_nobody(easy):
    rng = np.random.default_rng(0)
    finding = audit(easy.assign(label=rng.permutation(easy["label"])), skip=OTHERS)
    finding = finding["label_errors"]
    assert finding.state == "notice"
    assert finding.summary.endswith("so that many of these will be right")


@pytest.mark.parametrize("labels", [["good"] * 10, ["good"] * 7 + ["bad"] * 3])
def test_classes_of_few_rows_cannot_be_judged(labels):
    rows = pd.DataFrame({"text": [f"a film {n}" for n in range(10)], "label": labels})
    assert audit(rows, skip=OTHERS)["label_errors"].state == "skipped"


def slowly(probabilities, codes):
    """Confident learning as it stands in the paper, row by row (section 3.1)."""
    n_rows, n_classes = probabilities.shape
    threshold = [
        np.mean([probabilities[i, k] for i in range(n_rows) if codes[i] == k])
        for k in range(n_classes)
    ]
    suspects = []
    for i in range(n_rows):
        reached = [k for k in range(n_classes) if probabilities[i, k] >= threshold[k]]
        if reached:
            likeliest = max(reached, key=lambda k: probabilities[i, k])
            if likeliest != codes[i]:
                suspects.append((i, likeliest))
    return sorted(suspects, key=lambda one: probabilities[one[0], codes[one[0]]])


@pytest.mark.parametrize("n_classes", [2, 3, 7])
def test_suspects_are_those_of_the_paper(n_classes):
    rng = np.random.default_rng(n_classes)
    codes = rng.integers(n_classes, size=300)
    scores = rng.normal(size=(300, n_classes)) + 1.5 * np.eye(n_classes)[codes]
    probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    suspects = find_label_errors(probabilities, codes)
    assert suspects == slowly(probabilities, codes)
    assert len(suspects) > 5
