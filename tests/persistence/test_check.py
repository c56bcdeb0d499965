"""A model is asked its golden rows again; what has changed is found and said."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from crafted_models import change_golden

from sentiment import ModelError, save_model
from sentiment.persistence import _check, check_model
from sentiment.persistence._model_environment import find_command, make_environment


@pytest.fixture
def model(saved, tmp_path):
    """A copy of the model folder, to be spoilt."""
    return shutil.copytree(saved, tmp_path / "model")


def test_a_model_that_was_just_saved_passes(saved, asked_in_a_fork):
    result = check_model(saved)
    assert result.passed
    assert result.max_difference == 0
    assert result.versions == {}
    assert result.n_rows >= 10


def test_a_probability_that_has_moved_is_found_with_its_row(model, asked_before):
    def edit(content):
        first, second = content["probabilities"][3]
        content["probabilities"][3] = [first + 2e-6, second - 2e-6]
        content["probabilities"][4][0] += 5e-7

    change_golden(model, edit)
    result = check_model(model)
    assert not result.passed
    (moved,) = result.moved
    assert moved.row == 3
    assert (
        moved.text == json.loads((model / "golden_rows.json").read_text())["texts"][3]
    )
    assert moved.difference == pytest.approx(2e-6, rel=1e-3)
    assert moved.label == moved.label_now
    assert result.max_difference == moved.difference


def test_a_label_that_has_changed_is_told(model, asked_before):
    def edit(content):
        content["probabilities"][0].reverse()
        (content["labels"][0],) = set(content["classes"]) - {content["labels"][0]}

    change_golden(model, edit)
    (moved,) = check_model(model).moved
    assert {moved.label, moved.label_now} == {"negative", "positive"}


def test_versions_that_differ_are_told_and_no_others(model, asked_before):
    def edit(content):
        content["versions"]["scikit-learn"] = "0.1"
        del content["versions"]["xgboost"]
        content["versions"]["tensorflow"] = "3.0"

    change_golden(model, edit)
    result = check_model(model)
    assert result.passed
    assert result.versions["scikit-learn"][0] == "0.1"
    assert result.versions["xgboost"][0] is None
    assert result.versions["tensorflow"] == ("3.0", None)
    assert set(result.versions) == {"scikit-learn", "xgboost", "tensorflow"}
    assert json.loads(json.dumps(result.to_dict()))["passed"] is True


def test_the_process_is_a_fresh_one(saved, monkeypatch):
    monkeypatch.setattr(
        "sklearn.pipeline.Pipeline.predict_proba", lambda self, X: [[9, 9]] * len(X)
    )
    assert check_model(saved).passed


def test_a_relative_folder_is_found_and_a_module_beside_it_has_no_say(
    model, monkeypatch
):
    (model.parent / "skops.py").write_text("raise RuntimeError('not this one')")
    monkeypatch.chdir(model.parent)
    assert check_model("model").passed


def test_a_model_that_cannot_be_loaded_is_one_sentence(model, asked_in_a_fork):
    (model / "model.skops").write_bytes(b"other")
    with pytest.raises(ModelError, match=r"cannot be asked: .* SHA-256") as caught:
        check_model(model)
    assert "\n" not in str(caught.value)


def test_of_a_process_that_dies_of_an_exception_the_exception_is_told(
    model, monkeypatch
):
    command = [sys.executable, "-c", "import sys\n{}['lost']"]
    monkeypatch.setattr(_check, "find_command", lambda *_: command)
    with pytest.raises(ModelError, match=r"cannot be asked: KeyError: 'lost'$"):
        check_model(model)


def test_a_pickle_is_asked_only_when_allowed(pipeline, tmp_path, asked_in_a_fork):
    save_model(pipeline, tmp_path / "model", serialization_format="cloudpickle")
    with pytest.raises(ModelError, match="allow_pickle=True"):
        check_model(tmp_path / "model")
    assert check_model(tmp_path / "model", allow_pickle=True).passed


def test_an_unknown_environment_manager_is_refused(saved):
    with pytest.raises(ModelError, match=r"among \['local', 'uv'\]. Got 'conda'"):
        check_model(saved, env_manager="conda")


def test_without_uv_the_remedy_is_named(saved, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(ModelError, match="pip install uv"):
        check_model(saved, env_manager="uv")


@pytest.fixture
def uv(tmp_path, monkeypatch):
    """A program of that name: what would be run is the question."""
    monkeypatch.setattr(shutil, "which", lambda *_, **__: "/bin/uv")


def test_uv_is_given_the_python_and_the_requirements_of_the_model(uv, model):
    command = find_command(model, "uv")
    assert command[0] == "/bin/uv"
    assert command[command.index("--python") + 1] == sys.executable
    requirements = Path(command[command.index("--with-requirements") + 1])
    assert requirements.is_absolute()
    assert requirements.samefile(model / "requirements.txt")
    (model / "python_env.yaml").write_text("python: 3.12.1\n")
    command = find_command(model, "uv")
    assert command[command.index("--python") + 1] == "3.12.1"


def test_a_folder_without_an_environment_is_refused(uv, model):
    (model / "requirements.txt").unlink()
    with pytest.raises(ModelError, match=r"lacks its file requirements\.txt"):
        find_command(model, "uv")
    (model / "python_env.yaml").write_text("dependencies: []")
    with pytest.raises(ModelError, match="does not say which Python"):
        find_command(model, "uv")


def test_our_path_of_modules_does_not_reach_the_models_environment(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    assert "PYTHONPATH" in make_environment("local")
    assert "PYTHONPATH" not in make_environment("uv")
