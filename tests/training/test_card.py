"""What the model card says of speed, under a clock that the test moves."""

from types import SimpleNamespace

import numpy as np
import pytest

from sentiment.training import _card
from sentiment.training._card import make_card


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=100.0, perf_counter=lambda: clock.now)
    monkeypatch.setattr(_card, "time", clock)
    return clock


def test_the_milliseconds_are_the_median_of_single_documents_and_a_thousand_a_second(
    clock,
):
    seconds = {"first": 0.5, "slow": 0.0075, "fast": 0.0021256}
    asked = []

    def predict_proba(documents):
        asked.append(documents)
        clock.now += seconds[documents[0]]

    pipeline = SimpleNamespace(
        predict_proba=predict_proba, classes_=np.array(["no", "yes"])
    )
    part = SimpleNamespace(
        part="validation",
        codes=range(30),
        texts=["first"] + ["slow"] * 4 + ["fast"] * 25,
    )
    spent = SimpleNamespace(seconds={"fit": 12.5, "predict": 0.25})
    card = make_card(pipeline, "models:/m/1", {}, [], [part, part], spent)
    # Of the first twenty documents, each alone.
    assert asked == [["first"]] + [["slow"]] * 4 + [["fast"]] * 15
    assert card.milliseconds == 2.126
    assert (card.seconds, card.documents_per_second) == (12.5, 240.0)
    assert (card.classes, card.parts) == (["no", "yes"], [part, part])


def test_a_prediction_faster_than_the_clock_is_no_division_by_zero(clock):
    pipeline = SimpleNamespace(
        predict_proba=lambda documents: None, classes_=np.array([0, 1])
    )
    part = SimpleNamespace(part="validation", codes=range(3), texts=["a"])
    spent = SimpleNamespace(seconds={"fit": 0.0, "predict": 0.0})
    card = make_card(pipeline, "x", {}, [], [part], spent)
    assert (card.milliseconds, card.documents_per_second) == (0.0, 3000.0)
