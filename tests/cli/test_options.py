"""The shared options: their names, defaults and what reaches the library."""

from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from sentiment.datasets import ReadingOptions, Source
from sentiment_cli._command import Command
from sentiment_cli._options import (
    data_options,
    force_option,
    format_option,
    output_option,
    split_option,
)


@click.command("show", cls=Command)
@data_options
@split_option("train")
@split_option("test", "--test-split")
@output_option("Where to.")
@force_option
@format_option("table", "json")
@click.pass_context
def show(context, **options):
    context.obj.update(options)


READING = {
    one.name: one.default
    for one in fields(Source)
    if one.name in ReadingOptions.__annotations__ and one.name != "weight_column"
}
DEFAULTS = READING | {
    "split": "train",
    "test_split": "test",
    "output": None,
    "force": False,
    "output_format": "table",
}


def parse(*arguments, **options):
    received = {}
    result = CliRunner().invoke(show, arguments, obj=received, **options)
    return result, received


def test_without_options_the_library_gets_its_own_defaults():
    result, received = parse()
    assert result.exit_code == 0
    assert received == DEFAULTS


def test_every_option_reaches_the_parameter_of_its_name():
    given = {
        "--text-column": "review",
        "--label-column": "stars",
        "--encoding": "latin-1",
        "--input-format": "jsonl",
        "--delimiter": ";",
        "--quoting": "none",
        "--on-bad-rows": "skip",
        "--bad-rows": "bad.jsonl",
        "--unlabelled": "?",
        "--split": "a",
        "--test-split": "b",
        "--format": "json",
    }
    words = [word for pair in given.items() for word in pair]
    words += ["-o", "out.csv", "--force", "--label-names", "bad, good"]
    words += ["--no-header"]
    _, received = parse(*words)
    assert received == {
        "text_column": "review",
        "label_column": "stars",
        "encoding": "latin-1",
        "input_format": "jsonl",
        "delimiter": ";",
        "quoting": "none",
        "on_bad_rows": "skip",
        "bad_rows": Path("bad.jsonl"),
        "unlabelled": "?",
        "header": False,
        "split": "a",
        "test_split": "b",
        "output_format": "json",
        "output": Path("out.csv"),
        "force": True,
        "label_names": ["bad", "good"],
    }


def test_texts_of_several_columns_and_names_of_any_labels_are_taken():
    _, received = parse(
        "--text-column", "a", "--text-column", "b", "--label-names=-1=x,0=y=z,1 = w"
    )
    assert received["text_column"] == ["a", "b"]
    assert received["label_names"] == {"-1": "x", "0=y": "z", "1": "w"}


@pytest.mark.parametrize("names", ["", "a,,b", "a,b,", " ", "a=,b=c", "a=b,a=c"])
def test_an_empty_label_name_is_a_usage_error(names):
    result, _ = parse("--label-names", names)
    assert result.exit_code == 2
    assert "holds an empty name" in result.stderr


def test_label_names_come_from_the_environment_too():
    _, received = parse(auto_envvar_prefix="X", env={"X_LABEL_NAMES": "bad,good"})
    assert received["label_names"] == ["bad", "good"]


def test_a_format_without_default_gives_none():
    @click.command()
    @format_option("csv", "jsonl", default="")
    def formats(output_format):
        click.echo(repr(output_format))

    assert CliRunner().invoke(formats).stdout == "None\n"


def test_help_shows_the_defaults_once():
    text = CliRunner().invoke(show, ["--help"], terminal_width=200).stdout
    for line, default in [("--text-column", "text"), ("--test-split", "test")]:
        (found,) = [row for row in text.splitlines() if line in row]
        assert found.count("[default") == 1
        assert f"[default: {default}]" in found
