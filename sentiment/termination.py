"""Ctrl-C and SIGTERM: as exceptions, held back for a moment, and never lost.

Python dies of SIGTERM on the spot: no ``finally`` runs, a temporary file stays
behind and an MLflow run stays RUNNING for ever.
"""

import _thread
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["Terminated", "deferred_signals", "lasting_signals", "raise_on_sigterm"]

# SIGTERM is given back first: it ends everything, Ctrl-C need not.
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# Seconds in which nobody has pressed Ctrl-C twice.
_ONE_SIGNAL = 0.2
# Seconds in which the callback that swallowed a signal has ended, as a rule.
_CALLBACK = 0.01

_terminating = False


class Terminated(BaseException):
    """The process was asked to end with SIGTERM.

    Not an ``Exception``, like ``KeyboardInterrupt``: code that handles errors
    must not take the wish to end for one.
    """


_RAISED_BY: dict[type[BaseException], signal.Signals] = {
    KeyboardInterrupt: signal.SIGINT,
    Terminated: signal.SIGTERM,
}


def raise_on_sigterm() -> None:
    """Make SIGTERM raise :class:`Terminated` in the main thread from now on."""
    global _terminating
    _terminating = False
    signal.signal(signal.SIGTERM, _terminate)


def _terminate(signum: int, frame: FrameType | None) -> None:
    # A second SIGTERM must not cut short the clean-up that the first one started.
    global _terminating
    if not _terminating:
        _terminating = True
        raise Terminated


@contextmanager
def lasting_signals() -> Iterator[None]:
    """Send Ctrl-C and SIGTERM again where Python has swallowed what they raised.

    What is raised in the callback of a weak reference, in ``__del__`` or in a function
    that C calls ends there: Python says so on stderr and goes on. Here it is sent again
    soon after, until it is raised where it counts.
    """
    before = sys.unraisablehook

    def send_again(unraisable: Any) -> None:
        signum = _RAISED_BY.get(unraisable.exc_type)
        if signum is None:
            before(unraisable)
        else:
            # Not threading.Thread, whose locks the code around the callback may hold.
            _thread.start_new_thread(_send_soon, (signum,))

    sys.unraisablehook = send_again
    try:
        yield
    finally:
        sys.unraisablehook = before


def _send_soon(signum: signal.Signals) -> None:
    global _terminating
    time.sleep(_CALLBACK)
    if signum == signal.SIGTERM:
        _terminating = False
    # To the main thread itself, which may be waiting for something. Windows cannot.
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, signum)
    else:
        _thread.interrupt_main(signum)


@contextmanager
def deferred_signals() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM act when the block has ended, not in it.

    Between the making of a run in the store and the ``try`` that guards it, or while
    its end is written, a signal would leave the run RUNNING for ever. A signal that
    comes again after a while acts at once: whoever presses Ctrl-C again does not want
    to wait for a server that does not answer. ``timeout`` and others send one to the
    process and to its group; those two are one.
    """
    # Only the main thread gets signals, and only there may handlers be set.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: dict[int, float] = {}
    before: dict[signal.Signals, Any] = {}

    def hold(signum: int, frame: FrameType | None) -> None:
        first = held.setdefault(signum, time.monotonic())
        if time.monotonic() - first > _ONE_SIGNAL:
            del held[signum]
            signal.signal(signum, before[signal.Signals(signum)])
            signal.raise_signal(signum)

    for one in _SIGNALS:
        handler = signal.getsignal(one)
        # None: set by no Python code, so nothing we could put back. An ignored signal
        # stays ignored.
        if handler is not None and handler != signal.SIG_IGN:
            before[one] = handler
            signal.signal(one, hold)
    try:
        yield
    finally:
        _release(before, held)


def _release(before: dict[signal.Signals, Any], held: dict[int, float]) -> None:
    """Put each handler back, and act on what was held."""
    try:
        while before:
            one = next(iter(before))
            signal.signal(one, before[one])
            del before[one]
            if one in held:
                signal.raise_signal(one)
    except BaseException:
        for one, handler in before.items():
            signal.signal(one, handler)
        raise
