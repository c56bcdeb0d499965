"""The public functions that load instances and labels."""

from typing import Any, Unpack

import pandas as pd

from sentiment.datasets._frames import frame_of_batch
from sentiment.datasets._labelled import LabelledRows
from sentiment.datasets._source import Data, ReadingOptions, Source, source_of
from sentiment.documents import text_series


def load_instances(
    source: Data = "sample", split: str = "train", **reading: Unpack[ReadingOptions]
) -> pd.DataFrame:
    """Load the documents of a source, without their labels.

    Instances are what a user of the model will send. Labels do not exist then,
    so they are loaded apart, by :func:`load_labels`.

    Parameters
    ----------
    source : str, Path, table, Source or None, default="sample"
        What :class:`Source` takes. Standard input is read once: use
        :func:`load_reviews`.
    split : str, default="train"
        Of a source that has splits. A single file is every split.
    **reading
        How it is read: the keywords of :class:`Source`, such as ``text_column``.

    Returns
    -------
    instances : DataFrame
        One column ``text`` of str, one row for each row of the source.

    Raises
    ------
    DataError
        If the source cannot be read, or a document is null or not text; the
        message names the file and row.

    See Also
    --------
    load_labels : The labels of the same rows.
    load_reviews : Both, of the labelled rows only; reads the source once.

    Notes
    -----
    An empty string is a document, and so is an empty CSV cell, a blank line of a
    CSV file with one column, or ``NA``. 25,000 reviews load in 0.1 s.

    Examples
    --------
    >>> reviews = pd.DataFrame({"text": ["A gem.", ""], "stars": [5, 1]})
    >>> load_instances(reviews)
         text
    0  A gem.
    1
    >>> load_instances("reviews.csv")
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DataError: No such file or folder: 'reviews.csv'.
    """
    rows = LabelledRows(source_of(source, split, **reading), labels="no")
    texts = rows.read_texts()
    rows.list_bad_rows()
    return text_series(texts).to_frame()


def load_labels(
    source: Data = "sample", split: str = "train", **reading: Unpack[ReadingOptions]
) -> pd.Series:
    """Load the labels of the labelled rows of a source.

    Parameters
    ----------
    source, split
        As in :func:`load_instances`. Documents are not read: a file of labels need not
        have them.
    **reading
        How it is read: the keywords of :class:`Source`, such as ``label_column``.

    Returns
    -------
    labels : Series
        Named ``label``; its index holds the positions of the labelled rows among
        the instances. Empty when no row has a label.

    Raises
    ------
    DataError
        If there is no such column, or a label has no name.

    Notes
    -----
    Integers of a ``datasets`` ClassLabel become its names, and ``neg`` and ``pos`` are
    written ``negative`` and ``positive``. All other labels stay as they are. Whole
    numbers are integers in every format: ``1``, ``1.0`` and 1.0 are one label. Null
    means no label, and so does an empty cell of csv and tsv; -1 does where it is the
    only label, or the column is a ClassLabel.

    Examples
    --------
    >>> reviews = pd.DataFrame({"text": ["Dull.", "?", "Good."], "label": [0, None, 4]})
    >>> load_labels(reviews, label_names=["negative", "positive"])
    0    negative
    2    positive
    Name: label, dtype: str
    >>> load_labels(reviews, label_names=["negative"])
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DataError: DataFrame: label_names names 1 class, and column
    'label' holds 2: 0, 4. Give each a name, in order or as {value: name}.
    """
    return LabelledRows(
        source_of(source, split, **reading), labels="only"
    ).read_labels()


def load_reviews(
    source: Data = "sample", split: str = "train", **reading: Unpack[ReadingOptions]
) -> tuple[pd.DataFrame, pd.Series]:
    """Load documents with their labels, the labelled rows only.

    Parameters
    ----------
    source, split, **reading
        As in :func:`load_instances` and :func:`load_labels`.

    Returns
    -------
    instances : DataFrame
        One column ``text`` of str.
    labels : Series
        Named ``label``, with the same index, counted from 0.

    Raises
    ------
    DataError
        If the source cannot be read, a document is null (labelled or not), or no
        row has a label.

    Warns
    -----
    DataWarning
        If the labels look wrong: two that differ only in case, one of a single row.

    Examples
    --------
    >>> reviews = pd.DataFrame({"text": ["Dull.", "?"], "label": ["bad", None]})
    >>> instances, labels = load_reviews(reviews)
    >>> instances["text"].tolist(), labels.tolist()
    (['Dull.'], ['bad'])
    """
    rows = LabelledRows(source_of(source, split, **reading))
    texts, labels = rows.read()
    rows.list_bad_rows()
    rows.summary.tell()
    return text_series(texts).to_frame(), labels


def read_rows(
    source: Data, split: str = "test", **reading: Unpack[ReadingOptions]
) -> pd.DataFrame:
    """Read every column of a source as it is stored.

    For predictions that are written beside the columns they came with.

    Parameters
    ----------
    source, split, **reading
        As in :func:`load_instances`.

    Returns
    -------
    rows : DataFrame
        Cells of csv and tsv as the exact strings, integers with missing cells as
        Arrow integers, labels as stored. The text column is checked.

    Raises
    ------
    DataError
        As in :func:`load_instances`.

    Examples
    --------
    >>> reviews = pd.DataFrame({"id": [7], "text": ["A gem."]})
    >>> read_rows(reviews)
       id    text
    0   7  A gem.
    """
    given: Source = source_of(source, split, **reading)
    rows = LabelledRows(given, labels="no", columns=None)
    texts = rows.read_texts()
    frame = frame_of_batch(rows.gathered)
    column: Any = given.text_columns[0]
    if len(given.text_columns) == 1 and column in frame.columns:
        frame[column] = text_series(texts).array
    return frame
