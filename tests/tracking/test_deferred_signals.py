"""Signals wait for the end of the block, and none is lost."""

import signal
import threading
from types import SimpleNamespace

import pytest

from sentiment.termination import Terminated, raise_on_sigterm
from sentiment.tracking._deferred_signals import deferred_signals


@pytest.fixture(autouse=True)
def sigterm_raises():
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    raise_on_sigterm()
    yield
    signal.signal(signal.SIGTERM, before[0])
    signal.signal(signal.SIGINT, before[1])


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that stands still, however busy the machine is, until it is moved."""
    clock = SimpleNamespace(now=0.0, monotonic=lambda: clock.now)
    monkeypatch.setattr("sentiment.tracking._deferred_signals.time", clock)
    return clock


@pytest.mark.parametrize(
    ("signum", "raised"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)],
)
def test_a_signal_acts_when_the_block_has_ended(signum, raised):
    done = []

    def work():
        with deferred_signals():
            signal.raise_signal(signum)
            done.append("all of it")

    with pytest.raises(raised):
        work()
    assert done == ["all of it"]


def test_a_second_ctrl_c_acts_at_once(clock):
    done = []

    def work():
        with deferred_signals():
            signal.raise_signal(signal.SIGINT)
            clock.now += 0.3
            signal.raise_signal(signal.SIGINT)
            done.append("too late")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == []


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_two_signals_at_once_are_one(signum):
    # As timeout sends them, to the process and to its group.
    done = []

    def work():
        with deferred_signals():
            signal.raise_signal(signum)
            signal.raise_signal(signum)
            done.append("all of it")

    with pytest.raises((KeyboardInterrupt, Terminated)):
        work()
    assert done == ["all of it"]


def test_the_handlers_are_put_back():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with deferred_signals():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_an_ignored_signal_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with deferred_signals():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN


def test_a_signal_is_not_lost_when_the_block_raises():
    def work():
        with deferred_signals():
            signal.raise_signal(signal.SIGINT)
            raise OSError

    with pytest.raises(KeyboardInterrupt):
        work()


def test_other_threads_need_no_protection():
    done = []

    def work():
        with deferred_signals():
            done.append(threading.current_thread().name)

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    thread.join()
    assert done == ["worker"]
