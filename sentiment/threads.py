"""Share out work over threads, in ranges that take about as long."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from sentiment._arrays import Ints
from sentiment.exceptions import SentimentError

__all__ = [
    "count_threads",
    "cut_into_blocks",
    "is_shared_out",
    "make_block_pool",
    "map_blocks",
    "map_parts",
]

# A thread is worth starting for so many bytes of text.
_BYTES_PER_THREAD = 200_000
# True on the threads of map_blocks, whose work is not shared out once more.
_SHARED_OUT = threading.local()

_Result = TypeVar("_Result")


def count_threads() -> int:
    """Return how many threads a large batch is spread over.

    The environment variable ``SENTIMENT_THREADS`` says it where a process has not all
    processors to itself: one of many workers on a machine.
    """
    wanted = os.environ.get("SENTIMENT_THREADS", "")
    if wanted:
        if not (wanted.isdecimal() and int(wanted) > 0):
            raise SentimentError(
                f"SENTIMENT_THREADS must be a whole number, 1 or more. Got {wanted!r}."
            )
        return int(wanted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_parts(function: Callable[[int, int], _Result], sizes: Ints) -> list[_Result]:
    """Call a function on ranges ``(first, last)`` that share out the work.

    Parameters
    ----------
    function : callable
        Must release the global interpreter lock for there to be a gain.
    sizes : ndarray of int64
        Running totals of the work, from the first item to behind the last one: the
        offsets of documents in their text, for one.

    Returns
    -------
    results : list
        One per range, in their order. Small work is one range.
    """
    work = int(sizes[-1] - sizes[0])
    n_parts = work // _BYTES_PER_THREAD
    # Asking the system for its processors takes as long as cutting a review.
    n_parts = min(n_parts, count_threads()) if n_parts > 1 else 1
    if n_parts == 1 or is_shared_out():
        return [function(0, len(sizes) - 1)]
    first, last = _cut_evenly(sizes, n_parts)
    with ThreadPoolExecutor(n_parts) as pool:
        return list(pool.map(function, first, last))


def map_blocks(
    function: Callable[[int, int], _Result], sizes: Ints, block_size: int
) -> list[_Result]:
    """Call a function on ranges of at most about so much work, each on one thread.

    For a function of many small steps, of which only some could share out their work:
    each thread goes through all of them alone, and waits for no other in between. What
    the steps make for a block is small enough to be made in the same place again.

    Parameters
    ----------
    function : callable
        Must release the global interpreter lock for there to be a gain.
    sizes : ndarray of int64
        As in :func:`map_parts`.
    block_size : int
        The work of a range at most, unless one item is more.

    Returns
    -------
    results : list
        One per range, in their order.
    """
    work = int(sizes[-1] - sizes[0])
    if work < 2 * _BYTES_PER_THREAD or is_shared_out():
        return [function(0, len(sizes) - 1)]
    n_threads = min(count_threads(), work // _BYTES_PER_THREAD)
    # As many for each thread, so that none is idle at the end.
    n_blocks = n_threads * -(-work // (n_threads * block_size))
    first, last = _cut_evenly(sizes, n_blocks)
    if n_threads == 1:
        return list(map(function, first, last))
    with make_block_pool(n_threads) as pool:
        return list(pool.map(function, first, last))


def make_block_pool(n_threads: int) -> ThreadPoolExecutor:
    """Return threads each of which works alone, as those of :func:`map_blocks`."""
    return ThreadPoolExecutor(n_threads, initializer=_be_one_of_many)


def is_shared_out() -> bool:
    """Say whether this thread is one of many that are busy, and works alone."""
    return getattr(_SHARED_OUT, "value", False)


def _be_one_of_many() -> None:
    _SHARED_OUT.value = True


def _cut_evenly(sizes: Ints, n_parts: int) -> tuple[list[int], list[int]]:
    """Return where so many ranges of the same work begin and end."""
    work = int(sizes[-1] - sizes[0])
    targets = sizes[0] + np.arange(1, n_parts) * (work / n_parts)
    edges = [0, *np.searchsorted(sizes, targets).tolist(), len(sizes) - 1]
    return edges[:-1], edges[1:]


def cut_into_blocks(sizes: Ints, first: int, last: int, block_size: int) -> list[int]:
    """Return the edges of blocks of items of about so much work each.

    ``sizes`` are running totals, as in :func:`map_parts`. An item that is larger than a
    block is a block of its own; no items are one block.
    """
    edges = [first]
    while edges[-1] < last:
        end = int(np.searchsorted(sizes, sizes[edges[-1]] + block_size))
        edges.append(min(max(end, edges[-1] + 1), last))
    return edges if len(edges) > 1 else [first, last]
