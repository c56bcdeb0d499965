"""What a user adds to a training: names, environments, files, a hook."""

from pathlib import Path

import mlflow
import pytest
from training_fixtures import leave_out_figures

from sentiment import load_model, train
from sentiment.exceptions import DataError
from sentiment.persistence import find_model_folder
from sentiment.training import load_hook, read_parameter_file
from sentiment.training._hook import check_metrics

QUICK = {"vectorize__min_df": 1}


ENVIRONMENT = "numpy>=2\nmlflow-skinny\nmy-own-package==1\n"
CONDA = "name: own\ndependencies:\n- python=3.11\n- pip\n- pip: [mlflow, my-own==1]\n"


class TestEverythingAtOnce:
    """One training with all that a user may add, looked at from all sides."""

    @pytest.fixture(scope="class")
    @classmethod
    def folder(cls, in_folder):
        return in_folder()

    @pytest.fixture(scope="class")
    @classmethod
    def result(cls, folder, reviews):
        with pytest.MonkeyPatch.context() as patch:
            leave_out_figures(patch)
            return cls.record(folder, reviews)

    @staticmethod
    def record(folder, reviews):
        (folder / "own.txt").write_text(ENVIRONMENT)
        (folder / "params.yaml").write_text("run-name: shared\n")

        def hook(context):
            mlflow.log_text("mine", "mine.txt")
            (validation,) = context.evaluations
            assert len(validation.texts) == len(validation.codes)
            assert context.pipeline.predict(["fun"]).shape == (1,)
            return {"longest": max(map(len, validation.texts))}

        return train(
            reviews,
            preset="fast",
            params=QUICK,
            model_name="own",
            register="films",
            alias="champion",
            pip_requirements=folder / "own.txt",
            artifacts=[folder / "params.yaml"],
            hook=hook,
            **read_parameter_file(folder / "params.yaml"),
        )

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, result):
        return mlflow.get_run(result.run_id)

    def test_the_model_is_found_by_its_name_and_carries_its_environment(self, result):
        assert result.model_uri == f"runs:/{result.run_id}/own"
        assert load_model(result.model_uri).predict(["fun"]).shape == (1,)
        folder = find_model_folder(result.model_uri)
        assert "my-own-package==1" in (folder / "requirements.txt").read_text()

    def test_the_file_of_parameters_is_kept_with_the_run(self, result, run, tmp_path):
        assert run.info.run_name == "shared"
        path = mlflow.MlflowClient().download_artifacts(
            result.run_id, "params.yaml", str(tmp_path)
        )
        assert Path(path).read_text() == "run-name: shared\n"

    def test_a_hook_adds_metrics_and_artifacts_of_its_own(self, result, run):
        assert run.data.metrics["longest"] == result.metrics["longest"] > 5
        files = mlflow.MlflowClient().list_artifacts(result.run_id)
        assert "mine.txt" in [file.path for file in files]

    def test_the_card_is_the_description_of_the_run_and_in_the_model(self, result, run):
        card = (find_model_folder(result.model_uri) / "model_card.md").read_text()
        tags = run.data.tags
        assert tags["mlflow.note.content"] == card
        version = mlflow.MlflowClient().get_model_version("films", "1")
        assert version.description == card
        assert f"`{result.model_uri}`, preset `fast`" in card
        assert tags["sentiment.status"] == "complete"
        assert tags["sentiment.seed"] == "42"
        assert float(tags["sentiment.seconds_fit"]) > 0
        assert float(tags["sentiment.peak_memory_mb"]) > 10


@pytest.fixture
def quick(store, reviews, no_figures):
    def quick(**options):
        given = {"preset": "fast", "params": QUICK, "prior": None}
        return train(reviews, **given, **options)

    return quick


def test_a_conda_environment_is_carried_as_it_is(quick, tmp_path):
    wanted = tmp_path / "own.yaml"
    wanted.write_text(CONDA)
    folder = find_model_folder(quick(conda_env=wanted).model_uri)
    assert "my-own==1" in (folder / "conda.yaml").read_text()


def test_a_parameter_file_must_map_the_parameters_of_steps(tmp_path):
    file = tmp_path / "params.yaml"
    file.write_text("params: [1]\n")
    with pytest.raises(DataError, match="vectorize__min_df: 5"):
        read_parameter_file(file)
    file.write_text("")
    assert read_parameter_file(file) == {}


def test_a_small_number_in_the_file_of_parameters_needs_no_point(tmp_path):
    file = tmp_path / "params.yaml"
    file.write_text("params: {vectorize__min_df: 1e-4, clean__lowercase: 1e}\n")
    params = read_parameter_file(file)["params"]
    assert params == {"vectorize__min_df": 1e-4, "clean__lowercase": "1e"}


@pytest.mark.parametrize("answer", [7, {"a": "b"}, {"a": float("nan")}])
def test_what_a_hook_must_not_return_is_refused(answer):
    with pytest.raises(TypeError, match="A hook returns None or a mapping"):
        check_metrics(answer)


def test_a_hook_that_returns_something_else_fails_the_run(quick, store):
    with pytest.raises(TypeError, match="A hook returns None or a mapping"):
        quick(hook=lambda context: 7)
    experiment = store.get_experiment_by_name("sentiment")
    (run,) = store.search_runs([experiment.experiment_id])
    assert run.info.status == "FAILED"


def test_a_hook_is_named_by_module_or_file(quick, tmp_path, monkeypatch):
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "own_hooks.py").write_text(
        "def count(context):\n    return {'parts': len(context.evaluations)}\n"
    )
    assert quick(hook=f"{folder}/own_hooks.py:count").metrics["parts"] == 1
    monkeypatch.syspath_prepend(str(folder))
    assert load_hook("own_hooks:count").__name__ == "count"
