"""Rows without a fault, and ways to put one in."""

import numpy as np
import pandas as pd
import pytest

from sentiment import audit, load_reviews


@pytest.fixture(scope="session")
def clean():
    """Half of the sample's reviews: shuffled, all different, without tags."""
    texts, labels = load_reviews("sample", "train")
    frame = texts.assign(label=labels)
    return frame[~frame["text"].str.contains("<")].head(180).reset_index(drop=True)


@pytest.fixture(scope="session")
def look():
    """Audit without the one check that fits a classifier; that has its own tests."""

    def look(data, *, skip=("label_errors",), **options):
        return audit(data, skip=skip, **options)

    return look


@pytest.fixture(scope="session")
def edit():
    """Exchange a tenth of the words of a text, as somebody who edits it."""

    def edit(text, seed):
        rng = np.random.default_rng(seed)
        words = text.split()
        for place in rng.choice(len(words), max(1, len(words) // 10), replace=False):
            words[place] = f"edited{rng.integers(1000)}"
        return " ".join(words)

    return edit


@pytest.fixture(scope="session")
def easy():
    """Two hundred rows whose labels follow from their words, in no order."""
    rng = np.random.default_rng(3)
    words = {
        "good": "gem fun warm great moving".split(),
        "bad": "dull weak mess".split(),
    }
    common = "the film plot was and actor scene music end story we saw".split()
    rows = []
    for label in rng.permutation(["good", "bad"] * 100).tolist():
        spoken = [*rng.choice(common, 9), *rng.choice(words[label], 3)]
        rows.append({"text": " ".join(rng.permutation(spoken)), "label": label})
    return pd.DataFrame(rows)
