"""Tell what is being done, and how long it took."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LOGGER = logging.getLogger("sentiment")


class Clock:
    """Times the stages of a training.

    Parameters
    ----------
    tell : callable or None
        Called with a line at the start of each stage; None for the logger
        ``sentiment``.

    Attributes
    ----------
    tell : callable
        Says a line.
    seconds : dict of str to float
        How long each stage took.
    """

    def __init__(self, tell: Callable[[str], None] | None = None) -> None:
        self.tell = tell or (lambda line: _LOGGER.info("%s", line))
        self._started = time.perf_counter()
        self.seconds: dict[str, float] = {}

    @property
    def total(self) -> float:
        """Seconds since the clock was made."""
        return round(time.perf_counter() - self._started, 3)

    @contextmanager
    def stage(self, name: str, line: str) -> Iterator[None]:
        """Time a block under a name; blocks of one name add up."""
        self.tell(line)
        started = time.perf_counter()
        yield
        spent = time.perf_counter() - started
        self.seconds[name] = round(self.seconds.get(name, 0.0) + spent, 3)
