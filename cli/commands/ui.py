"""``sentiment ui``: MLflow's own interface."""

import click

from .._command import as_command
from .._reporting import Verbosity, verbosity


@as_command("sentiment ui", "sentiment ui --port 5001")
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=5000, help="Its port.")
def command(host: str, port: int) -> None:
    """Open MLflow's own interface on the store in use.

    That is the store that MLFLOW_TRACKING_URI names, else mlflow.db in this folder. It
    runs until Ctrl-C. MLflow answers requests for localhost only, unless
    MLFLOW_SERVER_ALLOWED_HOSTS names other hosts.
    """
    from sentiment.tracking import run_interface

    run_interface(host=host, port=port, verbose=verbosity() is Verbosity.VERBOSE)
