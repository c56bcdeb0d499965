"""Models crafted to give wrong answers, to hang or to fill the memory are refused.

Each attack is a small function that spoils a copy of a good model, its checksum
included. The models that would run code are in test_loading.py.
"""

import json
import shutil
import sys
import tracemalloc
import zipfile

import mlflow
import numpy as np
import pandas as pd
import pytest
import skops.io
import xgboost  # noqa: F401 - imported here, not while memory is measured
from crafted_models import (
    change_golden,
    change_mlmodel,
    change_trees,
    deflate,
    put_changed,
    put_data,
)
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline as make_sklearn_pipeline

from sentiment import ModelError, NaiveBayesWeighter, TextCleaner, load_model
from sentiment.exceptions import SentimentError
from sentiment.inference import predict_rows, predict_text
from sentiment.persistence import _check, check_model, save_model
from sentiment.persistence._archive import bound_archive
from sentiment.persistence._golden_rows import make_golden_rows
from sentiment.serving._loader import load_for_mlflow, load_pyfunc_model

pytestmark = pytest.mark.attack


@pytest.fixture
def model(saved, tmp_path):
    """A copy of the model folder, to be spoilt."""
    return shutil.copytree(saved, tmp_path / "model")


def refused(call):
    with pytest.raises(ModelError) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 900
    return message


# Arrays that do not fit each other. `c` is the classifier, `v` the vectorizer.


def set_item(array, place, value):
    array = array.copy()
    array[place] = value
    return array


def swap(array):
    return np.concatenate([array[:3], array[3:5][::-1], array[5:]])


def change_node(learner, **changes):
    tree = learner["gradient_booster"]["model"]["trees"][0]
    for name, value in changes.items():
        tree[name][0] = value


def spoil_leaf(learner):
    tree = learner["gradient_booster"]["model"]["trees"][0]
    tree["split_conditions"][tree["left_children"].index(-1)] = float("nan")


def cut_ngrams(v, c):
    v.ngrams_ = v.ngrams_[:-5]


def swap_ngrams(v, c):
    v.ngrams_ = swap(v.ngrams_)


def repeat_an_ngram(v, c):
    v.ngrams_ = set_item(v.ngrams_, 4, v.ngrams_[3])


def leave_a_gap_in_an_ngram(v, c):
    v.ngrams_ = np.c_[v.ngrams_[:, :1], np.full(len(v.ngrams_), -1), v.ngrams_[:, 1:]]
    v.ngrams_ = v.ngrams_.astype(np.int32)


def cut_words(v, c):
    v.words_ = v.words_[:-3]


def swap_words(v, c):
    v.words_ = set_item(v.words_, 0, ord("z"))


def spoil_utf8(v, c):
    v.words_ = set_item(v.words_, 0, 0xFF)


def spoil_ngram_range(v, c):
    v.ngram_range = "12"


def cut_weights(v, c):
    c.linear_weights_ = c.linear_weights_[:, :-5]


def cut_coefficients(v, c):
    c.linear_coef_ = c.linear_coef_[:, :-5]


def cut_all_weights_and_say_so(v, c):
    c.linear_weights_ = c.linear_weights_[:, :-5]
    c.linear_coef_ = c.linear_coef_[:, :-5]
    c._importances = c._importances[:-5]
    c.n_features_in_ -= 5
    c._trees.features.n_columns_in -= 5
    c._trees.features.columns = np.arange(
        len(c._trees.features.columns), dtype=np.int32
    )


def make_a_weight_no_number(v, c):
    c.linear_weights_ = set_item(c.linear_weights_, (0, 7), np.nan)


def make_a_coefficient_infinite(v, c):
    c.linear_coef_ = set_item(c.linear_coef_, (0, 7), np.inf)


def make_the_intercept_no_number(v, c):
    c.linear_intercept_ = np.array([np.nan])


def make_the_link_infinite(v, c):
    c.link_slope_ = np.array([-np.inf])


def cut_the_link(v, c):
    c.link_offset_ = c.link_offset_[:0]


def name_an_unknown_column(v, c):
    columns = c._trees.features.columns
    c._trees.features.columns = set_item(columns, -1, 10**6)


def swap_columns(v, c):
    c._trees.features.columns = swap(c._trees.features.columns)


def cut_idf(v, c):
    c._trees.features.idf = c._trees.features.idf[:-1]


def split_on_an_unknown_feature(v, c):
    change_trees(c, lambda learner: change_node(learner, split_indices=10**6))


def split_on_nothing(v, c):
    change_trees(c, lambda learner: change_node(learner, split_conditions=float("nan")))


def make_a_leaf_no_number(v, c):
    change_trees(c, spoil_leaf)


def walk_in_a_circle(v, c):
    change_trees(c, lambda learner: change_node(learner, left_children=0))


def leave_the_tree(v, c):
    change_trees(c, lambda learner: change_node(learner, right_children=10**6))


def state_another_number_of_features(v, c):
    change_trees(
        c, lambda learner: learner["learner_model_param"].update(num_feature="3")
    )


def state_another_order_of_trees(v, c):
    def change(learner):
        learner["gradient_booster"]["model"]["tree_info"][0] = 5

    change_trees(c, change)


MISFITS = [
    cut_ngrams, swap_ngrams, repeat_an_ngram, leave_a_gap_in_an_ngram, cut_words,
    swap_words, spoil_utf8, spoil_ngram_range, cut_weights, cut_coefficients,
    cut_all_weights_and_say_so, make_a_weight_no_number, make_a_coefficient_infinite,
    make_the_intercept_no_number, make_the_link_infinite, cut_the_link,
    name_an_unknown_column, swap_columns, cut_idf, split_on_an_unknown_feature,
    split_on_nothing, make_a_leaf_no_number, walk_in_a_circle, leave_the_tree,
    state_another_number_of_features, state_another_order_of_trees,
]  # fmt: skip


@pytest.mark.parametrize("spoil", MISFITS, ids=lambda spoil: spoil.__name__)
def test_arrays_that_do_not_fit_each_other_are_refused_when_opened(model, spoil):
    put_changed(model, lambda p: spoil(p["vectorize"], p["classify"].estimator_))
    message = refused(lambda: load_model(model))
    assert "damaged" in message or "cannot be loaded" in message


@pytest.mark.parametrize("n", [1, 3])
def test_labels_that_are_fewer_or_more_than_the_outputs_are_refused(model, n):
    def change(pipeline):
        pipeline["classify"].classes_ = np.array(["a", "b", "c"][:n])

    put_changed(model, change)
    assert "damaged" in refused(lambda: load_model(model))


def test_a_label_that_stands_for_two_classes_is_refused(model):
    def change(pipeline):
        pipeline["classify"].classes_ = np.array(["good", "good"])

    put_changed(model, change)
    assert "damaged" in refused(lambda: load_model(model))


@pytest.mark.parametrize(
    "spoil", [make_a_weight_no_number, cut_weights], ids=lambda spoil: spoil.__name__
)
def test_every_door_refuses_such_a_model(model, spoil, asked_in_a_fork):
    put_changed(model, lambda p: spoil(p["vectorize"], p["classify"].estimator_))
    expected = f"{model / 'model.skops'} cannot be loaded: This BoostedLinearClassifier"
    assert refused(lambda: load_for_mlflow(str(model))).startswith(expected)
    refused(lambda: load_pyfunc_model(model, allow_pickle=False))
    assert "cannot be asked" in refused(lambda: check_model(model))
    with pytest.raises(SentimentError, match="damaged"):
        mlflow.sklearn.load_model(str(model))


@pytest.mark.parametrize("name", ["coef_", "intercept_"])
def test_weights_of_scikit_learn_that_are_no_numbers_are_refused(
    reviews, tmp_path, name
):
    pipeline = make_sklearn_pipeline(
        TextCleaner(), CountVectorizer(), LogisticRegression()
    ).fit(*reviews)
    save_model(pipeline, tmp_path / "model")

    def change(pipeline):
        setattr(pipeline[-1], name, getattr(pipeline[-1], name) * np.nan)

    put_changed(tmp_path / "model", change)
    assert "not all finite" in refused(lambda: load_model(tmp_path / "model"))


def test_a_pipeline_that_answers_nan_is_not_saved_and_predicts_nothing(
    pipeline, monkeypatch
):
    def answer(self, X):
        return np.full((len(X), 2), np.nan)

    monkeypatch.setattr(type(pipeline), "predict_proba", answer)
    assert "no finite numbers" in refused(lambda: make_golden_rows(pipeline))
    with pytest.raises(ModelError, match=r"2 of 2 documents with .* no finite"):
        predict_rows(pipeline, pd.DataFrame({"text": ["good", "bad"]}))
    with pytest.raises(ModelError, match=r"1 of 1 documents with .* no finite"):
        predict_text(pipeline, "good")


@pytest.mark.parametrize("weights", [[np.nan, 0.0], [1.0]])
def test_damaged_weights_of_a_weighter_are_refused(weights):
    weighter = NaiveBayesWeighter().fit([[1, 0], [0, 1]], [0, 1])
    weighter.weights_ = np.array(weights)
    data = skops.io.dumps(weighter)
    trusted = skops.io.get_untrusted_types(data=data)
    with pytest.raises(SentimentError, match="damaged"):
        skops.io.loads(data, trusted=trusted)


# Answers that are others than they were.


def reverse_classes(pipeline):
    pipeline["classify"].classes_ = pipeline["classify"].classes_[::-1].copy()


@pytest.mark.usefixtures("asked_in_a_fork")
def test_check_tells_a_model_whose_labels_were_swapped(model):
    put_changed(model, reverse_classes)
    result = check_model(model)
    assert not result.passed
    assert len(result.moved) == result.n_rows
    assert result.max_difference == 0
    assert result.classes == (["negative", "positive"], ["positive", "negative"])


def without_labels(content):
    del content["labels"]


def with_reversed_classes(content):
    content["classes"].reverse()


def with_a_nan(content):
    content["probabilities"][2][0] = float("nan")


def with_other_labels(content):
    content["labels"].reverse()


def with_one_more_class(content):
    content["classes"].append("neutral")
    content["probabilities"] = [[*row, 0.0] for row in content["probabilities"]]


@pytest.mark.parametrize(
    "changes",
    [
        [with_reversed_classes],
        [with_a_nan],
        [with_other_labels],
        [with_one_more_class],
        # As in models from before labels were kept.
        [with_reversed_classes, without_labels],
        [with_a_nan, without_labels],
        [with_one_more_class, without_labels],
    ],
    ids=lambda changes: "-".join(change.__name__ for change in changes),
)
def test_check_tells_golden_rows_that_are_others(model, asked_before, changes):
    for change in changes:
        change_golden(model, change)
    result = check_model(model)
    assert not result.passed
    no_number = changes[0] in (with_a_nan, with_one_more_class)
    assert (result.max_difference is None) == no_number


def test_golden_rows_of_old_models_hold_no_labels_and_pass(model, asked_before):
    change_golden(model, without_labels)
    assert check_model(model).passed


def set_golden(**parts):
    return lambda content: content.update(parts)


@pytest.mark.parametrize(
    "change",
    [
        set_golden(versions={"numpy": ["1", "2"]}),
        set_golden(versions=[]),
        set_golden(versions=None),
        set_golden(labels="negative"),
        set_golden(labels=[["negative"]] * 12),
        set_golden(labels=["negative"]),
        set_golden(classes=[["negative"], "positive"]),
        set_golden(classes={"negative": 0, "positive": 1}),
        set_golden(classes="np"),
        set_golden(texts=[5] * 12),
        set_golden(texts="abcdefghijkl"),
        set_golden(probabilities=[["0.5", "0.5"]] * 12),
        set_golden(probabilities=[[0.5, None]] * 12),
        set_golden(probabilities=[[0.5, 10**400]] * 12),
        set_golden(probabilities=[[0.5, [0.5]]] * 12),
        set_golden(more=1),
    ],
)
def test_golden_rows_of_another_form_are_refused(model, change):
    change_golden(model, change)
    assert "is damaged" in refused(lambda: check_model(model))


def test_golden_rows_nested_too_deeply_are_refused(model):
    (model / "golden_rows.json").write_text("[" * 100_000)
    assert "is damaged" in refused(lambda: check_model(model))


def test_a_replay_that_answers_something_else_is_refused(saved, monkeypatch):
    script = "import sys; open(sys.argv[2], 'w').write('{}')"
    command = [sys.executable, "-c", script]
    monkeypatch.setattr(_check, "find_command", lambda *_: command)
    assert "its answer is not one" in refused(lambda: check_model(saved))


# MLmodel files that take for ever to be shown, or cannot be read.


def make_bomb(kind="[{}]"):
    """Write YAML of 9**9 values: nine lists, each of nine times the one before."""
    lines = ["bomb0: &bomb0 {x: 1}"]
    for level in range(1, 10):
        aliases = ", ".join([f"*bomb{level - 1}"] * 9)
        lines.append(f"bomb{level}: &bomb{level} {kind.format(aliases)}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "place", ["format", "version", "serialization_format", "sha256", "other"]
)
def test_a_bomb_of_aliases_in_any_field_is_refused(model, place):
    path = model / "MLmodel"
    path.write_text(make_bomb() + path.read_text().replace("\n    format: 1", ""))
    text = path.read_text().replace(
        "  sentiment:\n", f"  sentiment:\n    {place}: *bomb9\n"
    )
    path.write_text(text)
    assert "100,000 values" in refused(lambda: load_model(model))


@pytest.mark.parametrize(
    "text",
    [
        make_bomb("{{<<: [{}]}}"),
        "flavors: &a [*a]",
        "[" * 5000,
        "{a: " * 5000,
        "- " * 5000,
        "flavors: " + "1:" * 100_000 + "1",
        "flavors: !!bool x",
        "flavors: !!timestamp x",
        "flavors: 2001-13-45",
        "flavors: " + "9" * 5000,
        "a" * 10**6 + ": 5",
    ],
    ids=lambda text: text[:20],
)
def test_yaml_that_cannot_be_read_in_a_bounded_time_is_refused(model, text):
    (model / "MLmodel").write_text(text)
    assert "cannot be read" in refused(lambda: load_model(model))


@pytest.mark.parametrize(
    "change",
    [
        {"serialization_format": ["skops"]},
        {"serialization_format": {"skops": 1}},
        {"version": ["0.1.0"] * 10_000},
        {"format": ["x"] * 10_000},
        {"format": 10**999, "version": ["x"] * 10_000},
        {"sha256": None},
    ],
    ids=str,
)
def test_a_field_of_another_type_is_one_short_sentence(model, change):
    change_mlmodel(model, lambda flavors: flavors["sentiment"].update(change))
    refused(lambda: load_model(model))


@pytest.mark.parametrize(
    "name",
    ["a" * 5000, "n" * 300, "d/" * 2500, f"file:///{'a' * 5000}", "http://", "file:"],
    ids=lambda name: name[:10],
)
def test_a_model_at_an_impossible_place_is_one_short_sentence(name):
    for call in (load_model, check_model):
        refused(lambda call=call: call(name))


# Files that inflate.


def test_a_model_file_larger_than_allowed_is_not_read(model):
    size = (model / "model.skops").stat().st_size
    assert f"takes {size:,} bytes; at most 999 are read" in refused(
        lambda: load_model(model, max_bytes=999)
    )


@pytest.fixture
def inflating(model):
    """A model file of some 100 kB that inflates to 50 MB."""
    data = (model / "model.skops").read_bytes()
    (name, *_) = zipfile.ZipFile(model / "model.skops").namelist()
    put_data(model, deflate(data, name, b"\0" * 50_000_000))
    return model


def test_what_inflates_to_more_than_allowed_is_refused_unread(inflating):
    tracemalloc.start()
    try:
        message = refused(lambda: load_model(inflating, max_bytes=20_000_000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "at most 20,000,000 are read" in message
    assert "SENTIMENT_MAX_MODEL_BYTES" in message
    assert peak < 10_000_000


@pytest.mark.usefixtures("asked_in_a_fork")
def test_the_environment_allows_more_or_less_at_every_door(inflating, monkeypatch):
    load_model(inflating)
    monkeypatch.setenv("SENTIMENT_MAX_MODEL_BYTES", "20000000")
    refused(lambda: load_for_mlflow(str(inflating)))
    refused(lambda: load_pyfunc_model(inflating, allow_pickle=False))
    assert "20,000,000" in refused(lambda: check_model(inflating))
    load_model(inflating, max_bytes=100_000_000)
    monkeypatch.setenv("SENTIMENT_MAX_MODEL_BYTES", "much")
    assert "Got 'much'" in refused(lambda: load_model(inflating))


def test_what_states_a_smaller_size_is_inflated_no_further(model):
    data = (model / "model.skops").read_bytes()
    (name, *_) = zipfile.ZipFile(model / "model.skops").namelist()
    lying = deflate(data, name, b"\0" * 50_000_000, size=200)
    tracemalloc.start()
    try:
        with pytest.raises(zipfile.BadZipFile):
            bound_archive(model, lying, 20_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


def test_a_schema_that_would_become_too_many_objects_is_refused(model):
    data = (model / "model.skops").read_bytes()
    put_data(model, deflate(data, "schema.json", b" " * 5_000_000))
    load_model(model)
    assert "with its objects" in refused(
        lambda: load_model(model, max_bytes=50_000_000)
    )


def test_a_file_that_is_read_many_times_counts_as_often(tmp_path):
    nodes = [{"file": "array.npy", "__id__": place} for place in range(100)]
    path = tmp_path / "crafted"
    with zipfile.ZipFile(path, "w") as dump:
        dump.writestr("array.npy", b"\0" * 10_000)
        dump.writestr("schema.json", json.dumps(nodes))
    bound_archive(path, path.read_bytes(), 1_000_000)
    with pytest.raises(ModelError, match="is read as 1,000,000 bytes"):
        bound_archive(path, path.read_bytes(), 999_999)


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_cannot_be_bounded_is_refused(model, kind):
    with zipfile.ZipFile(model / "model.skops") as dump:
        files = {name: dump.read(name) for name in dump.namelist()}
    with zipfile.ZipFile(model / "crafted", "w", kind) as dump:
        for name, data in files.items():
            dump.writestr(name, data)
    put_data(model, (model / "crafted").read_bytes())
    assert "skops stores or deflates" in refused(lambda: load_model(model))
