"""Files as people have them: read right, or refused with the way out."""

import bz2
import csv
import gzip
import json
import lzma
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment import DataError
from sentiment.datasets import LabelledRows, Source, load_instances, load_reviews
from sentiment.exceptions import DataWarning

ROWS = [("good fun", 1), ("bad mess", 0)] * 6
CSV = "text,label\n" + "".join(f"{text},{label}\n" for text, label in ROWS)


def read(path: Path, **options: Any) -> tuple[list[str], list[Any]]:
    instances, labels = load_reviews(path, **options)
    return instances["text"].tolist(), labels.tolist()


EXPECTED = ([text for text, _ in ROWS], [label for _, label in ROWS])


def zipped(data: bytes, path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/._r.csv", b"\0")
        archive.writestr("r.csv", data)


PACKERS = {
    "gzip": lambda data, path: path.write_bytes(gzip.compress(data)),
    "bz2": lambda data, path: path.write_bytes(bz2.compress(data)),
    "xz": lambda data, path: path.write_bytes(lzma.compress(data)),
    "zstd": lambda data, path: path.write_bytes(
        pa.compress(data, "zstd", asbytes=True)
    ),
    "zip": zipped,
}


@pytest.mark.parametrize("name", ["reviews.csv", "reviews.csv.bin"])
@pytest.mark.parametrize("how", PACKERS)
def test_what_is_compressed_is_read_whatever_its_name(
    how: str, name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    PACKERS[how](CSV.encode(), path)
    assert read(path, input_format="csv") == EXPECTED


def test_an_archive_of_two_files_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("b.csv", CSV)
    with pytest.raises(DataError, match=r"zip archive of 2 files. Unpack it"):
        load_instances(tmp_path / "r.zip", input_format="csv")


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (
            lambda path: pq.write_table(pa.table({"text": ["a"]}), path),
            "one of parquet",
        ),
        (
            lambda path: feather.write_feather(pa.table({"text": ["a"]}), path),
            "one of a",
        ),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + b"\0" * 90), "of sqlite"),
    ],
)
def test_a_file_under_a_wrong_name_is_named_as_what_it_is(
    write: Any, said: str, tmp_path: Path
) -> None:
    write(tmp_path / "reviews.csv")
    with pytest.raises(DataError, match=said):
        load_instances(tmp_path / "reviews.csv")


def test_a_semicolon_is_named_read_and_understood(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(CSV.replace(",", ";"))
    with pytest.raises(DataError, match="holds a semicolon: pass delimiter=';'"):
        read(path)
    assert read(path, delimiter=";") == EXPECTED
    path.write_text("sep=;\r\n" + CSV.replace(",", ";"))
    assert read(path) == EXPECTED


def test_a_file_without_a_header_says_so_and_is_read(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(CSV.partition("\n")[2])
    with pytest.raises(DataError, match=r"If its first line is a row .* header=False"):
        read(path)
    options = {"header": False, "text_column": "1", "label_column": "2"}
    assert read(path, **options) == EXPECTED


def test_quotes_that_are_none_are_read_as_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "r.tsv"
    path.write_text('text\tlabel\n"Great food\t1\nAwful\t0\nA pizza of 12"\t0\n')
    with pytest.warns(DataWarning, match=r"r.tsv:2: a cell that begins here .* tab"):
        assert read(path)[1] == [0]
    texts, labels = read(path, quoting="none")
    assert texts == ['"Great food', "Awful", 'A pizza of 12"']
    assert labels == [1, 0, 0]


def test_two_columns_of_one_name_matter_where_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("label,message,,\nham,see you,,\nspam,win cash,,\n")
    assert read(path, text_column="message")[0] == ["see you", "win cash"]
    with pytest.raises(DataError, match="two columns named ''"):
        read(path, text_column="message", label_column="")


def test_several_columns_are_joined_by_a_line_end(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text('title,body,label\nA,"b,c",1\n,d,0\n')
    assert read(path, text_column=["title", "body"])[0] == ["A\nb,c", "\nd"]


RECORDS = [{"text": text, "label": label} for text, label in ROWS]


@pytest.mark.parametrize("indent", [None, 1])
def test_a_json_array_is_read_like_json_lines(
    indent: int | None, tmp_path: Path
) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps(RECORDS, indent=indent))
    assert read(path) == EXPECTED
    path.write_text("\n".join(map(json.dumps, RECORDS)))
    assert read(path) == EXPECTED


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[{"text": "a"}\n {"text": "b"}]', "line 2: a comma or ] is missing"),
        ('[{"text": "a"},\n]', "line 2: Expecting value"),
        ('[{"text": "a"}]\nx', "line 2: something follows the array"),
        ('[{"text": "a", "text": "b"}]', 'names the key "text" twice'),
    ],
)
def test_a_broken_array_is_refused_with_its_line(
    content: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "r.json"
    path.write_text(content)
    with pytest.raises(DataError) as refusal:
        load_instances(path)
    assert said in str(refusal.value)


def test_a_key_within_an_object_is_a_path(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    rows = [{"a": {"b": text}, "y": {"z": label}} for text, label in ROWS]
    path.write_text("\n".join(map(json.dumps, rows)))
    options = {"text_column": "a.b", "label_column": "y.z"}
    assert read(path, **options) == EXPECTED
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "r.parquet")
    assert read(tmp_path / "r.parquet", **options) == EXPECTED


def test_fasttexts_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    lines = [f"__label__{label} {text}" for text, label in ROWS]
    path.write_text("\n".join([*lines, "no label here", ""]))
    assert read(path) == EXPECTED
    assert len(load_instances(path)) == 13
    path.write_text("__label__a __label__b both\n")
    with pytest.raises(DataError, match=r"r.txt:1: two labels on one line"):
        load_instances(path)


def test_each_line_of_a_plain_text_is_a_document(tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    path.write_bytes(b"first\r\n\nlast")
    assert load_instances(path)["text"].tolist() == ["first", "", "last"]


@pytest.mark.parametrize("version", [1, 2])
def test_feather_and_arrow_files_are_read(version: int, tmp_path: Path) -> None:
    table = pa.Table.from_pylist(RECORDS)
    path = tmp_path / "r.arrow"
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
        for _ in range(version):
            out.write_table(table)
    texts, labels = read(path)
    assert (texts, labels) == (EXPECTED[0] * version, EXPECTED[1] * version)


def test_one_number_in_two_files_is_one_class(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\na,1\nb,0\n")
    (tmp_path / "b.csv").write_text("text,label\nc,1.0\nd,0.0\ne,\n")
    assert read(tmp_path / "*.csv")[1] == [1, 0, 1, 0]


def test_class_folders_need_no_folder_of_a_split(tmp_path: Path) -> None:
    for name, text in (("neg", "caf\xe9"), ("pos", "fine")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "0.txt").write_bytes(text.encode("latin-1"))
    found = read(tmp_path, encoding="latin-1")
    assert found == (["café", "fine"], ["negative", "positive"])
    assert Source(tmp_path, split="train").read_split is None


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["a", "A"] * 6, "differ only in case, space or spelling"),
        (["label"] * 2 + ["a", "b"] * 6, "is named 'label', as its column is"),
        (["x"] + ["a", "b"] * 6, "1 class of a single row: 'x'"),
        (list(range(30)), "a classifier of 30 classes"),
    ],
)
def test_labels_that_look_wrong_are_warned_of(labels: list[Any], said: str) -> None:
    frame = pd.DataFrame({"text": ["t"] * len(labels), "label": labels})
    with pytest.warns(DataWarning, match=said):
        load_reviews(frame)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"label": ["a;b", "c;d"]}, "several labels in a row"),
        ({"label": [["a"], ["b", "c"]]}, "several labels in a row"),
        ({"toxic": [0, 1], "insult": [1, 0]}, "2 columns of 0 and 1: toxic, insult"),
    ],
)
def test_several_labels_in_a_row_are_refused_with_the_way_out(
    columns: dict[str, list[Any]], said: str
) -> None:
    frame = pd.DataFrame({"text": ["a", "b"], **columns})
    with pytest.raises(DataError, match=said) as refusal:
        load_reviews(frame)
    assert "OneVsRestClassifier around the Pipeline" in str(refusal.value)


LINES = st.lists(
    st.sampled_from(
        ["good,1", '"a b",0', '"open,1', 'c"d,1', '"x"y,0', "three,1,2", "", "é,1"]
    ),
    min_size=1,
    max_size=12,
)


@given(lines=LINES, damaged=st.booleans())
def test_every_good_line_of_a_damaged_file_is_read_or_named(
    lines: list[str], damaged: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "r.csv"
    data = "\n".join(["text,label", *lines, ""]).encode()
    path.write_bytes(data.replace("é".encode(), b"\xe9") if damaged else data)
    rows = LabelledRows(
        Source(path, on_bad_rows="skip"), labels="optional", columns=["text"]
    )
    try:
        n_read = sum(batch.n_rows for batch in rows)
    except DataError:
        n_read = 0
    cells = [] if not n_read else rows.gathered.column("text").to_pylist()
    n_lines = n_read + sum(cell.count("\n") for cell in cells) + len(rows.bad)
    assert n_lines == sum(1 for line in lines if line)
    named = {bad.line for bad in rows.bad}
    for number, line in enumerate(lines, start=2):
        if line in ("three,1,2", '"x"y,0') and number not in named:
            assert any(line in cell for cell in cells)


CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=12
)


@given(
    texts=st.lists(CELLS, min_size=1, max_size=8),
    data=st.data(),
    ending=st.sampled_from([".csv", ".tsv", ".jsonl", ".json", ".parquet", ".arrow"]),
    packed=st.sampled_from(["", ".gz", ".bz2", ".xz"]),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-32", "utf-8-sig"]),
)
def test_any_table_is_read_back_from_any_format(
    texts: list[str],
    data: st.DataObject,
    ending: str,
    packed: str,
    encoding: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    numbers = st.lists(st.integers(-5, 5), min_size=len(texts), max_size=len(texts))
    frame = pd.DataFrame({"text": texts, "n": data.draw(numbers)})
    path = tmp_path_factory.mktemp("any") / f"r{ending}"
    options: dict[str, Any] = {}
    if ending == ".parquet":
        frame.to_parquet(path)
    elif ending == ".arrow":
        feather.write_feather(pa.Table.from_pandas(frame), path, compression="lz4")
    else:
        if ending in (".csv", ".tsv"):
            delimiter = data.draw(st.sampled_from([",", ";", "\t", "|"]))
            options["delimiter"] = delimiter
            quoted = data.draw(st.booleans())
            options["header"] = data.draw(st.booleans())
            if not quoted:
                frame["text"] = frame["text"].str.replace(
                    r'[\n",;|\t]', "_", regex=True
                )
                texts = frame["text"].tolist()
                options["quoting"] = "none"
            content = frame.to_csv(
                index=False,
                sep=delimiter,
                quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_NONE,
                header=options["header"],
            )
            if not options["header"]:
                options |= {"text_column": "1"}
        else:
            content = frame.to_json(
                orient="records", lines=ending == ".jsonl", force_ascii=False
            )
        packers = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
        pack = packers.get(packed, bytes)
        path = path.with_name(path.name + packed)
        path.write_bytes(pack(content.encode(encoding)))
    options["label_column"] = "n" if options.get("header", True) else "2"
    rows = LabelledRows(Source(path, **options))
    assert rows.read_texts().to_pylist() == texts
    labels = frame["n"].tolist()
    expected = [] if set(labels) == {-1} else labels
    if expected:
        assert rows.read_labels().tolist() == expected
    assert np.all(frame["text"] == texts)


def test_a_table_of_a_database_is_read_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    with closing(sqlite3.connect(path)) as database:
        pd.DataFrame(RECORDS).to_sql("films", database, index=False)
    before = path.read_bytes()
    assert read(path) == EXPECTED
    assert read(Path(f"{path}::films")) == EXPECTED
    with pytest.raises(DataError, match=r"has no table 'books'. It has 'films'."):
        read(Path(f"{path}::books"))
    with closing(sqlite3.connect(path)) as database:
        database.execute('CREATE TABLE "a""b" (text, label)')
    with pytest.raises(DataError, match=r"has 2 tables: .* Name one: .*r.db::TABLE"):
        read(path)
    assert path.read_bytes()[:16] == before[:16]


def test_a_sheet_of_a_workbook_is_read(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    writer = pytest.importorskip("openpyxl").Workbook()
    sheet = writer.active
    sheet.title = "Reviews"
    for row in [("text", "label"), *ROWS, ("", 1), ("NA", 0)]:
        sheet.append(row)
    writer.save(tmp_path / "r.xlsx")
    texts, labels = read(tmp_path / "r.xlsx")
    assert (texts, labels) == ([*EXPECTED[0], "", "NA"], [*EXPECTED[1], 1, 0])
    assert len(read(Path(f"{tmp_path}/r.xlsx::Reviews"))[0]) == 14
    with pytest.raises(DataError, match=r"no sheet 'x'. It has 'Reviews'"):
        read(Path(f"{tmp_path}/r.xlsx::x"))
    (tmp_path / "r.xlsx").rename(tmp_path / "r.csv")
    with pytest.raises(DataError, match="one of xlsx, whatever its name says"):
        read(tmp_path / "r.csv")


@pytest.mark.parametrize("name", ["r.csv", "r.jsonl", "r.txt"])
def test_latin1_of_bytes_that_only_windows_writes_is_warned_of(
    name: str, tmp_path: Path
) -> None:
    lines = {"r.csv": "text,label\ndidn’t,1\nb,0\n", "r.txt": "__label__1 didn’t\n"}
    content = lines.get(name, '{"text": "didn’t", "label": 1}\n')
    (tmp_path / name).write_bytes(content.encode("cp1252"))
    with pytest.warns(DataWarning, match="quotes and dashes in cp1252"):
        read(tmp_path / name, encoding="latin-1")
    assert read(tmp_path / name, encoding="cp1252")[0][0] == "didn’t"


@pytest.mark.parametrize("label", ["nan", "N/A", "null"])
def test_a_class_named_like_nothing_is_warned_of(label: str) -> None:
    frame = pd.DataFrame({"text": list("abcd"), "label": ["x", label] * 2})
    with pytest.warns(DataWarning, match="If that means no label, pass unlabelled="):
        load_reviews(frame)
    assert load_reviews(frame, unlabelled=label)[1].tolist() == ["x", "x"]
