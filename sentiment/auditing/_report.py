"""What an audit found, as data and on a page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sentiment._arrays import Ints
from sentiment._shown_as_page import ShownAsPage, plain_fields
from sentiment.auditing._finding import Finding
from sentiment.datasets import DataSummary

_IN_A_NOTEBOOK = 5


@dataclass(frozen=True)
class AuditReport(ShownAsPage):
    """What :func:`sentiment.audit` found.

    Attributes
    ----------
    data : str
        The name of the source.
    split : str or None
        The split that was looked at, if there are splits.
    classes : dict
        The number of rows of each label.
    findings : tuple of Finding
        One for each check; ``report["overlap"]`` is that of one check.
    texts, test_texts : Series of str
        The texts, to show them; what is no text is an empty one.
    lengths : ndarray of int
        How many words each text has.
    missed : tuple of str
        What went beyond ``fail_on``, one sentence each.
    seconds : float
        From the first line read.
    top : int
        How many rows of each check the page shows.
    read : DataSummary or None
        What was read, and what looks wrong with it.
    """

    data: str
    split: str | None
    classes: Mapping[Any, int]
    findings: tuple[Finding, ...]
    texts: pd.Series = field(repr=False, compare=False)
    test_texts: pd.Series = field(repr=False, compare=False)
    lengths: Ints = field(repr=False, compare=False)
    missed: tuple[str, ...] = ()
    seconds: float = 0.0
    top: int = 20
    read: DataSummary | None = None

    def __getitem__(self, check: str) -> Finding:
        """Return what one check found."""
        for one in self.findings:
            if one.check == check:
                return one
        raise KeyError(check)

    @property
    def n_rows(self) -> int:
        """How many rows were looked at."""
        return len(self.texts)

    @property
    def n_test_rows(self) -> int:
        """How many rows of test data they were compared with; 0 if there were none."""
        return len(self.test_texts)

    def to_dict(self) -> dict[str, Any]:
        """Return what ``sentiment audit --format json`` prints."""
        classes = [{"label": label, "n_rows": n} for label, n in self.classes.items()]
        return plain_fields(
            self,
            *("texts", "test_texts", "lengths", "top"),
            n_rows=self.n_rows,
            n_test_rows=self.n_test_rows,
            classes=classes,
        )

    def _repr_html_(self) -> str:
        from sentiment.pages import render_fragment

        return render_fragment(self.to_page(top=_IN_A_NOTEBOOK))
