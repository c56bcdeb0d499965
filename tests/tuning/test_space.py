"""What a search may try: read from files, drawn, refused."""

import re
from pathlib import Path

import numpy as np
import pytest

from sentiment._sklearn import InvalidParameterError
from sentiment.exceptions import DataError
from sentiment.pipeline import PRESETS
from sentiment.training._configuration import build_pipeline
from sentiment.tuning import SearchSpace, read_space
from sentiment.tuning._space import default_space

C = "classify__estimator__C"


def test_a_file_says_what_may_be_tried(tmp_path):
    yaml, json = tmp_path / "space.yaml", tmp_path / "space.json"
    yaml.write_text(
        "vectorize__min_df: [1, 2]\nclassify__estimator__C: {low: 1, high: 9}"
    )
    json.write_text(
        '{"vectorize__min_df": [1, 2], "classify__estimator__C": {"low": 1, "high": 9}}'
    )
    assert read_space(yaml).values == read_space(json).values
    assert read_space(yaml).values == {
        "vectorize__min_df": [1, 2],
        C: {"low": 1, "high": 9},
    }


def test_each_value_is_drawn_and_nothing_else():
    rng = np.random.default_rng(0)
    space = SearchSpace(
        {
            "list": ["a", None, (1, 2)],
            "int": {"low": 2, "high": 5},
            "float": {"low": 0.5, "high": 2.5},
            "log": {"low": 0.01, "high": 100.0, "log": True},
            "int log": {"low": 1, "high": 100, "log": True},
        }
    )
    drawn = [space.draw(rng) for _ in range(2000)]
    assert {one["list"] for one in drawn} == {"a", None, (1, 2)}
    assert {one["int"] for one in drawn} == {2, 3, 4, 5}
    assert all(type(one["int log"]) is int for one in drawn)
    assert all(1 <= one["int log"] <= 100 for one in drawn)
    assert all(0.5 <= one["float"] <= 2.5 for one in drawn)
    # Half of the draws in the lower half of the orders of magnitude.
    below = np.mean([one["log"] < 1.0 for one in drawn])
    assert 0.45 < below < 0.55
    ends = np.mean([one["int"] == 2 for one in drawn])
    assert 0.2 < ends < 0.3


def test_the_same_seed_draws_the_same():
    space = default_space("accurate")
    first, second = (space.draw(np.random.default_rng(7)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("preset", PRESETS)
def test_our_own_spaces_hold_parameters_that_there_are(preset):
    space = default_space(preset)
    space.check(lambda params: build_pipeline(preset, params, 0))
    rng = np.random.default_rng(0)
    for _ in range(20):
        build_pipeline(preset, space.draw(rng), 0)


def test_the_space_of_the_documentation_is_one(tmp_path):
    page = (Path(__file__).parents[2] / "docs/tuning.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "space.yaml").write_text(text)
    space = read_space(tmp_path / "space.yaml")
    space.check(lambda params: build_pipeline("accurate", params, 0))
    assert len(space.values) == 4


def test_our_own_spaces_count_rare_words_as_a_share_of_the_rows():
    # A number would mean another thing on the few rows of the first trials.
    for preset in PRESETS:
        given = default_space(preset).values.get("vectorize__min_df", {"high": 0.0})
        assert isinstance(given["high"], float)
        assert given["high"] < 1.0


def test_what_is_drawn_is_rounded_but_never_leaves_the_range():
    rng = np.random.default_rng(0)
    space = SearchSpace({C: {"low": 0.123456, "high": 0.123457}})
    assert all(0.123456 <= space.draw(rng)[C] <= 0.123457 for _ in range(100))


@pytest.mark.parametrize(
    "given",
    [
        [],
        5,
        "abc",
        {"low": 1},
        {"low": 2, "high": 1},
        {"low": 1, "high": 1},
        {"low": 0, "high": 1, "log": True},
        {"low": "a", "high": "b"},
        {"low": 1, "high": 2, "step": 1},
        {"low": 1, "high": float("inf")},
        {"low": False, "high": True},
        {"low": 1, "high": 2, "log": "yes"},
    ],
)
def test_what_is_no_list_and_no_range_is_refused_by_file_and_name(given):
    with pytest.raises(
        DataError,
        match=r"^space.yaml: 'vectorize__min_df' takes a list of values such as .* or a "
        r"range such as .* Got .*\.$",
    ):
        SearchSpace({"vectorize__min_df": given}, name="space.yaml")


def test_a_range_of_magnitudes_is_told_why_it_cannot_begin_at_zero():
    with pytest.raises(DataError, match="with log: true, above 0"):
        SearchSpace({C: {"low": 0, "high": 1, "log": True}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "space.yaml names no parameter"),
        ("{}", "space.yaml names no parameter"),
        ("- a\n- b", "space.yaml names no parameter"),
        ("a: [1", "space.yaml is not YAML: .*line 1.* Write lines as in"),
        ("a: 5", "space.yaml: 'a' takes a list of values"),
        ("1: [5]", "space.yaml: 1 is no name of a parameter"),
        ("a: !!python/object:os.system []", "space.yaml is not YAML"),
    ],
)
def test_a_file_that_holds_no_space_is_refused(text, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "space.yaml").write_text(text)
    with pytest.raises(DataError, match=f"^{message}"):
        read_space("space.yaml")


def test_a_file_that_is_no_json_is_told_where(tmp_path):
    path = tmp_path / "space.json"
    path.write_text('{"a": [1,]}')
    with pytest.raises(DataError, match=r"space.json is not JSON: .*line 1"):
        read_space(path)
    path.write_text('{"vectorize__min_df": [1, 2], "vectorize__min_df": [5]}')
    with pytest.raises(DataError, match='names the key "vectorize__min_df" twice'):
        read_space(path)


@pytest.mark.parametrize("name", ["none.yaml", "."])
def test_what_is_no_file_is_refused(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=r"The search space '.*' cannot be read: [A-Z]"):
        read_space(name)


def test_a_small_number_needs_no_point(tmp_path):
    path = tmp_path / "space.yaml"
    path.write_text("vectorize__min_df: {low: 1e-4, high: 1e-2, log: true}")
    given = read_space(path).values["vectorize__min_df"]
    assert given == {"low": 1e-4, "high": 1e-2, "log": True}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {C: [1.0], "min_df": [1]},
            r"^s.yaml: min_df: The Pipeline has no parameter 'min_df'\. Did you mean "
            r"'vectorize__min_df'",
        ),
        (
            {"vectorize__min_df": [1], C: [1.0, -1.0]},
            rf"^s.yaml: {C}: The 'C' parameter of BoostedLinearClassifier must .* -1\.0",
        ),
        (
            {"classify__estimator__max_depth": {"low": 1.5, "high": 3}},
            r"^s.yaml: classify__estimator__max_depth: The 'max_depth' parameter",
        ),
    ],
)
def test_what_the_pipeline_does_not_take_is_refused_by_file_and_name(values, message):
    space = SearchSpace(values, name="s.yaml")
    with pytest.raises(InvalidParameterError, match=message):
        space.check(lambda params: build_pipeline("accurate", params, 0))


def test_parameters_that_come_with_another_value_are_checked_together():
    built = []
    SearchSpace({"a": [1, 2], "b": {"low": 3, "high": 4}}).check(built.append)
    assert built == [{"a": 1}, {"a": 2}, {"a": 1, "b": 3}, {"a": 1, "b": 4}]
