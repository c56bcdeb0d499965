"""Whatever the format, the same texts come back, character for character."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sentiment.datasets import (
    data_digest,
    load_instances,
    load_labels,
    load_reviews,
    read_rows,
)

NASTY = [
    "",
    "\0",
    "a\0b",
    " lead and trail\t",
    'say "hi", he said',
    "two\nlines",
    "two\r\nlines",
    "a lone \r return",
    "NA",
    "null",
    "None",
    "nan",
    "\ufeffmark",
    "\u2028 and \x85 and \x0b",
    "e\u0301 \u05d0\u05d1 \U0001f469\u200d\U0001f4bb",
    "\ue000",
    "\\",
    "'",
    "-1",
    "x" * 140_000,
]
documents = st.lists(
    st.one_of(st.sampled_from(NASTY[:-1]), st.text(max_size=30)), min_size=1, max_size=6
)


def delimited(delimiter: str, newline: str, quoting: int) -> Callable[..., bytes]:
    def encode(texts: list[str], labels: list[str]) -> bytes:
        buffer = io.StringIO(newline="")
        writer = csv.writer(
            buffer, delimiter=delimiter, lineterminator=newline, quoting=quoting
        )
        writer.writerow(["text", "label"])
        writer.writerows(zip(texts, labels, strict=True))
        return buffer.getvalue().encode()

    return encode


def jsonl(ascii_only: bool) -> Callable[..., bytes]:
    def encode(texts: list[str], labels: list[str]) -> bytes:
        return b"".join(
            json.dumps({"text": text, "label": label}, ensure_ascii=ascii_only).encode()
            + b"\n"
            for text, label in zip(texts, labels, strict=True)
        )

    return encode


def parquet(texts: list[str], labels: list[str]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"text": texts, "label": labels}), sink)
    return sink.getvalue().to_pybytes()


FORMATS = {
    "minimal.csv": delimited(",", "\r\n", csv.QUOTE_MINIMAL),
    "unix.csv": delimited(",", "\n", csv.QUOTE_ALL),
    "reviews.tsv": delimited("\t", "\n", csv.QUOTE_ALL),
    "ascii.jsonl": jsonl(True),
    "reviews.ndjson": jsonl(False),
    "reviews.parquet": parquet,
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("name", FORMATS)
@given(texts=documents)
@example(texts=NASTY)
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_text_comes_back_unchanged(
    texts: list[str], name: str, packed: bool, tmp_path: Path
) -> None:
    labels = [f"class {row % 3}" for row in range(len(texts))]
    data = FORMATS[name](texts, labels)
    path = tmp_path / (name + ".gz" if packed else name)
    path.write_bytes(gzip.compress(data) if packed else data)

    instances = load_instances(path)
    assert instances["text"].tolist() == texts
    assert str(instances["text"].dtype) == "str"
    assert list(instances.columns) == ["text"]
    assert load_labels(path).tolist() == labels
    assert read_rows(path)["text"].tolist() == texts


@given(texts=documents)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_digest_does_not_depend_on_the_format(
    texts: list[str], tmp_path: Path
) -> None:
    labels = ["a"] * len(texts)
    digests = set()
    for name, encode in FORMATS.items():
        (tmp_path / name).write_bytes(encode(texts, labels))
        digests.add(data_digest(*load_reviews(tmp_path / name)))
    assert len(digests) == 1


@given(texts=documents)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_pandas_writes_as_csv_comes_back(texts: list[str], tmp_path: Path) -> None:
    # pandas puts no quotes around a lone carriage return.
    path = tmp_path / "pandas.csv"
    pd.DataFrame({"id": range(len(texts)), "text": texts, "n": 1}).to_csv(
        path, index=False
    )
    assert load_instances(path)["text"].tolist() == texts
