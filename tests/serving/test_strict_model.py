import threading

import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException

from sentiment import make_sentiment_pipeline
from sentiment.serving import StrictModel

TEXTS = ["This movie is cool", "awful film", ""]


@pytest.fixture(scope="module")
def model(pipeline):
    return StrictModel(pipeline)


@pytest.fixture(scope="module")
def three_classes():
    texts = ["good fun", "bad mess", "a film"] * 10
    pipeline = make_sentiment_pipeline("fast", prior=None, vectorize__min_df=1)
    return pipeline.fit(texts, [1, -1, 0] * 10)


class Broken:
    """Answers with what it is told to, or raises it."""

    classes_ = np.array(["bad", "good"])

    def __init__(self, answer):
        self.answer = answer

    def predict_proba(self, documents):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def refusal(model, model_input, params=None):
    with pytest.raises(MlflowException) as caught:
        model.predict(model_input, params)
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"
    assert caught.value.get_http_status_code() == 400
    return caught.value.message


def test_the_score_is_the_probability_of_the_label(model, pipeline):
    answer = model.predict(pd.DataFrame({"text": TEXTS}))
    assert answer.columns.tolist() == ["label", "score"]
    assert answer["score"].dtype == np.float64
    assert answer["label"].tolist() == pipeline.predict(TEXTS).tolist()
    np.testing.assert_array_equal(
        answer["score"], pipeline.predict_proba(TEXTS).max(axis=1)
    )


def test_probabilities_come_in_the_order_of_the_classes(model, pipeline):
    answer = model.predict(TEXTS, {"probabilities": True})
    columns = ["probability_negative", "probability_positive"]
    assert answer.columns.tolist() == ["label", "score", *columns]
    np.testing.assert_array_equal(answer[columns], pipeline.predict_proba(TEXTS))


def test_a_threshold_decides_for_the_second_class(model, pipeline):
    positive = pipeline.predict_proba(TEXTS)[:, 1]
    at = model.predict(TEXTS, {"threshold": float(positive[0])})
    assert at["label"][0] == "positive"
    assert at["score"][0] == positive[0]
    above = model.predict(TEXTS, {"threshold": float(np.nextafter(positive[0], 1))})
    assert above["label"][0] == "negative"
    assert above["score"][0] == pipeline.predict_proba(TEXTS)[0, 0]
    assert set(model.predict(TEXTS, {"threshold": 0})["label"]) == {"positive"}


def test_an_explanation_adds_up_to_the_margin(model, pipeline):
    answer = model.predict(
        pd.DataFrame({"text": TEXTS}, index=[5, 6, 7]), {"explain": 2}
    )
    assert answer.columns.tolist() == [
        "label",
        "score",
        "class",
        "margin",
        "bias",
        "contributions",
    ]
    assert answer.index.tolist() == [5, 6, 7]
    assert answer["class"].tolist() == ["positive"] * 3
    np.testing.assert_array_equal(answer["margin"], pipeline.decision_function(TEXTS))
    for row, text in zip(answer.itertuples(), TEXTS, strict=True):
        total = row.bias + sum(one["value"] for one in row.contributions)
        assert total == pytest.approx(row.margin, abs=1e-5)
        assert len(row.contributions) <= 3
        for one in row.contributions:
            assert text[one["start"] : one["end"]] == one["text"]
    assert answer["contributions"].tolist()[2] == []


def test_of_three_classes_the_predicted_one_is_explained(three_classes):
    answer = StrictModel(three_classes).predict(["good", "a film"], {"explain": 1})
    assert answer["class"].tolist() == answer["label"].tolist() == [1, 0]


def test_a_pipeline_that_cannot_be_explained_says_so():
    message = refusal(StrictModel(Broken([[0.5, 0.5]])), ["good"], {"explain": 3})
    assert message.startswith("The model takes no param 'explain'. explain takes a")


def test_labels_of_numbers_stay_numbers(three_classes):
    answer = StrictModel(three_classes).predict(["good"], {"probabilities": True})
    assert answer["label"].dtype == np.int64
    assert answer.columns[2:].tolist() == [
        "probability_-1",
        "probability_0",
        "probability_1",
    ]


@pytest.mark.parametrize(
    "documents",
    [
        TEXTS,
        tuple(TEXTS),
        np.array(TEXTS, dtype=object),
        pd.Series(TEXTS),
        pd.Series(TEXTS, dtype=object),
        pd.Index(TEXTS),
        pd.DataFrame({"id": range(3), "text": TEXTS}),
    ],
    ids=lambda documents: type(documents).__name__,
)
def test_documents_come_in_many_containers(model, documents):
    expected = model.predict(TEXTS)
    assert model.predict(documents)["score"].tolist() == expected["score"].tolist()


def test_the_index_of_the_input_is_kept(model):
    documents = pd.DataFrame({"text": TEXTS}, index=[7, 7, 9])
    assert model.predict(documents).index.tolist() == [7, 7, 9]


@pytest.mark.parametrize("cell", [5, 1.5, True, b"bytes", ["a"], {"a": 1}])
def test_a_cell_that_is_no_text_is_refused_with_its_row_and_column(model, cell):
    documents = pd.DataFrame({"text": pd.Series(["good", cell], dtype=object)})
    message = refusal(model, documents)
    assert message.startswith("The column 'text' takes documents as str. Got ")
    assert "at row 1" in message


@pytest.mark.parametrize("cell", [None, float("nan"), pd.NA, "a\ud800"])
def test_a_missing_text_or_half_a_character_is_refused_with_its_row(model, cell):
    assert "at row 1" in refusal(model, ["good", cell])


def test_a_missing_column_names_those_there_are(model):
    message = refusal(model, pd.DataFrame({"review": ["good"], "id": [1]}))
    assert "one column named 'text'. Got the columns ['review', 'id']" in message
    # check_documents would take the only column whatever its name.
    assert "['review']" in refusal(model, pd.DataFrame({"review": ["good"]}))


def test_two_columns_named_text_are_refused(model):
    documents = pd.DataFrame([["good", "bad"]], columns=["text", "text"])
    assert "Got the columns ['text', 'text']" in refusal(model, documents)


@pytest.mark.parametrize(
    "documents", [[], pd.DataFrame({"text": []}), pd.DataFrame({"text": ["a"]})[:0]]
)
def test_no_rows_are_refused(model, documents):
    assert "at least one document. Got no rows" in refusal(model, documents)


@pytest.mark.parametrize("documents", ["good", 5, None, {"text": ["good"]}])
def test_what_holds_no_documents_is_refused(model, documents):
    assert "takes documents as" in refusal(model, documents)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"k": 1},
            "'params' takes 'probabilities', 'threshold' and 'explain'. Got 'k'.",
        ),
        ([("k", 1)], "'params' takes an object of names and values"),
        ("probabilities", "'params' takes an object of names and values"),
        ({"probabilities": 1}, "'probabilities' takes true or false. Got 1."),
        ({"threshold": "0.5"}, "'threshold' takes a number. Got '0.5'."),
        ({"threshold": True}, "'threshold' takes a number. Got True."),
        ({"explain": True}, "'explain' takes a number of n-grams. Got True."),
        ({"explain": 2.5}, "'explain' takes a number of n-grams. Got 2.5."),
        ({"explain": 0}, "'explain' takes 1 or more. Got 0."),
        ({"threshold": float("nan")}, "from 0 to 1. Got nan."),
        ({"threshold": float("inf")}, "from 0 to 1. Got inf."),
        ({"threshold": -0.1}, "from 0 to 1. Got -0.1."),
        ({"threshold": 10**400}, "from 0 to 1. Got 1000"),
    ],
    ids=str,
)
def test_bad_params_are_refused(model, params, message):
    assert message in refusal(model, ["good"], params)


def test_a_threshold_needs_two_classes(three_classes):
    message = refusal(StrictModel(three_classes), ["good"], {"threshold": 0.5})
    assert "is for models of two classes. This one has 3" in message


def test_params_that_are_not_set_are_not_refused(model):
    params = {"probabilities": None, "threshold": None}
    assert model.predict(["good"], params).shape == (1, 2)
    assert model.predict(["good"], {}).shape == (1, 2)


@pytest.mark.parametrize(
    "answer",
    [
        RuntimeError("secret text of a document"),
        np.full((1, 2), np.nan),
        np.ones((2, 2)),
        np.ones((1, 3)),
        np.ones(1),
    ],
    ids=["error", "nan", "rows", "classes", "shape"],
)
def test_a_fault_of_ours_is_500_and_keeps_its_trace_to_the_log(answer, caplog):
    with pytest.raises(MlflowException) as caught:
        StrictModel(Broken(answer)).predict(["good"])
    assert caught.value.error_code == "INTERNAL_ERROR"
    assert caught.value.get_http_status_code() == 500
    assert "secret" not in caught.value.message
    assert "Traceback" not in caught.value.serialize_as_json()
    assert "The model failed on 1 documents" in caplog.text
    assert "Traceback" in caplog.text


def test_an_error_of_ours_that_is_a_value_error_is_500_too():
    with pytest.raises(MlflowException) as caught:
        StrictModel(Broken(ValueError("broken"))).predict(["good"])
    assert caught.value.error_code == "INTERNAL_ERROR"


def test_many_threads_get_the_same_answers(saved):
    from sentiment.serving._loader import load_strict_model

    model = load_strict_model(saved, allow_pickle=False)
    batches = [[f"film {n} was not good", f"{n} great"] for n in range(40)]
    expected = [model.predict(batch) for batch in batches]
    failures = []

    def ask(start):
        for place in [*range(start, 40), *range(start)]:
            try:
                answer = model.predict(batches[place])
                pd.testing.assert_frame_equal(answer, expected[place])
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=ask, args=(5 * n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
