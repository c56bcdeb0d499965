"""Copy this package, to travel with a logged model."""

import shutil
from collections.abc import Callable
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

_COMPILED = (".so", ".pyd", ".dll", ".dylib")
_NOT_CODE = (
    "__pycache__",
    "tests",
    "*.pyc",
    "*.pyo",
    "*.c",
    "kernel",
    "*.egg-info",
    ".*",
)


def copy_package(directory: Path) -> Path:
    """Copy the package into ``directory`` and return the copy.

    MLflow's own copy leaves out ``__pycache__`` only. What else lies about in a
    checkout (modules compiled for other Pythons, editors' files) stays behind here.
    """
    source = Path(__file__).parents[1]
    return Path(shutil.copytree(source, directory / source.name, ignore=_make_filter()))


def _make_filter() -> Callable[[str, list[str]], set[str]]:
    match = shutil.ignore_patterns(*_NOT_CODE)

    def ignore(folder: str, names: list[str]) -> set[str]:
        foreign = {
            name
            for name in names
            if name.endswith(_COMPILED) and not name.endswith(tuple(EXTENSION_SUFFIXES))
        }
        return {*match(folder, names), *foreign}

    return ignore
