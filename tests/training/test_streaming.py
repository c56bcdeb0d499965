"""``train`` with ``streaming``: what is recorded is what a training in memory records."""

from functools import partial

import mlflow
import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import FunctionTransformer

from sentiment import LabelDecoder, load_model, train
from sentiment.exceptions import DataError, SentimentError
from sentiment.monitoring._profile import PROFILE_FILE
from sentiment.streaming._fit_streaming import Room
from sentiment.streaming._scratch import Scratch
from sentiment.training._data import read_part_in_batches
from sentiment.training._fits import StreamedTexts
from sentiment.training._training_data import make_sources, read_training_data

QUICK = {
    "vectorize__min_df": 1,
    "classify__estimator__max_iter": 3,
    "classify__estimator__early_stopping": False,
}


@pytest.fixture(scope="module")
def files(tmp_path_factory, make):
    """Training rows in two files, and rows to watch and to test on."""
    folder = tmp_path_factory.mktemp("data")
    rows = make(40)
    rows.to_csv(folder / "all.csv", index=False)
    rows[:25].to_csv(folder / "part-1.csv", index=False)
    rows[25:].to_csv(folder / "part-2.csv", index=False)
    make(20).to_json(folder / "held-out.jsonl", orient="records", lines=True)
    return folder


@pytest.fixture
def nothing_in_memory(monkeypatch, tmp_path):
    """All data are written to a folder of the test's own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    for name in ("for_texts", "for_frequencies", "for_counts"):
        monkeypatch.setattr(Room, name, property(lambda self: 0))
    return tmp_path


def test_files_in_parts_give_every_number_of_a_training_in_memory(
    store, no_figures, files, nothing_in_memory, monkeypatch
):
    monkeypatch.setattr("sentiment.training._fits._PAUSE", 0.0)
    lines, seen = [], []
    held_out = files / "held-out.jsonl"
    options = {"params": QUICK, "validation": held_out, "test": held_out}
    expected = train(files / "all.csv", **options)
    found = train(
        str(files / "part-*.csv"),
        streaming=True,
        memory=1,
        progress=lines.append,
        hook=lambda context: seen.extend(context.evaluations[0].texts),
        **options,
    )
    assert seen == pd.read_json(held_out, lines=True)["text"].tolist()
    assert lines.count("Counting n-grams: 25 of 40 rows ...") == 1
    assert {"Looking n-grams up ...", "Fitting the classifier ..."} < set(lines)
    assert found.metrics == expected.metrics
    assert found.n_rows == expected.n_rows == 40
    runs = [mlflow.get_run(one.run_id) for one in (found, expected)]
    digests = [{d.dataset.digest for d in run.inputs.dataset_inputs} for run in runs]
    assert digests[0] == digests[1]
    params = [run.data.params for run in runs]
    assert params[0].pop("streaming") == "True"
    assert params[0].pop("data") == "part-*.csv"
    assert params[1].pop("data") == "all.csv"
    assert params[0] == params[1]
    models = [load_model(one.model_uri) for one in (found, expected)]
    texts = ["A gem, awful.", "It is a film."]
    np.testing.assert_array_equal(*(model.predict_proba(texts) for model in models))
    profiles = [
        mlflow.artifacts.load_text(f"{one.model_uri}/{PROFILE_FILE}")
        for one in (found, expected)
    ]
    assert profiles[0] == profiles[1]
    assert not list(nothing_in_memory.iterdir())


def test_the_rows_set_aside_are_those_of_a_training_in_memory(files, nothing_in_memory):
    sources = make_sources(str(files / "all.csv"))
    expected = read_training_data(sources, 0.1, 42)
    with Scratch() as scratch:
        room = Room(scratch, 1)
        read = partial(read_part_in_batches, room=room, tell=lambda n_rows: None)
        found = read_training_data(sources, 0.1, 42, read)
        for part in ("X", "X_val"):
            texts = StreamedTexts(getattr(found, part))
            assert sorted(texts) == sorted(getattr(expected, part)["text"])
        assert sorted(found.y) == sorted(expected.y)
        everything = list(texts)
        assert texts[1] == everything[1]
        assert texts[2:0:-1] == everything[2:0:-1]
        assert texts[4:4] == []


def test_an_interrupted_training_leaves_a_killed_run_and_no_file(
    store, files, nothing_in_memory, monkeypatch
):
    def interrupt(*args, **kwargs):
        assert list(nothing_in_memory.iterdir())
        raise KeyboardInterrupt

    monkeypatch.setattr(LabelDecoder, "fit_blocks", interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(files / "all.csv", streaming=True, memory=1, params=QUICK)
    assert not list(nothing_in_memory.iterdir())
    (run,) = store.search_runs(
        [one.experiment_id for one in store.search_experiments()]
    )
    assert run.info.status == "KILLED"


def test_what_streaming_cannot_do_is_refused_before_a_run(no_store, files):
    with pytest.raises(DataError, match="takes texts and labels in one source"):
        train(instances="a.csv", labels="b.csv", streaming=True)
    foreign = {"clean": FunctionTransformer()}
    with pytest.raises(
        SentimentError, match="train with streaming takes a Pipeline of"
    ):
        train(files / "all.csv", streaming=True, params=foreign)
    with pytest.raises(ValueError, match="'memory' parameter of train must be"):
        train(files / "all.csv", streaming=True, memory=0)
    assert not list(no_store.iterdir())
