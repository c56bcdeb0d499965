"""All of a service but the answers: who may ask, whether it is up, what was asked."""

import json
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sentiment.persistence import EXAMPLE_TEXTS
from sentiment.serving._credentials import is_known
from sentiment.serving._early_answer import (
    App,
    Message,
    Receive,
    Send,
    read_on,
    send_answer,
)
from sentiment.serving._exchange import (
    CURRENT_ID,
    KEY,
    REQUEST_ID,
    Exchange,
    find_request_id,
)
from sentiment.serving._logs import FIELDS
from sentiment.serving._refusal import Refusal, internal_error

if TYPE_CHECKING:
    from sentiment.serving._metrics import RequestCounts

_LOGGER = logging.getLogger(__name__)
_READ = ("GET", "HEAD")
# No other addresses: FastAPI's /docs and /redoc load scripts from elsewhere.
_METHODS = {
    "/": _READ,
    "/health": _READ,
    "/invocations": ("POST",),
    "/metrics": _READ,
    "/openapi.json": _READ,
    "/ping": _READ,
    "/ready": _READ,
    "/version": _READ,
}
# Whoever asks these has no token.
_PROBES = ("/health", "/ping", "/ready")
_JSON = "application/json"

_HELP = """This server answers with a sentiment model: which label does each text get?

  curl {scheme}://{address}/invocations -H 'Content-Type: application/json' \\
    -d '{{"inputs": {{"text": {texts}}}}}'

Other forms of the body: dataframe_split, dataframe_records, instances, and CSV with a
header (Content-Type: text/csv). Add "params": {{"probabilities": true}} for the
probability of each class, {{"explain": 10}} for the ten n-grams that matter most.
/health answers when the server is up, /ready when it takes requests; /openapi.json
describes all of it.
"""


class Service:
    """An ASGI application around the one that answers texts.

    ``app``: what answers. ``tokens``: digests of those that may ask; none: anybody may.
    ``metrics``: what counts, if anything does. ``log_requests``: whether each request
    is logged. ``document``: the OpenAPI document.
    """

    def __init__(
        self,
        app: App,
        *,
        tokens: tuple[bytes, ...],
        metrics: "RequestCounts | None",
        log_requests: bool,
        document: dict[str, Any],
    ) -> None:
        self._app = app
        self._tokens = tokens
        self._metrics = metrics
        self._log_requests = log_requests
        self._document = json.dumps(document).encode()
        self.is_stopping: Callable[[], bool] = lambda: False
        """Whether the server takes no more requests."""

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI asks, and keep its name and its numbers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        exchange = Exchange(find_request_id(scope["headers"]))
        CURRENT_ID.set(exchange.request_id)
        named = (REQUEST_ID.encode(), exchange.request_id.encode())
        status = 0  # the client went away

        async def named_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], named]}
            await send(message)

        try:
            await self._answer({**scope, KEY: exchange}, receive, named_send)
        except Exception:
            _LOGGER.exception("A request could not be answered.")
            if status:
                raise
            await _refuse(named_send, exchange, internal_error())
        finally:
            self._keep(scope, exchange, status, time.perf_counter() - started)

    async def _answer(self, scope: Any, receive: Receive, send: Send) -> None:
        path, exchange = scope["path"], scope[KEY]
        try:
            self._check(scope)
        except Refusal as refusal:
            _, send = read_on(scope, receive, send)
            await _refuse(send, exchange, refusal, _METHODS.get(path, ()))
            return
        if path == "/invocations":
            await self._app(scope, receive, send)
        elif path == "/version":
            await self._app({**scope, "method": "GET"}, receive, send)
        else:
            _, send = read_on(scope, receive, send)
            body, media_type = self._describe(path, scope)
            await send_answer(send, 200, body, media_type)

    def _check(self, scope: Any) -> None:
        """Refuse who may not ask, and what there is not."""
        path = scope["path"]
        is_open = path in _PROBES or not self._tokens
        if not is_open and not is_known(scope["headers"], self._tokens):
            raise Refusal(
                "This server takes a token: Authorization: Bearer TOKEN.",
                status=401,
                code="UNAUTHENTICATED",
            )
        if path not in _METHODS or (path == "/metrics" and self._metrics is None):
            hint = " Start the server with metrics=True." if path == "/metrics" else ""
            raise Refusal(
                f"There is nothing at this address. POST texts to /invocations.{hint}",
                status=404,
                code="ENDPOINT_NOT_FOUND",
            )
        if scope["method"] not in _METHODS[path]:
            raise Refusal(
                f"This address takes {' and '.join(_METHODS[path])}.",
                status=405,
                code="METHOD_NOT_ALLOWED",
            )
        if path == "/ready" and self.is_stopping():
            raise Refusal(
                "The server is stopping.", status=503, code="TEMPORARILY_UNAVAILABLE"
            )

    def _describe(self, path: str, scope: Any) -> tuple[bytes, str]:
        if path == "/":
            return _help(scope), "text/plain; charset=utf-8"
        if path == "/openapi.json":
            return self._document, _JSON
        if path == "/metrics" and self._metrics is not None:
            return self._metrics.render()
        return json.dumps({"status": "ok"}).encode(), _JSON

    def _keep(
        self, scope: Any, exchange: Exchange, status: int, seconds: float
    ) -> None:
        # Of other addresses there may be any number, with anything in them.
        endpoint = scope["path"] if scope["path"] in _METHODS else "other"
        if self._log_requests:
            fields = {
                "method": scope["method"],
                "endpoint": endpoint,
                "status": status,
                "seconds": round(seconds, 6),
                "texts": len(exchange.texts),
            }
            if exchange.code is not None:
                fields["code"] = exchange.code
            _LOGGER.info("request", extra={FIELDS: fields})
        if self._metrics is not None:
            self._metrics.count_request(endpoint, status, seconds, exchange)


async def _refuse(
    send: Send, exchange: Exchange, refusal: Refusal, allowed: tuple[str, ...] = ()
) -> None:
    exchange.code = refusal.code
    headers = []
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if refusal.status == 405:
        headers.append((b"allow", ", ".join(allowed).encode()))
    await send_answer(send, refusal.status, refusal.to_json(), headers=headers)


def _help(scope: Any) -> bytes:
    host, port = scope.get("server") or ("127.0.0.1", 5000)
    return _HELP.format(
        scheme=scope.get("scheme", "http"),
        address=f"{host}:{port}",
        texts=json.dumps(EXAMPLE_TEXTS),
    ).encode()
