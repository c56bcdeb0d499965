"""The versions of what a model's numbers depend on."""

import platform
from importlib.metadata import version

from sentiment._version import __version__

__all__ = ["installed_versions"]

_LIBRARIES = (
    "mlflow",
    "numpy",
    "pandas",
    "pyarrow",
    "scikit-learn",
    "scipy",
    "skops",
    "xgboost",
)


def installed_versions() -> dict[str, str]:
    """Return the version of Python, of this package and of its libraries."""
    return {
        "python": platform.python_version(),
        "sentiment": __version__,
        **{name: version(name) for name in _LIBRARIES},
    }
