"""The model serves itself: an environment of its own requirements and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.services, pytest.mark.timeout(900)]


def find_uv():
    return shutil.which(
        "uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    )


def run(*command, **options):
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, **options
    )
    if done.returncode:
        pytest.fail(f"{command}\n{done.stdout}\n{done.stderr}")
    return done.stdout


@pytest.fixture(scope="module")
def fresh(saved, tmp_path_factory):
    """The Python of an environment made of the model's requirements.txt."""
    folder = tmp_path_factory.mktemp("fresh") / "environment"
    python = folder / "bin" / "python"
    uv = find_uv()
    if uv is not None:
        run(uv, "venv", "--python", sys.executable, folder)
        install = [uv, "pip", "install", "--python", python]
    else:
        run(sys.executable, "-m", "venv", folder)
        install = [python, "-m", "pip", "install"]
    run(*install, "-r", saved / "requirements.txt", cwd=folder)
    return python


@pytest.fixture(scope="module")
def moved(saved, tmp_path_factory):
    """The model where it was copied to, on another machine as it were."""
    return shutil.copytree(saved, tmp_path_factory.mktemp("elsewhere") / "model")


def isolated(environment, python):
    """The environment of a process that does not find this checkout."""
    changed = environment()
    changed.pop("PYTHONPATH", None)
    return {**changed, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}


def test_this_checkout_is_out_of_reach(fresh, tmp_path, environment):
    code = "import importlib.util as u; print(u.find_spec('sentiment'))"
    env = isolated(environment, fresh)
    assert run(fresh, "-c", code, cwd=tmp_path, env=env).strip() == "None"


def test_it_answers_by_mlflow_models_serve(
    fresh, moved, serve_by_mlflow, environment, pipeline
):
    texts = ["This movie is cool", "awful film"]
    with serve_by_mlflow(moved, isolated(environment, fresh)) as server:
        predictions = server.post(json={"inputs": {"text": texts}}).json()[
            "predictions"
        ]
    assert [p["label"] for p in predictions] == pipeline.predict(texts).tolist()
    scores = pipeline.predict_proba(texts).max(axis=1).tolist()
    assert [p["score"] for p in predictions] == scores


def test_it_is_loaded_by_mlflow_with_the_code_it_carries(
    fresh, moved, tmp_path, environment, pipeline
):
    code = (
        "import sys, mlflow; path = sys.argv[1];"
        "print(mlflow.sklearn.load_model(path).predict(['awful film'])[0]);"
        "import sentiment; print(sentiment.__file__);"
        "print(mlflow.pyfunc.load_model(path).get_raw_model()[-1].classes_.tolist())"
    )
    env = isolated(environment, fresh)
    label, where, classes = run(
        fresh, "-c", code, moved, cwd=tmp_path, env=env
    ).splitlines()
    assert label == pipeline.predict(["awful film"])[0]
    assert Path(where) == moved / "code" / "sentiment" / "__init__.py"
    assert classes == "['negative', 'positive']"


def test_it_needs_nothing_that_training_and_tests_need(fresh):
    names = {path.name for path in fresh.parents[1].glob("lib/*/site-packages/*")}
    assert not {"pytest", "datasets", "hypothesis", "nltk"} & names
