"""``sentiment tune``: what it prints, refuses and leaves behind."""

import dataclasses
import json
import shlex
import signal
import sqlite3
import time
from contextlib import closing

import pytest

import sentiment.tuning
from sentiment.training import TrainingResult
from sentiment.tuning import TuningResult
from sentiment_cli._exit_codes import FAILED, OK, TERMINATED, USAGE
from sentiment_cli._types import parse_value
from sentiment_cli.commands.tune import write_settings

C = "classify__estimator__C"
TRAINING = TrainingResult(
    "1" * 32, f"runs:/{'1' * 32}/model", "films", {"test_accuracy": 0.875}, 1.26, 1234
)
RESULT = TuningResult(
    search_id="0" * 32,
    params={"vectorize__ngram_range": (1, 2), C: 0.5},
    rejected={},
    metric="log_loss",
    score=0.25,
    preset_score=0.3125,
    gain=0.0625,
    gain_error=0.01,
    n_trials=12,
    interrupted=False,
    training=TRAINING,
)


@pytest.fixture
def asked(monkeypatch):
    """Record what the library is asked for, instead of a search."""
    calls = []

    def tune(source, **options):
        calls.append((source, options))
        return tune.result

    tune.result, tune.calls = RESULT, calls
    monkeypatch.setattr(sentiment.tuning, "tune", tune)
    return tune


def test_without_arguments_it_asks_for_the_sample_and_the_documented_defaults(
    invoke, asked
):
    assert invoke("tune").exit_code == OK
    ((source, options),) = asked.calls
    assert source is None
    assert options.pop("params") == {}
    given = {name: value for name, value in options.items() if value is not None}
    assert given == {
        "budget": 10.0,
        "metric": "log_loss",
        "cv": 3,
        "text_column": "text",
        "label_column": "label",
        "encoding": "utf-8",
        "header": True,
        "quoting": "double",
        "on_bad_rows": "fail",
        "split": "train",
        "test_split": "test",
        "preset": "accurate",
        "prior": "auto",
        "experiment": "sentiment",
        "random_state": 42,
    }


def test_every_option_reaches_the_library(invoke, asked):
    line = (
        "tune a.csv --space s.yaml --budget 2.5 --trials 7 --metric accuracy --cv 5 "
        "--test b.csv --validation c.csv --text-column t --label-column l "
        "--label-names no,yes --split s --test-split u --encoding latin-1 "
        "--input-format tsv --preset fast --prior none --set vectorize__min_df=3 --experiment e "
        "--register m --alias a --random-state 7"
    )
    assert invoke(*shlex.split(line)).exit_code == OK
    assert asked.calls == [
        (
            "a.csv",
            {
                "space": "s.yaml",
                "budget": 2.5,
                "max_trials": 7,
                "metric": "accuracy",
                "cv": 5,
                "test": "b.csv",
                "validation": "c.csv",
                "unlabelled_texts": None,
                "text_column": "t",
                "label_column": "l",
                "label_names": ["no", "yes"],
                "split": "s",
                "test_split": "u",
                "encoding": "latin-1",
                "input_format": "tsv",
                "delimiter": None,
                "header": True,
                "quoting": "double",
                "on_bad_rows": "fail",
                "bad_rows": None,
                "unlabelled": None,
                "weight_column": None,
                "preset": "fast",
                "prior": None,
                "params": {"vectorize__min_df": 3},
                "experiment": "e",
                "register": "m",
                "alias": "a",
                "random_state": 7,
            },
        )
    ]


def test_the_table_shows_what_was_found_and_how_sure_that_is(invoke, asked):
    result = invoke("tune", "--set", "clean__lowercase=false")
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    for line in [
        f"run {'1' * 32}",
        "trials 12",
        "cv log_loss 0.2500",
        "of the preset 0.3125",
        "best better by 0.0625 ± 0.0100",
        f"{C} 0.5",
        "accuracy 0.8750",
    ]:
        assert line in lines
    assert result.stderr.splitlines()[-1] == (
        "The same parameters again: sentiment train --preset accurate --set "
        f"clean__lowercase=False --set 'vectorize__ngram_range=(1, 2)' --set {C}=0.5"
    )
    assert "chance" not in result.stderr


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"params": {}, "gain": 0.0}, "Nothing that was tried beat the start, which"),
        (
            {"params": {}, "rejected": {C: 0.5}, "gain_error": 0.04},
            "The best trial beat the start by 0.0625 ± 0.0400, less than twice the "
            "error, which may be chance. So the model has the parameters of the start. "
            f"To try those of the trial:\n  sentiment train --preset accurate --set {C}=",
        ),
    ],
)
def test_that_the_start_is_kept_is_said_with_its_reason(changes, said, invoke, asked):
    asked.result = dataclasses.replace(RESULT, **changes)
    result = invoke("tune")
    assert said in result.stderr
    assert ("best better by" in result.stdout) == ("rejected" in changes)


def test_json_holds_everything(invoke, asked):
    found = json.loads(invoke("tune", "--format", "json", "-q").stdout)
    assert found["training"] == TRAINING.to_dict()
    assert found["params"] == {"vectorize__ngram_range": [1, 2], C: 0.5}
    assert set(found) == {field.name for field in dataclasses.fields(RESULT)}


@pytest.mark.parametrize(
    "value", [1, 0.5, 5e-05, True, None, "english", "1", "none", "a b", (1, 3), [1]]
)
def test_what_is_shown_to_set_a_parameter_reads_back(value):
    option, setting = shlex.split(write_settings({"step__name": value}))
    name, _, text = setting.partition("=")
    assert (option, name) == ("--set", "step__name")
    assert parse_value(text) == value
    assert type(parse_value(text)) is type(value)


@pytest.mark.parametrize(
    ("space", "options", "code", "message"),
    [
        (
            "min_df: [1]",
            "",
            USAGE,
            "Error: space.yaml: min_df: The Pipeline has no parameter 'min_df'. Did "
            "you mean 'vectorize__min_df'? Parameters are written step__parameter, such as "
            "vectorize__min_df.",
        ),
        (
            "vectorize__min_df: 5",
            "",
            FAILED,
            "Error: space.yaml: 'vectorize__min_df' takes a list of values such as "
            "[1, 2, 5], or a range such as {low: 1, high: 5}, with low below high. Got "
            "5.",
        ),
        (
            None,
            "",
            FAILED,
            "Error: The search space 'space.yaml' cannot be read: No such file or "
            "directory. Give a YAML or JSON file with lines as in `vectorize__min_df: "
            "[1, 2, 5]`.",
        ),
        (f"{C}: [1]", "--alias a", USAGE, "Error: --alias goes with --register."),
    ],
)
def test_what_cannot_be_searched_is_one_line_and_leaves_nothing(
    space, options, code, message, invoke, tmp_path
):
    if space is not None:
        (tmp_path / "space.yaml").write_text(space)
    before = sorted(tmp_path.iterdir())
    result = invoke("tune", "--space", "space.yaml", *options.split())
    assert result.exit_code == code
    assert result.stderr.splitlines()[-1] == message
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("signum", "code"), [(signal.SIGINT, OK), (signal.SIGTERM, TERMINATED)]
)
def test_a_search_that_is_stopped_keeps_the_best_and_leaves_no_running_run(
    start, workspace, tmp_path, signum, code
):
    # With validation rows, the training at the end is not cross-validated.
    line = "tune --experiment stopped --preset fast --format json --validation"
    fresh = signum == signal.SIGTERM
    process = start(*line.split(), workspace / "reviews.csv", fresh=fresh)
    for said in process.stderr:
        if said.startswith("Trial 0"):
            break
    # Into a trial, not between two.
    time.sleep(0.3)
    process.send_signal(signum)
    stdout, stderr = process.communicate()
    assert process.returncode == code, stderr
    assert "Traceback" not in stderr
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as store:
        query = (
            "SELECT runs.name, status FROM runs JOIN experiments USING "
            "(experiment_id) WHERE experiments.name = 'stopped'"
        )
        statuses = dict(store.execute(query).fetchall())
    assert statuses.pop("trial 0") == "FINISHED"
    assert set(statuses.values()) <= {"FINISHED", "KILLED"}
    if signum == signal.SIGINT:
        assert json.loads(stdout)["interrupted"] is True
        assert statuses["search"] == statuses["best"] == "FINISHED"
    else:
        assert stdout == ""
        assert statuses["search"] == "KILLED"
        assert "best_params.json" in stderr
        assert list(tmp_path.glob("mlruns/**/best_params.json"))
