"""Crafted and damaged models, at every command that loads one: one line, exit code 1."""

import shutil

import pytest
import skops.io
from crafted_models import change_mlmodel, craft_command, put_data

from sentiment import TextCleaner


def dangerous(folder, trace):
    put_data(folder, craft_command(["touch", str(trace)]), ["subprocess.Popen"])
    return "holds types that sentiment does not trust: subprocess.Popen."


def swapped(folder, trace):
    (folder / "model.skops").write_bytes(skops.io.dumps(TextCleaner()))
    return "is not the file that was saved with this model"


def truncated(folder, trace):
    data = (folder / "model.skops").read_bytes()
    (folder / "model.skops").write_bytes(data[:-100])
    return "is not the file that was saved with this model"


def newer(folder, trace):
    change_mlmodel(folder, lambda flavors: flavors["sentiment"].update(format=2))
    return "is a model of format 2"


@pytest.mark.attack
@pytest.mark.parametrize("command", ["predict", "check", "serve"])
@pytest.mark.parametrize("craft", [dangerous, swapped, truncated, newer])
def test_it_is_refused_before_anything_of_it_runs(
    workspace, invoke, asked_in_a_fork, tmp_path, craft, command
):
    folder, trace = tmp_path / "model", tmp_path / "trace"
    shutil.copytree(workspace / "model", folder)
    evil = f"open({str(trace)!r}, 'w')\n"
    (folder / "code" / "sentiment" / "__init__.py").write_text(evil)
    reason = craft(folder, trace)
    options = {"predict": ["--text", "good"], "serve": ["--port", "0"], "check": []}
    result = invoke(command, folder, *options[command])
    assert result.exit_code == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    assert reason in line
    assert not trace.exists()
