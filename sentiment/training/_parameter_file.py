"""Parameters of a training in one file that several people share."""

import inspect
from os import PathLike
from pathlib import Path
from typing import Any, get_type_hints

from sentiment._messages import shown
from sentiment.exceptions import DataError
from sentiment.suggestions import did_you_mean
from sentiment.training._options import TrainingOptions
from sentiment.training._train import train

# What is no plain value, or is about the call and not about the training.
_NOT_IN_FILES = {"progress", "artifacts", "options"}


def read_parameter_file(path: str | PathLike[str]) -> dict[str, Any]:
    """Return the arguments of ``train`` that a YAML file sets.

    Parameters
    ----------
    path : str or path
        A mapping; its keys are the parameters of :func:`sentiment.train`, written with
        ``_`` or ``-``. ``data`` stands for ``source``, ``set`` for ``params``.

    Returns
    -------
    arguments : dict
        For ``train(**arguments, artifacts=[path])``.

    Raises
    ------
    DataError
        If the file cannot be read, is no mapping, or names what does not exist.
    """
    from sentiment._yaml import YAMLError, read_yaml

    try:
        content = read_yaml(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        reason = " ".join(str(getattr(error, "strerror", None) or error).split())
        raise DataError(
            f"The parameter file {path} cannot be read: {reason}."
        ) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise DataError(
            f"{path} must map parameters to values, such as preset: fast. It holds a "
            f"{type(content).__name__}."
        )
    known = _known()
    arguments = {}
    for key, value in content.items():
        name = str(key).replace("-", "_")
        name = {"data": "source", "set": "params"}.get(name, name)
        if name not in known:
            hint = did_you_mean(name, known) or f" There are {', '.join(known)}."
            raise DataError(f"{path} sets {shown(key)}, which is no parameter.{hint}")
        arguments[name] = value
    params = arguments.get("params", {})
    if not isinstance(params, dict):
        raise DataError(
            f"{path} must map the params of the steps to values, such as "
            f"vectorize__min_df: 5. It holds {shown(params, 100)}."
        )
    return arguments


def _known() -> list[str]:
    known = [*inspect.signature(train).parameters, *get_type_hints(TrainingOptions)]
    return [name for name in known if name not in _NOT_IN_FILES]
