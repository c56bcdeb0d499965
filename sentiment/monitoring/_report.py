"""What a monitoring has found."""

from dataclasses import dataclass, field
from typing import Any

from sentiment._shown_as_page import ShownAsPage, plain_fields
from sentiment.datasets import DataSummary
from sentiment.monitoring._checks import Check, Limits
from sentiment.monitoring._histogram import Histogram
from sentiment.monitoring._profile import ReferenceProfile


@dataclass(frozen=True)
class Part:
    """Some of the rows, or all, beside the reference.

    Attributes
    ----------
    name : str
        Which rows.
    n_rows, n_labelled : int
        How many, and how many of them have a label.
    checks : tuple of Check
        What was compared.
    unseen_share : float or None
        Of all words, the share that the vocabulary lacks.
    class_shares : tuple of float
        How often the model chose each class.
    strange_shares : dict of str to float
        Of each way to be strange, the share of documents.
    metrics : dict of str to float
        ``accuracy``, ``roc_auc``, ``log_loss`` and ``calibration_error`` of the
        labelled rows, where defined.
    """

    name: str
    n_rows: int
    n_labelled: int
    checks: tuple[Check, ...]
    unseen_share: float | None
    class_shares: tuple[float, ...]
    strange_shares: dict[str, float]
    metrics: dict[str, float]

    @property
    def alarms(self) -> tuple[Check, ...]:
        """The checks that alarm."""
        return tuple(check for check in self.checks if check.alarm)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON takes them."""
        return plain_fields(self, alarm=bool(self.alarms))


@dataclass(frozen=True)
class StrangeRow:
    """A document that goes beyond 99.9 % of the reference rows.

    Attributes
    ----------
    row : int
        Where it is in the data, from 0.
    name : str
        How it is strange.
    text : str
        How it begins.
    """

    row: int
    name: str
    text: str


@dataclass(frozen=True)
class MonitoringReport(ShownAsPage):
    """What :func:`sentiment.monitor` has found.

    Attributes
    ----------
    model, data : str
        What was asked about what.
    split : str or None
        Of the data, if they have splits.
    classes : tuple
        The labels that the model knows.
    profile : ReferenceProfile
        What the rows are compared with.
    whole : Part
        All rows.
    windows : tuple of Part
        The rows over time, if windows were asked for.
    strange : tuple of StrangeRow
        The strangest documents of each kind, if they alarm.
    limits : Limits
        From which effect on a check may alarm.
    seconds : float
        From the first line read.
    read : DataSummary or None
        What was read, and what looks wrong with it.
    """

    model: str
    data: str
    split: str | None
    classes: tuple[Any, ...]
    profile: ReferenceProfile
    whole: Part
    windows: tuple[Part, ...] = ()
    strange: tuple[StrangeRow, ...] = ()
    limits: Limits = field(default_factory=Limits)
    seconds: float = 0.0
    read: DataSummary | None = None
    histograms: tuple[Histogram, ...] = field(default=(), repr=False, compare=False)

    @property
    def n_rows(self) -> int:
        """How many rows were looked at."""
        return self.whole.n_rows

    @property
    def alarms(self) -> tuple[str, ...]:
        """Each alarm as a sentence; empty when all is well."""
        return tuple(
            f"{part.name}: {_describe_alarm(part, check)}"
            for part in (self.whole, *self.windows)
            for check in part.alarms
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what ``sentiment monitor --format json`` prints."""
        profile = self.profile
        places = range(profile.n_classes)
        shares = [profile.chosen.get(place, 0) / profile.n_rows for place in places]
        names = "rows", "n_rows", "unseen_share", "metrics"
        reference = {name: getattr(profile, name) for name in names}
        return plain_fields(
            self,
            *("profile", "histograms"),
            n_rows=self.n_rows,
            alarms=self.alarms,
            reference=reference | {"class_shares": shares},
        )


def _describe_alarm(part: Part, check: Check) -> str:
    sure = f"p {format_p(check.corrected)}"
    if check.kind == "strange":
        kinds = sorted(part.strange_shares.items(), key=lambda one: -one[1])
        shown = ", ".join(f"{share:.1%} {name}" for name, share in kinds if share)
        return (
            f"{check.value:.1%} of the documents are outliers ({shown}), where "
            f"{check.reference:.1%} are to be expected ({sure})."
        )
    if check.kind == "accuracy":
        return (
            f"the accuracy is {check.value:.1%}, it was {check.reference:.1%} ({sure})."
        )
    return (
        f"the {check.name} differ{'' if check.kind == 'shares' else 's'} from the "
        f"reference: PSI {check.effect:.2f}, alarm from {check.limit:g} ({sure})."
    )


def format_p(p_value: float) -> str:
    """Return a p-value as people write it: "< 0.001", "= 0.04"."""
    return "< 0.001" if p_value < 0.001 else f"= {p_value:.2g}"
