"""Figures are drawn for whatever classes, words and rows there are, without a warning.

Warnings are errors in all tests: a missing glyph or a formula that cannot be parsed
fails here.
"""

import io

import numpy as np
import pytest

from sentiment.tracking._evaluation_figures import (
    draw_calibration,
    draw_confusion,
    draw_precision_recall,
    draw_roc,
)
from sentiment.tracking._figure_style import readable
from sentiment.tracking._model_figures import draw_importance, draw_learning_curve

EVALUATIONS = [draw_confusion, draw_roc, draw_precision_recall, draw_calibration]
ODD = [
    "$ 5 $",
    "$x^{",
    "\U0001f600",
    "影 片",
    "\x00\n",
    "a\\frac",
    "x" * 5000,
    "",
    "مرحبا",
]


def make_answers(n_classes, n_rows, seed=0):
    random = np.random.default_rng(seed)
    codes = np.arange(n_rows) % n_classes
    margins = random.normal(size=(n_rows, n_classes))
    margins[np.arange(n_rows), codes] += 1.5
    probabilities = np.exp(margins)
    return codes, probabilities / probabilities.sum(axis=1, keepdims=True)


def render(figure):
    """Draw a figure; return its size in pixels and the share that is not white."""
    from matplotlib.image import imread

    png = io.BytesIO()
    figure.savefig(png, dpi=60)
    png.seek(0)
    pixels = imread(png)[:, :, :3]
    return pixels.shape[:2], float((pixels < 0.99).any(axis=2).mean())


def texts_of(figure):
    from matplotlib.text import Text

    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


@pytest.mark.parametrize("draw", EVALUATIONS)
@pytest.mark.parametrize(
    "classes",
    [
        ["negative", "positive"],
        [False, True],
        [1, 2, 3, 4, 5],
        ODD,
        [f"class {i}" for i in range(45)],
    ],
    ids=["two", "bool", "int", "odd", "many"],
)
def test_every_kind_of_classes_is_drawn(draw, classes):
    codes, probabilities = make_answers(len(classes), 90)
    _, ink = render(draw("test", codes, probabilities, np.array(classes)))
    assert ink > 0.02


@pytest.mark.parametrize("draw", EVALUATIONS)
@pytest.mark.parametrize("codes", [[0], [1, 1, 1], [0, 1]], ids=["one", "same", "two"])
def test_few_rows_or_rows_of_one_class_are_drawn(draw, codes):
    _, probabilities = make_answers(2, len(codes))
    render(draw("validation", np.array(codes), probabilities, np.array(["a", "b"])))


def test_the_confusions_are_counted():
    codes = np.array([0, 0, 0, 1])
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7]])
    figure = draw_confusion("test", codes, probabilities, np.array(["bad", "good"]))
    texts = texts_of(figure)
    assert {"2\n66.7%", "1\n33.3%", "0\n0.0%", "1\n100.0%", "bad", "good"} <= set(texts)
    assert "Confusion matrix, test: 75.0% correct" in texts


def test_the_areas_are_those_of_scikit_learn():
    from sklearn.metrics import average_precision_score, roc_auc_score

    codes, probabilities = make_answers(2, 90)
    classes = np.array(["bad", "good"])
    area = roc_auc_score(codes, probabilities[:, 1])
    average = average_precision_score(codes, probabilities[:, 1])
    curve = draw_roc("test", codes, probabilities, classes)
    assert f"good (AUC {area:.3f})" in texts_of(curve)
    curve = draw_precision_recall("test", codes, probabilities, classes)
    assert f"good (AP {average:.3f})" in texts_of(curve)


def test_a_class_that_no_row_has_is_left_out_of_the_curves():
    codes, probabilities = make_answers(3, 30)
    codes[codes == 2] = 1
    texts = texts_of(draw_roc("test", codes, probabilities, np.array(["a", "b", "c"])))
    assert [text[0] for text in texts if "AUC" in text] == ["a", "b"]


def test_importance_shows_the_strongest_n_grams_and_whom_they_speak_for():
    names = np.array([f"word {i}" for i in range(50)], dtype=object)
    importances = np.arange(50) / np.arange(50).sum()
    coef = np.where(np.arange(50) % 2, 1.0, -1.0)[None]
    figure = draw_importance(names, importances, coef, np.array(["bad", "good"]))
    texts = texts_of(figure)
    shown = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert shown == [f"word {i}" for i in range(49, 19, -1)]
    assert {"speaks for bad", "speaks for good"} <= set(texts)
    (height, width), ink = render(figure)
    assert height > width
    assert ink > 0.05


@pytest.mark.parametrize(
    ("n_classes", "n_margins"), [(2, 1), (3, 3), (12, 12), (2, 0), (5, 0)]
)
def test_importance_is_drawn_with_any_classes_and_odd_words(n_classes, n_margins):
    random = np.random.default_rng(0)
    names = np.array(ODD, dtype=object)
    coef = random.normal(size=(n_margins, len(names))) if n_margins else None
    classes = np.array([f"class {i}" for i in range(n_classes)])
    render(draw_importance(names, random.random(len(names)), coef, classes))


def test_a_model_that_uses_no_n_gram_says_so():
    names = np.array(["a", "b"], dtype=object)
    figure = draw_importance(names, np.zeros(2), None, np.array([0, 1]))
    assert "The model uses no n-gram." in texts_of(figure)


def test_a_learning_curve_marks_the_round_in_use():
    losses = {"log_loss": [0.7, 0.5, 0.4], "roc_auc": [0.5, 0.6, 0.7]}
    figure = draw_learning_curve({"train": losses, "validation": losses}, 1)
    texts = texts_of(figure)
    assert {"train", "validation", "in use: 1 round", "log loss", "AUC"} <= set(texts)


def test_a_learning_curve_needs_no_validation_and_at_least_one_round():
    losses = {"log_loss": [0.7, 0.5], "roc_auc": [0.5, 0.6]}
    assert "validation" not in texts_of(draw_learning_curve({"train": losses}, 1))
    assert draw_learning_curve({"train": {"log_loss": [0.7]}}, 0) is None
    assert draw_learning_curve({}, None) is None


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("plain", "plain"),
        ("$5", r"\$5"),
        ("\N{FILM FRAMES}", ":film frames:"),
        ("影", r"\u5f71"),
        ("a\tb", r"a\tb"),
        ("\ud800", r"\ud800"),
        (True, "True"),
        (3, "3"),
        ("x" * 50, "x" * 35 + "…"),
    ],
)
def test_every_label_can_be_shown(label, shown):
    assert readable(label) == shown
