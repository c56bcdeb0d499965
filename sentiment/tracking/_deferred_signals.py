"""Hold Ctrl-C and SIGTERM back for a moment that must not be cut in two."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["deferred_signals"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# Seconds in which nobody has pressed Ctrl-C twice.
_ONE_SIGNAL = 0.2


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
        for one, handler in before.items():
            signal.signal(one, handler)
        for signum in held:
            signal.raise_signal(signum)
