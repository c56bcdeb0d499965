"""Tests with each engine."""

import pytest

from sentiment.engine import load_kernel


@pytest.fixture(params=["numpy", "compiled"])
def engine_in_use(request, monkeypatch):
    monkeypatch.delenv("SENTIMENT_ENGINE", raising=False)
    if request.param == "compiled" and load_kernel() is None:
        pytest.skip("the kernel is not built here")
    monkeypatch.setenv("SENTIMENT_ENGINE", request.param)
