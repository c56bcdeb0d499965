"""Answer with a logged model: MLflow's loader, and an HTTP server of our own.

MLflow imports this module to load a model's ``python_function`` flavor, so it imports
nothing itself.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sentiment.serving._app import make_app
    from sentiment.serving._loader import use_one_job
    from sentiment.serving._logs import format_as_json
    from sentiment.serving._server import run_server
    from sentiment.serving._strict_model import StrictModel

__all__ = ["StrictModel", "format_as_json", "make_app", "run_server", "use_one_job"]

_HOME = {
    "StrictModel": "_strict_model",
    "format_as_json": "_logs",
    "make_app": "_app",
    "run_server": "_server",
    "use_one_job": "_loader",
}


def _load_pyfunc(path: str) -> "StrictModel":
    """Load the model in the folder ``path``; MLflow calls this by name."""
    from sentiment.serving._loader import load_for_mlflow

    return load_for_mlflow(path)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'sentiment.serving' has no attribute {name!r}")
    return getattr(import_module(f"sentiment.serving.{_HOME[name]}"), name)
