"""Fixtures for the two engines."""

import pytest

from sentiment.engine import load_kernel


@pytest.fixture
def kernel(monkeypatch):
    """The compiled kernel; a test that needs it is skipped where there is none."""
    monkeypatch.delenv("SENTIMENT_ENGINE", raising=False)
    module = load_kernel()
    if module is None:
        pytest.skip("the kernel is not built here")
    return module
