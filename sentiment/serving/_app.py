"""MLflow's scoring application behind a check of what goes in and what comes out."""

import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sentiment._messages import shown
from sentiment.serving._credentials import read_tokens
from sentiment.serving._early_answer import (
    App,
    Message,
    Receive,
    Send,
    read_on,
    send_answer,
)
from sentiment.serving._exchange import KEY, Exchange
from sentiment.serving._openapi import make_document
from sentiment.serving._refusal import Refusal, internal_error
from sentiment.serving._request import check_content_type, read_request
from sentiment.serving._service import Service

_Read = TypeVar("_Read")
_LOGGER = logging.getLogger(__name__)
# Bodies from this size on are read in a thread, so that others need not wait for them.
_LARGE = 1 << 17


def make_app(
    model_path: str | Path,
    max_request_bytes: int,
    *,
    allow_pickle: bool = False,
    token_file: str | Path | None = None,
    metrics: bool = False,
    log_requests: bool = False,
) -> "Service":
    """Make the application that ``sentiment serve`` runs.

    Parameters
    ----------
    model_path : str or Path
        A model folder. It is loaded here, by our own rules.
    max_request_bytes : int
        Larger requests are refused with 413 before they are read.
    allow_pickle : bool, default=False
        As :func:`sentiment.load_model` takes it.
    token_file : str or Path, default=None
        A file with the tokens that may ask, one a line. None: anybody may.
    metrics : bool, default=False
        Whether to count for Prometheus, at ``/metrics``.
    log_requests : bool, default=False
        Whether to log each request: when, how long and how it ended, no text.

    Returns
    -------
    app : ASGI application

    Raises
    ------
    ModelError
        If the model cannot be loaded.
    ServingError
        If the tokens cannot be read, or nothing can be counted.
    """
    from mlflow.pyfunc import scoring_server

    from sentiment.serving._loader import load_pyfunc_model

    tokens = read_tokens(token_file)
    model = load_pyfunc_model(Path(model_path), allow_pickle=allow_pickle)
    strict = model._model_impl
    counted = None
    if metrics:
        from sentiment.serving._metrics import RequestCounts

        counted = RequestCounts(strict.get_raw_model())
    return Service(
        StrictScoringApp(
            scoring_server.init(model), len(strict.classes), max_request_bytes
        ),
        tokens=tokens,
        metrics=counted,
        log_requests=log_requests,
        document=make_document(
            strict.classes.tolist(), with_token=bool(tokens), with_metrics=metrics
        ),
    )


class StrictScoringApp:
    """An ASGI application around MLflow's: strict about bodies, silent about itself.

    A request's body is read to the letter and handed on in the one form that MLflow
    does not cast. What MLflow answers is checked too: as many predictions as texts,
    and no stack trace in any body.

    ``app``: what ``mlflow.pyfunc.scoring_server.init`` returns. ``n_classes``: the
    number of classes of the model. ``max_request_bytes``: the largest body.
    """

    def __init__(self, app: App, n_classes: int, max_request_bytes: int) -> None:
        self._app = app
        self._n_classes = n_classes
        self._max_bytes = max_request_bytes

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI asks."""
        if scope["type"] == "http" and scope["path"] == "/invocations":
            receive, send = read_on(scope, receive, send)
            await self._answer_invocation(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer_invocation(
        self, scope: Any, receive: Receive, send: Send
    ) -> None:
        exchange = scope.get(KEY) or Exchange()
        try:
            headers = {name.lower(): value for name, value in scope["headers"]}
            media_type = check_content_type(
                headers.get(b"content-type", b"").decode("latin-1"),
                headers.get(b"content-encoding", b"").decode("latin-1"),
            )
            body = await self._read_body(headers, receive)
            if body is None:
                return  # the client has gone
            handed, texts = await _aside(body, self._translate, media_type)
            del body
            found = await self._predict(scope, receive, handed)
            status, answer = found.status, found.body
            labels = await _aside(answer, _check_answer, status, len(texts))
            exchange.texts, exchange.labels = texts, labels
        except Refusal as refusal:
            status, answer = refusal.status, refusal.to_json()
            exchange.code = refusal.code
        await send_answer(send, status, answer)

    async def _read_body(
        self, headers: dict[bytes, bytes], receive: Receive
    ) -> bytes | None:
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._max_bytes:
            raise self._too_large()
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self._max_bytes:
                raise self._too_large()
            if not message.get("more_body", False):
                return bytes(body)

    def _too_large(self) -> Refusal:
        limit = self._max_bytes / 2**20
        return Refusal(
            f"A request takes at most {limit:g} MB. Send the texts in several "
            "requests, or start the server with a larger max_request_mb.",
            status=413,
        )

    def _translate(self, body: bytes, media_type: str) -> tuple[bytes, list[str]]:
        """Return the body that MLflow gets, and the texts that it holds."""
        request = read_request(media_type, body, self._n_classes)
        return request.to_json(), request.texts

    async def _predict(self, scope: Any, receive: Receive, body: bytes) -> "_Answer":
        unwanted = (b"content-type", b"content-length", b"transfer-encoding")
        kept = [pair for pair in scope["headers"] if pair[0].lower() not in unwanted]
        scope = {
            **scope,
            "headers": [
                *kept,
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
            ],
        }
        answer = _Answer()
        await self._app(scope, _replay(body, receive), answer.send)
        return answer


class _Answer:
    """Takes an answer in instead of sending it."""

    def __init__(self) -> None:
        self.status = 500
        self._chunks: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self._chunks.append(message.get("body", b""))

    @property
    def body(self) -> bytes:
        return b"".join(self._chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give ``body`` once, and then what the client really does."""
    pending = [body]

    async def replayed() -> Message:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        return await receive()

    return replayed


async def _aside(body: bytes, work: Callable[..., _Read], *more: Any) -> _Read:
    """Return what ``work`` makes of a body; a large one holds up no other request."""
    if len(body) < _LARGE:
        return work(body, *more)
    return await asyncio.to_thread(work, body, *more)


def _check_answer(body: bytes, status: int, n_texts: int) -> list[Any]:
    """Return the labels of MLflow's answer if it is one to each text."""
    if status == 200:
        predictions = json.loads(body).get("predictions")
        if isinstance(predictions, list) and len(predictions) == n_texts:
            return [one["label"] for one in predictions]
        _LOGGER.error("MLflow answered %d texts with %s.", n_texts, shown(body, 200))
        raise internal_error()
    try:
        content = json.loads(body)
        code, message = str(content["error_code"]), str(content["message"])
    except (ValueError, TypeError, KeyError):
        _LOGGER.error("MLflow answered with status %d: %s.", status, shown(body, 200))
        if status == 504:
            raise Refusal(
                "The prediction took too long. Send fewer texts in one request.",
                status=504,
                code="DEADLINE_EXCEEDED",
            ) from None
        raise internal_error() from None
    # MLflow puts the whole input before the reason: "Failed to predict data '...'".
    reason = message.rpartition("\nError: ")[2]
    raise Refusal(reason, status=status, code=code)
