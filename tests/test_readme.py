"""The README is run: its Python as a doctest, its commands in an empty folder."""

import doctest
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from forked_commands import QUICKLY

from sentiment import load_reviews
from sentiment.persistence import EXAMPLE_TEXTS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


def find_blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def find_commands(start):
    text = "\n".join(find_blocks("sh")).replace("\\\n", " ")
    return [line for line in text.splitlines() if line.startswith(start)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, fork_command):
    """An empty folder in which README's training has been run, on the sample."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "new_reviews.csv").write_text("id,text\n1,Great fun.\n2,\n")
    (train,) = find_commands("sentiment train hf:")
    line = train.replace("hf:stanfordnlp/imdb", "sample") + " --format json"
    (folder / "train.json").write_text(fork(fork_command, line, folder))
    return folder


def environment():
    env = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_TRACKING")}
    return env | {"PATH": f"{BIN}{os.pathsep}{env['PATH']}"}


@pytest.fixture(scope="module")
def sentiment(fork_command, folder):
    """Run a line ``sentiment ...`` in the folder; return what it printed."""

    return lambda line: fork(fork_command, line, folder)


def fork(fork_command, line, folder):
    name, *arguments = shlex.split(line, comments=True)
    assert name == "sentiment"
    env = environment() | {QUICKLY: "1"}
    done = fork_command(arguments, cwd=folder, env=env, timeout=240)
    assert done.returncode == 0, f"{line}\n{done.stderr.decode()}"
    return done.stdout.decode()


def run(line, folder):
    """Run any line as a shell does."""
    done = subprocess.run(
        shlex.split(line),
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stderr}"
    return done


def test_the_readme_has_at_most_150_lines():
    assert len(README.splitlines()) <= 150


def test_the_python_session_prints_what_the_readme_says():
    (session,) = [block for block in find_blocks("python") if ">>>" in block]
    parsed = doctest.DocTestParser().get_doctest(session, {}, "README.md", None, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    assert runner.run(parsed).failed == 0


def test_the_audit_command_writes_its_page(folder, sentiment):
    (line,) = find_commands("sentiment audit")
    sentiment(line.replace("hf:stanfordnlp/imdb", "sample"))
    assert "<h1>Audit</h1>" in (folder / "audit.html").read_text(encoding="utf-8")


def test_training_prints_the_metrics_and_where_the_model_is(folder):
    result = json.loads((folder / "train.json").read_text())
    assert set(result) >= {"run_id", "model_uri", "experiment", "metrics", "n_rows"}
    assert {"test_accuracy", "cv_accuracy"} <= set(result["metrics"])


def test_the_predict_commands_answer(folder, sentiment):
    to_screen, to_file = find_commands("sentiment predict")
    sentiment(to_file)
    assert (folder / "predicted.parquet").exists()
    assert sentiment(to_screen).split()[0] == "positive"


def test_fifty_rows_are_learned_from_with_the_prior(folder, sentiment):
    texts, labels = load_reviews("sample", "train")
    texts.assign(label=labels)[:50].to_csv(folder / "my_50_rows.csv", index=False)
    (line,) = find_commands("sentiment train my_50")
    assert "accuracy" in sentiment(line)


def test_the_explain_command_shows_its_text_and_writes_a_page(folder, sentiment):
    (line,) = find_commands("sentiment explain")
    assert EXAMPLE_TEXTS[0] in sentiment(line)
    assert "boring</mark>" in (folder / "why.html").read_text(encoding="utf-8")


def test_the_monitor_command_writes_its_page(folder, sentiment):
    (line,) = find_commands("sentiment monitor")
    sentiment(line)
    html = (folder / "monitoring.html").read_text(encoding="utf-8")
    assert "<h1>Monitoring</h1>" in html


def test_the_runs_command_lists_the_run(folder, sentiment):
    (line,) = find_commands("sentiment runs")
    run_id = json.loads((folder / "train.json").read_text())["run_id"]
    assert run_id[:8] in sentiment(line)


def test_the_check_command_finds_the_model_as_it_was_saved(sentiment):
    (line,) = find_commands("sentiment check")
    assert sentiment(line).startswith("Same versions.")


def test_every_python_door_opens_the_same_model(folder, fork_command):
    (doors,) = [
        block for block in find_blocks("python") if "load_model(run_id)" in block
    ]
    run_id = json.loads((folder / "train.json").read_text())["run_id"]
    expressions = [line for line in doors.splitlines() if line.strip()]
    script = "import mlflow, sentiment, pandas as pd\n" + f"run_id = {run_id!r}\n"
    script += (
        "texts = pd.DataFrame({'text': ['Wonderful, never boring', 'awful film']})\n"
    )
    for line in expressions:
        script += f"answer = ({line.split('  #')[0].strip()}).predict(texts)\n"
        script += "print([str(one) for one in getattr(answer, 'label', answer)])\n"
    done = fork_command(["-c", script], cwd=folder, env=environment())
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.decode().splitlines()
    assert len(lines) == len(expressions) == 3
    assert len(set(lines)) == 1


@pytest.mark.parametrize("start", ["mlflow models serve", "sentiment serve"])
def test_the_server_command_answers_the_curl_command(folder, start):
    (line,), (curl,) = find_commands(start), find_commands("curl")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    server = subprocess.Popen(
        shlex.split(line.replace("5000", port), comments=True),
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/ping", server)
        answer = run(curl.replace("5000", port), folder).stdout
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
    assert [set(row) for row in json.loads(answer)["predictions"]] == [
        {"label", "score"}
    ] * 2


def wait_for(url, server):
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"{url} does not answer")


@pytest.mark.parametrize(("name", "word"), [("ui", "MLflow"), ("tune", "Ctrl-C")])
def test_the_command_that_takes_long_has_a_help_page(name, word, sentiment):
    (line,) = find_commands(f"sentiment {name}")
    assert word in sentiment(line + " --help")


def test_every_link_of_the_documentation_leads_to_a_file():
    for page in [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("*.md")]:
        links = re.findall(
            r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")
        )
        for link in links:
            assert (page.parent / link).exists(), f"{page.name}: {link}"
