import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.serving._refusal import Refusal
from sentiment.serving._request import check_content_type, read_request

JSON, CSV = "application/json", "text/csv"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TEXTS = st.lists(TEXT, min_size=1, max_size=5)
calm = settings(deadline=None)


def write_csv(header, rows, **options):
    file = io.StringIO(newline="")
    csv.writer(file, **options).writerows([header, *rows])
    return file.getvalue().encode()


def check_read_or_refused(media_type, body):
    try:
        texts, refusal = read_request(media_type, body, 2).texts, None
    except Refusal as caught:
        texts, refusal = None, caught
    if refusal is None:
        assert texts
        assert all(isinstance(text, str) for text in texts)
    else:
        assert refusal.status == 400
        assert 0 < len(refusal.message) < 500


@calm
@given(texts=TEXTS, index=st.booleans(), ascii_only=st.booleans())
def test_all_forms_say_the_same(texts, index, ascii_only):
    bodies = [
        {"dataframe_split": {"columns": ["text"], "data": [[t] for t in texts]}},
        {"dataframe_records": [{"text": t} for t in texts]},
        {"instances": [{"text": t} for t in texts]},
        {"instances": texts},
        {"inputs": {"text": texts}},
        {"inputs": texts},
    ]
    if index:
        bodies[0]["dataframe_split"]["index"] = list(range(len(texts)))
    for body in bodies:
        sent = json.dumps(body, ensure_ascii=ascii_only).encode()
        assert read_request(JSON, sent, 2).texts == texts
    for options in ({}, {"quoting": csv.QUOTE_ALL}):
        sent = write_csv(["text"], [[t] for t in texts], **options)
        assert read_request(CSV, sent, 2).texts == texts
    # Python's writer leaves a CR unquoted when lines end with LF.
    if not any("\r" in text for text in texts):
        sent = write_csv(["text"], [[t] for t in texts], lineterminator="\n")
        assert read_request(CSV, sent, 2).texts == texts


@calm
@given(texts=TEXTS)
def test_what_mlflow_is_handed_holds_the_same_texts(texts):
    body = json.dumps({"inputs": texts, "params": {"threshold": 1}}).encode()
    handed = json.loads(read_request(JSON, body, 2).to_json())
    assert [row[0] for row in handed["dataframe_split"]["data"]] == texts
    assert handed["params"] == {"threshold": 1}


@pytest.mark.attack
@calm
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | TEXT,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["text", "columns", "data", "index", "inputs"])
                | st.sampled_from(["instances", "dataframe_split", "params", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_either_read_or_refused(body):
    check_read_or_refused(JSON, json.dumps(body).encode())


@pytest.mark.attack
@calm
@given(body=st.binary(max_size=60) | st.text('text,"\n\r a0\x00').map(str.encode))
def test_any_bytes_are_either_read_or_refused(body):
    for start in (b"", b"text\n"):
        check_read_or_refused(JSON, start + body)
        check_read_or_refused(CSV, start + body)


def test_a_csv_cell_may_be_long():
    text = "long " * 100_000
    body = write_csv(["text"], [[text]])
    assert read_request(CSV, body, 2).texts == [text]


def test_what_pandas_writes_is_read_as_it_was():
    pd = pytest.importorskip("pandas")
    texts = ["", "NA", " a ", 'say "yes"', "two\nlines", "1"]
    body = pd.DataFrame({"text": texts}).to_csv().encode()
    assert read_request(CSV, body, 2).texts == texts


def test_media_types_are_told_from_their_parameters():
    assert check_content_type("text/csv; charset=utf-8", "") == CSV
    with pytest.raises(Refusal) as caught:
        check_content_type("", "")
    assert caught.value.status == 415
    assert "Got none" in caught.value.message
