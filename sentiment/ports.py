"""Ports of this machine."""

import errno
import os
import socket

from sentiment.exceptions import ServingError

__all__ = ["take_port"]


def take_port(host: str, port: int) -> socket.socket:
    """Return a socket that is bound, but does not listen yet.

    Raises
    ------
    ServingError
        If the port is taken, or the host is not one of this machine.
    """
    if not 0 <= port <= 65535:  # getaddrinfo would take it modulo 65536
        raise ServingError(f"A port is a number from 0 to 65535. Got {port!r}.")
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, kind, protocol, _, address = found[0]
        bound = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise ServingError(
            f"Cannot listen on host {host!r}, port {port}: {error}."
        ) from error
    try:
        if os.name == "posix":
            # Without it the port is not free for a minute after the last server.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        remedy = "Choose another with port=..."
        if error.errno == errno.EADDRINUSE:
            raise ServingError(
                f"Port {port} of {host} is in use. {remedy}, or stop what uses it."
            ) from error
        raise ServingError(
            f"Cannot listen on port {port} of {host}: {error.strerror}. {remedy}"
        ) from error
    return bound
