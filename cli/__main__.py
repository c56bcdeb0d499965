"""``sentiment``: the command line, from the shell or as ``python -m sentiment``."""

import atexit
import gc
import os
from collections.abc import Sequence
from typing import NoReturn

import click

from sentiment.termination import lasting_signals, raise_on_sigterm
from sentiment.version import VERSION

from ._command import CONTEXT_SETTINGS, verbosity_options
from ._group import Group

__all__ = ["cli", "main"]

_HELP = """Train, track, ship and watch text classifiers as one scikit-learn Pipeline.

MODEL is any MLflow URI (runs:/ID/model, models:/name@alias, models:/name/3), a model
folder, a run id, or reviews-en. DATA and INPUT are a file (csv, tsv, jsonl, parquet;
.gz too), a folder of reviews, hf:NAME for a data set of the Hugging Face hub, or - for
stdin.
"""

_EPILOG = """Every option can be set in the environment: SENTIMENT_PREDICT_ENCODING is
--encoding of predict.

Completion in bash: eval "$(_SENTIMENT_COMPLETE=bash_source sentiment)"; zsh_source and
fish_source are the others.

Exit codes: 0 done, 1 could not, 2 usage, 3 done but a check was missed, 130 Ctrl-C, 143
SIGTERM.
"""

cli = Group(
    "sentiment",
    help=_HELP,
    epilog=_EPILOG,
    params=list(verbosity_options()),
    context_settings={
        **CONTEXT_SETTINGS,
        "auto_envvar_prefix": "SENTIMENT",
    },
)
# A SENTIMENT_VERSION in somebody's environment is not a wish to see ours.
click.version_option(VERSION, prog_name="sentiment", allow_from_autoenv=False)(cli)


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code.

    ``argv``: the arguments after ``sentiment``; those of the process by default.
    """
    # Importing makes half a million objects that stay. The collector would look through
    # them hundreds of times, and once more at the exit: a quarter of a short command.
    gc.set_threshold(20_000)
    atexit.register(gc.freeze)
    # Logging a model would look up MLflow's telemetry host.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # MLflow prints a run's address on stdout, where only data belongs.
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    raise_on_sigterm()
    with lasting_signals():
        cli.main(args=argv, prog_name="sentiment")
    raise AssertionError("unreachable: click exits")


if __name__ == "__main__":
    main()
