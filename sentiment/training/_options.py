"""The keywords of a training, by what they are about, and how it is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, TypedDict

from sentiment.datasets import Data, ReadingOptions
from sentiment.persistence import DEFAULT_NAME
from sentiment.training._configuration import (
    check_environment,
    check_files,
    check_model_name,
    check_registration,
    check_serialization,
)
from sentiment.training._hook import Hook, load_hook


class DataOptions(ReadingOptions, total=False):
    """Which data there are beside the training data, and how all are read."""

    test: Data
    validation: Data
    instances: Data
    labels: Data
    unlabelled_texts: Data
    split: str
    test_split: str


class RecordingOptions(TypedDict, total=False):
    """How a training is recorded in MLflow."""

    experiment: str
    run_name: str | None
    register: str | None
    alias: str | None
    model_name: str
    serialization: str
    pip_requirements: str | PathLike[str] | None
    conda_env: str | PathLike[str] | None
    artifacts: Sequence[str | PathLike[str]]
    hook: Hook | str | None


class TrainingOptions(RecordingOptions, DataOptions, total=False):
    """All keywords of a training but those that say what is trained."""


@dataclass(frozen=True)
class Recording:
    """How a training is recorded: arguments of ``train``, checked.

    Attributes
    ----------
    environment : mapping of str to str
        ``pip_requirements`` or ``conda_env``, if one is given.
    nested : bool
        Whether the run is the child of the active one.
    """

    experiment: str
    run_name: str | None = None
    register: str | None = None
    alias: str | None = None
    model_name: str = DEFAULT_NAME
    serialization: str = "skops"
    environment: Mapping[str, str] = field(default_factory=dict)
    artifacts: Sequence[Path] = ()
    hook: Hook | None = None
    nested: bool = False


def take_recording(
    options: Mapping[str, Any], **fixed: Any
) -> tuple[Recording, dict[str, Any]]:
    """Return what ``RecordingOptions`` holds, checked, and the other options.

    ``fixed`` are fields that no option decides.

    Raises
    ------
    SentimentError
        If one of them cannot be.
    """
    rest = dict(options)
    names = RecordingOptions.__annotations__.keys() & rest.keys()
    given = {name: rest.pop(name) for name in names}
    files = given.pop("pip_requirements", None), given.pop("conda_env", None)
    given["environment"] = check_environment(*files)
    given["artifacts"] = check_files(given.get("artifacts", ()), "artifacts")
    if isinstance(given.get("hook"), str):
        given["hook"] = load_hook(given["hook"])
    recording = Recording(**{"experiment": "sentiment", **given, **fixed})
    check_registration(recording.register, recording.alias)
    check_serialization(recording.serialization)
    check_model_name(recording.model_name)
    return recording, rest
