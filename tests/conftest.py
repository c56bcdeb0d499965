"""What holds for every test: an end, no network, no telemetry, warnings as errors."""

import faulthandler
import os
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse as sp
from forked_commands import ForkedCommands
from hypothesis import HealthCheck, settings

from sentiment.engine import engine_name

# Before MLflow is imported: it looks up its telemetry host when a model is logged. The
# hub is not switched off here, because some tests run one on the loopback.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["DO_NOT_TRACK"] = "1"

# Before OpenMP is loaded: threads that wait for each other shall leave the cores to other
# tests. Spinning, the trees of thirty rows took four times the work on two busy cores.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# A shell starts what it puts in the background with SIGINT ignored, and processes that
# the tests start would inherit that: Ctrl-C could not be tested.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Busy machines are slow: a single example has no deadline, the test as a whole has one.
settings.register_profile(
    "dev",
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "ci", settings.get_profile("dev"), max_examples=100, derandomize=True
)
settings.register_profile(
    "nightly", settings.get_profile("dev"), max_examples=5000, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

# What a test may take beyond its own time-out: its fixtures, on a busy machine.
SECONDS_AROUND = 240

# Folders all of whose files share what takes seconds to make; elsewhere a file does.
SHARING = ("tests/cli/", "tests/serving/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Run tests that share a model or a server on one worker: it is made once."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return file.rpartition("/")[0] if file.startswith(SHARING) else file

    # In the order of the files, which ends with many that are quick.
    config.option.loadscopereorder = False
    return Scheduling(config, log)


def pytest_collection_modifyitems(items):
    """Give the tests beyond the plain tier more time, where they say nothing else."""
    for item in items:
        tiers = map(item.get_closest_marker, ("services", "data", "nightly"))
        if any(tiers) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(600))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """End the process if a test hangs where no signal reaches it, as in compiled code.

    pytest-timeout interrupts only the test itself, and only between two lines of Python.
    xdist starts another worker, and the test has failed.
    """
    own = item.get_closest_marker("timeout")
    seconds = own.args[0] if own else float(item.config.getini("timeout") or 0)
    if seconds:
        faulthandler.dump_traceback_later(seconds + SECONDS_AROUND, exit=True)
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call():
    """Kill what a test that failed, or took too long, has started and left running."""
    before = _find_children("self")
    interrupt = signal.getsignal(signal.SIGALRM)

    def kill_started():
        for child in _find_children("self") - before:
            _kill_tree(child)

    def on_time_out(*received):
        # First: a process whose parent is gone is nobody's child.
        kill_started()
        interrupt(*received)

    if callable(interrupt):
        signal.signal(signal.SIGALRM, on_time_out)
    try:
        return (yield)
    except BaseException:
        kill_started()
        raise
    finally:
        signal.signal(signal.SIGALRM, interrupt)


def _find_children(process):
    """The children of a process; none where the system has no such list."""
    found = set()
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            found.update(map(int, (thread / "children").read_text().split()))
    return found


def _kill_tree(process):
    children = _find_children(process)
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    for child in children:
        _kill_tree(child)


_LOOPBACK = ("127.", "localhost", "::1", "0.0.0.0")


def _is_local(connected, address):
    if connected.family not in (socket.AF_INET, socket.AF_INET6):
        return True
    return str(address[0]).startswith(_LOOPBACK)


@pytest.fixture(autouse=True)
def _refuse_network(monkeypatch):
    """Refuse connections that leave the machine, and fail the test that tried one."""
    tried = []

    def guard(connect):
        def guarded(self, address):
            if not _is_local(self, address):
                tried.append(address)
                raise OSError(f"tests reach the loopback only, not {address}")
            return connect(self, address)

        return guarded

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guard(getattr(socket.socket, name)))
    yield
    assert not tried, f"connections that leave the machine: {tried}"


def _make_reviews(n_rows):
    rng = np.random.default_rng(7)
    words = {
        "positive": ["great", "gem", "moving", "funny", "brilliant", "warm", "clever"],
        "negative": ["awful", "dull", "boring", "mess", "waste", "weak", "clumsy"],
    }
    common = [
        "the",
        "film",
        "plot",
        "is",
        "and",
        "was",
        "<br />",
        "I",
        "this,",
        "don't",
    ]
    texts, labels = [], []
    for row in range(n_rows):
        label = ("negative", "positive")[row % 2]
        spoken = [*rng.choice(common, 8), *rng.choice(words[label], 3)]
        texts.append(" ".join(rng.permutation(spoken)).capitalize() + ".")
        labels.append(label)
    return texts, labels


@pytest.fixture(scope="session")
def reviews():
    """Sixty short reviews and their labels, easy to tell apart."""
    return _make_reviews(60)


@pytest.fixture(scope="session")
def new_reviews():
    """Twenty others: reviews that no test has learned from."""
    texts, labels = _make_reviews(80)
    return texts[60:], labels[60:]


@pytest.fixture(scope="session")
def fork_command():
    """Run ``sentiment`` as a process that need not import anything first."""
    commands = ForkedCommands()
    yield commands
    commands.close()


@pytest.fixture(scope="session")
def ask_in_a_fork(fork_command):
    """Have ``check_model`` ask a fork, where the start of a process is not the point."""

    def run(command, *, cwd, env, **_):
        python, option, *module = command
        assert (python, option) == (sys.executable, "-P")
        done = fork_command(module, cwd=cwd, env=env)
        return SimpleNamespace(returncode=done.returncode, stderr=done.stderr.decode())

    process = SimpleNamespace(run=run, DEVNULL=None)
    return lambda patch: patch.setattr(
        "sentiment.persistence._check.subprocess", process
    )


@pytest.fixture
def asked_in_a_fork(ask_in_a_fork, monkeypatch):
    ask_in_a_fork(monkeypatch)


@pytest.fixture(scope="session")
def make_counts():
    """Make a matrix of counts as text gives them, and classes that depend on it."""

    def make_counts(n_rows, n_columns=60, n_classes=2, *, noise=1.0, seed=0):
        """Rows of 18 tokens or so, the first columns the most frequent."""
        rng = np.random.default_rng(seed)
        frequency = 1.0 / (np.arange(n_columns) + 3.0)
        rates = 18.0 * frequency / frequency.sum()
        X = sp.csr_matrix(rng.poisson(rates, (n_rows, n_columns)))
        signal = X @ rng.normal(size=n_columns) + noise * rng.normal(size=n_rows)
        limits = np.quantile(signal, np.arange(1, n_classes) / n_classes)
        return X, np.digitize(signal, limits)

    return make_counts


@pytest.fixture
def kernel(monkeypatch):
    """The compiled kernel; a test that needs it is skipped where there is none."""
    monkeypatch.delenv("SENTIMENT_ENGINE", raising=False)
    if engine_name() != "compiled":
        pytest.skip("the kernel is not built here")
    return import_module("sentiment._kernel")
