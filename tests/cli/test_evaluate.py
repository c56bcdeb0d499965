import json

import pytest


def evaluate(run, workspace, *arguments, **options):
    return run("evaluate", *arguments, cwd=workspace, **options)


def test_json_on_stdout_and_a_page_on_disk(run, workspace):
    done = evaluate(
        run,
        workspace,
        *("models:/reviews@champion", "reviews.csv", "-o", "page.html"),
        *("--format", "json", "--slice", "id"),
    )
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    assert found["n_rows"] == 122
    assert 0.5 < found["metrics"]["accuracy"] <= 1
    assert {one["by"] for one in found["slices"]} == {"length in words", "id"}
    read = "reviews.csv: 122 rows; 2 classes: negative 61, positive 61."
    assert done.stderr.decode().splitlines() == [read, "Wrote page.html."]
    assert found["read"]["classes"] == {"negative": 61, "positive": 61}
    html = (workspace / "page.html").read_text(encoding="utf-8")
    assert "<h1>Evaluation</h1>" in html
    again = evaluate(run, workspace, "model", "reviews.csv", "-o", "page.html")
    assert again.returncode == 1
    assert "--force" in again.stderr.decode()


def test_a_missed_threshold_ends_with_3_and_says_so(run, workspace):
    done = evaluate(
        run,
        workspace,
        *("model", "reviews.csv", "--fail-under", "accuracy=0.999"),
        *("--fail-under", "log_loss=5"),
    )
    assert done.returncode == 3
    assert done.stdout.decode().startswith(" ")
    _, line = done.stderr.decode().splitlines()
    assert line.startswith("Missed: accuracy is 0.")


@pytest.mark.parametrize("value", ["accuracy", "=0.9", "accuracy=high", "accuracy=nan"])
def test_what_is_no_metric_and_number_is_a_usage_error(invoke, value):
    result = invoke("evaluate", "model", "data.csv", "--fail-under", value)
    assert result.exit_code == 2
    assert "not of the form metric=value" in result.stderr


def test_a_label_in_the_name_of_a_metric_may_hold_an_equals_sign(invoke):
    result = invoke("evaluate", "none", "x.csv", "--fail-under", "f1_a=b=0.9")
    # The next thing that is wrong.
    assert result.exit_code == 1
    assert "No model at 'none'" in result.stderr


def test_an_unknown_metric_is_named(run, workspace):
    done = evaluate(run, workspace, "model", "reviews.csv", "--fail-under", "recall=1")
    assert done.returncode == 1
    assert "There is no metric 'recall'" in done.stderr.decode()


def test_a_tuned_threshold_is_a_new_model_and_the_old_one_stays(run, workspace):
    old = json.loads((workspace / "run.json").read_bytes())["run_id"]
    before = run("predict", old, "reviews.csv", cwd=workspace).stdout
    # Other tests may have trained in this store, too.
    known = {path: path.read_text() for path in find_files(workspace)}
    done = evaluate(
        run,
        workspace,
        *(old, "reviews.csv", "--tune-threshold", "f1_positive", "--save-threshold"),
        *("--log", "--format", "json"),
    )
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    threshold = found["tuned_threshold"]["threshold"]
    assert found["logged_to"] == old
    options = ("--format", "jsonl", "--probabilities")
    rows = run("predict", found["saved_model"], "reviews.csv", *options, cwd=workspace)
    for line in rows.stdout.splitlines():
        row = json.loads(line)
        positive = row["probability_positive"] >= threshold
        assert row["predicted_label"] == ("positive" if positive else "negative")
    again = evaluate(
        run, workspace, found["saved_model"], "reviews.csv", "--format", "json"
    )
    later = json.loads(again.stdout)
    assert later["threshold"] == threshold
    assert later["metrics"]["f1_positive"] == found["tuned_threshold"]["value"]
    assert run("predict", old, "reviews.csv", cwd=workspace).stdout == before
    made = [path for path in find_files(workspace) if path not in known]
    assert sorted(path.name for path in made) == [
        "evaluation.html",
        "reference_profile.json",
    ]
    # The reference profile goes with the model, whose class shares have moved.
    (second,) = (json.loads(p.read_text()) for p in made if p.suffix == ".json")
    profiles = (json.loads(t) for p, t in known.items() if p.suffix == ".json")
    alike = [p for p in profiles if p["distributions"] == second["distributions"]]
    assert alike
    assert all(first["chosen"] != second["chosen"] for first in alike)


def find_files(workspace):
    """Return the pages of evaluations and the reference profiles of a store."""
    return [
        *workspace.glob("mlruns/**/evaluations/*/evaluation.html"),
        *workspace.glob("mlruns/**/reference_profile.json"),
    ]


def test_a_threshold_is_not_saved_unless_it_is_tuned(invoke):
    result = invoke("evaluate", "model", "data.csv", "--save-threshold")
    assert result.exit_code == 2
    assert "--tune-threshold" in result.stderr


def test_a_folder_that_was_never_logged_has_no_run(run, workspace, tmp_path):
    import shutil

    import yaml

    shutil.copytree(workspace / "model", tmp_path / "model")
    path = tmp_path / "model" / "MLmodel"
    content = yaml.safe_load(path.read_text())
    content.pop("run_id", None)
    path.write_text(yaml.safe_dump(content))
    done = evaluate(run, workspace, tmp_path / "model", "reviews.csv", "--log")
    assert done.returncode == 1
    assert "was not logged by a run" in done.stderr.decode()
