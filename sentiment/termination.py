"""SIGTERM as an exception, so that what is open gets closed.

Python dies of SIGTERM on the spot: no ``finally`` runs, a temporary file stays
behind and an MLflow run stays RUNNING for ever.
"""

import signal
from types import FrameType

__all__ = ["Terminated", "raise_on_sigterm"]


class Terminated(BaseException):
    """The process was asked to end with SIGTERM.

    Not an ``Exception``, like ``KeyboardInterrupt``: code that handles errors
    must not take the wish to end for one.
    """


def raise_on_sigterm() -> None:
    """Make SIGTERM raise :class:`Terminated` in the main thread from now on."""
    signal.signal(signal.SIGTERM, _terminate)


def _terminate(signum: int, frame: FrameType | None) -> None:
    # A second SIGTERM must not cut short the clean-up that the first one started.
    signal.signal(signum, signal.SIG_IGN)
    raise Terminated
