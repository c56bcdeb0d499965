"""``sentiment ui``: MLflow's interface comes up, answers, and goes away cleanly."""

import json
import signal
import socket
import urllib.request
from pathlib import Path

import pytest

import sentiment.tracking
from sentiment_cli._exit_codes import FAILED, INTERRUPTED


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def ask(port, path, **body):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=json.dumps(body).encode() if body else None,
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def find_children(parent):
    """The processes that have a process for an ancestor, on Linux."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found = {parent}
    while True:
        more = {child for child, of in parents.items() if of in found} - found
        if not more:
            return found - {parent}
        found |= more


def test_it_shows_the_runs_here_until_ctrl_c(start, tmp_path, free_port):
    process = start("ui", "--port", free_port, fresh=True)
    try:
        lines = [process.stderr.readline() for _ in range(2)]
        assert lines[1] == (
            f"It is at http://127.0.0.1:{free_port}/#/experiments/1?workflowType="
            "machine_learning; Ctrl-C ends it.\n"
        )
        assert b"<title>MLflow</title>" in ask(free_port, "/")
        found = ask(free_port, "/api/2.0/mlflow/registered-models/get?name=reviews")
        assert json.loads(found)["registered_model"]["name"] == "reviews"
        children = find_children(process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate()
    assert process.returncode == INTERRUPTED
    assert (stdout, stderr) == ("", "Interrupted.\n")
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    assert {path.name for path in tmp_path.iterdir()} <= {"mlflow.db", "mlruns"}


def test_host_port_and_verbosity_reach_the_library(invoke, monkeypatch):
    asked = []
    monkeypatch.setattr(
        sentiment.tracking, "run_interface", lambda **options: asked.append(options)
    )
    invoke("ui")
    invoke("ui", "-v", "--host", "0.0.0.0", "--port", "8080")
    assert asked == [
        {"host": "127.0.0.1", "port": 5000, "verbose": False},
        {"host": "0.0.0.0", "port": 8080, "verbose": True},
    ]


def test_without_a_store_there_is_nothing_to_show(invoke, tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    result = invoke("ui")
    assert result.exit_code == FAILED
    assert result.stderr.startswith("Error: Nothing is recorded here: the store ")
    assert list(tmp_path.iterdir()) == []
