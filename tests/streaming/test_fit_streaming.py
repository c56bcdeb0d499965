"""A Pipeline fitted part by part, against the same one fitted in memory."""

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import FunctionTransformer

from sentiment import fit_pipeline, load_reviews, make_sentiment_pipeline
from sentiment.classification import TreeRows, _out_of_fold
from sentiment.classification._tree_boosting import BoostingRows, boost_trees
from sentiment.classification._tree_features import TreeFeatures
from sentiment.datasets import _batch
from sentiment.exceptions import DataError, LabelError, SentimentError
from sentiment.streaming import _disk_blocks, fit_streaming
from sentiment.streaming._disk_blocks import BlockWriter
from sentiment.streaming._external_matrix import external_matrices
from sentiment.streaming._fit_streaming import Room
from sentiment.streaming._scratch import Scratch
from sentiment.streaming._spool import Spool


def make(preset="accurate", **params):
    params = {"classify__estimator__random_state": 0} | params
    return make_sentiment_pipeline(preset, prior=None, **params)


@pytest.fixture(scope="module")
def files(tmp_path_factory, reviews):
    """Sixty reviews in three files, as a pattern and as one table."""
    folder = tmp_path_factory.mktemp("reviews")
    frame = pd.DataFrame({"text": reviews[0], "label": reviews[1]})
    frame[:25].to_csv(folder / "1.csv", index=False)
    frame[25:40].to_json(folder / "2.jsonl", orient="records", lines=True)
    frame[40:].to_parquet(folder / "3.parquet")
    return str(folder / "*"), frame


@pytest.fixture
def tiny(monkeypatch):
    """Everything is too large: small batches, small blocks, nothing stays in memory."""
    monkeypatch.setattr(_batch, "BATCH_ROWS", 7)
    monkeypatch.setattr(_disk_blocks, "_BLOCK", 100)
    for name in ("for_texts", "for_frequencies", "for_counts"):
        monkeypatch.setattr(Room, name, property(lambda self: 300))


@pytest.fixture
def large(monkeypatch):
    """No data are so few that they are gathered."""
    monkeypatch.setattr(_out_of_fold, "_LARGE", 0)


def check_same_vocabulary(found, expected):
    for name in ("words_", "word_offsets_", "ngrams_"):
        np.testing.assert_array_equal(
            getattr(found[-2], name), getattr(expected[-2], name)
        )


@pytest.mark.parametrize("preset", ["accurate", "fast", "tutorial"])
def test_small_data_give_every_bit_of_the_fit_in_memory(
    files, tiny, new_reviews, preset
):
    pattern, frame = files
    kwargs = {"classify__estimator__max_iter": 5}
    expected = make(preset, **kwargs).fit(frame, frame["label"])
    found = fit_streaming(make(preset, **kwargs), pattern)
    check_same_vocabulary(found, expected)
    np.testing.assert_array_equal(
        found.predict_proba(new_reviews[0]), expected.predict_proba(new_reviews[0])
    )
    assert found.classes_.tolist() == ["negative", "positive"]


@pytest.mark.parametrize(
    ("preset", "params"),
    [
        ("accurate", {"early_stopping": True, "max_iter": 20}),
        (
            "accurate",
            {"early_stopping": False, "max_iter": 5, "tree_features": "count"},
        ),
        ("fast", {"class_weight": "balanced", "max_linear_features": 40}),
        ("tutorial", {"max_iter": 20, "subsample": 1.0}),
    ],
)
def test_blocks_give_the_model_in_memory_to_the_tolerance_of_the_solvers(
    files, tiny, large, new_reviews, preset, params, monkeypatch
):
    monkeypatch.setattr("sentiment.classification._liblinear._TOLERANCE", 1e-9)
    monkeypatch.setattr("sentiment.classification._block_solver._TOLERANCE", 1e-7)
    pattern, frame = files
    kwargs = {f"classify__estimator__{k}": v for k, v in params.items()}
    kwargs |= {"vectorize__min_df": 1}
    if preset != "tutorial":
        kwargs["classify__estimator__alpha"] = 10.0
    expected = make(preset, **kwargs).fit(frame, frame["label"])
    found = fit_streaming(make(preset, **kwargs), pattern)
    check_same_vocabulary(found, expected)
    ours, theirs = found[-1].estimator_, expected[-1].estimator_
    assert ours.n_iter_ == theirs.n_iter_
    np.testing.assert_allclose(
        found.predict_proba(new_reviews[0]),
        expected.predict_proba(new_reviews[0]),
        atol=1e-4,
    )
    np.testing.assert_allclose(
        ours.feature_importances_, theirs.feature_importances_, atol=1e-4
    )
    for part, metrics in theirs.evals_result_.items():
        for name, curve in metrics.items():
            np.testing.assert_allclose(
                ours.evals_result_[part][name], curve, atol=1e-4, err_msg=name
            )


def test_three_classes_and_validation_rows_of_ones_own(tiny, large, tmp_path):
    words = {"bad": "awful dull", "fair": "okay plain", "good": "great warm"}
    frame = pd.DataFrame(
        [
            (f"film {said} w{n % 5}", label)
            for n in range(20)
            for label, said in words.items()
        ],
        columns=["text", "label"],
    )
    frame.to_csv(tmp_path / "train.csv", index=False)
    frame[::4].to_csv(tmp_path / "validation.csv", index=False)
    kwargs = {"vectorize__min_df": 1, "classify__estimator__alpha": 10.0}
    kwargs |= {"classify__estimator__max_iter": 10}
    expected = fit_pipeline(
        make(**kwargs), frame, frame["label"], frame[::4], frame["label"][::4]
    )
    found = fit_streaming(
        make(**kwargs), tmp_path / "train.csv", validation=tmp_path / "validation.csv"
    )
    assert found[-1].estimator_.n_iter_ == expected[-1].estimator_.n_iter_
    np.testing.assert_allclose(
        found.predict_proba(frame), expected.predict_proba(frame), atol=0.02
    )
    assert found.score(frame, frame["label"]) == 1.0


def test_the_same_margins_grow_the_same_trees_on_disk(make_counts, tmp_path):
    X, y = make_counts(600, n_classes=3)
    rng = np.random.default_rng(0)
    margins, weight = rng.normal(size=(600, 3)), np.where(y == 1, 1.5, 0.5)
    held_out = np.arange(600) % 4 == 0
    frequency = np.bincount(X.indices, minlength=X.shape[1])
    features = TreeFeatures("binary").fit(frequency, 600, frequency.astype(float), 30)
    settings = {
        "tree_method": "hist",
        "max_depth": 3,
        "seed": 0,
        "nthread": 2,
        "verbosity": 0,
    }
    kwargs = {"n_classes": 3, "parameters": settings, "max_iter": 8, "patience": 3}
    seen = features.transform(X.astype(float))
    parts = [
        BoostingRows(seen[rows], y[rows], weight[rows], margins[rows])
        for rows in (~held_out, held_out)
    ]
    expected = boost_trees(*parts, **kwargs)
    with Scratch(tmp_path) as scratch:
        writer = BlockWriter(Spool(scratch, "counts", 0), X.shape[1])
        for first in range(0, 600, 120):
            writer.add(X[first : first + 120])
            writer._write()
        blocks = writer.finish(1)
        found = boost_trees(
            *(
                part._replace(X=TreeRows(blocks, features, rows, trains))
                for part, rows, trains in zip(
                    parts, (~held_out, held_out), (True, False), strict=True
                )
            ),
            to_matrix=external_matrices(scratch),
            **kwargs,
        )
    assert found.model == expected.model
    assert found.history == expected.history
    assert not list(tmp_path.iterdir())


def test_labels_are_typed_over_all_batches(tiny, tmp_path):
    frame = pd.DataFrame(
        {"text": ["good fun", "bad mess"] * 10, "label": ["1", "0"] * 10}
    )
    frame.loc[[17, 19], "label"] = "unknown"
    frame.loc[3, "label"] = ""
    frame.to_csv(tmp_path / "mixed.csv", index=False)
    found = fit_streaming(make("fast"), tmp_path / "mixed.csv")
    X, y = load_reviews(tmp_path / "mixed.csv")
    expected = make("fast").fit(X, y)
    assert (
        found.classes_.tolist() == expected.classes_.tolist() == ["0", "1", "unknown"]
    )
    np.testing.assert_array_equal(
        found.predict_proba(["good"]), expected.predict_proba(["good"])
    )


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        ("text,label\n", DataError, "has a header and no rows"),
        ("text,label\na,\n", DataError, "no labelled row"),
        ("text,stars\na,1\n", DataError, "no column 'label'"),
        ("text,label\na,1\nb,1\n", LabelError, "one class only, 1"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(tmp_path, content, error, said):
    path = tmp_path / "reviews.csv"
    path.write_text(content)
    with pytest.raises(error, match=said):
        fit_streaming(make("fast", vectorize__min_df=1), path)


def test_a_step_that_is_not_ours_is_refused_before_anything_is_read():
    pipeline = make("fast", clean=FunctionTransformer())
    with pytest.raises(
        SentimentError, match="Got the step 'clean': FunctionTransformer"
    ):
        fit_streaming(pipeline, "no such file.csv")


@pytest.mark.parametrize("phase", ["read", "count", "look up", "learn"])
def test_an_interrupt_leaves_no_file_behind(files, tiny, large, tmp_path, phase):
    def interrupt(now, done, total):
        if now == phase and (done or phase == "learn"):
            assert phase == "read" or list(tmp_path.iterdir())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_streaming(make(), files[0], folder=tmp_path, progress=interrupt)
    assert not list(tmp_path.iterdir())


def test_a_row_without_a_text_is_refused_with_its_place(tmp_path):
    path = tmp_path / "reviews.jsonl"
    path.write_text('{"text": "a", "label": 1}\n{"text": null, "label": 0}\n')
    with pytest.raises(DataError, match=r"reviews.jsonl:2: null in column 'text'"):
        fit_streaming(make(), path)
