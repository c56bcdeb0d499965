"""What goes to stderr: messages, library logs and progress, as -q and -v ask.

Data goes to stdout, with ``click.echo(text)``; everything else goes through
here or through the logger ``"sentiment"``, which is what :func:`report` uses:

========  =================  ============================  ==================
flag      logger sentiment   logs, warnings of libraries   progress
========  =================  ============================  ==================
``-q``    warnings           none                          none
(none)    INFO               none                          on a terminal
``-v``    DEBUG              INFO and warnings             on a terminal
========  =================  ============================  ==================
"""

import logging
import os
import shutil
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import click

from sentiment.exceptions import DataWarning
from sentiment.surroundings import environment, quiet

from ._flags import spell_flags

_KEY = "sentiment_cli.verbosity"
_LOGGER = logging.getLogger("sentiment")
_BAR_WIDTH = 20
_CLEAR_LINE = "\r\033[K"
_CHATTY = ("mlflow", "alembic", "sqlalchemy.engine")

# Read by the libraries when they are imported, or when they begin the work.
_SILENCE = {
    "MLFLOW_LOGGING_LEVEL": "CRITICAL",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}

Advance = Callable[..., None]


class Verbosity(IntEnum):
    """How much is said on stderr."""

    QUIET = -1
    NORMAL = 0
    VERBOSE = 1


def verbosity() -> Verbosity:
    """Return what -q and -v ask for in the command that runs."""
    context = click.get_current_context(silent=True)
    if context is None:
        return Verbosity.NORMAL
    return context.meta.get(_KEY, Verbosity.NORMAL)


def set_verbosity(
    context: click.Context, parameter: click.Parameter, value: bool
) -> None:
    """Store what -q or -v says; click calls it for each of the two options."""
    if not value:
        return
    name = str(parameter.name)
    wanted = Verbosity.QUIET if name == "quiet" else Verbosity.VERBOSE
    if context.meta.setdefault(_KEY, wanted) is not wanted:
        raise click.UsageError("-q/--quiet and -v/--verbose exclude each other.")


def report(message: str) -> None:
    """Print one plain line on stderr, unless -q."""
    _LOGGER.info("%s", message)


def warn(message: str) -> None:
    """Print one plain line on stderr, even with -q."""
    _LOGGER.warning("%s", message)


@contextmanager
def reporting() -> Iterator[None]:
    """Set up stderr for one command, and put everything back afterwards."""
    level = verbosity()
    with _sentiment_logger(level), _libraries(level):
        yield


@contextmanager
def progress(
    label: str, *, unit: str = "rows", after: float = 2.0, shown: bool = True
) -> Iterator[Advance]:
    """Show on stderr how far something is, once it has taken over two seconds.

    Only on a terminal and not with -q. Yields ``advance(done, total=None,
    share=None)``, which the library calls as often as it likes. Where ``share``, from
    0 to 1, says how
    much of the work that is, there is a bar and the time left.

    ``label``: what is being done: ``"Predicting"``. ``unit``: what is counted.
    ``after``: seconds before the first line is shown. ``shown``: whether it is shown at
    all.
    """
    if verbosity() is Verbosity.QUIET or not sys.stderr.isatty() or not shown:
        yield lambda done, total=None, share=None: None
        return
    line = _ProgressLine(label, unit, after)
    try:
        yield line.advance
    finally:
        line.clear()


class _ProgressLine:
    """One line on the terminal that is written over again and again."""

    def __init__(self, label: str, unit: str, after: float) -> None:
        self._label = label
        self._unit = unit
        self._bar = self._count = ""
        self._first: tuple[float, int, float] | None = None
        self._next: float | None = None  # when it may be written again
        self._cleared = False
        self._lock = threading.Lock()
        # Something is shown even where nobody calls advance, as while a model loads.
        self._timer = threading.Timer(after, self._write)
        self._timer.daemon = True
        self._timer.start()

    def advance(
        self, done: int, total: int | None = None, share: float | None = None
    ) -> None:
        now = time.monotonic()
        if self._first is None:
            # What comes before the first batch, such as loading a model, is no rate.
            self._first = (now, done, share or 0.0)
        of_total = "" if total is None else f" of {total:,}"
        self._bar = "" if share is None else f" {_bar(share)}"
        percent = "" if share is None else f" {share:.0%},"
        rate = self._rate(done, share)
        self._count = f"{percent} {done:,}{of_total} {self._unit}{rate}"
        if self._next is not None and now >= self._next:
            self._write()

    def _rate(self, done: int, share: float | None) -> str:
        """Return how fast it goes since the first call, and how long it will take."""
        if self._first is None:
            return ""
        start, first_done, first_share = self._first
        seconds = time.monotonic() - start
        if seconds < 0.5 or done <= first_done:
            return ""
        rate = f", {(done - first_done) / seconds:,.0f}/s"
        if share is None or share <= first_share:
            return rate
        left = round((1.0 - share) * seconds / (share - first_share))
        hours, minutes = divmod(left // 60, 60)
        clock = f"{hours}:{minutes:02}" if hours else f"{minutes}"
        return f"{rate}, {clock}:{left % 60:02} left"

    def clear(self) -> None:
        self._timer.cancel()
        with self._lock:
            self._cleared = True
            if self._next is not None:
                click.echo(_CLEAR_LINE, err=True, nl=False)

    def _write(self) -> None:
        with self._lock:
            if not self._cleared:
                self._next = time.monotonic() + 0.2
                # A line that is wrapped could not be cleared.
                width = _terminal_width() - 1
                text = f"{self._label} ...{self._bar}{self._count}"
                if len(text) > width:
                    text = f"{self._label} ...{self._count}"[:width]
                click.echo(_CLEAR_LINE + text, err=True, nl=False)


def _bar(share: float) -> str:
    filled = round(_BAR_WIDTH * share)
    return f"[{'#' * filled}{'.' * (_BAR_WIDTH - filled)}]"


def _terminal_width() -> int:
    """Return the columns of the terminal behind stderr; stdout may be a file."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (AttributeError, OSError, ValueError):
        return shutil.get_terminal_size().columns


class _StderrHandler(logging.Handler):
    """Writes to whatever ``sys.stderr`` is at that moment."""

    def __init__(self, level: int = logging.NOTSET) -> None:
        super().__init__(level)
        # Which other threads, that log too, do not know.
        self._context = click.get_current_context(silent=True)

    def format(self, record: logging.LogRecord) -> str:
        return spell_flags(super().format(record), self._context)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            # A progress line may stand where the message goes.
            start = _CLEAR_LINE if sys.stderr.isatty() else ""
            click.echo(start + self.format(record), err=True)
        except Exception:
            self.handleError(record)


@contextmanager
def _sentiment_logger(level: Verbosity) -> Iterator[None]:
    levels = {Verbosity.QUIET: logging.WARNING, Verbosity.VERBOSE: logging.DEBUG}
    handler, before = _StderrHandler(), (_LOGGER.level, _LOGGER.propagate)
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(levels.get(level, logging.INFO))
    _LOGGER.propagate = False
    try:
        yield
    finally:
        _LOGGER.removeHandler(handler)
        _LOGGER.level, _LOGGER.propagate = before


@contextmanager
def _libraries(level: Verbosity) -> Iterator[None]:
    verbose = level is Verbosity.VERBOSE
    handler = _StderrHandler(logging.INFO if verbose else logging.CRITICAL)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    if verbose:
        root.setLevel(logging.INFO)
    try:
        with _silenced() if not verbose else warnings.catch_warnings():
            _show_data_warnings()
            yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def _show_data_warnings() -> None:
    """Say what looks wrong with the data as a line of its own, each time."""
    warnings.filterwarnings("always", category=DataWarning)
    show = warnings.showwarning

    def say(message: Any, category: type[Warning], *where: Any) -> None:
        if issubclass(category, DataWarning):
            warn(f"Warning: {message}")
        else:
            show(message, category, *where)

    warnings.showwarning = say  # type: ignore[assignment]


@contextmanager
def _silenced() -> Iterator[None]:
    """Hide what the libraries say; what the user has set in the environment stays."""
    added = {k: v for k, v in _SILENCE.items() if k not in os.environ}
    with (
        environment(added),
        quiet(*_CHATTY, level=logging.CRITICAL),
        warnings.catch_warnings(),
    ):
        # -W and PYTHONWARNINGS are the user's own wish.
        if not sys.warnoptions:
            warnings.simplefilter("ignore")
        yield
