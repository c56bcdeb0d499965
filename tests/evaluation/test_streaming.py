"""Rows that come in batches are evaluated as those that come at once."""

import io
import json
import logging

import pandas as pd
import pytest

from sentiment import evaluate, explain_texts, make_sentiment_pipeline, monitor
from sentiment.exceptions import DataError
from sentiment.explanation import explain_source

NUMBER = {"negative": 0, "positive": 1}


@pytest.fixture(scope="module")
def pipeline(reviews):
    return make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        *reviews
    )


@pytest.fixture(scope="module")
def rows(new_reviews):
    texts, labels = new_reviews
    # Mistakes in the first batch and in a later one.
    labels = [labels[1], labels[0], *labels[2:-2], labels[-1], labels[-2]]
    return pd.DataFrame(
        {
            "text": [*texts, "?", 'So "so",\nso'],
            "label": [*labels, None, "positive"],
            "source": ["web", "app"] * 11,
            "stars": range(22),
        }
    )


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr("sentiment.datasets._batch.BATCH_ROWS", 3)


def write(rows, path):
    if path.suffix == ".parquet":
        rows.to_parquet(path)
    elif path.suffix == ".jsonl":
        path.write_text(rows.to_json(orient="records", lines=True), encoding="utf-8")
    else:
        rows.to_csv(path, index=False)
    return path


def told(report):
    found = report.to_dict()
    del found["read"]["name"]
    return {name: found[name] for name in found if name not in ("data", "seconds")}


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_file_in_batches_is_evaluated_as_a_table(pipeline, rows, tmp_path, ending):
    expected = evaluate(pipeline, rows, slices=["stars"])
    assert expected.n_rows == 21
    assert expected.mistakes
    for mistake in expected.mistakes:
        assert mistake.text == rows["text"][mistake.row]
    path = write(rows, tmp_path / f"rows.{ending}")
    assert told(evaluate(pipeline, path, slices=["stars"])) == told(expected)


def test_several_files_are_one_set_of_rows(pipeline, rows, tmp_path):
    write(rows[:9], tmp_path / "part-2.csv")
    write(rows[9:], tmp_path / "part-10.csv")
    found = evaluate(pipeline, str(tmp_path / "part-*.csv"))
    assert told(found) == told(evaluate(pipeline, rows))


def test_standard_input_is_evaluated_in_batches(pipeline, rows, monkeypatch):
    text = rows.to_csv(index=False).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    seen = []
    found = evaluate(pipeline, "-", progress=lambda *said: seen.append(said))
    assert told(found) == told(evaluate(pipeline, rows))
    assert seen[-1][0] == 21


def test_numbers_as_labels_stay_numbers_in_every_batch(reviews, rows, tmp_path):
    texts, labels = reviews
    codes = [NUMBER[label] for label in labels]
    model = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1).fit(
        texts, codes
    )
    numbered = rows.assign(label=rows["label"].map(NUMBER).astype("Int64"))
    expected = told(evaluate(model, numbered))
    for ending in ("csv", "jsonl", "parquet"):
        path = write(numbered, tmp_path / f"rows.{ending}")
        assert told(evaluate(model, path)) == expected


def test_a_label_that_is_not_known_is_refused_when_it_is_read(pipeline, rows, tmp_path):
    path = write(rows.replace({"label": {"negative": "1"}}), tmp_path / "rows.csv")
    seen = []
    with pytest.raises(DataError, match=r"labels '1' \(2\), .* which the model"):
        evaluate(pipeline, path, progress=lambda *said: seen.append(said))
    assert seen == []


def test_json_lines_may_lack_the_label_in_the_first_batches(pipeline, rows, tmp_path):
    records = json.loads(rows.to_json(orient="records"))
    for record in records[:8]:
        del record["label"]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    found = evaluate(pipeline, path)
    assert found.n_rows == 13
    assert told(found)["metrics"] == told(evaluate(pipeline, rows[8:]))["metrics"]
    with pytest.raises(DataError, match=r"no column 'stars2'.*label_column"):
        evaluate(pipeline, path, label_column="stars2")


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_file_in_batches_is_monitored_as_a_table(pipeline, rows, tmp_path, ending):
    path = write(rows, tmp_path / f"rows.{ending}")
    told = [
        monitor(pipeline, source, reference="sample", window=11).to_dict()
        for source in (path, rows)
    ]
    for one in told:
        del one["data"], one["seconds"], one["read"]["name"]
    assert told[0] == told[1]


@pytest.mark.parametrize("limit", [None, 5])
def test_texts_are_explained_while_a_file_is_read(pipeline, rows, tmp_path, limit):
    path, seen = write(rows, tmp_path / "rows.csv"), []
    found = list(
        explain_source(
            pipeline, path, limit=limit, progress=lambda *said: seen.append(said)
        )
    )
    assert found == explain_texts(pipeline, rows["text"])[:limit]
    assert [done for done, _, _ in seen] == list(range(1, len(found) + 1))
    assert seen[-1][1:] == ((None, 1.0) if limit is None else (limit, None))


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_what_was_read_is_said_before_the_model_is_asked(
    pipeline, rows, tmp_path, ending, caplog, monkeypatch
):
    path = write(rows, tmp_path / f"rows.{ending}")
    ask = type(pipeline).predict_proba

    def told(self, X):
        logging.getLogger("sentiment").info("asked")
        return ask(self, X)

    monkeypatch.setattr(type(pipeline), "predict_proba", told)
    with caplog.at_level(logging.INFO, logger="sentiment"):
        evaluate(pipeline, path)
    said = [one.getMessage() for one in caplog.records]
    assert said[0].startswith(f"rows.{ending}: 22 rows, 1 of them without a label")
    assert said.count(said[0]) == 1
    assert "asked" in said[1:]
