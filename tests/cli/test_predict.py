"""``sentiment predict``: a real model, a real command line, every way it can end."""

import csv
import io
import json
import os
import signal
import subprocess
import time

import pandas as pd
import pytest

from sentiment.persistence import load_model
from sentiment_cli._exit_codes import FAILED, INTERRUPTED, OK, TERMINATED, USAGE

HEADER = ["id", "text", "label", "predicted_label", "predicted_score"]
PROBABILITIES = ["probability_negative", "probability_positive"]


@pytest.fixture
def predict(invoke, workspace):
    """Call predict with the model of the workspace."""
    return lambda *arguments, **options: invoke(
        "predict", workspace / "model", *arguments, **options
    )


@pytest.fixture
def reviews(workspace):
    return workspace / "reviews.csv"


@pytest.fixture
def pipeline(workspace):
    return load_model(workspace / "model")


def rows_of(text, **options):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True, **options))


# What it answers


def test_a_file_comes_back_with_its_predictions_on_stdout(predict, reviews, pipeline):
    result = predict(reviews)
    assert (result.exit_code, result.stderr) == (OK, "")
    rows = rows_of(result.stdout)
    assert list(rows[0]) == HEADER
    given = pd.read_csv(reviews, dtype=str)
    for name in given:
        assert [row[name] for row in rows] == given[name].tolist()
    texts = given["text"].tolist()
    assert [row["predicted_label"] for row in rows] == pipeline.predict(texts).tolist()
    scores = pipeline.predict_proba(texts).max(axis=1)
    assert [float(row["predicted_score"]) for row in rows] == scores.tolist()


def test_probabilities_are_added_on_request(predict, reviews, pipeline):
    rows = rows_of(predict(reviews, "--probabilities").stdout)
    assert list(rows[0]) == HEADER + PROBABILITIES
    table = pipeline.predict_proba([row["text"] for row in rows])
    assert [
        [float(row[name]) for name in PROBABILITIES] for row in rows
    ] == table.tolist()


def test_one_row_at_a_time_gives_the_same_bytes(predict, monkeypatch):
    together = predict("sample", "--probabilities", "--split", "train").stdout
    monkeypatch.setattr("sentiment.datasets._batch.BATCH_ROWS", 1)
    apart = predict("sample", "--probabilities", "--split", "train").stdout
    assert apart == together


@pytest.mark.parametrize(
    ("options", "start"),
    [
        (["--format", "csv"], "id,text,label,predicted_label,predicted_score\n"),
        (["--format", "tsv"], "id\ttext\tlabel\tpredicted_label\tpredicted_score\n"),
        (["--format", "jsonl"], '{"id": "0", "text": "'),
        (["-o", "-"], "id,text,label,predicted_label,predicted_score\n"),
    ],
)
def test_stdout_is_csv_unless_another_format_is_given(predict, reviews, options, start):
    assert predict(reviews, *options).stdout.startswith(start)


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.jsonl.gz", "out.parquet"])
def test_a_file_is_written_and_said_on_stderr(predict, reviews, tmp_path, name):
    result = predict(reviews, "-o", name)
    assert (result.exit_code, result.stdout) == (OK, "")
    n_rows = len(pd.read_csv(reviews))
    assert result.stderr == f"Wrote {n_rows} rows to {name}.\n"
    read = {
        "csv": pd.read_csv,
        "tsv": lambda path: pd.read_csv(path, sep="\t"),
        "jsonl": lambda path: pd.read_json(path, lines=True),
        "parquet": pd.read_parquet,
    }[name.split(".")[1]]
    assert list(read(tmp_path / name)) == HEADER


def test_quiet_says_nothing(predict, reviews):
    result = predict(reviews, "-o", "out.csv", "-q")
    assert (result.exit_code, result.stdout, result.stderr) == (OK, "", "")


def test_stdin_is_csv_or_jsonl(predict, reviews, workspace):
    result = predict("-", input=reviews.read_bytes())
    assert result.stdout == predict(reviews).stdout
    new = workspace / "new.jsonl"
    result = predict("-", "--input-format", "jsonl", input=new.read_bytes())
    assert result.stdout == predict(new).stdout


def test_columns_and_encoding_can_be_named(predict, tmp_path):
    (tmp_path / "in.csv").write_bytes("Kritik,n\nSchöner Film,1\n".encode("latin-1"))
    result = predict("in.csv", "--text-column", "Kritik", "--encoding", "latin-1")
    (row,) = rows_of(result.stdout_bytes.decode())
    assert (row["Kritik"], row["n"]) == ("Schöner Film", "1")


def test_the_split_of_a_folder_is_chosen(predict, tmp_path):
    for split, count in [("train", 3), ("test", 2)]:
        for n in range(count):
            for label in ("pos", "neg"):
                folder = tmp_path / "reviews" / split / label
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{n}_1.txt").write_text(f"Film {n}")
    assert len(rows_of(predict("reviews").stdout)) == 4
    assert len(rows_of(predict("reviews", "--split", "train").stdout)) == 6


def test_options_are_read_from_the_environment(predict, reviews):
    result = predict(reviews, env={"SENTIMENT_PREDICT_FORMAT": "jsonl"})
    assert result.stdout.startswith("{")


# One text


def test_one_text_gets_one_line(predict, pipeline):
    text = "A gem of a film."
    result = predict("--text", text)
    score = pipeline.predict_proba([text]).max()
    assert (result.exit_code, result.stderr) == (OK, "")
    assert result.stdout == f"{pipeline.predict([text])[0]} {score:.4f}\n"


def test_one_text_with_probabilities_lists_the_likeliest_first(predict, pipeline):
    result = predict("--text", "Awful film", "--probabilities")
    table = pipeline.predict_proba(["Awful film"])[0]
    ranked = sorted(zip(table, pipeline.classes_, strict=True), reverse=True)
    lines = [f"{label} {score:.4f}" for score, label in ranked]
    assert result.stdout.splitlines() == lines


@pytest.mark.parametrize("text", ["", "Süß 👩‍👩‍👧\n", "a\tb"])
@pytest.mark.parametrize("options", [[], ["--probabilities"]])
def test_one_text_as_json_is_the_row_of_a_file(predict, text, options):
    answer = predict("--text", text, "--format", "jsonl", *options)
    line = json.dumps({"text": text}).encode()
    row = predict(
        "-", "--input-format", "jsonl", "--format", "jsonl", *options, input=line
    )
    assert json.loads(answer.stdout) == json.loads(row.stdout_bytes)
    assert len(answer.stdout.splitlines()) == 1


# What it refuses


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Give INPUT or --text"),
        (["reviews.csv", "--text", "x"], "Give INPUT or --text"),
        (["--text", "x", "-o", "out.csv"], "-o goes with INPUT"),
        (["--text", "x", "--format", "csv"], "with --format jsonl, not csv"),
        (["reviews.csv", "--format", "parquet"], "Name a file with -o"),
        (["reviews.csv", "--format", "parquet", "-o", "-"], "Name a file with -o"),
        (["reviews.csv", "--format", "docx"], "'docx' is not one of"),
        (["reviews.csv", "--nonsense"], "No such option"),
    ],
)
def test_a_wrong_command_line_exits_with_2(predict, arguments, message):
    result = predict(*arguments)
    assert (result.exit_code, result.stdout) == (USAGE, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "in.csv is empty"),
        (b"text\n", "no rows"),
        (b"review,id\na,1\n", "no column 'text'. It has 'review', 'id'"),
        (b"text\ncaf\xe9\n", "in.csv is not UTF-8 (byte 0xe9 at offset 8)"),
        (b"text,predicted_label\na,b\n", "'predicted_label' already"),
        (b'text\n"never closed\n', "never closed"),
    ],
)
def test_an_unusable_input_is_one_sentence(predict, tmp_path, content, message):
    (tmp_path / "in.csv").write_bytes(content)
    result = predict("in.csv", "-o", "out.csv")
    assert (result.exit_code, result.stdout) == (FAILED, "")
    assert result.stderr.startswith("Error: ")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_null_text_is_refused_with_its_line(predict):
    lines = b'{"text": "a"}\n{"text": null}\n'
    result = predict("-", "--input-format", "jsonl", input=lines)
    assert result.exit_code == FAILED
    assert "standard input:2" in result.stderr


def test_a_missing_file_or_model_is_one_sentence(predict, invoke, reviews):
    for result in (predict("none.csv"), invoke("predict", "none", reviews)):
        assert (result.exit_code, result.stdout) == (FAILED, "")
        assert "'none" in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_an_existing_output_needs_force_and_no_model_is_loaded(
    invoke, predict, reviews, tmp_path
):
    (tmp_path / "out.csv").write_text("mine")
    result = invoke("predict", "no-model", reviews, "-o", "out.csv")
    assert result.exit_code == FAILED
    assert result.stderr == "Error: out.csv exists. Pass --force to overwrite it.\n"
    assert (tmp_path / "out.csv").read_text() == "mine"
    assert predict(reviews, "-o", "out.csv", "--force").exit_code == OK
    assert (tmp_path / "out.csv").read_text().startswith("id,")


def test_the_output_may_replace_the_input(predict, reviews, tmp_path):
    (tmp_path / "in.csv").write_bytes(reviews.read_bytes())
    assert predict("in.csv", "-o", "in.csv", "--force").exit_code == OK
    assert list(rows_of((tmp_path / "in.csv").read_text())[0]) == HEADER


# From the store


@pytest.fixture
def store(workspace, monkeypatch):
    """Make the store of the workspace the one in use."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{workspace}/mlflow.db")


@pytest.mark.usefixtures("store")
def test_every_name_of_the_model_gives_the_same_bytes(invoke, workspace, reviews):
    trained = json.loads((workspace / "run.json").read_text())
    answers = [
        invoke("predict", name, reviews, "--probabilities")
        for name in [
            workspace / "model",
            trained["run_id"],
            trained["model_uri"],
            "models:/reviews@champion",
            "models:/reviews/1",
        ]
    ]
    assert {(answer.exit_code, answer.stderr) for answer in answers} == {(OK, "")}
    assert len({answer.stdout for answer in answers}) == 1


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("name", ["models:/reviews@nobody", f"runs:/{'0' * 32}/model"])
def test_a_model_that_is_not_in_the_store_is_one_line(invoke, reviews, name):
    result = invoke("predict", name, reviews)
    assert (result.exit_code, result.stdout) == (FAILED, "")
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1


# As a process of its own


def test_text_that_is_not_unicode_is_refused(run, workspace):
    done = run("predict", "model", "--text", os.fsdecode(b"caf\xe9"), cwd=workspace)
    assert (done.returncode, done.stdout) == (FAILED, b"")
    assert b"surrogate" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_output_is_utf8_in_any_locale(run, workspace):
    line = '{"text": "Süß"}'.encode()
    arguments = ["predict", "model", "-", "--input-format", "jsonl"]
    environ = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    done = run(*arguments, cwd=workspace, stdin=line, **environ)
    assert done.returncode == OK, done.stderr
    assert "Süß".encode() in done.stdout


@pytest.fixture
def start(environment, workspace, fork_command):
    """Start predict as a process, and have its pipes closed afterwards."""
    started = []

    def start(*arguments):
        process = fork_command.start(
            ["predict", "model", *arguments],
            cwd=workspace,
            env=environment(workspace),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        with process:
            pass


@pytest.mark.parametrize(
    ("number", "status", "message"),
    [
        (signal.SIGINT, INTERRUPTED, b"Interrupted.\n"),
        (signal.SIGTERM, TERMINATED, b"Terminated.\n"),
    ],
)
def test_a_signal_leaves_nothing_behind(start, tmp_path, number, status, message):
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    # Many columns: slow to write, yet quick to predict.
    names = ["text", *(f"column_{n}" for n in range(99))]
    lines = [",".join(names), *[",".join(["A dull film."] * len(names))] * 20_000]
    source.write_text("\n".join(lines) + "\n")
    output.write_text("mine")
    process = start(source, "-o", output, "--force")
    wait_until_writing(process, tmp_path)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (status, b"", message)
    assert output.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def wait_until_writing(process, folder):
    for _ in range(6000):
        if list(folder.glob(".*.tmp")):
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    pytest.fail("nothing is written")


def test_a_reader_of_stdout_may_stop_early(start, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("text\n" + "A dull film.\n" * 20_000)
    process = start(source)
    assert process.stdout.readline().startswith(b"text,")
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == FAILED
