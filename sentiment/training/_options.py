"""The keywords of a training, by what they are about."""

from collections.abc import Sequence
from os import PathLike
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
from sentiment.training._recording import Recording

__all__ = ["DataOptions", "RecordingOptions", "TrainingOptions", "take_recording"]


class DataOptions(ReadingOptions, total=False):
    """Which data there are beside the training data, and how all are read."""

    test: Data
    validation: Data
    instances: Data
    labels: Data
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


def take_recording(options: dict[str, Any]) -> Recording:
    """Take the options of ``RecordingOptions`` out of others, and check them.

    Raises
    ------
    SentimentError
        If one of them cannot be.
    """
    given = {
        name: options.pop(name)
        for name in RecordingOptions.__annotations__
        if name in options
    }
    register, alias = given.get("register"), given.get("alias")
    check_registration(register, alias)
    serialization = given.get("serialization", "skops")
    check_serialization(serialization)
    model_name = given.get("model_name", DEFAULT_NAME)
    check_model_name(model_name)
    environment = (given.get("pip_requirements"), given.get("conda_env"))
    hook = given.get("hook")
    return Recording(
        given.get("experiment", "sentiment"),
        given.get("run_name"),
        register,
        alias,
        model_name,
        serialization,
        check_environment(*environment),
        check_files(given.get("artifacts", ()), "artifacts"),
        load_hook(hook) if isinstance(hook, str) else hook,
    )
