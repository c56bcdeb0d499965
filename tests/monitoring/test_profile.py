"""The profile: small, the same each time, without any text, and true to the rows."""

import json

import numpy as np
import pandas as pd
import pytest

from sentiment import ModelError, load_model, make_sentiment_pipeline, save_model
from sentiment.evaluation import with_threshold
from sentiment.monitoring import make_profile, monitor
from sentiment.monitoring._profile import PROFILE_FILE, profile_of, read_profile
from sentiment.monitoring._row_statistics import RowStatistics, measure_rows


def test_a_model_folder_gives_back_the_profile_as_it_was(logged, profile):
    assert read_profile(logged) == profile
    size = (logged / PROFILE_FILE).stat().st_size
    assert size < 8_000


def test_the_same_rows_give_the_same_bytes(pipeline, profile, make_texts):
    again = make_profile(pipeline, *make_texts(1500, 1), rows="test")
    assert again.to_json() == profile.to_json()


def test_it_holds_no_word_of_the_rows(profile):
    def find_strings(value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | dict):
            inner = value.values() if isinstance(value, dict) else value
            for one in inner:
                yield from find_strings(one)

    content = json.loads(profile.to_json())
    assert set(content["distributions"]) == {"length", "unseen", "repeated", "score"}
    # What is said of each number are numbers; the rows are called "test".
    assert list(find_strings(content)) == ["test"]


@pytest.mark.parametrize(("n_rows", "n_classes"), [(1, 2), (50_000, 2), (3_000, 1_000)])
def test_it_takes_16_kb_at_most_whatever_the_model(n_rows, n_classes, tmp_path):
    rng = np.random.default_rng(0)
    table = rng.dirichlet(np.full(n_classes, 0.3), n_rows)
    values = {name: rng.random(n_rows) / 3e5 for name in ("unseen", "repeated")}
    values = {"length": 1e6 * rng.random(n_rows), **values, "score": table.max(axis=1)}
    statistics = RowStatistics(values, table, table.argmax(axis=1))
    classes = np.arange(n_classes)
    codes = statistics.chosen if n_classes == 2 else None
    found = profile_of(statistics, classes, codes, "ü" * 5000)
    assert len(found.to_json().encode()) <= 16_000
    found.write(tmp_path)
    assert read_profile(tmp_path) == found


def test_answers_are_those_of_the_pipeline_to_the_bit(pipeline, make_texts):
    texts = pd.Series([*make_texts(200, 8)[0], "", "!!!", "影片很好"], dtype="str")
    found = measure_rows(pipeline, texts)
    np.testing.assert_array_equal(found.probabilities, pipeline.predict_proba(texts))
    tokens = pipeline[:3].transform(texts)
    known = set(pipeline.named_steps["vectorize"].vocabulary_)
    for row, words in enumerate(tokens):
        damped = len(words) + 5
        unseen = sum(word not in known for word in words)
        assert found.values["length"][row] == len(words)
        assert found.values["unseen"][row] == unseen / damped
        assert found.values["repeated"][row] == (len(words) - len(set(words))) / damped
    total = sum(len(words) for words in tokens)
    unseen = sum(word not in known for words in tokens for word in words)
    assert found.unseen_share() == pytest.approx(unseen / total)


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.83])
def test_a_threshold_moves_class_shares_and_accuracy(
    pipeline, profile, make_texts, threshold
):
    texts, labels = make_texts(1500, 1)
    truth = make_profile(with_threshold(pipeline, threshold), texts, labels)
    derived = profile.with_threshold(threshold)
    assert derived.chosen[1] == pytest.approx(truth.chosen[1], abs=0.01 * 1500)
    assert derived.metrics["accuracy"] == pytest.approx(
        truth.metrics["accuracy"], abs=0.01
    )
    assert derived.metrics["log_loss"] == profile.metrics["log_loss"]
    assert sum(derived.chosen.values()) == 1500


def test_a_model_that_answers_by_a_threshold_is_not_alarmed_by_it(
    pipeline, profile, make_texts, tmp_path
):
    threshold = float(np.quantile(profile.distributions["score"].edges, 0.85))
    careful = with_threshold(pipeline, threshold)
    save_model(careful, tmp_path / "m", profile=profile.with_threshold(threshold))
    rows = pd.DataFrame({"text": make_texts(1500, 9)[0]})
    assert monitor(tmp_path / "m", rows).alarms == ()
    save_model(careful, tmp_path / "wrong", profile=profile)
    assert monitor(tmp_path / "wrong", rows).alarms


def test_three_classes_are_profiled_by_the_likeliest(make_texts):
    texts, labels = make_texts(300, 0)
    texts, labels = [*texts, *["so so"] * 50], [*labels, *["neutral"] * 50]
    model = make_sentiment_pipeline("fast", prior=None).fit(texts, labels)
    found = make_profile(model, texts, labels)
    assert found.n_classes == 3
    assert found.of_second == []
    assert found.distributions["score"].edges[0] >= 0.33
    rows = pd.DataFrame({"text": ["so so"] * 200})
    report = monitor(model, rows, reference=pd.DataFrame({"text": texts}))
    assert "predicted classes" in {check.name for check in report.whole.alarms}
    assert len(report.to_dict()["whole"]["class_shares"]) == 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: "",
        lambda content: "[]",
        lambda content: content.replace('"counts":[', '"counts":[1,'),
        lambda content: content.replace('"edges":[', '"edges":[1e999,'),
        lambda content: content.replace('"n_rows":1500', '"n_rows":7'),
        lambda content: content.replace('"score"', '"scare"'),
        lambda content: content.replace('"n_classes":2', '"n_classes":1'),
        lambda content: content[: len(content) // 2],
    ],
)
def test_a_damaged_file_is_refused_in_one_sentence(profile, tmp_path, damage):
    (tmp_path / PROFILE_FILE).write_text(damage(profile.to_json()))
    with pytest.raises(ModelError, match=r"reference_profile\.json is damaged"):
        read_profile(tmp_path)


def test_a_newer_file_asks_for_a_newer_version(profile, tmp_path):
    content = json.loads(profile.to_json()) | {"format": 2}
    (tmp_path / PROFILE_FILE).write_text(json.dumps(content))
    with pytest.raises(ModelError, match="Upgrade sentiment"):
        read_profile(tmp_path)


def test_a_model_loads_as_before(logged, pipeline):
    assert type(load_model(logged)) is type(pipeline)
