"""MLflow looks up no telemetry host, whatever is imported first."""

import os
import subprocess
import sys

import pytest

# Every name that is looked up, but the machine's own.
SCRIPT = """
import socket, sys, time
looked_up = []
find = socket.getaddrinfo
def record(host, *arguments, **options):
    if host not in (None, "localhost", "127.0.0.1"):
        looked_up.append(host)
        raise OSError("no network here")
    return find(host, *arguments, **options)
socket.getaddrinfo = record
{first}
from sentiment import train
train(preset="fast")
time.sleep(2)
print(sorted(set(map(str, looked_up))))
"""
# MLflow looks up nothing where one of these says that it is being tested.
TESTING = ("PYTEST_", "CI", "GITHUB_", "MLFLOW_", "DO_NOT_TRACK", "RUNBOT", "BUILDKITE")


def looked_up(folder, first="", **variables):
    env = {k: v for k, v in os.environ.items() if not k.startswith(TESTING)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT.format(first=first)],
        cwd=folder,
        env=env | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("first", ["", "import mlflow"])
def test_a_training_looks_up_no_host(tmp_path, first):
    assert looked_up(tmp_path, first) == "[]"


def test_what_the_user_has_set_stays(tmp_path):
    # Shows also that the lookups would be seen.
    assert "mlflow" in looked_up(tmp_path, MLFLOW_DISABLE_TELEMETRY="false")
