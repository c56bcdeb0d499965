"""The skeleton: what is found under which name, and how it may end."""

import os
import shlex
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import sentiment
from sentiment.exceptions import DataError, ModelError
from sentiment.termination import Terminated
from sentiment_cli import _exit_codes
from sentiment_cli._command import Command
from sentiment_cli._group import COMMANDS, Group

NO_MEMORY = (
    "Memory ran out. Give fewer or shorter texts at once (train: --streaming), or take a "
    "machine with more memory."
)
HEAVY = {"sklearn", "xgboost", "mlflow", "pandas", "numpy", "scipy", "pyarrow"}

# These run until they are stopped; their own tests start them for real.
ENDLESS = {"serve", "ui"}


def load(name):
    return Group("sentiment").commands[name].load()


def python(code, *arguments, **options):
    """Run code in a fresh process that has the command line imported."""
    start = "import os, sys\nfrom sentiment_cli.__main__ import cli, main\n"
    return subprocess.Popen(
        [sys.executable, "-c", start + textwrap.dedent(code), *arguments],
        stdout=options.pop("stdout", subprocess.PIPE),
        stderr=options.pop("stderr", subprocess.PIPE),
        text=True,
        **options,
    )


def finish(process, timeout=60):
    out, err = process.communicate(timeout=timeout)
    return process.returncode, out, err


# What there is


@pytest.mark.parametrize("arguments", [(), ("-h",), ("--help",)])
def test_help_lists_every_command_in_the_order_of_the_work(invoke, arguments):
    out = invoke(*arguments).output
    places = [out.index(f"\n  {name} ") for name in COMMANDS]
    assert places == sorted(places)


def test_help_says_how_to_complete_and_what_the_exit_codes_are(invoke):
    result = invoke("--help")
    assert result.exit_code == _exit_codes.OK
    assert "_SENTIMENT_COMPLETE=bash_source" in result.stdout
    assert "130" in result.stdout


@pytest.mark.parametrize("name", [None, *COMMANDS])
def test_help_imports_nothing_that_takes_seconds(name):
    code = f"""
        try:
            main({[name, "--help"] if name else ["--help"]!r})
        finally:
            print("loaded:", *sorted(set(sys.modules) & {HEAVY!r}))
    """
    status, out, _ = finish(python(code))
    assert status == _exit_codes.OK
    assert out.splitlines()[-1] == "loaded:"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_shows_each_commands_own_short_help(name):
    assert load(name).short_help == COMMANDS[name]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_and_each_option_says_what_it_does(name):
    command = load(name)
    assert isinstance(command, Command)
    assert command.name == name
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]}"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_help_ends_with_examples_on_lines_of_their_own(invoke, name):
    result = invoke(name, "--help")
    assert result.exit_code == _exit_codes.OK
    lines = result.stdout.rstrip().split("\nExamples:\n")[1].splitlines()
    assert [line.strip() for line in lines] == list(load(name).examples)
    assert lines


# Several trainings in one test.
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_work(workspace, run, tmp_path, name):
    lines = load(name).examples
    assert all(line.startswith(f"sentiment {name}") for line in lines)
    if name in ENDLESS:
        for line in lines:
            load(name).make_context(name, shlex.split(line)[2:]).close()
        return
    # A copy of the store: what an example registers is not there for other tests.
    for file in ("reviews.csv", "new.jsonl", "space.yaml", "mlflow.db"):
        (tmp_path / file).write_bytes((workspace / file).read_bytes())
    for line in lines:
        words, _, stdin = line.partition(" > ")[0].partition(" < ")
        given = (tmp_path / stdin).read_bytes() if stdin else b""
        done = run(*shlex.split(words)[1:], cwd=tmp_path, stdin=given, timeout=240)
        assert done.returncode == _exit_codes.OK, f"{line}\n{done.stderr.decode()}"


def test_version(invoke):
    result = invoke("--version")
    assert result.exit_code == _exit_codes.OK
    assert result.stdout == f"sentiment, version {sentiment.__version__}\n"


def test_a_version_in_the_environment_is_not_a_wish_to_see_ours(invoke):
    result = invoke("--help", env={"SENTIMENT_VERSION": "0.1.0"})
    assert result.exit_code == _exit_codes.OK


def test_an_unknown_command_is_a_usage_error(invoke):
    result = invoke("predct")
    assert result.exit_code == _exit_codes.USAGE
    assert "No such command 'predct'" in result.stderr
    assert not result.stdout


def test_python_m_sentiment_is_the_same_command(run, tmp_path):
    done = run("--version", cwd=tmp_path, fresh=True)
    assert done.stdout.decode().strip() == f"sentiment, version {sentiment.__version__}"


def test_the_shell_completes_commands_and_options(run, tmp_path):
    script = run(cwd=tmp_path, _SENTIMENT_COMPLETE="bash_source")
    assert b"_SENTIMENT_COMPLETE=bash_complete" in script.stdout
    for words, answers in [
        ("sentiment pre", ["predict"]),
        ("sentiment predict --for", ["--format", "--force"]),
    ]:
        done = run(
            cwd=tmp_path,
            _SENTIMENT_COMPLETE="bash_complete",
            COMP_WORDS=words,
            COMP_CWORD=str(len(words.split()) - 1),
        )
        values = [line.split(",")[1] for line in done.stdout.decode().splitlines()]
        assert values == answers


# How it may end


def end_with(error):
    @click.command("stop", cls=Command)
    def stop():
        raise error

    group = Group("sentiment")
    group.add_command(stop)
    return CliRunner().invoke(group, ["stop"])


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (DataError("reviews.csv is empty."), 1, "Error: reviews.csv is empty.\n"),
        (ModelError("No model\n  at 'x'."), 1, "Error: No model at 'x'.\n"),
        (MemoryError(), 1, f"Error: {NO_MEMORY}\n"),
        (ValueError("std::bad_alloc"), 1, f"Error: {NO_MEMORY}\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (Terminated(), 143, "Terminated.\n"),
        (click.UsageError("Give INPUT."), 2, "Error: Give INPUT.\n"),
        (click.exceptions.Exit(_exit_codes.MISSED), 3, ""),
        (OSError(28, "No space left"), 1, "Error: Cannot write: No space left.\n"),
        (BrokenPipeError(32, "Broken pipe"), 1, ""),
    ],
)
def test_each_end_has_its_exit_code_and_one_line(error, status, message):
    result = end_with(error)
    assert result.exit_code == status
    assert result.stderr.endswith(message)
    assert "Traceback" not in result.stderr
    assert not result.stdout


def test_a_parameter_that_scikit_learn_refuses_is_a_usage_error():
    from sklearn.feature_extraction.text import CountVectorizer

    with pytest.raises(ValueError, match="lowercase") as caught:
        CountVectorizer(lowercase=3).fit([])
    result = end_with(caught.value)
    assert result.exit_code == _exit_codes.USAGE
    assert result.stderr.startswith("Error: The 'lowercase' parameter")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("error", [KeyError(), ValueError("x"), OSError(2, "y")])
def test_anything_else_is_a_bug_and_keeps_its_traceback(error):
    assert end_with(error).exception is error


def test_a_bug_prints_its_traceback_and_exits_with_1():
    code = """
        @cli.command("bug")
        def bug():
            1 / 0
        main(["bug"])
    """
    status, out, err = finish(python(code))
    assert (status, out) == (_exit_codes.FAILED, "")
    assert err.startswith("Traceback")
    assert err.endswith("ZeroDivisionError: division by zero\n")


MEMORY = """
    import resource, sys
    from sentiment_cli.__main__ import main
    from sentiment.inference import predict_file
    from sentiment.persistence import load_model
    load_model(sys.argv[1]).predict(["All that is needed is loaded."])
    with open("/proc/self/statm") as pages:
        used = int(pages.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 150 * 2**20, -1))
    main(["predict", *sys.argv[1:]])
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_a_line_that_does_not_fit_in_memory_is_one_sentence(
    workspace, tmp_path, fork_command
):
    with (tmp_path / "long.jsonl").open("w") as file:
        file.write('{"text": "' + "good film " * 25_000_000 + '"}\n')
    model, given = str(workspace / "model"), str(tmp_path / "long.jsonl")
    done = fork_command(
        ["-c", textwrap.dedent(MEMORY), model, given, "-o", tmp_path / "out.csv"],
        cwd=tmp_path,
        env=os.environ,
    )
    told = (done.returncode, done.stdout.decode(), done.stderr.decode())
    assert told == (_exit_codes.FAILED, "", f"Error: {NO_MEMORY}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["long.jsonl"]


SLEEP = """
    import time
    @cli.command("sleep")
    def sleep():
        try:
            print("ready", flush=True)
            time.sleep(60)
        finally:
            print("cleaning", flush=True)
            for n in range(20):
                time.sleep(0.02)
            print("cleaned", flush=True)
    main(["sleep"])
"""


@pytest.mark.parametrize(
    ("signals", "status", "message"),
    [
        ([signal.SIGINT], _exit_codes.INTERRUPTED, "Interrupted.\n"),
        ([signal.SIGTERM], _exit_codes.TERMINATED, "Terminated.\n"),
        # A second SIGTERM does not cut short the clean-up.
        ([signal.SIGTERM] * 2, _exit_codes.TERMINATED, "Terminated.\n"),
    ],
)
def test_a_signal_ends_the_work_after_its_cleanup(signals, status, message):
    process = python(SLEEP)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signals[0])
    assert process.stdout.readline() == "cleaning\n"
    for number in signals[1:]:
        process.send_signal(number)
    assert finish(process) == (status, "cleaned\n", message)


PRINT = """
    @cli.command("print")
    def print_():
        for n in range(int(sys.argv[1])):
            print(n)
    main(["print"])
"""


@pytest.mark.parametrize("lines", ["1", "1000000"])
def test_a_reader_that_has_had_enough_ends_it_quietly(lines):
    read, write = os.pipe()
    process = python(PRINT, lines, stdout=write)
    os.close(write)
    os.close(read)
    status, _, err = finish(process)
    assert (status, err) == (_exit_codes.FAILED, "")


@pytest.mark.parametrize("lines", ["1", "1000000"])
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
def test_a_full_disk_behind_stdout_is_told(lines):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        status, _, err = finish(python(PRINT, lines, stdout=full))
    assert status == _exit_codes.FAILED
    assert err == "Error: Cannot write: No space left on device.\n"


def test_a_closed_stdout_is_no_traceback(tmp_path):
    line = f"{shlex.quote(sys.executable)} -m sentiment --help >&-"
    done = subprocess.run(line, shell=True, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(("given", "kept"), [(None, "true"), ("false", "false")])
def test_mlflow_is_told_not_to_call_home_unless_the_user_wants_it(given, kept):
    env = {k: v for k, v in os.environ.items() if k != "MLFLOW_DISABLE_TELEMETRY"}
    if given:
        env["MLFLOW_DISABLE_TELEMETRY"] = given
    code = """
        @cli.command("show")
        def show():
            print(os.environ["MLFLOW_DISABLE_TELEMETRY"])
        main(["show"])
    """
    assert finish(python(code, env=env)) == (_exit_codes.OK, f"{kept}\n", "")
