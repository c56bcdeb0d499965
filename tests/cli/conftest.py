"""A folder in which somebody has worked with sentiment, and ways to call it."""

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from forked_commands import QUICKLY

from sentiment.datasets import load_reviews
from sentiment_cli.__main__ import cli


def _environment(folder):
    """The environment without what would lead to another store than the folder's."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MLFLOW_", "SENTIMENT_", "PYTHONWARNINGS"))
    }
    scripts = str(Path(sys.executable).parent)
    return {
        **kept,
        "PATH": scripts + os.pathsep + kept.get("PATH", ""),
        # A fork heeds it; a process of its own does all its work.
        QUICKLY: "1",
        "MLFLOW_TRACKING_URI": f"sqlite:///{quote(str(folder))}/mlflow.db",
    }


@pytest.fixture(scope="session")
def environment():
    """Make the environment of a process that works in a folder."""
    return _environment


@pytest.fixture(scope="session")
def run(environment, fork_command):
    """Run ``sentiment`` as a process of its own; bytes in, bytes out.

    It is a fork, unless it shall be fresh or has in its environment what Python itself
    reads at its start.
    """

    def run(*arguments, cwd, stdin=b"", timeout=120, fresh=False, **environ):
        env = {**environment(cwd), **environ}
        if not (fresh or "PYTHONIOENCODING" in environ):
            return fork_command(
                arguments, cwd=cwd, env=env, stdin=stdin, timeout=timeout
            )
        return subprocess.run(
            [sys.executable, "-m", "sentiment", *map(str, arguments)],
            cwd=cwd,
            env=env,
            input=stdin,
            capture_output=True,
            timeout=timeout,
            check=False,
        )

    return run


@pytest.fixture
def start(workspace, environment, tmp_path, fork_command):
    """Start ``sentiment`` on a copy of the workspace's store; ended after 200 s.

    ``code`` is Python that runs in its place. It is a fork, unless it shall be fresh.
    """
    guards = []

    def start(*arguments, code=None, fresh=False, **environ):
        (tmp_path / "mlflow.db").write_bytes((workspace / "mlflow.db").read_bytes())
        python = [sys.executable, "-m", "sentiment"]
        arguments = [*(() if code is None else ("-c", code)), *map(str, arguments)]
        start = subprocess.Popen if fresh else fork_command.start
        process = start(
            [*python, *arguments] if fresh else arguments,
            cwd=tmp_path,
            env={**environment(tmp_path), **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        guards.append(threading.Timer(200, process.kill))
        guards[-1].start()
        return process

    yield start
    for guard in guards:
        guard.cancel()


@pytest.fixture(scope="session")
def workspace(tmp_path_factory, run):
    """A folder as the examples of the help expect it.

    ``run.json`` says what was trained, and ``model/`` is a copy of the model.
    """
    folder = tmp_path_factory.mktemp("workspace")
    instances, labels = load_reviews("sample", "test")
    reviews = instances.assign(label=labels)
    reviews.index.name = "id"
    reviews.to_csv(folder / "reviews.csv")
    new = [{"id": n, "text": text} for n, text in enumerate(instances["text"].head(4))]
    (folder / "new.jsonl").write_text("".join(json.dumps(r) + "\n" for r in new))
    (folder / "space.yaml").write_text("vectorize__ngram_range: [[1, 1], [1, 2]]\n")
    options = (
        "--preset fast --prior none --register reviews --alias champion --format json"
    )
    done = run("train", *options.split(), cwd=folder, timeout=280)
    assert done.returncode == 0, done.stderr.decode()
    (folder / "run.json").write_bytes(done.stdout)
    (description,) = folder.glob("mlruns/**/MLmodel")
    shutil.copytree(description.parent, folder / "model")
    return folder


@pytest.fixture
def invoke(monkeypatch, tmp_path):
    """Run ``sentiment`` in this process, in an empty folder; much faster."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")

    def invoke(*arguments, **options):
        result = CliRunner().invoke(cli, [str(a) for a in arguments], **options)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke
