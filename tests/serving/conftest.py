"""A model folder, and servers of it as processes of their own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import warnings
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest
import requests
from serving.doors import fit_few_reviews

from sentiment import save_model

with warnings.catch_warnings():
    # While they are imported, parts of MLflow 3.17 warn of their own type hints.
    warnings.simplefilter("ignore")
    import_module("mlflow.pyfunc")

BIN = Path(sys.executable).parent
# Each process imports MLflow, scikit-learn and XGBoost, perhaps on a busy machine.
SECONDS_TO_START = 120


@pytest.fixture(scope="session")
def pipeline():
    return fit_few_reviews()


@pytest.fixture(scope="session")
def saved(pipeline, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved") / "model"
    save_model(pipeline, folder)
    return folder


class RunningServer:
    """A server process, its address, and what it wrote on stderr."""

    def __init__(self, process, url, log):
        self.process = process
        self.url = url
        self._log = log

    @property
    def log(self):
        return self._log.read_text(encoding="utf-8")

    def post(self, **arguments):
        return requests.post(f"{self.url}/invocations", timeout=60, **arguments)

    def stop(self, signum=signal.SIGINT):
        self.process.send_signal(signum)
        return self.process.wait(60)


def make_environment(**changes):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_")}
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**kept, "PATH": path, "MLFLOW_DISABLE_TELEMETRY": "true", **changes}


@contextmanager
def run_process(start, command, folder, find_url, environment, trusted=True):
    """Run a server until its end, or ours; ``find_url`` gets what it has printed."""
    log = folder / "stderr.txt"
    with log.open("wb") as stderr, (folder / "stdout.txt").open("wb") as stdout:
        process = start(
            list(map(str, command)),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            # A group of its own: MLflow's server runs beneath a shell.
            start_new_session=True,
        )
    try:
        url = wait_for(process, log, find_url, trusted)
        yield RunningServer(process, url, log)
    finally:
        with_children = os.getpgid(process.pid) if process.poll() is None else None
        if with_children is not None:
            os.killpg(with_children, signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(with_children, signal.SIGKILL)
            process.wait()


def wait_for(process, log, find_url, trusted):
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        text = log.read_text(encoding="utf-8")
        assert process.poll() is None, text
        url = find_url(text)
        if url is not None and is_up(url, trusted):
            return url
        time.sleep(0.1)
    raise AssertionError(f"no answer in {SECONDS_TO_START} s: {text}")


def is_up(url, trusted):
    try:
        return requests.get(f"{url}/ping", timeout=5, verify=trusted).ok
    except requests.ConnectionError:
        return False


@contextmanager
def run_sentiment_serve(
    start, program, model, folder, *options, trusted=True, **environment
):
    def find_url(text):
        found = re.search(r"Serving .* at (https?://\S+) ", text)
        return found and found[1]

    command = [*program, "serve", model, "--port", "0", *options]
    environment = make_environment(**environment)
    with run_process(start, command, folder, find_url, environment, trusted) as server:
        yield server


@contextmanager
def run_mlflow_serve(model, folder, environment=None, manager="local", workers=1):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = environment or make_environment()
    program = environment["PATH"].partition(os.pathsep)[0] + "/mlflow"
    command = [program, "models", "serve", "-m", str(model), "--env-manager", manager]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    url = f"http://127.0.0.1:{port}"
    with run_process(
        subprocess.Popen, command, folder, lambda text: url, environment
    ) as server:
        yield server


@pytest.fixture
def serve(tmp_path, fork_command):
    """Start ``sentiment serve``, a fork, with other options than the shared one."""

    def serve(model, *options, **environment):
        return run_sentiment_serve(
            fork_command.start, [], model, tmp_path, *options, **environment
        )

    return serve


@pytest.fixture(scope="session")
def run_serve():
    return run_sentiment_serve


@pytest.fixture
def serve_by_mlflow(tmp_path):
    def serve(model, environment=None, **options):
        return run_mlflow_serve(model, tmp_path, environment, **options)

    return serve


@pytest.fixture(scope="session")
def server(saved, tmp_path_factory):
    """``sentiment serve``, with a limit of 1 MB to requests."""
    folder = tmp_path_factory.mktemp("server")
    process = subprocess.Popen, [BIN / "sentiment"]
    limit = "--max-request-mb", "1"
    with run_sentiment_serve(*process, saved, folder, *limit) as running:
        yield running


@pytest.fixture(scope="session")
def mlflow_server(saved, tmp_path_factory):
    """Plain ``mlflow models serve``."""
    with run_mlflow_serve(saved, tmp_path_factory.mktemp("mlflow")) as running:
        yield running


@pytest.fixture(scope="session")
def environment():
    return make_environment


@pytest.fixture(scope="session")
def run_python():
    """Run Python code in a process of its own and return what it prints."""

    def run_python(code):
        return subprocess.run(
            [sys.executable, "-c", code],
            env=make_environment(),
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout

    return run_python
