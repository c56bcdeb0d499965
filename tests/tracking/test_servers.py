"""Everything works on a real MLflow server and on PostgreSQL as on the embedded store."""

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

PROGRAMS = ("initdb", "pg_ctl", "psql")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def find_postgres():
    """The folder of PostgreSQL's programs, which Debian keeps off the path."""
    folders = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if found := shutil.which("initdb"):
        folders.append(Path(found).parent)
    for folder in folders:
        if all((folder / name).exists() for name in PROGRAMS):
            return folder
    return None


@pytest.fixture(scope="module")
def postgres():
    """The address of a database of our own."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    if importlib.util.find_spec("psycopg2") is None:
        pytest.skip("psycopg2 is not installed")
    # Not in pytest's own folder, which it closes to other users again and again.
    with tempfile.TemporaryDirectory(prefix="postgres-") as directory:
        yield from run_postgres(programs, Path(directory))


def run_postgres(programs, folder):
    prefix = []
    if os.getuid() == 0:
        # PostgreSQL refuses to be root.
        if shutil.which("runuser") is None:
            pytest.skip("PostgreSQL does not run as root, and runuser is not there")
        prefix = ["runuser", "-u", "nobody", "--"]
        shutil.chown(folder, "nobody")
    port = free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
    data = folder / "data"

    def call(*command):
        subprocess.run(
            [*prefix, *map(str, command)],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=120,
        )

    call(programs / "initdb", "-D", data, "-U", "ml", "--auth=trust", "-E", "UTF8")
    control = [programs / "pg_ctl", "-D", data, "-w"]
    call(*control, "-l", data / "log", "-o", options, "start")
    try:
        yield f"postgresql+psycopg2://ml:secret@127.0.0.1:{port}/postgres"
    finally:
        call(*control, "-m", "immediate", "stop")


@pytest.fixture
def http(tmp_path):
    """The address of a ``mlflow server`` that keeps the artifacts too."""
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1"]
    command += ["--port", str(port), "--artifacts-destination", str(tmp_path / "kept")]
    command += ["--backend-store-uri", f"sqlite:///{tmp_path}/server.db"]
    server = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=make_environment() | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def wait_for(url, server):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"{url} does not answer")


def make_environment():
    return {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_TRACKING")}


def start(folder, uri, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "sentiment", *arguments],
        cwd=folder,
        env=make_environment() | {"MLFLOW_TRACKING_URI": uri},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process, code=0):
    stdout, stderr = process.communicate(timeout=240)
    assert process.returncode == code, stderr
    return stdout


def walk_the_main_road(folder, uri):
    """Train twice at once, list, promote, predict, check; kill one, and mend that."""
    folder.mkdir()
    train = "train --preset fast --register films --format json".split()
    if not uri.startswith("sqlite:"):
        # MLflow makes the tables of a new database, and two that do so at once fail.
        # The embedded store we make ourselves.
        finish(start(folder, uri, "runs"))
    both = [start(folder, uri, *train, "--test=sample") for _ in range(2)]
    first, second = [json.loads(finish(process)) for process in both]
    listed = json.loads(finish(start(folder, uri, "runs", "--format", "json")))
    assert {run["run_id"] for run in listed} == {first["run_id"], second["run_id"]}
    assert {run["status"] for run in listed} == {"FINISHED"}
    assert all(run["data"] == "sample" for run in listed)
    finish(start(folder, uri, "promote", "models:/films/1"))
    finish(start(folder, uri, "promote", "models:/films/2", "--if-better=accuracy"), 3)
    for model in ("models:/films@champion", first["run_id"]):
        answer = start(folder, uri, "predict", model, "--text", "A gem, great fun.")
        assert finish(answer).split()[0] in ("positive", "negative")
    finish(start(folder, uri, "check", "models:/films/2"))
    killed = start(
        *(folder, uri, "train", "--experiment", "killed"),
        "--set=classify__estimator__early_stopping=false",
        "--set=classify__estimator__max_iter=1000000000",
    )
    for line in killed.stderr:
        if line.startswith("Cross-validating"):
            break
    killed.kill()
    killed.communicate()
    listed = finish(start(folder, uri, "runs", "--experiment=killed", "--format=json"))
    assert [run["status"] for run in json.loads(listed)] == ["KILLED"]


@pytest.mark.services
@pytest.mark.timeout(600)
def test_over_http_it_is_as_on_the_embedded_store(tmp_path, http):
    walk_the_main_road(tmp_path / "user", http)
    assert not (tmp_path / "user" / "mlruns").exists()


@pytest.mark.services
@pytest.mark.timeout(600)
def test_on_postgresql_it_is_as_on_the_embedded_store(tmp_path, postgres):
    walk_the_main_road(tmp_path / "user", postgres)


@pytest.mark.services
@pytest.mark.timeout(600)
def test_several_may_be_the_first_to_use_a_new_database(tmp_path, postgres):
    import psycopg2

    server, _, _ = postgres.rpartition("/")
    with closing(psycopg2.connect(postgres.replace("+psycopg2", ""))) as connection:
        connection.autocommit = True
        connection.cursor().execute("CREATE DATABASE fresh")
    environment = make_environment() | {"MLFLOW_TRACKING_URI": f"{server}/fresh"}
    first = [
        subprocess.Popen(
            [sys.executable, "-m", "sentiment", "runs"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(4)
    ]
    for process in first:
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, said


@pytest.mark.services
@pytest.mark.timeout(600)
def test_the_embedded_store_is_the_measure(tmp_path):
    walk_the_main_road(tmp_path / "user", f"sqlite:///{tmp_path}/mlflow.db")
