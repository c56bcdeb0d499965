"""Run the strict application on a port, in one process or several."""

import json
import logging
from functools import partial
from pathlib import Path

from sentiment.persistence import EXAMPLE_TEXTS, open_model_folder, switch_off_telemetry
from sentiment.ports import take_port
from sentiment.serving._loader import load_strict_model
from sentiment.serving._supervisor import supervise
from sentiment.serving._worker import ServingSettings, serve

_LOGGER = logging.getLogger("sentiment")


def run_server(
    model: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = 5000,
    workers: int = 1,
    max_request_mb: float = 64,
    allow_pickle: bool = False,
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

    Raises
    ------
    ServingError
        If the port cannot be taken.
    ModelError
        If the model cannot be found or loaded.
    KeyboardInterrupt
        After a clean stop by Ctrl-C.
    """
    switch_off_telemetry()
    with take_port(host, port) as bound, open_model_folder(model) as folder:
        settings = ServingSettings(
            folder=str(folder),
            max_request_bytes=int(max_request_mb * 2**20),
            allow_pickle=allow_pickle,
            verbose=_LOGGER.isEnabledFor(logging.DEBUG),
        )
        announce = partial(_announce, str(model), host, bound.getsockname()[1])
        if workers == 1:
            serve(settings, bound, announce)
        else:
            # Each worker loads the model; here it is loaded to tell what is wrong.
            load_strict_model(folder, allow_pickle=allow_pickle)
            supervise(settings, bound, workers, announce)


def _announce(model: str, host: str, port: int) -> None:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    url = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    _LOGGER.info(
        "Serving %s at %s (Ctrl-C stops it). Try:\n"
        "curl %s/invocations -H 'Content-Type: application/json' "
        '-d \'{"inputs": {"text": %s}}\'',
        model,
        url,
        url,
        json.dumps(EXAMPLE_TEXTS),
    )
