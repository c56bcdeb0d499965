"""A large nasty request takes as much more time as it is larger, and no more."""

import asyncio
import gc
import re
import time
from contextlib import suppress

import pytest

from sentiment.serving._app import make_app
from sentiment.serving._refusal import Refusal
from sentiment.serving._request import read_request

pytestmark = pytest.mark.attack
SIZES = (10_000, 100_000, 1_000_000)
# Linear work took up to four times as much a byte, where it outgrows the processor's
# caches; work that grows as the square takes a hundred times as much.
GENEROUS = 10

# What stands in « » is repeated, each # in it is another number each time.
BODIES = {
    "the last key twice": '{«"k#": 1, »"z": 1, "z": 2}',
    "one key again and again": '{«"k": 1, »"k": 1}',
    "a key twice in the last object": '[«{"a": 1}, »{"a": 1, "a": 1}]',
    "unknown keys": '{"inputs": ["a"], «"k#": 1, »"z": 1}',
    "unknown params": '{"inputs": ["a"], "params": {«"k#": 1, »"z": 1}}',
    "a list for a param": '{"inputs": ["a"], "params": {"explain": [«{}, »{}]}}',
    "a word for a param": '{"inputs": ["a"], "params": {"threshold": "«x»"}}',
    "a precise param": '{"inputs": ["a"], "params": {"threshold": 0.«9»}}',
    "a huge param": '{"inputs": ["a"], "params": {"explain": «9»}}',
    "nested lists": '{"inputs": «[»',
    "nested lists, closed": '{"inputs": «[»«]»}',
    "nested objects": '«{"a": »',
    "many that are nested": '{"inputs": [«%s, »1]}' % ("[" * 450 + "]" * 450),
    "a long integer": '{"inputs": [«9»]}',
    "long integers": '{"inputs": [«%s, »1]}' % ("9" * 4300),
    "a long fraction": '{"inputs": [0.«9»]}',
    "a long exponent": '{"inputs": [1e-«9»]}',
    "a number beyond all": '{"inputs": [«9».5]}',
    "an open string": r'{"inputs": "«\\»',
    "line breaks": "«\n»x",
    "a long list for a text": '{"inputs": [[«"a", »1]]}',
    "a surrogate at the end": r'{"inputs": ["«é»\ud800"]}',
    "a number behind many texts": '{"inputs": [«"a", »5]}',
    "columns of split": (
        '{"dataframe_split": {"columns": [«"c#", »"text"], "data": [[«1, »"a"]]}}'
    ),
    "columns named text": (
        '{"dataframe_split": {"columns": [«"text", »"a"], "data": [["a"]]}}'
    ),
    "a long row of split": (
        '{"dataframe_split": {"columns": ["text"], "data": [["a"], [«1, »1]]}}'
    ),
    "a long index of split": (
        '{"dataframe_split": {"columns": ["text"], "index": [«1, »1], "data": [["a"]]}}'
    ),
    "parts of split": '{"dataframe_split": {«"k#": 1, »"data": []}}',
    "records, the last of fewer keys": '{"instances": [«{"text": "a", "k": 1}, »{"text": "a"}]}',
    "records of other keys": '{"instances": [{"text": "a"}, {«"k#": 1, »"text": "a"}]}',
    "columns of inputs": '{"inputs": {«"k#": [1], »"text": ["a"]}}',
    "uneven columns": '{"inputs": {«"k#": [1], »"z": [], "text": ["a"]}}',
    "columns but text": '{"inputs": {«"k#": [1], »"z": [1]}}',
    "texts": '{"inputs": [«"a good film", »"b"]}',
    "a long word": '{"inputs": ["«a»"]}',
    "marks": '{"inputs": ["e«\u0301\u0323»"]}',
    "markup": '{"inputs": ["«<a &lt;»"]}',
    "negations": '{"inputs": ["«not »"]}',
    "an explanation": '{"inputs": ["«not bad »"], "params": {"explain": 9}}',
    "an explanation of marks": (
        '{"inputs": ["e«\u0301\u0323»"], "params": {"explain": 9}}'
    ),
}
TABLES = {
    "csv of many columns": "«c#,»text\n«b,»a\n",
    "csv of columns named text": "«text,»text\na\n",
    "csv of commas": "text\n«,»\n",
    "csv of quotes": 'text\n"«""»"\n',
    "csv with an open quote": 'text\n"«a\n»',
    "csv of quoted line breaks": 'text\n"«\n»"\n',
    "csv with a blank line at its end": "text\n«a\n»\n",
    "csv of carriage returns": "«\r»",
    "csv in one line": "text\n«é»",
    "csv of rows": "text\n«a good film\n»",
}
SHAPES = [
    pytest.param(kind, shape, id=name)
    for kind, shapes in (("application/json", BODIES), ("text/csv", TABLES))
    for name, shape in shapes.items()
]


@pytest.fixture(autouse=True, scope="module")
def collector():
    """Keep what the tests hold away from the collector, as the server does."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="module")
def ask(saved):
    app = make_app(saved, 2 * SIZES[-1])
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/invocations",
        "raw_path": b"/invocations",
        "root_path": "",
        "query_string": b"",
        "scheme": "http",
        "http_version": "1.1",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 5000),
    }

    async def answer(kind, body):
        answered, waiting, sent = asyncio.Event(), [body], []

        async def receive():
            if waiting:
                return {"type": "http.request", "body": waiting.pop()}
            await answered.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)
            if message["type"] == "http.response.body":
                answered.set()

        headers = [(b"content-type", kind.encode())]
        await app({**scope, "headers": headers}, receive, send)
        assert sent[0]["status"] in (200, 400)
        assert sent[0]["status"] == 200 or len(sent[1]["body"]) < 1000

    return lambda kind, body: asyncio.run(answer(kind, body))


def make(shape, size):
    parts = re.split("[«»]", shape)
    once = sum(len(part.replace("#", "12345").encode()) for part in parts[1::2])
    for place in range(1, len(parts), 2):
        piece = parts[place]
        numbers = range(size // once)
        parts[place] = "".join([piece.replace("#", str(n)) for n in numbers])
    return "".join(parts).encode()


def check_growth(work, kind, shape):
    def measure(size, enough):
        """Return the processor's time, the best of three unless one is enough."""
        body, times = make(shape, size), []
        while len(times) < 3 and not (times and min(times) <= enough):
            start = time.process_time()
            work(kind, body)
            times.append(time.process_time() - start)
        return min(times)

    base = max(measure(SIZES[0], 0), 0.0005)
    for size in SIZES[1:]:
        most = base * GENEROUS * size / SIZES[0]
        assert measure(size, most) <= most, (size, base)


@pytest.mark.parametrize(("kind", "shape"), SHAPES)
def test_reading_a_request_takes_time_in_proportion(kind, shape):
    def read(kind, body):
        with suppress(Refusal):
            read_request(kind, body, 2).to_json()

    check_growth(read, kind, shape)


@pytest.mark.parametrize(("kind", "shape"), SHAPES)
def test_answering_a_request_takes_time_in_proportion(ask, kind, shape):
    check_growth(ask, kind, shape)
