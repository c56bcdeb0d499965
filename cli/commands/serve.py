"""``sentiment serve``: answer over HTTP with any trained model."""

import click

from .._command import Command
from .._options import pickle_option


@click.command(
    "serve",
    cls=Command,
    short_help="Serve a model over HTTP.",
    examples=[
        "sentiment serve models:/reviews@champion",
        "sentiment serve models:/reviews@champion --port 8000 --workers 2",
    ],
)
@click.argument("model")
@click.option("--host", default="127.0.0.1", help="Address; 0.0.0.0 for all addresses.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=5000, help="0 takes a free one."
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=1,
    help="Processes; each loads the model.",
)
@click.option(
    "--max-request-mb",
    type=click.FloatRange(0, min_open=True),
    default=64.0,
    help="Refuse larger requests with 413, before they cost memory.",
)
@pickle_option
def command(
    model: str,
    host: str,
    port: int,
    workers: int,
    max_request_mb: float,
    allow_pickle: bool,
) -> None:
    """Serve MODEL over HTTP.

    The server is MLflow's own scoring application behind a check of each request:
    POST texts to /invocations in any of MLflow's forms (dataframe_split,
    dataframe_records, instances, inputs, CSV). What is not text is refused with 400 and
    the reason, in every form. Ctrl-C stops it.
    """
    from sentiment.serving import run_server

    run_server(
        model,
        host=host,
        port=port,
        workers=workers,
        max_request_mb=max_request_mb,
        allow_pickle=allow_pickle,
    )
