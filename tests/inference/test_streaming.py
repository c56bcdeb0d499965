"""Batches, several files, compressed files and pipes: the rows of one small file."""

import csv
import gc
import gzip
import io
import itertools
import json
import os
import subprocess
import sys
import threading
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hashing_pipeline import HashingPipeline

from sentiment import make_sentiment_pipeline
from sentiment.exceptions import DataError
from sentiment.inference import predict_file
from sentiment.inference._threads import ReadAhead
from sentiment.inference._writers import TableWriter
from sentiment.threads import is_shared_out

TEXTS = [f"film {n}, \r{'é' * (n % 5)}\n" for n in range(20)]


@pytest.fixture
def write(tmp_path):
    """Write rows in the format and compression of a name."""

    def write(name, rows):
        path = tmp_path / name
        columns = {key: [row.get(key) for row in rows] for key in rows[0]}
        kind = name.split(".")[1]
        if kind == "parquet":
            pq.write_table(pa.table(columns), path, row_group_size=7)
            return path
        if kind == "jsonl":
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        else:
            lines = [list(columns), *zip(*columns.values(), strict=True)]
            text = "".join(
                ",".join('"' + str(cell) + '"' for cell in line) + "\n"
                for line in lines
            )
        data = text.encode()
        if name.endswith(".gz"):
            data = gzip.compress(data[:40]) + gzip.compress(data[40:])
        if name.endswith(".zst"):
            pieces = [data[:40], data[40:]]
            data = b"".join(pa.compress(p, "zstd", asbytes=True) for p in pieces)
        path.write_bytes(data)
        return path

    return write


def records_of(path):
    """Return the rows of an output in any format, cells of csv as strings."""
    if ".parquet" in path.name:
        return pq.read_table(path).to_pylist()
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    if path.suffix == ".zst":
        data = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
    if ".jsonl" in path.name:
        return [json.loads(line) for line in data.decode().split("\n")[:-1]]
    lines = list(csv.reader(data.decode().splitlines(keepends=True), strict=True))
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


ENDINGS = ["csv", "csv.gz", "csv.zst", "jsonl", "jsonl.zst", "parquet"]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("becomes", ["csv", "jsonl.gz", "jsonl.zst", "parquet"])
@pytest.mark.usefixtures("few_rows")
def test_every_format_and_compression_keeps_the_rows(
    tmp_path, pipeline, write, ending, becomes
):
    rows = [{"id": str(n), "text": text} for n, text in enumerate(TEXTS)]
    output = tmp_path / f"out.{becomes}"
    done = predict_file(pipeline, write(f"in.{ending}", rows), output)
    written = records_of(output)
    if becomes != "csv":
        assert [row["text"] for row in written] == TEXTS
    labels = pipeline.predict(TEXTS).tolist()
    assert [row["predicted_label"] for row in written] == labels
    scores = pipeline.predict_proba(TEXTS).max(axis=1).tolist()
    assert [float(row["predicted_score"]) for row in written] == scores
    assert (done.n_rows, done.n_bad) == (20, 0)


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_batches_write_the_bytes_that_one_batch_writes(
    tmp_path, pipeline, write, ending, request
):
    rows = [{"text": text, "n": n} for n, text in enumerate(TEXTS)]
    source = write(f"in.{ending}", rows)
    predict_file(pipeline, source, tmp_path / "one.jsonl")
    request.getfixturevalue("few_rows")
    predict_file(pipeline, source, tmp_path / "many.jsonl")
    one, many = (tmp_path / f"{name}.jsonl" for name in ("one", "many"))
    assert one.read_bytes() == many.read_bytes()


def test_the_share_that_is_done_is_that_of_all_files(tmp_path, pipeline, few_rows):
    (tmp_path / "a.csv").write_text("text\n" + "good film\n" * 9)
    (tmp_path / "b.csv").write_text("text\n" + "good film\n" * 99)
    shares = []
    predict_file(
        pipeline,
        [tmp_path / "a.csv", tmp_path / "b.csv"],
        tmp_path / "out.csv",
        progress=lambda done, total, share: shares.append((done, share)),
    )
    assert shares == sorted(shares)
    assert shares[-1] == (108, 1.0)
    # The first file is a tenth of all bytes.
    assert dict(shares)[9] == pytest.approx(0.095, abs=0.01)


@pytest.mark.parametrize(("size", "groups"), [(10**6, 1), (1, 7)])
def test_batches_are_gathered_into_row_groups_of_some_size(
    tmp_path, pipeline, write, few_rows, monkeypatch, size, groups
):
    monkeypatch.setattr("sentiment.inference._writers._ROW_GROUP", size)
    source = write("in.jsonl", [{"text": text} for text in TEXTS])
    predict_file(pipeline, source, tmp_path / "out.parquet")
    assert pq.ParquetFile(tmp_path / "out.parquet").num_row_groups == groups


def test_a_writer_that_was_let_go_of_does_not_write_when_it_is_collected(monkeypatch):
    class Disk(io.BytesIO):
        full = False

        def write(self, data):
            if self.full:
                raise OSError(28, "No space left on device")
            return super().write(data)

    disk = Disk()
    writer = TableWriter(disk, {}, {"label": pa.string()})
    disk.full = True
    writer.abandon()
    ignored = []
    monkeypatch.setattr(sys, "unraisablehook", ignored.append)
    del writer
    gc.collect()
    assert ignored == []


def test_a_key_of_the_last_object_is_a_column(tmp_path, pipeline):
    lines = ['{"text": "a", "n": 1}'] * 8 + ['{"n": 2.5, "text": "b", "z": [1]}']
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    for ending in ("csv", "parquet"):
        predict_file(pipeline, tmp_path / "in.jsonl", tmp_path / f"out.{ending}")
        rows = records_of(tmp_path / f"out.{ending}")
        assert list(rows[0])[:3] == ["text", "n", "z"]
        assert rows[-1]["z"] == ("[1]" if ending == "csv" else [1])
        # As JSON in parquet: an integer and a fraction have no type in common.
        assert [rows[0]["n"], rows[-1]["n"]] == ["1", "2.5"]


def test_objects_keep_their_own_keys_in_their_own_order(tmp_path, pipeline):
    lines = ['{"text": "a", "n": 1}', '{"n": null, "text": "b"}', '{"text": "c"}']
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    predict_file(pipeline, tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    added = ["predicted_label", "predicted_score"]
    keys = [list(record) for record in records_of(tmp_path / "out.jsonl")]
    assert keys == [["text", "n", *added], ["n", "text", *added], ["text", *added]]


def test_parquet_keeps_nan_and_text_formats_write_that_nothing_is_there(
    tmp_path, pipeline
):
    table = pa.table({"text": ["a", "b", "c"], "x": [float("nan"), None, 0.5]})
    pq.write_table(table, tmp_path / "in.parquet")
    for ending in ("parquet", "csv", "jsonl"):
        predict_file(pipeline, tmp_path / "in.parquet", tmp_path / f"out.{ending}")
    kept = pq.read_table(tmp_path / "out.parquet")["x"]
    assert (str(kept[0].as_py()), kept[1].as_py(), kept[2].as_py()) == (
        "nan",
        None,
        0.5,
    )
    assert [row["x"] for row in records_of(tmp_path / "out.csv")] == ["", "", "0.5"]
    assert [row["x"] for row in records_of(tmp_path / "out.jsonl")] == [None, None, 0.5]


# Several files


@pytest.mark.usefixtures("few_rows")
def test_the_files_of_a_pattern_come_in_their_natural_order(
    tmp_path, pipeline, write, monkeypatch
):
    for n in (10, 2, 1):
        write(f"part{n}.csv", [{"text": f"{n}:{row}"} for row in range(4)])
    monkeypatch.chdir(tmp_path)
    predict_file(pipeline, ["part2.csv", "part*.csv"], "out.csv")
    texts = [row["text"] for row in records_of(tmp_path / "out.csv")]
    files = [2, 1, 2, 10]
    assert texts == [f"{n}:{row}" for n in files for row in range(4)]


def test_the_columns_of_all_files_are_columns_of_the_output(tmp_path, pipeline, write):
    sources = [
        write("a.csv", [{"text": "a", "n": "1"}]),
        write("b.parquet", [{"m": 2.5, "text": "b"}]),
        write("c.jsonl", [{"text": "c", "n": 3}]),
    ]
    for ending in ("csv", "parquet", "jsonl"):
        predict_file(pipeline, sources, tmp_path / f"out.{ending}")
    rows = records_of(tmp_path / "out.csv")
    assert [list(row.values())[:3] for row in rows] == [
        ["a", "1", ""],
        ["b", "", "2.5"],
        ["c", "3", ""],
    ]
    rows = records_of(tmp_path / "out.parquet")
    assert [row["n"] for row in rows] == ['"1"', None, "3"]
    assert [row["m"] for row in rows] == [None, 2.5, None]
    rows = records_of(tmp_path / "out.jsonl")
    assert [("n" in row, "m" in row) for row in rows] == [
        (True, False),
        (False, True),
        (True, False),
    ]


def test_a_file_without_rows_is_no_error_among_others(tmp_path, pipeline, write):
    (tmp_path / "none.csv").write_text("text\n")
    source = write("some.csv", [{"text": "a"}])
    both = [tmp_path / "none.csv", source]
    assert predict_file(pipeline, both, tmp_path / "out.csv").n_rows == 1
    with pytest.raises(DataError, match="None of the 2 files has a row"):
        predict_file(pipeline, [both[0]] * 2, tmp_path / "none-out.csv")


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        (["x*.csv"], r"No file matches 'x\*.csv'"),
        (["a.csv", "gone.csv"], "No such file or folder: 'gone.csv'"),
        (["a.csv", "folder"], "folder is not a file"),
        (["a.csv", "sample"], "No such file or folder: 'sample'"),
        (["a.csv", "other.csv"], "other.csv has no column 'text'. It has 'review'"),
        ([], "no input"),
    ],
)
def test_a_wrong_list_of_files_is_one_sentence(
    tmp_path, pipeline, write, monkeypatch, sources, message
):
    write("a.csv", [{"text": "a"}])
    write("other.csv", [{"review": "a"}])
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=message):
        predict_file(pipeline, sources, "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_file_named_like_a_pattern_is_that_file(tmp_path, pipeline, write):
    write("a[1].csv", [{"text": "this"}])
    write("a1.csv", [{"text": "not this"}])
    predict_file(pipeline, tmp_path / "a[1].csv", tmp_path / "out.csv")
    assert records_of(tmp_path / "out.csv")[0]["text"] == "this"


@pytest.mark.parametrize("ending", ["csv.gz", "csv.zst"])
def test_a_file_that_was_cut_off_is_refused(tmp_path, pipeline, write, ending):
    path = write(f"in.{ending}", [{"text": f"film {n}"} for n in range(50)])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(
        DataError, match=r"in\.csv.* is not a readable (gzip|zstd) file"
    ):
        predict_file(pipeline, path, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_named_pipe_is_read(tmp_path, pipeline, write, ending):
    source = write(f"in.{ending}", [{"text": text} for text in TEXTS])
    for becomes in ("jsonl", "parquet"):
        pipe = tmp_path / f"pipe.{ending}"
        os.mkfifo(pipe)
        feeder = threading.Thread(target=pipe.write_bytes, args=[source.read_bytes()])
        feeder.start()
        predict_file(pipeline, pipe, tmp_path / f"out.{becomes}", force=True)
        feeder.join()
        pipe.unlink()
        assert [r["text"] for r in records_of(tmp_path / f"out.{becomes}")] == TEXTS


@pytest.mark.usefixtures("few_rows")
def test_several_batches_at_once_are_written_in_their_order(tmp_path, monkeypatch):
    texts = [f"film {n} was good, or {'bad ' * (n % 7)}" for n in range(60)]
    model = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1)
    model.fit(texts, ["positive" if n % 2 else "negative" for n in range(60)])
    (tmp_path / "in.jsonl").write_text(
        "".join(json.dumps({"text": text}) + "\n" for text in texts)
    )
    monkeypatch.setattr("sentiment.inference._answers.count_threads", lambda: 4)
    classify, threads = type(model[-1]).predict_proba, set()
    # The first two wait for each other: neither would come without the other.
    first, together = itertools.count(), threading.Barrier(2, timeout=30)

    def answer(decoder, X):
        threads.add(threading.get_ident())
        assert is_shared_out()
        if next(first) < 2:
            together.wait()
        time.sleep(0.01 * (X.nnz % 3))
        return classify(decoder, X)

    with monkeypatch.context() as patch:
        patch.setattr(type(model[-1]), "predict_proba", answer)
        predict_file(model, tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    assert len(threads) > 1
    rows = records_of(tmp_path / "out.jsonl")
    assert [row["text"] for row in rows] == texts
    scores = model.predict_proba(texts).max(axis=1).tolist()
    assert [row["predicted_score"] for row in rows] == scores


# Standard input

SCRIPT = """
from hashing_pipeline import HashingPipeline
from sentiment.inference import predict_file
predict_file(HashingPipeline(), "-", input_format={kind!r}, output_format={kind!r})
"""


@pytest.fixture
def pipe():
    """Start a process that predicts what it reads from standard input."""
    started = []

    def pipe(kind):
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT.format(kind=kind)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            bufsize=0,
        )
        started.append(process)
        return process

    yield pipe
    for process in started:
        process.kill()
        with process:
            pass


def test_a_line_is_answered_before_the_next_is_there(pipe):
    process = pipe("csv")
    process.stdin.write(b"text,n\n")
    time.sleep(0.5)  # so that the header comes by itself
    header = b"text,n,predicted_label,predicted_score\n"
    expected = HashingPipeline().predict_proba(["good", "two\nlines"]).max(axis=1)
    process.stdin.write(b"good,1\n")
    assert process.stdout.readline() == header
    assert float(process.stdout.readline().split(b",")[3]) == expected[0]
    # Half a record is no record.
    process.stdin.write(b'"two\n')
    time.sleep(0.5)
    process.stdin.write(b'lines",2\n')
    assert process.stdout.readline() == b'"two\n'
    assert float(process.stdout.readline().split(b",")[3]) == expected[1]
    process.stdin.close()
    assert process.stdout.read() == b""
    assert process.wait(30) == 0


def test_a_reader_that_has_had_enough_ends_an_endless_input(pipe):
    process = pipe("jsonl")

    def feed():
        try:
            while True:
                process.stdin.write(b'{"text": "a"}\n' * 1000)
        except BrokenPipeError:
            process.stdin.close()

    feeder = threading.Thread(target=feed)
    feeder.start()
    assert process.stdout.readline().startswith(b'{"text": "a", "predicted_label"')
    process.stdout.close()
    assert process.wait(30) == 1
    feeder.join(30)
    assert not feeder.is_alive()


# Reading ahead


def test_what_reading_ahead_raises_comes_to_the_reader_after_the_items_before():
    def items():
        yield 1
        raise DataError("broken")

    ahead = iter(ReadAhead(items()))
    assert next(ahead) == 1
    with pytest.raises(DataError, match="broken"):
        next(ahead)


def test_reading_ahead_stops_and_closes_what_it_reads():
    closed = threading.Event()

    def items():
        try:
            while True:
                yield 0
        finally:
            closed.set()

    ahead = ReadAhead(items())
    assert next(iter(ahead)) == 0
    ahead.stop()
    ahead.join(10)
    assert closed.is_set()
    assert list(ahead) == []


# JSON


@pytest.mark.usefixtures("few_rows")
def test_objects_are_written_as_the_json_module_writes_them(tmp_path, pipeline):
    long = "0123456789" * 50
    values = [
        long,
        f'{long}"quoted" and \\ and \u2028 and \U0001f600',
        *(long + chr(code) for code in (0, 9, 10, 13, 31, 127, 0x85)),
        'short " \\ \n \x01',
        *(0, -(2**70), 1.0, 1e300, 0.1, True, False, None, [1, {"b": None}], {}),
    ]
    rows = [
        {"text": "a", 'key " \\ \n': value, "é" * n: n}
        for n, value in enumerate(values)
    ]
    text = "".join(f" {json.dumps(row)}\t\n" for row in rows)
    (tmp_path / "in.jsonl").write_text(text)
    predict_file(pipeline, tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    written = (tmp_path / "out.jsonl").read_text().split("\n")[:-1]
    assert len(written) == len(rows)
    for line, row in zip(written, rows, strict=True):
        said = json.dumps(row, ensure_ascii=False).removesuffix("}")
        assert line.startswith(said + ', "predicted_label": ')
        assert line == json.dumps(json.loads(line), ensure_ascii=False)
