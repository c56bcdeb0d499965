"""The model on Spark, with executors of their own: the same answers as everywhere."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from serving.doors import PROBABILITIES

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None, reason="needs pyspark"
    ),
    pytest.mark.skipif(shutil.which("java") is None, reason="needs Java 17"),
]

# Rows of the table: the first is null, the second is not UTF-8.
N_BAD = 2


@pytest.fixture(scope="module")
def asked(saved, corpus, tmp_path_factory, environment):
    """Ask Spark once, for all tests; return the folder of the answers."""
    folder = tmp_path_factory.mktemp("spark")
    rows = [None, "replaced", *corpus]
    lines = [json.dumps({"id": n, "text": text}) for n, text in enumerate(rows)]
    (folder / "in.jsonl").write_text("\n".join(lines) + "\n")
    script = Path(__file__).with_name("ask_spark.py")
    spark = {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, script, str(saved), "in.jsonl", str(folder)],
        cwd=folder,
        env={**environment, **spark},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    # Where a cluster on one machine keeps the files of its executors.
    work = Path(importlib.util.find_spec("pyspark").origin).parent / "work"
    if (folder / "application").exists():
        application = (folder / "application").read_text()
        shutil.rmtree(work / application, ignore_errors=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


def read(asked, name):
    table = pd.read_parquet(asked / f"{name}.parquet")
    return table.sort_values("id").set_index("id")


@pytest.fixture(scope="module")
def expected(pipeline, corpus):
    """The answers of the Pipeline in memory, for the good rows."""
    return pipeline.predict(corpus).tolist(), pipeline.predict_proba(corpus)


def check(table, expected, prefix=""):
    labels, probabilities = expected
    assert table[f"{prefix}label"].tolist() == labels
    scores = probabilities.max(axis=1)
    np.testing.assert_array_equal(table[f"{prefix}score"].astype(float), scores)


def test_mlflows_own_function_gives_the_same_answers(asked, expected, corpus):
    table = read(asked, "mlflow").drop(index=1)
    check(table, expected)
    np.testing.assert_array_equal(table[PROBABILITIES], expected[1])


def test_the_function_gives_the_same_answers(asked, expected, corpus):
    table = read(asked, "fail").drop(index=1)
    assert table["text"].tolist() == corpus
    check(table, expected)
    np.testing.assert_array_equal(table[PROBABILITIES], expected[1])


def test_a_bad_text_has_a_null_answer_and_its_neighbours_have_theirs(asked, expected):
    table = read(asked, "null")
    assert table.index[table["none"]].tolist() == [0, 1]
    assert table.loc[[0, 1], ["label", "score"]].isna().all(axis=None)
    check(table.iloc[N_BAD:], expected)


def test_skipped_rows_are_left_out_and_no_others(asked, expected, corpus):
    table = read(asked, "skip")
    assert table.columns.tolist() == ["predicted_label", "predicted_score"]
    assert table.index.tolist() == list(range(N_BAD, N_BAD + len(corpus)))
    check(table, expected, "predicted_")


def test_the_reason_stands_beside_a_bad_row(asked, expected):
    table = read(asked, "reasons")
    assert table["why"].iloc[:N_BAD].tolist() == [
        "null in column 'text'",
        "column 'text' holds bytes that are not UTF-8",
    ]
    assert table["why"].iloc[N_BAD:].isna().all()
    assert table["predicted_label"].iloc[:N_BAD].isna().all()
    check(table.iloc[N_BAD:], expected, "predicted_")
    np.testing.assert_array_equal(table[PROBABILITIES].iloc[N_BAD:], expected[1])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("null", "null in column 'text'."),
        ("bytes", "column 'text' holds bytes that are not UTF-8."),
    ],
)
def test_a_job_ends_with_the_reason(asked, name, reason):
    error = (asked / f"{name}.error").read_text()
    assert error.startswith(f"[USER_RAISED_EXCEPTION] {reason}")
    assert "Python" not in error.splitlines()[0]
