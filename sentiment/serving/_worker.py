"""One serving process: in the command itself, or one of several beneath it."""

import gc
import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress

from sentiment.serving._logs import json_logs
from sentiment.serving._settings import ServingSettings

READY = b"ready\n"


def serve(
    settings: ServingSettings,
    bound: socket.socket,
    on_ready: Callable[[], None],
    *,
    lifeline: int | None = None,
) -> None:
    """Load the model and answer requests until told to stop.

    ``settings``: what to serve. ``bound``: bound to the port. ``on_ready``: called when
    connections are accepted. ``lifeline``: a file descriptor; when it is at its end,
    the process that holds the other end is gone or wants us to stop.
    """
    from sentiment.serving._app import make_app
    from sentiment.serving._uvicorn_server import SocketServer

    app = make_app(
        settings.folder,
        settings.max_request_bytes,
        allow_pickle=settings.allow_pickle,
        token_file=settings.token_file,
        metrics=settings.metrics,
        log_requests=settings.json_logs,
    )
    # A third of a million objects are here to stay. Else the collector looks through
    # them again and again while a large request makes many new ones.
    gc.freeze()
    server = SocketServer(app, on_ready, settings)
    app.is_stopping = lambda: server.should_exit
    if lifeline is not None:

        def stop_with_parent() -> None:
            while os.read(lifeline, 1):
                pass
            server.should_exit = True

        threading.Thread(target=stop_with_parent, daemon=True).start()
    server.run(sockets=[bound])


def main() -> None:
    """Serve as one of several workers; the supervisor runs this in a new process.

    The arguments are the settings and the descriptor of the bound socket. stdin is the
    lifeline, stdout is where readiness is reported.
    """
    settings = ServingSettings.from_json(sys.argv[1])
    report = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not fill a pipe that nobody reads

    def on_ready() -> None:
        # Nobody reads it from a worker that took the place of another.
        with suppress(BrokenPipeError):
            os.write(report, READY)
        os.close(report)

    bound = socket.socket(fileno=int(sys.argv[2]))
    logs = json_logs(settings.log_level) if settings.json_logs else nullcontext()
    # The supervisor has been interrupted as well, and says so.
    with suppress(KeyboardInterrupt), logs:
        serve(settings, bound, on_ready, lifeline=0)
