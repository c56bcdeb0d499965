"""What an audit found, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

__all__ = ["CHECKS", "AuditReport", "Finding"]

State = Literal["problem", "notice", "fine", "skipped"]

CHECKS = {
    "not_text": "cells that are no text",
    "empty": "texts without a word",
    "encoding": "damage from a wrong encoding",
    "markup": "tags and entities",
    "duplicates": "texts that occur again",
    "near_duplicates": "texts that nearly occur again",
    "overlap": "test texts that are in the training data",
    "conflicts": "equal texts with different labels",
    "label_errors": "labels that are probably wrong",
    "label_order": "rows sorted by label",
    "balance": "classes of very different size",
    "length": "texts of unusual length",
    "language": "texts in another language or script",
}
"""Each check with what it looks for, in the order of a report."""


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    check : str
        Its name, a key of ``CHECKS``.
    state : {"problem", "notice", "fine", "skipped"}
        "problem": look before you train. "notice": good to know, and the Pipeline
        copes with it. "skipped": the check could not be made; the summary says why.
    n_rows : int
        How many rows it is about. 0 for the data as a whole.
    summary : str
        In words.
    rows : tuple of dict
        The rows, the worst first: ``row``, counted from 0, and what the check says of
        it, such as ``label`` and ``suggested``.
    """

    check: str
    state: State
    n_rows: int
    summary: str
    rows: tuple[dict[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "check": self.check,
            "state": self.state,
            "n_rows": self.n_rows,
            "summary": self.summary,
            "rows": list(self.rows),
        }


@dataclass(frozen=True)
class AuditReport:
    """What :func:`audit` found.

    Attributes
    ----------
    data : str
        The name of the source.
    split : str
        The split that was looked at.
    n_rows : int
        Its rows.
    n_test_rows : int
        The rows of the test data it was compared with; 0 if there were none.
    classes : dict
        The number of rows of each label.
    findings : tuple of Finding
        One for each check, in the order of ``CHECKS``.
    texts : Series of str
        The texts, to show them; what is no text is an empty one.
    """

    data: str
    split: str
    n_rows: int
    n_test_rows: int
    classes: Mapping[Any, int]
    findings: tuple[Finding, ...]
    texts: pd.Series = field(repr=False, compare=False)

    def __getitem__(self, check: str) -> Finding:
        """Return what one check found."""
        return next(one for one in self.findings if one.check == check)

    def missed(self, limits: Mapping[str, int | None]) -> list[Finding]:
        """Return the findings that go beyond what is allowed.

        Parameters
        ----------
        limits : dict
            For checks by name how many rows may be found, None for "no problem at
            all"; the name ``any`` stands for every check.
        """
        missed = []
        for one in self.findings:
            limit = limits.get(one.check, limits.get("any", -1))
            if limit == -1:
                continue
            if one.state == "problem" and (limit is None or one.n_rows > limit):
                missed.append(one)
            elif limit is not None and one.n_rows > limit:
                missed.append(one)
        return missed

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as ``sentiment audit --format json`` prints them."""
        return {
            "data": self.data,
            "split": self.split,
            "n_rows": self.n_rows,
            "n_test_rows": self.n_test_rows,
            "classes": [
                {"label": label, "n_rows": n} for label, n in self.classes.items()
            ],
            "findings": [one.to_dict() for one in self.findings],
        }

    def _repr_html_(self) -> str:
        from sentiment.auditing._page import make_page
        from sentiment.pages import render_fragment

        return render_fragment(make_page(self, top=5))


def share(n: int, total: int) -> str:
    """Return a part of a whole in words: ``96 of 25,000 (0.4 %)``."""
    return f"{n:,} of {total:,}" + (f" ({percent(n / total, 1)})" if total else "")


def percent(value: float, digits: int = 0) -> str:
    """Return a share in per cent: ``0.4 %``."""
    return f"{100 * value:.{digits}f} %"


def make_finding(
    check: str,
    rows: Sequence[dict[str, Any]],
    summary: str,
    *,
    state: State = "problem",
) -> Finding:
    """Return a finding of some rows; without any, all is fine."""
    return Finding(check, state if rows else "fine", len(rows), summary, tuple(rows))
