"""Where a model is asked its golden rows: here, or in an environment of its own.

With ``local`` it is this Python, and the model is loaded by our rules. With ``uv`` it
is a Python of the model's version, in an environment of the model's requirements,
which uv makes and keeps in its cache; there the model is loaded by MLflow.
"""

import os
import platform
import shutil
import sys
from importlib.resources import files
from pathlib import Path

from sentiment._messages import first_line, shown
from sentiment.exceptions import ModelError
from sentiment.persistence._model_file import require_file

ENV_MANAGERS = ("local", "uv")


def find_command(folder: Path, env_manager: str) -> list[str]:
    """Return the command; it takes the files of the question and of the answer.

    Raises ModelError if the environment cannot be made.
    """
    if env_manager == "local":
        # -P: no module of the current folder may stand in for an installed one.
        return [sys.executable, "-P", "-m", "sentiment.persistence._replay"]
    if env_manager != "uv":
        raise ModelError(
            f"check_model takes an env_manager among {list(ENV_MANAGERS)}. Got "
            f"{env_manager!r}."
        )
    script = files(__package__).joinpath("_replay_by_mlflow.py").read_text("utf-8")
    uv, python = _find_uv(), _find_python(folder)
    required = require_file(folder.resolve() / "requirements.txt")
    return [
        uv,
        *("run", "--quiet", "--isolated", "--no-project", "--no-config"),
        *("--python", python),
        *("--with-requirements", str(required)),
        *("python", "-P", "-c", script),
    ]


def make_environment(env_manager: str) -> dict[str, str]:
    """Return the environment variables that the command runs with."""
    variables = dict(os.environ)
    if env_manager != "local":
        # A path to packages of ours would stand before those that the model asks for.
        variables.pop("PYTHONPATH", None)
    return variables


def _find_uv() -> str:
    beside = str(Path(sys.executable).parent)
    path = f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"
    found = shutil.which("uv", path=path)
    if found is None:
        raise ModelError(
            "The environment manager uv is not installed. Install it with `pip install "
            "uv`, or pass env_manager='local'."
        )
    return found


def _find_python(folder: Path) -> str:
    """Return the version that the model asks for, or this Python if it is that."""
    from sentiment._yaml import YAMLError, read_mlflow_yaml

    path = folder / "python_env.yaml"
    try:
        content = read_mlflow_yaml(path.read_text(encoding="utf-8"))
        version = content["python"]
        if not isinstance(version, str | float):
            raise TypeError(f"python is {shown(version)}")
    except (OSError, ValueError, KeyError, TypeError, YAMLError) as error:
        raise ModelError(
            f"{path} does not say which Python the model asks for: {first_line(error)}"
        ) from error
    return sys.executable if version == platform.python_version() else str(version)
