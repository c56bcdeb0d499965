"""Look at data before training."""

from collections.abc import Callable, Sequence

from sentiment._sklearn import InvalidParameterError
from sentiment.auditing._auditor import Auditor
from sentiment.auditing._data import AuditData, Reading, read_data, read_test_data
from sentiment.auditing._label_checks import plain
from sentiment.auditing._report import CHECKS, AuditReport, Finding
from sentiment.datasets import source_name
from sentiment.datasets._sources import Source

__all__ = ["audit"]

_NEAR = 0.4


def audit(
    source: Source = "sample",
    *,
    test: Source = None,
    split: str = "train",
    test_split: str = "test",
    text_column: str = "text",
    label_column: str = "label",
    label_names: Sequence[str] | None = None,
    encoding: str = "utf-8",
    input_format: str | None = None,
    skip: Sequence[str] = (),
    near: float = _NEAR,
    random_state: int = 42,
    progress: Callable[[int, int], None] | None = None,
) -> AuditReport:
    """Find what is wrong with data before a model is trained on them.

    A model learns wrong labels as it learns right ones, and a review that is in the
    training and in the test data is a right answer that proves nothing.

    Parameters
    ----------
    source : str, Path, DataFrame or None, default="sample"
        What :func:`load_reviews` reads.
    test : str, Path, DataFrame or None, default=None
        Test data to compare with. None: the test split of a folder or hub data set
        that has one.
    split, test_split : str, default="train", "test"
        The splits of each.
    text_column, label_column, label_names, encoding, input_format
        As in :func:`load_reviews`.
    skip : sequence of str, default=()
        Checks to leave out, by name; see Notes.
    near : float, default=0.4
        The Jaccard similarity of their pairs of neighbouring words from which two
        texts are near duplicates. 1.0 finds the same words in the same order only.
    random_state : int, default=42
        Seeds the folds behind ``label_errors``.
    progress : callable, default=None
        Called with the number of checks done and of all checks, after each.

    Returns
    -------
    report : AuditReport
        A finding for each check. In a notebook it shows itself.

    Raises
    ------
    DataError
        If the source cannot be read, or lacks a column.

    Notes
    -----
    The checks: ``not_text``, ``empty``, ``encoding``, ``markup``, ``duplicates``,
    ``near_duplicates``, ``overlap``, ``conflicts``, ``label_errors``, ``label_order``,
    ``balance``, ``length``, ``language``. Texts are equal if they are the same string.
    Label errors are found by confident learning on out-of-fold probabilities
    (Northcutt, Jiang and Chuang 2021) of our own linear classifier.

    Examples
    --------
    >>> import pandas as pd
    >>> from sentiment import audit
    >>> reviews = pd.DataFrame({
    ...     "text": ["A gem.", "Dull!", "A gem.", "", "so cafÃ©"],
    ...     "label": ["good", "bad", "bad", "good", "bad"]})
    >>> report = audit(reviews)
    >>> [one.check for one in report.findings if one.state == "problem"]
    ['empty', 'encoding', 'duplicates', 'conflicts']
    >>> report["conflicts"].rows
    ({'row': 2, 'label': 'bad', 'other': 0, 'other_label': 'good'},)
    >>> audit(reviews, label_column="stars")
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DataError: the DataFrame has no column 'stars'. It has 'text',
    'label'. Name the right one with --label-column.
    """
    unknown = [name for name in skip if name not in CHECKS]
    if unknown:
        raise InvalidParameterError(
            f"The 'skip' parameter of audit must hold names among {list(CHECKS)}. Got "
            f"{unknown[0]!r} instead."
        )
    reading = Reading(text_column, label_column, label_names, encoding, input_format)
    data = read_data(source, split, reading)
    if test is not None:
        compared: AuditData | None = read_data(test, test_split, reading)
    else:
        same = split == test_split
        compared = None if same else read_test_data(source, test_split, reading)
    auditor, findings = Auditor(data, compared, near, random_state), []
    for check in CHECKS:
        if check in skip:
            findings.append(Finding(check, "skipped", 0, "left out as asked"))
        else:
            findings.append(auditor.check(check))
        if progress is not None:
            progress(len(findings), len(CHECKS))
    return AuditReport(
        data=source_name(source),
        split=split,
        n_rows=len(data),
        n_test_rows=0 if compared is None else len(compared),
        classes={plain(k): int(n) for k, n in data.labels.value_counts().items()},
        findings=tuple(findings),
        texts=data.texts,
    )
