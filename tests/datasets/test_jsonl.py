"""JSON lines: types are kept, and refusals name file and line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sentiment.datasets import SKIP_THEM, load_instances, load_labels, read_rows
from sentiment.exceptions import DataError

Write = Callable[[str, str | bytes], Path]
OBJECT = "Write one JSON object a line."
QUOTE = (
    "Write it in quotes if it is text, or name the right column with text_column=..."
)
EMPTY = "Drop the row, or write an empty string for an empty document."


def test_keys_may_differ_from_line_to_line(write: Write) -> None:
    path = write(
        "reviews.jsonl",
        '{"text": "a", "label": "x"}\n\n{"id": 2, "text": "b"}\r\n{"text": ""}',
    )
    assert load_instances(path)["text"].tolist() == ["a", "b", ""]
    assert load_labels(path).to_dict() == {0: "x"}
    assert read_rows(path)["id"].tolist()[1] == 2


def test_other_columns_keep_what_json_can_say(write: Write) -> None:
    path = write(
        "reviews.jsonl",
        '{"text": "a", "n": 1, "f": 1, "tags": {"k": [1]}, "big": '
        "18446744073709551616}\n"
        '{"text": "b", "f": 2.5, "tags": {"other": null}, "big": 1}\n',
    )
    rows = read_rows(path)
    assert rows["n"].isna().tolist() == [False, True]
    assert rows["n"][0] == 1
    assert isinstance(rows["n"][0], int)
    assert [type(value) for value in rows["f"]] == [int, float]
    assert rows["tags"].tolist() == [{"k": [1]}, {"other": None}]
    assert rows["big"].tolist() == [2**64, 1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            '{"text": "a"}\n\n{"text": null}\n',
            f"{{path}}:3: null in column 'text'. {EMPTY}",
        ),
        ('{"text": "a"}\n{"tex": "b"}\n', f"{{path}}:2: no key 'text'. {EMPTY}"),
        (
            '{"text": "a"}\n{"text": 5}\n',
            f"{{path}}:2: column 'text' takes strings. Got 5 (int). {QUOTE}",
        ),
        (
            '{"text": 5.5}\n',
            f"{{path}}:1: column 'text' takes strings. Got 5.5 (float). {QUOTE}",
        ),
        (
            '{"text": ["a long list that does not fit", "here"]}\n',
            "{path}:1: column 'text' takes strings. Got "
            f"['a long list that does not fit', 'he... (list). {QUOTE}",
        ),
        (
            '{"text": "a"}\n{"text": "b"\n',
            "{path}:2: not valid JSON (Expecting ',' delimiter at character 13). "
            f"{OBJECT}",
        ),
        (
            '{"text": "a\0"}\n',
            f"{{path}}:1: not valid JSON (Invalid control character at character 12). "
            f"{OBJECT}",
        ),
        ('["a"]\n', f"{{path}}:1: a JSON array, not an object. {OBJECT}"),
        ('{"text": "a"}\n"b"\n', f"{{path}}:2: a JSON string, not an object. {OBJECT}"),
        ("null\n", f"{{path}}:1: a JSON null, not an object. {OBJECT}"),
        (" \n\n", f"{{path}} is empty. {OBJECT}"),
        (
            '{"body": "a"}\n{"stars": 2}\n',
            "{path} has no column 'text'. It has 'body', 'stars'. Name the right one "
            "with text_column=...",
        ),
        (
            '{"text": "a"}\n{"text": "\\ud800"}\n',
            "{path}:2: lone surrogate '\\ud800' in column 'text', which is not valid "
            "Unicode. Mend the text, or drop the line.",
        ),
        (
            '{"text": "a", "more": [{"k": "\\udfff"}]}\n',
            "{path}:1: lone surrogate '\\udfff' in column 'more', which is not valid "
            "Unicode. Mend the text, or drop the line.",
        ),
        (
            '{"text": "a"}\n{"text": "b", "text": "c"}\n',
            '{path}:2: not valid JSON (it names the key "text" twice in one object). '
            "Keep one of the two.",
        ),
        (
            '{"text": "a", "more": [{"k": 1, "k": 1}]}\n',
            '{path}:1: not valid JSON (it names the key "k" twice in one object). '
            "Keep one of the two.",
        ),
        (
            '{"text": "a", "label": -1e999}\n',
            "{path}:1: not valid JSON (it holds -1e999, a number beyond 1.8e308). "
            "Write it in quotes.",
        ),
        (
            '{"text": "a", "label": Infinity}\n',
            "{path}:1: not valid JSON (it holds Infinity, which JSON does not have). "
            "Write null where there is no number.",
        ),
    ],
)
def test_a_bad_line_is_refused_with_its_number(
    content: str, said: str, write: Write
) -> None:
    path = write("reviews.jsonl", content)
    with pytest.raises(DataError) as refusal:
        load_instances(path)
    told = str(refusal.value).removesuffix(f" {SKIP_THEM}")
    assert told == said.format(path=path)


@pytest.mark.parametrize(
    "line", ["[" * 100_000, '{"text": "a", "n": ' + "9" * 5000 + "}"]
)
def test_what_python_will_not_parse_is_a_data_error(line: str, write: Write) -> None:
    with pytest.raises(DataError, match=r"reviews\.jsonl:1: not valid JSON \("):
        load_instances(write("reviews.jsonl", line))


def test_a_spelled_surrogate_pair_is_one_character(write: Write) -> None:
    path = write("reviews.jsonl", '{"text": "\\ud83d\\ude00 \\u0000"}\n')
    assert load_instances(path)["text"].tolist() == ["\U0001f600 \0"]


def test_line_separators_inside_a_string_end_no_line(write: Write) -> None:
    path = write("reviews.jsonl", '{"text": "a\u2028b\x85c"}\n')
    assert load_instances(path)["text"].tolist() == ["a\u2028b\x85c"]
