"""A foreign value is shown within bounds, whatever it is; and nothing else shows one."""

import json
import re
from pathlib import Path

import pytest

import sentiment
from sentiment._messages import first_line, shown, shown_as_json


def make_bomb():
    """Make a list of 10**30 entries out of 30 lists."""
    bomb = ["lol"]
    for _ in range(30):
        bomb = [bomb] * 10
    return bomb


def make_deep(levels):
    deep = []
    for _ in range(levels):
        deep = {"a": [deep]}
    return deep


def make_cycle():
    cycle = {}
    cycle["self"] = [cycle]
    return cycle


class Failing:
    def __repr__(self):
        raise RuntimeError("no text for you")


PLAIN = [
    5, -1.5, True, None, "a'b", b"bytes", [], (), {}, (1,), (1, "b"), {1}, [None, [2]],
    {"a": {"b": [1, 2.5]}, 3: "c"},
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_a_short_value_is_shown_as_repr_writes_it(value):
    assert shown(value) == repr(value)


@pytest.mark.parametrize("value", [5, None, True, "ä\n", [1, {"a": [None]}], {}])
def test_a_short_json_value_is_shown_as_json(value):
    assert shown_as_json(value) == json.dumps(value)


@pytest.mark.parametrize("show", [shown, shown_as_json])
@pytest.mark.parametrize(
    "value",
    [
        make_bomb(),
        make_deep(100_000),
        make_cycle(),
        "x" * 10**7,
        b"x" * 10**7,
        ["y" * 10**6] * 10**6,
        dict.fromkeys(range(10**6), "z" * 10**6),
        10**4000,
        1 << 10**8,
        "\ud800" * 100,
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_value_takes_more_room_or_time_than_asked_for(value, show):
    for length in (60, 200):
        text = show(value, length)
        assert 10 < len(text) <= length


def test_an_object_that_fails_to_be_shown_is_named():
    assert shown([Failing()]) == "[<Failing>]"


def test_the_first_line_of_an_error_is_cut_and_never_empty():
    assert first_line(ValueError("one\ntwo")) == "one"
    assert first_line(ValueError()) == "ValueError"
    assert len(first_line(ValueError("x" * 10_000))) == 400


def test_no_module_cuts_a_value_only_after_all_of_it_was_written():
    folder = Path(sentiment.__file__).parent
    late = [
        f"{path.relative_to(folder)}: {line.strip()}"
        for path in folder.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"!r:[.]\d", line)
    ]
    assert late == []
