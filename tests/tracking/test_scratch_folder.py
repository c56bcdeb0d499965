"""Temporary folders go with their process, or with the next one."""

import json
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sentiment.tracking import remove_left_behind, scratch_folder
from sentiment.tracking._process import PROCESS_ID, PROCESS_START, describe_process
from sentiment.tracking._store import make_embedded_store


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_temporary_files_are_made_in_it_and_go_with_it(temporary):
    with scratch_folder() as folder:
        assert Path(tempfile.mkdtemp()).parent == folder
    assert list(temporary.iterdir()) == []
    assert tempfile.gettempdir() == str(temporary)


def test_it_goes_when_the_block_fails_too(temporary):
    with pytest.raises(KeyError), scratch_folder():
        raise KeyError
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next(temporary, fork_command):
    script = (
        "import os, signal, tempfile\n"
        "from sentiment.tracking import scratch_folder\n"
        "with scratch_folder():\n"
        "    tempfile.mkdtemp()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {"TMPDIR": str(temporary)}
    done = fork_command(["-c", script], cwd=temporary, env=environment)
    assert done.returncode == -signal.SIGKILL
    assert len(list(temporary.iterdir())) == 1
    with scratch_folder() as mine:
        assert list(temporary.iterdir()) == [mine]


def test_folders_of_living_processes_and_of_strangers_stay(temporary):
    gone = describe_process() | {PROCESS_ID: "4194305"}
    owners = {
        "sentiment-run-living": json.dumps(describe_process()),
        "sentiment-run-foreign": json.dumps(gone | {"sentiment.host": "another"}),
        "sentiment-run-broken": "{",
        "other-run": json.dumps(gone),
    }
    for name, owner in owners.items():
        (temporary / name).mkdir()
        (temporary / name / "owner.json").write_text(owner)
    remove_left_behind()
    assert {path.name for path in temporary.iterdir()} == set(owners)
    assert PROCESS_START in gone


def test_a_half_written_store_of_a_killed_process_is_removed(tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    left = tmp_path / f".mlflow.db.{socket.gethostname()}.{process.pid}-00"
    left.write_bytes(b"half")
    make_embedded_store(tmp_path / "mlflow.db")
    assert {p.name for p in tmp_path.iterdir()} == {"mlflow.db", "temporary"}
