"""Parts of something large: in memory as long as they are few, then on disk."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sentiment.streaming._scratch import Scratch

Part = tuple[NDArray, ...]


class Spool:
    """Keeps parts, each some arrays, and gives them back one by one.

    On disk each part is a file. It is read, not mapped: a mapped file counts as memory
    of the process once it has been looked at.

    ``scratch``: where parts are written. ``name``: of the files. ``limit``: so many
    bytes of parts stay in memory.
    """

    def __init__(self, scratch: Scratch, name: str, limit: int) -> None:
        self._scratch = scratch
        self._name = name
        self._left = limit
        self._parts: list[Part | tuple[Path, int]] = []

    def __len__(self) -> int:
        return len(self._parts)

    def __iter__(self) -> Iterator[Part]:
        return map(self.read, range(len(self)))

    def add(self, *arrays: NDArray) -> None:
        """Keep a part."""
        size = sum(array.nbytes for array in arrays)
        if size <= self._left:
            self._left -= size
            self._parts.append(arrays)
            return
        path = self._scratch.new_path(self._name)
        with self._scratch.explaining(), path.open("wb") as file:
            for array in arrays:
                np.save(file, array, allow_pickle=False)
        self._parts.append((path, len(arrays)))

    def read(self, number: int) -> Part:
        """Return a part; its arrays are not to be changed."""
        part = self._parts[number]
        if not isinstance(part[0], Path):
            return part
        with part[0].open("rb") as file:
            return tuple(np.load(file, allow_pickle=False) for _ in range(part[1]))

    def remove(self, number: int) -> None:
        """Forget a part that will not be read again."""
        part = self._parts[number]
        if isinstance(part[0], Path):
            part[0].unlink()
        self._parts[number] = ()
