"""Workers are started, replaced and stopped; here they are small scripts."""

import os
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX processes")

SUPERVISE = """
import socket, sys
from sentiment.serving import _supervisor
from sentiment.serving._settings import ServingSettings
from sentiment.termination import raise_on_sigterm

raise_on_sigterm()
_supervisor._COMMAND, _supervisor._SHORTEST_LIFE = sys.argv[1], float(sys.argv[2])
_supervisor._SECONDS_TO_STOP = float(sys.argv[3])
settings = ServingSettings("folder", 1, False, 20)
with socket.create_server(("127.0.0.1", 0)) as bound:
    _supervisor.supervise(settings, bound, 2, lambda: print("ready", flush=True))
"""
# It says who it is, and that it is ready, and ends when its stdin does.
GOOD = (
    "import os; os.write(2, b'pid %d\\n' % os.getpid());"
    "os.write(1, b'ready\\n'); os.read(0, 1); os.write(2, b'stopped\\n')"
)
BAD = "raise SystemExit(3)"


class Supervisor:
    def __init__(self, folder, command, shortest_life="0", seconds_to_stop="30"):
        self._log = folder / "stderr.txt"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    SUPERVISE,
                    command,
                    shortest_life,
                    seconds_to_stop,
                ],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def wait_until_ready(self):
        assert self.process.stdout.readline() == "ready\n", self.log

    @property
    def log(self):
        return self._log.read_text()

    @property
    def workers(self):
        lines = self.log.splitlines()
        return [int(line[4:]) for line in lines if line.startswith("pid ")]

    def wait_for(self, condition):
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline, self.log
            time.sleep(0.05)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_workers_stop_when_the_command_is_stopped(tmp_path, signum):
    with Supervisor(tmp_path, GOOD) as supervisor:
        supervisor.wait_until_ready()
        supervisor.process.send_signal(signum)
        supervisor.process.wait(30)
        assert supervisor.log.count("stopped\n") == 2


def test_workers_stop_when_the_command_is_killed(tmp_path):
    with Supervisor(tmp_path, GOOD) as supervisor:
        supervisor.wait_until_ready()
        supervisor.process.kill()
        supervisor.wait_for(lambda: supervisor.log.count("stopped\n") == 2)


def test_a_worker_that_dies_is_replaced(tmp_path):
    with Supervisor(tmp_path, GOOD) as supervisor:
        supervisor.wait_until_ready()
        os.kill(supervisor.workers[0], signal.SIGKILL)
        supervisor.wait_for(lambda: len(supervisor.workers) == 3)
        assert "died with exit code -9. Another takes its place" in supervisor.log
        supervisor.process.send_signal(signal.SIGTERM)
        supervisor.process.wait(30)
        assert supervisor.log.count("stopped\n") == 2


def test_a_worker_that_dies_young_ends_the_command_and_the_others(tmp_path):
    with Supervisor(tmp_path, GOOD, shortest_life="60") as supervisor:
        supervisor.wait_until_ready()
        os.kill(supervisor.workers[0], signal.SIGKILL)
        assert supervisor.process.wait(30) == 1
        assert "ServingError: A worker died with exit code -9 soon" in supervisor.log
        assert supervisor.log.count("stopped\n") == 1


def test_workers_that_cannot_start_end_the_command(tmp_path):
    with Supervisor(tmp_path, BAD) as supervisor:
        assert supervisor.process.wait(30) == 1
        assert "ServingError: A worker could not start" in supervisor.log


def test_workers_that_ignore_the_end_of_their_lifeline_are_killed(tmp_path):
    stubborn = GOOD + "; import time; time.sleep(60)"
    with Supervisor(tmp_path, stubborn, seconds_to_stop="1") as supervisor:
        supervisor.wait_until_ready()
        workers = supervisor.workers
        supervisor.process.send_signal(signal.SIGTERM)
        assert supervisor.process.wait(40) != 0
        for pid in workers:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
