"""Small inputs, batches of a few rows, and a model that needs no training."""

import pytest
from hashing_pipeline import HashingPipeline

from sentiment.datasets import _batches, _json_input, _parquet_input, _whole_input


@pytest.fixture
def pipeline():
    return HashingPipeline()


@pytest.fixture
def few_rows(monkeypatch):
    """Make a batch of three rows."""
    for module in (_batches, _json_input, _parquet_input, _whole_input):
        monkeypatch.setattr(module, "BATCH_ROWS", 3)
