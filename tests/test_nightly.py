"""Soaks and kills: many random moments, thousands of documents; run by hand."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
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
    return make_sentiment_pipeline("fast", vectorize__min_df=1).fit(texts, labels)


@settings(max_examples=5000)
@given(texts=documents)
def test_a_document_alone_gets_the_answer_it_gets_in_a_batch(fitted, texts):
    batch = fitted.predict_proba(texts)
    alone = [fitted.predict_proba([text])[0] for text in texts]
    assert np.array_equal(batch, np.reshape(alone, batch.shape))


@pytest.mark.parametrize("moment", range(12))
def test_a_training_stopped_at_any_moment_leaves_no_running_run(tmp_path, moment):
    chance = random.Random(moment)
    env = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_TRACKING")}
    process = subprocess.Popen(
        [BIN / "sentiment", "train", "-q"],
        cwd=tmp_path,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(chance.uniform(1.0, 14.0))
    process.send_signal(chance.choice([signal.SIGTERM, signal.SIGINT]))
    assert process.wait(60) in (0, 130, 143)
    if (tmp_path / "mlflow.db").exists():
        with sqlite3.connect(tmp_path / "mlflow.db") as store:
            found = store.execute("SELECT status FROM runs").fetchall()
        store.close()
        assert set(found) <= {("FINISHED",), ("FAILED",), ("KILLED",)}
