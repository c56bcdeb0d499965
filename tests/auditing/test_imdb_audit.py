"""The audit of the real IMDB reviews: what is known of them, and what is put in."""

import os

import numpy as np
import pandas as pd
import pytest

from sentiment import audit, load_reviews
from sentiment.auditing import CHECKS

pytestmark = [
    pytest.mark.data,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        "SENTIMENT_IMDB" not in os.environ,
        reason="SENTIMENT_IMDB names no folder with the IMDB reviews",
    ),
]
LOOKED_AT = ("duplicates", "near_duplicates", "overlap", "label_errors", "label_order")
N_FLIPPED, N_EDITED = 500, 50


@pytest.fixture(scope="module")
def planted(edit):
    """The report of an audit, the flipped rows, and the edited ones."""
    imdb, rng = os.environ["SENTIMENT_IMDB"], np.random.default_rng(2)
    texts, labels = load_reviews(imdb, "train")
    flipped = rng.choice(len(texts), N_FLIPPED, replace=False)
    labels.iloc[flipped] = labels.iloc[flipped].map(
        {"negative": "positive", "positive": "negative"}
    )
    edited = rng.choice(len(texts), N_EDITED, replace=False)
    copies = [edit(texts["text"][row], int(row)) for row in edited]
    test = pd.concat([load_reviews(imdb, "test")[0], pd.DataFrame({"text": copies})])
    report = audit(
        texts.assign(label=labels),
        test=test,
        skip=[check for check in CHECKS if check not in LOOKED_AT],
    )
    return report, flipped, edited


def test_flipped_labels_are_found(planted):
    report, flipped, _ = planted
    first = [row["row"] for row in report["label_errors"].rows[:N_FLIPPED]]
    assert len(first) == N_FLIPPED
    # Of the others, many are wrong in IMDB itself.
    assert np.isin(first, flipped).mean() >= 0.6


def test_all_edited_copies_across_the_splits_are_found(planted):
    report, _, edited = planted
    others = {row["row"]: row["other"] for row in report["overlap"].rows}
    found = [others.get(25_000 + place) for place in range(N_EDITED)]
    assert found == edited.tolist()


def test_the_known_duplicates_are_found(planted):
    report, _, _ = planted
    # 24,904 of the training reviews are different; 123 of the test reviews are among.
    assert report["duplicates"].n_rows == 96
    assert sum(row["equal"] for row in report["overlap"].rows) == 123


def test_the_rows_are_seen_to_be_sorted_by_label(planted):
    report, _, _ = planted
    assert report["label_order"].state == "problem"
