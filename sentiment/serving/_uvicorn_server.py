"""uvicorn, set up for one socket and one application."""

import socket
from collections.abc import Callable
from typing import Any

from uvicorn import Config, Server

_SECONDS_TO_FINISH = 10


class SocketServer(Server):
    """Serve one application on a socket that is bound already.

    Parameters
    ----------
    app : ASGI application
        What answers.
    on_ready : callable
        Called once, when connections are accepted.
    verbose : bool
        Whether to log every request, on stderr.
    """

    def __init__(
        self, app: Any, on_ready: Callable[[], None], *, verbose: bool
    ) -> None:
        super().__init__(
            Config(
                app,
                lifespan="off",  # MLflow's application has nothing to start or end
                log_config=_log_config("INFO" if verbose else "WARNING"),
                access_log=verbose,
                timeout_graceful_shutdown=_SECONDS_TO_FINISH,
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell."""
        await super().startup(sockets=sockets)
        self._on_ready()


def _log_config(level: str) -> dict[str, Any]:
    """Return uvicorn's logging on stderr alone: its own default uses stdout as well."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "line",
            }
        },
        "loggers": {
            "uvicorn": {"handlers": ["stderr"], "level": level, "propagate": False}
        },
    }
