"""Copy this package, to travel with a logged model: as few files, for remote stores."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from sentiment.models import BUNDLED

_ARCHIVE = "sentiment.zip"
# A model holds what it needs of its prior.
_NOT_CODE = {"__pycache__", "tests", "kernel", *BUNDLED}
_LEFT_BEHIND = {".c", ".pyc", ".pyo", ".so", ".pyd", ".dll", ".dylib"}

# What Python finds under the name of the package. It is the package itself, whose other
# modules are found in the archive; compiled ones cannot be imported from there.
_FACE = f'''"""This package: the archive beside this file, and compiled modules."""

import os
import zipimport

_archive = os.path.join(os.path.dirname(__file__), "{_ARCHIVE}")
__path__.append(os.path.join(_archive, "sentiment"))
exec(zipimport.zipimporter(_archive).get_code("sentiment"), globals())
'''


def copy_package(directory: Path) -> Path:
    """Copy the package into ``directory`` and return the copy.

    MLflow's own copy is some 280 files, each of which a remote store asks for. What
    else lies about in a checkout (modules compiled for other Pythons, editors' files)
    stays behind here.
    """
    source = Path(__file__).absolute().parents[1]
    copy = directory / "sentiment"
    if not source.is_dir():  # this is the copy of a model, running from its archive
        ignore = shutil.ignore_patterns("__pycache__")
        return Path(shutil.copytree(source.parents[1], copy, ignore=ignore))
    copy.mkdir(parents=True)
    (copy / "__init__.py").write_text(_FACE, encoding="utf-8")
    (copy / _ARCHIVE).write_bytes(_pack(source))
    for path in filter(_is_compiled, _iter_code(source)):
        target = copy / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return copy


@cache
def _pack(source: Path) -> bytes:
    """Return the archive; of the same package it is the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in _iter_code(source):
            if path.suffix not in _LEFT_BEHIND:
                place = path.relative_to(source).as_posix()
                entry = zipfile.ZipInfo(f"sentiment/{place}")  # without a date
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return packed.getvalue()


def _iter_code(source: Path) -> Iterator[Path]:
    for path in sorted(source.rglob("*")):
        parts = path.relative_to(source).parts
        foreign = (
            part.startswith(".") or part in _NOT_CODE or part.endswith(".egg-info")
            for part in parts
        )
        if path.is_file() and not any(foreign):
            yield path


def _is_compiled(path: Path) -> bool:
    return path.name.removeprefix(path.name.partition(".")[0]) in EXTENSION_SUFFIXES
