"""Paths that no file system takes, wherever a command takes one: one line, exit 1."""

import pytest

TOO_LONG = ["a" * 5000, "n" * 300 + ".csv", "d/" * 2500 + "x.html"]

PLACES = [
    ["predict", "{}", "reviews.csv"],
    ["predict", "model", "{}"],
    ["predict", "model", "reviews.csv", "-o", "{}"],
    ["predict", "model", "reviews.csv", "-o", "{}", "--format", "csv"],
    ["predict", "model", "reviews.csv", "-o", "{}", "--format", "csv", "--resume"],
    ["predict", "model", "reviews.csv", "-o", "a.csv", "--bad-rows", "{}"],
    ["explain", "{}", "--text", "good"],
    ["explain", "model", "--text", "good", "-o", "{}"],
    ["evaluate", "{}", "reviews.csv"],
    ["evaluate", "model", "reviews.csv", "-o", "{}"],
    ["evaluate", "model", "reviews.csv", "--against", "{}"],
    ["monitor", "{}", "reviews.csv"],
    ["monitor", "model", "reviews.csv", "-o", "{}"],
    ["monitor", "model", "reviews.csv", "--reference", "{}"],
    ["serve", "{}", "--port", "0"],
    ["check", "{}"],
    ["check", "file:///{}"],
    ["promote", "{}"],
    ["audit", "{}"],
    ["audit", "reviews.csv", "-o", "{}"],
    ["etl", "{}", "-o", "out"],
    ["etl", "reviews.csv", "-o", "{}"],
    ["-q", "train", "{}"],
    ["-q", "train", "reviews.csv", "--test", "{}"],
    ["train", "reviews.csv", "--config", "{}"],
    ["train", "reviews.csv", "--pip-requirements", "{}"],
    ["train", "reviews.csv", "--conda-env", "{}"],
    ["-q", "tune", "reviews.csv", "--space", "{}"],
]

pytestmark = pytest.mark.attack


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
def test_a_path_that_is_too_long_is_one_line(workspace, invoke, monkeypatch, place):
    monkeypatch.chdir(workspace)
    for path in TOO_LONG:
        result = invoke(*(part.format(path) for part in place))
        assert result.exit_code == 1, result.exception
        (line,) = result.stderr.splitlines()
        assert line.startswith("Error: ")


@pytest.mark.parametrize(
    "model", ["http://", "http://x", "https:///", "s3://", "file:", "x:/", "models:/"]
)
def test_an_address_that_holds_no_model_is_one_line(
    workspace, invoke, monkeypatch, model
):
    monkeypatch.chdir(workspace)
    result = invoke("check", model)
    assert result.exit_code == 1, result.exception
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    if model.startswith("http"):
        assert line.startswith(f"Error: No model at '{model}'. A model is ")


@pytest.mark.parametrize("text", ["[" * 5000, "{a: " * 5000, "- " * 5000])
@pytest.mark.parametrize(
    "option", [["train", "--config"], ["train", "--conda-env"], ["tune", "--space"]]
)
def test_yaml_nested_too_deeply_is_one_line(
    workspace, invoke, monkeypatch, tmp_path, option, text
):
    monkeypatch.chdir(workspace)
    path = tmp_path / "deep.yaml"
    path.write_text(text)
    command, flag = option
    result = invoke("-q", command, "reviews.csv", flag, path)
    assert result.exit_code == 1, result.exception
    (line,) = result.stderr.splitlines()
    assert "nested too deeply" in line
