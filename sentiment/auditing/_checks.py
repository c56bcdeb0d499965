"""The checks of an audit: what each looks for, and what to do about what it finds."""

from typing import NamedTuple


class CheckWords(NamedTuple):
    """One thing that may be wrong with data.

    Attributes
    ----------
    title : str
        What is looked for.
    remedy : str
        What to do about what was found.
    """

    title: str
    remedy: str


CHECKS = {
    "not_text": CheckWords(
        "cells that are no text",
        "Drop these rows, or write the text that belongs there: training and "
        "prediction refuse such cells.",
    ),
    "empty": CheckWords(
        "texts without a word",
        "Drop these rows: nothing can be learned from them, whatever their label.",
    ),
    "unlabelled": CheckWords(
        "rows without a label", "Label them, or leave them: training leaves them out."
    ),
    "encoding": CheckWords(
        "damage from a wrong encoding",
        "Read the file as what it was written as (encoding=...), or export it again; "
        "ftfy.fix_encoding mends texts that were stored like this.",
    ),
    "markup": CheckWords(
        "tags and entities",
        "Leave them if TextCleaner is in the Pipeline: it removes them. Other tools "
        "would count them as words.",
    ),
    "duplicates": CheckWords(
        "texts that occur again, word for word",
        "Keep one row of each: these are the later ones. Copies count several times "
        "in training, and land on both sides of a split.",
    ),
    "near_duplicates": CheckWords(
        "texts that nearly occur again",
        "Read some pairs. Where one is an edited copy of the other, keep one of them.",
    ),
    "overlap": CheckWords(
        "test texts that are in the training data",
        "Drop these rows from the test data, or their others from the training data: "
        "to know them by heart is enough to answer them.",
    ),
    "conflicts": CheckWords(
        "equal texts with different labels",
        "Decide which label is right, and keep one row of each text.",
    ),
    "label_errors": CheckWords(
        "labels that are probably wrong",
        "Read the first ones and correct their labels, until most are right as they "
        "are; then train again. Drop what nobody can decide.",
    ),
    "label_order": CheckWords(
        "rows sorted by label",
        "Shuffle the rows before they are split by position or read in part. "
        "Training here shuffles by itself.",
    ),
    "balance": CheckWords(
        "classes of very different size",
        "Find more rows of the small classes, or train with "
        "classify__estimator__class_weight='balanced'; judge by balanced accuracy and "
        "F1, not by accuracy.",
    ),
    "length": CheckWords(
        "texts of unusual length",
        "Look whether the longest hold several documents, and whether the shortest are "
        "whole.",
    ),
    "language": CheckWords(
        "texts in another language or script",
        "Drop them, or translate them, if the model is meant for one language.",
    ),
}
"""Each check by name, in the order in which they are made and reported."""

WHOLE = frozenset({"label_order", "balance"})
"""Checks of the data as a whole, which find no rows."""
