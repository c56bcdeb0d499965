"""A DataFrame as a source, and the name of every source."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sentiment.datasets import load_instances, load_reviews, read_rows, source_name
from sentiment.exceptions import DataError


@pytest.mark.parametrize("dtype", ["str", "object", "category", "string[pyarrow]"])
def test_text_of_every_pandas_type_is_read(dtype: str) -> None:
    frame = pd.DataFrame({"text": ["a", "", "a"], "label": [1, 0, 1]}, index=[7, 7, 3])
    frame["text"] = frame["text"].astype(dtype)
    before = frame.copy()
    instances, labels = load_reviews(frame)
    assert instances["text"].tolist() == ["a", "", "a"]
    assert labels.tolist() == [1, 0, 1]
    assert instances.index.tolist() == [0, 1, 2]
    pd.testing.assert_frame_equal(frame, before)


def test_numpy_scalars_among_objects_are_their_values() -> None:
    values = np.array([np.int64(1), None, np.int64(0)], dtype=object)
    frame = pd.DataFrame({"text": ["a", "b", "c"], "label": values})
    assert load_reviews(frame)[1].tolist() == [1, 0]


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_a_missing_text_is_refused_with_its_position(missing: object) -> None:
    frame = pd.DataFrame({"text": pd.Series(["a", missing], dtype=object)})
    with pytest.raises(DataError, match=r"^the DataFrame, position 1: null in column"):
        load_instances(frame)


def test_a_lone_surrogate_is_refused_with_its_position() -> None:
    frame = pd.DataFrame({"text": pd.Series(["a", "\ud800"], dtype=object)})
    with pytest.raises(DataError, match=r"^the DataFrame, position 1: lone surrogate"):
        load_instances(frame)


def test_a_frame_without_rows_is_refused() -> None:
    with pytest.raises(DataError, match=r"^the DataFrame has no rows\.$"):
        load_instances(pd.DataFrame({"text": []}))


def test_mixed_cells_come_back_as_they_are() -> None:
    cells = [1, "a", None, [2]]
    frame = pd.DataFrame({"text": list("abcd"), "any": pd.Series(cells, dtype=object)})
    assert read_rows(frame)["any"].tolist() == cells


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("sample", "sample"),
        (None, "sample"),
        ("-", "stdin"),
        ("hf:stanfordnlp/imdb", "imdb"),
        ("hf:nyu-mll/glue:sst2", "glue:sst2"),
        ("data/reviews.csv.gz", "reviews.csv.gz"),
        ("data/imdb/", "imdb"),
        ("data/imdb/../other", "other"),
        ("/", "/"),
        (Path("sample"), "sample"),
        (pd.DataFrame(), "DataFrame"),
    ],
    ids=str,
)
def test_every_source_has_a_short_name(source: object, name: str) -> None:
    assert source_name(source) == name  # type: ignore[arg-type]


def test_the_current_folder_is_called_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "films").mkdir()
    monkeypatch.chdir(tmp_path / "films")
    assert source_name(".") == "films"
