"""The digest changes with every change of the data, and with nothing else."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.datasets import data_digest

TEXTS = pd.DataFrame({"text": ["a", "bc", ""]})
LABELS = pd.Series(["x", "y", "x"], name="label")


@pytest.mark.parametrize(
    ("instances", "labels"),
    [
        (pd.DataFrame({"text": ["ab", "c", ""]}), LABELS),
        (pd.DataFrame({"text": ["bc", "a", ""]}), LABELS),
        (pd.DataFrame({"text": ["a", "bc"]}), LABELS[:2]),
        (TEXTS, pd.Series(["y", "x", "x"], name="label")),
        (TEXTS, LABELS[:2]),
        (TEXTS, LABELS[1:]),
        (TEXTS, None),
    ],
)
def test_another_data_set_has_another_digest(
    instances: pd.DataFrame, labels: pd.Series | None
) -> None:
    assert data_digest(instances, labels) != data_digest(TEXTS, LABELS)


def test_labels_of_another_type_are_other_labels() -> None:
    digests = {
        data_digest(TEXTS, pd.Series(values))
        for values in ([1, 0, 1], ["1", "0", "1"], [True, False, True])
    }
    assert len(digests) == 3


def test_the_digest_is_the_same_tomorrow() -> None:
    assert data_digest(TEXTS, LABELS) == "bc95b1670a02d5a6"


@given(texts=st.lists(st.text(), min_size=1), start=st.integers(0, 5))
def test_a_slice_has_the_digest_of_its_copy(texts: list[str], start: int) -> None:
    frame = pd.DataFrame({"text": ["x"] * start + texts}, dtype="str")
    assert data_digest(frame.iloc[start:]) == data_digest(texts)
