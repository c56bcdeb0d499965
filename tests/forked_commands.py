"""``sentiment``, or other Python, as processes that need not import anything.

Each command of a shell imports for seconds what the one before has imported. Here one
process imports it all, and a command is a fork of it, with arguments, environment,
folder and streams of its own; it ends as every process does. What is asked about the
start itself (what it imports, says or reads from the environment before ``main``) takes
a process of its own. Where our modules come from is asked of a second process, which has
imported all but them.
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
import threading
import traceback
import warnings
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from runpy import run_module
from select import select

STREAMS = ("stdin", "stdout", "stderr")
# Of a process id, or how it ended.
N_DIGITS = 20
# In the environment of a command: its trainings leave out the figures, half their work,
# try one smoothing, not four, and validate few rows once, not twice.
QUICKLY = "FORKED_COMMAND_TRAINS_QUICKLY"
IMPORTED = """
    mlflow mlflow.pyfunc mlflow.sklearn mlflow.store.tracking.sqlalchemy_store
    mlflow.store.model_registry.sqlalchemy_store mlflow.store.artifact.local_artifact_repo
    xgboost skops.io datasets matplotlib.backends.backend_agg matplotlib.figure
    pyarrow.csv pyarrow.json pyarrow.parquet
"""
OURS = """
    sentiment.evaluation sentiment.explanation sentiment.inference
    sentiment.persistence sentiment.serving sentiment.tracking sentiment.training
    sentiment.tuning
"""


class ForkedCommands:
    """The process that has imported everything; called, it runs one command.

    ``without_us``: everything but ``sentiment``, which a command then finds by the
    ``PYTHONPATH`` of its environment, as with ``python -P``.
    """

    def __init__(self, *, without_us=False):
        self._folder = tempfile.TemporaryDirectory(prefix="forked-")
        self._address = str(Path(self._folder.name, "socket"))
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self._address)
        listener.listen()
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONWARNINGS"}
        names = IMPORTED if without_us else IMPORTED + OURS
        self._server = subprocess.Popen(
            [sys.executable, __file__, str(listener.fileno()), *names.split()],
            env={**kept, "MLFLOW_DISABLE_TELEMETRY": "true"},
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        listener.close()

    def start(self, arguments, **options):
        """Start a command, or ``-c CODE`` or ``-m MODULE``, with options of ``Popen``."""
        return ForkedProcess(self._address, list(map(str, arguments)), **options)

    def __call__(self, arguments, *, cwd, env, stdin=b"", timeout=120):
        """Run a command, as ``subprocess.run`` would with ``capture_output``."""
        pipes = dict.fromkeys(STREAMS, subprocess.PIPE)
        with self.start(arguments, cwd=cwd, env=env, **pipes) as process:
            try:
                found = process.communicate(stdin, timeout)
            except BaseException:
                process.kill()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, *found)

    def close(self):
        """End the process; commands have ended by now."""
        self._server.kill()
        self._server.wait()
        self._folder.cleanup()


class ForkedProcess(subprocess.Popen):
    """A fork of the process behind an address; it is killed where we end before."""

    def __init__(self, address, arguments, **options):
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(address)
        super().__init__(arguments, **options)

    def _execute_child(
        self, args, executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo,
        creationflags, shell, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite,
        *others,
    ):  # fmt: skip
        """Have the other process forked, instead of this one."""
        question = {
            "arguments": args,
            "cwd": str(cwd or Path.cwd()),
            "env": dict(os.environ if env is None else env),
        }
        streams = [
            number if given == -1 else given
            for number, given in enumerate((p2cread, c2pwrite, errwrite))
        ]
        socket.send_fds(self._connection, [b"?"], streams)
        self._connection.sendall(json.dumps(question).encode() + b"\n")
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)
        self.pid = self._receive()
        self._child_created = True

    def _try_wait(self, flags):
        if flags & os.WNOHANG and not select([self._connection], [], [], 0)[0]:
            return 0, 0
        status = self._receive()
        self._connection.close()
        return self.pid, status

    def _receive(self):
        return int(self._connection.recv(N_DIGITS, socket.MSG_WAITALL) or -1)

    def _internal_poll(self, *given, **options):
        if self.returncode is None:
            pid, status = self._try_wait(os.WNOHANG)
            if pid:
                self._handle_exitstatus(status)
        return self.returncode


def serve(listener, names):
    """Run what every connection asks for, until this process is killed."""
    for name in names:
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
    _, streams, _, _ = socket.recv_fds(connection, 1, len(STREAMS))
    lines = connection.makefile()
    question = json.loads(lines.readline())
    child = fork()
    if child == 0:
        # A group of its own, which can be killed with all that the command starts.
        os.setpgid(0, 0)
        become(question, streams, connection)
    for stream in streams:
        os.close(stream)
    connection.sendall(f"{child:{N_DIGITS}}".encode())

    def kill_with_the_asker():
        lines.readline()
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)

    threading.Thread(target=kill_with_the_asker, daemon=True).start()
    _, status = os.waitpid(child, 0)
    with suppress(BrokenPipeError):
        connection.sendall(f"{status:{N_DIGITS}}".encode())


def become(question, streams, connection):
    """Be the command, until its end."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    # Else a pipe would not end with the command.
    os.closerange(len(STREAMS), 1 + max(*streams, connection.detach()))
    os.chdir(question["cwd"])
    os.environ.clear()
    os.environ.update(question["env"])
    if os.environ.pop(QUICKLY, None):
        records = import_module("sentiment.tracking._training_records")
        records.model_figures = records.evaluation_figures = lambda *_: ()
        import_module("sentiment.training._validation_split")._N_REPEATS = 1
        import_module("sentiment.classification._out_of_fold")._CANDIDATES = (1.0,)
    tempfile.tempdir = None  # it may be another one there
    sys.path[:1] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    arguments = question["arguments"]
    try:
        if arguments[:1] in (["-c"], ["-m"]):
            how, what, *rest = arguments
            sys.argv = [how, *rest]
            if how == "-c":
                exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
            else:
                run_module(what, run_name="__main__")
            code = 0
        else:
            from sentiment_cli.__main__ import main

            sys.argv = ["sentiment", *arguments]
            main()
    except SystemExit as end:
        code = end.code
        if isinstance(code, str):
            sys.stderr.write(f"{code}\n")
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    # As a process ends, but for the removal of every object, each in memory that would
    # have to be copied from the process that was forked.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
