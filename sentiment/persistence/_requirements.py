"""The packages that a logged model needs for inference, pinned as installed.

MLflow would find them by loading the model in another process, which takes four
seconds, misses xgboost, finds pytest, and writes ``sentiment==...``, which on the
public index is somebody else's package.

A served environment is kept small: ``mlflow-skinny`` is all of MLflow that a server
imports, and ``xgboost-cpu`` is XGBoost without what graphics cards need (0.7 GB).
"""

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sentiment.exceptions import ModelError
from sentiment.version import VERSION

_ALWAYS = ("mlflow-skinny", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy")

DISTRIBUTIONS = {
    "mlflow": ("mlflow", "mlflow-skinny"),
    "numpy": ("numpy",),
    "pandas": ("pandas",),
    "pyarrow": ("pyarrow",),
    "scikit-learn": ("scikit-learn",),
    "scipy": ("scipy",),
    "skops": ("skops",),
    "xgboost": ("xgboost", "xgboost-cpu"),
}
"""Each library with the distributions that it may have been installed from."""


def make_requirements(pipeline: Any, serialization_format: str) -> list[str]:
    """Return the requirements of a fitted Pipeline, pinned and sorted.

    Raises ModelError if one of them is not installed.
    """
    names = {*_ALWAYS, serialization_format}
    parts = list(iter_parts(pipeline))
    if any(getattr(part, "stemmer", None) is not None for part in parts):
        names.add("nltk")
    pinned = [f"{name}=={_installed(name)}" for name in names]
    if any(_has_trees(part) for part in parts):
        trees = _installed("xgboost")
        pinned.append(f"xgboost-cpu=={trees}; sys_platform == 'linux'")
        # Elsewhere XGBoost itself comes without NCCL.
        pinned.append(f"xgboost=={trees}; sys_platform != 'linux'")
    # MLflow's server runs on uvicorn, which is fast only with these two.
    pinned.append(f"httptools=={_installed('httptools')}")
    if sys.platform != "win32":
        pinned.append(f"uvloop=={_installed('uvloop')}; sys_platform != 'win32'")
    return sorted(pinned)


def iter_parts(estimator: Any) -> Iterator[Any]:
    """Yield an estimator and every estimator inside it, fitted ones too."""
    yield estimator
    for value in vars(estimator).values():
        yield from _iter_inside(value)


def _iter_inside(value: Any) -> Iterator[Any]:
    if hasattr(value, "get_params") and not isinstance(value, type):
        yield from iter_parts(value)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _iter_inside(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _iter_inside(item)


def _has_trees(part: Any) -> bool:
    """Tell whether a part predicts with XGBoost: ours needs it for its trees only."""
    module = type(part).__module__
    is_ours = type(part).__name__ == "BoostedLinearClassifier"
    return module.startswith("xgboost.") or (
        is_ours and getattr(part, "n_iter_", 0) > 0
    )


def _installed(name: str) -> str:
    found = _find(DISTRIBUTIONS.get(name, (name,)))
    if found is None:
        raise ModelError(
            f"A logged model requires {name}, which is not installed here. Install it, "
            "or pass pip_requirements."
        )
    return found


def installed_versions() -> dict[str, str]:
    """Return the version of Python, of this package and of its libraries.

    What is not installed is left out: a served model needs not all of them.
    """
    found = {name: _find(DISTRIBUTIONS[name]) for name in DISTRIBUTIONS}
    return {
        "python": platform.python_version(),
        "sentiment": VERSION,
        **{name: known for name, known in found.items() if known is not None},
    }


def _find(distributions: tuple[str, ...]) -> str | None:
    for distribution in distributions:
        try:
            return version(distribution)
        except PackageNotFoundError:
            continue
    return None
