"""Run the strict application on a port, in one process or several."""

import json
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

from sentiment.persistence import EXAMPLE_TEXTS, open_model_folder, switch_off_telemetry
from sentiment.ports import take_port
from sentiment.serving._credentials import check_certificate, read_tokens
from sentiment.serving._loader import load_strict_model
from sentiment.serving._logs import json_logs
from sentiment.serving._metrics import FOLDER, check_metrics
from sentiment.serving._settings import ServingSettings
from sentiment.serving._supervisor import supervise
from sentiment.serving._worker import serve
from sentiment.surroundings import environment

_LOGGER = logging.getLogger("sentiment")


def run_server(
    model: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 5000,
    workers: int = 1,
    max_request_mb: float = 64,
    allow_pickle: bool = False,
    metrics: bool = False,
    log_format: str = "text",
    token_file: str | Path | None = None,
    tls_cert: str | Path | None = None,
    tls_key: str | Path | None = None,
) -> None:
    """Serve a model over HTTP until the process is interrupted.

    The port is taken first, then the model is loaded and checked, then requests are
    answered.

    Parameters
    ----------
    model : str or Path
        As :func:`sentiment.load_model` takes it.
    host : str, default="127.0.0.1"
        The address to listen on; "0.0.0.0" is every address of the machine.
    port : int, default=5000
        0 takes any free port.
    workers : int, default=1
        Processes. Each loads the model.
    max_request_mb : float, default=64
        Larger requests are refused with 413 before they cost memory.
    allow_pickle : bool, default=False
        Whether to load a model that was saved with cloudpickle.
    metrics : bool, default=False
        Whether to count for Prometheus, at ``/metrics``: requests, errors, seconds,
        texts, labels and unknown words, but no text. It takes the extra ``serve``.
    log_format : {"text", "json"}, default="text"
        "json": all of the log is one JSON object a line, and each request has one.
    token_file : str or Path, default=None
        A file of tokens, one a line. Then requests but ``/ping``, ``/health`` and
        ``/ready`` take the header ``Authorization: Bearer TOKEN``. Read at the start.
    tls_cert, tls_key : str or Path, default=None
        PEM files of a certificate, with its chain, and its key: HTTPS alone is spoken.

    Raises
    ------
    ServingError
        If the port cannot be taken, or a file of tokens or of TLS not be used.
    ModelError
        If the model cannot be found or loaded.
    KeyboardInterrupt
        After a clean stop by Ctrl-C.
    """
    switch_off_telemetry()
    read_tokens(token_file)
    check_certificate(tls_cert, tls_key)
    if metrics:
        check_metrics()
    level, is_json = _LOGGER.getEffectiveLevel(), log_format == "json"
    with (
        json_logs(level) if is_json else nullcontext(),
        take_port(host, port) as bound,
        open_model_folder(model) as folder,
        _counting_folder(metrics and workers > 1),
    ):
        settings = ServingSettings(
            *(str(folder), int(max_request_mb * 2**20), allow_pickle, level),
            *(is_json, metrics),
            *map(_absolute, (token_file, tls_cert, tls_key)),
        )
        scheme = "http" if tls_cert is None else "https"
        port = bound.getsockname()[1]
        announce = partial(_announce, str(model), scheme, host, port)
        if workers == 1:
            serve(settings, bound, announce)
        else:
            # Each worker loads the model; here it is loaded to tell what is wrong.
            load_strict_model(folder, allow_pickle=allow_pickle)
            supervise(settings, bound, workers, announce)


def _absolute(path: str | Path | None) -> str | None:
    return None if path is None else str(Path(path).absolute())


@contextmanager
def _counting_folder(is_needed: bool) -> Iterator[None]:
    """Give several workers a folder where they count together."""
    if not is_needed:
        yield
        return
    with (
        tempfile.TemporaryDirectory(prefix="sentiment-metrics-") as folder,
        environment({FOLDER: folder}),
    ):
        yield


def _announce(model: str, scheme: str, host: str, port: int) -> None:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    url = (
        f"{scheme}://[{shown}]:{port}" if ":" in shown else f"{scheme}://{shown}:{port}"
    )
    _LOGGER.info(
        "Serving %s at %s (Ctrl-C stops it). Try:\n"
        "curl %s/invocations -H 'Content-Type: application/json' "
        '-d \'{"inputs": {"text": %s}}\'',
        model,
        url,
        url,
        json.dumps(EXAMPLE_TEXTS),
    )
