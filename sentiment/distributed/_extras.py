"""The engines, which are not installed with the package."""

from importlib import import_module
from typing import Any

from sentiment.exceptions import SentimentError

_EXTRAS = {"dask": "dask", "distributed": "dask", "pyspark": "spark"}


def require(module: str, caller: str) -> Any:
    """Import a module of an engine, or say in one sentence how to install it."""
    library = module.partition(".")[0]
    try:
        import_module(library)
        return import_module(module)
    except ImportError as error:
        raise SentimentError(
            f"{caller} needs {library}, which cannot be imported ({error}). Install it "
            f'with pip install "sentiment-pipeline[{_EXTRAS[library]}]".'
        ) from error
