"""The whole main road on the real IMDB reviews, as a user types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

pytestmark = [
    pytest.mark.data,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(
        "SENTIMENT_IMDB" not in os.environ,
        reason="SENTIMENT_IMDB names no folder with the IMDB reviews",
    ),
]
BIN = Path(sys.executable).parent


def run_sentiment(folder, *arguments):
    env = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_TRACKING")}
    done = subprocess.run(
        [BIN / "sentiment", *arguments],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("preset", "least", "miscalibrated"),
    [
        ("accurate", 0.92, 0.02),
        ("fast", 0.919, 0.02),
        # Three minutes of trees; the heart of the presets is in the two others.
        pytest.param("tutorial", 0.853, 0.05, marks=pytest.mark.nightly),
    ],
)
def test_a_preset_does_not_fall_below_its_accuracy(
    tmp_path, preset, least, miscalibrated
):
    imdb = os.environ["SENTIMENT_IMDB"]
    options = ["--preset", preset, "--format", "json"]
    printed = run_sentiment(
        tmp_path, "train", imdb, "--split", "train", "--test", imdb, *options
    )
    result = json.loads(printed)
    assert result["n_rows"] == 25_000
    assert result["metrics"]["test_accuracy"] >= least
    assert result["metrics"]["test_calibration_error"] <= miscalibrated
    (stored,) = tmp_path.rglob("model.skops")
    assert stored.stat().st_size <= 25_000_000
    run_sentiment(tmp_path, "predict", result["run_id"], imdb, "-o", "out.parquet")
    predicted = pd.read_parquet(tmp_path / "out.parquet")
    truth = predicted["label"].map({0: "negative", 1: "positive"})
    assert len(predicted) == 25_000
    right = (predicted["predicted_label"] == truth).mean()
    assert right == pytest.approx(result["metrics"]["test_accuracy"], abs=1e-9)


@pytest.mark.parametrize(
    ("preset", "least"),
    [
        ("fast", 0.916),
        pytest.param("accurate", 0.917, marks=pytest.mark.nightly),
    ],
)
def test_training_in_batches_loses_little(tmp_path, preset, least):
    files = Path(os.environ["SENTIMENT_IMDB"]) / "plain_text"
    options = ["--preset", preset, "--memory", "64", "--format", "json"]
    printed = run_sentiment(
        tmp_path,
        *("train", "--streaming", str(files / "train-*.parquet")),
        *("--test", str(files / "test-*.parquet"), *options),
    )
    result = json.loads(printed)
    assert result["n_rows"] == 25_000
    # The floor of the preset, less 0.3 points.
    assert result["metrics"]["test_accuracy"] >= least


def test_a_pruned_model_is_small_and_loses_little(tmp_path):
    imdb = os.environ["SENTIMENT_IMDB"]
    options = ["--preset", "fast", "--prune", "60000", "--format", "json"]
    printed = run_sentiment(
        tmp_path, "train", imdb, "--split", "train", "--test", imdb, *options
    )
    # The floor of the preset, less 0.3 points.
    assert json.loads(printed)["metrics"]["test_accuracy"] >= 0.916
    (stored,) = tmp_path.rglob("model.skops")
    assert stored.stat().st_size <= 2_100_000
