"""Training on more data than memory holds: a Pipeline fitted part by part.

What is learned is a sum over the rows, so it is taken from blocks of them, one after
the other. :class:`Blocks` is what the learning asks of whatever holds them.
"""

from sentiment.streaming._external_matrix import external_matrices
from sentiment.streaming._fit_streaming import (
    DEFAULT_MEMORY,
    Documents,
    Room,
    check_memory,
    fit_documents,
    fit_streaming,
)
from sentiment.streaming._frequency_shards import add_all, begins_with
from sentiment.streaming._labelled_texts import read_labelled_texts
from sentiment.streaming._scratch import Scratch
from sentiment.streaming._text_rows import TextRows
from sentiment.streaming._text_steps import TextSteps, check_steps

__all__ = [
    "DEFAULT_MEMORY", "Documents", "Room", "Scratch", "TextRows", "TextSteps",
    "add_all", "begins_with", "check_memory", "check_steps", "external_matrices",
    "fit_documents", "fit_streaming", "read_labelled_texts",
]  # fmt: skip
