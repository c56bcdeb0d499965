"""The model card says what was measured, and nothing that breaks its page."""

import numpy as np

from sentiment.tracking._model_card import ModelCard
from sentiment.tracking._records import DatasetRecord
from sentiment.tracking._training_records import Evaluation


def make_card(classes=("negative", "positive"), name="reviews.csv"):
    codes = np.array([0, 0, 1, 1])
    chosen = np.array([0, 1, 1, 1])
    texts = ["word " * n_words for n_words in (10, 400, 60, 49)]
    return ModelCard(
        model_uri="runs:/1/model",
        settings={"preset": "fast", "validation": "0.1 of the training data"},
        classes=classes,
        datasets=[DatasetRecord(name, "77aa", "training", "code", {}, {}, 1234)],
        parts=[Evaluation("test", codes, np.eye(2)[chosen], {"accuracy": 0.75}, texts)],
        seconds=1.25,
        documents_per_second=12345.6,
        milliseconds=0.5,
        versions={"python": "3.11.1"},
    )


def test_it_names_data_classes_figures_and_how_to_use_the_model():
    card = make_card().to_markdown(2_500_000)
    assert "| training | reviews.csv | 1,234 | 77aa |" in card
    assert "| negative | 2 | 1.000 | 0.500 | 0.667 |" in card
    assert "| positive | 2 | 0.667 | 1.000 | 0.800 |" in card
    assert "| 0 to 49 | 2 | 1.000 |" in card
    assert "| 50 to 149 | 1 | 1.000 |" in card
    assert "| 300 and more | 1 | 0.000 |" in card
    assert "150 to 299" not in card
    assert "12,346 documents a second" in card
    assert "2.50 MB" in card
    assert "sentiment check runs:/1/model" in card


def test_names_cannot_break_the_table_or_bring_markup():
    card = make_card(("a|b", "<script>"), name="x\n| y `z`").to_markdown(1)
    assert "<script>" not in card
    assert "| a\\|b | 2 |" in card
    assert "| x \\| y 'z' |" in card


def test_of_many_classes_the_first_are_told():
    card = make_card(tuple(map(str, range(40)))).to_markdown(1)
    assert "| and 25 more | | | | |" in card
    assert len(card) < 5000
