"""What is said on stderr, and when."""

import logging
import os
import sys
import time
import warnings
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner

from sentiment_cli import _reporting
from sentiment_cli._command import Command, verbosity_options
from sentiment_cli._group import Group
from sentiment_cli._reporting import Verbosity, progress, report, verbosity


@click.command("talk", cls=Command)
def talk():
    report("half done")
    logging.getLogger("sentiment.datasets").debug("a detail")
    logging.getLogger("sentiment").warning("a warning of ours")
    logging.getLogger("mlflow.store").warning("a warning of MLflow")
    logging.getLogger("alembic.runtime").info("a migration")
    warnings.warn("deprecated", FutureWarning, stacklevel=1)
    click.echo(f"{verbosity().name} {os.environ.get('MLFLOW_LOGGING_LEVEL')}")


@pytest.fixture
def invoke(monkeypatch):
    monkeypatch.delenv("MLFLOW_LOGGING_LEVEL", raising=False)
    monkeypatch.setattr(sys, "warnoptions", [])
    group = Group("sentiment", params=list(verbosity_options()))
    group.add_command(talk)
    return lambda *arguments: CliRunner().invoke(group, arguments)


OURS = ["half done", "a warning of ours"]


@pytest.mark.parametrize(
    ("arguments", "out", "err"),
    [
        (["talk"], "NORMAL CRITICAL\n", OURS),
        (["-q", "talk"], "QUIET CRITICAL\n", OURS[1:]),
        (["talk", "--quiet"], "QUIET CRITICAL\n", OURS[1:]),
    ],
)
def test_libraries_are_silent_and_data_is_alone_on_stdout(invoke, arguments, out, err):
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (0, out)
    assert result.stderr.splitlines() == err


@pytest.mark.parametrize("arguments", ["-v talk", "talk -v", "-v talk --verbose"])
def test_verbose_lets_everyone_speak(invoke, arguments):
    with pytest.warns(FutureWarning, match="deprecated"):
        result = invoke(*arguments.split())
    assert result.stdout == "VERBOSE None\n"
    lines = result.stderr.splitlines()
    assert {*OURS, "a detail"} <= set(lines)
    assert any(line.endswith("a warning of MLflow") for line in lines)


@pytest.mark.parametrize("arguments", [["-q", "-v", "talk"], ["-q", "talk", "-v"]])
def test_quiet_and_verbose_exclude_each_other(invoke, arguments):
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr


def test_everything_is_put_back_afterwards(invoke):
    def state():
        loggers = [logging.getLogger(name) for name in (None, "sentiment", "mlflow")]
        levels = [(logger.level, logger.handlers[:]) for logger in loggers]
        return levels, dict(os.environ), warnings.filters[:]

    before = state()
    invoke("talk")
    invoke("-v", "talk")
    assert state() == before


def test_what_the_user_set_in_the_environment_stays(invoke, monkeypatch):
    monkeypatch.setenv("MLFLOW_LOGGING_LEVEL", "DEBUG")
    assert invoke("talk").stdout == "NORMAL DEBUG\n"


class Terminal:
    """A stderr that is a terminal."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return True

    def wait_for(self, text):
        # The pytest time-out ends a wait for what never comes.
        while text not in self.text:
            time.sleep(0.01)


def put_on_terminal(monkeypatch):
    # Not as a fixture: between its setup and the test, pytest sets stderr again.
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


def test_progress_is_shown_on_a_terminal_and_taken_away(monkeypatch):
    terminal, now = put_on_terminal(monkeypatch), [0.0]
    monkeypatch.setattr(_reporting, "time", SimpleNamespace(monotonic=lambda: now[0]))
    with progress("Predicting", after=0.01) as advance:
        terminal.wait_for("Predicting ...")
        advance(10_000, 25_000)
        now[0] += 0.25
        advance(20_000, 25_000)
    assert "20,000 of 25,000 rows" in terminal.text
    assert terminal.text.endswith("\r\033[K")


def test_something_is_shown_even_where_nothing_is_counted(monkeypatch):
    terminal = put_on_terminal(monkeypatch)
    with progress("Loading", after=0.01):
        terminal.wait_for("Loading ...")
    assert terminal.text == "\r\033[KLoading ...\r\033[K"


def test_what_is_quick_shows_nothing(monkeypatch):
    terminal = put_on_terminal(monkeypatch)
    with progress("Predicting") as advance:
        advance(1, 2)
    assert terminal.text == ""


@pytest.mark.parametrize("level", list(Verbosity))
def test_progress_is_for_terminals_and_not_with_quiet(monkeypatch, capsys, level):
    monkeypatch.setattr(_reporting, "verbosity", lambda: level)
    if level is Verbosity.QUIET:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress("Predicting", after=0) as advance:
        time.sleep(0.02)
        advance(1, 2)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_a_message_does_not_run_into_the_progress_line(monkeypatch):
    terminal = put_on_terminal(monkeypatch)
    with _reporting.reporting(), progress("Predicting", after=0.01):
        terminal.wait_for("Predicting ...")
        report("a message")
    assert "\r\033[Ka message\n" in terminal.text


@pytest.mark.parametrize(
    ("seconds", "left"), [(59, "0:59"), (61, "1:01"), (3 * 3600 + 125, "3:02:05")]
)
def test_the_time_left_has_room_on_a_narrow_terminal(monkeypatch, seconds, left):
    terminal, now = put_on_terminal(monkeypatch), [0.0]
    monkeypatch.setattr(_reporting, "_terminal_width", lambda: 60)
    monkeypatch.setattr(_reporting, "time", SimpleNamespace(monotonic=lambda: now[0]))
    with progress("Predicting", after=0.01) as advance:
        terminal.wait_for("Predicting ...")
        now[0] += 1
        advance(0, share=0.0)
        now[0] += seconds
        advance(1_000_000, share=0.5)
    shown = terminal.text.split("\r\033[K")
    assert any("[....................] 0%, 0 rows" in state for state in shown)
    assert any(f"50%, 1,000,000 rows, {1_000_000 / seconds:,.0f}/s" in s for s in shown)
    assert any(state.endswith(f", {left} left") for state in shown)
    assert max(map(len, shown)) < 60
