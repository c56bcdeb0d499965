"""A folder for what does not fit in memory, made when it is first needed."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sentiment.exceptions import DataError


class Scratch:
    """A temporary folder that is gone behind the ``with`` block, whatever ended it.

    Parameters
    ----------
    parent : str, Path or None
        The folder it is made in; None for the system's own, which ``TMPDIR`` names.
    """

    def __init__(self, parent: str | Path | None = None) -> None:
        self._parent = parent
        self._stack = ExitStack()
        self._folder: Path | None = None
        self._n_names = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def new_path(self, name: str) -> Path:
        """Return a path in the folder that no other call returns."""
        with self.explaining():
            if self._folder is None:
                made = tempfile.TemporaryDirectory(
                    prefix="sentiment-", dir=self._parent, ignore_cleanup_errors=True
                )
                self._folder = Path(self._stack.enter_context(made))
        self._n_names += 1
        return self._folder / f"{name}-{self._n_names}"

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Say of a disk that is full, or not there, which one, and what to do."""
        try:
            yield
        except OSError as error:
            where = self._folder or self._parent or tempfile.gettempdir()
            raise DataError(
                f"The data do not fit in {where} ({error.strerror}). Name a folder "
                "with more space in the environment variable TMPDIR, or allow more "
                "memory."
            ) from error
