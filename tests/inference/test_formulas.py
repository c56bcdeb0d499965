"""Cells that a spreadsheet would run: as they are, unless they are to be escaped."""

import csv
import json

import pytest
from hashing_pipeline import HashingPipeline

from sentiment.exceptions import DataError
from sentiment.inference import predict_file

pytestmark = pytest.mark.attack
FORMULAS = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
    '=HYPERLINK("http://x", "y")',
    "-1\n",
    "+",
]
HARMLESS = ["", "a=b", "'=1", " =1", "-1.5", "+3", "-2e-5", "-.5", "1-1", "/x"]


def write(path, texts):
    records = [{"=n": -1.5, "@t": text, "text": text, "+l": ["-"]} for text in texts]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def read(path, delimiter):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter=delimiter))


@pytest.mark.parametrize(("ending", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_formulas_are_escaped_on_request_in_cells_names_and_labels(
    tmp_path, ending, delimiter
):
    source = write(tmp_path / "in.jsonl", FORMULAS + HARMLESS)
    plain, escaped = tmp_path / f"plain.{ending}", tmp_path / f"escaped.{ending}"
    model = HashingPipeline(("=bad", "@good"))
    predict_file(model, source, plain, probabilities=True)
    predict_file(model, source, escaped, probabilities=True, escape_formulas=True)
    header, *rows = read(plain, delimiter)
    assert header[:5] == ["=n", "@t", "text", "+l", "predicted_label"]
    assert [row[:4] for row in rows] == [
        ["-1.5", text, text, '["-"]'] for text in FORMULAS + HARMLESS
    ]
    safe_header, *safe = read(escaped, delimiter)
    assert safe_header == ["'=n", "'@t", "text", "'+l", *header[4:]]
    kept = [f"'{text}" for text in FORMULAS] + HARMLESS
    assert [row[:4] for row in safe] == [["-1.5", t, t, '["-"]'] for t in kept]
    assert [row[4:] for row in safe] == [[f"'{row[4]}", *row[5:]] for row in rows]


def test_an_output_that_no_spreadsheet_runs_takes_no_such_option(tmp_path):
    source = write(tmp_path / "in.jsonl", ["a"])
    with pytest.raises(DataError, match=r"for spreadsheets.*is jsonl"):
        predict_file(
            HashingPipeline(), source, tmp_path / "out.jsonl", escape_formulas=True
        )
    assert not (tmp_path / "out.jsonl").exists()
