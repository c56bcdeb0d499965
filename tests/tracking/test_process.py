"""What identifies a process: right for the living, None for the dead."""

import os
import subprocess
import sys

from sentiment.tracking._process import (
    HOST,
    MACHINE,
    PROCESS_ID,
    PROCESS_NAMESPACE,
    PROCESS_START,
    describe_process,
    peak_memory_mb,
    process_start,
)


def test_a_process_has_one_start_and_another_process_has_another():
    first = process_start(os.getpid())
    assert first == process_start(os.getpid())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1) as other:
        assert process_start(other.pid) not in (None, first)
        other.stdin.close()


def test_a_process_that_is_gone_has_no_start():
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    assert process_start(gone.pid) is None


def test_a_command_name_with_spaces_and_brackets_does_not_shift_the_fields(tmp_path):
    strange = tmp_path / "a) b (c"
    strange.symlink_to("/bin/sleep")
    with subprocess.Popen([strange, "60"]) as process:
        start = process_start(process.pid)
        process.kill()
    boot, ticks = start.split("/")
    assert boot == process_start(os.getpid()).split("/")[0]
    assert int(ticks) >= int(process_start(os.getpid()).split("/")[1])


def test_the_tags_name_host_process_and_start():
    tags = describe_process()
    assert set(tags) == {
        HOST,
        MACHINE,
        PROCESS_ID,
        PROCESS_NAMESPACE,
        PROCESS_START,
    }
    assert tags[PROCESS_ID] == str(os.getpid())
    assert tags[PROCESS_START] == process_start(os.getpid())
    assert tags[HOST]


def test_peak_memory_is_in_megabytes():
    assert 20 < peak_memory_mb() < 100_000
