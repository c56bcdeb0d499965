"""Runs of killed processes are ended; those of anybody else are left alone."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from training_fixtures import MLFLOW_STATE

from sentiment.tracking import list_runs, tracked_run
from sentiment.tracking._orphans import REASON, end_orphans
from sentiment.tracking._process import (
    HOST,
    MACHINE,
    PROCESS_ID,
    PROCESS_NAMESPACE,
    PROCESS_START,
    describe_process,
    is_gone,
)
from sentiment.tracking._runs import KIND, TRAINING

SCRIPT = """
import sys
from sentiment.tracking import tracked_run
from sentiment.tracking._records import Tags
with tracked_run() as run:
    run.log([Tags({"sentiment.kind": "training"})])
    print(run.run_id, flush=True)
    sys.stdin.read()
"""


@contextmanager
def started(start=subprocess.Popen, program=(sys.executable,)):
    """Start a process that is in the middle of a run in the current folder's store."""
    process = start(
        [*program, "-c", SCRIPT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    run_id = process.stdout.readline().strip()
    assert run_id
    yield process, run_id
    process.kill()
    process.communicate()


@pytest.fixture(scope="module")
def killed(tmp_path_factory, empty_store):
    """A store that a killed process has left, and the run that the process was in."""
    folder = tmp_path_factory.mktemp("killed")
    shutil.copy(empty_store, folder / "mlflow.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in MLFLOW_STATE:
            patch.delenv(name, raising=False)
        with started() as (process, run_id):
            os.kill(process.pid, signal.SIGKILL)
            # Not waited for: a zombie is in the list of processes, yet it is dead.
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            yield folder / "mlflow.db", run_id


@pytest.fixture
def orphan(killed, store):
    """The run of a killed process, in the store."""
    left, run_id = killed
    shutil.copy(left, "mlflow.db")
    return run_id


def start_as(store, **changes):
    """Make a RUNNING run whose tags are those of this process but for some."""
    experiment = store.get_experiment_by_name("sentiment")
    number = (
        experiment.experiment_id if experiment else store.create_experiment("sentiment")
    )
    tags = {KIND: TRAINING} | describe_process() | changes
    return store.create_run(number, tags=tags).info.run_id


def test_a_killed_process_leaves_a_run_that_the_next_list_ends(store, orphan):
    (run,) = list_runs()
    assert (run.run_id, run.status) == (orphan, "KILLED")
    assert run.seconds is not None
    assert "killed" in store.get_run(orphan).data.tags[REASON]


def test_the_next_training_ends_it_too(store, orphan):
    with tracked_run() as run:
        assert store.get_run(orphan).info.status == "KILLED"
        assert store.get_run(run.run_id).info.status == "RUNNING"


def test_a_run_of_a_living_process_goes_on(store, fork_command):
    with started(fork_command.start, ()) as (process, run_id):
        assert [run.status for run in list_runs()] == ["RUNNING"]
        process.communicate("")
        (run,) = list_runs()
    assert (run.run_id, run.status) == (run_id, "FINISHED")


@pytest.mark.parametrize(
    "changes",
    [
        {HOST: "another-host"},
        {PROCESS_NAMESPACE: "pid:[1]"},
        {PROCESS_ID: "many"},
        {PROCESS_START: ""},
        {PROCESS_START: "0b1c/77", MACHINE: "another-machine"},
        {PROCESS_START: "0b1c/77", MACHINE: ""},
    ],
)
def test_a_run_of_which_nobody_here_can_tell_is_not_touched(store, changes):
    run_id = start_as(store, **{PROCESS_ID: "4194305"} | changes)
    assert end_orphans(store, [store.get_run(run_id).info.experiment_id]) == []
    assert store.get_run(run_id).info.status == "RUNNING"


def test_a_process_id_that_is_used_again_is_told_from_the_first(store):
    boot = describe_process()[PROCESS_START].partition("/")[0]
    assert is_gone(describe_process() | {PROCESS_START: f"{boot}/1"})
    assert not is_gone(describe_process())


def test_after_a_reboot_of_the_same_machine_nothing_of_before_lives(monkeypatch):
    monkeypatch.setattr("sentiment.tracking._process._machine", lambda: "this")
    tags = describe_process() | {PROCESS_START: "earlier-boot/77"}
    assert is_gone(tags)
    assert not is_gone(tags | {MACHINE: "its namesake"})
    # Two machines without a name may be two.
    monkeypatch.setattr("sentiment.tracking._process._machine", lambda: "")
    assert not is_gone(tags | {MACHINE: ""})


def test_what_the_killed_run_has_left_of_a_model_is_marked_failed(store):
    boot = describe_process()[PROCESS_START].partition("/")[0]
    run_id = start_as(store, **{PROCESS_START: f"{boot}/1"})
    experiment_id = store.get_run(run_id).info.experiment_id
    half, whole = (
        store.create_logged_model(experiment_id, name, run_id).model_id
        for name in ("half", "whole")
    )
    store.finalize_logged_model(whole, "READY")
    assert end_orphans(store, [experiment_id]) == [run_id]
    assert str(store.get_logged_model(half).status) == "FAILED"
    assert str(store.get_logged_model(whole).status) == "READY"


def test_a_run_that_ended_in_good_order_meanwhile_stays_as_it_is(store, monkeypatch):
    boot = describe_process()[PROCESS_START].partition("/")[0]
    run_id = start_as(store, **{PROCESS_START: f"{boot}/1"})
    found = store.get_run(run_id)
    store.set_terminated(run_id, "FINISHED")
    monkeypatch.setattr("sentiment.tracking._orphans._running_here", lambda *_: [found])
    assert end_orphans(store, [found.info.experiment_id]) == []
    assert store.get_run(run_id).info.status == "FINISHED"
