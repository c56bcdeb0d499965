"""``predict`` on a real terminal: the progress line, and Ctrl-C where it waits."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import pytest

from sentiment_cli._exit_codes import INTERRUPTED, OK

pytestmark = pytest.mark.services

COLUMNS = 60
CTRL_C = b"\x03"


class Session:
    """A process whose stderr is a terminal of 60 columns, and what it writes there."""

    def __init__(self, arguments, cwd, env, stdin, stdout):
        self._ours, theirs = pty.openpty()
        size = struct.pack("HHHH", 24, COLUMNS, 0, 0)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sentiment", "predict", *map(str, arguments)],
            cwd=cwd,
            env={name: value for name, value in env.items() if name != "COLUMNS"},
            stdin=theirs if stdin is None else stdin,
            stdout=theirs if stdout is None else stdout,
            stderr=theirs,
            start_new_session=True,
            # Ctrl-C is a signal only for those whose terminal it is typed on.
            preexec_fn=lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        self.written = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        while True:
            try:
                chunk = os.read(self._ours, 4096)
            except OSError:  # how Linux says that the other end is closed
                return
            self.written += chunk

    def wait_for(self, text):
        limit = time.monotonic() + 60
        while text not in self.written:
            assert time.monotonic() < limit, self.written
            assert self._reader.is_alive(), self.written
            time.sleep(0.02)

    def type(self, keys):
        os.write(self._ours, keys)

    def end(self, timeout):
        code = self.process.wait(timeout)
        self._reader.join(timeout)
        os.close(self._ours)
        return code


@pytest.fixture
def on_terminal(workspace, environment):
    sessions = []

    def on_terminal(*arguments, stdin=None, stdout=None):
        given = workspace / "model", *arguments
        sessions.append(
            Session(given, workspace, environment(workspace), stdin, stdout)
        )
        return sessions[-1]

    yield on_terminal
    for session in sessions:
        session.process.kill()
        session.process.wait()


def test_the_progress_line_fits_a_narrow_terminal_and_is_taken_away(
    on_terminal, tmp_path
):
    source = tmp_path / "in.csv"
    # Many columns: enough to do for a few seconds.
    names = ["text", *(f"column_{n}" for n in range(99))]
    lines = [",".join(names), *[",".join(["A dull film."] * len(names))] * 20_000]
    source.write_text("\n".join(lines) + "\n")
    # Where the rows go is no terminal, and has no width.
    with Path(os.devnull).open("wb") as nowhere:
        session = on_terminal(*[source] * 5, stdout=nowhere)
        assert session.end(120) == OK
    first, *states = session.written.decode().split("\r\033[K")
    assert first == ""
    assert states[-1] == ""
    assert max(map(len, states)) < COLUMNS
    assert any(" rows, " in state and "/s, " in state for state in states)
    assert any(state.endswith(" left") for state in states)


@pytest.mark.parametrize("waits_for", ["terminal", "pipe"])
def test_ctrl_c_ends_the_wait_for_standard_input(on_terminal, tmp_path, waits_for):
    source, sink = os.pipe()
    output = tmp_path / "out.csv"
    stdin = source if waits_for == "pipe" else None
    session = on_terminal("-", "-o", output, stdin=stdin)
    limit = time.monotonic() + 60
    # It is there when everything else is, and input is all that is missing.
    while not list(tmp_path.iterdir()):
        assert time.monotonic() < limit, session.written
        time.sleep(0.02)
    session.wait_for(b"Predicting ...")
    session.type(CTRL_C)
    assert session.end(30) == INTERRUPTED
    os.close(source)
    os.close(sink)
    assert session.written.split(b"\033[K")[-1].strip() == b"Interrupted."
    assert b"Traceback" not in session.written
    assert list(tmp_path.iterdir()) == []


def test_lines_typed_are_answered_until_ctrl_c(on_terminal):
    session = on_terminal("-")
    session.type(b"text\nA gem of a film.\n")
    session.wait_for(b"A gem of a film.,")
    session.type(CTRL_C)
    assert session.end(30) == INTERRUPTED
    shown = session.written.decode().splitlines()
    assert shown[-1] == "Interrupted."
    assert "text,predicted_label,predicted_score" in shown
    assert b"Predicting" not in session.written
