"""Tests with each engine."""

import pytest

from sentiment.engine import engine_name


@pytest.fixture(params=["reference", "compiled"])
def engine_in_use(request, monkeypatch):
    monkeypatch.delenv("SENTIMENT_ENGINE", raising=False)
    if request.param == "compiled" and engine_name() != "compiled":
        pytest.skip("the kernel is not built here")
    monkeypatch.setenv("SENTIMENT_ENGINE", request.param)
