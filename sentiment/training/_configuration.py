"""Build the Pipeline of a training, and refuse what cannot work."""

import os
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentiment._messages import shown
from sentiment._sklearn import InvalidParameterError, validate_parameter_constraints
from sentiment.exceptions import DataError, TrackingError
from sentiment.persistence import DATA_FILES, switch_off_telemetry
from sentiment.pipeline import make_sentiment_pipeline
from sentiment.pruning import limit_ngrams
from sentiment.suggestions import did_you_mean
from sentiment.tracking import explain

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline


def build_pipeline(
    preset: str,
    params: Mapping[str, Any],
    random_state: int | None,
    prune: int | None = None,
    prior: Any = "auto",
) -> "Pipeline":
    """Return the Pipeline to train, its values checked and its seeds set.

    Raises
    ------
    InvalidParameterError
        If there is no such preset or parameter, a value is out of range, or the
        Pipeline cannot be pruned.
    """
    try:
        pipeline = make_sentiment_pipeline(
            preset, prior=prior, random_state=random_state, **params
        )
    except (InvalidParameterError, TypeError):
        # A TypeError where params hold a name that the function itself has.
        _refuse_unknown(preset, params)
        raise
    if prune is not None:
        limit_ngrams(pipeline, prune)
    for value in pipeline.get_params().values():
        _check_values(value)
    if not hasattr(pipeline, "predict_proba"):
        raise InvalidParameterError(
            "The 'params' parameter of train must leave a classifier with "
            f"predict_proba. Got {pipeline[-1]!r}. Wrap its classifier in sklearn's "
            "CalibratedClassifierCV."
        )
    return pipeline


def check_registration(register: str | None, alias: str | None) -> None:
    """Refuse names that the registry would refuse after the training.

    Raises
    ------
    TrackingError
        If MLflow does not take the name or the alias, or there is an alias alone.
    """
    if alias is not None and register is None:
        raise TrackingError(
            f"An alias belongs to a registered model. Got alias={alias!r} without "
            "register."
        )
    switch_off_telemetry()
    from mlflow.exceptions import MlflowException
    from mlflow.utils import validation

    try:
        if register is not None:
            validation._validate_model_name(register)
        if alias is not None:
            validation._validate_model_alias_name(alias)
            validation._validate_model_alias_name_reserved(alias)
    except MlflowException as error:
        raise TrackingError(
            f"The model cannot be registered: {explain(error)}"
        ) from error


def check_serialization(serialization: str) -> None:
    """Refuse a format of models that does not exist.

    Raises InvalidParameterError if there is none of that name.
    """
    if serialization not in DATA_FILES:
        raise InvalidParameterError(
            "The 'serialization' parameter of train must be a str among "
            f"{sorted(DATA_FILES)}. Got {serialization!r} instead."
        )


def check_model_name(name: str) -> None:
    """Refuse a name that no URI of a run could hold.

    Raises InvalidParameterError if MLflow does not take it, or it has several parts.
    """
    if not name or name in (".", "..") or set(name) & set("/:.%\"'\\?#@\n"):
        raise InvalidParameterError(
            "The 'model_name' parameter of train must be a name without / : . % \" ' "
            f"\\ ? # @. Got {name!r} instead."
        )


def check_environment(
    pip_requirements: str | PathLike[str] | None,
    conda_env: str | PathLike[str] | None,
) -> dict[str, str]:
    """Return the file that names an environment, if there is one.

    Raises InvalidParameterError if there are two, and DataError if the file is not
    there, or no conda environment.
    """
    if pip_requirements is not None and conda_env is not None:
        raise InvalidParameterError(
            "train takes pip_requirements or conda_env. Got both. Leave out one."
        )
    if pip_requirements is not None:
        (path,) = check_files([pip_requirements], "pip_requirements")
        return {"pip_requirements": str(path)}
    if conda_env is None:
        return {}
    (path,) = check_files([conda_env], "conda_env")
    from sentiment._yaml import YAMLError, read_yaml

    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, YAMLError) as error:
        reason = " ".join(str(error).split())
        raise DataError(f"{path} is no conda environment: {reason}.") from error
    if not isinstance(content, dict) or not isinstance(
        content.get("dependencies"), list
    ):
        raise DataError(
            f"{path} is no conda environment: it has no list of dependencies."
        )
    return {"conda_env": str(path)}


def check_files(paths: Sequence[str | PathLike[str]], name: str) -> list[Path]:
    """Return paths of files that are there.

    Raises DataError if one is not.
    """
    for path in paths:
        # Unlike Path.is_file, it is False, no OSError, of a name that is too long.
        if not os.path.isfile(path):  # noqa: PTH113
            raise DataError(
                f"train takes {name} that are files. No file {shown(str(path), 200)}."
            )
    return [Path(path) for path in paths]


def check_fraction(fraction: float | None) -> float | None:
    """Return the share of rows to set aside, if somebody asks for one.

    Raises InvalidParameterError if it is not between 0 and 1.
    """
    if fraction is not None and not 0 < fraction < 1:
        raise InvalidParameterError(
            "The 'validation_fraction' parameter of train must be a float in the range "
            f"(0.0, 1.0) or None. Got {fraction!r} instead."
        )
    return fraction


def _refuse_unknown(preset: str, params: Mapping[str, Any]) -> None:
    known = make_sentiment_pipeline(preset, prior=None).get_params()
    for name in params:
        if name not in known:
            raise InvalidParameterError(
                f"The Pipeline has no parameter {shown(name)}."
                f"{did_you_mean(name, known)} Parameters are written step__parameter, "
                "such as vectorize__min_df."
            )


def _check_values(estimator: Any) -> None:
    """Check now what the estimator's ``fit`` would refuse, when a run has begun."""
    constraints = getattr(estimator, "_parameter_constraints", None)
    if constraints is not None and hasattr(estimator, "get_params"):
        validate_parameter_constraints(
            constraints,
            estimator.get_params(deep=False),
            caller_name=type(estimator).__name__,
        )
