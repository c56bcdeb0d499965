"""Read what a logged model's MLmodel file says, and refuse what we cannot load.

Nothing of the model runs here: the file is plain YAML, read with the safe loader.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentiment._messages import first_line, shown
from sentiment.exceptions import ModelError

FLAVOR = "sentiment"
FORMAT = 1
"""Raised when an older version could no longer read what this one saves."""

AGAIN = "Copy the whole model folder again, or log the model again."
DATA_FILES = {"skops": "model.skops", "cloudpickle": "model.pkl"}


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What is needed to load a model, as its MLmodel file states it."""

    folder: Path
    version: str
    serialization_format: str
    sha256: str

    @property
    def data(self) -> Path:
        """The file that holds the Pipeline."""
        return self.folder / DATA_FILES[self.serialization_format]


def read_model_file(folder: Path) -> ModelFile:
    """Return what the MLmodel file in ``folder`` says.

    Raises
    ------
    ModelError
        If it is not a model, not one of ours, of a newer format, or damaged.
    """
    path = folder / "MLmodel"
    flavors = _read_flavors(path)
    ours = flavors.get(FLAVOR)
    if not isinstance(ours, dict):
        raise ModelError(
            f"{folder} is an MLflow model of the flavors "
            f"{shown(sorted(map(str, flavors)), 200)}, "
            "but was not saved by sentiment. Load it with MLflow itself."
        )
    _check_format(path, ours)
    version, sha256 = ours.get("version"), ours.get("sha256")
    serialization = ours.get("serialization_format")
    if (
        not isinstance(version, str)
        or not isinstance(sha256, str)
        or not isinstance(serialization, str)
        or serialization not in DATA_FILES
    ):
        raise ModelError(
            f"{path} is damaged: {shown(ours, 200)} is not what sentiment writes. "
            f"{AGAIN}"
        )
    model = ModelFile(folder, version, serialization, sha256)
    require_file(model.data)
    return model


def require_file(path: Path) -> Path:
    """Return a file of a model folder; refuse a folder that lacks it."""
    if not path.is_file():
        raise ModelError(
            f"{path.parent} lacks its file {path.name}: the model was not saved or "
            f"copied completely. {AGAIN}"
        )
    return path


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_flavors(path: Path) -> dict[str, Any]:
    # PyYAML itself, not mlflow.models.Model, whose import takes four seconds.
    from sentiment._yaml import YAMLError, read_mlflow_yaml

    if not path.is_file():
        raise ModelError(
            f"{path.parent} is not a model: it holds no MLmodel file. A model folder "
            "is what save_model writes, or an MLflow artifact as it was downloaded."
        )
    try:
        content = read_mlflow_yaml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, YAMLError) as error:
        raise ModelError(f"{path} cannot be read: {first_line(error)}") from error
    flavors = content.get("flavors") if isinstance(content, dict) else None
    if not isinstance(flavors, dict):
        raise ModelError(f"{path} is damaged: it names no flavors. {AGAIN}")
    return flavors


def _check_format(path: Path, ours: dict[str, Any]) -> None:
    number = ours.get("format")
    if type(number) is not int or number < 1:
        raise ModelError(f"{path} is damaged: its format is {shown(number)}. {AGAIN}")
    if number > FORMAT:
        from sentiment.version import VERSION

        raise ModelError(
            f"{path.parent} is a model of format {shown(number)}, saved by sentiment "
            f"{shown(ours.get('version'))}; version {VERSION} reads formats up to "
            f"{FORMAT}. Upgrade sentiment."
        )
