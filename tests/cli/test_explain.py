"""``sentiment explain``: one text, a file, a model; on a terminal and off it."""

import html
import json
import os
import pty
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from sentiment.persistence import load_model
from sentiment_cli._exit_codes import FAILED, OK, USAGE

TEXT = "A <b>GEM</b>, don’t miss it. Not dull at all."


@pytest.fixture
def explain(invoke, workspace):
    """Call explain with the model of the workspace."""
    return lambda *arguments, **options: invoke(
        "explain", workspace / "model", *arguments, **options
    )


@pytest.fixture
def pipeline(workspace):
    return load_model(workspace / "model")


def check(one, pipeline):
    assert set(one) == {
        *("text", "label", "score", "class", "unit", "margin", "bias"),
        "contributions",
    }
    text = one["text"]
    assert one["label"] == pipeline.predict([text])[0]
    assert one["score"] == pipeline.predict_proba([text])[0].max()
    assert one["margin"] == pipeline.decision_function([text])[0]
    total = one["bias"] + sum(part["value"] for part in one["contributions"])
    assert total == pytest.approx(one["margin"], abs=1e-5)
    for part in one["contributions"]:
        assert set(part) == {
            *("start", "end", "text", "ngram", "value", "probability_change")
        }
        assert text[part["start"] : part["end"]] == part["text"]


@pytest.mark.parametrize("top", [1, 3, 1000])
def test_the_json_of_a_text_adds_up_whatever_top_leaves_out(explain, pipeline, top):
    result = explain("--text", TEXT, "--format", "json", "--top", top)
    assert (result.exit_code, result.stderr) == (OK, "")
    (one,) = json.loads(result.stdout)
    check(one, pipeline)
    assert one["text"] == TEXT
    values = [abs(part["value"]) for part in one["contributions"][:top]]
    assert values == sorted(values, reverse=True)
    if top < 1000:
        assert len(one["contributions"]) == top + 1
        assert one["contributions"][-1]["text"] == ""
    else:
        assert "GEM" in [part["text"] for part in one["contributions"]]


def test_the_json_of_a_file_has_one_object_a_document(explain, workspace, pipeline):
    result = explain(workspace / "reviews.csv", "--format", "json")
    found = json.loads(result.stdout)
    given = pd.read_csv(workspace / "reviews.csv")["text"].tolist()
    assert [one["text"] for one in found] == given
    for one in found[:20]:
        check(one, pipeline)
    limited = explain(workspace / "reviews.csv", "--format", "json", "--limit", 2)
    assert json.loads(limited.stdout) == found[:2]


def test_standard_input_is_read(explain, pipeline):
    lines = '{"text": "A gem."}\n{"text": ""}\n'
    result = explain("-", "--input-format", "jsonl", "--format", "json", input=lines)
    found = json.loads(result.stdout)
    assert [one["text"] for one in found] == ["A gem.", ""]
    assert found[1]["contributions"] == []
    check(found[1], pipeline)


def test_the_table_shows_the_text_and_what_adds_up(explain):
    result = explain("--text", TEXT, "--top", 2)
    lines = result.stdout.splitlines()
    label, score = lines[0].split()
    assert label in ("negative", "positive")
    assert 0.5 <= float(score) <= 1
    assert lines[1] == TEXT
    assert len(lines) == 9
    assert lines[3].split() == ["n-gram", "log-odds", "probability", "change"]
    (*parts, total) = [re.split(r"  +", line) for line in lines[4:]]
    values = [float(value) for _, value, _ in parts]
    assert sum(values) == pytest.approx(float(total[1]), abs=0.003)
    assert all(float(change) * float(value) >= 0 for _, value, change in parts)
    assert parts[0][0][0] == parts[0][0][-1] == '"'
    assert parts[2][0].endswith(" others)")
    assert total[0] == "(margin of positive)"


def test_the_table_shows_where_the_words_of_an_ngram_end(explain):
    lines = explain("--text", "A great film.", "--top", 50).stdout.splitlines()
    assert any(line.startswith('"film ."') for line in lines)


def test_another_class_turns_the_signs(explain):
    first = explain("--text", TEXT, "--format", "json", "--class", "negative").stdout
    second = explain("--text", TEXT, "--format", "json").stdout
    (first,), (second,) = json.loads(first), json.loads(second)
    assert (first["class"], second["class"]) == ("negative", "positive")
    assert first["margin"] == -second["margin"]


def test_an_unknown_class_is_named_with_those_there_are(explain):
    result = explain("--text", TEXT, "--class", "neutral")
    assert result.exit_code == FAILED
    assert "no class 'neutral'. It has 'negative', 'positive'" in result.stderr


def on_terminal(workspace, start, *line, **environ):
    """Run explain as a process whose output is a terminal; return what it wrote."""
    ours, theirs = pty.openpty()
    process = start(
        [*line, "explain", "model", "--text", TEXT],
        cwd=workspace,
        env={**os.environ, "TERM": "xterm-256color", **environ},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:  # how Linux says that the other end is closed
            break
        if not chunk:
            break
        written += chunk
    os.close(ours)
    assert process.wait(60) == OK
    return written.decode()


def test_words_are_coloured_on_a_terminal_and_only_there(
    workspace, explain, fork_command
):
    fresh = subprocess.Popen, sys.executable, "-m", "sentiment"
    assert "\x1b[34m" in on_terminal(workspace, *fresh)
    assert "\x1b" not in on_terminal(workspace, fork_command.start, NO_COLOR="1")
    assert "\x1b" not in explain("--text", TEXT).stdout


def test_a_text_cannot_command_the_terminal(explain):
    result = explain("--text", "great\x1b[2J\x07\r \x9b31m film", "--top", 1)
    assert not set(result.stdout) & {"\x1b", "\x07", "\r", "\x9b"}
    assert "great\ufffd[2J\ufffd\ufffd" in result.stdout


def test_a_page_holds_every_text_and_no_script(explain, tmp_path):
    lines = '{"text": "A gem <script>alert(1)</script>."}\n{"text": "A mess."}\n'
    page = tmp_path / "why.html"
    arguments = ["-", "--input-format", "jsonl", "-o", page]
    result = explain(*arguments, input=lines)
    assert (result.exit_code, result.stderr) == (OK, f"Wrote {page}.\n")
    source = page.read_text(encoding="utf-8")
    assert "<script" not in source
    # However the words are marked, a reader sees the text as it was.
    shown = html.unescape(re.sub(r"<[^>]*>", "", source))
    assert "A gem <script>alert(1)</script>." in shown
    assert "mess" in shown
    assert explain(*arguments, input=lines).exit_code == FAILED
    assert explain(*arguments, "--force", input=lines).exit_code == OK


def test_without_a_text_the_model_itself_is_explained(explain, pipeline, tmp_path):
    page = tmp_path / "model.html"
    result = explain("--top", 4, "--format", "json", "-o", page)
    found = json.loads(result.stdout)
    classifier = pipeline[-1].estimator_
    names = pipeline["vectorize"].get_feature_names_out()
    for one, sign in zip(found["classes"], [-1, 1], strict=True):
        coef = sign * classifier.coef_[0]
        strongest = coef.argsort(kind="stable")[::-1][:4]
        weights = np.array([row["weight"] for row in one["ngrams"]])
        # What is said is per text of 100 n-grams: coef_ is before texts have a length.
        assert np.allclose(weights / weights[0], coef[strongest] / coef[strongest[0]])
        assert weights[0] < coef[strongest[0]] / 2
        assert one["ngrams"][0]["ngram"] == names[strongest[0]]
    assert [one["class"] for one in found["classes"]] == ["negative", "positive"]
    assert found["trees"] == []
    assert found["unit"] == "log-odds in a text of 100 n-grams"
    said, _, *table = explain("--top", 4).stdout.splitlines()
    assert "in a text of 100 n-grams: log-odds" in said
    assert table[0].split() == ["negative", "positive"]
    assert len(table) == 5
    first = found["classes"][0]["ngrams"][0]["ngram"].replace(" ", "</span> <span>")
    assert f"<span>{first}</span>" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["new.csv", "--text", "x"], "Give INPUT or --text, not both."),
        (["--class", "positive"], "--class goes with INPUT or --text."),
        (["--text", "x", "--top", "0"], "0 is not in the range x>=1"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(explain, arguments, message):
    result = explain(*arguments)
    assert result.exit_code == USAGE
    assert message in result.stderr
