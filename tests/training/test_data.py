"""Training data: described as read, aligned, refused when they do not fit."""

import pandas as pd
import pytest

from sentiment.datasets import data_digest, export_split, load_reviews, source_of
from sentiment.exceptions import DataError, LabelError
from sentiment.training._data import check_classes, read_part, read_separate
from sentiment.training._training_data import make_sources, read_training_data


def describe(source=None, **sources):
    return make_sources(source, **sources)


def separate(instances, labels):
    return read_separate(source_of(instances, "train"), source_of(labels, "train"))


def test_the_record_says_name_digest_rows_and_place(tmp_path, reviews):
    path = tmp_path / "reviews.csv"
    reviews.to_csv(path, index=False)
    record = read_part(source_of(str(path), "train"), "training").record
    assert (record.name, record.context, record.n_rows) == (
        "reviews.csv",
        "training",
        32,
    )
    assert record.digest == data_digest(*load_reviews(reviews))
    assert record.source_type == "local"
    assert record.source["uri"] == str(path)
    assert record.columns == {"text": "string", "label": "string"}


@pytest.mark.parametrize(
    ("names", "kind"),
    [((0, 1), "long"), ((False, True), "boolean"), (("a", "b"), "string")],
)
def test_the_record_says_what_labels_are(make, names, kind):
    record = read_part(source_of(make(8, names), "train"), "test").record
    assert record.columns["label"] == kind
    assert record.source_type == "code"


def test_the_sample_is_a_source_of_its_own():
    record = read_part(source_of(None, "test"), "test").record
    assert record.source["tags"] == {
        "sentiment.source": "sample",
        "sentiment.split": "test",
    }


def test_what_etl_has_written_comes_together_again(tmp_path, reviews):
    written = export_split(reviews, "train", tmp_path)
    part = separate(written.instances_path, written.labels_path)
    expected = load_reviews(reviews)
    pd.testing.assert_frame_equal(part.X, expected[0])
    pd.testing.assert_series_equal(part.y, expected[1])


def test_labels_of_some_rows_go_to_those_rows(tmp_path):
    partly = pd.DataFrame({"text": ["a", "b", "c"], "label": ["x", None, "y"]})
    written = export_split(partly, "train", tmp_path)
    part = separate(written.instances_path, written.labels_path)
    assert part.X["text"].tolist() == ["a", "c"]
    assert part.y.tolist() == ["x", "y"]
    assert part.X.index.equals(part.y.index)


def test_as_many_labels_as_instances_go_row_by_row(reviews):
    part = separate(reviews[["text"]], reviews[["label"]])
    assert part.y.tolist() == reviews["label"].tolist()


def test_two_lengths_are_both_named(reviews):
    with pytest.raises(DataError, match="has 30 rows, but DataFrame has 32"):
        separate(reviews[["text"]], reviews[["label"]][:30])


def test_labels_of_rows_that_are_not_there_are_refused(tmp_path):
    partly = pd.DataFrame({"text": ["a", "b", "c"], "label": ["x", None, "y"]})
    labels = export_split(partly, "train", tmp_path).labels_path
    with pytest.raises(DataError, match=r"a label for row 2, but DataFrame has 2 rows"):
        separate(partly[["text"]][:2], labels)


def test_no_label_at_all_is_refused():
    texts = pd.DataFrame({"text": ["a"], "label": [None]})
    with pytest.raises(DataError, match="has no label in column 'label'"):
        separate(texts, texts)


@pytest.mark.parametrize("given", ["instances", "labels"])
def test_instances_and_labels_go_together(reviews, given):
    with pytest.raises(DataError, match=f"together. Got only {given}"):
        read_training_data(describe(**{given: reviews}), 0.1, 42)


def test_a_source_besides_instances_and_labels_is_one_too_many(reviews):
    sources = describe(source=reviews, instances=reviews, labels=reviews)
    with pytest.raises(DataError, match="Got both"):
        read_training_data(sources, 0.1, 42)


def test_one_class_only_is_refused(reviews):
    part = read_part(source_of(reviews[::2], "train"), "training")
    with pytest.raises(LabelError, match="Got one class only, 'negative'"):
        check_classes(part)


@pytest.mark.parametrize("role", ["test", "validation"])
def test_a_class_that_the_training_rows_lack_is_named(make, role):
    other = make(9, ("negative", "positive", "neutral"))
    sources = describe(source=make(), **{role: other})
    with pytest.raises(DataError) as caught:
        read_training_data(sources, 0.1, 42)
    assert str(caught.value) == (
        f"The {role} labels hold 'neutral', which the training labels lack; those are "
        "'negative', 'positive'. Remove such rows, or add some to the training data."
    )


@pytest.mark.parametrize("names", [("0", "1"), (False, True)])
def test_numbers_and_what_looks_like_them_are_different_classes(make, names):
    sources = describe(source=make(8, (0, 1)), test=make(8, names))
    pattern = rf"{names[0]!r}, {names[1]!r}, which .* those are 0, 1"
    with pytest.raises(DataError, match=pattern):
        read_training_data(sources, 0.1, 42)


def test_rows_are_set_aside_and_none_is_lost(reviews):
    data = read_training_data(describe(source=reviews), 0.25, 42)
    assert (len(data.X), len(data.X_val)) == (24, 8)
    texts = [*data.X["text"], *data.X_val["text"]]
    assert sorted(texts) == sorted(reviews["text"])
    label_of = dict(zip(reviews["text"], reviews["label"], strict=True))
    assert data.y.tolist() == [label_of[text] for text in data.X["text"]]
    assert data.y_val.tolist() == [label_of[text] for text in data.X_val["text"]]
    assert data.validation == "0.25 of the training data"
    assert [record.context for record in data.records] == ["training"]


def test_of_many_rows_a_share_is_set_aside_of_few_none_and_the_tutorial_more(make):
    def count(n_rows, preset):
        sources = describe(source=make(n_rows))
        data = read_training_data(sources, None, 42, preset=preset)
        return None if data.X_val is None else len(data.X_val)

    assert count(1000, "accurate") == 100
    assert count(1000, "tutorial") == 300
    assert count(999, "accurate") is None
    assert count(999, "tutorial") is None


def test_validation_data_of_its_own_leave_the_training_rows_whole(reviews, make):
    sources = describe(source=reviews, validation=make(6), test=make(4))
    data = read_training_data(sources, 0.25, 42)
    assert (len(data.X), len(data.X_val), len(data.test.X)) == (32, 6, 4)
    contexts = ["training", "validation", "test"]
    assert [record.context for record in data.records] == contexts
