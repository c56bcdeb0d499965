"""The guard of the speed: what it lets pass, what it fails, and what it has kept."""

import importlib.util
from pathlib import Path

import pytest

from sentiment.version import VERSION

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "guarded.py"


@pytest.fixture
def guarded():
    spec = importlib.util.spec_from_file_location("guarded", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("measured", "slow"),
    [([1.4], []), ([1.2, 1.3], []), ([1.2, 1.1, 1.2], ["reading"])],
    ids=["within the bound", "slow once", "slow each time"],
)
def test_only_what_is_slow_each_time_fails(guarded, monkeypatch, measured, slow):
    left = iter(measured)
    monkeypatch.setattr(guarded, "measure", lambda calls: next(left))
    assert guarded.guard({"reading": None}, {"reading": "2.00"})[1] == slow
    assert list(left) == []


def test_what_is_kept_is_the_median_of_three(guarded, monkeypatch):
    left = iter([3.0, 1.0, 2.0])
    monkeypatch.setattr(guarded, "measure", lambda calls: next(left))
    assert guarded.guard({"reading": None}, {}) == ({"reading": 2.0}, [])


def test_the_last_row_kept_is_of_this_version_and_has_every_benchmark(
    guarded, tmp_path
):
    last = guarded.read_rows()[-1]
    assert last["version"] == VERSION
    for name in guarded.make_benchmarks(tmp_path):
        assert float(last[name]) > 0, name
