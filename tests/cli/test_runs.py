"""``sentiment runs``: one list, four formats."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest

import sentiment.tracking
from sentiment.exceptions import TrackingError
from sentiment.tracking import RunSummary
from sentiment_cli._exit_codes import FAILED, OK, USAGE

STARTED = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
RUNS = [
    RunSummary(
        "b" * 32,
        STARTED,
        "FINISHED",
        "sentiment",
        "quick-fox",
        "a, b.csv",
        {"test_accuracy": 0.91234, "validation_accuracy": 0.5},
        12.5,
    ),
    RunSummary("a" * 32, STARTED, "FAILED", "sentiment", "old", None, {}, None),
]


@pytest.fixture
def listed(monkeypatch):
    """Let the store hold two runs; record what is asked of it."""
    asked = []

    def list_runs(experiment, limit):
        asked.append((experiment, limit))
        return RUNS

    monkeypatch.setattr(sentiment.tracking, "list_runs", list_runs)
    return asked


def test_the_table_fits_its_columns(invoke, listed):
    result = invoke("runs")
    assert (result.exit_code, result.stderr) == (OK, "")
    header, first, second = result.stdout.splitlines()
    assert header.split() == [
        *("run_id", "started", "status", "experiment", "data"),
        *("validation_accuracy", "test_accuracy"),
    ]
    assert first.startswith(
        f"{'b' * 32}  {STARTED.astimezone():%Y-%m-%d %H:%M}  FINISHED"
    )
    assert first.endswith("0.5000         0.9123")
    assert second.split()[0] == "a" * 32
    assert listed == [(None, 20)]


def test_formulas_are_escaped_on_request(invoke, monkeypatch):
    run = RunSummary("a" * 32, STARTED, "FAILED", "@x", "=1+1", None, {"-a": -0.5}, 1.0)
    monkeypatch.setattr(sentiment.tracking, "list_runs", lambda *asked: [run])
    for option, expected in [
        ((), ("@x", "=1+1", "-a", "-0.5")),
        (("--escape-formulas",), ("'@x", "'=1+1", "'-a", "-0.5")),
    ]:
        result = invoke("runs", "--format", "csv", *option)
        header, row = csv.reader(io.StringIO(result.stdout))
        assert (*row[3:5], header[-1], row[-1]) == expected
    result = invoke("runs", "--escape-formulas")
    assert result.exit_code == USAGE
    assert "--escape-formulas goes with --format csv." in result.stderr


def test_experiment_and_limit_are_passed_on(invoke, listed):
    invoke("runs", "--experiment", "films", "--limit", "3")
    assert listed == [("films", 3)]


def test_json_and_jsonl_hold_everything(invoke, listed):
    expected = [run.to_dict() for run in RUNS]
    assert json.loads(invoke("runs", "--format", "json").stdout) == expected
    lines = invoke("runs", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == expected
    assert expected[0]["started"] == "2026-03-01T12:30:15+00:00"


def test_csv_has_a_column_for_each_metric(invoke, listed):
    text = invoke("runs", "--format", "csv").stdout
    first, second = csv.DictReader(io.StringIO(text))
    assert first["data"] == "a, b.csv"
    assert float(first["test_accuracy"]) == 0.91234
    assert (second["test_accuracy"], second["seconds"]) == ("", "")


@pytest.mark.parametrize(
    ("name", "stdout"), [("table", ""), ("json", "[]\n"), ("jsonl", "")]
)
def test_where_nothing_was_trained_that_is_said_and_nothing_made(
    invoke, tmp_path, monkeypatch, name, stdout
):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    result = invoke("runs", "--format", name)
    assert (result.exit_code, result.stdout) == (OK, stdout)
    assert result.stderr == "Nothing was trained here yet.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_limit_below_one_is_a_usage_error(invoke):
    assert invoke("runs", "--limit", "0").exit_code == USAGE


def test_a_store_that_cannot_be_read_is_one_line(invoke, monkeypatch):
    def refuse(*_):
        raise TrackingError("The MLflow store x cannot be used: it does not answer.")

    monkeypatch.setattr(sentiment.tracking, "list_runs", refuse)
    result = invoke("runs")
    assert result.exit_code == FAILED
    assert result.stderr == (
        "Error: The MLflow store x cannot be used: it does not answer.\n"
    )
