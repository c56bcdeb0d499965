"""Gather this package, to travel with a logged model."""

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


def link_package(directory: Path) -> Path:
    """Make a folder in ``directory`` with links to the package's files; return it.

    MLflow copies what they lead to. Its own copy leaves out ``__pycache__`` only; what
    else lies about in a checkout (modules compiled for other Pythons, editors' files)
    is not linked.
    """
    source = Path(__file__).absolute().parents[1]
    folder, ignore = directory / source.name, _make_filter()
    shutil.copytree(source, folder, ignore=ignore, copy_function=_link)
    return folder


def _link(source: str, link: str) -> None:
    try:
        Path(link).symlink_to(source)
    except OSError:
        # Not everybody may on Windows.
        shutil.copy2(source, link)


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
