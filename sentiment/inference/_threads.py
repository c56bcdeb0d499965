"""Items of an iterator, made ahead on a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, Full, Queue
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")

_END = object()


@contextmanager
def read_ahead(items: Iterator[Item], depth: int = 2) -> Iterator["ReadAhead[Item]"]:
    """Make items ahead as long as somebody takes them."""
    ahead = ReadAhead(items, depth)
    try:
        yield ahead
    finally:
        ahead.stop()
        # Not for ever: it may wait for standard input.
        ahead.join(1.0)


class ReadAhead(Generic[Item]):
    """Makes the items of an iterator on a thread of its own, a few in advance.

    The thread is a daemon: it may wait for standard input for ever, and must not keep
    the process from ending.

    ``items``: what is made; closed by the thread. ``depth``: how many in advance.

    Examples
    --------
    >>> ahead = ReadAhead(iter("abc"))
    >>> list(ahead)
    ['a', 'b', 'c']
    """

    def __init__(self, items: Iterator[Item], depth: int = 2) -> None:
        self._items = items
        self._queue: Queue[Any] = Queue(depth)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Item]:
        while (found := self._queue.get()) is not _END and not self._stopped.is_set():
            if isinstance(found, BaseException):
                raise found
            yield found

    def stop(self) -> None:
        """Make no more items, and let nobody wait for one."""
        self._stopped.set()
        while True:
            try:
                self._queue.put_nowait(_END)
            except Full:
                with suppress(Empty):
                    self._queue.get_nowait()
            else:
                return

    def join(self, timeout: float) -> None:
        """Wait for the item under way, but not for ever: it may wait for a terminal."""
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            try:
                for item in self._items:
                    if not self._put(item):
                        return
            finally:
                getattr(self._items, "close", lambda: None)()
            self._put(_END)
        except BaseException as error:
            self._put(error)

    def _put(self, item: Any) -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(item, timeout=0.1)
            except Full:
                continue
            return True
        return False
