"""Send an answer; a client that is still sending gets one that came early, too."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from typing import Any, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Any, Receive, Send], Awaitable[None]]

MOST_DROPPED = 1 << 30
"""So many bytes are read and dropped behind an early answer, and no more."""

SECONDS = 60.0
"""For so long they are."""


def read_on(scope: Any, receive: Receive, send: Send) -> tuple[Receive, Send]:
    """Return both such that an answer ends when the client has sent its request.

    A connection that is closed while the other side sends is reset: many clients then
    see that, and never the answer. So the answer goes out at once, and what still comes
    is read and dropped, within bounds, before the connection is closed.

    ``scope``: of one HTTP request, as ASGI has it. ``receive``, ``send``: what ASGI
    gives the application.
    """
    headers = {name.lower(): value for name, value in scope["headers"]}
    sending = (
        headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers
    )

    async def received() -> Message:
        nonlocal sending
        message = await receive()
        sending = message.get("more_body", False)
        return message

    async def drop() -> None:
        n_bytes = 0
        while sending and n_bytes < MOST_DROPPED:
            n_bytes += len((await received()).get("body", b""))

    async def sent(message: Message) -> None:
        if sending and message["type"] == "http.response.start":
            await send({**message, "headers": [*message["headers"], _CLOSE]})
        elif sending and not message.get("more_body", False):
            await send({**message, "more_body": True})
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS):
                    await drop()
            await send({"type": "http.response.body", "body": b""})
        else:
            await send(message)

    return received, sent


async def send_answer(
    send: Send,
    status: int,
    body: bytes,
    media_type: str = "application/json",
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> None:
    """Send one whole answer, with further ``headers``."""
    all_headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
        *headers,
    ]
    start = {"type": "http.response.start", "status": status, "headers": all_headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})


_CLOSE = (b"connection", b"close")
