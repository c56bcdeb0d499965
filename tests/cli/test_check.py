import json
import shutil

import pytest
from crafted_models import change_golden, put_changed

MODEL = "models:/reviews@champion"


@pytest.fixture
def spoilt(workspace, tmp_path):
    """A model one of whose golden rows says something else than the model."""
    folder = shutil.copytree(workspace / "model", tmp_path / "model")

    def edit(content):
        content["probabilities"][0].reverse()
        (content["labels"][0],) = set(content["classes"]) - {content["labels"][0]}
        content["versions"]["numpy"] = "1.0"

    change_golden(folder, edit)
    return folder


@pytest.fixture
def swapped(workspace, tmp_path):
    """A model whose labels were swapped, and whose checksum fits."""
    folder = shutil.copytree(workspace / "model", tmp_path / "model")

    def swap(pipeline):
        pipeline[-1].classes_ = pipeline[-1].classes_[::-1].copy()

    put_changed(folder, swap)
    return folder


def test_a_model_that_answers_as_before_is_exit_code_0(workspace, run):
    done = run("check", MODEL, cwd=workspace, fresh=True)
    assert done.returncode == 0, done.stderr
    first, _, last = done.stdout.decode().splitlines()
    assert first == "Same versions."
    assert last.startswith("All 12 documents get the answers they got when")
    assert done.stderr == b""


def test_a_model_that_has_moved_is_exit_code_3(invoke, asked_in_a_fork, spoilt):
    result = invoke("check", spoilt)
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["library", "when", "saved", "now"]
    assert lines[1].split()[:2] == ["numpy", "1.0"]
    assert lines[3].startswith("1 of 12 documents get another label or probability (")
    assert "->" in lines[4]
    assert "Wonderful, never boring" in lines[4]


@pytest.mark.attack
def test_swapped_labels_are_exit_code_3(invoke, asked_in_a_fork, swapped):
    result = invoke("check", swapped)
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    order = "['negative', 'positive'] and are ['positive', 'negative'] now."
    assert lines[2] == f"The classes were {order}"
    assert lines[3].startswith("12 of 12 documents get another label or probability")


def test_json_says_the_same(invoke, asked_in_a_fork, spoilt):
    done = invoke("check", spoilt, "--format", "json")
    assert done.exit_code == 3
    result = json.loads(done.stdout)
    assert result["passed"] is False
    assert result["versions"]["numpy"][0] == "1.0"
    assert [moved["row"] for moved in result["moved"]] == [0]


def test_a_model_that_is_not_there_is_one_line_and_exit_code_1(invoke):
    result = invoke("check", "no-such-model")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: No model at 'no-such-model'.")
    assert result.stdout == ""


def test_an_unknown_environment_manager_is_usage(invoke):
    assert invoke("check", "model", "--env-manager", "conda").exit_code == 2
