"""A model whose classifier carries a threshold: checked, and served over HTTP."""

import numpy as np
import pytest

from sentiment import save_model
from sentiment.evaluation import with_threshold
from sentiment.persistence import check_model

TEXTS = ["This movie is cool", "awful film", "", "A gem, and great fun.", "so so"]


@pytest.fixture(scope="module")
def threshold(pipeline):
    """Only one of the texts is positive from this probability on."""
    return float(np.sort(pipeline.predict_proba(TEXTS)[:, 1])[-1])


@pytest.fixture(scope="module")
def careful(pipeline, threshold, tmp_path_factory):
    folder = tmp_path_factory.mktemp("careful") / "model"
    save_model(with_threshold(pipeline, threshold), folder)
    return folder


def test_its_golden_rows_are_asked_again(careful, asked_in_a_fork):
    result = check_model(careful)
    assert result.passed
    assert (result.n_rows > 5, result.max_difference, result.versions) == (True, 0, {})


def test_every_answer_over_http_follows_it(careful, pipeline, threshold, serve):
    scores = pipeline.predict_proba(TEXTS)
    expected = np.where(scores[:, 1] >= threshold, "positive", "negative").tolist()
    assert expected.count("positive") == 1
    assert expected != pipeline.predict(TEXTS).tolist()
    with serve(careful) as server:
        body = {"inputs": {"text": TEXTS}, "params": {"probabilities": True}}
        answers = server.post(json=body).json()["predictions"]
        body["params"] = {"threshold": 0.0}
        asked = server.post(json=body).json()["predictions"]
        body["params"] = {"explain": 3}
        explained = server.post(json=body).json()["predictions"]
    assert [answer["label"] for answer in answers] == expected
    found = [[a["probability_negative"], a["probability_positive"]] for a in answers]
    np.testing.assert_allclose(found, scores, rtol=1e-15)
    of_label = scores[
        range(len(TEXTS)), [int(label == "positive") for label in expected]
    ]
    np.testing.assert_allclose([a["score"] for a in answers], of_label, rtol=1e-15)
    assert {answer["label"] for answer in asked} == {"positive"}
    assert [answer["label"] for answer in explained] == expected
