"""Training under a limit of memory, on data that are several times larger."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentiment import load_reviews

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        "SENTIMENT_IMDB" not in os.environ,
        reason="SENTIMENT_IMDB names no folder with the IMDB reviews",
    ),
    pytest.mark.skipif(sys.platform != "linux", reason="memory is measured on Linux"),
]
CHILD = Path(__file__).with_name("fit_under_limit.py")
GROUPS = Path("/sys/fs/cgroup")


@pytest.fixture
def limit_memory(tmp_path):
    """Make a memory cgroup with a limit; give "" where that is not allowed here."""
    made = []

    def limit(n_bytes):
        for root, name in (
            (GROUPS / "memory", "memory.limit_in_bytes"),
            (GROUPS, "memory.max"),
        ):
            group = root / f"sentiment-{os.getpid()}-{len(made)}"
            try:
                group.mkdir()
            except OSError:
                continue
            made.append(group)
            try:
                (group / name).write_text(str(n_bytes))
            except OSError:
                continue
            return str(group)
        return ""

    yield limit
    for group in made:
        group.rmdir()


def write_copies(path, n_copies):
    """Write the training reviews so many times, each row with words of its own."""
    X, y = load_reviews(os.environ["SENTIMENT_IMDB"], "train")
    texts, labels = X["text"].tolist(), y.tolist()
    schema = pa.schema([("text", pa.string()), ("label", pa.string())])
    n_bytes = 0
    with pq.ParquetWriter(path, schema) as file:
        for copy in range(n_copies):
            rows = list(range(len(texts)))
            random.Random(copy).shuffle(rows)
            table = pa.table(
                {
                    "text": [f"{texts[row]} copy{copy} row{row}" for row in rows],
                    "label": [labels[row] for row in rows],
                },
                schema,
            )
            n_bytes += table.nbytes
            file.write_table(table, row_group_size=5_000)
    return n_bytes


def fit(group, way, folder):
    return subprocess.run(
        [
            sys.executable,
            CHILD,
            group,
            way,
            folder / "train.parquet",
            folder / "test.parquet",
        ],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder), "SENTIMENT_ENGINE": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def write_test_rows(folder):
    X, y = load_reviews(os.environ["SENTIMENT_IMDB"], "test")
    pd.DataFrame({"text": X["text"], "label": y}).to_parquet(folder / "test.parquet")


@pytest.mark.timeout(900)
def test_a_training_that_is_killed_in_memory_works_in_batches(tmp_path, limit_memory):
    # Single runs took 387 to 424 MB.
    limit = 500_000_000
    write_copies(tmp_path / "train.parquet", 2)
    write_test_rows(tmp_path)
    free = fit("", "memory", tmp_path)
    assert free.returncode == 0, free.stderr
    in_memory = json.loads(free.stdout)
    assert in_memory["peak"] > 1.8 * limit
    group = limit_memory(limit)
    if group:
        assert fit(group, "memory", tmp_path).returncode == -signal.SIGKILL
    done = fit(group, "stream", tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["peak"] < limit
    assert found["accuracy"] >= in_memory["accuracy"] - 0.003
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"train.parquet", "test.parquet"}


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a_million_reviews_are_learned_from_in_a_third_of_their_memory(
    tmp_path, limit_memory
):
    limit = 450_000_000
    n_bytes = write_copies(tmp_path / "train.parquet", 40)
    assert n_bytes > 3 * limit
    write_test_rows(tmp_path)
    done = fit(limit_memory(limit), "stream", tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    # The group is not charged for pages of libraries that others have loaded.
    assert found["peak"] < n_bytes / 2
    assert found["accuracy"] > 0.88
