"""MLflow's own web interface on the store in use."""

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from sentiment.exceptions import TrackingError
from sentiment.ports import take_port
from sentiment.tracking._store import (
    KIND_OF_EXPERIMENT,
    has_store,
    open_store,
    shown_uri,
    store_uri,
)

if TYPE_CHECKING:
    from mlflow import MlflowClient

_LOGGER = logging.getLogger("sentiment")
_SECONDS_TO_START = 120
_SECONDS_TO_END = 10


def run_interface(
    *, host: str = "127.0.0.1", port: int = 5000, verbose: bool = False
) -> None:
    """Run MLflow's interface on the store in use until the process is interrupted.

    A store that is a server has an interface of its own; then its address is all there
    is to say.

    Parameters
    ----------
    host : str, default="127.0.0.1"
        The address to listen on.
    port : int, default=5000
        Its port.
    verbose : bool, default=False
        Whether MLflow's own messages go to stderr.

    Raises
    ------
    TrackingError
        If there is no store yet, or MLflow does not start.
    ServingError
        If the port cannot be taken.
    KeyboardInterrupt
        After a clean stop by Ctrl-C.
    """
    uri = store_uri()
    if uri.startswith(("http://", "https://")):
        _LOGGER.info("The store in use has its own interface: %s", shown_uri(uri))
        return
    if not has_store(uri):
        raise TrackingError(
            f"Nothing is recorded here: the store {uri} does not exist. Train first, "
            "go to the folder where you trained, or set MLFLOW_TRACKING_URI."
        )
    take_port(host, port).close()
    page = _find_page(open_store())
    _LOGGER.info("Starting MLflow's interface on %s ...", shown_uri(uri))
    server = _start(uri, host, port, verbose)
    try:
        _wait_until_ready(server, host, port)
        address = f"[{host}]" if ":" in host else host
        _LOGGER.info("It is at http://%s:%d%s; Ctrl-C ends it.", address, port, page)
        # A signal ends a sleep. Not so a wait: polars, which MLflow imports where it is
        # installed, has it go on.
        while (code := server.poll()) is None:
            time.sleep(0.1)
        raise TrackingError(
            f"MLflow's interface ended with exit code {code}. Pass verbose=True to see "
            "what it says."
        )
    finally:
        _end(server)


def _find_page(client: "MlflowClient") -> str:
    """Return the page of the experiment that was used last.

    MLflow shows what language models are watched by unless the address says that it is
    about training. It keeps that of the experiment in a tag, which it no longer reads.
    """
    tag, value = next(iter(KIND_OF_EXPERIMENT.items()))
    found = client.search_experiments(
        filter_string=f"tags.`{tag}` = '{value}'",
        order_by=["last_update_time DESC"],
        max_results=1,
    )
    place = f"/{found[0].experiment_id}" if found else ""
    return f"/#/experiments{place}?workflowType=machine_learning"


def _start(uri: str, host: str, port: int, verbose: bool) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1"]
    command += ["--host", host, "--port", str(port)]
    # In the environment, where the list of processes does not show a password.
    environment = {
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        **os.environ,
        "MLFLOW_BACKEND_STORE_URI": uri,
    }
    # Only data goes to our stdout.
    said = sys.stderr if verbose else subprocess.DEVNULL
    # Ctrl-C on a terminal goes to us alone; we end the server in good order.
    return subprocess.Popen(
        command, env=environment, stdout=said, stderr=said, start_new_session=True
    )


def _wait_until_ready(server: subprocess.Popen[bytes], host: str, port: int) -> None:
    # A server on all addresses does not answer at the address that means "all".
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError):
            socket.create_connection((reachable, port), timeout=1).close()
            return
        time.sleep(0.1)
    raise TrackingError(
        "MLflow's interface does not start. Pass verbose=True to see what it says."
    )


def _end(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is not None:
        return
    server.terminate()
    try:
        server.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        # The server is a group of processes: MLflow, its web server and its workers.
        os.killpg(server.pid, signal.SIGKILL) if os.name == "posix" else server.kill()
        server.wait()
