"""``sentiment`` as processes of their own that need not import anything.

Each command of a shell imports for seconds what the one before has imported. Here one
process imports it all, and a command is a fork of it, with arguments, environment,
folder and streams of its own; it ends as every process does. What is asked about the
start itself (what it imports, says or reads from the environment before ``main``) takes
a process of its own.
"""

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
import warnings
from contextlib import suppress
from importlib import import_module
from pathlib import Path

STREAMS = ("stdin", "stdout", "stderr")
IMPORTED = """
    mlflow mlflow.pyfunc mlflow.sklearn mlflow.store.tracking.sqlalchemy_store
    mlflow.store.model_registry.sqlalchemy_store mlflow.store.artifact.local_artifact_repo
    xgboost skops.io datasets matplotlib.backends.backend_agg matplotlib.figure
    pyarrow.csv pyarrow.json pyarrow.parquet sentiment.evaluation sentiment.explanation
    sentiment.inference sentiment.persistence sentiment.serving sentiment.tracking
    sentiment.training sentiment.tuning
"""


class ForkedCommands:
    """The process that has imported everything; called, it runs one command."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="forked-")
        self._address = str(Path(self._folder.name, "socket"))
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self._address)
        listener.listen()
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONWARNINGS"}
        self._server = subprocess.Popen(
            [sys.executable, __file__, str(listener.fileno())],
            env={**kept, "MLFLOW_DISABLE_TELEMETRY": "true"},
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        listener.close()

    def __call__(self, arguments, *, cwd, env, stdin=b"", timeout=120):
        """Run a command, as ``subprocess.run`` would with ``capture_output``."""
        arguments = list(map(str, arguments))
        with (
            tempfile.TemporaryDirectory(dir=self._folder.name) as directory,
            socket.socket(socket.AF_UNIX) as connection,
        ):
            files = [Path(directory, name) for name in STREAMS]
            files[0].write_bytes(stdin)
            question = {
                "arguments": arguments,
                "cwd": str(cwd),
                "env": dict(env),
                "files": list(map(str, files)),
                "timeout": timeout,
            }
            connection.connect(self._address)
            connection.sendall(json.dumps(question).encode() + b"\n")
            code = int(connection.recv(64))
            stdout, stderr = (file.read_bytes() for file in files[1:])
        if code == -signal.SIGKILL:
            raise subprocess.TimeoutExpired(arguments, timeout, stdout, stderr)
        return subprocess.CompletedProcess(arguments, code, stdout, stderr)

    def close(self):
        """End the process; commands have ended by now."""
        self._server.kill()
        self._server.wait()
        self._folder.cleanup()


def serve(listener):
    """Answer every connection, which says what to run, with an exit code."""
    for name in IMPORTED.split():
        with warnings.catch_warnings():
            # Parts of MLflow 3.17 warn of their own type hints.
            warnings.simplefilter("ignore")
            import_module(name)
    gc.freeze()
    # From here on commands may run beside each other.
    while True:
        connection, _ = listener.accept()
        if fork() == 0:
            answer(connection)
            os._exit(0)
        connection.close()
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def fork():
    with warnings.catch_warnings():
        # Python 3.12 warns of threads; those of BLAS know how to be forked.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def answer(connection):
    """Run the command of one connection in a process of its own; say how it ended."""
    with connection.makefile("rb") as lines:
        question = json.loads(lines.readline())
    child = fork()
    if child == 0:
        # A group of its own, which can be killed with all that the command starts.
        os.setpgid(0, 0)
        connection.close()
        become(question)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.alarm(question["timeout"])
    _, status = os.waitpid(child, 0)
    connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def become(question):
    """Be the command, until its end."""
    from sentiment_cli.__main__ import main

    for number, file in enumerate(question["files"]):
        flags = os.O_WRONLY | os.O_CREAT if number else os.O_RDONLY
        os.dup2(os.open(file, flags), number)
    os.chdir(question["cwd"])
    os.environ.clear()
    os.environ.update(question["env"])
    sys.argv = ["sentiment", *question["arguments"]]
    try:
        main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    # As a process ends, but for the removal of every object, each in memory that would
    # have to be copied from the process that was forked.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
