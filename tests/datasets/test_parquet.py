"""Parquet: types are kept, and refusals name file and row."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentiment.datasets import load_instances, load_labels, read_rows
from sentiment.exceptions import DataError


@pytest.mark.parametrize(
    "text_type",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.int32(), pa.string()),
    ],
    ids=str,
)
def test_every_arrow_string_type_is_text(
    text_type: pa.DataType, tmp_path: Path
) -> None:
    path = tmp_path / "reviews.parquet"
    texts = pa.array(["a", "", "a"], pa.string()).cast(text_type)
    pq.write_table(pa.table({"text": texts}), path)
    instances = load_instances(path)
    assert instances["text"].tolist() == ["a", "", "a"]
    assert str(instances["text"].dtype) == "str"


def test_row_groups_are_joined_in_order(tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    texts = [f"text {row}" for row in range(100)]
    pq.write_table(
        pa.table({"text": texts, "label": range(100)}), path, row_group_size=7
    )
    assert load_instances(path)["text"].tolist() == texts
    assert load_labels(path).tolist() == list(range(100))


def test_other_columns_come_as_stored(tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    table = pa.table(
        {
            "text": ["a", "b"],
            "n": pa.array([1, None], pa.int64()),
            "small": pa.array([1, 2], pa.int8()),
            "when": [date(2020, 1, 2), None],
            "tags": [["x"], []],
            "name": ["one", None],
        }
    )
    pq.write_table(table, path)
    rows = read_rows(path)
    assert list(rows) == ["text", "n", "small", "when", "tags", "name"]
    assert str(rows["n"].dtype) == "int64[pyarrow]"
    assert rows["small"].dtype == "int8"
    assert rows["when"][0] == date(2020, 1, 2)
    assert list(rows["tags"][0]) == ["x"]
    assert rows["name"].isna().tolist() == [False, True]


def test_an_index_without_a_name_is_no_column(tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    frame = pd.DataFrame({"text": ["a", "b", "c"]}).iloc[[2, 0]]
    frame.to_parquet(path)
    rows = read_rows(path)
    assert list(rows) == ["text"]
    assert rows["text"].tolist() == ["c", "a"]
    assert rows.index.tolist() == [0, 1]


def test_a_class_label_that_datasets_wrote_into_the_file_is_named(
    tmp_path: Path,
) -> None:
    path = tmp_path / "reviews.parquet"
    features = {"label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    table = pa.table({"text": ["a", "b", "c"], "label": [1, -1, 0]})
    pq.write_table(table.replace_schema_metadata(metadata), path)
    assert load_labels(path).to_dict() == {0: "positive", 2: "negative"}


@pytest.mark.parametrize("metadata", [b"no json", b"[]", b'{"info": null}'])
def test_broken_metadata_is_no_obstacle(metadata: bytes, tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    table = pa.table({"text": ["a"], "label": [7]})
    pq.write_table(
        table.replace_schema_metadata({"huggingface": metadata, "pandas": metadata}),
        path,
    )
    assert load_labels(path).tolist() == [7]


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as raised:
        load_instances(path)
    return str(raised.value)


def test_a_null_text_is_refused_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    pq.write_table(pa.table({"text": ["a", "b", None]}), path, row_group_size=1)
    assert refusal(path) == (
        f"{path}, row 3: null in column 'text'. Drop the row, or write an empty string "
        "for an empty document. Pass on_bad_rows='skip' to leave such rows out."
    )


def test_a_null_among_dictionary_values_is_a_null_text(tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    texts = pa.array(["a", None, "b"]).dictionary_encode()
    pq.write_table(pa.table({"text": texts}), path)
    assert refusal(path).startswith(f"{path}, row 2: null in column 'text'.")


@pytest.mark.parametrize(
    ("values", "got"),
    [(pa.array([5]), "5 (int)"), (pa.array([b"a"]), "b'a' (bytes)")],
    ids=["int", "bytes"],
)
def test_another_type_is_no_text(values: pa.Array, got: str, tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    pq.write_table(pa.table({"text": values}), path)
    assert refusal(path) == (
        f"{path}, row 1: column 'text' takes strings. Got {got}. Write it in quotes if "
        "it is text, or name the right column with text_column=..."
    )


@pytest.mark.parametrize(
    "data", [b"\xff\xfe", b"\xed\xa0\x80"], ids=["latin-1", "surrogate"]
)
def test_bytes_that_are_not_utf8_are_refused_with_their_row(
    data: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "reviews.parquet"
    binary = pa.array([b"fine", b"fine", data])
    texts = pa.Array.from_buffers(pa.string(), 3, binary.buffers())
    pq.write_table(pa.table({"text": texts}), path)
    assert refusal(path) == (
        f"{path}, row 3: column 'text' holds bytes that are not UTF-8. "
        "Write the file again from text that was decoded. Pass on_bad_rows='skip' to "
        "leave such rows out."
    )


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), path)
    assert refusal(path) == f"{path} has no rows."


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more PAR1"])
def test_a_file_that_is_no_parquet_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    path.write_bytes(content)
    said = refusal(path)
    assert said.startswith(f"{path} is not a readable parquet file (")
    assert "\n" not in said


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    pq.write_table(pa.table({"text": ["a"] * 1000}), path)
    path.write_bytes(path.read_bytes()[:-20])
    assert "is not a readable parquet file (" in refusal(path)


def test_a_missing_column_names_all_there_are(tmp_path: Path) -> None:
    path = tmp_path / "reviews.parquet"
    pq.write_table(pa.table({"body": ["a"], "stars": [5]}), path)
    assert refusal(path) == (
        f"{path} has no column 'text'. It has 'body', 'stars'. "
        "Name the right one with text_column=..."
    )
