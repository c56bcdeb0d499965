import numpy as np
import pandas as pd
import pytest

from sentiment.documents import check_documents, text_array
from sentiment.evaluation._slices import count_words, cut_slices


def cut(values):
    found = cut_slices(np.ones(len(values), int), {"column": values})
    return {value: rows.tolist() for by, value, rows in found if by == "column"}


def test_every_row_is_in_one_slice_by_length():
    lengths = np.array([1, 25, 26, 300, 900, 2])
    found = {value: rows.tolist() for _, value, rows in cut_slices(lengths, {})}
    assert found == {
        "1 to 25": [0, 1, 5],
        "26 to 50": [2],
        "201 to 400": [3],
        "801+": [4],
    }


def test_words_are_counted_by_spaces():
    texts = text_array(check_documents(["", "one", "one two  three"]))
    assert count_words(texts).tolist() == [1, 1, 4]
    assert count_words(texts[1:]).tolist() == [1, 4]


def test_values_come_by_frequency_and_missing_ones_have_a_name():
    assert cut(["b", None, "a", "b"]) == {"b": [0, 3], "(missing)": [1], "a": [2]}


@pytest.mark.parametrize("kind", [int, str])
def test_many_numbers_are_cut_into_ranges_that_hold_every_row_once(kind):
    found = cut([kind(n) for n in range(100)])
    assert len(found) == 5
    assert sorted(np.concatenate(list(found.values()))) == list(range(100))


def test_many_words_leave_a_rest():
    found = cut([f"name {n % 30}" for n in range(300)] + ["name 3"] * 5)
    assert next(iter(found)) == "name 3"
    assert list(found)[-1] == "11 others"
    assert sum(map(len, found.values())) == 305


def test_a_column_of_one_value_and_of_dates_can_be_cut():
    assert cut([True, True]) == {"True": [0, 1]}
    dates = pd.to_datetime(["2026-01-01", "2026-01-01"]).tolist()
    assert list(cut(dates).values()) == [[0, 1]]
