"""Soaks and kills: many random moments, thousands of documents; run by hand."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from text_strategies import documents

from sentiment import make_sentiment_pipeline

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(7200)]
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def fitted(reviews):
    texts, labels = reviews
    return make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        texts, labels
    )


@settings(max_examples=5000)
@given(texts=documents)
def test_a_document_alone_gets_the_answer_it_gets_in_a_batch(fitted, texts):
    batch = fitted.predict_proba(texts)
    alone = [fitted.predict_proba([text])[0] for text in texts]
    assert np.array_equal(batch, np.reshape(alone, batch.shape))


@pytest.mark.parametrize("moment", range(20))
def test_a_training_stopped_at_any_moment_leaves_no_running_run(tmp_path, moment):
    chance = random.Random(moment)
    signum = chance.choice([signal.SIGTERM, signal.SIGINT])
    code = train_until(tmp_path, chance.uniform(1.0, 14.0), signum)
    # Before its first line and after its last, Python ends by the signal itself.
    assert code in (0, 130, 143, -signum)
    check_nothing_is_left(tmp_path)


@pytest.mark.parametrize("moment", range(20))
def test_what_a_training_killed_at_any_moment_leaves_the_next_command_mends(
    tmp_path, moment
):
    chance = random.Random(moment)
    # The run is begun after some three seconds; before, there is nothing to mend.
    train_until(tmp_path, chance.uniform(2.0, 14.0), signal.SIGKILL)
    listed = subprocess.run(
        [BIN / "sentiment", "runs", "--format", "jsonl"],
        cwd=tmp_path,
        env=make_environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    for line in listed.stdout.splitlines():
        run = json.loads(line)
        assert run["status"] in ("FINISHED", "KILLED")
    check_nothing_is_left(tmp_path)


def make_environment(folder):
    """The environment of a process whose store and temporary files are in a folder."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_TRACKING")}
    (folder / "tmp").mkdir(exist_ok=True)
    return env | {"TMPDIR": str(folder / "tmp")}


def train_until(folder, seconds, signum):
    process = subprocess.Popen(
        [BIN / "sentiment", "train", "-q"],
        cwd=folder,
        env=make_environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(seconds)
    process.send_signal(signum)
    return process.wait(60)


def check_nothing_is_left(folder):
    """No run RUNNING, no temporary folder, and each model whole or refused."""
    assert list((folder / "tmp").iterdir()) == []
    assert {path.name for path in folder.iterdir()} <= {"mlflow.db", "mlruns", "tmp"}
    if not (folder / "mlflow.db").exists():
        return
    with closing(sqlite3.connect(folder / "mlflow.db")) as store:
        runs = store.execute("SELECT run_uuid, status FROM runs").fetchall()
        models = store.execute("SELECT status FROM logged_models").fetchall()
    # 1 is MLflow's number for PENDING: half logged, and by a process that is gone.
    assert (1,) not in models
    for run_id, status in runs:
        assert status in ("FINISHED", "FAILED", "KILLED")
        done = subprocess.run(
            [BIN / "sentiment", "predict", run_id, "--text", "Great fun."],
            cwd=folder,
            env=make_environment(folder),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 or (
            status != "FINISHED" and done.stderr.startswith("Error: ")
        )
