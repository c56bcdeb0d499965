"""Which engine turns text into counts: the compiled kernel, or the reference.

Both give the same bits. The reference is plain Python and is the one to read; the
kernel is a small extension, which a build without a C compiler lacks.
"""

import logging
import os
import platform
import sys
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from sentiment.exceptions import SentimentError
from sentiment.threads import count_threads

__all__ = ["engine_name", "load_engine", "show_versions"]

_LOGGER = logging.getLogger(__name__)
_LIBRARIES = (
    "numpy", "scipy", "pandas", "pyarrow", "scikit-learn", "xgboost", "mlflow", "skops",
)  # fmt: skip
_SOURCE = Path(__file__).parent / "text" / "kernel" / "kernel.pyx"


def load_engine() -> Any:
    """Return the module that turns text into counts.

    It has ``clean``, ``cut``, ``count``, ``count_texts`` and ``Lookup``. The
    environment variable ``SENTIMENT_ENGINE`` says which: ``reference``, ``compiled``,
    or nothing for the compiled one if it is there.

    Raises
    ------
    SentimentError
        If the engine asked for is not there.
    """
    wanted = os.environ.get("SENTIMENT_ENGINE", "")
    if wanted not in ("", "compiled", "reference"):
        raise SentimentError(
            "SENTIMENT_ENGINE must be 'reference', 'compiled' or not set. Got "
            f"{wanted!r} instead."
        )
    compiled = None if wanted == "reference" else _import_compiled()
    if compiled is None and wanted == "compiled":
        raise SentimentError(
            "SENTIMENT_ENGINE=compiled asks for the compiled kernel, and this "
            "installation has none for this Python. Install a wheel, or install again "
            "with a C compiler at hand; or unset SENTIMENT_ENGINE."
        )
    if compiled is not None:
        return compiled
    if not wanted:
        _say_that_it_is_slow()
    from sentiment.text import reference

    return reference


def engine_name() -> str:
    """Return ``"compiled"`` or ``"reference"``."""
    return load_engine().NAME


def show_versions() -> None:
    """Print the engine in use and the versions that a bug report needs.

    Examples
    --------
    >>> from sentiment import show_versions
    >>> show_versions()
    sentiment     ...
    engine        ...
    """
    from sentiment.version import VERSION

    rows = [("sentiment", VERSION), ("engine", engine_name())]
    rows += [("threads", str(count_threads())), ("python", platform.python_version())]
    rows += [("platform", platform.platform())]
    for library in _LIBRARIES:
        try:
            rows.append((library, metadata.version(library)))
        except metadata.PackageNotFoundError:
            rows.append((library, "not installed"))
    for name, version in rows:
        sys.stdout.write(f"{name:<13} {version}\n")


@cache
def _import_compiled() -> Any:
    try:
        from sentiment.text import compiled
    except ImportError as error:
        # Not built, or built for another Python, platform or version.
        _LOGGER.debug("There is no compiled kernel: %s", error)
        return None
    return compiled


@cache
def _say_that_it_is_slow() -> None:
    remedy = "Install it again with a C compiler at hand"
    if _SOURCE.is_file():
        remedy = f"Build it: pip install -e {_SOURCE.parents[3]}"
    _LOGGER.warning(
        "%s has no compiled kernel for this Python: text is read by plain Python, with "
        "the same results, some 30 times slower. %s.",
        Path(__file__).parent,
        remedy,
    )
