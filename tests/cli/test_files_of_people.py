"""Files as people have them, through the commands: what each says of what it read."""

import json
from pathlib import Path

import pytest

ROWS = [("good fun", "1"), ("fair film", "0"), ("bad mess", "-1")] * 4


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def predict(invoke, workspace):
    return lambda *arguments: invoke("predict", workspace / "model", *arguments)


@pytest.fixture
def labels_of_three(tmp_path):
    path = tmp_path / "minus_one.csv"
    path.write_text("text,label\n" + "".join(f"{a},{b}\n" for a, b in ROWS))
    return path


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ("bad,fair,good", "-1 = bad, 0 = fair, 1 = good"),
        ("-1=bad,0=fair,1=good", "-1 = bad, 0 = fair, 1 = good"),
    ],
)
def test_every_row_gets_the_name_that_is_shown(invoke, labels_of_three, names, shown):
    found = invoke("audit", labels_of_three, f"--label-names={names}")
    assert found.exit_code == 0
    assert found.stderr == (
        f"minus_one.csv: 12 rows; 3 classes: bad 4, fair 4, good 4 ({shown}).\n"
    )


def test_what_looks_wrong_is_warned_of_and_in_the_json(invoke, tmp_path):
    path = tmp_path / "case.csv"
    path.write_text("text,label\n" + "a,Good\nb,good\nc,bad\n" * 4)
    found = invoke("audit", path, "--format", "json")
    said = "case.csv: the classes 'Good' (4), 'good' (4) differ only in case"
    assert f"Warning: {said}" in found.stderr
    read = json.loads(found.stdout)["read"]
    assert read["warnings"][0].startswith(said)
    assert read["classes"] == {"Good": 4, "bad": 4, "good": 4}


def test_a_quote_that_never_closes_takes_its_own_row_only(predict, tmp_path):
    Path("r.tsv").write_text('text\tlabel\n"open\t1\n' + "fine film\t1\n" * 52)
    done = predict("r.tsv", "-o", "out.tsv", "--on-bad-rows", "skip")
    assert done.exit_code == 0, done.stderr
    assert len(Path("out.tsv").read_text().splitlines()) == 53
    (bad,) = Path("out.tsv.bad-rows.jsonl").read_text().splitlines()
    assert json.loads(bad) == {
        "file": "r.tsv",
        "row": 1,
        "line": 2,
        "reason": "a quote is opened here and never closed",
    }


def test_bad_rows_are_left_out_and_listed_in_every_command(invoke, tmp_path):
    path = tmp_path / "r.csv"
    path.write_text('text,label\n"open,1\n' + "good fun,1\nbad mess,0\n" * 6)
    refused = invoke("etl", path, "-o", tmp_path / "data")
    assert refused.exit_code == 1
    assert "r.csv:2: a quote is opened here" in refused.stderr
    assert "Pass --on-bad-rows=skip to leave such rows out." in refused.stderr
    listed = tmp_path / "bad.jsonl"
    words = ["--on-bad-rows", "skip", "--bad-rows", listed]
    done = invoke("etl", path, "-o", tmp_path / "data", *words)
    assert done.exit_code == 0, done.stderr
    assert "Wrote 12 instances and 12 labels" in done.stderr
    assert json.loads(listed.read_text())["line"] == 2


def test_class_folders_without_a_split_are_predicted_too(predict, tmp_path):
    for name, text in (("neg", "caf\xe9 bad"), ("pos", "good")):
        Path("flat", name).mkdir(parents=True)
        Path("flat", name, "0.txt").write_bytes(text.encode("cp1252"))
    done = predict("flat", "--encoding", "cp1252", "--format", "jsonl")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["text"] for row in rows] == ["café bad", "good"]
    assert [row["label"] for row in rows] == ["negative", "positive"]
    skipped = predict("flat", "--on-bad-rows", "skip", "--format", "jsonl")
    assert "0.txt is not UTF-8" in skipped.stderr
    assert len(skipped.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    "ending", ["json", "arrow", "feather", "csv.bz2", "jsonl.xz", "db", "xlsx"]
)
def test_what_can_be_read_can_be_written(predict, ending):
    from sentiment import load_labels

    if ending == "xlsx":
        pytest.importorskip("openpyxl")
        pytest.importorskip("python_calamine")
    Path("in.json").write_text(json.dumps([{"text": "good"}, {"text": "bad"}]))
    done = predict("in.json", "-o", f"out.{ending}")
    assert done.exit_code == 0, done.stderr
    labels = load_labels(f"out.{ending}", label_column="predicted_label")
    assert len(labels) == 2


def test_two_columns_of_one_name_stay_two(predict):
    Path("in.csv").write_text("text,,\ngood,1,2\n")
    done = predict("in.csv")
    assert done.stdout.splitlines()[0] == "text,,,predicted_label,predicted_score"
    assert done.stdout.splitlines()[1].startswith("good,1,2,")
    refused = predict("in.csv", "--format", "jsonl")
    assert "two columns named '', which jsonl cannot hold" in refused.stderr
