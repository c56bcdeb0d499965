"""Rows that cannot be predicted: which they are, what is said, what is written."""

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentiment.exceptions import DataError
from sentiment.inference import predict_file

pytestmark = pytest.mark.usefixtures("few_rows")

CSV = (
    b"text,n\n"
    b"ok,1\n"
    b"three,cells,here\n"
    b'"a"b,1\n'
    b"caf\xe9,2\n"
    b'"two\nlines",3\n'
    b"one\n"
    b",4\n"
    b'"open,5\n'
)
CSV_REASONS = [
    (2, 3, "3 cells where the header has 2"),
    (3, 4, "text follows a closing quote"),
    (4, 5, "byte 0xe9 is not of the encoding"),
    (6, 8, "1 cell where the header has 2"),
    (8, 10, "a quote is opened here and never closed"),
]
CSV_GOOD = [["ok", "1"], ["two\nlines", "3"], ["", "4"]]
CSV_NULLED = [
    CSV_GOOD[0],
    *[["", ""]] * 3,
    CSV_GOOD[1],
    ["", ""],
    CSV_GOOD[2],
    ["", ""],
]

JSONL = (
    b'{"text": "ok", "n": 1}\n'
    b'{"n": 2}\n'
    b'{"text": null, "n": 3}\n'
    b'{"text": 5}\n'
    b"nonsense\n"
    b"[1]\n"
    b"\n"
    b'{"text": "caf\xe9"}\n'
    b'{"text": "a", "n": "\\ud800"}\n'
    b'{"text": "a", "n": 1, "text": "b"}\n'
    b'{"text": "a", "n": 1e999}\n'
    b'{"text": "a", "n": {"m": [NaN]}}\n'
    b'{"text": "fine"}\n'
)
JSONL_REASONS = [
    (2, 2, "no key 'text'"),
    (3, 3, "null in column 'text'"),
    (4, 4, "column 'text' takes strings. Got 5 (int)"),
    (5, 5, "not valid JSON (Expecting value at character 1)"),
    (6, 6, "a JSON array, not an object"),
    (7, 8, "byte 0xe9 is not of the encoding"),
    (8, 9, "lone surrogate '\\ud800' in column 'n', which is not valid Unicode"),
    (9, 10, 'not valid JSON (it names the key "text" twice in one object)'),
    (10, 11, "not valid JSON (it holds 1e999, a number beyond 1.8e308)"),
    (11, 12, "not valid JSON (it holds NaN, which JSON does not have)"),
]


def read_list(path):
    records = [json.loads(line) for line in path.read_text().splitlines()]
    return [(r["row"], r["line"], r["reason"]) for r in records], {
        r["file"] for r in records
    }


def read_csv(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))[1:]


def test_bad_lines_of_csv_are_left_out_and_listed(tmp_path, pipeline):
    (tmp_path / "in.csv").write_bytes(CSV)
    output = tmp_path / "out.csv"
    done = predict_file(pipeline, tmp_path / "in.csv", output, on_bad_rows="skip")
    assert [row[:2] for row in read_csv(output)] == CSV_GOOD
    assert done.bad_rows == tmp_path / "out.csv.bad-rows.jsonl"
    assert read_list(done.bad_rows) == (CSV_REASONS, {str(tmp_path / "in.csv")})
    assert (done.n_rows, done.n_bad) == (3, 5)


def test_bad_lines_of_csv_keep_their_place_without_an_answer(tmp_path, pipeline):
    (tmp_path / "in.csv").write_bytes(CSV)
    output = tmp_path / "out.csv"
    done = predict_file(pipeline, tmp_path / "in.csv", output, on_bad_rows="null")
    rows = read_csv(output)
    assert [row[:2] for row in rows] == CSV_NULLED
    answered = [bool(row[2] and row[3]) for row in rows]
    assert answered == [row in CSV_GOOD for row in CSV_NULLED]
    assert read_list(done.bad_rows)[0] == CSV_REASONS


@pytest.mark.parametrize("policy", ["skip", "null"])
def test_good_rows_get_the_answer_that_they_get_alone(tmp_path, pipeline, policy):
    (tmp_path / "in.csv").write_bytes(CSV)
    output = tmp_path / "out.csv"
    predict_file(pipeline, tmp_path / "in.csv", output, on_bad_rows=policy)
    for row in read_csv(output):
        if row[2]:
            assert float(row[3]) == pipeline.predict_proba([row[0]]).max()
            assert row[2] == pipeline.predict([row[0]])[0]


def test_bad_lines_of_jsonl_are_left_out_and_listed(tmp_path, pipeline):
    (tmp_path / "in.jsonl").write_bytes(JSONL)
    output, listed = tmp_path / "out.jsonl", tmp_path / "bad.jsonl"
    done = predict_file(
        pipeline,
        tmp_path / "in.jsonl",
        output,
        on_bad_rows="skip",
        bad_rows=listed,
    )
    kept = [json.loads(line)["text"] for line in output.read_text().splitlines()]
    assert kept == ["ok", "fine"]
    assert read_list(listed)[0] == JSONL_REASONS
    assert done.bad_rows == listed


def test_bad_objects_keep_what_can_be_read_of_them(tmp_path, pipeline):
    (tmp_path / "in.jsonl").write_bytes(JSONL)
    output = tmp_path / "out.jsonl"
    predict_file(pipeline, tmp_path / "in.jsonl", output, on_bad_rows="null")
    records = [json.loads(line) for line in output.read_text().splitlines()]
    none = {"predicted_label": None, "predicted_score": None}
    assert records[1:11] == [
        {"n": 2, **none},
        {"text": None, "n": 3, **none},
        {"text": 5, **none},
        *[none] * 7,
    ]
    assert [r["predicted_label"] is None for r in records] == [
        False,
        *[True] * 10,
        False,
    ]


@pytest.mark.parametrize("policy", ["skip", "null"])
def test_bad_cells_of_parquet(tmp_path, pipeline, policy):
    raw = pa.array([b"ok", None, b"caf\xe9", b"fine", b"last"])
    texts = pa.StringArray.from_buffers(5, raw.buffers()[1], raw.buffers()[2])
    texts = texts.take(pa.array([0, None, 2, 3, 4]))
    table = pa.table({"n": [1, 2, 3, 4, 5], "text": texts})
    pq.write_table(table, tmp_path / "in.parquet")
    output = tmp_path / "out.parquet"
    done = predict_file(pipeline, tmp_path / "in.parquet", output, on_bad_rows=policy)
    written = pq.read_table(output).to_pydict()
    if policy == "skip":
        assert written["n"] == [1, 4, 5]
        assert written["text"] == ["ok", "fine", "last"]
    else:
        assert written["n"] == [1, 2, None, 4, 5]
        assert written["text"] == ["ok", None, None, "fine", "last"]
        assert [label is None for label in written["predicted_label"]] == [
            False,
            True,
            True,
            False,
            False,
        ]
    assert read_list(done.bad_rows)[0] == [
        (2, None, "null in column 'text'"),
        (3, None, "column 'text' holds bytes that are not UTF-8"),
    ]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("in.csv", b"text,n\nok,1\nthree,cells,here\n", r"in\.csv:3: 3 cells where"),
        ("in.jsonl", b'{"text": "a"}\n{"text": null}\n', r"in\.jsonl:2: null in"),
        ("in.jsonl", b'{"text": "a"}\nx\n', r"in\.jsonl:2: not valid JSON"),
    ],
)
def test_the_first_bad_row_ends_the_reading_unless_said(
    tmp_path, pipeline, name, data, message
):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=message) as refusal:
        predict_file(pipeline, tmp_path / name, tmp_path / "out.csv")
    assert "on_bad_rows='skip'" in str(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_no_list_is_written_where_all_rows_are_good(tmp_path, pipeline):
    (tmp_path / "in.csv").write_text("text\na\n")
    done = predict_file(
        pipeline, tmp_path / "in.csv", tmp_path / "out.csv", on_bad_rows="skip"
    )
    assert (done.n_bad, done.bad_rows) == (0, None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


@pytest.mark.parametrize("policy", ["skip", "null"])
def test_a_wrong_text_column_is_no_policy(tmp_path, pipeline, policy):
    (tmp_path / "in.jsonl").write_text('{"review": "a"}\n' * 4)
    with pytest.raises(DataError, match=r"None of the 4 rows.*in.jsonl:1: no key"):
        predict_file(
            pipeline,
            tmp_path / "in.jsonl",
            tmp_path / "out.jsonl",
            on_bad_rows=policy,
        )
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_an_old_list_is_not_lost(tmp_path, pipeline):
    (tmp_path / "in.csv").write_bytes(CSV)
    (tmp_path / "bad").write_text("mine")
    arguments = (pipeline, tmp_path / "in.csv", tmp_path / "out.csv")
    options = {"on_bad_rows": "skip", "bad_rows": tmp_path / "bad"}
    with pytest.raises(DataError, match=r"bad exists\. Pass force=True"):
        predict_file(*arguments, **options)
    assert (tmp_path / "bad").read_text() == "mine"
    predict_file(*arguments, **options, force=True)
    assert read_list(tmp_path / "bad")[0] == CSV_REASONS


def test_rows_are_said_in_the_log_where_there_is_no_list(
    tmp_path, pipeline, caplog, capfdbinary
):
    (tmp_path / "in.csv").write_bytes(CSV)
    predict_file(pipeline, tmp_path / "in.csv", on_bad_rows="skip")
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        f"{tmp_path / 'in.csv'}:{line}: {reason}." for _, line, reason in CSV_REASONS
    ]


def test_a_policy_that_does_not_exist_is_refused(pipeline):
    with pytest.raises(ValueError, match=r"on_bad_rows.*Got 'drop'"):
        predict_file(pipeline, "in.csv", on_bad_rows="drop")


def test_of_an_object_with_a_new_key_the_known_ones_are_kept(
    tmp_path, pipeline, monkeypatch
):
    lines = b'{"text": "ok", "n": 1}\n{"text": "a", "m": 2}\n'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
    output = tmp_path / "out.csv"
    options = {"input_format": "jsonl", "on_bad_rows": "null"}
    done = predict_file(pipeline, "-", output, **options)
    assert (done.n_rows, done.n_bad) == (2, 1)
    rows = list(csv.reader(output.read_text().splitlines()))
    assert rows[0][:2] == ["text", "n"]
    assert rows[2] == ["a", "", "", ""]
