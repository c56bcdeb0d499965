"""Bad requests over real HTTP: refused with the reason, and nothing else."""

import json
import re
import socket
import time
from urllib.parse import urlsplit

import pytest
import requests

JSON = "application/json"
CSV = "text/csv"
CHUNKED = "Transfer-Encoding: chunked"


BAD = {
    "a number in instances": (
        '{"instances": [{"text": "a"}, {"text": 5}]}',
        "Got 5 at row 1",
    ),
    "a number in inputs": ('{"inputs": {"text": [5]}}', "Got 5 at row 0"),
    "a bare number in inputs": ('{"inputs": ["a", 1.5]}', r"Got 1\.5 at row 1"),
    "a number in records": ('{"dataframe_records": [{"text": 5}]}', "Got 5 at row 0"),
    "a number in split": (
        '{"dataframe_split": {"columns": ["text"], "data": [["a"], [5]]}}',
        "Got 5 at row 1",
    ),
    "true": ('{"instances": [{"text": true}]}', "Got true at row 0"),
    "null": ('{"instances": [{"text": null}]}', "Got null at row 0"),
    "null in split": (
        '{"dataframe_split": {"columns": ["text"], "data": [[null]]}}',
        "Got null at row 0",
    ),
    "NaN": ('{"inputs": {"text": [NaN]}}', "it holds NaN"),
    "a number beyond all": (
        '{"inputs": {"text": ["a"], "n": [-1e999]}}',
        "it holds -1e999, a number beyond 1.8e308",
    ),
    "Infinity": ('{"inputs": {"text": [-Infinity]}}', "it holds -Infinity"),
    "a lone surrogate": (
        r'{"inputs": {"text": ["a", "b\ud800"]}}',
        r"lone surrogate \\ud800 at row 1, character 1",
    ),
    "a list for a text": (
        '{"dataframe_records": [{"text": ["a", "b"]}]}',
        r'Got \["a", "b"\] at row 0',
    ),
    "an object for a text": ('{"instances": [{"text": {}}]}', r"Got \{\} at row 0"),
    "a text for a column": ('{"inputs": {"text": "a"}}', "takes a list of texts"),
    "a bare text": ('{"inputs": "a"}', "takes a list of texts or records"),
    "columns beside the wrapper": ('{"text": ["a", "b"]}', r'Got the keys \["text"\]'),
    "a missing column": (
        '{"inputs": {"review": ["a"]}}',
        r'one column named \'text\'. Got the columns \["review"\]',
    ),
    "a missing column in records": (
        '{"dataframe_records": [{"review": "a"}]}',
        r"'dataframe_records' takes one column named 'text'. Got the columns \[\"review",
    ),
    "a missing column in instances": (
        '{"instances": [{"review": "a"}]}',
        r"'instances' takes one column named 'text'. Got the columns \[\"review",
    ),
    "a missing column in split": (
        '{"dataframe_split": {"columns": ["a", "b"], "data": [["x", "y"]]}}',
        r'Got the columns \["a", "b"\]',
    ),
    "no columns in split": (
        '{"dataframe_split": {"data": [["x"]]}}',
        "takes the lists 'columns' and 'data'",
    ),
    "two columns named text": (
        '{"dataframe_split": {"columns": ["text", "text"], "data": [["x", "y"]]}}',
        "takes one column named 'text'",
    ),
    "ragged rows": (
        '{"dataframe_split": {"columns": ["text", "n"], "data": [["x", 1], ["y"]]}}',
        r'lists of 2, one value a column. Got \["y"\] at row 1',
    ),
    "a row that is no list": (
        '{"dataframe_split": {"columns": ["text"], "data": ["x"]}}',
        'Got "x" at row 0',
    ),
    "an index of another length": (
        '{"dataframe_split": {"columns": ["text"], "data": [["x"]], "index": []}}',
        "a list as long as 'data'",
    ),
    "an unknown part of split": (
        '{"dataframe_split": {"columns": ["text"], "data": [["x"]], "dtypes": {}}}',
        "and perhaps 'index'",
    ),
    "records of different keys": (
        '{"instances": [{"text": "a"}, {"txt": "b"}]}',
        r'Got \["txt"\] at row 1 after \["text"\]',
    ),
    "records of more keys": (
        '{"dataframe_records": [{"text": "a"}, {"text": "b", "n": 1}]}',
        "records of the same keys",
    ),
    "a record among texts": ('{"instances": ["a", {"text": "b"}]}', "at row 1"),
    "a text among records": ('{"instances": [{"text": "b"}, "a"]}', 'Got "a" at row 1'),
    "columns of different lengths": (
        '{"inputs": {"text": ["a", "b"], "n": [1]}}',
        "columns of one length",
    ),
    "records that are no list": (
        '{"dataframe_records": {"text": "a"}}',
        "takes a list of records",
    ),
    "no rows": ('{"inputs": {"text": []}}', "at least one text. Got no rows"),
    "no records": ('{"dataframe_records": []}', "at least one text. Got no rows"),
    "no data": (
        '{"dataframe_split": {"columns": ["text"], "data": []}}',
        "at least one text. Got no rows",
    ),
    "none of the forms": ("{}", "exactly one of"),
    "two of the forms": ('{"inputs": ["a"], "instances": ["a"]}', "exactly one of"),
    "the same form twice": ('{"inputs": ["a"], "inputs": ["b"]}', '"inputs" twice'),
    "the same column twice": (
        '{"inputs": {"text": ["a"], "text": []}}',
        '"text" twice',
    ),
    "an unknown key": ('{"inputs": ["a"], "parms": {}}', 'Got also "parms"'),
    "an unknown param": ('{"inputs": ["a"], "params": {"k": 1}}', "Got 'k'"),
    "params that are no object": ('{"inputs": ["a"], "params": [1]}', r"Got \[1\]"),
    "a param of another type": (
        '{"inputs": ["a"], "params": {"probabilities": "yes"}}',
        "takes true or false. Got 'yes'",
    ),
    "a text for a threshold": (
        '{"inputs": ["a"], "params": {"threshold": "0.5"}}',
        "takes a number. Got '0.5'",
    ),
    "a threshold out of range": (
        '{"inputs": ["a"], "params": {"threshold": 1.5}}',
        "from 0 to 1. Got 1.5",
    ),
    "a word for a number of n-grams": (
        '{"inputs": ["a"], "params": {"explain": "ten"}}',
        "takes a number of n-grams. Got 'ten'",
    ),
    "explanations of too many texts": (
        json.dumps({"inputs": ["a"] * 1001, "params": {"explain": 1}}),
        "at most 1,000 texts a request. Got 1,001",
    ),
    "malformed JSON": ('{"inputs": ["a"', "not JSON: .* at line 1, column 16"),
    "an empty body": ("", "not JSON"),
    "a list": ("[]", r"takes a JSON object .* Got \[\]"),
    "deep nesting": ("[" * 100_000, "too deeply nested"),
    "a huge number": (
        '{"inputs": [%s]}' % ("9" * 5000),
        "it holds an integer of more digits than Python reads",
    ),
    "another encoding": (
        '{"inputs": ["café"]}'.encode("latin-1"),
        "byte 0xe9 at offset",
    ),
    "UTF-16": ('{"inputs": ["a"]}'.encode("utf-16"), "not UTF-8"),
}
BAD_CSV = {
    "a blank line": ("text\na\n\nb\n", "Line 3 of the CSV body is blank"),
    "a blank line at the end": ("text\na\n\n", "Line 3 of the CSV body is blank"),
    "a missing column": ("review\na\n", r'Got \["review"\]'),
    "an empty body": ("", r"one column named 'text'. Got \[\]"),
    "a header only": ("text\n", "at least one text. Got no rows"),
    "a column twice": ("text,text\na,b\n", "one column named 'text'"),
    "a cell too many": ("text\na\nb,c\n", "Line 3 of the CSV body has 2 cells"),
    "a cell too few": ("text,n\na\n", "Line 2 of the CSV body has 1 cells"),
    "a quote that is not closed": ('text\na\n"b\nc\n', "cannot be read from line 3 on"),
    "a quote in the middle": ('text\n"a"b\n', "cannot be read from line 2 on"),
    "a carriage return": ("text\na\rb\n", "from line 2 on: a carriage return stands"),
    "lines of carriage returns": ("text\ra\r", "from line 1 on: a carriage return"),
    "another encoding": ("text\ncafé\n".encode("latin-1"), "byte 0xe9 at offset 8"),
}


def check_refusal(response, status, message):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == JSON
    content = response.json()
    assert set(content) == {"error_code", "message"}
    assert "Traceback" not in response.text
    assert len(content["message"]) < 400
    assert re.search(message, content["message"]), content["message"]


@pytest.mark.attack
@pytest.mark.parametrize(("body", "message"), BAD.values(), ids=BAD.keys())
def test_bad_json_is_refused_with_the_reason(server, body, message):
    data = body if isinstance(body, bytes) else body.encode()
    response = server.post(data=data, headers={"Content-Type": JSON})
    check_refusal(response, 400, message)


@pytest.mark.attack
@pytest.mark.parametrize(("body", "message"), BAD_CSV.values(), ids=BAD_CSV.keys())
def test_bad_csv_is_refused_with_the_reason(server, body, message):
    data = body if isinstance(body, bytes) else body.encode()
    response = server.post(data=data, headers={"Content-Type": CSV})
    check_refusal(response, 400, message)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/vnd.apache.parquet"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/json; profile=x"},
        {"Content-Type": JSON, "Content-Encoding": "gzip"},
    ],
    ids=str,
)
def test_other_media_are_not_supported(server, headers):
    response = server.post(data=b'{"inputs": ["a"]}', headers=headers)
    check_refusal(response, 415, "A request takes")


@pytest.mark.parametrize(
    "kind",
    ["Application/JSON", "application/json; charset=UTF-8", 'text/csv;charset="utf-8"'],
)
def test_the_usual_spellings_of_a_media_type_are_taken(server, kind):
    body = b"text\na\n" if "csv" in kind else b'{"inputs": ["a"]}'
    assert server.post(data=body, headers={"Content-Type": kind}).status_code == 200


def test_a_byte_order_mark_is_dropped(server):
    body = "\ufefftext\ngood\n".encode()
    assert server.post(data=body, headers={"Content-Type": CSV}).status_code == 200
    body = '\ufeff{"inputs": ["good"]}'.encode()
    assert server.post(data=body, headers={"Content-Type": JSON}).status_code == 200


def test_other_columns_are_ignored(server):
    frame = {"columns": ["id", "text"], "data": [[1, "good"]], "index": ["x"]}
    answers = [
        server.post(json={"dataframe_split": frame}),
        server.post(json={"dataframe_records": [{"id": 1, "text": "good"}]}),
        server.post(json={"inputs": {"id": [1], "text": ["good"]}}),
        server.post(data=b"id,text\n1,good\n", headers={"Content-Type": CSV}),
    ]
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["predictions"][0].keys() == {"label", "score"}


@pytest.mark.attack
def test_a_request_over_the_limit_is_refused(server):
    body = json.dumps({"inputs": ["a" * 2**20]}).encode()
    response = server.post(data=body, headers={"Content-Type": JSON})
    check_refusal(response, 413, "takes at most 1 MB")


@pytest.mark.attack
def test_a_request_of_unknown_length_over_the_limit_is_refused(server):
    def chunks():
        yield b'{"inputs": ["'
        for _ in range(40):
            yield b"a" * 2**16
        yield b'"]}'

    response = server.post(data=chunks(), headers={"Content-Type": JSON})
    check_refusal(response, 413, "takes at most 1 MB")


@pytest.mark.attack
def test_a_request_over_the_limit_is_refused_before_it_is_sent(server):
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), 30) as connection:
        connection.sendall(
            b"POST /invocations HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/json\r\nContent-Length: 99999999999\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.attack
@pytest.mark.parametrize("framing", ["Content-Length: 4194304", CHUNKED])
@pytest.mark.parametrize(
    ("address", "kind", "status"),
    [
        ("/invocations", JSON, b"413"),
        ("/invocations", "application/xml", b"415"),
        ("/nowhere", JSON, b"404"),
        ("/ping", JSON, b"405"),
    ],
)
def test_a_client_that_sends_all_before_it_reads_gets_its_answer(
    server, framing, address, kind, status
):
    url = urlsplit(server.url)
    head = f"POST {address} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n{framing}"
    part = b"a" * 2**16
    if framing == CHUNKED:
        part = b"10000\r\n" + part + b"\r\n"
    with socket.create_connection((url.hostname, url.port), 30) as client:
        client.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode())
        for _ in range(64):
            client.sendall(part)
            time.sleep(0.002)  # a slow line: the server answers meanwhile
        if framing == CHUNKED:
            client.sendall(b"0\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(2**16), b""))
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b"\r\nconnection: close\r\n" in answer


def test_a_request_at_the_limit_is_answered(server):
    text = "a " * (2**19 - 20)
    response = server.post(json={"inputs": [text]})
    assert response.status_code == 200


def test_a_whole_number_may_have_a_point_as_json_says(server):
    body = '{"inputs": ["good"], "params": {"explain": 2}}'
    bodies = [body, body.replace("2", "2.0")]
    answers = [server.post(data=one, headers={"Content-Type": JSON}) for one in bodies]
    assert answers[0].status_code == 200
    assert answers[0].text == answers[1].text


def test_many_rows_are_answered_in_their_order(server, pipeline):
    texts = [f"film number {n} is {'good' if n % 3 else 'bad'}" for n in range(10_000)]
    predictions = server.post(json={"inputs": texts}).json()["predictions"]
    assert [p["label"] for p in predictions] == pipeline.predict(texts).tolist()


def test_a_connection_is_kept_after_a_refusal(server):
    with requests.Session() as session:
        for body, status in [(b"{", 400), (b'{"inputs": ["a"]}', 200)] * 3:
            response = session.post(
                f"{server.url}/invocations",
                data=body,
                headers={"Content-Type": JSON},
                timeout=30,
            )
            assert response.status_code == status


@pytest.mark.parametrize("path", ["/ping", "/health", "/version"])
def test_mlflows_other_addresses_are_passed_through(server, path):
    assert requests.get(server.url + path, timeout=30).status_code == 200


def test_the_root_says_what_to_type(server):
    response = requests.get(server.url, timeout=30)
    assert response.headers["content-type"].startswith("text/plain")
    assert f"curl {server.url}/invocations" in response.text


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/docs/oauth2-redirect", "/redoc"])
def test_no_page_loads_scripts_from_elsewhere(server, path):
    response = requests.get(server.url + path, timeout=30)
    assert response.status_code == 404
    assert "<script" not in response.text


def test_unknown_addresses_and_methods_are_refused(server):
    assert requests.get(f"{server.url}/nope", timeout=30).status_code == 404
    assert requests.get(f"{server.url}/invocations", timeout=30).status_code == 405
