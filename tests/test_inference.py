"""The library side of predict: what goes in comes out, with predictions beside it."""

import csv
import gzip
import io
import json
import math
import os
import stat
import sys
import threading
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hashing_pipeline import HashingPipeline
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentiment.datasets import _batch
from sentiment.exceptions import DataError, DocumentError, DocumentTypeError
from sentiment.inference import (
    _writers,
    predict_file,
    predict_rows,
    predict_text,
)
from sentiment.termination import Terminated

NASTY = [
    "plain",
    "",
    " leading and trailing ",
    "a,b;c\td",
    'she said "no"',
    '"',
    "two\nlines",
    "dos\r\nlines",
    "lone\rreturn",
    "\r",
    "\n",
    "nul\0inside",
    "line\u2028and\u2029para\x85graph\x0b\x0c\x1c",
    "\ufeffmark",
    "NA",
    "null",
    "007",
    "1e5",
    "e\u0301 \u202eright to left\u202c שלום",
    "👩‍👩‍👧 🏳️‍🌈",
    "=1+1",
    "# no comment",
    "\\N",
]


@pytest.fixture
def pipeline():
    return HashingPipeline()


def write_csv(path, header, rows, **options):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, **options)
        writer.writerows([header, *rows])
    return path


def read_csv(path, **options):
    text = path.read_bytes().decode()
    return list(csv.reader(io.StringIO(text, newline="\n"), strict=True, **options))


def write_jsonl(path, records):
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return path


def read_jsonl(path):
    return [json.loads(line) for line in path.read_bytes().decode().split("\n")[:-1]]


def leftovers(folder):
    return sorted(path.name for path in folder.iterdir())


# What is kept


def test_csv_cells_are_kept_as_the_exact_strings(tmp_path, pipeline):
    rows = [[f"0{n}", text, "NA", " 1.50 "] for n, text in enumerate(NASTY)]
    source = write_csv(tmp_path / "in.csv", ["id", "text", "stars", "x"], rows)
    predict_file(pipeline, source, tmp_path / "out.csv")
    header, *written = read_csv(tmp_path / "out.csv")
    assert header == ["id", "text", "stars", "x", "predicted_label", "predicted_score"]
    assert [row[:4] for row in written] == rows


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(*[st.text(st.characters(exclude_categories=["Cs"]))] * 2),
        min_size=1,
    )
)
def test_every_text_reads_back_exactly(tmp_path, pipeline, ending, rows):
    from sentiment.datasets import read_rows

    source = write_csv(tmp_path / "in.csv", ["text", "other"], rows)
    output = tmp_path / f"out.{ending}"
    predict_file(pipeline, source, output, force=True)
    back = read_rows(output)
    assert back["text"].tolist() == [text for text, _ in rows]
    assert back["other"].tolist() == [other for _, other in rows]
    expected = pipeline.predict_proba([text for text, _ in rows]).max(axis=1)
    assert back["predicted_score"].astype(float).tolist() == expected.tolist()


@pytest.mark.parametrize(("ending", "sep"), [("csv", ","), ("tsv", "\t")])
def test_pandas_reads_the_output_too(tmp_path, pipeline, ending, sep):
    texts = [text for text in NASTY if "\0" not in text]
    source = write_csv(tmp_path / "in.csv", ["text"], [[text] for text in texts])
    predict_file(pipeline, source, tmp_path / f"out.{ending}")
    back = pd.read_csv(
        tmp_path / f"out.{ending}", sep=sep, keep_default_na=False, dtype={"text": str}
    )
    assert back["text"].tolist() == texts
    expected = pipeline.predict_proba(texts).max(axis=1)
    assert back["predicted_score"].tolist() == expected.tolist()


def test_jsonl_values_keep_their_json_types(tmp_path, pipeline):
    records = [
        {
            "id": 2**70,
            "text": "a",
            "nested": {"a": [1, 2.5, None, {"b": True}]},
            "mixed": 1,
            "n": 1,
            "f": 1.0,
        },
        {"id": 1, "text": "b", "nested": [], "mixed": "x", "n": None, "f": 1e-320},
        {"id": 0, "text": "c", "nested": None, "mixed": True, "n": 2**53 + 1, "f": 0.1},
    ]
    source = write_jsonl(tmp_path / "in.jsonl", records)
    predict_file(pipeline, source, tmp_path / "out.jsonl")
    written = read_jsonl(tmp_path / "out.jsonl")
    for before, after in zip(records, written, strict=True):
        assert list(after) == [*before, "predicted_label", "predicted_score"]
        for key, value in before.items():
            assert (after[key], type(after[key])) == (value, type(value))


def test_parquet_types_are_kept(tmp_path, pipeline):
    table = pa.table(
        {
            "text": ["a", "b"],
            "day": pa.array([1, None], pa.date32()),
            "at": pa.array([1, 2], pa.timestamp("us", "UTC")),
            "small": pa.array([1, None], pa.int8()),
            "price": pa.array([Decimal("1.10"), None], pa.decimal128(5, 2)),
            "kind": pa.array(["x", None]).dictionary_encode(),
            "tags": pa.array([["p", "q"], None]),
            "raw": pa.array([b"\0\xff", None]),
            "flag": pa.array([True, False]),
            "single": pa.array([0.1, 0.2], pa.float32()),
            "point": pa.array([{"x": 1}, None]),
        }
    )
    pq.write_table(table, tmp_path / "in.parquet")
    predict_file(pipeline, tmp_path / "in.parquet", tmp_path / "out.parquet")
    written = pq.read_table(tmp_path / "out.parquet")
    assert written.column_names == [*table.column_names, *added()]
    for name in table.column_names:
        assert written[name].to_pylist() == table[name].to_pylist()
        if name != "text":  # becomes large_string: the same text, another offset width
            assert written[name].type == table[name].type
    assert written["predicted_score"].type == pa.float64()


def test_parquet_with_dates_and_bytes_is_written_as_jsonl_and_csv(tmp_path, pipeline):
    table = pa.table(
        {
            "text": ["a"],
            "at": pa.array([0], pa.timestamp("us")),
            "raw": [b"\xff"],
            "price": [Decimal("1.10")],
            "tags": [["p", "q"]],
            "flag": [True],
            "none": pa.nulls(1),
            "nan": [float("nan")],
        }
    )
    pq.write_table(table, tmp_path / "in.parquet")
    predict_file(pipeline, tmp_path / "in.parquet", tmp_path / "out.jsonl")
    predict_file(pipeline, tmp_path / "in.parquet", tmp_path / "out.csv")
    (record,) = read_jsonl(tmp_path / "out.jsonl")
    kept = ["a", "1970-01-01T00:00:00", "/w==", "1.10", ["p", "q"], True, None, None]
    assert list(record.values())[:8] == kept
    cells = ["a", "1970-01-01T00:00:00", "/w==", "1.10", '["p", "q"]', "true", "", ""]
    assert read_csv(tmp_path / "out.csv")[1][:8] == cells


def test_jsonl_columns_that_arrow_cannot_hold_become_json_in_parquet(
    tmp_path, pipeline
):
    records = [
        {"text": "a", "big": 2**70, "mixed": 1, "number": 1},
        {"text": "b", "big": None, "mixed": "x", "number": 2.5},
    ]
    source = write_jsonl(tmp_path / "in.jsonl", records)
    predict_file(pipeline, source, tmp_path / "out.parquet")
    written = pq.read_table(tmp_path / "out.parquet")
    assert written["big"].to_pylist() == [str(2**70), None]
    assert written["mixed"].to_pylist() == ["1", '"x"']
    assert written["number"].to_pylist() == ["1", "2.5"]


def test_infinity_never_makes_invalid_json(tmp_path, pipeline):
    numbers = pa.table({"text": ["a"], "x": [math.inf], "y": [[math.nan]]})
    pq.write_table(numbers, tmp_path / "in.parquet")
    predict_file(pipeline, tmp_path / "in.parquet", tmp_path / "out.jsonl")
    written = (tmp_path / "out.jsonl").read_text()
    found = json.loads(written, parse_constant=pytest.fail)
    assert (found["x"], found["y"]) == (None, [None])


def test_rows_are_not_changed_by_predicting(pipeline):
    rows = pd.DataFrame({"text": ["a", "b"]}, index=[7, 7])
    before = rows.copy(deep=True)
    predicted = predict_rows(pipeline, rows)
    pd.testing.assert_frame_equal(rows, before)
    assert predicted.index.tolist() == [7, 7]


# What is added


def added(*classes):
    return [
        "predicted_label",
        "predicted_score",
        *(f"probability_{label}" for label in classes),
    ]


def test_label_and_score_are_those_of_the_pipeline(tmp_path, pipeline):
    source = write_csv(tmp_path / "in.csv", ["text"], [[text] for text in NASTY])
    predict_file(pipeline, source, tmp_path / "out.jsonl", probabilities=True)
    written = read_jsonl(tmp_path / "out.jsonl")
    table = pipeline.predict_proba(NASTY)
    assert list(written[0]) == ["text", *added("negative", "positive")]
    assert [row["predicted_label"] for row in written] == pipeline.predict(
        NASTY
    ).tolist()
    assert [row["predicted_score"] for row in written] == table.max(axis=1).tolist()
    assert [row["probability_negative"] for row in written] == table[:, 0].tolist()
    assert [row["probability_positive"] for row in written] == table[:, 1].tolist()


@pytest.mark.parametrize(
    "classes", [(1, 2, 5), (False, True), ("schlecht", "süß", "x")]
)
def test_labels_keep_their_type_and_number(tmp_path, classes):
    pipeline = HashingPipeline(classes)
    texts = [str(n) for n in range(30)]
    source = write_jsonl(tmp_path / "in.jsonl", [{"text": text} for text in texts])
    expected = pipeline.predict(texts).tolist()
    for ending in ("jsonl", "parquet"):
        predict_file(pipeline, source, tmp_path / f"out.{ending}", probabilities=True)
    written = read_jsonl(tmp_path / "out.jsonl")
    assert list(written[0]) == ["text", *added(*classes)]
    labels = [row["predicted_label"] for row in written]
    assert labels == expected
    assert {type(label) for label in labels} == {type(classes[0])}
    table = pq.read_table(tmp_path / "out.parquet")
    assert table["predicted_label"].to_pylist() == expected


def test_batches_give_the_same_bytes_as_one(tmp_path, pipeline, monkeypatch):
    source = write_csv(tmp_path / "in.csv", ["text"], [[text] for text in NASTY])
    predict_file(pipeline, source, tmp_path / "one.csv")
    monkeypatch.setattr(_batch, "BATCH_ROWS", 4)
    seen = []
    predict_file(
        pipeline,
        source,
        tmp_path / "many.csv",
        progress=lambda *count: seen.append(count),
    )
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "many.csv").read_bytes()
    assert [rows for rows, _, _ in seen] == [4, 8, 12, 16, 20, 23]
    shares = [share for _, _, share in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize(
    "name", ["predicted_label", "predicted_score", "probability_positive"]
)
def test_a_column_of_predictions_in_the_input_is_refused(tmp_path, pipeline, name):
    source = write_csv(tmp_path / "in.csv", ["text", name], [["a", "b"]])
    with pytest.raises(DataError, match=f"column '{name}' already.*Rename or drop it"):
        predict_file(pipeline, source, tmp_path / "out.csv", probabilities=True)
    assert leftovers(tmp_path) == ["in.csv"]


def test_a_probability_column_is_kept_when_none_is_asked_for(tmp_path, pipeline):
    source = write_csv(
        tmp_path / "in.csv", ["text", "probability_positive"], [["a", "b"]]
    )
    predict_file(pipeline, source, tmp_path / "out.csv")
    assert read_csv(tmp_path / "out.csv")[1][:2] == ["a", "b"]


# What is refused


def test_no_rows_are_refused(tmp_path, pipeline):
    source = write_csv(tmp_path / "in.csv", ["text"], [])
    with pytest.raises(DataError, match="no rows"):
        predict_file(pipeline, source, tmp_path / "out.csv")
    assert leftovers(tmp_path) == ["in.csv"]


def test_a_wrong_text_column_names_those_there_are(tmp_path, pipeline):
    source = write_csv(tmp_path / "in.csv", ["review", "id"], [["a", "b"]])
    with pytest.raises(DataError, match="'review', 'id'"):
        predict_file(pipeline, source, tmp_path / "out.csv")
    with pytest.raises(DataError, match=r"no column 'text'.*'review'"):
        predict_rows(pipeline, pd.DataFrame({"review": ["a"]}))


def test_a_null_text_is_refused_with_its_place(tmp_path, pipeline):
    source = write_jsonl(tmp_path / "in.jsonl", [{"text": "a"}, {"text": None}])
    with pytest.raises(DataError, match=r"in\.jsonl:2"):
        predict_file(pipeline, source, tmp_path / "out.csv")


@pytest.mark.parametrize(
    ("text", "error"),
    [(None, DocumentError), (5, DocumentTypeError), ("\ud800", DocumentError)],
)
def test_a_text_that_is_none_is_refused(pipeline, text, error):
    with pytest.raises(error):
        predict_text(pipeline, text)


def test_one_text_gets_the_answer_of_a_file(pipeline):
    answer = predict_text(pipeline, "")
    table = pipeline.predict_proba([""])[0]
    assert answer.label == pipeline.predict([""])[0]
    assert answer.score == table.max()
    assert answer.probabilities == dict(
        zip(["negative", "positive"], table, strict=True)
    )


# Where it goes


@pytest.fixture
def source(tmp_path):
    return write_csv(tmp_path / "in.csv", ["text"], [["a"], ["b"]])


@pytest.mark.parametrize(
    ("name", "asked", "start"),
    [
        ("out.csv", None, b"text,predicted_label,"),
        ("out.TSV", None, b"text\tpredicted_label\t"),
        ("out.jsonl", None, b'{"text": "a", '),
        ("out.parquet", None, b"PAR1"),
        ("out.txt", "jsonl", b'{"text": "a", '),
        ("out.csv", "parquet", b"PAR1"),
        ("out.v1.jsonl.gz", None, b'{"text": "a", '),
        ("out.gz", "tsv", b"text\tpredicted_label\t"),
    ],
)
def test_the_format_follows_the_ending_unless_given(
    tmp_path, pipeline, source, name, asked, start
):
    predict_file(pipeline, source, tmp_path / name, output_format=asked)
    data = (tmp_path / name).read_bytes()
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    assert data.startswith(start)


@pytest.mark.parametrize("name", ["out", "out.docx", "out.html", "out.gz", ".csv"])
def test_an_ending_that_says_nothing_is_refused(tmp_path, pipeline, source, name):
    with pytest.raises(DataError, match=r"\.csv, \.tsv, \.jsonl, \.json, \.parquet"):
        predict_file(pipeline, source, tmp_path / name)
    assert leftovers(tmp_path) == ["in.csv"]


def test_parquet_is_not_compressed_twice(tmp_path, pipeline, source):
    with pytest.raises(DataError, match=r"Leave out the \.gz"):
        predict_file(pipeline, source, tmp_path / "out.parquet.gz")


def test_gz_output_is_the_same_at_any_time_under_any_name(tmp_path, pipeline, source):
    predict_file(pipeline, source, tmp_path / "a.csv.gz")
    predict_file(pipeline, source, tmp_path / "b.csv.gz")
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


def test_an_existing_output_is_not_touched_and_no_model_loaded(tmp_path, source):
    (tmp_path / "out.csv").write_text("mine")
    with pytest.raises(DataError, match=r"out\.csv exists\. Pass force=True"):
        predict_file("no/such/model", source, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "mine"


def test_force_overwrites_and_keeps_the_permissions(tmp_path, pipeline, source):
    (tmp_path / "out.csv").write_text("mine")
    (tmp_path / "out.csv").chmod(0o640)
    predict_file(pipeline, source, tmp_path / "out.csv", force=True)
    assert read_csv(tmp_path / "out.csv")[1][0] == "a"
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o640


def test_a_new_output_has_the_permissions_of_any_new_file(tmp_path, pipeline, source):
    (tmp_path / "plain").touch()
    predict_file(pipeline, source, tmp_path / "out.csv")
    expected, got = ((tmp_path / n).stat().st_mode for n in ("plain", "out.csv"))
    assert got == expected


def test_the_output_may_be_the_input(tmp_path, pipeline, source):
    predict_file(pipeline, source, source, force=True)
    header, *rows = read_csv(source)
    assert header == ["text", "predicted_label", "predicted_score"]
    assert [row[0] for row in rows] == ["a", "b"]
    assert leftovers(tmp_path) == ["in.csv"]


def test_a_link_is_followed_not_replaced(tmp_path, pipeline, source):
    (tmp_path / "data").mkdir()
    (tmp_path / "out.csv").symlink_to("data/real.csv")
    predict_file(pipeline, source, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").is_symlink()
    assert read_csv(tmp_path / "data" / "real.csv")[1][0] == "a"


def test_a_folder_or_a_missing_folder_is_refused(tmp_path, pipeline, source):
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(DataError, match="is a folder"):
        predict_file(pipeline, source, tmp_path / "out.csv", force=True)
    with pytest.raises(DataError, match=r"does not exist\. Create it"):
        predict_file(pipeline, source, tmp_path / "new" / "out.csv")


def test_a_device_is_written_to_not_replaced(pipeline, source):
    predict_file(pipeline, source, os.devnull)
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)  # noqa: PTH116


def test_a_named_pipe_is_written_to_not_replaced(tmp_path, pipeline, source):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    predict_file(pipeline, source, pipe, output_format="jsonl")
    reader.join()
    assert received[0].startswith(b'{"text": "a"')
    assert pipe.is_fifo()


def test_the_longest_file_name_works(tmp_path, pipeline, source):
    name = "x" * 251 + ".csv"
    predict_file(pipeline, source, tmp_path / name)
    assert leftovers(tmp_path) == ["in.csv", name]


@pytest.mark.parametrize("error", [KeyboardInterrupt, Terminated, MemoryError])
@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet"])
def test_nothing_is_left_behind_by_an_interruption(
    tmp_path, pipeline, source, monkeypatch, error, ending
):
    def interrupted(*args, **kwargs):
        raise error

    monkeypatch.setattr(_writers.TextWriter, "write", interrupted)
    monkeypatch.setattr(_writers.TableWriter, "write", interrupted)
    output = tmp_path / f"out.{ending}"
    output.write_text("mine")
    with pytest.raises(error):
        predict_file(pipeline, source, output, force=True)
    assert output.read_text() == "mine"
    assert leftovers(tmp_path) == sorted(["in.csv", output.name])


def test_a_full_disk_is_one_sentence(tmp_path, pipeline, source, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_writers.TextWriter, "write", full)
    with pytest.raises(DataError, match=r"out\.csv cannot be written \(No space left"):
        predict_file(pipeline, source, tmp_path / "out.csv")
    assert leftovers(tmp_path) == ["in.csv"]


def test_a_file_that_came_into_being_meanwhile_is_not_lost(tmp_path, pipeline, source):
    output = tmp_path / "out.csv"
    with pytest.raises(DataError, match="exists"):
        predict_file(
            pipeline, source, output, progress=lambda *_: output.write_text("mine")
        )
    assert output.read_text() == "mine"
    assert leftovers(tmp_path) == ["in.csv", "out.csv"]


@pytest.mark.parametrize("output", [None, "-"])
def test_stdout_is_the_default(pipeline, source, output, capfdbinary):
    summary = predict_file(pipeline, source, output)
    sys.stdout.flush()
    data = capfdbinary.readouterr().out
    assert data.startswith(b"text,predicted_label,predicted_score\na,")
    assert (summary.n_rows, summary.output) == (2, None)


def test_a_lone_surrogate_in_another_column_is_refused(tmp_path, pipeline):
    rows = pd.DataFrame({"text": ["a"], "other": pd.Series(["\ud800"], dtype=object)})
    with pytest.raises(DataError, match=r"Line 2 of the output.*lone surrogate"):
        predict_file(pipeline, rows, tmp_path / "out.csv")
