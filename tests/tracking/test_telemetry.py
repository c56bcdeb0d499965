"""MLflow looks up no telemetry host, whatever is imported first."""

import os
import subprocess
import sys

import pytest

# Every name that is looked up, but the machine's own.
SCRIPT = """
import os, socket, sys, time
looked_up = []
find = socket.getaddrinfo
def record(host, *arguments, **options):
    if host not in (None, "localhost", "127.0.0.1"):
        looked_up.append(host)
        raise OSError("no network here")
    return find(host, *arguments, **options)
socket.getaddrinfo = record
{first}
import pandas as pd
from sentiment import train
from sentiment.tracking import _training_records as records
records.model_figures = records.evaluation_figures = lambda *_: ()
texts = ["A gem, great fun.", "Awful, a waste."] * 10
reviews = pd.DataFrame({{"text": texts, "label": ["positive", "negative"] * 10}})
params = {{"vectorize__min_df": 1, "classify__estimator__alpha": 1.0}}
train(reviews, validation=reviews, preset="fast", prior=None, params=params)
until = time.monotonic() + {seconds}
while time.monotonic() < until and not looked_up:
    time.sleep(0.1)
print(sorted(set(map(str, looked_up))), flush=True)
# Without MLflow's attempts to say goodbye.
os._exit(0)
"""
# MLflow looks up nothing where one of these says that it is being tested.
TESTING = ("PYTEST_", "CI", "GITHUB_", "MLFLOW_", "DO_NOT_TRACK", "RUNBOT", "BUILDKITE")


def looked_up(folder, first="", seconds=2, **variables):
    env = {k: v for k, v in os.environ.items() if not k.startswith(TESTING)}
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            SCRIPT.format(first=first, seconds=seconds),
        ],
        cwd=folder,
        env=env | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("first", ["", "import mlflow"])
def test_a_training_looks_up_no_host(tmp_path, store, first):
    assert looked_up(tmp_path, first) == "[]"


def test_what_the_user_has_set_stays(tmp_path, store):
    # Shows also that the lookups would be seen.
    found = looked_up(tmp_path, seconds=60, MLFLOW_DISABLE_TELEMETRY="false")
    assert "mlflow" in found
