"""A folder of any name is a folder to work in."""

import json
import re
import subprocess
import threading

import pytest
import requests

ODD = 'it\'s "100%20" #1? a:b\\c ü'


@pytest.fixture(scope="module")
def trained(tmp_path_factory, run):
    folder = tmp_path_factory.mktemp("odd") / ODD
    folder.mkdir()
    options = "--preset fast --register reviews --alias champion --format json"
    done = run("train", *options.split(), cwd=folder, timeout=280)
    assert done.returncode == 0, done.stderr.decode()
    return folder, json.loads(done.stdout)


def test_a_training_writes_into_its_folder_and_nowhere_else(trained):
    folder, _ = trained
    assert [path.name for path in folder.parent.iterdir()] == [ODD]
    assert sorted(path.name for path in folder.iterdir()) == ["mlflow.db", "mlruns"]


def test_the_model_is_found_under_each_of_its_names(trained, run):
    folder, result = trained
    logged = next(folder.glob("mlruns/**/MLmodel")).parent
    for model in [result["model_uri"], "models:/reviews@champion", logged]:
        done = run("predict", model, "-", cwd=folder, stdin=b"text\ngood film\n")
        assert done.returncode == 0, done.stderr.decode()
        assert b"positive" in done.stdout
    listed = run("runs", "--format", "json", cwd=folder)
    assert [one["run_id"] for one in json.loads(listed.stdout)] == [result["run_id"]]
    assert [path.name for path in folder.parent.iterdir()] == [ODD]


def test_the_model_is_served(trained, environment, fork_command):
    folder, _ = trained
    command = "serve models:/reviews@champion --port 0"
    process = fork_command.start(
        command.split(),
        cwd=folder,
        env=environment(folder),
        stderr=subprocess.PIPE,
        text=True,
    )
    guard = threading.Timer(200, process.kill)
    guard.start()
    try:
        url = re.search(r"at (http://\S+) ", process.stderr.readline())[1]
        answer = requests.post(
            f"{url}/invocations", json={"inputs": ["good film"]}, timeout=60
        )
        assert answer.status_code == 200, answer.text
    finally:
        process.terminate()
        process.communicate()
        guard.cancel()
