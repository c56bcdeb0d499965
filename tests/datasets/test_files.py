"""Endings, compression, encodings, standard input, and files that are not there."""

import gzip
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sentiment._messages import shown
from sentiment.datasets import load_instances, load_reviews
from sentiment.exceptions import DataError

Write = Callable[[str, str | bytes], Path]
PACKED = gzip.compress(b"text\na\n")


def refusal(source: object, **options: str) -> str:
    with pytest.raises(DataError) as raised:
        load_instances(source, **options)  # type: ignore[arg-type]
    return str(raised.value)


@pytest.mark.parametrize("name", ["a.CSV", "a.b.csv", "a.csv.GZ", "Reviews 2.Csv.gz"])
def test_the_ending_counts_in_any_case(name: str, write: Write) -> None:
    data = b"text\nfine\n"
    path = write(name, gzip.compress(data) if name.lower().endswith("gz") else data)
    assert load_instances(path)["text"].tolist() == ["fine"]
    assert load_instances(str(path))["text"].tolist() == ["fine"]


def test_a_single_file_is_every_split(write: Write) -> None:
    path = write("reviews.csv", "text,split\na,train\nb,test\n")
    assert load_instances(path, "whatever")["text"].tolist() == ["a", "b"]


def test_the_format_given_counts_more_than_the_ending(write: Write) -> None:
    path = write("reviews.data", '{"text": "a"}\n')
    assert load_instances(path, input_format="jsonl")["text"].tolist() == ["a"]


@pytest.mark.parametrize("name", ["reviews.docx", "reviews", "csv.gz"])
def test_another_ending_is_refused(name: str, write: Write) -> None:
    path = write(name, "text\na\n")
    assert refusal(path) == (
        f"{path} does not end in .csv, .tsv, .tab, .jsonl, .ndjson, .json, .parquet, "
        ".arrow, .feather, .txt, .xlsx, .xls, .ods, .db, .sqlite, .sqlite3, or one of "
        "these and .gz, .zst, .bz2, .xz or .zip. "
        "Convert it, or name its format with input_format=..."
    )


def test_an_unknown_format_is_refused(write: Write) -> None:
    path = write("reviews.csv", "text\na\n")
    assert refusal(path, input_format="xml") == (
        "'xml' is not a format that can be read. Use one of csv, tsv, "
        "jsonl, json, parquet, arrow, fasttext, lines, xlsx, sqlite."
    )


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("missing.csv", ""),
        ("", ""),
        ("a" * 5000, ""),
        ("nul\0.csv", ""),
        (
            "stanfordnlp/imdb",
            " For a data set on the hub write hf:stanfordnlp/imdb.",
        ),
    ],
)
def test_a_missing_file_is_refused_by_its_name(
    source: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal(source) == f"No such file or folder: {shown(source, 200)}.{hint}"


def test_a_source_of_another_type_is_a_type_error() -> None:
    with pytest.raises(TypeError, match=r"Got int\.$"):
        load_instances(5)  # type: ignore[arg-type]


def test_a_byte_order_mark_is_dropped(write: Write) -> None:
    path = write("reviews.csv", b"\xef\xbb\xbftext,label\n\xef\xbb\xbfa,1\n")
    assert load_instances(path)["text"].tolist() == ["\ufeffa"]


@pytest.mark.parametrize(
    "encoding", ["latin-1", "utf-16", "utf-16-le", "utf-8-sig", "UTF8", "cp1252"]
)
def test_the_encoding_given_is_used(encoding: str, write: Write) -> None:
    path = write("reviews.csv", "text\ncafé\n".encode(encoding))
    assert load_instances(path, encoding=encoding)["text"].tolist() == ["café"]


def test_not_utf8_is_refused_with_byte_and_offset(write: Write) -> None:
    path = write("reviews.csv", "text\ncafé\n".encode("latin-1"))
    assert refusal(path) == (
        f"{path} is not UTF-8 (byte 0xe9 at offset 8). Try encoding='cp1252': "
        "then it reads 'café'."
    )


@pytest.mark.parametrize("on_bad_rows", ["fail", "skip"])
@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x02\x80\x00\x00\x01\xe0\x08\x06",
        b"\x7fELF\x02\x01\x01"
        + bytes(9)
        + b"\x03\x00>\x00\x01\x00\xd0\x00"
        + bytes(64),
    ],
    ids=["a picture", "a program"],
)
def test_what_is_no_text_gets_no_encoding(
    data: bytes, on_bad_rows: str, write: Write
) -> None:
    message = refusal(write("reviews.csv", data), on_bad_rows=on_bad_rows)
    assert "It does not look like text in another encoding, either" in message
    assert "Try encoding" not in message


def test_names_of_columns_in_another_encoding_are_told_with_the_one_that_fits(
    write: Write,
) -> None:
    path = write("reviews.csv", "text,café\nfine,1\n".encode("latin-1"))
    for on_bad_rows in ("fail", "skip"):
        assert refusal(path, on_bad_rows=on_bad_rows) == (
            f"{path} is not UTF-8 (byte 0xe9 at offset 8). Try encoding='cp1252': "
            "then it reads 'text,café'."
        )


def test_the_offset_is_that_in_the_decompressed_bytes(write: Write) -> None:
    data = b"\xef\xbb\xbftext\n" + b"x" * 5112 + b"\xe9\n"
    for encoding in ("utf-8", "utf-8-sig"):
        path = write("reviews.csv.gz", gzip.compress(data))
        assert refusal(path, encoding=encoding) == (
            f"{path} is not UTF-8 (byte 0xe9 at offset 5120). Try "
            f"encoding='cp1252': then it reads {'x' * 30 + 'é'!r}."
        )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_mark_at_the_start_says_the_encoding(encoding: str, write: Write) -> None:
    path = write("reviews.csv", "text\ncafé\n".encode(encoding))
    assert load_instances(path)["text"].tolist() == ["café"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_told_apart_from_cp1252(
    encoding: str, write: Write
) -> None:
    path = write("reviews.csv", "text\ncafé\n".encode(encoding))
    assert f"Try encoding={encoding!r}: then it reads 'café'." in refusal(path)


def test_lines_are_counted_over_all_blocks(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sentiment.datasets._decoding._BLOCK", 10)
    monkeypatch.setattr("sentiment.datasets._bytes._BLOCK", 10)
    monkeypatch.setattr("sentiment.datasets._bytes._LARGE_BLOCK", 10)
    path = write("reviews.csv", "text,label\n" + '"a\nb",1\n' * 9 + "c,d,e\n")
    assert refusal(path).startswith(f"{path}:20: 3 cells where the header has 2.")


def test_another_encoding_that_does_not_fit_is_named(write: Write) -> None:
    path = write("reviews.csv", "text\ncafé\n".encode())
    assert refusal(path, encoding="ascii") == (
        f"{path} is not ascii (byte 0xc3 at offset 8). Try encoding='utf-8'."
    )


@pytest.mark.parametrize("encoding", ["utf-99", "hex", "rot13", "a\0b", ""])
def test_an_unknown_encoding_is_refused(encoding: str, write: Write) -> None:
    path = write("reviews.csv", "text\na\n")
    assert refusal(path, encoding=encoding) == (
        f"{encoding!r} is not a text encoding that Python knows. "
        "Try encoding='utf-8' or encoding='cp1252'."
    )


def test_a_codec_that_fails_in_its_own_way_is_a_data_error(write: Write) -> None:
    path = write("reviews.csv", "text\na\n")
    assert refusal(path, encoding="undefined").startswith(f"{path} is not undefined (")


def test_half_a_surrogate_pair_out_of_utf7_is_refused(write: Write) -> None:
    path = write("reviews.csv", b"text\nfine\n+2AA-\n")
    assert refusal(path, encoding="utf-7") == (
        f"{path} holds a lone surrogate, which is not valid Unicode. Name the right "
        "encoding with encoding=..."
    )


@pytest.mark.parametrize(
    "data",
    [PACKED[:-4], PACKED[:-8] + b"x" * 8],
    ids=["truncated", "checksum"],
)
def test_a_broken_gzip_file_is_refused(data: bytes, write: Write) -> None:
    path = write("reviews.csv.gz", data)
    said = refusal(path)
    assert said.startswith(f"{path} is not a readable gzip file (")
    assert said.endswith(" Fetch it again.")
    assert "\n" not in said


def feed(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_standard_input_is_csv_unless_said(monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"text,label\na,1\nb,\n")
    instances, labels = load_reviews("-")
    assert (instances["text"].tolist(), labels.tolist()) == (["a"], [1])
    feed(monkeypatch, b'{"text": "a"}\n')
    assert load_instances("-", input_format="jsonl")["text"].tolist() == ["a"]


def test_standard_input_without_bytes_is_read_as_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("text\ncafé\n"))
    assert load_instances("-", encoding="utf-8")["text"].tolist() == ["café"]


def test_errors_in_standard_input_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, b"")
    assert refusal("-") == (
        "standard input is empty. Its first line must name the columns."
    )
    feed(monkeypatch, b'{"text": "a"}\n{"text": null}\n')
    assert refusal("-", input_format="jsonl").startswith(
        "standard input:2: null in column 'text'."
    )
