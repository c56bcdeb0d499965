"""MLflow's scoring application behind a check of what goes in and what comes out."""

import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sentiment._messages import shown
from sentiment.persistence import EXAMPLE_TEXTS
from sentiment.serving._early_answer import App, Message, Receive, Send, read_on
from sentiment.serving._refusal import Refusal
from sentiment.serving._request import check_content_type, read_request

_Read = TypeVar("_Read")
_LOGGER = logging.getLogger(__name__)
# Bodies from this size on are read in a thread, so that others need not wait for them.
_LARGE = 1 << 17
# No other addresses: FastAPI's /docs and /redoc load scripts from elsewhere.
_MLFLOWS = ("/ping", "/health", "/version", "/invocations")

_HELP = """This server answers with a sentiment model: which label does each text get?

  curl http://{address}/invocations -H 'Content-Type: application/json' \\
    -d '{{"inputs": {{"text": {texts}}}}}'

Other forms of the body: dataframe_split, dataframe_records, instances, and CSV with a
header (Content-Type: text/csv). Add "params": {{"probabilities": true}} for the
probability of each class, {{"explain": 10}} for the ten n-grams that matter most.
/ping answers when the server is up.
"""


def make_app(
    model_path: str | Path, max_request_bytes: int, *, allow_pickle: bool = False
) -> App:
    """Make the application that ``sentiment serve`` runs.

    Parameters
    ----------
    model_path : str or Path
        A model folder. It is loaded here, by our own rules.
    max_request_bytes : int
        Larger requests are refused with 413 before they are read.
    allow_pickle : bool, default=False
        As :func:`sentiment.load_model` takes it.

    Returns
    -------
    app : ASGI application

    Raises
    ------
    ModelError
        If the model cannot be loaded.
    """
    from mlflow.pyfunc import scoring_server

    from sentiment.serving._loader import load_pyfunc_model

    model = load_pyfunc_model(Path(model_path), allow_pickle=allow_pickle)
    n_classes = len(model._model_impl.classes)
    return StrictScoringApp(scoring_server.init(model), n_classes, max_request_bytes)


class StrictScoringApp:
    """An ASGI application around MLflow's: strict about bodies, silent about itself.

    A request's body is read to the letter and handed on in the one form that MLflow
    does not cast. What MLflow answers is checked too: as many predictions as texts,
    and no stack trace in any body.

    Parameters
    ----------
    app : ASGI application
        What ``mlflow.pyfunc.scoring_server.init`` returns.
    n_classes : int
        The number of classes of the model.
    max_request_bytes : int
        The largest body.
    """

    def __init__(self, app: App, n_classes: int, max_request_bytes: int) -> None:
        self._app = app
        self._n_classes = n_classes
        self._max_bytes = max_request_bytes

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI asks."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        receive, send = read_on(scope, receive, send)
        if scope["path"] == "/" and scope["method"] in ("GET", "HEAD"):
            await _answer(send, 200, _help(scope), "text/plain; charset=utf-8")
        elif scope["path"] == "/invocations" and scope["method"] == "POST":
            await self._answer_invocation(scope, receive, send)
        elif scope["path"] in _MLFLOWS:
            await self._app(scope, receive, send)
        else:
            nowhere = Refusal(
                "There is nothing at this address. POST texts to /invocations.",
                status=404,
                code="ENDPOINT_NOT_FOUND",
            )
            await _answer(send, nowhere.status, nowhere.to_json(), "application/json")

    async def _answer_invocation(
        self, scope: Any, receive: Receive, send: Send
    ) -> None:
        try:
            headers = {name.lower(): value for name, value in scope["headers"]}
            media_type = check_content_type(
                headers.get(b"content-type", b"").decode("latin-1"),
                headers.get(b"content-encoding", b"").decode("latin-1"),
            )
            body = await self._read_body(headers, receive)
            if body is None:
                return  # the client has gone
            handed, n_texts = await _aside(body, self._translate, media_type)
            del body
            found = await self._predict(scope, receive, handed)
            status = found.status
            answer = await _aside(found.body, _check_answer, status, n_texts)
        except Refusal as refusal:
            status, answer = refusal.status, refusal.to_json()
        await _answer(send, status, answer, "application/json")

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

    def _translate(self, body: bytes, media_type: str) -> tuple[bytes, int]:
        """Return the body that MLflow gets, and how many texts it holds."""
        request = read_request(media_type, body, self._n_classes)
        return request.to_json(), len(request.texts)

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


def _check_answer(body: bytes, status: int, n_texts: int) -> bytes:
    """Return MLflow's answer if it is one to each text."""
    if status == 200:
        predictions = json.loads(body).get("predictions")
        if isinstance(predictions, list) and len(predictions) == n_texts:
            return body
        _LOGGER.error("MLflow answered %d texts with %s.", n_texts, shown(body, 200))
        raise _internal_error()
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
        raise _internal_error() from None
    # MLflow puts the whole input before the reason: "Failed to predict data '...'".
    reason = message.rpartition("\nError: ")[2]
    raise Refusal(reason, status=status, code=code)


def _internal_error() -> Refusal:
    return Refusal(
        "The model failed. The log of the server has the details.",
        status=500,
        code="INTERNAL_ERROR",
    )


def _help(scope: Any) -> bytes:
    host, port = scope.get("server") or ("127.0.0.1", 5000)
    return _HELP.format(
        address=f"{host}:{port}", texts=json.dumps(EXAMPLE_TEXTS)
    ).encode()


async def _answer(send: Send, status: int, body: bytes, media_type: str) -> None:
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
