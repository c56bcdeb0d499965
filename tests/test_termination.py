"""Signals wait for the end of a block, and none is lost."""

import ctypes
import signal
import sys
import threading
import time
import weakref
from types import SimpleNamespace

import pytest

from sentiment.termination import (
    Terminated,
    deferred_signals,
    lasting_signals,
    raise_on_sigterm,
)

SIGNALS = [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)]


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
    clock = SimpleNamespace(now=0.0, monotonic=lambda: clock.now, sleep=time.sleep)
    monkeypatch.setattr("sentiment.termination.time", clock)
    return clock


@pytest.mark.parametrize(("signum", "raised"), SIGNALS)
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
        # Also for a process that is started now.
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
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


class Watched:
    """Its instances can be referred to weakly."""


def raise_in_a_weak_reference(signum):
    watched = Watched()
    reference = weakref.ref(watched, lambda _: signal.raise_signal(signum))
    del watched
    assert reference() is None


def raise_in_del(signum):
    class Last:
        def __del__(self):
            signal.raise_signal(signum)

    Last()


def raise_in_a_callback_of_c(signum):
    ctypes.CFUNCTYPE(None)(lambda: signal.raise_signal(signum))()


SWALLOWING = [raise_in_a_weak_reference, raise_in_del, raise_in_a_callback_of_c]


@pytest.mark.parametrize("swallow", SWALLOWING)
@pytest.mark.parametrize(("signum", "raised"), SIGNALS)
def test_a_signal_that_python_swallowed_acts_soon_after(
    swallow, signum, raised, capsys
):
    done = []

    def work():
        with lasting_signals():
            swallow(signum)
            done.append("went on")
            time.sleep(20)
            done.append("to the end")

    with pytest.raises(raised):
        work()
    assert done == ["went on"]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("signum", "raised"), SIGNALS)
def test_a_signal_that_is_swallowed_again_and_again_is_not_lost(signum, raised):
    class Swallowing:
        def __del__(self):
            time.sleep(20)

    def work():
        with lasting_signals():
            raise_in_del(signum)
            for _ in range(3):
                Swallowing()
            time.sleep(20)

    start = time.monotonic()
    with pytest.raises(raised):
        work()
    assert time.monotonic() - start < 20


def test_a_second_sigterm_does_not_interrupt_what_the_first_one_ends():
    def work():
        with lasting_signals():
            try:
                signal.raise_signal(signal.SIGTERM)
            finally:
                signal.raise_signal(signal.SIGTERM)
                done.append("cleaned")

    done = []
    with pytest.raises(Terminated):
        work()
    assert done == ["cleaned"]


def test_what_else_python_swallows_is_told_as_before(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    hook = sys.unraisablehook

    class Broken:
        def __del__(self):
            raise ValueError

    with lasting_signals():
        Broken()
    assert [one.exc_type for one in told] == [ValueError]
    assert sys.unraisablehook == hook


def test_sigterm_wins_over_ctrl_c_and_both_handlers_are_put_back():
    # A search goes on with the best after Ctrl-C; SIGTERM ends everything.
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)

    def work():
        with deferred_signals():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises((KeyboardInterrupt, Terminated)) as caught:
        work()
    assert caught.type is Terminated
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
