"""Messages name parameters to Python callers, and flags to those who typed a command."""

import ast
import inspect
import json
import logging
import re
import shutil
import threading
from pathlib import Path
from typing import get_type_hints

import click
import pytest
from click.testing import CliRunner

import sentiment
from sentiment.datasets import ReadingOptions, export_split
from sentiment.exceptions import DataError, ModelError
from sentiment.inference import predict_file
from sentiment.persistence import check_model
from sentiment.reports import ReportOptions
from sentiment.serving import run_server
from sentiment.tracking import list_runs, run_interface
from sentiment.training import TrainingOptions, promote_model
from sentiment_cli._command import Command, verbosity_options
from sentiment_cli._flags import spell_flags
from sentiment_cli._group import Group, LazyCommand
from sentiment_cli._reporting import report, warn

PACKAGE = Path(sentiment.__file__).parent
# These start other programs, write shell commands, or name variables of CSS.
NO_MESSAGES = {
    "persistence/_model_environment.py",
    "tracking/_interface.py",
    "tracking/_model_card.py",
    "pages/_svg.py",
    "pages/_render.py",
}
FLAG = re.compile(r"(?:^|[\s(`'\"])--[a-z]")


@click.command("move", cls=Command)
@click.option("--force", is_flag=True)
@click.option("--keep/--no-keep", default=True)
@click.option("-o", "--output")
@click.option("--slice", "slices", multiple=True)
@click.option("--workers", type=int)
@click.argument("message")
def move(message, **options):
    click.echo(spell_flags(message))
    report(message)
    raise DataError(message)


def say(message, command=move):
    group = Group("sentiment", params=list(verbosity_options()))
    group.add_command(command)
    return CliRunner().invoke(group, ["move", message])


@pytest.mark.parametrize(
    ("message", "typed"),
    [
        ("Pass force=True to replace it.", "Pass --force to replace it."),
        ("Pass keep=False, or (keep=True).", "Pass --no-keep, or (--keep)."),
        ("Pass output='a b.csv'.", "Pass --output='a b.csv'."),
        ("Choose another with output=...", "Choose another with --output=..."),
        ("Name the column with slices=...", "Name the column with --slice=..."),
        ("Pass workers=1.", "Pass --workers=1."),
        (
            "Train with classify__estimator__class_weight='balanced'.",
            "Train with --set classify__estimator__class_weight=balanced.",
        ),
    ],
)
def test_errors_and_logs_of_the_library_name_the_flag_as_it_is_typed(message, typed):
    result = say(message)
    assert (result.exit_code, result.stdout) == (1, typed + "\n")
    assert result.stderr == f"{typed}\nError: {typed}\n"


@pytest.mark.parametrize(
    "message",
    [
        "Pass probabilities=True.",  # no option of this command
        "force=False",  # which has no flag
        "workers=1/part.csv does not exist",
        "a/workers=1 does not exist",
        "'workers=1' is not text",
        "Got workers=None, output=b.",
        "sentiment train --set clean__lowercase=False",
    ],
)
def test_what_names_no_option_of_the_command_stays_as_it_is(message):
    assert say(message).stderr == f"{message}\nError: {message}\n"


def test_what_another_thread_logs_names_the_flags_too():
    @click.command("move", cls=Command)
    @click.option("--force", is_flag=True)
    @click.argument("message")
    def threaded(message, force):
        log = logging.getLogger("sentiment.inference").warning
        thread = threading.Thread(target=log, args=(message,))
        thread.start()
        thread.join()
        warn(message)

    assert say("Pass force=True.", threaded).stderr == "Pass --force.\n" * 2


def test_an_error_of_parsing_names_the_flags_too():
    def refuse(context, parameter, value):
        raise DataError("Pass force=True.")

    @click.command("move", cls=Command)
    @click.option("--force", is_flag=True)
    @click.argument("message", callback=refuse)
    def parsed(message, force):
        raise AssertionError

    assert say("", parsed).stderr == "Error: Pass --force.\n"


def test_without_a_command_a_message_is_not_touched():
    assert spell_flags("Pass force=True.") == "Pass force=True."


def test_one_refusal_names_the_parameter_in_python_and_the_flag_on_the_command_line(
    workspace, invoke, tmp_path
):
    shutil.copytree(workspace / "model", tmp_path / "model")
    (tmp_path / "model" / "reference_profile.json").write_text("{}")
    with pytest.raises(ModelError, match=r"or name rows by reference=\.\.\.$"):
        sentiment.monitor(tmp_path / "model", "sample")
    done = invoke("monitor", tmp_path / "model", "sample")
    assert done.exit_code == 1
    assert done.stderr.endswith("or name rows by --reference=...\n")


def test_a_pickle_is_refused_in_the_words_of_the_caller(tmp_path, invoke):
    texts, labels = sentiment.load_reviews("sample", "test")
    pipeline = sentiment.make_sentiment_pipeline("fast", prior=None).fit(
        texts[:20], labels[:20]
    )
    folder = tmp_path / "model"
    sentiment.save_model(pipeline, folder, serialization_format="cloudpickle")
    with pytest.raises(ModelError, match="Pass allow_pickle=True if you trust"):
        sentiment.load_model(folder)
    done = invoke("predict", folder, "--text", "Great fun.")
    assert "Pass --allow-pickle if you trust" in done.stderr


def test_a_finding_names_its_remedy_as_it_is_typed(tmp_path, invoke):
    rows = "text,label\n" + "A gem.,1\n" * 20 + "Dull.,0\n" + "so cafÃ©,1\n"
    (tmp_path / "rows.csv").write_text(rows)
    done = invoke("audit", "rows.csv")
    assert "(--encoding=...)" in done.stdout
    assert "--set classify__estimator__class_weight=balanced;" in done.stdout
    found = json.loads(invoke("audit", "rows.csv", "--format", "json").stdout)
    assert "(encoding=...)" in str(found)


DOORS = {
    "audit": sentiment.audit,
    "train": sentiment.train,
    "tune": sentiment.tune,
    "predict": predict_file,
    "evaluate": sentiment.evaluate,
    "monitor": sentiment.monitor,
    "serve": run_server,
    "check": check_model,
    "etl": export_split,
    "runs": list_runs,
    "promote": promote_model,
    "ui": run_interface,
}
OWN = {"output_format", "config", "text", "escape_formulas"}


@pytest.mark.parametrize("name", DOORS)
def test_each_option_bears_the_name_of_the_parameter_that_it_sets(name):
    options = {
        one.name
        for one in LazyCommand(name).load().params
        if isinstance(one, click.Option) and one.expose_value
    }
    assert options - OWN <= _parameters(DOORS[name])


def _parameters(function):
    """Return the names of parameters, those of a TypedDict of keywords included."""
    known = set(inspect.signature(function).parameters)
    groups = {"reading": ReadingOptions, "options": ReportOptions}
    if function in (sentiment.train, sentiment.tune):
        groups["options"] = TrainingOptions
    return known.union(*(get_type_hints(groups[one]) for one in known & set(groups)))


def test_no_message_of_the_library_names_a_flag():
    found = {
        path.relative_to(PACKAGE).as_posix(): lines
        for path in PACKAGE.rglob("*.py")
        if (lines := _lines_with_flags(path))
    }
    assert {name: found[name] for name in found.keys() - NO_MESSAGES} == {}


def _lines_with_flags(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        and FLAG.search(node.value)
    ]
