"""The root of the package: its names, its weight, its version."""

import ast
import importlib.metadata
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sentiment
import sentiment_cli

HEAVY = (
    "sklearn",
    "xgboost",
    "mlflow",
    "pandas",
    "pyarrow",
    "datasets",
    "numpy",
    "nltk",
)


def run_python(*arguments):
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("name", sentiment.__all__)
def test_every_public_name_can_be_imported_and_is_documented(name):
    value = getattr(sentiment, name)
    assert name in dir(sentiment)
    if name != "__version__":
        assert inspect.getdoc(value)
        assert value.__module__.startswith("sentiment.")


def test_the_public_names_are_sorted_and_have_a_home():
    assert sentiment.__all__ == sorted(sentiment.__all__)
    assert {*sentiment._HOME, "__version__"} == set(sentiment.__all__)


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(sentiment.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: statement.module
        for statement in block.body
        for alias in statement.names
    }
    assert seen == {name: f"sentiment.{home}" for name, home in sentiment._HOME.items()}


def test_star_import_gives_just_the_public_names():
    names = {}
    exec("from sentiment import *", names)
    assert set(sentiment.__all__) <= set(names)
    assert {name for name in names if not name.startswith("__")} < set(
        sentiment.__all__
    )


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'sentiment' has no attribute 'trian'"):
        _ = sentiment.trian


def test_importing_the_package_imports_nothing_heavy():
    code = f"import sentiment, sys; print([m for m in {HEAVY} if m in sys.modules])"
    assert run_python("-c", code).stdout == "[]\n"


def test_the_estimators_need_neither_mlflow_nor_datasets_nor_xgboost_to_import():
    code = (
        "import sys; from sentiment import make_sentiment_pipeline as make; make(); "
        "print([m for m in ('mlflow', 'datasets', 'xgboost', 'nltk', 'matplotlib') "
        "if m in sys.modules])"
    )
    assert run_python("-c", code).stdout == "[]\n"


def test_the_version_is_one_everywhere():
    assert importlib.metadata.version("sentiment-pipeline") == sentiment.__version__
    done = run_python("-m", "sentiment", "--version")
    assert done.returncode == 0
    assert sentiment.__version__ in done.stdout


def test_the_package_says_that_it_is_typed():
    assert (Path(sentiment.__file__).parent / "py.typed").exists()


def test_the_command_line_imports_no_private_name():
    cli = Path(sentiment_cli.__file__).parent
    private = [
        f"{path.name}: {node.module}.{alias.name}"
        for path in sorted(cli.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and not node.level
        for alias in node.names
        if any(
            re.match("_(?!_)", part)
            for part in f"{node.module}.{alias.name}".split(".")
        )
    ]
    assert private == []
