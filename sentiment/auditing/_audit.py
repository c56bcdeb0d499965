"""Look at data before training."""

from collections.abc import Sequence
from typing import Unpack

from sentiment._sklearn import InvalidParameterError
from sentiment.auditing._auditor import Auditor
from sentiment.auditing._checks import CHECKS
from sentiment.auditing._data import AuditData, read_data, read_test_data
from sentiment.auditing._finding import (
    Finding,
    Limits,
    check_limits,
    find_missed,
    skipped,
)
from sentiment.auditing._label_errors import plain
from sentiment.auditing._report import AuditReport
from sentiment.datasets import Data
from sentiment.reports import ReportFrame, ReportOptions

_NEAR = 0.4
_ENDINGS = (".html", ".htm", ".json")


def audit(
    source: Data = "sample",
    *,
    test: Data = None,
    test_split: str = "test",
    skip: Sequence[str] = (),
    near: float = _NEAR,
    fail_on: Limits | None = None,
    top: int = 20,
    random_state: int = 42,
    **options: Unpack[ReportOptions],
) -> AuditReport:
    """Find what is wrong with data before a model is trained on them.

    A model learns wrong labels as it learns right ones, and a review that is in the
    training and in the test data is a right answer that proves nothing.

    Parameters
    ----------
    source : str, Path, DataFrame or None, default="sample"
        What :func:`load_reviews` reads.
    test : str, Path, DataFrame or None, default=None
        Test data to compare with; their labels are not looked at. None: the test split
        of a folder or hub data set that has one.
    test_split : str, default="test"
        Which split of it.
    skip : sequence of str, default=()
        Checks to leave out, by name; see Notes.
    near : float, default=0.4
        The Jaccard similarity of their pairs of neighbouring words from which two
        texts are near duplicates. 1.0 finds the same words in the same order only.
    fail_on : dict, default=None
        Checks by name with what they may find: a number of rows, a share of them as a
        float (0.02), or None for nothing at all. ``{"any": None}`` means every check,
        and of these only the problems. What goes beyond stands in ``missed`` of the
        report, as does a named check that could not be made.
    top : int, default=20
        How many rows of each check the page shows.
    random_state : int, default=42
        Seeds the folds behind ``label_errors``.
    **options
        The keywords of every report: ``split`` (here "train" by default), ``output``
        (a page, ``.html``, or the data, ``.json``), ``force`` and ``progress``, called
        with the number of checks done and of all; and how the data are read, as
        :class:`Source` says. Bad rows are findings.

    Returns
    -------
    report : AuditReport
        A finding for each check, with its rows. In a notebook it shows itself.

    Raises
    ------
    DataError
        If the source cannot be read or lacks a column, or ``output`` cannot be
        written.

    Notes
    -----
    The checks: ``not_text``, ``empty``, ``unlabelled``, ``encoding``, ``markup``,
    ``duplicates``, ``near_duplicates``, ``overlap``, ``conflicts``, ``label_errors``,
    ``label_order``, ``balance``, ``length``, ``language``. Label errors are found by
    confident learning on out-of-fold probabilities (Northcutt, Jiang and Chuang 2021)
    of the classifier of the preset ``fast``.

    Examples
    --------
    >>> import pandas as pd
    >>> from sentiment import audit
    >>> reviews = pd.DataFrame({
    ...     "text": ["A gem.", "Dull!", "A gem.", "", "so cafÃ©"],
    ...     "label": ["good", "bad", "bad", "good", "bad"]})
    >>> report = audit(reviews, fail_on={"balance": None, "duplicates": 0})
    >>> [one.check for one in report.findings if one.state == "problem"]
    ['empty', 'encoding', 'duplicates', 'conflicts']
    >>> report["encoding"].rows[0]["meant"]
    'café'
    >>> report["duplicates"].rows[0]["place"], report["duplicates"].rows[0]["other"]
    ('the DataFrame, position 2', 0)
    >>> report.missed
    ('duplicates: 1 of 5 (20.0 %) found, at most 0 allowed.',)
    >>> audit(reviews, label_column="stars")
    Traceback (most recent call last):
    ...
    sentiment.exceptions.DataError: the DataFrame has no column 'stars'. It has 'text',
    'label'. Name the right one with label_column=...
    """
    limits = fail_on or {}
    _check_names(skip)
    _check_near(near)
    check_limits(limits)
    frame = ReportFrame.begin(source, "train", options, endings=_ENDINGS)
    data = read_data(frame.source)
    compared = _read_other(frame, test, test_split)
    auditor = Auditor(data, compared, near, random_state)
    findings: list[Finding] = []
    for check in CHECKS:
        left_out = skipped(check, "left out as asked")
        findings.append(left_out if check in skip else auditor.check(check))
        if frame.progress is not None:
            frame.progress(len(findings), len(CHECKS))
    return frame.finish(
        AuditReport(
            data=frame.source.name,
            split=frame.source.read_split,
            classes={plain(k): int(n) for k, n in data.labels.value_counts().items()},
            findings=tuple(findings),
            texts=data.texts,
            test_texts=data.texts.iloc[:0] if compared is None else compared.texts,
            lengths=auditor.lengths,
            missed=tuple(find_missed(findings, limits)),
            top=top,
            read=data.summary,
        )
    )


def _read_other(frame: ReportFrame, test: Data, split: str) -> AuditData | None:
    if test is None and frame.source.split == split:
        return None
    other = None if test is None else frame.other(test, split)
    return read_test_data(frame.source, other, split)


def _check_near(near: float) -> None:
    if not 0 < near <= 1:
        raise InvalidParameterError(
            "The 'near' parameter of audit must be a number above 0 and at most 1. Got "
            f"{near!r} instead."
        )


def _check_names(skip: Sequence[str]) -> None:
    unknown = [name for name in skip if name not in CHECKS]
    if unknown:
        raise InvalidParameterError(
            f"The 'skip' parameter of audit must hold names among {list(CHECKS)}. Got "
            f"{unknown[0]!r} instead."
        )
