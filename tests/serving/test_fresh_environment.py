"""The model serves itself: an environment of its own requirements and nothing else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sentiment.persistence import check_model

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


def test_it_holds_nothing_that_training_and_tests_need(fresh):
    names = {path.name for path in fresh.parents[1].glob("lib/*/site-packages/*")}
    unwanted = {"pytest", "datasets", "hypothesis", "nltk", "matplotlib", "nvidia"}
    assert not unwanted & names


def test_it_takes_less_than_600_mb(fresh):
    files = [path for path in fresh.parents[1].rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files if not path.is_symlink())
    assert size < 600e6


IMPORTED = """
import json, sys
from importlib.metadata import packages_distributions
import pandas as pd
import mlflow.pyfunc
from mlflow.pyfunc.scoring_server import init
model = mlflow.pyfunc.load_model(sys.argv[1])
init(model)
model.predict(pd.DataFrame({"text": ["film"]}), params={"probabilities": True})
known = packages_distributions()
top = {name.partition(".")[0] for name in sys.modules}
print(json.dumps(sorted({one for name in top for one in known.get(name, [])})))
"""


def test_what_serving_imports_is_required_and_what_is_required_is_imported(
    fresh, moved, tmp_path, environment
):
    env = isolated(environment, fresh)
    used = set(json.loads(run(fresh, "-c", IMPORTED, moved, cwd=tmp_path, env=env)))
    lines = (moved / "requirements.txt").read_text().splitlines()
    markers = {line.partition("==")[0]: line.partition(";")[2] for line in lines}
    required = {name for name, marker in markers.items() if '!= "linux"' not in marker}
    # uvicorn imports these two when it starts; mlflow.sklearn reads models by skops.
    assert required - {"httptools", "uvloop", "skops"} <= used
    assert "mlflow" not in used
    assert "xgboost" not in used


needs_uv = pytest.mark.skipif(find_uv() is None, reason="needs uv")


@needs_uv
def test_mlflow_makes_the_environment_itself(
    moved, tmp_path, serve_by_mlflow, environment, pipeline, fresh
):
    """The command as one types it: nothing is installed beforehand but MLflow."""
    env = environment(MLFLOW_ENV_ROOT=str(tmp_path / "environments"))
    env.pop("PYTHONPATH", None)
    texts = ["This movie is cool", "awful film"]
    with serve_by_mlflow(moved, env, manager="uv") as server:
        answer = server.post(json={"inputs": {"text": texts}}).json()["predictions"]
    assert [row["label"] for row in answer] == pipeline.predict(texts).tolist()
    scores = pipeline.predict_proba(texts).max(axis=1).tolist()
    assert [row["score"] for row in answer] == scores


@needs_uv
def test_it_passes_its_check_in_the_environment_it_asks_for(moved, monkeypatch):
    result = check_model(moved, env_manager="uv")
    assert result.passed
    assert result.max_difference == 0
    assert result.versions == {}


@needs_uv
def test_the_code_that_answers_a_check_by_uv_is_the_models_own(moved, tmp_path):
    folder = shutil.copytree(moved, tmp_path / "model")
    # A file beside the archive goes first.
    version = folder / "code" / "sentiment" / "version.py"
    version.write_text('VERSION = "0.0.7"\n')
    result = check_model(folder, env_manager="uv")
    assert result.passed
    assert result.versions["sentiment"][1] == "0.0.7"
