"""Small inputs, batches of a few rows, and a model that needs no training."""

import pytest
from hashing_pipeline import HashingPipeline

from sentiment.datasets import _batch


@pytest.fixture
def pipeline():
    return HashingPipeline()


@pytest.fixture
def few_rows(monkeypatch):
    """Make a batch of three rows."""
    monkeypatch.setattr(_batch, "BATCH_ROWS", 3)
