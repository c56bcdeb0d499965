"""The model on a Dask cluster of two processes: the same answers as everywhere."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from sentiment.inference import predict_rows

pytestmark = [
    pytest.mark.services,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        importlib.util.find_spec("distributed") is None, reason="needs dask"
    ),
]

# Two rows of the table have no text.
BAD = [3, 40]
ADDED = ["predicted_label", "predicted_score"]
PROBABILITIES = ["probability_negative", "probability_positive"]


@pytest.fixture(scope="module")
def rows(corpus):
    texts = [*corpus[:3], None, *corpus[3:39], None, *corpus[39:]]
    return pd.DataFrame({"text": pd.Series(texts, dtype="str")})


@pytest.fixture(scope="module")
def expected(pipeline, rows):
    """What one process answers for the good rows."""
    return predict_rows(pipeline, rows.drop(index=BAD), probabilities=True)


@pytest.fixture(scope="module")
def asked(saved, rows, tmp_path_factory, environment):
    """Ask Dask once, for all tests; return the folder of the answers."""
    folder = tmp_path_factory.mktemp("dask")
    texts = [None if pd.isna(text) else text for text in rows["text"]]
    lines = [json.dumps({"id": n, "text": text}) for n, text in enumerate(texts)]
    (folder / "in.jsonl").write_text("\n".join(lines) + "\n")
    script = Path(__file__).with_name("ask_dask.py")
    done = subprocess.run(
        [sys.executable, script, str(saved), "in.jsonl", str(folder)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


def check(found, expected, columns=ADDED):
    assert found.index.tolist() == expected.index.tolist()
    found = found[columns].rename_axis(None)
    pd.testing.assert_frame_equal(found, expected[columns], check_exact=True)


@pytest.mark.parametrize("name", ["one", "many"])
def test_the_answers_are_the_same_whatever_the_partitions(asked, expected, name):
    table = pd.read_parquet(asked / f"{name}.parquet")
    check(table, expected, ADDED + PROBABILITIES)
    assert table["text"].tolist() == expected["text"].tolist()


def test_without_a_cluster_the_answers_are_the_same(asked, expected):
    check(pd.read_parquet(asked / "no_cluster.parquet"), expected)


def test_each_process_loads_the_model_once(asked):
    table = pd.read_parquet(asked / "many.parquet")
    client = json.loads((asked / "client.json").read_text())["process"]
    assert table["process"].nunique() == 2
    assert client not in set(table["process"])
    assert set(table["loads"]) == {1}


def test_bad_rows_are_left_out(asked, expected):
    check(pd.read_parquet(asked / "skip.parquet"), expected)


def test_bad_rows_stay_with_null_and_their_reason(asked, expected):
    table = pd.read_parquet(asked / "null.parquet")
    assert table.index[table["why"].notna()].tolist() == BAD
    assert set(table.loc[BAD, "why"]) == {"null in column 'text'"}
    assert table.loc[BAD, ADDED].isna().all(axis=None)
    check(table.drop(index=BAD), expected)


def test_a_bad_row_ends_the_computation_with_the_reason(asked):
    error = (asked / "fail.error").read_text()
    assert error.startswith("Row 3 of a partition: null in column 'text'.")
