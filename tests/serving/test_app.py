"""The application around MLflow's, without a network: what a real one rarely does."""

import asyncio
import json
import os

import pytest

from sentiment.serving import _early_answer
from sentiment.serving._app import StrictScoringApp, make_app

HEADERS = [(b"content-type", b"application/json")]
SCOPE = {"type": "http", "method": "POST", "path": "/invocations", "headers": HEADERS}
BODY = b'{"inputs": ["good", "bad"], "params": {"probabilities": true}}'


def answering(status, body, seen=None):
    """Make an application that answers with one thing, and keeps what it was sent."""

    async def app(scope, receive, send):
        if seen is not None:
            seen.append((scope, await receive()))
        await send({"type": "http.response.start", "status": status, "headers": []})
        half = len(body) // 2
        await send(
            {"type": "http.response.body", "body": body[:half], "more_body": True}
        )
        await send({"type": "http.response.body", "body": body[half:]})

    return app


def call(app, *messages, scope=SCOPE, max_bytes=1000, n_classes=2):
    """Send messages to the application; return status and body of its answer."""
    waiting = list(messages or [{"type": "http.request", "body": BODY}])
    sent = []

    async def receive():
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    strict = StrictScoringApp(app, n_classes, max_bytes)
    asyncio.run(strict(scope, receive, send))
    if not sent:
        return None
    start, *parts = sent
    assert start["type"] == "http.response.start"
    assert [part.get("more_body", False) for part in parts] == [True] * (
        len(parts) - 1
    ) + [False]
    body = b"".join(part["body"] for part in parts)
    assert dict(start["headers"])[b"content-length"] == str(len(body)).encode()
    return start["status"], body


def predictions(n):
    return json.dumps({"predictions": [{"label": "a", "score": 0.5}] * n}).encode()


def test_mlflow_gets_the_texts_in_the_form_that_it_does_not_cast():
    seen = []
    assert call(answering(200, predictions(2), seen)) == (200, predictions(2))
    ((scope, message),) = seen
    assert json.loads(message["body"]) == {
        "dataframe_split": {"columns": ["text"], "data": [["good"], ["bad"]]},
        "params": {"probabilities": True},
    }
    assert message["more_body"] is False
    headers = dict(scope["headers"])
    assert headers[b"content-length"] == str(len(message["body"])).encode()


@pytest.mark.parametrize("n", [0, 1, 3])
def test_another_number_of_predictions_than_texts_is_never_passed_on(n, caplog):
    status, body = call(answering(200, predictions(n)))
    assert status == 500
    assert json.loads(body)["error_code"] == "INTERNAL_ERROR"
    assert "MLflow answered 2 texts" in caplog.text


def test_a_stack_trace_of_mlflow_is_cut_off():
    answer = {
        "error_code": "BAD_REQUEST",
        "message": "Failed to predict data '  text\n0 good'. \nError: The reason.",
        "stack_trace": "Traceback (most recent call last): ...",
    }
    status, body = call(answering(400, json.dumps(answer).encode()))
    assert status == 400
    assert json.loads(body) == {"error_code": "BAD_REQUEST", "message": "The reason."}


@pytest.mark.parametrize("body", [b"Internal Server Error", b"[]", b"", b"\xff"])
def test_an_answer_that_is_not_mlflows_becomes_one_of_ours(body):
    status, answer = call(answering(500, body))
    assert status == 500
    assert json.loads(answer)["message"].startswith("The model failed.")


def test_a_timeout_of_mlflow_is_said_in_json():
    status, body = call(answering(504, b"Request processing time exceeded limit"))
    assert status == 504
    assert "took too long" in json.loads(body)["message"]


def test_a_client_that_goes_away_gets_no_answer():
    async def app(scope, receive, send):
        raise AssertionError("never called")

    part = {"type": "http.request", "body": b"{", "more_body": True}
    assert call(app, part, {"type": "http.disconnect"}) is None


@pytest.mark.attack
@pytest.mark.parametrize(
    ("bound", "most"), [("MOST_DROPPED", 5000), ("SECONDS", 0.05)], ids=str
)
def test_what_comes_behind_the_limit_is_dropped_within_bounds(bound, most, monkeypatch):
    monkeypatch.setattr(_early_answer, bound, most)
    part = {"type": "http.request", "body": b"a" * 600, "more_body": True}
    order = []

    async def receive():
        order.append("read")
        await asyncio.sleep(0.001)
        return part

    async def send(message):
        order.append(message.get("status") or message)

    app = StrictScoringApp(answering(200, b""), 2, 1000)
    scope = {**SCOPE, "headers": [*HEADERS, (b"transfer-encoding", b"chunked")]}
    asyncio.run(app(scope, receive, send))
    # The answer is out before more is read, and ends when enough is dropped.
    assert order[:3] == ["read", "read", 413]
    assert order[3]["more_body"] is True
    assert order[-1] == {"type": "http.response.body", "body": b""}
    assert set(order[4:-1]) == {"read"}
    if bound == "MOST_DROPPED":
        assert len(order[4:-1]) == 9


@pytest.mark.parametrize("length", [b"1001", b"99999999999999999999"])
def test_a_declared_length_over_the_limit_is_refused_unread(length):
    scope = {**SCOPE, "headers": [*HEADERS, (b"content-length", length)]}
    status, _ = call(answering(200, b""), scope=scope)
    assert status == 413


def test_a_large_body_is_read_beside_the_loop():
    texts = ["good" * 1000] * 100
    message = {"type": "http.request", "body": json.dumps({"inputs": texts}).encode()}
    answer = call(answering(200, predictions(100)), message, max_bytes=2**20)
    assert answer[0] == 200


def test_what_is_no_http_goes_to_mlflow():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    asyncio.run(StrictScoringApp(app, 2, 10)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]


def test_the_application_is_mlflows_with_our_model(saved, monkeypatch):
    # MLflow marks its process as a server; this one is to stay what it is.
    monkeypatch.setenv("_MLFLOW_IS_IN_SERVING_ENVIRONMENT", "false")
    app = make_app(saved, 10_000)
    assert os.environ["_MLFLOW_IS_IN_SERVING_ENVIRONMENT"] == "true"
    sent = []

    async def ask():
        done = asyncio.Event()
        waiting = [{"type": "http.request", "body": BODY}]

        async def receive():
            if waiting:
                return waiting.pop()
            await done.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)
            done.set()

        scope = {
            **SCOPE,
            "http_version": "1.1",
            "query_string": b"",
            "scheme": "http",
            "root_path": "",
            "raw_path": b"/invocations",
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 5000),
        }
        await app(scope, receive, send)

    asyncio.run(ask())
    assert sent[0]["status"] == 200
    answers = json.loads(sent[1]["body"])["predictions"]
    assert [sorted(answer) for answer in answers] == [
        ["label", "probability_negative", "probability_positive", "score"]
    ] * 2
