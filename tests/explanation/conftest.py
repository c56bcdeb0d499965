"""Models of every kind that can be explained."""

import numpy as np
import pytest
from explanation_checks import SETTINGS, TREES

from sentiment import load_reviews, make_sentiment_pipeline


@pytest.fixture(scope="session")
def sample():
    instances, labels = load_reviews("sample", "train")
    return instances["text"].tolist()[:160], labels.tolist()[:160]


@pytest.fixture(scope="session")
def make_fitted(sample):
    """Fit a Pipeline of the settings of one name, once."""
    fitted = {}

    def make_fitted(name):
        if name not in fitted:
            preset, params = SETTINGS[name]
            params = {"vectorize__min_df": 1, **params}
            pipeline = make_sentiment_pipeline(preset, prior=None, **params)
            fitted[name] = pipeline.fit(*sample)
        return fitted[name]

    return make_fitted


@pytest.fixture(scope="session")
def three_classes(sample):
    texts, _ = sample
    labels = np.arange(len(texts)) % 3
    pipeline = make_sentiment_pipeline(prior=None, vectorize__min_df=1, **TREES)
    return pipeline.fit(texts, labels)
