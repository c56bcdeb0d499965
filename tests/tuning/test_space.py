"""What a search may try: read from files, drawn, refused."""

import numpy as np
import pytest

from sentiment.exceptions import DataError
from sentiment.pipeline import PRESETS, make_sentiment_pipeline
from sentiment.tuning import SearchSpace, read_space
from sentiment.tuning._space import default_space

C = "classify__estimator__C"


def test_a_file_says_what_may_be_tried(tmp_path):
    yaml, json = tmp_path / "space.yaml", tmp_path / "space.json"
    yaml.write_text("vectorize__min_df: [1, 2]\nclassify__estimator__C: {low: 1, high: 9}")
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
    for example in default_space(preset).examples():
        make_sentiment_pipeline(preset, **example)


def test_every_value_and_end_is_among_the_examples():
    space = SearchSpace({"a": [1, 2, 3], "b": {"low": 0.1, "high": 0.2}})
    examples = space.examples()
    assert {one["a"] for one in examples} == {1, 2, 3}
    assert {one["b"] for one in examples} == {0.1, 0.2}


@pytest.mark.parametrize(
    "given",
    [
        [],
        5,
        "abc",
        {"low": 1},
        {"low": 2, "high": 1},
        {"low": 0, "high": 1, "log": True},
        {"low": "a", "high": "b"},
        {"low": 1, "high": 2, "step": 1},
        {"low": 1, "high": float("inf")},
    ],
)
def test_what_is_no_list_and_no_range_is_refused_by_name(given):
    with pytest.raises(DataError, match=r"Got .* for 'vectorize__min_df'\."):
        SearchSpace({"vectorize__min_df": given})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no search space"),
        ("- a\n- b", "holds no search space"),
        ("a: [1", "neither YAML nor JSON"),
        ("a: 5", r"space.yaml: A search space gives each"),
    ],
)
def test_a_file_that_holds_no_space_is_refused(text, message, tmp_path):
    path = tmp_path / "space.yaml"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_space(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_space(tmp_path / "none.yaml")
