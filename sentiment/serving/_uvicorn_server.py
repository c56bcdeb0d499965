"""uvicorn, set up for one socket and one application."""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any

from uvicorn import Config, Server

from sentiment.serving._logs import uvicorn_logs
from sentiment.serving._settings import ServingSettings

SECONDS_TO_FINISH = 25
"""For so long a server that is told to stop waits for what is under way."""

_SECONDS_TO_PART = 1


class SocketServer(Server):
    """Serve one application on a socket that is bound already.

    ``app``: what answers. ``on_ready``: called once, when connections are accepted.
    ``settings``: TLS, and how to log on stderr.
    """

    def __init__(
        self, app: Any, on_ready: Callable[[], None], settings: ServingSettings
    ) -> None:
        verbose = settings.log_level <= logging.DEBUG and not settings.json_logs
        super().__init__(
            Config(
                app,
                lifespan="off",  # MLflow's application has nothing to start or end
                log_config=None if settings.json_logs else uvicorn_logs(verbose),
                access_log=verbose,
                server_header=False,
                ssl_certfile=settings.tls_cert,
                ssl_keyfile=settings.tls_key,
                timeout_graceful_shutdown=SECONDS_TO_FINISH,
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell."""
        await super().startup(sockets=sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop after requests under way, without waiting for idle connections."""
        parting = asyncio.create_task(self._part())
        await super().shutdown(sockets)
        parting.cancel()

    async def _part(self) -> None:
        """Cut what is idle for a second.

        To close TLS is to wait for the client's own goodbye, and one that only keeps a
        connection for later does not read ours.
        """
        while True:
            idle = [one for one in self.server_state.connections if _is_idle(one)]
            await asyncio.sleep(_SECONDS_TO_PART)
            for connection in idle:
                # An answer may still be on its way to a slow client.
                if connection.transport.get_write_buffer_size() == 0:
                    connection.transport.abort()


def _is_idle(connection: Any) -> bool:
    cycle = getattr(connection, "cycle", None)
    return cycle is None or cycle.response_complete
