"""sentiment etl: paths on stdout, one line on stderr, nothing half written."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from sentiment.datasets import load_labels, load_reviews
from sentiment_cli.__main__ import cli


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "reviews.csv"
    path.write_text("body,stars\nA gem.,1\nDull.,0\nHm.,\n", encoding="utf-8")
    return tmp_path


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(
        cli, ["etl", *arguments], input=stdin, prog_name="sentiment"
    )


def test_the_written_paths_are_all_of_stdout(folder: Path) -> None:
    done = run("sample", "--split", "test", "-o", "data")
    assert done.exit_code == 0
    assert done.stdout == "data/instances_test.parquet\ndata/labels_test.parquet\n"
    rows = len(pd.read_parquet("data/instances_test.parquet"))
    assert done.stderr == (
        f"Wrote {rows} instances and {rows} labels of sample, split test.\n"
    )


def test_quiet_leaves_the_paths(folder: Path) -> None:
    done = run("sample", "-o", "data", "-q")
    assert done.stdout == "data/instances_train.parquet\ndata/labels_train.parquet\n"
    assert done.stderr == ""


def test_columns_and_names_can_be_given(folder: Path) -> None:
    done = run(
        *("reviews.csv", "-o", "data", "--text-column", "body"),
        *("--label-column", "stars", "--label-names", "bad,good"),
    )
    assert done.exit_code == 0, done.stderr
    assert done.stderr == ("Wrote 3 instances and 2 labels of reviews.csv.\n")
    assert load_labels("data").to_dict() == {0: "good", 1: "bad"}


def test_a_source_without_labels_gives_instances_only(folder: Path) -> None:
    done = run("reviews.csv", "-o", "data", "--text-column", "body", "--split", "new")
    assert done.exit_code == 0
    assert done.stdout == "data/instances_new.parquet\n"
    assert done.stderr == ("Wrote 3 instances and no labels of reviews.csv.\n")


def test_a_label_column_that_is_asked_for_must_be_there(folder: Path) -> None:
    done = run(
        *("reviews.csv", "-o", "data", "--text-column", "body"),
        *("--label-column", "label"),
    )
    assert done.exit_code == 1
    assert done.stderr == (
        "Error: reviews.csv has no column 'label'. It has 'body', 'stars'. "
        "Name the right one with --label-column=...\n"
    )
    assert not Path("data").exists()


def test_standard_input_is_read(folder: Path) -> None:
    lines = "".join(
        json.dumps({"text": text, "label": label}) + "\n"
        for text, label in [("café", "x"), ("\0", "y")]
    )
    done = run("-", "-o", "data", "--input-format", "jsonl", stdin=lines.encode())
    assert done.exit_code == 0, done.stderr
    assert load_reviews("data")[0]["text"].tolist() == ["café", "\0"]
    assert done.stderr.endswith("of stdin.\n")


def test_the_encoding_given_is_used(folder: Path) -> None:
    Path("old.csv").write_bytes("text\ncafé\n".encode("latin-1"))
    assert run("old.csv", "-o", "data").stderr == (
        "Error: old.csv is not UTF-8 (byte 0xe9 at offset 8). "
        "Try --encoding=cp1252: then it reads 'café'.\n"
    )
    assert run("old.csv", "-o", "data", "--encoding=latin-1").exit_code == 0


def test_existing_files_need_force(folder: Path) -> None:
    assert run("sample", "-o", "data").exit_code == 0
    done = run("sample", "-o", "data")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr == (
        "Error: data/instances_train.parquet exists. Pass --force to replace it.\n"
    )
    assert run("sample", "-o", "data", "--force").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("sample",),
        ("-o", "data"),
        ("sample", "-o", "data", "--input-format", "xml"),
        ("sample", "-o", "data", "--label-names", "a,,b"),
    ],
)
def test_wrong_usage_ends_with_two(folder: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert not Path("data").exists()


def test_a_missing_source_is_one_line(folder: Path) -> None:
    done = run("missing.csv", "-o", "data")
    assert done.exit_code == 1
    assert done.stderr == "Error: No such file or folder: 'missing.csv'.\n"
    assert sorted(path.name for path in folder.iterdir()) == ["reviews.csv"]


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_while_reading_leaves_nothing(
    folder: Path, number: str, code: int
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "sentiment", "etl", "-", "-o", "data"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    # More than a pipe holds: this returns once the command reads its input.
    process.stdin.write("text\n" + "a line\n" * 100_000)
    process.stdin.flush()
    process.send_signal(getattr(signal, number))
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == code, stderr
    assert stdout == ""
    assert "Traceback" not in stderr
    assert not Path("data").exists()
