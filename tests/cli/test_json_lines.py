"""JSON lines that do not say one thing: every command that reads them names the row."""

import json

import pytest

from sentiment.datasets import load_reviews


@pytest.mark.attack
@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            '{"text": "Fine.", "label": "negative", "text": "Dull."}',
            'it names the key "text" twice in one object',
        ),
        (
            '{"text": "Fine.", "label": "positive", "stars": 1e999}',
            "it holds 1e999, a number beyond 1.8e308",
        ),
    ],
    ids=["a key twice", "a number beyond all"],
)
@pytest.mark.parametrize(
    "command",
    [
        "train reviews.jsonl",
        "train --streaming reviews.jsonl --memory 400",
        "tune reviews.jsonl --budget 1",
        "etl reviews.jsonl -o data",
        "evaluate {model} reviews.jsonl",
        "explain {model} reviews.jsonl",
        "monitor {model} reviews.jsonl",
        "predict {model} reviews.jsonl -o out.parquet",
        "predict {model} - --input-format jsonl",
    ],
)
def test_a_line_that_loses_something_is_refused_by_its_number(
    run, workspace, tmp_path, command, line, said
):
    instances, labels = load_reviews("sample", "test")
    lines = [
        json.dumps({"text": text, "label": label})
        for text, label in zip(instances["text"], labels, strict=True)
    ]
    lines.insert(60, line)
    content = "\n".join(lines)
    (tmp_path / "reviews.jsonl").write_text(content)
    arguments = command.format(model=workspace / "model").split()
    done = run(*arguments, cwd=tmp_path, stdin=content.encode())
    name = "standard input" if "-" in arguments else "reviews.jsonl"
    assert f"{name}:61: not valid JSON ({said})." in done.stderr.decode()
    assert done.returncode == 1
    assert not list(tmp_path.glob("out*"))
