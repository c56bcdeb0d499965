"""Several serving processes on one socket, kept alive until this one ends."""

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sentiment.exceptions import ServingError
from sentiment.serving._settings import ServingSettings
from sentiment.serving._worker import READY

_LOGGER = logging.getLogger(__name__)
# Longer than a worker itself waits for what is under way.
_SECONDS_TO_STOP = 30
# A worker that dies sooner than this would do so again.
_SHORTEST_LIFE = 10
_COMMAND = "from sentiment.serving._worker import main; main()"


@dataclass(slots=True)
class _Worker:
    process: "subprocess.Popen[bytes]"
    started: float = field(default_factory=time.monotonic)

    def wait_until_ready(self) -> bool:
        """Wait until the worker answers requests, or has died."""
        assert self.process.stdout is not None
        return self.process.stdout.readline() == READY


def supervise(
    settings: ServingSettings,
    bound: socket.socket,
    n_workers: int,
    on_ready: Callable[[], None],
) -> None:
    """Run ``n_workers`` serving processes until an exception ends this one.

    ``settings``: what to serve. ``bound``: bound to the port; all workers listen on it.
    ``n_workers``: how many processes. ``on_ready``: called when all workers answer.
    Raises ServingError if a worker cannot start, or dies at once again and again.
    """
    if os.name != "posix":
        raise ServingError(
            "Several workers on one socket need Linux or macOS. Pass workers=1."
        )
    with _stopped_at_the_end() as workers:
        workers.extend(_start(settings, bound) for _ in range(n_workers))
        if not all(worker.wait_until_ready() for worker in workers):
            raise ServingError("A worker could not start. What it printed says why.")
        on_ready()
        while True:
            time.sleep(0.5)
            for place, worker in enumerate(workers):
                if worker.process.poll() is not None:
                    workers[place] = _replace(worker, settings, bound)


def _start(settings: ServingSettings, bound: socket.socket) -> _Worker:
    descriptor = bound.fileno()
    return _Worker(
        subprocess.Popen(
            # -P: no module of the current folder may stand in for an installed one.
            [sys.executable, "-P", "-c", _COMMAND, settings.to_json(), str(descriptor)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[descriptor],
            # Ctrl-C is for this process; it ends the workers by closing their stdin.
            start_new_session=True,
        )
    )


def _replace(
    worker: _Worker, settings: ServingSettings, bound: socket.socket
) -> _Worker:
    code = worker.process.returncode
    if time.monotonic() - worker.started < _SHORTEST_LIFE:
        raise ServingError(
            f"A worker died with exit code {code} soon after it was started. What it "
            "printed says why."
        )
    _LOGGER.warning("A worker died with exit code %d. Another takes its place.", code)
    _close(worker)
    return _start(settings, bound)


@contextmanager
def _stopped_at_the_end() -> Iterator[list[_Worker]]:
    workers: list[_Worker] = []
    try:
        yield workers
    finally:
        for worker in workers:
            _close(worker)
        deadline = time.monotonic() + _SECONDS_TO_STOP
        for worker in workers:
            try:
                worker.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()


def _close(worker: _Worker) -> None:
    """Close the ends of the pipes: the worker stops when its stdin is at an end."""
    for pipe in (worker.process.stdin, worker.process.stdout):
        if pipe is not None:
            pipe.close()
