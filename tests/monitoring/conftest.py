"""Many made-up reviews of one kind, and a model that keeps a profile of some."""

import warnings

import numpy as np
import pytest

from sentiment import load_reviews, make_sentiment_pipeline, save_model
from sentiment.monitoring import make_profile

with warnings.catch_warnings():
    # While it is imported, MLflow 3.17 warns of its own type hints.
    warnings.simplefilter("ignore")
    import mlflow.pyfunc
    import mlflow.sklearn  # noqa: F401


@pytest.fixture(scope="session")
def make_texts():
    """Make reviews of words of the sample, a few of which are rare; with labels."""
    X, y = load_reviews("sample", "train")
    pools = [
        np.array(" ".join(X["text"][y == label]).split())
        for label in ("negative", "positive")
    ]

    def make_texts(n_rows, seed, positive=0.5):
        rng = np.random.default_rng(seed)
        codes = (rng.random(n_rows) < positive).astype(int)
        lengths = rng.lognormal(3.3, 0.5, n_rows).astype(int) + 3
        texts = [
            " ".join(rng.choice(pools[code], length))
            for code, length in zip(codes, lengths, strict=True)
        ]
        return texts, np.array(["negative", "positive"])[codes].tolist()

    return make_texts


@pytest.fixture(scope="session")
def pipeline(make_texts):
    return make_sentiment_pipeline("fast", prior=None).fit(*make_texts(600, 0))


@pytest.fixture(scope="session")
def profile(pipeline, make_texts):
    return make_profile(pipeline, *make_texts(1500, 1), rows="test")


@pytest.fixture(scope="session")
def logged(pipeline, profile, tmp_path_factory):
    folder = tmp_path_factory.mktemp("monitored") / "model"
    save_model(pipeline, folder, profile=profile)
    return folder
