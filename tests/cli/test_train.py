"""``sentiment train``: what it prints, refuses and leaves behind."""

import json
import shlex
import signal
import sqlite3
import time
from contextlib import closing

import pytest

import sentiment.training
from sentiment.persistence import EXAMPLE_TEXTS
from sentiment.training import TrainingResult
from sentiment_cli._exit_codes import FAILED, INTERRUPTED, OK, TERMINATED, USAGE
from sentiment_cli._types import parse_value

METRICS = {"cv_accuracy": 0.87512, "cv_log_loss": 0.3, "test_accuracy": 0.85}
RESULT = TrainingResult(
    *("0" * 32, f"runs:/{'0' * 32}/model", "films", METRICS, 1.26, 1234),
    intervals={"test_accuracy": (0.8, 0.9)},
    notes=("One note.",),
)
# Trains until it is stopped.
ENDLESS = [
    "--set=classify__estimator__early_stopping=false",
    "--set=classify__estimator__max_iter=1000000000",
]


@pytest.fixture
def asked(monkeypatch):
    """Record what the library is asked for, instead of training."""
    calls = []

    def train(source, **options):
        calls.append((source, options))
        return RESULT

    monkeypatch.setattr(sentiment.training, "train", train)
    return calls


def test_without_arguments_it_asks_for_the_sample_and_the_documented_defaults(
    invoke, asked
):
    assert invoke("train").exit_code == OK
    ((source, options),) = asked
    assert source is None
    assert options.pop("params") == {}
    given = {name: value for name, value in options.items() if value is not None}
    assert given == {
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
        "serialization": "skops",
        "model_name": "model",
        "artifacts": [],
        "streaming": False,
    }


def test_every_option_reaches_the_library(invoke, asked):
    line = (
        "train a.csv --test b.csv --validation c.csv --text-column t --label-column l "
        "--label-names no,yes --split s --test-split u --encoding latin-1 "
        "--input-format tsv --preset fast --prior none --set vectorize__min_df=3 --experiment e "
        "--run-name r --register m --alias a --validation-fraction 0.2 --random-state 7 "
        "--serialization cloudpickle --model-name n --pip-requirements q.txt --hook h:f "
        "--prune 9 --streaming --memory 64"
    )
    assert invoke(*shlex.split(line)).exit_code == OK
    assert asked == [
        (
            "a.csv",
            {
                "test": "b.csv",
                "validation": "c.csv",
                "instances": None,
                "labels": None,
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
                "prune": 9,
                "experiment": "e",
                "run_name": "r",
                "register": "m",
                "alias": "a",
                "serialization": "cloudpickle",
                "model_name": "n",
                "pip_requirements": "q.txt",
                "conda_env": None,
                "hook": "h:f",
                "artifacts": [],
                "validation_fraction": 0.2,
                "random_state": 7,
                "streaming": True,
                "memory": 64,
            },
        )
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-0.5", -0.5),
        ("1e-3", 0.001),
        ("true", True),
        ("False", False),
        ("none", None),
        ("null", None),
        ("(1, 3)", (1, 3)),
        ("1,3", (1, 3)),
        ("[1, 2]", [1, 2]),
        ("['a', 'b']", ["a", "b"]),
        ("'5'", "5"),
        ("english", "english"),
        ("", ""),
        ("[0-9]+ = x", "[0-9]+ = x"),
        ("__import__('os')", "__import__('os')"),
        ("(" * 1000, "(" * 1000),
    ],
)
def test_values_are_read_as_what_they_look_like(text, value):
    assert parse_value(text) == value
    assert type(parse_value(text)) is type(value)


def test_a_file_of_parameters_gives_what_no_option_says(invoke, asked, tmp_path):
    (tmp_path / "params.yaml").write_text(
        "data: films.csv\npreset: fast\nlabel-names: ['no', 'yes']\nrandom_state: 1\n"
        "params:\n  vectorize__min_df: 3\n  vectorize__ngram_range: [1, 2]\n"
    )
    line = "train --config params.yaml --random-state 7 --set vectorize__min_df=9"
    result = invoke(*line.split())
    assert result.exit_code == OK, result.stderr
    ((source, options),) = asked
    assert source == "films.csv"
    assert (options["preset"], options["random_state"]) == ("fast", 7)
    assert options["label_names"] == ["no", "yes"]
    assert options["params"] == {
        "vectorize__min_df": 9,
        "vectorize__ngram_range": [1, 2],
    }
    assert options["artifacts"] == ["params.yaml"]


def test_a_value_may_hold_an_equals_sign(invoke, asked):
    invoke("train", "--set", "tokenize__token_pattern=a=b")
    assert asked[0][1]["params"] == {"tokenize__token_pattern": "a=b"}


def test_json_is_one_object_with_the_documented_keys(invoke, asked):
    result = invoke("train", "--format", "json")
    assert json.loads(result.stdout) == {
        "run_id": "0" * 32,
        "model_uri": f"runs:/{'0' * 32}/model",
        "experiment": "films",
        "validation": "",
        "metrics": METRICS,
        "intervals": {"test_accuracy": [0.8, 0.9]},
        "notes": ["One note."],
        "prior": None,
        "unlabelled": None,
        "seconds": 1.26,
        "n_rows": 1234,
        "read": [],
    }


def test_the_table_is_for_people(invoke, asked):
    assert invoke("train").stdout == (
        f"run         {'0' * 32}\n"
        f"model       runs:/{'0' * 32}/model\n"
        "experiment  films\n"
        "rows        1,234\n"
        "validation\n"
        "seconds     1.3\n"
        "\n"
        "          cross-validated  95 % interval    test     95 % interval\n"
        "accuracy           0.8751                 0.8500  0.8000 to 0.9000\n"
        "log loss           0.3000\n"
    )


def test_what_to_type_next_can_be_pasted(invoke, asked):
    lines = invoke("train").stderr.strip().splitlines()
    assert lines[:3] == ["One note.", "", "What next:"]
    commands = [shlex.split(line) for line in lines[3:]]
    assert [command[:2] for command in commands] == [
        ["sentiment", "predict"],
        ["sentiment", "serve"],
        ["sentiment", "ui"],
    ]
    assert commands[0][2:] == [RESULT.model_uri, "--text", EXAMPLE_TEXTS[0]]
    assert invoke("train", "-q").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--instances", "a.parquet"], "--instances and --labels go together."),
        (["--labels", "a.parquet"], "--instances and --labels go together."),
        (["x.csv", "--instances=a", "--labels=b"], "Give DATA, or --instances and"),
        (["--pip-requirements=a", "--conda-env=b"], "--pip-requirements or --conda-"),
        (["--model-name", "a/b"], "parameter of train must be a name without /"),
        (["--hook", "os.path"], "A hook is written module:function"),
        (["--hook", "nowhere:function"], "cannot be imported: No module named"),
        (["--hook", "os:nothing"], "os has no function 'nothing'."),
        (["--alias", "champion"], "--alias goes with --register."),
        (["--memory", "64"], "--memory goes with --streaming."),
        (
            ["--streaming", "--instances=a", "--labels=b"],
            "--streaming takes DATA with texts and labels.",
        ),
        (["--streaming", "--unlabelled-texts=a"], "takes no --unlabelled-texts."),
        (["--set", "min_df"], "is not of the form step__param=value"),
        (["--set", "=3"], "is not of the form step__param=value"),
        (["--set", "vectorize__mindf=3"], "Did you mean one of 'vectorize__min_df"),
        (["--set", "vectorize__min_df=-1"], "parameter of NgramVectorizer must be"),
        (["--preset", "slow"], "'slow' is not one of 'accurate', 'fast', 'tutorial'"),
        (["--preset", "fst"], "Did you mean 'fast'?"),
        (["--validation-fraction", "1"], "is not in the range 0<x<1"),
        (["--random-state", "x"], "'x' is not a valid integer"),
    ],
)
def test_a_wrong_option_is_a_usage_error_in_one_sentence(
    invoke, tmp_path, arguments, message
):
    result = invoke("train", *arguments)
    assert result.exit_code == USAGE
    assert message in result.stderr
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.csv"], "No such file or folder: 'missing.csv'"),
        (["reviews.csv", "--label-column", "stars"], "has no column 'stars'"),
        (["reviews.csv", "--test", "missing.csv"], "No such file or folder"),
        (["one_class.csv"], "at least two classes"),
        (["--pip-requirements", "none.txt"], "No file 'none.txt'"),
        (["--conda-env", "reviews.csv"], "reviews.csv is no conda environment"),
        (["--config", "none.yaml"], "none.yaml cannot be read: No such file"),
        (["--config", "reviews.csv"], "must map parameters to values"),
        (
            ["--config", "wrong.yaml"],
            "sets 'presett', which is no parameter. Did you mean 'preset'",
        ),
    ],
)
def test_bad_data_are_one_line_and_leave_nothing_behind(
    invoke, tmp_path, arguments, message
):
    (tmp_path / "reviews.csv").write_text("text,label\nfun,good\ndull,bad\n" * 4)
    (tmp_path / "one_class.csv").write_text("text,label\nfun,good\n")
    (tmp_path / "wrong.yaml").write_text("presett: fast\n")
    before = sorted(tmp_path.iterdir())
    result = invoke("train", *arguments)
    assert result.exit_code == FAILED
    error = result.stderr.splitlines()[-1]
    assert error.startswith("Error: ")
    assert message in error
    assert sorted(tmp_path.iterdir()) == before


def test_a_store_that_does_not_answer_is_one_line(invoke, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    result = invoke("train")
    assert result.exit_code == FAILED
    assert result.stderr.splitlines()[-1] == (
        "Error: The MLflow store http://127.0.0.1:9 cannot be used: it does not answer."
        " Check MLFLOW_TRACKING_URI."
    )


# The signal comes where Python swallows what is raised, once the fit has begun.
SWALLOWED = """
import signal, sys, weakref
from sentiment.feature_extraction._text_pipeline import TextPipeline
from sentiment_cli.__main__ import main

class Watched:
    pass

def fit(*arguments, real=TextPipeline.fit, **options):
    watched = Watched()
    reference = weakref.ref(watched, lambda _: signal.raise_signal({signum:d}))
    del watched
    return real(*arguments, **options)

TextPipeline.fit = fit
main(["train", *sys.argv[1:]])
"""


@pytest.mark.parametrize("swallowed", [False, True])
@pytest.mark.parametrize(
    ("signum", "code"), [(signal.SIGINT, INTERRUPTED), (signal.SIGTERM, TERMINATED)]
)
def test_a_training_that_is_stopped_leaves_no_running_run(
    start, tmp_path, signum, code, swallowed
):
    program = SWALLOWED.format(signum=signum) if swallowed else None
    line = [] if swallowed else ["train"]
    process = start(*line, "--experiment=stopped", *ENDLESS, code=program)
    for line in process.stderr:
        if line.startswith("Cross-validating"):
            break
    if not swallowed:
        # Into the fit, not before it.
        time.sleep(1)
        process.send_signal(signum)
    stdout, stderr = process.communicate()
    assert process.returncode == code
    assert stdout == ""
    assert "Traceback" not in stderr
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as store:
        query = (
            "SELECT status FROM runs JOIN experiments USING (experiment_id) "
            "WHERE experiments.name = 'stopped'"
        )
        assert store.execute(query).fetchall() == [("KILLED",)]
    assert {path.name for path in tmp_path.iterdir()} == {"mlflow.db", "mlruns"}


def test_a_training_that_is_killed_is_ended_by_the_next_command(start, run, tmp_path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    process = start("train", "--experiment=stopped", *ENDLESS, TMPDIR=str(temporary))
    for line in process.stderr:
        if line.startswith("Cross-validating"):
            break
    time.sleep(1)
    process.kill()
    process.communicate()
    assert list(temporary.iterdir()) != []
    done = run(
        *("runs", "--experiment", "stopped", "--format", "json"),
        cwd=tmp_path,
        TMPDIR=str(temporary),
    )
    assert [one["status"] for one in json.loads(done.stdout)] == ["KILLED"]
    assert list(temporary.iterdir()) == []


def test_a_real_training_prints_its_result_alone_on_stdout(run, workspace, tmp_path):
    (tmp_path / "mlflow.db").write_bytes((workspace / "mlflow.db").read_bytes())
    done = run(
        *("train", workspace / "reviews.csv", "--test=sample", "--test-split=train"),
        *("--format=json", "-q", "--preset=fast", "--set=vectorize__min_df=1"),
        cwd=tmp_path,
        timeout=240,
        fresh=True,
    )
    assert (done.returncode, done.stderr) == (OK, b"")
    result = json.loads(done.stdout)
    rows = (workspace / "reviews.csv").read_text().count("\n") - 1
    assert result["n_rows"] == rows
    assert {"test_accuracy", "test_roc_auc", "test_log_loss"} <= set(result["metrics"])
