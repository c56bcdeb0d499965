"""``sentiment serve``: answer over HTTP with any trained model."""

from pathlib import Path
from typing import Any

import click

from .._command import as_command
from .._group import LAST_LINE
from .._options import pickle_option
from .._types import Choice


@as_command(
    "sentiment serve models:/reviews@champion",
    "sentiment serve models:/reviews@champion --port 8000 --workers 2",
    "sentiment serve models:/reviews@champion --host 0.0.0.0 --log-format json",
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
@click.option(
    "--metrics",
    is_flag=True,
    help="Count for Prometheus, at /metrics: requests, errors, seconds, texts, labels, "
    "unknown words; no text.",
)
@click.option(
    "--log-format",
    type=Choice(["text", "json"]),
    default="text",
    help="json: one JSON object a line, and one for each request.",
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    help="File of tokens, one a line. Requests then take the header Authorization: "
    "Bearer TOKEN, but for /health and /ready.",
)
@click.option(
    "--tls-cert",
    type=click.Path(path_type=Path),
    help="PEM file of the certificate and its chain: speak HTTPS.",
)
@click.option("--tls-key", type=click.Path(path_type=Path), help="PEM file of its key.")
@pickle_option
def command(model: str, **options: Any) -> None:
    """Serve MODEL over HTTP.

    The server is MLflow's own scoring application behind a check of each request:
    POST texts to /invocations in any of MLflow's forms (dataframe_split,
    dataframe_records, instances, inputs, CSV). What is not text is refused with 400 and
    the reason, in every form. /health and /ready are for probes, /openapi.json
    describes the service. Ctrl-C stops it, after what is under way.
    """
    from sentiment.serving import format_as_json, run_server

    if options["log_format"] == "json":
        click.get_current_context().meta[LAST_LINE] = format_as_json
    run_server(model, **options)
