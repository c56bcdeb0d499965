"""Rows set aside: shuffled, stratified, and never all of a class."""

import numpy as np
import pandas as pd
import pytest

from sentiment.exceptions import LabelError
from sentiment.training._data import LabelledPart
from sentiment.training._validation_split import split_off_validation


def make_part(labels):
    labels = pd.Series(labels)
    return LabelledPart(pd.DataFrame({"text": [""] * len(labels)}), labels, None)


@pytest.mark.parametrize("kind", [str, int, bool])
def test_each_class_keeps_its_share_although_the_file_is_sorted(kind):
    part = make_part([kind(0)] * 80 + [kind(1)] * 20)
    kept, aside = split_off_validation(part, 0.1, 42)
    assert sorted([*kept, *aside]) == list(range(100))
    assert (len(aside), (aside >= 80).sum()) == (10, 2)
    assert not np.array_equal(aside, np.sort(aside))


def test_the_split_depends_on_the_seed_alone():
    part = make_part(["a", "b"] * 50)
    first, again, other = (split_off_validation(part, 0.3, seed) for seed in (1, 1, 2))
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[1], other[1])


def test_a_small_fraction_of_few_rows_is_a_row_of_each_class():
    kept, aside = split_off_validation(make_part(["a", "b", "c"] * 2), 0.01, 42)
    assert (len(kept), len(aside)) == (3, 3)


def test_the_rows_set_aside_are_rounded():
    kept, aside = split_off_validation(make_part(["a", "b"] * 18), 0.1, 42)
    assert (len(kept), len(aside)) == (32, 4)


def test_as_many_rows_as_classes_are_enough_to_train_on():
    kept, aside = split_off_validation(make_part(["a", "b"] * 4), 0.75, 42)
    assert (len(kept), len(aside)) == (2, 6)


def test_a_class_with_one_row_is_named():
    with pytest.raises(LabelError) as caught:
        split_off_validation(make_part([1, 1, 1, 2, 2, 2, 3]), 0.1, 42)
    assert str(caught.value) == (
        "train learns from some rows of each class and measures on others. Class 3 has "
        "only 1 row. Add rows of it, remove it, or give validation data of its own."
    )


@pytest.mark.parametrize("fraction", [0.9, 0.99])
def test_a_fraction_that_leaves_too_little_is_refused(fraction):
    with pytest.raises(LabelError, match=r"aside for validation, (which leaves|and a)"):
        split_off_validation(make_part(["a"] * 8 + ["b"] * 2), fraction, 42)
