import gzip
import json
import shutil

import pytest


@pytest.fixture(scope="module")
def model(workspace):
    return workspace / "model"


def test_the_model_of_a_training_keeps_a_profile_of_rows_it_did_not_learn_from(model):
    content = json.loads((model / "reference_profile.json").read_text())
    assert (content["rows"], content["n_rows"]) == ("test", 122)
    assert (model / "reference_profile.json").stat().st_size <= 16_000


def test_json_on_stdout_a_page_on_disk_and_0_where_all_is_well(
    invoke, model, workspace, tmp_path
):
    data = workspace / "reviews.csv"
    options = ("-o", "m.html", "--format", "json", "--window", "60")
    done = invoke("monitor", model, data, *options)
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["n_rows"], found["alarms"]) == (122, [])
    assert [part["n_rows"] for part in found["windows"]] == [60, 60, 2]
    read = "reviews.csv: 122 rows; 2 classes: negative 61, positive 61."
    assert done.stderr.splitlines() == [read, "Wrote m.html."]
    assert "<h1>Monitoring</h1>" in (tmp_path / "m.html").read_text(encoding="utf-8")


def test_an_alarm_ends_with_3_and_says_which(invoke, model):
    lines = '{"text": ""}\n' * 200
    result = invoke("monitor", model, "-", "--input-format", "jsonl", input=lines)
    assert result.exit_code == 3
    assert "outliers" in result.stdout
    assert "Alarm: all rows: 100.0% of the documents are outliers" in result.stderr
    assert "alarm" in result.stdout


def test_every_format_is_read(invoke, model, workspace, tmp_path):
    import pandas as pd

    rows = pd.read_csv(workspace / "reviews.csv")
    rows.rename(columns={"text": "body"}).to_parquet(tmp_path / "rows.parquet")
    text = rows.to_json(orient="records", lines=True)
    (tmp_path / "rows.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    shown = []
    for arguments in (
        [workspace / "reviews.csv"],
        [tmp_path / "rows.jsonl.gz"],
        [tmp_path / "rows.parquet", "--text-column", "body"],
    ):
        result = invoke("monitor", model, *arguments)
        assert result.exit_code == 0, result.stderr
        shown.append(result.stdout)
    assert len(set(shown)) == 1


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["empty.csv"], 1, "has a header and no rows"),
        (["rows.csv", "--text-column", "body"], 1, "no column 'body'"),
        (["rows.csv", "--label-column", "stars"], 1, "no column 'stars'"),
        (["rows.csv", "--window", "day"], 1, "--time-column"),
        (["rows.csv", "--window", "-3"], 2, "neither a number of rows nor one of"),
        (["rows.csv", "--max-psi", "-1"], 2, "max-psi"),
        (["missing.csv"], 1, "No such file or folder"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    invoke, model, tmp_path, arguments, status, message
):
    (tmp_path / "empty.csv").write_text("text\n")
    (tmp_path / "rows.csv").write_text("text\nA gem.\n")
    result = invoke("monitor", model, *arguments)
    assert result.exit_code == status
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_model_of_before_says_what_to_do_and_does_it(
    invoke, model, workspace, tmp_path
):
    shutil.copytree(model, tmp_path / "old")
    (tmp_path / "old" / "reference_profile.json").unlink()
    data = workspace / "reviews.csv"
    refused = invoke("monitor", tmp_path / "old", data)
    assert refused.exit_code == 1
    assert "keeps no reference profile" in refused.stderr
    assert "(--reference=...)" in refused.stderr
    done = invoke("monitor", tmp_path / "old", data, "--reference", data)
    assert done.exit_code == 0, done.stderr
