"""The group: which commands there are, and how each of them may end.

A command's module is imported when the command runs or its help is asked for,
so ``sentiment --help`` answers in the time Python takes to start.
"""

import errno
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from sentiment.exceptions import SentimentError
from sentiment.termination import Terminated

from ._exit_codes import FAILED, INTERRUPTED, TERMINATED
from ._flags import spell_flags

_NO_MEMORY = (
    "Memory ran out. Give fewer or shorter texts at once (train: --streaming), or take "
    "a machine with more memory."
)
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}

COMMANDS = {
    "audit": "Find what is wrong with data before training on them.",
    "train": "Train a model and record the run in MLflow.",
    "tune": "Search for better parameters, and train with the best.",
    "predict": "Predict the labels of new texts with any trained model.",
    "explain": "Show which words made a model answer as it does.",
    "evaluate": "Measure how good a model is, on labelled rows.",
    "monitor": "Compare new data with those that a model was tested on.",
    "serve": "Serve a model over HTTP.",
    "check": "Ask a model whether it still answers as when it was saved.",
    "etl": "Write a data set as instances and labels, in Parquet.",
    "runs": "List what was trained.",
    "promote": "Give a model an alias, if it is better than the one that has it.",
    "ui": "Open MLflow's own interface on the store in use.",
}
"""Each command with its short help, in the order of ``sentiment --help``."""

LAST_LINE = "sentiment_cli.last_line"
"""Where a command keeps what makes its last line of a message and whether it failed."""


class LazyCommand(click.Command):
    """Stands for a command until it is needed; knows its name and short help."""

    def load(self) -> click.Command:
        """Import the command itself."""
        return import_module(f"{__package__}.commands.{self.name}").command

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Hand over to the command itself, whose context takes its place."""
        return self.load().make_context(info_name, args, parent=parent, **extra)


class Group(click.Group):
    """All commands. One place decides how an error becomes an exit code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, short_help in COMMANDS.items():
            self.add_command(LazyCommand(name, short_help=short_help))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of ``COMMANDS``; click would sort them."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and end as its errors and signals ask."""
        with _endings(ctx):
            result = super().invoke(ctx)
            if sys.stdout is not None:
                # What is buffered is written now, while an error can still be told.
                sys.stdout.flush()
        return result

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; a full disk behind stdout is no bug of ours."""
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            if error.errno not in _NO_SPACE:
                raise
            # Python would flush the unwritten rest at exit, and fail again.
            sys.stdout = io.StringIO()
            click.echo(f"Error: Cannot write: {error.strerror}.", err=True)
            sys.exit(FAILED)


@contextmanager
def _endings(ctx: click.Context) -> Iterator[None]:
    try:
        yield
    except SentimentError as error:
        _tell(ctx, _one_line(error))
        ctx.exit(FAILED)
    except MemoryError:
        _tell(ctx, _NO_MEMORY)
        ctx.exit(FAILED)
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            click.echo(err=True)  # the cursor stands behind the ^C
        _tell(ctx, "Interrupted.", is_error=False)
        ctx.exit(INTERRUPTED)
    except Terminated:
        _tell(ctx, "Terminated.", is_error=False)
        ctx.exit(TERMINATED)
    except ValueError as error:
        # By name: the class lives in scikit-learn, which takes a second to import.
        if type(error).__name__ == "InvalidParameterError":
            raise click.UsageError(_one_line(error), ctx=None) from error
        # What XGBoost, in C++, makes of it.
        if "bad_alloc" not in str(error):
            raise
        _tell(ctx, _NO_MEMORY)
        ctx.exit(FAILED)


def _tell(ctx: click.Context, message: str, is_error: bool = True) -> None:
    if LAST_LINE in ctx.meta:
        message = ctx.meta[LAST_LINE](message, is_error)
    elif is_error:
        message = f"Error: {message}"
    click.echo(message, err=True)


def _one_line(error: Exception) -> str:
    return spell_flags(" ".join(str(error).split()))
