"""Code of the user's own that runs inside a training, before its run ends."""

import importlib
import importlib.util
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sklearn.pipeline import Pipeline

from sentiment._messages import shown
from sentiment._sklearn import InvalidParameterError

if TYPE_CHECKING:
    from sentiment.tracking import Evaluation


@dataclass(frozen=True)
class HookContext:
    """What a hook is given.

    Attributes
    ----------
    run_id : str
        Of the MLflow run. It is the active one, so ``mlflow.log_metric`` and
        ``mlflow.log_artifact`` write to it.
    model_uri : str
        Of the model, which is logged by now.
    pipeline : Pipeline
        Fitted.
    evaluations : sequence of Evaluation
        For validation and test rows: ``part``, ``texts``, ``codes`` (the true classes
        as positions in ``pipeline.classes_``), ``probabilities`` and ``metrics``.
    """

    run_id: str
    model_uri: str
    pipeline: Pipeline
    evaluations: "Sequence[Evaluation]"


Hook: TypeAlias = Callable[[HookContext], Mapping[str, float] | None]


def load_hook(name: str) -> Hook:
    """Return the function that ``module:function`` or ``file.py:function`` names.

    Modules are looked for in the current folder first, as ``python -m`` does.

    Parameters
    ----------
    name : str
        Of the hook. Importing it runs the module's code.

    Raises
    ------
    InvalidParameterError
        If there is no such function.

    Examples
    --------
    >>> from sentiment.training import load_hook
    >>> load_hook("math:sqrt")(9)
    3.0
    >>> load_hook("math.sqrt")
    Traceback (most recent call last):
    ...
    sklearn.utils._param_validation.InvalidParameterError: A hook is written
    module:function or file.py:function. Got 'math.sqrt'.
    """
    place, _, attribute = name.rpartition(":")
    if not place or not attribute.isidentifier():
        raise InvalidParameterError(
            f"A hook is written module:function or file.py:function. Got {name!r}."
        )
    try:
        module = _import_file(place) if place.endswith(".py") else _import(place)
    except (ImportError, OSError) as error:
        raise InvalidParameterError(
            f"The hook {name!r} cannot be imported: {error}. Write module:function, or "
            "file.py:function."
        ) from error
    hook = getattr(module, attribute, None)
    if not callable(hook):
        raise InvalidParameterError(f"{place} has no function {attribute!r}.")
    return hook


def check_metrics(values: Any) -> dict[str, float]:
    """Return the metrics that a hook gave back, if it gave any.

    Raises TypeError if it gave something else.
    """
    if values is None:
        return {}
    if not isinstance(values, Mapping) or not all(
        isinstance(value, Real) and math.isfinite(value) for value in values.values()
    ):
        raise TypeError(
            "A hook returns None or a mapping of names to finite numbers. Got "
            f"{shown(values, 200)}."
        )
    return {str(name): float(value) for name, value in values.items()}


def _import(name: str) -> Any:
    sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(Path.cwd()))


def _import_file(place: str) -> Any:
    path = Path(place)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ImportError(f"there is no file {place}")
    module = importlib.util.module_from_spec(spec)
    # Where dataclasses and pickles of its classes look for it.
    sys.modules.setdefault(path.stem, module)
    spec.loader.exec_module(module)
    return module
