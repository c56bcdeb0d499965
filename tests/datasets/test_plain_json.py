"""What the kernel finds in JSON lines is what Python's json finds."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment import DataError
from sentiment.datasets import LabelledRows, Source
from sentiment.datasets._batch import as_list, to_column
from sentiment.datasets._plain_json import read_plain_lines

KEYS = st.sampled_from(["text", "label", "n", "", "text2", "a b"])
VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(KEYS, st.integers(0, 3), max_size=2),
)
RECORDS = st.lists(st.dictionaries(KEYS, VALUES, max_size=4), min_size=1, max_size=6)


@given(
    records=RECORDS,
    indent=st.sampled_from(["", " ", "\t"]),
    ascii_only=st.booleans(),
    end=st.sampled_from(["\n", "\r\n", "\n\n", " \n"]),
)
def test_cells_are_those_of_python_or_left_to_it(
    records: list[dict[str, Any]], indent: str, ascii_only: bool, end: str
) -> None:
    lines = [
        indent + json.dumps(one, ensure_ascii=ascii_only) + indent for one in records
    ]
    data = "".join(line + end for line in lines).encode()
    found = read_plain_lines(data, ["text", "label"], "r.jsonl", 1)
    if found is None:
        return
    assert found.n_rows == len(records)
    for key, cells in zip(found.names, found.cells, strict=True):
        if cells is None:
            assert key not in ("text", "label")
            continue
        expected = to_column([record[key] for record in records])
        assert type(cells) is type(expected) or isinstance(expected, pa.NullArray)
        if isinstance(cells, pa.Array) and not isinstance(expected, pa.NullArray):
            assert cells.type == expected.type
        same = as_list(cells, len(records)) == as_list(expected, len(records))
        assert same
    step = 2 if end == "\n\n" else 1
    assert found.place(len(records) - 1) == f"r.jsonl:{1 + step * (len(records) - 1)}"


def test_plain_lines_are_not_left_to_python() -> None:
    line = '{"text": "a \\"b\\"\\n\\\\ é", "label": -12, "x": 1.5, "y": null}\n'
    found = read_plain_lines(line.encode() * 3, ["text", "label"], "r.jsonl", 1)
    assert found is not None
    assert found.column("text").to_pylist() == ['a "b"\n\\ é'] * 3
    assert found.column("label").to_pylist() == [-12] * 3


@pytest.mark.parametrize(
    "line",
    [
        '{"text": "a", "text": "b"}',
        '{"text": "a", "n": 1e999}',
        '{"text": "a", "n": 01}',
        '{"text": "a", "n": NaN}',
        '{"text": "a", "n": 1.}',
        '{"text": "a\tb"}',
        '{"text": "a"} x',
        '{"text": "a"',
        '{"text": "a",}',
        '{"text" "a"}',
        '{"te\\u0078t": "a"}',
        '{"text": "\\u00e9"}',
        '{"text": "\\x"}',
        '["text"]',
        "{}",
        '{"text": tru}',
        '{"text": -}',
        '{"text": "a", "n": [1]}',
    ],
)
def test_what_is_not_plain_is_left_to_python(line: str) -> None:
    data = '{"text": "fine"}\n' + line + "\n"
    assert read_plain_lines(data.encode(), ["text"], "r.jsonl", 1) is None


@given(data=st.text(st.sampled_from('{}[]",:\\ntue1.-e \t\r\n0'), max_size=40))
def test_any_text_is_refused_or_read_as_python_does(data: str) -> None:
    found = read_plain_lines(data.encode(), ["t", ""], "r.jsonl", 1)
    if found is not None:
        lines = [line for line in data.split("\n") if line.strip(" \t\r")]
        records = [json.loads(line) for line in lines]
        for key in {"t", ""} & set(found.names):
            cells = as_list(found.column(key), len(records))
            assert cells == [record[key] for record in records]


def test_the_same_rows_come_from_both_ways(tmp_path: Path) -> None:
    records = [{"text": f'é{n} "q"\n', "label": n % 2, "n": n} for n in range(50)]
    plain, other = tmp_path / "plain.jsonl", tmp_path / "other.jsonl"
    plain.write_text(
        "\n".join(json.dumps(one, ensure_ascii=False) for one in records), "utf-8"
    )
    other.write_text("\n".join(json.dumps({**one, "m": [1]}) for one in records))
    found = [LabelledRows(Source(path), columns=["n"]) for path in (plain, other)]
    texts, labels = zip(*(rows.read() for rows in found), strict=True)
    assert texts[0].equals(texts[1])
    assert labels[0].equals(labels[1])
    columns = [rows.gathered.column("n").to_pylist() for rows in found]
    assert columns[0] == columns[1] == list(range(50))


def test_a_fault_behind_plain_blocks_has_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_bytes._BLOCK", "_bytes._LARGE_BLOCK", "_decoding._BLOCK"):
        monkeypatch.setattr(f"sentiment.datasets.{name}", 64)
    path = tmp_path / "r.jsonl"
    path.write_text('{"text": "a", "label": 1}\n' * 20 + '{"text": 5, "label": 1}\n')
    with pytest.raises(DataError, match=r"r.jsonl:21: column 'text' takes strings"):
        LabelledRows(Source(path)).read()
