"""The versions of what a model's numbers depend on."""

import platform
from importlib.metadata import PackageNotFoundError, version

from sentiment.version import VERSION

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
