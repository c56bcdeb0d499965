"""What ends up in the wheel, compared with what is in the tree."""

import fnmatch
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = SETUP["tool"]["setuptools"]


def iter_package_folders():
    for top, name in (("sentiment", "sentiment"), ("cli", "sentiment_cli")):
        for init in (ROOT / top).rglob("__init__.py"):
            inner = init.parent.relative_to(ROOT / top).parts
            yield ".".join((name, *inner)), init.parent


def test_no_package_is_left_out_of_the_wheel():
    assert sorted(SETUPTOOLS["packages"]) == sorted(
        name for name, _ in iter_package_folders()
    )


@pytest.mark.parametrize(("package", "folder"), list(iter_package_folders()))
def test_no_data_file_is_left_out_of_the_wheel(package, folder):
    patterns = SETUPTOOLS["package-data"].get(package, [])
    code = {".py", ".pyc", ".pyx", ".so", ".c", ".pyd"}
    for path in folder.iterdir():
        if path.is_file() and path.suffix not in code:
            assert any(fnmatch.fnmatch(path.name, one) for one in patterns), path


def test_every_folder_of_python_files_is_a_package():
    for top in ("sentiment", "cli"):
        for path in (ROOT / top).rglob("*.py"):
            assert (path.parent / "__init__.py").exists(), path.parent
