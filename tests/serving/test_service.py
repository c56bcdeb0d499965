"""Around the answers, over real HTTP: probes, tokens, metrics, logs, TLS, the end."""

import json
import re
import signal
import socket
import ssl
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sentiment import ServingError
from sentiment.serving import run_server
from sentiment.serving._service import _METHODS

TOKENS = ["4f1e-first-token", "9a27-second-token"]
SECRET = "zzyzx quuxly marzipan"


@pytest.fixture(scope="module")
def token_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("tokens") / "tokens"
    path.write_text("\n".join(TOKENS) + "\n\n")
    return path


@pytest.fixture(scope="module")
def service(saved, tmp_path_factory, fork_command, token_file, run_serve):
    """A server with all that production needs but TLS."""
    options = "--metrics", "--log-format", "json", "--token-file", token_file
    folder = tmp_path_factory.mktemp("service")
    with run_serve(fork_command.start, [], saved, folder, *options) as running:
        yield running


def bearer(token=TOKENS[0]):
    return {"Authorization": f"Bearer {token}"}


def post(server, texts, headers=None, **more):
    headers = {**bearer(), **(headers or {})}
    return server.post(json={"inputs": texts, **more}, headers=headers)


def get(server, path, **options):
    return requests.get(server.url + path, timeout=30, **options)


def lines(server):
    return [json.loads(line) for line in server.log.splitlines()]


def count(server, name, **labels):
    """Return a number of /metrics, summed over the labels that are not given."""
    page = get(server, "/metrics", headers=bearer()).text
    wanted = [f'{key}="{value}"' for key, value in labels.items()]
    found = re.findall(rf"^{name}(\{{.*\}})? (\S+)$", page, re.MULTILINE)
    return sum(float(n) for place, n in found if all(one in place for one in wanted))


def wait_until(condition):
    """Wait for what is done after the answer has gone out."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("path", ["/health", "/ready", "/ping"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_probe_needs_no_token(service, path, method):
    answer = requests.request(method, service.url + path, timeout=30)
    assert answer.status_code == 200
    assert method == "HEAD" or answer.json() == {"status": "ok"}


@pytest.mark.attack
@pytest.mark.parametrize("path", ["/", "/invocations", "/metrics", "/nowhere"])
@pytest.mark.parametrize(
    "given",
    [None, "", "Bearer", "Bearer ", f"Basic {TOKENS[0]}", "Bearer 4f1e", TOKENS[0],
     f"Bearer {TOKENS[0]}x", f"Bearer {TOKENS[0]} {TOKENS[1]}", "Bearer \xff"],
    ids=repr,
)  # fmt: skip
def test_a_request_without_a_token_is_refused_with_one_sentence(service, path, given):
    headers = {} if given is None else {"Authorization": given.encode("latin-1")}
    answer = requests.post(service.url + path, b"{", headers=headers, timeout=30)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json() == {
        "error_code": "UNAUTHENTICATED",
        "message": "This server takes a token: Authorization: Bearer TOKEN.",
    }


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_each_token_of_the_file_may_ask(service, token, scheme):
    headers = {"Authorization": f"{scheme} {token}"}
    assert post(service, ["good"], headers).status_code == 200


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it holds none"),
        (b"two words\n", "a line holds a space"),
        (b"caf\xc3\xa9\n", "cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_a_file_without_tokens_is_refused_before_the_model_is_looked_for(
    tmp_path, content, message
):
    path = tmp_path / "tokens"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ServingError, match=message):
        run_server("no-such-model", port=0, token_file=path)


def test_an_answer_carries_the_name_that_the_client_gave_its_request(service):
    answer = post(service, ["good"], {"X-Request-ID": "order-17:3"})
    assert answer.headers["x-request-id"] == "order-17:3"
    refused = get(service, "/nowhere", headers={"X-Request-ID": "b.2"})
    assert refused.headers["x-request-id"] == "b.2"


@pytest.mark.attack
@pytest.mark.parametrize("given", [None, "", "a b", "x" * 129, '{"a": 1}', "a\tb"])
def test_a_request_without_a_usable_name_gets_one(service, given):
    headers = {} if given is None else {"X-Request-ID": given}
    answers = [post(service, ["good"], headers) for _ in range(2)]
    names = {answer.headers["x-request-id"] for answer in answers}
    assert len(names) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in names)


def test_each_request_is_one_line_of_json_with_its_name(service):
    post(service, ["good", "bad"], {"X-Request-ID": "logged-1"})
    post(service, [5], {"X-Request-ID": "logged-2"})

    def found():
        return [one for one in lines(service) if "logged" in one.get("request_id", "")]

    wait_until(lambda: len(found()) == 2)
    answered, refused = found()
    assert answered["seconds"] > 0
    assert datetime.fromisoformat(answered["time"]).tzinfo is not None
    expected = {"method": "POST", "endpoint": "/invocations", "status": 200, "texts": 2}
    assert answered.items() >= expected.items()
    assert (refused["status"], refused["code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_what_was_asked_is_counted(service):
    def numbers():
        return {
            "requests": count(
                service, "sentiment_requests_total", endpoint="/invocations"
            ),
            "errors": count(service, "sentiment_errors_total"),
            "seconds": count(
                service, "sentiment_request_seconds_count", endpoint="/invocations"
            ),
            "texts": count(service, "sentiment_texts_total"),
            "labels": count(service, "sentiment_predictions_total"),
            "words": count(service, "sentiment_words_total"),
            "unknown": count(service, "sentiment_unknown_words_total"),
        }

    time.sleep(1.5)  # until the words of other tests are counted
    before = numbers()
    assert post(service, ["a good film", f"a film {SECRET}"]).status_code == 200
    assert post(service, [5]).status_code == 400
    added = {"requests": 2, "errors": 1, "seconds": 2, "texts": 2, "labels": 2}
    added |= {"words": 8, "unknown": 3}
    wait_until(
        lambda: numbers() == {name: before[name] + n for name, n in added.items()}
    )


def test_labels_are_counted_as_they_were_answered(service):
    def labels():
        return {
            label: count(service, "sentiment_predictions_total", label=label)
            for label in ("negative", "positive")
        }

    before = labels()
    answers = post(service, ["good", "bad", ""] * 2000, params={"explain": None}).json()
    for one in answers["predictions"]:
        before[one["label"]] += 1
    wait_until(lambda: labels() == before)


@pytest.mark.attack
def test_no_text_reaches_log_or_metrics(service):
    post(service, [SECRET])
    post(service, [SECRET, 5])
    post(service, SECRET)
    get(service, f"/{SECRET}?q={SECRET}", headers=bearer())
    service.post(data=f"text\n{SECRET},\n", headers={**bearer(), "Content-Type": "csv"})
    page = get(service, "/metrics", headers=bearer()).text
    for word in SECRET.split():
        assert word not in page
        assert word not in service.log


@pytest.mark.attack
def test_addresses_make_no_metrics_of_their_own(service):
    for n in range(5):
        get(service, f"/nowhere/{n}", headers=bearer())
    page = get(service, "/metrics", headers=bearer()).text
    assert set(re.findall('endpoint="(.*?)"', page)) <= {*_METHODS, "other"}


def test_another_method_is_told_which_ones_there_are(service):
    answer = requests.delete(service.url + "/ready", timeout=30)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.json()["message"] == "This address takes GET and HEAD."


def test_without_metrics_nothing_is_counted_and_the_page_says_how(server):
    answer = get(server, "/metrics")
    assert answer.status_code == 404
    assert "Start the server with metrics=True." in answer.json()["message"]
    assert "/metrics" not in get(server, "/openapi.json").json()["paths"]


def test_the_document_names_each_address_and_the_labels_of_the_model(service):
    document = get(service, "/openapi.json", headers=bearer()).json()
    assert set(document["paths"]) == set(_METHODS) - {"/version"}
    assert '"enum": ["negative", "positive"]' in json.dumps(document)


def test_workers_count_together_and_log_as_json(saved, serve):
    options = "--workers", "2", "--metrics", "--log-format", "json"
    with serve(saved, *options) as server:
        for _ in range(20):  # each on a connection of its own, to whichever worker
            assert server.post(json={"inputs": ["good"]}).status_code == 200
        wait_until(lambda: count(server, "sentiment_texts_total") == 20)
        answered = [one for one in lines(server) if one.get("texts")]
        assert len(answered) == 20
        assert server.stop() == 130
        assert lines(server)[-1]["message"] == "Interrupted."
        assert {one["level"] for one in lines(server)} == {"INFO"}


def test_requests_under_way_are_finished_at_the_end(saved, serve):
    texts = ["a good film, not a bad one at all " * 20] * 3000
    answers = []
    with serve(saved) as server:
        threads = [
            threading.Thread(
                target=lambda: answers.append(server.post(json={"inputs": texts}))
            )
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        assert server.stop(signal.SIGTERM) == 143
        for thread in threads:
            thread.join()
    assert [len(one.json()["predictions"]) for one in answers] == [3000] * 3


def make_certificate(folder, password=None):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=1))
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(addresses, critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    lock = serialization.NoEncryption()
    if password is not None:
        lock = serialization.BestAvailableEncryption(password)
    form = serialization.PrivateFormat.PKCS8
    cert, key_file = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(signed.public_bytes(pem))
    key_file.write_bytes(key.private_bytes(pem, form, lock))
    return cert, key_file


def test_with_a_certificate_https_alone_is_spoken(saved, serve, tmp_path):
    cert, key = make_certificate(tmp_path)
    options = "--tls-cert", cert, "--tls-key", key
    with serve(saved, *options, trusted=str(cert)) as server:
        assert server.url.startswith("https://")
        assert server.post(json={"inputs": ["good"]}, verify=str(cert)).ok
        with pytest.raises(requests.exceptions.SSLError):
            server.post(json={"inputs": ["good"]})
        with pytest.raises(requests.ConnectionError):
            requests.get(server.url.replace("https", "http"), timeout=5)
        host, port = server.url.removeprefix("https://").split(":")
        found = ssl.get_server_certificate((host, int(port)))
        assert found == cert.read_text()


def test_connections_kept_for_later_do_not_hold_the_stop(saved, serve, tmp_path):
    cert, key = make_certificate(tmp_path)
    options = "--tls-cert", cert, "--tls-key", key
    with serve(saved, *options, trusted=str(cert)) as server, ExitStack() as kept:
        session = kept.enter_context(requests.Session())
        given = {"json": {"inputs": ["good"]}, "verify": str(cert), "timeout": 60}
        assert session.post(f"{server.url}/invocations", **given).ok
        host, port = server.url.removeprefix("https://").split(":")
        silent = kept.enter_context(socket.create_connection((host, int(port))))
        context = ssl.create_default_context(cafile=str(cert))
        kept.enter_context(context.wrap_socket(silent, server_hostname=host))
        assert server.stop(signal.SIGTERM) == 143
        assert server.log.endswith("\nTerminated.\n")
        assert "timeout" not in server.log


def test_tls_files_that_cannot_be_used_are_refused_before_the_model_is_looked_for(
    tmp_path,
):
    folders = [tmp_path / name for name in ("one", "two", "locked")]
    for folder in folders:
        folder.mkdir()
    cert, key = make_certificate(folders[0])
    _, other = make_certificate(folders[1])
    _, locked = make_certificate(folders[2], b"secret")
    for pair, message in [
        ((cert, None), r"tls_cert=\.\.\. and tls_key=\.\.\."),
        ((None, key), r"tls_cert=\.\.\. and tls_key=\.\.\."),
        ((cert, tmp_path / "none"), "There is no file"),
        ((cert, other), "cannot be used"),
        ((key, cert), "cannot be used"),
        ((cert, locked), "is encrypted"),
    ]:
        with pytest.raises(ServingError, match=message):
            run_server("no-such-model", port=0, tls_cert=pair[0], tls_key=pair[1])
